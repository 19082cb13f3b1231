"""Every page in a real browser: at 1280 and 390 px, light and dark, with much data and with little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.page import pages
from dashboard.theme import PALETTES
from tests.browser.conftest import serve
from tests.browser.looking import MODES, SIZES, Seen, arrived, grave, looking, onward, sideways, small_targets, turned, whole
from tests.dashboard.house import app, house, ten_years
from tests.test_every_page import SIZES as AMOUNTS
from tests.test_every_page import Still, cut

pytestmark = pytest.mark.browser
ALL = sorted(pages())


@pytest.fixture(scope="module", params=SIZES)
def window(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[str, Page, Seen]]:
    """One window for all pages: what a browser keeps from page to page need not be read twenty times."""
    with looking(browser, request.param, "light") as (page, seen):
        yield request.param, page, seen


@pytest.mark.parametrize("path", ALL)
def test_it_is_whole(window: tuple[str, Page, Seen], address: str, path: str) -> None:
    """Loaded in one colour mode, every other page in the dark one, and drawn anew for the other as the system turns."""
    size, page, seen = window
    seen.wrong.clear()
    first, then = MODES if ALL.index(path) % 2 else MODES[::-1]
    page.emulate_media(color_scheme=first)
    whole(page, address, path)
    sound(page, size, first)
    turned(page, path, mode=then)
    sound(page, size, then)
    assert seen.hosts == {address.removeprefix("http://")}
    assert seen.wrong == []
    assert page.locator("#page h1").count() == 1
    assert page.title().endswith("· Fitboard")
    assert page.evaluate("document.querySelectorAll('*').length") <= 5000


def sound(page: Page, size: str, mode: str) -> None:
    """In its colours, no wider than the window, nothing that axe finds grave, nothing too small for a thumb."""
    assert page.evaluate("document.documentElement.dataset.bsTheme") == mode
    text = "[...document.querySelectorAll('#page .js-plotly-plot')].map((each) => each.layout.font.color)"
    assert set(page.evaluate(text)) <= set(PALETTES[mode].values())
    assert sideways(page) <= 0
    assert grave(page) == []
    if size == "390":
        assert small_targets(page, 44) == []


@pytest.fixture(scope="module", params=[each for each in AMOUNTS if each != "ten"])
def little(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    rows, days = AMOUNTS[request.param]
    of = replace(house(tmp_path_factory.mktemp(request.param)), frames=Still(cut(ten_years(), rows, days)))
    yield from serve(app(of))


def test_with_little_data(browser: Browser, little: str, request: pytest.FixtureRequest) -> None:
    alike = request.node.callspec.params["little"] in ("two", "year")  # to axe, two rows are one page with one, a year with ten
    with looking(browser, "390", "light") as (page, seen):
        whole(page, little, ALL[-1])
        for path in ALL:
            onward(page, path)
            assert sideways(page) <= 0, path
            assert alike or grave(page) == [], path
            assert seen.wrong == [], path
            assert page.get_by_text("could not be drawn").count() == 0, path


def test_the_state_lives_in_the_address(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, address, "/body?of=fat_ratio&span=5y")
        assert page.locator(".fb-seg .active").all_inner_texts() == ["Body fat", "5 Y"]
        page.get_by_role("navigation", name="How far back").get_by_text("3 M").click()
        page.wait_for_url("**/body?of=fat_ratio&span=3m")
        page.wait_for_function("() => document.querySelector('.fb-periods .fb-seg .active').innerText === '3 M'")
        page.go_back()
        page.wait_for_function("() => document.querySelector('.fb-periods .fb-seg .active').innerText === '5 Y'")
        page.get_by_role("link", name="Overview").first.click()
        arrived(page, "/")
        assert page.get_by_role("link", name="Overview").first.get_attribute("aria-current") == "page"
        assert page.get_by_role("link", name="Body", exact=True).first.get_attribute("aria-current") is None
        assert page.title() == "Overview · Fitboard"
        assert seen.wrong == []


def test_controls_write_the_address(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, address, "/strength")
        search = page.get_by_label("Exercise")
        assert page.url.endswith("/strength"), "a control that was only drawn writes nothing"
        search.fill("Bench press")
        page.wait_for_url("**/strength?exercise=Bench+press")
        whole(page, address, "/body")
        page.get_by_text("Dates").click()
        page.get_by_label("From").fill("2026-03-01")
        page.get_by_label("to", exact=True).fill("2026-06-30")
        page.wait_for_url("**/body?first=2026-03-01&last=2026-06-30")
        page.wait_for_function("() => document.querySelector('.js-plotly-plot').layout.xaxis.range[1].startsWith('2026-06-30')")
        page.get_by_label("More").select_option("Heart rate")
        page.get_by_role("heading", name="Heart rate").wait_for()
        page.get_by_role("navigation", name="How far back").get_by_text("1 Y").click()
        page.wait_for_url("**/body?of=heart_rate_bpm&span=1y")
        assert seen.wrong == []


def test_the_colours_follow_the_person_and_are_remembered(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "light") as (page, _):
        whole(page, address, "/body")
        theme = "document.documentElement.dataset.bsTheme"
        line = "document.querySelector('.js-plotly-plot').layout.font.color"
        light = page.evaluate(line)
        page.locator(".fb-side .fb-modebutton").first.click()  # automatic, light, dark
        page.locator(".fb-side .fb-modebutton").first.click()
        page.wait_for_function(f"() => {theme} === 'dark'")
        page.wait_for_function(f"() => {line} !== '{light}'")
        assert page.locator(".fb-side .fb-modebutton").first.inner_text() == "Colours: dark"
        whole(page, address, "/")
        assert page.evaluate(theme) == "dark"


def test_a_keyboard_reaches_everything_and_is_seen(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "light") as (page, _):
        whole(page, address, "/body")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Skip to the page"
        reached: set[str] = set()
        for _step in range(45):
            page.keyboard.press("Tab")
            said, outline = page.evaluate(
                "[document.activeElement.innerText, getComputedStyle(document.activeElement).outlineStyle]"
            )
            reached.add(said)
            assert outline != "none", said
            if said == "3 M":
                break
        assert {"Overview", "Body", "Muscle", "Show the rows", "3 M"} <= reached
        page.keyboard.press("Enter")
        page.wait_for_url("**/body?span=3m")


def test_rows_behind_a_number(browser: Browser, address: str) -> None:
    with looking(browser, "390", "dark") as (page, seen):
        whole(page, address, "/body")
        page.get_by_role("link", name="Show the rows").first.click()
        arrived(page, "/rows")
        assert page.locator("table tbody tr").count() > 100
        assert sideways(page) <= 0
        assert grave(page) == []
        with page.expect_download() as started:
            page.get_by_role("link", name="Download all").click()
        assert started.value.suggested_filename == "fitboard-measurements.csv"
        assert seen.wrong == []


def test_cold_and_warm(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "light") as (page, seen):
        sizes: list[int] = []
        page.on("requestfinished", lambda done: sizes.append(done.sizes()["responseBodySize"]))
        whole(page, address, "/body")
        page.wait_for_load_state("networkidle")
        assert len(seen.requests) <= 20
        assert sum(sizes) <= 1_600_000
        sizes.clear()
        whole(page, address, "/body")
        page.wait_for_load_state("networkidle")
        assert sum(sizes) <= 60_000


def test_an_unknown_page_says_so(browser: Browser, address: str) -> None:
    with looking(browser, "390", "light") as (page, _):
        whole(page, address, "/nothing")
        assert page.get_by_role("heading", level=1).inner_text() == "Not here"
        assert grave(page) == []


def test_a_page_prints_as_a_page(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "dark") as (page, _):
        whole(page, address, "/")
        page.emulate_media(media="print")
        assert not page.locator(".fb-side").is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(246, 246, 243)"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from serve(app(house(tmp_path_factory.mktemp("locked"), sample=True), password="a password of mine"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("size", SIZES)
def test_signing_in(browser: Browser, locked: str, size: str, mode: str) -> None:
    with looking(browser, size, mode) as (page, seen):
        page.goto(f"{locked}/body?span=3m")
        assert page.evaluate("document.activeElement.id") == "password"
        assert grave(page) == []
        assert sideways(page) <= 0
        page.keyboard.type("wrong")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        assert grave(page) == []
        seen.wrong.clear()  # the browser itself notes the 401
        page.get_by_label("Password").fill("a password of mine")
        page.get_by_role("button", name="Sign in").click()
        arrived(page, "/body")
        assert page.url.endswith("/body?span=3m")
        page.locator(".fb-side, .fb-foot").get_by_role("button", name="Sign out").locator("visible=true").click()
        page.wait_for_url("**/login")
        assert seen.wrong == []


def test_offline_says_so(browser: Browser, address: str) -> None:
    with looking(browser, "390", "light") as (page, _):
        whole(page, address, "/")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        page.context.set_offline(True)
        page.goto(f"{address}/body")
        assert page.get_by_role("heading", level=1).inner_text() == "You are offline"


def test_it_can_be_installed(browser: Browser, address: str) -> None:
    with looking(browser, "390", "light") as (page, _):
        page.goto(f"{address}/login")
        told: dict[str, Any] = page.evaluate("fetch('/manifest.webmanifest').then((answer) => answer.json())")
        assert told["display"] == "standalone"
        for icon in told["icons"]:
            assert page.evaluate("(src) => fetch(src).then((answer) => answer.status)", icon["src"]) == 200


def test_two_days_are_one_choice(browser: Browser, address: str) -> None:
    """The page is not drawn anew between them, however long the second takes; leaving them, or Enter, is enough to be heard."""
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, address, "/body")
        page.get_by_text("Dates").click()
        start, end = page.get_by_label("From"), page.get_by_label("to", exact=True)
        start.fill("2026-03-01")
        end.focus()
        page.keyboard.type("06")  # a month, and no day yet: nothing is whole
        assert end.evaluate("(each) => each.validity.badInput")
        page.wait_for_timeout(1200)
        assert page.url.endswith("/body")
        end.fill("2026-06-30")
        page.keyboard.press("Enter")
        page.wait_for_url("**/body?first=2026-03-01&last=2026-06-30")
        start.fill("")
        page.locator("h1").click()
        page.wait_for_url("**/body?last=2026-06-30")
        page.go_back()
        page.wait_for_url("**/body?first=2026-03-01&last=2026-06-30")
        expect(start).to_have_value("2026-03-01")
        assert seen.wrong == []
