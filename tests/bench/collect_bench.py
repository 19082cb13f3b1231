"""A collection of all three sources on ten years: the first one, and one that finds nothing new. The real command, on fakes."""

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench._row import row
from tests.collectors.house import House
from tests.fakes.sheets import Sheets
from tests.fakes.strava import Strava, made_activities
from tests.fakes.withings import Withings, made_groups, night


def main() -> None:
    now = int(time.time())
    with (
        tempfile.TemporaryDirectory() as folder,
        Withings(made_groups(now, days=3650)) as withings,
        Strava(made_activities(now, count=1500)) as strava,
        Sheets() as sheets,
    ):
        withings.nights = [night(now - day * 86_400 - 30_000) for day in range(3650, 0, -1)]
        house = House(Path(folder), {"PATH": os.environ["PATH"]})
        for fake in (withings, strava, sheets):
            house.point_at(fake)
        for fake in (withings, strava):
            house.connect(fake, datetime.fromtimestamp(now - 1, UTC))
        took_s, requests = collect(house)
        row("first collection of ten years, three sources", took_s, "s", None, 2)
        row("requests of it", requests, "", None, 0)
        took_s, requests = min(collect(house) for _ in range(3))
        row("a collection with nothing new, three sources, its process started anew", took_s, "s", 2, 2)
        row("requests of it while the sign-ins are fresh", requests, "", 6, 0)


def collect(house: House) -> tuple[float, int]:
    began = time.perf_counter()
    ran = house.run("run", "--json")
    took_s = time.perf_counter() - began
    if ran.code or any(each["state"] != "ok" for each in ran.sources.values()):
        raise SystemExit(f"a run failed:\n{ran.out}\n{ran.err}")
    return took_s, sum(each["requests"] for each in ran.sources.values())


if __name__ == "__main__":
    main()
