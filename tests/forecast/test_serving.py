"""What was trained is what the pages, the API and `predict` say, without learning anything again, and only where it is right."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from api import routes
from dashboard.pages import forecast as page
from dashboard.theme import Look
from forecast import plan, train
from forecast.features import inputs
from forecast.kept import PAGE_MODELS
from forecast.model import models_of
from forecast.past import past
from forecast.registry import Registry, Version, code_version
from forecast.serving import Served, Trained, served, usable
from health.frames import Frames
from store.blobs import BlobError
from store.blobs_folder import FolderBlobs
from tests.forecast.made import lifts, readings, runs, sunday, wandering
from tests.forecast.test_page import plain, view

WEEKS = 70
TODAY = sunday(WEEKS - 1) + timedelta(days=2)
NOW = datetime(2024, 5, 7, tzinfo=UTC)
TARGET = "body_mass_kg"


@pytest.fixture(scope="module")
def frames() -> Frames:
    weight = readings(wandering(5, 7 * WEEKS + 1))
    days = [date(2023, 1, 4) + timedelta(days=5 * each) for each in range(80)]
    ran = runs(days, 4000.0)
    rng = np.random.default_rng(2)
    lifted = lifts({"Squat": [float(each) for each in rng.integers(500, 900, 120)]}, every=4)
    ran["distance_m"] = rng.integers(3000, 9000, len(ran)).astype(float)
    return replace(weight, activities=ran, workouts=lifted.workouts, sets=lifted.sets)


@pytest.fixture(scope="module")
def version(frames: Frames) -> Version:
    given = inputs(frames, TARGET, TODAY - timedelta(days=1), use_api=False)
    assert given is not None
    return train.trained(given, NOW, use_api=False)


@pytest.fixture
def registry(tmp_path: Path, version: Version) -> Registry:
    made = Registry(FolderBlobs(tmp_path))
    made.submit(version)
    return made


def test_the_models_of_the_page_are_those_a_version_keeps_whole() -> None:
    names = [each.name for each in models_of("weekly")]
    assert PAGE_MODELS[0] == names[0]  # the default
    assert set(PAGE_MODELS) <= set(names)


def test_what_was_trained_is_what_is_worked_out_to_the_last_digit(frames: Frames, registry: Registry) -> None:
    read = plan.outlook(frames, TARGET, TODAY, trained=Trained(registry))
    made = plan.outlook(frames, TARGET, TODAY)
    assert read is not None
    assert made is not None
    assert (read.trained, read.ready, made.trained) == (True, True, False)
    assert (read.week_end, read.known_to_training) == (made.week_end, made.week_end)
    for name in PAGE_MODELS:
        for part in ("mean", "low_50", "high_50", "low_80", "high_80"):
            np.testing.assert_array_equal(getattr(read.expected(name), part), getattr(made.expected(name), part))
        assert [read.score(name, each) for each in range(1, 27)] == [made.score(name, each) for each in range(1, 27)]
        np.testing.assert_array_equal(past(read, name, 4).said, past(made, name, 4).said)
    np.testing.assert_array_equal(read.usual(), made.usual())
    asked = np.array([20_000.0, 7_000.0, 2.0, 60.0])
    one, two = read.planned(asked, 8), made.planned(asked, 8)
    assert one[0] is not None
    assert two[0] is not None
    np.testing.assert_array_equal(one[0].mean, two[0].mean)
    np.testing.assert_array_equal(one[0].high_80, two[0].high_80)
    assert [(each.monday, each.distance, each.then) for each in one[1]] == [
        (each.monday, each.distance, each.then) for each in two[1]
    ]


def test_the_api_and_the_page_read_it(frames: Frames, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = Trained(registry)
    asked = routes.Asked(weeks=8, plan={"distance_m": 20_000.0, "duration_s": None, "sessions": 1.0, "mean_load_kg": None})
    same = routes.body(frames, asked, TODAY, use_api=False)
    expected = plain(page.content(ready(frames)))
    monkeypatch.setattr("forecast.backtest.tracks", lambda *_: pytest.fail("this learns again"))
    fresh = replace(frames)
    assert routes.body(fresh, asked, TODAY, use_api=False, models=trained) == same
    shown = plain(page.content(ready(fresh, trained)))
    assert "Trained through Sun 5 May." in shown
    assert shown.replace(" Trained through Sun 5 May.", "") == expected


def ready(frames: Frames, trained: Trained | None = None):
    made = view(frames, today=TODAY, look=Look(today=TODAY), km="20")
    made.house.models = trained
    found = page._outlook(made)
    assert found is not None
    if trained is None:
        found.work_out()
    return made


def test_data_of_a_later_week_are_worked_out_and_the_page_says_so(frames: Frames, registry: Registry) -> None:
    later = replace(frames, measurements=readings(wandering(5, 7 * (WEEKS + 1) + 1)).measurements)
    made = view(later, today=TODAY + timedelta(days=7), look=Look(today=TODAY + timedelta(days=7)))
    made.house.models = Trained(registry)
    found = page._outlook(made)
    assert found is not None
    assert (found.trained, found.ready) == (False, False)
    found.work_out()
    assert "Trained through Sun 5 May; this was worked out anew" in plain(page.content(made))


def test_a_version_of_other_data_or_other_code_is_not_shown(frames: Frames, version: Version) -> None:
    digest, through = version.manifest["data"], version.through
    assert served(Served(version=version), digest, through) == Served(version=version)
    assert served(Served(version=version), "another", through) is None
    old = replace(version, manifest={**version.manifest, "code": "another"})
    assert served(Served(version=old), digest, through) is None
    assert usable(Served(version=old)) is None
    assert usable(Served(version=version)) is not None
    assert served(None, digest, through) is None


def test_one_that_is_held_is_shown_for_four_weeks_and_never_for_a_day_before_it(version: Version) -> None:
    held, through = Served(version=version, held="rolled back"), version.through
    for weeks, shown in ((0, True), (4, True), (5, False), (-1, False)):
        assert (served(held, "another", through + timedelta(weeks=weeks)) is held) == shown
    assert served(held, "another", None) is None  # a day that was asked for
    assert served(held, version.manifest["data"], through) == Served(version=version)


def test_going_back_shows_what_was_said_then(frames: Frames, registry: Registry, version: Version) -> None:
    given = inputs(frames, TARGET, TODAY - timedelta(days=15), use_api=False)
    assert given is not None
    earlier = train.trained(given, NOW, use_api=False)
    other = Registry(FolderBlobs(registry._blobs._folder / "other"))  # type: ignore[attr-defined]
    other.submit(earlier)
    other.submit(version)
    other.rollback(TARGET)
    found = plan.outlook(replace(frames), TARGET, TODAY, trained=Trained(other))
    assert found is not None
    assert (found.trained, found.held, found.week_end) == (True, "rolled back", earlier.through)
    np.testing.assert_array_equal(found.expected("blend").mean, earlier.arrays["blend.mean"][-1])


def test_predictions_are_read_as_they_are_made(frames: Frames, version: Version) -> None:
    given = inputs(frames, TARGET, TODAY - timedelta(days=1), use_api=False)
    assert given is not None
    table = train.weeks(given)
    made = train.predictions(table, train.outcome(table))
    assert train.predictions_of(version) == made
    assert {each["model"] for each in made} == {each.name for each in models_of("weekly")}


def test_a_look_is_kept_for_half_a_minute_and_a_lost_registry_is_none(
    tmp_path: Path, version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    class Shaky(FolderBlobs):
        reads, down = 0, False

        def read(self, name: str) -> bytes | None:
            self.reads += 1
            if self.down:
                raise BlobError("nobody answers")
            return super().read(name)

    blobs, time = Shaky(tmp_path), [0.0]
    trained = Trained(Registry(blobs), clock=lambda: time[0])
    assert trained.in_use(TARGET) is None
    Registry(blobs).submit(version)
    assert trained.in_use(TARGET) is None
    time[0] = 31.0
    found = trained.in_use(TARGET)
    assert found is not None
    assert found.version.name == version.name
    before = blobs.reads
    assert trained.in_use(TARGET) is found
    assert blobs.reads == before
    time[0], blobs.down = 62.0, True
    assert trained.in_use(TARGET) is found  # what is known is still true
    assert Trained(Registry(blobs)).in_use(TARGET) is None
    assert "nobody answers" in caplog.text
    time[0], blobs.down = 93.0, False
    (tmp_path / TARGET / "current.json").write_text("{")
    assert trained.in_use(TARGET) is None
    Registry(blobs).submit(version)
    (tmp_path / TARGET / f"{version.name}.npz").write_bytes(b"")
    assert Trained(Registry(blobs)).in_use(TARGET) is None


def test_the_web_process_reads_a_version_without_a_learning_library(tmp_path: Path, registry: Registry) -> None:
    code = f"""
import sys, app, api.routes
from pathlib import Path
from forecast import plan
from forecast.registry import Registry
from forecast.serving import Trained
from store.blobs_folder import FolderBlobs
read = plan.from_version(Trained(Registry(FolderBlobs(Path({str(tmp_path)!r})))).in_use({TARGET!r}))
read.work_out()
assert read.asked(read.usual(), 8)[1] == "neighbours"
assert read.score("blend", 4)["n"] > 0
assert not {{"sklearn", "forecast.lstm", "jax", "torch"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_code_has_a_name() -> None:
    assert len(code_version()) == 12
