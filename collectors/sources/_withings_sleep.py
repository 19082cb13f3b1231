"""Withings' summaries of nights to sleep: what is asked for, and what of it is believed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from collectors.answers import named
from collectors.decided import PROBLEM, believed
from collectors.source import Parsed
from collectors.sources._withings_measures import unreadable
from health import days, plausible
from health.records import SLEEP_STAGES, RawRow, RecordError, Rejected, Sleep
from health.units import UnitError, exact

SOURCE = "withings_api"
MARK = "sleep|"  # a night's group, beside those of readings, which are timestamps
SCOPE = "user.activity"
# Field of the answer -> ours. The first of several that is there counts.
_FIELDS = {
    "total_sleep_time": "asleep_s",
    "asleepduration": "asleep_s",
    "lightsleepduration": "light_s",
    "deepsleepduration": "deep_s",
    "remsleepduration": "rem_s",
    "wakeupduration": "awake_s",
    "hr_average": "mean_heart_rate_bpm",
    "hr_min": "min_heart_rate_bpm",
    "hr_max": "max_heart_rate_bpm",
    "rr_average": "mean_breathing_rpm",
    "sleep_score": "score",
}
ASKED = ",".join(_FIELDS)  # the service tells those fields alone that are asked for
_ZERO_IS_ABSENT = frozenset({"mean_heart_rate_bpm", "min_heart_rate_bpm", "max_heart_rate_bpm", "mean_breathing_rpm", "score"})
_LATEST = 4_102_444_800  # the year 2100


def rows(body: Mapping[str, Any], account: str, home: str) -> list[RawRow]:
    """The raw rows of one page, oldest first. `home` is the zone of a night that names none that is known."""
    given = body.get("series")
    entries = given if isinstance(given, list) else []
    nights = [each for each in entries if isinstance(each, dict)]
    ordered = sorted(nights, key=lambda each: (_stamp(each, "startdate") or 0, str(each.get("id"))))
    broken = [unreadable(each, account, "night", MARK) for each in entries if not isinstance(each, dict)]
    return [*(_row(each, account, home) for each in ordered), *broken]


def newest(found: list[RawRow]) -> int:
    """When the last of those nights was changed, in seconds since 1970; 0 for none."""
    return max((_stamp(row.data, "modified") or _stamp(row.data, "created") or 0 for row in found), default=0)


def _row(night: Mapping[str, Any], account: str, home: str) -> RawRow:
    start = _stamp(night, "startdate")
    when = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%d %H:%M UTC") if start is not None else "an unreadable time"
    zone = night.get("timezone")
    # As with readings: the account's present zone, so the one first stored for a night stays.
    context = {"zone": zone if _is_zone(zone) else home, "zone_is_account_default": True, "account": account}
    if not _is_number(night):  # it may be any night: what is listed is not all there is
        context[PROBLEM] = "is no number of a night"
    group = f"{MARK}{night['id'] if _is_number(night) else named(night)}"
    return RawRow(source=SOURCE, group=group, row_id=group, data=night, context=context, place=f"night of {when}")


def _is_number(night: Mapping[str, Any]) -> bool:
    number = night.get("id")
    return type(number) is int or (isinstance(number, str) and number.isdecimal())


def _is_zone(said: Any) -> bool:
    if not isinstance(said, str):
        return False
    try:
        days.zone_info(said)
    except days.DayError:
        return False
    return True


def _stamp(night: Mapping[str, Any], name: str) -> int | None:
    value = night.get(name)
    return value if type(value) is int and 0 < value < _LATEST else None


def parse(row: RawRow, person: str) -> Parsed:
    """The sleep of a night's row and what of it is not believed."""
    if PROBLEM in row.context:
        return None, [_reject(row, person, "id", str(row.context[PROBLEM]), row.data.get("id", row.data.get("")))]
    start, end = _stamp(row.data, "startdate"), _stamp(row.data, "enddate")
    if start is None or end is None:
        name = "startdate" if start is None else "enddate"
        return None, [_reject(row, person, name, "is not a time", row.data.get(name))]
    if reason := plausible.sleep_span(end - start):
        return None, [_reject(row, person, "enddate", reason, end)]
    values, aside = _values(row, person)
    if "asleep_s" not in values and any(name in values for name in SLEEP_STAGES):
        values["asleep_s"] = sum((values.get(name, Decimal(0)) for name in SLEEP_STAGES), Decimal(0))
    if row.data.get("timezone") not in (None, "", row.context.get("zone")) and not _is_zone(row.data["timezone"]):
        aside.append(_reject(row, person, "timezone", "is not a time zone that is known", row.data["timezone"]))
    modified = _stamp(row.data, "modified")
    if modified is None and row.data.get("modified") is not None:
        aside.append(_reject(row, person, "modified", "is not a time", row.data["modified"]))
    more: dict[str, Any] = {**values, "modified": datetime.fromtimestamp(modified, UTC) if modified else None}
    at, until = (datetime.fromtimestamp(each, UTC) for each in (start, end))
    try:
        zone = str(row.context.get("zone", "UTC"))
        return Sleep(person=person, source=SOURCE, native_id=row.group, at=at, end=until, zone=zone, **more), aside
    except RecordError as error:
        return None, [*aside, _reject(row, person, error.field, error.reason, end)]


def _values(row: RawRow, person: str) -> tuple[dict[str, Decimal], list[Rejected]]:
    values: dict[str, Decimal] = {}
    aside: list[Rejected] = []
    told = row.data.get("data")
    if told is not None and not isinstance(told, dict):
        aside.append(_reject(row, person, "data", "is no object", told))
    for said, name in _FIELDS.items():
        value = told.get(said) if isinstance(told, dict) else None
        if value is None or name in values or (value == 0 and name in _ZERO_IS_ABSENT):
            continue
        try:
            number = exact(str(value) if isinstance(value, float) else value)
        except (UnitError, TypeError, ValueError):
            aside.append(_reject(row, person, name, "is not a number", value))
            continue
        if (reason := plausible.sleep_number(name, number)) and not believed(row, name, str(value), number):
            aside.append(_reject(row, person, name, reason, value))
        else:
            values[name] = number
    return values, aside


def _reject(row: RawRow, person: str, field: str, reason: str, said: Any) -> Rejected:
    return Rejected(
        person=person, source=row.source, group=row.group, row_id=row.row_id, row=row.place, field=field, reason=reason,
        said=str(said)[:200],
    )  # fmt: skip
