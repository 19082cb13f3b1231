"""Ridge regression of the change on two things: what the daily filters expect, and how far the weight is from its year's mean.
What the turn of the year is expected to add (forecast/holidays.py) is taken out before and added after.

Whether a trend goes on and whether a weight comes back to where it was differs from person to person, and a person's past is
short. So the coefficients start from what is common (most of the expected change comes true, less of it the further ahead;
each week ahead takes a little of the way back) and one's own matured weeks move them as far as they are evidence. Of a trend
seen in one week of three only a third counts: what lay between is not known. One regression for each horizon, in closed
form: the backtest fits 26 at each of some 500 origins, and each has its own rows.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast.features import DRIFT, HOLIDAY, HORIZONS, WEEKS, YEAR
from forecast.model import Array, model
from forecast.models._weekly import WeeklySpread

SEEN_WEEKS = 13  # a trend counts by how many of the last weeks held a reading


@model("ridge", "Ridge on lags", of="weekly")
class Ridge(WeeklySpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """`comes_true` of the expected change a week ahead, times `fades` for each week more; `returns` is the share of the way back to
    the year's mean for each week ahead. `penalty_trend` and `penalty_year` are in rows of evidence for these. No intercept."""

    def __init__(
        self,
        comes_true: float = 0.9,
        fades: float = 0.96,
        returns: float = 0.02,
        penalty_trend: float = 150.0,
        penalty_year: float = 80.0,
    ) -> None:
        self.comes_true, self.fades, self.returns = comes_true, fades, returns
        self.penalty_trend, self.penalty_year = penalty_trend, penalty_year

    def fit(self, X: Array, y: Array) -> Self:  # noqa: N803
        """Learn from the rows whose y has matured; a horizon without any keeps what is common."""
        common, columns = self._common(), _columns(X)  # (H, 2), (H, n, 2)
        known = ~np.isnan(y).T
        weighed = np.where(known[:, :, None], columns, 0.0)
        rest = np.where(known, (y - X[:, HOLIDAY]).T, 0.0) - (weighed @ common[:, :, None])[:, :, 0]
        size = (columns**2).mean(axis=1) if len(X) else np.zeros(common.shape)
        # A column that was always 0 has no size and is no evidence: any penalty will do.
        penalty = np.where(size > 0, size, 1.0) * [self.penalty_trend, self.penalty_year]
        squares = weighed.transpose(0, 2, 1) @ weighed + penalty[:, :, None] * np.eye(common.shape[1])
        moments = weighed.transpose(0, 2, 1) @ rest[:, :, None]
        self.coef_ = common + np.linalg.solve(squares, moments)[:, :, 0]
        return self

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, HORIZONS)."""
        return np.asarray(np.einsum("hnp,hp->nh", _columns(X), self.coef_) + X[:, HOLIDAY])

    def _common(self) -> Array:
        ahead = np.arange(1, HORIZONS + 1)
        return np.column_stack([self.comes_true * self.fades ** (ahead - 1), -self.returns * ahead])


def _columns(X: Array) -> Array:  # noqa: N803
    seen = (~np.isnan(X[:, WEEKS][:, -SEEN_WEEKS:])).mean(axis=1)
    expected = np.nan_to_num(X[:, DRIFT]).T
    trend = expected[0] + seen * (expected - expected[0])  # the first week ahead is where the weight is now, not where it goes
    return np.stack([trend, np.broadcast_to(X[:, YEAR], trend.shape)], axis=2)
