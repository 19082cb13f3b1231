"""Apple Health's workouts to activities, the older layout (totals as attributes) and the newer (statistics inside).

A watch tells how long somebody lifted, not what: strength training, too, is an activity here, and no workout without sets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from collectors import numbers, times
from collectors.decided import believed
from collectors.files._apple_daily import energy_kj
from collectors.files._columns import rejected
from collectors.source import Parsed
from collectors.sports import sport_of
from health import days
from health.records import Activity, RawRow, RecordError, Rejected
from health.units import UnitError, exact, length_m

_TYPE = "HKWorkoutActivityType"
_DISTANCES = (
    *("DistanceWalkingRunning", "DistanceCycling", "DistanceSwimming", "DistanceWheelchair", "DistanceDownhillSnowSports"),
    *("DistanceCrossCountrySkiing", "DistanceRowing", "DistancePaddleSports", "DistanceSkatingSports"),  # since iOS 18
)
_SECONDS = {"min": 60, "s": 1, "sec": 1, "h": 3600, "hr": 3600}
# The most that is believed of one activity (as of a Strava export).
_MOST = {
    "elapsed_s": 1_000_000, "moving_s": 1_000_000, "distance_m": 2_000_000, "ascent_m": 50_000, "energy_kj": 200_000,
    "mean_heart_rate_bpm": 260, "max_heart_rate_bpm": 260,
}  # fmt: skip
_ZERO_IS_ABSENT = ("distance_m", "energy_kj", "mean_heart_rate_bpm", "max_heart_rate_bpm", "moving_s")
_AMOUNT = re.compile(r"^(-?[\d.]+)\s*([^\s\d]+)$")


def parse(row: RawRow, person: str) -> Parsed:
    """The activity of a workout row and what of it is not believed."""
    try:
        start, end = (_instant(row.data, name) for name in ("startDate", "endDate"))
    except (times.NotATime, days.DayError) as error:
        return None, [rejected(row, person, "startDate", str(error), str(row.data.get("startDate")))]
    if end < start:
        return None, [rejected(row, person, "endDate", "is before the start", str(row.data.get("endDate")))]
    aside: list[Rejected] = []
    values: dict[str, Any] = {"elapsed_s": Decimal(round((end - start).total_seconds()))}
    for name, (text, unit) in _said(row.data).items():
        try:
            value = _value(name, text, unit)
        except (numbers.NotANumber, UnitError, ArithmeticError) as error:
            aside.append(rejected(row, person, name, str(error), f"{text} {unit}".strip()))
            continue
        if not 0 <= value <= _MOST[name] and not believed(row, name, text, value):
            reason = "is below 0" if value < 0 else f"is above {_MOST[name]:,}"
            aside.append(rejected(row, person, name, reason, f"{text} {unit}".strip()))
        elif value or name not in _ZERO_IS_ABSENT:
            values[name] = value
    sport_type = str(row.data.get("workoutActivityType", "")).removeprefix(_TYPE) or "Other"
    try:
        record = Activity(
            person=person, source=row.source, native_id=row.group, at=start, zone=_zone(row),
            sport=sport_of(sport_type), sport_type=sport_type, **values,
        )  # fmt: skip
    except RecordError as error:
        return None, [*aside, rejected(row, person, error.field, error.reason, str(row.data.get("startDate")))]
    return record, aside


def _instant(data: Mapping[str, Any], name: str) -> datetime:
    written = times.read(str(data.get(name, "")))
    if written.offset is None:
        raise times.NotATime("has no offset from UTC, which every time of Apple Health has")
    return written.at("UTC")


def _zone(row: RawRow) -> str:
    """Where the wearer was: the workout says it itself since iOS 10."""
    said = str(row.data.get("HKTimeZone.value", ""))
    try:
        days.zone_info(said)
    except days.DayError:
        return str(row.context["zone"])
    return said


def _said(data: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """(text, unit) of each of our fields that the workout tells."""
    distance = next((each for each in _DISTANCES if f"{each}.sum" in data), "")
    told = {
        "moving_s": (data.get("duration"), data.get("durationUnit", "min")),
        "distance_m": (
            data.get(f"{distance}.sum") or data.get("totalDistance"),
            data.get(f"{distance}.unit") or data.get("totalDistanceUnit"),
        ),
        "energy_kj": (
            data.get("ActiveEnergyBurned.sum") or data.get("totalEnergyBurned"),
            data.get("ActiveEnergyBurned.unit") or data.get("totalEnergyBurnedUnit"),
        ),
        "mean_heart_rate_bpm": (data.get("HeartRate.average"), ""),
        "max_heart_rate_bpm": (data.get("HeartRate.maximum"), ""),
    }
    if amount := _AMOUNT.match(str(data.get("HKElevationAscended.value", ""))):
        told["ascent_m"] = amount.group(1), amount.group(2)
    return {name: (str(text).strip(), str(unit or "").strip()) for name, (text, unit) in told.items() if text}


def _value(name: str, text: str, unit: str) -> Decimal:
    value = numbers.read(text)
    if name == "moving_s":
        if unit not in _SECONDS:
            raise UnitError(f"has the unit {unit!r}, which is no time")
        return exact(value * _SECONDS[unit])
    if name in ("distance_m", "ascent_m"):
        return length_m(value, unit)
    return energy_kj(value, unit) if name == "energy_kj" else exact(value)
