"""Where the weight really is and which way it drifts: a bank of small Kalman filters over the daily readings.

Each member is a damped trend in its state-space form (Gardner & McKenzie 1985; Durbin & Koopman 2012, ch. 3) with a day's water
as an AR(1) noise beside it: level += slope, slope *= phi, water *= rho, reading = level + water + error. A day without a reading
is a step without an update, so nothing is ever filled in. Members differ in how restless level, slope and water are, and are
weighed by how well each has foreseen this person's next readings so far. Nothing looks ahead: the state of a day holds that day
and earlier ones only.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.model import Array

# Relative to the variance of a reading's own error. Chosen once, on few people: wide steps, no fine tuning.
_WATER = ((0.0, 0.0), (0.6, 2.0), (0.8, 4.0))
_LEVEL = (0.003, 0.03, 0.2)
_SLOPE = ((1e-7, 0.95), (1e-4, 0.95), (1e-4, 0.98), (1e-3, 0.95), (1e-3, 0.98))
# Likelihoods are tempered: a person's past is short, and the best member so far is not surely the best to come.
_TEMPER = 0.3
_PRIOR_READINGS = 5.0
# A reading this many standard deviations off (another person on the scale) moves the state no further than this.
_MOST_SURPRISE = 4.0


@dataclass(frozen=True, kw_only=True)
class Drift:
    """By week (rows) and horizon (columns): the expected mean of that week's days, and its standard deviation."""

    mean: Array
    deviation: Array


class _Bank:
    """The members' states side by side: vectors of length G."""

    def __init__(self, first: float, noise: float) -> None:
        grid = [(level, *slope, *water) for water, level, slope in product(_WATER, _LEVEL, _SLOPE)]
        self.q_level, self.q_slope, self.phi, self.rho, water = (np.array(each) for each in zip(*grid, strict=True))
        self.q_water = water * (1 - self.rho**2)
        n = len(grid)
        self.level, self.slope, self.water = np.full(n, first), np.zeros(n), np.zeros(n)
        self.p_ll, self.p_ls, self.p_lw = np.ones(n), np.zeros(n), np.zeros(n)
        self.p_ss, self.p_sw, self.p_ww = self.q_slope / (1 - self.phi**2), np.zeros(n), water.copy()
        self.squares, self.count, self.log_sizes = np.full(n, _PRIOR_READINGS * noise**2), _PRIOR_READINGS, np.zeros(n)

    def step(self) -> None:
        """One day passes."""
        self.level = self.level + self.slope
        self.slope, self.water = self.phi * self.slope, self.rho * self.water
        self.p_ll = self.p_ll + 2 * self.p_ls + self.p_ss + self.q_level
        self.p_ls, self.p_lw = self.phi * (self.p_ls + self.p_ss), self.rho * (self.p_lw + self.p_sw)
        self.p_ss, self.p_sw = self.phi**2 * self.p_ss + self.q_slope, self.phi * self.rho * self.p_sw
        self.p_ww = self.rho**2 * self.p_ww + self.q_water

    def read(self, value: float) -> None:
        """A reading arrives."""
        c_l, c_s, c_w = self.p_ll + self.p_lw, self.p_ls + self.p_sw, self.p_lw + self.p_ww
        size = c_l + c_w + 1
        most = _MOST_SURPRISE * np.sqrt(size * self.squares / self.count)
        surprise = np.clip(value - self.level - self.water, -most, most)
        self.squares = self.squares + surprise**2 / size
        self.log_sizes, self.count = self.log_sizes + np.log(size), self.count + 1
        step = surprise / size
        self.level, self.slope, self.water = self.level + c_l * step, self.slope + c_s * step, self.water + c_w * step
        self.p_ll, self.p_ls, self.p_lw = self.p_ll - c_l * c_l / size, self.p_ls - c_l * c_s / size, self.p_lw - c_l * c_w / size
        self.p_ss, self.p_sw, self.p_ww = self.p_ss - c_s * c_s / size, self.p_sw - c_s * c_w / size, self.p_ww - c_w * c_w / size

    def weights(self) -> Array:
        """How much each member counts; sums to 1."""
        likelihood = -0.5 * (self.count * np.log(self.squares / self.count) + self.log_sizes)
        shares = np.exp(_TEMPER * (likelihood - likelihood.max()))
        return np.asarray(shares / shares.sum())


@dataclass(frozen=True, kw_only=True)
class _Ahead:
    """What the weeks ahead are made of: (H, G) factors of slope and water, and sums for the variance."""

    slope: Array
    water: Array
    growth: Array

    @staticmethod
    def of(bank: _Bank, horizons: int) -> _Ahead:
        days = 7 * horizons
        powers = bank.phi ** np.arange(days)[:, None]
        reach = np.cumsum(powers, axis=0)  # (days, G): how far a slope of 1 carries the level in so many days
        waters = bank.rho ** np.arange(1, days + 1)[:, None]
        # Variance of the level's own steps and of new slopes, after so many days.
        steps = np.arange(1, days + 1)[:, None] * bank.q_level
        slopes = np.vstack([np.zeros_like(bank.phi), np.cumsum(reach**2, axis=0)[:-1]]) * bank.q_slope
        return _Ahead(slope=_by_week(reach), water=_by_week(waters), growth=_by_week(steps + slopes))


def _by_week(days: npt.NDArray[Any]) -> Array:
    return np.asarray(days.reshape(-1, 7, days.shape[1]).mean(axis=1))


def drift(days: Array, horizons: int, noise: float) -> Drift:
    """What the bank expects at the end of each week of `days` (7 W values from a Monday on, NaN where there is no reading).

    `noise` is a first guess of a reading's error, in the unit of `days`. Rows before the first reading are NaN.
    """
    weeks = len(days) // 7
    mean, deviation = np.full((weeks, horizons), np.nan), np.full((weeks, horizons), np.nan)
    known = np.flatnonzero(~np.isnan(days))
    if not len(known):
        return Drift(mean=mean, deviation=deviation)
    bank = _Bank(days[known[0]], noise)
    ahead = _Ahead.of(bank, horizons)
    for day in range(known[0], 7 * weeks):
        if day > known[0]:
            bank.step()
            if not np.isnan(days[day]):
                bank.read(days[day])
        if day % 7 == 6:
            mean[day // 7], deviation[day // 7] = _expected(bank, ahead)
    return Drift(mean=mean, deviation=deviation)


def _expected(bank: _Bank, ahead: _Ahead) -> tuple[Array, Array]:
    weights = bank.weights()
    means = bank.level + bank.slope * ahead.slope + bank.water * ahead.water
    mean = means @ weights
    own = bank.p_ll + 2 * bank.p_ls * ahead.slope + bank.p_ss * ahead.slope**2 + ahead.growth + bank.q_water + 1 / 7
    variance = (own * bank.squares / bank.count) @ weights + (means - mean[:, None]) ** 2 @ weights
    return mean, np.sqrt(variance)
