"""Buttons of rows that come and go: each press is seen on the page and counts once, however late the answers are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from dashboard.page import House
from health.records import Workout, WorkoutSet
from store.store import GroupWrite
from tests.browser.holding import Gate, held_back
from tests.browser.looking import arrived, looking, whole
from tests.dashboard.house import NOW, ZONE, house

pytestmark = pytest.mark.browser
_NAMES = tuple(f"Kraftturm {n}" for n in range(1, 6))
_CARD = "exercise-names.children"


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str, Gate]]:
    """A house with exercises that nobody knows, its address, and the gate of its answers."""
    made = house(tmp_path_factory.mktemp("presses"))
    sets = tuple(WorkoutSet(exercise=name, order=at, reps=5) for at, name in enumerate(_NAMES, start=1))
    one = Workout(person="me", source="strong", native_id="1", at=NOW, zone=ZONE, sets=sets)
    made.store.write("me", [GroupWrite(source="strong", group="1", kind="workout", rows=(), record=one)], NOW)
    yield from held_back(made)


def test_one_row_after_the_other(browser: Browser, own: tuple[House, str, Gate]) -> None:
    made, address, held = own
    with looking(browser, "1280", "light") as (page, seen):
        whole(page, address, "/sources")
        fields, keep = page.locator("#names .fb-search"), page.locator("#names").get_by_label
        expect(fields).to_have_count(5)
        held.hold(_CARD)
        held.until(lambda: keep("Keep Kraftturm 1 as it is").click(), _CARD)
        held.until(lambda: keep("Keep Kraftturm 2 as it is").dblclick(), _CARD)
        held.let_one_go(_CARD)
        held.let_go(_CARD)
        expect(page.locator("#names")).to_contain_text("“Kraftturm 2” is kept as it is.")
        held.hold(_CARD)
        held.until(lambda: keep("Keep Kraftturm 3 as it is").click(), _CARD)
        page.get_by_label("What Kraftturm 4 means").press_sequentially("Leg ")
        held.let_go(_CARD)
        expect(fields).to_have_count(2)
        expect(page.get_by_label("What Kraftturm 4 means")).to_be_focused()
        expect(page.get_by_label("What Kraftturm 5 means")).to_have_value("")
        page.keyboard.type("press")
        page.keyboard.press("Enter")
        expect(page.locator("#names")).to_contain_text("“Kraftturm 4” is Leg press")
        assert {each["given"] for each in made.store.bodies("me", "exercise")} == {*_NAMES[:4]}
        held.hold(_CARD)
        page.get_by_role("link", name="Body", exact=True).first.click()
        arrived(page, "/body")
        page.get_by_role("link", name="Sources", exact=True).first.click()
        arrived(page, "/sources")
        expect(fields).to_have_count(1)
        assert held.let_go(_CARD) == 0, "what was pressed before is not done again"
        assert seen.wrong == []
