"""Every page, because it exists: with no data, one row, two rows, a year, ten; in both units; with an address of nonsense."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.page import House, pages
from health.frames import Frames
from tests.dashboard.house import NOW, app, client, house, page, ten_years

ALL = sorted(pages())
NONSENSE = [
    "?span=&span=x&of=<script>&by=%00&first=2026-13-45&last=tomorrow&sport=%F0&exercise=" + "x" * 500,
    "?" + "a=1&" * 500,
    "?=&&&=",
    "?%",
]


class Still:
    """Frames that are given."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self.version = 1

    def frames(self) -> Frames:
        return self._frames

    def versioned(self) -> tuple[Frames, int]:
        return self._frames, 1


def cut(frames: Frames, rows: int | None, days: int | None) -> Frames:
    def part(frame: pd.DataFrame) -> pd.DataFrame:
        if days is not None:
            return frame[frame["day"] > pd.Timestamp(NOW.date()) - pd.Timedelta(days=days)]
        return frame if rows is None else frame.iloc[len(frame) - rows :]

    workouts = part(frames.workouts)
    return replace(
        frames,
        measurements=part(frames.measurements),
        activities=part(frames.activities),
        sleeps=part(frames.sleeps),
        meals=part(frames.meals),
        workouts=workouts,
        sets=frames.sets[frames.sets["workout_id"].isin(workouts["id"])],
        is_sample=False,
    )


SIZES: dict[str, tuple[int | None, int | None]] = {
    "none": (0, None),
    "one": (1, None),
    "two": (2, None),
    "year": (None, 365),
    "ten": (None, None),
}


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[House, Any]]:
    found = {}
    for name, (rows, days) in SIZES.items():
        of = replace(house(tmp_path_factory.mktemp(name)), frames=Still(cut(ten_years(), rows, days)))
        found[name] = (of, client(app(of)))
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ALL)
def test_it_shows(houses: dict[str, Any], path: str, size: str) -> None:
    browser = houses[size][1]
    for phone, mode in ((False, "light"), (True, "dark")):
        answer = page(browser, path, phone=phone, mode=mode)
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        assert "could not be drawn" not in text
        assert '"type": "H1"' in text or '"type":"H1"' in text, "a page has one heading"
        assert "NaN" not in text
        assert "nan" not in [each.strip('" ') for each in text.split(",")]


@pytest.mark.parametrize("path", ALL)
def test_in_pounds_and_miles(houses: dict[str, Any], path: str) -> None:
    of, browser = houses["year"]
    of.store.put_setting(
        "me", "look", {"mass_unit": "lb", "distance_unit": "mi", "speed_as": "speed", "first_weekday": 6, "direction": "gain"}
    )
    try:
        answer = page(browser, path)
        assert answer.status_code == 200
        assert "could not be drawn" not in answer.get_data(as_text=True)
    finally:
        of.store.put_setting("me", "look", {})


@pytest.mark.parametrize("search", NONSENSE, ids=range(len(NONSENSE)))
@pytest.mark.parametrize("path", ALL)
def test_an_address_of_nonsense_shows_the_page(houses: dict[str, Any], path: str, search: str) -> None:
    answer = page(houses["year"][1], path, search)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "could not be drawn" not in text
    assert "<script>" not in text or '"<script>' not in text


def test_settings_of_nonsense_break_no_page(houses: dict[str, Any]) -> None:
    of, browser = houses["year"]
    for odd in (
        5,
        "x",
        [],
        {"mass_unit": "stone", "height_m": "tall", "goal_kg": -1, "direction": 7, "first_weekday": "Monday"},
        {"goal_kg": True},
    ):
        of.store.put_setting("me", "look", odd)
        assert page(browser, "/").status_code == 200
    of.store.put_setting("me", "look", {})


def test_every_page_has_its_place_in_the_list() -> None:
    found = [module.PAGE for module in pages().values()]
    assert len({each.order for each in found}) == len(found)
    assert {"/", "/body"} <= {each.path for each in found}


def examples() -> dict[str, str]:
    """The Python files that docs/adding.md shows, by path: each begins with a comment that names it."""
    text = (Path(__file__).resolve().parent.parent / "docs" / "adding.md").read_text()
    return {block.split("\n")[0].removeprefix("# "): block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)}


def test_the_examples_of_the_docs_are_found_by_being_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dashboard.figures
    import dashboard.pages
    from dashboard import chart

    for path, code in examples().items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code)
    for package in (dashboard.figures, dashboard.pages):
        own = tmp_path / package.__name__.replace(".", "/")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(own)])
    monkeypatch.setattr(chart, "_charts", dict(chart._charts))
    pages.cache_clear()
    chart.charts.cache_clear()
    try:
        assert "pulse.by_day" in chart.charts()
        assert "/pulse" in pages()
        with_data, without = tmp_path / "a", tmp_path / "b"
        with_data.mkdir()
        without.mkdir()
        browser = client(app(house(with_data, sample=True)))
        text = page(browser, "/pulse").get_data(as_text=True)
        assert "Pulse by day, the last" in text
        assert "could not be drawn" not in text
        assert b'"Pulse"' in browser.get("/_dash-layout", headers={"Host": "localhost"}).data
        assert "No pulse yet." in page(client(app(house(without))), "/pulse").get_data(as_text=True)
    finally:
        monkeypatch.undo()
        pages.cache_clear()
        chart.charts.cache_clear()
        for name in ("dashboard.figures.pulse", "dashboard.pages.pulse"):
            sys.modules.pop(name, None)
