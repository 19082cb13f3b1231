"""From an activity as Strava lists it to a record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from collectors.answers import named
from collectors.decided import believed
from collectors.source import ALL_TIME, Parsed
from collectors.sports import sport_of
from health import days
from health.records import Activity, RawRow, RecordError, Rejected
from health.units import KJ_PER_KCAL, UnitError, exact

SOURCE = "strava_api"
# Our field and Strava's. `kilojoules` is work on a ride; `calories` comes with single activities only.
_NUMBERS = {
    "elapsed_s": "elapsed_time",
    "moving_s": "moving_time",
    "distance_m": "distance",
    "ascent_m": "total_elevation_gain",
    "mean_heart_rate_bpm": "average_heartrate",
    "max_heart_rate_bpm": "max_heartrate",
    "mean_speed_mps": "average_speed",
    "max_speed_mps": "max_speed",
    "mean_cadence_rpm": "average_cadence",
    "mean_power_w": "average_watts",
    "energy_kj": "kilojoules",
}
# What 0 means "was not measured" for: nobody's heart stood still, and a session in the gym covers no distance.
_ZERO_IS_ABSENT = frozenset(
    {"distance_m", "mean_heart_rate_bpm", "max_heart_rate_bpm", "mean_speed_mps", "max_speed_mps", "mean_cadence_rpm",
     "mean_power_w", "energy_kj"}
)  # fmt: skip
_LIMITS = {
    "elapsed_s": 2_700_000, "moving_s": 2_700_000, "distance_m": 5_000_000, "ascent_m": 100_000, "mean_heart_rate_bpm": 260,
    "max_heart_rate_bpm": 260, "mean_speed_mps": 400, "max_speed_mps": 400, "mean_cadence_rpm": 300, "mean_power_w": 3000,
    "energy_kj": 200_000,
}  # fmt: skip
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_LABEL = re.compile(r"^\(GMT[+-]\d{2}:\d{2}\)\s*")


def athlete_of(activity: Mapping[str, Any]) -> str:
    """Whose activity it is, by the athlete's number; empty where it does not say."""
    athlete = activity.get("athlete")
    return number_of(athlete) if isinstance(athlete, dict) and has_number(athlete) else ""


def rows(listed: Sequence[Mapping[str, Any]]) -> list[RawRow]:
    """The raw rows of listed activities, oldest first; one that came twice (between two pages) once, as it came last."""
    unique = {number_of(each): each for each in listed}
    ordered = sorted(unique.items(), key=lambda each: (start(each[1]), each[0]))
    return [_row(number, each) for number, each in ordered]


def has_number(activity: Mapping[str, Any]) -> bool:
    """Whether it says which activity (or athlete) it is."""
    number = activity.get("id")
    return type(number) is int or (isinstance(number, str) and number.isdecimal())


def number_of(activity: Mapping[str, Any]) -> str:
    """The activity's number; a name of its own for one that says none."""
    return str(activity["id"]) if has_number(activity) else named(activity)


def _row(number: str, activity: Mapping[str, Any]) -> RawRow:
    place = f"activity {number} of {activity.get('start_date', 'an unknown time')}"
    return RawRow(source=SOURCE, group=number, row_id=number, data=activity, context={"account": athlete_of(activity)}, place=place)


def start(activity: Mapping[str, Any]) -> datetime:
    """When it began; the beginning of all time where that cannot be read (`parse` rejects it)."""
    try:
        at = datetime.fromisoformat(str(activity.get("start_date")))
    except ValueError:
        return ALL_TIME[0]
    return at.astimezone(UTC) if at.tzinfo and _FIRST_YEAR <= at.year <= _LAST_YEAR else ALL_TIME[0]


