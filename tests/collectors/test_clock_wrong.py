"""A clock that is an hour wrong, for a day or a part of a run: nothing lost or doubled, no day moved, no sign-in, none held up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from collectors import leases, oauth
from dashboard.typed import EntryError, moment
from tests.collectors.clocks import HOUR, NONE, SKEWS, held, lived, stop
from tests.collectors.house import House
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings

BEGIN = datetime(2026, 10, 24, 15, tzinfo=UTC)  # eight runs over the night in which summer time ends


@cache
def right() -> dict[str, Any]:
    home = lived(House(Path(mkdtemp())), SKEWS["right"], BEGIN)
    found = held(home)
    stop(home)
    return found


@pytest.mark.parametrize("name", ["jumps ahead in a run and back in another"])
def test_what_is_held_is_what_a_right_clock_holds(name: str, tmp_path: Path) -> None:
    home = lived(House(tmp_path), SKEWS[name], BEGIN)
    stop(home)
    assert [set(each.values()) for each in home.results] == [{"ok"}] * 8
    assert held(home) == right()
    assert [len(each) for each in right().values()] == [17, 17, 17]
    for fake in home.fakes.values():
        assert not (isinstance(fake, (Withings, Strava)) and fake.sign_in.authorised)


def test_the_check_notices_a_sign_in_that_believes_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A careless one trusts its own idea of when a token ends and gives up when the service says otherwise."""

    def careless(self: oauth.Access) -> str:
        raise oauth.ReconnectNeeded("Connect it again.")

    monkeypatch.setattr(oauth.Access, "renew", careless)
    home = lived(House(tmp_path), (HOUR, NONE, NONE, -HOUR), BEGIN)
    stop(home)
    assert "reconnect" in {state for each in home.results for state in each.values()}


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
def test_a_turn_left_by_another_machine_blocks_for_an_hour_and_five_minutes_at_most(ahead: timedelta, tmp_path: Path) -> None:
    store = House(tmp_path).store()
    assert store.acquire(
        "collect:withings", '{"host": "elsewhere", "boot": "x", "pid": 1, "started": "1"}', leases.TTL, BEGIN + ahead
    )
    late = leases.Lease(store, "collect:withings", "me", lambda: BEGIN + HOUR + leases.TTL)
    assert late.take()
    store.close()


def test_a_turn_is_kept_when_the_clock_is_put_back_in_the_middle(tmp_path: Path) -> None:
    store, now = House(tmp_path).store(), [BEGIN]
    lease = leases.Lease(store, "x", "a", lambda: now[0])
    assert lease.take()
    now[0] -= HOUR
    lease.renew()  # and is no longer one of an hour to come
    other = leases.Lease(store, "x", "b", lambda: now[0] + leases.TTL + timedelta(seconds=1))
    assert other.take()
    store.close()


def test_a_weigh_in_of_now_that_a_late_clock_refuses_is_told_what_the_clock_says() -> None:
    with pytest.raises(EntryError, match="the clock here says 07:02, 22 Nov 2026"):
        moment("2026-11-22T08:02", "Europe/Berlin", datetime(2026, 11, 22, 6, 2, tzinfo=UTC))
