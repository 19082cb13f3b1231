"""What the turn of the year does to a weight: a little up by New Year, half of it gone a month later, the rest by April.

Everybody's prior, not the person's own: owners of connected scales gained 0.4 (United States), 0.5 (Japan) and 0.6 per cent
(Germany) over Christmas and lost half of it soon after (Helander, Wansink & Chieh, "Weight gain over the holidays in three
countries", New England Journal of Medicine 375, 2016). The least of the three is taken, for whoever keeps other feasts.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from forecast.model import Array

PEAK = 0.004  # of the weight, on New Year's day
# Days from the nearest New Year, and how much of the peak is there: it begins on the 15th of December.
_DAYS, _SHARE = (-17, 0, 30, 90), (0.0, 1.0, 0.5, 0.0)
_THURSDAY, _HALF_YEAR = 3, 182


def carried(days: npt.NDArray[np.datetime64]) -> Array:
    """How much more than else a weight is on each of `days` (numpy days), as a share of it."""
    years = days.astype("datetime64[Y]")
    since, until = ((days - each.astype("datetime64[D]")).astype(int) for each in (years, years + 1))
    return np.asarray(PEAK * np.interp(np.where(since < _HALF_YEAR, since, until), _DAYS, _SHARE))


def changes_ahead(start: date, count: int, horizons: int) -> Array:
    """(count, horizons): from the middle of each of `count` weeks, the first from Monday `start`, to so many weeks on; a share of
    the weight."""
    middle = np.datetime64(start, "D") + _THURSDAY + 7 * np.arange(count + horizons)
    shares = carried(middle)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(shares[1:], horizons) - shares[:count, None])
