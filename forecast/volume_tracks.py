"""What a model of volume said before each session, how it did, and what it says of the next ones. Without scikit-learn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.intervals import LEVELS, factors, nested
from forecast.model import BASELINE, Array, Model
from forecast.sessions import LAST, LEAST_SESSIONS, SPREAD, TARGET, Sessions


@dataclass(frozen=True, kw_only=True)
class VolumeTrack:
    """What one model said before each row: kg, and the half-widths of its intervals by level."""

    model: Model
    mean: Array
    radius: dict[int, Array]


def track(table: Sessions, model: Model, share: Array) -> VolumeTrack:
    """What `model` said before each row, from (n,) shares of the level; NaN says what the last session says."""
    simple = np.nan_to_num(table.X[:, LAST - 1])  # the last session, until a model has learned
    share = np.where(np.isnan(share), simple, share)
    mean, spread = share * table.level, table.X[:, SPREAD] * table.level
    relative = np.abs(table.volume - mean) / spread
    radius = nested(lambda level: spread * factors(relative, table.matured, level / 100))
    return VolumeTrack(model=model, mean=mean, radius=radius)


def results(table: Sessions, made: dict[str, VolumeTrack]) -> list[dict[str, Any]]:
    """One row a model, all exercises together, as `backtest --json` prints them; kg. Sessions after an exercise's first 20."""
    use = (table.before >= LEAST_SESSIONS) & ~np.isnan(table.volume)
    last = np.abs(table.volume - table.X[:, LAST - 1] * table.level)[use]
    return [_score(table, each, use, last) for each in made.values()]


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
