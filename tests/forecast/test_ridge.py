"""The ridge starts from what is common and goes where a person's own weeks lead, as far as they are evidence."""

import numpy as np
import pytest

from forecast.features import DRIFT, FEATURES, HOLIDAY, HORIZONS, WEEKS, YEAR
from forecast.models.ridge import SEEN_WEEKS, Ridge

AHEAD = np.arange(1, HORIZONS + 1)


def rows(count: int, seed: int = 1, seen: int = SEEN_WEEKS) -> np.ndarray:
    """Rows whose expected change grows with the horizon; the last `seen` of their weeks hold a reading."""
    rng = np.random.default_rng(seed)
    X = np.zeros((count, FEATURES))
    X[:, WEEKS] = np.nan
    X[:, WEEKS.stop - seen : WEEKS.stop] = 0.0
    X[:, DRIFT] = rng.normal(0, 0.1, (count, 1)) * np.sqrt(AHEAD)
    X[:, YEAR] = rng.normal(0, 2.0, count)
    return X


def nothing_known(X: np.ndarray) -> np.ndarray:
    return np.full((len(X), HORIZONS), np.nan)


def test_without_evidence_it_says_what_is_common():
    X = rows(30)
    model = Ridge(comes_true=0.8, fades=0.9, returns=0.02).fit(X, nothing_known(X))
    common = 0.8 * 0.9 ** (AHEAD - 1) * X[:, DRIFT] - 0.02 * AHEAD * X[:, [YEAR]]
    np.testing.assert_allclose(model.predict(X), common, rtol=1e-12)


def test_a_trend_seen_in_few_weeks_counts_by_their_share():
    X = rows(4, seen=5)
    said = Ridge(comes_true=1.0, fades=1.0, returns=0.0).fit(X, nothing_known(X)).predict(X)
    now, expected = X[:, DRIFT][:, :1], X[:, DRIFT]
    np.testing.assert_allclose(said, now + 5 / SEEN_WEEKS * (expected - now), rtol=1e-12)


def test_whoever_comes_back_is_learned_to_come_back():
    X = rows(600)
    comes_back = np.broadcast_to(-0.5 * X[:, [YEAR]], (600, HORIZONS))
    few, many = Ridge(returns=0.01).fit(X[:40], comes_back[:40]), Ridge(returns=0.01).fit(X, comes_back)
    own = np.stack([few.coef_[:, 1], many.coef_[:, 1]])
    assert (np.diff(own, axis=0) < -0.05).all()  # more evidence, farther from what is common
    np.testing.assert_allclose(own[1], -0.5, atol=0.08)


def test_evidence_weighs_in_rows():
    """Worked by hand: one column of 1s, ten rows that say 0, a penalty of ten rows for 1: the coefficient stands half way."""
    X = rows(10)
    X[:, DRIFT], X[:, YEAR] = 1.0, 0.0
    model = Ridge(comes_true=1.0, fades=1.0, penalty_trend=10.0).fit(X, np.zeros((10, HORIZONS)))
    np.testing.assert_allclose(model.coef_[:, 0], 0.5, rtol=1e-12)


def test_each_horizon_learns_from_its_own_rows():
    X = rows(200)
    y = nothing_known(X)
    y[:, 3] = 2.0 * X[:, DRIFT][:, 3]
    model, common = Ridge().fit(X, y), Ridge().fit(X, nothing_known(X))
    moved = np.abs(model.coef_ - common.coef_).max(axis=1) > 1e-9
    assert moved.nonzero()[0].tolist() == [3]
    assert model.coef_[3, 0] > common.coef_[3, 0]


def test_what_the_turn_of_the_year_adds_is_said_and_teaches_nothing():
    X = rows(60)
    quiet = Ridge().fit(X, nothing_known(X))
    as_common = quiet.predict(X)
    X[:, HOLIDAY] = np.random.default_rng(2).normal(0, 0.3, (60, HORIZONS))
    model = Ridge().fit(X, as_common + X[:, HOLIDAY])
    np.testing.assert_allclose(model.coef_, quiet.coef_, atol=1e-12)
    np.testing.assert_allclose(model.predict(X), as_common + X[:, HOLIDAY], atol=1e-12)


@pytest.mark.parametrize("count", [1, 20])
def test_a_weight_that_never_moved_is_no_error(count):
    X = rows(count)
    X[:, DRIFT], X[:, YEAR] = 0.0, 0.0
    np.testing.assert_array_equal(Ridge().fit(X, np.zeros((count, HORIZONS))).predict(X), 0.0)
