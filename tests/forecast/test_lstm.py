"""The LSTM: its gradients against finite differences, what it can learn, when it stops, and that it sees nothing it should not."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast import lstm, sessions, volume
from forecast.lstm import Settings, Windows
from forecast.model import models
from forecast.models.volume_lstm import VolumeLstm, VolumeLstmAll
from tests.forecast.made import lifts, sunday

FAR = sunday(400)


def windows(seed=0, networks=3, rows=40, steps=5, inputs=2) -> Windows:
    """Noise, the first steps of some windows absent."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (networks, rows, steps, inputs)).astype(np.float32)
    present = (np.arange(steps) >= rng.integers(0, steps, (networks, rows, 1))).astype(np.float32)
    y = rng.normal(0, 1, (networks, rows)).astype(np.float32)
    count = np.array([rows - 7 * each for each in range(networks)])
    return Windows(x=x, present=present, y=y, count=count, seeds=np.arange(networks) + 11)


def swings(networks=2, rows=120, steps=8, noise=0.05) -> Windows:
    """Heavy, light, heavy, light; the next is told by the last but one."""
    rng = np.random.default_rng(5)
    series = np.where(np.arange(rows + steps) % 2, 1.0, -1.0) + rng.normal(0, noise, (networks, rows + steps))
    x = np.stack([series[:, at : at + steps] for at in range(rows)], axis=1)[..., None].astype(np.float32)
    y = series[:, steps:].astype(np.float32)
    return Windows(x=x, present=np.ones(x.shape[:3], np.float32), y=y, count=np.full(networks, rows), seeds=np.arange(networks) + 1)


def alternating(n: int, seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    return list(np.round(1000 * np.where(np.arange(n) % 2, 1.3, 0.7) * rng.uniform(0.97, 1.03, n), 1))


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), hidden=st.integers(1, 5), steps=st.integers(1, 6))
def test_gradients_are_those_of_finite_differences(seed, hidden, steps):
    data = windows(seed, networks=2, rows=6, steps=steps)
    rng = np.random.default_rng(seed)
    parameters = {key: rng.normal(0, 0.7, each.shape) for key, each in lstm.start(data.seeds, 2, hidden, seed).items()}
    x, present, y = (each.astype(np.float64) for each in (data.x, data.present, data.y))
    weight = np.full(y.shape, 1 / y.shape[1])

    def total() -> float:
        return float(lstm.loss(lstm.forward(parameters, x, present)[0], y, weight)[0].sum())

    said, memory = lstm.forward(parameters, x, present)
    gradient = lstm.backward(parameters, memory, lstm.loss(said, y, weight)[1])
    assert gradient.keys() == parameters.keys()
    for key, each in parameters.items():
        assert gradient[key].shape == each.shape
        for at in rng.integers(each.size, size=6):
            place, kept = np.unravel_index(at, each.shape), each.flat[at]
            each[place] = kept + 1e-5
            above = total()
            each[place] = kept - 1e-5
            below = total()
            each[place] = kept
            assert gradient[key][place] == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-8), key


def test_forward_by_hand():
    """One network, one window of two sessions, one hidden unit, written out as in Hochreiter & Schmidhuber with a forget gate."""
    wx, wh, b = np.array([0.5, -0.3, 0.8, 1.1]), np.array([0.2, 0.4, -0.6, 0.7]), np.array([0.1, 1.0, 0.0, -0.2])
    state, cell = 0.0, 0.0
    for value in (0.9, -1.4):
        into, keep, out = (1 / (1 + np.exp(-(value * wx + state * wh + b)[gate])) for gate in range(3))
        cell = keep * cell + into * np.tanh((value * wx + state * wh + b)[3])
        state = out * np.tanh(cell)
    parameters = {
        "wx": wx.reshape(1, 1, 4), "wh": wh.reshape(1, 1, 4), "b": b.reshape(1, 1, 4),
        "wo": np.full((1, 1, 1), 2.0), "bo": np.full((1, 1, 1), 0.3),
    }  # fmt: skip
    said, _ = lstm.forward(parameters, np.array([0.9, -1.4]).reshape(1, 1, 2, 1), np.ones((1, 1, 2)))
    assert said[0, 0] == pytest.approx(2 * state + 0.3, rel=1e-12)


def test_steps_before_the_first_session_count_for_nothing():
    data = windows(3)
    parameters = lstm.start(data.seeds, 2, 4, 0)
    parameters["wo"] = parameters["wo"] + 1
    other = np.where(data.present[..., None] == 1, data.x, 99.0).astype(np.float32)
    np.testing.assert_array_equal(
        lstm.forward(parameters, data.x, data.present)[0], lstm.forward(parameters, other, data.present)[0]
    )


def test_the_same_seed_gives_the_same_weights_and_another_does_not():
    data = swings()
    one, two, other = (lstm.train(data, Settings(seed=seed, steps=60)) for seed in (4, 4, 5))
    for key, each in one.parameters.items():
        np.testing.assert_array_equal(each, two.parameters[key])
    np.testing.assert_array_equal(one.curve, two.curve)
    assert not np.allclose(one.parameters["wx"], other.parameters["wx"])


def test_a_network_learns_alone_what_it_learns_among_others():
    data = windows(2, rows=60)
    together = lstm.train(data, Settings(steps=80))
    for place in range(3):
        own = {name: getattr(data, name)[place : place + 1] for name in ("x", "present", "y", "count", "seeds")}
        alone = lstm.train(Windows(**own), Settings(steps=80))
        assert alone.steps[0] == together.steps[place]
        for key, each in alone.parameters.items():
            np.testing.assert_allclose(each[0], together.parameters[key][place], rtol=1e-4, atol=1e-5)


