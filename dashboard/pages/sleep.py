"""Sleep: how long, when, how regularly, and what the nights were made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Final

import pandas as pd

from dashboard import cards, chart, spans, words
from dashboard.elements import Component, html
from dashboard.figures.sleep import clock, nights, slept_h
from dashboard.page import Page, View
from dashboard.words import Amount
from health import sleep

PAGE = Page(path="/sleep", name="Sleep", icon="sleep", domain="sleep", order=45)
_WEEK: Final = pd.Timedelta(days=7)
_BESIDE: Final = ("sleep.times", "sleep.stages")


def depends(_view: View) -> None:
    """Nothing besides the frames and the address."""


def content(view: View) -> Component:
    """The page."""
    frame = view.frames.sleeps
    if frame.empty:
        said = "No night is known yet. Withings tells them by itself; Apple Health's, Fitbit's and Withings' exports hold them."
        return html.Div([cards.head("Sleep"), cards.grid(cards.card("Sleep", cards.empty(said, way_on=_way()), domain="sleep"))])
    newest = nights(frame).index[-1].date()
    default = spans.usual(view, newest)
    first, last = spans.days(view, default)
    chosen = {"first": first, "last": last}
    limits = {name: str(day or "") for name, day in chosen.items()}
    rows = cards.rows_link("sleeps", **limits)
    hours = chart.draw("sleep.hours", frame, view.look, **chosen)
    height = 280 if view.look.compact else 320
    pictures = [
        *cards.abreast(*_small(view)),
        cards.card("Hours asleep", cards.graph("sleep.hours", hours, height=height), domain="sleep", moment=rows),
        *(_picture(view, name, w, chosen) for name, w in zip(_BESIDE, (7, 5), strict=True)),
    ]
    return html.Div([cards.head("Sleep", spans.segments(view, default)), cards.grid(*pictures)])


def _way() -> Component:
    return cards.link("Connect a source or drop an export", "/sources")


def _picture(view: View, name: str, w: int, chosen: Mapping[str, date | None]) -> Component:
    figure = chart.draw(name, view.frames.sleeps, view.look, **chosen)
    return cards.card(chart.charts()[name].title, cards.graph(name, figure, height=260), domain="sleep", w=w)


def _small(view: View) -> list[Component]:
    """The last night, the week, how regular the month was, and the heart at night; what nobody measured has no card."""
    table = nights(view.frames.sleeps)
    every, said = slept_h(table)
    month = table[table.index > table.index[-1] - 4 * _WEEK]
    made = [_last(view, table), _week(every, said), _regular(month), _pulse(table)]
    return [each for each in made if each is not None]


def _last(view: View, table: pd.DataFrame) -> Component | None:
    known = table.dropna(subset=["in_bed_s"])
    if known.empty:
        return None
    night = known.iloc[-1]
    asleep = float(night["asleep_s"])
    amount = Amount(words.duration(asleep if math.isfinite(asleep) else float(night["in_bed_s"])))
    bed, rise, score = (float(night[each]) for each in ("bed_h", "rise_h", "score"))
    told = f"{clock(bed)} to {clock(rise)}" if math.isfinite(bed) else "from when to when is not known"
    told += f" · score {words.number(score)}" if math.isfinite(score) else ""
    moment = words.day_near(known.index[-1].date(), view.look)
    return cards.small_card("Last night", amount, cards.note(told), moment=moment, domain="sleep")


def _week(every: pd.Series, said: str) -> Component | None:
    week = every[every.index > every.index[-1] - _WEEK] if len(every) else every
    if week.empty:
        return None
    before = every[
        (every.index <= every.index[-1] - pd.Timedelta(days=7)) & (every.index > every.index[-1] - pd.Timedelta(days=35))
    ]
    mean = float(week.mean()) * 3600
    told = f"{said}, mean of {words.count(len(week), 'night')}"
    if len(before) >= 7:
        told = f"{said}; {words.duration(float(before.mean()) * 3600)} in the four weeks before"
    return cards.small_card("7-day mean", Amount(words.duration(mean)), cards.note(told), domain="sleep")


def _regular(month: pd.DataFrame) -> Component | None:
    wander = sleep.regularity_s(month)
    if not math.isfinite(wander):
        return None
    told = "how far bed and rise times wander in four weeks"
    return cards.small_card("Regularity", Amount(f"±{words.NBSP}{words.duration(wander)}"), cards.note(told), domain="sleep")


def _pulse(table: pd.DataFrame) -> Component | None:
    known = table["mean_heart_rate_bpm"].dropna()
    if known.empty:
        return None
    week = known[known.index > known.index[-1] - _WEEK]
    lowest = table["min_heart_rate_bpm"].reindex(week.index).dropna()
    told = f"mean of the week's nights{f', lowest {words.number(float(lowest.min()))}' if len(lowest) else ''}"
    return cards.small_card("Heart at night", Amount(words.number(float(week.mean())), "bpm"), cards.note(told), domain="sleep")
