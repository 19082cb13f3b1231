"""The arithmetic of weight and body composition, on the `measurements` frame of `health.frames`. Masses in kg.

A `daily` series has one value a local day on which there was a reading, by naive midnight. Nothing here fills a day in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from health import weeks
from health.daily import daily as daily  # the first step of everything here

Floats = npt.NDArray[np.float64]
Span = Literal["week", "month", "year"]
Kind = Literal["muscle gain", "fat loss", "weight gain", "muscle loss"]

TREND_DAYS = 7
GAP_DAYS = 9  # longer than this without a reading, and a line drawn across would invent data
# How many days back a change looks, and by how many the day it finds may be off.
SPANS: dict[Span, tuple[int, int]] = {"week": (7, 2), "month": (30, 5), "year": (365, 15)}
KINDS: tuple[Kind, ...] = ("muscle gain", "fat loss", "weight gain", "muscle loss")

_OUTLIER_WINDOW_DAYS = 31
_OUTLIER_LEAST = 5
_OUTLIER_DEVIATIONS = 5.0
_OUTLIER_SHARE = 0.03
_MAD_TO_SD = 1.4826


def with_derived(measurements: pd.DataFrame) -> pd.DataFrame:
    """`measurements` with `fat_mass_kg`, `lean_mass_kg` and `fat_ratio` worked out where the device did not say them.

    fat mass = weight x fat ratio, or weight - lean mass; lean mass = weight - fat mass; fat ratio = fat mass / weight.
    """
    nothing = np.full(len(measurements), np.nan)
    mass, ratio, fat, lean = (
        measurements[key].to_numpy(dtype=np.float64) if key in measurements else nothing
        for key in ("body_mass_kg", "fat_ratio", "fat_mass_kg", "lean_mass_kg")
    )
    fat = _first_known(fat, mass * ratio, mass - lean)
    lean = _first_known(lean, mass - fat)
    # A mass of 0 has no share of anything.
    ratio = _first_known(ratio, np.divide(fat, mass, out=nothing.copy(), where=mass > 0))
    return measurements.assign(fat_ratio=ratio, fat_mass_kg=fat, lean_mass_kg=lean)


def rolling_mean(values: pd.Series, days: int = TREND_DAYS, at_least: int = 1) -> pd.Series:
    """The mean over the window of `days` calendar days that ends on each day, from the first day to the last.

    Every calendar day has a row: NaN where its window holds fewer than `at_least` observed days. One is enough by default, so
    somebody who weighs once a week has a trend.
    """
    known = values.dropna()
    if known.empty:
        return known
    every = pd.date_range(known.index[0], known.index[-1], freq="D", unit="us")
    place = ((known.index - known.index[0]) // pd.Timedelta(days=1)).to_numpy()
    total, count = np.zeros(len(every) + days), np.zeros(len(every) + days)
    # Sums relative to the first value: differences of long running sums would lose digits of the values themselves.
    base = float(known.iloc[0])
    total[place + days] = known.to_numpy() - base
    count[place + days] = 1
    total, count = np.cumsum(total), np.cumsum(count)
    held = count[days:] - count[:-days]
    mean = np.full(len(every), np.nan)
    np.divide(total[days:] - total[:-days], held, out=mean, where=held >= max(at_least, 1))
    return pd.Series(mean + base, index=every, name=values.name)


def outliers(values: pd.Series) -> pd.Series:
    """True for days whose value is probably not of this body, a flag for each day of `values`. They are marked, never dropped.

    A day is one when it lies more than 5 standard deviations (of all distances, told from their median: robust) and more than
    3 % from the median of the 31 days around it. With fewer than 5 readings in those days nothing is said.
    """
    known = values.dropna()
    if len(known) < _OUTLIER_LEAST:
        return pd.Series(False, index=values.index, name="outlier")
    window = known.rolling(f"{_OUTLIER_WINDOW_DAYS}D", center=True, min_periods=_OUTLIER_LEAST)
    middle = window.median()
    distance = (known - middle).abs()
    spread = _MAD_TO_SD * float(distance.median())
    far = (distance > _OUTLIER_DEVIATIONS * spread) & (distance > _OUTLIER_SHARE * middle.abs())
    return far.reindex(values.index, fill_value=False).rename("outlier")


def trend(values: pd.Series) -> pd.Series:
    """The 7-day mean of `daily` values without the outliers, a row a calendar day (see `rolling_mean`)."""
    return rolling_mean(values[~outliers(values).to_numpy()])


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A stretch without a reading: the days on which the readings before and after it were taken."""

    last: date
    next: date

    @property
    def days(self) -> int:
        return (self.next - self.last).days


