"""Record bodies to pandas frames: the form in which every figure, statistic and model reads the ledger.

Frames (one row a record, ordered by `at`, then `id`; the same thing from several sources counts once: health/merging.py):

measurements  id source at zone day precision also + a float column for each quantity present
activities    id source at zone day precision sport sport_type name also + the numbers of `Activity` (float, NaN where absent)
workouts      id source at zone day precision name note also duration_s rpe n_sets reps volume_kg
sets          workout_id source at zone day workout order exercise given muscle type note reps load_kg duration_s distance_m rpe;
              `exercise` is what the name in the record, `given`, means (health.exercises.Names), `muscle` the group it works
sleeps        id source at end zone day precision app also nap + the numbers of `Sleep`; `day`: where it ends (health.sleep.nights)
meals         id source at zone day precision name app + the numbers of `Meal` (health.nutrition.daily)

`at` is datetime64[us, UTC]; `day` is the wearer's local day as a naive midnight datetime64[us]. `also` names the other sources of a
row, `strava_export, fit`, NA where it came from one alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from health.exercises import Names
from health.merging import WORDS, Things, things
from health.records import ACTIVITY_NUMBERS, MEAL_NUMBERS, NO_TRAINING_SOURCES, SLEEP_NUMBERS

Body = Mapping[str, Any]

_SET_TEXTS = ("type", "note")
_NAMES = Names()  # what our own catalogue knows
_SET_NUMBERS = ("reps", "load_kg", "duration_s", "distance_m", "rpe")


@dataclass(frozen=True, kw_only=True)
class Frames:
    """All that a page can draw from. Treat every frame as read-only: they are shared between requests."""

    measurements: pd.DataFrame
    activities: pd.DataFrame
    workouts: pd.DataFrame
    sets: pd.DataFrame
    sleeps: pd.DataFrame = field(default_factory=lambda: sleeps_frame(()))
    meals: pd.DataFrame = field(default_factory=lambda: meals_frame(()))
    is_sample: bool = False
    names: Names = _NAMES
    # What the rows were merged from, by kind of record; none for frames that were made without it.
    things: Mapping[str, Things] = field(default_factory=dict)

    @cached_property
    def trainable(self) -> pd.DataFrame:
        """The activities as they are told without the sources that no model may learn from (docs/data.md)."""
        found, shown = self.things.get("activity"), self.activities
        if found is None or [each["id"] for each in found.leads] != shown["id"].tolist():
            return shown[~shown["source"].isin(NO_TRAINING_SOURCES)]
        free = found.without(NO_TRAINING_SOURCES)
        return shown if free is found else activities_of(free)

    @property
    def empty(self) -> bool:
        return all(each.empty for each in (self.measurements, self.activities, self.workouts, self.sleeps, self.meals))


def frames(
    measurements: Iterable[Body],
    activities: Iterable[Body],
    workouts: Iterable[Body],
    sleeps: Iterable[Body] = (),
    meals: Iterable[Body] = (),
    *,
    is_sample: bool = False,
    names: Names = _NAMES,
    splits: Iterable[Body] = (),
) -> Frames:
    """The frames of those bodies (as `store.items.body` makes them). `splits` are bodies of the person's splits."""
    apart = list(splits)
    given = {"measurement": measurements, "activity": activities, "workout": workouts, "sleep": sleeps}
    found = {kind: things(kind, bodies, apart) for kind, bodies in given.items()}
    sessions = found["workout"].counted()
    return Frames(
        measurements=readings_of(found["measurement"]),
        activities=activities_of(found["activity"]),
        workouts=workouts_frame(sessions),
        sets=sets_frame(sessions, names),
        sleeps=sleeps_of(found["sleep"]),
        meals=meals_frame(meals),
        is_sample=is_sample,
        names=names,
        things=found,
    )


def measurements_frame(bodies: Iterable[Body], splits: Iterable[Body] = ()) -> pd.DataFrame:
    """One row a weigh-in or other reading; only quantities that occur have a column."""
    return readings_of(things("measurement", bodies, splits))


def readings_of(found: Things) -> pd.DataFrame:
    """The frame of those measurements."""
    return _frame_of(found, (), tuple(found.rows.numbers))


def activities_frame(bodies: Iterable[Body], splits: Iterable[Body] = ()) -> pd.DataFrame:
    """One row an activity of any sport."""
    return activities_of(things("activity", bodies, splits))


def activities_of(found: Things) -> pd.DataFrame:
    """The frame of those activities."""
    return _frame_of(found, WORDS["activity"], ACTIVITY_NUMBERS)


