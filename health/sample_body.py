"""The sample person's weigh-ins: ten years with two cuts, a bulk, plateaus, holidays, water, and a scale that errs like one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from health.bodies import Body
from health.sample_life import FRESH_DAYS, N_DAYS, Flags, Floats, Life, wander

HEIGHT_M = 1.81

# What the person weighs under all noise: (years before today, kg, fat ratio), straight between, then smoothed over three weeks.
_STORY = (
    (10.1, 87.4, 0.272),
    (9.6, 86.6, 0.268),
    (9.1, 81.9, 0.236),  # a first cut
    (8.5, 81.6, 0.232),
    (7.6, 83.9, 0.240),
    (6.9, 83.4, 0.236),
    (6.4, 77.9, 0.192),  # the year of much running
    (5.7, 77.6, 0.189),
    (4.9, 79.3, 0.199),
    (4.1, 79.0, 0.190),
    (3.3, 85.2, 0.213),  # a bulk
    (3.0, 85.4, 0.214),
    (2.5, 79.7, 0.172),  # and the cut after it
    (1.9, 79.9, 0.169),
    (1.2, 82.4, 0.183),
    (0.55, 82.1, 0.181),
    (0.12, 80.5, 0.170),
    (0.0, 80.2, 0.168),
)
_WEEKDAY_KG = np.array([0.28, 0.12, -0.04, -0.14, -0.2, -0.06, 0.1])
_HABIT = np.array([0.94, 0.93, 0.93, 0.91, 0.9, 0.8, 0.76])  # how likely a weigh-in is, Monday to Sunday
_SLACK = ((9.0, 8.7), (4.8, 4.3), (1.75, 1.5))  # spells (years before today) when the person hardly cared


def true_weight(seed: int, life: Life) -> tuple[Floats, Floats]:
    """Mass in kg and fat ratio of each day, as a perfect scale would read them: no water, no noise."""
    rng = np.random.default_rng([seed, 2])
    years, kg, fat = (np.array(column) for column in zip(*_STORY, strict=True))
    kg = kg + rng.normal(0, 0.5, len(kg))
    fat = fat + rng.normal(0, 0.004, len(fat))
    drift = wander(rng, 0.98, 0.4) + _indulgence(life)
    mass = _smooth(np.interp(life.years, -years, kg)) + drift
    return mass, _smooth(np.interp(life.years, -years, fat)) + 0.35 * drift / mass


def weigh_ins(seed: int, life: Life, mass: Floats, fat: Floats) -> list[Body]:
    """One body for each time the person stood on the scale, the height among them once, oldest first."""
    rng = np.random.default_rng([seed, 3])
    weekdays = np.array([day.weekday() for day in life.days])
    water = wander(rng, 0.45, 0.42) + _WEEKDAY_KG[weekdays]
    shown = mass + water + rng.normal(0, 0.06, N_DAYS)
    weighed = _weighed(rng, life, weekdays)
    readings = list(zip(shown.tolist(), fat.tolist(), water.tolist(), strict=True))
    minutes = 405 + 12 * rng.standard_normal(N_DAYS) + np.where(weekdays >= 5, 85, 0)
    minutes[-1] = 391  # early: whoever looks at the sample before that is asleep
    found: list[Body] = [life.body("measurement", 0, 380) | {"height_m": HEIGHT_M}]
    for row in np.flatnonzero(weighed).tolist():
        stranger = rng.random() < 0.0016 and row < N_DAYS - FRESH_DAYS
        reading = _stranger(rng) if stranger else _reading(rng, *readings[row])
        found.append(life.body("measurement", row, float(minutes[row])) | reading)
        if rng.random() < 0.03 and row < N_DAYS - 1:
            kg, ratio, wet = readings[row]
            evening = _reading(rng, kg + rng.normal(0.9, 0.35), ratio, wet)
            found.append(life.body("measurement", row, float(1270 + rng.normal(0, 25))) | evening)
    return found


def _weighed(rng: np.random.Generator, life: Life, weekdays: npt.NDArray[np.int_]) -> Flags:
    chance: Floats = _HABIT[weekdays]
    for start, end in _SLACK:
        chance = np.where((life.years >= -start) & (life.years < -end), 0.35 * chance, chance)
    weighed: Flags = (rng.random(N_DAYS) < chance) & ~life.no_scale
    weighed[-1] = True
    return weighed


def _reading(rng: np.random.Generator, kg: float, fat_ratio: float, water_kg: float) -> Body:
    """What the scale says. Now and then it finds no fat (wet feet), and then it knows the mass alone."""
    mass = round(kg, 2)
    if rng.random() < 0.06:
        return {"body_mass_kg": mass}
    # Impedance takes a well-watered body for a leaner one.
    ratio = round(fat_ratio - 0.004 * water_kg + rng.normal(0, 0.0055), 4)
    fat = round(mass * ratio, 2)
    lean = round(mass - fat, 2)
    bone = round(0.049 * lean + rng.normal(0, 0.02), 2)
    reading: Body = {"body_mass_kg": mass, "fat_ratio": ratio, "fat_mass_kg": fat, "lean_mass_kg": lean}
    reading |= {"muscle_mass_kg": round(lean - bone, 2), "bone_mass_kg": bone}
    reading["water_mass_kg"] = round(0.715 * lean + 0.3 * water_kg + rng.normal(0, 0.15), 2)
    if rng.random() < 0.85:
        reading["heart_rate_bpm"] = round(float(62 + rng.normal(0, 3.5)))
    return reading


def _stranger(rng: np.random.Generator) -> Body:
    """Somebody else on the scale, or a suitcase: a reading that is true of another body."""
    return {"body_mass_kg": round(float(rng.choice([61.5, 94.0])) + rng.normal(0, 1.2), 2)}


def _indulgence(life: Life) -> Floats:
    """Kilograms that holidays put on and the weeks after take off again."""
    values, last = [], 0.0
    for away in life.holiday.tolist():
        last = 0.95 * last + 0.1 * away
        values.append(last)
    return np.array(values)


def _smooth(values: Floats, width: int = 21) -> Floats:
    padded = np.pad(values, width // 2, mode="edge")
    return np.convolve(padded, np.full(width, 1 / width), mode="valid")
