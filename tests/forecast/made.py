"""People made for the forecast's tests: a frame of readings by day, runs and sessions beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from health.frames import Frames, frames

EMPTY = frames([], [], [])
MONDAY = date(2023, 1, 2)


def readings(values: np.ndarray, start: date = MONDAY, quantity: str = "body_mass_kg") -> Frames:
    """One reading a day from `start` on, none where `values` is NaN."""
    at = np.flatnonzero(~np.isnan(values))
    days = pd.DatetimeIndex(np.datetime64(start, "us") + at * np.timedelta64(1, "D"))
    frame = pd.DataFrame(
        {
            "id": [f"made:{each}" for each in at],
            "source": "made",
            "at": (days + pd.Timedelta(hours=7)).tz_localize("UTC"),
            "zone": "UTC",
            "day": days,
            "precision": "instant",
            quantity: values[at],
        }
    )
    return replace(EMPTY, measurements=frame)


def wandering(seed: int, days: int, missing: float = 0.15) -> np.ndarray:
    """A weight that drifts and is read with noise, some days not at all."""
    rng = np.random.default_rng(seed)
    slope = np.repeat(rng.normal(0, 0.03, days // 40 + 1), 40)[:days]
    values = 80 + np.cumsum(slope + rng.normal(0, 0.05, days)) + rng.normal(0, 0.4, days)
    values[rng.random(days) < missing] = np.nan
    return values


def sunday(weeks: int, start: date = MONDAY) -> date:
    """The last day of the week so many weeks after the first."""
    return start + timedelta(days=7 * weeks + 6)


def runs(days: list[date], metres: float = 5000.0, source: str = "strava_export") -> pd.DataFrame:
    """A run of half an hour on each of `days`."""
    bodies = [
        {
            "id": f"{source}:{number}", "native_id": str(number), "source": source, "at": f"{day}T17:00:00Z", "zone": "UTC",
            "day": str(day), "sport": "run", "sport_type": "Run", "distance_m": metres, "moving_s": 1800.0,
        }
        for number, day in enumerate(days)
    ]  # fmt: skip
    return frames([], bodies, []).activities


def lifts(volumes: dict[str, list[float]], start: date = MONDAY, every: int = 3) -> Frames:
    """A session each `every` days; `volumes` gives each exercise's volume by session, lifted as 10 repetitions (0: not done)."""
    count = max(len(each) for each in volumes.values())
    bodies = []
    for number in range(count):
        day = start + timedelta(days=every * number)
        done = [(name, each[number]) for name, each in volumes.items() if number < len(each) and each[number]]
        sets = [
            {"exercise": name, "order": at + 1, "type": "normal", "reps": 10, "load_kg": volume / 10}
            for at, (name, volume) in enumerate(done)
        ]
        bodies.append(
            {
                "id": f"made:{number}", "source": "made", "at": f"{day}T18:00:00Z", "zone": "UTC", "day": str(day), "name": "Day",
                "sets": sets,
            }
        )  # fmt: skip
    return frames([], [], bodies)
