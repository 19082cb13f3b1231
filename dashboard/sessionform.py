"""The form of a session on the Log page: lifting, one set at a time, or crossfit, rounds of movements; and what was last time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from dashboard import cards, controls, drafts, typed, words
from dashboard.elements import Component, dbc, dcc, html
from dashboard.figures import strength as lifting
from dashboard.logforms import editing, field, list_field, more, note_field, plain_button, save_button, two, when_field
from dashboard.page import View
from dashboard.theme import Look
from health import strength
from health.records import SET_TYPES

_KINDS: Final[dict[str, str]] = dict(zip(SET_TYPES, ("Working set", "Warm-up", "Drop set", "To failure"), strict=True))
_WORKOUTS: Final = ("Crossfit", "For time", "AMRAP", "EMOM", "Annie", "Cindy", "Fran", "Grace", "Helen", "Murph")
# What the form says where it lifts, and where it is crossfit.
_WORDS: Final = {
    drafts.LIFTING: {"title": "Lifting session", "one": "Exercise", "done": "Set done", "repeat": "Repeat last time"},
    drafts.CROSSFIT: {"title": "Crossfit session", "one": "Movement", "done": "Add movement", "repeat": "Repeat the last one"},
}


def session_card(view: View, form: str) -> Component:
    """The form, empty or filled with the session to edit."""
    held = editing(view, "workout")
    stored, said = held if held else (None, {})
    told, unit = _WORDS[form], view.look.mass_unit
    draft = drafts.draft_of(said, stored) if stored else None
    zone = str(said.get("zone") or view.house.zone)
    when = when_field("lifting-when", said.get("when") or typed.wall(view.now, view.house.zone))
    place = {"zone": zone, "unit": unit, "form": form, "of": drafts.scope(draft)}
    inside = html.Div(
        [
            _held(draft, place),
            *_head(form, said),
            *_one_set(view, told, unit, form),
            html.Div(id="draft-sets", **{"aria-live": "polite"}),
            html.Div(id="asks-said", className="fb-note", role="status"),
            html.Div(id="lifting-said", className="fb-wrong", role="alert"),
            cards.rule(
                html.Div([when, _about(form, said)], className="fb-form"),
                html.Div(
                    save_button("lifting-save", "Save the change" if stored else "Save session", bool(stored)), className="mt-3"
                ),
                cards.note("" if stored else "Sets are kept on this device until saved.", class_name="mt-2"),
            ),
        ],
        className="fb-form",
        **{"data-place": json.dumps(place)},  # with every tap: assets/45-asks.js
    )
    moment = "Editing" if stored else words.moment(view.now, view.house.zone, view.look)
    return cards.card(told["title"], inside, domain="lift", moment=moment)


def _held(draft: drafts.Draft | None, place: Mapping[str, str]) -> Component:
    """What the browser keeps of the form: the draft (on the device, or while one is edited, with the page) and what was tapped."""
    kept = dcc.Store(id="draft", data=draft) if draft else dcc.Store(id="draft", storage_type="local")
    told = [dcc.Store(id=each) for each in ("asks", "receipt", "last-first")]
    # A key of its own for each draft: a browser that went on with the element before would go on with where that one was kept.
    return html.Div([kept, dcc.Store(id="draft-place", data=place), *told], key=f"draft {place['of']}", hidden=True)


def _one_set(view: View, told: Mapping[str, str], unit: str, form: str) -> list[Component]:
    """What one set takes: the exercise, repetitions and load with steppers, and the rest one tap away."""
    names = [] if view.frames.is_sample else lifting.names(view.frames.sets)
    known = list(dict.fromkeys([*names, *view.frames.names.exercises()]))[:600]
    exercise = dbc.Input(
        id="log-exercise", type="text", list="exercises", placeholder=told["one"], autocomplete="off", maxlength=80, debounce=True
    )
    steppers = [
        controls.stepper("reps", 5, label="Repetitions", id="log-reps", most=drafts.MOST_REPS),
        controls.stepper("load", None, label=f"Load, {unit}", id="log-load", step=2.5 if unit == "kg" else 5),
    ]
    rest = more(
        "More: time, distance, effort, a note",
        two(field("log-time", "Seconds, or min:sec", "", "45", mode="text"), field("log-metres", "Metres", "", "500")),
        two(list_field("log-type", "Kind of set", _KINDS, SET_TYPES[0]), field("log-rpe", "Effort (RPE), 1 to 10", "", "8")),
        note_field("log-note", "Note on the set", ""),
    )
    listed = html.Datalist([html.Option(value=each) for each in known], id="exercises")
    top = [
        html.Div([html.Label(told["one"], className="form-label", htmlFor="log-exercise"), exercise, listed]),
        html.Div(plain_button("repeat", told["repeat"]), className="fb-wide"),
    ]
    return [
        *(reversed(top) if form == drafts.CROSSFIT else top),  # crossfit repeats the whole session, lifting the exercise named
        html.Strong(id="set-title"),
        html.Div(steppers, className="fb-two fb-tall"),
        rest,
        html.Div(plain_button("set-done", told["done"]), className="fb-wide"),
    ]


def _head(form: str, said: Mapping[str, Any]) -> list[Component]:
    """What a crossfit session is asked first: its name, how many rounds, how long."""
    if form != drafts.CROSSFIT:
        return [html.Div(controls.stepper("rounds", 1, label="Rounds", id="session-rounds"), hidden=True)]
    rounds = float(said.get("rounds") or 1)
    name = field("session-name", "Workout", said.get("name"), "Crossfit", mode="text", most=typed.LONGEST_NAME)
    listed = html.Datalist([html.Option(value=each) for each in _WORKOUTS], id="workouts")
    stepper = controls.stepper("rounds", rounds, label="Rounds", id="session-rounds", least=1, most=drafts.MOST_ROUNDS)
    time = field("session-time", "Time", said.get("time"), "12:30", mode="text")
    return [name, listed, two(stepper, time)]


def _about(form: str, said: Mapping[str, Any]) -> Component:
    """What may be said of all of it."""
    effort = field("session-rpe", "Effort (RPE), 1 to 10", said.get("rpe"), "7")
    note = note_field("session-note", "Note on the session", said.get("note"))
    opened = any(said.get(each) for each in ("name", "time", "rpe", "note"))
    if form == drafts.CROSSFIT:
        return more("About the session: effort, a note", two(effort), note, open=opened)
    name = field("session-name", "Name", said.get("name"), "Push", mode="text", most=typed.LONGEST_NAME)
    time = field("session-time", "How long", said.get("time"), "1:05:00", mode="text")
    return more("About the session: name, how long, effort, a note", name, two(time, effort), note, open=opened)


# -- the sets so far ----------------------------------------------------------------------------------------------------------


def done_sets(draft: drafts.Draft) -> list[Component]:
    """The sets of a draft, a line each, under the name of their exercise."""
    found: list[Component] = []
    before, number = None, 0
    crossfit = draft.get("form") == drafts.CROSSFIT
    for each in draft["sets"]:
        if each["exercise"] != before and not crossfit:
            before, number = each["exercise"], 0
            found.append(html.H3(before, className="fb-name mt-2"))
        number += 1
        label = f"Remove {each['exercise']}, {number}" if crossfit else f"Remove set {number} of {before}"
        button = html.Button(
            "Remove", type="button", className="btn btn-link fb-small", **{"aria-label": label, "data-unset": str(each["id"])}
        )
        name = html.Strong(each["exercise"]) if crossfit else html.Span(f"Set {number}", className="fb-note")
        told = html.Div([html.Div(_done(each), className="fb-num"), *_beside(each)], className="fb-grow")
        found.append(html.Div([name, told, button], className="fb-set"))
    return found


def _done(said: Mapping[str, Any]) -> str:
    """What was done in a set, as it was typed: `5 × 140 kg`, `12 reps`, `0:45`, `500 m`."""
    load = f"{said['load']}{words.NBSP}{said['unit']}" if said["load"] else ""
    reps = f"{said['reps']}{words.NBSP}×{words.NBSP}{load}" if load else f"{said['reps']} reps"
    if not said["reps"]:
        reps = load
    metres = f"{said['metres']}{words.NBSP}m" if said.get("metres") else ""
    time = str(said.get("time") or "")
    return ", ".join(each for each in (reps, metres, f"{time}{words.NBSP}s" if time.isdecimal() else time) if each)


def _beside(said: Mapping[str, Any]) -> list[Component]:
    """Kind, effort and note of a set, smaller."""
    kind = _KINDS.get(said.get("type", ""), "")
    effort = f"RPE{words.NBSP}{said['rpe']}" if said.get("rpe") else ""
    told = " · ".join(each for each in (kind, effort, said.get("note", "")) if each)
    return [html.Div(told, className="fb-note")] if told else []


def title(draft: drafts.Draft, name: str, form: str) -> str:
    """What the next set is called."""
    if form == drafts.CROSSFIT:
        return "Next movement" if draft["sets"] else "First movement"
    number = sum(each["exercise"] == name for each in draft["sets"]) + 1
    return f"Set {number}" if name else "Next set" if draft["sets"] else "First set"


# -- last time ----------------------------------------------------------------------------------------------------------------


def last_sets(sets: pd.DataFrame, exercise: str) -> pd.DataFrame:
    """The sets of the last session that held this exercise; empty where none did."""
    ours = strength.of_exercise(sets, exercise)
    return ours[ours["workout_id"] == ours["workout_id"].iloc[-1]] if len(ours) else ours


def last_time(sets: pd.DataFrame, exercise: str, look: Look) -> Component:
    """Last time's sets of an exercise in a card."""
    last = last_sets(sets, exercise)
    if last.empty:
        said = f"No {exercise} yet." if exercise else "Name an exercise to see it here."
        return cards.card("Last time", cards.note(said), domain="lift")
    rows = [
        html.Div([html.Span(f"Set {at}", className="fb-note"), html.Span(_lifted(row, look))], className="fb-set")
        for at, row in enumerate(last.to_dict("records"), start=1)
    ]
    return cards.card("Last time", html.Div(rows), domain="lift", moment=words.day_near(last["day"].iloc[-1].date(), look))


def _lifted(row: Mapping[Any, Any], look: Look) -> str:
    """A set of a record in a few words; one of time or distance says these."""
    if row["reps"] == row["reps"]:
        return words.lifted(row["reps"], row["load_kg"], look)
    metres = f"{words.number(row['distance_m'])}{words.NBSP}m" if row["distance_m"] == row["distance_m"] else ""
    time = drafts.clock_text(row["duration_s"]) if row["duration_s"] == row["duration_s"] else ""
    return ", ".join(each for each in (metres, time) if each) or words.NONE
