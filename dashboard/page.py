"""What a page is, and how the house finds one: a module in dashboard/pages/ that holds a PAGE and a `content`.

    PAGE = Page(path="/body", name="Body", icon="body", domain="body", order=20)

    def content(view: View) -> Component: ...
    def register(app: Dash, house: House) -> None: ...      # optional: callbacks of its own (never module-level ones)
    def depends(view: View) -> Hashable: ...                # optional: what `content` depends on besides frames, look, choices
                                                            # and path; a page that says so is drawn once for each

The state of a page is its address: `view.choices` are the query's parameters, controls only write the address, and one callback
of the factory draws the page for it. So a view can be bookmarked and the back button works.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from dashboard.jobs import Jobs
from dashboard.theme import Look
from forecast.serving import Trained
from health.frames import Frames
from store.frames import FrameCache
from store.store import Store

Domain = Literal["", "body", "run", "lift", "sleep", "next"]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Where a page stands in the list at the side, and the accent it wears."""

    path: str
    name: str
    icon: str
    order: int
    domain: Domain = ""


@dataclass(frozen=True, kw_only=True)
class House:
    """What the pages may use, handed down by the entry point. Two houses can live in one process."""

    store: Store
    frames: FrameCache
    clock: Callable[[], datetime]
    zone: str
    url: str
    person: str = "me"
    seed: int = 0
    # API sources by name: a function that makes the authorised client, and what a browser needs to connect one.
    services: Mapping[str, Any] = field(default_factory=dict)
    data_dir: Path | None = None
    # What was trained, for the forecast's pages; None: nothing ever is.
    models: Trained | None = None
    # What runs in the background right now: collections and imports that somebody started on a page.
    jobs: Jobs = field(default_factory=Jobs)


@dataclass(frozen=True, kw_only=True)
class View:
    """One look at one page: the data, the person's way of looking, what the address says, and the moment."""

    house: House
    frames: Frames
    look: Look
    choices: Mapping[str, str]
    now: datetime
    path: str

    def choice(self, name: str, allowed: Any, default: str) -> str:
        """The parameter `name` of the address when it is one of `allowed`, else `default`."""
        value = self.choices.get(name, default)
        return value if value in allowed else default


@cache
def pages() -> dict[str, ModuleType]:
    """Every page module by path, in the order of the list."""
    import dashboard.pages as package

    names = [each.name for each in pkgutil.iter_modules(package.__path__)]
    modules = [importlib.import_module(f"dashboard.pages.{name}") for name in names]
    return {module.PAGE.path: module for module in sorted(modules, key=lambda module: module.PAGE.order)}
