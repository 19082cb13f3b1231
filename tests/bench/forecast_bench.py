"""How long the forecast takes on ten years: every backtest once, and the page and `predict` from what was trained."""

import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from dashboard.page import View
from dashboard.pages import forecast as page
from dashboard.theme import Look
from forecast import backtest, features, train, volume
from forecast.model import models_of
from forecast.models.volume_lstm import VolumeLstm
from forecast.registry import Registry
from forecast.serving import Trained, in_use, served
from forecast.train_volume import NETWORKS
from health.frames import Frames
from health.sample import sample_frames
from store.blobs_folder import FolderBlobs
from tests.bench._row import row
from tests.forecast.made import lifts

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def a_hundred() -> volume.Sessions:
    """A hundred exercises of 150 to 300 sessions: a level that wanders, and noise around it."""
    rng = np.random.default_rng(0)
    log = {}
    for number in range(100):
        count = int(rng.integers(150, 300))
        level = rng.uniform(500, 4000) * np.exp(np.cumsum(rng.normal(0, 0.03, count)))
        log[f"Lift {number}"] = list(np.round(level * np.exp(rng.normal(0, 0.2, count)), 1))
    made = volume.sessions(lifts(log, every=7), TODAY.replace(year=2036))
    assert made is not None
    return made


def main() -> None:
    frames = sample_frames(0, TODAY, "Europe/Berlin", NOW)
    start = time.perf_counter()
    for target in features.NOISE:
        given = features.inputs(frames, target, date(2026, 11, 21), use_api=False)
        assert given is not None
        table = features.weeks(given)
        backtest.results(table, backtest.tracks(table))
    sessions = volume.sessions(frames, date(2026, 11, 21))
    assert sessions is not None
    quick = {each.name for each in models_of("volume")} - set(NETWORKS)
    volume.results(sessions, volume.tracks(sessions, quick))
    row("forecast: every backtest of ten years but the LSTMs", time.perf_counter() - start, "s", 20, 2)

    start = time.perf_counter()
    volume.results(sessions, volume.tracks(sessions, set(NETWORKS)))
    row("forecast: the backtest of the LSTMs of ten years", time.perf_counter() - start, "s", 90, 2)
    many = a_hundred()
    start = time.perf_counter()
    VolumeLstm().fit(many.X, (many.volume / many.level)[:, None])
    row("forecast: 100 LSTMs, one an exercise", time.perf_counter() - start, "s", 90, 2)

    with tempfile.TemporaryDirectory() as folder:
        page_and_predict(replace(frames, is_sample=False), Registry(FolderBlobs(Path(folder))))


def page_and_predict(frames: Frames, registry: Registry) -> None:
    """What the web process and `predict` take once a version was trained: nothing is learned here."""
    for target in features.NOISE:
        given = features.inputs(frames, target, date(2026, 11, 21), use_api=False)
        assert given is not None
        registry.submit(train.trained(given, NOW, use_api=False))
    house = SimpleNamespace(store=SimpleNamespace(setting=lambda person, key: None), person="me", models=Trained(registry))

    def drawn(**choices: str) -> float:
        view = View(house=house, frames=frames, look=Look(today=TODAY), choices=choices, now=NOW, path="/forecast")
        begun = time.process_time()
        page.content(view)
        return 1000 * (time.process_time() - begun)

    row("forecast: first page from what was trained, server CPU", drawn(), "ms", None, 2)
    first = drawn(km="1")
    every = [drawn(km=str(each)) for each in range(10, 60)]
    row("forecast: page for a plan, server CPU, median", statistics.median(every), "ms", 10, 2)
    row("forecast: page for a plan, server CPU, worst", max(first, *every), "ms", 100, 2)
    found = in_use(registry, "body_mass_kg")
    assert found is not None
    taken = []
    for _ in range(50):
        begun = time.process_time()
        right = served(found, found.version.manifest["data"], found.version.through)
        assert right is not None
        assert train.predictions_of(right.version)
        taken.append(1000 * (time.process_time() - begun))
    row("forecast: predict from what was trained, CPU, median", statistics.median(taken), "ms", 5, 2)


if __name__ == "__main__":
    main()
