"""Intervals hold as often as they say, follow a person who changes, and know nothing of errors still to come."""

from statistics import NormalDist

import numpy as np
import pytest

from forecast.intervals import LEVELS, factors, nested, radii


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


def test_nothing_known_takes_the_spread_at_its_word_and_at_80_per_cent_a_little_more():
    """Twelve errors stand in at one week: place 0.5 x 13 - 1 = 5.5 lies between z(0.7292) = 0.610 and z(0.7708) = 0.742, place
    0.8 x 13 - 1 = 9.4 between z(0.8958) = 1.258 and z(0.9375) = 1.534, and these are 1.44 times as wide."""
    unknown, spread = np.full((3, 1), np.nan), np.full((3, 1), 2.0)
    np.testing.assert_allclose(radii(unknown, spread, 50), 2.0 * (0.610 + 0.742) / 2, rtol=1e-3)
    np.testing.assert_allclose(radii(unknown, spread, 80), 2.0 * 1.44 * (1.258 + 0.4 * (1.534 - 1.258)), rtol=1e-3)


def test_errors_farther_ahead_count_for_less_since_they_overlap():
    """After ten errors of a tenth of a spread at every horizon an interval has shrunk the less the farther ahead it looks."""
    known = np.full((40, 26), 0.1)
    radius = radii(known, np.ones((40, 26)), 80)
    after = [radius[column + 10, column] for column in range(26)]
    assert (np.diff(after) >= 0).all()
    assert after[25] > 1.2 * after[0]


def test_volume_begins_as_it_did():
    """What stands in for sessions is as many and as wide at both levels."""
    nothing = np.full(2, np.nan)
    for share, place in ((0.5, 5.5), (0.8, 9.4)):
        low = int(place)
        ends = [1.4 * NormalDist().inv_cdf(0.5 + 0.5 * (at + 0.5) / 12) for at in (low, low + 1)]
        said = factors(nothing, np.zeros(2, dtype=int), share)
        np.testing.assert_allclose(said, ends[0] + (place - low) * (ends[1] - ends[0]))


def test_rows_of_one_session_do_not_learn_from_each_other():
    matured = np.array([0, 0, 2, 2])
    wild = factors(np.array([9.0, 9.0, 1.0, 1.0]), matured, 0.8)
    calm = factors(np.array([0.1, 0.1, 1.0, 1.0]), matured, 0.8)
    np.testing.assert_array_equal(wild[:2], calm[:2])
    assert wild[2] > calm[2]
    assert wild[2] == wild[3]


def test_the_wider_interval_is_never_the_narrower_one():
    """Errors that wander: each level follows its own misses, and now and then they pass each other."""
    errors = np.abs(np.cumsum(0.3 * np.random.default_rng(0).standard_normal((300, 12)), axis=0))
    spread = np.ones_like(errors)
    apart = {level: radii(errors, spread, level) for level in LEVELS}
    assert (apart[80] < apart[50]).any()
    together = nested(apart.__getitem__)
    assert (together[80] >= together[50]).all()
    np.testing.assert_array_equal(together[50], apart[50])
    np.testing.assert_array_equal(together[80], np.maximum(apart[50], apart[80]))
