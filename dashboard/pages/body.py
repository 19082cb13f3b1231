"""Body: one quantity over a span of time, how its weeks went, and the others beside it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Final

import pandas as pd

from dashboard import cards, chart, controls, spans, words
from dashboard.elements import Component, html
from dashboard.figures.body import daily, drawn_line, usual
from dashboard.memory import remembered
from dashboard.page import Page, View
from dashboard.tables import between, by_day
from dashboard.theme import Look
from dashboard.words import Amount
from health import body, weeks
from health.quantities import QUANTITIES

PAGE = Page(path="/body", name="Body", icon="body", domain="body", order=20)

SPANS: Final[dict[str, tuple[str, int | None]]] = {
    "1m": ("1 M", 31), "3m": ("3 M", 92), "6m": ("6 M", 183), "1y": ("1 Y", 365), "5y": ("5 Y", 1826), "all": ("All", None),
}  # fmt: skip
_IN: Final = {
    "1m": "in a month",
    "3m": "in 3 months",
    "6m": "in 6 months",
    "1y": "in 12 months",
    "5y": "in 5 years",
    "all": "in all",
}
# Shown first and side by side; whatever else was ever read is in the list beside them.
_FIRST: Final = ("body_mass_kg", "fat_ratio", "muscle_mass_kg", "water_mass_kg", "bone_mass_kg")
_SHORT: Final = {"muscle_mass_kg": "Muscle", "bone_mass_kg": "Bone", "water_mass_kg": "Water"}
_SPARK_DAYS: Final = 90


def depends(_view: View) -> None:
    """Nothing besides the frames and the address."""


def content(view: View) -> Component:
    """The page."""
    present = quantities(view)
    if not present:
        return html.Div([cards.head("Body"), _nothing()])
    quantity = view.choice("of", present, present[0])
    title = cards.head("Body", _choices(view, present, quantity))
    pictures = [
        cards.drawn("Trend", lambda: _trend(view, quantity), domain="body"),
        *cards.abreast(
            *(cards.drawn(each, partial(_small, view, each), domain="body") for each in _others(view, present, quantity))
        ),
        cards.drawn("Change from week to week", lambda: _weekly(view, quantity), w=7, domain="body"),
        cards.drawn("What kind of weeks they were", lambda: _kinds(view), w=5, domain="body"),
    ]
    return html.Div([title, cards.grid(*pictures)])


def quantities(view: View) -> list[str]:
    """What was ever read (or follows from it), the well-known first. Height is a fact, not a curve."""
    frame = view.frames.measurements
    known = remembered(frame, "quantities", lambda: {key for key in QUANTITIES if not daily(frame, key).empty}) - {"height_m"}
    return [key for key in dict.fromkeys((*_FIRST, *QUANTITIES)) if key in known]


def _nothing() -> Component:
    said = "Nothing has been weighed yet. A scale, a file or your own entry fills this page."
    ways = html.Span([cards.link("Connect a scale", "/sources"), " or ", cards.link("log a weigh-in", "/log")])
    return cards.grid(cards.card("Weight", cards.empty(said, way_on=ways, height=320), domain="body", moment="no readings yet"))


def _choices(view: View, present: list[str], quantity: str) -> Component:
    near = [each for each in _FIRST if each in present] or present[:5]
    options = [(each, _SHORT.get(each, QUANTITIES[each].name)) for each in near]
    several = len(options) > 1
    parts: list[Component] = [controls.segments(view, "of", options, quantity, label="What is shown")] if several else []
    others = {each: QUANTITIES[each].name for each in present if each not in near}
    if others:
        chosen = quantity if quantity in others else None
        parts.append(controls.choice("of", others, chosen, label="More"))
    return html.Div(parts, className="fb-controls")


# -- the trend ----------------------------------------------------------------------------------------------------------------


def period(view: View, span: str) -> tuple[date | None, date | None, str]:
    """First and last day shown and the words for them; None is open. A date range in the address goes before the span."""
    first, last = spans.day(view.choices.get("first")), spans.day(view.choices.get("last"))
    if first or last:
        return first, last, "in this time"
    days = SPANS[span][1]
    return (None if days is None else view.look.today - timedelta(days=days)), None, _IN[span]


def _trend(view: View, quantity: str) -> Component:
    look, frame = view.look, view.frames.measurements
    values = daily(frame, quantity)
    newest = values.index[-1].date() if len(values) else look.today
    span = view.choice("span", SPANS, spans.usual(view, newest))
    first, last, said = period(view, span)
    if first is last is None and spans.usual(view, newest) == "all":
        last = newest  # years without a reading up to today would be most of the picture
    figure = chart.draw("body.trend", frame, look, quantity=quantity, first=first, last=last)
    name = QUANTITIES[quantity].name
    limits = {"quantity": quantity, "first": str(first or ""), "last": str(last or "")}
    options = [(value, text) for value, (text, _) in SPANS.items()]
    chosen = "" if view.choices.get("first") or view.choices.get("last") else span
    presets = controls.segments(view, "span", options, chosen, label="How far back", drops=("first", "last"))
    pick = html.Div([presets, controls.day_range(view, label="Days")], className="fb-periods")
    top = html.Div([_now(frame, quantity, look, first, last, said), pick], className="fb-between mb-2")
    height = 300 if look.compact else 360
    missing = figure["layout"]["meta"].get("empty")
    everything = cards.link("Show all time", controls.address(view, span="all", first=None, last=None))
    drawn = cards.graph("body.trend", figure, height=height, zoom=look.today)
    plot = cards.empty(missing, way_on=everything, height=height) if missing else drawn
    return cards.card(
        name, top, plot, _strip(frame, quantity, look, first, last), domain="body", moment=cards.rows_link("measurements", **limits)
    )


def _now(frame: pd.DataFrame, quantity: str, look: Look, first: date | None, last: date | None, said: str) -> Component:
    """The mean at the end of the span, how far it moved in it, and what it is made from."""
    along, line = by_day(remembered(frame, ("mean", quantity), lambda: drawn_line(frame, quantity).dropna()))
    inside = between(along, first, last)
    if inside.start >= inside.stop:
        return html.Div(cards.note("No readings in this time."))
    then, now, begun = float(line[inside][0]), float(line[inside][-1]), along[inside][0].item()
    value = cards.big(words.quantity(quantity, now, look))
    change = words.quantity_change(quantity, now - then, look)
    since = said if first is None or (begun - first).days <= 15 else f"since {words.day(begun, look)}"
    moved = html.Span([cards.delta(change), html.Span(f" {since}", className="fb-note")]) if len(line[inside]) > 1 else None
    days, _ = by_day(daily(frame, quantity))
    n = len(days[between(days, first, last)])
    lead = html.Div([each for each in (value, moved) if each is not None], className="fb-lead")
    return html.Div(
        [
            lead,
            cards.note(f"7-day mean of {words.count(n, 'day')} with readings.{_to_goal(quantity, now, look)}", class_name="mt-2"),
        ]
    )


def _to_goal(quantity: str, now: float, look: Look) -> str:
    if quantity != "body_mass_kg" or look.goal_kg is None:
        return ""
    left = abs(now - look.goal_kg)
    goal = words.shortest(words.mass_in(look.goal_kg, look))
    return f" {words.mass(left, look)} to your goal of {goal}."


def _strip(frame: pd.DataFrame, quantity: str, look: Look, first: date | None, last: date | None) -> Component | None:
    """All there is, a mean a week, with a window over what is shown above."""
    means = remembered(frame, ("weekly", quantity), lambda: weeks.mean_of_days(usual(frame, quantity))["mean"])
    if len(means) < 60 or first is None:
        return None
    begins, ends, line = remembered(frame, ("strip", quantity), lambda: _strip_line(means))
    reach = (ends - begins).days
    before, after = (first - begins).days / reach, (ends - (last or look.today)).days / reach
    style = {"--from": f"{min(max(before, 0), 0.98):.1%}", "--to": f"{min(max(after, 0), 0.98):.1%}"}
    window = html.Div(className="fb-window", style=style)
    years = reach / 365.25
    named = words.count(round(years), "year") if years >= 1.5 else "Everything"
    told = html.Div([html.Span(named), html.Span(f"{begins.year} to {ends.year}, weekly")], className="fb-apart fb-note")
    return cards.rule(told, html.Div([line, window], className="fb-strip", **{"aria-hidden": "true"}))


def _strip_line(means: pd.Series) -> tuple[date, date, Component | None]:
    every = means.reindex(pd.date_range(means.index[0], means.index[-1], freq="7D"))
    return every.index[0].date(), every.index[-1].date(), cards.spark(every.tolist(), width=1000, gaps=True)


# -- the others ---------------------------------------------------------------------------------------------------------------


def _others(view: View, present: list[str], quantity: str) -> list[str]:
    """Four to stand beside: the well-known ones that are not shown above, BMI where the height is known or there is room to ask."""
    others = [each for each in present if each != quantity and (each in _FIRST or each in ("lean_mass_kg", "heart_rate_bpm"))]
    if "body_mass_kg" in present and (_height(view) or len(others) < 4):
        others.insert(min(3, len(others)), "bmi")
    return others[:4]


def _height(view: View) -> float | None:
    """The person's height in metres: what they said, else what was measured last."""
    return view.look.height_m or body.height_m(view.frames.measurements)


