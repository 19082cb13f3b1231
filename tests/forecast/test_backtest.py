"""The backtest: worked by hand on a short past, blind to the future, and the same as the forecast of the day."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin

from forecast import backtest, train
from forecast.backtest import FIRST_ORIGIN, score, tracks, walk
from forecast.features import HORIZONS, inputs, weeks
from tests.forecast.made import readings, runs, sunday, wandering

WEEKS = 70


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    made = wandering(11, 7 * WEEKS)
    made[7 * 33 : 7 * 35] = np.nan
    made[7 * 20 : 7 * 20 + 12] = np.linspace(79.0, 77.0, 12)
    return made


def person(values):
    trained = [sunday(week) for week in range(3, len(values) // 7) if week % 7 % 3]
    return replace(readings(values), activities=runs(trained))


def table_of(values, week=None):
    week = len(values) // 7 - 1 if week is None else week
    return weeks(inputs(person(values), "body_mass_kg", sunday(week), use_api=False))


@pytest.fixture(scope="module")
def whole(values):
    table = table_of(values)
    return table, train.outcome(table)


def test_changing_the_future_moves_no_past_forecast(values, whole):
    _, before = whole
    week = 45
    other = values.copy()
    other[7 * (week + 1) :] = 120.0 + 5 * np.sin(np.arange(len(other) - 7 * (week + 1)))
    after = train.outcome(table_of(other))
    for name, track in before.items():
        np.testing.assert_array_equal(track.mean[: week + 1], after[name].mean[: week + 1], err_msg=name)
        for level in track.radius:
            np.testing.assert_array_equal(track.radius[level][: week + 1], after[name].radius[level][: week + 1], err_msg=name)
        assert name == "no_change" or not np.allclose(track.mean[week + 2 :], after[name].mean[week + 2 :], equal_nan=True)


@pytest.mark.parametrize("week", [20, 26, 57])
def test_the_forecast_of_a_day_is_the_backtests_of_that_week(values, whole, week):
    _, before = whole
    cut = values[: 7 * (week + 1)]
    then = train.predictions(table_of(cut), train.outcome(table_of(cut)))
    also = train.predictions(table_of(values, week), train.outcome(table_of(values, week)))
    assert then == also
    for each in then:
        track = before[each["model"]]
        assert each["mean"] == pytest.approx(track.mean[week, each["horizon"] - 1], rel=1e-12)
        assert each["for_day"] == sunday(week + each["horizon"]).isoformat()
        assert each["high_80"] - each["mean"] == pytest.approx(track.radius[80][week, each["horizon"] - 1], rel=1e-9)


def test_a_model_learns_only_from_what_has_matured(whole):
    table, _ = whole
    seen: list[tuple[int, np.ndarray]] = []

    class Spy(RegressorMixin, BaseEstimator):
        def fit(self, X, y):
            seen.append((len(X), y.copy()))
            return self

        def predict(self, X):
            return np.zeros((len(X), HORIZONS))

        spread = predict

    y = np.arange(len(table) * HORIZONS, dtype=float).reshape(len(table), HORIZONS)
    walk(Spy(), table.X, y)
    assert len(seen) == len(table) - backtest.FIRST_ROW
    for rows, told in seen:
        origin = rows - 1
        for week in range(rows):
            known = np.flatnonzero(~np.isnan(told[week])) + 1
            assert list(known) == list(range(1, min(origin - week, HORIZONS) + 1))


def test_a_score_worked_by_hand():
    values = np.repeat(80.0 + np.arange(30) % 2, 7)  # 80, 81, 80, 81, ...
    table = weeks(inputs(readings(values), "body_mass_kg", sunday(29), use_api=False))
    track = tracks(table, {"no_change"})["no_change"]
    one, two = score(table, track, 1, "body_mass_kg"), score(table, track, 2, "body_mass_kg")
    assert (one["n"], one["mae"], one["baseline_mae"], one["skill"]) == (3, 1.0, 1.0, 0.0)  # origins 26, 27, 28
    assert (two["n"], two["mae"], two["baseline_mae"], two["skill"]) == (2, 0.0, 0.0, None)
    assert score(table, track, 26, "body_mass_kg")["mae"] is None
    said = replace(track, mean=table.base[:, None] + np.full(track.mean.shape, 0.5))
    again = score(table, said, 1, "body_mass_kg")
    assert again["mae"] == pytest.approx((0.5 + 1.5 + 0.5) / 3)
    assert again["skill"] == pytest.approx(1 - again["mae"])


def test_origins_are_the_weeks_after_the_first_26_where_both_hold_a_reading(whole):
    table, made = whole
    for horizon in (1, 4, 12):
        expected = sum(
            not np.isnan(table.true[week]) and not np.isnan(table.true[week + horizon])
            for week in range(FIRST_ORIGIN, len(table) - horizon)
        )
        assert score(table, made["no_change"], horizon, "body_mass_kg")["n"] == expected


def test_intervals_learn_from_the_forecasts_that_are_scored(whole):
    """As wide as the model says, so many times, until the first scored forecast's week has come; then not any more."""
    _, made = whole
    for name in ("no_change", "daily"):
        track = made[name]
        for horizon in (1, 4, 12):
            times = track.radius[80][:, horizon - 1] / track.spread[:, horizon - 1]
            first = FIRST_ORIGIN + horizon
            np.testing.assert_allclose(times[FIRST_ORIGIN:first], times[FIRST_ORIGIN], rtol=1e-12)
            assert np.ptp(times[first:]) > 0.05


def test_below_26_observed_weeks_the_default_is_the_baseline():
    values = wandering(12, 7 * 60)
    values[7:210] = np.nan  # one week, then none for 29
    table = weeks(inputs(readings(values), "body_mass_kg", sunday(59), use_api=False))
    made = train.outcome(table)
    few = table.observed() < 26
    np.testing.assert_array_equal(made["blend"].mean[few], made["no_change"].mean[few])
    assert np.isnan(made["holt"].mean[few]).all()
    assert not np.allclose(made["blend"].mean[~few], made["no_change"].mean[~few])


def test_the_blend_of_the_backtest_is_the_blend_of_the_model(whole):
    table, _ = whole
    from forecast.features import changes
    from forecast.models.blend import Blend

    known = np.where(np.isnan(table.known)[:, None], np.nan, changes(table.known, table.base))
    last = Blend().fit(table.X, known).predict(table.X[-1:])[0]
    np.testing.assert_allclose(tracks(table, {"blend"})["blend"].mean[-1], table.base[-1] + last, rtol=1e-12)


def test_results_have_the_fields_that_others_read(whole):
    table, _ = whole
    rows = backtest.results(table, tracks(table))
    assert len(rows) == 6 * HORIZONS
    fields = ["target", "model", "default", "horizon", "n", "mae", "baseline_mae", "skill"]
    fields += ["coverage_50", "coverage_80", "width_80"]
    for row in rows:
        assert list(row) == fields
        assert (row["mae"] is None) == (row["n"] == 0)
    assert {row["model"] for row in rows if row["default"]} == {"blend"}


def test_it_beats_no_change_on_people_who_drift():
    """People of noisy readings and slow drift, who mark no turn of the year: the default must find what there is to find."""
    skills = []
    for seed in range(8):
        values = wandering(30 + seed, 7 * 110, missing=0.3)
        table = weeks(inputs(readings(values), "body_mass_kg", sunday(109), use_api=False))
        made = tracks(table, {"blend", "no_change"})
        skills.append(score(table, made["blend"], 4, "body_mass_kg")["skill"])
    assert np.mean(skills) > 0.02
