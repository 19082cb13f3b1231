"""The volume of the next session of one exercise, cheaply enough for a page: from the version in use where it knows the last
session, else the median of the last five with an interval from this exercise's own past.

No scikit-learn: a page must not wait for it. The second way is `median_5` of `python -m forecast`, on this exercise alone; a test
holds the two together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from forecast.intervals import LEVELS, factors
from forecast.model import Array
from forecast.registry import Version

LEAST_SESSIONS: Final = 20  # as in forecast/volume.py, which brings scikit-learn with it
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
    radius = {level: spread * factors(error / spread, np.arange(n), level / 100) for level in LEVELS}
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


def digests(sessions: pd.DataFrame) -> dict[str, str]:
    """By exercise, a name for everything its next session is forecast from: all that was lifted up to its last session.

    `sessions`: `health.strength.sessions`, those with a volume. What a version kept by the same name still holds, whatever
    was lifted since.
    """
    ordered = sessions.sort_values(["at", "exercise"], kind="stable")
    at = ordered["at"].dt.tz_localize(None).to_numpy()
    rows = zip(ordered["exercise"], ordered["day"].dt.strftime("%F"), ordered["volume_kg"], strict=True)
    made, names = hashlib.sha256(), dict[str, str]()
    waiting: list[str] = []
    for place, (exercise, day, volume) in enumerate(rows):
        made.update(f"{exercise}\t{day}\t{volume!r}\n".encode())
        waiting.append(exercise)
        if place + 1 == len(at) or at[place + 1] != at[place]:
            names |= dict.fromkeys(waiting, made.hexdigest()[:16])
            waiting.clear()
    return names


def from_version(version: Version, model: str | None = None) -> dict[str, Next]:
    """By exercise, what a model (None: its default) says in a version of the target `volume`; without those it says nothing of."""
    manifest, name = version.manifest, model or version.manifest["default"]
    score: dict[str, Any] = next((each for each in manifest["scores"] if each["model"] == name), {})
    mean = version.arrays.get(f"{name}.mean", np.empty(0))
    radii = {level: version.arrays.get(f"{name}.radius_{level}", mean) for level in LEVELS}
    return {
        exercise: _made(
            name, sessions, float(mean[at]), {level: float(each[at]) for level, each in radii.items()}, n=score.get("n", 0),
            mae=score.get("mae"), baseline_mae=score.get("baseline_mae"), coverage_80=score.get("coverage_80"),
            scored="all exercises",
        )
        for at, (exercise, sessions) in enumerate(zip(manifest["exercises"], manifest["sessions"], strict=True))
        if at < len(mean) and np.isfinite(mean[at])
    }  # fmt: skip


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
