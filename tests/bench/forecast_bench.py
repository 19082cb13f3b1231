"""How long the forecast takes on ten years: every backtest once, and a look at the page with another plan each time."""

import statistics
import time
from datetime import UTC, date, datetime
from types import SimpleNamespace

from dashboard.page import View
from dashboard.pages import forecast as page
from dashboard.theme import Look
from forecast import backtest, features, plan, volume
from health.sample import sample_frames
from tests.bench._row import row

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


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
    volume.results(sessions, volume.tracks(sessions))
    row("forecast: every backtest of ten years", time.perf_counter() - start, "s", 20, 2)

    house = SimpleNamespace(store=SimpleNamespace(setting=lambda person, key: None), person="me")

    def drawn(kilometres: int) -> float:
        choices = {"km": str(kilometres)}
        view = View(house=house, frames=frames, look=Look(today=TODAY), choices=choices, now=NOW, path="/forecast")
        begun = time.process_time()
        page.content(view)
        return 1000 * (time.process_time() - begun)

    found = plan.outlook(frames, "body_mass_kg", TODAY)
    assert found is not None
    found.work_out()
    drawn(1)
    row("forecast: page for a plan, server CPU, median", statistics.median(drawn(each) for each in range(10, 60)), "ms", 10, 2)


if __name__ == "__main__":
    main()
