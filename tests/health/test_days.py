"""Instants and local days, in every zone and through every change of its clocks from 2015 to 2035."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.days import (
    DayError,
    day_at,
    day_bounds,
    from_local,
    local_day,
    local_time,
    offset_zone,
    utc,
    week_start,
    zone_info,
)

FIRST, LAST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
# Shorter than any stay of a clock between two changes: Morocco's month of Ramadan is the shortest.
STEP = timedelta(days=9)
ZONES = sorted(zoneinfo.available_timezones())


def offset(at: datetime, zone: str) -> timedelta:
    found = at.astimezone(zone_info(zone)).utcoffset()
    assert found is not None
    return found


def changes_of(zone: str) -> Iterator[datetime]:
    """The first second of each new offset of a zone, found by bisecting between days on which the offset differs."""
    early, before = FIRST, offset(FIRST, zone)
    while early < LAST:
        late = early + STEP
        after = offset(late, zone)
        if after != before:
            low, high = early, late
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if offset(middle, zone) == before else (low, middle)
            yield high
        early, before = late, after


@cache
def every_change() -> list[tuple[str, datetime]]:
    return [(zone, at) for zone in ZONES for at in changes_of(zone)]


def test_all_changes_are_found() -> None:
    found = every_change()
    assert len(found) > 5000
    assert len([at for zone, at in found if zone == "Europe/Berlin"]) == 42
    assert ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)) in found
    assert ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)) in found


def test_days_around_every_change_neither_double_nor_vanish() -> None:
    moments = [timedelta(seconds=each) for each in (-90000, -3601, -1800, -1, 0, 1, 1800, 3599, 3600, 90000)]
    for zone, change in every_change():
        middle = local_day(change, zone)
        days = [middle + timedelta(days=each) for each in (-2, -1, 0, 1, 2)]
        bounds = [day_bounds(day, zone) for day in days]
        for (_, end), (start, _) in pairwise(bounds):
            assert end == start, (zone, change)
        for start, end in bounds:
            assert timedelta(hours=21) <= end - start <= timedelta(hours=27), (zone, change)
        for moment in moments:
            at = change + moment
            holding = [day for day, (start, end) in zip(days, bounds, strict=True) if start <= at < end]
            assert holding == [local_day(at, zone)], (zone, change, moment)


def test_noon_is_always_on_its_day() -> None:
    for zone, change in every_change():
        for back in (-1, 0, 1):
            day = local_day(change, zone) + timedelta(days=back)
            assert local_day(day_at(day, zone), zone) == day, (zone, change)


@given(st.sampled_from(ZONES), st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None)))
def test_every_instant_is_within_its_day(zone: str, naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    day = local_day(at, zone)
    start, end = day_bounds(day, zone)
    assert start <= at < end
    assert local_time(at, zone) == at
    assert local_time(at, zone).date() == day


@given(st.sampled_from(ZONES), st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None)))
def test_a_time_of_the_wall_comes_back(zone: str, wall: datetime) -> None:
    at = from_local(wall, zone)
    shown = local_time(at, zone).replace(tzinfo=None)
    assert shown >= wall  # later only where the clock jumped over it
    if shown == wall:
        # Nothing an hour earlier showed the same: it is the first occurrence.
        earlier = local_time(at - timedelta(hours=1), zone).replace(tzinfo=None)
        assert earlier != wall
    else:
        assert from_local(shown, zone) == at


class TestHandWorked:
    def test_a_time_that_happened_twice_is_the_first(self) -> None:
        assert from_local(datetime(2026, 10, 25, 2, 30), "Europe/Berlin") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    def test_a_time_that_never_happened_moves_forward(self) -> None:
        at = from_local(datetime(2026, 3, 29, 2, 30), "Europe/Berlin")
        assert local_time(at, "Europe/Berlin").replace(tzinfo=None) == datetime(2026, 3, 29, 3, 30)

    def test_a_day_without_midnight_begins_when_it_does(self) -> None:
        # In Havana the clock jumps from 0:00 to 1:00.
        start, end = day_bounds(date(2026, 3, 8), "America/Havana")
        assert start == datetime(2026, 3, 8, 5, tzinfo=UTC)
        assert end - start == timedelta(hours=23)

    def test_a_run_just_after_midnight_belongs_to_the_wearers_day(self) -> None:
        at = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
        assert local_day(at, "Europe/Berlin") == date(2026, 6, 2)
        assert local_day(at, "America/New_York") == date(2026, 6, 1)
        assert local_day(at, "+01:30") == date(2026, 6, 2)

    @pytest.mark.parametrize(
        ("first_weekday", "start"), [(0, date(2026, 11, 16)), (6, date(2026, 11, 22)), (5, date(2026, 11, 21))]
    )
    def test_week_start(self, first_weekday: int, start: date) -> None:
        assert week_start(date(2026, 11, 22), first_weekday) == start


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 6))
def test_a_week_begins_on_its_weekday_and_holds_the_day(day: date, first_weekday: int) -> None:
    start = week_start(day, first_weekday)
    assert start.weekday() == first_weekday
    assert 0 <= (day - start).days <= 6


@given(st.integers(-(24 * 60 - 1), 24 * 60 - 1))
def test_fixed_offsets_come_back(minutes: int) -> None:
    zone = offset_zone(timedelta(minutes=minutes))
    assert datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone_info(zone)).utcoffset() == timedelta(minutes=minutes)


class TestRefused:
    def test_a_naive_time(self) -> None:
        with pytest.raises(DayError, match="has no zone"):
            utc(datetime(2026, 1, 1))
        with pytest.raises(DayError, match="has no zone"):
            local_day(datetime(2026, 1, 1), "UTC")

    def test_a_zoned_time_of_the_wall(self) -> None:
        with pytest.raises(DayError, match="already has a zone"):
            from_local(datetime(2026, 1, 1, tzinfo=UTC), "UTC")

    @pytest.mark.parametrize(
        "zone",
        [
            "",
            "Berlin",
            "Europe",
            "../etc/passwd",
            "/etc/localtime",
            "a\0b",
            "x" * 5000,
            "+24:00",
            "+02:60",
            "+2",
            "+02:00\n",
            "+٠٢:٠٠",
        ],
    )
    def test_what_is_no_zone(self, zone: str) -> None:
        with pytest.raises(DayError, match="is not"):
            zone_info(zone)

    def test_what_lies_outside_the_calendar(self) -> None:
        ahead, behind = timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))
        for at in (datetime(1, 1, 1, tzinfo=ahead), datetime(9999, 12, 31, 23, tzinfo=behind)):
            with pytest.raises(DayError, match="outside the calendar"):
                utc(at)
        for at, zone in ((datetime.max.replace(tzinfo=UTC), "+02:00"), (datetime.min.replace(tzinfo=UTC), "-02:00")):
            with pytest.raises(DayError, match="outside the calendar"):
                local_day(at, zone)
            with pytest.raises(DayError, match="outside the calendar"):
                local_time(at, zone)
        with pytest.raises(DayError, match="outside the calendar"):
            from_local(datetime(1, 1, 1), "+14:00")
        with pytest.raises(DayError, match="outside the calendar"):
            day_bounds(date.max, "UTC")
