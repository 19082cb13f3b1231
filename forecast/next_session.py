"""The volume of the next session of one exercise, as one number with its intervals and how it did before. Without scikit-learn.

Of the person's own ledger it is the default, read from a version or carried on from it (forecast/lifting.py). For the sample
person, for whom nothing is trained, it is the median of the last five of that exercise alone: `median_5` of `python -m
forecast`; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from forecast.intervals import LEVELS, factors, nested
from forecast.model import BASELINE, Array
from forecast.registry import Version
from forecast.sessions import LEAST_SESSIONS, TARGET, Sessions
from forecast.volume_tracks import VolumeTrack, results

_LAST, _LEVEL_OF, _LEAST_SPREAD = 12, 5, 0.05
TITLES: Final = {
    "volume_blend": "the blend of all models", "median_5": "the median of your last five", "last_session": "the same as last time",
    "volume_lstm": "a network for each exercise (LSTM)", "volume_lstm_all": "one network for all exercises (LSTM)",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Next:
    """kg: the most likely volume, its 50 and 80 % intervals, the model it is from, after how many `sessions`. `n`, `mae` (kg),
    `baseline_mae` (the last session's) and `coverage_80` say how it did before, on `scored` ("this exercise", "all exercises")."""

    model: str
    sessions: int
    mean: float
    low_50: float
    high_50: float
    low_80: float
    high_80: float
    n: int
    mae: float | None
    baseline_mae: float | None
    coverage_80: float | None
    scored: str

    @property
    def skill(self) -> float | None:
        """How much nearer than the last session's volume; None where neither was ever tried."""
        return None if self.mae is None or not self.baseline_mae else 1 - self.mae / self.baseline_mae


def from_own(volumes: Array) -> Next | None:
    """From the volumes (n,) kg above 0 of the exercise's sessions, the newest last; None without one. With under LEAST_SESSIONS
    it is the last session's."""
    n = len(volumes)
    if not n:
        return None
    few = n < LEAST_SESSIONS
    mean = volumes.astype(float) if few else _over(volumes, _LEVEL_OF, np.median)
    # Relative to the level of the last five, so that a lighter exercise is judged by its own measure.
    spread = np.maximum(_over(volumes, _LAST, np.std), _LEAST_SPREAD * _over(volumes, _LEVEL_OF, np.mean))
    error = np.append(np.abs(volumes[1:] - mean[:-1]), np.nan)
    radius = nested(lambda level: spread * factors(error / spread, np.arange(n), level / 100))
    tried = slice(LEAST_SESSIONS - 1, n - 1)
    did = error[tried]
    return _made(
        "last_session" if few else "median_5", n, float(mean[-1]), {level: float(each[-1]) for level, each in radius.items()},
        n=len(did), mae=float(did.mean()) if len(did) else None,
        baseline_mae=float(np.abs(np.diff(volumes))[tried].mean()) if len(did) else None,
        coverage_80=float((did <= radius[80][tried]).mean()) if len(did) else None, scored="this exercise",
    )  # fmt: skip


def _over(values: Array, last: int, what: Callable[..., Array]) -> Array:
    """`what` of each value and those before it, at most `last` of them: (n,)."""
    early = [what(values[: at + 1]) for at in range(min(last - 1, len(values)))]
    whole = what(sliding_window_view(values, last), axis=1) if len(values) >= last else np.empty(0)
    return np.concatenate([early, whole])


def from_version(version: Version, model: str | None = None, *, few: bool = False) -> dict[str, Next]:
    """By exercise, what a model (None: the default) says in a version of the target `volume`; without those it says nothing of.
    `few`: of those alone that had too few sessions for more than the baseline."""
    manifest, name = version.manifest, model or version.manifest["default"]
    score: dict[str, Any] = next((each for each in manifest["scores"] if each["model"] == name), {})
    mean = version.arrays.get(f"{name}.mean", np.empty(0))
    radii = {level: version.arrays.get(f"{name}.radius_{level}", mean) for level in LEVELS}

    def told(at: int, sessions: int) -> Next:
        return _made(name, sessions, float(mean[at]), {level: float(each[at]) for level, each in radii.items()}, **_scored(score))

    return {
        exercise: told(at, sessions)
        for at, (exercise, sessions) in enumerate(zip(manifest["exercises"], manifest["sessions"], strict=True))
        if at < len(mean) and np.isfinite(mean[at]) and (not few or sessions < LEAST_SESSIONS)
    }


def from_tracks(table: Sessions, tracks: Mapping[str, VolumeTrack], exercise: str) -> Next | None:
    """What the default of `tracks` says of that exercise's next session; the baseline where it had too few. None without one."""
    row = next((each for each in range(table.over, len(table.exercise)) if table.exercise[each] == exercise), None)
    if row is None:
        return None
    few = table.before[row] < LEAST_SESSIONS
    made = next(each for each in tracks.values() if (each.model.name == BASELINE[TARGET] if few else each.model.default))
    (score,) = results(table, {made.model.name: made})
    radius = {level: float(each[row]) for level, each in made.radius.items()}
    return _made(made.model.name, int(table.before[row]), float(made.mean[row]), radius, **_scored(score))


def _scored(score: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: score.get(name) for name in ("mae", "baseline_mae", "coverage_80")}
    return {"n": score.get("n", 0), "scored": "all exercises", **known}


def _made(model: str, sessions: int, mean: float, radius: dict[int, float], **score: Any) -> Next:
    return Next(
        model=model,
        sessions=sessions,
        mean=mean,
        low_50=max(mean - radius[50], 0.0),
        high_50=mean + radius[50],
        low_80=max(mean - radius[80], 0.0),
        high_80=mean + radius[80],
        **score,
    )
