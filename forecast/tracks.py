"""What models said at every past week, and how that did. Without scikit-learn: a page reads it from what was trained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from forecast.features import HORIZONS, Weeks
from forecast.intervals import LEVELS
from forecast.model import BASELINE, Array, Model

FIRST_ORIGIN = 26  # weeks before this one are never scored


@dataclass(frozen=True, kw_only=True)
class Track:
    """What one model said at the end of every week: (W, HORIZONS) means, its own spread, and half-widths of the intervals by level,
    in the unit of the target; NaN where it said nothing. `offered` is False where there was too little to show more than the
    baseline."""

    model: Model
    mean: Array
    spread: Array
    radius: dict[int, Array]
    offered: npt.NDArray[np.bool_]


def shown(track: Track, baseline: Track) -> Track:
    """`track` as a person saw it: at origins with too few observed weeks the default is the baseline, others say nothing."""
    keep = track.offered[:, None]
    instead = baseline.mean if track.model.default else np.full(track.mean.shape, np.nan)
    return replace(
        track,
        mean=np.where(keep, track.mean, instead),
        radius={level: np.where(keep, track.radius[level], baseline.radius[level]) for level in LEVELS},
    )


def results(table: Weeks, made: dict[str, Track]) -> list[dict[str, Any]]:
    """One row a model and horizon, as `backtest --json` prints them."""
    baseline = made[BASELINE["weekly"]]
    return [
        score(table, shown(track, baseline), horizon, table.target) for track in made.values() for horizon in range(1, HORIZONS + 1)
    ]


def score(table: Weeks, track: Track, horizon: int, target: str) -> dict[str, Any]:
    """How `track` did at one horizon, over the origins after the first 26 weeks in which both weeks hold a reading."""
    came, said, radius = compared(table, track, horizon)
    start = table.true[FIRST_ORIGIN : FIRST_ORIGIN + len(came)]
    use = ~np.isnan(came) & ~np.isnan(start) & ~np.isnan(said)
    n = int(use.sum())
    row: dict[str, Any] = {
        "target": target, "model": track.model.name, "default": track.model.default, "horizon": horizon, "n": n,
        "mae": None, "baseline_mae": None, "skill": None, "coverage_50": None, "coverage_80": None, "width_80": None,
    }  # fmt: skip
    if n:
        error = np.abs(came - said)[use]
        row["mae"], row["baseline_mae"] = float(error.mean()), float(np.abs(came - start)[use].mean())
        row["skill"] = 1 - row["mae"] / row["baseline_mae"] if row["baseline_mae"] > 0 else None
        for level in LEVELS:
            row[f"coverage_{level}"] = float((error <= radius[level][use]).mean())
        row["width_80"] = float(2 * radius[80][use].mean())
    return row


def compared(table: Weeks, track: Track, horizon: int) -> tuple[Array, Array, dict[int, Array]]:
    """From the first scored origin on: what came `horizon` weeks later, what was said of it, and the half-widths."""
    stop = max(len(table) - horizon, FIRST_ORIGIN)
    rows = slice(FIRST_ORIGIN, stop)
    column = horizon - 1
    came = table.true[FIRST_ORIGIN + horizon : stop + horizon]
    return came, track.mean[rows, column][: len(came)], {level: track.radius[level][rows, column][: len(came)] for level in LEVELS}
