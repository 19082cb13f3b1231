"""The sample person's runs, rides, swims and hikes: three runs a week with seasons, setbacks and slow progress."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from health.bodies import Body
from health.sample_life import Floats, Life

_WATCH_SINCE = -8.1  # years; before that nobody measured a heart rate


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """A kind of run: kilometres when fit, seconds a kilometre beside an easy pace, beats a minute, minutes after midnight."""

    name: str
    km: float
    slower: float
    beats: float
    minute: float


_EASY = _Plan(name="Easy run", km=7.2, slower=14, beats=142, minute=1105)
_TEMPO = _Plan(name="Tempo run", km=8.4, slower=-22, beats=161, minute=1115)
_LONG = _Plan(name="Long run", km=14.5, slower=8, beats=147, minute=560)
_PARK = _Plan(name="Park run", km=5.0, slower=-36, beats=168, minute=542)
_WEEK = {1: (_EASY, 0.92), 2: (_EASY, 0.3), 3: (_TEMPO, 0.88), 5: (_PARK, 0.24), 6: (_LONG, 0.92)}


@dataclass
class _Form:
    """How fit the runner is: `years` of training (0 to 1, slow, kept) and `weeks` of it (0 to 1, quick, lost)."""

    years: float = 0.0
    weeks: float = 0.2

    def ran(self) -> None:
        self.years += 0.0022 * (1 - self.years)
        self.weeks += 0.05 * (1 - self.weeks)

    def rested(self) -> None:
        self.weeks *= 0.985


def activities(seed: int, life: Life, mass: Floats) -> list[Body]:
    """One body for each activity, oldest first, up to yesterday. `mass` in kg, one a day: a heavier runner is a slower one."""
    rng = np.random.default_rng([seed, 4])
    form = _Form()
    found: list[Body] = []
    for row, day in enumerate(life.days[:-1]):
        form.rested()
        if life.ill[row]:
            continue
        plan = None if life.injured[row] else _planned(rng, life, row)
        if plan is not None:
            found.append(life.body("activity", row, _minute(rng, plan.minute)) | _run(rng, plan, form, life, row, float(mass[row])))
            form.ran()
        elif life.injured[row] and day.weekday() in (2, 5) and rng.random() < 0.6:
            found.append(life.body("activity", row, _minute(rng, 1150)) | _swim(rng))
        else:
            found.extend(_others(rng, life, row))
    return found


def _planned(rng: np.random.Generator, life: Life, row: int) -> _Plan | None:
    day = life.days[row]
    if life.holiday[row]:
        return _EASY if rng.random() < 0.2 else None
    plan, chance = _WEEK.get(day.weekday(), (_EASY, 0.02))
    chance *= 0.72 if day.month in (12, 1, 2) else 1.0
    chance *= 0.6 if life.business[row] else 1.0
    chance *= 0.55 if life.years[row] < -9.2 or -3.9 < life.years[row] < -3.3 else 1.0  # a beginner; a winter of lifting
    return plan if rng.random() < chance else None


def _run(rng: np.random.Generator, plan: _Plan, form: _Form, life: Life, row: int, kg: float) -> Body:
    summer = life.days[row].month in (6, 7, 8)
    fit = 0.55 + 0.3 * form.weeks + 0.3 * form.years
    km = plan.km if plan is _PARK else plan.km * fit * float(rng.lognormal(0, 0.16))
    pace = 372 - 62 * form.years - 34 * form.weeks + plan.slower + 2.1 * (kg - 80) + 6 * summer + float(rng.normal(0, 6))
    hilly = rng.random() < 0.18
    climb = km * float(rng.uniform(18, 34) if hilly else rng.uniform(3, 9))
    moving = round(km * pace + 1.6 * climb)
    reading: Body = {
        "sport": "run",
        "sport_type": "TrailRun" if hilly and plan is _LONG else "Run",
        "name": plan.name,
        "elapsed_s": moving + round(float(rng.exponential(55))),
        "moving_s": moving,
        "distance_m": round(km * 1000, 1),
        "ascent_m": round(climb, 1),
    }
    beats = plan.beats - 5 * form.weeks + 4 * summer + float(rng.normal(0, 2.6))
    return reading | _heart(rng, life, row, beats) | _speeds(rng, reading)


def _others(rng: np.random.Generator, life: Life, row: int) -> list[Body]:
    day, year = life.days[row], life.years[row]
    if life.holiday[row]:
        return [life.body("activity", row, _minute(rng, 600)) | _hike(rng)] if rng.random() < 0.22 else []
    if life.business[row]:
        return []
    if day.weekday() == 5 and 4 <= day.month <= 9 and year > -7.8 and rng.random() < 0.4:
        ride = _ride(rng)
        beats = 133 + float(rng.normal(0, 4))
        return [life.body("activity", row, _minute(rng, 625)) | ride | _heart(rng, life, row, beats) | _speeds(rng, ride)]
    if day.weekday() == 2 and day.month in (11, 12, 1, 2) and -6.2 < year < -2.9 and rng.random() < 0.6:
        return [life.body("activity", row, _minute(rng, 1170)) | _swim(rng)]
    return []


def _ride(rng: np.random.Generator) -> Body:
    km = float(np.clip(rng.lognormal(3.75, 0.33), 14, 120))
    moving = round(km * 1000 / float(rng.normal(7.1, 0.5)))
    return {
        "sport": "ride",
        "sport_type": "Ride",
        "name": "Saturday ride",
        "elapsed_s": moving + round(float(rng.exponential(900))),
        "moving_s": moving,
        "distance_m": round(km * 1000, 1),
        "ascent_m": round(km * float(rng.uniform(4, 13)), 1),
    }


def _swim(rng: np.random.Generator) -> Body:
    lengths = int(rng.integers(32, 72))
    moving = round(lengths * 25 * float(rng.normal(1.32, 0.07)))
    return {
        "sport": "swim",
        "sport_type": "Swim",
        "name": "Swim",
        "elapsed_s": moving + round(float(rng.exponential(240))),
        "moving_s": moving,
        "distance_m": lengths * 25,
    }


def _hike(rng: np.random.Generator) -> Body:
    km = float(rng.uniform(6, 19))
    climb = km * float(rng.uniform(15, 60))
    moving = round(km * 820 + 6 * climb)
    return {
        "sport": "hike",
        "sport_type": "Hike",
        "name": "Hike",
        "elapsed_s": moving + round(float(rng.uniform(1200, 6000))),
        "moving_s": moving,
        "distance_m": round(km * 1000, 1),
        "ascent_m": round(climb, 1),
    }


def _heart(rng: np.random.Generator, life: Life, row: int, beats: float) -> Body:
    if life.years[row] < _WATCH_SINCE or rng.random() < 0.03:
        return {}
    return {"mean_heart_rate_bpm": round(beats, 1), "max_heart_rate_bpm": round(beats + 9 + float(rng.exponential(7)))}


def _speeds(rng: np.random.Generator, reading: Body) -> Body:
    mean = reading["distance_m"] / reading["moving_s"]
    return {"mean_speed_mps": round(mean, 3), "max_speed_mps": round(mean * float(rng.uniform(1.25, 1.8)), 3)}


def _minute(rng: np.random.Generator, minute: float) -> float:
    return float(np.clip(minute + rng.normal(0, 22), 300, 1300))
