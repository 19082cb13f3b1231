"""From Withings' measure groups to one measurement: which type is which quantity, and which of two values counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from collectors.answers import named
from collectors.decided import PROBLEM, believed
from collectors.source import Parsed
from health import days
from health.quantities import QUANTITIES
from health.records import Measurement, RawRow, RecordError, Rejected
from health.units import KJ_PER_KCAL, UnitError, exact

SOURCE = "withings_api"
_ONE, _PERCENT = Decimal(1), Decimal("0.01")


@dataclass(frozen=True)
class _Type:
    """A measure type: our quantity, what a value is multiplied with, and whether one of a limb is no value of the body."""

    key: str
    factor: Decimal = _ONE
    of_the_body: bool = True


# Types of the Withings API that are a quantity of ours. What is not here (segments of limbs, ECG intervals, ...) stays raw.
TYPES: dict[int, _Type] = {
    1: _Type("body_mass_kg"),
    4: _Type("height_m"),
    5: _Type("lean_mass_kg"),
    6: _Type("fat_ratio", _PERCENT),
    8: _Type("fat_mass_kg"),
    9: _Type("diastolic_mmhg", of_the_body=False),
    10: _Type("systolic_mmhg", of_the_body=False),
    11: _Type("heart_rate_bpm", of_the_body=False),
    12: _Type("body_temperature_c", of_the_body=False),
    54: _Type("oxygen_saturation_ratio", _PERCENT, of_the_body=False),
    71: _Type("body_temperature_c", of_the_body=False),
    73: _Type("skin_temperature_c", of_the_body=False),
    76: _Type("muscle_mass_kg"),
    77: _Type("water_mass_kg"),
    88: _Type("bone_mass_kg"),
    91: _Type("pulse_wave_velocity_mps"),
    123: _Type("vo2max_ml_per_kg_min"),
    155: _Type("vascular_age_years"),
    167: _Type("nerve_health_score"),
    168: _Type("extracellular_water_kg"),
    169: _Type("intracellular_water_kg"),
    170: _Type("visceral_fat_index"),
    226: _Type("metabolic_rate_kj_per_day", KJ_PER_KCAL),
    227: _Type("metabolic_age_years"),
}
# Position 7 is the whole body. In recorded answers type 168 also comes at 6, and there with 169 adds up to the water exactly.
_WHOLE_BODY = frozenset({"None", "6", "7"})
_OBJECTIVE = 2  # `category`: what the person wants, no reading
_LATEST = 4_102_444_800  # the year 2100
_MOST_TYPES = 10_000  # numbers of types stay far below
_AMBIGUOUS = 1  # `attrib`: the scale was not sure who stood on it
# Which of two values of one quantity and instant counts: the device's own, then what was typed, then a sign-up form, then a guess.
_RANK = {2: 1, 4: 2, _AMBIGUOUS: 3}


@dataclass(frozen=True)
class _Value:
    rank: tuple[int, int, int]  # the lower the better
    value: Decimal
    row: RawRow
    said: str


def rows(body: Mapping[str, Any], account: str, home: str = "UTC") -> list[RawRow]:
    """The raw rows of one page, oldest first; what is a person's objective and no reading is left out.

    `home` is the zone where Withings names none that is known.
    """
    given = body.get("measuregrps")
    entries = given if isinstance(given, list) else []
    zone = _zone(body.get("timezone")) or home
    result = [_row(each, zone, account) for each in entries if isinstance(each, dict) and not _is_objective(each)]
    broken = [unreadable(each, account, "reading") for each in entries if not isinstance(each, dict)]
    return [*sorted(result, key=lambda row: (_stamp(row.data) or 0, row.row_id)), *broken]


def _is_objective(group: Mapping[str, Any]) -> bool:
    return bool(group.get("category") == _OBJECTIVE)


def unreadable(entry: Any, account: str, what: str, mark: str = "") -> RawRow:
    """The raw row, a group of its own, of an entry that is no object: it says nothing of when it was or whose it is."""
    group = f"{mark}{named(entry)}"
    context = {"account": account, PROBLEM: "is no object"}
    return RawRow(
        source=SOURCE, group=group, row_id=group, data={"": str(entry)[:500]}, context=context, place=f"{what} without a time"
    )


def _row(group: Mapping[str, Any], zone: str, account: str) -> RawRow:
    stamp = _stamp(group)
    when = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if stamp is not None else "an unreadable time"
    number = group.get("grpid")
    row_id = f"{number}:{group.get('attrib')}" if type(number) is int else named(group)
    return RawRow(
        source=SOURCE,
        group=str(stamp) if stamp is not None else f"group {number if type(number) is int else row_id}",
        row_id=row_id,
        data=group,
        # Withings names the account's present zone, not the wearer's then: the one first stored for a record stays.
        context={"zone": _zone(group.get("timezone")) or zone, "zone_is_account_default": True, "account": account},
        place=f"reading of {when}",
    )


def _zone(said: Any) -> str | None:
    if not isinstance(said, str):
        return None
    try:
        days.zone_info(said)
    except days.DayError:
        return None
    return said


def _stamp(group: Mapping[str, Any]) -> int | None:
    stamp = group.get("date")
    return stamp if isinstance(stamp, int) and not isinstance(stamp, bool) and 0 < stamp < _LATEST else None


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """One measurement from all groups of one timestamp, and what of it is not believed."""
    stamp = _stamp(rows[0].data)
    if PROBLEM in rows[0].context:
        return None, [_reject(rows[0], person, "reading", str(rows[0].context[PROBLEM]), str(rows[0].data.get("")))]
    if stamp is None:
        return None, [_reject(rows[0], person, "date", "is not a time", str(rows[0].data.get("date")))]
    best, rejected = _best(rows, person)
    values: dict[str, Decimal] = {}
    for key, each in best.items():
        accepted = believed(each.row, key, each.said, each.value)
        if each.rank[0] == _RANK[_AMBIGUOUS] and not accepted:
            rejected.append(_reject(each.row, person, key, "may be someone else's: the device was not sure who it was", each.said))
        elif (reason := QUANTITIES[key].implausible(each.value)) and not accepted:
            rejected.append(_reject(each.row, person, key, reason, each.said))
        else:
            values[key] = each.value
    if not values:
        return None, rejected
    at = datetime.fromtimestamp(stamp, UTC)
    zone = str(rows[0].context.get("zone", "UTC"))
    try:
        record = Measurement(person=person, source=SOURCE, native_id=str(stamp), at=at, zone=zone, values=values)
    except RecordError as error:
        return None, [*rejected, _reject(rows[0], person, error.field, error.reason, zone)]
    return record, rejected


def _best(rows: Iterable[RawRow], person: str) -> tuple[dict[str, _Value], list[Rejected]]:
    """The value that counts for each quantity, in the order of the table; a measure that cannot be read is rejected."""
    best: dict[str, _Value] = {}
    rejected: list[Rejected] = []
    for row, measure in _measures(rows, person, rejected):
        kind, position = measure.get("type"), measure.get("position")
        if type(kind) is not int or not 0 < kind < _MOST_TYPES:
            rejected.append(_reject(row, person, "type", "is no kind of measure", str(kind)))
            continue
        known = TYPES.get(kind)
        if known is None or (known.of_the_body and str(position) not in _WHOLE_BODY):
            continue
        try:
            value = exact(_decimal(measure) * known.factor)
        except (UnitError, ArithmeticError) as error:
            reason = str(error) if isinstance(error, UnitError) else "is not a number"
            rejected.append(_reject(row, person, known.key, reason, _said(measure)))
            continue
        candidate = _Value(_rank(row), value, row, _said(measure))
        if known.key not in best or candidate.rank < best[known.key].rank:
            best[known.key] = candidate
    return {key: best[key] for key in QUANTITIES if key in best}, rejected


def _measures(rows: Iterable[RawRow], person: str, rejected: list[Rejected]) -> Iterator[tuple[RawRow, Mapping[str, Any]]]:
    """Each measure with its row; what is none is rejected."""
    for row in rows:
        measures = row.data.get("measures")
        if not isinstance(measures, list):
            rejected.append(_reject(row, person, "measures", "is no list of values", str(measures)))
            continue
        for measure in measures:
            if isinstance(measure, dict):
                yield row, measure
            else:
                rejected.append(_reject(row, person, "measures", "holds what is no value", str(measure)))


def _decimal(measure: Mapping[str, Any]) -> Decimal:
    """value x 10^unit, exactly: a float drifts in one of ten real values. Raises UnitError."""
    value, unit = measure.get("value"), measure.get("unit")
    if type(value) is not int or type(unit) is not int or abs(unit) > 30:
        raise UnitError("is not a number")
    return Decimal(value).scaleb(unit)


def _rank(row: RawRow) -> tuple[int, int, int]:
    """The lower, the more the group is believed; among equals the one that changed last."""
    modified, number, attrib = (row.data.get(each) for each in ("modified", "grpid", "attrib"))
    return (
        _RANK.get(attrib, 0) if isinstance(attrib, int) else 0,
        -modified if isinstance(modified, int) else 0,
        -number if isinstance(number, int) else 0,
    )


def _said(measure: Mapping[str, Any]) -> str:
    return f"{measure.get('value')}e{measure.get('unit')}"


def _reject(row: RawRow, person: str, field: str, reason: str, said: str) -> Rejected:
    return Rejected(
        person=person, source=SOURCE, group=row.group, row_id=row.row_id, row=row.place, field=field, reason=reason, said=said[:200]
    )
