"""The forecast page's card on a day: how usual its training, protein and sleep were, and whether they tell the next week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from dashboard import cards, chart, rows, words
from dashboard.elements import Component, html
from dashboard.figures.forecast_day import off
from dashboard.memory import remembered
from dashboard.page import View
from dashboard.theme import Look
from forecast import plan
from forecast.week_ahead import WeekAhead, week_ahead
from health import day_score
from health.daily import daily, filled
from health.day_score import MEASURES, Mark

_BACK: Final = 14  # days to look back for one that tells something
_NAME: Final = "How usual the day was"
_WORDS: Final = {"good": "usual", "fair": "somewhat off", "warning": "far off"}
_ROWS: Final = {
    "volume_kg": "sets", "run_distance_m": "activities", "trained_s": "activities", "protein_g": "meals", "asleep_s": "sleeps",
}  # fmt: skip
_NOTE: Final = (
    "In standard deviations from your mean of the year before. Within one is usual; beyond two is worth a look, up or down. "
    "Training counts on the days that had some: a day of rest is no bad run."
)


def card(view: View) -> Component:
    """The card; of the last day that is over and tells something."""
    table = remembered(view.frames, "days of the score", lambda: day_score.table(view.frames))
    day, found = _newest(table, view.look.today)
    if day is None:
        told = f"It takes {day_score.LEAST_DAYS} days of training, protein or sleep within a year, and one of the last two weeks."
        way = cards.link("Add one, or drop a file", "/sources")
        return cards.card(_NAME, cards.empty(told, way_on=way), domain="next", moment="not yet")
    figure = chart.draw("forecast.day", view.frames.workouts, view.look, marks=tuple(found))
    picture = cards.graph("forecast.day", figure, height=250 if view.look.compact else 280)
    right = html.Div([_table(view, day, found), cards.note(_NOTE, class_name="mt-2")])
    inside = html.Div([html.Div(picture), right], className="d-grid gap-3" if view.look.compact else "fb-two")
    said = html.P(_sentence(found), className="mb-2")
    return cards.card(_NAME, said, inside, *_week(view), domain="next", moment=_when(day, view.look))


def _newest(table: pd.DataFrame, today: date) -> tuple[date | None, list[Mark]]:
    for back in range(1, _BACK + 1):
        day = today - timedelta(days=back)
        if found := day_score.marks(table, day):
            return day, found
    return None, []


def _when(day: date, look: Look) -> str:
    said = words.day(day, look)
    return f"yesterday, {said}" if day == look.today - timedelta(days=1) else said


def _sentence(found: list[Mark]) -> list[Any]:
    verdict = day_score.overall(found)
    if verdict == "good":
        many = "both" if len(found) == 2 else f"all {words.spelled(len(found))}"
        told = "what it tells lies" if len(found) == 1 else f"{many} measures lie"
        return [html.Strong("A usual day for you"), f": {told} within one standard deviation of your mean."]
    off = [each for each in found if each.verdict == verdict]
    named = " and ".join(f"{MEASURES[each.measure].lower()} {'more' if each.sigmas > 0 else 'less'} than usual" for each in off)
    head = html.Strong("Far from your usual" if verdict == "warning" else "Somewhat off your usual")
    return [head, f": {named}."]


def _table(view: View, day: date, found: list[Mark]) -> Component:
    keep = (0, 1, 3) if view.look.compact else (0, 1, 2, 3, 4)
    names = ("", "That day", "Your mean", "Off by", "")
    shown = [[row[at] for at in keep] for row in (_row(view, day, each) for each in found)]
    numeric = tuple(place for place, at in enumerate(keep) if at in (1, 2, 3))
    return cards.table([names[at] for at in keep], shown, numeric=numeric, label="The day’s measures")


def _row(view: View, day: date, each: Mark) -> list[Any]:
    of, name = _ROWS[each.measure], MEASURES[each.measure]
    linked = cards.link(name, f"/rows?of={of}&first={day}&last={day}") if of in rows.NAMES else name
    value, mean = (_amount(each.measure, amount, view.look) for amount in (each.value, each.mean))
    said = html.Strong(_WORDS[each.verdict]) if each.verdict == "warning" else _WORDS[each.verdict]
    return [linked, value, mean, off(each.sigmas), said]


def _amount(measure: str, value: float, look: Look) -> str:
    if measure == "volume_kg":
        return str(words.volume(value, look))
    if measure == "run_distance_m":
        return str(words.distance(value, look, 1))
    return f"{words.number(value)}{words.NBSP}g" if measure == "protein_g" else words.duration(value)


# -- the week that follows ----------------------------------------------------------------------------------------------------


def _week(view: View) -> list[Component]:
    """What a week like the last tells of the next: a chance where that was better than the base rate, else that it was not."""
    wanted = view.look.direction
    if wanted not in ("lose", "gain"):
        return []
    use_api = view.house.store.setting(view.house.person, plan.USE_API_SETTING) is True
    frames = view.frames

    def work_out() -> WeekAhead | None:
        days = day_score.table(frames, frames.activities if use_api else frames.trainable)
        weight = daily(frames.measurements, "body_mass_kg")
        return None if days.empty else week_ahead(days, weight[~filled(weight)], "lose" if wanted == "lose" else "gain")

    found = remembered(frames, ("week ahead", wanted, use_api), work_out)
    return [] if found is None else [cards.rule(cards.note(*_said(found, wanted)))]


def _said(found: WeekAhead, wanted: str) -> list[Any]:
    way = "down" if wanted == "lose" else "up"
    usual, tried = round(100 * found.base), words.count(found.n, "past day")
    if not found.beats_the_base_rate:
        return [
            f"Whether your weight goes {way} in the week that follows cannot be told from your training, protein and sleep: "
            f"tried on {tried}, that was no better than saying {usual} in 100, which is how often it does."
        ]
    nearer = round(100 * (1 - found.brier / found.base_brier))
    return [
        "After seven days like the last, your weight goes ",
        html.Strong(f"{way} in the week that follows {round(100 * found.chance)} times in 100"),
        f"; it does {usual} times in 100 anyway. Tried on {tried}, such chances were {nearer} % nearer than that. "
        "It is what went together, not what causes what.",
    ]
