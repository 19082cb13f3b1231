"""Apple Health's gathered rows (collectors/files/_apple_days.py) to records: a day of heart rates, a night, a day of foods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from collectors import numbers
from collectors.decided import believed
from collectors.files._apple_days import NUTRIENTS, unpack
from collectors.files._columns import rejected
from collectors.source import Parsed
from health import days, plausible
from health.quantities import QUANTITIES
from health.records import SLEEP_NUMBERS, Meal, Measurement, RawRow, RecordError, Rejected, Sleep
from health.units import KG_PER_LB, UnitError, exact, kj_from_kcal

_STAGE = {"AsleepCore": "light_s", "AsleepDeep": "deep_s", "AsleepREM": "rem_s", "Awake": "awake_s"}
_GRAMS = {"g": Decimal(1), "mg": Decimal("0.001"), "mcg": Decimal("0.000001"), "kg": Decimal(1000), "oz": KG_PER_LB * 1000 / 16}
_ONE_PLACE = Decimal("0.1")

Span = tuple[int, int]


def heart(row: RawRow, person: str) -> Parsed:
    """The day's lowest, mean and highest heart rate as one measurement of that day."""
    text = str(row.data.get("packed", ""))
    try:
        values = [Decimal(line.split("\t")[1]) for line in unpack(text).splitlines()]
        day, zone = date.fromisoformat(str(row.data["day"])), str(row.context["zone"])
        at = days.day_at(day, zone)
    except (ValueError, ArithmeticError, LookupError, days.DayError) as error:
        return None, [rejected(row, person, "packed", f"holds no heart rates ({error})", text)]
    quantity = QUANTITIES["heart_rate_bpm"]
    odd = [value for value in values if quantity.implausible(value) and not believed(row, "value", str(value), value)]
    aside = [rejected(row, person, "value", str(quantity.implausible(value)), str(value)) for value in odd[:1]]
    kept = [value for value in values if value not in odd] if odd else values
    if not kept:
        return None, aside
    mean = exact((sum(kept, Decimal(0)) / len(kept)).quantize(_ONE_PLACE))
    told = {"heart_rate_bpm": mean, "heart_rate_low_bpm": exact(min(kept)), "heart_rate_high_bpm": exact(max(kept))}
    record = Measurement(person=person, source=row.source, native_id=row.group, at=at, zone=zone, precision="day", values=told)
    return record, aside


def night(row: RawRow, person: str) -> Parsed:
    """One stretch of sleep: the time asleep and each stage's, no moment counted twice, from the first mark to the last."""
    text = str(row.data.get("rows", ""))
    try:
        marks = [_mark(line) for line in text.splitlines()]
        start, end = min(mark[0][0] for mark in marks), max(mark[0][1] for mark in marks)
        at, until = (datetime.fromtimestamp(each, UTC) for each in (start, end))
    except (ValueError, OverflowError, OSError) as error:
        return None, [rejected(row, person, "rows", f"holds no stages of sleep ({error})", text)]
    if reason := plausible.sleep_span(end - start):
        return None, [rejected(row, person, "rows", reason, text)]
    by_stage: dict[str, list[Span]] = {}
    for span, stage in marks:
        by_stage.setdefault(stage, []).append(span)
    asleep = [span for stage, spans in by_stage.items() if stage.startswith("Asleep") for span in spans]
    values: dict[str, Any] = {}
    if asleep:
        values["asleep_s"] = Decimal(_covered(asleep))
    values |= {name: Decimal(_covered(by_stage[stage])) for stage, name in _STAGE.items() if stage in by_stage}
    zone, app = str(row.context["zone"]), str(row.data.get("sourceName", "")) or None
    try:
        record = Sleep(
            person=person, source=row.source, native_id=row.group, at=at, end=until, zone=zone, app=app,
            **{name: values[name] for name in SLEEP_NUMBERS if name in values},
        )  # fmt: skip
    except RecordError as error:
        return None, [rejected(row, person, error.field, error.reason, text)]
    return record, []


def _mark(line: str) -> tuple[Span, str]:
    start, end, stage = line.split("\t")
    return (int(start), int(end)), stage


def _covered(spans: Iterable[Span]) -> int:
    """Seconds in any of `spans`."""
    total = reach = 0
    for start, end in sorted(spans):
        total += max(end - max(start, reach), 0)
        reach = max(reach, end)
    return total


def meal(row: RawRow, person: str) -> Parsed:
    """The sum of a day's foods of one app. A food that cannot be read is set aside alone."""
    sums: dict[str, Decimal] = {}
    aside: list[Rejected] = []
    for line in str(row.data.get("rows", "")).splitlines():
        try:
            name, value = _food(line)
        except (ValueError, KeyError, numbers.NotANumber, UnitError) as error:
            aside.append(rejected(row, person, "rows", str(error), line))
            continue
        sums[name] = sums.get(name, Decimal(0)) + value
    values: dict[str, Any] = {}
    for name, value in sums.items():
        if (reason := plausible.meal_number(name, value)) and not believed(row, name, str(value), value):
            aside.append(rejected(row, person, name, reason, str(value)))
        else:
            values[name] = exact(value)
    if not values:
        return None, aside
    zone = str(row.context["zone"])
    try:
        at = days.day_at(date.fromisoformat(str(row.data["day"])), zone)
    except (ValueError, KeyError, days.DayError) as error:
        return None, [*aside, rejected(row, person, "day", f"is no day ({error})", str(row.data.get("day")))]
    app = str(row.data.get("sourceName", "")) or None
    record = Meal(person=person, source=row.source, native_id=row.group, at=at, zone=zone, precision="day", app=app, **values)
    return record, aside


def _food(line: str) -> tuple[str, Decimal]:
    _, short, text, unit = line.split("\t")
    value = numbers.read(text.strip())
    if value < 0:
        raise ValueError("is below 0")
    if NUTRIENTS[short] == "energy_kj":
        return "energy_kj", energy_kj(value, unit)
    if unit.strip() not in _GRAMS:
        raise UnitError(f"has the unit {unit!r}, which is not one of {', '.join(_GRAMS)}")
    return NUTRIENTS[short], exact(value * _GRAMS[unit.strip()])


def energy_kj(value: Decimal, unit: str) -> Decimal:
    """An energy in kcal (also written Cal) or kJ as kilojoules. Raises UnitError."""
    spelt = unit.strip().casefold()
    if spelt in ("kcal", "cal"):
        return kj_from_kcal(value)
    if spelt == "kj":
        return exact(value)
    raise UnitError(f"has the unit {unit!r}, which is neither kcal nor kJ")
