"""`activities.csv` of a Strava account export, alone or in its ZIP.

The same word heads two columns (Distance: as the account shows it, then metres): the second block, in SI units, is read. In
other languages the columns are found by their order and by those repeated words. Times are UTC. Older and narrower layouts have
one Distance alone: kilometres, and metres for a swim; in the layout with lower-case names (2018) metres for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

from collectors import numbers, times
from collectors.decided import believed
from collectors.files import _recorded
from collectors.files._columns import Columns, broken, by_table, conventions, damaged, not_this, rejected, words
from collectors.source import Parsed, ReadOptions
from collectors.sports import sport_of
from collectors.tables import Row, Table, read_table
from health import days
from health.records import SERIES_MARK, Activity, RawRow, Rejected
from health.units import UnitError, kj_from_kcal, length_m

name = "strava"
title = "Strava export"
record_source = "strava_export"
kind = "activity"
whole_groups = True

_FIRST = {
    "id": "Activity ID",
    "date": "Activity Date",
    "name": "Activity Name",
    "type": "Activity Type",
    "elapsed_s": "Elapsed Time#2",
    "moving_s": "Moving Time",
    "distance_m": "Distance#2",
    "max_speed_mps": "Max Speed",
    "mean_speed_mps": "Average Speed",
    "ascent_m": "Elevation Gain",
    "mean_cadence_rpm": "Average Cadence",
    "max_heart_rate_bpm": "Max Heart Rate#2",
    "mean_heart_rate_bpm": "Average Heart Rate",
    "mean_power_w": "Average Watts",
    "energy_kcal": "Calories",
}
# In another language: steps from a column whose word stands twice (its second place) to its neighbours.
_AFTER_ELAPSED = {"elapsed_s": 0, "moving_s": 1, "distance_m": 2, "max_speed_mps": 3, "mean_speed_mps": 4, "ascent_m": 5}
_AFTER_HEART_RATE = {"mean_cadence_rpm": -1, "max_heart_rate_bpm": 0, "mean_heart_rate_bpm": 1, "mean_power_w": 3, "energy_kcal": 4}
_ELAPSED, _DISTANCE, _HEART_RATE = 5, 6, 7
_SINGLE = {"elapsed_s": "Elapsed Time", "distance_m": "Distance", "max_heart_rate_bpm": "Max Heart Rate"}
_OLD = ("id", "date", "name", "type", "description", "elapsed_time", "distance")
_PLACES = ("id", "date", "name", "type", "description", "elapsed_s", "distance_m")
_BY_PLACE = "places"  # the layout, in a row's context, of a narrow file in another language
_FLAGS = frozenset(
    words("true|false|0|1|0.0|1.0|ja|nein|wahr|falsch|oui|non|vrai|faux|sí|si|no|sì|vero|falso|sim|não|waar|onwaar|nee")
)

# Our field: the highest that is believed, and whether a 0 there means that nothing was measured.
_NUMBERS: dict[str, tuple[int, bool]] = {
    "elapsed_s": (60 * 86_400, True),
    "moving_s": (60 * 86_400, False),
    "distance_m": (20_000_000, False),
    "ascent_m": (200_000, False),
    "max_speed_mps": (150, False),
    "mean_speed_mps": (100, False),
    "mean_cadence_rpm": (300, True),
    "max_heart_rate_bpm": (260, True),
    "mean_heart_rate_bpm": (260, True),
    "mean_power_w": (3000, True),
    "energy_kcal": (50_000, True),
}


_FILE = re.compile(r"[\w-]{1,40}/[^/\\]{1,120}\.(?:fit|gpx|tcx)(?:\.gz)?", re.IGNORECASE)


@lru_cache(maxsize=64)
def _columns(header: tuple[str, ...], layout: str | None = None) -> Columns | None:
    """The columns of that header; None when it is no Strava list of activities (by its names, where no layout is said)."""
    if layout == _BY_PLACE:
        return Columns(dict(zip(_PLACES, header, strict=False)), {"distance_m": "km"})
    if header[: len(_OLD)] == _OLD:
        return Columns(dict(zip(_PLACES, header, strict=False)))
    if header[:4] == ("Activity ID", "Activity Date", "Activity Name", "Activity Type"):
        of = {field: column for field, column in _FIRST.items() if column in header}
        alone = {field: column for field, column in _SINGLE.items() if field not in of and column in header}
        return Columns(of | alone, {"distance_m": "km"} if "distance_m" in alone else {})
    return _repeated(header)


def _repeated(header: tuple[str, ...]) -> Columns | None:
    """The columns of a header in another language whose words for the elapsed time and the distance stand twice."""
    if len(header) <= _DISTANCE or f"{header[_ELAPSED]}#2" not in header or f"{header[_DISTANCE]}#2" not in header:
        return None
    of = dict(zip(("id", "date", "name", "type"), header, strict=False))
    at = header.index(f"{header[_ELAPSED]}#2")
    if header.index(f"{header[_DISTANCE]}#2") != at + _AFTER_ELAPSED["distance_m"]:
        return None
    of |= {field: header[at + step] for field, step in _AFTER_ELAPSED.items() if at + step < len(header)}
    if len(header) > _HEART_RATE and f"{header[_HEART_RATE]}#2" in header:
        at = header.index(f"{header[_HEART_RATE]}#2")
        of |= {field: header[at + step] for field, step in _AFTER_HEART_RATE.items() if at + step < len(header)}
    return Columns(of)


def _reads(table: Table) -> str | None:
    """The layout to read columns by when it is not by their names (""); None when this is no Strava list of activities."""
    if _columns(table.header) is not None:
        return ""
    return _BY_PLACE if _stands(table) else None


def _stands(table: Table) -> bool:
    """True when the cells of a narrow table, whatever its header's language, stand in the places where Strava writes them."""
    rows = [list(row.cells.values()) for row in table.rows[:200] if not row.problem]
    title = table.header[0].casefold().replace("-", " ").split()
    return "id" in title and 10 <= len(table.header) < 40 and sum(map(_is_activity, rows)) > 0.9 * len(rows)


