"""Forecast: where weight or fat is likely to be, what a plan changes, how far to trust it, and the past weeks it rests on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np
from dash import Dash, Input, Output, State, no_update

from dashboard import cards, chart, controls, goals, networks, pasts, shell, words
from dashboard.elements import Component, dbc, dcc, html
from dashboard.figures.forecast import Ahead
from dashboard.looks import at_home
from dashboard.page import House, Page, View
from dashboard.router import choices_of
from dashboard.theme import Look
from dashboard.words import Amount
from forecast import plan
from forecast.plan import Expected, Like, Outlook
from forecast.trust import skill_words, trust
from health.quantities import QUANTITIES

PAGE = Page(path="/forecast", name="Forecast", icon="next", domain="next", order=50)

TARGETS: Final = {"body_mass_kg": "Weight", "fat_ratio": "Body fat"}
HORIZONS: Final = ("1", "4", "8", "12", "26")
METHODS: Final = {"best": "Best guess", "plan": "With your plan"}
PLAN_CHOICES: Final = ("km", "min", "lifts", "load")
LESS_SURE: Final = 8  # weeks from which an interval is known to hold a little less often than it says
_LISTED: Final = 5
_SWITCH: Final = "forecast-api"
_ASKED: Final = "forecast-asked"
_PLACE: Final = "forecast-place"


def content(view: View) -> Component:
    """The page."""
    target = _target(view)
    pick = controls.segments(view, "of", list(TARGETS.items()), target, label="What is forecast", drops=["to"])
    title = cards.head("Forecast", pick)
    found = _outlook(view)
    if found is None:
        return html.Div([title, cards.grid(_nothing(target))])
    if not found.ready:
        return html.Div([title, cards.grid(*_waiting()), dcc.Store(id=_ASKED, data=target)], id=_PLACE)
    pictures = [
        cards.drawn("Fan", partial(_fan, view, found, target), w=8, domain="next"),
        cards.drawn("Your plan", partial(_plan, view, found), w=4, domain="next"),
        cards.drawn("How far to trust it", partial(_trust, view, found, target), w=7, domain="next"),
        cards.drawn("Weeks most like your plan", partial(_weeks, view, found, target), w=5, domain="next"),
        *_targets(view, found, target),
        *_pasts(view, found, target),
        cards.drawn("How the networks learned", partial(networks.card, view), domain="next"),
    ]
    return html.Div([title, cards.grid(*pictures)])


def _targets(view: View, found: Outlook, target: str) -> list[Component]:
    """When the goal is reached, where one was set, and what a target and a day ask for."""
    best, has_goal = found.expected(plan.default_name()), target == "body_mass_kg" and view.look.goal_kg is not None
    made = [cards.drawn("Your goal", partial(goals.goal_card, view, found, best), w=5, domain="next")] if has_goal else []
    asks = partial(goals.backwards_card, view, found, target, w=7 if has_goal else 12)
    return [*made, cards.drawn("What a target asks for", asks, w=7 if has_goal else 12, domain="next")]


def _pasts(view: View, found: Outlook, target: str) -> list[Component]:
    """How what the fan shows did before, as far ahead as it is asked for."""
    _, name, _ = _expected(view, found)
    weeks = horizon(view)
    came = cards.drawn("Past forecasts", partial(pasts.past_card, view, found, target, name, weeks), w=8, domain="next")
    ranges = partial(pasts.calibration_card, view, found, name, weeks)
    return [came, cards.drawn("Do the ranges hold?", ranges, w=4, domain="next")]


def depends(view: View) -> Hashable:
    """Whether Strava's rows are learned from, and whether all is worked out or read from what was trained; the rest is in the
    frames, the look and the address."""
    found = _outlook(view)
    made = found and (found.ready, found.trained, found.held, found.known_to_training)
    return uses_api(view.house), networks.depends(view), made


def _target(view: View) -> str:
    return view.choice("of", TARGETS, "body_mass_kg")


def _outlook(view: View) -> Outlook | None:
    house = view.house
    return plan.outlook(view.frames, _target(view), view.look.today, use_api=uses_api(house), trained=house.models)


def _waiting() -> list[Component]:
    """The page's cards as blocks: the first backtest of a week takes seconds."""
    blocks = [html.Span(className="placeholder fb-wait", style={"height": each}) for each in (64, 20, 240)]
    shapes = (("How far it goes", 8), ("Your plan", 4))
    return [
        cards.card(name, html.Div(blocks, className="fb-blocks"), domain="next", w=w, moment="working it out") for name, w in shapes
    ]


