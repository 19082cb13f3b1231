"""The next session's volume: worked by hand, blind to the future and to the session itself."""

import numpy as np
import pytest

from forecast import sessions, volume
from tests.forecast.made import lifts, sunday

FAR = sunday(400)


def table(volumes, as_of=FAR):
    return volume.sessions(lifts(volumes), as_of)


def random_log(seed=1, n=80):
    rng = np.random.default_rng(seed)
    return {name: list(np.round(kg * rng.uniform(0.7, 1.3, n), 1)) for name, kg in (("Squat", 3000), ("Bench press", 2000))}


def test_a_row_by_hand():
    made = table({"Squat": [100, 200, 300, 400, 500, 600, 900]})
    assert list(made.volume[:6]) == [200, 300, 400, 500, 600, 900]
    assert np.isnan(made.volume[6])
    assert made.level[5] == pytest.approx(400)  # the mean of 200 to 600
    assert made.before[6] == 7
    np.testing.assert_allclose(made.X[5, sessions.RATIOS][-6:], np.array([100, 200, 300, 400, 500, 600]) / 400)
    assert made.X[5, sessions.GAP] == 3.0


def test_simple_models_by_hand():
    made = table({"Squat": [100, 200, 300, 400, 500, 600, 900]})
    said = {name: track.mean[5] for name, track in volume.tracks(made).items()}
    assert said["last_session"] == pytest.approx(600)
    assert said["mean_5"] == pytest.approx(400)
    assert said["median_5"] == pytest.approx(400)
    smoothed = 100.0
    for each in (200, 300, 400, 500, 600):
        smoothed += 0.3 * (each - smoothed)
    assert said["smoothed"] == pytest.approx(smoothed)


def test_nothing_lifted_is_nothing():
    assert volume.sessions(lifts({"Plank": [0, 0]}), FAR) is None
    once = table({"Squat": [500]})
    assert [each["mean"] for each in volume.predictions(once, volume.tracks(once))] == [500]


def test_rows_of_one_session_know_nothing_of_each_other():
    made = table(random_log())
    for row in range(0, 20, 2):
        assert made.matured[row] == made.matured[row + 1] == row


def test_changing_the_future_moves_no_past_forecast():
    log = random_log()
    other = {name: [*each[:60], *[9 * value for value in each[60:]]] for name, each in log.items()}
    one, two = table(log), table(other)
    before, after = volume.tracks(one), volume.tracks(two)
    rows = np.flatnonzero(one.before <= 60)
    for name, track in before.items():
        np.testing.assert_array_equal(track.mean[rows], after[name].mean[rows], err_msg=name)
        np.testing.assert_array_equal(track.radius[80][rows], after[name].radius[80][rows], err_msg=name)


def test_the_forecast_of_a_day_is_the_backtests():
    log = random_log(n=70)
    whole = table(log)
    made = volume.tracks(whole)
    cut = {name: each[:50] for name, each in log.items()}
    for said in volume.predictions(table(cut), volume.tracks(table(cut))):
        row = next(at for at in range(len(whole.level)) if whole.before[at] == 50 and whole.exercise[at] == said["exercise"])
        assert said["mean"] == pytest.approx(made[said["model"]].mean[row], rel=1e-12)
        assert said["high_80"] - said["mean"] == pytest.approx(made[said["model"]].radius[80][row], rel=1e-9)


@pytest.mark.parametrize("days", [24, 28, 41])
def test_whichever_day_the_ledger_is_cut_the_next_session_is_told_the_same(days):
    """Models learn again in between, some a few rows after the cut: what was said of a session is what had been known with the
    one before it, and stands until the session comes."""
    rng = np.random.default_rng(3)
    done = rng.random((7, 60)) < 0.4
    log = {f"Lift {at}": list(np.round(1000 * rng.uniform(0.6, 1.4, 60), 1) * done[at]) for at in range(7)}
    names = {"volume_boosted", "volume_ridge", "volume_blend"}
    made = volume.tracks(whole := table(log), names)
    cut = table({name: each[:days] for name, each in log.items()})
    there = {(whole.exercise[at], int(whole.before[at])): at for at in range(len(whole.level))}
    for name, track in volume.tracks(cut, names).items():
        for row in np.flatnonzero(np.isnan(cut.volume)):
            same = there[cut.exercise[row], int(cut.before[row])]
            assert track.mean[row] == pytest.approx(made[name].mean[same], rel=1e-12), (name, cut.exercise[row])
            assert track.radius[80][row] == pytest.approx(made[name].radius[80][same], rel=1e-9)


def test_with_few_sessions_only_the_baseline():
    made = table({"Squat": [1000.0] * 10, "Bench press": [500.0, 600.0] * 15})
    said = volume.predictions(made, volume.tracks(made))
    squat = [each for each in said if each["exercise"] == "Squat"]
    assert [(each["model"], each["default"]) for each in squat] == [("last_session", True)]
    assert "10 of 20" in squat[0]["reason"]
    assert len([each for each in said if each["exercise"] == "Bench press"]) == 9


def test_results_count_sessions_after_the_first_twenty():
    rows = volume.results(made := table(random_log()), volume.tracks(made))
    assert {row["n"] for row in rows} == {2 * 60}
    by_name = {row["model"]: row for row in rows}
    assert by_name["last_session"]["skill"] == 0.0
    assert by_name["volume_blend"]["default"]
    assert by_name["volume_blend"]["skill"] > 0.1  # noise around a level: the last session is a poor guess
    assert by_name["volume_blend"]["coverage_80"] == pytest.approx(0.8, abs=0.06)


def test_the_blend_leans_to_what_has_been_right_for_this_person():
    """One repeats the last session until the plan changes, one varies about a level: the same blend serves both."""
    rng = np.random.default_rng(5)
    blocks = np.repeat(1000 * rng.uniform(0.6, 1.4, 20), 6)
    repeats = errors({"Squat": list(np.round(blocks, 1)), "Press": list(np.round(np.roll(blocks, 3) / 2, 1))})
    assert repeats["volume_blend"] < 0.65 * repeats["mean_5"]
    assert repeats["volume_blend"] < 1.15 * repeats["last_session"]
    varies = errors({name: list(np.round(kg * rng.uniform(0.6, 1.4, 120), 1)) for name, kg in (("Squat", 1000), ("Press", 500))})
    assert varies["volume_blend"] < 0.85 * varies["last_session"]
    assert varies["volume_blend"] < 1.05 * varies["mean_5"]


def errors(log):
    made = table(log)
    names = {"volume_blend", "last_session", "mean_5"}
    return {row["model"]: row["mae"] for row in volume.results(made, volume.tracks(made, names))}
