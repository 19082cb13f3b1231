"""What a page asks: kept while nothing changes, the same as the commands say, in plain words."""

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from forecast import plan, train, trust
from forecast.features import inputs, weeks
from tests.forecast.made import MONDAY, readings, runs, sunday, wandering

TODAY = sunday(99) + timedelta(days=3)


@pytest.fixture(scope="module")
def frames():
    trained = [sunday(week) - timedelta(days=day) for week in range(100) for day in range(week % 4)]
    return replace(readings(wandering(21, 7 * 100 + 3)), activities=runs(trained))


@pytest.fixture(scope="module")
def found(frames):
    return plan.outlook(frames, "body_mass_kg", TODAY)


def test_it_is_kept_while_the_weeks_are_the_same(frames, found):
    assert plan.outlook(frames, "body_mass_kg", TODAY) is found
    more = replace(frames, measurements=readings(wandering(21, 7 * 100 + 3)).measurements.iloc[:-1])
    assert plan.outlook(more, "body_mass_kg", TODAY + timedelta(days=1)) is found  # today's readings are in no whole week
    assert plan.outlook(frames, "body_mass_kg", TODAY - timedelta(days=7)) is not found
    assert plan.outlook(frames, "fat_ratio", TODAY) is None


def test_it_says_what_the_command_says(frames, found):
    table = weeks(inputs(frames, "body_mass_kg", TODAY - timedelta(days=1), use_api=False))
    said = train.predictions(table, train.outcome(table))
    eight = next(each for each in said if each["default"] and each["horizon"] == 8)
    expected = found.expected("blend")
    assert expected.mean[7] == pytest.approx(eight["mean"])
    assert expected.high_80[7] == pytest.approx(eight["high_80"])
    assert found.day(8).isoformat() == eight["for_day"]


def test_intervals_lie_in_each_other_around_the_middle(found):
    said = found.expected("blend")
    for outer, inner in (
        (said.low_80, said.low_50),
        (said.low_50, said.mean),
        (said.mean, said.high_50),
        (said.high_50, said.high_80),
    ):
        assert (outer < inner).all()


def test_steps_count_from_the_last_whole_week():
    made = plan.Outlook(table=weeks(inputs(readings(wandering(1, 70)), "body_mass_kg", sunday(9), use_api=False)))
    assert made.week_end == sunday(9)
    assert made.steps(sunday(9) + timedelta(days=1), 8) == 8
    assert made.steps(sunday(10), 8) == 9
    assert made.steps(sunday(10), 26) == 26
    assert made.day(9) == sunday(18)


def test_a_plan_is_answered_with_its_neighbours(found):
    usual = found.usual()
    said, likes = found.planned(usual, 4)
    assert len(likes) == 14
    assert [each.distance for each in likes] == sorted(each.distance for each in likes)
    for each in likes:
        week = (each.monday - MONDAY).days // 7
        came = found.table.known[week + 4] if week + 4 < 100 else np.nan  # not there yet
        assert each.then == pytest.approx(came - found.table.known[week], nan_ok=True)
    assert said.low_80[3] < said.mean[3] < said.high_80[3]
    known = [each.then for each in likes if np.isfinite(each.then)]
    assert said.mean[3] == pytest.approx(found.table.base[-1] + np.median(known))
    resting, _ = found.planned(np.zeros(4), 4)
    assert resting.mean[3] != said.mean[3]


def test_a_plan_like_the_last_weeks_is_the_models_own_forecast(found):
    said, _ = found.planned(found.usual(), 8)
    own = found.expected("neighbours")
    np.testing.assert_allclose(said.mean, own.mean)
    np.testing.assert_allclose(said.high_80, own.high_80)


def test_without_training_there_are_no_neighbours():
    made = plan.outlook(readings(wandering(22, 7 * 60)), "body_mass_kg", sunday(59) + timedelta(days=1))
    assert made.planned(made.usual(), 8) == (None, [])
    assert made.score("neighbours", 8)["n"] == 0


def test_the_overviews_summary(frames):
    said = plan.summary(frames, TODAY)
    assert said["low_80"] < said["mean"] < said["high_80"]
    assert (said["day"] - TODAY).days in range(53, 60)
    assert "times in 100" in said["words"]
    assert said["n"] > 50


def test_with_few_weeks_there_is_a_reason_and_no_summary():
    frames = readings(wandering(23, 7 * 20))
    made = plan.outlook(frames, "body_mass_kg", sunday(19) + timedelta(days=1))
    assert "needs 26 weeks" in made.reason
    assert "there are 20" in made.reason
    assert plan.summary(frames, sunday(19) + timedelta(days=1)) is None
    assert made.expected("blend").mean[5] == made.table.base[-1]


def test_with_few_weeks_a_plan_has_the_baseline_too():
    trained = [sunday(week) - timedelta(days=day) for week in range(22) for day in range(week % 4)]
    frames = replace(readings(wandering(23, 7 * 22)), activities=runs(trained))
    made = plan.outlook(frames, "body_mass_kg", sunday(21) + timedelta(days=1))
    said, model, _ = made.asked(np.zeros(4), 2)
    assert (model, said.mean[1]) == ("blend", made.table.base[-1])
    assert made.planned(np.zeros(4), 2) == (None, [])


@pytest.mark.parametrize(
    ("skill", "words"),
    [(0.06, "came 6 % nearer"), (0.019, "no better than assuming no change"), (-0.0199, "no better"), (-0.2, "20 % further off")],
)
def test_skill_in_plain_words(skill, words):
    assert words in trust.skill_words(skill)


def test_trust_without_a_past():
    assert trust.trust([{"n": 0, "skill": None}]).startswith("Not tried")


def test_asking_nothing_imports_no_learning_library():
    code = "import sys, forecast.plan, forecast.features, forecast.registry; assert not {'sklearn', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
