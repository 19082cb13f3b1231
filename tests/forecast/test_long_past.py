"""A very long ledger costs no more than thirty years of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from forecast.features import MOST_WEEKS, inputs, weeks
from tests.dashboard.house import ten_years

AS_OF = date(2026, 11, 21)


def test_what_lies_further_back_changes_nothing() -> None:
    ten = ten_years()
    older = ten.measurements.assign(day=ten.measurements["day"] - pd.Timedelta(weeks=MOST_WEEKS))
    both = replace(ten, measurements=pd.concat([older, ten.measurements], ignore_index=True))
    long = inputs(both, "body_mass_kg", AS_OF, use_api=False)
    short = inputs(ten, "body_mass_kg", AS_OF, use_api=False)
    assert long is not None
    assert short is not None
    assert len(weeks(long)) == MOST_WEEKS > len(weeks(short))
    assert np.array_equal(long.real[-len(short.real) :], short.real, equal_nan=True)
    assert np.array_equal(long.training[-len(short.training) :], short.training, equal_nan=True)
