"""The history of runs: a line for each, also for one that failed or was killed; kept 90 days; no request and few writes more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from collectors import history, loop
from collectors.leases import Lease
from store.runs import Run
from tests.collectors.conftest import Home
from tests.fakes.withings import Withings

Have = Callable[..., Withings]


def runs(home: Home) -> list[Run]:
    return home.store.runs("me", "withings")


def test_every_run_leaves_a_line_and_asks_for_nothing_more(home: Home, withings: Have) -> None:
    fake = withings()
    first = home.collect()["withings"]
    home.later(hours=3)
    home.collect()
    assert len(fake.log) <= 2
    one, two = runs(home)
    assert (one.began, one.state, one.new, one.requests) == (home.at - timedelta(hours=3), "ok", 60, first.requests)
    assert (two.new, two.changed, two.removed, two.rejected, two.requests, two.message) == (0, 0, 0, 0, len(fake.log), "")
    assert one.ended is not None
    stands = home.store.sync_state("me", "withings")
    assert stands is not None
    assert (stands.began, stands.counts["requests"]) == (None, two.requests)


def test_how_long_a_run_took(home: Home, withings: Have) -> None:
    fake = withings(page_size=30)
    fake.before_answer = lambda: setattr(home, "at", home.at + timedelta(seconds=4))
    home.collect()
    (run,) = runs(home)
    assert run.seconds == 4.0 * len(fake.log)


def test_a_run_that_failed_says_why_and_one_that_had_no_turn_is_none(home: Home, withings: Have) -> None:
    withings().stop()
    home.collect()
    (run,) = runs(home)
    assert (run.state, run.new, "could not be reached" in run.message) == ("failed", 0, True)
    other = Lease(home.store, "collect:withings", "another", lambda: home.at)
    assert other.take()
    home.collect()
    assert len(runs(home)) == 1


def test_a_run_that_was_killed_is_told_by_the_next_one(home: Home, withings: Have) -> None:
    class Killed(BaseException):
        """The process goes away: nothing is caught, nothing is written any more."""

    withings(page_size=30)
    run = loop._Run.put_cursor
    seen: list[int] = []

    def put(self: Any, cursor: dict[str, Any]) -> None:
        run(self, cursor)
        seen.append(1)
        if len(seen) == 2:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop._Run, "put_cursor", put)
        with pytest.raises(Killed):
            home.collect()
    assert runs(home) == []
    (running,) = history.latest(home.store, "me", "withings", 5)
    assert (running.state, running.new, running.ended) == ("running", 30, None)
    began = home.at
    home.later(hours=1)
    again = home.collect()["withings"]
    dead, last = runs(home)
    assert (dead.began, dead.state, dead.new, dead.ended, dead.message) == (began, "ended", 30, None, history.KILLED)
    assert (last.state, (dead.new or 0) + (last.new or 0), again.state) == ("ok", 60, "ok")
    assert [each.state for each in history.latest(home.store, "me", "withings", 5)] == ["ok", "ended"]


def test_a_kill_between_the_line_and_the_state_leaves_the_line(home: Home, withings: Have) -> None:
    class Killed(BaseException):
        """As above."""

    withings()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop._Run, "write_down", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            home.collect()
    home.later(hours=1)
    home.collect()
    assert [each.state for each in runs(home)] == ["ok", "ok"]


def test_runs_are_kept_90_days_and_a_disconnected_source_has_none(home: Home, withings: Have) -> None:
    withings()
    home.collect()
    home.later(days=60)
    home.collect()
    home.later(days=31)
    home.collect()
    assert [home.at - each.began for each in runs(home)] == [timedelta(days=31), timedelta(0)]
    loop.disconnect(home.store, "me", home.services["withings"], home.at)
    assert runs(home) == []


def test_a_run_with_nothing_new_writes_little(home: Home, withings: Have, monkeypatch: pytest.MonkeyPatch) -> None:
    withings()
    home.collect()
    home.later(hours=3)
    written: list[str] = []

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*given: Any) -> Any:
            written.append(name)
            return real(*given)

        return act

    for name in ("put_sync_state", "put_run", "forget_runs"):
        monkeypatch.setattr(home.store, name, counting(name, getattr(home.store, name)))
    home.collect()
    slices = written.count("put_sync_state") - 2
    assert slices == 1
    assert written.count("put_run") == 1
    assert written.count("forget_runs") == 0


def test_the_status_command_tells_the_last_runs(home: Home, withings: Have) -> None:
    withings()
    for _ in range(12):
        home.collect()
        home.later(hours=3)
    done = home.house.run("status", "--json")
    told = {each["source"]: each for each in json.loads(done.out.strip().splitlines()[-1])["sources"]}
    found = told["withings"]["runs"]
    assert len(found) == loop.MOST_RUNS
    assert set(found[0]) == {"source", "began", "ended", "seconds", "state", "new", "changed", "removed", "rejected", "requests"}
    assert found[0]["began"] > found[1]["began"]
    assert told["strava"]["runs"] == []
