"""Past forecasts beside what came: the very rows that `backtest` scores, and ranges counted by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from dashboard import chart
from dashboard.pages import forecast as page
from dashboard.theme import Look
from forecast import past, plan
from forecast.past import Past
from health.frames import Frames
from tests.forecast.made import readings, sunday, wandering
from tests.forecast.test_page import plain, view

TODAY = sunday(79) + timedelta(days=2)
LOOK = Look(today=TODAY)


@pytest.fixture(scope="module")
def frames() -> Frames:
    values = wandering(41, 7 * 80)
    values[7 * 60 : 7 * 63] = np.nan  # three weeks without a reading
    made = readings(values)
    found = plan.outlook(made, "body_mass_kg", TODAY)
    assert found is not None
    found.work_out()
    return made


@pytest.fixture(scope="module")
def found(frames: Frames) -> plan.Outlook:
    made = plan.outlook(frames, "body_mass_kg", TODAY)
    assert made is not None
    return made


def by_hand(*errors: float) -> Past:
    n = len(errors)
    weeks = [date(2026, 1, 4) + timedelta(days=7 * each) for each in range(n)]
    made = [each - timedelta(days=7) for each in weeks]
    said = np.full(n, 80.0)
    return Past(made=made, week=weeks, came=said + errors, said=said, radius_50=np.full(n, 0.5), radius_80=np.full(n, 1.0))


@pytest.mark.parametrize("horizon", [1, 8, 26])
@pytest.mark.parametrize("name", ["blend", "neighbours"])
def test_they_are_the_rows_that_are_scored(found: plan.Outlook, name: str, horizon: int) -> None:
    each, score = past.past(found, name, horizon), found.score(name, horizon)
    assert len(each.came) == score["n"]
    if score["n"]:
        assert np.abs(each.came - each.said).mean() == pytest.approx(score["mae"])
        assert each.held.mean() == score["coverage_80"]
        held = past.calibration(each)
        assert (held[50], held[80]) == (score["coverage_50"], score["coverage_80"])
        assert all(week - made == timedelta(days=7 * horizon) for week, made in zip(each.week, each.made, strict=True))


def test_ranges_counted_by_hand() -> None:
    # In half-widths: 0.1 is well inside 50, 0.5 its end, 0.9 inside 80, 1.0 its end, 3.0 outside all.
    held = past.calibration(by_hand(0.1, -0.5, 0.9, -1.0, 3.0))
    assert (held[50], held[80], held[90]) == (0.4, 0.8, 0.8)
    assert held[10] == 0.0  # 0.1 of a half-width of 0.5 is 0.135 deviations; 10 % ends at 0.126
    assert held[20] == 0.2
    assert past.calibration(by_hand()) == {}
    assert list(by_hand(0.1, 3.0).held) == [True, False]


def test_weeks_that_never_differ_do_no_harm() -> None:
    same = replace(by_hand(0.0, 0.0), radius_50=np.zeros(2), radius_80=np.zeros(2))
    assert set(past.calibration(same).values()) == {1.0}


def test_the_picture_holds_what_came_and_rings_what_lay_outside(frames: Frames) -> None:
    each = by_hand(0.2, -0.4, 2.0, 0.1)
    figure = chart.draw("forecast.past", frames.measurements, LOOK, past=each)
    band, said, came, rings = figure["data"]
    assert band["y"] == [81.0] * 4 + [79.0] * 4
    assert said["y"] == [80.0] * 4
    assert came["y"] == [80.2, 79.6, 82.0, 80.1]
    assert (rings["x"], rings["y"]) == ([str(each.week[2])], [82.0])
    assert "held 75 in 100" in figure["layout"]["meta"]["label"]
    assert json.dumps(figure, allow_nan=False)


def test_a_gap_parts_the_band(frames: Frames, found: plan.Outlook) -> None:
    each = past.past(found, "blend", 1)
    figure = chart.draw("forecast.past", frames.measurements, LOOK, past=each)
    assert figure["data"][0]["x"].count(None) == 1
    assert figure["data"][2]["y"].count(None) >= 3


def test_the_calibration_picture(frames: Frames) -> None:
    held = past.calibration(by_hand(0.1, -0.5, 0.9, -1.0, 3.0))
    figure = chart.draw("forecast.calibration", frames.measurements, LOOK, held=held)
    assert figure["data"][0]["y"] == [0, 100]
    assert figure["data"][1]["y"] == [100 * each for each in held.values()]
    assert figure["layout"]["meta"]["label"].endswith("times in 100.")
    for name in ("forecast.past", "forecast.calibration"):
        assert "come of age" in chart.draw(name, frames.measurements, LOOK)["layout"]["meta"]["empty"]


def test_the_page_says_them_and_leads_to_their_rows(frames: Frames, found: plan.Outlook) -> None:
    drawn = page.content(view(frames, today=TODAY, h="4"))
    said, each = plain(drawn), past.past(found, "blend", 4)
    assert "Said four weeks before, and what came" in said
    assert f"{int(each.held.sum())} of {len(each.came)} past forecasts" in said
    assert f"{each.said[-1] - each.radius_80[-1]:.1f} to {each.said[-1] + each.radius_80[-1]:.1f}" in said
    last = each.week[-1]
    text = str(drawn)
    assert f"first={last - timedelta(days=6)}&last={last}" in text
    planned = plain(page.content(view(frames, today=TODAY, h="4", by="plan")))
    assert "past forecasts" in planned


def test_too_young_is_said() -> None:
    few = readings(wandering(3, 7 * 27))
    today = sunday(26) + timedelta(days=1)
    made = plan.outlook(few, "body_mass_kg", today)
    assert made is not None
    made.work_out()
    assert "No forecast has come of age yet" in plain(page.content(view(few, today=today)))
