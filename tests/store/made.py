"""Small records and group writes for the tests of the stores."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from health.packed import pack_within
from health.records import Activity, Meal, Measurement, RawRow, Record, Rejected, Series, Sleep, Workout, WorkoutSet
from store.store import GroupWrite

ME = "me"
KEYS = ("a key of the tests that is long enough",)
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
START = datetime(2025, 1, 1, 7, tzinfo=UTC)


def weigh_in(name: str = "1", kg: str = "80.5", *, at: datetime = START, source: str = "withings_api", **more: Any) -> Measurement:
    more = {"person": ME, "zone": "Europe/Berlin"} | more
    return Measurement(source=source, native_id=name, at=at, values={"body_mass_kg": Decimal(kg)}, **more)


def run(name: str, metres: str = "5000", *, at: datetime = START, source: str = "strava_api") -> Activity:
    values: dict[str, Any] = {"sport": "run", "sport_type": "TrailRun", "name": f"Run {name} 🏃", "distance_m": Decimal(metres)}
    return Activity(person=ME, source=source, native_id=name, at=at, zone="-04:00", **values)


def session(name: str, sets: int = 3, *, at: datetime = START, source: str = "strong", note: str | None = None) -> Workout:
    made = tuple(
        WorkoutSet(exercise="Squat", order=n, reps=5, load_kg=Decimal("100.25"), rpe=Decimal("8.5")) for n in range(1, sets + 1)
    )
    return Workout(person=ME, source=source, native_id=name, at=at, zone="UTC", name="Legs", note=note, sets=made)


def night(name: str, seconds: str = "25200", *, at: datetime = START, source: str = "withings_api") -> Sleep:
    values: dict[str, Any] = {"asleep_s": Decimal(seconds), "deep_s": Decimal(5400), "score": Decimal("81.5")}
    values |= {"zone": "Europe/Berlin", "app": "Watch ⌚", "is_nap": False}
    return Sleep(person=ME, source=source, native_id=name, at=at, end=at + hours(8), **values)


def meal(name: str, grams: str = "31.5", *, at: datetime = START, source: str = "apple") -> Meal:
    values = {"energy_kj": Decimal("2718.6"), "protein_g": Decimal(grams)}
    return Meal(person=ME, source=source, native_id=name, at=at, zone="UTC", precision="day", app="Diary", **values)


def points(name: str, count: int = 9, *, at: datetime = START, source: str = "strava_api") -> Series:
    """A time series of noise, which no packing makes small."""
    noise = np.random.default_rng(count)
    columns = {
        "time_s": np.arange(float(count)),
        "distance_m": np.cumsum(noise.uniform(2, 4, count)),
        "heart_rate_bpm": noise.integers(120, 180, count).astype(float),
    }
    text, kept = pack_within(columns)
    told = {"points": len(kept["time_s"]), "thinned_from": count if len(kept["time_s"]) < count else None}
    return Series(person=ME, source=source, native_id=name, at=at, zone="UTC", columns=",".join(columns), data=text, **told)


def raw(source: str, group: str, *rows: Any, **context: Any) -> list[RawRow]:
    """A raw row for each of `rows`."""
    return [
        RawRow(source=source, group=group, row_id=f"{group}/{n}", data={"said": row}, context=context, place=f"row {n}")
        for n, row in enumerate(rows or ("x",), 1)
    ]


def write_of(record: Record, *rows: Any, rejected: tuple[Rejected, ...] = (), **context: Any) -> GroupWrite:
    """The group write of a record with its raw rows (by default one that says what its values say)."""
    kept = raw(record.source, record.native_id, *(rows or (str(record.at),)), **context)
    return GroupWrite(source=record.source, group=record.native_id, kind=record.kind, rows=kept, record=record, rejected=rejected)


def gone(record: Record, *rows: Any, rejected: tuple[Rejected, ...] = ()) -> GroupWrite:
    """The group write that removes a record, and its raw rows unless some are given."""
    kept = raw(record.source, record.native_id, *rows) if rows else []
    return GroupWrite(source=record.source, group=record.native_id, kind=record.kind, rows=kept, record=None, rejected=rejected)


def reject(source: str, group: str, field: str = "reps", said: str = "877777") -> Rejected:
    return Rejected(
        person=ME, source=source, group=group, row_id=f"{group}/1", row="row 1", field=field, reason="is not plausible", said=said
    )


def hours(count: float) -> timedelta:
    return timedelta(hours=count)
