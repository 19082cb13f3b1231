"""A drag along the days of a picture: the page is drawn for them with more detail, Back and a double click undo it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looking import looking, whole

pytestmark = pytest.mark.browser
_PLOT = "document.querySelector('[data-zoom] .js-plotly-plot')"


def drag(page: Page, begin: float, end: float) -> None:
    """From and to these shares of the picture's width."""
    box: Any = page.locator("[data-zoom] .nsewdrag").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * begin, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, middle, steps=5)
    page.mouse.up()


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def points_between(page: Page, first: str, last: str) -> int:
    """Readings drawn of those days."""
    return int(page.evaluate(f"([a, b]) => {_PLOT}.data[0].x.filter((x) => x >= a && x <= b).length", [first, last]))


@pytest.mark.parametrize("path", ["/body?span=all", "/running?by=session&span=all"])
def test_detail_comes_with_a_drag(browser: Browser, address: str, path: str) -> None:
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, address, path)
        before = page.url
        wide = page.evaluate(f"{_PLOT}.layout.xaxis.range")
        coarse = page.evaluate(f"{_PLOT}.data[0].x")
        drag(page, 0.5, 0.6)
        page.wait_for_url("**first=*")
        first, last = query(page)["first"][0], query(page)["last"][0]
        assert wide[0] < first < last < wide[1]
        page.wait_for_function(f"([a, b]) => {_PLOT}.data[0].x.every((x) => x >= a && x <= b)", arg=[first, last])
        assert points_between(page, first, last) > sum(first <= each <= last for each in coarse)
        page.go_back()
        page.wait_for_url(before)
        page.wait_for_function(f"(n) => {_PLOT}.data[0].x.length === n", arg=len(coarse))
        drag(page, 0.2, 0.3)
        page.wait_for_url("**first=*")
        page.wait_for_function(f"(n) => {_PLOT}.data[0].x.length !== n", arg=len(coarse))
        page.locator("[data-zoom] .nsewdrag").first.dblclick()
        page.wait_for_function("() => !location.search.includes('first=')")
        page.wait_for_function(f"(n) => {_PLOT}.data[0].x.length === n", arg=len(coarse))
        assert seen.wrong == []


def test_all_of_an_exercise_is_drawn_for_the_days_that_were_dragged_over(browser: Browser, address: str) -> None:
    drawn = "[...document.querySelectorAll('[data-zoom] .js-plotly-plot')].map((each) => each.data[0].x)"
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, address, "/strength?span=all&exercise=Deadlift")
        before = page.evaluate(drawn)
        assert len(before) == 3
        drag(page, 0.5, 0.7)
        page.wait_for_url("**first=*")
        first, last = query(page)["first"][0], query(page)["last"][0]
        inside = (
            f"([a, b]) => {drawn}.every((days) => days.length && days.every((x) => x.slice(0, 10) >= a && x.slice(0, 10) <= b))"
        )
        page.wait_for_function(inside, arg=[first, last])
        rows = page.locator("a.fb-rows", has_text="Show the rows").first.get_attribute("href")
        assert f"first={first}" in str(rows)
        assert f"last={last}" in str(rows)
        page.go_back()
        page.wait_for_function(f"(n) => {drawn}.map((days) => days.length).join() === n", arg=",".join(str(len(x)) for x in before))
        assert seen.wrong == []


def test_a_bookmark_of_a_zoom_goes_back_too(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, address, "/body?first=2025-03-01&last=2025-06-30")
        page.locator("[data-zoom] .nsewdrag").first.dblclick()
        page.wait_for_function("() => !location.search.includes('first=')")
        page.wait_for_function(f"() => {_PLOT}.layout.xaxis.range[1] > '2026-11'")
        assert seen.wrong == []


def test_a_thumb_scrolls(browser: Browser, address: str) -> None:
    with looking(browser, "390", "light") as (page, _):
        whole(page, address, "/body")
        drag(page, 0.3, 0.7)
        assert page.evaluate(f"{_PLOT}.layout.dragmode") is False
        assert query(page) == {}
