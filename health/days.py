"""Instants and the wearer's local days. The only place that turns one into the other.

Zones are IANA names (`Europe/Berlin`) or, where a source gives no more, fixed offsets written `+02:00`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-5][0-9])")
_MAX_OFFSET = timedelta(hours=24)


class DayError(ValueError):
    """A time without its zone, or a zone nobody knows. The message is the reason shown to the person."""


@lru_cache(maxsize=1024)
def zone_info(zone: str) -> tzinfo:
    """The zone of that name. Raises DayError when there is none."""
    if match := _OFFSET.fullmatch(zone):
        sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        if offset >= _MAX_OFFSET:
            raise DayError(f"the offset {zone!r} is not below 24 hours")
        return timezone(-offset if sign == "-" else offset)
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DayError(f"{zone!r} is not a time zone (expected a name like Europe/Berlin, or +02:00)") from None


def offset_zone(offset: timedelta) -> str:
    """The fixed-offset zone name (`-04:00`) of `offset`, for sources that give nothing better."""
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def utc(at: datetime) -> datetime:
    """`at` in UTC, to the second's fraction it had. Raises DayError for a naive time or one outside the calendar."""
    if at.tzinfo is None or at.utcoffset() is None:
        raise DayError("the time has no zone")
    return _shift(at, UTC)


def local_day(at: datetime, zone: str) -> date:
    """The calendar day on the wearer's wall when `at` happened. Raises DayError for a naive time."""
    return local_time(at, zone).date()


def local_time(at: datetime, zone: str) -> datetime:
    """`at` on the wearer's clock, still aware."""
    return _shift(utc(at), zone_info(zone))


def from_local(wall: datetime, zone: str) -> datetime:
    """The UTC instant at which the clock in `zone` showed the naive time `wall`.

    A time that happened twice is its first occurrence; one that never happened (spring forward) moves forward by the
    gap, as PEP 495 resolves both with fold=0. Raises DayError when `wall` already has a zone.
    """
    if wall.tzinfo is not None:
        raise DayError("the time already has a zone")
    return _shift(wall.replace(tzinfo=zone_info(zone), fold=0), UTC)


def day_at(day: date, zone: str) -> datetime:
    """The instant that stands for a row which has only a day: local noon, so no zone change moves it to another day."""
    return from_local(datetime.combine(day, time(12)), zone)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The half-open UTC interval [start, end) of the local day, 23 to 25 hours long around a DST change."""
    midnight = time(0)
    if day == date.max:
        raise DayError("is outside the calendar")
    start = from_local(datetime.combine(day, midnight), zone)
    end = from_local(datetime.combine(day + timedelta(days=1), midnight), zone)
    return start, end


def _shift(at: datetime, zone: tzinfo) -> datetime:
    try:
        return at.astimezone(zone)
    except OverflowError:
        raise DayError("is outside the calendar") from None


def week_start(day: date, first_weekday: int = 0) -> date:
    """The first day of the week that holds `day`; `first_weekday` 0 is Monday, 6 Sunday."""
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def week_turns(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The UTC instants of the last Monday 00:00 in `zone` up to `at`, and of the next one after it."""
    monday = week_start(local_day(at, zone))
    last, after = (day_bounds(monday + timedelta(days=days), zone)[0] for days in (0, 7))
    return last, after
