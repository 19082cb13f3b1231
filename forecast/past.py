"""Past forecasts beside what happened: one model, one horizon, every origin that is scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from forecast import tracks
from forecast.goal import deviations
from forecast.model import Array
from forecast.plan import Outlook

LEVELS: Final = tuple(range(10, 100, 10))
_NORMAL: Final = NormalDist()
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, kw_only=True)
class Past:
    """n forecasts in the order of time, made at the end of the local week that ends on `made` for the week that ends on `week`:
    what `came`, what was `said` (n,), and the half-widths of its intervals (n,). Only those with a reading in both weeks."""

    made: list[date]
    week: list[date]
    came: Array
    said: Array
    radius_50: Array
    radius_80: Array

    @property
    def held(self) -> npt.NDArray[np.bool_]:
        """(n,): whether what came lay in the 80 % interval."""
        return np.asarray(np.abs(self.came - self.said) <= self.radius_80)


def past(found: Outlook, name: str, horizon: int) -> Past:
    """What that model said so many weeks ahead at each origin that `backtest` scores."""
    table = found.table
    came, said, radius = tracks.compared(table, found.track(name), horizon)
    rows = tracks.FIRST_ORIGIN + np.arange(len(came))
    use = ~np.isnan(came) & ~np.isnan(table.true[rows]) & ~np.isnan(said)
    return Past(
        made=[table.sunday(int(row)) for row in rows[use]],
        week=[table.sunday(int(row) + horizon) for row in rows[use]],
        came=came[use],
        said=said[use],
        radius_50=radius[50][use],
        radius_80=radius[80][use],
    )


def calibration(each: Past) -> dict[int, float]:
    """For intervals meant to hold so many times in 100 (LEVELS), the share that did; empty without forecasts. At 50 and 80
    these are the intervals shown, between and beyond them the same distribution the goal is read from."""
    rows = zip(each.came - each.said, each.radius_50, each.radius_80, strict=True)
    far = np.array([abs(deviations(float(error), float(at_50), float(at_80))) for error, at_50, at_80 in rows])
    return {level: float((far <= _NORMAL.inv_cdf(0.5 + level / 200) + _ROUNDING).mean()) for level in LEVELS} if len(far) else {}