def test_it_learns_heavy_and_light_days():
    data = swings()
    trained = lstm.train(data, Settings())
    said, _ = lstm.forward(trained.parameters, data.x, data.present)
    assert np.abs(said - data.y).mean() < 0.2  # saying 0 errs by 1


def test_noise_is_given_up_early_and_nothing_is_kept_that_did_worse_than_nothing():
    rng = np.random.default_rng(9)
    data = windows(9, rows=100)
    data = replace(data, y=rng.normal(0, 1, data.y.shape).astype(np.float32), count=np.full(3, 100))
    trained = lstm.train(data, Settings(steps=2000, decay=0.01))
    validation = trained.curve[..., 1]
    assert len(trained.curve) < 2000 / 10  # stopped long before it had to
    for network in range(3):
        own = validation[~np.isnan(validation[:, network]), network]
        best = int(own.argmin())
        assert trained.steps[network] == 10 * best
        assert len(own) == best + 1 + Settings().patience
    # Kept are the parameters of the best look, not the last ones.
    rows = np.arange(80, 100)
    said, _ = lstm.forward(trained.parameters, data.x[:, rows], data.present[:, rows])
    again, _ = lstm.loss(said, data.y[:, rows], np.full(said.shape, 1 / 20))
    np.testing.assert_allclose(again, np.nanmin(validation, axis=0), rtol=1e-4)


def test_what_decides_when_to_stop_is_not_learned_from():
    data = swings(networks=1, rows=100)
    other = data.y.copy()
    other[:, 80:] = 7.0
    one, two = (lstm.train(replace(data, y=y), Settings(steps=30)) for y in (data.y, other))
    np.testing.assert_array_equal(one.curve[..., 0], two.curve[..., 0])
    assert not np.allclose(one.curve[..., 1], two.curve[..., 1])


def test_on_heavy_and_light_days_it_is_far_ahead_of_the_last_session_and_the_mean_of_five():
    table = volume.sessions(lifts({"Squat": alternating(90, 1), "Bench press": alternating(90, 2)}), FAR)
    rows = np.flatnonzero((np.arange(len(table.volume)) >= 100) & ~np.isnan(table.volume))
    error = {"mean of five": table.volume - table.level, "last": table.volume - table.X[:, volume.LAST - 1] * table.level}
    for made in (VolumeLstm(), VolumeLstmAll()):
        said = volume.walk(made, table, [100])[0] * table.level
        for simple in error.values():
            assert np.abs(said - table.volume)[rows].mean() < 0.5 * np.abs(simple[rows]).mean()


def test_short_exercises_get_no_network_of_their_own():
    table = volume.sessions(lifts({"Squat": alternating(90, 1), "Bench press": alternating(19, 2), "Row": alternating(20, 3)}), FAR)
    y = (table.volume / table.level)[:, None]
    over = ~np.isnan(table.volume)
    fitted = VolumeLstm(steps=20).fit(table.X[over], y[over])
    own = {each: table.X[table.exercise.index(each), volume.EXERCISE] for each in ("Squat", "Bench press", "Row")}
    assert sorted(fitted.groups_) == sorted([own["Squat"], own["Row"]])
    said = fitted.predict(table.X)[:, 0]
    assert np.isnan(said[[each == "Bench press" for each in table.exercise]]).all()
    assert np.isfinite(said[[each != "Bench press" for each in table.exercise]]).all()
    assert np.isfinite(VolumeLstmAll(steps=20).fit(table.X[over], y[over]).predict(table.X)).all()


def test_the_future_moves_no_forecast_and_does_move_the_forecasts_after_it():
    log = {"Squat": alternating(90, 1), "Bench press": alternating(90, 2)}
    other = {name: [*each[:50], *[3 * value for value in each[:49:-1]]] for name, each in log.items()}
    one, two = (volume.sessions(lifts(each), FAR) for each in (log, other))
    rows = np.flatnonzero(one.before <= 50)
    for made in (VolumeLstm(steps=40), VolumeLstmAll(steps=40)):
        before, after = (volume.walk(made, each, [60, 80, 120, 160])[0] for each in (one, two))
        assert np.isfinite(before[60:]).all()
        np.testing.assert_array_equal(before[rows], after[rows])
        assert not np.allclose(before[-50:], after[-50:])


def test_gaps_stand_beside_the_sessions_they_led_to():
    table = volume.sessions(lifts({"Squat": [100, 0, 300, 400], "Bench press": [1, 1, 1, 1]}), FAR)
    row = next(at for at in range(len(table.level)) if table.exercise[at] == "Squat" and table.before[at] == 3)
    assert list(table.X[row, sessions.GAPS][-2:]) == [6.0, 3.0]
    assert np.isnan(table.X[row, sessions.GAPS][:-2]).all()


def test_listing_the_models_does_not_bring_the_lstm_along():
    """The web process asks for the weekly models; the networks are the trainer's."""
    assert {"volume_lstm", "volume_lstm_all"} <= set(models())
    code = "import sys, dashboard.ahead, forecast.model as m; m.models_of('weekly'); m.models_of('volume')\n"
    code += "assert 'forecast.models.volume_lstm' in sys.modules; assert 'forecast.lstm' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).resolve().parents[2])
