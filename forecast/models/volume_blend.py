"""The default for volume: last session, smoothing, median of five, ridge and boosted trees in fixed shares."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast.model import Array, Estimator, model
from forecast.models._parts import InParts
from forecast.models.volume_learned import VolumeBoosted, VolumeRidge
from forecast.models.volume_simple import LastSession, MedianOfFive, Smoothed, VolumeSpread

# Trees count most: they alone notice a person who repeats the last session exactly.
WEIGHTS = {"last_session": 0.1, "smoothed": 0.05, "median_5": 0.15, "volume_ridge": 0.05, "volume_boosted": 0.65}


@model("volume_blend", "Blend", of="volume", default=True)
class VolumeBlend(InParts, VolumeSpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What has not learned yet is left out."""

    def __init__(self) -> None:
        self.parts: dict[str, Estimator] = {
            "last_session": LastSession(),
            "smoothed": Smoothed(),
            "median_5": MedianOfFive(),
            "volume_ridge": VolumeRidge(),
            "volume_boosted": VolumeBoosted(),
        }

    @staticmethod
    def joined(said: dict[str, Array]) -> Array:
        """The blend of what the parts said, of those that said anything."""
        weight = sum(WEIGHTS[name] * ~np.isnan(each) for name, each in said.items())
        return np.asarray(sum(WEIGHTS[name] * np.nan_to_num(each) for name, each in said.items()) / weight)
