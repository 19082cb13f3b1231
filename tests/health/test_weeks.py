"""Calendar weeks: worked by hand, and against the plain way for any days and any first weekday."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.days import week_start
from health.frames import Frames, frames
from health.weeks import COUNTED, MEASURED, compare, deltas, mean_of_days, starts, table

MONDAY = date(2026, 1, 5)
DAYS = st.dictionaries(st.dates(date(1960, 1, 1), date(1960, 3, 31)) | st.dates(date(2026, 1, 1), date(2026, 3, 31)),
                       st.floats(40, 160), min_size=1, max_size=40)  # fmt: skip


def series(values: dict[date, float]) -> pd.Series:
    days = sorted(values)
    return pd.Series(
        [values[day] for day in days], index=pd.DatetimeIndex([pd.Timestamp(day) for day in days]).as_unit("us"), dtype=float
    )


def at(day: int, kind: str, **values: Any) -> dict[str, Any]:
    when = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time()) + timedelta(hours=12)
    native = f"{kind}{day}{len(values)}{sorted(values.items())}"
    return {
        "id": f"app:{native}", "native_id": native, "source": "app", "at": f"{when.isoformat()}Z", "zone": "UTC",
        "day": when.date().isoformat(), **values,
    }  # fmt: skip


def run(day: int, **values: Any) -> dict[str, Any]:
    return at(day, "run", **({"sport": "run", "sport_type": "Run", "distance_m": 5000, "moving_s": 1500} | values))


def lift(day: int, *sets: tuple[str, int, float | None]) -> dict[str, Any]:
    rows = [
        {"exercise": "Squat", "order": order, "type": kind, "reps": reps} | ({} if load is None else {"load_kg": load})
        for order, (kind, reps, load) in enumerate(sets, 1)
    ]
    return at(day, "lift", sets=rows)


@given(DAYS, st.integers(0, 6))
def test_a_day_is_in_the_week_that_days_says(values: dict[date, float], first_weekday: int) -> None:
    data = series(values)
    assert [each.date() for each in starts(pd.DatetimeIndex(data.index), first_weekday)] == [
        week_start(day, first_weekday) for day in sorted(values)
    ]


@given(DAYS, st.integers(0, 6))
def test_weekly_means_against_the_plain_way(values: dict[date, float], first_weekday: int) -> None:
    plain: dict[date, list[float]] = {}
    for day, value in sorted(values.items()):
        plain.setdefault(week_start(day, first_weekday), []).append(value)
    got = mean_of_days(series(values), first_weekday)
    assert [each.date() for each in got.index] == list(plain)
    np.testing.assert_allclose(got["mean"].to_numpy(), [sum(each) / len(each) for each in plain.values()], rtol=1e-12)
    assert got["days"].tolist() == [len(each) for each in plain.values()]
    moved = deltas(series(values), first_weekday)
    for start, delta in moved.items():
        before = plain.get(pd.Timestamp(str(start)).date() - timedelta(days=7))
        now = plain[pd.Timestamp(str(start)).date()]
        if before is None:
            assert np.isnan(delta)
        else:
            assert delta == pytest.approx(sum(now) / len(now) - sum(before) / len(before))


class TestDeltas:
    def test_hand_worked(self) -> None:
        week = timedelta(days=7)
        values = {
            MONDAY: 80.0,
            MONDAY + timedelta(days=6): 81.0,
            MONDAY + week: 80.0,
            MONDAY + 3 * week: 79.0,
            MONDAY + 4 * week: 79.4,
        }
        got = deltas(series(values))
        assert [each.date() for each in got.index] == [MONDAY, MONDAY + week, MONDAY + 3 * week, MONDAY + 4 * week]
        assert got.tolist() == pytest.approx([np.nan, -0.5, np.nan, 0.4], nan_ok=True)

    def test_the_first_weekday_moves_the_weeks(self) -> None:
        values = {MONDAY - timedelta(days=1): 70.0, MONDAY: 80.0}
        assert deltas(series(values), 0).iloc[-1] == 10.0
        assert len(deltas(series(values), 6)) == 1

    def test_nothing_moves_nowhere(self) -> None:
        assert deltas(series({})).empty


class TestTable:
    FRAMES = frames(
        [at(0, "m", body_mass_kg=80.0), at(1, "m", body_mass_kg=81.0, fat_ratio=0.2), at(15, "m", body_mass_kg=79.0)],
        [
            run(7), run(8, moving_s=None, elapsed_s=2000) | {"moving_s": None},
            run(8, sport="ride", distance_m=20000, moving_s=3600), run(22, distance_m=8000),
        ],
        [
            lift(14, ("warmup", 10, 40.0), ("normal", 5, 100.0), ("failure", 3, 110.0), ("normal", 12, None)),
            lift(16, ("normal", 10, 0.0)),
        ],
    )  # fmt: skip
    TODAY = MONDAY + timedelta(days=30)

    def test_hand_worked(self) -> None:
        got = table(self.FRAMES, self.TODAY)
        assert [each.date() for each in got.index] == [MONDAY + timedelta(days=7 * week) for week in range(5)]
        nan = np.nan
        expected = {
            "activities": [nan, 3, 0, 1, 0],
            "distance_m": [nan, 30000, 0, 8000, 0],
            "moving_s": [nan, 1500 + 2000 + 3600, 0, 1500, 0],
            "runs": [nan, 2, 0, 1, 0],
            "run_distance_m": [nan, 10000, 0, 8000, 0],
            "run_moving_s": [nan, 3500, 0, 1500, 0],
            "sessions": [nan, nan, 2, 0, 0],
            "reps": [nan, nan, 30, 0, 0],
            "volume_kg": [nan, nan, 830, 0, 0],
            "mean_load_kg": [nan, nan, 830 / 8, nan, nan],  # 12 and 10 repetitions had no load
            "body_mass_kg": [80.5, nan, 79.0, nan, nan],
            "fat_ratio": [0.2, nan, nan, nan, nan],
            "days_weighed": [2, 0, 1, 0, 0],
        }
        for column, values in expected.items():
            assert got[column].tolist() == pytest.approx(values, nan_ok=True), column
        assert got["complete"].tolist() == [True, True, True, True, False]
        assert set(got) == {*COUNTED, *MEASURED, "days_weighed", "complete"}

    def test_nothing_recorded_is_one_empty_week(self) -> None:
        got = table(frames([], [], []), self.TODAY)
        assert len(got) == 1
        assert got[[*COUNTED, *MEASURED]].isna().all(axis=None)
        assert compare(got, "sessions", self.TODAY).n == 0

    def test_what_is_later_than_this_week_is_left_out(self) -> None:
        got = table(self.FRAMES, MONDAY + timedelta(days=9))
        assert got["distance_m"].tolist() == pytest.approx([np.nan, 30000], nan_ok=True)
        assert got["sessions"].isna().all()

    @settings(max_examples=30)
    @given(st.lists(st.tuples(st.integers(-40, 40), st.integers(0, 40000)), max_size=12), st.integers(0, 6))
    def test_nothing_is_lost_or_doubled(self, runs: list[tuple[int, int]], first_weekday: int) -> None:
        bodies = [run(day, distance_m=distance) | {"id": f"app:{n}"} for n, (day, distance) in enumerate(runs)]
        data: Frames = frames([], bodies, [])
        got = table(data, MONDAY + timedelta(days=50), first_weekday)
        assert np.nansum(got["distance_m"]) == sum(distance for _, distance in runs)
        assert np.nansum(got["runs"]) == len(runs)
        gaps = np.diff(got.index.to_numpy()).astype("timedelta64[D]").astype(int)
        assert (gaps == 7).all()
        assert all(each.weekday() == first_weekday for each in got.index)


class TestCompare:
    def test_hand_worked(self) -> None:
        data = frames([], [run(7 * week, distance_m=1000 * week) for week in (1, 2, 3, 4, 5)], [])
        got = compare(table(data, MONDAY + timedelta(days=36)), "distance_m", MONDAY + timedelta(days=36))
        assert (got.this_week, got.last_week, got.usual, got.n) == (5000, 4000, 2500, 4)

    def test_fewer_weeks_are_said(self) -> None:
        data = frames([], [run(0, distance_m=3000), run(14, distance_m=1000)], [])
        today = MONDAY + timedelta(days=15)
        got = compare(table(data, today), "distance_m", today)
        assert (got.this_week, got.last_week, got.usual, got.n) == (1000, 0, 1500, 2)

    def test_a_week_without_a_reading_is_not_zero(self) -> None:
        data = frames([at(0, "m", body_mass_kg=80.0), at(14, "m", body_mass_kg=82.0)], [], [])
        today = MONDAY + timedelta(days=22)
        got = compare(table(data, today), "body_mass_kg", today)
        assert np.isnan(got.this_week)
        assert (got.last_week, got.usual, got.n) == (82.0, 81.0, 2)
