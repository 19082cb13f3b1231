"""The two cards on a target, and the overview's words: the numbers of forecast/goal.py and backwards.py, said plainly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from dashboard import ahead, goals
from dashboard.pages import forecast as page
from dashboard.theme import Look
from forecast import goal, plan
from forecast.backwards import backwards, own_weeks
from forecast.features import inputs
from forecast.features import weeks as table_of
from health.frames import Frames
from tests.forecast.made import MONDAY, readings, sunday, wandering
from tests.forecast.test_page import plain, view

TODAY = sunday(79) + timedelta(days=2)


@pytest.fixture(scope="module")
def frames() -> Frames:
    made = readings(wandering(31, 7 * 80))
    for target in ("body_mass_kg", "fat_ratio"):
        found = plan.outlook(made, target, TODAY)
        if found is not None:
            found.work_out()
    return made


def now(frames: Frames) -> float:
    found = plan.outlook(frames, "body_mass_kg", TODAY)
    assert found is not None
    return float(found.table.base[-1])


def shown(frames: Frames, goal_kg: float | None = None, look: Look | None = None, **choices: str) -> str:
    wanted = look or Look(today=TODAY, goal_kg=goal_kg)
    return plain(page.content(view(frames, today=TODAY, look=wanted, **choices)))


def test_without_a_goal_there_is_no_goal_card_and_with_one_its_numbers(frames: Frames) -> None:
    assert "Your goal" not in shown(frames)
    target = round(now(frames) - 1.0, 1)
    said = shown(frames, target)
    found = plan.outlook(frames, "body_mass_kg", TODAY)
    assert found is not None
    when = goals.reached(found, found.expected("blend"), Look(today=TODAY, goal_kg=target))
    assert when is not None
    assert f"Your goal of {target:g} kg" in said
    for weeks in goals.WEEKS:
        assert f"{round(100 * when.by(found.steps(TODAY, weeks)))} in 100" in said
    assert goals._WORDS[when.verdict()].capitalize() in said


@pytest.mark.parametrize(
    ("away", "direction", "words"),
    [(-25.0, "lose", "Not in reach at this rate."), (3.0, "lose", "you are there"), (-3.0, "gain", "there")],
)
def test_far_off_and_there_already(frames: Frames, away: float, direction: str, words: str) -> None:
    look = Look(today=TODAY, goal_kg=round(now(frames) + away, 1), direction=direction)  # type: ignore[arg-type]
    assert words in shown(frames, look=look)


def test_the_goal_is_of_weight_alone() -> None:
    fat = readings(wandering(31, 7 * 40) / 400, quantity="fat_ratio")
    today = sunday(39) + timedelta(days=1)
    found = plan.outlook(fat, "fat_ratio", today)
    assert found is not None
    found.work_out()
    said = plain(page.content(view(fat, today=today, look=Look(today=today, goal_kg=78), of="fat_ratio", to="18")))
    assert "Your goal" not in said
    assert "points a week" in said
    assert "Target, %" in said


def test_a_target_and_a_day_of_the_address(frames: Frames) -> None:
    until = sunday(79) + timedelta(weeks=6)
    target = round(now(frames) - 0.5, 1)
    said = shown(frames, to=f"{target:g}", until=str(until))
    found = plan.outlook(frames, "body_mass_kg", TODAY)
    assert found is not None
    asked = backwards(found.table.true, found.table.start, now(frames), target, 6)
    assert asked.held > 0
    assert f"Of your {asked.spans} stretches of 6 weeks, {asked.held} changed as much or more" in said
    assert f"{abs(asked.per_week):.2f} kg a week" in said
    span = asked.occasions[0]
    assert f"{span.first.day} {span.first:%b} {span.first.year}" in said
    pounds = shown(frames, look=Look(today=TODAY, mass_unit="lb"), to=f"{target / 0.45359237:.4f}", until=str(until))
    assert f"{abs(asked.per_week) / 0.45359237:.2f} lb a week" in pounds


def test_somebody_else_on_the_scale_is_no_stretch_of_the_past() -> None:
    values = wandering(31, 7 * 80)
    values[7 * 40 : 7 * 41] = np.nan
    values[7 * 40 + 2] = 96.0  # the only reading of its week
    values[7 * 60 + 3] = 62.0
    made = readings(values)
    means, odd = own_weeks(made.measurements, "body_mass_kg", MONDAY, 80)
    assert (odd, np.flatnonzero(np.isnan(means)).tolist()) == (2, [40])
    table = table_of(inputs(made, "body_mass_kg", sunday(79), use_api=False))
    far = abs(table.true - means) > 1e-9
    assert np.flatnonzero(far).tolist() == [60]
    asked = backwards(means, MONDAY, 80.0, 70.0, 4)
    assert (asked.held, backwards(table.true, MONDAY, 80.0, 70.0, 4).held) == (0, 1)
    found = plan.outlook(made, "body_mass_kg", TODAY)
    assert found is not None
    found.work_out()
    said = shown(made, to="70", until=str(sunday(79) + timedelta(weeks=4)))
    assert "2 days that lie far from those around them are left out" in said
    assert f"The most was −{-asked.most:.1f} kg" in said


def test_what_never_happened_is_said_so(frames: Frames) -> None:
    said = shown(frames, to="40", until=str(TODAY + timedelta(weeks=4)))
    assert "none changed as much that way" in said
    assert "You have no two readings" in shown(frames, until=str(TODAY + timedelta(weeks=103)))


@pytest.mark.parametrize(
    "choices",
    [{"to": "nan"}, {"to": "-3"}, {"to": "x"}, {"to": "1e99"}, {"until": "x"}, {"until": "1900-01-01"}, {"until": "9999-12-31"}],
)
def test_nonsense_is_the_usual_question(frames: Frames, choices: dict[str, str]) -> None:
    assert shown(frames, **choices) == shown(frames)


def test_the_overview_says_how_likely_the_goal_is() -> None:
    at = 80.0
    said = {"base": at, "mean": 79.0, "low_50": 78.5, "high_50": 79.5, "low_80": 78.0, "high_80": 80.0}
    look = Look(today=TODAY, goal_kg=78.4)

    def told(goal_kg: float) -> str:
        return ahead._of_goal(said, replace(look, goal_kg=goal_kg))

    assert told(78.4) == " Your goal of 78.4 is possible by then, not likely."
    assert told(79.2) == " Your goal of 79.2 is more likely than not by then."
    assert told(79.95) == " Your goal of 80 is likely by then."
    assert told(77.0) == " Your goal of 77 is not in reach by then at this rate."
    assert ahead._of_goal(said, replace(look, goal_kg=81.0, direction="lose")) == " Your goal of 81 is reached."
    assert ahead._of_goal(said, Look(today=TODAY)) == ""
    assert set(ahead.GOAL_WORDS) == {"there", *(word for _, word in goal.WORDS), "no"}
