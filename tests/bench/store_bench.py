"""The store with ten years in it: 4,000 weigh-ins, 3,000 activities, 1,500 sessions with 30,000 sets, and all their raw rows.

Both engines, DynamoDB through the emulator on this machine (so without the way to AWS, and with a slower server).
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from health.records import Activity, Measurement, RawRow, Record, Workout, WorkoutSet
from store.backup import export_lines
from store.dynamodb import DynamoDBStore
from store.frames import FrameCache
from store.sqlite import SQLiteStore
from store.store import GroupWrite, Store
from tests.bench._row import row
from tests.emulator import CREDENTIALS, emulator

ME = "me"
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
START = NOW - timedelta(days=3650)
KEYS = ("a key of the benchmark alone",)
BATCH = 200


def ten_years(seed: int = 1) -> list[GroupWrite]:
    """The groups of ten years, as collectors would write them."""
    chance = random.Random(seed)
    groups = [weigh_in(chance, n) for n in range(4000)]
    groups += [activity(chance, n) for n in range(3000)]
    return groups + [session(chance, n, 20) for n in range(1500)]


def weigh_in(chance: random.Random, n: int) -> GroupWrite:
    grams = chance.randint(70_000, 90_000)
    values = {"body_mass_kg": Decimal(grams) / 1000, "fat_ratio": Decimal(chance.randint(150, 300)) / 1000}
    at = START + timedelta(hours=21.9 * n)
    record = Measurement(person=ME, source="withings_api", native_id=str(n), at=at, zone="Europe/Berlin", values=values)
    return _group(record, [{"grpid": n, "measures": [{"type": 1, "value": grams, "unit": -3}], "date": int(at.timestamp())}])


def activity(chance: random.Random, n: int) -> GroupWrite:
    numbers: dict[str, Any] = {
        name: Decimal(chance.randint(100, 9999)) / 10
        for name in (
            "elapsed_s",
            "moving_s",
            "distance_m",
            "ascent_m",
            "mean_heart_rate_bpm",
            "max_heart_rate_bpm",
            "mean_speed_mps",
        )
    }
    at = START + timedelta(hours=29.2 * n)
    texts = {"sport": "run", "sport_type": "Run", "name": f"Morning Run {n}"}
    record = Activity(person=ME, source="strava_api", native_id=str(n), at=at, zone="Europe/Berlin", **texts, **numbers)
    return _group(record, [{f"field_{k}": chance.random() for k in range(50)}])


def session(chance: random.Random, n: int, sets: int) -> GroupWrite:
    made = [
        WorkoutSet(exercise=f"Exercise {k // 4}", order=k, reps=chance.randint(1, 12), load_kg=Decimal(chance.randint(20, 400)) / 2)
        for k in range(1, sets + 1)
    ]
    record = Workout(
        person=ME, source="strong", native_id=str(n), at=START + timedelta(hours=58 * n), zone="UTC", name="Legs", sets=tuple(made)
    )
    rows = [
        {"Date": str(record.at), "Exercise Name": each.exercise, "Weight": str(each.load_kg), "Reps": each.reps} for each in made
    ]
    return _group(record, rows)


def _group(record: Record, rows: list[dict[str, Any]]) -> GroupWrite:
    group = record.native_id
    raw = [RawRow(source=record.source, group=group, row_id=f"{group}/{k}", data=each) for k, each in enumerate(rows)]
    return GroupWrite(source=record.source, group=group, kind=record.kind, rows=raw, record=record)


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def write(store: Store, groups: list[GroupWrite]) -> None:
    for start in range(0, len(groups), BATCH):
        store.write(ME, groups[start : start + BATCH], NOW)


def measure(engine: str, store: Store, *, limits: bool) -> None:
    """Print the figures of one engine; `limits` says whether they are judged."""
    groups = ten_years()
    took = seconds(lambda: write(store, groups))
    row(f"{engine}: ten years written", took, "s")
    row(f"{engine}: records written a second", len(groups) / took, "1/s", digits=0)
    row(f"{engine}: ten years written again, nothing changed", seconds(lambda: write(store, groups)), "s")
    caches = [FrameCache(store, ME) for _ in range(3)]
    FrameCache(store, "nobody").frames()  # what pandas does once in a process
    row(f"{engine}: ten years to frames", statistics.median(seconds(each.frames) for each in caches), "s", 0.6 if limits else None)
    same = statistics.median(seconds(caches[0].frames) for _ in range(200)) * 1000
    row(f"{engine}: frames when nothing changed", same, "ms", 5 if limits else None)
    write(store, [weigh_in(random.Random(2), 4001)])
    row(f"{engine}: frames after one new weigh-in", seconds(caches[0].frames) * 1000, "ms")
    lines = seconds(lambda: sum(1 for _ in export_lines(store, ME)))
    row(f"{engine}: export with raw rows", lines, "s")
    row(f"{engine}: check", seconds(store.check), "s")
    store.close()


def told_thrice(seed: int = 1) -> list[GroupWrite]:
    """Ten years of which three sources tell every weigh-in and three every activity: 22,500 records of 8,500 things."""
    told = ten_years(seed)
    lasted = [_by(each, each.source, elapsed_s=each.record.moving_s + 10) for each in told if isinstance(each.record, Activity)]
    weights = [each for each in told if isinstance(each.record, Measurement)]
    printed = [{"body_mass_kg": round(each.record.values["body_mass_kg"], 1)} for each in weights]
    more = [_by(each, source) for source in ("strava_export", "fit") for each in lasted] + [
        _by(each, "withings_export") for each in weights
    ]
    more += [_by(each, "apple", values=values) for each, values in zip(weights, printed, strict=True)]
    return [each for each in told if not isinstance(each.record, Activity)] + lasted + more


def _by(group: GroupWrite, source: str, **changed: Any) -> GroupWrite:
    assert group.record is not None
    return _group(replace(group.record, source=source, **changed), [dict(each.data) for each in group.rows])


def measure_merging(store: Store) -> None:
    """Print what it costs that several sources tell the same."""
    write(store, told_thrice())
    caches = [FrameCache(store, ME) for _ in range(3)]
    name = "SQLite: ten years by three sources each"
    row(f"{name}, to frames", statistics.median(seconds(each.frames) for each in caches), "s")
    shown = caches[0].frames()
    row(f"{name}, counted twice", len(shown.measurements) - 4000 + len(shown.activities) - 3000, "things", 0)
    took = []
    for n in range(5):
        write(store, [weigh_in(random.Random(n), 4001 + n)])
        took.append(seconds(caches[0].frames) * 1000)
    row(f"{name}, frames after one new weigh-in", statistics.median(took), "ms")
    store.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = SQLiteStore(Path(folder) / "fitboard.db", KEYS)
        store.create()
        measure("SQLite", store, limits=True)
        merged = SQLiteStore(Path(folder) / "merged.db", KEYS)
        merged.create()
        measure_merging(merged)
        sets = SQLiteStore(Path(folder) / "sets.db", KEYS)
        sets.create()
        groups = [session(random.Random(n), n, 20) for n in range(2500)]
        row("SQLite: 50,000 sets stored", seconds(lambda: write(sets, groups)), "s", 20)
        sets.close()
    os.environ.update(CREDENTIALS)
    with emulator() as endpoint:
        dynamodb: Store = DynamoDBStore("bench", KEYS, endpoint=endpoint)
        dynamodb.create()
        measure("DynamoDB (emulator)", dynamodb, limits=False)


if __name__ == "__main__":
    main()
