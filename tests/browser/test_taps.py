"""No tap is lost, however late the answers are: each is held back until what comes after it was tapped or typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.page import House
from health.records import Workout, WorkoutSet
from store.store import GroupWrite
from tests.browser.holding import Gate, held_back
from tests.browser.looking import looking, whole
from tests.dashboard.house import NOW, ZONE, house

pytestmark = pytest.mark.browser
_OLD = {
    "key": "20261122T170000000000", "form": "lifting", "id": None, "version": 0,
    "sets": [{"exercise": each, "reps": "5", "load": "100", "unit": "kg"} for each in ("Squat", "Row", "Dip")],
}  # fmt: skip


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[House, str, Gate]]:
    """A house with one session in it, its address, and the gate of its answers."""
    made = house(tmp_path)
    done = tuple(WorkoutSet(exercise="Bench Press", order=at, reps=8, load_kg=80) for at in (1, 2))
    record = Workout(person="me", source="strong", native_id="1", at=NOW, zone=ZONE, sets=done)
    made.store.write("me", [GroupWrite(source="strong", group="1", kind="workout", rows=(), record=record)], NOW)
    yield from held_back(made)


def sets(page: Page) -> Any:
    return page.locator("#draft-sets .fb-set .fb-num")


def entered(made: House) -> list[list[float]]:
    """The loads of what was entered on the page, a list for each session."""
    return [[each["load_kg"] for each in body["sets"]] for body in made.store.bodies("me", "workout") if body["source"] == "app"]


def test_two_sets_in_a_row_a_removal_and_the_saving(browser: Browser, own: tuple[House, str, Gate]) -> None:
    made, address, held = own
    with looking(browser, "390", "light") as (page, seen):
        whole(page, address, "/log?form=lifting")
        page.fill("#log-exercise", "Squat")
        page.fill("#log-load", "100")
        held.hold("draft.data")
        held.until(lambda: page.tap("#set-done"))
        page.fill("#log-load", "110")
        held.until(lambda: page.press("#log-load", "Enter"))
        expect(page.locator("#asks-said")).to_contain_text("2 taps are on their way")
        held.let_go()
        expect(sets(page)).to_have_text(["5\u00a0×\u00a0100\u00a0kg", "5\u00a0×\u00a0110\u00a0kg"])
        expect(page.locator("#asks-said")).to_be_hidden()
        page.fill("#log-load", "122.5")
        assert page.locator("#log-load").evaluate("(each) => each.scrollWidth <= each.clientWidth"), "a load is seen whole"
        held.hold("draft.data")
        page.fill("#log-load", "120")
        held.until(lambda: page.tap("#set-done"))
        held.until(lambda: page.get_by_label("Remove set 1 of Squat").tap())
        held.until(lambda: page.tap("#lifting-save"))
        page.tap("#lifting-save")
        held.let_go()
        expect(page.locator("#own")).to_contain_text("Squat, 2 sets")
        expect(page.locator("#draft-sets .fb-set")).to_have_count(0)
        assert entered(made) == [[110, 120]]
        assert seen.wrong == []


def test_a_set_while_the_ones_before_are_only_just_drawn(browser: Browser, own: tuple[House, str, Gate]) -> None:
    _, address, held = own
    with looking(browser, "1280", "light") as (page, _):
        whole(page, address, "/log?form=lifting")
        page.fill("#log-exercise", "Squat")
        held.hold("draft-sets.children")
        page.click("#set-done")
        page.wait_for_function("() => (JSON.parse(localStorage.draft || '{}').sets || []).length === 1")
        held.hold("draft.data")
        held.until(lambda: page.click("#set-done"))
        held.let_go("draft-sets.children")
        expect(sets(page)).to_have_count(1)
        held.let_go()
        expect(sets(page)).to_have_count(2)


def test_what_was_kept_before_is_read_and_two_removals_take_the_two(browser: Browser, own: tuple[House, str, Gate]) -> None:
    made, address, held = own
    with looking(browser, "390", "dark") as (page, _):
        page.add_init_script(f"localStorage.draft || localStorage.setItem('draft', {json.dumps(json.dumps(_OLD))})")
        whole(page, address, "/log?form=lifting")
        expect(sets(page)).to_have_count(3)
        held.hold("draft.data")
        held.until(lambda: page.get_by_label("Remove set 1 of Squat").tap())
        held.until(lambda: page.get_by_label("Remove set 1 of Row").tap())
        page.reload()  # before any answer has come
        held.let_go()
        expect(page.locator("#draft-sets .fb-name")).to_have_text(["Dip"])
        page.tap("#lifting-save")
        expect(page.locator("#own")).to_contain_text("Dip, 1 set")
        assert [each["native_id"] for each in made.store.bodies("me", "workout") if each["source"] == "app"] == [_OLD["key"]]


def test_last_time_is_filled_in_but_not_over_what_was_typed(browser: Browser, own: tuple[House, str, Gate]) -> None:
    _, address, held = own
    with looking(browser, "1280", "light") as (page, _):
        whole(page, address, "/log?form=lifting")
        page.fill("#log-exercise", "Bench Press")
        page.focus("#log-reps")
        expect(page.locator("#log-load")).to_have_value("80")
        page.fill("#log-exercise", "Squat")
        page.focus("#log-reps")
        page.fill("#log-exercise", "Bench Press")
        held.hold("last-first.data")
        held.until(lambda: page.focus("#log-reps"), "last-first.data")
        page.fill("#log-load", "82.5")
        page.get_by_label("Less repetitions").click()
        held.let_go("last-first.data")
        page.click("#set-done")
        expect(sets(page)).to_have_text(["7\u00a0×\u00a082.5\u00a0kg"])
        expect(page.locator("#log-load")).to_have_value("82.5")


def test_a_note_for_the_next_set_stays_and_one_of_a_refused_set_too(browser: Browser, own: tuple[House, str, Gate]) -> None:
    _, address, held = own
    with looking(browser, "1280", "light") as (page, _):
        whole(page, address, "/log?form=lifting")
        page.locator(".fb-more summary").first.click()
        page.fill("#log-note", "slow")
        page.click("#set-done")
        expect(page.locator("#lifting-said")).to_contain_text("Name the exercise")
        expect(page.locator("#log-note")).to_have_value("slow")
        page.fill("#log-exercise", "Squat")
        held.hold("draft.data")
        held.until(lambda: page.click("#set-done"))
        page.fill("#log-rpe", "9")
        held.let_go()
        expect(page.locator("#draft-sets")).to_contain_text("slow")
        expect(page.locator("#log-note")).to_have_value("")
        expect(page.locator("#log-rpe")).to_have_value("9")


def test_a_phone_that_is_turned_keeps_what_was_typed(browser: Browser, own: tuple[House, str, Gate]) -> None:
    made, address, held = own
    with looking(browser, "390", "light") as (page, _):
        whole(page, address, "/log")
        page.fill("#weigh-weight", "80.4")
        held.hold("page.children")
        page.set_viewport_size({"width": 844, "height": 390})
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("() => document.documentElement.getAttribute('data-bs-theme') === 'dark'")
        page.fill("#weigh-fat", "18")
        assert held.let_go("page.children") == 0, "the page is not drawn anew"
        with page.expect_request(lambda asked: '"phone":false' in (asked.post_data or ""), timeout=20_000):
            page.tap("#weigh-save")  # which draws it, and then for the screen as it is now
        expect(page.locator("#own")).to_contain_text("Weight 80.4")
        (body,) = made.store.bodies("me", "measurement")
        assert (body["body_mass_kg"], body["fat_ratio"]) == (80.4, 0.18)
