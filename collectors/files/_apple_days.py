"""What Apple Health writes too often for a record each: heart rates, stages of sleep and foods, gathered by day or night.

A watch writes about 250 heart rates a day and 30 stages a night, a food diary 15 nutrients a meal. What is kept is one raw row a
day (a night) of each app: every reading in it, in a compact text. While a file is read they wait on a shelf (_shelf.py).
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any

from collectors import numbers, times
from collectors.files._columns import damaged, identity
from collectors.files._shelf import Shelf
from collectors.tables import Row
from health import days
from health.records import RawRow

SOURCE = "apple"
HEART, SLEEP, MEAL = "heart", "sleep", "meal"
HEART_TYPE, SLEEP_TYPE = "HeartRate", "SleepAnalysis"
STAGES = ("InBed", "AsleepUnspecified", "Awake", "AsleepCore", "AsleepDeep", "AsleepREM", "Asleep")
NUTRIENTS = {
    "DietaryEnergyConsumed": "energy_kj",
    "DietaryProtein": "protein_g",
    "DietaryCarbohydrates": "carbohydrate_g",
    "DietarySugar": "sugar_g",
    "DietaryFiber": "fiber_g",
    "DietaryFatTotal": "fat_g",
    "DietaryFatSaturated": "saturated_fat_g",
    "DietarySodium": "sodium_g",
}
TYPES = frozenset({HEART_TYPE, SLEEP_TYPE, *NUTRIENTS})
_SLEEP_VALUE = "HKCategoryValueSleepAnalysis"
_HUNDREDTHS, _MOST = 100, 2**31
_UP_S = 3600  # out of bed for less than that, a night goes on
_LONGEST_S = 86_400
_FIRST_S, _LAST_S = 0, 2**32 - 1

Kept = Callable[[list[str]], Mapping[str, Sequence[RawRow]]]


_BEAT = struct.Struct("<II")  # seconds since 1970, and hundredths of a beat a minute
_STRETCH = struct.Struct("<IIB")  # from, to (seconds since 1970), and which of `STAGES`


class Gathered:
    """The readings of one file, by app and day in `zone`; `rows` gives them back as raw rows."""

    def __init__(self, zone: str, name: str, context: Mapping[str, Any]) -> None:
        self._zone, self._name, self._context = zone, name, context
        self._shelf = Shelf()

    def close(self) -> None:
        """Forget what waits."""
        self._shelf.close()

    def add(self, short: str, row: Row) -> RawRow | None:
        """Take a reading in; a raw row to be rejected where it cannot be read."""
        app = str(row.cells.get("sourceName", ""))
        try:
            start = seconds(str(row.cells["startDate"]))
            if short == HEART_TYPE:
                self._beat(app, start, str(row.cells.get("value", "")))
            elif short == SLEEP_TYPE:
                self._stage(app, start, seconds(str(row.cells.get("endDate", ""))), str(row.cells.get("value", "")))
            else:
                self._food(app, start, short, row.cells)
        except (ValueError, times.NotATime, days.DayError, numbers.NotANumber) as error:
            return damaged(SOURCE, self._name, Row(row.number, row.cells, str(error)), self._context, list(row.cells))
        return None

    def _beat(self, app: str, start: int, text: str) -> None:
        value = round(numbers.read(text.strip()) * _HUNDREDTHS)
        if not 0 <= value < _MOST:
            raise ValueError("holds a heart rate that no heart has")
        self._shelf.add(HEART, _day(start, self._zone), app, _BEAT.pack(start, value))

    def _stage(self, app: str, start: int, end: int, text: str) -> None:
        stage = text.removeprefix(_SLEEP_VALUE)
        if stage not in STAGES:
            raise ValueError(f"holds a stage of sleep that is not known ({text[:40]})")
        if not 0 < end - start <= _LONGEST_S:
            raise ValueError("is sleep that ends before it begins" if end <= start else "is sleep that lasts longer than a day")
        # By app first: a night goes on over midnight.
        self._shelf.add(SLEEP, app, f"{start // 86_400:08}", _STRETCH.pack(start, end, STAGES.index(stage)))

    def _food(self, app: str, start: int, short: str, cells: Mapping[str, str]) -> None:
        line = "\t".join((str(start), short, cells.get("value", ""), cells.get("unit", "")))
        self._shelf.add(MEAL, _day(start, self._zone), app, line.encode(errors="replace") + b"\n")

    def rows(self) -> Iterator[RawRow]:
        """A raw row for each day of heart rates and of foods, and for each stretch of sleep, of each app."""
        for day, app, held in self._shelf.items(HEART):
            lines = "\n".join(f"{at}\t{Decimal(value) / _HUNDREDTHS}" for at, value in sorted(_BEAT.iter_unpack(held)))
            yield self._row(HEART, day, app, {"day": day, "packed": pack(lines)})
        for day, app, held in self._shelf.items(MEAL):
            yield self._row(MEAL, day, app, {"day": day, "rows": "\n".join(sorted(held.decode().splitlines()))})
        for app, days_of in groupby(self._shelf.items(SLEEP), lambda each: each[0]):
            yield from self._nights(app, (stretch for _, _, held in days_of for stretch in sorted(_STRETCH.iter_unpack(held))))

    def _nights(self, app: str, stretches: Iterable[tuple[int, int, int]]) -> Iterator[RawRow]:
        together: list[tuple[int, int, int]] = []
        reach = 0
        for each in stretches:
            if together and each == together[-1]:
                continue  # told twice
            if together and each[0] - reach >= _UP_S:
                yield self._night(app, together)
                together = []
            reach = max(reach, each[1]) if together else each[1]
            together.append(each)
        if together:
            yield self._night(app, together)

    def _night(self, app: str, together: list[tuple[int, int, int]]) -> RawRow:
        lines = "\n".join(f"{start}\t{end}\t{STAGES[stage]}" for start, end, stage in together)
        begun = datetime.fromtimestamp(together[0][0], UTC).isoformat()
        return self._row(SLEEP, begun, app, {"rows": lines})

    def _row(self, what: str, when: str, app: str, data: dict[str, str]) -> RawRow:
        group = identity(what, when, app)
        place = f"{self._name}, row of {when[:10]}"
        return RawRow(
            source=SOURCE, group=group, row_id=group, data={"sourceName": app, **data}, context=self._context, place=place
        )


def gone(known: Iterable[str], fresh: set[str], zone: str, kept: Kept) -> list[str]:
    """Of `known` groups those that a file with `fresh` ones shows to be gone: of a kind and app, between its first and its last.

    An export holds all that the app ever wrote, so what is not in the middle of it is no more: a night that a late stage made
    begin earlier, a day that another `zone` moved. `kept` gives the raw rows of groups: a day beside the first or last one is gone
    only where it was read in another zone.
    """
    ends: dict[tuple[str, str], tuple[str, str]] = {}
    for what, when, app in filter(None, map(_parts, fresh)):
        low, high = ends.get((what, app), (when, when))
        ends[what, app] = min(low, when), max(high, when)
    found, beside = [], []
    for group in known:
        parts = None if group in fresh else _parts(group)
        if parts is None or (parts[0], parts[2]) not in ends:
            continue
        low, high = ends[parts[0], parts[2]]
        if low <= parts[1] <= high:
            found.append(group)
        elif parts[0] != SLEEP and parts[1] in (_days_later(low, -1), _days_later(high, 1)):
            beside.append(group)
    read = kept(beside) if beside else {}
    return found + [group for group, rows in read.items() if any(row.context.get("zone") != zone for row in rows)]


def _days_later(day: str, count: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def _parts(group: str) -> tuple[str, str, str] | None:
    parts = group.split("|", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and parts[0] in (HEART, SLEEP, MEAL) else None


def pack(text: str) -> str:
    """A long text, short."""
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def unpack(text: str) -> str:
    """The text that `pack` made short. Raises ValueError."""
    try:
        return zlib.decompress(base64.b64decode(text, validate=True)).decode()
    except zlib.error as error:
        raise ValueError(f"holds no packed readings ({error})") from None


def seconds(text: str) -> int:
    """The instant that a time with its offset says, in seconds since 1970. Raises NotATime or ValueError."""
    try:
        at = datetime.fromisoformat(text.strip())  # all that Apple writes; the general reader takes twenty times as long
    except ValueError:
        at = times.read(text).at("UTC")
    if at.tzinfo is None:
        raise times.NotATime("has no offset from UTC, which every time of Apple Health has")
    stamp = int(at.timestamp())
    if not _FIRST_S <= stamp <= _LAST_S:
        raise times.NotATime("is outside 1970 to 2106")
    return stamp


def _day(stamp: int, zone: str) -> str:
    return _day_of_quarter(stamp // 900, zone)  # every offset there is since 1970 that people wear is whole quarters of an hour


@lru_cache(maxsize=4096)
def _day_of_quarter(quarter: int, zone: str) -> str:
    return days.local_day(datetime.fromtimestamp(quarter * 900, UTC), zone).isoformat()
