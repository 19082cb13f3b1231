"""The pictures of running and lifting as data: their numbers, their words, their size, on every frame there can be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard.chart import Figure, charts
from dashboard.figures._base import MOST_POINTS
from dashboard.theme import Look
from health.frames import Frames, activities_frame, sets_frame
from tests.pages.conftest import LOOK

OURS = sorted(name for name in charts() if name.startswith(("running.", "strength.")))
LOOKS = {
    "light": LOOK,
    "dark phone": replace(LOOK, mode="dark", compact=True),
    "miles and pounds": replace(LOOK, distance_unit="mi", mass_unit="lb", speed_as="speed", first_weekday=6),
}


def run(day: str, metres: float | None = 5000, seconds: float | None = 1500, **more: Any) -> dict[str, Any]:
    numbers = {"distance_m": metres, "moving_s": seconds, **more}
    id = f"x:{day}"
    return {
        "id": id, "native_id": day, "source": "x", "at": f"{day}T07:00:00Z", "zone": "UTC", "day": day,
        "sport": "run", "sport_type": "Run", **{key: value for key, value in numbers.items() if value is not None},
    }  # fmt: skip


def session(day: str, *sets: tuple[float, float | None], exercise: str = "Deadlift") -> dict[str, Any]:
    rows = [
        {"exercise": exercise, "order": at, "type": "normal", "reps": reps, "load_kg": load}
        for at, (reps, load) in enumerate(sets, 1)
    ]
    return {
        "id": f"x:{day}", "native_id": day, "source": "x", "at": f"{day}T17:00:00Z", "zone": "UTC", "day": day,
        "sets": [{key: value for key, value in row.items() if value is not None} for row in rows],
    }  # fmt: skip


RUNS = activities_frame([run("2026-11-03", 8000, 2560, ascent_m=64), run("2026-11-05", 5000, 1500), run("2026-11-17", 10000, 3200)])
LIFTS = sets_frame(
    [
        session("2026-09-02", (5, 100), (1, 110)),
        session("2026-10-07", (5, 105), (5, 105)),
        session("2026-11-04", (5, 112.5), (3, 115)),
        session("2026-11-18", (5, 110), (13, 60)),
    ]
)


def frames_of(name: str, sample: Frames) -> dict[str, pd.DataFrame]:
    full = sample.activities if charts()[name].of == "activities" else sample.sets
    assert charts()[name].of in ("activities", "sets")
    odd = (
        activities_frame([run("2026-11-03", None, None), run("2026-11-04", 0, 0, ascent_m=0), run("2026-11-05", 1, 86400)])
        if charts()[name].of == "activities"
        else sets_frame([session("2026-11-03", (0, None), (12, None), (5, 0), (30, 900))])
    )
    return {"empty": full.iloc[:0], "one": full.iloc[-1:], "two": full.iloc[-2:], "odd": odd, "ten years": full}


def size(figure: Figure) -> int:
    return sum(len(trace["x"]) for trace in figure["data"])


def draw(name: str, frame: pd.DataFrame, look: Look = LOOK, **choices: Any) -> Figure:
    figure = charts()[name].draw(frame, look, **choices)
    json.dumps(figure, allow_nan=False)
    return figure


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", OURS)
def test_every_frame_gives_a_figure_that_says_something(name: str, look: str, sample: Frames) -> None:
    for kind, frame in frames_of(name, sample).items():
        figure = draw(name, frame, LOOKS[look])
        meta = figure["layout"]["meta"]
        assert meta["label"], kind
        assert size(figure) <= MOST_POINTS * 1.1
        assert bool(meta.get("empty")) == (not figure["data"]), kind
        assert "nan" not in json.dumps(figure).lower().replace("finance", ""), kind
        if kind == "empty":
            assert meta["empty"].endswith(".")


@pytest.mark.parametrize("measure", ["distance", "rate", "climb", "time"])
@pytest.mark.parametrize("by", ["session", "week", "month", "year"])
def test_every_measure_by_every_period(measure: str, by: str, sample: Frames) -> None:
    for sport in ("run", "ride", "swim", "hike"):
        figure = draw("running.over_time", sample.activities, measure=measure, by=by, sport=sport)
        hovers = [text for trace in figure["data"] if "text" in trace and trace.get("hovertemplate") for text in trace["text"]]
        assert size(figure) <= MOST_POINTS * 1.1
        assert all(": " in each for each in hovers)


def test_weeks_of_distance_hand_worked() -> None:
    figure = draw("running.over_time", RUNS)
    (bars,) = figure["data"]
    assert bars["x"] == ["2026-11-02", "2026-11-09", "2026-11-16"]
    assert bars["y"] == [13, 0, 10]
    assert bars["text"][0] == "Week of Mon 2\u00a0Nov: 13.00\u00a0km in 2\u00a0sessions"
    assert bars["text"][1] == "Week of Mon 9\u00a0Nov: none"
    assert bars["marker"]["color"][-1] == LOOK.colour("run")
    assert len(set(bars["marker"]["color"][:-1])) == 1
    assert "10.00\u00a0km in this week" in figure["layout"]["meta"]["label"]


def test_a_pace_axis_is_reversed_and_a_speed_axis_is_not() -> None:
    pace = draw("running.distance_and_speed", RUNS)
    low, high = pace["layout"]["yaxis"]["range"]
    assert low > high
    assert pace["data"][0]["y"] == [320, 300, 320]
    assert pace["layout"]["yaxis"]["ticktext"][0].endswith("/km")
    speed = draw("running.distance_and_speed", RUNS, replace(LOOK, speed_as="speed"))
    low, high = speed["layout"]["yaxis"]["range"]
    assert low < high
    assert speed["data"][0]["y"] == [11.25, 12, 11.25]


def test_a_hover_is_a_sentence_and_a_dot_a_door_to_its_row() -> None:
    (dots,) = draw("running.distance_and_speed", RUNS)["data"]
    assert dots["text"][0] == "Tue 3\u00a0Nov: 8.00\u00a0km in 43\u00a0min, 5:20\u00a0/km, 64\u00a0m climbed"
    assert dots["customdata"] == ["x:2026-11-03", "x:2026-11-05", "x:2026-11-17"]


def test_miles_and_pounds_are_the_same_things_in_other_units() -> None:
    miles = draw("running.over_time", RUNS, LOOKS["miles and pounds"], by="month")
    assert miles["data"][0]["y"] == [round(23000 / 1609.344, 2)]
    pounds = draw("strength.volume_by_session", LIFTS, LOOKS["miles and pounds"])
    assert pounds["data"][0]["y"][0] == pytest.approx((500 + 110) / 0.45359237, abs=0.01)


def test_only_what_is_in_the_time_is_shown_but_records_know_the_past() -> None:
    figure = draw("strength.estimated_max", LIFTS, first=date(2026, 11, 1))
    dots, line, _, diamonds = figure["data"]
    assert dots["x"] == ["2026-11-04", "2026-11-18"]
    assert dots["y"] == [131.25, 128.33]  # 5 x 112.5: 112.5 x 7/6; 5 x 110: 110 x 7/6; 13 repetitions say nothing
    assert line["y"] == [131.25, 131.25]  # the best of six weeks
    assert diamonds["x"] == ["2026-11-04"]
    assert "5\u00a0×\u00a0112.5\u00a0kg" in diamonds["text"][0]
    assert "8.7" in diamonds["text"][0]  # 122.5 before: 8.75 more


def test_the_trend_starts_from_what_was_before_the_time_shown() -> None:
    figure = draw("strength.estimated_max", LIFTS, first=date(2026, 10, 1))
    assert figure["data"][1]["y"][0] == 122.5  # 5 x 105 on 7 October: the 116.7 of 2 September is below it
    assert figure["data"][1]["y"][-1] == 131.25


def test_repetitions_and_load() -> None:
    figure = draw("strength.reps_and_load", LIFTS, replace(LOOK, today=date(2026, 12, 20)))
    grey, accent, best = figure["data"]
    assert sorted(grey["y"] + accent["y"]) == [60, 100, 105, 110, 110, 112.5, 115]  # the two alike are one dot
    assert grey["marker"]["color"] != accent["marker"]["color"]
    assert sorted(grey["y"]) == [100, 110]  # more than twelve weeks ago
    assert list(zip(best["x"], best["y"], strict=True)) == [(1, 115), (3, 115), (5, 112.5), (13, 60)]
    assert any("5\u00a0×\u00a0105\u00a0kg: twice" in each for each in grey["text"] + accent["text"])
    assert "3\u00a0×\u00a0115\u00a0kg" in figure["layout"]["meta"]["label"]


def test_mean_load_is_of_a_repetition() -> None:
    dots = draw("strength.mean_load", LIFTS)["data"][0]
    assert dots["y"][0] == pytest.approx(610 / 6, abs=0.01)


def test_volume_by_muscle_with_the_usual_month() -> None:
    figure = draw("strength.volume_by_muscle", LIFTS)
    bars, marks = figure["data"]
    back = bars["y"].index("Back")
    assert bars["x"][back] == 562.5 + 345 + 550 + 780  # November
    assert marks["x"][back] == round((610 + 1050) / 3, 2)  # August had none, September and October these
    assert "Back 2.2\u00a0t" in figure["layout"]["meta"]["label"]


def test_too_many_sessions_for_bars_become_weeks(sample: Frames) -> None:
    figure = draw("strength.volume_by_session", sample.sets)
    assert "by week" in figure["layout"]["meta"]["label"]
    ours = sample.sets[sample.sets["exercise"] == "Squat"]
    kept = ours[ours["type"] != "warmup"]
    assert sum(figure["data"][0]["y"]) * 1000 == pytest.approx(float((kept["reps"] * kept["load_kg"]).sum()), rel=1e-3)


def test_a_last_day_cuts_every_picture_of_an_exercise() -> None:
    days = {"first": date(2026, 10, 1), "last": date(2026, 11, 10)}
    assert draw("strength.estimated_max", LIFTS, **days)["data"][0]["x"] == ["2026-10-07", "2026-11-04"]
    assert draw("strength.mean_load", LIFTS, **days)["data"][0]["x"] == ["2026-10-07", "2026-11-04"]
    assert draw("strength.volume_by_session", LIFTS, **days)["data"][0]["x"] == ["2026-10-07", "2026-11-04"]
    everything = draw("strength.reps_and_load", LIFTS)["layout"]["meta"]["label"]
    assert draw("strength.reps_and_load", LIFTS, **days)["layout"]["meta"]["label"] != everything
    assert "no session" in draw("strength.estimated_max", LIFTS, last=date(2020, 1, 1))["layout"]["meta"]["empty"].lower()
