"""The next session's volume by what the last ones were: last session (the baseline), mean and median of five, smoothing."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast import shares
from forecast.model import Array, model
from forecast.models._weekly import learns_nothing
from forecast.sessions import SPREAD


class VolumeSpread:
    """How much the last sessions varied."""

    def spread(self, X: Array) -> Array:  # noqa: N803
        """(n, 1), one standard deviation as a share of the level."""
        return X[:, [SPREAD]]


class _Simple(VolumeSpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    def __sklearn_tags__(self) -> Any:
        return learns_nothing(super().__sklearn_tags__())

    def fit(self, X: Array, y: Array) -> Self:  # noqa: ARG002, N803
        """Nothing to learn."""
        return self


@model("last_session", "Last session", of="volume")
class LastSession(_Simple):
    """As last time."""

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, 1), a share of the level."""
        return shares.last(X)[:, None]


@model("mean_5", "Mean of five", of="volume")
class MeanOfFive(_Simple):
    """The mean of the last five: the level itself."""

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, 1), a share of the level."""
        return np.ones((len(X), 1))


@model("median_5", "Median of five", of="volume")
class MedianOfFive(_Simple):
    """The median of the last five (of fewer, where there were fewer): one odd session does not move it."""

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, 1), a share of the level."""
        return shares.median(X)[:, None]


@model("smoothed", "Smoothed", of="volume")
class Smoothed(_Simple):
    """Simple exponential smoothing of all sessions."""

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, 1), a share of the level."""
        return shares.smoothed(X)[:, None]
