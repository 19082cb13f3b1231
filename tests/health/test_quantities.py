"""The table of quantities: each line is whole, and refuses what no body can be."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from health.quantities import QUANTITIES, Quantity

UNITS = {
    "mass": "_kg",
    "ratio": "_ratio",
    "rate": "_bpm",
    "pressure": "_mmhg",
    "length": "_m",
    "temperature": "_c",
    "speed": "_mps",
}


@pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=lambda each: each.key)
def test_each_line_is_whole(quantity: Quantity) -> None:
    assert QUANTITIES[quantity.key] is quantity
    assert re.fullmatch(r"[a-z0-9_]+", quantity.key)
    assert quantity.name
    assert 0 <= quantity.low < quantity.high
    assert quantity.decimals in (0, 1, 2)
    assert quantity.key.endswith(UNITS.get(quantity.dimension, ""))


def test_keys_do_not_repeat_and_what_others_rely_on_is_there() -> None:
    relied_on = "body_mass_kg fat_ratio fat_mass_kg lean_mass_kg muscle_mass_kg bone_mass_kg water_mass_kg heart_rate_bpm height_m"
    assert set(relied_on.split()) <= set(QUANTITIES)
    assert len({each.name for each in QUANTITIES.values()}) == len(QUANTITIES)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("body_mass_kg", "80.4", None),
        ("body_mass_kg", "500", None),
        ("body_mass_kg", "900", "is above 500 kg"),
        ("body_mass_kg", "1.99", "is below 2 kg"),
        ("fat_ratio", "18.5", "is above 0.8"),
        ("fat_ratio", "0", "is below 0.01"),
        ("height_m", "179", "is above 2.8 m"),
        ("heart_rate_bpm", "NaN", "is not a finite number"),
        ("heart_rate_bpm", "Infinity", "is not a finite number"),
    ],
)
def test_what_is_plausible(key: str, value: str, reason: str | None) -> None:
    assert QUANTITIES[key].implausible(Decimal(value)) == reason
