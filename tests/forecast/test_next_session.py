"""The next session's volume on the strength page: the figures of the commands, without waiting for them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dashboard import next_session as shown
from dashboard.figures import strength as lifting
from dashboard.page import View
from dashboard.theme import Look
from forecast import next_session, train_volume, volume
from forecast.registry import Registry, Version, code_version
from forecast.serving import Trained
from health import strength
from health.frames import Frames
from store.blobs_folder import FolderBlobs
from tests.forecast.made import MONDAY, lifts
from tests.forecast.test_page import plain

TODAY = MONDAY + timedelta(days=400)
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


def volumes(seed: int, count: int) -> list[float]:
    rng = np.random.default_rng(seed)
    return [float(each) for each in np.round(1000 + np.cumsum(rng.normal(0, 30, count)) + rng.normal(0, 80, count))]


def registry(folder: Path) -> Registry:
    return Registry(FolderBlobs(folder / "models"))


def view(frames: Frames, folder: Path | None = None, look: Look | None = None) -> View:
    models = None if folder is None else Trained(registry(folder))
    house: Any = SimpleNamespace(models=models, person="me")
    return View(house=house, frames=frames, look=look or Look(today=TODAY), choices={}, now=NOW, path="/strength")


def card(frames: Frames, folder: Path | None = None, look: Look | None = None, exercise: str = "Squat") -> str:
    sessions, _ = lifting.by_session(frames.sets, exercise)
    return plain(shown.card(view(frames, folder, look), exercise, sessions))


@pytest.mark.parametrize("count", [2, 5, 19, 20, 21, 60])
def test_it_is_the_commands_median_of_five_on_this_exercise(count: int) -> None:
    frames = lifts({"Squat": volumes(count, count)})
    table = volume.sessions(frames, TODAY)
    assert table is not None
    made = volume.tracks(table, {"median_5", "last_session"})
    said = next_session.from_own(np.array(volumes(count, count)))
    assert said is not None
    assert said.model == ("median_5" if count >= volume.LEAST_SESSIONS else "last_session")
    row = volume.predictions(table, made)
    own = next(each for each in row if each["model"] == said.model)
    assert (said.mean, said.low_80, said.high_80) == pytest.approx((own["mean"], own["low_80"], own["high_80"]))
    score = next(each for each in volume.results(table, made) if each["model"] == said.model)
    assert said.n == score["n"]
    if score["n"]:
        assert (said.mae, said.baseline_mae, said.coverage_80) == pytest.approx(
            (score["mae"], score["baseline_mae"], score["coverage_80"])
        )
    assert next_session.LEAST_SESSIONS == volume.LEAST_SESSIONS


def test_by_hand() -> None:
    said = next_session.from_own(np.array([100.0] * 18 + [110, 120, 130, 90, 140]))
    assert said is not None
    assert (said.mean, said.sessions) == (120.0, 23)
    assert next_session.from_own(np.empty(0)) is None
    one = next_session.from_own(np.array([500.0]))
    assert one is not None
    assert (one.mean, one.n, one.skill) == (500.0, 0, None)
    assert 0 <= one.low_80 < one.low_50 < 500 < one.high_50 < one.high_80


def test_nothing_of_scikit_learn_comes_with_it() -> None:
    code = "import sys, dashboard.next_session; assert not {'sklearn', 'jax'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


_WIDE = ((50, 60.0), (80, 150.0))


def version(frames: Frames) -> Version:
    """A made-up version that knows of everything of the squat in `frames`."""
    radii = {f"{model}.radius_{level}": np.array([wide]) for model in ("blend", "volume_lstm") for level, wide in _WIDE}
    scores = [{"model": "blend", "n": 90, "mae": 80.0, "baseline_mae": 100.0, "coverage_80": 0.79}]
    manifest = {
        "default": "blend", "exercises": ["Squat"], "sessions": [30], "scores": scores, "start": "2023-01-02",
        "version": "2024-01-07-abc", "trained_through": "2024-01-07", "code": code_version(),
        "digests": [next_session.digests(strength.sessions(frames.sets))["Squat"]],
    }  # fmt: skip
    arrays = {"errors": np.zeros((1, 1)), "blend.mean": np.array([1234.0]), "volume_lstm.mean": np.array([777.0]), **radii}
    return Version(target="volume", name="2024-01-07-abc", manifest=manifest, arrays=arrays)


def test_a_trained_version_goes_before_and_a_stale_one_does_not(tmp_path: Path) -> None:
    frames = lifts({"Squat": volumes(3, 30), "Bench press": volumes(4, 25)})
    own = card(frames, tmp_path)
    assert "the median of your last five" in own
    assert shown.depends(view(frames, tmp_path)) is None
    registry(tmp_path).submit(version(frames))
    assert shown.depends(view(frames, tmp_path)) == "2024-01-07-abc"
    said = card(frames, tmp_path)
    assert "1.2 t load × repetitions" in said
    assert "between 1.1 and 1.4 t" in said
    assert "20 % nearer than assuming the same as last time. The range held 79 times in 100, over 90 past sessions" in said
    assert "network for each exercise (LSTM) says 777 kg" in said
    assert "the median of your last five" in card(frames, tmp_path, exercise="Bench press")  # it does not know that one
    later = lifts({"Squat": volumes(3, 31)})
    assert "the median of your last five" in card(later, tmp_path)
    sample = replace(frames, is_sample=True)
    assert "the median of your last five" in card(sample, tmp_path)


def test_what_was_really_trained_is_what_predict_says(tmp_path: Path) -> None:
    frames = lifts({"Squat": volumes(3, 30), "Curl": volumes(4, 12)})
    table = volume.sessions(frames, TODAY)
    assert table is not None
    made = train_volume.trained(table, NOW, lambda _said: None)
    predicted = volume.predictions(table, volume.tracks(table, {"volume_blend"}))
    squat = next(each for each in predicted if each["exercise"] == "Squat" and each["default"])
    said = next_session.from_version(made)
    assert set(said) == {"Squat"}  # the other has too few sessions
    ends = (squat["mean"], squat["low_80"], squat["high_80"])
    assert (said["Squat"].mean, said["Squat"].low_80, said["Squat"].high_80) == pytest.approx(ends)
    registry(tmp_path).submit(made)
    shown_card = card(frames, tmp_path)
    assert "It is the blend of all models." in shown_card
    assert "A network for each exercise (LSTM) says" in shown_card


def test_a_broken_version_is_as_none(tmp_path: Path) -> None:
    frames = lifts({"Squat": volumes(3, 30)})
    registry(tmp_path).submit(version(frames))
    (tmp_path / "models/volume/2024-01-07-abc.npz").write_bytes(b"no array")
    assert "the median of your last five" in card(frames, tmp_path)


def test_few_sessions_and_pounds() -> None:
    few = card(lifts({"Squat": volumes(5, 7)}))
    assert "It is the same as last time." in few
    assert "More is said from 20 sessions on; there are 7." in few
    frames = lifts({"Squat": [1000.0] * 25})
    assert "2,205 lb" in card(frames, look=Look(today=TODAY, mass_unit="lb"))


def test_an_exercise_without_a_load_says_so() -> None:
    frames = lifts({"Squat": volumes(5, 3)})
    bare = replace(frames, sets=frames.sets.assign(load_kg=np.nan))
    assert "no session of it with a load yet" in card(bare)
