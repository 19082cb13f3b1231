"""The overview's words, worked by hand, and its cards on sessions and rides as people really log them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from collectors.keep import keep
from collectors.source import ReadOptions, formats
from dashboard.page import pages
from health.records import Activity, Measurement, Record, Workout, WorkoutSet
from tests.dashboard.house import NOW, ZONE, app, client, house, page, write

HERE = {"person": "me", "source": "app", "zone": ZONE}


def weigh_in(days_ago: int, kg: str, fat: str | None = None) -> Measurement:
    values = {"body_mass_kg": Decimal(kg)} | ({"fat_ratio": Decimal(fat)} if fat else {})
    return Measurement(**HERE, native_id=f"m{days_ago}", at=NOW - timedelta(days=days_ago, hours=2), values=values)


def run(days_ago: int, metres: int, seconds: int, sport: str = "run", climb: int | None = 50) -> Activity:
    return Activity(
        **HERE,
        native_id=f"a{days_ago}",
        at=NOW - timedelta(days=days_ago),
        sport=sport,
        sport_type=sport,
        distance_m=Decimal(metres),
        moving_s=Decimal(seconds),
        ascent_m=None if climb is None else Decimal(climb),
    )


def session(days_ago: int, *sets: WorkoutSet) -> Workout:
    return Workout(**HERE, native_id=f"w{days_ago}", at=NOW - timedelta(days=days_ago), name="Gym", sets=sets)


def said(tmp_path: Path, records: list[Record], look: dict[str, Any] | None = None, path: str = "/") -> str:
    """All the text of a page over those records, in one line with plain spaces."""
    of = house(tmp_path)
    write(of.store, records)
    of.store.put_setting("me", "look", look or {})
    answer = page(client(app(of)), path)
    assert answer.status_code == 200
    return " ".join(" ".join(texts(answer.get_json()["response"])).split())


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [found for each in value for found in texts(each)]
    if isinstance(value, dict):
        inside = value.get("props", value)
        return [found for key in ("children", "page", "data") if key in inside for found in texts(inside[key])]
    return []


def test_weight_down_and_trained(tmp_path: Path) -> None:
    records = [
        weigh_in(7, "80.5"),
        weigh_in(0, "80.1"),
        run(1, 8420, 2705),
        session(2, WorkoutSet(exercise="Squat", order=1, reps=5, load_kg=Decimal(100))),
    ]
    text = said(tmp_path, records, {"direction": "lose"})
    assert "Your weight is down 0.4 kg this week, and you trained twice." in text
    assert "↓ 0.4 kg since last week" in text
    assert "since last year" not in text, "shown only where there is data to say it"
    assert "8.42 km" in text
    assert "5:21 /km" in text


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], "Nothing is in your ledger yet."),
        ([weigh_in(0, "80")], "Nothing new this week."),
        ([weigh_in(7, "80"), weigh_in(0, "80")], "Your weight is the same as last week."),
        (
            [weigh_in(7, "80"), weigh_in(0, "81"), run(30, 5000, 1500)],
            "Your weight is up 1.0 kg this week, but you have not trained yet.",
        ),
        ([run(0, 5000, 1500)], "You trained once this week."),
        ([weigh_in(40, "80"), weigh_in(33, "79")], "Nothing new this week."),
    ],
)
def test_the_news(tmp_path: Path, records: list[Record], expected: str) -> None:
    assert expected in said(tmp_path, records)


def test_the_units_of_the_person(tmp_path: Path) -> None:
    look = {"mass_unit": "lb", "distance_unit": "mi", "speed_as": "speed"}
    text = said(tmp_path, [weigh_in(7, "80.5"), weigh_in(0, "80.1"), run(3, 8000, 2700), run(1, 8420, 2705)], look)
    for each in ("176.6 lb", "↓ 0.9 lb", "5.23 mi", "7.0 mph", "164 ft"):
        assert each in text, each


def test_an_old_reading_is_said_to_be_old(tmp_path: Path) -> None:
    text = said(tmp_path, [weigh_in(40, "80"), weigh_in(33, "79")])
    assert "33 days old" in text
    assert "since last week" not in text


def test_a_run_beside_the_one_before(tmp_path: Path) -> None:
    text = said(tmp_path, [run(6, 7240, 2382, climb=76), run(1, 8420, 2705, climb=64)])
    for each in ("1.18 km more", "8 s faster", "12 m less", "Compared with the run before, Mon 16 Nov."):
        assert each in text, each


def test_a_ride_is_told_by_its_speed(tmp_path: Path) -> None:
    text = said(tmp_path, [run(6, 30_000, 3600, "ride"), run(1, 36_000, 3600, "ride", climb=None)])
    assert "Last ride" in text
    assert "36.0 km/h" in text
    assert "6.0 km/h faster" in text
    assert "/km" not in text.replace("km/h", "")


def test_records_are_marked_and_odd_sets_told(tmp_path: Path) -> None:
    before = session(
        9, WorkoutSet(exercise="Deadlift", order=1, reps=5, load_kg=Decimal(130)), WorkoutSet(exercise="Pull-up", order=2, reps=8)
    )
    last = session(
        1,
        WorkoutSet(exercise="Deadlift", order=1, reps=5, load_kg=Decimal(140)),
        WorkoutSet(exercise="Pull-up", order=2, reps=9),
        WorkoutSet(exercise="Plank", order=3, duration_s=Decimal(90)),
        WorkoutSet(exercise="Sled", order=4, distance_m=Decimal(40)),
        WorkoutSet(exercise="Snatch", order=5, reps=0, load_kg=Decimal(90)),
        WorkoutSet(exercise="Calf raise", order=6, reps=30, load_kg=Decimal(60)),
        WorkoutSet(exercise="Nothing told", order=7),
    )
    text = said(tmp_path, [before, last])
    assert "could not be drawn" not in text
    for each in ("Deadlift Record 5 × 140 kg 163 kg", "Pull-up Most reps 9 reps –", "Plank 2 min –", "Calf raise 30 × 60 kg –"):
        assert each in text, (each, text)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("hevy", "strength/hevy_mouadja02.csv"),
        ("fitnotes", "strength/fitnotes_lukaszebedin.csv"),
        ("strong", "strength/strong_breinsp.csv"),
        ("strava", "strava/activities.csv"),
        ("apple", "weight/dericmei.csv"),
    ],
)
def test_every_page_stands_on_real_files(tmp_path: Path, realdata: Callable[[str], Path], name: str, file: str) -> None:
    of = house(tmp_path)
    reader = formats()[name]
    with realdata(file).open("rb") as stream:
        tally = keep(of.store, reader, "me", reader.rows(stream, file, ReadOptions(zone=ZONE, units="lb")), NOW)
    assert tally.new > 0
    browser = client(app(of))
    for path in pages():
        for search in ("", "?span=all"):
            text = page(browser, path, search).get_data(as_text=True)
            assert "could not be drawn" not in text, (path, search)


def test_a_usual_week_is_the_same_on_every_page(tmp_path: Path) -> None:
    runs = [run(days_ago, 10_000, 3_000) for days_ago in (5, 12, 19)]  # 17, 10 and 3 November
    (tmp_path / "runs").mkdir()
    assert "a usual week is 10.00 km" in said(tmp_path / "runs", runs, path="/running")
    (tmp_path / "first").mkdir()
    overview = said(tmp_path / "first", runs)
    assert "Running 10.0 km 10.0 km 10.0 km" in overview  # this week, last week, usual
    # The weeks of somebody who rode before they ran count: they could have run.
    (tmp_path / "rides").mkdir()
    rides = [run(100, 20_000, 3_000, "ride")]
    assert "a usual week is 5.00 km" in said(tmp_path / "rides", [*runs, *rides], path="/running")


def test_the_first_week_says_nothing_of_a_usual_one(tmp_path: Path) -> None:
    told = said(tmp_path, [run(0, 10_000, 3_000)], path="/running")
    assert "10.00 km this week in one run." in told
    assert "usual" not in told


@pytest.mark.parametrize(("n", "had"), [(0, "none yet"), (8, "8"), (25, "25")])
def test_the_forecast_card_says_how_many_weeks_it_needs(tmp_path: Path, n: int, had: str) -> None:
    records: list[Record] = [weigh_in(7 * week, "80") for week in range(n)]
    told = said(tmp_path, [*records, run(1, 5_000, 1_500)])
    assert f"A forecast needs 26 weeks with a weigh-in. You have {had}." in told
