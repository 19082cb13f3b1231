"""Without a mouse: Tab goes through every control of a page in the order one reads, and one sees where one is."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.looking import looking, whole

pytestmark = pytest.mark.browser
# What a mouse can use; a plain field of a date has parts of its own that Tab walks through.
_CONTROLS = """() => {
  const seen = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter((each) => each.getClientRects().length && getComputedStyle(each).visibility !== 'hidden' && !each.disabled
    && (each.checkVisibility ? each.checkVisibility() : true));
  seen.forEach((each, at) => { each.dataset.order = at; });
  return seen.map((each) => each.outerHTML.slice(0, 120)); }"""
_HERE = """() => { const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
  const whole = here.closest('label, .fb-step') || here;
  return {order: here.dataset.order === undefined ? null : Number(here.dataset.order), html: here.outerHTML.slice(0, 120),
    seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inside: box.bottom > 0 && box.top < innerHeight && whole.getClientRects().length > 0}; }"""


def walked(page: Page, most: int) -> list[dict[str, Any]]:
    """Where each press of Tab leads, until it comes round."""
    found: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(_HERE)
        if here["order"] is None or (found and here["order"] < found[-1]["order"] == max(each["order"] for each in found)):
            break
        if not found or here["order"] != found[-1]["order"]:
            found.append(here)
    return found


@pytest.mark.parametrize("path", ["/", "/log", "/log?form=lifting"])
def test_tab_goes_through_everything_in_order(browser: Browser, address: str, path: str) -> None:
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, address, path)
        controls = page.evaluate(_CONTROLS)
        way = walked(page, len(controls) * 2 + 12)
        order = [each["order"] for each in way]
        assert order == sorted(order), [each["html"] for each in way]
        assert [controls[at] for at in sorted(set(range(len(controls))) - set(order))] == []
        assert [each["html"] for each in way if not each["seen"]] == []
        assert [each["html"] for each in way if not each["inside"]] == []
        assert [each for each in seen.wrong if "preload" not in each] == []


def test_a_weigh_in_without_a_mouse(browser: Browser, address: str) -> None:
    with looking(browser, "1280", "light") as (page, _):
        whole(page, address, "/log")
        page.locator("#weigh-weight").focus()
        page.keyboard.type("abc")
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "weigh-save":
                break
        page.keyboard.press("Enter")
        page.get_by_role("alert").filter(has_text="is not a number").wait_for()
