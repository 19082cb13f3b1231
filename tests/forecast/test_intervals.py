"""Intervals hold as often as they say, follow a person who changes, and know nothing of errors still to come."""

import numpy as np
import pytest

from forecast.intervals import factors, radii


@pytest.mark.parametrize("level", [50, 80])
@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
def test_an_interval_holds_as_often_as_it_says(level, scale):
    rng = np.random.default_rng(7)
    errors = np.abs(rng.normal(0, scale, (1500, 1)))
    radius = radii(errors, np.ones((1500, 1)), level)
    assert (errors <= radius)[100:].mean() == pytest.approx(level / 100, abs=0.02)


def test_it_follows_a_person_who_becomes_harder_to_foresee():
    rng = np.random.default_rng(8)
    errors = np.abs(rng.normal(0, 1, (900, 1)))
    errors[400:] *= 2.5
    radius = radii(errors, np.ones((900, 1)), 80)
    assert (errors <= radius)[500:].mean() > 0.74
    assert radius[-1, 0] > 1.5 * radius[399, 0]


def test_only_the_last_forty_errors_count():
    """Two pasts that differ in their first thirty errors; what the misses teach is left out."""
    late = np.abs(np.random.default_rng(9).normal(0, 1, 60))
    calm, wild = (factors(np.concatenate([np.full(30, early), late]), np.arange(90), 0.8, 0.0) for early in (0.1, 9.0))
    np.testing.assert_array_equal(calm[70:], wild[70:])
    assert (calm[5:70] < wild[5:70]).all()


def test_farther_ahead_is_learned_later():
    errors = np.ones((10, 3))
    errors[4] = 50.0
    radius = radii(errors, np.ones((10, 3)), 80)
    plain = radii(np.ones((10, 3)), np.ones((10, 3)), 80)
    for ahead in (1, 2, 3):
        column = ahead - 1
        np.testing.assert_array_equal(radius[: 4 + ahead, column], plain[: 4 + ahead, column])
        assert radius[4 + ahead, column] > plain[4 + ahead, column]


def test_nothing_known_takes_a_little_more_than_the_spread():
    radius = radii(np.full((3, 1), np.nan), np.full((3, 1), 2.0), 80)
    np.testing.assert_allclose(radius, 1.4 * 2.0 * 1.28, rtol=0.15)


def test_rows_of_one_session_do_not_learn_from_each_other():
    matured = np.array([0, 0, 2, 2])
    wild = factors(np.array([9.0, 9.0, 1.0, 1.0]), matured, 0.8)
    calm = factors(np.array([0.1, 0.1, 1.0, 1.0]), matured, 0.8)
    np.testing.assert_array_equal(wild[:2], calm[:2])
    assert wild[2] > calm[2]
    assert wild[2] == wild[3]
