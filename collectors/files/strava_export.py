"""`activities.csv` of a Strava account export, alone or in its ZIP.

The same word heads two columns (Distance: kilometres or miles as the account shows them, then metres): the second block, in SI
units, is read. In other languages the columns are found by their order and by those repeated words. Times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

from collectors import numbers, times
from collectors.files._columns import Columns, broken, by_table, conventions, damaged, not_this, rejected
from collectors.source import Parsed, ReadOptions
from collectors.sports import sport_of
from collectors.tables import Row, Table, read_table
from health import days
from health.records import Activity, RawRow, Rejected
from health.units import UnitError, kj_from_kcal

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


@lru_cache(maxsize=64)
def _columns(header: tuple[str, ...]) -> Columns | None:
    """The columns of that header; None when it is no Strava list of activities."""
    if header[:4] == ("Activity ID", "Activity Date", "Activity Name", "Activity Type"):
        of = {field: column for field, column in _FIRST.items() if column in header}
        if "elapsed_s" not in of and "Elapsed Time" in header:
            of["elapsed_s"] = "Elapsed Time"
        return Columns(of)
    if len(header) < 40 or f"{header[_ELAPSED]}#2" not in header or f"{header[_DISTANCE]}#2" not in header:
        return None
    of = dict(zip(("id", "date", "name", "type"), header, strict=False))
    at = header.index(f"{header[_ELAPSED]}#2")
    if header.index(f"{header[_DISTANCE]}#2") != at + _AFTER_ELAPSED["distance_m"]:
        return None
    of |= {field: header[at + step] for field, step in _AFTER_ELAPSED.items()}
    if f"{header[_HEART_RATE]}#2" in header:
        at = header.index(f"{header[_HEART_RATE]}#2")
        of |= {field: header[at + step] for field, step in _AFTER_HEART_RATE.items() if at + step < len(header)}
    return Columns(of)


def _is_strava(table: Table) -> bool:
    return _columns(table.header) is not None


recognises = by_table(_is_strava)


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    table = read_table(stream)
    columns = _columns(table.header)
    if columns is None:
        raise not_this("Strava list of activities", "Activity ID, Activity Date, Activity Name and Activity Type", table.header)
    context = conventions(table, columns, options, tuple(_NUMBERS))
    return [_raw(row, name, columns, context) for row in table.rows]


def _raw(row: Row, name: str, columns: Columns, context: Mapping[str, object]) -> RawRow:
    number = columns.text(row.cells, "id")
    if row.problem or not (number.isascii() and number.isdigit()):
        return damaged(record_source, name, row if row.problem else Row(row.number, row.cells, "has no activity id"))
    return RawRow(
        source=record_source, group=number, row_id=number, data=row.cells, context=context, place=f"{name}, row {row.number}"
    )


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The activity of a row. Pure: it reads the row and its context alone."""
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
    row = rows[-1]  # the same activity twice in one file: the later row
    columns = _columns(tuple(row.data))
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
    except (numbers.NotANumber, UnitError) as error:
        aside.append(rejected(row, person, field, str(error), text))
        return None
    if not 0 <= value <= high:
        aside.append(rejected(row, person, field, "is below 0" if value < 0 else f"is above {high:,}", text))
        return None
    return None if value == 0 and zero_is_absent else value
