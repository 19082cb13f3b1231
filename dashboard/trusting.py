"""The forecast page's two cards on what it rests on: how far to trust it, and the past weeks most like the plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

import numpy as np

from dashboard import cards, words
from dashboard.elements import Component, html
from dashboard.page import View
from dashboard.theme import Look
from dashboard.words import Amount
from forecast.model import Array
from forecast.plan import Expected, Like, Outlook
from forecast.trust import skill_words, trust
from health.quantities import QUANTITIES

_LISTED: Final = 5
_AHEAD: Final = (1, 4, 8, 12)


def trust_card(view: View, found: Outlook, target: str, name: str, weeks: int) -> Component:
    """How past forecasts of model `name` did, beside "no change", and which training it rests on. The words are of those `weeks`
    ahead, as on the overview."""
    look = view.look
    asked, scores = found.score(name, weeks), [found.score(name, each) for each in sorted({*_AHEAD, weeks})]
    if not any(each["n"] for each in scores):
        return cards.card("How far to trust it", html.P(trust(scores)), domain="next", w=7)
    keep = (0, 2, 3, 4) if look.compact else (0, 1, 2, 3, 4)
    rows = [[row[at] for at in keep] for row in (_score_row(each, target, look) for each in scores if each["n"])]
    columns = [("Looking ahead", "Past forecasts", "This missed by", "“No change” missed by", "In range")[at] for at in keep]
    table = cards.table(columns, rows, numeric=tuple(range(1, len(keep))), label="How past forecasts did")
    said: list[Component] = [html.P(trust([asked])), table]
    if name != "neighbours":
        said.append(cards.rule(cards.note("Weeks like your plan: ", _plan_skill(found, weeks), ".")))
    if made_from := _made_from(found, look):
        said.append(cards.note(made_from, class_name="mt-2"))
    over = f"{words.count(weeks, 'week')} on, {words.count(asked['n'], 'past forecast')}"
    moment = cards.link(over, "/rows?" + urlencode({"of": "measurements", "quantity": target}), "fb-note fb-rows")
    return cards.card("How far to trust it", *said, domain="next", w=7, moment=moment)


def start(found: Outlook) -> str:
    """Which week the forecast starts from."""
    return "the last whole week" if found.last_seen == len(found.table) - 1 else "the last week with a reading"


def stale(found: Outlook, look: Look) -> str | None:
    """When that was, where it is some weeks ago."""
    if len(found.table) - 1 - found.last_seen < 2:
        return None
    return f"The last whole week with a reading ended on {words.day(found.table.sunday(found.last_seen), look)}."


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
    return [ahead, words.number(score["n"]), html.Strong(own), other, str(words.percent(score["coverage_80"], 0))]


def _missed(error: float, target: str, look: Look) -> Amount:
    if QUANTITIES[target].dimension == "ratio":
        return words.points(error, 2)
    return words.mass(error, look, 2)


def _plan_skill(found: Outlook, weeks: int) -> str:
    score = found.score("neighbours", weeks)
    if not score["n"] or score["skill"] is None:
        return "not tried on your past yet"
    words_said = skill_words(score["skill"])
    return f"{words_said[0].lower()}{words_said[1:].rstrip('.')}, over {words.count(score['n'], 'past forecast')}"


def weeks_card(view: View, found: Outlook, target: str, asked: Array, weeks: int) -> Component:
    """The past weeks most like the plan `asked`, where they led after so many weeks, and how far they lie apart."""
    look, at = view.look, found.steps(view.look.today, weeks) - 1
    said, likes = found.planned(asked, at + 1)
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
    then = cards.delta(words.quantity_change(target, like.then, look)) if np.isfinite(like.then) else words.NONE
    week = {"first": str(like.monday), "last": str(like.monday + timedelta(days=6))}
    named = f"{like.monday.day}{words.NBSP}{like.monday:%b}{words.NBSP}{like.monday.year}"
    return [
        cards.link(named, "/rows?" + urlencode({"of": "measurements", "quantity": target, **week})),
        _did(like, week, look),
        then,
    ]


def _did(like: Like, week: Mapping[str, str], look: Look) -> Component:
    """What was done in that week, each with its rows."""
    ran, lifts = str(words.distance(float(like.did[0]), look, 0)), words.count(float(like.did[2]), "lift")
    told = ((ran, "activities", like.did[0]), (lifts, "workouts", like.did[2]))
    parts = [cards.link(said, "/rows?" + urlencode({"of": of, **week})) if much > 0 else said for said, of, much in told]
    return html.Span([parts[0], ", ", parts[1]])
