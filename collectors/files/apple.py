"""Apple Health: `export.xml` (its ZIP too), or a CSV of the same columns.

Weigh-ins, heights, blood pressure and resting heart rates: rows of one source at one instant are one measurement. Heart rates
become the lowest, mean and highest of a day, stages of sleep a night, foods a day, each of one app (_apple_days.py beside this);
workouts become activities. Apple writes every time in the offset the phone had when it exported, so the same weigh-in is written
otherwise after a journey: here the instant that the written offset gives is the identity, and the day is told by the person's zone.
Steps, energy burnt and other rows of a watch are not read. A record inside a correlation stands outside of it once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC
from decimal import Decimal
from typing import Any, BinaryIO

from collectors import numbers, times
from collectors.decided import believed
from collectors.files import _apple_daily, _apple_days, _apple_workouts, _recorded
from collectors.files._apple_xml import EXPORTED, ROUTE, elements
from collectors.files._columns import broken, damaged, identity, not_this, nth, rejected
from collectors.source import Parsed, ReadOptions
from collectors.tables import Row, Table, head_table, read_table
from health import days
from health.quantities import QUANTITIES
from health.records import SERIES_MARK, Measurement, RawRow, Rejected
from health.units import UnitError, exact, length_m, mass_kg

name = "apple"
title = "Apple Health"
record_source = "apple"
kind = "measurement"
whole_groups = False  # a CSV of the weights alone must not take the fat ratios away that the XML brought
streams = True  # an export of a gigabyte is never in memory as a whole

_PREFIXES = ("HKQuantityTypeIdentifier", "HKCategoryTypeIdentifier")
_QUANTITIES = {
    "BodyMass": "body_mass_kg",
    "BodyFatPercentage": "fat_ratio",
    "LeanBodyMass": "lean_mass_kg",
    "Height": "height_m",
    "BloodPressureSystolic": "systolic_mmhg",
    "BloodPressureDiastolic": "diastolic_mmhg",
    "RestingHeartRate": "resting_heart_rate_bpm",
    "VO2Max": "vo2max_ml_per_kg_min",
}
_PLAIN = frozenset({"systolic_mmhg", "diastolic_mmhg", "resting_heart_rate_bpm", "vo2max_ml_per_kg_min"})
_WORKOUT = "Workout"
_COLUMNS = ("type", "sourceName", "startDate", "unit", "value")


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  # the name is a hint that this needs not
    if _is_xml(head):
        return b"<HealthData" in head or b"<!DOCTYPE HealthData" in head
    table = head_table(head)
    return table is not None and _is_csv(table)


def _is_xml(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def kind_of(group: str) -> str:
    """The kind of record that a group makes: its first word says it, or its last for a workout's time series."""
    if group.endswith(SERIES_MARK):
        return "series"
    what = group.partition("|")[0]
    return {_apple_days.SLEEP: "sleep", _apple_days.MEAL: "meal", _WORKOUT: "activity"}.get(what, kind)


def file_of(row: RawRow) -> str | None:
    """The GPX of a workout's route, as it stands in the export; None for a row without one."""
    return str(row.data.get(ROUTE, "")).lstrip("/") or None


def says_less(kept: Sequence[RawRow], fresh: Sequence[RawRow]) -> bool:
    """True where `fresh` is of a route that broke off and holds less than what is kept."""
    return kind_of(fresh[0].group) == "series" and _recorded.says_less(kept, fresh)


def gone(known: Iterable[str], fresh: set[str], zone: str, kept: _apple_days.Kept) -> list[str]:
    """Groups of an earlier read that one in `zone` with the groups `fresh` shows to be gone."""
    return _apple_days.gone(known, fresh, zone, kept)


def _is_csv(table: Table) -> bool:
    return set(_COLUMNS) <= set(table.header)


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    is_xml = _is_xml(stream.read(1024))
    stream.seek(0)
    return _grouped(elements(stream, _is_wanted) if is_xml else _from_csv(stream), name, options)


def _from_csv(stream: BinaryIO) -> Iterator[Row]:
    table = read_table(stream)
    if not _is_csv(table):
        raise not_this("table of Apple Health rows", ", ".join(_COLUMNS), table.header)
    for row in table.rows:
        if row.problem or _is_wanted(row.cells["type"]):
            yield row


def _is_wanted(type_name: str) -> bool:
    short = _short(type_name)
    return short in _QUANTITIES or short in _apple_days.TYPES


def _short(type_name: str) -> str:
    for prefix in _PREFIXES:
        type_name = type_name.removeprefix(prefix)
    return type_name


