"""The card "Counted once" with a thumb and with a keyboard: opened, split, taken back; whole at 390 px, nothing grave for axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import serve
from tests.browser.looking import grave, looking, sideways, small_targets, whole
from tests.dashboard.house import app, house
from tests.pages.test_merged import fill, three, weigh_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    of = house(tmp_path_factory.mktemp("merged"))
    three(of)
    fill(of, weigh_in("withings_api", "80.452"), weigh_in("apple", "80.5"))
    yield from serve(app(of))
    of.store.close()


def test_opened_split_and_taken_back_on_a_phone(browser: Browser, address: str) -> None:
    with looking(browser, "390", "dark") as (page, seen):
        whole(page, address, "/sources")
        card = page.locator("#merged")
        card.locator("summary", has_text="Lunch run").click()
        expect(card.get_by_text("What counts is in bold.").locator("visible=true")).to_be_visible()
        assert sideways(page) == 0
        assert small_targets(page, 24) == []
        assert grave(page) == []
        card.get_by_role("button", name="Take out FIT file: Lunch run").click()
        expect(card.get_by_text("Kept apart by you (1)")).to_be_visible()
        expect(card.get_by_role("status")).to_contain_text("kept apart from now on")
        card.get_by_role("button", name="Undo").click()
        expect(card.get_by_text("Kept apart by you")).to_have_count(0)
        assert seen.wrong == []


def test_the_rows_lead_to_it_with_a_keyboard(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, address, "/rows?of=activities")
        page.get_by_role("link", name="FIT file and Strava export").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Merged from Strava, FIT file and Strava export")).to_be_visible()
        assert grave(page) == []
        assert seen.wrong == []
