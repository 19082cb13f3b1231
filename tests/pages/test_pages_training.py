"""Running and Strength as pages: right numbers, every sport and exercise, empty and hostile ledgers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboard import router, rows
from dashboard.page import House, View
from dashboard.pages import running, strength
from health import strength as health_strength
from health.frames import Frames, activities_frame, frames
from tests.pages.conftest import LOOK, App, text
from tests.pages.test_figures_training import LIFTS, run, session

Look_ = Callable[..., View]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "=1+1",
    "javascript:alert(1)",
    "Ω" * 300,
    "%{text}",
    "{{7*7}}",
    "\u202ereversed",
    "a&b\"c'",
]


def both(activities: list[dict[str, Any]], workouts: list[dict[str, Any]]) -> Frames:
    return frames([], activities, workouts)


def json_of(component: Any) -> str:
    return json.dumps(component, cls=PlotlyJSONEncoder)


@pytest.mark.parametrize("span", ["3m", "1y", "3y", "all", "nonsense"])
@pytest.mark.parametrize("module", [running, strength])
def test_the_sample_person_in_every_span(module: Any, span: str, sample: Frames, quiet_house: House, view: Look_) -> None:
    said = text(module.content(view(quiet_house, module.PAGE.path, sample, span=span)))
    assert "could not be drawn" not in said
    assert "nan" not in said.lower().split()


@pytest.mark.parametrize("module", [running, strength])
def test_nothing_yet_says_what_would_fill_it(module: Any, quiet_house: House, view: Look_) -> None:
    said = text(module.content(view(quiet_house, module.PAGE.path)))
    assert "yet" in said
    assert "export" in said


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_rows(n: int, quiet_house: House, view: Look_) -> None:
    data = both([run(f"2026-11-{10 + at}") for at in range(n)], [session(f"2026-11-{10 + at}", (5, 100)) for at in range(n)])
    for page in (running, strength):
        said = text(page.content(view(quiet_house, page.PAGE.path, data)))
        assert "could not be drawn" not in said


def test_the_numbers_of_the_small_cards(quiet_house: House, view: Look_) -> None:
    runs = [
        run("2025-11-20", 20000, 6000),
        run("2026-11-11", 6000, 1980),
        run("2026-11-17", 8000, 2560),
        run("2026-11-19", 5000, 1500),
    ]
    said = text(running.content(view(quiet_house, "/running", both(runs, [])))).replace("\u00a0", " ")
    assert "13.00 km this week in two runs; a usual week is 1.50 km." in said
    assert "Thu 19 Nov, 5:00 /km" in said
    assert "20 s faster than the one before" in said
    assert "last year by now 20.00 km" in said
    assert "Fastest 5:00 /km over 20.00 km" in said.replace("  ", " ")  # the earlier of two equals


def test_a_sport_without_distance_is_shown_by_its_time(quiet_house: House, view: Look_) -> None:
    yoga = [{**run(f"2026-11-{day}", None, 3600), "sport": "yoga", "sport_type": "Yoga"} for day in (10, 17)]
    said = text(running.content(view(quiet_house, "/running", both(yoga, [])))).replace("\u00a0", " ")
    assert "1 h this week in one session" in said
    assert "could not be drawn" not in said


def test_every_sport_can_be_chosen_and_another_word_is_ignored(sample: Frames, quiet_house: House, view: Look_) -> None:
    for sport, title in (("run", "Running"), ("ride", "Riding"), ("swim", "Swimming"), ("<script>", "Running")):
        page = running.content(view(quiet_house, "/running", sample, sport=sport))
        assert title in text(page)
        assert "<script>" not in json_of(page)


def test_the_strength_of_one_exercise(quiet_house: House, view: Look_) -> None:
    data = both([], [session("2026-11-04", (5, 112.5), (1, 120)), session("2026-11-18", (5, 120), (8, 100))])
    said = text(strength.content(view(quiet_house, "/strength", data, exercise="Deadlift"))).replace("\u00a0", " ")
    assert "Estimated max (e1RM) 140 kg" in said.replace("  ", " ")
    assert "5 × 120 kg on Wed 18 Nov" in said
    assert "Record" in said
    assert "Heaviest lift 120 kg" in said.replace("  ", " ")
    assert "5 times, on Wed 18 Nov" in said  # as heavy as the single before, but more often
    assert "107.7 kg" in said.replace("  ", " ")  # (600 + 800) / 13
    assert "117.0" not in said


def test_the_first_session_of_an_exercise_is_no_record(quiet_house: House, view: Look_) -> None:
    said = text(strength.content(view(quiet_house, "/strength", both([], [session("2026-11-18", (5, 120))]))))
    assert "Record" not in said.replace("Diamonds: records", "")


def test_an_exercise_not_done_lately_leads_to_all_time(quiet_house: House, view: Look_) -> None:
    data = both([], [session("2020-01-01", (5, 100))])
    page = strength.content(view(quiet_house, "/strength", data, span="3m"))
    assert "Show all time" in text(page)
    assert "span=all" in json_of(page)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_text(name: str, quiet_house: House, view: Look_) -> None:
    data = both([run("2026-11-10", name=name)], [session(f"2026-11-{10 + at}", (5, 100 + at), exercise=name) for at in range(3)])
    for page in (running, strength):
        sent = json_of(page.content(view(quiet_house, page.PAGE.path, data, exercise=name)))
        assert "could not be drawn" not in sent
        assert '"href": "javascript' not in sent
        for chart in _figures(json.loads(sent)):
            assert "<img" not in json.dumps(chart)


def _figures(part: Any) -> list[Any]:
    if isinstance(part, list):
        return [found for each in part for found in _figures(each)]
    if not isinstance(part, dict):
        return []
    here = [part["figure"]] if "figure" in part else []
    return here + [found for each in part.values() for found in _figures(each)]


def test_other_units_and_the_phone_show_the_same_page(sample: Frames, quiet_house: House, view: Look_) -> None:
    look = replace(LOOK, mass_unit="lb", distance_unit="mi", speed_as="speed", compact=True, mode="dark")
    assert "mph" in text(running.content(view(quiet_house, "/running", sample, look)))
    said = text(strength.content(view(quiet_house, "/strength", sample, look)))
    assert "lb" in said
    assert "\u00a0kg" not in said


def test_what_the_frame_means_is_worked_out_once_for_many_pages(
    sample: Frames, quiet_house: House, view: Look_, monkeypatch: pytest.MonkeyPatch
) -> None:
    strength.content(view(quiet_house, "/strength", sample))
    calls: list[int] = []
    for name in ("sessions", "records", "best_sets"):
        original = getattr(health_strength, name)

        def counted(sets: pd.DataFrame, *more: Any, original: Any = original) -> Any:
            calls.append(len(sets))
            return original(sets, *more)

        monkeypatch.setattr(health_strength, name, counted)
    strength.content(view(quiet_house, "/strength", replace(sample), span="3y"))
    assert all(n < 100 for n in calls)  # only of the last session of all, which is a question of its own


def test_an_uneven_ledger(quiet_house: House, view: Look_) -> None:
    """Rows that importers have really made: no distance, no time, no load, absurd ones."""
    odd = [
        run("2026-11-03", None, None),
        run("2026-11-04", 0, 0),
        run("2026-11-05", 42195, 1),
        run("2026-11-06", 1, 86400, ascent_m=9000),
    ]
    lifts = [session("2026-11-03", (0, None)), session("2026-11-04", (1000, 1500)), session("2026-11-05", (12, None))]
    for page in (running, strength):
        assert "could not be drawn" not in text(page.content(view(quiet_house, page.PAGE.path, both(odd, lifts))))


def test_the_router_draws_them(make_app: Callable[..., App], sample: Frames) -> None:
    house = make_app(sample).house
    for path in ("/running", "/strength"):
        page, _, title = router.page_at(house, path, "", {"mode": "light", "phone": False})
        assert title.endswith("Fitboard")
        assert "sample person" in text(page)


def test_frames_here_are_as_the_house_makes_them() -> None:
    assert list(LIFTS.columns) == list(frames([], [], []).sets.columns)
    assert isinstance(activities_frame([run("2026-11-03")]), pd.DataFrame)


def test_days_of_the_address_go_before_the_span_on_strength(quiet_house: House, view: Look_) -> None:
    data = both([], [session("2026-09-02", (5, 100)), session("2026-10-07", (5, 105)), session("2026-11-18", (5, 110))])
    zoomed = view(quiet_house, "/strength", data, exercise="Kreuzheben", first="2026-09-20", last="2026-10-30")
    said = text(strength.content(zoomed)).replace("\u00a0", " ")
    assert "5 × 105 kg" in said
    assert "All 1" in said
    none = text(strength.content(view(quiet_house, "/strength", data, first="2020-01-01", last="2020-02-01")))
    assert "No Deadlift in this time" in none.replace("\u00a0", " ")


def test_the_rows_of_an_exercise_are_found_by_any_name_that_means_it() -> None:
    data = both([], [session("2026-09-02", (5, 100))])
    assert len(rows.chosen(data, {"of": "sets", "exercise": "Deadlift (Barbell)"})) == 1
    assert rows.chosen(data, {"of": "sets", "exercise": "Squat"}).empty
