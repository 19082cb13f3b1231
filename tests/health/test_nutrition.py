"""Meals to days: sums, and two apps that wrote down the same food."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from health.bodies import body
from health.frames import meals_frame
from health.nutrition import daily
from health.records import MEAL_NUMBERS, Meal


def meal(day: int, app: str | None = "Diary", *, hour: int = 11, **numbers: float) -> Meal:
    values: dict[str, Any] = {key: Decimal(str(value)) for key, value in numbers.items()}
    name = f"{day}-{hour}-{app}"
    at = datetime(2025, 1, day, hour, tzinfo=UTC)
    return Meal(person="me", source="apple", native_id=name, at=at, zone="Europe/Berlin", app=app, **values)


def table(*meals: Meal) -> pd.DataFrame:
    return daily(meals_frame([body(each) for each in meals]))


def test_meals_of_a_day_are_summed_and_what_nobody_said_is_absent() -> None:
    found = table(meal(2, hour=7, protein_g=30.5), meal(2, hour=19, protein_g=41, fat_g=20), meal(2, hour=23, protein_g=1))
    assert found["protein_g"].to_dict() == {pd.Timestamp("2025-01-02"): 71.5, pd.Timestamp("2025-01-03"): 1}
    assert found["fat_g"].tolist() == pytest.approx([20, np.nan], nan_ok=True)
    assert found["energy_kj"].isna().all()


def test_two_apps_tell_of_the_same_food() -> None:
    both = (
        meal(2, "A", energy_kj=8000, protein_g=90),
        meal(2, "B", energy_kj=9000, fat_g=70),
        meal(2, None, protein_g=120, fiber_g=9),
    )
    for order in (both, both[::-1]):
        (row,) = table(*order).to_dict("records")
        assert {key: value for key, value in row.items() if value == value} == {
            "energy_kj": 9000,
            "protein_g": 90,
            "fat_g": 70,
            "fiber_g": 9,
        }


def test_nothing_eaten_is_an_empty_table() -> None:
    assert len(table()) == 0
    assert list(table()) == list(MEAL_NUMBERS) == list(table(meal(1, fat_g=1)))
    assert table().index.dtype == table(meal(1, fat_g=1)).index.dtype
