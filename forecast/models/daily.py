"""Damped trend of the daily readings: what the filters of forecast/drift.py expect. The steadiest part of the blend."""

from __future__ import annotations

from typing import Self

from sklearn.base import BaseEstimator, RegressorMixin

from forecast.features import DRIFT
from forecast.model import Array, model
from forecast.models._weekly import WeeklySpread, learns_nothing


@model("daily", "Damped trend of days", of="weekly")
class Daily(WeeklySpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Reads its columns of X: the filters learn as the days pass, so they stand among the features."""

    def __sklearn_tags__(self) -> object:
        return learns_nothing(super().__sklearn_tags__())

    def fit(self, X: Array, y: Array) -> Self:  # noqa: ARG002, N803
        """Nothing to learn here."""
        return self

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, HORIZONS)."""
        return X[:, DRIFT]