def uses_api(house: House) -> bool:
    """Whether this person switched on, for themself, what came through Strava's API."""
    return house.store.setting(house.person, plan.USE_API_SETTING) is True


def _nothing(target: str) -> Component:
    said = f"A forecast needs half a year of {QUANTITIES[target].name.lower()} readings, and there is no whole week of them yet."
    way = cards.link("Connect a scale or drop a file", "/sources")
    return cards.card(TARGETS[target], cards.empty(said, way_on=way, height=320), domain="next", moment="no readings yet")


def horizon(view: View) -> int:
    """How many weeks ahead."""
    return int(view.choice("h", HORIZONS, "8"))


def steps(view: View, found: Outlook) -> int:
    """The same in whole weeks of the forecast, which counts from the last week that is over."""
    return found.steps(view.look.today, horizon(view))


def method(view: View) -> str:
    """What the fan shows: the best guess, or what followed weeks like the plan once a plan was made."""
    planned = any(each in view.choices for each in PLAN_CHOICES)
    return view.choice("by", METHODS, "plan" if planned else "best")


# -- the fan ------------------------------------------------------------------------------------------------------------------


def _expected(view: View, found: Outlook) -> tuple[Expected, str, str | None]:
    """What is shown, the model it comes from, and why it is not what was asked for."""
    return found.asked(_chosen(view, found) if method(view) == "plan" else None, steps(view, found))


def _fan(view: View, found: Outlook, target: str) -> Component:
    look, weeks, at = view.look, horizon(view), steps(view, found) - 1
    said, _, why = _expected(view, found)
    figure = chart.draw("forecast.fan", view.frames.measurements, look, quantity=target, ahead=_ahead(found, said, at + 1))
    most = cards.note(f"most likely in the week to {words.day(found.day(at + 1), look)}")
    number = html.Div([cards.big(words.quantity(target, float(said.mean[at]), look)), most])
    low, high = (words.quantity(target, float(each[at]), look) for each in (said.low_80, said.high_80))
    now = words.quantity(target, float(found.table.base[-1]), look)
    ends = html.Strong(f"{low.number} and {high}")
    lines: list[Any] = ["8 times in 10 it ends between ", ends, f". The mean of the last whole week was {now}."]
    if weeks >= LESS_SURE:
        lines.append(" That far ahead the range is less sure itself.")
    top = html.Div([number, html.P(lines, className="mb-0")], className="fb-between mb-2")
    reasons = [cards.note(each) for each in (found.reason, why, _stale(found, look)) if each]
    pick = controls.segments(view, "by", list(METHODS.items()), method(view), label="What the fan shows")
    plot = cards.graph("forecast.fan", figure, height=300 if look.compact else 460)
    name = f"{TARGETS[target]}, {words.spelled(weeks)} {'week' if weeks == 1 else 'weeks'} on"
    rows = cards.rows_link("measurements", quantity=target)
    return cards.card(name, top, *reasons, html.Div(pick, className="mb-2"), plot, domain="next", w=8, moment=rows)


def _stale(found: Outlook, look: Look) -> str | None:
    seen = np.flatnonzero(~np.isnan(found.table.known))
    missed = len(found.table) - 1 - int(seen[-1])
    if missed < 2:
        return None
    return f"The last whole week with a reading ended on {words.day(found.table.sunday(int(seen[-1])), look)}."


def _ahead(found: Outlook, said: Expected, weeks: int) -> Ahead:
    """The weeks from the last whole one on, each at its middle: a week's mean stands for its seven days."""
    middle = timedelta(days=3)
    shown = [at for at in range(weeks) if np.isfinite(said.mean[at])]

    def of(values: Any) -> list[float]:
        return [float(values[at]) for at in shown]

    return Ahead(
        since=found.week_end - middle,
        base=float(found.table.base[-1]),
        days=[found.day(at + 1) - middle for at in shown],
        until=found.day(weeks),
        mean=of(said.mean),
        low_50=of(said.low_50),
        high_50=of(said.high_50),
        low_80=of(said.low_80),
        high_80=of(said.high_80),
    )


# -- the plan -----------------------------------------------------------------------------------------------------------------


def _chosen(view: View, found: Outlook) -> Any:
    """The plan of the address in SI, what it leaves out from the last four weeks."""
    usual = found.usual()
    factors = _factors(view.look)
    given = [_number(view.choices.get(name)) for name in PLAN_CHOICES]
    return np.array([own if each is None else each * factor for each, own, factor in zip(given, usual, factors, strict=True)])


