"""What the weekly models share."""

from __future__ import annotations

from typing import Any

from forecast.features import SPREAD
from forecast.model import Array


class WeeklySpread:
    """The width of the daily filters' own expectation, for models that have no better idea of their error."""

    def spread(self, X: Array) -> Array:  # noqa: N803
        """(n, HORIZONS), one standard deviation."""
        return X[:, SPREAD]


def learns_nothing(tags: Any) -> Any:
    """scikit-learn's tags of an estimator that need not be fitted: the backtest then asks it once for all rows."""
    tags.requires_fit = False
    return tags
