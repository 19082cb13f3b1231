"""Every model keeps the same promises, because it is in forecast/models/."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import get_tags

from forecast import features, volume
from forecast.model import BASELINE, models, models_of
from tests.forecast import made

WEEKLY = [each.name for each in models_of("weekly")]
VOLUME = [each.name for each in models_of("volume")]


@pytest.fixture(scope="module")
def weekly() -> tuple[np.ndarray, np.ndarray]:
    days = made.wandering(3, 7 * 90)
    frames = made.readings(days)
    trained = [made.sunday(week) for week in range(10, 90) if week % 7 % 3]
    given = features.inputs(made.replace(frames, activities=made.runs(trained)), "body_mass_kg", made.sunday(89), use_api=False)
    table = features.weeks(given)
    known = np.where(np.isnan(table.known)[:, None], np.nan, features.changes(table.known, table.base))
    return table.X, known


@pytest.fixture(scope="module")
def sessions() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    lifted = made.lifts({"Squat": list(1000 * rng.uniform(0.7, 1.3, 90)), "Press": list(400 * rng.uniform(0.7, 1.3, 60))})
    table = volume.sessions(lifted, made.sunday(100))
    return table.X, (table.volume / table.level)[:, None]


def data(name, weekly, sessions):
    return weekly if models()[name].of == "weekly" else sessions


def test_there_are_models_and_one_default_of_each_kind():
    assert {"no_change", "holt", "ridge", "blend", "neighbours"} <= set(WEEKLY)
    assert {"last_session", "mean_5", "smoothed", "median_5", "volume_ridge", "volume_boosted"} <= set(VOLUME)
    for of in ("weekly", "volume"):
        assert [each.default for each in models_of(of)].count(True) == 1
        assert BASELINE[of] in models()


@pytest.mark.parametrize("name", WEEKLY + VOLUME)
def test_a_model_fits_predicts_and_says_how_sure(name, weekly, sessions):
    X, y = data(name, weekly, sessions)
    before = X.copy()
    fitted = models()[name].make().fit(X[:70], y[:70])
    said, spread = fitted.predict(X[70:]), fitted.spread(X[70:])
    assert said.shape == spread.shape == y[70:].shape
    assert np.isfinite(said[:, 0]).all()
    assert (spread[np.isfinite(said)] > 0).all()
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("name", WEEKLY + VOLUME)
def test_a_clone_says_the_same(name, weekly, sessions):
    X, y = data(name, weekly, sessions)
    first = models()[name].make()
    again = clone(first)
    np.testing.assert_array_equal(first.fit(X[:70], y[:70]).predict(X[70:]), again.fit(X[:70], y[:70]).predict(X[70:]))


@pytest.mark.parametrize("name", WEEKLY + VOLUME)
def test_a_row_is_forecast_alone_as_among_others(name, weekly, sessions):
    X, y = data(name, weekly, sessions)
    fitted = models()[name].make().fit(X[:70], y[:70])
    together = fitted.predict(X[70:80])
    alone = np.vstack([fitted.predict(X[row : row + 1]) for row in range(70, 80)])
    np.testing.assert_allclose(together, alone, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", WEEKLY + VOLUME)
def test_a_model_that_needs_no_fit_is_not_moved_by_one(name, weekly, sessions):
    X, y = data(name, weekly, sessions)
    made_one = models()[name].make()
    if get_tags(made_one).requires_fit:
        other = models()[name].make().fit(X[:70], np.where(np.isnan(y[:70]), np.nan, 3.0 + 0 * y[:70])).predict(X[70:])
        assert not np.allclose(made_one.fit(X[:70], y[:70]).predict(X[70:]), other)
    else:
        unfitted = made_one.predict(X[70:])
        np.testing.assert_array_equal(unfitted, models()[name].make().fit(X[:70], 9 * y[:70]).predict(X[70:]))
