"""The card "Exercise names" on Sources: what nobody knows can be said, is in force at once, kept as a record, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from dashboard import exercise_names
from dashboard.page import House, View
from dashboard.pages import sources, strength
from health.records import Workout, WorkoutSet
from store.backup import export_lines, restore_lines
from store.store import GroupWrite
from tests.hostile import HOSTILE
from tests.pages.conftest import NOW, ZONE, App, text

LOG = {"Beinpresse Keller": 3, "Leg Press": 2, "Kraftturm 7": 1}


def lift(house: House, **names: int) -> None:
    sets = [name for name, n in names.items() for _ in range(n)]
    made = tuple(WorkoutSet(exercise=name, order=at, reps=5, load_kg=Decimal(50)) for at, name in enumerate(sets, 1))
    one = Workout(person="me", source="strong", native_id="1", at=NOW - timedelta(days=1), zone=ZONE, sets=made)
    house.store.write("me", [GroupWrite(source="strong", group="1", kind="workout", rows=(), record=one)], NOW)


@pytest.fixture
def app(make_app: Callable[..., App]) -> App:
    made = make_app()
    lift(made.house, **LOG)
    return made


@pytest.fixture
def house(app: App) -> House:
    return app.house


def shown(house: House) -> str:
    return text(exercise_names._inside(house, house.frames.frames())).replace("\u00a0", " ")


def choose(app: App, given: str, typed: str) -> str:
    done = app.fire({"means": exercise_names.key_of(given)}, "value", typed)
    return text(done["exercise-names"]["children"]).replace("\u00a0", " ")


def exercises(house: House) -> set[str]:
    return set(house.frames.frames().sets["exercise"])


def test_it_lists_what_nobody_knows_with_its_sets_most_first(house: House, view: Callable[..., View]) -> None:
    said = text(sources.content(view(house, "/sources"))).replace("\u00a0", " ")
    assert "2 of 3 names in your log are not known here" in said
    assert said.index("Beinpresse Keller") < said.index("Kraftturm 7")
    assert "3 sets" in said
    assert exercise_names.unknown(house.frames.frames()) == [("Beinpresse Keller", 3), ("Kraftturm 7", 1)]


def test_without_sets_of_their_own_there_is_no_card(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    assert exercise_names.card(view(make_house(), "/sources")) is None


@pytest.mark.parametrize("typed", ["Leg press", "leg press ", "Beinpresse"])
def test_what_is_said_is_in_force_at_once_on_every_page(house: House, view: Callable[..., View], app: App, typed: str) -> None:
    answer = choose(app, "Beinpresse Keller", typed)
    assert "“Beinpresse Keller” is Leg press. They are one exercise now" in answer
    assert exercises(house) == {"Leg press", "Kraftturm 7"}
    assert "5" in text(strength.content(view(house, "/strength", exercise="Leg press")))
    stored = house.store.bodies("me", "workout")[0]["sets"]
    assert {each["exercise"] for each in stored} == set(LOG), "the records keep the name as it was given"


def test_it_can_be_taken_back(house: House, app: App) -> None:
    choose(app, "Beinpresse Keller", "Leg press")
    assert "Beinpresse Keller is Leg press" in shown(house).replace("  ", " ")
    (body,) = house.store.bodies("me", "exercise")
    app.fire({"unsaid": body["id"]}, "n_clicks", 1)
    assert house.store.bodies("me", "exercise") == []
    assert exercises(house) == {"Leg press", *LOG} - {"Leg Press"}
    app.fire({"unsaid": body["id"]}, "n_clicks", 1)  # pressed twice


def test_a_name_can_be_kept_as_it_is(house: House, app: App) -> None:
    app.fire({"keeps": exercise_names.key_of("Kraftturm 7")}, "n_clicks", 1)
    assert "1 of 3 names in your log is not known here" in shown(house)
    assert "Kraftturm 7" in exercises(house)


def test_what_is_no_exercise_is_refused_by_name_and_nothing_is_kept(house: House, app: App) -> None:
    assert "No exercise is called “Zzz”. Choose one from the list." in choose(app, "Kraftturm 7", "Zzz")
    assert house.store.bodies("me", "exercise") == []


def test_said_again_the_later_word_counts(house: House, app: App) -> None:
    choose(app, "Kraftturm 7", "Squat")
    exercise_names.say(house, "Kraftturm 7", "Deadlift")
    assert [each["title"] for each in house.store.bodies("me", "exercise")] == ["Deadlift"]
    assert "Deadlift" in exercises(house)


def test_it_is_exported_restored_and_in_force_there(house: House, make_house: Callable[..., House]) -> None:
    exercise_names.say(house, "Beinpresse Keller", "Leg press")
    lines = list(export_lines(house.store, "me"))
    other = make_house()
    done = restore_lines(other.store, lambda: (f"{line}\n".encode() for line in lines), NOW)
    assert done.wrong == []
    assert list(export_lines(other.store, "me")) == lines
    assert exercises(other) == exercises(house) == {"Leg press", "Kraftturm 7"}


@pytest.mark.parametrize("name", HOSTILE[::7])
def test_hostile_names_can_be_said_like_any_other(make_app: Callable[..., App], name: str) -> None:
    app = make_app()
    lift(app.house, **{name: 2})
    choose(app, name, "Squat")
    assert exercises(app.house) == {"Squat"}
