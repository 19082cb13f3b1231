"""The next session's volume, learned from all exercises together: ridge and gradient boosting on the last sessions."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge as LinearRidge
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from forecast.model import Array, model
from forecast.models.volume_simple import VolumeSpread
from forecast.shares import columns

LEAST_ROWS = 40
_WILD = (0.2, 3.0)  # shares beyond these are another plan, not a variation: learned from as if they were these


# One thread: a person's few thousand rows are learned sooner than several threads have found each other.
class _Learned(VolumeSpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    def fit(self, X: Array, y: Array) -> Self:  # noqa: N803
        """Learn from the rows that are over; with under LEAST_ROWS of them it says nothing."""
        rows = np.flatnonzero(~np.isnan(y[:, 0]))
        self.made_: Any = None
        if len(rows) >= LEAST_ROWS:
            with threadpool_limits(1):
                self.made_ = self._make().fit(columns(X[rows]), np.clip(y[rows, 0], *_WILD))
        return self

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, 1), a share of the level; NaN where nothing was learned."""
        if self.made_ is None:
            return np.full((len(X), 1), np.nan)
        with threadpool_limits(1):
            return np.asarray(self.made_.predict(columns(X)))[:, None]

    def _make(self) -> Any:
        raise NotImplementedError


@model("volume_ridge", "Ridge on sessions", of="volume")
class VolumeRidge(_Learned):
    """A linear mix of the last sessions."""

    def __init__(self, alpha: float = 20.0) -> None:
        self.alpha = alpha

    def _make(self) -> Any:
        return LinearRidge(alpha=self.alpha)


@model("volume_boosted", "Boosted trees", of="volume")
class VolumeBoosted(_Learned):
    """Gradient boosting of small trees on the absolute error."""

    def __init__(self, seed: int = 0, rounds: int = 60) -> None:
        self.seed, self.rounds = seed, rounds

    def _make(self) -> Any:
        return HistGradientBoostingRegressor(
            loss="absolute_error", max_iter=self.rounds, learning_rate=0.06, max_leaf_nodes=7, min_samples_leaf=25,
            l2_regularization=5.0, random_state=self.seed,
        )  # fmt: skip
