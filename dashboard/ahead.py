"""The forecast's card on the overview. Working it out takes seconds the first time: the page comes first, the card follows."""

from __future__ import annotations

import math
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from dash import Dash, Input, Output, State

from dashboard import cards, words
from dashboard.elements import Component, dcc, html
from dashboard.figures.body import daily, drawn_line
from dashboard.looks import look_of
from dashboard.memory import VALUES
from dashboard.page import House, View
from dashboard.theme import Look
from forecast import goal, plan
from forecast.features import LEAST_WEEKS
from health import body, weeks
from health.frames import Frames

_PLACE, _ASKED = "overview-next", "overview-next-asked"
# What a chance is called, in "Your goal of 78 is ...".
GOAL_WORDS: Final[dict[goal.Verdict, str]] = {
    "there": "reached",
    "likely": "likely by then",
    "even": "more likely than not by then",
    "possible": "possible by then, not likely",
    "no": "not in reach by then at this rate",
}
_PAST_DAYS: Final = 120


def register(app: Dash, house: House) -> None:
    """Fill the card once it stands on a page."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(_PLACE, "children"), Input(_ASKED, "data"), State("screen", "data")
    )
    def fill(_asked: Any, screen: Any) -> Any:
        frames = house.frames.frames()
        look = look_of(house, screen, house.clock(), is_sample=frames.is_sample)
        return cards.drawn("Forecast", lambda: _card(frames, look, _summary(house, frames, look.today)), domain="next")


def ready(view: View) -> bool:
    """True when the card can be drawn at once: it was worked out before, or what was trained says it."""
    house, frames, today = view.house, view.frames, view.look.today
    if VALUES.holds(frames, _key(house, frames, today)):
        return True
    if _version(house, frames) is None:
        return False
    found = plan.outlook(frames, "body_mass_kg", today, use_api=_uses_api(house), trained=house.models)
    return found is not None and found.trained


def card(view: View) -> Component:
    """The card, or its place with blocks in its shape."""
    frames, look = view.frames, view.look
    known = daily(frames.measurements, "body_mass_kg")
    seen = len(weeks.mean_of_days(known))
    if seen < LEAST_WEEKS:
        told = f"A forecast needs {LEAST_WEEKS} weeks with a weigh-in. You have {seen or 'none yet'}."
        return cards.card("Forecast", cards.empty(told), w=7, domain="next", moment="not yet")
    at_once = ready(view)
    inside = _card(frames, look, _summary(view.house, frames, look.today)) if at_once else _waiting()
    asked = [] if at_once else [dcc.Store(id=_ASKED, data=str(look.today))]
    return html.Div([html.Div(inside, id=_PLACE, className="fb-fill"), *asked], style={"--w": 7, "--ws": 12})


def _key(house: House, frames: Frames, today: date) -> tuple[Any, ...]:
    return ("forecast summary", today, _uses_api(house), _version(house, frames))


def _version(house: House, frames: Frames) -> tuple[str, str | None] | None:
    """The version in use and why it is not the newest."""
    found = None if house.models is None or frames.is_sample else house.models.in_use("body_mass_kg")
    return None if found is None else (found.version.name, found.held)


def _uses_api(house: House) -> bool:
    return house.store.setting(house.person, plan.USE_API_SETTING) is True


def _summary(house: House, frames: Frames, today: date) -> dict[str, Any] | None:
    use_api, models = _uses_api(house), house.models
    said = VALUES.remembered(
        frames, _key(house, frames, today), lambda: plan.summary(frames, today, use_api=use_api, trained=models)
    )
    # Nothing to say about somebody whose last weigh-in is long ago.
    known = said is not None and all(math.isfinite(said[each]) for each in ("mean", "low_80", "high_80"))
    return said if known else None


def _waiting() -> Component:
    blocks = [html.Span(className="placeholder fb-wait", style={"height": each}) for each in (64, 20)]
    return cards.card("Forecast", html.Div(blocks, className="fb-blocks"), domain="next", moment="working it out")


def _card(frames: Frames, look: Look, said: dict[str, Any] | None) -> Component:
    if said is None:
        told = "There is too little to look ahead from: weigh-ins in most weeks, up to this one."
        return cards.card("Forecast", cards.empty(told, way_on=cards.link("More on this", "/forecast")), domain="next")
    number = html.Div([cards.big(words.mass(said["mean"], look)), cards.note("most likely", class_name="mt-2")])
    name = f"{words.spelled(said['horizon']).capitalize()} weeks from now"
    fan = _fan(frames.measurements, look.today, said)
    low, high = words.mass(said["low_80"], look), words.mass(said["high_80"], look)
    range_said = html.Span(f"8 times in 10 it ends between {low.number} and {high}.{_of_goal(said, look)}")
    way_on = cards.link("More", "/forecast", "fb-note")
    top = html.Div([number, *([fan] if fan is not None else [])], className="fb-figure")
    day = html.Span([f"{said['day'].day} {said['day']:%B} · ", way_on], className="fb-note")
    return cards.card(name, top, cards.rule(range_said), domain="next", moment=day)


def _of_goal(said: dict[str, Any], look: Look) -> str:
    if look.goal_kg is None:
        return ""
    radii = [np.array([(said[f"high_{level}"] - said[f"low_{level}"]) / 2]) for level in (50, 80)]
    down = goal.falls(look.goal_kg, said["base"], look.direction)
    found = goal.reach(look.goal_kg, said["base"], np.array([said["mean"]]), *radii, down=down)
    number = words.shortest(words.mass_in(look.goal_kg, look))
    return f" Your goal of {number} is {GOAL_WORDS[found.verdict()]}."


def _fan(measurements: pd.DataFrame, today: date, said: dict[str, Any]) -> Component | None:
    every = pd.date_range(pd.Timestamp(today) - pd.Timedelta(days=_PAST_DAYS - 1), pd.Timestamp(today), freq="D")
    past = (
        drawn_line(measurements, "body_mass_kg").dropna().reindex(every).interpolate(limit=body.GAP_DAYS - 1, limit_area="inside")
    )
    ahead = 7 * int(said["horizon"])
    return cards.fan([float(each) for each in past], ahead, said["low_80"], said["mean"], said["high_80"])
