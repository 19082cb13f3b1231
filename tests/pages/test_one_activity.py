"""One activity opened from its row: its numbers, its pictures and kilometres, and what is said where there are none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest

from collectors.importing import import_file
from collectors.source import ReadOptions
from dashboard import chart, oneactivity
from dashboard.page import House
from health import packed
from health.packed import STEPS
from health.records import Activity, Series
from tests.dashboard import house as houses
from tests.fixtures import recorded
from tests.pages.conftest import LOOK

RUN = "gpx:2026-05-01T06:30:00Z|<b>Lake</b>"
Opened = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A house with one recorded run of 20 minutes and one activity without points."""
    house = houses.house(tmp_path)
    data = recorded.gpx(recorded.gpx_track(range(1201), name="&lt;b&gt;Lake&lt;/b&gt;"))
    (result,) = import_file(house.store, "me", BytesIO(data), "run.gpx", ReadOptions(zone=houses.ZONE), houses.NOW)
    assert result.series == 1
    plain = {"sport": "ride", "sport_type": "Ride", "elapsed_s": 3600, "distance_m": 30_000}
    at = recorded.START - timedelta(days=3)
    houses.write(house.store, [Activity(person="me", source="strava_api", native_id="7", at=at, zone=houses.ZONE, **plain)])
    yield house
    house.store.close()


@pytest.fixture
def opened(home: House) -> Opened:
    """The page at that address, as JSON text."""
    client = houses.client(houses.app(home))

    def ask(phone: bool = False, **choices: str) -> str:
        answer = houses.page(client, "/running", f"?{urlencode(choices)}", phone=phone)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return ask


def test_a_row_leads_to_its_activity(opened: Opened) -> None:
    assert urlencode({"activity": RUN}) in opened()


def test_an_activity_has_its_numbers_pictures_and_kilometres(opened: Opened) -> None:
    said = opened(activity=RUN)
    for each in ("3.60", "20 min", "5:33", "Along the way", "Route", "Splits", "Pace around 5:33", "Heart rate from 1", "GPX file"):
        assert each in said.replace("\\u00a0", " ").replace("\u00a0", " "), each
    assert "could not be drawn" not in said
    assert said.count('"activity.course"') >= 1
    assert "fastest km at 5:33" in said.replace("\u00a0", " ").replace("\\u00a0", " ")


def test_a_route_asks_nobody_for_a_map(opened: Opened) -> None:
    said = opened(activity=RUN)
    assert not [
        each for each in ("mapbox", "tile", "openstreetmap", "http://", "https://", "scattergeo", "scattermap") if each in said
    ]


def test_markup_in_a_name_is_text_in_the_pictures(opened: Opened) -> None:
    figures = [each for each in json.dumps(opened(activity=RUN)).split("hovertemplate") if "<b>" in each]
    assert not [each for each in figures if "Lake</b>" in each.split("}")[0]]


def test_no_series_says_what_would_bring_one(opened: Opened) -> None:
    said = opened(activity="strava_api:7")
    assert "No time series of this ride yet. It comes with a FIT, GPX or TCX file" in said
    assert "/sources#files" in said


@pytest.mark.parametrize("id", ["strava_api:404", "", "<script>", "gpx:x|series"])
def test_an_activity_that_is_gone_says_so(opened: Opened, id: str) -> None:
    said = opened(activity=id)
    assert "no longer here" in said or "Sessions" in said
    assert "could not be drawn" not in said


def test_a_series_that_came_later_is_shown_at_once(home: House, opened: Opened) -> None:
    assert "No time series" in opened(activity="strava_api:7")
    columns = {"time_s": np.arange(60.0), "distance_m": np.arange(60.0) * 8}
    record = Series(
        person="me", source="strava_api", native_id="7|series", at=recorded.START, zone="UTC", points=60,
        columns="time_s,distance_m", data=packed.pack(columns),
    )  # fmt: skip
    houses.write(home.store, [record])
    assert "Along the way" in opened(activity="strava_api:7")
    assert "No time series" not in opened(activity="strava_api:7")


def test_a_phone_shows_three_columns_of_splits(opened: Opened) -> None:
    wide, narrow = opened(activity=RUN), opened(phone=True, activity=RUN)
    assert '"Climb"' in wide
    assert '"Climb"' not in narrow


def test_splits_in_miles_and_of_a_long_way(home: House) -> None:
    time = np.arange(36_000.0)
    points = oneactivity.frame_of({"time_s": time, "distance_m": time * 8.0}, houses.ten_years().activities["day"].iloc[-1])
    card = json.dumps(oneactivity.splits_card(points, "ride", replace(LOOK, distance_unit="mi")))
    assert "Every 5" in card
    assert card.count('"Tr"') <= 2 + 50


def test_every_column_of_a_series_may_be_alone(home: House) -> None:
    day = houses.ten_years().activities["day"].iloc[-1]
    for name in STEPS:
        columns: dict[str, Any] = {"time_s": np.arange(30.0), name: np.linspace(50, 60, 30)}
        for drawn in ("activity.course", "activity.route"):
            figure = chart.charts()[drawn].draw(oneactivity.frame_of(columns, day), LOOK)
            assert figure["layout"]["meta"]["label"]
