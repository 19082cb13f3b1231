"""Weeks like the plan: what followed the past weeks whose training was most like it.

Distance and time of runs, sessions of lifting or crossfit, mean load, each scaled to [0, 1] over the past. For each horizon the
middle of what the same neighbours' weight did in as many weeks: adding up their change of one week instead multiplies its noise by
the horizon. What followed is not what the training did.
"""

from __future__ import annotations

from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.neighbors import KDTree
from sklearn.preprocessing import MinMaxScaler

from forecast.features import DID, HORIZONS, PLAN, SPREAD
from forecast.model import Array, model

LEAST_ROWS = 12
LEAST_NEIGHBOURS = 3


@model("neighbours", "Weeks like your plan", of="weekly")
class Neighbours(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """`n_neighbors` weeks, or a quarter of those there are when they are few."""

    def __init__(self, n_neighbors: int = 14) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, X: Array, y: Array) -> Self:  # noqa: N803
        """Learn from the weeks whose following week is known and whose training is."""
        did = X[:, DID]
        self.rows_ = np.flatnonzero(~np.isnan(y[:, 0]) & ~np.isnan(did).any(axis=1))
        self.changes_ = y[self.rows_]
        self.fitted_ = len(self.rows_) >= LEAST_ROWS and bool(np.ptp(did[self.rows_], axis=0).any())
        if self.fitted_:
            self.scaler_ = MinMaxScaler().fit(did[self.rows_])
            self.count_ = max(LEAST_NEIGHBOURS, min(self.n_neighbors, len(self.rows_) // 4))
            # The tree itself: NearestNeighbors around it spends ten times as long on checks as on these few rows.
            self.tree_ = KDTree(self._scaled(did[self.rows_]))
        return self

    def neighbours(self, plan: Array) -> tuple[Array, npt.NDArray[np.int64]]:
        """(n, k) distances and positions in the fitted rows (`rows_` says which weeks those are), nearest first."""
        distances, at = self.tree_.query(self._scaled(plan), k=self.count_)
        return distances, at

    def _scaled(self, training: Array) -> Array:
        return np.asarray(training * self.scaler_.scale_ + self.scaler_.min_)

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, HORIZONS): the neighbours' median; NaN where there is no plan or too little past."""
        mean, _ = self._of_neighbours(X)
        return mean

    def spread(self, X: Array) -> Array:  # noqa: N803
        """(n, HORIZONS): how far the neighbours lie apart; the filters' spread where there is none."""
        _, deviation = self._of_neighbours(X)
        return np.where(deviation > 0, deviation, X[:, SPREAD])

    def _of_neighbours(self, X: Array) -> tuple[Array, Array]:  # noqa: N803
        mean, deviation = np.full((len(X), HORIZONS), np.nan), np.full((len(X), HORIZONS), np.nan)
        planned = np.flatnonzero(~np.isnan(X[:, PLAN]).any(axis=1))
        if not self.fitted_ or not len(planned):
            return mean, deviation
        _, at = self.neighbours(X[planned][:, PLAN])
        mean[planned], deviation[planned] = self.followed(at)
        return mean, deviation

    def followed(self, at: npt.NDArray[np.int64]) -> tuple[Array, Array]:
        """(n, HORIZONS) middle and spread of what followed the neighbours at those (n, k) places; NaN where too few did.

        The median, and half the width of the middle two thirds: one odd week (another person on the scale) moves neither far.
        """
        then = np.sort(self.changes_[at], axis=1)  # (n, k, HORIZONS), what is not known last
        known = (~np.isnan(then)).sum(axis=1)
        low, middle, high = (_quantile(then, known, share) for share in (1 / 6, 0.5, 5 / 6))
        spread = (high - low) / 2 * np.sqrt(1 + 1 / np.maximum(known, 1))
        enough = known >= LEAST_NEIGHBOURS
        return np.where(enough, middle, np.nan), np.where(enough, spread, np.nan)


def _quantile(ordered: Array, known: npt.NDArray[np.int64], share: float) -> Array:
    """The quantile along the second axis of the first `known` values; NumPy's own for data with holes is a hundred times slower."""
    place = share * np.maximum(known - 1, 0)
    below = place.astype(np.int64)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    first, second = (np.take_along_axis(ordered, each[:, None], axis=1)[:, 0] for each in (below, above))
    return np.asarray(first + (place - below) * (second - first))
