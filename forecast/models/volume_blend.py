"""The default for volume: smoothing, median of five, ridge and boosted trees in fixed shares, the same for everyone."""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast.model import Array, Estimator, model
from forecast.models.volume_learned import VolumeBoosted, VolumeRidge
from forecast.models.volume_simple import MedianOfFive, Smoothed, VolumeSpread

# Trees count double: they alone notice a person who repeats the last session exactly.
WEIGHTS = {"smoothed": 0.2, "median_5": 0.2, "volume_ridge": 0.2, "volume_boosted": 0.4}


@model("volume_blend", "Blend", of="volume", default=True)
class VolumeBlend(VolumeSpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What has not learned yet is left out."""

    def __init__(self) -> None:
        self.parts: dict[str, Estimator] = {
            "smoothed": Smoothed(), "median_5": MedianOfFive(), "volume_ridge": VolumeRidge(), "volume_boosted": VolumeBoosted(),
        }  # fmt: skip

    def fit(self, X: Array, y: Array) -> Self:  # noqa: N803
        """Fit every part."""
        for part in self.parts.values():
            part.fit(X, y)
        return self

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, 1), a share of the level."""
        return self.joined({name: part.predict(X) for name, part in self.parts.items()})

    @staticmethod
    def joined(said: dict[str, Array]) -> Array:
        """The blend of what the parts said, of those that said anything."""
        weight = sum(WEIGHTS[name] * ~np.isnan(each) for name, each in said.items())
        return np.asarray(sum(WEIGHTS[name] * np.nan_to_num(each) for name, each in said.items()) / weight)
