"""Frames to features: for each local week, what was known on its Sunday, and what had come of it later.

Weeks start on Monday. Row w of a table belongs to week w, counted from the week of the first reading to the last whole week; every
number in it was known when that week ended. Changes are against `base`, the mean of the week's observed days (of the last
observed week where the week has none). Nothing is interpolated.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast import holidays
from forecast.drift import drift
from forecast.model import Array
from health import weeks as weekly
from health.daily import daily, filled
from health.days import week_start
from health.frames import Frames

HORIZONS = 26
WINDOW = 52
# Thirty years: a backtest costs the square of its weeks. Longer than nearly any ledger, since where weeks fall off the front the
# backtest of today no longer starts where the forecast of a past day did.
MOST_WEEKS = 30 * 52
LEAST_WEEKS = 26  # observed weeks below which only the baseline is offered

# A first guess of one reading's error in the unit of the target; which targets there are.
NOISE = {"body_mass_kg": 0.3, "fat_ratio": 0.004}

# Columns of a row of X.
YEAR = 0  # base minus its mean of the last 52 weeks, no more than FAR
WEEKS = slice(1, 1 + WINDOW)  # the last 52 weeks' means minus base, oldest first, NaN where unobserved
DRIFT = slice(WEEKS.stop, WEEKS.stop + HORIZONS)  # what the daily filters expect, minus base
SPREAD = slice(DRIFT.stop, DRIFT.stop + HORIZONS)  # and how unsure they are
DID = slice(SPREAD.stop, SPREAD.stop + 4)  # the week's own training: PLAN_FIELDS
PLAN = slice(DID.stop, DID.stop + 4)  # the training that is planned: the mean of the last four weeks
HOLIDAY = slice(PLAN.stop, PLAN.stop + HORIZONS)  # what the turn of the year is expected to add until then
FEATURES = HOLIDAY.stop
# In the target's noise (3 kg): who is farther from the year's mean has changed for good, and comes back no faster for it.
FAR = 10.0

PLAN_FIELDS = ("distance_m", "moving_s", "sessions", "mean_load_kg")
PLAN_WEEKS = 4

# A filled-in stretch: this many readings on consecutive days, each the same step (not none) from the one before.
LINE_READINGS = 6
_LINE_TOLERANCE = 0.03  # of the target's noise: what rounding in the app leaves


@dataclass(frozen=True, kw_only=True)
class Weeks:
    """One target of one person. W weeks, the first starting on Monday `start`.

    `base` (W,): the mean known at the week's end, carried on from the last observed week where there is none. `known` (W,): the
    mean known at the week's end, NaN where there was no reading. `true` (W,): the mean as it is known now, with stretches that an
    app filled in left out. X: (W, FEATURES). `training` (W, 4): PLAN_FIELDS by week, NaN before the first session of any kind.
    """

    target: str
    start: date
    base: Array
    known: Array
    true: Array
    X: Array
    training: Array
    filled_days: int

    def __len__(self) -> int:
        return len(self.base)

    def sunday(self, week: int) -> date:
        """The last day of that week; weeks ahead too."""
        return self.start + timedelta(days=7 * week + 6)

    def observed(self) -> npt.NDArray[np.int64]:
        """How many weeks with a reading there had been at each week's end."""
        return np.cumsum(~np.isnan(self.known))


