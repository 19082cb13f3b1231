"""Weeks like the plan: what followed the past weeks whose training was most like it.

For each horizon the middle of what the same neighbours' weight did in as many weeks (forecast/near.py): adding up their change of
one week instead multiplies its noise by the horizon. What followed is not what the training did.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast.features import DID, HORIZONS, PLAN, SPREAD
from forecast.model import Array, model
from forecast.near import NEIGHBOURS, Near, near


@model("neighbours", "Weeks like your plan", of="weekly")
class Neighbours(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """`n_neighbors` weeks, or a quarter of those there are when they are few."""

    def __init__(self, n_neighbors: int = NEIGHBOURS) -> None:
        self.n_neighbors = n_neighbors

    def fit(self, X: Array, y: Array) -> Self:  # noqa: N803
        """Learn from the weeks whose following week is known and whose training is."""
        self.near_: Near | None = near(X[:, DID], y, self.n_neighbors)
        return self

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
        if self.near_ is None or not len(planned):
            return mean, deviation
        _, at = self.near_.neighbours(X[planned][:, PLAN])
        mean[planned], deviation[planned] = self.near_.followed(at)
        return mean, deviation
