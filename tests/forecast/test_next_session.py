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
from plotly.io.json import to_json_plotly

from dashboard import next_session as shown
from dashboard.figures import strength as lifting_of
from dashboard.page import View
from dashboard.theme import Look
from forecast import next_session, train_volume, volume
from forecast.carried import carried
from forecast.lifting import Lifting, lifting
from forecast.models.volume_lstm import VolumeLstm, VolumeLstmAll
from forecast.registry import Registry, Version
from forecast.serving import Trained
from health.frames import Frames
from store.blobs_folder import FolderBlobs
from tests.forecast.made import MONDAY, lifts
from tests.forecast.test_page import plain

TODAY = MONDAY + timedelta(days=400)
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)


def volumes(seed: int, count: int) -> list[float]:
    rng = np.random.default_rng(seed)
    return [float(each) for each in np.round(1000 + np.cumsum(rng.normal(0, 30, count)) + rng.normal(0, 80, count))]


@pytest.fixture(autouse=True)
def quick_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks that learn nothing: tests/forecast/test_train_volume.py is about them."""

    def fit(self: Any, X: Any, y: Any) -> Any:
        self.groups_, self.trained_ = np.empty(0), None
        return self

    monkeypatch.setattr(VolumeLstm, "fit", fit)
    monkeypatch.setattr(VolumeLstmAll, "fit", fit)


def registry(folder: Path) -> Registry:
    return Registry(FolderBlobs(folder / "models"))


def view(frames: Frames, folder: Path | None = None, look: Look | None = None) -> View:
    models = None if folder is None else Trained(registry(folder))
    house: Any = SimpleNamespace(models=models, person="me")
    return View(house=house, frames=frames, look=look or Look(today=TODAY), choices={}, now=NOW, path="/strength")


def card(frames: Frames, folder: Path | None = None, look: Look | None = None, exercise: str = "Squat") -> str:
    sessions, _ = lifting_of.by_session(frames.sets, exercise)
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
    code = "import sys, dashboard.next_session, forecast.lifting; assert not {'sklearn', 'jax'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def trained(frames: Frames) -> Version:
    table = volume.sessions(frames, TODAY)
    assert table is not None
    return train_volume.trained(table, NOW, lambda _said: None)


def expected(frames: Frames, exercise: str = "Squat") -> dict[str, Any]:
    """What `python -m forecast predict --target volume` says of it first, worked out anew."""
    table = volume.sessions(frames, TODAY)
    assert table is not None
    rows = volume.predictions(table, volume.tracks(table, {"volume_blend", "last_session"}))
    return next(each for each in rows if each["exercise"] == exercise and each["default"])


def shown_by(frames: Frames, folder: Path | None, exercise: str = "Squat") -> Lifting:
    """What the card is drawn from, once the page has waited where it has to."""
    models = None if folder is None else Trained(registry(folder))
    found = lifting(frames, TODAY, models)
    assert found is not None
    if not found.tells(exercise):
        found.work_out()
    return found


def assert_as_predicted(frames: Frames, folder: Path | None, exercise: str = "Squat") -> Lifting:
    found, right = shown_by(frames, folder, exercise), expected(frames, exercise)
    said = found.next(exercise)
    assert said is not None
    assert (said.model, said.mean, said.low_80, said.high_80) == (right["model"], right["mean"], right["low_80"], right["high_80"])
    return found


def test_the_card_says_what_predict_says_whatever_was_trained(tmp_path: Path) -> None:
    log = {"Squat": volumes(3, 60), "Bench press": volumes(4, 55), "Curl": volumes(5, 12)}
    at_first, later = ({name: each[:-2] if name == "Squat" else each for name, each in log.items()}, log)
    for frames in (lifts(at_first), lifts(later)):
        for exercise in log:
            assert_as_predicted(frames, None, exercise)  # nothing was trained
    registry(tmp_path).submit(trained(lifts(at_first)))
    for frames, exact in ((lifts(at_first), True), (lifts(later), False)):
        found = lifting(frames, TODAY, Trained(registry(tmp_path)))
        assert found is not None
        assert found.ready  # at once: read, or carried on from what was learned
        assert found.as_trained("Squat") is exact
        for exercise in log:
            assert_as_predicted(frames, tmp_path, exercise)
        assert len(found.networks("Squat")) == 2 * exact


def test_what_is_carried_on_is_exactly_what_is_worked_out_anew() -> None:
    log = {name: volumes(seed, 90) for seed, name in enumerate(("Squat", "Bench press"))}
    first = volume.sessions(lifts(log), MONDAY + timedelta(days=3 * 60))
    assert first is not None
    version = train_volume.trained(first, NOW, lambda _said: None)
    seen = set()
    for more in (0, 1, 5, 12, 20):
        table = volume.sessions(lifts(log), MONDAY + timedelta(days=3 * (60 + more)))
        assert table is not None
        found = carried(version, table)
        seen.add(found is not None)
        anew = volume.tracks(table, {"volume_blend", "last_session"})
        for name, each in (found or {}).items():
            np.testing.assert_array_equal(each.mean, anew[name].mean)
            np.testing.assert_array_equal(each.radius[80], anew[name].radius[80])
    assert seen == {True, False}  # when a fifth more has come the trees learn again


def test_another_past_is_worked_out_anew(tmp_path: Path) -> None:
    log = {"Squat": volumes(3, 60), "Bench press": volumes(4, 60)}
    registry(tmp_path).submit(trained(lifts(log)))
    other = lifts({**log, "Squat": [*log["Squat"][:10], 555.0, *log["Squat"][11:], 1100.0]})
    found = lifting(other, TODAY, Trained(registry(tmp_path)))
    assert found is not None
    assert not found.tells("Squat")
    assert_as_predicted(other, tmp_path)


def test_a_version_gone_back_to_is_said_of_what_was_not_done_since(tmp_path: Path) -> None:
    log = {"Squat": volumes(3, 100), "Bench press": volumes(4, 40)}  # the squat goes on when the bench press has ended
    at_first = {**log, "Squat": log["Squat"][:90]}
    registry(tmp_path).submit(trained(lifts(at_first)))
    registry(tmp_path).submit(trained(lifts(log)))
    assert registry(tmp_path).pointers("volume").previous is not None
    registry(tmp_path).rollback("volume")
    found = shown_by(lifts(log), tmp_path)
    assert found.found is not None
    assert found.found.held == "rolled back"
    assert found.as_trained("Bench press")
    assert not found.as_trained("Squat")
    assert_as_predicted(lifts(log), tmp_path, "Squat")
    today = found.found.version.through + timedelta(weeks=5)
    old = lifting(lifts(log), today, Trained(registry(tmp_path)))
    assert old is not None
    assert old.found is found.found or old.found is not None  # this code made it: what it says is what anew would say


def test_the_card_in_words(tmp_path: Path) -> None:
    log = {"Squat": volumes(3, 61), "Curl": volumes(4, 12)}
    frames = lifts({**log, "Squat": log["Squat"][:-1]})
    registry(tmp_path).submit(trained(frames))
    said = card(frames, tmp_path)
    assert "It is the blend of all models." in said
    assert "times in 100, over 40 past sessions of all exercises" in said
    assert "A network for each exercise (LSTM) says" in said
    assert "Trained through" in said
    later = card(lifts(log), tmp_path)
    assert "with what you lifted since" in later
    assert "It is the same as last time. More is said from 20 sessions on; there are 12." in card(frames, tmp_path, exercise="Curl")
    assert "the median of your last five" in card(replace(frames, is_sample=True), tmp_path)


def test_a_broken_version_is_as_none(tmp_path: Path) -> None:
    frames = lifts({"Squat": volumes(3, 30)})
    made = trained(frames)
    registry(tmp_path).submit(made)
    (tmp_path / f"models/volume/{made.name}.npz").write_bytes(b"no array")
    assert_as_predicted(frames, tmp_path)


def test_the_page_comes_before_what_has_to_be_worked_out(tmp_path: Path) -> None:
    frames = lifts({"Squat": volumes(77, 31)})
    sessions, _ = lifting_of.by_session(frames.sets, "Squat")
    seen = view(frames)
    assert "next-session-asked" in to_json_plotly(shown.card(seen, "Squat", sessions))
    before = shown.depends(seen)
    found = lifting(frames, TODAY, None)
    assert found is not None
    found.work_out()
    assert shown.depends(seen) != before
    assert "It is the blend of all models." in plain(shown.card(seen, "Squat", sessions))
    assert "Worked out from all that you have lifted." in plain(shown.card(seen, "Squat", sessions))


def test_pounds() -> None:
    frames = replace(lifts({"Squat": [1000.0] * 25}), is_sample=True)
    assert "2,205 lb" in card(frames, look=Look(today=TODAY, mass_unit="lb"))


def test_an_exercise_without_a_load_says_so() -> None:
    frames = lifts({"Squat": volumes(5, 3)})
    bare = replace(frames, sets=frames.sets.assign(load_kg=np.nan))
    assert "no session of it with a load yet" in card(bare)
