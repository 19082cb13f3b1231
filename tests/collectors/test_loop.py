"""The loop: sources beside one another, turns, sign-ins, and leaving."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from collectors import keep, loop, oauth, source
from collectors.leases import Lease
from collectors.rebuild import rebuild
from collectors.source import Stopped
from store.store import Token
from tests.collectors.conftest import Home
from tests.fakes.sheets import Sheets
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings

Have = Callable[..., Withings]


def test_nothing_new_takes_six_requests_at_most(home: Home, withings: Have, strava: Have, sheets: Have) -> None:
    withings(), strava(), sheets()
    first = home.collect()
    assert {name: each.state for name, each in first.items()} == {"withings": "ok", "strava": "ok", "sheets": "ok"}
    again = home.collect()
    assert sum(each.requests for each in again.values()) <= 6
    assert sum(len(fake.log) for fake in home.fakes.values()) == sum(each.requests for each in again.values())
    assert all(each.new == each.changed == each.removed == 0 for each in again.values())


def test_one_that_fails_leaves_the_others_running(home: Home, withings: Have, strava: Have, sheets: Have) -> None:
    withings().stop()
    strava(), sheets()
    results = home.collect()
    assert [each.state for each in results.values()] == ["failed", "ok", "ok"]
    assert "could not be reached" in results["withings"].message
    state = home.store.sync_state("me", "withings")
    assert state is not None
    assert (state.state, state.last_run, state.last_success) == ("failed", home.at, None)


def test_a_failure_after_some_pages_is_partial_and_keeps_them(home: Home, withings: Have) -> None:
    fake = withings(page_size=30)
    fake.breaks_at = 3
    result = home.collect()["withings"]
    assert (result.state, result.new) == ("partial", 15)
    fake.breaks_at = None
    again = home.collect()["withings"]
    assert (again.state, result.new + again.new) == ("ok", 60)


def test_a_mistake_of_ours_ends_one_source_only(home: Home, withings: Have, strava: Have, monkeypatch: pytest.MonkeyPatch) -> None:
    withings(), strava()
    monkeypatch.setattr(source.sources()["withings"], "parse", lambda rows, person: rows[0].nothing)
    results = home.collect()
    assert [each.state for each in results.values()] == ["failed", "ok"]
    assert "Please report it" in results["withings"].message


def test_only_what_is_connected_runs_without_names(home: Home, withings: Have, strava: Have) -> None:
    withings()
    home.have("strava", Strava(now=home.at.timestamp()), connected=False)
    assert list(home.collect()) == ["withings"]
    result = home.collect("strava")["strava"]
    assert (result.state, "is not connected" in result.message) == ("reconnect", True)


def test_missing_settings_are_named(home: Home, withings: Have) -> None:
    withings()
    del home.house.environ["WITHINGS_CLIENT_SECRET"]
    result = home.collect()["withings"]
    assert (result.state, result.message) == ("failed", "Withings needs the settings WITHINGS_CLIENT_SECRET.")


def test_one_run_at_a_time(home: Home, withings: Have) -> None:
    fake = withings()
    other = Lease(home.store, "collect:withings", "another", lambda: home.at)
    assert other.take()
    result = home.collect()["withings"]
    assert (result.state, fake.log) == ("partial", [])
    assert "Another run" in result.message
    home.later(minutes=6)  # it expired
    assert home.collect()["withings"].state == "ok"


def test_a_turn_that_was_taken_over_is_given_up(home: Home, withings: Have) -> None:
    """A laptop slept in the middle of a run; meanwhile the turn expired and another machine began."""
    fake = withings(page_size=30)

    def sleep() -> None:
        if len(fake.log) == 3:
            home.at += timedelta(minutes=10)
            home.other_store(lambda store: store.acquire("collect:withings", "another machine", timedelta(minutes=5), home.at))

    fake.before_answer = sleep
    result = home.collect()["withings"]
    assert (result.state, "taken over" in result.message, len(fake.log)) == ("partial", True, 3)


def test_a_stop_ends_the_run_between_two_requests(home: Home, withings: Have) -> None:
    fake = withings(page_size=30)
    fake.before_answer = lambda: home.stop.set() if len(fake.log) == 3 else None
    result = home.collect()["withings"]
    assert (result.state, len(fake.log)) == ("partial", 3)
    home.stop.clear()
    assert home.collect()["withings"].state == "ok"
    assert len(home.store.bodies("me", "measurement")) == 60


def test_a_key_that_was_lost_asks_for_a_new_sign_in(home: Home, withings: Have) -> None:
    withings()
    home.store.close()
    home.house.environ["FITBOARD_SECRET_KEY"] = "quite-another-key-0123456789"
    home.store = home.house.store()
    result = home.collect()["withings"]
    assert (result.state, "FITBOARD_SECRET_KEY" in result.message) == ("reconnect", True)


def test_disconnecting_says_and_does_what_goes(home: Home, withings: Have, strava: Have) -> None:
    withings(), strava()
    home.collect()
    assert "removes everything that came through its API" in loop.disconnect_notice("strava")
    said = loop.disconnect(home.store, "me", home.services["strava"], home.at)
    assert "120 activities" in said
    assert home.store.bodies("me", "activity") == []
    assert list(home.store.all_raw_groups("me", "strava_api")) == []
    assert "Every measurement it brought in stays" in loop.disconnect_notice("withings")
    loop.disconnect(home.store, "me", home.services["withings"], home.at)
    assert len(home.store.bodies("me", "measurement")) == 60
    assert home.store.sync_states("me") == []
    assert loop.connected(home.store, "me", home.services) == []


def test_disconnecting_waits_for_a_run(home: Home, withings: Have, monkeypatch: pytest.MonkeyPatch) -> None:
    withings()
    assert Lease(home.store, "collect:withings", "another", lambda: home.at).take()
    monkeypatch.setattr(loop, "WAIT_S", 0.0)
    with pytest.raises(Stopped, match="right now"):
        loop.disconnect(home.store, "me", home.services["withings"], home.at)
    assert home.store.token("me", "withings") is not None


def test_connecting_again_reads_from_the_start(home: Home, withings: Have) -> None:
    fake = withings()
    home.collect()
    loop.connect(
        home.store,
        "me",
        home.services["withings"],
        oauth.from_refresh_token(home.services["withings"], fake.sign_in.grant("user.metrics"), home.at),
    )
    state = home.store.sync_state("me", "withings")
    assert state is not None
    assert state.cursor == {}
    assert home.collect()["withings"].changed == 0


def test_rebuilding_changes_nothing_and_makes_what_is_missing(home: Home, withings: Have, strava: Have, sheets: Have) -> None:
    withings(), strava(), sheets()
    home.collect()
    for fake in home.fakes.values():
        fake.stop()  # offline
    tally = rebuild(home.store, "me", home.at)
    assert (tally.new, tally.changed, tally.removed, tally.unchanged) == (0, 0, 0, 60 + 120 + 30)


def test_status_tells_each_service(home: Home, withings: Have) -> None:
    withings()
    home.collect()
    lines = {each["source"]: each for each in loop.status(home.store, "me", home.services)}
    assert (lines["withings"]["connected"], lines["withings"]["state"]) == (True, "ok")
    assert lines["withings"]["last_success"] == "2026-11-22T09:00:00Z"
    assert (lines["sheets"]["connected"], lines["sheets"]["state"]) == (False, None)


# -- sheets, through the loop


def test_what_vanished_from_the_sheet_vanishes_here(home: Home, sheets: Callable[..., Sheets]) -> None:
    fake = sheets()
    assert home.collect()["sheets"].new == 30
    log = fake.tabs["Log"]
    del log[1:7]  # a session
    log[1][4] = 9  # an edited set
    log[8][4] = "nine"  # a bad cell
    result = home.collect()["sheets"]
    assert (result.new, result.changed, result.removed, result.rejected) == (0, 2, 1, 1)
    assert [each.row for each in home.store.rejected("me")] == ["tab Log, row 9, column E"]
    log[8][4] = 8
    assert home.collect()["sheets"].changed == 1
    assert home.store.rejected("me") == []


def test_a_sheet_that_says_the_same_is_not_stored_again(
    home: Home, sheets: Callable[..., Sheets], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = sheets()
    home.collect()
    monkeypatch.setattr(keep, "group_write", lambda *_: pytest.fail("parsed though nothing changed"))
    assert home.collect()["sheets"].state == "ok"
    monkeypatch.undo()
    fake.zone = "America/New_York"  # another reading of the same cells
    assert home.collect()["sheets"].changed == 30
    home.house.environ["SHEETS_MAPPING"] = '{"unit": "lb", "tabs": ["Log"]}'
    assert home.collect()["sheets"].changed == 0
    state = home.store.sync_state("me", "sheets")
    assert state is not None
    assert state.counts["requests"] == 3


def test_a_bad_date_that_is_mended_leaves_no_complaint(home: Home, sheets: Callable[..., Sheets]) -> None:
    fake = sheets()
    good = fake.tabs["Log"][-1][0]
    for row in fake.tabs["Log"][-6:]:
        row[0] = "not a day"
    assert (home.collect()["sheets"].new, len(home.store.rejected("me"))) == (29, 6)
    for row in fake.tabs["Log"][-6:]:
        row[0] = good
    assert (home.collect()["sheets"].new, home.store.rejected("me")) == (1, [])


def test_a_sheet_that_is_not_shared_or_gone_removes_nothing(home: Home, sheets: Callable[..., Sheets]) -> None:
    fake = sheets()
    home.collect()
    fake.shared = False
    result = home.collect()["sheets"]
    assert (result.state, fake.email in result.message) == ("reconnect", True)
    fake.shared = True
    fake.tabs["Log"] = [["nothing"]]
    assert home.collect()["sheets"].state == "failed"
    fake.id = "another"
    assert home.collect()["sheets"].state == "failed"
    assert len(home.store.bodies("me", "workout")) == 30


def test_another_sheet_by_the_setting_leaves_the_first_ones_sessions(home: Home, sheets: Callable[..., Sheets]) -> None:
    fake = sheets()
    home.collect()
    fake.id = "sheet-of-the-new-year"
    fake.tabs = {"2026": [["date", "exercise", "reps", "kg"], ["2026-01-02", "Squat", 5, 100]]}
    home.house.point_at(fake)
    result = home.collect()["sheets"]
    assert (result.new, result.removed) == (1, 0)
    assert len(home.store.bodies("me", "workout")) == 31


def test_a_quota_that_is_used_up(home: Home, sheets: Callable[..., Sheets]) -> None:
    fake = sheets()
    fake.per_minute = 1
    assert home.collect()["sheets"].state == "limited"
    home.later(minutes=2)
    fake.per_minute = 60
    assert home.collect()["sheets"].state == "ok"


@pytest.mark.parametrize("credentials", ["{", "/no/such/file", "{}", '{"private_key": "canary-key"}'])
def test_bad_credentials_are_told_without_repeating_them(home: Home, sheets: Callable[..., Sheets], credentials: str) -> None:
    sheets()
    home.house.environ["SHEETS_CREDENTIALS"] = credentials
    result = home.collect()["sheets"]
    assert (result.state, "SHEETS_CREDENTIALS" in result.message, "canary" in result.message) == ("failed", True, False)


# -- renewing a sign-in


def test_exactly_one_of_many_renews_and_it_is_stored_first(home: Home, withings: Have) -> None:
    fake = withings()
    seen: list[bool] = []
    fake.before_answer = lambda: seen.append(home.house_token_is_old())
    got: list[Token] = []

    def renew() -> None:
        got.append(oauth.fresh_token(home.store, "me", home.services["withings"], home.at, "thread"))

    threads = [threading.Thread(target=renew) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert fake.sign_in.refreshed == 1
    assert seen == [True]
    assert len({each.access for each in got}) == 1
    stored = home.store.token("me", "withings")
    assert stored is not None
    assert (stored.access, stored.refresh) == (got[0].access, got[0].refresh)


def test_a_dead_holder_of_the_lease_is_waited_for(home: Home, withings: Have) -> None:
    withings()
    home.store.acquire("token:withings", "on another machine", timedelta(seconds=10), home.at)
    waited: list[float] = []
    token = oauth.fresh_token(home.store, "me", home.services["withings"], home.at, "test", wait=waited.append)
    assert token.access != "old"
    assert 9 <= sum(waited) <= 12


def test_a_living_holder_is_left_alone(home: Home, withings: Have) -> None:
    fake = withings()
    home.store.acquire("token:withings", "on another machine", timedelta(hours=1), home.at)
    with pytest.raises(Stopped):
        oauth.fresh_token(home.store, "me", home.services["withings"], home.at, "test", wait=lambda _: None)
    assert fake.log == []


def test_a_token_that_still_lives_costs_no_request(home: Home, withings: Have) -> None:
    fake = withings()
    home.collect()
    fake.log.clear()
    token = oauth.fresh_token(home.store, "me", home.services["withings"], home.at, "test")
    assert fake.log == []
    renewed = oauth.fresh_token(home.store, "me", home.services["withings"], home.at, "test", rejected=token)
    assert renewed.access != token.access
    # Whoever was refused with the same token takes the one that is there.
    assert oauth.fresh_token(home.store, "me", home.services["withings"], home.at, "test", rejected=token).access == renewed.access


def test_who_connects_anew_meanwhile_wins(home: Home, withings: Have) -> None:
    fake = withings()
    theirs = Token(source="withings", access="theirs", refresh="r", expires_at=home.at + timedelta(hours=3))
    fake.before_answer = lambda: home.other_store(lambda store: store.put_token("me", replace(theirs), None))
    assert oauth.fresh_token(home.store, "me", home.services["withings"], home.at, "test").access == "theirs"
