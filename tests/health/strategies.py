"""Records of every kind, as hypothesis draws them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import strategies as st

from health.packed import STEPS, pack
from health.quantities import QUANTITIES
from health.records import (
    ACTIVITY_NUMBERS,
    MEAL_NUMBERS,
    SET_TYPES,
    SLEEP_NUMBERS,
    Activity,
    Exercise,
    Goal,
    Meal,
    Measurement,
    Record,
    Series,
    Sleep,
    Split,
    Workout,
    WorkoutSet,
)
from health.units import exact

numbers = st.decimals(min_value=0, max_value=999_999_999, places=6).map(exact)
texts = st.text(min_size=1, max_size=12)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)).flatmap(
    lambda at: st.sampled_from([at, at.replace(microsecond=0)])
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "-04:30"])
sources = st.sampled_from(["withings_api", "withings_export", "strava_api", "strava_export", "app", "strong"])
_common = {
    "person": texts,
    "source": sources,
    "native_id": texts,
    "at": instants,
    "zone": zones,
    "precision": st.sampled_from(["instant", "day"]),
    "modified": st.none() | instants,
}
_count = st.none() | st.integers(0, 10**9)
_maybe = st.none() | numbers
_set = st.builds(
    WorkoutSet, exercise=texts, order=st.just(1), type=st.sampled_from(SET_TYPES), reps=_count, note=st.none() | texts,
    load_kg=_maybe, duration_s=_maybe, distance_m=_maybe, rpe=_maybe,
)  # fmt: skip


def _ordered(sets: list[WorkoutSet]) -> tuple[WorkoutSet, ...]:
    return tuple(replace(each, order=order) for order, each in enumerate(sets, 1))


measurements = st.builds(
    Measurement, **_common, values=st.dictionaries(st.sampled_from(sorted(QUANTITIES)), numbers, min_size=1, max_size=6)
)
activities = st.builds(
    Activity, **_common, sport=texts, sport_type=texts, name=st.none() | texts, **dict.fromkeys(ACTIVITY_NUMBERS, _maybe)
)
workouts = st.builds(
    Workout,
    **_common,
    name=st.none() | texts,
    note=st.none() | texts,
    duration_s=_maybe,
    rpe=_maybe,
    sets=st.lists(_set, max_size=4).map(_ordered),
)
goals = st.builds(
    Goal, **_common, quantity=st.sampled_from(sorted(QUANTITIES)), direction=st.sampled_from([None, "lose", "gain", "keep"]),
    target=_maybe,
)  # fmt: skip
sleeps = st.builds(
    lambda at, lasts_s, **rest: Sleep(at=at, end=at + timedelta(seconds=lasts_s), **rest),
    **_common,
    lasts_s=st.integers(1, 86_400),
    app=st.none() | texts,
    is_nap=st.sampled_from([None, True, False]),
    **dict.fromkeys(SLEEP_NUMBERS, _maybe),
)
meals = st.builds(
    Meal, **_common, name=st.none() | texts, app=st.none() | texts, **(dict.fromkeys(MEAL_NUMBERS, _maybe) | {"protein_g": numbers})
)


def _series(columns: dict[str, list[float | None]], **common: object) -> Series:
    data = pack({name: np.array(values, dtype=float) for name, values in columns.items()})
    points = len(next(iter(columns.values())))
    return Series(points=points, columns=",".join(name for name in STEPS if name in columns), data=data, **common)


_value = st.none() | st.integers(-9_000, 9_000).map(lambda tenth: tenth / 10)
series = st.integers(1, 9).flatmap(
    lambda points: st.builds(
        _series,
        st.dictionaries(st.sampled_from(sorted(STEPS)), st.lists(_value, min_size=points, max_size=points), min_size=1),
        **_common,
    )
)
_said = texts.filter(str.strip)
exercises = st.builds(
    Exercise, **_common, title=_said, given=st.none() | _said, type=st.none() | _said, body_part=st.none() | _said,
    equipment=st.none() | _said, level=st.none() | _said, rating=_maybe,
)  # fmt: skip
splits = st.builds(
    Split, **_common, of=st.sampled_from(["measurement", "activity", "workout"]),
    apart=st.lists(texts, min_size=2, max_size=4, unique=True).map(lambda ids: (tuple(ids[:1]), tuple(ids[1:]))),
)  # fmt: skip
by_kind: dict[str, st.SearchStrategy[Record]] = {
    "measurement": measurements, "activity": activities, "workout": workouts, "sleep": sleeps, "meal": meals, "goal": goals,
    "series": series, "exercise": exercises, "split": splits,
}  # fmt: skip
records = st.one_of(*by_kind.values())