def _frame_of(found: Things, texts: tuple[str, ...], numbers: tuple[str, ...]) -> pd.DataFrame:
    columns = _common(found.leads)
    columns |= {name: found.word(name) for name in texts} | {"also": found.also()}
    columns |= {name: found.number(name) for name in numbers}
    return _texts(pd.DataFrame(columns), ("id", "source", "zone", "precision", "also", *texts))


def workouts_frame(bodies: Sequence[Body]) -> pd.DataFrame:
    """One row a session, with the sum of its working sets (warm-ups left out of reps and volume)."""
    frame = _frame(bodies, ("name", "note", "also"), ("duration_s", "rpe"))
    working = [[each for each in body["sets"] if each["type"] != "warmup"] for body in bodies]
    frame["n_sets"] = np.array([len(sets) for sets in working], dtype=float)
    frame["reps"] = np.array([sum(each.get("reps", 0) for each in sets) for sets in working], dtype=float)
    frame["volume_kg"] = np.array(
        [sum(each.get("reps", 0) * each.get("load_kg", 0) for each in sets) for sets in working], dtype=float
    )
    return frame


def sets_frame(bodies: Sequence[Body], names: Names = _NAMES) -> pd.DataFrame:
    """One row a set, in the order performed, each under the exercise that its name means."""
    pairs = [(body, each) for body in bodies for each in body["sets"]]
    given = [each["exercise"] for _, each in pairs]
    meant = {name: (names.of(name), names.group(name)) for name in dict.fromkeys(given)}
    columns: dict[str, Any] = {
        "workout_id": [body["id"] for body, _ in pairs],
        "source": [body["source"] for body, _ in pairs],
        "at": _instants([body["at"] for body, _ in pairs]),
        "zone": [body["zone"] for body, _ in pairs],
        "day": _days([body["day"] for body, _ in pairs]),
        "workout": [body.get("name") for body, _ in pairs],
        "order": np.array([each["order"] for _, each in pairs], dtype=np.int64),
        "exercise": [meant[name][0] for name in given],
        "given": given,
        "muscle": [meant[name][1] for name in given],
    }
    columns |= {name: [each.get(name) for _, each in pairs] for name in _SET_TEXTS}
    columns |= {name: _floats([each.get(name) for _, each in pairs]) for name in _SET_NUMBERS}
    frame = pd.DataFrame(columns)
    return _texts(frame, ("workout_id", "source", "zone", "workout", "exercise", "given", "muscle", *_SET_TEXTS))


def sleeps_frame(bodies: Iterable[Body], splits: Iterable[Body] = ()) -> pd.DataFrame:
    """One row a stretch of sleep of any source; `nap` says what the source said: yes, no or nothing (NA)."""
    return sleeps_of(things("sleep", bodies, splits))


def sleeps_of(found: Things) -> pd.DataFrame:
    """The frame of those stretches."""
    rows = found.counted()
    frame = _frame(rows, ("app", "also"), SLEEP_NUMBERS)
    frame.insert(3, "end", _instants([each["end"] for each in rows]))
    frame["nap"] = pd.array([each.get("is_nap") for each in rows], dtype="boolean")
    return frame


def meals_frame(bodies: Iterable[Body]) -> pd.DataFrame:
    """One row a meal, or a day of one app."""
    return _frame(_ordered(bodies), ("name", "app"), MEAL_NUMBERS)


def _ordered(bodies: Iterable[Body]) -> list[Body]:
    return sorted(bodies, key=lambda each: (each["at"][:-1], each["id"]))  # without Z a fraction sorts after its second


def _frame(rows: Sequence[Body], texts: tuple[str, ...], numbers: tuple[str, ...]) -> pd.DataFrame:
    columns = _common(rows)
    columns |= {name: [each.get(name) for each in rows] for name in texts}
    columns |= {name: _floats([each.get(name) for each in rows]) for name in numbers}
    return _texts(pd.DataFrame(columns), ("id", "source", "zone", "precision", *texts))


def _common(rows: Sequence[Body]) -> dict[str, Any]:
    return {
        "id": [each["id"] for each in rows],
        "source": [each["source"] for each in rows],
        "at": _instants([each["at"] for each in rows]),
        "zone": [each["zone"] for each in rows],
        "day": _days([each["day"] for each in rows]),
        "precision": [each.get("precision", "instant") for each in rows],
    }


def _instants(texts: list[str]) -> pd.DatetimeIndex:
    # NumPy reads the fixed form many times faster than the general parser, and knows no zone: all of these end in Z.
    return pd.DatetimeIndex(np.array([text[:-1] for text in texts], dtype="datetime64[us]")).tz_localize("UTC")


def _days(texts: list[str]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(np.array(texts, dtype="datetime64[D]").astype("datetime64[us]"))


def _floats(values: list[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _texts(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    # An all-None or empty column would otherwise have another type than the same column with a text in it.
    return frame.astype(dict.fromkeys(names, "str"))
