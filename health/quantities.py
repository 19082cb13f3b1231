"""The quantities a device can read, one line each.

A row gives the key (its unit is in the name, SI), the plain name, the unit and decimals it is shown with, the range
outside which a value is set aside instead of believed, and which way is "good" for everyone (None: it depends on the person).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Dimension = Literal["mass", "ratio", "rate", "pressure", "length", "temperature", "speed", "index", "count", "area"]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One thing that can be measured. `low` and `high` bound what is plausible, in the unit of the key."""

    key: str
    name: str
    dimension: Dimension
    shown_unit: str
    decimals: int
    low: Decimal
    high: Decimal
    good: Literal["up", "down"] | None = None

    def implausible(self, value: Decimal) -> str | None:
        """The reason why `value` is not believed, or None when it is."""
        if not value.is_finite():
            return "is not a finite number"
        if value < self.low:
            return f"is below {self.low.normalize():f} {self.shown_unit_si}".rstrip()
        if value > self.high:
            return f"is above {self.high.normalize():f} {self.shown_unit_si}".rstrip()
        return None

    @property
    def shown_unit_si(self) -> str:
        """The unit of the key itself, for messages about stored values."""
        return {
            "mass": "kg",
            "rate": "bpm",
            "pressure": "mmHg",
            "length": "m",
            "temperature": "°C",
            "speed": "m/s",
        }.get(self.dimension, "")


def _row(
    key: str,
    name: str,
    dimension: Dimension,
    unit: str,
    decimals: int,
    low: str,
    high: str,
    good: Literal["up", "down"] | None = None,
) -> Quantity:
    return Quantity(
        key=key,
        name=name,
        dimension=dimension,
        shown_unit=unit,
        decimals=decimals,
        low=Decimal(low),
        high=Decimal(high),
        good=good,
    )


_TABLE = (
    _row("body_mass_kg", "Weight", "mass", "kg", 1, "2", "500"),
    _row("fat_ratio", "Body fat", "ratio", "%", 1, "0.01", "0.8"),
    _row("fat_mass_kg", "Fat mass", "mass", "kg", 1, "0.1", "350"),
    _row("lean_mass_kg", "Lean mass", "mass", "kg", 1, "1", "250"),
    _row("muscle_mass_kg", "Muscle mass", "mass", "kg", 1, "1", "200", "up"),
    _row("bone_mass_kg", "Bone mass", "mass", "kg", 2, "0.1", "20"),
    _row("water_mass_kg", "Water", "mass", "kg", 1, "1", "250"),
    _row("intracellular_water_kg", "Water inside cells", "mass", "kg", 1, "0.5", "200"),
    _row("extracellular_water_kg", "Water outside cells", "mass", "kg", 1, "0.5", "200"),
    _row("visceral_fat_index", "Visceral fat", "index", "", 1, "0", "60", "down"),
    _row("metabolic_rate_kj_per_day", "Basal metabolic rate", "count", "kJ/day", 0, "1000", "30000"),
    _row("metabolic_age_years", "Metabolic age", "count", "years", 0, "1", "130", "down"),
    _row("heart_rate_bpm", "Heart rate", "rate", "bpm", 0, "20", "260"),
    _row("resting_heart_rate_bpm", "Resting heart rate", "rate", "bpm", 0, "20", "200"),
    _row("heart_rate_low_bpm", "Lowest heart rate of the day", "rate", "bpm", 0, "20", "260"),
    _row("heart_rate_high_bpm", "Highest heart rate of the day", "rate", "bpm", 0, "20", "260"),
    _row("systolic_mmhg", "Systolic pressure", "pressure", "mmHg", 0, "40", "300"),
    _row("diastolic_mmhg", "Diastolic pressure", "pressure", "mmHg", 0, "20", "220"),
    _row("oxygen_saturation_ratio", "Oxygen saturation", "ratio", "%", 0, "0.3", "1", "up"),
    _row("pulse_wave_velocity_mps", "Pulse wave velocity", "speed", "m/s", 1, "1", "40", "down"),
    _row("vascular_age_years", "Vascular age", "count", "years", 0, "1", "130", "down"),
    _row("nerve_health_score", "Nerve health", "index", "", 0, "0", "100", "up"),
    _row("vo2max_ml_per_kg_min", "VO2 max", "index", "ml/kg/min", 1, "5", "100", "up"),
    _row("steps_per_day", "Steps", "count", "", 0, "1", "200000", "up"),
    _row("energy_burnt_kj_per_day", "Energy burnt", "count", "kJ/day", 0, "1000", "80000"),
    _row("body_temperature_c", "Body temperature", "temperature", "°C", 1, "25", "45"),
    _row("skin_temperature_c", "Skin temperature", "temperature", "°C", 1, "5", "45"),
    _row("height_m", "Height", "length", "m", 2, "0.3", "2.8"),
)

QUANTITIES: dict[str, Quantity] = {quantity.key: quantity for quantity in _TABLE}
