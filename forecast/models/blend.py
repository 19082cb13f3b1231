"""The default: a fixed blend, the same shares for everyone. Choosing a champion for each person overfits (docs/forecast.md)."""

from __future__ import annotations

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast.model import Array, Estimator, model
from forecast.models._parts import InParts
from forecast.models._weekly import WeeklySpread
from forecast.models.holt import Holt
from forecast.models.ridge import Ridge

# Ridge holds the daily trend already. A little of the weekly one costs nothing at one week and spares whom the days mislead.
WEIGHTS = {"holt": 0.1, "ridge": 0.9}


@model("blend", "Blend", of="weekly", default=True)
class Blend(InParts, WeeklySpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Ridge on the damped trend of days and the year's mean, and damped Holt on weeks, in fixed shares."""

    def __init__(self) -> None:
        self.parts: dict[str, Estimator] = {"holt": Holt(), "ridge": Ridge()}

    @staticmethod
    def joined(said: dict[str, Array]) -> Array:
        """The blend of what the parts said; one that says nothing (Holt after a year without readings) leaves it to the others."""
        every = np.array(list(said.values()))
        weight = np.where(np.isnan(every), 0.0, np.array([WEIGHTS[name] for name in said])[:, None, None])
        total = weight.sum(axis=0)
        return np.asarray((weight * np.nan_to_num(every)).sum(axis=0) / np.where(total > 0, total, np.nan))
