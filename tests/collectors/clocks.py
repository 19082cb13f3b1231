"""A machine whose clock is wrong for some days, with services whose clocks are right: what it then holds, and what it asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.collectors.conftest import Home
from tests.collectors.house import House
from tests.fakes.server import Fake
from tests.fakes.sheets import Sheets, made_rows
from tests.fakes.strava import Strava, activity, made_activities
from tests.fakes.withings import Withings, group, made_groups

HOUR = timedelta(hours=1)
KINDS = {"withings": "measurement", "strava": "activity", "sheets": "workout"}
# What the clock is wrong by at each of eight runs, three hours apart; a pair is one that jumps in the middle of the run.
Skew = timedelta | tuple[timedelta, timedelta]
NONE = timedelta(0)
SKEWS: dict[str, tuple[Skew, ...]] = {
    "right": (NONE,) * 8,
    "an hour ahead": (HOUR,) * 8,
    "an hour behind": (-HOUR,) * 8,
    "ahead, then put right": (HOUR, HOUR, HOUR, NONE, NONE, NONE, NONE, NONE),
    "behind, then put right": (-HOUR, -HOUR, -HOUR, NONE, NONE, NONE, NONE, NONE),
    "jumps ahead in a run and back in another": ((NONE, HOUR), HOUR, (HOUR, NONE), NONE, (NONE, -HOUR), -HOUR, (-HOUR, NONE), NONE),
    "back and forth": (HOUR, -HOUR, HOUR, -HOUR, HOUR, -HOUR, HOUR, NONE),
}


@dataclass
class Wrong(Home):
    """A home whose own clock may differ from that of the world, which its fakes keep. `at` is what it believes."""

    house: House
    world: datetime
    skew: Skew = NONE
    asked: int = 0
    results: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        Home.__init__(self, self.house)

    @property
    def at(self) -> datetime:  # type: ignore[override]
        """What its clock says: every look at it counts, for one that jumps in the middle of a run."""
        self.asked += 1
        if isinstance(self.skew, tuple):
            return self.world + self.skew[self.asked > 6]
        return self.world + self.skew

    @at.setter
    def at(self, _: datetime) -> None:
        """The clock is moved by `world` and `skew` alone."""

    def pass_on(self, span: timedelta) -> None:
        self.world += span
        for fake in self.fakes.values():
            fake.set_clock(self.world.timestamp())


def services(at: int) -> dict[str, Fake]:
    """One of each, with something in it."""
    return {
        "withings": Withings(made_groups(at, days=9), page_size=4, now=at),
        "strava": Strava(made_activities(at, count=9), page_cap=4, now=at),
        "sheets": Sheets({"Log": made_rows(9)}),
    }


def lived(house: House, skews: tuple[Skew, ...], begin: datetime) -> Wrong:
    """Eight runs, three hours apart, something new at each service before every one of them. The caller stops the fakes."""
    home = Wrong(house, begin)
    for name, fake in services(int(begin.timestamp())).items():
        home.have(name, fake)
        fake.set_clock(begin.timestamp())
    home.fakes["sheets"]._fixed = None  # Google's library signs with the clock of the process, which is right
    for number, skew in enumerate(skews):
        more(home, number)
        home.skew, home.asked = skew, 0
        home.results.append({name: each.state for name, each in home.collect().items()})
        home.pass_on(timedelta(hours=3))
        home.fakes["sheets"]._fixed = None
    return home


def more(home: Wrong, number: int) -> None:
    """A weigh-in, a run and a session of the last hour."""
    withings, strava, sheets = (home.fakes[name] for name in KINDS)
    assert isinstance(withings, Withings)
    assert isinstance(strava, Strava)
    assert isinstance(sheets, Sheets)
    at = int(home.world.timestamp()) - 1200
    withings.add(group(at, {1: (82_000 + number, -3)}))
    strava.activities.append(activity(900_000 + number, at))
    sheets.tabs["Log"].append([home.world.date() + timedelta(days=number), "Push", "Squat", 1, 5, 100, "kg", None])


def held(home: Wrong) -> dict[str, list[tuple[str, str]]]:
    """What it holds: (id, local day) of every record, by kind."""
    return {kind: sorted((each["id"], each["day"]) for each in home.store.bodies("me", kind)) for kind in KINDS.values()}


def stop(home: Wrong) -> None:
    home.store.close()
    for fake in home.fakes.values():
        fake.stop()
