"""One value a local day: how it comes from readings, and which of them no device ever read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_EXACT = 2e-6  # of the value: what arithmetic and six places leave of a straight line
_EXACT_LEAST = 6
_ROUNDED_LEAST = 10
_FINE_SHARE = 0.002  # of the value: a scale that rounds more coarsely repeats itself without anybody's help


def daily(measurements: pd.DataFrame, quantity: str) -> pd.Series:
    """The mean of each local day's readings of `quantity`, oldest first; empty where nobody measured it."""
    if quantity not in measurements:
        return pd.Series([], index=pd.DatetimeIndex([], dtype="datetime64[us]"), dtype=np.float64, name=quantity)
    values = measurements[quantity].to_numpy(dtype=np.float64)
    known = ~np.isnan(values)
    stamps, place = np.unique(measurements["day"].to_numpy()[known], return_inverse=True)
    total = np.bincount(place, weights=values[known], minlength=len(stamps))
    count = np.bincount(place, minlength=len(stamps))
    return pd.Series(total / count, index=pd.DatetimeIndex(stamps), name=quantity)


def filled(values: pd.Series) -> pd.Series:
    """True for days that an app probably filled in by a straight line, a flag for each day of `values`, ends of the line included.

    A line is 6 or more successive calendar days in exact steps (not of 0), or 10 or more that lie on one within the rounding of
    the values, where that is fine (0.2 % of the value or less: steps of 0.1 kg are, whole pounds are not) and so no accident.
    """
    known = values.dropna()
    flags = np.zeros(len(known), dtype=np.bool_)
    numbers = known.to_numpy(dtype=np.float64)
    size = float(np.median(np.abs(numbers))) if len(numbers) else 0.0
    exact, rounding = _EXACT * size, _rounding(numbers)
    days = known.index.to_numpy().astype("datetime64[D]").astype(np.int64)
    for start, end in _lines(days, numbers, exact, _EXACT_LEAST):
        flags[start:end] |= abs(numbers[end - 1] - numbers[start]) > exact
    if rounding <= _FINE_SHARE * size:
        for start, end in _lines(days, numbers, rounding + exact, _ROUNDED_LEAST):
            flags[start:end] = True
    return pd.Series(flags, index=known.index).reindex(values.index, fill_value=False).rename("filled")


def _rounding(numbers: Floats) -> float:
    """The smallest step between two different values: what the device, or the person, rounded to."""
    steps = np.diff(np.unique(numbers.round(6)))
    return float(steps.min()) if len(steps) else np.inf


def _lines(days: Whole, numbers: Floats, slack: float, least: int) -> Iterator[tuple[int, int]]:
    """[start, end) of each straight stretch of at least `least` successive days; each may begin with the last one's end."""
    # Three values within the slack of one line bend by four slacks at most: this rules out nearly every start at once.
    straight = (np.abs(np.diff(numbers, 2)) <= 4 * slack) & (days[2:] - days[:-2] == 2)
    if len(straight) < least - 2:
        return
    hopeful = np.flatnonzero(sliding_window_view(straight, least - 2).all(axis=1)).tolist()
    dates, values, free = days.tolist(), numbers.tolist(), 0
    for start in hopeful:
        if start < free:
            continue
        end = _reach(dates, values, start, slack)
        if end - start >= least:
            yield start, end
            free = end - 1


def _reach(days: list[int], values: list[float], start: int, slack: float) -> int:
    """The end of the longest stretch of successive days from `start` on a line through its first value, within `slack`."""
    low, high = -np.inf, np.inf
    for at in range(start + 1, len(values)):
        rise, run = values[at] - values[start], at - start
        low, high = max(low, (rise - slack) / run), min(high, (rise + slack) / run)
        if low > high or days[at] - days[start] != run:
            return at
    return len(values)
