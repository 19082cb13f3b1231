"""The Settings page with a keyboard and with a thumb; what is chosen there counts on the next page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.page import House
from store.home import SETTING
from tests.browser.conftest import serve
from tests.browser.looking import arrived, grave, looking, sideways, small_targets, whole
from tests.dashboard.house import app, house

pytestmark = pytest.mark.browser
FOCUS = "document.activeElement.getAttribute('name') + ' ' + document.activeElement.value"


@dataclass
class Served:
    """A house and where it is served."""

    house: House
    address: str

    @property
    def told(self) -> dict[str, object]:
        return dict(self.house.store.setting("me", SETTING) or {})


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    of = house(tmp_path_factory.mktemp("own"), sample=True)
    for address in serve(app(of)):
        yield Served(of, address)
    of.store.close()


def saved(page: Page, what: str) -> None:
    expect(page.locator("#settings-said")).to_contain_text(f"{what}: saved.")


def test_with_a_keyboard(browser: Browser, own: Served) -> None:
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, own.address, "/settings")
        page.get_by_label("Kilograms").focus()
        page.keyboard.press("ArrowRight")
        saved(page, "Weights")
        assert page.evaluate(FOCUS) == "settings-mass_unit lb", "the focus stays where it was"
        expect(page.get_by_text("177.3")).to_be_visible()
        page.get_by_label("Goal weight, lb").fill("170")
        page.keyboard.press("Enter")
        saved(page, "Goal weight")
        page.keyboard.press("Tab")
        page.keyboard.type("12")
        page.keyboard.press("Enter")
        expect(page.get_by_text("could be feet or inches")).to_be_visible()
        assert grave(page) == []
        assert own.told == {"mass_unit": "lb", "goal_kg": 77.110703}
        page.keyboard.press("Control+A")
        page.keyboard.type("5'11")
        page.keyboard.press("Enter")
        saved(page, "Height")
        expect(page.get_by_text("could be feet or inches")).to_have_count(0)
        expect(page.get_by_label("Height")).to_have_value("180.3\u00a0cm")
        page.get_by_role("link", name="Body", exact=True).first.click()
        arrived(page, "/body")
        expect(page.locator("#page")).to_contain_text("\u00a0lb")
        expect(page.locator("#page")).not_to_contain_text("\u00a0kg")
        assert seen.wrong == []


def test_with_a_thumb(browser: Browser, own: Served) -> None:
    with looking(browser, "390", "dark") as (page, seen):
        whole(page, own.address, "/")
        page.locator(".fb-foot").get_by_role("link", name="Settings").tap()
        arrived(page, "/settings")
        page.get_by_text("Miles", exact=True).tap()
        saved(page, "Distances")
        assert grave(page) == []
        assert sideways(page) <= 0
        assert small_targets(page, 44) == []
        page.get_by_role("button", name="Undo").tap()
        expect(page.locator("#settings-said")).to_contain_text("Distances: as it was.")
        expect(page.get_by_label("Kilometres")).to_be_checked()
        assert own.told == {}
        page.get_by_label("Home zone").fill("new york")
        page.keyboard.press("Enter")
        saved(page, "Home zone")
        expect(page.get_by_label("Home zone")).to_have_value("America/New_York")
        expect(page.get_by_text("It is 04:00 there now.")).to_be_visible()
        page.get_by_label("Home zone").fill("<img src=x onerror=alert(1)>")
        page.keyboard.press("Enter")
        expect(page.get_by_text("is no time zone")).to_be_visible()
        assert own.told == {"zone": "America/New_York"}
        assert seen.wrong == []


def test_two_windows(browser: Browser, own: Served) -> None:
    with looking(browser, "1280", "light") as (one, _), looking(browser, "1280", "light") as (other, _):
        whole(one, own.address, "/settings")
        whole(other, own.address, "/settings")
        other.get_by_text("Pounds", exact=True).click()
        saved(other, "Weights")
        one.get_by_label("Goal weight, kg").fill("80")
        one.keyboard.press("Enter")
        saved(one, "Goal weight")
        assert own.told == {"mass_unit": "lb", "goal_kg": 80}, "kilograms, as the form said"
        expect(one.get_by_label("Goal weight, lb")).to_have_value("176.37")
        other.get_by_role("button", name="Undo").click()
        expect(other.locator("#settings-said")).to_contain_text("Weights: as it was.")
        assert own.told == {"goal_kg": 80}
