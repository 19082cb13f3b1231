"""The sample person's nights, as a tracker saw them, and what they ate while they kept a food diary.

The tracker came ten years ago, told stages and a heart rate only later, and was left on the shelf more than once.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np

from health import days
from health.bodies import Body, instant_text
from health.sample_life import FRESH_DAYS, N_DAYS, SOURCE, Flags, Floats, Life, wander

_STAGES_SINCE, _PULSE_SINCE, _SCORE_SINCE = -6.6, -6.6, -3.9  # years: each came with a newer tracker
_OFF = ((8.9, 8.55), (6.75, 6.6), (4.02, 3.9), (2.31, 2.24))  # years before today without one
_RESTLESS = ((5.3, 4.95), (1.15, 0.95))  # spells of poor sleep
_BED_MIN = np.array([-62.0, -58, -60, -55, -48, -8, 4])  # minutes around midnight, for the night that ends Monday to Sunday
_RISE_MIN = np.array([377.0, 376, 378, 377, 380, 452, 468])

_DIARY = ((3.02, 2.45), (0.85, 0.0))  # years before today: the second cut, and since
_KCAL = np.array([2240.0, 2210, 2230, 2250, 2380, 2590, 2520])
_KJ_PER_KCAL = 4.184


def sleeps(seed: int, life: Life) -> list[Body]:
    """One body for each night and nap that was seen, oldest first, the last one's end before the last weigh-in."""
    rng = np.random.default_rng([seed, 6])
    weekdays = np.array([day.weekday() for day in life.days])
    late = wander(rng, 0.35, 24) + 55 * life.holiday
    bed = _BED_MIN[weekdays] + late + rng.normal(0, 17, N_DAYS)
    rise = _RISE_MIN[weekdays] + 0.35 * late + rng.normal(0, 14, N_DAYS) + 48 * life.ill
    rise[-1] = 380.0
    lost = 0.055 + 0.05 * _during(life, _RESTLESS) + np.abs(wander(rng, 0.3, 0.02)) + 0.02 * (life.years + 10) / 10
    seen = _seen(rng, life)
    found: list[Body] = []
    for row in np.flatnonzero(seen).tolist():
        found.append(_night(rng, life, row, (bed[row], rise[row]), float(lost[row])))
        if row < N_DAYS - 1 and rng.random() < (0.06 if weekdays[row] >= 5 else 0.012):
            found.append(_nap(rng, life, row))
    return found


def meals(seed: int, life: Life) -> list[Body]:
    """One body for each day that the diary was kept, up to yesterday."""
    rng = np.random.default_rng([seed, 7])
    weekdays = np.array([day.weekday() for day in life.days])
    hungry = wander(rng, 0.5, 130)
    kept = _during(life, _DIARY) & ~life.holiday & (rng.random(N_DAYS) < np.where(weekdays >= 5, 0.74, 0.91))
    kept[-1] = False
    kcal = _KCAL[weekdays] + hungry + rng.normal(0, 160, N_DAYS)
    protein = np.clip(148 + 0.02 * hungry + rng.normal(0, 17, N_DAYS), 70, None)
    fat_share = np.clip(rng.normal(0.32, 0.035, N_DAYS), 0.2, 0.45)
    return [
        _day(rng, life, row, float(kcal[row]), float(protein[row]), float(fat_share[row])) for row in np.flatnonzero(kept).tolist()
    ]


def _during(life: Life, spells: tuple[tuple[float, float], ...]) -> Flags:
    found: Flags = np.zeros(N_DAYS, dtype=np.bool_)
    for start, end in spells:
        found |= (life.years >= -start) & (life.years <= -end)
    return found


def _seen(rng: np.random.Generator, life: Life) -> Flags:
    """Nights with the tracker on the wrist: rarer in the early years, never where it was broken or lost."""
    chance: Floats = np.clip(0.78 + 0.02 * (life.years + 10), 0, 0.95) - 0.25 * life.holiday
    seen: Flags = (rng.random(N_DAYS) < chance) & ~_during(life, _OFF)
    seen[0], seen[-1] = False, True
    seen[-FRESH_DAYS:] |= rng.random(FRESH_DAYS) < 0.5
    return seen


def _stretch(life: Life, row: int, start_min: float, end_min: float, name: str) -> Body:
    """From and to those minutes after midnight of the row's day, on the clock of where the person woke."""
    zone = life.zones[row]
    midnight = datetime.combine(life.days[row], time(0))
    start, end = (days.from_local(midnight + timedelta(minutes=round(each)), zone) for each in (start_min, end_min))
    native_id = f"{life.days[row]:%Y-%m-%d}-{name}"
    common = life.body("sleep", row, 720, zone) | {"id": f"{SOURCE}:{native_id}", "native_id": native_id}
    return common | {"at": instant_text(start), "day": life.days[row].isoformat(), "end": instant_text(end)}


def _night(rng: np.random.Generator, life: Life, row: int, span: tuple[float, float], lost: float) -> Body:
    start = min(span[0], span[1] - 230)
    night = _stretch(life, row, start, span[1], "night")
    minutes = _minutes(night)
    awake = round(minutes * min(lost, 0.3))
    asleep = minutes - awake
    night |= {"is_nap": False, "asleep_s": 60 * asleep}
    deep, rem = (round(asleep * float(np.clip(rng.normal(*each), 0.08, 0.32))) for each in ((0.175, 0.03), (0.215, 0.032)))
    beats = float(57.5 - 0.35 * (life.years[row] + 10) + rng.normal(0, 2.1) + 6 * life.ill[row])
    score = round(float(np.clip(58 + (asleep - 330) * 0.19 - 90 * (lost - 0.06) + rng.normal(0, 4), 20, 99)))
    years = life.years[row]
    if years >= _STAGES_SINCE:
        night |= {"light_s": 60 * (asleep - deep - rem), "deep_s": 60 * deep, "rem_s": 60 * rem}
    night["awake_s"] = 60 * awake
    if years >= _PULSE_SINCE:
        night |= {"mean_heart_rate_bpm": round(beats), "min_heart_rate_bpm": round(beats - 6 - abs(rng.normal(0, 1.5)))}
    if years >= _SCORE_SINCE:
        night["score"] = score
    return night


def _nap(rng: np.random.Generator, life: Life, row: int) -> Body:
    start = float(np.clip(rng.normal(850, 40), 760, 960))
    nap = _stretch(life, row, start, start + float(np.clip(rng.normal(42, 18), 15, 100)), "nap")
    return nap | {"is_nap": True, "asleep_s": 60 * max(_minutes(nap) - 6, 8)}


def _minutes(stretch: Body) -> int:
    length = datetime.fromisoformat(stretch["end"]) - datetime.fromisoformat(stretch["at"])
    return round(length.total_seconds() / 60)


def _day(rng: np.random.Generator, life: Life, row: int, kcal: float, protein: float, fat_share: float) -> Body:
    fat = kcal * fat_share / 9
    carbohydrate = max(kcal - 4 * protein - 9 * fat, 200) / 4
    day = life.body("meal", row, 720) | {"precision": "day", "energy_kj": round(round(kcal) * _KJ_PER_KCAL, 3)}
    day |= {"protein_g": round(protein, 1), "carbohydrate_g": round(carbohydrate, 1)}
    return day | {"fiber_g": round(float(np.clip(rng.normal(29, 6), 8, None)), 1), "fat_g": round(fat, 1)}
