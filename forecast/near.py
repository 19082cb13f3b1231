"""Past weeks most like a plan, and what followed them. NumPy alone: a page asks this of what was trained, too.

Distance and time of runs, sessions of lifting or crossfit, mean load, each scaled to [0, 1] over the past.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.model import Array

NEIGHBOURS = 14
LEAST_ROWS = 12
LEAST_NEIGHBOURS = 3


@dataclass(frozen=True, kw_only=True)
class Near:
    """Weeks to compare with. `rows` (m,): which weeks they are, in the order of time; `did` (m, 4) their training, scaled by
    `scale` (4,) and moved by `move` (4,); `changes` (m, HORIZONS) what followed, NaN where it has not come; `count`: of how many
    the nearest are taken."""

    rows: npt.NDArray[np.int64]
    did: Array
    scale: Array
    move: Array
    changes: Array
    count: int

    def neighbours(self, plans: Array) -> tuple[Array, npt.NDArray[np.int64]]:
        """(n, count) distances of the weeks nearest to each of `plans` (n, 4) and their places in `rows`; nearest first, of weeks
        as near the later first."""
        apart = (plans * self.scale + self.move)[:, None] - self.did[None, ::-1]
        far = np.sqrt((apart * apart).sum(axis=2))
        at = np.argsort(far, axis=1, kind="stable")[:, : self.count]
        return np.take_along_axis(far, at, axis=1), len(self.did) - 1 - at

    def followed(self, at: npt.NDArray[np.int64]) -> tuple[Array, Array]:
        """(n, HORIZONS) middle and spread of what followed the weeks at those (n, k) places; NaN where too few did.

        The median, and half the width of the middle two thirds: one odd week (another person on the scale) moves neither far.
        """
        then = np.sort(self.changes[at], axis=1)  # (n, k, HORIZONS), what is not known last
        known = (~np.isnan(then)).sum(axis=1)
        low, middle, high = (_quantile(then, known, share) for share in (1 / 6, 0.5, 5 / 6))
        spread = (high - low) / 2 * np.sqrt(1 + 1 / np.maximum(known, 1))
        enough = known >= LEAST_NEIGHBOURS
        return np.where(enough, middle, np.nan), np.where(enough, spread, np.nan)


def near(did: Array, changes: Array, most: int = NEIGHBOURS) -> Near | None:
    """The weeks (W, 4) whose training is known and whose following week is (`changes` (W, HORIZONS)); the nearest `most` of them,
    or a quarter where they are few. None with under LEAST_ROWS, or when they are all the same."""
    rows = np.flatnonzero(~np.isnan(changes[:, 0]) & ~np.isnan(did).any(axis=1))
    known = did[rows]
    width = np.ptp(known, axis=0) if len(rows) else np.zeros(did.shape[1])
    if len(rows) < LEAST_ROWS or not width.any():
        return None
    scale = 1 / np.where(width > 0, width, 1.0)
    move = -known.min(axis=0) * scale
    count = max(LEAST_NEIGHBOURS, min(most, len(rows) // 4))
    return Near(rows=rows, did=known * scale + move, scale=scale, move=move, changes=changes[rows], count=count)


def _quantile(ordered: Array, known: npt.NDArray[np.int64], share: float) -> Array:
    """The quantile along the second axis of the first `known` values; NumPy's own for data with holes is a hundred times slower."""
    place = share * np.maximum(known - 1, 0)
    below = place.astype(np.int64)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    first, second = (np.take_along_axis(ordered, each[:, None], axis=1)[:, 0] for each in (below, above))
    return np.asarray(first + (place - below) * (second - first))
