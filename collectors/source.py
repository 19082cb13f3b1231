"""What a source is. Each API source and each file format is one module with this shape, found by being in its folder.

`rows` yields raw rows as they came; `group` (already in each row) names the record they belong to; `parse` makes one record, and
a Rejected for each bad field or row, from ALL kept raw rows of one group. `parse` is pure: `rebuild` runs it offline.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, ClassVar, Protocol, cast

from health.records import RawRow, Record, Rejected
from store.store import SourceState

Parsed = tuple[Record | None, list[Rejected]]


class Halt(Exception):
    """Why a collection ended before all was read. What was stored before it stays; `state` is what the person sees.

    The message is in plain words and says the way out. `next_run` is when it is worth trying again, where that is known.
    """

    state: ClassVar[SourceState] = "failed"

    def __init__(self, message: str, next_run: datetime | None = None) -> None:
        super().__init__(message)
        self.message, self.next_run = message, next_run


class ReconnectNeeded(Halt):
    """The service no longer accepts the sign-in: the person has to connect again."""

    state = "reconnect"


class Limited(Halt):
    """The service's request limit is (nearly) used up; the next run goes on where this one ended."""

    state = "limited"


class Inactive(Halt):
    """The service has switched the application off."""

    state = "inactive"


class Stopped(Halt):
    """The person or the machine asked the run to end, or another run has the turn."""

    state = "partial"


class Failed(Halt):
    """Anything else that ends a run: the network, an answer nobody understands, a missing setting."""


class NotThisFormat(ValueError):
    """The file cannot be read as the format that was asked for; the message says what was expected and what stood there."""


class NothingToKeep(NotThisFormat):
    """The file is whole and of the format, and holds nothing that is kept (a planned route). In a ZIP it is passed over."""


class UnitNeeded(ValueError):
    """The file names no unit of weight and the person has not said one; the message shows `--units`."""


class OrderNeeded(ValueError):
    """Dates such as 1/5/2024 name two days and no row of the file decides which; the message shows `--dates`."""


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A piece of what an API told, oldest first. The cursor is stored only after all its rows are."""

    rows: Sequence[RawRow]
    cursor: dict[str, Any]
    # A half-open time range that was read whole: records of this source in it that no row of this run named are gone upstream.
    whole: tuple[datetime, datetime] | None = None
    kind: str | None = None  # the kind of record that `whole` speaks of; None for the source's own
    # True at the end of a listing of everything in which every entry had a name: one that had none before is gone.
    all_named: bool = False
    # True when each group in `rows` is shown with all its rows: what else was kept of it is gone upstream.
    whole_groups: bool = False
    progress: str = ""


ALL_TIME = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))


class Client(Protocol):
    """What reads one account of a service during one run."""

    account: str  # whose rows these are; each raw row's context carries it, and only its own rows are ever reconciled

    def close(self) -> None: ...


class Source(Protocol):
    """An API source: a module in collectors/sources/."""

    name: str  # what commands call it: withings, strava, sheets
    title: str  # what a person reads: "Withings scale"
    record_source: str  # what its records carry: withings_api, strava_api, sheets
    kind: str  # the kind of record it makes
    whole_groups: bool  # True when a read shows all rows of a group, so that rows gone from it are dropped

    def connect(self, service: Any, access: Any, traffic: Any, zone: str) -> Client:
        """The client that `slices` reads with: a Service, its Access (None without OAuth), the run's Traffic, the home zone."""
        ...

    def slices(self, client: Any, cursor: dict[str, Any], now: datetime) -> Iterator[Slice]: ...

    def parse(self, rows: Sequence[RawRow], person: str) -> Parsed: ...


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What a person said about a file: nothing in here is ever guessed in silence."""

    zone: str
    units: str | None = None  # kg or lb, for a file that names none
    mapping: dict[str, str] = field(default_factory=dict)  # our field -> the file's column
    dates: str | None = None  # dmy or mdy, for a file whose dates do not tell


class FileFormat(Protocol):
    """A file format: a module in collectors/files/."""

    name: str  # strong, hevy, withings, weight, ...: what `--as` takes
    title: str  # "Strong"
    record_source: str  # what its records carry: strong, withings_export, weight_csv, ...
    kind: str
    whole_groups: bool

    def recognises(self, head: bytes, name: str) -> bool:
        """True when the first bytes (up to 64 KiB) are surely this format. The name is a hint only for what has no content."""
        ...

    def rows(self, stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
        """Raw rows in the file's order. A row so broken that its group cannot be told is a group of its own, for `parse` to reject.

        Raises NotThisFormat, UnitNeeded or OrderNeeded.
        """
        ...

    def parse(self, rows: Sequence[RawRow], person: str) -> Parsed: ...


@cache
def _modules(package: str) -> dict[str, ModuleType]:
    folder = Path(cast(str, importlib.import_module(package).__file__)).parent
    names = sorted(each.name for each in pkgutil.iter_modules([str(folder)]) if not each.name.startswith("_"))
    modules = [importlib.import_module(f"{package}.{name}") for name in names]
    return {module.name: module for module in modules if hasattr(module, "record_source")}


def sources() -> dict[str, Source]:
    """Every API source by name, found by being in collectors/sources/."""
    return cast(dict[str, Source], _modules("collectors.sources"))


def formats() -> dict[str, FileFormat]:
    """Every file format by name, found by being in collectors/files/."""
    return cast(dict[str, FileFormat], _modules("collectors.files"))


def parser_of(record_source: str) -> Source | FileFormat | None:
    """The module that parses raw rows of that record source; None for what the person typed."""
    readers: list[Source | FileFormat] = [*sources().values(), *formats().values()]
    return next((each for each in readers if each.record_source == record_source), None)


EVERY = timedelta(hours=3)
