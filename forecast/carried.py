"""What the default says of sessions that came after its training, from what was learned then. Without scikit-learn.

A model of volume learns again each time the sessions have grown by a fifth, not with each of them. Between two such times the
forecast after one more session is what the trees learned before say; the other parts learn nothing, and shares and intervals
follow from errors that are known. So a version and the ledger of today give the very numbers that working it all out anew would
(a test holds them together), in milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from forecast.model import BASELINE, Array, Estimator, Model
from forecast.registry import Version
from forecast.sessions import EXERCISE, Sessions, fits
from forecast.shares import SIMPLE, columns, of_trees, trees_of
from forecast.volume_tracks import VolumeTrack, track
from forecast.weighing import weighed

_TITLES: Final = {"volume_blend": "Blend", "last_session": "Last session"}


def kept(table: Sessions, shares: Mapping[str, Array], fitted: Mapping[str, Estimator]) -> tuple[dict[str, Any], dict[str, Array]]:
    """What a version holds for this: a part of its manifest, and arrays. `shares` (n,) and the models as last `fitted`, by name."""
    from forecast.model import models

    default = next(each for each in models().values() if each.of == "volume" and each.default)
    parts = list(default.make().parts)  # type: ignore[attr-defined]
    arrays: dict[str, Array] = {}
    for name in parts:
        made = getattr(fitted.get(name), "made_", None)
        if name not in SIMPLE:
            arrays[f"{name}.past"] = shares[name]
            arrays |= {} if made is None else {f"{name}.{key}": each for key, each in trees_of(made).items()}
    ahead = _turns(table)[table.over :]
    about = {"parts": parts, "over": table.over, "rows": table.digest(table.over), "turns": [int(each) for each in ahead]}
    return about, arrays


def carried(version: Version, table: Sessions) -> dict[str, VolumeTrack] | None:
    """The default and the baseline on `table`, by name; None where its sessions do not begin with those that the version was made
    from, or so many have come that it would have learned again. Raises KeyError where the version was made by older code."""
    about, default = version.manifest["carry"], version.manifest["default"]
    if table.over < about["over"] or table.digest(about["over"]) != about["rows"]:
        return None
    said = [SIMPLE[name](table.X) if name in SIMPLE else _learned(version, name, table) for name in about["parts"]]
    if any(each is None for each in said):
        return None
    joined = weighed(np.array(said), table.volume / table.level, table.X[:, EXERCISE], table.matured)
    baseline = BASELINE["volume"]
    return {
        default: track(table, _named(default, default=True), joined),
        baseline: track(table, _named(baseline, default=False), SIMPLE[baseline](table.X)),
    }


def _learned(version: Version, name: str, table: Sessions) -> Array | None:
    """(n,) what a part that learns said of each row; None where it would have learned again since."""
    manifest, past = version.manifest, version.arrays[f"{name}.past"]
    over, last = manifest["carry"]["over"], manifest["carry"]["turns"]
    said = np.full(len(table.volume), np.nan)
    said[:over] = past[:over]
    place = {each: at for at, each in enumerate(zip(manifest["exercises"], manifest["sessions"], strict=True))}
    rows = np.arange(over, len(said))
    # A row that was one of the next sessions then was told then; what came after them is asked of the newest trees.
    at = np.array([place.get((table.exercise[row], int(table.before[row])), -1) for row in rows])
    told = at >= 0
    if (_turns(table)[rows] != np.where(told, np.array(last)[at], max(last))).any():
        return None
    said[rows[told]] = past[over + at[told]]
    nodes = version.arrays.get(f"{name}.nodes")
    if nodes is not None and not told.all():
        said[rows[~told]] = of_trees(nodes, version.arrays[f"{name}.start"], columns(table.X[rows[~told]]))
    return said


def _turns(table: Sessions) -> Any:
    """(n,) how often a model that learns had learned when each row was told."""
    return np.searchsorted(fits(len(table.volume)), table.matured, side="right")


def _named(name: str, *, default: bool) -> Model:
    return Model(name=name, title=_TITLES.get(name, name), of="volume", default=default, make=_not_here)


def _not_here() -> Estimator:
    raise RuntimeError("a model that was read from a version is not made again")
