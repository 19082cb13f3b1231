"""Counted once: what was merged, what each source said of it, split and brought together again, on Sources and among the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from dashboard import merged, rows
from dashboard.figures import running
from dashboard.page import House, View
from dashboard.pages import sources
from dashboard.theme import Look
from health.records import Activity, Measurement, RawRow, Record, Workout, WorkoutSet
from store import splits
from store.store import GroupWrite
from tests.pages.conftest import LOOK, NOW, ZONE, App, text

START = NOW - timedelta(days=1)
SCREEN = {"mode": "light"}
HOSTILE = "<img src=x onerror=alert(1)>\"'); =1+1"


def run(source: str, native_id: str = "7", metres: str = "10023.7", **more: Any) -> Activity:
    values = {"distance_m": Decimal(metres), "elapsed_s": Decimal(3273), "sport": "run", "sport_type": "Run", "at": START, **more}
    return Activity(person="me", source=source, native_id=native_id, zone=ZONE, **values)


def weigh_in(source: str, kg: str, native_id: str = "1", **more: Any) -> Measurement:
    values = {"body_mass_kg": Decimal(kg), **more}
    return Measurement(person="me", source=source, native_id=native_id, at=START, zone=ZONE, values=values)


def fill(house: House, *records: Record) -> None:
    house.store.write("me", [
        GroupWrite(source=each.source, group=each.native_id, kind=each.kind, record=each,
                   rows=[RawRow(source=each.source, group=each.native_id, row_id=each.native_id, data={})])
        for each in records
    ], NOW)  # fmt: skip


def three(house: House) -> None:
    fill(
        house, run("strava_api", name="Lunch run"), run("strava_export", name="Lunch", ascent_m=Decimal(84)),
        run("fit", "x", "10051.2", sport_type="running", mean_heart_rate_bpm=Decimal(151)),
    )  # fmt: skip


def plain(component: Any) -> str:
    return " ".join(text(component).replace("\u00a0", " ").split())


def buttons(component: Any, part: str) -> list[dict[str, str]]:
    """The ids of the buttons whose id has that part, in their order."""
    if isinstance(component, (list, tuple)):
        return [found for each in component for found in buttons(each, part)]
    if not isinstance(component, dict):
        return []
    props = component.get("props", {})
    own = [props["id"]] if isinstance(props.get("id"), dict) and part in props["id"] else []
    return own + buttons(props.get("children"), part)


def test_nothing_merged_is_no_card(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house()
    assert merged.card(view(house, "/sources")) is None
    fill(house, run("strava_api"), weigh_in("app", "80.4"))
    assert merged.card(view(house, "/sources")) is None
    assert "Counted once" not in plain(sources.content(view(house, "/sources")))


def test_the_card_says_how_many_by_whom_and_what_each_said(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house()
    three(house)
    fill(house, weigh_in("withings_api", "80.452"), weigh_in("apple", "80.5", height_m=Decimal("1.81")))
    said = plain(merged.card(view(house, "/sources")))
    assert "FIT file, Strava and Strava export 1 activity" in said
    assert "Apple Health and Withings 1 reading" in said
    assert "Lunch run, 10.05 km Yesterday: Strava, FIT file and Strava export" in said
    assert "Distance 10.02 km 10.05 km , counts 10.02 km" in said
    assert "Name Lunch run , counts – Lunch" in said or "Name Lunch run , counts — Lunch" in said
    assert "Take out FIT file" in said
    assert "Weight 80.45 kg , counts 80.5 kg" in said
    assert "Counted once" in plain(sources.content(view(house, "/sources")))


def test_pounds_and_miles(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house()
    three(house)
    said = plain(merged.card(view(house, "/sources", look=Look(today=LOOK.today, distance_unit="mi", mass_unit="lb"))))
    assert "6.25 mi" in said
    assert "276 ft" in said
    assert "km" not in said


def test_split_and_undo_on_the_card(make_app: Callable[..., App], view: Callable[..., View]) -> None:
    app = make_app()
    three(app.house)
    ways = buttons(merged.card(view(app.house, "/sources")), "split")
    assert len(ways) == 3
    told = app.fire(ways[0], screen__data=SCREEN)[merged.PLACE]["children"]
    assert "kept apart from now on" in plain(told)
    assert "Kept apart by you (1)" in plain(told)
    table = app.house.frames.frames().activities
    assert table["also"].fillna("").tolist() == ["", "strava_export"]
    (undo,) = buttons(told, "unsplit")
    told = app.fire(undo, screen__data=SCREEN)[merged.PLACE]["children"]
    assert "Kept apart" not in plain(told)
    assert len(app.house.frames.frames().activities) == 1
    assert splits.splits(app.house.store, "me") == []
    assert "changed in the meantime" in plain(app.fire(undo, screen__data=SCREEN)[merged.PLACE]["children"])


def test_all_of_three_are_split_by_the_last_button(make_app: Callable[..., App], view: Callable[..., View]) -> None:
    app = make_app()
    three(app.house)
    told = app.fire(buttons(merged.card(view(app.house, "/sources")), "split")[-1], screen__data=SCREEN)
    assert len(app.house.frames.frames().activities) == 3
    assert "Kept apart by you (1)" in plain(told[merged.PLACE]["children"])  # the card stays though nothing is merged


def test_a_button_that_was_only_drawn_does_nothing(make_app: Callable[..., App], view: Callable[..., View]) -> None:
    app = make_app()
    three(app.house)
    way = buttons(merged.card(view(app.house, "/sources")), "split")[0]
    assert app.fire(way, value=None, screen__data=SCREEN) == {}
    assert app.fire({**way, "split": "unknown"}, screen__data=SCREEN) == {}
    assert app.fire({**way, "of": "nothing"}, screen__data=SCREEN) == {}
    assert splits.splits(app.house.store, "me") == []


def test_rows_lead_to_the_sources_own_records(make_app: Callable[..., App], view: Callable[..., View]) -> None:
    app = make_app()
    three(app.house)
    drawn = rows.content(view(app.house, "/rows", of="activities"))
    assert "FIT file and Strava export" in plain(drawn)
    assert "/rows?of=activities&id=strava_api%3A7" in str(drawn)
    one = rows.content(view(app.house, "/rows", of="activities", id="strava_api:7"))
    assert "Merged from Strava, FIT file and Strava export" in plain(one)
    told = app.fire(buttons(one, "split")[-1], screen__data=SCREEN)[merged.PLACE]["children"]
    assert "Merged from" not in plain(told)
    assert "Kept apart by you (1)" in plain(told)
    again = rows.content(view(app.house, "/rows", of="activities", id="strava_api:7"))
    told = app.fire(buttons(again, "unsplit")[0], screen__data=SCREEN)[merged.PLACE]["children"]
    assert "Merged from Strava" in plain(told)
    assert "There are no such rows" not in plain(rows.content(view(app.house, "/rows", of="activities", id="nobody:1")))


def test_the_hover_of_a_merged_run_says_so(make_house: Callable[..., House]) -> None:
    house = make_house()
    three(house)
    fill(house, run("<b>x", "9", at=START - timedelta(days=1)), run("gpx", "9", at=START - timedelta(days=1)))
    every = running.sessions_of(house.frames.frames().activities, "run")
    odd, usual = [each.replace("\u00a0", " ") for each in running.sentences(every, "run", LOOK)]
    assert usual.endswith("84 m climbed, merged from Strava, FIT file and Strava export")
    assert odd.endswith("merged from GPX file and &lt;b&gt;x")


def test_lifting_of_two_apps(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house()
    sets = tuple(WorkoutSet(exercise="Squat", order=n, reps=5, load_kg=Decimal(100)) for n in range(1, 5))
    fill(
        house,
        *(
            Workout(person="me", source=each, native_id="1", at=START, zone=ZONE, name=each, sets=sets)
            for each in ("strong", "hevy")
        ),
    )
    said = plain(merged.card(view(house, "/sources")))
    assert "Hevy and Strong 1 session" in said
    assert "Sets 4 sets , counts 4 sets" in said


def test_names_from_a_file_are_only_text(make_app: Callable[..., App], view: Callable[..., View]) -> None:
    app = make_app()
    fill(app.house, run("strava_api", name=HOSTILE), run("gpx", HOSTILE, name=HOSTILE, sport_type=HOSTILE))
    way = buttons(merged.card(view(app.house, "/sources")), "split")
    told = app.fire(way[0], screen__data=SCREEN)[merged.PLACE]["children"]
    assert HOSTILE in text(told)
    assert len(app.house.frames.frames().activities) == 2
    assert rows.content(view(app.house, "/rows", of="activities", id=f"gpx:{HOSTILE}"))


def test_a_split_of_what_is_gone_is_said(make_house: Callable[..., House], view: Callable[..., View]) -> None:
    house = make_house()
    three(house)
    splits.split(house.store, "me", house.frames.frames().things, "strava_api:7", NOW, ZONE)
    for source in ("strava_api", "strava_export", "fit"):
        house.store.delete_source("me", source, NOW)
    said = plain(merged.card(view(house, "/sources")))
    assert "No longer here" in said
    assert len(buttons(merged.card(view(house, "/sources")), "unsplit")) == 1


@pytest.mark.parametrize("kind", ["measurement", "activity", "workout", "sleep"])
def test_every_kind_has_its_words(kind: str) -> None:
    assert merged.told.counted(kind, 2)
    assert merged.told.kind_of(merged.told.frame_of(kind)) == kind


def test_a_reading_is_called_by_what_it_is_about() -> None:
    def called(**values: float) -> str:
        who = {"kind": "measurement", "id": "apple:1", "source": "apple", "native_id": "1", "zone": ZONE}
        when = {"at": "2026-11-21T07:00:00Z", "day": "2026-11-21"}
        return merged.told.thing("measurement", [{**who, **when, **values}], LOOK).replace("\u00a0", " ")

    assert called(heart_rate_bpm=61, systolic_mmhg=121, diastolic_mmhg=79) == "121/79 mmHg"
    assert called(body_mass_kg=80.4, heart_rate_bpm=61, systolic_mmhg=121) == "80.4 kg"
    assert called(heart_rate_bpm=61) == "61 bpm"
