"""From the ledger to a version of the registry: what the default says of the weeks ahead, and how it did."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from forecast import backtest
from forecast.features import HORIZONS, LEAST_WEEKS, Inputs, Weeks, weeks
from forecast.kept import PAGE_MODELS, table_arrays, track_arrays
from forecast.model import BASELINE
from forecast.registry import Version, code_version
from forecast.tracks import Track

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
    errors, baseline_errors = (_errors(table, each) for each in (default, shown[BASELINE["weekly"]]))
    arrays = {"errors": errors, "baseline_errors": baseline_errors, **table_arrays(table)}
    for each, track in shown.items():
        arrays |= track_arrays(track) if each in PAGE_MODELS else _last(track)
    manifest: dict[str, Any] = {
        "target": table.target, "version": name, "default": default.model.name, "start": table.start.isoformat(),
        "trained_through": through.isoformat(), "trained_at": now.isoformat(), "data": given.digest, "code": code_version(),
        "settings": {"use_strava_api": use_api, "horizons": HORIZONS}, "weeks": len(table), "scores": scores,
        "models": [{"name": each, "title": track.model.title, "default": track.model.default} for each, track in shown.items()],
        "filled_days": table.filled_days, "baseline_only": _few(table),
    }  # fmt: skip
    return Version(target=table.target, name=name, manifest=manifest, arrays=arrays)


def _last(track: Track) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    """What it says now, (1, HORIZONS): of a model that no page shows, the past is in `scores` alone."""
    name = track.model.name
    return {f"{name}.mean": track.mean[-1:], **{f"{name}.radius_{level}": each[-1:] for level, each in track.radius.items()}}


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


def predictions(table: Weeks, shown: dict[str, Track]) -> list[dict[str, Any]]:
    """What each model says of the weeks ahead, as `predict --json` prints it. `for_day` is the Sunday that ends the target week;
    the mean is that of the week's observed days. With too few weeks only the baseline, with the reason."""
    last, few = table.sunday(len(table) - 1), _few(table)
    found: list[dict[str, Any]] = []
    for name, track in shown.items():
        if few is None or name == BASELINE["weekly"]:
            default = track.model.default or few is not None
            found += _said(table.target, name, default, last, track.mean[-1], track.radius[80][-1], few)
    return found


def predictions_of(version: Version) -> list[dict[str, Any]]:
    """The same, read from a version."""
    few = version.manifest.get("baseline_only")
    found: list[dict[str, Any]] = []
    for each in version.manifest["models"]:
        if few is None or each["name"] == BASELINE["weekly"]:
            mean, radius = (version.arrays[f"{each['name']}.{what}"][-1] for what in ("mean", "radius_80"))
            found += _said(version.target, each["name"], each["default"] or few is not None, version.through, mean, radius, few)
    return found


def _few(table: Weeks) -> str | None:
    """Why there is the baseline alone, or None."""
    seen = int(table.observed()[-1])
    return None if seen >= LEAST_WEEKS else f"{seen} of {LEAST_WEEKS} weeks with a reading"


def _said(target: str, name: str, default: bool, last: date, mean: Any, radius: Any, reason: str | None) -> list[dict[str, Any]]:
    return [
        {
            "target": target, "model": name, "default": default, "horizon": horizon,
            "for_day": (last + timedelta(weeks=horizon)).isoformat(), "mean": float(middle),
            "low_80": float(middle - wide), "high_80": float(middle + wide),
            **({} if reason is None else {"reason": reason}),
        }
        for horizon, (middle, wide) in enumerate(zip(mean, radius, strict=True), 1)
        if not np.isnan(middle)
    ]  # fmt: skip
