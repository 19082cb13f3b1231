"""How the networks learned: shares of the first loss, where each was best, and the folded section of the forecast page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dashboard import networks
from dashboard.chart import charts
from dashboard.theme import Look
from forecast.learning import learned
from forecast.registry import Registry, Version, code_version
from forecast.serving import Trained
from store.blobs_folder import FolderBlobs
from tests.forecast.made import lifts
from tests.forecast.test_page import plain, view

NAN = np.nan


def version(**manifest: object) -> Version:
    own = np.array([[[9.0, 4.0], [9.0, 2.0]], [[1.0, 3.0], [1.0, 2.5]], [[1.0, 1.0], [NAN, NAN]], [[1.0, 2.0], [NAN, NAN]]])
    every = np.array([[[NAN, 0.5]], [[0.4, 0.3]]])
    told = {
        "networks": {
            "volume_lstm": [{"exercise": "Curl", "look": 10}, {"exercise": "Squat", "look": 10}],
            "volume_lstm_all": [{"exercise": "all exercises", "look": 10}],
        },
        "exercises": ["Curl", "Squat"], "sessions": [20, 40], "trained_through": "2024-01-07", "code": code_version(),
        "start": "2023-01-02", **manifest,
    }  # fmt: skip
    arrays = {"errors": np.zeros((1, 1)), "volume_lstm.curve": own, "volume_lstm_all.curve": every}
    return Version(target="volume", name="2024-01-07-a", manifest=told, arrays=arrays)


def test_losses_are_shares_of_the_first_and_the_best_is_known() -> None:
    found = learned(version())
    assert found is not None
    assert [each.name for each in found.own] == ["Squat", "Curl"]  # the one with most sessions first
    squat, curl = found.own
    assert (squat.losses, squat.best, squat.least) == ((1.0, 1.25), 0, 1.0)  # it never learned, and stopped
    assert (curl.losses, curl.best, curl.least) == ((1.0, 0.75, 0.25, 0.5), 2, 0.25)
    assert found.every is not None
    assert found.every.least == pytest.approx(0.6)
    assert (found.look, found.through) == (10, date(2024, 1, 7))
    assert learned(version(networks={"volume_lstm": [], "volume_lstm_all": []})) is None


def test_the_figure_draws_each_network_apart_and_says_the_finding() -> None:
    sets = lifts({"Squat": [1000.0] * 3}).sets
    figure = charts()["forecast.learning"].draw(sets, Look(today=date(2024, 1, 9)), learned=learned(version()))
    thin, dots, strong, last = figure["data"]
    assert thin["x"] == [0, 10, None, 0, 10, 20, 30]
    assert thin["y"] == [100.0, 125.0, None, 100.0, 75.0, 25.0, 50.0]
    assert (dots["x"], dots["customdata"]) == ([0, 20], ["Squat", "Curl"])
    assert (strong["y"], last["x"]) == ([100.0, 60.0], [10])
    label = figure["layout"]["meta"]["label"].replace("\u00a0", " ")
    assert "the networks of 2 exercises came down to 62 % of where they began, the one over all exercises to 60 %" in label


def test_the_section_is_of_the_version_in_use(tmp_path: Path) -> None:
    frames = lifts({"Squat": [1000.0] * 3})
    seen = view(frames, today=date(2024, 1, 9), look=Look(today=date(2024, 1, 9)))
    seen.house.models = Trained(Registry(FolderBlobs(tmp_path)))
    assert networks.depends(seen) is None
    assert "No network has been trained yet" in plain(networks.card(seen))
    Registry(FolderBlobs(tmp_path)).submit(version())
    seen.house.models = Trained(Registry(FolderBlobs(tmp_path)))
    assert networks.depends(seen) == "2024-01-07-a"
    shown = plain(networks.card(seen))
    assert "trained through Sun 7 Jan" in shown
    assert "Curl 20 25 %" in shown
    assert "All exercises 10 60 %" in shown
    assert "the sample person has none" in plain(networks.card(replace(seen, frames=replace(frames, is_sample=True))))


def test_a_version_of_other_code_is_not_drawn(tmp_path: Path) -> None:
    Registry(FolderBlobs(tmp_path)).submit(version(code="another"))
    seen = view(lifts({"Squat": [1000.0] * 3}), today=date(2024, 1, 9), look=Look(today=date(2024, 1, 9)))
    seen.house.models = Trained(Registry(FolderBlobs(tmp_path)))
    assert networks.depends(seen) is None
