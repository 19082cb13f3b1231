"""Calendar weeks of local days: the sums and means that the overview compares and the forecast learns from.

A week is seven local days from the chosen first weekday (0 Monday, 6 Sunday) and is named by its first day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from health import running
from health.daily import daily
from health.days import week_start
from health.frames import Frames

Floats = npt.NDArray[np.float64]

USUAL_WEEKS = 4
# Things done: 0 in a week without any, once the person has begun. Things measured: NaN in a week without a reading.
COUNTED = (
    "activities", "distance_m", "moving_s", "runs", "run_distance_m", "run_moving_s", "sessions", "reps", "volume_kg",
)  # fmt: skip
MEASURED = ("mean_load_kg", "body_mass_kg", "fat_ratio")


def starts(days: pd.Series | pd.DatetimeIndex, first_weekday: int = 0) -> pd.DatetimeIndex:
    """The first day of the week that holds each of `days` (naive local days)."""
    return _stamps(_week_numbers(days, first_weekday), first_weekday)


def mean_of_days(daily: pd.Series, first_weekday: int = 0) -> pd.DataFrame:
    """Weekly `mean` of the observed days and their number `days` (1 to 7), by the week's first day.

    `daily` holds one value a local day (`health.body.daily`). A week without a day has no row.
    """
    known = daily.dropna()
    numbers = _week_numbers(pd.DatetimeIndex(known.index), first_weekday)
    weeks, place = np.unique(numbers, return_inverse=True)
    count = np.bincount(place, minlength=len(weeks))
    total = np.bincount(place, weights=known.to_numpy(dtype=np.float64), minlength=len(weeks))
    return pd.DataFrame({"mean": total / np.maximum(count, 1), "days": count}, index=_stamps(weeks, first_weekday))


def deltas(daily: pd.Series, first_weekday: int = 0) -> pd.Series:
    """The mean of each week minus that of the week before it; NaN where the week before has no day.

    One value for each week with a day, by the week's first day.
    """
    mean = mean_of_days(daily, first_weekday)["mean"]
    before = mean.reindex(pd.DatetimeIndex(mean.index) - pd.Timedelta(days=7)).to_numpy()
    return pd.Series(mean.to_numpy() - before, index=mean.index, name="delta")


def table(frames: Frames, today: date, first_weekday: int = 0) -> pd.DataFrame:
    """One row a week without a hole, from the first record's to the one holding `today`: the columns COUNTED and MEASURED.

    Counts and sums are 0 in an empty week and NaN before the person's first activity (or session); measurements are NaN where
    there is none. `run_*` counts runs alone; time is moving time, or elapsed where that is all there is. Lifting leaves warm-ups
    out; `mean_load_kg` is the mean over the repetitions done with a load. `days_weighed`, and `complete`: the week is over.
    """
    last = _number(today, first_weekday)
    firsts = [_first(frame, first_weekday) for frame in (frames.measurements, frames.activities, frames.workouts)]
    begun = [each for each in firsts if each is not None and each <= last]
    numbers = np.arange(min(begun, default=last), last + 1)
    columns: dict[str, Any] = _training(frames, numbers, first_weekday) | _lifting(frames, numbers, first_weekday)
    columns |= _body(frames.measurements, numbers, first_weekday)
    columns["complete"] = np.asarray(numbers < last)
    return pd.DataFrame(columns, index=_stamps(numbers, first_weekday))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One column of `table` now and before: NaN where there was nothing to say it. `usual` is the mean of `n` of the last weeks."""

    this_week: float
    last_week: float
    usual: float
    n: int


def compare(weeks: pd.DataFrame, column: str, today: date, first_weekday: int = 0) -> Comparison:
    """This week (so far), last week, and the usual one: the mean of the four whole weeks before this, NaN ones left out.

    `weeks` is a `table`, or `of_activities`. `usual` is NaN (and `n` 0) where none of the four has a value.
    """
    start = week_start(today, first_weekday)
    past = [_value(weeks, column, start - timedelta(days=7 * back)) for back in range(USUAL_WEEKS + 1)]
    known = [each for each in past[1:] if not np.isnan(each)]
    usual = sum(known) / len(known) if known else float("nan")
    return Comparison(this_week=past[0], last_week=past[1], usual=usual, n=len(known))


def of_activities(
    activities: pd.DataFrame, columns: Sequence[str], begun: date, today: date, first_weekday: int = 0
) -> pd.DataFrame:
    """Sums of `columns` for the last USUAL_WEEKS whole weeks and the one holding `today`, and `n`, how many activities.

    As in `table`: 0 in an empty week, NaN before the week of `begun`, the first activity of any sport.
    """
    last = _number(today, first_weekday)
    numbers = np.arange(last - USUAL_WEEKS, last + 1)
    week = _week_numbers(activities["day"], first_weekday)
    known = numbers >= _number(begun, first_weekday)
    values = {"n": np.ones(len(week)), **{each: activities[each].to_numpy(dtype=np.float64) for each in columns}}
    sums = {name: np.where(known, _totals(week, each, numbers), np.nan) for name, each in values.items()}
    return pd.DataFrame(sums, index=_stamps(numbers, first_weekday))


