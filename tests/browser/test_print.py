"""A page prints as a page: no controls, light colours whatever the screen wore, pictures as wide as the sheet, cards whole."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from dashboard.theme import PALETTES
from tests.browser.looking import looking, whole

pytestmark = pytest.mark.browser
_SHEET = 718  # A4 in CSS pixels less a margin of 10 mm each side
_CONTROLS = """() => [...document.querySelectorAll('nav, button, .btn, select, summary, input:not(.fb-search), .fb-seg')]
  .filter((each) => each.getClientRects().length && getComputedStyle(each).visibility !== 'hidden')
  .map((each) => each.outerHTML.slice(0, 120))"""
_CUT = """(wide) => [...document.querySelectorAll('#page *')].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width > 0 && box.right > wide + 1 && !each.closest('.visually-hidden, .fb-scroll');
}).map((each) => each.outerHTML.slice(0, 120))"""
_COLOURS = """() => [...new Set([...document.querySelectorAll('#page .main-svg *')]
  .flatMap((each) => [each.style.fill, each.style.stroke]).filter((each) => each.startsWith('rgb')))]"""


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[at : at + 2], 16) for at in (1, 3, 5)))


def printed(page: Page) -> list[tuple[float, list[str]]]:
    """Width of each picture and the colours of all, at the moment a real print takes them."""
    page.evaluate(f"""() => window.addEventListener('beforeprint', () => {{ const seen = ({_COLOURS})();
      window.printed = [...document.querySelectorAll('#page .main-svg')].map((each) => [Number(each.getAttribute('width')), seen]);
    }})""")
    assert page.pdf(format="A4", print_background=True).startswith(b"%PDF")
    found: list[tuple[float, list[str]]] = page.evaluate("window.printed")
    return found


@pytest.mark.parametrize("path", ["/", "/body", "/strength", "/forecast", "/log"])
def test_it_is_a_page_of_paper(browser: Browser, address: str, path: str) -> None:
    foreign = set(map(rgb, PALETTES["dark"].values())) - set(map(rgb, PALETTES["light"].values()))
    with looking(browser, "1280", "dark") as (page, seen):
        whole(page, address, path)
        for width, colours in printed(page):
            assert width == 660
            assert not foreign & set(colours)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": _SHEET, "height": 1010})
        assert page.evaluate(_CONTROLS) == []
        page.wait_for_function(f"() => ({_CUT})({_SHEET}).length === 0")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == rgb(PALETTES["light"]["page"])
        broken = "[...document.querySelectorAll('.fb-grid > *')].filter((each) => getComputedStyle(each).breakInside !== 'avoid')"
        assert page.evaluate(f"{broken}.length") == 0
        assert seen.wrong == []


def test_a_scale_of_colours_is_the_light_one(browser: Browser, address: str) -> None:
    def numbers(colour: str) -> list[int]:
        return [int(each) for each in colour[4:-1].split(",")]

    with looking(browser, "1280", "light") as (page, _):
        whole(page, address, "/running")
        light = [numbers(each) for each in page.evaluate(_COLOURS)]
    with looking(browser, "1280", "dark") as (page, seen):
        whole(page, address, "/running")
        found = [numbers(each) for each in printed(page)[0][1]]
        assert len(found) > 20, "points in the shades of their climb, and the bar that explains them"
        strange = [each for each in found if min(max(abs(a - b) for a, b in zip(each, other, strict=True)) for other in light) > 3]
        assert strange == []
        assert seen.wrong == []


def test_after_a_print_the_pictures_are_as_they_were(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "dark") as (page, _):
        whole(page, address, "/body")
        before = sorted(page.evaluate(_COLOURS))
        width = "document.querySelector('#page .main-svg').getAttribute('width')"
        wide = page.evaluate(width)
        first = printed(page)[0]
        assert rgb(PALETTES["light"]["body"]) in first[1], "at once: a browser does not wait"
        page.wait_for_function(f"(wide) => {width} === wide", arg=wide)
        assert sorted(page.evaluate(_COLOURS)) == before
