"""A record as a plain object of JSON types, and back: the form in which records are kept, exported and made into frames.

The body of a record is the JSON object of docs/data.md. Both directions are exact: numbers have at most six places and well
under fifteen digits (`health.units.exact`), which a double and its shortest decimal form carry unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from health.days import utc
from health.quantities import QUANTITIES
from health.records import (
    ACTIVITY_NUMBERS,
    RECORD_TYPES,
    SET_NUMBERS,
    SLEEP_NUMBERS,
    WORKOUT_NUMBERS,
    Activity,
    Measurement,
    Record,
    Sleep,
    Workout,
    WorkoutSet,
)

Body = dict[str, Any]

_COMMON = ("person", "source", "native_id", "zone")


def instant_text(at: datetime) -> str:
    """`2025-01-31T06:58:02Z`; a fraction of a second only where there is one."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """The instant that `instant_text` wrote. Raises ValueError for a text that is none, or has no zone."""
    return utc(datetime.fromisoformat(text))


def number(value: Decimal | int) -> int | float:
    """The JSON number that reads back as exactly `value`."""
    return int(value) if value == int(value) else float(value)


def decimal(value: int | float | str | Decimal) -> Decimal:
    """The decimal a JSON number stood for: a float's shortest text, not its binary value."""
    return Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)


def body(record: Record) -> Body:
    """`record` as its JSON object (without `raw`). Keys in a fixed order, absent fields left out."""
    result: Body = {
        "kind": record.kind,
        "id": record.id,
        "person": record.person,
        "source": record.source,
        "native_id": record.native_id,
        "at": instant_text(record.at),
        "zone": record.zone,
        "day": record.day.isoformat(),
    }
    if record.precision == "day":
        result["precision"] = "day"
    if record.modified is not None:
        result["modified"] = instant_text(record.modified)
    if isinstance(record, Measurement):
        result |= {key: number(record.values[key]) for key in QUANTITIES if key in record.values}
    elif isinstance(record, Workout):
        result |= _present(record, ("name", "note"), WORKOUT_NUMBERS)
        result["sets"] = [_set_body(each) for each in record.sets]
    elif isinstance(record, Activity):
        result |= _present(record, ("sport", "sport_type", "name"), ACTIVITY_NUMBERS)
    elif isinstance(record, Sleep):
        result |= {"end": instant_text(record.end), **_present(record, ("app", "is_nap"), SLEEP_NUMBERS)}
    else:
        result |= _other_fields(record)
    return result


def record(item: Mapping[str, Any]) -> Record:
    """The record of a JSON object. Raises KeyError, ValueError or RecordError where it is none."""
    kind = RECORD_TYPES[item["kind"]]
    common: dict[str, Any] = {key: item[key] for key in _COMMON}
    common["at"] = instant(item["at"])
    common["precision"] = item.get("precision", "instant")
    if "modified" in item:
        common["modified"] = instant(item["modified"])
    if kind is Measurement:
        values = {key: decimal(item[key]) for key in QUANTITIES if key in item}
        return Measurement(**common, values=values)
    if kind is Workout:
        sets = tuple(_set(each) for each in item["sets"])
        return Workout(**common, sets=sets, **_read(item, ("name", "note"), WORKOUT_NUMBERS))
    if kind is Activity:
        return Activity(**common, **_read(item, ("sport", "sport_type", "name"), ACTIVITY_NUMBERS))
    if kind is Sleep:
        return Sleep(**common, end=instant(item["end"]), **_read(item, ("app", "is_nap"), SLEEP_NUMBERS))
    own = _own_fields(kind)
    return kind(**common, **{key: _plain(item[key]) for key in own if key in item})


def _present(source: object, texts: tuple[str, ...], numbers: tuple[str, ...]) -> Body:
    result: Body = {name: value for name in texts if (value := getattr(source, name)) is not None}
    return result | {name: number(value) for name in numbers if (value := getattr(source, name)) is not None}


def _read(item: Mapping[str, Any], texts: tuple[str, ...], numbers: tuple[str, ...]) -> dict[str, Any]:
    result: dict[str, Any] = {name: item[name] for name in texts if name in item}
    return result | {name: decimal(item[name]) for name in numbers if name in item}


def _set_body(each: WorkoutSet) -> Body:
    result: Body = {"exercise": each.exercise, "order": each.order, "type": each.type}
    return result | _present(each, (), SET_NUMBERS) | _present(each, ("note",), ())


def _set(item: Mapping[str, Any]) -> WorkoutSet:
    values = _read(item, ("note",), SET_NUMBERS)
    if "reps" in values:
        values["reps"] = int(values["reps"])
    return WorkoutSet(exercise=item["exercise"], order=item["order"], type=item["type"], **values)


def _own_fields(kind: type[Record]) -> list[str]:
    return [each.name for each in fields(kind) if each.name not in {field.name for field in fields(Record)}]


def _other_fields(record: Record) -> Body:
    values = {name: getattr(record, name) for name in _own_fields(type(record))}
    return {name: _json(value) for name, value in values.items() if value is not None}


def _json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_json(each) for each in value]
    return number(value) if isinstance(value, Decimal) else value


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_plain(each) for each in value)
    return decimal(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
