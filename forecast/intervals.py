"""How wide: adaptive conformal inference on a model's own past errors (Gibbs & Candès 2021), for each horizon on its own.

An error counts relative to the spread the model gave for it. An interval is as wide as the share of the last errors asked
for; where too many have fallen outside lately the share asked for grows, where too few it shrinks. An error is known only
when its week has come, so an interval at an origin rests on what had matured by then.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from forecast.model import Array

LEVELS = (50, 80)
# How fast the share asked for follows the misses: of weeks, and of sessions, of which there are several a day.
_WEEKLY, _RATE = 0.05, 0.01
# How many errors count: a person who loses ten kilograms and one who keeps them are not equally hard to foresee.
_LAST = 40
# The widest and narrowest share it may come to.
_MOST, _LEAST = 0.985, 0.2
# The spread is nearly taken at its word as well: this many errors stand among the last, as a normal distribution that is so
# much wider would give them. Wider, since how far one person is from what is usual nobody knows beforehand; of weeks at 80 per
# cent alone, where who is hard to foresee is missed too often. Half of the errors lie within what the spread says.
_PRIOR, _WIDER = 12, 1.4
_WIDER_WEEKLY = {50: 1.0, 80: 1.44}


def _stand_ins(count: int, wider: float) -> list[float]:
    """So many absolute errors, in order, evenly placed in a normal distribution `wider` spreads wide."""
    normal = NormalDist()
    return [wider * normal.inv_cdf(0.5 + 0.5 * (at + 0.5) / count) for at in range(count)]


def radii(errors: Array, spread: Array, level: int) -> Array:
    """Half-widths (n, H) of the `level` per cent intervals around n forecasts, origins one step apart.

    `errors` (n, H): the absolute error of the forecast for so many steps ahead, NaN where nothing came to compare it with;
    `spread` (n, H) above 0 or NaN. Row t, column h rests on errors of rows w with w + h + 1 <= t alone.
    """
    result = np.full(errors.shape, np.nan)
    relative = errors / spread
    for column in range(errors.shape[1]):
        matured = np.maximum(np.arange(len(errors)) - column, 0)
        # Errors farther ahead share most of their weeks with the next ones: as many of them tell less, so more stand in.
        begin = _stand_ins(_PRIOR + column, _WIDER_WEEKLY[level])
        result[:, column] = spread[:, column] * factors(relative[:, column], matured, level / 100, _WEEKLY, begin)
    return result


def nested(radius: Callable[[int], Array]) -> dict[int, Array]:
    """The half-widths by level. Each follows its own misses; the wider interval is kept from being the narrower one."""
    made: dict[int, Array] = {}
    widest: Array | float = 0.0
    for level in LEVELS:
        widest = made[level] = np.maximum(radius(level), widest)
    return made


def factors(
    relative: Array,
    matured: npt.NDArray[np.int64],
    share: float,
    rate: float = _RATE,
    begin: Sequence[float] = tuple(_stand_ins(_PRIOR, _WIDER)),
) -> Array:
    """How many spreads wide the interval of each row is. `relative` (n,): error over spread, NaN where none is known; `matured`
    (n,): how many of the first rows had come to be known when that row's forecast was made, itself not among them. `begin`: the
    errors that stand in for a past there is none of yet, in order."""
    result = np.empty(len(relative))
    past, asked, learned = list(begin), share, 0
    last: deque[float] = deque()
    # In the order in which the forecasts were made: every row that is known to one was made before it.
    for row in np.argsort(matured, kind="stable"):
        for known in range(learned, matured[row]):
            if not np.isnan(relative[known]):
                missed = relative[known] > result[known]
                asked = min(max(asked + rate * (missed - (1 - share)), _LEAST), _MOST)
                last.append(float(relative[known]))
                insort(past, last[-1])
                if len(last) > _LAST:
                    del past[bisect_left(past, last.popleft())]
        learned = max(learned, int(matured[row]))
        result[row] = _quantile(past, asked)
    return result


def _quantile(ordered: list[float], share: float) -> float:
    # The conformal quantile: of n + 1 places, so that few errors give a wider interval than they show.
    place = min(share * (len(ordered) + 1) - 1, len(ordered) - 1)
    low = max(int(place), 0)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (max(place, 0.0) - low) * (ordered[high] - ordered[low])
