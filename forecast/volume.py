"""How each model of volume would have done: at every past session it learns from what was over and says what comes next.

The rows are in forecast/sessions.py. The last of them are the forecasts of today, made in the very same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import sklearn
from sklearn.base import clone
from sklearn.utils import get_tags

from forecast.model import Array, Estimator, Model, models, models_of
from forecast.sessions import EXERCISE, GROWTH, LAST, LEAST_SESSIONS, TARGET, Sessions, fits, sessions
from forecast.volume_tracks import VolumeTrack, predictions, results, said, track

__all__ = [
    "EXERCISE", "LAST", "LEAST_SESSIONS", "TARGET", "Said", "Sessions", "VolumeTrack", "default_name", "predictions", "results",
    "said", "sessions", "tracks", "walk",
]  # fmt: skip


def tracks(
    table: Sessions,
    names: set[str] | None = None,
    *,
    fitted: dict[str, Estimator] | None = None,
    shares: dict[str, Array] | None = None,
    tell: Callable[[str], None] | None = None,
) -> dict[str, VolumeTrack]:
    """What every volume model (or those named) said before each row, the default's first.

    `fitted` is given each model as it was last fitted, `shares` what each said (n,) as a share of the level; `tell` hears of
    what takes long: the models with a `growth` of their own.
    """
    said = Said(shares={} if shares is None else shares, fitted={} if fitted is None else fitted, tell=tell)
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        wanted = [each for each in models_of("volume") if names is None or each.name in names]
        return {each.name: track(table, each, _walked(table, each, said)) for each in wanted}


def default_name() -> str:
    """The model that is shown first."""
    return models_of("volume")[0].name


@dataclass(kw_only=True)
class Said:
    """What was walked so far: shares by model, the models as last fitted, and whom to tell of what takes long."""

    shares: dict[str, Array]
    fitted: dict[str, Estimator]
    tell: Callable[[str], None] | None


def _walked(table: Sessions, model: Model, said: Said) -> Array:
    if model.name not in said.shares:
        made = model.make()
        parts = getattr(made, "parts", None)
        if parts is None:
            turns = fits(len(table.volume), getattr(made, "growth", GROWTH))
            if turns and said.tell is not None and hasattr(made, "growth"):
                said.tell(
                    f"volume: {model.name} learns from {len(table.volume)} sessions, again at each of {len(turns)} past days ..."
                )
            said.shares[model.name], last = walk(made, table, turns)
            said.fitted[model.name] = last
        else:
            each = {name: _walked(table, models()[name], said) for name in parts}
            came = table.volume / table.level
            said.shares[model.name] = made.joined_by_past(each, came, table.X[:, EXERCISE], table.matured)  # type: ignore[attr-defined]
    return said.shares[model.name]


def walk(made: Estimator, table: Sessions, turns: list[int]) -> tuple[Array, Estimator]:
    """(n,) shares of the level, each by a model that learned from rows which were over by then; and the model as last fitted.

    `turns`: how many of the first rows it learns from, each time anew. A row is told by the last of these that had matured for it,
    never by its place among the rows, which for those still to come means nothing.
    """
    y = table.volume / table.level
    if not get_tags(made).requires_fit:
        return made.predict(table.X)[:, 0], made
    result, fitted = np.full(len(y), np.nan), made
    turn = np.searchsorted(turns, table.matured, side="right")
    for number, count in enumerate(turns, 1):
        rows = np.flatnonzero(turn == number)
        if len(rows):
            fitted = clone(made).fit(table.X[:count], y[:count, None])
            result[rows] = fitted.predict(table.X[rows])[:, 0]
    return result, fitted
