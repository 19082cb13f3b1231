"""What a chart is, and how the house finds one: a function under @chart in any file of dashboard/figures/."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import pandas as pd

from dashboard.memory import FIGURES
from dashboard.theme import Look

Figure = dict[str, Any]
FrameName = Literal["measurements", "activities", "workouts", "sets", "sleeps", "meals", "runs", "series"]
# runs: dashboard/runlist.py; series: the points of one activity, dashboard/oneactivity.py


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart: which frame it is drawn from, and the pure function that draws it as a plotly figure dict.

    `draw(frame, look, **choices)` must work for an empty frame (it returns a figure with an empty-state sentence in
    `layout.meta["empty"]`), put the finding in words into `layout.meta["label"]` (the aria-label), and the ids of the rows behind
    each point into `customdata` where points are records.
    """

    name: str
    domain: str
    title: str
    of: FrameName
    draw: Callable[..., Figure] = field(repr=False)


_charts: dict[str, Chart] = {}


def chart(domain: str, title: str, *, of: FrameName) -> Callable[[Callable[..., Figure]], Callable[..., Figure]]:
    """Register the function below as a chart named `domain.function`."""

    def register(draw: Callable[..., Figure]) -> Callable[..., Figure]:
        name = f"{domain}.{draw.__name__}"
        _charts[name] = Chart(name=name, domain=domain, title=title, of=of, draw=draw)
        return draw

    return register


@cache
def charts() -> dict[str, Chart]:
    """Every chart by name."""
    import dashboard.figures as package

    for each in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"dashboard.figures.{each.name}")
    return dict(_charts)


def draw(name: str, frame: pd.DataFrame, look: Look, **choices: Any) -> Figure:
    """The figure of the chart of that name; the one drawn before where nothing differs, so treat it as read-only."""
    key = (name, look, tuple(sorted(choices.items())))
    try:
        hash(key)
    except TypeError:  # a choice that holds lists, as the forecast's weeks ahead
        return charts()[name].draw(frame, look, **choices)
    return FIGURES.remembered(frame, key, lambda: charts()[name].draw(frame, look, **choices))
