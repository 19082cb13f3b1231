"""Runs, with numbers worked by hand and properties that hold for every log."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.days import week_start
from health.frames import activities_frame
from health.running import last_run, of_sport, pace_s_per_km, period_starts, records, sessions, speed_mps, sports, totals

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
RUNS = st.lists(st.tuples(DAYS, st.integers(0, 40000), st.integers(0, 20000)), max_size=12)


def run(day: str, distance: float | None = 5000, moving: float | None = 1500, sport: str = "run", **more: Any) -> dict[str, Any]:
    native = f"{day}/{sport}/{distance}/{moving}"
    numbers = {"distance_m": distance, "moving_s": moving, **more}
    return {
        "id": f"app:{native}", "native_id": native, "source": "app", "at": f"{day}T06:00:00Z", "zone": "UTC", "day": day,
        "sport": sport, "sport_type": sport.title(), **{key: value for key, value in numbers.items() if value is not None},
    }  # fmt: skip


def frame(*bodies: dict[str, Any]) -> pd.DataFrame:
    return activities_frame(bodies)


class TestPace:
    def test_hand_worked(self) -> None:
        assert float(pace_s_per_km(8420, 2703)) == pytest.approx(321.02, abs=0.01)  # 8.42 km in 45:03 is 5:21 /km
        assert float(speed_mps(10000, 3600)) == pytest.approx(2.7778, abs=1e-4)

    @pytest.mark.parametrize(("distance", "time"), [(0, 100), (100, 0), (math.nan, 100), (100, math.nan)])
    def test_none_without_distance_or_time(self, distance: float, time: float) -> None:
        assert np.isnan(pace_s_per_km(distance, time))
        assert np.isnan(speed_mps(distance, time))

    @given(st.floats(1, 1e6), st.floats(1, 1e6))
    def test_pace_is_the_inverse_of_speed(self, distance: float, time: float) -> None:
        assert float(pace_s_per_km(distance, time)) * float(speed_mps(distance, time)) == pytest.approx(1000)

    def test_elapsed_time_where_no_moving_time_is_known(self) -> None:
        table = sessions(frame(run("2026-01-01", moving=None, elapsed_s=1600), run("2026-01-02", elapsed_s=1600)))
        assert table["time_s"].tolist() == [1600, 1500]


class TestTotals:
    def test_weeks_with_the_empty_one_between(self) -> None:
        # Mondays: 2 March, 9 March, 16 March 2026.
        table = totals(
            frame(run("2026-03-03", 5000, 1500), run("2026-03-08", 10000, 3300, ascent_m=40), run("2026-03-16", 4000, 1200)), "week"
        )
        assert table["start"].dt.strftime("%m-%d").tolist() == ["03-02", "03-09", "03-16"]
        assert table["n"].tolist() == [2, 0, 1]
        assert table["distance_m"].tolist() == [15000, 0, 4000]
        assert table["ascent_m"].tolist() == [40, 0, 0]
        assert table.loc[0, "pace_s_per_km"] == 320  # 4,800 s over 15 km, not the mean of 300 and 330
        assert math.isnan(table.loc[1, "pace_s_per_km"])

    def test_the_week_may_begin_on_sunday(self) -> None:
        table = totals(frame(run("2026-03-07"), run("2026-03-08")), "week", first_weekday=6)
        assert table["start"].dt.strftime("%m-%d").tolist() == ["03-01", "03-08"]

    def test_months_years_and_the_present_one(self) -> None:
        runs = frame(run("2025-12-31"), run("2026-02-01"))
        assert totals(runs, "month")["n"].tolist() == [1, 0, 1]
        assert totals(runs, "year")["n"].tolist() == [1, 1]
        assert totals(runs, "month", through=date(2026, 4, 20))["n"].tolist() == [1, 0, 1, 0, 0]

    def test_a_swim_without_distance_counts_but_has_no_part_in_the_pace(self) -> None:
        table = totals(frame(run("2026-03-03", 5000, 1500), run("2026-03-04", None, 9000)), "week")
        assert (table.loc[0, "n"], table.loc[0, "time_s"], table.loc[0, "pace_s_per_km"]) == (2, 10500, 300)

    def test_by_session_fills_nothing_in(self) -> None:
        assert totals(frame(run("2026-03-03"), run("2026-05-03")), "session")["distance_m"].tolist() == [5000, 5000]

    @pytest.mark.parametrize("by", ["session", "week", "month", "year"])
    def test_empty(self, by: Any) -> None:
        assert totals(frame(), by).empty

    @settings(max_examples=60, deadline=None)
    @given(RUNS, st.sampled_from(["session", "week", "month", "year"]), st.integers(0, 6))
    def test_no_run_is_lost_or_doubled(self, drawn: list[tuple[date, int, int]], by: Any, first: int) -> None:
        bodies = {each["id"]: each for each in (run(day.isoformat(), metres, secs) for day, metres, secs in drawn)}
        table = totals(frame(*bodies.values()), by, first)
        assert table["n"].sum() == len(bodies)
        assert table["distance_m"].sum() == sum(each["distance_m"] for each in bodies.values())
        assert table["start"].is_monotonic_increasing

    @given(DAYS, st.integers(0, 6))
    def test_weeks_start_where_the_calendar_says(self, day: date, first: int) -> None:
        start = period_starts(pd.Series([pd.Timestamp(day)]), "week", first)[0].astype(object)
        assert start == week_start(day, first)
        assert timedelta(0) <= day - start < timedelta(7)


class TestLastAndRecords:
    def test_last_beside_the_one_before_of_the_same_sport(self) -> None:
        found = last_run(
            frame(run("2026-01-01", 8000, 2640), run("2026-01-03", 9000, 2880), run("2026-01-04", 30000, 3600, sport="ride"))
        )
        assert found is not None
        assert found.last["distance_m"] == 9000
        assert found.change("distance_m") == 1000
        assert found.change("pace_s_per_km") == -10  # 5:30 before, 5:20 now
        assert math.isnan(found.change("ascent_m"))

    def test_one_run_has_nothing_before_it_and_none_is_none(self) -> None:
        only = last_run(frame(run("2026-01-01")))
        assert only is not None
        assert only.before is None
        assert math.isnan(only.change("distance_m"))
        assert last_run(frame(run("2026-01-01", sport="swim"))) is None

    def test_records(self) -> None:
        table = frame(
            run("2026-01-01", 5000, 1500),
            run("2026-01-02", 400, 60),  # fast, but no run to speak of
            run("2026-01-03", 5000, 1500),
            run("2026-01-04", 21100, 7000, ascent_m=210),
        )
        found = records(table)
        assert found["pace"]["day"] == pd.Timestamp("2026-01-01")  # the earlier of two equals
        assert found["distance"]["distance_m"] == 21100
        assert found["ascent"]["ascent_m"] == 210
        assert set(records(frame(run("2026-01-01", None, None)))) == set()

    def test_sports(self) -> None:
        table = frame(run("2026-01-01", sport="swim"), run("2026-01-01"), run("2026-01-02"), run("2026-01-01", sport="hike"))
        assert sports(table) == [("run", 2), ("hike", 1), ("swim", 1)]
        assert len(of_sport(table, "hike")) == 1
        assert sports(frame()) == []
