"""How each model would have done: at every past week it learns from what had matured and says what comes next.

Rolling origin, expanding window. The last row is the forecast of today, made in the very same way: `predict` reads it, so the two
cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import sklearn
from sklearn.base import clone
from sklearn.utils import get_tags
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from forecast.features import LEAST_WEEKS, Weeks, changes
from forecast.intervals import nested, radii
from forecast.model import BASELINE, Array, Estimator, Model, models, models_of
from forecast.tracks import FIRST_ORIGIN, Track, compared, results, score, shown

__all__ = ["FIRST_ORIGIN", "Track", "compared", "results", "score", "shown", "tracks", "walk"]

FIRST_ROW = 8  # before that not even a warm-up forecast is made


Said = dict[str, tuple[Array, Array]]


def tracks(table: Weeks, names: Iterable[str] | None = None, said: Said | None = None) -> dict[str, Track]:
    """The tracks of the weekly models (all, or those named), the default's first. `said` keeps what was walked for a later call."""
    wanted = [each for each in models_of("weekly") if names is None or each.name in set(names)]
    y = np.where(np.isnan(table.known)[:, None], np.nan, changes(table.known, table.base))
    said = {} if said is None else said
    # The matrices are small: more threads would only wait for each other.
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True), threadpool_limits(1):
        return {each.name: _track(table, each, _walked(each, table.X, y, said)) for each in wanted}


def _walked(model: Model, X: Array, y: Array, said: Said) -> tuple[Array, Array]:  # noqa: N803
    """(mean change, spread) of every row; what the parts of a blend said is used again."""
    if model.name not in said:
        made = model.make()
        parts = getattr(made, "parts", None)
        if parts is None:
            said[model.name] = walk(made, X, y)
        else:
            each = {name: _walked(models()[name], X, y, said)[0] for name in parts}
            said[model.name] = made.joined(each), made.spread(X)  # type: ignore[attr-defined]
    return said[model.name]


def walk(made: Estimator, X: Array, y: Array) -> tuple[Array, Array]:  # noqa: N803
    """(predictions, spreads) of every row, each by a model that learned from what had matured by that row: y[w, h] counts from row
    w + h + 1 on."""
    if not get_tags(made).requires_fit:
        return made.predict(X), made.spread(X)
    mean, spread = np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    matures = np.arange(len(y))[:, None] + np.arange(1, y.shape[1] + 1)
    for row in range(min(FIRST_ROW, len(y)), len(y)):
        fitted = clone(made).fit(X[: row + 1], np.where(matures[: row + 1] <= row, y[: row + 1], np.nan))
        mean[row], spread[row] = fitted.predict(X[row : row + 1])[0], fitted.spread(X[row : row + 1])[0]
    return mean, spread


def _track(table: Weeks, model: Model, walked: tuple[Array, Array]) -> Track:
    change, spread = walked
    change = np.where(np.arange(len(table))[:, None] < FIRST_ROW, 0.0, change)
    mean = table.base[:, None] + change
    # An interval learns from the forecasts that are scored: the first weeks' errors are those of models that knew next to nothing.
    scored = (~np.isnan(table.known) & (np.arange(len(table)) >= FIRST_ORIGIN))[:, None]
    errors = np.where(scored, np.abs(changes(table.known, np.zeros(len(table))) - mean), np.nan)
    return Track(
        model=model,
        mean=mean,
        spread=spread,
        radius=nested(lambda level: radii(errors, spread, level)),
        offered=(table.observed() >= LEAST_WEEKS) | (model.name == BASELINE["weekly"]),
    )
