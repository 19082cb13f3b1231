"""The Log page through its callbacks: save, edit, delete, undo, repeat; a stale edit is told and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dashboard import drafts, entries, shell
from dashboard.page import View
from dashboard.pages import log
from health import weeks
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
    twice = app.fire({"delete": "app:1", "kind": "measurement", "version": stored.version}, address__search="?form=weigh")
    assert twice == told, "the button was pressed twice"
    for _ in range(2):
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


def tap(app: App, what: str, draft: Any = None, *, place: dict[str, Any] | None = None, unset: str = "", **fields: Any) -> Any:
    """Send what the browser sends for one tap on the form, with the fields as they stand."""
    told = {name.replace("_", "-"): value for name, value in {"lifting-when": WHEN, **fields}.items()}
    n = max((draft or {}).get("taken", 0), (draft or {}).get("saved", 0)) + 5000
    where = {"zone": ZONE, "unit": "kg", **(place or {})}
    one = {"n": n, "mark": f"m{n}", "what": what, "place": where, "fields": told, "unset": unset}
    sent = {"of": drafts.scope(draft), "asks": [one]}
    return app.fire("asks", "data", sent, draft__data=draft, address__search="?form=lifting")


def press(app: App, what: str, draft: Any = None, **more: Any) -> dict[str, Any]:
    fields = {"log_exercise": more.get("exercise", "Deadlift"), "log_reps": more.get("reps", 5), "log_load": more.get("load", 120)}
    return dict(tap(app, what, draft, place={"unit": more.get("unit", "kg")}, **fields))


def test_a_session_set_by_set(app: App, view: Callable[..., View]) -> None:
    draft = press(app, "set")["draft"]["data"]
    draft = press(app, "set", draft, load=122.5)["draft"]["data"]
    draft = press(app, "set", draft, load=130)["draft"]["data"]
    draft = tap(app, "unset", draft, unset=draft["sets"][2]["id"])["draft"]["data"]
    shown = app.fire(
        "draft", "modified_timestamp", into="draft-sets", draft__data=draft, screen__data={"mode": "light", "phone": True}
    )
    assert "122.5" in text(shown["draft-sets"]["children"])
    told = tap(app, "save", draft)
    assert told[shell.ADDRESS]["search"] == "?form=lifting&said=saved"
    assert told["draft"]["data"]["sets"] == []
    (body,) = app.house.store.bodies("me", "workout")
    assert [(each["exercise"], each["reps"], each["load_kg"]) for each in body["sets"]] == [
        ("Deadlift", 5, 120),
        ("Deadlift", 5, 122.5),
    ]
    assert "Deadlift, 2 sets" in drawn(app, view, form="lifting")


def test_a_refused_set_leaves_the_draft_as_it_is(app: App) -> None:
    told = press(app, "set", exercise=" ")
    assert "Name the exercise" in told["receipt"]["data"]["said"]
    assert told["draft"]["data"]["sets"] == []


def test_repeat_last_time_of_an_exercise_or_the_whole_session(app: App) -> None:
    assert "no session to repeat" in press(app, "repeat", exercise="")["receipt"]["data"]["said"]  # the sample is not theirs
    draft = drafts.empty_draft("k1")
    for exercise, load in (("Deadlift", 120), ("Bench Press", 80)):
        draft = press(app, "set", draft, exercise=exercise, load=load)["draft"]["data"]
    tap(app, "save", draft)
    one = press(app, "repeat", exercise="Deadlift")["draft"]["data"]["sets"]
    assert [(each["exercise"], each["reps"], each["load"]) for each in one] == [("Deadlift", "5", "120")]
    both = press(app, "repeat", exercise="")["draft"]["data"]["sets"]
    assert [each["exercise"] for each in both] == ["Deadlift", "Bench Press"]
    pounds = press(app, "repeat", exercise="Bench Press", unit="lb")["draft"]["data"]["sets"]
    assert (pounds[0]["load"], pounds[0]["unit"]) == ("176.37", "lb")


def test_naming_an_exercise_fills_in_last_times_first_set(app: App) -> None:
    draft = press(app, "set", reps=8, load=80)["draft"]["data"]
    tap(app, "save", draft)
    filled = app.fire("log-exercise", "value", "Deadlift", into="last-first", draft_place__data={"unit": "kg"})
    assert filled["last-first"]["data"] == {"exercise": "Deadlift", "reps": 8, "load": 80}
    assert app.fire("log-exercise", "value", "Squat", into="last-first") == {}


def test_a_session_is_edited_as_it_was_typed(app: App, view: Callable[..., View]) -> None:
    draft = press(app, "set", load=135, unit="lb")["draft"]["data"]
    tap(app, "save", draft)
    (body,) = app.house.store.bodies("me", "workout")
    stored = app.house.store.get("me", "workout", body["id"])
    typed = entries.typed_of(app.house.store, "me", body["native_id"])
    assert stored is not None
    assert typed is not None
    again = drafts.draft_of(typed, stored)
    assert again["sets"] == [{"exercise": "Deadlift", "reps": "5", "load": "135", "unit": "lb"}]
    again = tap(app, "unset", press(app, "set", again, load=140, unit="lb")["draft"]["data"], unset="0")["draft"]["data"]
    told = tap(app, "save", again)
    assert told[shell.ADDRESS]["search"] == "?form=lifting&said=changed"
    (after,) = app.house.store.bodies("me", "workout")
    assert after["id"] == body["id"]
    assert after["sets"][0]["load_kg"] == 63.502932


def test_hostile_words_are_kept_as_text(app: App, view: Callable[..., View]) -> None:
    draft = press(app, "set", exercise="<img src=x onerror=alert(1)>")["draft"]["data"]
    tap(app, "save", draft)
    assert "<img src=x onerror=alert(1)>, 1 set" in drawn(app, view, form="lifting")


@pytest.mark.parametrize(
    "choices", [{"edit": "app:nobody"}, {"edit": "strava_api:1"}, {"said": "deleted", "id": "../x"}, {"said": "<b>"}]
)
def test_an_address_that_names_nothing_shows_the_empty_form(app: App, view: Callable[..., View], choices: dict[str, str]) -> None:
    for form in ("weigh", "lifting", "nonsense"):
        said = drawn(app, view, form=form, **choices)
        assert "Editing" not in said
        assert "Undo" not in said


CROSSFIT = {"form": "crossfit"}


def crossfit(app: App, *movements: tuple[str, Any, Any], draft: Any = None, **about: Any) -> dict[str, Any]:
    """A crossfit session, movement by movement, saved."""
    for exercise, reps, load in movements:
        told = tap(app, "set", draft, place=CROSSFIT, log_exercise=exercise, log_reps=reps, log_load=load)
        draft = told["draft"]["data"]
    return dict(tap(app, "save", draft, place=CROSSFIT, **{f"session_{name}": value for name, value in about.items()}))


def test_a_crossfit_session_is_a_workout_that_counts_as_one(app: App, view: Callable[..., View]) -> None:
    told = crossfit(app, ("Thruster", 21, 43), ("Pull-up", 21, None), name="Fran", rounds=3, time="7:10", rpe="9", note="new shoes")
    assert told[shell.ADDRESS]["search"] == "?form=crossfit&said=saved"
    (body,) = app.house.store.bodies("me", "workout")
    assert (body["name"], body["duration_s"], body["rpe"], body["note"], len(body["sets"])) == ("Fran", 430, 9, "new shoes", 6)
    assert weeks.table(app.house.frames.frames(), NOW.date())["sessions"].iloc[-1] == 1
    assert "Fran, 2 exercises" in drawn(app, view, form="crossfit")


def test_a_crossfit_session_is_edited_in_its_own_form_deleted_and_brought_back(app: App, view: Callable[..., View]) -> None:
    crossfit(app, ("Burpee", 10, None), rounds=5, time="10:00")
    (body,) = app.house.store.bodies("me", "workout")
    said = drawn(app, view, form="lifting", edit=body["id"])  # the list's link knows no forms
    assert "Crossfit session" in said
    assert "Save the change" in said
    stored = app.house.store.get("me", "workout", body["id"])
    typed = entries.typed_of(app.house.store, "me", body["native_id"])
    assert stored is not None
    assert typed is not None
    told = crossfit(app, ("Sit-up", 20, None), draft=drafts.draft_of(typed, stored), rounds=2)
    assert told[shell.ADDRESS]["search"] == "?form=crossfit&said=changed"
    (after,) = app.house.store.bodies("me", "workout")
    assert [each["exercise"] for each in after["sets"]] == ["Burpee", "Sit-up"] * 2
    stored = app.house.store.get("me", "workout", body["id"])
    assert stored is not None
    told = app.fire({"delete": body["id"], "kind": "workout", "version": stored.version}, address__search="?form=crossfit")
    assert told[shell.ADDRESS]["search"] == f"?form=crossfit&said=deleted&id={body['native_id']}"
    assert "Crossfit, 2 exercises deleted" in drawn(app, view, form="crossfit", said="deleted", id=body["native_id"])
    told = app.fire({"undo": body["native_id"]})
    assert told[shell.ADDRESS]["search"] == "?form=crossfit&said=back"
    assert app.house.store.bodies("me", "workout") == [after]


def test_the_last_crossfit_session_comes_again_in_one_tap(app: App) -> None:
    assert "no crossfit session" in tap(app, "repeat", place=CROSSFIT)["receipt"]["data"]["said"]
    crossfit(app, ("Thruster", 21, 43), ("Pull-up", 21, None), name="Fran", rounds=3)
    app.house.clock.later(hours=1)  # type: ignore[attr-defined]
    told = tap(app, "repeat", place=CROSSFIT)
    assert [each["exercise"] for each in told["draft"]["data"]["sets"]] == ["Thruster", "Pull-up"]
    assert told["receipt"]["data"]["about"] == {"name": "Fran", "rounds": 3}


def test_effort_and_note_are_of_one_set_and_the_next_begins_without(app: App, view: Callable[..., View]) -> None:
    fields = {"log_exercise": "Squat", "log_reps": 5, "log_load": 100, "log_rpe": "8", "log_note": "slow", "log_type": "failure"}
    told = tap(app, "set", **fields)
    draft = told["draft"]["data"]
    shown = app.fire("draft", "modified_timestamp", into="draft-sets", draft__data=draft)["draft-sets"]["children"]
    assert "To failure · RPE\u00a08 · slow" in text(shown)
    tap(app, "save", draft, session_rpe="7", session_note="fine")
    (body,) = app.house.store.bodies("me", "workout")
    assert body["sets"] == [
        {"exercise": "Squat", "order": 1, "type": "failure", "reps": 5, "load_kg": 100, "rpe": 8, "note": "slow"}
    ]  # fmt: skip
    assert (body["rpe"], body["note"]) == (7, "fine")
    again = press(app, "repeat", exercise="Squat")["draft"]["data"]["sets"]
    assert again == [{"exercise": "Squat", "reps": "5", "load": "100", "unit": "kg", "type": "failure", "id": "m5000-0"}], (
        "its effort was of that day"
    )


def test_what_took_time_comes_again_as_time(app: App) -> None:
    told = tap(app, "set", log_exercise="Plank", log_time="45")
    tap(app, "save", told["draft"]["data"])
    (one,) = press(app, "repeat", exercise="Plank")["draft"]["data"]["sets"]
    assert (one["reps"], one["time"]) == ("", "0:45")


def test_last_time_is_found_by_any_name_that_means_the_exercise(app: App) -> None:
    draft = press(app, "set", exercise="Bench Press (Barbell)", load=80)["draft"]["data"]
    tap(app, "save", draft)
    (one,) = press(app, "repeat", exercise="Bankdrücken")["draft"]["data"]["sets"]
    assert (one["exercise"], one["load"]) == ("Bench Press (Barbell)", "80")


def test_enter_saves_a_weigh_in(app: App) -> None:
    app.fire("weigh-weight", "n_submit", weigh_weight__value="80.4", weigh_when__value=WHEN, weigh_state__data={"key": "1"})
    assert masses(app) == [80.4]


def test_a_reading_without_a_weight_is_an_entry_too(app: App, view: Callable[..., View]) -> None:
    told = app.fire(
        "weigh-save", weigh_weight__value="", weigh_pulse__value="58", weigh_when__value=WHEN, weigh_state__data={"key": "2"}
    )
    assert told[shell.ADDRESS]["search"] == "?form=weigh&said=saved"
    assert "Heart rate 58 bpm" in drawn(app, view, form="weigh")
