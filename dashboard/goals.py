"""The forecast page's two cards on a target: when the goal is reached as things go, and what a target and a day ask for."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any, Final

from dashboard import cards, controls, words
from dashboard.elements import Component, dbc, html
from dashboard.memory import remembered
from dashboard.page import View
from dashboard.theme import Look
from dashboard.trusting import start
from forecast import goal
from forecast.backwards import Backwards, Span, backwards, own_weeks
from forecast.goal import Reach
from forecast.plan import Expected, Outlook
from health.quantities import QUANTITIES

WEEKS: Final = (4, 8, 12, 26)
_WORDS: Final[dict[goal.Verdict, str]] = {
    "there": "reached", "likely": "likely", "even": "more likely than not", "possible": "possible, not likely",
    "no": "not in reach at this rate",
}  # fmt: skip
_USUAL_WEEKS, _MOST_WEEKS = 12, 104
_LISTED = 5


# -- when the goal is reached -------------------------------------------------------------------------------------------------


def reached(found: Outlook, said: Expected, look: Look) -> Reach | None:
    """When the person's goal is reached going by `said`; None without a goal."""
    if look.goal_kg is None:
        return None
    now = float(found.table.base[-1])
    down = goal.falls(look.goal_kg, now, look.direction)
    radii = ((said.high_50 - said.low_50) / 2, (said.high_80 - said.low_80) / 2)
    return goal.reach(look.goal_kg, now, said.mean, *radii, down=down)


def goal_card(view: View, found: Outlook, said: Expected) -> Component:
    """When, and how likely, going by the default's fan `said`. Raises ValueError where no goal was set."""
    look, when = view.look, reached(found, said, view.look)
    if when is None or look.goal_kg is None:
        raise ValueError("there is no goal")
    name = f"Your goal of {words.shortest(words.mass_in(look.goal_kg, look))}{words.NBSP}{look.mass_unit}"
    rows = cards.rows_link("measurements", quantity="body_mass_kg")
    if when.there:
        now = words.mass(float(found.table.base[-1]), look)
        inside = [html.P([f"The mean of {start(found)} was ", html.Strong(str(now)), ": you are there."], className="mb-0")]
        return cards.card(name, *inside, domain="next", w=5, moment=rows)
    columns = ("By the week to", "Chance")
    steps = [found.steps(look.today, weeks) for weeks in WEEKS]
    table = cards.table(
        columns,
        [[words.day(found.day(step), look), _chance(when.by(step))] for step in steps],
        numeric=(1,),
        label="Chances by week",
    )
    note = cards.note("The chance that a week’s mean is there, at least; read off the fan of the best guess.", class_name="mt-2")
    return cards.card(name, html.P(_when(found, when, look)), table, note, domain="next", w=5, moment=rows)


def _when(found: Outlook, when: Reach, look: Look) -> list[Any]:
    """In words: how likely within half a year, and the range of weeks."""
    chance = when.by(len(when.chance))
    verdict = html.Strong(f"{_WORDS[goal.said_of(chance)].capitalize()}.")
    if when.early is None:
        return [verdict, " As things go, the chance of a week there stays below 1 in 10 for half a year."]
    first = words.day(found.day(when.early), look)
    if when.late is not None:
        last = words.day(found.day(when.late), look)
        span = f" 8 times in 10 it comes between the weeks to {first} and {last}"
    else:
        span = f" From the week to {first} on there is a chance of 1 in 10 or more; it is not sure within half a year"
    middle = f", most likely around the week to {words.day(found.day(when.middle), look)}." if when.middle else "."
    return [verdict, span + middle]


def _chance(value: float) -> str:
    """`12 in 100`; the ends without false certainty."""
    of_100 = round(100 * value)
    return f"under 1{words.NBSP}in{words.NBSP}100" if of_100 < 1 else f"{min(of_100, 99)}{words.NBSP}in{words.NBSP}100"


# -- backwards ----------------------------------------------------------------------------------------------------------------


def backwards_card(view: View, found: Outlook, target: str, w: int) -> Component:
    """A target and a day of the address (`to`, `until`): what change a week they ask for, and how often that happened."""
    look = view.look
    wanted, day = _wanted(view, found, target), _until(view)
    weeks = max(math.ceil((day - found.week_end).days / 7), 1)
    table, measurements = found.table, view.frames.measurements
    span = (target, table.start, len(table))
    means, odd = remembered(measurements, ("own weeks", *span), lambda: own_weeks(measurements, *span))
    asked = backwards(means, table.start, float(table.base[-1]), wanted, weeks)
    fields = html.Div([_target_field(found, target, wanted, look), _day_field(day, look)], className="fb-parts mb-3")
    said: list[Any] = [html.P(_needs(asked, target, look)), html.P(_how_often(asked, target, look), className="mb-2")]
    if asked.occasions:
        said.append(_occasions(asked, target, look))
    said.append(cards.note("That it happened before does not say why, or that it was good for you.", class_name="mt-2"))
    if odd:
        lie = "day that lies far from those around it is" if odd == 1 else "days that lie far from those around them are"
        said.append(cards.note(f"{words.number(odd)} {lie} left out."))
    return cards.card("What a target asks for", fields, *said, domain="next", w=w, moment="backwards")


