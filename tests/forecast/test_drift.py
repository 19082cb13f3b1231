"""The daily filters: worked by hand where that can be done, and never ahead of their day."""

import numpy as np
import pytest

from forecast.drift import drift
from tests.forecast.made import wandering


def test_no_reading_says_nothing():
    found = drift(np.full(14, np.nan), 3, 0.3)
    assert np.isnan(found.mean).all()


def test_the_same_every_day_stays_the_same():
    found = drift(np.full(140, 80.0), 4, 0.3)
    np.testing.assert_allclose(found.mean, 80.0, atol=1e-9)


def test_one_reading_on_a_sunday_is_a_level():
    days = np.full(14, np.nan)
    days[6] = 75.0
    np.testing.assert_allclose(drift(days, 2, 0.3).mean, 75.0)


def test_a_steady_trend_is_followed_and_damped():
    days = 80 + 0.05 * np.arange(210)
    last = drift(days, 26, 0.3).mean[-1]
    steps = np.diff(np.concatenate([[days[-7:].mean()], last]))
    assert steps[0] == pytest.approx(0.35, abs=0.12)
    assert (steps[1:] > 0).all()
    assert (np.diff(steps[1:]) < 0).all()


def test_farther_is_less_sure_and_a_gap_widens():
    days = wandering(1, 210)
    spread = drift(days, 12, 0.3).deviation[-1]
    assert (np.diff(spread) > 0).all()
    days[-28:] = np.nan
    assert drift(days, 12, 0.3).deviation[-1, 0] > spread[0]


def test_one_odd_reading_moves_little():
    days = wandering(2, 140, missing=0.0)
    odd = days.copy()
    odd[-3] += 40.0
    assert abs(drift(odd, 1, 0.3).mean[-1, 0] - drift(days, 1, 0.3).mean[-1, 0]) < 2.0


def test_the_future_changes_nothing():
    days = wandering(3, 210)
    other = days.copy()
    other[140:] = 200.0
    one, two = drift(days, 5, 0.3), drift(other, 5, 0.3)
    np.testing.assert_array_equal(one.mean[:20], two.mean[:20])
    np.testing.assert_array_equal(one.deviation[:20], two.deviation[:20])


def test_a_smaller_unit_is_the_same_forecast():
    days = wandering(4, 140)
    np.testing.assert_allclose(drift(days / 100, 5, 0.003).mean * 100, drift(days, 5, 0.3).mean, rtol=1e-9)
