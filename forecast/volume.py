"""The volume (repetitions x load) of the next session of each exercise: features, and how each model would have done.

A row is one session of one exercise, in the order of time; it holds what the sessions of that exercise before it said, as shares of
their own level, so that rows of all exercises can be learned from together. Models see nothing of the session itself, nor of
what else was lifted in it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import sklearn
from sklearn.base import clone
from sklearn.utils import get_tags

from forecast.intervals import LEVELS, factors
from forecast.model import BASELINE, Array, Estimator, Model, models, models_of
from forecast.next_session import digests
from health import strength
from health.frames import Frames

TARGET = "volume"
LEAST_SESSIONS = 20  # of an exercise, below which only the baseline is offered
LAST = 12
LEVEL_OF = 5

RATIOS = slice(0, LAST)  # the last sessions' volumes over their level, oldest first, NaN where there were fewer
SMOOTHED = LAST  # simple exponential smoothing of all of them, over the level
GAP = LAST + 1  # days between the last two sessions
SPREAD = LAST + 2  # the standard deviation of the last ratios
EXERCISE = LAST + 3  # a number for the exercise's name, for models that keep exercises apart
GAPS = slice(LAST + 4, 2 * LAST + 4)  # days before each of the last sessions, NaN where there was none before
FEATURES = 2 * LAST + 4

_SMOOTHING = 0.3
_LEAST_SPREAD = 0.05
# A model is fitted again each time the rows that are over have grown by a fifth, or as its `growth` says. Never by a share of
# all rows: a cut that moves with the newest session would move past forecasts.
_FIRST_FIT, _GROWTH = 60, 1.2


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """n rows in the order of time. `level` (n,) kg is the mean of the exercise's last five sessions before; `volume` (n,) kg what
    was done, NaN for a session still to come; `before` (n,) how many sessions of the exercise there had been; `matured` (n,)
    how many of the first rows were over with the exercise's session before it. That is when its forecast is made, which stands
    until the session comes: so it is the same whichever day in between the ledger is cut at. `digests` name what each
    exercise's next session is forecast from (forecast/next_session.py)."""

    exercise: list[str]
    day: npt.NDArray[np.datetime64]
    level: Array
    volume: Array
    before: npt.NDArray[np.int64]
    matured: npt.NDArray[np.int64]
    X: Array
    digests: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class VolumeTrack:
    """What one model said before each row: kg, and the half-widths of its intervals by level."""

    model: Model
    mean: Array
    radius: dict[int, Array]


def sessions(frames: Frames, as_of: date) -> Sessions | None:
    """The rows of every exercise up to and including the local day `as_of`, then one row an exercise for its next session.

    An exercise's first session has no row of its own. None where nothing was done with a load.
    """
    sets = frames.sets[frames.sets["day"] <= pd.Timestamp(as_of)]
    table = strength.sessions(sets)
    table = table[table["volume_kg"] > 0]
    rows: list[tuple[Any, ...]] = []
    for exercise, own in table.groupby("exercise", sort=False):
        rows += _rows_of(
            str(exercise), own["volume_kg"].to_numpy(), own["at"].dt.tz_localize(None).to_numpy(), own["day"].to_numpy()
        )
    if not rows:
        return None
    rows.sort(key=lambda row: (row[0], row[1]))
    starts = np.array([row[0] for row in rows])
    return Sessions(
        exercise=[row[1] for row in rows],
        day=np.array([row[2] for row in rows]),
        level=np.array([row[3] for row in rows]),
        volume=np.array([row[4] for row in rows]),
        before=np.array([row[5] for row in rows]),
        matured=np.searchsorted(starts, np.array([row[7] for row in rows]), side="right"),
        X=np.array([row[6] for row in rows]),
        digests=digests(table),
    )


def _rows_of(exercise: str, volume: Array, at: npt.NDArray[Any], day: npt.NDArray[Any]) -> list[tuple[Any, ...]]:
    never = np.datetime64("9999-01-01")
    found = []
    number = float(zlib.crc32(exercise.encode()))
    gaps = np.concatenate([[np.nan], np.diff(day) / np.timedelta64(1, "D")])
    smoothed = volume[0]
    for place in range(1, len(volume) + 1):
        smoothed += _SMOOTHING * (volume[place - 1] - smoothed)
        last = volume[max(place - LAST, 0) : place]
        level = last[-LEVEL_OF:].mean()
        row = np.full(FEATURES, np.nan)
        row[LAST - len(last) : LAST] = last / level
        row[SMOOTHED] = smoothed / level
        row[GAP], row[EXERCISE] = gaps[place - 1], number
        row[GAPS.stop - len(last) :] = gaps[place - len(last) : place]
        row[SPREAD] = max((last / level).std(), _LEAST_SPREAD)
        came = place < len(volume)
        when = (at[place], day[place], volume[place]) if came else (never, never, np.nan)
        found.append((when[0], exercise, when[1], level, when[2], place, row, at[place - 1]))
    return found


def tracks(
    table: Sessions,
    names: set[str] | None = None,
    *,
    fitted: dict[str, Estimator] | None = None,
    tell: Callable[[str], None] | None = None,
) -> dict[str, VolumeTrack]:
    """What every volume model (or those named) said before each row, the default's first.

    `fitted` is given each model as it was last fitted; `tell` hears of what takes long: the models with a `growth` of
    their own.
    """
    said = Said(fitted={} if fitted is None else fitted, tell=tell)
    with sklearn.config_context(assume_finite=True, skip_parameter_validation=True):
        wanted = [each for each in models_of("volume") if names is None or each.name in names]
        return {each.name: _track(table, each, _walked(table, each, said)) for each in wanted}


