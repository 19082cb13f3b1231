"""What weigh-ins in tables share: one row, one measurement. A value outside what is plausible is set aside, its neighbours stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from collectors import numbers, times
from collectors.decided import believed
from collectors.files._columns import Columns, broken, damaged, identity, nth, rejected, spelt
from collectors.source import Parsed
from collectors.tables import Row, Table
from health import days
from health.quantities import QUANTITIES
from health.records import Measurement, RawRow, Rejected
from health.units import UnitError, exact, mass_kg

# Our field -> the quantity it is. Masses take the file's unit.
MASSES = {
    "weight": "body_mass_kg",
    "fat_mass": "fat_mass_kg",
    "lean_mass": "lean_mass_kg",
    "muscle_mass": "muscle_mass_kg",
    "bone_mass": "bone_mass_kg",
    "water_mass": "water_mass_kg",
}
PLAIN = {"heart_rate": "heart_rate_bpm"}
FIELDS = ("date", "time", *MASSES, "fat", "heart_rate", "unit")
NUMBERS = (*MASSES, *PLAIN, "fat")
_UNITS = {"heart_rate": {"bpm"}, "fat": {"%", "percent", "pct", "prozent"}}  # as a cell may say them; masses have their own

ColumnsOf = Callable[[tuple[str, ...], Mapping[str, Any]], Columns]


def raw_rows(table: Table, name: str, source: str, columns: Columns, context: Mapping[str, Any]) -> Iterator[RawRow]:
    """A group for each row: its time as written, and which of those with the same one it is."""
    counted: Counter[str] = Counter()
    for row in table.rows:
        text = columns.text(row.cells, "date")
        if row.problem or not text:
            bad = row if row.problem else Row(row.number, row.cells, "has no date")
            yield damaged(source, name, bad, context, table.header)
            continue
        key = identity(text)
        counted[key] += 1
        group = nth(key, counted[key])
        yield RawRow(source=source, group=group, row_id=group, data=row.cells, context=context, place=f"{name}, row {row.number}")


def parse(rows: Sequence[RawRow], person: str, columns_of: ColumnsOf) -> Parsed:
    """The measurement of a row and what had to be set aside. Pure: it reads the row and its context alone."""
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
    row = rows[-1]
    columns = columns_of(tuple(row.data), row.context)
    text = columns.text(row.data, "date")
    try:
        written = times.read(text, row.context.get("dates"))
        at = written.at(row.context["zone"])
    except (times.NotATime, days.DayError) as error:
        return None, [rejected(row, person, "date", str(error), text)]
    values, aside = _values(row, person, columns)
    if not values:
        return None, aside  # a day without a value is no weigh-in
    record = Measurement(
        person=person,
        source=row.source,
        native_id=row.group,
        at=at,
        zone=row.context["zone"],
        precision="day" if written.day_only else "instant",
        values=values,
    )
    return record, aside


def _values(row: RawRow, person: str, columns: Columns) -> tuple[dict[str, Decimal], list[Rejected]]:
    values: dict[str, Decimal] = {}
    aside: list[Rejected] = []
    for field, key in {**MASSES, **PLAIN, "fat": "fat_ratio"}.items():
        text = columns.text(row.data, field)
        if not text:
            continue
        try:
            value = _value(row, columns, field, text)
        except (numbers.NotANumber, UnitError) as error:
            aside.append(rejected(row, person, field, str(error), text))
            continue
        if value == 0 and field != "weight":
            continue  # the apps write 0 where nothing was measured
        if (reason := QUANTITIES[key].implausible(value)) and not believed(row, field, text, value):
            aside.append(rejected(row, person, field, reason, text))
        else:
            values[key] = value
    return values, aside


def _value(row: RawRow, columns: Columns, field: str, text: str) -> Decimal:
    amount, own_unit = numbers.split_unit(text)
    value = numbers.read(amount, row.context.get("mark", "."))
    if own_unit and own_unit not in _UNITS.get(field, own_unit):
        raise UnitError(f"has the unit {own_unit!r}, which is none of {', '.join(sorted(_UNITS[field]))}")
    if field in PLAIN:
        return value
    if field == "fat":
        return value if row.context.get("fat") == "ratio" and own_unit != "%" else exact(value / 100)
    unit = own_unit or columns.units.get(field) or columns.text(row.data, "unit") or row.context.get("units")
    if not unit:
        raise UnitError("has no unit: say --units kg or --units lb")
    return mass_kg(value, spelt(unit))


def fat_context(table: Table, columns: Columns) -> dict[str, str]:
    """Whether a fat column is a ratio (0.22) or a percentage (22): nobody has less than 1 % of fat."""
    if "fat" not in columns or columns.units.get("fat") == "%":
        return {}
    found = []
    mark = numbers.decimal_mark(table.column(columns.of["fat"]))
    for text in table.column(columns.of["fat"]):
        try:
            found.append(numbers.read(text, mark))
        except numbers.NotANumber:
            continue
    return {"fat": "ratio"} if found and max(found) <= 1 else {}
