"""Every model beside the default on the forecast page: its error, over how many past forecasts, and words where it has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard import beside
from dashboard.page import View
from forecast import plan
from forecast.registry import Version, code_version
from forecast.serving import Served
from tests.forecast.made import readings, runs, sunday, wandering
from tests.forecast.test_page import TODAY, plain, view

SCORES = [
    {"model": "volume_blend", "n": 1734, "mae": 410.0, "baseline_mae": 500.0, "skill": 0.18},
    {"model": "volume_lstm", "n": 1734, "mae": 495.0, "baseline_mae": 500.0, "skill": 0.01},
    {"model": "volume_lstm_all", "n": 1734, "mae": 530.0, "baseline_mae": 500.0, "skill": -0.06},
]


@pytest.fixture(scope="module")
def asked() -> View:
    trained = [sunday(week) - timedelta(days=day) for week in range(100) for day in range(week % 4)]
    return view(replace(readings(wandering(21, 7 * 100 + 2)), activities=runs(trained)))


def of_volume(asked: View) -> View:
    manifest = {"scores": SCORES, "code": code_version(), "trained_through": str(date(2024, 1, 7))}
    version = Version(target="volume", name="x", manifest=manifest, arrays={})
    models: Any = SimpleNamespace(in_use=lambda target: Served(version=version) if target == "volume" else None)
    return replace(asked, house=SimpleNamespace(**{**vars(asked.house), "models": models}))


def outlook(asked: View) -> plan.Outlook:
    found = plan.outlook(asked.frames, "body_mass_kg", TODAY)
    assert found is not None
    found.work_out()
    return found


@pytest.mark.parametrize("weeks", [1, 8])
def test_each_with_its_error_and_how_many_forecasts_it_rests_on(asked: View, weeks: int) -> None:
    found = outlook(asked)
    said = plain(beside.card(asked, found, "body_mass_kg", weeks))
    for name in ("blend", "neighbours"):
        score = found.score(name, weeks)
        assert f"{score['mae']:.2f} kg {score['baseline_mae']:.2f} kg {score['n']}" in said
    assert "networks for the next session’s volume are tried when they are trained" in said


def test_the_networks_of_what_was_trained(asked: View) -> None:
    said = plain(beside.card(of_volume(asked), outlook(asked), "body_mass_kg", 8))
    assert "LSTM of the exercise 495 kg 500 kg 1,734 no better than the last session" in said
    assert "LSTM of all exercises 530 kg 500 kg 1,734 6 % further off than the last session" in said
    assert "18 % nearer than the last session" in said
    assert "when they are trained" not in said
    phone = plain(beside.card(replace(of_volume(asked), look=replace(asked.look, compact=True)), outlook(asked), "body_mass_kg", 8))
    assert "LSTM of the exercise no better than the last session 1,734" in phone


def test_without_a_past_it_says_so() -> None:
    few = view(readings(wandering(5, 7 * 30)), today=sunday(29) + timedelta(days=1))
    found = plan.outlook(few.frames, "body_mass_kg", few.look.today)
    assert found is not None
    found.work_out()
    assert "not tried yet" in plain(beside.card(few, found, "body_mass_kg", 12))
