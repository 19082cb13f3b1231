"""Meals to days: what was eaten on each local day. Frames as `health.frames` makes them; energy in kJ, the rest in grams."""

from __future__ import annotations

import numpy as np
import pandas as pd

from health.records import MEAL_NUMBERS


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