def _factors(look: Look) -> tuple[float, float, float, float]:
    """SI values of one unit of each stepper: a kilometre or mile, a minute, a session, a kilogram or pound."""
    return 1 / words.distance_in(1.0, look), 60.0, 1.0, 1 / words.mass_in(1.0, look)


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value <= 10_000 else None


def _plan(view: View, found: Outlook) -> Component:
    look, usual = view.look, found.usual()
    shown = [value / factor for value, factor in zip(_chosen(view, found), _factors(look), strict=True)]
    before = [value / factor for value, factor in zip(usual, _factors(look), strict=True)]
    fields = (
        ("km", f"Running, {look.distance_unit}", words.shortest(before[0]), 1.0, 1),
        ("min", "Time moving, minutes", words.duration(float(usual[1])), 10.0, 0),
        ("lifts", "Lifting sessions", words.shortest(before[2]), 1.0, 1),
        ("load", f"Mean load, {look.mass_unit}", words.shortest(before[3], 0), 2.0, 0),
    )
    steppers = [
        controls.stepper(name, round(value, places), label=label, aside=f"usual {said}", step=step, most=10_000)
        for (name, label, said, step, places), value in zip(fields, shown, strict=True)
    ]
    said_ahead = "How far ahead, in weeks"
    pick = controls.segments(view, "h", [(each, each) for each in HORIZONS], str(horizon(view)), label=said_ahead)
    ahead = html.Div([html.Div(said_ahead, className="form-label"), pick])
    back = cards.link("Back to my usual", controls.address(view, **dict.fromkeys((*PLAN_CHOICES, "by"))), "btn btn-secondary")
    start = cards.note("Starts from the mean of your last four weeks. The picture follows as you change it.")
    inside = html.Div([ahead, *steppers, html.Div(back), start, *_api(view)], className="d-grid gap-3")
    return cards.card("Your plan", inside, domain="next", w=4, moment="for each week")


def _api(view: View) -> list[Component]:
    """What Strava's terms leave out, and both ways round it."""
    on = uses_api(view.house)
    why = "Runs from Strava’s API are " + (
        "used for you alone." if on else "left out: its terms do not allow training a model on them."
    )
    way = cards.link("Import your account’s export instead", "/sources#files")
    switch = dbc.Switch(id=_SWITCH, value=on, label="Use them anyway, for me alone")
    return [html.Div([cards.note(why, " ", way, "."), switch], className="fb-rule")]


