"""Ridge regression of the change on lags and on what the daily filters expect, one for each horizon.

Closed form: the backtest fits 26 horizons at each of some 500 origins, and each horizon has its own rows that have matured.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast.features import DRIFT, HORIZONS, LAGS
from forecast.model import Array, model
from forecast.models._weekly import WeeklySpread

LEAST_ROWS = 8


@model("ridge", "Ridge on lags", of="weekly")
class Ridge(WeeklySpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """`penalty` is in rows of evidence for "no change": columns are scaled to a root mean square of 1, there is no intercept."""

    def __init__(self, penalty: float = 300.0) -> None:
        self.penalty = penalty

    def fit(self, X: Array, y: Array) -> Self:  # noqa: N803
        """Learn from the rows whose y has matured; a horizon with under LEAST_ROWS of them says "no change"."""
        known = ~np.isnan(y)
        lags = X[:, LAGS]
        scale = np.sqrt((lags**2).mean(axis=0)) if len(X) else np.zeros(lags.shape[1])
        self.scale_ = np.where(scale > 0, scale, 1.0)
        drifts = X[:, DRIFT]
        known &= ~np.isnan(drifts)
        width = np.sqrt(np.nanmean(drifts**2, axis=0)) if known.any() else np.ones(HORIZONS)
        self.width_ = np.where(width > 0, width, 1.0)
        columns = self._columns(X)  # (H, n, p)
        weighed = np.where(known.T[:, :, None], columns, 0.0)
        squares = weighed.transpose(0, 2, 1) @ weighed + self.penalty * np.eye(columns.shape[2])
        moments = (weighed.transpose(0, 2, 1) @ np.where(known, y, 0.0).T[:, :, None])[:, :, 0]
        solved = np.linalg.solve(squares, moments[:, :, None])[:, :, 0]
        self.coef_ = np.where(known.sum(axis=0)[:, None] >= LEAST_ROWS, solved, 0.0)
        return self

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, HORIZONS)."""
        return np.asarray(np.einsum("hnp,hp->nh", self._columns(X), self.coef_))

    def _columns(self, X: Array) -> Array:  # noqa: N803
        shared = X[:, LAGS] / self.scale_
        own = np.nan_to_num(X[:, DRIFT] / self.width_).T[:, :, None]
        return np.concatenate([np.broadcast_to(shared, (HORIZONS, *shared.shape)), own], axis=2)
