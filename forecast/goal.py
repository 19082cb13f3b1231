"""When a target is reached, read off the fan of a forecast.

The fan says for each week ahead how likely its mean is to lie where. That a target is reached by some week is at least as likely as
that the week stands at or past it, so the largest of those chances up to the week is what is said: at least that much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal

import numpy as np

from forecast.model import Array

Verdict = Literal["there", "likely", "even", "possible", "no"]

# From which chance on each word is said; below the last it is "not at this rate".
WORDS: Final[Sequence[tuple[float, Verdict]]] = ((0.8, "likely"), (0.5, "even"), (0.1, "possible"))
EARLY, MIDDLE, LATE = 0.1, 0.5, 0.9  # the range of weeks in which it is reached 8 times in 10, and its middle
_NORMAL: Final = NormalDist()
_LEAST: Final = 1e-9  # half-widths of somebody whose weeks never differ
_AT_50, _AT_80 = _NORMAL.inv_cdf(0.75), _NORMAL.inv_cdf(0.9)


def deviations(distance: float, radius_50: float, radius_80: float) -> float:
    """How far from the middle `distance` lies, in standard deviations of a normal distribution: the 50 % half-width stands for
    0.674 of them, the 80 % one for 1.282, straight lines between and beyond. The second half-width is not the smaller."""
    far, radius_50 = abs(distance), max(radius_50, _LEAST)
    if far <= radius_50:
        at = far / radius_50 * _AT_50
    else:
        # Two half-widths that (nearly) meet would make a cliff: beyond the first they part by a hundredth of it at least.
        step = max(radius_80 - radius_50, radius_50 / 100) / (_AT_80 - _AT_50)
        at = _AT_50 + (far - radius_50) / step
    return at if distance >= 0 else -at


def at_most(value: float, mean: float, radius_50: float, radius_80: float) -> float:
    """The chance that what comes is `value` or less."""
    return _NORMAL.cdf(deviations(value - mean, radius_50, radius_80))


@dataclass(frozen=True, kw_only=True)
class Reach:
    """`chance` (H,): that the week so many ahead stands at or past the target, NaN where the fan says nothing. `early`, `middle`,
    `late`: the first week by which it is reached with a chance of 10, 50 and 90 in 100 at least, None when it lies beyond."""

    there: bool
    chance: Array
    early: int | None
    middle: int | None
    late: int | None

    def by(self, week: int) -> float:
        """The chance, at least, that it is reached by that week (1 for the first ahead)."""
        known = self.chance[:week][np.isfinite(self.chance[:week])]
        return 1.0 if self.there else float(known.max()) if len(known) else 0.0

    def verdict(self, week: int | None = None) -> Verdict:
        """In a word, by that week or by the end of the fan."""
        if self.there:
            return "there"
        return said_of(self.by(len(self.chance) if week is None else week))


def said_of(chance: float) -> Verdict:
    """The word for a chance."""
    return next((word for least, word in WORDS if chance >= least), "no")


def falls(target: float, now: float, direction: str | None) -> bool:
    """Which way the target lies: the wanted way where the person said one (lose, gain), else wherever it is from here."""
    return {"lose": True, "gain": False}.get(direction or "", target < now)


def reach(target: float, now: float, mean: Array, radius_50: Array, radius_80: Array, *, down: bool) -> Reach:
    """When `target` is reached from `now` by a fan of (H,) middles and half-widths; `down` says on which side it lies."""
    chance = np.full(len(mean), np.nan)
    for at in np.flatnonzero(np.isfinite(mean) & np.isfinite(radius_50) & np.isfinite(radius_80)):
        below = at_most(target, float(mean[at]), float(radius_50[at]), float(radius_80[at]))
        chance[at] = below if down else 1 - below
    there = now <= target if down else now >= target
    early, middle, late = (None if there else _first(chance, least) for least in (EARLY, MIDDLE, LATE))
    return Reach(there=there, chance=chance, early=early, middle=middle, late=late)


def _first(chance: Array, least: float) -> int | None:
    weeks = np.flatnonzero(np.nan_to_num(chance) >= least)
    return int(weeks[0]) + 1 if len(weeks) else None
