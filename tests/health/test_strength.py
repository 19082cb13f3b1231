"""Lifting, with numbers worked by hand and properties that hold for every log."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.exercises import GROUPS, OTHER, muscle_group
from health.frames import sets_frame
from health.strength import (
    best_sets,
    brzycki_kg,
    epley_kg,
    exercises,
    mean_load_kg,
    of_exercise,
    records,
    rolling_best,
    sessions,
    volume_by_group,
    volume_kg,
    working,
)

SETS = st.lists(
    st.tuples(
        st.integers(0, 20), st.one_of(st.none(), st.integers(0, 300)), st.sampled_from(["normal", "warmup", "drop", "failure"])
    ),
    min_size=1,
    max_size=8,
)
LOGS = st.lists(SETS, max_size=8)


def session(day: str, *sets: tuple[Any, ...], exercise: str = "Deadlift", number: int = 0) -> dict[str, Any]:
    """A workout body; each set is (reps, load) or (reps, load, type) or (reps, load, type, exercise)."""
    rows = []
    for order, (reps, load, *rest) in enumerate(sets, start=1):
        row: dict[str, Any] = {
            "exercise": rest[1] if len(rest) > 1 else exercise,
            "order": order,
            "type": rest[0] if rest else "normal",
        }
        row |= {key: value for key, value in (("reps", reps), ("load_kg", load)) if value is not None}
        rows.append(row)
    native = f"{day}/{number}"
    return {
        "id": f"app:{native}", "native_id": native, "source": "app", "at": f"{day}T17:00:00Z", "zone": "UTC",
        "day": day, "sets": rows,
    }  # fmt: skip


def frame(*bodies: dict[str, Any]) -> pd.DataFrame:
    return sets_frame(list(bodies))


def log(drawn: list[list[tuple[int, int | None, str]]]) -> pd.DataFrame:
    return frame(*(session(f"2026-01-{n + 1:02d}", *sets) for n, sets in enumerate(drawn)))


class TestEstimatedMax:
    @pytest.mark.parametrize(
        ("load", "reps", "epley", "brzycki"),
        [
            (100.0, 1, 100.0, 100.0),  # lifted once: no estimate
            (140.0, 5, 163.333333, 157.5),  # 140 x (1 + 5/30); 140 x 36/32
            (100.0, 10, 133.333333, 133.333333),  # the two agree at ten repetitions
            (60.0, 12, 84.0, 86.4),  # 60 x 1.4; 60 x 36/25
        ],
    )
    def test_hand_worked(self, load: float, reps: int, epley: float, brzycki: float) -> None:
        assert float(epley_kg(load, reps)) == pytest.approx(epley, abs=1e-6)
        assert float(brzycki_kg(load, reps)) == pytest.approx(brzycki, abs=1e-6)

    @pytest.mark.parametrize(("load", "reps"), [(100, 13), (100, 37), (100, 0), (0, 5), (math.nan, 5), (100, math.nan)])
    def test_none_where_the_formulas_say_nothing(self, load: float, reps: float) -> None:
        assert np.isnan(epley_kg(load, reps))
        assert np.isnan(brzycki_kg(load, reps))

    @given(st.floats(0.5, 500), st.integers(1, 12))
    def test_never_below_the_load_and_proportional_to_it(self, load: float, reps: int) -> None:
        for formula in (epley_kg, brzycki_kg):
            estimate = float(formula(load, reps))
            assert estimate >= load
            assert float(formula(2 * load, reps)) == pytest.approx(2 * estimate)

    @given(st.floats(0.5, 500), st.integers(1, 11))
    def test_one_repetition_more_is_a_higher_estimate(self, load: float, reps: int) -> None:
        for formula in (epley_kg, brzycki_kg):
            assert formula(load, reps + 1) > formula(load, reps)


class TestVolume:
    def test_is_the_sum_of_reps_times_load_without_warmups(self) -> None:
        sets = frame(session("2026-01-01", (10, 60, "warmup"), (5, 100), (5, 110), (3, 120, "drop")))
        assert volume_kg(sets) == 500 + 550 + 360

    def test_a_set_without_load_or_reps_adds_nothing(self) -> None:
        assert volume_kg(frame(session("2026-01-01", (12, None), (None, 80), (0, 100)))) == 0

    def test_mean_load_is_per_repetition_not_per_set(self) -> None:
        # 10 x 60 and 2 x 120: 840 kg over 12 repetitions is 70, the mean of the two loads would be 90.
        assert mean_load_kg(frame(session("2026-01-01", (10, 60), (2, 120)))) == 70

    def test_mean_load_leaves_out_repetitions_without_a_load(self) -> None:
        assert mean_load_kg(frame(session("2026-01-01", (10, None), (8, 0), (2, 50)))) == 50
        assert math.isnan(mean_load_kg(frame(session("2026-01-01", (10, None)))))

    @settings(max_examples=25, deadline=None)
    @given(LOGS)
    def test_sessions_share_out_the_volume_exactly(self, drawn: list[list[tuple[int, int | None, str]]]) -> None:
        sets = log(drawn)
        table = sessions(sets)
        assert table["volume_kg"].sum() == volume_kg(sets)
        assert table["n_sets"].sum() == len(working(sets))
        known = table.dropna(subset=["mean_load_kg"])
        assert (known["mean_load_kg"] <= known["max_load_kg"] + 1e-9).all()


class TestSessions:
    def test_one_row_an_exercise_with_the_set_behind_its_estimate(self) -> None:
        sets = frame(session("2026-01-01", (5, 130), (3, 140), (8, 60, "normal", "Bench press"), (13, 50, "normal", "Bench press")))
        table = sessions(sets).set_index("exercise")
        lift = table.loc["Deadlift"]
        assert (lift["n_sets"], lift["reps"], lift["max_load_kg"], lift["volume_kg"]) == (2, 8, 140, 1070)
        assert lift["e1rm_kg"] == pytest.approx(154)  # 3 x 140: 140 x 1.1; 5 x 130 gives 151.7
        assert (lift["best_reps"], lift["best_load_kg"], lift["best_order"]) == (3, 140, 2)
        assert table.loc["Bench press", "mean_load_kg"] == pytest.approx((480 + 650) / 21)

    def test_no_sets_no_rows(self) -> None:
        empty = frame()
        assert sessions(empty).empty
        assert best_sets(empty).empty
        assert records(empty).empty
        assert exercises(empty) == []
        assert volume_by_group(empty).sum() == 0

    def test_an_exercise_without_load_has_no_estimate(self) -> None:
        table = sessions(frame(session("2026-01-01", (12, None), exercise="Push Up")))
        assert math.isnan(table.loc[0, "e1rm_kg"])
        assert table.loc[0, "reps"] == 12


class TestBest:
    def test_the_three_bests_and_the_sets_they_came_from(self) -> None:
        sets = frame(
            session("2026-01-01", (5, 140), (1, 150)),
            session("2026-01-08", (1, 155), (0, 200), (12, 100)),  # 200 was not lifted
            session("2026-01-15", (12, 90)),
        )
        best = best_sets(sets).set_index("measure")
        assert (best.loc["load", "value"], best.loc["load", "day"]) == (155, pd.Timestamp("2026-01-08"))
        assert (best.loc["reps", "value"], best.loc["reps", "load_kg"]) == (12, 100)  # the earlier of two twelves
        assert best.loc["e1rm", "value"] == pytest.approx(140 * 35 / 30)
        assert (best.loc["e1rm", "reps"], best.loc["e1rm", "load_kg"], best.loc["e1rm", "order"]) == (5, 140, 1)

    def test_records_are_the_first_time_a_best_was_reached(self) -> None:
        sets = frame(
            session("2026-01-01", (1, 100)),
            session("2026-01-08", (1, 110), (1, 115)),  # one record a session, its best
            session("2026-01-15", (1, 115)),  # equal is not better
            session("2026-01-22", (1, 120)),
        )
        found = records(sets).query("measure == 'load'")
        assert found["value"].tolist() == [100, 115, 120]
        assert found["previous"].fillna(-1).tolist() == [-1, 100, 115]

    @settings(max_examples=25, deadline=None)
    @given(LOGS)
    def test_records_rise_and_end_at_the_best(self, drawn: list[list[tuple[int, int | None, str]]]) -> None:
        sets = log(drawn)
        best = best_sets(sets)
        for (exercise, measure), found in records(sets).groupby(["exercise", "measure"]):
            assert found["value"].is_monotonic_increasing
            assert found["value"].is_unique
            top = best[(best["exercise"] == exercise) & (best["measure"] == measure)]
            assert found["value"].iloc[-1] == top["value"].iloc[0]
            # The best set may be a later one, as many repetitions with more on the bar: the record was reached before it.
            assert found["at"].iloc[-1] <= top["at"].iloc[0]

    @settings(max_examples=25, deadline=None)
    @given(LOGS)
    def test_an_easier_session_later_changes_no_record(self, drawn: list[list[tuple[int, int | None, str]]]) -> None:
        sets = log(drawn)
        later = frame(session("2026-02-20", (1, 0)))
        longer = pd.concat([sets, later], ignore_index=True)
        before, after = records(sets), records(longer)
        kept = after[after["day"] < pd.Timestamp("2026-02-20")].reset_index(drop=True)
        pd.testing.assert_frame_equal(before, kept, check_dtype=False)


class TestRollingBest:
    def test_holds_a_best_for_six_weeks_and_no_longer(self) -> None:
        day = pd.Series(pd.to_datetime(["2026-01-01", "2026-01-10", "2026-02-11", "2026-02-12"]))
        value = pd.Series([150.0, 120.0, 130.0, 125.0])
        assert rolling_best(day, value).tolist() == [150, 150, 150, 130]  # 12 February is day 42 after 1 January

    def test_a_gap_in_the_values_is_no_value(self) -> None:
        day = pd.Series(pd.to_datetime(["2026-01-01", "2026-06-01"]))
        best = rolling_best(day, pd.Series([100.0, math.nan]))
        assert best[0] == 100
        assert math.isnan(best[1])


class TestExercises:
    @pytest.mark.parametrize(
        ("name", "group"),
        [
            ("Bench Press (Barbell)", "Chest"), ("Bench Press - Close Grip (Barbell)", "Arms"), ("Lying Leg Curl Machine", "Legs"),
            ("Bicep Curl (Dumbbell)", "Arms"), ("Deadlift (Barbell)", "Back"), ("Romanian Deadlift", "Legs"), ("Squats", "Legs"),
            ("Reverse Cable Flys", "Shoulders"), ("Cable Flys", "Chest"),
            ("Iso-Lateral Row (Machine)", "Back"), ("PULL-UP", "Back"),
            ("Hanging Leg Raise", "Core"), ("Standing Calf Raise", "Legs"), ("Overhead Triceps Extension", "Arms"),
            ("Upright Row", "Shoulders"), ("Fibonacci", OTHER), ("", OTHER), ("Arrow throw", OTHER),
        ],
    )  # fmt: skip
    def test_groups(self, name: str, group: str) -> None:
        assert muscle_group(name) == group

    def test_volume_by_group_holds_every_group_and_all_the_volume(self) -> None:
        sets = frame(session("2026-01-01", (5, 100), (10, 50, "normal", "Bench press"), (4, 20, "normal", "Mystery")))
        totals = volume_by_group(sets)
        assert list(totals.index) == [*GROUPS, OTHER]
        assert (totals["Back"], totals["Chest"], totals[OTHER], totals["Legs"]) == (500, 500, 80, 0)
        assert totals.sum() == volume_kg(sets)

    def test_ordered_by_how_many_sessions_they_were_done_in(self) -> None:
        sets = frame(
            session("2026-01-01", (5, 100), (5, 100), (5, 50, "normal", "Bench press")),
            session("2026-01-02", (5, 50, "normal", "Bench press")),
        )
        assert exercises(sets) == ["Bench press", "Deadlift"]
        assert len(of_exercise(sets, "Deadlift")) == 2
