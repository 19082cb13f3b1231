"""The baseline of weight and fat: the week so many weeks on is as this one was."""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast.features import HORIZONS
from forecast.model import Array, model
from forecast.models._weekly import WeeklySpread, learns_nothing


@model("no_change", "No change", of="weekly")
class NoChange(WeeklySpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Says 0 for every horizon."""

    def __sklearn_tags__(self) -> object:
        return learns_nothing(super().__sklearn_tags__())

    def fit(self, X: Array, y: Array) -> Self:  # noqa: ARG002, N803
        """Nothing to learn."""
        return self

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, HORIZONS) of 0."""
        return np.zeros((len(X), HORIZONS))
