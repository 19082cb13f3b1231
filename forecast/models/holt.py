"""Damped Holt on the weekly means, with fixed smoothing: level and trend, the trend fading.

Gardner & McKenzie, "Forecasting trends in time series", Management Science 31 (1985). Our own few lines because a row of X holds
its own 52 weeks: all rows are smoothed side by side, a week without a reading is a step without an update, and there is nothing
to fit, so nothing to overfit.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast.features import HORIZONS, WEEKS
from forecast.model import Array, model
from forecast.models._weekly import WeeklySpread, learns_nothing


@model("holt", "Damped trend of weeks", of="weekly")
class Holt(WeeklySpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """`alpha` follows the level, `beta` the trend as a share of alpha, `phi` is what is left of the trend a week later."""

    def __init__(self, alpha: float = 0.75, beta: float = 0.12, phi: float = 0.8) -> None:
        self.alpha, self.beta, self.phi = alpha, beta, phi

    def __sklearn_tags__(self) -> object:
        return learns_nothing(super().__sklearn_tags__())

    def fit(self, X: Array, y: Array) -> Self:  # noqa: ARG002, N803
        """Nothing to learn."""
        return self

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, HORIZONS), from each row's own 52 weeks."""
        past = X[:, WEEKS]
        level, trend = np.full(len(X), np.nan), np.zeros(len(X))
        for week in past.T:
            foreseen = level + self.phi * trend
            error = week - foreseen
            read, first = ~np.isnan(error), np.isnan(level)
            level = np.where(read, foreseen + self.alpha * error, np.where(first, week, foreseen))
            trend = self.phi * trend + np.where(read, self.alpha * self.beta * error, 0.0)
        reach = np.cumsum(self.phi ** np.arange(1, HORIZONS + 1))
        return np.asarray(level[:, None] + trend[:, None] * reach)
