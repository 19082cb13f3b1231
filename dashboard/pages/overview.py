"""Overview: the news in a sentence, then the last of everything."""

from __future__ import annotations

import math
from collections.abc import Hashable
from datetime import timedelta
from typing import Final

import pandas as pd
from dash import Dash

from dashboard import ahead, cards, silent, words
from dashboard.cards import Part
from dashboard.elements import Component, html
from dashboard.figures.body import daily, drawn_line
from dashboard.lately import last_run_card, last_session_card
from dashboard.memory import remembered
from dashboard.page import House, Page, View
from dashboard.pages.body import spark
from dashboard.standing import sources_card
from dashboard.tables import by_day
from dashboard.words import Amount
from health import body, weeks
from health.days import week_start
from health.quantities import QUANTITIES

PAGE = Page(path="/", name="Overview", icon="overview", order=10)
_SINCE: Final[dict[body.Span, str]] = {"week": "since last week", "month": "since last month", "year": "since last year"}


def depends(view: View) -> Hashable:
    """How fresh the sources are, in minutes, and whether the forecast is worked out, besides the frames and the address."""
    states = view.house.store.sync_states(view.house.person)
    minute = int(view.now.timestamp() // 60) if states else 0
    return minute, ahead.ready(view), silent.depends(view), tuple((each.source, each.state, each.last_success) for each in states)


def register(app: Dash, house: House) -> None:
    """The forecast's card comes when it is worked out, without the page waiting; a line on a silent source can be dismissed."""
    ahead.register(app, house)
    silent.register(app, house)


def content(view: View) -> Component:
    """The page."""
    title, pictures = remembered(view.frames, ("overview", view.look), lambda: _of_records(view))
    pictures = [
        *pictures,
        cards.drawn("Forecast", lambda: ahead.card(view), w=7, domain="next"),
        cards.drawn("Sources", lambda: sources_card(view), w=5),
    ]
    return html.Div([title, silent.line(view), cards.grid(*pictures)])


def _of_records(view: View) -> tuple[Component, list[Component]]:
    """The head and the cards that show nothing but records: they stay when a source was read or the forecast is worked out."""
    title = cards.drawn("News", lambda: cards.head(news(view), eyebrow=words.day_long(view.look.today)))
    return title, [
        cards.drawn("Weight", lambda: _quantity(view, "body_mass_kg"), w=6, domain="body"),
        cards.drawn("Body fat", lambda: _quantity(view, "fat_ratio"), w=6, domain="body"),
        cards.drawn("Last run", lambda: last_run_card(view), w=5, domain="run"),
        cards.drawn("Last strength session", lambda: last_session_card(view), w=7, domain="lift"),
        cards.drawn("This week", lambda: _week(view)),
    ]


# -- the news -----------------------------------------------------------------------------------------------------------------


def news(view: View) -> str:
    """What is new, in one sentence; no praise."""
    if view.frames.empty:
        return "Nothing is in your ledger yet."
    change = _changes(view, "body_mass_kg")["week"]
    trained = _trained(view)
    often = "" if trained is None else "you have not trained yet" if not trained else f"you trained {words.times(trained)}"
    if change is None:
        return f"{often[:1].upper()}{often[1:]} this week." if often else "Nothing new this week."
    moved = words.quantity_change("body_mass_kg", change.difference, view.look)
    weight = "Your weight is the same as last week" if moved.way == "none" else f"Your weight is {moved.prose} this week"
    return f"{weight}, {'and' if trained else 'but'} {often}." if often else f"{weight}."


def _trained(view: View) -> int | None:
    """How often this person trained in this week so far; None where they never did."""
    if view.frames.activities.empty and view.frames.workouts.empty:
        return None
    counts = [_compare(view, column).this_week for column in ("activities", "sessions")]
    return int(sum(each for each in counts if not math.isnan(each)))


def _changes(view: View, quantity: str) -> dict[body.Span, body.Change | None]:
    frame, today = view.frames.measurements, view.look.today
    return remembered(frame, ("changes", quantity, today), lambda: body.changes(daily(frame, quantity), today))


# -- weight and fat -----------------------------------------------------------------------------------------------------------


def _quantity(view: View, quantity: str) -> Component:
    frame, look, name = view.frames.measurements, view.look, QUANTITIES[quantity].name
    values = daily(frame, quantity)
    if values.empty:
        return _no_quantity(name)
    read = remembered(frame, ("last read", quantity), lambda: _last_read(frame, quantity))
    value = float(values.iloc[-1]) if read is None else float(read[quantity])
    _, line = by_day(remembered(frame, ("mean", quantity), lambda: drawn_line(frame, quantity).dropna()))
    old = (look.today - values.index[-1].date()).days
    stale = old > body.GAP_DAYS
    said = "" if read is None else words.moment(read["at"].to_pydatetime(), read["zone"], look, read["precision"])
    moment: Part = html.Span(words.age(old), className="fb-delta away fb-note") if stale else said
    few = len(values) < 2
    mean = f"7-day mean {words.quantity(quantity, float(line[-1]), look)}" if len(line) and not few else ""
    number = html.Div([cards.big(words.quantity(quantity, value, look)), cards.note(mean, class_name="mt-2")])
    picture = spark(frame, quantity, look.today, readings=True)
    top = html.Div([number, *([picture] if picture is not None else [])], className="fb-figure")
    return cards.card(name, top, _moves(view, quantity, stale, few), w=6, domain="body", moment=moment, stale=stale)


def _last_read(frame: pd.DataFrame, quantity: str) -> pd.Series | None:
    return frame[frame[quantity].notna()].iloc[-1] if quantity in frame else None


def _moves(view: View, quantity: str, stale: bool, few: bool) -> Component:
    if stale:
        on = cards.link("Log a weigh-in", "/log")
        return cards.rule(on, " or ", cards.link("look at your sources", "/sources"), " to go on.")
    if few:
        return cards.rule(cards.note("First reading. Changes appear after a week."))
    parts: list[Part] = [
        cards.change_part(words.quantity_change(quantity, change.difference, view.look), _SINCE[span])
        for span, change in _changes(view, quantity).items()
        if change is not None
    ]
    if not parts:
        return cards.rule(cards.note("Changes appear once there are readings a week apart."))
    return cards.parts(*parts, rule=True)


def _no_quantity(name: str) -> Component:
    said = "A scale that measures it, a file or your own entry brings it here."
    way_on = cards.link("Connect a source", "/sources")
    return cards.card(
        name, cards.empty(f"No {name.lower()} yet. {said}", way_on=way_on), w=6, domain="body", moment="no readings yet"
    )


# -- this week ----------------------------------------------------------------------------------------------------------------


def _compare(view: View, column: str) -> weeks.Comparison:
    look, frames = view.look, view.frames
    table = remembered(
        frames, ("weeks", look.today, look.first_weekday), lambda: weeks.table(frames, look.today, look.first_weekday)
    )
    key = ("compared", column, look.today, look.first_weekday)
    return remembered(table, key, lambda: weeks.compare(table, column, look.today, look.first_weekday))


def _week(view: View) -> Component:
    look = view.look
    start = week_start(look.today, look.first_weekday)
    moment = words.span(start, start + timedelta(days=6))
    rows = [each for each in _week_rows(view) if each is not None]
    if not rows:
        said = "Runs and lifting sessions of this week are compared here with last week and with your usual one."
        if not (view.frames.activities.empty and view.frames.workouts.empty):
            said = "No training this week, nor in the four weeks before it."
        return cards.card(
            "This week", cards.empty(said, way_on=cards.link("Bring some in", "/sources")), icon_name="overview", moment=moment
        )
    note = cards.note("The mark on each bar is your usual week: the mean of the last four.", class_name="mt-3")
    shape = _week_list(rows) if look.compact else _week_table(rows)
    return cards.card("This week", shape, note, icon_name="overview", moment=moment)


WeekRow = tuple[str, str, str, str, Component]


def _week_rows(view: View) -> list[WeekRow | None]:
    look = view.look
    frame = view.frames.activities
    runs = not frame.empty and bool((frame["sport"] == "run").any())
    far, long = ("run_distance_m", "run_moving_s") if runs else ("distance_m", "moving_s")
    return [
        _week_row(view, "Running" if runs else "Distance", far, "run", lambda value: words.distance(value, look, 1)),
        _week_row(view, "Time running" if runs else "Time moving", long, "run", lambda value: Amount(words.duration(value))),
        _week_row(view, "Lifting sessions", "sessions", "lift", lambda value: Amount(words.shortest(value))),
        _week_row(view, "Weight lifted", "volume_kg", "lift", lambda value: words.volume(value, look)),
    ]


def _week_row(view: View, name: str, column: str, domain: str, said: cards.Said) -> WeekRow | None:
    found = _compare(view, column)
    known = [each for each in (found.this_week, found.last_week, found.usual) if not math.isnan(each)]
    if math.isnan(found.this_week) or not any(known):
        return None
    full = max(known) * 1.3
    mark = None if math.isnan(found.usual) else found.usual / full
    bar = html.Div(cards.bar(found.this_week / full, mark), className=f"dom-{domain}")
    texts = [words.NONE if math.isnan(each) else str(said(each)) for each in (found.this_week, found.last_week, found.usual)]
    return name, texts[0], texts[1], texts[2], bar


def _week_table(rows: list[WeekRow]) -> Component:
    cells = [
        (
            name,
            html.Span(now, className="fb-strong"),
            bar,
            html.Span(last, className="fb-quiet"),
            html.Span(usual, className="fb-quiet"),
        )
        for name, now, last, usual, bar in rows
    ]
    head = ("", "This week", "", "Last week", "Usual week")
    return html.Div(cards.table(head, cells, numeric=(1, 3, 4), label="This week compared"), className="fb-week")


def _week_list(rows: list[WeekRow]) -> Component:
    def one(row: WeekRow) -> Component:
        name, now, last, usual, bar = row
        top = html.Div([html.Span(name), html.Span(now, className="fb-strong fb-num")], className="fb-apart")
        return html.Li([top, bar, cards.note(f"{last} last week, usually {usual}")], className="fb-weekitem")

    return html.Ul([one(row) for row in rows], className="fb-plain")
