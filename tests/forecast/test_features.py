"""What a week knew on its Sunday."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecast import features
from forecast.features import DID, HOLIDAY, HORIZONS, PLAN, WEEKS, YEAR, changes, inputs, weeks, without_lines
from forecast.holidays import changes_ahead
from health.frames import frames as made_frames
from tests.forecast.made import MONDAY, lifts, readings, runs, sunday, wandering


def table(values, as_of, frames=None, use_api=False):
    return weeks(inputs(frames or readings(values), "body_mass_kg", as_of, use_api=use_api))


def test_a_week_is_the_mean_of_its_observed_days_from_monday():
    values = np.full(21, np.nan)
    values[[0, 6, 7]] = 80.0, 82.0, 90.0  # Monday and Sunday of the first week, Monday of the second
    made = table(values, sunday(2))
    np.testing.assert_array_equal(made.known, [81.0, 90.0, np.nan])
    np.testing.assert_array_equal(made.base, [81.0, 90.0, 90.0])
    assert made.sunday(0) == date(2023, 1, 8)


def test_two_readings_of_a_day_are_one_observed_day():
    frames = readings(np.array([80.0, 83.0] + [np.nan] * 5))
    twice = replace(frames, measurements=pd.concat([frames.measurements, frames.measurements.iloc[[0]].assign(body_mass_kg=82.0)]))
    made = weeks(inputs(twice, "body_mass_kg", sunday(0), use_api=False))
    assert made.known[0] == pytest.approx((81.0 + 83.0) / 2)


def test_a_week_that_is_not_over_is_not_known():
    made = table(wandering(1, 70), sunday(8) + timedelta(days=6))
    assert len(made) == 9
    assert len(table(wandering(1, 70), sunday(9))) == 10


def test_nothing_before_one_whole_week():
    assert inputs(readings(np.array([80.0])), "body_mass_kg", MONDAY + timedelta(days=5), use_api=False) is None
    assert inputs(readings(np.array([80.0])), "fat_ratio", sunday(3), use_api=False) is None


def test_changes_are_to_the_week_so_many_weeks_on():
    means = np.array([80.0, 81.0, np.nan, 84.0])
    found = changes(means, np.array([80.0, 81.0, 81.0, 84.0]))
    np.testing.assert_array_equal(found[0, :3], [1.0, np.nan, 4.0])
    np.testing.assert_array_equal(found[2, :2], [3.0, np.nan])


def test_the_year_and_its_weeks_are_against_the_weeks_own_mean():
    values = np.repeat(np.arange(10.0) + 80, 7)
    made = table(values, sunday(9))
    assert made.X[4, YEAR] == pytest.approx(2.0)  # 84 less the mean of 80 to 84
    assert made.X[9, YEAR] == pytest.approx(3.0)  # 89 less the mean of 80 to 89 is 4.5: ten times a reading's noise at most
    assert table(np.repeat(90 - np.arange(10.0), 7), sunday(9)).X[9, YEAR] == pytest.approx(-3.0)
    np.testing.assert_allclose(made.X[9, WEEKS][-3:], [-2.0, -1.0, 0.0])
    assert np.isnan(made.X[0, WEEKS][:-1]).all()


def test_what_the_turn_of_the_year_adds_is_a_share_of_the_weeks_own_mean():
    made = table(wandering(3, 7 * 60), sunday(59))
    expected = made.base[:, None] * changes_ahead(MONDAY, 60, HORIZONS)
    np.testing.assert_array_equal(made.X[:, HOLIDAY], expected)
    assert made.X[50, HOLIDAY][1] == pytest.approx(0.004 * made.base[50] * (1 - 0.5 * 3 / 30 - 6 / 17))  # 21 December to 4 January


def test_a_gap_is_not_filled():
    values = wandering(2, 140)
    values[35:70] = np.nan
    made = table(values, sunday(19))
    assert np.isnan(made.known[5:10]).all()
    assert (made.base[5:10] == made.base[4]).all()
    assert np.isnan(made.X[12, WEEKS]).sum() == 52 - 13 + 5


def test_a_straight_line_is_left_out_from_the_day_it_shows():
    values = wandering(4, 70, missing=0.0)
    values[20:40] = np.linspace(80.0, 77.0, 20)
    seen = without_lines(values, 0.3)
    assert np.isnan(seen[25:40]).all()
    assert not np.isnan(seen[:25]).any()
    assert not np.isnan(seen[40:]).any()
    made = table(values, sunday(9))
    assert np.isnan(made.true[3:5]).all()  # the weeks that lie wholly on the line are never scored
    assert made.filled_days == 20


def test_flat_readings_are_no_line():
    values = np.full(70, 80.0)
    assert not np.isnan(without_lines(values, 0.3)).any()


def test_what_a_row_knows_does_not_move_with_the_future():
    values = wandering(5, 7 * 60)
    values[150:165] = np.linspace(79, 81, 15)
    whole = table(values, sunday(59))
    for week in (20, 21, 22, 23, 24, 40):
        cut = table(values[: 7 * (week + 1)], sunday(week))
        np.testing.assert_array_equal(cut.X[-1], whole.X[week])
        np.testing.assert_array_equal(cut.X, whole.X[: week + 1])


def test_training_by_week_and_what_is_usual():
    frames = replace(lifts({"Squat": [1000.0, 500.0]}, every=7), activities=runs([MONDAY, MONDAY + timedelta(days=8)]))
    frames = replace(frames, measurements=readings(wandering(6, 42)).measurements)
    made = table(None, sunday(5), frames)
    np.testing.assert_allclose(made.X[0, DID], [5000, 1800, 1, 100])
    np.testing.assert_allclose(made.X[1, DID], [5000, 1800, 1, 50])
    np.testing.assert_allclose(made.X[2, DID], [0, 0, 0, 0])
    np.testing.assert_allclose(made.X[3, PLAN], [2500, 900, 0.5, 75])  # the load of the weeks that had any


def test_before_the_first_session_training_is_unknown():
    frames = replace(readings(wandering(6, 42)), activities=runs([sunday(3)]))
    made = table(None, sunday(5), frames)
    assert np.isnan(made.X[:3, DID]).all()
    assert not np.isnan(made.X[3:, DID]).any()


def test_rows_of_stravas_api_are_left_out_unless_switched_on():
    frames = replace(readings(wandering(6, 42)), activities=runs([MONDAY, sunday(1)], source="strava_api"))
    assert np.isnan(table(None, sunday(5), frames).training).all()
    assert table(None, sunday(5), frames, use_api=True).training[0, 0] == 5000


def test_what_was_exported_as_well_may_be_learned_from():
    def run(source, day):
        return {
            "id": f"{source}:{day}", "native_id": str(day), "source": source, "at": f"{day}T17:00:00Z", "zone": "UTC",
            "day": str(day), "sport": "run", "sport_type": "Run", "distance_m": 4000.0, "moving_s": 1500.0,
        }  # fmt: skip

    both = made_frames([], [run("strava_api", MONDAY), run("strava_api", sunday(1)), run("strava_export", MONDAY)], [])
    frames = replace(both, measurements=readings(wandering(6, 42)).measurements)
    assert table(None, sunday(5), frames).training[:2, 0].tolist() == [4000.0, 0.0]


def test_inputs_have_a_digest_of_what_they_hold():
    values = wandering(7, 84)
    one, again = (inputs(readings(values), "body_mass_kg", sunday(11), use_api=False) for _ in range(2))
    assert one.digest == again.digest
    values[50] = 70.0
    assert inputs(readings(values), "body_mass_kg", sunday(11), use_api=False).digest != one.digest
    assert one.training.shape[1] + PLAN.start == HOLIDAY.start == features.FEATURES - HORIZONS
