"""What the turn of the year does to a weight: the days by hand, and weeks that add up."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecast.holidays import PEAK, carried, changes_ahead


@pytest.mark.parametrize(
    ("day", "share"),
    [
        ("2023-07-04", 0.0),
        ("2023-12-15", 0.0),
        ("2023-12-16", 1 / 17),
        ("2023-12-31", 16 / 17),
        ("2024-01-01", 1.0),
        ("2024-01-16", 0.75),
        ("2024-01-31", 0.5),
        ("2024-03-01", 0.25),  # 60 days on: the 29th of February is one of them
        ("2023-03-02", 0.25),
        ("2024-03-31", 0.0),
        ("2024-12-31", 16 / 17),  # day 366
    ],
)
def test_a_day_by_hand(day, share):
    assert carried(np.array([day], dtype="datetime64[D]"))[0] == pytest.approx(0.004 * share)


def test_a_week_is_looked_at_in_its_middle():
    """From the week of Monday 18 December 2023, whose Thursday is the 21st, to that of Thursday 4 January 2024 and on."""
    found = changes_ahead(date(2023, 12, 18), 1, 3)[0]
    at = [6 / 17, 13 / 17, 1 - 0.5 * 3 / 30, 1 - 0.5 * 10 / 30]
    np.testing.assert_allclose(found, 0.004 * (np.array(at[1:]) - at[0]))


def test_weeks_add_up_and_no_change_is_more_than_the_peak():
    start, count, horizons = date(2015, 3, 2), 400, 26
    found = changes_ahead(start, count, horizons)
    assert found.shape == (count, horizons)
    one = found[:, 0]
    for week in range(0, count - horizons, 17):
        np.testing.assert_allclose(found[week], np.cumsum(one[week : week + horizons]), atol=1e-15)
    assert 0.9 * PEAK < np.abs(found).max() <= PEAK
    assert found.min() < 0 < found.max()


def test_a_row_is_the_same_wherever_the_past_begins():
    start = date(2016, 1, 4)
    late = changes_ahead(start + timedelta(weeks=60), 40, 26)
    np.testing.assert_array_equal(changes_ahead(start, 100, 26)[60:], late)
