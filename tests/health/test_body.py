"""The arithmetic of weight: numbers worked by hand, properties against the slow and plain way, and real people's series."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.body import (
    GAP_DAYS,
    Gap,
    bmi,
    changes,
    daily,
    gaps,
    height_m,
    kinds_of_weeks,
    line,
    outliers,
    rolling_mean,
    trend,
    with_derived,
)
from health.daily import filled
from health.frames import measurements_frame

MONDAY = date(2026, 1, 5)
SERIES = st.dictionaries(st.integers(0, 60), st.floats(40, 160), min_size=1, max_size=40)


def readings(*rows: dict[str, Any]) -> pd.DataFrame:
    """A frame of readings: `day` counts from Monday 5 January 2026, `minute` within it."""
    bodies = []
    for number, row in enumerate(rows):
        values = dict(row)
        at = datetime.combine(MONDAY, datetime.min.time()) + timedelta(days=values.pop("day"), minutes=values.pop("minute", 400))
        bodies.append({
            "id": f"app:{number}", "native_id": str(number), "source": "app", "at": f"{at.isoformat()}Z", "zone": "UTC",
            "day": at.date().isoformat(), **values,
        })  # fmt: skip
    return measurements_frame(bodies)


def series(values: dict[int, float]) -> pd.Series:
    index = pd.DatetimeIndex([pd.Timestamp(MONDAY) + pd.Timedelta(days=day) for day in sorted(values)]).as_unit("us")
    return pd.Series([values[day] for day in sorted(values)], index=index, dtype=float, name="body_mass_kg")


def noisy(n: int, seed: int = 3, start: float = 80.0) -> dict[int, float]:
    rng = np.random.default_rng(seed)
    return {day: round(float(start - 0.02 * day + rng.normal(0, 0.45)), 2) for day in range(n)}


class TestDaily:
    def test_a_day_is_the_mean_of_its_readings(self) -> None:
        frame = readings(
            {"day": 0, "minute": 400, "body_mass_kg": 80.0},
            {"day": 0, "minute": 1200, "body_mass_kg": 81.0},
            {"day": 2, "body_mass_kg": 79.0, "fat_ratio": 0.2},
        )
        assert daily(frame, "body_mass_kg").tolist() == [80.5, 79.0]
        assert daily(frame, "body_mass_kg").index.tolist() == [pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-07")]
        assert daily(frame, "fat_ratio").tolist() == [0.2]

    def test_what_nobody_measured_is_empty(self) -> None:
        for frame in (readings(), readings({"day": 0, "body_mass_kg": 80})):
            empty = daily(frame, "bone_mass_kg")
            assert empty.empty
            assert trend(empty).empty
            assert line(empty).empty
            assert gaps(empty) == []
            assert not outliers(empty).any()
            assert not filled(empty).any()
            assert changes(empty, MONDAY) == {"week": None, "month": None, "year": None}


class TestDerived:
    def test_hand_worked(self) -> None:
        frame = readings(
            {"day": 0, "body_mass_kg": 80.0, "fat_ratio": 0.2},
            {"day": 1, "body_mass_kg": 80.0, "lean_mass_kg": 66.0},
            {"day": 2, "body_mass_kg": 80.0, "fat_mass_kg": 15.0, "fat_ratio": 0.19},
            {"day": 3, "body_mass_kg": 80.0},
            {"day": 4, "fat_ratio": 0.2},
        )
        got = with_derived(frame)
        assert got["fat_mass_kg"].tolist()[:3] == pytest.approx([16, 14, 15])
        assert got["lean_mass_kg"].tolist()[:3] == pytest.approx([64, 66, 65])
        assert got["fat_ratio"].tolist()[:3] == pytest.approx([0.2, 0.175, 0.19])  # what the device said stays
        assert got[["fat_mass_kg", "lean_mass_kg"]].iloc[3:].isna().all(axis=None)
        assert "fat_mass_kg" in frame
        assert np.isnan(frame["fat_mass_kg"].iloc[0])  # the frame given is not touched


class TestRollingMean:
    @given(SERIES, st.integers(1, 14), st.integers(1, 3))
    def test_against_the_plain_way(self, values: dict[int, float], days: int, at_least: int) -> None:
        got = rolling_mean(series(values), days, at_least)
        expected = {}
        for day in range(min(values), max(values) + 1):
            window = [value for other, value in values.items() if day - days < other <= day]
            expected[day] = sum(window) / len(window) if len(window) >= at_least else np.nan
        assert got.index.tolist() == [pd.Timestamp(MONDAY) + pd.Timedelta(days=day) for day in expected]
        np.testing.assert_allclose(got.to_numpy(), list(expected.values()), rtol=1e-12)

    def test_it_goes_by_the_calendar_not_by_rows(self) -> None:
        got = rolling_mean(series({0: 80.0, 6: 82.0, 20: 90.0}))
        assert got.iloc[6] == 81.0
        assert got.iloc[7] == 82.0  # the first reading has left the window
        assert got.iloc[13:20].isna().all()
        assert got.iloc[20] == 90.0

    def test_a_hundred_years_do_not_wear_it_down(self) -> None:
        values = noisy(36500, start=800.0)
        last = [values[day] for day in range(36493, 36500)]
        assert abs(float(rolling_mean(series(values)).iloc[-1]) - sum(last) / 7) < 1e-8


class TestOutliers:
    def test_somebody_else_on_the_scale_is_marked_and_left_out_of_the_trend(self) -> None:
        values = noisy(60) | {30: 61.5}
        marked = outliers(series(values))
        assert marked[marked].index.tolist() == [pd.Timestamp(MONDAY) + pd.Timedelta(days=30)]
        assert len(marked) == len(values)
        assert abs(trend(series(values)).iloc[30] - trend(series(noisy(60))).iloc[30]) < 0.2

    def test_a_lasting_change_is_no_outlier(self) -> None:
        values = {day: (80.0 if day < 40 else 74.0) + 0.01 * (day % 3) for day in range(120)}
        kept = {day: value for day, value in values.items() if not 25 < day < 55}  # away while it happened
        assert not outliers(series(kept)).any()

    @given(st.integers(0, 2**32 - 1))
    def test_an_ordinary_series_has_none(self, seed: int) -> None:
        assert not outliers(series(noisy(90, seed))).any()

    def test_too_few_readings_say_nothing(self) -> None:
        assert not outliers(series({0: 80.0, 1: 60.0, 2: 80.0, 3: 80.0})).any()
        assert not outliers(series({day * 20: 80.0 + 20 * (day % 2) for day in range(10)})).any()

    def test_a_real_series(self, realdata: Callable[[str], Path]) -> None:
        values = real_weights(realdata("weight/dericmei.csv"))
        share = float(outliers(values).mean())
        assert 0 < share < 0.01
        assert outliers(values)[pd.Timestamp("2020-10-07")]  # 64.8 kg between days of 82


class TestGaps:
    def test_nine_days_are_none_ten_are_one(self) -> None:
        values = series({0: 80.0, 9: 80.0, 19: 81.0, 20: 81.0})
        found = gaps(values)
        assert found == [Gap(last=date(2026, 1, 14), next=date(2026, 1, 24))]
        assert found[0].days == 10

    def test_a_line_breaks_in_gaps_alone(self) -> None:
        drawn = line(series({0: 80.0, 9: 82.0, 19: 81.0, 20: 83.0}))
        assert drawn.index.is_monotonic_increasing
        assert drawn.isna().sum() == 1
        assert np.isnan(drawn.iloc[2])
        assert drawn.dropna().tolist() == [80.0, 82.0, 81.0, 82.0]

    @given(SERIES)
    def test_a_line_has_the_trend_of_each_day_and_a_break_a_gap(self, values: dict[int, float]) -> None:
        data = series(values)
        drawn = line(data)
        kept = data[~outliers(data).to_numpy()]
        assert int(drawn.isna().sum()) == len(gaps(kept))
        assert drawn.dropna().index.tolist() == kept.index.tolist()
        joined = drawn.index.to_series().diff().dt.days.to_numpy()[1:]
        whole = ~(drawn.isna().to_numpy()[1:] | drawn.isna().to_numpy()[:-1])
        assert (joined[whole] <= GAP_DAYS).all()


class TestChanges:
    TODAY = MONDAY + timedelta(days=400)

    def test_hand_worked(self) -> None:
        values = dict.fromkeys(range(395), 80.0) | dict.fromkeys(range(395, 401), 78.0)
        found = changes(series(values), self.TODAY)
        assert found["week"] is not None
        assert found["week"].since == self.TODAY - timedelta(days=7)
        assert found["week"].before == 80.0
        assert found["week"].now == pytest.approx((80 + 6 * 78) / 7)
        assert found["week"].difference == pytest.approx(-12 / 7)
        assert found["month"] is not None
        assert found["month"].since == self.TODAY - timedelta(days=30)
        assert found["year"] is not None
        assert found["year"].since == self.TODAY - timedelta(days=365)

    def test_one_reading_has_no_change(self) -> None:
        assert changes(series({400: 80.0}), self.TODAY) == {"week": None, "month": None, "year": None}

    @pytest.mark.parametrize(("before", "known"), [(5, True), (7, True), (9, True), (10, False), (4, False)])
    def test_a_week_back_may_be_two_days_off(self, before: int, known: bool) -> None:
        found = changes(series({400 - before: 81.0, 400: 80.0}), self.TODAY)["week"]
        assert (found is not None) == known
        if found is not None:
            assert found.before == 81.0

    @pytest.mark.parametrize(("before", "known"), [(350, True), (380, True), (381, False), (349, False)])
    def test_a_year_back_may_be_fifteen_days_off(self, before: int, known: bool) -> None:
        assert (changes(series({400 - before: 81.0, 400: 80.0}), self.TODAY)["year"] is not None) == known

    def test_an_old_reading_has_no_change(self) -> None:
        values = dict.fromkeys(range(391), 80.0)
        assert changes(series(values | {391: 80.0}), self.TODAY)["week"] is not None
        assert changes(series(values), self.TODAY)["week"] is None

    def test_what_is_later_than_today_is_left_out(self) -> None:
        values = dict.fromkeys(range(401), 80.0)
        assert changes(series(values | {410: 60.0}), self.TODAY) == changes(series(values), self.TODAY)


class TestFilled:
    def test_a_line_between_two_weigh_ins_is_marked_with_its_ends(self) -> None:
        real = noisy(80)
        line_ = {day: real[20] + (real[32] - real[20]) * (day - 20) / 12 for day in range(20, 33)}
        flags = filled(series(real | line_))
        assert flags.to_numpy().nonzero()[0].tolist() == list(range(20, 33))

    def test_a_rounded_line_is_marked_where_rounding_is_fine(self) -> None:
        real = {day: round(value, 1) for day, value in noisy(80).items()}
        line_ = {day: round(80.0 - 0.083 * (day - 20), 1) for day in range(20, 36)}
        flags = filled(series(real | line_)).to_numpy().nonzero()[0].tolist()
        assert set(range(21, 35)) <= set(flags) <= set(range(17, 39))

    @given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2]))
    def test_what_a_scale_read_is_not(self, seed: int, places: int) -> None:
        assert not filled(series({day: round(value, places) for day, value in noisy(200, seed).items()})).any()

    def test_whole_pounds_that_repeat_are_not(self) -> None:
        assert not filled(
            series(dict.fromkeys(range(9), 81.646627) | {9: 82.100219} | dict.fromkeys(range(10, 30), 81.646627))
        ).any()

    def test_a_missing_day_ends_a_line(self) -> None:
        straight = {day: 80.0 - 0.1 * day for day in range(11) if day != 5}
        assert not filled(series(straight)).any()
        assert filled(series({day: 80.0 - 0.1 * day for day in range(6)})).all()

    def test_real_series_hold_none(self, realdata: Callable[[str], Path]) -> None:
        assert not filled(real_weights(realdata("weight/dericmei.csv"))).any()


class TestBmi:
    def test_hand_worked(self) -> None:
        assert bmi(series({0: 81.0}), 1.8).tolist() == pytest.approx([25.0])

    @pytest.mark.parametrize("height", [0.0, -1.8, float("nan")])
    def test_a_height_that_is_none_is_refused(self, height: float) -> None:
        with pytest.raises(ValueError, match="above 0"):
            bmi(series({0: 81.0}), height)

    def test_the_height_measured_last_counts(self) -> None:
        assert height_m(readings({"day": 0, "body_mass_kg": 80})) is None
        assert height_m(readings()) is None
        assert height_m(readings({"day": 0, "height_m": 1.78}, {"day": 1, "height_m": 1.8}, {"day": 2, "body_mass_kg": 80})) == 1.8


class TestKindsOfWeeks:
    def test_hand_worked(self) -> None:
        weeks = [(80.0, 16.0), (80.5, 15.5), (80.0, 15.0), (80.6, 15.2), (80.3, 15.4), (80.3, 15.4)]
        rows = [{"day": 7 * week, "body_mass_kg": mass, "fat_mass_kg": fat} for week, (mass, fat) in enumerate(weeks)]
        table = kinds_of_weeks(readings(*rows))
        assert table["kind"].tolist() == ["muscle gain", "fat loss", "weight gain", "muscle loss", "fat loss"]
        assert table["weight_change"].tolist() == pytest.approx([0.5, -0.5, 0.6, -0.3, 0])
        assert table.index[0] == pd.Timestamp("2026-01-12")

    def test_a_week_beside_an_empty_one_has_no_kind(self) -> None:
        rows = [{"day": 7 * week, "body_mass_kg": 80.0 + week, "fat_ratio": 0.2} for week in (0, 2, 3)]
        assert kinds_of_weeks(readings(*rows)).index.tolist() == [pd.Timestamp("2026-01-26")]

    def test_without_fat_there_are_none(self) -> None:
        assert kinds_of_weeks(readings()).empty
        assert kinds_of_weeks(readings({"day": 0, "body_mass_kg": 80}, {"day": 7, "body_mass_kg": 81})).empty


def real_weights(path: Path) -> pd.Series:
    """The body-mass rows of an Apple Health table, kg by day."""
    table = pd.read_csv(path, skiprows=1)
    day = pd.to_datetime(table["startDate"].str[:10]).dt.as_unit("us")
    return table["value"].groupby(day).mean()
