"""How usual a day was: worked by hand, blind to the day itself and to what came after, at ease with what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from health import day_score
from health.frames import frames
from tests.forecast.made import EMPTY, lifts, runs

START = date(2024, 1, 1)


def days(**columns: list[float]) -> pd.DataFrame:
    count = max(len(each) for each in columns.values())
    index = pd.date_range(START, periods=count, freq="D", name="day")
    return pd.DataFrame({name: pd.Series(columns.get(name, [np.nan] * count), index) for name in day_score.MEASURES}, index=index)


def test_by_hand() -> None:
    values = [10.0, 14.0] * 10 + [19.0]
    (found,) = day_score.marks(days(volume_kg=values), START + timedelta(days=20))
    deviation = (20 * 4 / 19) ** 0.5  # each of the twenty lies 2 from their mean of 12
    assert (found.measure, found.value, found.mean, found.n) == ("volume_kg", 19.0, 12.0, 20)
    assert found.deviation == pytest.approx(deviation)
    assert found.sigmas == pytest.approx(7 / deviation)
    assert found.verdict == "warning"


@pytest.mark.parametrize(
    ("sigmas", "said"), [(0, "good"), (1, "good"), (-1, "good"), (1.01, "fair"), (-2, "fair"), (2.01, "warning"), (-9, "warning")]
)
def test_within_one_is_good_and_beyond_two_a_warning(sigmas: float, said: str) -> None:
    assert day_score.verdict(sigmas) == said


def test_neither_the_day_itself_nor_what_came_after_nor_an_older_year_counts() -> None:
    rng = np.random.default_rng(0)
    values = list(rng.normal(100, 10, 500))
    at = START + timedelta(days=430)
    one = day_score.marks(days(asleep_s=values), at)
    other = [1e6] * 65 + values[65:430] + [values[430]] + [1e6] * 69
    assert day_score.marks(days(asleep_s=other), at) == one
    assert one[0].n == 365


def test_too_little_or_no_change_or_no_such_day_says_nothing() -> None:
    assert day_score.marks(days(volume_kg=[10.0, 14.0] * 9 + [10.0, 12.0]), START + timedelta(days=19)) == []
    assert day_score.marks(days(volume_kg=[10.0] * 40), START + timedelta(days=39)) == []
    assert day_score.marks(days(volume_kg=[10.0, 12.0] * 20), START + timedelta(days=400)) == []
    rest = [10.0, 14.0] * 12 + [np.nan]
    assert day_score.marks(days(volume_kg=rest), START + timedelta(days=24)) == []  # a day of rest
    assert day_score.overall([]) is None


def test_the_day_is_as_its_furthest_measure() -> None:
    def mark(sigmas: float) -> day_score.Mark:
        return day_score.Mark(measure="volume_kg", value=1, mean=1, deviation=1, n=30, sigmas=sigmas)

    assert day_score.overall([mark(0.2), mark(-0.9)]) == "good"
    assert day_score.overall([mark(0.2), mark(-1.9)]) == "fair"
    assert day_score.overall([mark(2.5), mark(0)]) == "warning"


def test_days_of_frames() -> None:
    lifted = lifts({"Squat": [500.0, 700.0]}, start=START, every=2)
    meal = {"id": "a:m", "source": "a", "at": "2024-01-02T12:00:00Z", "zone": "UTC", "day": "2024-01-02", "protein_g": 120}
    night = {
        "id": "a:s", "source": "a", "at": "2024-01-03T22:00:00Z", "end": "2024-01-04T06:00:00Z", "zone": "UTC",
        "day": "2024-01-04", "asleep_s": 27000,
    }  # fmt: skip
    eaten = frames([], [], [], [night], [meal])
    whole = replace(lifted, activities=runs([START, START, START + timedelta(days=2)]), sleeps=eaten.sleeps, meals=eaten.meals)
    table = day_score.table(whole)
    assert [str(each.date()) for each in table.index] == ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]
    assert table["volume_kg"].tolist()[:3:2] == [500.0, 700.0]
    assert table["run_distance_m"].tolist()[:3:2] == [10_000.0, 5_000.0]
    assert table["trained_s"].tolist()[:3:2] == [3600.0, 1800.0]
    assert np.isnan(table["volume_kg"].iloc[1])
    assert table["protein_g"].dropna().tolist() == [120.0]
    assert table["asleep_s"].dropna().tolist() == [27_000.0]
    assert day_score.table(whole, whole.activities.iloc[:0])["run_distance_m"].isna().all()
    assert day_score.table(EMPTY).empty
    assert day_score.marks(day_score.table(EMPTY), START) == []
