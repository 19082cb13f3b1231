"""From the ledger to a version of the registry for volume: what each model says of the next sessions, and the networks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from forecast import volume
from forecast.carried import kept
from forecast.model import BASELINE, Array, Estimator
from forecast.registry import Version, code_version
from forecast.sessions import EXERCISE, LEAST_SESSIONS, TARGET, Sessions
from forecast.volume_tracks import VolumeTrack

NETWORKS = ("volume_lstm", "volume_lstm_all")
_ALL = "all exercises"


def version_name(table: Sessions) -> str:
    """What a version made from those sessions by this code is called, without making it."""
    return f"{_through(table)}-{hashlib.sha256((table.digest() + code_version()).encode()).hexdigest()[:8]}"


def trained(table: Sessions, now: datetime, tell: Callable[[str], None]) -> Version:
    """A version made from those sessions. Arrays: by model `.mean` and `.radius_50/80` (K,) kg for the K `exercises` of the
    manifest (NaN: not offered), by network model its parameters and `.curve` (looks, networks, 2), the losses while it learned."""
    fitted: dict[str, Estimator] = {}
    shares: dict[str, Array] = {}
    made = volume.tracks(table, fitted=fitted, shares=shares, tell=tell)
    default = next(track for track in made.values() if track.model.default)
    start, errors = _errors(table, default)
    ahead = np.flatnonzero(np.isnan(table.volume))
    arrays: dict[str, Array] = {"errors": errors, "baseline_errors": _errors(table, made[BASELINE["volume"]])[1]}
    for name, track in made.items():
        few = (table.before[ahead] < LEAST_SESSIONS) & (name != BASELINE["volume"])
        arrays[f"{name}.mean"] = np.where(few, np.nan, track.mean[ahead])
        arrays |= {f"{name}.radius_{level}": np.where(few, np.nan, each[ahead]) for level, each in track.radius.items()}
    networks = {name: _networks(table, fitted[name]) for name in NETWORKS}
    for name in NETWORKS:
        arrays |= _weights(name, fitted[name])
    carry, learned = kept(table, shares, fitted)
    manifest: dict[str, Any] = {
        "target": TARGET, "version": version_name(table), "default": default.model.name, "start": start.isoformat(),
        "trained_through": _through(table).isoformat(), "trained_at": now.isoformat(), "data": table.digest(),
        "code": code_version(), "settings": {name: fitted[name].get_params() for name in NETWORKS},  # type: ignore[attr-defined]
        "exercises": [table.exercise[row] for row in ahead], "sessions": [int(table.before[row]) for row in ahead],
        "digests": [table.digests[table.exercise[row]] for row in ahead], "models": list(made),
        "baseline_only": _short(table, ahead), "networks": networks, "scores": volume.results(table, made),
        "carry": carry,
    }  # fmt: skip
    return Version(target=TARGET, name=manifest["version"], manifest=manifest, arrays=arrays | learned)


def predictions_of(version: Version) -> list[dict[str, Any]]:
    """What `volume.predictions` says of the sessions a version was made from, read from it."""
    manifest, arrays = version.manifest, version.arrays
    found: list[dict[str, Any]] = []
    for at, exercise in enumerate(manifest["exercises"]):
        reason = manifest["baseline_only"].get(exercise)
        for name in manifest["models"] if reason is None else (BASELINE["volume"],):
            mean, radius = float(arrays[f"{name}.mean"][at]), float(arrays[f"{name}.radius_80"][at])
            default = name == manifest["default"] or reason is not None
            found.append(volume.said(exercise, name, default, mean, radius, reason))
    return found


def held_first(version: Version, table: Sessions, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`rows` of `volume.predictions`, those of an exercise from `version` where its next session rests on the same sessions."""
    kept = dict(zip(version.manifest["exercises"], version.manifest["digests"], strict=True))
    same = {each for each, digest in kept.items() if table.digests.get(each) == digest}
    own = [each for each in predictions_of(version) if each["exercise"] in same]
    return own + [each for each in rows if each["exercise"] not in same]


def _through(table: Sessions) -> date:
    """The local day of the last session; an exercise's first has no row, so the day before the present is not known here."""
    days = table.day[~np.isnan(table.volume)]
    return days.max().astype("datetime64[D]").item() if len(days) else date(1970, 1, 1)


def _errors(table: Sessions, track: VolumeTrack) -> tuple[date, Array]:
    """The Monday of the first week, and (W, 1): the mean error of each week's scored sessions as a share of their level."""
    use = np.flatnonzero((table.before >= LEAST_SESSIONS) & ~np.isnan(table.volume))
    through = _through(table)
    day = table.day[~np.isnan(table.volume)]
    first: date = day.min().astype("datetime64[D]").item() if len(day) else through
    monday = first - timedelta(days=first.weekday())
    count = (through - monday).days // 7 + 1
    week = (table.day[use].astype("datetime64[D]") - np.datetime64(monday)).astype(int) // 7
    relative = np.abs(table.volume - track.mean)[use] / table.level[use]
    sums, sessions = (np.bincount(week, weights, count) for weights in (relative, None))
    return monday, np.where(sessions > 0, sums / np.maximum(sessions, 1), np.nan)[:, None]


def _short(table: Sessions, ahead: Any) -> dict[str, str]:
    """Why an exercise has the baseline alone."""
    few = [row for row in ahead if table.before[row] < LEAST_SESSIONS]
    return {table.exercise[row]: f"{table.before[row]} of {LEAST_SESSIONS} sessions" for row in few}


def _networks(table: Sessions, fitted: Any) -> list[dict[str, Any]]:
    """For each network, in the order of its arrays: whose it is, after how many steps it was best, and the loss of the sessions
    held back then and before it had learned anything."""
    trained = getattr(fitted, "trained_", None)
    if trained is None:
        return []
    from forecast import lstm  # only where a network was trained

    names = dict(zip(table.X[:, EXERCISE], table.exercise, strict=True))
    held = trained.curve[..., 1]
    return [
        {
            "exercise": names.get(number, _ALL), "steps": int(trained.steps[place]),
            "loss": float(np.nanmin(held[:, place])), "loss_untrained": float(held[0, place]), "look": lstm.Settings().look,
        }
        for place, number in enumerate(fitted.groups_)
    ]  # fmt: skip


def _weights(name: str, fitted: Any) -> dict[str, Array]:
    trained = getattr(fitted, "trained_", None)
    if trained is None:
        return {}
    return {f"{name}.{key}": each for key, each in (*trained.parameters.items(), ("curve", trained.curve))}
