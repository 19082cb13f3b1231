"""Records as arrays, in the order of their time: what the rule of merging and the frames are worked out from."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from itertools import compress
from typing import Any, Final
from zlib import crc32

import numpy as np

from health.merging_rules import COLLECTIONS, Body, Floats, Rows
from health.quantities import QUANTITIES
from health.records import ACTIVITY_NUMBERS, SLEEP_NUMBERS, WORKOUT_NUMBERS

NUMBERS: Final[dict[str, tuple[str, ...]]] = {
    "measurement": tuple(QUANTITIES),
    "activity": ACTIVITY_NUMBERS,
    "workout": WORKOUT_NUMBERS,
    "sleep": SLEEP_NUMBERS,
}
_NUMBER: Final = re.compile(r"#\d+$")  # of one app's records at one instant the second, third, ...
_LONGEST: Final = 150  # a longer id was cut, and ends in no name
_FEW: Final = 100  # changed records; of more than that all are read anew
_ARRAYS: Final = ("at", "day", "day_only", "source", "app", "length_s")


def rows_of(kind: str, bodies: Iterable[Body]) -> Rows:
    """Those records as arrays, by time and id."""
    ordered = sorted(bodies, key=_place)
    sources = tuple(sorted({each["source"] for each in ordered}))
    number = {name: at for at, name in enumerate(sources)}
    numbers = {name: values for name in NUMBERS.get(kind, ()) if (values := _column(ordered, name, kind)) is not None}
    none = np.full(len(ordered), np.nan)
    return Rows(
        bodies=ordered,
        at=np.array([each["at"][:-1] for each in ordered], dtype="datetime64[us]").view(np.int64),
        day=np.array([each["day"] for each in ordered], dtype="datetime64[D]").view(np.int64),
        day_only=np.array(["precision" in each for each in ordered], dtype=np.bool_),
        source=np.array([number[each["source"]] for each in ordered], dtype=np.int64),
        app=np.array([_app(each) for each in ordered], dtype=np.int64),
        sources=sources,
        numbers=numbers,
        length_s=np.fmax(numbers["elapsed_s"], numbers["moving_s"]) if kind == "activity" else none,
    )


def rows_after(kind: str, bodies: Collection[Body], before: Rows) -> Rows:
    """`rows_of(kind, bodies)`, where most of them are the very objects that `before` was made of: those are not read anew."""
    now = {id(each) for each in bodies}
    stay = np.array([id(each) in now for each in before.bodies], dtype=np.bool_)
    kept = list(compress(before.bodies, stay.tolist()))
    known = {id(each) for each in kept}
    fresh = [each for each in bodies if id(each) not in known]
    if len(fresh) + len(before) - len(kept) > _FEW:
        return rows_of(kind, bodies)
    added = rows_of(kind, fresh)
    numbers = {name: values[stay] for name, values in before.numbers.items()}
    if not (set(added.sources) <= set(before.sources) and set(added.numbers) <= set(numbers)):
        return rows_of(kind, bodies)
    spread = {name: added.numbers.get(name, np.full(len(added), np.nan)) for name in numbers}
    numbers = {name: values for name, values in _inserted(kept, numbers, added, spread).items() if not _gone(kind, values)}
    recoded = np.array([before.sources.index(each["source"]) for each in added.bodies], dtype=np.int64)
    own = {name: getattr(before, name)[stay] for name in _ARRAYS}
    more = {name: getattr(added, name) for name in _ARRAYS} | {"source": recoded}
    arrays = _inserted(kept, own, added, more)
    if len(np.unique(arrays["source"])) < len(before.sources):  # the last record of a source went
        return rows_of(kind, bodies)
    for place, each in reversed(list(zip(_places(kept, added), added.bodies, strict=True))):  # from the end: places stay true
        kept.insert(place, each)
    return Rows(bodies=kept, sources=before.sources, numbers=numbers, **arrays)


def _place(body: Body) -> tuple[str, str]:
    return body["at"][:-1], body["id"]  # without its Z a fraction of a second sorts after the second


def _places(kept: Sequence[Body], added: Rows) -> list[int]:
    return [bisect_left(kept, _place(each), key=_place) for each in added.bodies]


def _inserted(kept: Sequence[Body], arrays: dict[str, Any], added: Rows, more: dict[str, Any]) -> dict[str, Any]:
    places = np.array(_places(kept, added), dtype=np.int64)
    return {name: np.insert(values, places, more[name]) for name, values in arrays.items()}


def app_of(body: Body) -> str:
    """The app whose record a collection (Apple Health) passed on; empty for the record of any other source."""
    if body["source"] not in COLLECTIONS or len(body["native_id"]) > _LONGEST:
        return ""
    when, _, app = str(body["native_id"]).rpartition("|")
    return _NUMBER.sub("", app) if when else ""


def _app(body: Body) -> int:
    name = app_of(body)
    return crc32(name.encode(errors="replace")) + 1 if name else 0


def _gone(kind: str, values: Floats) -> bool:
    """A quantity that no record has any more."""
    return kind == "measurement" and bool(np.isnan(values).all())


def _column(bodies: Sequence[Body], name: str, kind: str) -> Floats | None:
    """A number of each record; of a measurement None where no record has it."""
    values = [each.get(name) for each in bodies]
    if kind == "measurement" and values.count(None) == len(values):
        return None
    return np.array(values, dtype=np.float64)
