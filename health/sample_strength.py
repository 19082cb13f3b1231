"""The sample person's lifting: two or three sessions a week, heavier over the years, with deloads, breaks and failures."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from health.bodies import Body
from health.sample_life import N_DAYS, Life


@dataclass(frozen=True, kw_only=True)
class _Lift:
    """An exercise: the load it begins and ends with (kg beyond the body for `bodyweight`), the step of its plates, sets x reps."""

    name: str
    start: float
    top: float
    step: float
    sets: int
    reps: int
    warm_up: bool = False
    bodyweight: bool = False


_SQUAT = _Lift(name="Back squat", start=50, top=137, step=2.5, sets=4, reps=5, warm_up=True)
_BENCH = _Lift(name="Bench press", start=42.5, top=104, step=2.5, sets=4, reps=6, warm_up=True)
_DEADLIFT = _Lift(name="Deadlift", start=65, top=172, step=2.5, sets=3, reps=5, warm_up=True)
_PRESS = _Lift(name="Overhead press", start=27.5, top=64, step=1.25, sets=3, reps=6, warm_up=True)
_ROW = _Lift(name="Barbell row", start=40, top=87, step=2.5, sets=3, reps=8)
_PULL_UP = _Lift(name="Pull-up", start=-6, top=17, step=2.5, sets=3, reps=7, bodyweight=True)
_RDL = _Lift(name="Romanian deadlift", start=50, top=117, step=2.5, sets=3, reps=8)
_INCLINE = _Lift(name="Incline bench press", start=30, top=76, step=2.5, sets=3, reps=9)
_LEG_PRESS = _Lift(name="Leg press", start=90, top=225, step=5, sets=3, reps=10)
_CURL = _Lift(name="Biceps curl", start=8, top=18, step=1, sets=3, reps=11)
_PUSHDOWN = _Lift(name="Triceps pushdown", start=17.5, top=42, step=2.5, sets=3, reps=12)
_PLANK = "Plank"

_FULL_A = ("Full body A", (_SQUAT, _BENCH, _ROW))
_FULL_B = ("Full body B", (_SQUAT, _PRESS, _DEADLIFT))
_PUSH = ("Push", (_BENCH, _PRESS, _INCLINE, _PUSHDOWN))
_PULL = ("Pull", (_DEADLIFT, _PULL_UP, _ROW, _CURL))
_LEGS = ("Legs", (_SQUAT, _RDL, _LEG_PRESS))

_BEGAN, _SPLIT_SINCE, _RPE_SINCE, _CROSSFIT_SINCE = -8.4, -7.3, -2.6, -4.0  # years before today
_DAYS = {0: 0.88, 2: 0.84, 4: 0.72}
# A wave of seven weeks: up in small steps, then a week at less.
_WAVE = (0.925, 0.945, 0.965, 0.98, 0.99, 1.0, 0.84)
_DELOAD = 6
# How strong food makes one: (years before today, share).
_FED = ((8.4, 0.97), (6.8, 1.0), (6.4, 0.95), (4.1, 0.98), (3.1, 1.05), (2.5, 0.985), (1.2, 1.03), (0.0, 1.0))
_NOTES = ("Felt heavy", "Good speed", "Left shoulder tight", "Paused each one", "Short rest")


@dataclass
class _Practice:
    """What the body has learnt: sessions of each exercise, and how long ago the last session of any was."""

    done: dict[str, int] = field(default_factory=dict)
    idle_days: int = 0
    lost: float = 0.0

    def level(self, lift: _Lift) -> float:
        """0 when new, 1 at the end of a long road; half of the way is about fifty sessions."""
        return 1 - math.exp(-self.done.get(lift.name, 0) / 75)


def workouts(seed: int, life: Life) -> list[Body]:
    """One body for each session with its sets in order, oldest first, up to yesterday."""
    rng = np.random.default_rng([seed, 5])
    fed = np.interp(life.years, [-each[0] for each in _FED], [each[1] for each in _FED])
    practice, turn = _Practice(), 0
    found: list[Body] = []
    for row in range(N_DAYS - 1):
        practice.idle_days += 1
        practice.lost *= 0.95
        if _crossfit_day(rng, life, row):
            found.append(_crossfit(rng, life, row))
            continue
        if not _gym_day(rng, life, row):
            continue
        if practice.idle_days > 12:
            practice.lost = min(0.14, 0.004 * practice.idle_days)
        wave = (life.days[row].toordinal() // 7) % len(_WAVE)
        found.append(_session(rng, life, row, turn, wave, float(fed[row]), practice))
        practice.idle_days, turn = 0, turn + 1
    return found


def _gym_day(rng: np.random.Generator, life: Life, row: int) -> bool:
    if life.years[row] < _BEGAN or life.ill[row] or life.holiday[row]:
        return False
    chance = _DAYS.get(life.days[row].weekday(), 0.0)
    chance *= 0.3 if life.business[row] else 1.0
    chance *= 0.75 if life.days[row].month in (7, 8) else 1.0
    chance *= 0.5 if -6.7 < life.years[row] < -6.2 else 1.0  # the year of much running
    return bool(rng.random() < chance)


def _session(rng: np.random.Generator, life: Life, row: int, turn: int, wave: int, fed: float, practice: _Practice) -> Body:
    split = life.years[row] > _SPLIT_SINCE
    name, lifts = (_PUSH, _PULL, _LEGS)[turn % 3] if split else (_FULL_A, _FULL_B)[turn % 2]
    today = float(rng.normal(0, 0.018)) - practice.lost
    with_rpe = bool(life.years[row] > _RPE_SINCE)
    sets: list[Body] = []
    for lift in lifts:
        share = _WAVE[wave] * fed * (1 + today)
        load = lift.start + (lift.top - lift.start) * practice.level(lift)
        load = round(load * share / lift.step) * lift.step if not lift.bodyweight else _added(load, share, lift.step)
        sets += _sets(rng, lift, load, deload=wave == _DELOAD, tired=today, with_rpe=with_rpe)
        practice.done[lift.name] = practice.done.get(lift.name, 0) + 1
    if name in ("Legs", "Full body A"):
        sets += [{"exercise": _PLANK, "type": "normal", "duration_s": int(rng.integers(9, 19)) * 5} for _ in range(2)]
    body = life.body("workout", row, 1080 + float(np.clip(rng.normal(0, 28), -110, 110)))
    body |= {"name": name, "duration_s": round(float(len(sets) * rng.uniform(165, 215)))}
    return body | {"sets": _numbered(sets)}


def _sets(rng: np.random.Generator, lift: _Lift, load: float, *, deload: bool, tired: float, with_rpe: bool) -> list[Body]:
    found: list[Body] = []
    if lift.warm_up and load >= 40:
        for share, reps in ((0.4, 8), (0.65, 5), (0.85, 2)) if load >= 90 else ((0.5, 6),):
            found.append(_set(lift, round(load * share / 5) * 5, reps, "warmup"))
    count = lift.sets - (1 if deload else 0)
    draws = rng.random((count, 4)).tolist()
    for number, (luck, fails, effort, says) in enumerate(draws):
        reps = lift.reps + (1 if luck > 0.8 else 0) - (1 if luck < 0.14 + 0.1 * number - 4 * tired else 0)
        kind = "normal"
        if number == count - 1 and not deload and fails < 0.045:
            kind, reps = "failure", (0 if lift.warm_up and fails < 0.004 else max(1, reps - 2))
        elif number == count - 1 and lift.step < 2.5 and not lift.warm_up and fails < 0.1:
            kind, load = "drop", round(load * 0.75 / lift.step) * lift.step
        one = _set(lift, load, reps, kind)
        if with_rpe:
            one["rpe"] = 10 if kind == "failure" else min(9.5, round(2 * (7 + 0.4 * number + 1.4 * effort - 1.5 * deload)) / 2)
        if says < 0.012:
            one["note"] = _NOTES[int(says / 0.012 * len(_NOTES))]
        found.append(one)
    return found


def _set(lift: _Lift, load: float, reps: int, kind: str) -> Body:
    one: Body = {"exercise": lift.name, "type": kind, "reps": reps}
    if not lift.bodyweight or load > 0:
        one["load_kg"] = load
    return one


def _added(load: float, share: float, step: float) -> float:
    """Kilograms hung on the belt: below nothing there is nothing to hang."""
    return max(0.0, round((load - (1 - share) * 60) / step) * step)


def _numbered(sets: list[Body]) -> list[Body]:
    return [{"exercise": one["exercise"], "order": order, **one} for order, one in enumerate(sets, 1)]


def _crossfit_day(rng: np.random.Generator, life: Life, row: int) -> bool:
    usual = life.years[row] > _CROSSFIT_SINCE and life.days[row].weekday() == 3
    return bool(usual and not (life.ill[row] or life.holiday[row] or life.business[row]) and rng.random() < 0.16)


def _crossfit(rng: np.random.Generator, life: Life, row: int) -> Body:
    sets: list[Body] = []
    for _ in range(int(rng.integers(3, 6))):
        sets.append({"exercise": "Kettlebell swing", "type": "normal", "reps": 15, "load_kg": 24})
        sets.append({"exercise": "Push-up", "type": "normal", "reps": int(rng.integers(10, 21))})
        sets.append({"exercise": "Rowing machine", "type": "normal", "duration_s": int(rng.integers(105, 125)), "distance_m": 500})
    body = life.body("workout", row, 1150 + float(rng.normal(0, 10)))
    return body | {"name": "Crossfit", "duration_s": int(rng.integers(1500, 2700)), "sets": _numbered(sets)}
