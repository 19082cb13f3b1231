"""From the ledger to a version of the registry: what the default says of the weeks ahead, and how it did."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from forecast import backtest
from forecast.backtest import Track
from forecast.features import HORIZONS, Inputs, Weeks, weeks
from forecast.model import BASELINE
from forecast.registry import Version

COMPARED = (1, 4, 8, 12)  # the horizons a candidate is judged by


def outcome(table: Weeks) -> dict[str, Track]:
    """Every weekly model's track, as a person would have seen it."""
    made = backtest.tracks(table)
    return {name: backtest.shown(track, made[BASELINE["weekly"]]) for name, track in made.items()}


def trained(given: Inputs, now: datetime, *, use_api: bool) -> Version:
    """A version made from those inputs. Its name is the last day it knows of, and what it was made from: data and code."""
    table = weeks(given)
    shown = outcome(table)
    default = next(track for track in shown.values() if track.model.default)
    through, name = table.sunday(len(table) - 1), version_name(given)
    scores = [backtest.score(table, default, horizon, table.target) for horizon in COMPARED]
    arrays = {"errors": _errors(table, default)}
    for each, track in shown.items():
        arrays[f"{each}.mean"] = track.mean[-1]
        arrays |= {f"{each}.radius_{level}": radius[-1] for level, radius in track.radius.items()}
    manifest: dict[str, Any] = {
        "target": table.target, "version": name, "default": default.model.name, "start": table.start.isoformat(),
        "trained_through": through.isoformat(), "trained_at": now.isoformat(), "data": given.digest, "code": code_version(),
        "settings": {"use_strava_api": use_api, "horizons": HORIZONS}, "weeks": len(table), "scores": scores,
    }  # fmt: skip
    return Version(target=table.target, name=name, manifest=manifest, arrays=arrays)


def version_name(given: Inputs) -> str:
    """What a version made from those inputs by this code is called, without making it."""
    through = given.start + timedelta(days=len(given.seen) - 1)
    return f"{through}-{hashlib.sha256((given.digest + code_version()).encode()).hexdigest()[:8]}"


def _errors(table: Weeks, track: Track) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(W, len(COMPARED)) absolute errors of every scored origin, NaN elsewhere."""
    errors = np.full((len(table), len(COMPARED)), np.nan)
    for column, horizon in enumerate(COMPARED):
        came, said, _ = backtest.compared(table, track, horizon)
        rows = slice(backtest.FIRST_ORIGIN, backtest.FIRST_ORIGIN + len(came))
        errors[rows, column] = np.where(np.isnan(table.true[rows]), np.nan, np.abs(came - said))
    return errors


def code_version() -> str:
    """A hash of this folder's code: another model is another version, also from the same data."""
    made = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        made.update(path.read_bytes())
    return made.hexdigest()[:12]


def predictions(table: Weeks, shown: dict[str, Track]) -> list[dict[str, Any]]:
    """What each model says of the weeks ahead, as `predict --json` prints it. `for_day` is the Sunday that ends the target week;
    the mean is that of the week's observed days."""
    found = []
    for name, track in shown.items():
        for horizon in range(1, HORIZONS + 1):
            mean, radius = track.mean[-1, horizon - 1], track.radius[80][-1, horizon - 1]
            if np.isnan(mean):
                continue
            found.append(
                {
                    "target": table.target, "model": name, "default": track.model.default, "horizon": horizon,
                    "for_day": _day(table, horizon).isoformat(), "mean": float(mean),
                    "low_80": float(mean - radius), "high_80": float(mean + radius),
                }
            )  # fmt: skip
    return found


def _day(table: Weeks, horizon: int) -> date:
    return table.sunday(len(table) - 1 + horizon)
