"""What of a sleep or a meal is believed; the bounds of what a device measures stand in health/quantities.py.

Apart from the arithmetic of nights and days, so that a collector needs no pandas.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from health.records import SLEEP_STAGES

_DAY_S = 86_400
# What no sleeper shows: (lowest, highest) in the unit of the name.
_SLEEP: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("asleep_s", "awake_s", *SLEEP_STAGES), (0, _DAY_S)),
    **dict.fromkeys(("mean_heart_rate_bpm", "min_heart_rate_bpm", "max_heart_rate_bpm"), (20, 260)),
    "mean_breathing_rpm": (3, 60),
    "score": (0, 100),
}
_UNITS = {"s": "s", "bpm": "beats a minute", "rpm": "breaths a minute"}
# The most of one meal, or of one day.
_MEAL = {"energy_kj": 80_000, "sodium_g": 100}
_MOST_G = 3_000


def sleep_number(name: str, value: Decimal) -> str | None:
    """The reason why a number of a sleep is not believed, or None when it is."""
    low, high = _SLEEP[name]
    unit = _UNITS.get(name.rpartition("_")[2], "")
    if value < low:
        return f"is below {low} {unit}".rstrip()
    return f"is above {high} {unit}".rstrip() if value > high else None


def sleep_span(seconds: float) -> str | None:
    """The reason why a stretch of that length is no sleep, or None."""
    return "lasts longer than a day" if seconds > _DAY_S else None


def meal_number(name: str, value: Decimal) -> str | None:
    """The reason why a number of a meal is not believed, or None when it is."""
    if value < 0:
        return "is below 0"
    most, unit = _MEAL.get(name, _MOST_G), "kJ" if name == "energy_kj" else "g"
    return f"is above {most} {unit}" if value > most else None
