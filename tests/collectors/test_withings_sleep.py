"""Withings' nights: read in pages, asked for seldom, changed and deleted upstream, and never at the cost of a weigh-in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from collectors.keep import by_group
from collectors.rebuild import rebuild
from collectors.sources import _withings_sleep as sleep
from collectors.sources import withings as source
from health.bodies import body
from health.frames import sleeps_frame
from health.records import Sleep
from health.sleep import nights
from tests.collectors.conftest import Home
from tests.fakes.withings import Withings, group, night, real_nights

DAY = 86_400


def parsed(*found: dict[str, Any]) -> tuple[list[Sleep], list[tuple[str, str]]]:
    records, rejected = [], []
    for rows in by_group(sleep.rows({"series": list(found)}, "1", "UTC")).values():
        record, bad = source.parse(rows, "me")
        rejected += [(each.field, each.reason) for each in bad]
        if isinstance(record, Sleep):
            records.append(record)
    return records, rejected


def asked(fake: Withings) -> list[str]:
    return [each for each in fake.log if each.startswith("getsummary")]


def test_a_summary_is_a_night_with_its_stages() -> None:
    (record,), rejected = parsed(night(1_700_000_000, 7.5, number=5, rr_average=14, hr_min=0))
    assert rejected == []
    assert (record.native_id, record.zone, record.kind) == ("sleep|5", "Europe/Amsterdam", "sleep")
    assert (record.end - record.at).total_seconds() == 27_000
    assert (record.asleep_s, record.deep_s, record.light_s, record.rem_s) == (24_300, 4_500, 15_300, 4_500)
    assert (record.mean_heart_rate_bpm, record.min_heart_rate_bpm, record.score) == (52, None, 81)
    assert record.mean_breathing_rpm == Decimal(14)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"startdate": "soon"}, ("startdate", "is not a time")),
        ({"enddate": None}, ("enddate", "is not a time")),
        ({"enddate": 1_600_000_000}, ("end", "is not after the start")),
        ({"enddate": 1_700_090_000}, ("enddate", "lasts longer than a day")),
    ],
)
def test_a_night_that_cannot_be_is_set_aside(change: dict[str, Any], reason: tuple[str, str]) -> None:
    assert parsed(night(1_700_000_000) | change) == ([], [reason])


def test_a_bad_number_costs_itself_alone() -> None:
    (record,), rejected = parsed(night(1_700_000_000, hr_average=999, sleep_score="good", total_sleep_time=None))
    assert rejected == [("mean_heart_rate_bpm", "is above 260 beats a minute"), ("score", "is not a number")]
    assert record.asleep_s == 25_920  # the sum of its stages
    assert parsed({"id": 3}, {}) == ([], [("startdate", "is not a time"), ("id", "is no number of a night")])


def test_recorded_nights_are_all_read() -> None:
    found = real_nights()
    if not found:
        pytest.skip("the recorded answers are not beside the project")
    records, rejected = parsed(*found)
    assert (len(records), rejected) == (300, [])
    table = nights(sleeps_frame([body(each) for each in records]))
    assert 250 < len(table) <= 300


@pytest.fixture
def fake(home: Home, withings: Callable[..., Withings]) -> Withings:
    made = withings()
    now = int(home.at.timestamp())
    made.nights = [night(now - day * DAY - 30_000, number=day) for day in range(40, 0, -1)]
    made.nights_a_page = 15
    return made


def test_all_pages_come_and_then_what_changed(home: Home, fake: Withings) -> None:
    home.collect()
    assert len(home.store.bodies("me", "sleep")) == 40
    assert asked(fake) == ["getsummary", "getsummary 15", "getsummary 30"]
    home.later(hours=21)
    late = night(int(home.at.timestamp()) - 35_000, number=99, modified=int(home.at.timestamp()) - 60)
    fake.nights[-1] = fake.nights[-1] | {"modified": int(home.at.timestamp()) - 50, "data": {"total_sleep_time": 20_000}}
    fake.nights.append(late)
    result = home.collect()["withings"]
    assert (result.new, result.changed, result.state) == (1, 1, "ok")
    assert asked(fake) == ["getsummary", "getsummary 15", "getsummary 30"]  # all of them once a day, for what was deleted
    assert [each["asleep_s"] for each in home.store.bodies("me", "sleep")][-2:] == [20_000, 25_920]


def test_a_run_with_nothing_new_asks_one_question_and_nights_once_in_20_hours(home: Home, fake: Withings) -> None:
    home.collect()
    counted = []
    for _ in range(8):
        home.later(hours=2, minutes=50)
        home.collect()
        counted.append(len([each for each in fake.log if each.startswith("get")]))
    assert counted[:7] == [1] * 7
    assert counted[7] > 1
    home.later(hours=3)
    fake.add(group(int(home.at.timestamp()), {1: (80, 0)}))
    home.collect()
    assert asked(fake) == ["getsummary"]  # somebody has just got up


def test_a_night_deleted_upstream_goes_within_the_week_and_takes_no_reading_along(home: Home, fake: Withings) -> None:
    home.collect()
    readings = home.store.bodies("me", "measurement")
    fake.nights.pop(3)
    home.later(days=8)
    assert home.collect()["withings"].removed == 1
    assert len(home.store.bodies("me", "sleep")) == 39
    assert home.store.bodies("me", "measurement") == readings
    number = home.store.sequence("me")
    rebuild(home.store, "me", home.at)
    assert home.store.sequence("me") == number


def test_a_sign_in_without_the_permission_asks_for_no_night(home: Home, fake: Withings) -> None:
    for token in fake.sign_in.refresh:
        fake.sign_in.refresh[token] = "user.metrics"
    assert home.collect()["withings"].state == "ok"
    assert asked(fake) == []


def test_a_read_that_breaks_off_goes_on_where_it_stood(home: Home, fake: Withings) -> None:
    fake.per_minute = 5  # the renewal, two pages of readings, two of nights
    first = home.collect()["withings"]
    assert (first.state, len(home.store.bodies("me", "sleep"))) == ("limited", 30)
    assert len(home.store.bodies("me", "measurement")) == 60
    home.later(minutes=2)
    fake.per_minute = 120
    assert home.collect()["withings"].state == "ok"
    assert asked(fake) == ["getsummary 30"]
    assert len(home.store.bodies("me", "sleep")) == 40