def register(app: Dash, house: House) -> None:
    """The switch for what came through Strava's API, and the working out that a waiting page asks for."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(_PLACE, "children"), Input(_ASKED, "data"), State(shell.SCREEN, "data"), State(shell.ADDRESS, "search")
    )
    def worked_out(_asked: Any, screen: Any, search: Any) -> Any:
        frames, now = house.frames.frames(), house.clock()
        home, look = at_home(house, screen if isinstance(screen, dict) else None, now, is_sample=frames.is_sample)
        view = View(house=home, frames=frames, look=look, choices=choices_of(search), now=now, path=PAGE.path)
        found = _outlook(view)
        if found is not None:
            found.work_out()
        return cards.drawn(PAGE.name, lambda: content(view), domain="next")

    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.TURN, "data", allow_duplicate=True),
        Input(_SWITCH, "value"),
        State(shell.TURN, "data"),
        prevent_initial_call=True,
    )
    def switched(value: Any, turn: Any) -> Any:
        if not isinstance(value, bool) or value == uses_api(house):
            return no_update
        house.store.put_setting(house.person, plan.USE_API_SETTING, value)
        return (turn if isinstance(turn, int) else 0) + 1


# -- trust and the weeks behind it --------------------------------------------------------------------------------------------


def _trust(view: View, found: Outlook, target: str) -> Component:
    look = view.look
    _, name, _ = _expected(view, found)
    scores = [found.score(name, each) for each in (1, 4, 8, 12)]
    if not any(each["n"] for each in scores):
        return cards.card("How far to trust it", html.P(trust(scores)), domain="next", w=7)
    rows = [_score_row(each, target, look) for each in scores if each["n"]]
    columns = ("Looking ahead", "This missed by", "“No change” missed by", "In range")
    table = cards.table(columns, rows, numeric=(1, 2, 3), label="How past forecasts did")
    said: list[Component] = [html.P(trust(scores)), table]
    if name != "neighbours":
        said.append(cards.rule(cards.note("Weeks like your plan: ", _plan_skill(found), ".")))
    if made_from := _made_from(found, look):
        said.append(cards.note(made_from, class_name="mt-2"))
    count = max(each["n"] for each in scores)
    return cards.card("How far to trust it", *said, domain="next", w=7, moment=words.count(count, "past forecast"))


def _made_from(found: Outlook, look: Look) -> str | None:
    """Which training it rests on, in words; None where nothing was ever trained."""
    if found.known_to_training is None:
        return None
    through = words.day(found.known_to_training, look)
    if found.held == "rolled back":
        return f"This is the version you went back to, trained through {through}. The next training takes its place."
    if found.held is not None:
        return f"Trained through {through}. What was trained since did worse on your past and is not used."
    if found.trained:
        return f"Trained through {through}."
    return f"Trained through {through}; this was worked out anew, from what has come or changed since."


def _score_row(score: Mapping[str, Any], target: str, look: Look) -> list[Any]:
    ahead = f"{score['horizon']}{words.NBSP}wk" if look.compact else words.count(score["horizon"], "week")
    own, other = (str(_missed(score[each], target, look)) for each in ("mae", "baseline_mae"))
    return [ahead, html.Strong(own), other, str(words.percent(score["coverage_80"], 0))]


def _missed(error: float, target: str, look: Look) -> Amount:
    if QUANTITIES[target].dimension == "ratio":
        return words.points(error, 2)
    return words.mass(error, look, 2)


def _plan_skill(found: Outlook) -> str:
    known = [each for each in (found.score("neighbours", weeks) for weeks in (4, 8)) if each["n"] and each["skill"] is not None]
    if not known:
        return "not tried on your past yet"
    words_said = skill_words(sum(each["skill"] for each in known) / len(known))
    return words_said[0].lower() + words_said[1:].rstrip(".")


def _weeks(view: View, found: Outlook, target: str) -> Component:
    look, weeks, at = view.look, horizon(view), steps(view, found) - 1
    said, likes = found.planned(_chosen(view, found), at + 1)
    if not likes:
        empty = cards.empty("There are too few weeks with training to find any like your plan.")
        return cards.card("Weeks most like your plan", empty, domain="next", w=5)
    rows = [_like_row(each, target, look) for each in likes[:_LISTED]]
    after = "A week on" if weeks == 1 else f"{weeks} weeks on"
    table = cards.table(("Week of", "You did", after), rows, numeric=(2,), label="Past weeks most like the plan")
    notes = [cards.note(each, class_name="mt-2") for each in (_spread_words(likes, weeks, target, look), _NOT_CAUSE)]
    ends = _end_words(said, at, target, look)
    return cards.card(
        "Weeks most like your plan", html.P(ends), table, *notes, domain="next", w=5, moment=f"{len(rows)} of {len(likes)}"
    )


_NOT_CAUSE: Final = "What followed a week is not what its training did: food, water and season are in it too."


def _end_words(said: Expected | None, at: int, target: str, look: Look) -> str:
    if said is None or np.isnan(said.mean[at]):
        return "Too few of them lie that far back to say where they led."
    mean, low, high = (words.quantity(target, float(each[at]), look) for each in (said.mean, said.low_80, said.high_80))
    return f"Going by them you would end at {mean}, 8 times in 10 between {low.number} and {high}."


def _spread_words(likes: list[Like], weeks: int, target: str, look: Look) -> str:
    known = [each.then for each in likes if np.isfinite(each.then)]
    if not known:
        return ""
    ends = [words.quantity_change(target, each, look).prose for each in (min(known), max(known))]
    after = "a week later" if weeks == 1 else f"{words.spelled(weeks)} weeks later"
    return f"Of {len(likes)} such weeks, {len(known)} show what came {after}: from {ends[0]} to {ends[1]}."


def _like_row(like: Like, target: str, look: Look) -> list[Any]:
    did = f"{words.distance(float(like.did[0]), look, 0)}, {words.count(float(like.did[2]), 'lift')}"
    then = cards.delta(words.quantity_change(target, like.then, look)) if np.isfinite(like.then) else words.NONE
    week = {"first": str(like.monday), "last": str(like.monday + timedelta(days=6))}
    named = f"{like.monday.day}{words.NBSP}{like.monday:%b}{words.NBSP}{like.monday.year}"
    runs = cards.link(did, "/rows?" + urlencode({"of": "activities", **week}))
    return [cards.link(named, "/rows?" + urlencode({"of": "measurements", "quantity": target, **week})), runs, then]
