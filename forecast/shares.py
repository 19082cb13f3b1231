"""What the models of volume that learn nothing say of a next session, as a share of its level; and learned trees as plain arrays.

NumPy alone: a page says what `predict` says without scikit-learn, from trees that were learned before (forecast/carried.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from forecast.model import Array
from forecast.sessions import LAST, LEVEL_OF, RATIOS, SMOOTHED, SPREAD

_NODE: Final = ("feature_idx", "num_threshold", "left", "right", "value", "is_leaf")


def last(X: Array) -> Array:  # noqa: N803
    """(n,): as last time."""
    return X[:, LAST - 1]


def median(X: Array) -> Array:  # noqa: N803
    """(n,): the median of the last five (of fewer, where there were fewer): one odd session does not move it."""
    return np.asarray(np.nanmedian(X[:, RATIOS][:, -LEVEL_OF:], axis=1))


def smoothed(X: Array) -> Array:  # noqa: N803
    """(n,): simple exponential smoothing of all sessions."""
    return X[:, SMOOTHED]


SIMPLE: Final[Mapping[str, Callable[[Array], Array]]] = {"last_session": last, "median_5": median, "smoothed": smoothed}


def columns(X: Array) -> Array:  # noqa: N803
    """(n, SPREAD + 1): what the learners see. An absent session is as the level, an absent gap a week."""
    filled = np.where(np.isnan(X), 1.0, X)
    return np.column_stack([filled[:, :SPREAD], X[:, SPREAD]])


def trees_of(boosted: Any) -> dict[str, Array]:
    """A fitted HistGradientBoostingRegressor as plain arrays: `nodes` (trees, most nodes, 6), and `start`, what it adds them to."""
    trees = [stage[0].nodes for stage in boosted._predictors]
    nodes = np.zeros((len(trees), max(len(each) for each in trees), len(_NODE)))
    for place, each in enumerate(trees):
        nodes[place, : len(each)] = np.column_stack([each[name].astype(np.float64) for name in _NODE])
    return {"nodes": nodes, "start": np.asarray(boosted._baseline_prediction, dtype=np.float64).reshape(1)}


def of_trees(nodes: Array, start: Array, rows: Array) -> Array:
    """(n,) what those trees say of (n, columns) `rows` without gaps, in the order in which scikit-learn adds them up."""
    said = np.full(len(rows), float(start[0]))
    every = np.arange(len(rows))
    for tree in nodes:
        at = np.zeros(len(rows), dtype=np.int64)
        while not (tree[at, 5] > 0).all():
            below = rows[every, tree[at, 0].astype(np.int64)] <= tree[at, 1]
            further = np.where(below, tree[at, 2], tree[at, 3]).astype(np.int64)
            at = np.where(tree[at, 5] > 0, at, further)
        said += tree[at, 4]
    return said