def _grouped(found: Iterable[Row], name: str, options: ReadOptions) -> Iterator[RawRow]:
    """Raw rows: those of one source at one instant together, a second value of one type in a group of its own."""
    context: dict[str, Any] = {"zone": options.zone, **({"units": options.units} if options.units else {})}
    with closing(_apple_days.Gathered(options.zone, name, context)) as gathered:
        yield from _one_by_one(found, name, context, gathered)
        yield from gathered.rows()


def _one_by_one(found: Iterable[Row], name: str, context: dict[str, Any], gathered: _apple_days.Gathered) -> Iterator[RawRow]:
    """The rows that are not gathered by day, and those that cannot be read."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in found:
        if row.cells.get("type") == EXPORTED:
            context |= _exported(str(row.cells["value"]), is_first=not counted)
            continue
        text = str(row.cells.get("startDate", "")).strip()
        if row.problem or not text:
            if row.problem and "exported" in context:  # it broke off: the days and nights gathered from it may be half
                context["exported"] = ""
            bad = row if row.problem else Row(row.number, row.cells, "has no startDate")
            yield damaged(record_source, name, bad, context, [each for each in dict.fromkeys((*bad.cells, *_COLUMNS)) if each])
            continue
        short = _short(str(row.cells["type"]))
        if short in _apple_days.TYPES:
            bad_row = gathered.add(short, row)
            yield from [bad_row] if bad_row else []
            continue
        app = str(row.cells.get("sourceName", ""))
        key = identity(_WORKOUT, _when(text), app) if short == _WORKOUT else identity(_when(text), app)
        counted[key, short] += 1
        group = nth(key, counted[key, short])
        place = f"{name}, row {row.number}"
        yield RawRow(source=record_source, group=group, row_id=f"{group}|{short}", data=row.cells, context=context, place=place)


def _exported(text: str, *, is_first: bool) -> dict[str, str]:
    """When the export was made, for the context of all its rows: of two files the older one takes nothing from the newer."""
    try:
        written = times.read(text)
    except times.NotATime:
        return {}
    return {"exported": written.at("UTC").astimezone(UTC).isoformat()} if is_first and written.offset is not None else {}


def _when(text: str) -> str:
    try:
        written = times.read(text)
    except times.NotATime:
        return text
    return written.at("UTC").astimezone(UTC).isoformat() if written.offset is not None else text


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The record of a group's rows. Pure: it reads the rows and their context alone."""
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
    if kind_of(rows[0].group) == "series":
        return _recorded.series(rows, person)
    what = rows[-1].group.partition("|")[0]
    if what in _OF_ONE_ROW:
        return _OF_ONE_ROW[what](rows[-1], person)
    return _measurement(rows, person)


_OF_ONE_ROW = {
    _apple_days.HEART: _apple_daily.heart,
    _apple_days.SLEEP: _apple_daily.night,
    _apple_days.MEAL: _apple_daily.meal,
    _WORKOUT: _apple_workouts.parse,
}


def _measurement(rows: Sequence[RawRow], person: str) -> Parsed:
    """What one source measured at one instant."""
    zone = str(rows[-1].context["zone"])
    text = str(rows[-1].data["startDate"])
    try:
        written = times.read(text)
        at = written.at(zone)
    except (times.NotATime, days.DayError) as error:
        return None, [rejected(row, person, "startDate", str(error), text) for row in rows]
    values: dict[str, Decimal] = {}
    aside: list[Rejected] = []
    for row in rows:
        key = _QUANTITIES[_short(str(row.data["type"]))]
        said = f"{row.data.get('value', '')} {row.data.get('unit', '')}".strip()
        try:
            value = _value(row.data, key, row.context)
        except (numbers.NotANumber, UnitError) as error:
            aside.append(rejected(row, person, "value", str(error), said))
            continue
        if (reason := QUANTITIES[key].implausible(value)) and not believed(row, "value", said, value):
            aside.append(rejected(row, person, "value", reason, said))
        else:
            values[key] = value
    if not values:
        return None, aside
    record = Measurement(
        person=person,
        source=record_source,
        native_id=rows[0].group,
        at=at,
        zone=zone,
        precision="day" if written.day_only else "instant",
        values=values,
    )
    return record, aside


def _value(data: Mapping[str, Any], key: str, context: Mapping[str, Any]) -> Decimal:
    value = numbers.read(str(data.get("value", "")).strip())
    unit = str(data.get("unit", "")).strip() or str(context.get("units", ""))
    if key == "fat_ratio":  # Apple writes 0.215 with the unit %; some converters write 21.5
        return value if value <= 1 else exact(value / 100)
    if key in _PLAIN:
        return value
    if not unit:
        raise UnitError("has no unit: say --units kg or --units lb")
    return length_m(value, unit) if key == "height_m" else mass_kg(value, unit)
