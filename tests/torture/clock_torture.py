"""A clock an hour wrong: ahead, behind, put right, jumping in the middle of a run; on ordinary days and where summer time turns.

Eight runs of every collector, three hours apart, something new before each: what is held must be what a right clock holds, to the
local day. `python -m tests.torture.clock_torture [--few]`; tests/collectors/test_clock_wrong.py has the short version.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from collectors import leases, oauth
from collectors.schedule import next_run, pause_until
from tests.bench._row import row
from tests.collectors.clocks import HOUR, NONE, SKEWS, Skew, held, lived, stop
from tests.collectors.house import House
from tests.collectors.test_schedule import Machine
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings
from tests.torture.children import together

DAYS = (
    datetime(2026, 6, 10, 15, tzinfo=UTC),
    datetime(2026, 3, 28, 15, tzinfo=UTC),
    datetime(2026, 10, 24, 15, tzinfo=UTC),
    datetime(2026, 12, 31, 15, tzinfo=UTC),
)
EVERY = timedelta(hours=3)


def life(skews: tuple[Skew, ...], begin: datetime) -> tuple[dict[str, Any], list[dict[str, str]], int]:
    """What is held after those runs, how each ended, and how often the person had to sign in."""
    with TemporaryDirectory() as folder:
        home = lived(House(Path(folder)), skews, begin)
        found = held(home)
        stop(home)
        asked = sum(fake.sign_in.authorised for fake in home.fakes.values() if isinstance(fake, (Withings, Strava)))
        return found, home.results, asked


def lives(days: tuple[datetime, ...], names: list[str]) -> Callable[[], list[str]]:
    """In a process: what was wrong in each of those lives; an empty text where nothing was."""

    def work() -> list[str]:
        found = []
        for begin in days:
            right, _, _ = life(SKEWS["right"], begin)
            assert [len(each) for each in right.values()] == [17, 17, 17]
            for name in names:
                got, states, asked = life(SKEWS[name], begin)
                wrong = [f"{kind} differ" for kind in right if got[kind] != right[kind]]
                wrong += [f"run {at} ended as {each}" for at, each in enumerate(states) if set(each.values()) != {"ok"}]
                wrong += [f"{asked} sign-ins"] if asked else []
                found.append(f"{name} from {begin:%d %b}: {', '.join(wrong)}" if wrong else "")
        return found

    return work


def believing() -> list[str]:
    """The same of a collector that believes its own clock, and gives up where the service knows better."""

    def careless(_: oauth.Access) -> str:
        raise oauth.ReconnectNeeded("Connect it again.")

    oauth.Access.renew = careless  # type: ignore[method-assign]  # in a process of its own
    return lives(DAYS[:1], ["ahead, then put right", "jumps ahead in a run and back in another"])()


def latest_run() -> float:
    """The longest wait for a scheduled run, in hours, whenever in the wait the clock is put an hour forward or back."""
    longest = 0.0
    for minute in range(0, 180, 7):
        for jump in (HOUR, -HOUR):
            machine = Machine(DAYS[0] + timedelta(minutes=1), jump, 60.0 * minute)
            pause_until(next_run(machine.at, EVERY), machine.clock, machine.wait)
            longest = max(longest, machine.waited / 3600)
    return longest


def longest_block() -> float:
    """For how many minutes a turn that died on another machine holds up this one, where their clocks are an hour apart."""
    longest = 0.0
    for ahead in (HOUR, NONE, -HOUR):
        with TemporaryDirectory() as folder:
            store = House(Path(folder)).store()
            assert store.acquire("x", '{"host": "elsewhere"}', leases.TTL, DAYS[0] + ahead)
            minutes = 0.0
            while not leases.Lease(store, "x", "me", lambda at=DAYS[0] + timedelta(minutes=minutes): at).take():  # type: ignore[misc]
                minutes += 1
            longest = max(longest, minutes)
            store.close()
    return longest


def main(few: bool) -> None:
    days, names = (DAYS[2:3], ["back and forth"]) if few else (DAYS, [each for each in SKEWS if each != "right"])
    found = together([*(lives(days[at::2], names) for at in range(2)), believing])
    for error, got in found:
        if error:
            raise SystemExit(f"the harness failed: {error}")
        print(*filter(None, got), sep="\n", file=sys.stderr)
    tried = [each for _, got in found[:2] for each in got]
    row("clock an hour wrong: days of eight runs of every collector", len(tried), "", digits=0)
    row("clock an hour wrong: lost, doubled, another day, signed in again or not ok", sum(map(bool, tried)), "", 0, 0)
    row("clock an hour wrong: a collector that believes it, caught", sum(map(bool, found[2][1])), "", digits=0, at_least=1)
    row("clock put an hour forward or back: longest wait for a run of every three hours", latest_run(), "h", 3.0, 2)
    row("clocks of two machines an hour apart: longest that a dead one's turn holds up a run", longest_block(), "min", 65.0, 0)


if __name__ == "__main__":
    main("--few" in sys.argv)
