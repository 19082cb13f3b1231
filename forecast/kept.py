"""What a page needs of a weekly target, as arrays of a version and back: the table of weeks, and the past of the models it shows.

Every array is in double precision: a page that reads a version says what `predict` and `backtest` say, to the last digit.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from forecast.features import Weeks
from forecast.intervals import LEVELS
from forecast.model import Array, Estimator, Model
from forecast.registry import Version
from forecast.tracks import Track

PAGE_MODELS: Final = ("blend", "neighbours")
_TABLE: Final = ("base", "known", "true", "training")


def table_arrays(table: Weeks) -> dict[str, Array]:
    """The weeks, without the features that models learn from."""
    return {f"table.{name}": getattr(table, name) for name in _TABLE}


def track_arrays(track: Track) -> dict[str, Array]:
    """What a model said at the end of every week, (W, HORIZONS) each, and whether it was offered then (W,)."""
    name = track.model.name
    radius = {f"{name}.radius_{level}": each for level, each in track.radius.items()}
    return {
        f"{name}.mean": track.mean,
        f"{name}.spread": track.spread,
        f"{name}.offered": track.offered.astype(np.float64),
        **radius,
    }


def table_of(version: Version) -> Weeks:
    """The weeks again; X has no columns. Raises KeyError where the version was made by older code."""
    parts = {name: version.arrays[f"table.{name}"] for name in _TABLE}
    bare = np.empty((len(parts["base"]), 0))
    start = date.fromisoformat(version.manifest["start"])
    return Weeks(target=version.target, start=start, X=bare, filled_days=version.manifest["filled_days"], **parts)


def tracks_of(version: Version) -> dict[str, Track]:
    """The tracks of PAGE_MODELS. Raises KeyError where the version was made by older code."""
    titles = {each["name"]: each["title"] for each in version.manifest["models"]}
    found = {}
    for name in PAGE_MODELS:
        own = {part: version.arrays[f"{name}.{part}"] for part in ("mean", "spread", "offered")}
        model = Model(name=name, title=titles[name], of="weekly", default=name == version.manifest["default"], make=_not_here)
        radius = {level: version.arrays[f"{name}.radius_{level}"] for level in LEVELS}
        offered = own["offered"] > 0
        found[name] = Track(model=model, mean=own["mean"], spread=own["spread"], radius=radius, offered=offered)
    return found


def _not_here() -> Estimator:
    raise RuntimeError("a model that was read from a version is not made again")
