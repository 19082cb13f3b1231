"""The arithmetic of runs and every other activity, on the `activities` frame of `health.frames`. Metres, seconds.

Time is moving time, or the elapsed time where the source gives no moving time: watches that never pause tell only that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Period = Literal["session", "week", "month", "year"]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

# A record of pace over less than this is a sprint or a fault of the watch.
RECORD_DISTANCE_M = 3000.0


def pace_s_per_km(distance_m: npt.ArrayLike, time_s: npt.ArrayLike) -> Floats:
    """Seconds for one kilometre, element by element; NaN where distance or time is absent or 0."""
    distance, time = np.asarray(distance_m, dtype=np.float64), np.asarray(time_s, dtype=np.float64)
    known = (distance > 0) & (time > 0)
    return _quotient(time * 1000, distance, known)


def speed_mps(distance_m: npt.ArrayLike, time_s: npt.ArrayLike) -> Floats:
    """Metres in one second, element by element; NaN where distance or time is absent or 0."""
    distance, time = np.asarray(distance_m, dtype=np.float64), np.asarray(time_s, dtype=np.float64)
    known = (distance > 0) & (time > 0)
    return _quotient(distance, time, known)


def sports(activities: pd.DataFrame) -> list[tuple[str, int]]:
    """Every sport present with its number of activities, the most frequent first, then by name."""
    counts = activities["sport"].value_counts()
    return sorted(((str(name), int(n)) for name, n in counts.items()), key=lambda each: (-each[1], each[0]))


def of_sport(activities: pd.DataFrame, sport: str) -> pd.DataFrame:
    """The activities of one sport."""
    return activities[activities["sport"] == sport]


def sessions(activities: pd.DataFrame) -> pd.DataFrame:
    """`activities` with `time_s`, `speed_mps` and `pace_s_per_km`, in the same order."""
    moving = activities["moving_s"].to_numpy()
    time = np.where(moving > 0, moving, activities["elapsed_s"].to_numpy())
    distance = activities["distance_m"].to_numpy()
    return activities.assign(time_s=time, speed_mps=speed_mps(distance, time), pace_s_per_km=pace_s_per_km(distance, time))


def period_starts(day: pd.Series, by: Period, first_weekday: int = 0) -> Days:
    """The first day of the calendar week, month or year that holds each day (the day itself for `session`)."""
    return _starts(day.to_numpy().astype("datetime64[D]"), by, first_weekday)


def _starts(days: Days, by: Period, first_weekday: int) -> Days:
    if by == "week":
        weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
        days = days - ((weekday - first_weekday) % 7).astype("timedelta64[D]")
    elif by == "month":
        days = days.astype("datetime64[M]").astype("datetime64[D]")
    elif by == "year":
        days = days.astype("datetime64[Y]").astype("datetime64[D]")
    return days


def totals(activities: pd.DataFrame, by: Period, first_weekday: int = 0, through: date | None = None) -> pd.DataFrame:
    """One row a week, month or year from the first activity to the last (or to the one holding `through`), empty ones too.

    start n distance_m time_s ascent_m, and the pace and speed of the period as a whole (distance over time, only of activities
    that have both). By `session`: one row an activity, nothing filled in.
    """
    table = sessions(activities)
    both = table["pace_s_per_km"].notna().to_numpy()
    starts = period_starts(table["day"], by, first_weekday)
    summed = {
        "n": np.ones(len(table)),
        **{name: np.nan_to_num(table[name].to_numpy()) for name in ("distance_m", "time_s", "ascent_m")},
        "paced_m": np.where(both, table["distance_m"].to_numpy(), 0.0),
        "paced_s": np.where(both, table["time_s"].to_numpy(), 0.0),
    }
    if by != "session" and len(table):
        starts, place = _every(starts, by, first_weekday, through)
        summed = {name: _sums(place, each, len(starts)) for name, each in summed.items()}
    paced_m, paced_s = summed.pop("paced_m"), summed.pop("paced_s")
    rates = {"speed_mps": speed_mps(paced_m, paced_s), "pace_s_per_km": pace_s_per_km(paced_m, paced_s)}
    return pd.DataFrame({"start": starts.astype("datetime64[us]"), **summed, **rates})


@dataclass(frozen=True, kw_only=True)
class LastRun:
    """The last activity (a row of `sessions`) and the one of the same sport before it, None where there is none."""

    last: pd.Series
    before: pd.Series | None

    def change(self, column: str) -> float:
        """By how much `column` grew from the one before; NaN where either does not say."""
        if self.before is None:
            return float("nan")
        return float(self.last[column]) - float(self.before[column])


def last_run(activities: pd.DataFrame, sport: str = "run") -> LastRun | None:
    """The last activity of that sport beside the one before it; None where there is none."""
    ours = of_sport(activities, sport)
    if ours.empty:
        return None
    table = sessions(ours.iloc[-2:])
    return LastRun(last=table.iloc[-1], before=table.iloc[0] if len(table) > 1 else None)


def records(activities: pd.DataFrame, shortest_m: float = RECORD_DISTANCE_M) -> dict[str, pd.Series]:
    """The best activity by each measure (a row of `sessions`, the earliest among equals); a measure nobody told is left out.

    distance: the farthest · time: the longest · ascent: the most climbed · pace: the fastest of at least `shortest_m`.
    """
    table = sessions(activities)
    long_enough = table[table["distance_m"] >= shortest_m]
    found = {
        "distance": _first_best(table, "distance_m", highest=True),
        "time": _first_best(table, "time_s", highest=True),
        "ascent": _first_best(table, "ascent_m", highest=True),
        "pace": _first_best(long_enough, "pace_s_per_km", highest=False),
    }
    return {name: row for name, row in found.items() if row is not None}


def _quotient(over: Floats, under: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    result: Floats = np.full(known.shape, np.nan)
    np.divide(over, under, out=result, where=known)
    return result


def _sums(place: npt.NDArray[np.int64], values: Floats, n: int) -> Floats:
    """The sum of the values at each of `n` places, exact: no number of the ledger has more than six places after the point."""
    return np.bincount(place, weights=np.rint(values * 1e6), minlength=n) / 1e6


def _first_best(table: pd.DataFrame, column: str, *, highest: bool) -> pd.Series | None:
    values = table[column].to_numpy()
    if not np.any(values > 0):
        return None
    known = np.where(values > 0, values, np.nan)
    return table.iloc[int(np.nanargmax(known) if highest else np.nanargmin(known))]


def _every(starts: Days, by: Period, first_weekday: int, through: date | None) -> tuple[Days, npt.NDArray[np.int64]]:
    """Every start from the first of `starts` to the last (or that of `through`), and the place of each of `starts` among them."""
    unit, step = {"week": ("D", 7), "month": ("M", 1), "year": ("Y", 1)}[by]
    last = starts.max()
    if through is not None:
        last = max(last, _starts(np.array([through], dtype="datetime64[D]"), by, first_weekday)[0])
    # Months and years are of one length only when counted in themselves.
    first, end = (each.astype(f"datetime64[{unit}]").astype(np.int64) for each in (starts.min(), last))
    every = np.arange(first, end + 1, step).astype(f"datetime64[{unit}]").astype("datetime64[D]")
    place: npt.NDArray[np.int64] = (starts.astype(f"datetime64[{unit}]").astype(np.int64) - first) // step
    return every, place