def _is_activity(cells: Sequence[str]) -> bool:
    number, date, _, sport, _, elapsed, distance = cells[:7]
    measures = [text for text in (elapsed, distance) if text]
    try:
        if times.read(date, "dmy").day_only:
            return False
    except times.NotATime:
        return False
    if not all(any(map(str.isdecimal, text)) and not text.strip("0123456789.,' \u00a0\u202f") for text in measures):
        return False
    commute = any(text.strip().casefold() in _FLAGS for text in cells[7:10])
    return (
        number.isascii() and number.isdigit() and bool(measures) and bool(sport) and not any(map(str.isdecimal, sport)) and commute
    )


recognises = by_table(lambda table: _reads(table) is not None)


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    table = read_table(stream)
    layout = _reads(table)
    columns = _columns(table.header, layout)
    if columns is None:
        raise not_this("Strava list of activities", "Activity ID, Activity Date, Activity Name and Activity Type", table.header)
    context = conventions(table, columns, options, tuple(_NUMBERS)) | ({"layout": layout} if layout else {})
    return [_raw(row, name, columns, context, table.header) for row in table.rows]


def _raw(row: Row, name: str, columns: Columns, context: Mapping[str, object], header: Sequence[str]) -> RawRow:
    number = columns.text(row.cells, "id")
    if row.problem or not (number.isascii() and number.isdigit()):
        bad = row if row.problem else Row(row.number, row.cells, "has no activity id")
        return damaged(record_source, name, bad, context, header)
    return RawRow(
        source=record_source, group=number, row_id=number, data=row.cells, context=context, place=f"{name}, row {row.number}"
    )


def file_of(row: RawRow) -> str | None:
    """The recorded file that a row names, as it stands in the export: activities/123.fit.gz, in whichever column."""
    return next((each for each in map(str, row.data.values()) if _FILE.fullmatch(each)), None)


def kind_of(group: str) -> str:
    """A time series, read from a recorded file of the export (collectors/exported.py), says so in its name."""
    return "series" if group.endswith(SERIES_MARK) else kind


def says_less(kept: Sequence[RawRow], fresh: Sequence[RawRow]) -> bool:
    """True where `fresh` is of a recorded file that broke off and holds less than what is kept."""
    return kind_of(fresh[0].group) == "series" and _recorded.says_less(kept, fresh)


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The activity of a row, or the series of a file's rows. Pure: it reads the rows and their context alone."""
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
    if kind_of(rows[0].group) == "series":
        return _recorded.series(rows, person)
    row = rows[-1]  # the same activity twice in one file: the later row
    columns = _columns(tuple(row.data), row.context.get("layout"))
    assert columns is not None, "rows of another header are not kept as Strava rows"
    try:
        at = _instant(columns.text(row.data, "date"), row)
    except (times.NotATime, days.DayError) as error:
        return None, [rejected(row, person, "date", str(error), columns.text(row.data, "date"))]
    aside: list[Rejected] = []
    values: dict[str, Any] = {field: _number(row, columns, field, person, aside) for field in _NUMBERS}
    energy_kcal = values.pop("energy_kcal")
    sport_type = columns.text(row.data, "type") or "Workout"
    activity = Activity(
        person=person,
        source=record_source,
        native_id=row.group,
        at=at,
        zone=str(row.context["zone"]),
        sport=sport_of(sport_type),
        sport_type=sport_type,
        name=columns.text(row.data, "name") or None,
        energy_kj=kj_from_kcal(energy_kcal) if energy_kcal is not None else None,
        **values,
    )
    return activity, aside


def _instant(text: str, row: RawRow) -> datetime:
    written = times.read(text, row.context.get("dates"))
    if written.offset is None and not written.day_only:
        return written.wall.replace(tzinfo=UTC)
    return written.at(str(row.context["zone"]))


def _number(row: RawRow, columns: Columns, field: str, person: str, aside: list[Rejected]) -> Decimal | None:
    text = columns.text(row.data, field)
    if not text:
        return None
    high, zero_is_absent = _NUMBERS[field]
    try:
        value = numbers.read(text, row.context.get("mark", "."))
        if columns.units.get(field) == "km" and sport_of(columns.text(row.data, "type")) != "swim":
            value = length_m(value, "km")
    except (numbers.NotANumber, UnitError) as error:
        aside.append(rejected(row, person, field, str(error), text))
        return None
    if not 0 <= value <= high and not believed(row, field, text, value):
        aside.append(rejected(row, person, field, "is below 0" if value < 0 else f"is above {high:,}", text))
        return None
    return None if value == 0 and zero_is_absent else value
