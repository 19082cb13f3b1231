"""Strength: one exercise over time (estimated max, loads, repetitions), what was lifted for each muscle, and the last session."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd

from dashboard import cards, chart, controls, next_session, spans, words
from dashboard.elements import Component, html
from dashboard.figures import strength as lifting
from dashboard.memory import remembered
from dashboard.page import Page, View
from dashboard.tables import array, rows_at
from dashboard.theme import Look
from health import strength

PAGE = Page(path="/strength", name="Strength", icon="lift", domain="lift", order=40)

register = next_session.register

_SHOWN = 6
_USUAL_MONTHS = 12
_SAID = ("day", "reps", "e1rm_kg", "max_load_kg", "best_reps", "best_load_kg")
_SAID_MAX = "The most you could lift once, from a session's best set (Epley). The line: best of six weeks. Diamonds: records."
_SAID_REPS = "Each set; the dashes join the best at each number."
_SAID_MEAN = "Weight lifted over repetitions done. The line is the best of six weeks."
Days = tuple[date | None, date | None]  # the first and the last one shown; None is open
Bests = Mapping[str, Mapping[Any, Any]]  # a row of `health.strength.best_sets` by its measure
_MEASURES = {"e1rm": "est. max", "load": "heaviest", "reps": "most reps"}


def depends(view: View) -> Hashable:
    """Besides the frames and the address: what the next session is read from."""
    return next_session.depends(view)


def content(view: View) -> Component:
    """The page of one exercise: the one the address names, else the one done in most sessions of the last year of training."""
    sets = view.frames.sets
    names = lifting.names(sets)
    if not names:
        return _nothing()
    exercise = _exercise(view, names)
    sessions, records = lifting.by_session(sets, exercise)
    best = lifting.bests(sets, exercise)
    small = remembered(sessions, ("small", view.look), lambda: _small(sessions, records, best, view.look))
    usual = spans.usual(view, array(sessions, "day")[-1].item())
    days = spans.days(view, usual)
    aside = html.Div(
        [controls.choice("exercise", names, exercise, label="Exercise"), spans.segments(view, usual)], className="fb-controls"
    )
    return html.Div(
        [
            cards.head("Strength", aside, eyebrow=remembered(view.frames, ("lifting news", view.look), lambda: news(view))),
            cards.grid(
                *small,
                *_pictures(view, exercise, days),
                cards.drawn("Sessions", lambda: _sessions_card(view, exercise, sessions, records, days), w=7, domain="lift"),
                cards.drawn("Weight lifted, by muscle", lambda: _muscle_card(view), w=5, domain="lift"),
                cards.drawn("Next session", lambda: next_session.card(view, exercise, sessions), w=12, domain="next"),
                cards.drawn("Last session", lambda: _last_card(view), w=12, domain="lift"),
            ),
        ]
    )


def news(view: View) -> str:
    """The page in one sentence: the last session and how often this month."""
    workouts, look = view.frames.workouts, view.look
    if workouts.empty:
        return ""
    last = workouts.iloc[-1]
    month = workouts[workouts["day"] >= pd.Timestamp(look.today.replace(day=1))]
    when = words.day_near(last["day"].date(), look)
    when = when.lower() if when in ("Today", "Yesterday") else f"on {when}"
    lifted = f" and lifted {words.volume(float(last['volume_kg']), look)}" if last["volume_kg"] > 0 else ""
    return f"You last trained {when}{lifted}; {words.times(len(month))} this month."


def _exercise(view: View, names: list[str]) -> str:
    """The exercise that the address names, by any name that means it; else the usual one."""
    asked = view.frames.names.of(view.choices.get("exercise", ""))
    return asked if asked in set(names) else _usual_exercise(view.frames.sets, names, view.look)


def _usual_exercise(sets: pd.DataFrame, names: list[str], look: Look) -> str:
    def recent() -> list[str]:
        last = min(sets["day"].iloc[-1], pd.Timestamp(look.today))
        return strength.exercises(sets[(sets["day"] > last - pd.Timedelta(days=365)) & (sets["load_kg"] > 0)])

    found = remembered(sets, ("lately", look.today), recent)
    return found[0] if found else names[0]


# -- four small cards ---------------------------------------------------------------------------------------------------------


def _small(sessions: pd.DataFrame, records: pd.DataFrame, best: Bests, look: Look) -> list[Component]:
    return [
        _max_card(sessions, records, look),
        _heaviest_card(best, look),
        _mean_card(sessions, look),
        _month_card(sessions, look),
    ]


def _max_card(sessions: pd.DataFrame, records: pd.DataFrame, look: Look) -> Component:
    known = np.flatnonzero(np.isfinite(array(sessions, "e1rm_kg")))
    if not len(known):
        why = f"needs up to {strength.MOST_REPS} reps with a load"
        return cards.small_card("Estimated max (e1RM)", words.Amount(words.NONE), cards.note(why), domain="lift")
    (last,) = rows_at(sessions, known[-1:].tolist(), "workout_id", "day", "e1rm_kg", "best_reps", "best_load_kg")
    came_from = words.lifted(last["best_reps"], last["best_load_kg"], look)
    marks = np.flatnonzero(array(records, "measure") == "e1rm")[-1:].tolist()
    (best,) = rows_at(records, marks, "workout_id", "day", "value", "previous")
    is_record = best["workout_id"] == last["workout_id"] and not math.isnan(best["previous"])
    top = f"best {words.mass(best['value'], look, 0)}, {words.day(best['day'], look)}"
    lines: list[cards.Part] = [cards.note(f"{came_from} {_on(last['day'], look)}")]
    lines.append(cards.note(cards.tag("Record")) if is_record else cards.note(top))
    return cards.small_card("Estimated max (e1RM)", words.mass(last["e1rm_kg"], look, 0), *lines, domain="lift")


def _heaviest_card(best: Bests, look: Look) -> Component:
    lines = []
    if "reps" in best:
        most = best["reps"]
        lines.append(cards.note(f"most reps {words.lifted(float(most['reps']), float(most['load_kg']), look)}"))
    if "load" not in best:
        return cards.small_card("Heaviest lift", words.Amount(words.NONE), *lines, domain="lift")
    top = best["load"]
    how = "once" if top["reps"] == 1 else f"{words.number(float(top['reps']))} times"
    lines.insert(0, cards.note(f"{how}, on {words.day(top['day'], look)}"))
    return cards.small_card("Heaviest lift", words.load(float(top["value"]), look), *lines, domain="lift")


def _mean_card(sessions: pd.DataFrame, look: Look) -> Component:
    known = np.flatnonzero(np.isfinite(array(sessions, "mean_load_kg")))
    if not len(known):
        return cards.small_card("Mean load per rep", words.Amount(words.NONE), cards.note("no set with a load yet"), domain="lift")
    *before, last = rows_at(sessions, known[-2:].tolist(), "reps", "n_sets", "mean_load_kg")
    lines = [cards.note(f"{words.count(last['reps'], 'rep')} in {words.count(last['n_sets'], 'set')}, last session")]
    if before:
        lines.append(cards.note(f"{words.mass(before[0]['mean_load_kg'], look)} the time before"))
    return cards.small_card("Mean load per rep", words.mass(last["mean_load_kg"], look), *lines, domain="lift")


def _month_card(sessions: pd.DataFrame, look: Look) -> Component:
    months = array(sessions, "day").astype("datetime64[M]")
    this = np.datetime64(look.today, "M")
    start = max(this - _USUAL_MONTHS, months[0])
    n, whole = int((months >= this).sum()), int((this - start).astype(int))
    lines = [cards.note("with this exercise")]
    if whole > 0:
        before = int(((months >= start) & (months < this)).sum())
        lines.append(cards.note(f"usual month {words.shortest(before / whole)}"))
    return cards.small_card("This month", words.Amount(words.number(n), "session" if n == 1 else "sessions"), *lines, domain="lift")


def _on(day: date, look: Look) -> str:
    near = words.day_near(day, look)
    return near.lower() if near in ("Today", "Yesterday") else f"on {near}"


# -- pictures -----------------------------------------------------------------------------------------------------------------


def _pictures(view: View, exercise: str, days: Days) -> list[Component]:
    first, last = days
    door = cards.rows_link("sets", exercise=exercise, first=str(first or ""), last=str(last or ""))
    plan = [
        ("strength.estimated_max", "Estimated max, by session", 7, door, _SAID_MAX),
        ("strength.reps_and_load", "Repetitions and load", 5, door, _SAID_REPS),
        ("strength.mean_load", "Mean load of a repetition", 6, door, _SAID_MEAN),
        ("strength.volume_by_session", "Load × repetitions, by session", 6, door, "Warm-ups left out."),
    ]

    def make(name: str, title: str, w: int, moment: cards.Part, said: str) -> Component:
        figure = chart.draw(name, view.frames.sets, view.look, exercise=exercise, first=first, last=last)
        said = " ".join(each for each in (said, figure["layout"]["meta"].get("note", "")) if each)
        zoom = None if name == "strength.reps_and_load" else view.look.today  # along repetitions there are no days to choose
        drawn = cards.graph(name, figure, height=280, zoom=zoom)
        return cards.card(title, cards.note(said), drawn, moment=moment, w=w, domain="lift")

    return [
        cards.drawn(title, lambda each=(name, title, w, moment, said): make(*each), w=w, domain="lift")  # type: ignore[misc]
        for name, title, w, moment, said in plan
    ]


def _muscle_card(view: View) -> Component:
    figure = chart.draw("strength.volume_by_muscle", view.frames.sets, view.look)
    drawn = cards.graph("strength.volume_by_muscle", figure, height=300)
    said = cards.note(f"All exercises, {view.look.today:%B} so far. The mark is a usual month: the mean of the last three.")
    door = cards.rows_link("sets", first=view.look.today.replace(day=1).isoformat())
    return cards.card("Weight lifted, by muscle", drawn, said, moment=door, w=5, domain="lift")


# -- tables -------------------------------------------------------------------------------------------------------------------


def _sessions_card(view: View, exercise: str, sessions: pd.DataFrame, records: pd.DataFrame, shown_days: Days) -> Component:
    look, (first, last) = view.look, shown_days
    days = array(sessions, "day")
    inside = np.flatnonzero(lifting.within(days, first, last))[::-1]
    if not len(inside):
        said = f"No {exercise} in {spans.said(view)}; the last was on {words.day(days[-1].item(), look)}."
        way = cards.link("Show all time", controls.address(view, span="all", first=None, last=None))
        return cards.card("Sessions", cards.empty(said, way_on=way), w=7, domain="lift")
    broken = remembered(records, "broken", lambda: _broken(records))
    shown = []
    for row in rows_at(sessions, inside[:_SHOWN].tolist(), "workout_id", "n_sets", *_SAID):
        day: list[cards.Part] = [words.day_near(row["day"], look)]
        if row["workout_id"] in broken:
            day += [" ", cards.tag("Record")]
        shown.append([html.Span(day), words.number(row["n_sets"]), words.number(row["reps"]), *_best(row, look)])
    body = _table(["Day", "Sets", "Reps", "Best set", "Est. max"], shown, (1, 2), f"Sessions of {exercise}", look)
    query = {"of": "sets", "exercise": exercise} | {name: str(day) for name, day in (("first", first), ("last", last)) if day}
    way = cards.link(f"All {words.number(len(inside))}", f"/rows?{urlencode(query)}", "fb-note fb-rows")
    return cards.card("Sessions", body, moment=way, w=7, domain="lift")


def _broken(records: pd.DataFrame) -> set[str]:
    return set(records.loc[records["previous"].notna() & (records["measure"] != "reps"), "workout_id"])


def _table(columns: list[str], rows: list[list[Any]], spare: tuple[int, ...], label: str, look: Look) -> Component:
    """A table whose `spare` columns a phone does without; all but the first hold numbers."""
    kept = [at for at in range(len(columns)) if not (look.compact and at in spare)]
    numeric = range(1, len(kept))
    return cards.table([columns[at] for at in kept], [[row[at] for at in kept] for row in rows], numeric=numeric, label=label)


def _best(row: Mapping[Any, Any], look: Look) -> list[Component | str]:
    if math.isnan(row["e1rm_kg"]):
        heaviest = words.load(row["max_load_kg"], look) if row["max_load_kg"] > 0 else words.NONE
        return [str(heaviest), words.NONE]
    best = words.lifted(row["best_reps"], row["best_load_kg"], look)
    return [best, html.Strong(str(words.mass(row["e1rm_kg"], look, 0)))]


def _last_card(view: View) -> Component:
    return remembered(view.frames, ("last session", view.look), lambda: _last(view))


def _last(view: View) -> Component:
    """The last session of all, exercise by exercise, records marked."""
    look, workouts = view.look, view.frames.workouts
    last = workouts.iloc[-1]
    ours = view.frames.sets[view.frames.sets["workout_id"] == last["id"]]
    if ours.empty:
        return cards.card("Last session", cards.empty("The last session holds no sets."), domain="lift")
    sets = view.frames.sets
    marks = remembered(sets, ("marks", str(last["id"])), lambda: _marks(sets, str(last["id"])))
    shown = []
    every = lifting.all_sessions(sets)
    for row in every[every["workout_id"] == last["id"]].to_dict("records"):
        name: list[cards.Part] = [str(row["exercise"])]
        if row["exercise"] in marks:
            name += [" ", cards.tag(marks[row["exercise"]])]
        volume = words.volume(row["volume_kg"], look) if row["volume_kg"] > 0 else words.NONE
        shown.append([html.Span(name), words.number(row["n_sets"]), words.number(row["reps"]), str(volume), *_best(row, look)])
    columns = ["Exercise", "Sets", "Reps", "Lifted", "Best set", "Est. max"]
    body = _table(columns, shown, (1, 2, 3), "The last session", look)
    title = f"Last session: {last['name']}" if isinstance(last["name"], str) and last["name"] else "Last session"
    moment = words.moment(last["at"].to_pydatetime(), str(last["zone"]), look, str(last["precision"]))
    return cards.card(title, body, moment=moment, domain="lift")


def _marks(sets: pd.DataFrame, workout: str) -> dict[str, str]:
    """What the session broke, by exercise: `Record: est. max`."""
    broken = lifting.all_records(sets)
    here = broken[(broken["workout_id"] == workout) & broken["previous"].notna()]
    found: dict[str, list[str]] = {}
    for row in here.to_dict("records"):
        found.setdefault(str(row["exercise"]), []).append(_MEASURES[str(row["measure"])])
    return {exercise: f"Record: {words.listed(measures)}" for exercise, measures in found.items()}


def _nothing() -> Component:
    ways = html.Div(
        [cards.link("Drop an export", "/sources#files"), cards.link("Log a session", "/log?form=lifting")],
        className="fb-bannerways",
    )
    said = cards.empty("No lifting yet. It comes from Strong, Hevy, FitNotes, Fitbod, a sheet, or what you log here.", way_on=ways)
    return html.Div([cards.head("Strength"), cards.card("Sessions", said, domain="lift")])
