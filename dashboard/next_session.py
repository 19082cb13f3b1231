"""The strength page's card on the next session of an exercise: its expected volume, how sure that is, and how it did before.

It says what `python -m forecast predict` says. Where that has to be worked out first (nothing was trained yet), the page comes
first and the card follows.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final

import pandas as pd
from dash import Dash, Input, Output, State

from dashboard import cards, words
from dashboard.elements import Component, dcc, html
from dashboard.figures import strength as lifting_of
from dashboard.looks import at_home
from dashboard.memory import remembered
from dashboard.page import House, View
from dashboard.still import still
from dashboard.theme import Look
from forecast.lifting import Lifting, lifting
from forecast.next_session import TITLES, Next, from_own
from forecast.sessions import LEAST_SESSIONS
from forecast.trust import skill_words

_NAME: Final = "Next session"
_BASELINE: Final = "the same as last time"
_PLACE, _ASKED, _SCREEN = "next-session", "next-session-asked", "screen"


def register(app: Dash, house: House) -> None:
    """Fill the card once it stands on a page."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(_PLACE, "children"), Input(_ASKED, "data"), State(_SCREEN, "data")
    )
    def worked_out(asked: Any, screen: Any) -> Any:
        frames, now = house.frames.frames(), house.clock()
        home, look = at_home(house, screen if isinstance(screen, dict) else None, now, is_sample=frames.is_sample)
        view = View(house=home, frames=frames, look=look, choices={}, now=now, path="/strength")
        exercise = frames.names.of(asked) if isinstance(asked, str) else ""
        found, sessions = _found(view), lifting_of.by_session(frames.sets, exercise)[0]
        if found is not None and not found.tells(exercise):
            found.work_out()
        return still(cards.drawn(_NAME, lambda: _inside(view, exercise, sessions), domain="next"))


def depends(view: View) -> Hashable:
    """What the card is read from: another version, or what was worked out meanwhile, draws it anew."""
    found = _found(view)
    return found and (found.found and (found.found.version.name, found.found.held), found.ready)


def card(view: View, exercise: str, sessions: pd.DataFrame) -> Component:
    """The card, or its place with blocks in its shape. `sessions` are those of the exercise (health.strength.sessions)."""
    found = _found(view)
    if found is None or found.tells(exercise) or exercise not in found.table.digests:
        return _inside(view, exercise, sessions)
    blocks = [html.Span(className="placeholder fb-wait", style={"height": each}) for each in (56, 20, 20)]
    waiting = cards.card(_NAME, html.Div(blocks, className="fb-blocks"), domain="next", moment="working it out")
    asked = dcc.Store(id=_ASKED, data=exercise)
    return html.Div([html.Div(waiting, id=_PLACE, className="fb-fill"), asked], style={"--w": 12, "--ws": 12})


def _found(view: View) -> Lifting | None:
    # The sample person is nobody's ledger: nothing is trained for them, and no page waits for them.
    if view.frames.is_sample:
        return None
    today, models = view.look.today, view.house.models
    version = None if models is None else models.in_use("volume")
    key = ("lifting", today, version and (version.version.name, version.held))
    return remembered(view.frames, key, lambda: lifting(view.frames, today, models))


def _inside(view: View, exercise: str, sessions: pd.DataFrame) -> Component:
    volumes = sessions["volume_kg"].to_numpy(dtype=float)
    volumes = volumes[volumes > 0]
    found = _found(view)
    if view.frames.is_sample:
        said = remembered(sessions, "next session", lambda: from_own(volumes))
    else:
        said = None if found is None else found.next(exercise)
    if said is None:
        empty = cards.empty("There is no session of it with a load yet.", height=96)
        return cards.card(_NAME, empty, domain="next")
    others = [] if found is None else found.networks(exercise)
    made_from = None if found is None else _made_from(found, exercise, view.look)
    return _card(said, others, exercise, float(volumes[-1]), view.look, made_from)


def _made_from(found: Lifting, exercise: str, look: Look) -> str:
    """Which training it is from."""
    version = found.rests_on(exercise)
    if version is None:
        return "Worked out from all that you have lifted."
    through = words.day(version.version.through, look)
    if version.held is not None and found.as_trained(exercise):
        back = version.held == "rolled back"
        return f"Trained through {through}: " + (
            "the version you went back to." if back else "what was trained since did worse on your past and is not used."
        )
    if found.as_trained(exercise):
        return f"Trained through {through}."
    return f"Trained through {through}, with what you lifted since. The networks follow at the next training."


def _card(said: Next, others: list[Next], exercise: str, last: float, look: Look, made_from: str | None) -> Component:
    low, high = (words.volume(each, look) for each in (said.low_80, said.high_80))
    number = html.Div([cards.big(words.volume(said.mean, look)), cards.note("load × repetitions, most likely")])
    ends = html.Strong(f"{low} and {high}" if low.unit != high.unit else f"{low.number} and {high}")
    text = html.P(["8 times in 10 it comes to between ", ends, f". The last came to {words.volume(last, look)}."], className="mb-1")
    lines = [text, cards.note(_trust(said)), *(cards.note(_other(each, look)) for each in others)]
    lines += [cards.note(made_from)] if made_from and said.sessions >= LEAST_SESSIONS else []
    rows = cards.rows_link("sets", exercise=exercise)
    inside = html.Div([number, html.Div(lines)], className="d-grid gap-2" if look.compact else "fb-figure")
    return cards.card(_NAME, inside, domain="next", moment=rows)


def _trust(said: Next) -> str:
    """Which model, and how it did."""
    name = TITLES.get(said.model, said.model)
    first = f"It is {name}."
    if said.sessions < LEAST_SESSIONS:
        return f"{first} More is said from {LEAST_SESSIONS} sessions on; there are {said.sessions}."
    if said.skill is None or said.coverage_80 is None:
        return f"{first} Not tried on your past yet."
    held = (
        f"The range held {round(100 * said.coverage_80)} times in 100, over {words.count(said.n, 'past session')} of {said.scored}."
    )
    return f"{first} {skill_words(said.skill, _BASELINE)} {held}"


def _other(each: Next, look: Look) -> str:
    over = f"Over {words.count(each.n, 'past session')} of {each.scored}."
    tried = "" if each.skill is None else f" {skill_words(each.skill, _BASELINE)} {over}"
    return f"{TITLES[each.model][0].upper()}{TITLES[each.model][1:]} says {words.volume(each.mean, look)}.{tried}"
