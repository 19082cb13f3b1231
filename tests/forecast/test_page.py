"""The page and its figure: right numbers, plain words, and what Strava's terms ask for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import chart
from dashboard.figures.forecast import Ahead
from dashboard.page import View
from dashboard.pages import forecast as page
from dashboard.theme import Look
from forecast import plan, trust
from tests.forecast.made import EMPTY, readings, runs, sunday, wandering

TODAY = sunday(99) + timedelta(days=2)


class Settings:
    """The two calls of a store that the page makes."""

    def __init__(self) -> None:
        self.kept = {}

    def setting(self, person, key):
        return self.kept.get((person, key))

    def put_setting(self, person, key, value):
        self.kept[person, key] = value


@pytest.fixture(scope="module")
def frames():
    trained = [sunday(week) - timedelta(days=day) for week in range(100) for day in range(week % 4)]
    return replace(readings(wandering(21, 7 * 100 + 2)), activities=runs(trained))


def content(asked):
    """The page, once what it waits for is worked out."""
    found = page._outlook(asked)
    if found is not None:
        found.work_out()
    return page.content(asked)


def view(frames, store=None, today=TODAY, look=None, **choices):
    house = SimpleNamespace(store=store or Settings(), person="me", models=None)
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    return View(house=house, frames=frames, look=look or Look(today=today), choices=choices, now=now, path="/forecast")


def text(component) -> str:
    if component is None or isinstance(component, (int, float)):
        return ""
    if isinstance(component, str):
        return component + " "
    if isinstance(component, (list, tuple)):
        return "".join(map(text, component))
    said = "".join(str(getattr(component, each, "") or "") + " " for each in ("label", "placeholder"))
    return said + text(getattr(component, "children", None))


def plain(component) -> str:
    return " ".join(text(component).replace("\u00a0", " ").replace("\u202f", " ").split())


def test_the_first_look_waits_and_asks_once():
    fresh = readings(wandering(77, 7 * 40))
    asked = view(fresh, today=sunday(39) + timedelta(days=1))
    waiting = page.content(asked)
    before = page.depends(asked)
    assert "working it out" in plain(waiting)
    assert waiting.children[-1].id == "forecast-asked"
    page._outlook(asked).work_out()
    assert page.depends(asked) != before
    assert "working it out" not in plain(page.content(asked))


def test_the_page_says_the_defaults_numbers(frames):
    said = plain(content(view(frames)))
    found = plan.outlook(frames, "body_mass_kg", TODAY)
    expected, at = found.expected("blend"), found.steps(TODAY, 8) - 1
    assert f"{expected.mean[at]:.1f}" in said
    assert f"{expected.low_80[at]:.1f} and {expected.high_80[at]:.1f} kg" in said
    score = found.score("blend", 4)
    assert f"{score['mae']:.2f} kg" in said
    assert f"{score['baseline_mae']:.2f} kg" in said
    assert trust.trust([found.score("blend", 8)]) in said


def test_pounds_and_miles_at_the_edge(frames):
    look = Look(today=TODAY, mass_unit="lb", distance_unit="mi")
    said = plain(content(view(frames, look=look)))
    found = plan.outlook(frames, "body_mass_kg", TODAY)
    mean = found.expected("blend").mean[found.steps(TODAY, 8) - 1]
    assert f"{mean / 0.45359237:.1f}" in said
    assert "Running, mi" in said
    assert page._chosen(view(frames, look=look, km="10"), found)[0] == pytest.approx(16093.44)


def test_a_plan_in_the_address_moves_the_picture(frames):
    usual = plain(content(view(frames, by="plan")))
    planned = plain(content(view(frames, km="0", min="0")))
    found = plan.outlook(frames, "body_mass_kg", TODAY)
    said, likes = found.planned(np.zeros(4), found.steps(TODAY, 8))
    assert f"{said.mean[found.steps(TODAY, 8) - 1]:.1f}" in planned
    assert f"{likes[0].monday.day} {likes[0].monday:%b} {likes[0].monday.year}" in planned
    assert usual != planned


@pytest.mark.parametrize(
    "choices", [{"h": "99"}, {"h": "x"}, {"km": "nan"}, {"km": "-1"}, {"load": "1e99"}, {"of": "mood"}, {"by": "?"}]
)
def test_an_address_of_nonsense_is_the_usual_page(frames, choices):
    assert plain(content(view(frames, **choices))).startswith("Forecast Weight")


def test_too_little_is_said_with_how_much_is_needed():
    few = readings(wandering(3, 7 * 12))
    said = plain(content(view(few, today=sunday(11) + timedelta(days=1))))
    assert "needs 26 weeks with a reading; there are 12" in said
    assert "Not tried on your past yet" in said
    assert "too few weeks with training" in said
    assert "no whole week of them yet" in plain(content(view(EMPTY)))


def test_how_far_to_trust_it_is_said_of_the_weeks_that_were_asked_for(frames):
    found = plan.outlook(frames, "body_mass_kg", TODAY)
    for weeks in (1, 12, 26):
        score = found.score("blend", weeks)
        said = plain(content(view(frames, h=str(weeks))))
        assert trust.trust([score]) in said
        assert f"{weeks} week{'s' if weeks > 1 else ''} on, {score['n']} past forecasts" in said
        assert f"{score['mae']:.2f} kg {score['baseline_mae']:.2f} kg" in said
        near = found.score("neighbours", weeks)
        assert f"{trust.skill_words(near['skill'])[1:-1]}, over {near['n']} past forecasts" in said


def doors(component) -> list[str]:
    """Where the links of a part of the page lead to."""
    if isinstance(component, (list, tuple)):
        return [each for part in component for each in doors(part)]
    own = [component.href] if getattr(component, "href", None) else []
    return own + (doors(component.children) if getattr(component, "children", None) is not None else [])


def test_how_it_did_leads_to_the_rows_it_was_measured_on(frames):
    asked, found = view(frames), plan.outlook(frames, "body_mass_kg", TODAY)
    found.work_out()
    weighed = "/rows?of=measurements&quantity=body_mass_kg"
    trusted = page.trusting.trust_card(asked, found, "body_mass_kg", "blend", 4)
    ranges = page.pasts.calibration_card(asked, found, "body_mass_kg", "blend", 4)
    every = page.beside.card(asked, found, "body_mass_kg", 4)
    assert (doors(trusted), doors(ranges), doors(every)) == ([weighed], [weighed], [weighed, weighed])
    score = found.score("blend", 4)
    held = f"held {round(100 * score['coverage_50'])} times in 100; 8 in 10, {round(100 * score['coverage_80'])}."
    assert f"Four weeks on, {score['n']} past forecasts: ranges meant to hold 5 times in 10 {held}" in plain(ranges)


def test_the_week_it_starts_from_is_named_as_it_is(frames):
    assert "The mean of the last whole week was" in plain(content(view(frames)))
    late = plain(content(view(frames, today=TODAY + timedelta(days=40))))
    assert "The mean of the last week with a reading was" in late
    assert "last whole week was" not in late


def test_stale_readings_are_said(frames):
    assert "The last whole week with a reading ended on" in plain(content(view(frames, today=TODAY + timedelta(days=40))))


def test_stravas_rows_stay_out_until_the_person_says_so(frames):
    through_api = replace(frames, activities=frames.activities.assign(source="strava_api"))
    store = Settings()
    without = plain(content(view(through_api, store)))
    assert "do not allow training a model" in without
    assert "Import your account’s export instead" in without
    assert "too few weeks with training" in without
    store.put_setting("me", plan.USE_API_SETTING, True)
    switched = plain(content(view(through_api, store)))
    assert "used for you alone" in switched
    assert "too few weeks with training" not in switched


def test_it_is_drawn_anew_when_the_switch_is_turned(frames):
    store = Settings()
    before = page.depends(view(frames, store))
    store.put_setting("me", plan.USE_API_SETTING, True)
    assert page.depends(view(frames, store)) != before


def test_the_fan_holds_the_values_it_is_given(frames):
    days = [TODAY + timedelta(days=7 * each) for each in (1, 2)]
    ahead = Ahead(
        since=TODAY, base=80.0, days=days, until=days[-1], mean=[80.5, 81.0], low_50=[80.2, 80.5], high_50=[80.8, 81.5],
        low_80=[79.8, 80.0], high_80=[81.2, 82.0],
    )  # fmt: skip
    figure = chart.draw("forecast.fan", frames.measurements, Look(today=TODAY), ahead=ahead)
    outer, inner, middle = (figure["data"][at]["y"] for at in (2, 3, 4))
    assert outer == [80.0, 81.2, 82.0, 80.0, 79.8, 80.0]
    assert inner == [80.0, 80.8, 81.5, 80.5, 80.2, 80.0]
    assert middle == [80.0, 80.5, 81.0]
    assert figure["data"][4]["line"]["dash"] == "dash"
    texts = [each["text"] for each in figure["layout"]["annotations"]]
    assert {"Today", "82.0", "80.0"} <= set(texts)
    assert "most likely 81.0" in figure["layout"]["meta"]["label"].replace("\u00a0", " ")
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 80.0
    assert high > 82.0


def test_an_empty_frame_is_a_sentence():
    assert chart.draw("forecast.fan", EMPTY.measurements, Look(today=date(2026, 1, 1)))["layout"]["meta"]["empty"]