def _wanted(view: View, found: Outlook, target: str) -> float:
    """The target in SI: of the address, else the goal, else three parts in a hundred from here the wanted way."""
    row, look = QUANTITIES[target], view.look
    factor = 0.01 if row.dimension == "ratio" else 1 / words.mass_in(1.0, look)
    now = float(found.table.base[-1])
    try:
        value = float(view.choices.get("to", "")) * factor
    except ValueError:
        value = math.nan
    if float(row.low) < value < float(row.high):
        return value
    if target == "body_mass_kg" and look.goal_kg is not None:
        return look.goal_kg
    return now * (1.03 if look.direction == "gain" and target == "body_mass_kg" else 0.97)


def _until(view: View) -> date:
    """The day of the address where it lies ahead, else twelve weeks on."""
    today = view.look.today
    try:
        day = date.fromisoformat(view.choices.get("until", ""))
    except ValueError:
        day = today
    inside = today < day <= today + timedelta(weeks=_MOST_WEEKS)
    return day if inside else today + timedelta(weeks=_USUAL_WEEKS)


def _target_field(found: Outlook, target: str, wanted: float, look: Look) -> Component:
    now = words.quantity(target, float(found.table.base[-1]), look)
    shown = round(words.quantity_in(target, wanted, look), 1)
    label = f"Target, {words.quantity_unit(target, look)}"
    return controls.stepper("to", shown, label=label, aside=f"now {now.number}", step=0.5, most=1000)


def _day_field(day: date, look: Look) -> Component:
    key = {"choice": "until"}
    limits = {"min": str(look.today + timedelta(days=1)), "max": str(look.today + timedelta(weeks=_MOST_WEEKS))}
    label = html.Label("By", htmlFor=controls.dom_id(key), className="form-label")
    field = dbc.Input(id=key, type="date", value=str(day), debounce=800, **limits)
    return html.Div([html.Div(label, className="fb-steptop"), field])


def _needs(asked: Backwards, target: str, look: Look) -> list[Any]:
    each = html.Strong(f"{_change(target, asked.per_week, look, 2)} a week")
    if not any(digit in "123456789" for digit in _change(target, asked.change, look, 1)):
        return ["That is where you are: it asks for no change."]
    return [f"{_change(target, asked.change, look, 1)} in {words.count(asked.weeks, 'week')}: ", each, "."]


def _change(target: str, value: float, look: Look, places: int) -> str:
    """`−0.31 kg`, `+0.12 points`: signed."""
    amount = words.points(abs(value), places) if QUANTITIES[target].dimension == "ratio" else words.mass(abs(value), look, places)
    sign = "" if not any(digit in "123456789" for digit in amount.number) else words.MINUS if value < 0 else "+"
    return f"{sign}{amount}"


def _how_often(asked: Backwards, target: str, look: Look) -> str:
    length = words.count(asked.weeks, "week")
    if not asked.spans:
        return f"You have no two readings {length} apart to compare it with."
    of_all = f"Of your {words.count(asked.spans, 'stretch', 'stretches')} of {length},"
    if not asked.held:
        return f"{of_all} none changed as much that way. The most was {_change(target, asked.most, look, 1)}."
    times = len(asked.occasions)
    apart = "all of them in one go" if times == 1 else f"on {words.spelled(times)} occasions that do not overlap"
    share = words.percent(asked.share, 0) if asked.share >= 0.01 else "under 1 %"
    return f"{of_all} {words.number(asked.held)} changed as much or more ({share}), {apart}."


def _occasions(asked: Backwards, target: str, look: Look) -> Component:
    keep = (0, 2, 3) if look.compact else (0, 1, 2, 3)  # how long it took is said above
    rows = [_occasion(each, target, look) for each in asked.occasions[:_LISTED]]
    columns = [("From the week of", "To", "Change", "Rows")[at] for at in keep]
    shown = [[row[at] for at in keep] for row in rows]
    return cards.table(columns, shown, numeric=(len(keep) - 2,), label="Past stretches that changed as much")


def _occasion(span: Span, target: str, look: Look) -> list[Any]:
    first, last = (f"{each.day}{words.NBSP}{each:%b}{words.NBSP}{each.year}" for each in (span.first, span.last))
    rows = cards.rows_link("measurements", quantity=target, first=str(span.first), last=str(span.last))
    return [first, last, _change(target, span.change, look, 1), rows]
