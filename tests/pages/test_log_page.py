"""The Log page through its callbacks: save, edit, delete, undo, repeat; a stale edit is told and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dashboard import entries, shell
from dashboard.page import View
from dashboard.pages import log
from health.frames import Frames
from tests.pages.conftest import NOW, ZONE, App, text

WHEN = "2026-11-22T17:00"


@pytest.fixture
def app(make_app: Callable[..., App], sample: Frames) -> App:
    return make_app(sample)


def weigh(app: App, weight: str, key: str = "1", version: int = 0, **more: Any) -> dict[str, Any]:
    return app.fire(
        "weigh-save",
        weigh_weight__value=weight,
        weigh_unit__value=more.get("unit", "kg"),
        weigh_fat__value=more.get("fat", ""),
        weigh_when__value=WHEN,
        weigh_state__data={"key": key, "version": version, "zone": ZONE},
        address__search=more.get("search", "?form=weigh"),
        turn__data=3,
    )


def masses(app: App) -> list[float]:
    return [each["body_mass_kg"] for each in app.house.store.bodies("me", "measurement")]


def drawn(app: App, view: Callable[..., View], **choices: str) -> str:
    return text(log.content(view(app.house, "/log", **choices))).replace("\u00a0", " ")


def test_a_weigh_in_is_stored_and_the_page_says_so(app: App, view: Callable[..., View]) -> None:
    told = weigh(app, "80,4", fat="18.5")
    assert told[shell.ADDRESS]["search"] == "?form=weigh&said=saved"
    assert masses(app) == [80.4]
    said = drawn(app, view, form="weigh", said="saved")
    assert "Weight 80.4 kg" in said
    assert "Saved." in said


def test_where_the_address_stays_the_page_is_drawn_anew(app: App) -> None:
    told = weigh(app, "80.4", search="?form=weigh&said=saved")
    assert told[shell.TURN]["data"] == 4
    assert shell.ADDRESS not in told


def test_what_is_wrong_is_said_and_nothing_is_stored(app: App) -> None:
    told = weigh(app, "900")
    assert "above 500 kg" in told["weigh-said"]["children"]
    assert shell.ADDRESS not in told
    assert masses(app) == []


def test_a_button_that_was_only_just_drawn_was_not_pressed(app: App) -> None:
    weigh(app, "80.4")
    stored = app.house.store.get("me", "measurement", "app:1")
    assert stored is not None
    assert app.fire("weigh-save", value=None, weigh_weight__value="70") == {}
    assert app.fire({"delete": "app:1", "kind": "measurement", "version": stored.version}, value=0) == {}
    assert app.fire({"undo": "1"}, value=None) == {}
    assert masses(app) == [80.4]


def test_edit_delete_and_undo(app: App, view: Callable[..., View]) -> None:
    weigh(app, "80.4")
    stored = app.house.store.get("me", "measurement", "app:1")
    assert stored is not None
    assert "Save the change" in drawn(app, view, form="weigh", edit="app:1")
    weigh(app, "79.9", version=stored.version)
    assert masses(app) == [79.9]
    stored = app.house.store.get("me", "measurement", "app:1")
    assert stored is not None
    told = app.fire({"delete": "app:1", "kind": "measurement", "version": stored.version}, address__search="?form=weigh")
    assert told[shell.ADDRESS]["search"] == "?form=weigh&said=deleted&id=1"
    assert masses(app) == []
    assert "Weight 79.9 kg deleted Undo" in drawn(app, view, form="weigh", said="deleted", id="1")
    told = app.fire({"undo": "1"}, address__search="?form=weigh")
    assert told[shell.ADDRESS]["search"] == "?form=weigh&said=back"
    assert masses(app) == [79.9]
    assert "Undo" not in drawn(app, view, form="weigh", said="deleted", id="1")  # an old address offers nothing


def test_a_stale_edit_is_told_in_plain_words_and_changes_nothing(app: App) -> None:
    weigh(app, "80.4")
    stored = app.house.store.get("me", "measurement", "app:1")
    assert stored is not None
    weigh(app, "81", version=stored.version)
    told = weigh(app, "82", version=stored.version)
    assert "Nothing was overwritten" in told["weigh-said"]["children"]
    assert masses(app) == [81]
    told = app.fire({"delete": "app:1", "kind": "measurement", "version": stored.version}, address__search="?form=weigh")
    assert told[shell.ADDRESS]["search"] == "?form=weigh&said=stale"
    assert masses(app) == [81]


def test_only_what_was_entered_here_can_be_deleted_here(app: App) -> None:
    for press in ({"delete": "strava_api:1", "kind": "activity", "version": 1}, {"delete": "app:1", "kind": "goal", "version": 1}):
        assert app.fire(press) == {}


def press(app: App, button: str, draft: Any = None, **more: Any) -> dict[str, Any]:
    return app.fire(
        button,
        draft__data=draft,
        log_exercise__value=more.get("exercise", "Deadlift"),
        log_reps__value=more.get("reps", 5),
        log_load__value=more.get("load", 120),
        draft_place__data={"zone": ZONE, "unit": more.get("unit", "kg"), "editing": False},
    )


def test_a_session_set_by_set(app: App, view: Callable[..., View]) -> None:
    draft = press(app, "set-done")["draft"]["data"]
    draft = press(app, "set-done", draft, load=122.5)["draft"]["data"]
    draft = press(app, "set-done", draft, load=130)["draft"]["data"]
    draft = app.fire({"unset": 2}, draft__data=draft)["draft"]["data"]
    shown = app.fire("draft", "modified_timestamp", draft__data=draft, screen__data={"mode": "light", "phone": True})
    assert "122.5" in text(shown["draft-sets"]["children"])
    told = app.fire(
        "lifting-save",
        draft__data=draft,
        lifting_when__value=WHEN,
        draft_place__data={"zone": ZONE},
        address__search="?form=lifting",
    )
    assert told[shell.ADDRESS]["search"] == "?form=lifting&said=saved"
    assert told["draft"]["data"]["sets"] == []
    (body,) = app.house.store.bodies("me", "workout")
    assert [(each["exercise"], each["reps"], each["load_kg"]) for each in body["sets"]] == [
        ("Deadlift", 5, 120),
        ("Deadlift", 5, 122.5),
    ]
    assert "Deadlift, 2 sets" in drawn(app, view, form="lifting")


def test_a_refused_set_leaves_the_draft_as_it_is(app: App) -> None:
    told = press(app, "set-done", exercise=" ")
    assert "Name the exercise" in told["lifting-said"]["children"]
    assert "draft" not in told


def test_repeat_last_time_of_an_exercise_or_the_whole_session(app: App) -> None:
    assert "no session to repeat" in press(app, "repeat", exercise="")["lifting-said"]["children"]  # the sample is not theirs
    draft = entries.empty_draft(NOW)
    for exercise, load in (("Deadlift", 120), ("Bench Press", 80)):
        draft = press(app, "set-done", draft, exercise=exercise, load=load)["draft"]["data"]
    app.fire("lifting-save", draft__data=draft, lifting_when__value=WHEN, draft_place__data={"zone": ZONE})
    one = press(app, "repeat", exercise="Deadlift")["draft"]["data"]["sets"]
    assert [(each["exercise"], each["reps"], each["load"]) for each in one] == [("Deadlift", "5", "120")]
    both = press(app, "repeat", exercise="")["draft"]["data"]["sets"]
    assert [each["exercise"] for each in both] == ["Deadlift", "Bench Press"]
    pounds = press(app, "repeat", exercise="Bench Press", unit="lb")["draft"]["data"]["sets"]
    assert (pounds[0]["load"], pounds[0]["unit"]) == ("176.37", "lb")


def test_naming_an_exercise_fills_in_last_times_first_set(app: App) -> None:
    draft = press(app, "set-done", reps=8, load=80)["draft"]["data"]
    app.fire("lifting-save", draft__data=draft, lifting_when__value=WHEN, draft_place__data={"zone": ZONE})
    filled = app.fire("log-exercise", "value", "Deadlift", into="log-reps", draft_place__data={"unit": "kg"})
    assert (filled["log-reps"]["value"], filled["log-load"]["value"]) == (8, 80)
    assert app.fire("log-exercise", "value", "Squat", into="log-reps") == {}


def test_a_session_is_edited_as_it_was_typed(app: App, view: Callable[..., View]) -> None:
    draft = press(app, "set-done", load=135, unit="lb")["draft"]["data"]
    app.fire("lifting-save", draft__data=draft, lifting_when__value=WHEN, draft_place__data={"zone": ZONE})
    (body,) = app.house.store.bodies("me", "workout")
    stored = app.house.store.get("me", "workout", body["id"])
    typed = entries.typed_of(app.house.store, "me", body["native_id"])
    assert stored is not None
    assert typed is not None
    again = entries.draft_of(typed, stored)
    assert again["sets"] == [{"exercise": "Deadlift", "reps": "5", "load": "135", "unit": "lb"}]
    again = app.fire({"unset": 0}, draft__data=press(app, "set-done", again, load=140, unit="lb")["draft"]["data"])["draft"]["data"]
    told = app.fire("lifting-save", draft__data=again, lifting_when__value=WHEN, draft_place__data={"zone": ZONE})
    assert told[shell.ADDRESS]["search"] == "?form=lifting&said=changed"
    (after,) = app.house.store.bodies("me", "workout")
    assert after["id"] == body["id"]
    assert after["sets"][0]["load_kg"] == 63.502932


def test_hostile_words_are_kept_as_text(app: App, view: Callable[..., View]) -> None:
    draft = press(app, "set-done", exercise="<img src=x onerror=alert(1)>")["draft"]["data"]
    app.fire("lifting-save", draft__data=draft, lifting_when__value=WHEN, draft_place__data={"zone": ZONE})
    assert "<img src=x onerror=alert(1)>, 1 set" in drawn(app, view, form="lifting")


@pytest.mark.parametrize(
    "choices", [{"edit": "app:nobody"}, {"edit": "strava_api:1"}, {"said": "deleted", "id": "../x"}, {"said": "<b>"}]
)
def test_an_address_that_names_nothing_shows_the_empty_form(app: App, view: Callable[..., View], choices: dict[str, str]) -> None:
    for form in ("weigh", "lifting", "nonsense"):
        said = drawn(app, view, form=form, **choices)
        assert "Editing" not in said
        assert "Undo" not in said
