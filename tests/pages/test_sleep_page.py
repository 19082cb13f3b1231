"""Sleep and Food: what their cards say of made nights and meals, and where nothing is known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from dashboard.chart import draw
from dashboard.theme import Look
from health.bodies import body
from health.days import from_local
from health.frames import Frames, meals_frame, sleeps_frame
from health.records import Meal, Sleep
from tests.dashboard.house import ZONE, app, client, house, page, ten_years, write

TODAY = date(2026, 11, 22)
LOOK = Look(today=TODAY)


def night(ago: int, **numbers: int) -> Sleep:
    """From 23:00 to 7:00 of the day so long ago, with even or odd days an hour apart."""
    morning = datetime(2026, 11, 22, 7) - timedelta(days=ago)
    start = from_local(morning - timedelta(hours=8 + ago % 2), ZONE)
    values: dict[str, Any] = {name: Decimal(value) for name, value in numbers.items()}
    return Sleep(
        person="me", source="withings_api", native_id=f"sleep|{ago}", at=start, end=from_local(morning, ZONE), zone=ZONE, **values
    )


def of(*nights: Sleep) -> Any:
    return sleeps_frame([body(each) for each in nights])


def test_the_cards_say_the_last_night_the_week_and_how_regular_it_was(tmp_path: Path) -> None:
    place = house(tmp_path)
    write(place.store, [night(ago, asleep_s=27_000, mean_heart_rate_bpm=52, min_heart_rate_bpm=45, score=80) for ago in range(10)])
    shown = json.dumps(page(client(app(place)), "/sleep").get_json(), ensure_ascii=False)
    for said in (
        "23:00 to 7:00 \u00b7 score 80",
        "7\u00a0h\u00a030\u00a0min",
        "mean of 7\u00a0nights",
        "lowest 45",
        "±\u00a016\u00a0min",
    ):
        assert said in shown, said


def test_nights_of_which_only_the_day_is_known_have_no_clock_time(tmp_path: Path) -> None:
    place = house(tmp_path)
    write(place.store, [replace(night(ago, asleep_s=27_000), precision="day", is_nap=False) for ago in range(10)])
    shown = json.dumps(page(client(app(place)), "/sleep").get_json(), ensure_ascii=False)
    for said in ("from when to when is not known", "7\u00a0h\u00a030\u00a0min", "No night with a beginning and an end"):
        assert said in shown, said


def test_pages_without_data_say_where_it_comes_from(tmp_path: Path) -> None:
    empty = client(app(house(tmp_path)))
    assert "No night is known yet" in str(page(empty, "/sleep").get_json())
    assert "No food is known yet" in str(page(empty, "/food").get_json())


def test_time_in_bed_is_drawn_only_where_no_device_told_the_sleep() -> None:
    assert "in bed" in draw("sleep.hours", of(*(night(ago) for ago in range(9))), LOOK)["layout"]["meta"]["label"]
    mixed = draw("sleep.hours", of(night(1, asleep_s=25_200), night(0)), LOOK)
    assert "1\u00a0night: 7\u00a0h on average" in mixed["layout"]["meta"]["label"]


def test_the_bars_of_a_quarter_are_nights_and_beyond_it_weeks() -> None:
    sleeps = of(*(night(ago, asleep_s=25_200) for ago in range(200)))
    quarter = draw("sleep.times", sleeps, LOOK, first=TODAY - timedelta(days=60))["data"][0]
    assert len(quarter["x"]) == 61
    assert (quarter["base"][-1], quarter["y"][-1], quarter["customdata"][-1]) == (-1, 8, "23:00 to 7:00")
    assert len(draw("sleep.times", sleeps, LOOK)["data"][0]["x"]) in (29, 30)


def test_stages_stand_on_one_another_and_are_named() -> None:
    sleeps = of(*(night(ago, asleep_s=25_200, deep_s=5_400, rem_s=5_400, light_s=14_400) for ago in range(20)))
    figure = draw("sleep.stages", sleeps, LOOK)
    assert [trace["y"][-1] for trace in figure["data"]] == [1.5, 1.5, 4]
    assert [each["text"] for each in figure["layout"]["annotations"]] == ["Deep", "REM", "Light"]
    assert figure["layout"]["meta"]["label"].startswith("A night on average: Deep 1\u00a0h\u00a030\u00a0min")
    assert "empty" in draw("sleep.stages", of(night(1)), LOOK)["layout"]["meta"]


def test_food_counts_each_day_and_divides_by_the_weight(tmp_path: Path) -> None:
    frames: Frames = ten_years()
    meals = [
        Meal(
            person="me", source="apple", native_id=str(ago), at=from_local(datetime(2026, 11, 21, 12) - timedelta(days=ago), ZONE),
            zone=ZONE, precision="day", protein_g=Decimal(160), energy_kj=Decimal("8368"),
        )
        for ago in range(8)
    ]  # fmt: skip
    place = house(tmp_path)
    held = replace(frames, meals=meals_frame([body(each) for each in meals]), is_sample=False)

    class Still:
        version = 1

        def frames(self) -> Frames:
            return held

        def versioned(self) -> tuple[Frames, int]:
            return held, 1

    shown = str(page(client(app(replace(place, frames=Still()))), "/food").get_json())
    for said in ("160", "2,000", "2.0", "g/kg", "of the last four weeks were written down"):
        assert said in shown, said
