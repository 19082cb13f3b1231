"""The forecast page's two cards on how it did: past forecasts beside what happened, and whether the ranges hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from dashboard import cards, chart, words
from dashboard.elements import Component, html
from dashboard.page import View
from forecast.past import Past, calibration, past
from forecast.plan import Outlook

_LISTED: Final = 4


def past_card(view: View, found: Outlook, target: str, name: str, weeks: int) -> Component:
    """What model `name` had said so many weeks ahead, beside what came, and the newest of them with their rows."""
    look, each = view.look, past(found, name, weeks)
    title = f"Said {words.spelled(weeks)} {'week' if weeks == 1 else 'weeks'} before, and what came"
    figure = chart.draw("forecast.past", view.frames.measurements, look, quantity=target, past=each)
    picture = cards.graph("forecast.past", figure, height=240 if look.compact else 280)
    if not len(each.came):
        return cards.card(title, picture, domain="next", w=8)
    held, all_of = int(each.held.sum()), len(each.came)
    lines = [html.Strong(f"{words.number(held)} of {words.count(all_of, 'past forecast')}"), " held within their 80 % range. "]
    key = cards.note("Solid: what the weeks came to. Dashes and band: what had been said of them. Rings: outside.")
    rows = cards.rows_link("measurements", quantity=target)
    return cards.card(
        title, html.P([*lines], className="mb-1"), key, picture, _newest(view, each, target), domain="next", w=8, moment=rows
    )


def _newest(view: View, each: Past, target: str) -> Component:
    look = view.look
    keep = (1, 2, 3) if look.compact else (0, 1, 2, 3)
    names = ("Said on", "Week to", "Range", "Came")
    rows = [_row(view, each, target, len(each.came) - 1 - back) for back in range(min(_LISTED, len(each.came)))]
    shown = [[row[at] for at in keep] for row in rows]
    numeric = tuple(place for place, at in enumerate(keep) if at in (2, 3))
    return cards.table([names[at] for at in keep], shown, numeric=numeric, label="The newest forecasts that came of age")


def _row(view: View, each: Past, target: str, at: int) -> list[Any]:
    low, high = (each.said[at] + sign * each.radius_80[at] for sign in (-1, 1))
    ends = [words.quantity(target, float(value), view.look).number for value in (low, high)]
    came = words.quantity(target, float(each.came[at]), view.look)
    said = html.Strong(str(came)) if each.held[at] else html.Span([html.Strong(str(came)), " outside"])
    week = each.week[at]
    query = {"of": "measurements", "quantity": target, "first": str(week - timedelta(days=6)), "last": str(week)}
    rows = cards.link(words.day(week, view.look), f"/rows?{urlencode(query)}")
    return [words.day(each.made[at], view.look), rows, f"{ends[0]} to {ends[1]}", said]


def calibration_card(view: View, found: Outlook, target: str, name: str, weeks: int) -> Component:
    """Whether ranges that are meant to hold so many times in 100 did."""
    look, each = view.look, past(found, name, weeks)
    figure = chart.draw("forecast.calibration", view.frames.measurements, look, held=calibration(each))
    picture = cards.graph("forecast.calibration", figure, height=240 if look.compact else 300)
    if not len(each.came):
        return cards.card("Do the ranges hold?", picture, domain="next", w=4)
    held = calibration(each)
    ahead = f"{words.spelled(weeks).capitalize()} {'week' if weeks == 1 else 'weeks'} on"
    over = words.count(len(each.came), "past forecast")
    half, most = _of_100(held[50]), _of_100(held[80])
    said = f"{ahead}, {over}: ranges meant to hold 5 times in 10 held {half} times in 100; 8 in 10, {most}."
    why = cards.note("On the dotted line they hold as often as they say. Below it they are too narrow.", class_name="mt-2")
    moment = cards.rows_link("measurements", quantity=target)
    return cards.card("Do the ranges hold?", html.P(said, className="mb-1"), picture, why, domain="next", w=4, moment=moment)


def _of_100(share: float) -> int:
    return round(100 * share)
