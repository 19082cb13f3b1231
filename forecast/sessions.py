"""The sessions of each exercise as rows that models learn from, and a row for each next one. A page reads it, too: no scikit-learn.

A row is one session of one exercise, in the order of time; it holds what the sessions of that exercise before it said, as shares of
their own level, so that rows of all exercises can be learned from together. It knows nothing of the session itself, nor of what
else was lifted in it.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.model import Array
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

# A model is fitted again each time the rows that are over have grown by a fifth, or as its `growth` says. Never by a share of
# all rows: a cut that moves with the newest session would move past forecasts.
_FIRST_FIT, GROWTH = 60, 1.2
_SMOOTHING = 0.3
_LEAST_SPREAD = 0.05


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """n rows in the order of time. `level` (n,) kg is the mean of the exercise's last five sessions before; `volume` (n,) kg what
    was done, NaN for a session still to come; `before` (n,) how many sessions of the exercise there had been; `matured` (n,)
    how many of the first rows were over with the exercise's session before it. That is when its forecast is made, which stands
    until the session comes: so it is the same whichever day in between the ledger is cut at. `digests` name what each
    exercise's next session is forecast from."""

    exercise: list[str]
    day: npt.NDArray[np.datetime64]
    level: Array
    volume: Array
    before: npt.NDArray[np.int64]
    matured: npt.NDArray[np.int64]
    X: Array
    digests: dict[str, str]

    @property
    def over(self) -> int:
        """How many sessions are over: the first rows; those after them are still to come."""
        return int((~np.isnan(self.volume)).sum())

    def digest(self, rows: int | None = None) -> str:
        """A name for the first so many rows (None: all): equal ones give equal forecasts."""
        first = slice(rows)
        made = hashlib.sha256("\n".join(self.exercise[first]).encode())
        for each in (self.day.astype("datetime64[D]"), self.level, self.volume, self.matured, self.X):
            made.update(np.ascontiguousarray(each[first]).tobytes())
        return made.hexdigest()[:16]


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


def fits(rows: int, growth: float = GROWTH) -> list[int]:
    """How many of the first rows a model learns from, each time anew, of so many rows in all."""
    places, place = [], float(_FIRST_FIT)
    while place < rows:
        places.append(int(place))
        place *= growth
    return places