def _value(weeks: pd.DataFrame, column: str, start: date) -> float:
    stamp = pd.Timestamp(start)
    return float(weeks[column].to_numpy()[weeks.index.get_loc(stamp)]) if stamp in weeks.index else float("nan")


def _training(frames: Frames, numbers: npt.NDArray[np.int64], first_weekday: int) -> dict[str, Floats]:
    activities = running.sessions(frames.activities)
    week = _week_numbers(activities["day"], first_weekday)
    distance, time = activities["distance_m"].to_numpy(), activities["time_s"].to_numpy()
    is_run = np.where(activities["sport"] == "run", 1.0, 0.0)
    return {
        "activities": _sums(week, np.ones(len(week)), numbers),
        "distance_m": _sums(week, distance, numbers),
        "moving_s": _sums(week, time, numbers),
        "runs": _sums(week, is_run, numbers),
        "run_distance_m": _sums(week, distance * is_run, numbers),
        "run_moving_s": _sums(week, time * is_run, numbers),
    }


def _lifting(frames: Frames, numbers: npt.NDArray[np.int64], first_weekday: int) -> dict[str, Floats]:
    workouts = frames.workouts
    week = _week_numbers(workouts["day"], first_weekday)
    sets = frames.sets
    load, reps = sets["load_kg"].to_numpy(), sets["reps"].to_numpy()
    loaded = (load > 0) & (reps > 0) & (sets["type"] != "warmup").to_numpy()
    of_set = _week_numbers(sets["day"], first_weekday)
    volume = _sums(of_set, np.where(loaded, load * reps, 0.0), numbers)
    repeated = _sums(of_set, np.where(loaded, reps, 0.0), numbers)
    mean_load = np.full(len(numbers), np.nan)
    np.divide(volume, repeated, out=mean_load, where=repeated > 0)
    return {
        "sessions": _sums(week, np.ones(len(week)), numbers),
        "reps": _sums(week, workouts["reps"].to_numpy(), numbers),
        "volume_kg": _sums(week, workouts["volume_kg"].to_numpy(), numbers),
        "mean_load_kg": mean_load,
    }


def _body(measurements: pd.DataFrame, numbers: npt.NDArray[np.int64], first_weekday: int) -> dict[str, Floats]:
    index = _stamps(numbers, first_weekday)
    columns: dict[str, Floats] = {}
    for quantity in ("body_mass_kg", "fat_ratio"):
        weekly = mean_of_days(daily(measurements, quantity), first_weekday).reindex(index)
        columns[quantity] = weekly["mean"].to_numpy(dtype=np.float64)
        if quantity == "body_mass_kg":
            columns["days_weighed"] = weekly["days"].fillna(0).to_numpy(dtype=np.float64)
    return columns


def _sums(week: npt.NDArray[np.int64], values: Floats, numbers: npt.NDArray[np.int64]) -> Floats:
    """Sums of `values` by week, NaN before the first row's week; an absent value adds nothing."""
    begun = int(week.min()) if len(week) else int(numbers[-1]) + 1
    return np.where(numbers >= begun, _totals(week, values, numbers), np.nan)


def _totals(week: npt.NDArray[np.int64], values: Floats, numbers: npt.NDArray[np.int64]) -> Floats:
    first = int(numbers[0])
    inside = (week >= first) & (week <= numbers[-1])
    totals = np.bincount(week[inside] - first, weights=np.nan_to_num(values[inside]), minlength=len(numbers))
    return totals.astype(np.float64)


def _first(frame: pd.DataFrame, first_weekday: int) -> int | None:
    return None if frame.empty else int(_week_numbers(frame["day"], first_weekday).min())


def _week_numbers(days: pd.Series | pd.DatetimeIndex, first_weekday: int) -> npt.NDArray[np.int64]:
    """Whole weeks since the first `first_weekday` on or before 1970-01-01, which was a Thursday."""
    since: npt.NDArray[np.int64] = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    return (since + (3 - first_weekday) % 7) // 7


def _number(day: date, first_weekday: int) -> int:
    return int(_week_numbers(pd.DatetimeIndex([pd.Timestamp(day)]), first_weekday)[0])


def _stamps(numbers: npt.NDArray[np.int64], first_weekday: int) -> pd.DatetimeIndex:
    since = numbers * 7 - (3 - first_weekday) % 7
    return pd.DatetimeIndex(since.astype("datetime64[D]").astype("datetime64[us]"))