def parse(row: RawRow, person: str) -> Parsed:
    """The activity of a raw row, and a Rejected for each number that cannot be true."""
    data = row.data
    at = start(data)
    if not has_number(data):
        return None, [_reject(row, person, "id", "is no number of an activity", str(data.get("id", data.get(""))))]
    if at == ALL_TIME[0]:
        return None, [_reject(row, person, "start_date", "is not a time", str(data.get("start_date")))]
    numbers, rejected = _numbers(row, person)
    texts = _texts(row, person, rejected)
    sport_type, name = texts.get("sport_type") or texts.get("type") or "Workout", texts.get("name")
    _check_zone(row, person, rejected)
    try:
        record = Activity(
            person=person,
            source=SOURCE,
            native_id=row.group,
            at=at,
            zone=zone(data, at),
            sport=sport_of(sport_type),
            sport_type=sport_type,
            name=name or None,
            **numbers,  # type: ignore[arg-type]  # the keys of _NUMBERS are number fields
        )
    except RecordError as error:
        return None, [*rejected, _reject(row, person, error.field, error.reason, "")]
    return record, rejected


def _seconds(offset: Any) -> float | None:
    return offset if isinstance(offset, (int, float)) and not isinstance(offset, bool) and abs(offset) < 86_400 else None


def _texts(row: RawRow, person: str, rejected: list[Rejected]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for field in ("sport_type", "type", "name"):
        said = row.data.get(field)
        if isinstance(said, str):
            texts[field] = said
        elif said is not None:
            rejected.append(_reject(row, person, field, "is not a text", str(said)))
    return texts


def _check_zone(row: RawRow, person: str, rejected: list[Rejected]) -> None:
    """Say so where the zone is none; the activity is then read by its offset."""
    offset = row.data.get("utc_offset")
    if offset is not None and _seconds(offset) is None:
        rejected.append(_reject(row, person, "utc_offset", "is no distance from UTC", str(offset)))
    said = row.data.get("timezone")
    try:
        days.zone_info(_LABEL.sub("", said) if isinstance(said, str) else "")
    except days.DayError:
        if said not in (None, ""):
            rejected.append(_reject(row, person, "timezone", "is not a time zone that is known", str(said)))


def zone(activity: Mapping[str, Any], at: datetime) -> str:
    """Where the athlete was: the IANA name behind the label, where it agrees with `utc_offset`; else that offset.

    The label itself, "(GMT-05:00)", is the zone's winter time and wrong half of the year; `start_date_local` carries a false Z.
    """
    seconds = _seconds(activity.get("utc_offset"))
    name = _LABEL.sub("", str(activity.get("timezone") or ""))
    try:
        known = days.local_time(at, name).utcoffset() if name else None
    except days.DayError:
        known = None
    if known is not None and (seconds is None or known == timedelta(seconds=seconds)):
        return name
    return days.offset_zone(timedelta(seconds=seconds)) if seconds is not None else "UTC"


def _numbers(row: RawRow, person: str) -> tuple[dict[str, Decimal], list[Rejected]]:
    values: dict[str, Decimal] = {}
    rejected: list[Rejected] = []
    for ours, theirs in _NUMBERS.items():
        said = row.data.get(theirs)
        if said is None:
            continue
        try:
            # repr is the number as it stood in the JSON, not its binary value.
            value = exact(Decimal(repr(said)) if isinstance(said, (int, float)) and not isinstance(said, bool) else str(said))
        except (UnitError, ArithmeticError):
            rejected.append(_reject(row, person, ours, "is not a number", str(said)))
            continue
        if value == 0 and ours in _ZERO_IS_ABSENT:
            continue
        if not 0 <= value <= _LIMITS[ours] and not believed(row, ours, str(said), value):
            rejected.append(_reject(row, person, ours, "is below 0" if value < 0 else f"is above {_LIMITS[ours]}", str(said)))
            continue
        values[ours] = value
    if "distance_m" not in values and not values.get("ascent_m"):
        values.pop("ascent_m", None)  # 0 m climbed says something of a flat run, nothing of an hour with weights
    if "energy_kj" not in values and isinstance(calories := row.data.get("calories"), (int, float)) and calories > 0:
        values["energy_kj"] = exact(Decimal(repr(calories)) * KJ_PER_KCAL)
    return values, rejected


def _reject(row: RawRow, person: str, field: str, reason: str, said: str) -> Rejected:
    return Rejected(
        person=person, source=SOURCE, group=row.group, row_id=row.row_id, row=row.place, field=field, reason=reason, said=said[:200]
    )
