"""The Body page where the readings are old or few: what is shown unasked, and that its grid has no holes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from dashboard.elements import Element
from dashboard.page import House, View
from dashboard.pages import body, overview, running, strength
from health.frames import Frames
from tests.pages.conftest import LOOK, text


def every(component: Any) -> Iterator[Any]:
    """A component and all within it."""
    if isinstance(component, (list, tuple)):
        for each in component:
            yield from every(each)
    elif isinstance(component, Element):
        yield component
        yield from every(getattr(component, "children", None))


def chosen(page: Any) -> list[str]:
    return [each.children for each in every(page) if getattr(each, "className", None) == "active"]


def figure(page: Any) -> dict[str, Any]:
    return next(each.figure for each in every(page) if getattr(each, "id", None) == {"chart": "body.trend"})


def rows_of(page: Any, width: str) -> list[list[int]]:
    """The cards of the page's grid row by row, as their columns."""
    grid = next(each for each in every(page) if getattr(each, "className", None) == "fb-grid")
    rows: list[list[int]] = []
    for each in grid.children:
        columns = each.style[width]
        if not rows or sum(rows[-1]) + columns > 12:
            rows.append([])
        rows[-1].append(columns)
    return rows


def before(frames: Frames, day: str, *columns: str) -> Frames:
    """The frames with the readings before that day alone; of those `columns`, where named."""
    old = frames.measurements[frames.measurements["day"] < pd.Timestamp(day)]
    gone = [each for each in old.columns if columns and old[each].dtype.kind == "f" and each not in columns]
    return replace(frames, measurements=old.assign(**dict.fromkeys(gone, float("nan"))))


def test_old_readings_are_shown_unasked(quiet_house: House, view: Callable[..., View], sample: Frames) -> None:
    page = body.content(view(quiet_house, "/body", before(sample, "2024-06-01")))
    assert chosen(page) == ["Weight", "All"]
    assert "No readings in this time" not in text(page)
    assert figure(page)["layout"]["xaxis"]["range"][1] < "2024-07", "it ends where the readings end"


def test_a_span_that_was_asked_for_is_shown(quiet_house: House, view: Callable[..., View], sample: Frames) -> None:
    page = body.content(view(quiet_house, "/body", before(sample, "2024-06-01"), span="1y"))
    assert chosen(page) == ["Weight", "1 Y"]
    assert "Show all time" in text(page)


def test_new_readings_show_a_year_up_to_today(quiet_house: House, view: Callable[..., View], sample: Frames) -> None:
    page = body.content(view(quiet_house, "/body", sample))
    assert chosen(page) == ["Weight", "1 Y"]
    assert figure(page)["layout"]["xaxis"]["range"][1] >= str(LOOK.today)


@pytest.mark.parametrize("width", ["--w", "--ws"])
@pytest.mark.parametrize("n", range(1, 6))
def test_the_small_cards_share_their_row(quiet_house: House, view: Callable[..., View], sample: Frames, n: int, width: str) -> None:
    read = ["body_mass_kg", "fat_ratio", "muscle_mass_kg", "water_mass_kg", "bone_mass_kg"][:n]
    rows = rows_of(body.content(view(quiet_house, "/body", before(sample, "2030-01-01", *read))), width)
    assert [sum(each) for each in rows] == [12] * len(rows)
    if width == "--w":
        assert rows[-1] == [7, 5]


@pytest.mark.parametrize("page", [overview, running, strength])
@pytest.mark.parametrize("missing", ["nothing", "measurements", "activities", "workouts"])
def test_no_other_page_has_holes(quiet_house: House, view: Callable[..., View], sample: Frames, page: Any, missing: str) -> None:
    gone = {missing: getattr(sample, missing).iloc[:0]} if missing != "nothing" else {}
    if missing == "workouts":
        gone["sets"] = sample.sets.iloc[:0]
    drawn = page.content(view(quiet_house, page.PAGE.path, replace(sample, **gone)))
    if any(getattr(each, "className", None) == "fb-grid" for each in every(drawn)):
        for width in ("--w", "--ws"):
            rows = rows_of(drawn, width)
            assert [sum(each) for each in rows] == [12] * len(rows), rows