def _small(view: View, key: str) -> Component:
    return remembered(view.frames.measurements, ("small", key, view.look), lambda: _small_card(view, key))


def _small_card(view: View, key: str) -> Component:
    frame, look, height = view.frames.measurements, view.look, _height(view)
    if key == "bmi" and height is None:
        ask = cards.link("Say your height", "/settings#height")
        return cards.small_card("BMI", Amount(words.NONE), cards.note("It needs your height. ", ask), domain="body")
    quantity = "body_mass_kg" if key == "bmi" else key
    values = daily(frame, quantity)
    change = remembered(frame, ("changes", quantity, look.today), lambda: body.changes(values, look.today))["month"]
    _, line = by_day(remembered(frame, ("mean", quantity), lambda: drawn_line(frame, quantity).dropna()))
    last = float(line[-1])
    if key == "bmi" and height is not None:
        name, amount, moment = "BMI", Amount(words.number(last / height**2, 1)), f"at {words.height(height, look)}"
        moved = None if change is None else _bmi_change(change.difference / height**2, look)
    else:
        name, amount = _SHORT.get(key, QUANTITIES[key].name), words.quantity(key, last, look)
        moment = words.age((look.today - values.index[-1].date()).days)
        moved = None if change is None else words.quantity_change(key, change.difference, look)
    said = "No reading of a month ago to compare with." if moved is None else None
    below = cards.note(said) if moved is None else html.Div([cards.delta(moved), html.Span(" in 30 days", className="fb-note")])
    return cards.small_card(name, amount, below, moment=moment, spark=spark(frame, quantity, look.today), domain="body")


