"""How usual a day was for this very person: each of its measures in standard deviations from their own mean of the year before.

Training counts on the days that had some: a day of rest is no bad run. Protein and sleep count on the days that tell them. Nothing
is compared with anybody else, and a day never counts in its own history.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import numpy as np
import pandas as pd

from health import nutrition, sleep
from health.frames import Frames

Verdict = Literal["good", "fair", "warning"]

# The columns of `table`, and what they are called.
MEASURES: Final = {
    "volume_kg": "Lifted", "run_distance_m": "Run", "trained_s": "Time trained", "protein_g": "Protein", "asleep_s": "Asleep",
}  # fmt: skip
TRAINING: Final = ("volume_kg", "run_distance_m", "trained_s")
HISTORY: Final = timedelta(days=365)
LEAST_DAYS: Final = 20  # of history, below which a measure has no mean to speak of
GOOD, WARNING = 1.0, 2.0  # standard deviations: within the first is usual, beyond the second is worth a look


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One measure of a day in SI: its `value`, the `mean` and `deviation` of the `n` days before that told it, and how many
    deviations it lies off, above 0 for more than usual."""

    measure: str
    value: float
    mean: float
    deviation: float
    n: int
    sigmas: float

    @property
    def verdict(self) -> Verdict:
        return verdict(self.sigmas)


def verdict(sigmas: float) -> Verdict:
    """What a distance from the mean is called, whichever way it goes."""
    return "good" if abs(sigmas) <= GOOD else "fair" if abs(sigmas) <= WARNING else "warning"


def table(frames: Frames, activities: pd.DataFrame | None = None) -> pd.DataFrame:
    """A row for each local day from the first record to the last, oldest first: the columns of MEASURES, NaN where a day tells
    nothing (of training: had none). `activities` stand in for those of `frames` where some must not be learned from."""
    runs = frames.activities if activities is None else activities
    parts = {
        "volume_kg": _summed(frames.workouts, "volume_kg"),
        "run_distance_m": _summed(runs[runs["sport"] == "run"], "distance_m"),
        "trained_s": _time(runs).add(_summed(frames.workouts, "duration_s"), fill_value=0.0),
        "protein_g": nutrition.daily(frames.meals)["protein_g"],
        "asleep_s": sleep.nights(frames.sleeps)["asleep_s"],
    }
    known = {name: each[each > 0].dropna() for name, each in parts.items()}
    days = pd.DatetimeIndex(np.unique(np.concatenate([each.index.to_numpy("datetime64[us]") for each in known.values()])))
    if days.empty:
        return pd.DataFrame(dict.fromkeys(MEASURES, pd.Series(dtype=np.float64)), index=pd.DatetimeIndex([], name="day"))
    every = pd.date_range(days[0], days[-1], freq="D", name="day")
    return pd.DataFrame({name: each.reindex(every) for name, each in known.items()}, index=every)


def marks(days: pd.DataFrame, day: date) -> list[Mark]:
    """The measures of that local day that have a history, in the order of MEASURES. `days` is what `table` makes."""
    at = pd.Timestamp(day)
    if at not in days.index:
        return []
    last = int(days.index.get_indexer(pd.DatetimeIndex([at]))[0])
    first = int(days.index.searchsorted(at - HISTORY))
    found = []
    for name in MEASURES:
        own = days[name].to_numpy(dtype=np.float64)
        value, past = float(own[last]), own[first:last]
        past = past[~np.isnan(past)]
        if np.isnan(value) or len(past) < LEAST_DAYS:
            continue
        mean, deviation = float(past.mean()), float(past.std(ddof=1))
        if deviation > 1e-9 * abs(mean):  # a measure that never changes says nothing
            sigmas = (value - mean) / deviation
            found.append(Mark(measure=name, value=value, mean=mean, deviation=deviation, n=len(past), sigmas=sigmas))
    return found


def overall(found: Iterable[Mark]) -> Verdict | None:
    """The verdict of the day: that of the measure furthest off; None without any."""
    return verdict(max((abs(each.sigmas) for each in found), default=0.0)) if (found := list(found)) else None


def _summed(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame.groupby("day")[column].sum(min_count=1)


def _time(activities: pd.DataFrame) -> pd.Series:
    spent = activities["moving_s"].fillna(activities["elapsed_s"])
    return spent.groupby(activities["day"]).sum(min_count=1)
