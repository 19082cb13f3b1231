"""Forecast: where weight or fat is likely to be, what a plan changes, how far to trust it, and the past weeks it rests on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import timedelta
from functools import partial
from typing import Any, Final

import numpy as np
from dash import Dash, Input, Output, State, no_update

from dashboard import beside, cards, chart, controls, goals, networks, pasts, shell, trusting, usual, words
from dashboard.elements import Component, dbc, dcc, html
from dashboard.figures.forecast import Ahead
from dashboard.looks import at_home
from dashboard.memory import remembered
from dashboard.page import House, Page, View
from dashboard.router import choices_of
from dashboard.still import still
from dashboard.theme import Look
from forecast import plan
from forecast.plan import Expected, Outlook
from health.quantities import QUANTITIES

PAGE = Page(path="/forecast", name="Forecast", icon="next", domain="next", order=50)

TARGETS: Final = {"body_mass_kg": "Weight", "fat_ratio": "Body fat"}
HORIZONS: Final = ("1", "4", "8", "12", "26")
METHODS: Final = {"best": "Best guess", "plan": "With your plan"}
PLAN_CHOICES: Final = ("km", "min", "lifts", "load")
LESS_SURE: Final = 8  # weeks from which an interval is known to hold a little less often than it says
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
        return html.Div([title, cards.grid(_nothing(target), _day(view))])
    if not found.ready:
        return html.Div([title, cards.grid(*_waiting()), dcc.Store(id=_ASKED, data=target)], id=_PLACE)
    trusted = _kept(view, found, trusting.trust_card, found, target, _model(view, found), horizon(view))
    pictures = [
        cards.drawn("Fan", partial(_fan, view, found, target), w=8, domain="next"),
        cards.drawn("Your plan", partial(_plan, view, found), w=4, domain="next"),
        cards.drawn("How far to trust it", trusted, w=7, domain="next"),
        cards.drawn("Weeks most like your plan", partial(_weeks, view, found, target), w=5, domain="next"),
        *_targets(view, found, target),
        *_pasts(view, found, target),
        cards.drawn("Every model on your past", _beside(view, found, target), domain="next"),
        _day(view),
        cards.drawn("How the networks learned", partial(networks.card, view), domain="next"),
    ]
    return html.Div([title, cards.grid(*pictures)])


def _day(view: View) -> Component:
    """How usual the last day was; it does not hang on the target."""
    key = ("usual day", view.look, uses_api(view.house))
    return cards.drawn("How usual the day was", lambda: remembered(view.frames, key, lambda: usual.card(view)), domain="next")


def _kept(view: View, found: Outlook, draw: Callable[..., Component], *given: Hashable) -> Callable[[], Component]:
    """`draw(view, *given)`, or what it drew the last time: cards that do not hang on the plan are not made for every plan."""
    to = (view.choices.get("to"), view.choices.get("until"))
    return lambda: remembered(view.frames, (draw, found, view.look, to, *given), lambda: draw(view, *given))


def _beside(view: View, found: Outlook, target: str) -> Callable[[], Component]:
    key = (beside.card, found, view.look, target, horizon(view), beside.depends(view))
    return lambda: remembered(view.frames, key, lambda: beside.card(view, found, target, horizon(view)))


def _model(view: View, found: Outlook) -> str:
    """The model whose forecast is shown."""
    return _expected(view, found)[1]


def _targets(view: View, found: Outlook, target: str) -> list[Component]:
    """When the goal is reached, where one was set, and what a target and a day ask for."""
    has_goal = target == "body_mass_kg" and view.look.goal_kg is not None
    w = 7 if has_goal else 12
    asked = _kept(view, found, goals.backwards_card, found, target, w)
    made = [cards.drawn("Your goal", _kept(view, found, _goal, found), w=5, domain="next")] if has_goal else []
    return [*made, cards.drawn("What a target asks for", asked, w=w, domain="next")]


def _goal(view: View, found: Outlook) -> Component:
    return goals.goal_card(view, found, found.expected(plan.default_name()))


def _pasts(view: View, found: Outlook, target: str) -> list[Component]:
    """How what the fan shows did before, as far ahead as it is asked for."""
    name, weeks = _model(view, found), horizon(view)
    came = _kept(view, found, pasts.past_card, found, target, name, weeks)
    ranges = _kept(view, found, pasts.calibration_card, found, target, name, weeks)
    return [
        cards.drawn("Past forecasts", came, w=8, domain="next"),
        cards.drawn("Do the ranges hold?", ranges, w=4, domain="next"),
    ]


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
    lines: list[Any] = ["8 times in 10 it ends between ", ends, f". The mean of {trusting.start(found)} was {now}."]
    if weeks >= LESS_SURE:
        lines.append(" That far ahead the range is less sure itself.")
    top = html.Div([number, html.P(lines, className="mb-0")], className="fb-between mb-2")
    reasons = [cards.note(each) for each in (found.reason, why, trusting.stale(found, look)) if each]
    pick = controls.segments(view, "by", list(METHODS.items()), method(view), label="What the fan shows")
    plot = cards.graph("forecast.fan", figure, height=300 if look.compact else 460)
    name = f"{TARGETS[target]}, {words.spelled(weeks)} {'week' if weeks == 1 else 'weeks'} on"
    rows = cards.rows_link("measurements", quantity=target)
    return cards.card(name, top, *reasons, html.Div(pick, className="my-2"), plot, domain="next", w=8, moment=rows)


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
        ("min", "Time moving, minutes", words.duration(float(usual[1])) if usual[1] else f"0{words.NBSP}min", 10.0, 0),
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
        return still(cards.drawn(PAGE.name, lambda: content(view), domain="next"))

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


def _weeks(view: View, found: Outlook, target: str) -> Component:
    return trusting.weeks_card(view, found, target, _chosen(view, found), horizon(view))
