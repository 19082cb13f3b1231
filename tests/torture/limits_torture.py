"""The first import of 1,500 activities under Strava's real limits, the service giving ten a page so that they bite.

`python -m tests.torture.limits_torture [--few]`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from collectors.sources import _strava_client as client
from tests.bench._row import row
from tests.collectors.conftest import Home
from tests.collectors.house import House
from tests.fakes.strava import Strava, made_activities

ACTIVITIES, A_PAGE, MOST_RUNS, MOST_SHARE = 1500, 10, 60, 0.9


@dataclass(frozen=True)
class Ran:
    """What a first import came to."""

    kept: int
    refused: int  # answers of 429
    highest: float  # share of a limit
    runs: int
    hours: float
    lines: int


def first_import(count: int) -> Ran:
    """Run after run, a quarter of an hour apart, until everything is in."""
    with TemporaryDirectory() as folder:
        home = Home(House(Path(folder)))
        fake = Strava(made_activities(int(home.at.timestamp()), count, every_s=36_000), page_cap=A_PAGE, now=home.at.timestamp())
        home.have("strava", fake)
        highest, runs, begun = 0.0, 0, home.at
        while runs < MOST_RUNS:
            runs += 1
            result = home.collect()["strava"]
            shares = [used / most for kind in fake.used for used, most in zip(fake.used[kind], fake.limits[kind], strict=True)]
            highest = max(highest, *shares)
            if result.state == "ok":
                break
            if result.state != "limited" or not result.message:
                print(f"it ended as {result}", file=sys.stderr)
                break
            home.later(minutes=15)
        kept = len(home.store.bodies("me", "activity"))
        heard = len(home.said)
        home.store.close()
        fake.stop()
    return Ran(kept, fake.statuses.count(429), highest, runs, (home.at - begun) / timedelta(hours=1), heard)


@contextmanager
def careless() -> Iterator[None]:
    """A client that asks until it is refused."""
    kept, client.ENOUGH = client.ENOUGH, 10.0  # type: ignore[misc]
    try:
        yield
    finally:
        client.ENOUGH = kept  # type: ignore[misc]


def main(few: bool) -> None:
    count = 300 if few else ACTIVITIES
    ran = first_import(count)
    row("first import of activities: activities", count, "", digits=0)
    row("first import of activities: missing or too many at the end", abs(ran.kept - count), "", 0, 0)
    row("first import of activities: answers of 429", ran.refused, "", 0, 0)
    row("first import of activities: highest share of a limit", 100 * ran.highest, "%", 100 * MOST_SHARE, 1)
    row("first import of activities: runs, each going on where the last ended", ran.runs, "", MOST_RUNS - 1, 0)
    row("first import of activities: hours of the service's time", ran.hours, "h", digits=2)
    row("first import of activities: lines of progress", ran.lines, "", digits=0, at_least=count / A_PAGE / 2)
    with careless():
        worse = first_import(ACTIVITIES)
    row("first import of a careless client: answers of 429", worse.refused, "", digits=0, at_least=1)
    row("first import of a careless client: highest share of a limit", 100 * worse.highest, "%", digits=1, at_least=100)


if __name__ == "__main__":
    main("--few" in sys.argv)
