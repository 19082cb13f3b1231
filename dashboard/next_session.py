"""The strength page's card on the next session of an exercise: its expected volume, how sure that is, and how it did before."""

from __future__ import annotations

from typing import Final

import pandas as pd

from dashboard import cards, words
from dashboard.elements import Component, html
from dashboard.figures import strength as lifting
from dashboard.memory import remembered
from dashboard.page import View
from dashboard.theme import Look
from forecast.next_session import LEAST_SESSIONS, TITLES, Next, digests, from_own, from_version
from forecast.serving import Served, usable
from forecast.trust import skill_words

_BASELINE: Final = "the same as last time"
_OTHERS: Final = ("volume_lstm", "volume_lstm_all")


def depends(view: View) -> str | None:
    """The version in use that the card may read from: another one draws it anew."""
    found = _in_use(view)
    return None if found is None else found.version.name


def card(view: View, exercise: str, sessions: pd.DataFrame) -> Component:
    """The card. `sessions` are those of the exercise (health.strength.sessions)."""
    volumes = sessions["volume_kg"].to_numpy(dtype=float)
    volumes = volumes[volumes > 0]
    found = _expected(view, exercise)
    said = found.get("") or remembered(sessions, "next session", lambda: from_own(volumes))
    if said is None:
        empty = cards.empty("There is no session of it with a load yet.", height=96)
        return cards.card("Next session", empty, domain="next")
    others = [found[name] for name in _OTHERS if name in found]
    return _card(said, others, exercise, float(volumes[-1]), view.look, _trained(view, known="" in found))


def _in_use(view: View) -> Served | None:
    # What was trained is of the person's own ledger, never of the sample person.
    return None if view.house.models is None or view.frames.is_sample else usable(view.house.models.in_use("volume"))


def _expected(view: View, exercise: str) -> dict[str, Next]:
    """What the version in use says, the default's under "", where it rests on all that was lifted up to the last session."""
    found, sets = _in_use(view), view.frames.sets
    if found is None:
        return {}
    version = found.version
    now = remembered(sets, "next session digests", lambda: digests(_with_volume(lifting.all_sessions(sets))))

    def read() -> dict[str, dict[str, Next]]:
        try:
            return {each: from_version(version, each or None) for each in ("", *_OTHERS)}
        except KeyError:  # of older code
            return {}

    said = remembered(view.frames, ("next sessions", version.name), read)
    kept = dict(zip(version.manifest["exercises"], version.manifest.get("digests", ()), strict=False))
    right = exercise in kept and kept[exercise] == now.get(exercise)
    return {model: every[exercise] for model, every in said.items() if exercise in every} if right else {}


def _with_volume(sessions: pd.DataFrame) -> pd.DataFrame:
    return sessions[sessions["volume_kg"] > 0]


def _trained(view: View, *, known: bool) -> str | None:
    """Until when the training knows, where there was one."""
    found = _in_use(view)
    if found is None:
        return None
    through = words.day(found.version.through, view.look)
    if known:
        return f"Trained through {through}."
    return (
        f"Trained through {through}, before your last session of it: until the next training only what this exercise says itself."
    )


def _card(said: Next, others: list[Next], exercise: str, last: float, look: Look, trained: str | None) -> Component:
    low, high = (words.volume(each, look) for each in (said.low_80, said.high_80))
    number = html.Div([cards.big(words.volume(said.mean, look)), cards.note("load × repetitions, most likely")])
    ends = html.Strong(f"{low} and {high}" if low.unit != high.unit else f"{low.number} and {high}")
    text = html.P(["8 times in 10 it comes to between ", ends, f". The last came to {words.volume(last, look)}."], className="mb-1")
    lines = [text, cards.note(_trust(said)), *(cards.note(_other(each, look)) for each in others)]
    lines += [cards.note(trained)] if trained and said.sessions >= LEAST_SESSIONS else []
    rows = cards.rows_link("sets", exercise=exercise)
    inside = html.Div([number, html.Div(lines)], className="d-grid gap-2" if look.compact else "fb-figure")
    return cards.card("Next session", inside, domain="next", moment=rows)


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
    tried = "" if each.skill is None else f" {skill_words(each.skill, _BASELINE)}"
    return f"{TITLES[each.model][0].upper()}{TITLES[each.model][1:]} says {words.volume(each.mean, look)}.{tried}"