def changes(means: Array, base: Array) -> Array:
    """(W, HORIZONS): the mean of the week so many weeks on minus `base`; NaN where that week holds nothing (yet)."""
    weeks = len(means)
    result = np.full((weeks, HORIZONS), np.nan)
    for ahead in range(1, min(HORIZONS, weeks - 1) + 1):
        result[: weeks - ahead, ahead - 1] = means[ahead:] - base[: weeks - ahead]
    return result


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All that a table is made from: readings by day from Monday `start` on (as they could be told at the time, and now), and
    training by week. `digest` names it: equal inputs give equal forecasts."""

    target: str
    start: date
    seen: Array
    real: Array
    filled_days: int
    training: Array

    @property
    def digest(self) -> str:
        made = hashlib.sha256(f"{self.target} {self.start}".encode())
        for each in (self.seen, self.real, self.training):
            made.update(np.ascontiguousarray(each).tobytes())
        return made.hexdigest()


def inputs(frames: Frames, target: str, as_of: date, *, use_api: bool) -> Inputs | None:
    """What was known of `target` (a key of NOISE) when the last whole week up to the local day `as_of` ended; None without one.

    What came by an API whose terms forbid it (`Frames.trainable`) is left out unless `use_api`.
    """
    end = week_start(as_of + timedelta(days=1))  # the Monday after the last whole week
    readings = _readings(frames.measurements, target, end)
    if readings.empty:
        return None
    start = week_start(readings.index[0].date())
    count = (end - start).days // 7
    lines = filled(readings)
    return Inputs(
        target=target,
        start=start,
        seen=without_lines(_placed(readings, start, end), NOISE[target]),
        real=_placed(readings[~lines], start, end),
        filled_days=int(lines.sum()),
        training=weekly_training(frames, start, count, use_api=use_api),
    )


def weeks(given: Inputs) -> Weeks:
    """The table of those inputs."""
    known = week_means(given.seen)
    base = _carried(known)
    return Weeks(
        target=given.target,
        start=given.start,
        base=base,
        known=known,
        true=week_means(given.real),
        X=_rows(given, known, base),
        training=given.training,
        filled_days=given.filled_days,
    )


def _placed(readings: pd.Series, start: date, end: date) -> Array:
    days = np.full((end - start).days, np.nan)
    days[(pd.DatetimeIndex(readings.index) - pd.Timestamp(start)).days] = readings.to_numpy()
    return days


def _readings(measurements: pd.DataFrame, target: str, end: date) -> pd.Series:
    day = measurements["day"]
    first = pd.Timestamp(end) - pd.Timedelta(weeks=MOST_WEEKS)
    return daily(measurements[(day >= first) & (day < pd.Timestamp(end))], target)


def without_lines(days: Array, noise: float) -> Array:
    """`days` without stretches an app filled in, as far as they could be told at the time: from a line's sixth reading on.

    Until then nobody could know, so the first five stay: a row's features must not know its future.
    """
    seen = days.copy()
    run, step = 1, np.nan
    for day in range(1, len(days)):
        new = days[day] - days[day - 1]
        straight = abs(new - step) <= _LINE_TOLERANCE * noise and abs(new) > _LINE_TOLERANCE * noise
        run, step = (run + 1, step) if straight else (2, new)
        if np.isnan(new):
            run, step = 1, np.nan
        if run >= LINE_READINGS:
            seen[day] = np.nan
    return seen


def week_means(days: Array) -> Array:
    """The mean of each week's observed days; NaN for a week without any."""
    table = days.reshape(-1, 7)
    counts = (~np.isnan(table)).sum(axis=1)
    return np.where(counts > 0, np.nansum(table, axis=1) / np.maximum(counts, 1), np.nan)


def _carried(means: Array) -> Array:
    at = np.maximum.accumulate(np.where(np.isnan(means), 0, np.arange(len(means))))
    return np.asarray(means[at])


def _rows(given: Inputs, known: Array, base: Array) -> Array:
    rows, noise = np.zeros((len(base), FEATURES)), NOISE[given.target]
    away = base - pd.Series(base).rolling(WINDOW, min_periods=1).mean().to_numpy()
    rows[:, YEAR] = np.clip(away, -FAR * noise, FAR * noise)
    padded = np.concatenate([np.full(WINDOW - 1, np.nan), known])
    rows[:, WEEKS] = np.lib.stride_tricks.sliding_window_view(padded, WINDOW) - base[:, None]
    expected = drift(given.seen, HORIZONS, noise)
    rows[:, DRIFT], rows[:, SPREAD] = expected.mean - base[:, None], expected.deviation
    rows[:, DID] = given.training
    rows[:, PLAN] = usual_training(given.training)
    rows[:, HOLIDAY] = base[:, None] * holidays.changes_ahead(given.start, len(base), HORIZONS)
    return rows


def usual_training(training: Array) -> Array:
    """(W, 4): the mean of the last four weeks, as a plan is prefilled; the load of the weeks that had any lifting."""
    table = pd.DataFrame(training)
    usual = table.rolling(PLAN_WEEKS, min_periods=1).mean()
    load = table[3].where(table[2] > 0).rolling(PLAN_WEEKS, min_periods=1).mean().fillna(0.0)
    usual[3] = load.where(usual[2].notna())
    return usual.to_numpy()


def weekly_training(frames: Frames, start: date, count: int, *, use_api: bool) -> Array:
    """(count, 4) PLAN_FIELDS of each week from Monday `start`: distance and time of runs, sessions of lifting or crossfit, mean
    load of a repetition. Zeros for a week without; NaN before the first activity or session of any kind."""
    # What the person exported themself as well is theirs to learn from, as the export tells it.
    activities = frames.activities if use_api else frames.trainable
    only = replace(frames, activities=activities)
    table = weekly.table(only, start + timedelta(days=7 * count - 1))
    begun = table[["activities", "sessions"]].notna().any(axis=1)
    training = table[["run_distance_m", "run_moving_s", "sessions", "mean_load_kg"]].fillna(0.0)[begun]
    return training.reindex(pd.date_range(start, periods=count, freq="7D")).to_numpy(dtype=float)
