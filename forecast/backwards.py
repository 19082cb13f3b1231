"""A target and a day, asked backwards: what change a week it takes, and how often this person's own past held as much.

Compared are spans as long as the time that is left, between two weeks with a reading each. Spans overlap: sixty of them can be one
good spring. So beside their share stands on how many separate occasions it happened.

A week holds the days that are this person's: none that an app filled in, none that lie far from those around them (another
person on the scale). One such day would else make a stretch of eight kilograms out of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.features import week_means
from forecast.model import Array
from health.body import outliers
from health.daily import daily, filled


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of the past: the Monday of the week it began in, the Sunday of the week it ended in, and the change between their
    means."""

    first: date
    last: date
    change: float


@dataclass(frozen=True, kw_only=True)
class Backwards:
    """`change` in all and `per_week` over so many `weeks`. Of `spans` past stretches of that length `held` changed as much or more
    the same way; `occasions` are those that do not overlap, newest first; `most` is the largest such change (NaN without spans)."""

    weeks: int
    change: float
    per_week: float
    spans: int
    held: int
    most: float
    occasions: list[Span]

    @property
    def share(self) -> float:
        """0 to 1; NaN without spans."""
        return self.held / self.spans if self.spans else np.nan


def own_weeks(measurements: pd.DataFrame, target: str, start: date, weeks: int) -> tuple[Array, int]:
    """(weeks,): the mean of each week from Monday `start` on, NaN for one without a reading; and how many of its days were left out
    because they lie far from those around them."""
    values = daily(measurements, target)
    values = values[~filled(values).to_numpy()]
    first = pd.Timestamp(start)
    inside = np.asarray((values.index >= first) & (values.index < first + pd.Timedelta(weeks=weeks)))
    odd = outliers(values).to_numpy()
    kept = values[inside & ~odd]
    days = np.full(7 * weeks, np.nan)
    days[(pd.DatetimeIndex(kept.index) - first).days] = kept.to_numpy()
    return week_means(days), int((inside & odd).sum())


def backwards(means: Array, start: date, now: float, target: float, weeks: int) -> Backwards:
    """What reaching `target` from `now` in so many weeks (1 or more) asks for. `means` (W,) are the weeks' means from Monday
    `start` on, NaN for a week without a reading."""
    change = target - now
    changes = means[weeks:] - means[:-weeks] if weeks < len(means) else np.empty(0)
    known = np.isfinite(changes)
    sign = -1.0 if change < 0 else 1.0
    held = known & (sign * np.nan_to_num(changes) >= sign * change)
    towards = sign * changes[known]
    return Backwards(
        weeks=weeks,
        change=change,
        per_week=change / weeks,
        spans=int(known.sum()),
        held=int(held.sum()),
        most=float(sign * towards.max()) if len(towards) else np.nan,
        occasions=[_span(start, int(week), weeks, float(changes[week])) for week in reversed(_apart(np.flatnonzero(held), weeks))],
    )


def _apart(begun: npt.NDArray[np.int64], weeks: int) -> list[int]:
    """As many of the spans as do not overlap, the earliest first; one may begin in the week in which another ended."""
    found: list[int] = []
    for week in begun:
        if not found or week >= found[-1] + weeks:
            found.append(int(week))
    return found


def _span(start: date, week: int, weeks: int, change: float) -> Span:
    first = start + timedelta(days=7 * week)
    return Span(first=first, last=first + timedelta(days=7 * weeks + 6), change=change)
