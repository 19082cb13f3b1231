"""Kill -9 at every request, before the service did anything and after it answered: the next run brings everything, once.

Real processes, the real store, services with their own rules. A careless collector fails the same check. Those that are killed are
forked from one that has everything loaded (tests/torture/nursery.py): to load it anew forty times is half a minute. What they are
compared with, and the run right after a kill, are processes started as a person starts them.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from collectors import loop
from tests.collectors.house import House
from tests.fakes.server import Fake, Kill
from tests.fakes.sheets import Sheets, made_rows
from tests.fakes.strava import Strava, made_activities
from tests.fakes.strava import real_activities as real_strava
from tests.fakes.withings import Withings, made_groups, real_groups
from tests.torture.nursery import Nursery

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BASE = 1_763_800_000  # the made rows' present, the same in every fake


@cache
def _groups() -> list[dict[str, Any]]:
    return [*made_groups(BASE, days=25), *real_groups()]


def _withings() -> Fake:
    groups = _groups()
    return Withings(groups, page_size=-(-len(groups) // 3))


def _strava() -> Fake:
    activities = [*made_activities(BASE, count=30), *real_strava()]
    newest = sorted(each["start_date"] for each in activities)[-2:]
    for each in activities:  # two have time series, which are two requests more
        each["manual"] = each["start_date"] not in newest
    return Strava(activities, page_cap=-(-len(activities) // 3))


def _sheets() -> Fake:
    fake = Sheets({"Log": made_rows(10), "Old log": made_rows(4), "Older log": made_rows(3)})
    fake.columns = 300  # three pages of a tab each
    return fake


@dataclass(frozen=True)
class Case:
    """A collector, and how many requests its first run takes: sign-in, three pages or more, the end, two series."""

    name: str
    make: Callable[[], Fake]
    requests: int


CASES = {each.name: each for each in (Case("withings", _withings, 5), Case("strava", _strava, 7), Case("sheets", _sheets, 5))}
BOUNDARIES = [
    (each.name, at, when) for each in CASES.values() for at in range(1, each.requests + 1) for when in ("before", "after")
]


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


def _killed(nursery: Nursery, house: House, fake: Fake, kill: Kill, careless: str = "") -> bool:
    """One run that the fake kills at the request told; False when it ended by itself before."""
    fake.log.clear()
    fake.kill = kill
    ended = nursery.run(
        house.folder, house.environ, ("run", "--json"), careless=careless, born=lambda pid: setattr(kill, "pid", pid)
    )
    fake.kill = None
    return ended.code == -signal.SIGKILL


@contextmanager
def _set_up(case: Case) -> Iterator[tuple[House, Fake]]:
    with TemporaryDirectory() as folder, case.make() as fake:
        house = House(Path(folder))
        house.point_at(fake)
        if case.name != "sheets":
            house.connect(fake, LONG_AGO)
        yield house, fake


def _kept(house: House) -> dict[str, Any]:
    """Everything that a run stores of the services: records and raw rows, without what differs between two fakes."""
    store = house.store()
    try:
        records = {kind: store.bodies("me", kind) for kind in ("measurement", "activity", "workout", "series")}
        raw = {
            (source, group): sorted((row.row_id, repr(row.data)) for row in rows)
            for source, group, rows in store.all_raw_groups("me")
        }
        return {"records": records, "raw": raw, "rejected": store.rejected("me")}
    finally:
        store.close()


@cache
def _undisturbed(name: str) -> dict[str, Any]:
    case = CASES[name]
    with _set_up(case) as (house, fake):
        ran = house.run("run", "--json")
        assert ran.code == 0, ran.err
        assert len(fake.log) == case.requests == ran.sources[name]["requests"]
        return _kept(house)


def _check(house: House, fake: Fake, name: str) -> list[str]:
    """What is wrong after a killed run and one more: empty when nothing was lost, doubled or has to be signed in again."""
    store = house.store()  # the rerun is in this process: what a fresh one does is looked at below, once
    (ran,) = loop.collect(store, "me", house.services(), [name], lambda: datetime.now(UTC), "rerun", "Europe/Berlin")
    store.close()
    wrong = [] if ran.state == "ok" else [f"the rerun ended as {ran}"]
    kept, right = _kept(house), _undisturbed(name)
    wrong += [f"{part} differ" for part in right if kept[part] != right[part]]
    if isinstance(fake, (Withings, Strava)) and fake.sign_in.authorised:
        wrong.append("the person had to sign in again")
    return wrong


@pytest.mark.parametrize(("name", "at", "when"), BOUNDARIES, ids=lambda value: str(value))
def test_nothing_is_lost_doubled_or_signed_in_again(nursery: Nursery, name: str, at: int, when: str) -> None:
    with _set_up(CASES[name]) as (house, fake):
        assert _killed(nursery, house, fake, Kill(at, when)), "the run ended before it could be killed"
        assert _check(house, fake, name) == []


@pytest.mark.parametrize(("what", "at", "complaint"), [("cursor", 4, "records differ"), ("token", 3, "the rerun ended as")])
def test_a_careless_collector_fails_the_same_check(nursery: Nursery, what: str, at: int, complaint: str) -> None:
    with _set_up(CASES["withings"]) as (house, fake):
        assert _killed(nursery, house, fake, Kill(at, "before"), careless=what)
        wrong = _check(house, fake, "withings")
        assert any(complaint in each for each in wrong), wrong


def test_a_run_right_after_takes_the_turn_of_the_dead_one_at_once() -> None:
    with _set_up(CASES["withings"]) as (house, fake):
        assert house.run_killed(fake, Kill(2, "before"), "run")
        begin = datetime.now(UTC)
        assert house.run("run").code == 0
        assert datetime.now(UTC) - begin < timedelta(seconds=20)