def gaps(values: pd.Series, longer_than: int = GAP_DAYS) -> list[Gap]:
    """Where more than `longer_than` days lie between one observed day and the next, oldest first."""
    index = pd.DatetimeIndex(values.dropna().index)
    wide = np.flatnonzero(np.diff(index.to_numpy()) > np.timedelta64(longer_than, "D")).tolist()
    return [Gap(last=index[at].date(), next=index[at + 1].date()) for at in wide]


def line(values: pd.Series) -> pd.Series:
    """What a chart joins: the trend on the observed days, with one NaN in each gap of more than 9 days, where the line breaks."""
    known = values.dropna()
    kept = known[~outliers(known).to_numpy()]
    drawn = rolling_mean(kept).reindex(kept.index)
    breaks = pd.DatetimeIndex([pd.Timestamp(each.last) + pd.Timedelta(days=1) for each in gaps(kept)], dtype="datetime64[us]")
    joined: pd.Series = pd.concat([drawn, pd.Series(np.nan, index=breaks, name=values.name)])
    return joined.sort_index()


@dataclass(frozen=True, kw_only=True)
class Change:
    """The trend then and now. `since` is the day compared with."""

    since: date
    before: float
    now: float

    @property
    def difference(self) -> float:
        return self.now - self.before


def changes(values: pd.Series, today: date) -> dict[Span, Change | None]:
    """How the trend of `daily` values moved since a week, a month (30 days) and a year (365 days) before the last reading.

    None where that cannot be said: the last reading is more than 9 days before `today`, or no reading was taken within
    2, 5 and 15 days of the day looked back to. The trend of that very day counts, or where it has none, that of the nearest
    day with a reading (the earlier of two). Readings later than `today` are left out.
    """
    known = values.dropna()
    known = known[known.index <= pd.Timestamp(today)]
    known = known[~outliers(known).to_numpy()]
    if known.empty or (pd.Timestamp(today) - known.index[-1]).days > GAP_DAYS:
        return dict.fromkeys(SPANS)
    drawn = rolling_mean(known)
    return {span: _change(pd.DatetimeIndex(known.index), drawn, *SPANS[span]) for span in SPANS}


def bmi(mass_kg: pd.Series, height_m: float) -> pd.Series:
    """Body mass index, kg/m2. Raises ValueError for a height that is not above 0."""
    if not height_m > 0:
        raise ValueError("the height must be above 0 m")
    return (mass_kg / height_m**2).rename("bmi")


def height_m(measurements: pd.DataFrame) -> float | None:
    """The height measured last, in metres; None where nobody measured it."""
    heights = measurements["height_m"].dropna() if "height_m" in measurements else pd.Series(dtype=np.float64)
    return None if heights.empty else float(heights.iloc[-1])


def kinds_of_weeks(measurements: pd.DataFrame, first_weekday: int = 0) -> pd.DataFrame:
    """Weeks by what changed since the week before: `weight_change` and `fat_change` (kg of fat mass), and the `kind` they make.

    muscle gain: heavier with less fat; fat loss: lighter with less fat; weight gain: heavier with more fat; muscle loss: lighter
    with more fat. One row for each week in which, and in the week before which, both were measured (means of the observed days,
    outliers left out); a change of exactly 0 counts as down.
    """
    known = with_derived(measurements)
    moved = []
    for quantity in ("body_mass_kg", "fat_mass_kg"):
        values = daily(known, quantity)
        moved.append(weeks.deltas(values[~outliers(values).to_numpy()], first_weekday))
    table = pd.concat(moved, axis=1, keys=["weight_change", "fat_change"], sort=True).dropna()
    heavier, fatter = (table["weight_change"] > 0).to_numpy(), (table["fat_change"] > 0).to_numpy()
    names = np.array([["fat loss", "muscle loss"], ["muscle gain", "weight gain"]], dtype=object)
    return table.assign(kind=pd.Series(names[heavier.astype(int), fatter.astype(int)], index=table.index, dtype="str"))


def _first_known(*choices: Floats) -> Floats:
    best = choices[0]
    for each in choices[1:]:
        best = np.where(np.isnan(best), each, best)
    return best


def _change(read: pd.DatetimeIndex, drawn: pd.Series, days: int, tolerance: int) -> Change | None:
    wanted = read[-1] - pd.Timedelta(days=days)
    off = np.abs((read - wanted).days.to_numpy())
    nearest = int(np.argmin(off))
    if off[nearest] > tolerance:
        return None
    since = wanted if wanted in drawn.index and not np.isnan(drawn[wanted]) else read[nearest]
    return Change(since=since.date(), before=float(drawn[since]), now=float(drawn.iloc[-1]))
