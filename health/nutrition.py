"""Meals to days: what was eaten on each local day. Frames as `health.frames` makes them; energy in kJ, the rest in grams."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

from health.records import MEAL_NUMBERS

# The most of one meal, or of one day, that is believed.
_MOST = {"energy_kj": 80_000, "sodium_g": 100}
_MOST_G = 3_000


def implausible(name: str, value: Decimal) -> str | None:
    """The reason why a number of a meal is not believed, or None when it is."""
    if value < 0:
        return "is below 0"
    most, unit = _MOST.get(name, _MOST_G), "kJ" if name == "energy_kj" else "g"
    return f"is above {most} {unit}" if value > most else None


def daily(meals: pd.DataFrame) -> pd.DataFrame:
    """One row for each local day on which something was written down, oldest first: the sum of each number, or NaN.

    Two apps that both kept a day tell of the same food: each number is that of the app which counted most energy (or, without any,
    most protein) that day, and of the next one where it does not know the number.
    """
    if meals.empty:
        return pd.DataFrame(
            {name: pd.Series(dtype=np.float64) for name in MEAL_NUMBERS},
            index=pd.DatetimeIndex(np.array([], dtype="datetime64[us]"), name="day"),
        )
    by_app = meals.assign(app=meals["app"].fillna("")).groupby(["day", "source", "app"], sort=True)
    sums = by_app[list(MEAL_NUMBERS)].sum(min_count=1).reset_index()
    if sums["day"].is_unique:
        return sums.set_index("day")[list(MEAL_NUMBERS)]
    best_first = sums.sort_values(
        ["day", "energy_kj", "protein_g", "source", "app"], ascending=[True, False, False, True, True], na_position="last"
    )
    return best_first.groupby("day", sort=True)[list(MEAL_NUMBERS)].first()  # the first that is known
