"""The default for volume: last session, smoothing, median of five and boosted trees, by how near each has been so far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin

from forecast.model import Array, Estimator, model
from forecast.models._parts import InParts
from forecast.models.volume_learned import VolumeBoosted
from forecast.models.volume_simple import LastSession, MedianOfFive, Smoothed, VolumeSpread
from forecast.weighing import weighed


@model("volume_blend", "Blend", of="volume", default=True)
class VolumeBlend(InParts, VolumeSpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What has not learned yet is left out."""

    def __init__(self) -> None:
        self.parts: dict[str, Estimator] = {
            "last_session": LastSession(),
            "smoothed": Smoothed(),
            "median_5": MedianOfFive(),
            "volume_boosted": VolumeBoosted(),
        }

    @staticmethod
    def joined(said: dict[str, Array]) -> Array:
        """Equal shares of the parts that said anything: for whoever does not know how they did before."""
        return np.asarray(np.nanmean(list(said.values()), axis=0))

    @staticmethod
    def joined_by_past(said: dict[str, Array], came: Array, group: Array, matured: npt.NDArray[np.int64]) -> Array:
        """(n,) what the parts said, (n,) each, by how they did before (forecast/weighing.py)."""
        return weighed(np.array(list(said.values())), came, group, matured)