def _bmi_change(value: float, look: Look) -> words.Change:
    return words.change(Amount(words.number(abs(value), 1)), value, words.wanted("bmi", look))


def spark(
    measurements: pd.DataFrame, quantity: str, today: date, days: int = _SPARK_DAYS, *, readings: bool = False
) -> Component | None:
    """The last days of a quantity's mean as a sparkline, with the readings behind it where they are wanted."""

    def make() -> Component | None:
        every = pd.date_range(pd.Timestamp(today) - pd.Timedelta(days=days - 1), pd.Timestamp(today), freq="D")
        recent = drawn_line(measurements, quantity).dropna().reindex(every)
        # Days between readings are bridged up to the gap that breaks a line.
        drawn = recent.interpolate(limit=body.GAP_DAYS - 1, limit_area="inside")
        behind = daily(measurements, quantity).reindex(every).tolist() if readings else []
        return cards.spark(drawn.tolist(), points=behind)

    return remembered(measurements, ("spark", quantity, today, days, readings), make)


def _weekly(view: View, quantity: str) -> Component:
    figure = chart.draw("body.weekly", view.frames.measurements, view.look, quantity=quantity)
    judged = words.wanted(quantity, view.look)
    ask = None if judged or quantity != "body_mass_kg" else cards.link("Say which way you want to go", "/settings")
    toward = "your goal" if quantity in ("body_mass_kg", "fat_ratio", "fat_mass_kg") else "better"
    said = (
        f"Filled bars moved toward {toward}, hollow ones away from it."
        if judged
        else "The mean of each week against the week before."
    )
    plot = cards.graph("body.weekly", figure, height=320)
    return cards.card(
        "Change from week to week",
        cards.note(said, *(() if ask is None else (" ", ask, "."))),
        plot,
        w=7,
        domain="body",
        moment=_weeks_said(figure),
    )


def _kinds(view: View) -> Component:
    figure = chart.draw("body.kinds", view.frames.measurements, view.look)
    empty = figure["layout"]["meta"].get("empty")
    said = None if empty else cards.note("Each dot is a week. The four blue ones are the latest.")
    return cards.card(
        "What kind of weeks they were",
        said,
        cards.graph("body.kinds", figure, height=320),
        w=5,
        domain="body",
        moment=None if empty else _weeks_said(figure),
    )


def _weeks_said(figure: chart.Figure) -> str:
    return str(figure["layout"]["meta"].get("weeks", "26 weeks"))
