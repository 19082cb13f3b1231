"""Every chart, because it exists: it draws from no data, one row, two rows, a year and ten, and says what it shows."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard import chart as charting
from dashboard.chart import Chart, charts
from dashboard.theme import PALETTES, Look
from tests.dashboard.house import NOW, frame_of

TODAY = NOW.date()
HOSTILE = "<img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>=1+1"
ALL = sorted(charts())
LOOKS = {
    "light": Look(today=TODAY),
    "dark phone": Look(today=TODAY, mode="dark", compact=True, direction="lose", goal_kg=78, height_m=1.8),
    "pounds, miles": Look(today=TODAY, mass_unit="lb", distance_unit="mi", speed_as="speed", first_weekday=6, direction="gain"),
}
POINTS = 650


def frame(of: Chart) -> pd.DataFrame:
    return frame_of(of.of)


def parts(of: Chart) -> dict[str, pd.DataFrame]:
    whole = frame(of)
    year = whole[whole["day"] >= pd.Timestamp(TODAY) - pd.Timedelta(days=365)]
    return {"none": whole.iloc[:0], "one": whole.iloc[-1:], "two": whole.iloc[-2:], "year": year, "ten years": whole}


def colours(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) == 7 and value.startswith("#"):
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from colours(each)
    elif isinstance(value, list):
        for each in value:
            yield from colours(each)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from texts(each)


def test_there_are_charts() -> None:
    assert {"body.trend", "body.weekly", "body.kinds"} <= set(ALL)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ALL)
def test_it_draws_from_nothing_to_ten_years(name: str, look: str) -> None:
    chart = charts()[name]
    for size, part in parts(chart).items():
        figure = chart.draw(part, LOOKS[look])
        text = json.dumps(figure, allow_nan=False)  # plain data: no numpy, no NaN, no graph object
        meta = figure["layout"]["meta"]
        assert meta["label"].strip(), (name, size)
        assert "nan" not in meta["label"].lower(), meta["label"]
        if size == "none":
            assert meta.get("empty", "").endswith("."), (name, "says in a sentence what is missing")
        for trace in figure["data"]:
            drawn = max((len(trace.get(axis) or []) for axis in ("x", "y")), default=0)
            assert drawn <= POINTS, (name, size, drawn)
        assert len(text) < 200_000, (name, size, len(text))


@pytest.mark.parametrize("name", ALL)
def test_it_is_pure(name: str) -> None:
    chart = charts()[name]
    part = parts(chart)["year"]
    before = part.copy(deep=True)
    look = LOOKS["light"]
    assert chart.draw(part, look) == chart.draw(part.copy(), look)
    pd.testing.assert_frame_equal(part, before)


@pytest.mark.parametrize("name", ALL)
def test_it_wears_only_the_colours_of_its_mode(name: str) -> None:
    chart = charts()[name]
    for mode, other in (("light", "dark"), ("dark", "light")):
        figure = chart.draw(parts(chart)["year"], replace(LOOKS["light"], mode=mode))
        foreign = set(PALETTES[other].values()) - set(PALETTES[mode].values())
        assert not foreign & set(colours(figure)), name


@pytest.mark.parametrize("name", ALL)
def test_a_phone_scrolls_over_it(name: str) -> None:
    figure = charts()[name].draw(parts(charts()[name])["year"], LOOKS["dark phone"])
    if not figure["layout"]["meta"].get("empty"):
        assert figure["layout"]["dragmode"] is False
        assert figure["layout"]["xaxis"]["fixedrange"]


@pytest.mark.parametrize("name", ALL)
def test_names_from_files_are_text(name: str) -> None:
    chart = charts()[name]
    part = parts(chart)["year"].copy()
    for column in ("name", "workout", "exercise", "note", "sport_type"):
        if column in part:
            part[column] = HOSTILE
    accepted = inspect.signature(chart.draw).parameters
    choices = {"exercise": HOSTILE} if "exercise" in accepted else {}
    for text in texts(chart.draw(part, LOOKS["light"], **choices)):
        if not text.startswith("%{"):
            assert "<img" not in text, (name, text)
            assert "<a " not in text, (name, text)


def test_every_figure_function_is_registered_and_none_reads_a_clock() -> None:
    folder = Path(charting.__file__).parent / "figures"
    for path in folder.glob("[!_]*.py"):
        tree = ast.parse(path.read_text())
        called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not called & {"now", "utcnow", "Figure"}, path.name
