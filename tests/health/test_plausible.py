"""The bounds of what is believed of a sleep and of a meal."""

from __future__ import annotations

from decimal import Decimal

import pytest

from health.plausible import meal_number, sleep_number, sleep_span
from health.records import MEAL_NUMBERS, SLEEP_NUMBERS


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("asleep_s", 86_401, "is above 86400 s"),
        ("mean_heart_rate_bpm", 19, "is below 20 beats a minute"),
        ("mean_breathing_rpm", 61, "is above 60 breaths a minute"),
        ("score", 101, "is above 100"),
    ],
)
def test_what_no_sleeper_shows(name: str, value: int, reason: str) -> None:
    assert sleep_number(name, Decimal(value)) == reason
    assert all(sleep_number(each, Decimal(50)) is None for each in SLEEP_NUMBERS)
    assert sleep_span(86_400) is None
    assert sleep_span(86_401) == "lasts longer than a day"


def test_what_nobody_eats() -> None:
    assert meal_number("energy_kj", Decimal(80_001)) == "is above 80000 kJ"
    assert meal_number("protein_g", Decimal(3_001)) == "is above 3000 g"
    assert meal_number("fat_g", Decimal(-1)) == "is below 0"
    assert all(meal_number(name, Decimal(50)) is None for name in MEAL_NUMBERS)
