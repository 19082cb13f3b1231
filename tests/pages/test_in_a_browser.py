"""Log and Sources as a thumb uses them: a weigh-in, a session set by set, delete and undo, files chosen and a question answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dashboard.page import House
from health.records import Workout, WorkoutSet
from store.store import GroupWrite
from tests.browser.conftest import browser_type_launch_args, serve  # noqa: F401  # the fixture is used by its name
from tests.browser.looking import Seen, looking, sideways, small_targets, whole
from tests.dashboard.house import app, house
from tests.pages.conftest import NOW, ZONE
from tests.pages.test_uploads import HEVY, STRONG

pytestmark = pytest.mark.browser


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[House, str]]:
    """A house with nothing in it, and the address of its pages."""
    made = house(tmp_path)
    yield from ((made, address) for address in serve(app(made)))


def wrong(seen: Seen) -> list[str]:
    """What the browser complained of; that a page without pictures did not need the picture library is no complaint."""
    return [each for each in seen.wrong if "preload" not in each]


def test_a_weigh_in_deleted_and_brought_back(browser: Browser, empty: tuple[House, str]) -> None:
    made, address = empty
    with looking(browser, "390", "light") as (page, seen):
        page.goto(f"{address}/log")
        page.fill("#weigh-weight", "80,4")
        page.tap("#weigh-save")
        expect(page.locator("#own")).to_contain_text("Weight 80.4")
        assert [each["body_mass_kg"] for each in made.store.bodies("me", "measurement")] == [80.4]
        page.locator("#own button", has_text="Delete").tap()
        expect(page.locator(".fb-toastplace")).to_contain_text("deleted")
        assert made.store.bodies("me", "measurement") == []
        page.locator(".fb-toastplace button").tap()
        expect(page.locator("#own")).to_contain_text("Weight 80.4")
        assert len(made.store.bodies("me", "measurement")) == 1
        assert wrong(seen) == []


def test_a_session_set_by_set_survives_a_reload_and_counts_quick_taps(browser: Browser, empty: tuple[House, str]) -> None:
    made, address = empty
    with looking(browser, "390", "dark") as (page, seen):
        page.goto(f"{address}/log?form=lifting")
        page.fill("#log-exercise", "Deadlift")
        page.fill("#log-load", "120")
        page.tap("#set-done")
        expect(page.locator("#draft-sets")).to_contain_text("120")
        more = page.locator("button[aria-label='More load, kg']")
        more.tap()
        more.tap()
        page.tap("#set-done")  # at once: the number as it stands on the screen counts
        expect(page.locator("#draft-sets")).to_contain_text("125")
        page.reload()
        expect(page.locator("#draft-sets")).to_contain_text("125")
        page.tap("#lifting-save")
        expect(page.locator("#own")).to_contain_text("Deadlift, 2")
        (body,) = made.store.bodies("me", "workout")
        assert [each["load_kg"] for each in body["sets"]] == [120, 125]
        assert wrong(seen) == []


def test_files_are_chosen_read_and_asked_about(browser: Browser, empty: tuple[House, str], tmp_path: Path) -> None:
    made, address = empty
    files = {"hevy.csv": HEVY, "strong.csv": STRONG}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with looking(browser, "1280", "light") as (page, seen):
        page.goto(f"{address}/sources")
        with page.expect_file_chooser() as chooser:
            page.locator("[data-choose=files]").press("Enter")
        chooser.value.set_files([tmp_path / name for name in files])
        expect(page.locator("#imports")).to_contain_text("session is new")
        page.locator("#imports button", has_text="Pounds").click()
        expect(page.locator("#imports .fb-state.act")).to_have_count(0)
        expect(page.locator("#imports")).to_contain_text("Strong. 1")
        loads = sorted(each["load_kg"] for body in made.store.bodies("me", "workout") for each in body["sets"])
        assert loads == [45.359237, 80, 82.5]
        assert wrong(seen) == []


def test_crossfit_with_a_thumb_beside_a_lifting_session_that_waits(browser: Browser, empty: tuple[House, str]) -> None:
    made, address = empty
    with looking(browser, "390", "light") as (page, seen):
        whole(page, address, "/log?form=lifting")
        page.fill("#log-exercise", "Squat")
        page.fill("#log-load", "100")
        page.press("#log-load", "Enter")  # a set is done by the keyboard, too
        expect(page.locator("#draft-sets")).to_contain_text("100")
        page.get_by_role("link", name="Crossfit").tap()
        expect(page.locator("#set-title")).to_have_text("First movement")
        page.fill("#log-exercise", "Thruster")
        page.locator(".fb-more summary").first.tap()
        page.fill("#log-rpe", "9")
        page.tap("#set-done")
        expect(page.locator("#draft-sets")).to_contain_text("RPE")
        page.locator("button[aria-label='More rounds']").tap()
        page.fill("#session-time", "7:10")
        page.tap("#lifting-save")
        expect(page.locator("#own")).to_contain_text("Crossfit, 1 exercise")
        (body,) = made.store.bodies("me", "workout")
        assert (len(body["sets"]), body["duration_s"], body["sets"][0]["rpe"]) == (2, 430, 9)
        page.locator("#own a", has_text="Edit").tap()
        expect(page.locator("#session-time")).to_have_value("7:10")
        page.get_by_role("link", name="Lifting").tap()
        expect(page.locator("#draft-sets")).to_contain_text("100")
        assert small_targets(page, 44) == []
        assert sideways(page) == 0
        assert wrong(seen) == []


def test_an_exercise_is_named_on_sources(browser: Browser, empty: tuple[House, str]) -> None:
    made, address = empty
    done = WorkoutSet(exercise="Kraftturm 7", order=1, reps=5)
    one = Workout(person="me", source="strong", native_id="1", at=NOW, zone=ZONE, sets=(done,))
    made.store.write("me", [GroupWrite(source="strong", group="1", kind="workout", rows=(), record=one)], NOW)
    with looking(browser, "390", "light") as (page, seen):
        whole(page, address, "/sources")
        field = page.get_by_label("What Kraftturm 7 means")
        field.fill("Nonsense")
        field.press("Enter")
        expect(page.locator("#names")).to_contain_text("No exercise is called “Nonsense”")
        field.fill("Leg press")  # one of the list counts at once
        expect(page.locator("#names")).to_contain_text("“Kraftturm 7” is Leg press")
        page.locator("#names button", has_text="Undo").tap()
        expect(page.locator("#names")).to_contain_text("not known here")
        assert made.store.bodies("me", "exercise") == []
        assert sideways(page) == 0
        assert wrong(seen) == []