@dataclass(kw_only=True)
class Said:
    """What was walked so far: shares by model, the models as last fitted, and whom to tell of what takes long."""

    shares: dict[str, Array] = field(default_factory=dict)
    fitted: dict[str, Estimator]
    tell: Callable[[str], None] | None


def _walked(table: Sessions, model: Model, said: Said) -> Array:
    if model.name not in said.shares:
        made = model.make()
        parts = getattr(made, "parts", None)
        if parts is None:
            fits = _fits(len(table.volume), getattr(made, "growth", _GROWTH))
            if fits and said.tell is not None and hasattr(made, "growth"):
                said.tell(
                    f"volume: {model.name} learns from {len(table.volume)} sessions, again at each of {len(fits)} past days ..."
                )
            said.shares[model.name], last = walk(made, table, fits)
            said.fitted[model.name] = last
        else:
            each = {name: _walked(table, models()[name], said) for name in parts}
            came = table.volume / table.level
            said.shares[model.name] = made.joined_by_past(each, came, table.X[:, EXERCISE], table.matured)  # type: ignore[attr-defined]
    return said.shares[model.name]


def walk(made: Estimator, table: Sessions, fits: list[int]) -> tuple[Array, Estimator]:
    """(n,) shares of the level, each by a model that learned from rows which were over by then; and the model as last fitted.

    `fits`: how many of the first rows it learns from, each time anew. A row is told by the last of these that had matured for it,
    never by its place among the rows, which for those still to come means nothing.
    """
    y = table.volume / table.level
    if not get_tags(made).requires_fit:
        return made.predict(table.X)[:, 0], made
    result, fitted = np.full(len(y), np.nan), made
    turn = np.searchsorted(fits, table.matured, side="right")
    for number, count in enumerate(fits, 1):
        rows = np.flatnonzero(turn == number)
        if len(rows):
            fitted = clone(made).fit(table.X[:count], y[:count, None])
            result[rows] = fitted.predict(table.X[rows])[:, 0]
    return result, fitted


def _fits(rows: int, growth: float) -> list[int]:
    places, place = [], float(_FIRST_FIT)
    while place < rows:
        places.append(int(place))
        place *= growth
    return places


def _track(table: Sessions, model: Model, share: Array) -> VolumeTrack:
    simple = np.nan_to_num(table.X[:, LAST - 1])  # the last session, until a model has learned
    share = np.where(np.isnan(share), simple, share)
    mean, spread = share * table.level, table.X[:, SPREAD] * table.level
    relative = np.abs(table.volume - mean) / spread
    radius = {level: spread * factors(relative, table.matured, level / 100) for level in LEVELS}
    return VolumeTrack(model=model, mean=mean, radius=radius)


def results(table: Sessions, made: dict[str, VolumeTrack]) -> list[dict[str, Any]]:
    """One row a model, all exercises together, as `backtest --json` prints them; kg. Sessions after an exercise's first 20."""
    use = (table.before >= LEAST_SESSIONS) & ~np.isnan(table.volume)
    last = np.abs(table.volume - table.X[:, LAST - 1] * table.level)[use]
    return [_score(table, track, use, last) for track in made.values()]


def _score(table: Sessions, track: VolumeTrack, use: npt.NDArray[np.bool_], last: Array) -> dict[str, Any]:
    row: dict[str, Any] = {
        "target": TARGET, "model": track.model.name, "default": track.model.default, "horizon": 1, "n": int(use.sum()),
        "mae": None, "baseline_mae": None, "skill": None, "coverage_50": None, "coverage_80": None, "width_80": None,
    }  # fmt: skip
    if row["n"]:
        error = np.abs(table.volume - track.mean)[use]
        row["mae"], row["baseline_mae"] = float(error.mean()), float(last.mean())
        row["skill"] = 1 - row["mae"] / row["baseline_mae"] if row["baseline_mae"] > 0 else None
        for level in LEVELS:
            row[f"coverage_{level}"] = float((error <= track.radius[level][use]).mean())
        row["width_80"] = float(2 * track.radius[80][use].mean())
    return row


def predictions(table: Sessions, made: dict[str, VolumeTrack]) -> list[dict[str, Any]]:
    """The next session of each exercise by each model, as `predict --json` prints it. With under 20 sessions only the baseline."""
    found = []
    for row in np.flatnonzero(np.isnan(table.volume)):
        few = table.before[row] < LEAST_SESSIONS
        reason = f"{table.before[row]} of {LEAST_SESSIONS} sessions" if few else None
        for name, track in made.items():
            if not few or name == BASELINE["volume"]:
                default = track.model.default or bool(few)
                mean, radius = float(track.mean[row]), float(track.radius[80][row])
                found.append(said(table.exercise[row], name, default, mean, radius, reason))
    return found


def said(exercise: str, name: str, default: bool, mean: float, radius: float, reason: str | None) -> dict[str, Any]:
    """One row of `predict --json`; `reason`: why there is only the baseline."""
    return {
        "target": TARGET, "exercise": exercise, "model": name, "default": default, "horizon": 1, "for_day": None,
        "mean": mean, "low_80": max(mean - radius, 0.0), "high_80": mean + radius,
        **({} if reason is None else {"reason": reason}),
    }  # fmt: skip
