"""Strava: every activity, whatever order and page length it comes in; edits, deletions, limits and a switched-off application."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import loop
from collectors.rebuild import rebuild
from collectors.sources import _strava_activities as activities
from collectors.sources import _strava_client as client
from collectors.sources import strava as source
from collectors.sources._strava_activities import athlete_of
from health import packed
from health.days import local_time
from health.records import Activity
from tests.collectors.conftest import Home
from tests.collectors.house import SCOPES
from tests.fakes.strava import Strava, activity, made_activities, real_activities

DAY = 86_400
NOON = datetime(2026, 11, 22, 12, 7, 30, tzinfo=UTC)


def parsed(**changed: Any) -> tuple[Activity, list[str]]:
    rows = activities.rows([activity(1, 1_750_000_000, **changed)])
    record, rejected = source.parse(rows, "me")
    assert isinstance(record, Activity)
    return record, [each.field for each in rejected]


def test_an_activity() -> None:
    record, rejected = parsed(average_heartrate=142.3, kilojoules=812.4, sport_type="Some New Sport", name="Morning")
    assert rejected == []
    assert (record.id, record.name, record.sport_type) == ("strava_api:1", "Morning", "Some New Sport")
    assert (record.distance_m, record.mean_heart_rate_bpm, record.energy_kj) == (
        Decimal("5001.1"),
        Decimal("142.3"),
        Decimal("812.4"),
    )


def test_absent_is_absent() -> None:
    record, rejected = parsed(
        distance=0.0, total_elevation_gain=0, average_speed=0.0, average_heartrate=None, sport_type="WeightTraining"
    )
    assert rejected == []
    assert (record.distance_m, record.ascent_m, record.mean_speed_mps, record.mean_heart_rate_bpm) == (None, None, None, None)
    assert parsed(total_elevation_gain=0)[0].ascent_m == 0  # a flat run


def test_what_cannot_be_true_is_set_aside_and_the_rest_stays() -> None:
    record, rejected = parsed(distance=9e9, average_heartrate="fast", moving_time=-4)
    assert sorted(rejected) == ["distance_m", "mean_heart_rate_bpm", "moving_s"]
    assert record.elapsed_s == 1601


def test_an_activity_without_a_time_is_rejected() -> None:
    for said in (None, "soon", "2026-01-01T00:00:00"):
        record, rejected = source.parse(activities.rows([{**activity(1, 1), "start_date": said}]), "me")
        assert (record, [each.field for each in rejected]) == (None, ["start_date"])


@pytest.mark.parametrize(
    ("label", "offset", "zone"),
    [
        ("(GMT-05:00) America/New_York", -14_400.0, "America/New_York"),  # the label is winter time, the day is in June
        ("(GMT-05:00) America/New_York", -18_000.0, "-05:00"),  # what was measured counts, not the name
        ("(GMT+01:00) Nowhere/Atall", 7_200.0, "+02:00"),
        (None, 19_800, "+05:30"),
        ("(GMT+01:00) Europe/Berlin", None, "Europe/Berlin"),
        (None, None, "UTC"),
    ],
)
def test_where_it_was(label: str | None, offset: float | None, zone: str) -> None:
    record, _ = parsed(timezone=label, utc_offset=offset)
    assert record.zone == zone


def test_the_false_z_of_the_local_start_is_not_believed() -> None:
    record, _ = parsed(start_date_local="2035-01-01T00:00:00Z")
    assert record.at == datetime.fromtimestamp(1_750_000_000, UTC)


def test_recorded_activities_lose_nothing_and_keep_their_wall_clock() -> None:
    listed = real_activities()
    if not listed:
        pytest.skip("no real data here: strava is not beside the project (see ../shared/realdata)")
    for row in activities.rows(listed):
        record, rejected = source.parse([row], "me")
        assert isinstance(record, Activity)
        assert rejected == []
        wall = datetime.fromisoformat(row.data["start_date_local"]).replace(tzinfo=None)
        assert local_time(record.at, record.zone).replace(tzinfo=None) == wall


def test_everything_in_pages_then_one_request(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava(page_cap=50)
    first = home.collect()["strava"]
    assert (first.state, first.new) == ("ok", 120)
    assert fake.log[:5] == ["/oauth/token", "activities 1", "activities 2", "activities 3", "activities 4"]
    assert fake.listed == sorted(fake.listed), "oldest first"
    assert fake.log[5:] == [f"streams {5_000_119 - place}" for place in range(10)], (
        "after the listing, the newest first, ten of them"
    )
    assert (home.collect()["strava"].requests, home.collect()["strava"].changed) == (1, 0)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("cap", [1, 7, 40, 200])
def test_whatever_the_order_and_the_length_of_pages(
    home: Home, strava: Callable[..., Strava], newest_first: bool, cap: int
) -> None:
    count = 40 if cap > 1 else 8
    fake = strava(made_activities(int(home.at.timestamp()), count=count, every_s=DAY // 2), page_cap=cap)
    fake.newest_first = newest_first
    home.collect()
    assert len(home.store.bodies("me", "activity")) == count
    fake.activities.append(activity(77, int(home.at.timestamp()) - 3600))
    home.later(hours=3)
    assert (home.collect()["strava"].new, len(home.store.bodies("me", "activity"))) == (1, count + 1)


def test_edited_and_deleted_within_30_days(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava()
    home.collect()
    fake.activities[-3]["name"] = "Renamed"
    gone = fake.activities.pop(-10)
    home.later(hours=3)
    result = home.collect()["strava"]
    assert (result.new, result.changed, result.removed) == (0, 1, 1)
    assert home.store.get("me", "activity", f"strava_api:{gone['id']}") is None


def test_edited_and_deleted_long_ago_is_seen_within_a_day(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava()
    home.collect()
    del fake.activities[5]
    fake.activities[20]["distance"] = 4242.0
    home.later(hours=3)
    result = home.collect()["strava"]
    assert (result.changed, result.removed) == (0, 0)
    home.later(hours=21)
    result = home.collect()["strava"]
    assert (result.new, result.changed, result.removed) == (0, 1, 1)
    assert len(home.store.bodies("me", "activity")) == 119


@pytest.mark.parametrize("athlete", ["1", None])
@pytest.mark.parametrize(("other", "removed"), [(False, 120), (True, 0)])
def test_an_empty_account_removes_only_what_is_surely_its_own(
    home: Home, strava: Callable[..., Strava], athlete: str | None, other: bool, removed: int
) -> None:
    """Without activities the sign-in tells whose account it is, or what was listed by it before; a new one that does not, none."""
    fake = strava()
    token = home.store.token("me", "strava")
    assert token is not None
    home.store.put_token("me", replace(token, account={"athlete": athlete} if athlete else {}), None)
    home.collect()
    if other:
        pasted = replace(token, refresh=fake.sign_in.grant(SCOPES["strava"]), account={})
        loop.connect(home.store, "me", home.services["strava"], pasted)
    fake.activities.clear()
    home.later(days=8)
    assert home.collect()["strava"].removed == removed


def test_an_activity_uploaded_late_is_found(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava()
    home.collect()
    fake.activities.append(activity(78, int(home.at.timestamp()) - 20 * DAY))
    home.later(hours=3)
    assert home.collect()["strava"].new == 1


def test_a_first_import_stops_at_90_percent_and_goes_on(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava(made_activities(int(home.at.timestamp()), count=400), page_cap=20)
    fake.limits["read"] = [10, 1000]
    runs = []
    for _ in range(6):
        runs.append(home.collect()["strava"])
        assert len(set(fake.listed)) == len(home.store.bodies("me", "activity"))
        if runs[-1].state == "ok":
            break
        state = home.store.sync_state("me", "strava")
        assert state is not None
        assert state.next_run is not None
        assert state.next_run - home.at <= timedelta(minutes=15)
        home.later(minutes=15)
    assert [each.state for each in runs[:2]] == ["limited", "limited"]
    assert runs[-1].state == "ok"
    assert sum(each.new for each in runs) == len(home.store.bodies("me", "activity")) == 400
    assert 429 not in fake.statuses


def test_the_day_is_used_up(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava(page_cap=20)
    fake.used["all"][1] = 1999
    fake._span = (fake.now() // 900, fake.now() // DAY)
    result = home.collect()["strava"]
    assert result.state == "limited"
    state = home.store.sync_state("me", "strava")
    assert state is not None
    assert state.next_run == datetime(2026, 11, 23, tzinfo=UTC)
    assert home.collect()["strava"].state == "limited"
    home.later(hours=15)
    assert home.collect()["strava"].state == "ok"
    assert len(home.store.bodies("me", "activity")) == 120


def test_a_switched_off_application_says_the_way_out(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava()
    home.collect()
    fake.inactive = True
    result = home.collect()["strava"]
    assert (result.state, "import the ZIP" in result.message) == ("inactive", True)
    assert len(home.store.bodies("me", "activity")) == 120
    fake.inactive = False
    assert home.collect()["strava"].state == "ok"


def test_a_permission_that_was_not_given(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava()
    token = home.store.token("me", "strava")
    assert token is not None
    fake.sign_in.refresh[token.refresh] = "read"
    result = home.collect()["strava"]
    assert (result.state, "permission" in result.message) == ("reconnect", True)


@pytest.mark.parametrize("status", [500, 503])
def test_a_passing_failure_is_tried_again(home: Home, strava: Callable[..., Strava], status: int) -> None:
    fake = strava()
    home.collect()
    fake.broken = [status]
    result = home.collect()["strava"]
    assert (result.state, result.requests) == ("ok", 2)


def test_the_client_neither_renews_by_itself_nor_warns(
    home: Home, strava: Callable[..., Strava], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """stravalib looks into the environment for the same names as our settings, and would renew behind our back."""
    fake = strava()
    monkeypatch.setenv("STRAVA_CLIENT_ID", "123")
    monkeypatch.setenv("STRAVA_CLIENT_SECRET", fake.sign_in.client_secret)
    with caplog.at_level(logging.WARNING):
        assert home.collect()["strava"].state == "ok"
        monkeypatch.delenv("STRAVA_CLIENT_ID")
        assert home.collect()["strava"].state == "ok"
    assert caplog.records == []
    assert fake.sign_in.refreshed == 1


@given(st.tuples(st.integers(0, 3000), st.integers(0, 300)), st.sampled_from(["X-RateLimit", "X-ReadRateLimit"]))
def test_the_limit_is_90_percent_of_either_count(used: tuple[int, int], name: str) -> None:
    headers = {f"{name}-Limit": "200,2000", f"{name}-Usage": f"{used[1]},{used[0]}"}
    expected = "day" if used[0] >= 1800 else "quarter" if used[1] >= 180 else None
    assert client.used_up(headers) == expected


@pytest.mark.parametrize("headers", [{}, {"X-RateLimit-Limit": "200,2000"}, {"X-RateLimit-Limit": "", "X-RateLimit-Usage": "a,b"}])
def test_headers_that_say_nothing_limit_nothing(headers: dict[str, str]) -> None:
    assert client.used_up(headers) is None


def test_when_a_limit_ends() -> None:
    assert client.limit_ends("quarter", NOON) == datetime(2026, 11, 22, 12, 15, tzinfo=UTC)
    assert client.limit_ends("day", NOON) == datetime(2026, 11, 23, tzinfo=UTC)


# -- time series


def series(home: Home) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in home.store.bodies("me", "series")}


def test_the_newest_few_get_their_time_series(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava()
    first = home.collect()["strava"]
    assert (first.state, first.new, first.rejected) == ("ok", 120, 0)
    newest = fake.activities[-1]
    assert sorted(series(home)) == [f"strava_api:{each['id']}|series" for each in fake.activities[-10:]]
    stored = series(home)[f"strava_api:{newest['id']}|series"]
    points = packed.unpack(stored["data"], stored["columns"].split(","), stored["points"])
    assert (stored["at"], stored["points"]) == (newest["start_date"], 41)
    assert (points["time_s"][-1], points["distance_m"][-1]) == (newest["elapsed_time"], round(newest["distance"], 1))
    assert ("heart_rate_bpm" in points) == newest["has_heartrate"]
    assert points["lat_deg"][0] == 52.5
    assert home.store.check() == []


def test_a_new_one_and_a_changed_one_are_one_request_each(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava()
    home.collect()
    fake.activities.append(activity(77, int(home.at.timestamp()) - 3600))
    fake.activities[-3]["distance"] = 1234.5  # cut at Strava
    home.later(hours=3)
    result = home.collect()["strava"]
    assert fake.log[-2:] == ["streams 77", f"streams {fake.activities[-3]['id']}"]
    assert (result.new, result.changed) == (1, 1)
    home.later(hours=1)
    assert home.collect()["strava"].requests == 1


def test_no_streams_where_half_of_a_limit_is_used(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava(page_cap=40)
    fake.limits["read"] = [12, 1000]
    assert home.collect()["strava"].state == "ok"
    assert [each for each in fake.log if each.startswith("streams")] == [f"streams {5_000_119 - place}" for place in range(2)]
    for _ in range(8):
        home.later(minutes=15)
        home.collect()
    assert len(series(home)) == 10, "it goes on where it ended"
    assert 429 not in fake.statuses
    assert max(fake.used["read"]) <= 1000


def test_streams_never_spoil_a_run(home: Home, strava: Callable[..., Strava]) -> None:
    """What goes wrong with them leaves the state at ok, and is not tried again before the next day."""
    fake = strava()
    fake.before_answer = lambda: fake.broken.append(418) if fake.log[-1].startswith("streams") else None
    result = home.collect()["strava"]
    assert (result.state, result.new, len(series(home))) == ("ok", 120, 0)
    fake.before_answer = None
    home.later(hours=3)
    assert home.collect()["strava"].requests == 1
    home.later(days=1)
    home.collect()
    assert len(series(home)) == 10


def test_what_was_typed_by_hand_is_not_asked_for_and_what_has_none_is_asked_once(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava([activity(place, int(home.at.timestamp()) - place * DAY, manual=place == 1) for place in (2, 1)])
    fake.streams[2] = {"distance": [0.0]}
    fake.streams[2]["time"] = []
    home.collect()
    assert [each for each in fake.log if each.startswith("streams")] == ["streams 2"]
    fake.log.clear()
    home.collect()
    assert [each for each in fake.log if each.startswith("streams")] == []
    assert series(home) == {}


def test_odd_streams_are_set_aside_and_stay_so(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava([activity(2, int(home.at.timestamp()) - DAY)])
    fake.streams[2] = {"time": [0, 1, 2], "distance": [0, 3.0, 6.0], "heartrate": [120, 900, None], "altitude": [1, 2]}
    assert home.collect()["strava"].rejected == 2
    assert sorted((each.group, each.field) for each in home.store.rejected("me")) == [
        ("2|series", "altitude_m"),
        ("2|series", "heart_rate_bpm"),
    ]
    home.later(days=8)  # the daily listing of everything takes nothing away that it does not list
    home.collect()
    assert (len(series(home)), len(home.store.rejected("me"))) == (1, 2)
    rebuild(home.store, "me", home.at)
    assert len(series(home)) == 1


def test_a_series_goes_with_its_activity_and_with_the_access(home: Home, strava: Callable[..., Strava]) -> None:
    fake = strava()
    home.collect()
    gone = fake.activities.pop(-4)
    home.later(hours=3)
    assert home.collect()["strava"].removed == 1
    assert f"strava_api:{gone['id']}|series" not in series(home)
    assert home.store.raw_groups("me", "strava_api", [f"{gone['id']}|series"]) == {}
    said = loop.disconnect(home.store, "me", home.services["strava"], home.at)
    assert (series(home), list(home.store.all_raw_groups("me"))) == ({}, [])
    assert "119 activities" in said


def test_an_athlete_is_a_number() -> None:
    said = [7, "8", None, float("inf"), [1], True, ""]
    assert [athlete_of({"athlete": {"id": each}}) for each in said] == ["7", "8", "", "", "", "", ""]
