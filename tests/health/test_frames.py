"""Bodies to frames: ordered, typed, and each thing counted once whichever routes told it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.bodies import body
from health.days import from_local, local_time
from health.frames import Frames, activities_frame, frames, measurements_frame, workouts_frame
from tests.health.strategies import activities, measurements, workouts

Body = dict[str, Any]


def weigh_in(source: str, native: str, at: str = "2025-01-31T06:58:02Z", **values: float) -> Body:
    return {
        "kind": "measurement", "id": f"{source}:{native}", "person": "me", "source": source, "native_id": native, "at": at,
        "zone": "Europe/Berlin", "day": at[:10], **values,
    }  # fmt: skip


def run(source: str, native: str, at: str = "2025-01-31T06:58:02Z", **values: Any) -> Body:
    return weigh_in(source, native, at) | {"kind": "activity", "sport": "run", "sport_type": "Run"} | values


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    pd.testing.assert_frame_equal(one, other)
    return True


class TestOncePerService:
    def test_a_weigh_in_by_both_routes_is_one_row_preferring_the_api(self) -> None:
        table = measurements_frame([
            weigh_in("withings_export", "a", body_mass_kg=80.4, bone_mass_kg=3.1),
            weigh_in("withings_api", "b", body_mass_kg=80.41, fat_ratio=0.2),
        ])  # fmt: skip
        assert table[["id", "source"]].to_numpy().tolist() == [["withings_api:b", "withings_api"]]
        assert table[["body_mass_kg", "fat_ratio", "bone_mass_kg"]].to_numpy().tolist() == [[80.41, 0.2, 3.1]]

    def test_a_weigh_in_in_the_hour_that_comes_twice_is_one(self) -> None:
        api = weigh_in("withings_api", "1729992600", "2024-10-27T01:30:00Z", body_mass_kg=80.4)
        export = weigh_in("withings_export", "2024-10-27 02:30:00", "2024-10-27T00:30:00Z", body_mass_kg=80.4)
        table = measurements_frame([export, api])
        assert table["id"].tolist() == ["withings_api:1729992600"]
        assert table["at"].tolist() == [pd.Timestamp("2024-10-27T01:30:00Z")]
        early = weigh_in("withings_api", "1729989000", "2024-10-27T00:30:00Z", body_mass_kg=80.1, bone_mass_kg=3.0)
        both = measurements_frame([api, export | {"fat_mass_kg": 16.0}, early])
        assert both["id"].tolist() == [early["id"], api["id"]]
        assert both["fat_mass_kg"].notna().tolist() == [True, False]  # the instant says which

    @pytest.mark.parametrize("at_home", ["America/New_York", "Asia/Tokyo", "+05:45"])
    def test_an_import_under_another_home_zone_doubles_nothing(self, at_home: str) -> None:
        walls = [datetime(2024, 1, 1, 7, 30, 5) + timedelta(hours=23, seconds=7) * n for n in range(400)]
        bodies: list[Body] = []
        for wall in walls:
            stamp, there = from_local(wall, "Europe/Berlin"), from_local(wall, at_home)
            bodies.append(weigh_in("withings_api", f"{stamp.timestamp():.0f}", f"{stamp:%FT%TZ}", body_mass_kg=80))
            bodies.append(weigh_in("withings_export", str(wall), f"{there:%FT%TZ}", bone_mass_kg=3) | {"zone": at_home})
        table = measurements_frame(bodies)
        assert len(table) == len(walls)
        assert set(table["source"]) == {"withings_api"}
        assert table["bone_mass_kg"].notna().all()

    def test_two_of_one_route_are_never_merged(self) -> None:
        twice = ("2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z")
        api = [weigh_in("withings_api", at, at, body_mass_kg=80) for at in twice]
        export = [weigh_in("withings_export", f"27.10.2024 0{n}:30", twice[0], body_mass_kg=80) for n in (1, 2)]
        assert len(measurements_frame(api)) == len(measurements_frame(export)) == 2
        assert len(measurements_frame([*api, *export])) == 2

    @settings(max_examples=40)
    @given(st.lists(st.tuples(st.sampled_from(["withings_api", "withings_export", "app"]), st.integers(0, 5),
                              st.sampled_from(["Europe/Berlin", "America/New_York"])), max_size=12), st.randoms())  # fmt: skip
    def test_routes_pair_one_to_one_in_whatever_order(self, told: list[tuple[str, int, str]], rng: random.Random) -> None:
        bodies = {}
        for source, half_hours, zone in told:
            at = datetime(2024, 10, 26, 23, 30) + timedelta(minutes=30) * half_hours
            wall = local_time(at.replace(tzinfo=UTC), zone).replace(tzinfo=None)
            native = str(wall) if source == "withings_export" else str(at)
            kg = 60 if source == "app" else 80  # somebody else's
            body = weigh_in(source, native, f"{at:%FT%TZ}", body_mass_kg=kg) | {"zone": zone}
            bodies[body["id"]] = body
        some = list(bodies.values())
        table = measurements_frame(some)
        of = Counter(each["source"] for each in some)
        assert len(table) >= of["app"] + max(of["withings_api"], of["withings_export"])
        assert {each["id"] for each in some if each["source"] != "withings_export"} <= set(table["id"])
        assert same(table, measurements_frame(rng.sample(some, len(some))))

    def test_a_run_by_both_routes_is_one_row_by_its_id_though_the_times_differ(self) -> None:
        table = activities_frame([
            run("strava_export", "7", "2025-01-31T06:58:00Z", ascent_m=64, name="Lunch"),
            run("strava_api", "7", "2025-01-31T06:58:02Z", distance_m=5000, name="Lunch run"),
        ])  # fmt: skip
        assert table[["id", "name", "distance_m", "ascent_m"]].to_numpy().tolist() == [["strava_api:7", "Lunch run", 5000, 64]]

    def test_a_merged_run_stands_where_its_own_time_puts_it(self) -> None:
        table = activities_frame([
            run("strava_export", "7", "2025-01-31T06:00:00Z"),
            run("app", "between", "2025-01-31T06:30:00Z"),
            run("strava_api", "7", "2025-01-31T07:00:00Z"),
        ])  # fmt: skip
        assert table["id"].tolist() == ["app:between", "strava_api:7"]

    def test_an_id_is_a_services_own(self) -> None:
        assert len(measurements_frame([weigh_in("app", "a", body_mass_kg=80), weigh_in("apple", "a", body_mass_kg=70)])) == 2
        assert len(activities_frame([run("app", "7"), run("gpx", "7")])) == 2
        assert len(activities_frame([run("app", "7"), run("app", "8")])) == 2

    def test_what_the_api_alone_tells_is_not_for_training(self) -> None:
        bodies = [
            run("strava_api", "7", distance_m=5000, moving_s=1500), run("strava_export", "7", distance_m=4990, ascent_m=64),
            run("strava_api", "8", "2025-02-01T06:58:02Z"), run("app", "9", "2025-02-02T06:58:02Z"),
        ]  # fmt: skip
        made = frames([], bodies, [])
        assert made.activities[["id", "also"]].fillna("").to_numpy().tolist() == [
            ["strava_api:7", "strava_export"], ["strava_api:8", ""], ["app:9", ""],
        ]  # fmt: skip
        free = made.trainable
        assert free["id"].tolist() == ["strava_export:7", "app:9"]
        assert free["distance_m"].tolist()[0] == 4990
        assert free["moving_s"].isna().all()
        assert list(free.columns) == list(made.activities.columns)
        own = frames([], [bodies[1]], [])
        assert own.trainable is own.activities
        assert replace(made, activities=activities_frame([bodies[2]])).trainable.empty  # a frame put in by hand

    def test_a_split_shows_in_the_frames(self) -> None:
        bodies = [weigh_in("withings_api", "a", body_mass_kg=80.4), weigh_in("apple", "b", body_mass_kg=80.4)]
        apart = {"of": "measurement", "apart": [["withings_api:a"], ["apple:b"]]}
        assert [len(frames(bodies, [], [], splits=splits).measurements) for splits in ((), (apart,))] == [1, 2]

    @settings(max_examples=30)
    @given(st.lists(measurements, max_size=8), st.lists(activities, max_size=8), st.integers())
    def test_the_order_of_arrival_changes_nothing(self, weigh_ins: list[Any], runs: list[Any], seed: int) -> None:
        bodies = [
            list({each["id"]: each for each in map(body, some)}.values()) for some in (weigh_ins, runs)
        ]  # fmt: skip
        shuffled = [random.Random(seed).sample(some, len(some)) for some in bodies]
        assert same(measurements_frame(bodies[0]), measurements_frame(shuffled[0]))
        assert same(activities_frame(bodies[1]), activities_frame(shuffled[1]))

    @given(st.permutations([
        run("strava_api", "1", "2025-01-31T06:00:01Z", distance_m=1), run("strava_export", "1", "2025-01-31T06:00:00Z", ascent_m=2),
        run("strava_export", "2", "2025-01-31T06:00:00Z"), run("app", "1", "2025-01-31T06:00:00Z"),
        run("strava_api", "3", "2025-01-31T06:00:00.5Z"),
    ]))  # fmt: skip
    def test_rows_stand_by_time_then_id(self, bodies: list[Body]) -> None:
        table = activities_frame(bodies)
        assert table["id"].tolist() == ["app:1", "strava_export:2", "strava_api:3", "strava_api:1"]
        assert table["at"].is_monotonic_increasing


class TestShape:
    def test_columns_and_types_are_the_same_with_and_without_rows(self) -> None:
        empty = frames([], [], [])
        full = frames(
            [weigh_in("app", "1", body_mass_kg=80)],
            [run("app", "1")],
            [weigh_in("app", "1") | {"sets": [{"exercise": "Squat", "order": 1, "type": "normal"}]}],
        )
        assert empty.empty
        assert not full.empty
        for name in ("activities", "workouts", "sets"):
            assert same(getattr(full, name).iloc[:0], getattr(empty, name))
        assert list(full.measurements.columns) == [*empty.measurements.columns, "body_mass_kg"]
        assert str(full.measurements["at"].dtype) == "datetime64[us, UTC]"
        assert str(full.measurements["day"].dtype) == "datetime64[us]"

    def test_sets_count_without_their_warm_ups(self) -> None:
        session = weigh_in("strong", "1") | {
            "name": "Push",
            "sets": [
                {"exercise": "Bench press", "order": 1, "type": "warmup", "reps": 10, "load_kg": 40},
                {"exercise": "Bench press", "order": 2, "type": "normal", "reps": 5, "load_kg": 100},
                {"exercise": "Bench press", "order": 3, "type": "failure", "reps": 0, "load_kg": 105},
                {"exercise": "Push-up", "order": 4, "type": "drop", "reps": 12},
            ],
        }
        table = workouts_frame([session])
        assert table[["n_sets", "reps", "volume_kg"]].to_numpy().tolist() == [[3, 17, 500]]
        sets = frames([], [], [session]).sets
        assert sets["order"].tolist() == [1, 2, 3, 4]
        assert np.isnan(sets["load_kg"].iloc[3])

    @settings(max_examples=30)
    @given(st.lists(workouts, max_size=6))
    def test_no_set_is_lost(self, sessions: list[Any]) -> None:
        bodies = list({each["id"]: each for each in map(body, sessions)}.values())
        table: Frames = frames([], [], bodies)
        assert len(table.workouts) == len(bodies)
        assert len(table.sets) == sum(len(each["sets"]) for each in bodies)
        assert table.workouts["volume_kg"].notna().all()

    def test_a_local_day_stays_the_wearers(self) -> None:
        late = weigh_in("app", "1", "2025-01-31T23:30:00Z", body_mass_kg=80) | {"day": "2025-02-01"}
        assert measurements_frame([late])["day"].tolist() == [pd.Timestamp("2025-02-01")]

    def test_a_frame_says_when_it_is_a_sample(self) -> None:
        assert frames([], [], [], is_sample=True).is_sample
        assert not frames([], [], []).is_sample
        with pytest.raises(AttributeError):
            frames([], [], []).is_sample = True  # type: ignore[misc]
