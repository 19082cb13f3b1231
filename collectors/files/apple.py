"""Apple Health: weigh-ins in `export.xml` (its ZIP too) or in a CSV of the same columns.

Rows of one source at one instant are one weigh-in. Apple writes every time in the offset the phone had when it exported, so the
same weigh-in is written otherwise after a journey: here the instant that the written offset gives is the identity, and the day is
told by the person's zone. Heart rates, steps and workouts are not read: a watch writes hundreds of thousands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from collectors import numbers, times
from collectors.decided import believed
from collectors.files._columns import broken, damaged, identity, not_this, nth, rejected
from collectors.files._doctype import WithoutDoctype
from collectors.source import NotThisFormat, Parsed, ReadOptions
from collectors.tables import Row, Table, head_table, read_table
from health import days
from health.quantities import QUANTITIES
from health.records import Measurement, RawRow, Rejected
from health.units import UnitError, exact, length_m, mass_kg

name = "apple"
title = "Apple Health"
record_source = "apple"
kind = "measurement"
whole_groups = False  # a CSV of the weights alone must not take the fat ratios away that the XML brought

_PREFIX = "HKQuantityTypeIdentifier"
_QUANTITIES = {
    "BodyMass": "body_mass_kg",
    "BodyFatPercentage": "fat_ratio",
    "LeanBodyMass": "lean_mass_kg",
    "Height": "height_m",
}
_COLUMNS = ("type", "sourceName", "startDate", "unit", "value")
_DEEPEST = 64


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  # the name is a hint that this needs not
    if _is_xml(head):
        return b"<HealthData" in head or b"<!DOCTYPE HealthData" in head
    table = head_table(head)
    return table is not None and _is_csv(table)


def _is_xml(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _is_csv(table: Table) -> bool:
    return set(_COLUMNS) <= set(table.header)


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    is_xml = _is_xml(stream.read(1024))
    stream.seek(0)
    return _grouped(_from_xml(stream) if is_xml else _from_csv(stream), name, options)


def _from_csv(stream: BinaryIO) -> Iterator[Row]:
    table = read_table(stream)
    if not _is_csv(table):
        raise not_this("table of Apple Health rows", ", ".join(_COLUMNS), table.header)
    for row in table.rows:
        if row.problem or _short(row.cells["type"]) in _QUANTITIES:
            yield row


def _from_xml(stream: BinaryIO) -> Iterator[Row]:
    """The records we keep, each with its number among all records; one damaged row where the file breaks off."""
    depth = number = 0
    root: Any = None
    try:
        for event, element in iterparse(WithoutDoctype(stream), events=("start", "end")):
            if event == "start":
                root = element if root is None else root
                depth += 1
                if depth > _DEEPEST or (depth == 1 and element.tag != "HealthData"):
                    raise NotThisFormat("is not an Apple Health export: its XML is of another kind")
                continue
            depth -= 1
            if depth != 1:
                continue
            if element.tag == "Record":
                number += 1
                if _short(element.get("type", "")) in _QUANTITIES:
                    yield Row(number, dict(element.attrib))
            root.clear()  # else the whole export stays in memory
    except DefusedXmlException:
        raise NotThisFormat("declares entities, which no Apple Health export does: it is not read") from None
    except (ParseError, UnicodeDecodeError, LookupError, ValueError) as error:
        if isinstance(error, NotThisFormat):
            raise
        if root is None:
            raise NotThisFormat(f"is not readable as XML ({error})") from None
        yield Row(number + 1, {}, f"is where the file breaks off or is damaged ({error}): what follows was not read")


def _short(type_name: str) -> str:
    return type_name.removeprefix(_PREFIX)


def _grouped(found: Iterable[Row], name: str, options: ReadOptions) -> Iterator[RawRow]:
    """Raw rows: those of one source at one instant together, a second value of one type in a group of its own."""
    counted: Counter[tuple[str, str]] = Counter()
    context = {"zone": options.zone, **({"units": options.units} if options.units else {})}
    for row in found:
        text = str(row.cells.get("startDate", "")).strip()
        if row.problem or not text:
            bad = row if row.problem else Row(row.number, row.cells, "has no startDate")
            yield damaged(record_source, name, bad, context, [each for each in dict.fromkeys((*bad.cells, *_COLUMNS)) if each])
            continue
        kind_of = _short(str(row.cells["type"]))
        key = identity(_when(text), str(row.cells.get("sourceName", "")))
        counted[key, kind_of] += 1
        group = nth(key, counted[key, kind_of])
        yield RawRow(
            source=record_source,
            group=group,
            row_id=f"{group}|{kind_of}",
            data=row.cells,
            context=context,
            place=f"{name}, row {row.number}",
        )


def _when(text: str) -> str:
    try:
        written = times.read(text)
    except times.NotATime:
        return text
    return written.at("UTC").astimezone(UTC).isoformat() if written.offset is not None else text


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The weigh-in of rows at one instant. Pure: it reads the rows and their context alone."""
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
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
    if not unit:
        raise UnitError("has no unit: say --units kg or --units lb")
    return length_m(value, unit) if key == "height_m" else mass_kg(value, unit)
