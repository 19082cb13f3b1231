"""The parts of the Log page: the form of a weigh-in, the form of a lifting session, what was last time, what was entered."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from dashboard import cards, controls, entries, words
from dashboard.elements import Component, dbc, dcc, html
from dashboard.figures import strength as lifting
from dashboard.page import View
from dashboard.theme import Look
from health import strength
from store.store import Stored

FORMS: Final = {"weigh": "Weigh-in", "lifting": "Lifting"}
_SHOWN = 8


def editing(view: View, kind: str) -> tuple[Stored, dict[str, Any]] | None:
    """The entry that the address asks to edit, with what was typed for it; None where there is none of that kind."""
    id = view.choices.get("edit", "")
    if not id.startswith(f"{entries.SOURCE}:"):
        return None
    stored = view.house.store.get(view.house.person, kind, id)
    typed = entries.typed_of(view.house.store, view.house.person, id.partition(":")[2])
    return (stored, typed) if stored is not None and typed is not None else None


# -- weigh-in -----------------------------------------------------------------------------------------------------------------


def weigh_card(view: View) -> Component:
    """The form of a weigh-in, empty or filled with the one to edit."""
    held = editing(view, "measurement")
    stored, typed = held if held else (None, {})
    state = {"key": typed.get("key") or entries.new_key(view.now), "version": stored.version if stored else 0}
    state["zone"] = str(typed.get("zone") or view.house.zone)
    unit = typed.get("unit") or view.look.mass_unit
    form = html.Div(
        [
            dcc.Store(id="weigh-state", data=state),
            html.Div([_weight(view, typed), _unit(unit)], className="fb-two"),
            html.Div(
                [_fat(typed), _when("weigh-when", typed.get("when") or entries.wall(view.now, view.house.zone))],
                className="fb-two fb-onephone",
            ),
            html.Div(id="weigh-said", className="fb-wrong", role="alert"),
            html.Div(_save("weigh-save", "Save the change" if stored else "Save weigh-in", bool(stored)), className="fb-wide"),
        ],
        className="fb-form",
    )
    moment = "Editing" if stored else words.moment(view.now, view.house.zone, view.look)
    return cards.card("Weigh-in", form, domain="body", moment=moment)


def _weight(view: View, typed: dict[str, Any]) -> Component:
    frame = view.frames.measurements
    known = frame["body_mass_kg"].dropna() if "body_mass_kg" in frame and not view.frames.is_sample else pd.Series(dtype=float)
    hint = words.number(words.mass_in(float(known.iloc[-1]), view.look), 1) if len(known) else ""
    return _field("weigh-weight", "Weight", typed.get("weight", ""), hint, "fb-bigfield")


def _fat(typed: dict[str, Any]) -> Component:
    return _field("weigh-fat", "Body fat, %", typed.get("fat", ""), "may stay empty")


def _field(id: str, label: str, value: Any, hint: str, class_name: str = "") -> Component:
    # Text, not number: some browsers refuse the decimal mark of another country's keyboard without a word.
    field = dbc.Input(
        id=id,
        type="text",
        inputmode="decimal",
        value=str(value),
        placeholder=hint,
        autocomplete="off",
        className=class_name or None,
        maxlength=20,
    )
    return html.Div([html.Label(label, className="form-label", htmlFor=id), field])


def _unit(chosen: str) -> Component:
    options = [{"value": "kg", "label": "kilograms"}, {"value": "lb", "label": "pounds"}]
    field = dbc.Select(id="weigh-unit", options=options, value=chosen, className="fb-tallfield")
    return html.Div([html.Label("Unit", className="form-label", htmlFor="weigh-unit"), field])


def _when(id: str, value: str) -> Component:
    return html.Div([html.Label("When", className="form-label", htmlFor=id), dbc.Input(id=id, type="datetime-local", value=value)])


def _save(id: str, said: str, leave: bool) -> list[Component]:
    button = html.Button(said, id=id, type="button", n_clicks=0, className="btn btn-primary")
    return [button, cards.link("Leave it as it was", "/log", "btn btn-link")] if leave else [button]


# -- lifting ------------------------------------------------------------------------------------------------------------------


def lifting_card(view: View) -> Component:
    """The form of a session: one set at a time, those done a line each."""
    held = editing(view, "workout")
    stored, typed = held if held else (None, {})
    unit = view.look.mass_unit
    if stored is not None:
        draft = dcc.Store(id="draft", data=entries.draft_of(typed, stored))
    else:
        draft = dcc.Store(id="draft", storage_type="local")
    zone = str(typed.get("zone") or view.house.zone)
    step = 2.5 if unit == "kg" else 5
    names = [] if view.frames.is_sample else lifting.names(view.frames.sets)
    field = dbc.Input(
        id="log-exercise", type="text", list="exercises", placeholder="Exercise", autocomplete="off", maxlength=80, debounce=True
    )
    steppers = [
        controls.stepper("reps", 5, label="Repetitions", id="log-reps", most=entries.MOST_REPS),
        controls.stepper("load", None, label=f"Load, {unit}", id="log-load", step=step),
    ]
    form = html.Div(
        [
            draft,
            dcc.Store(id="draft-place", data={"zone": zone, "unit": unit, "editing": stored is not None}),
            html.Div([html.Label("Exercise", className="form-label", htmlFor="log-exercise"), field]),
            html.Datalist([html.Option(value=each) for each in names[:300]], id="exercises"),
            html.Div(_plain("repeat", "Repeat last time"), className="fb-wide"),
            html.Div(id="draft-sets", **{"aria-live": "polite"}),
            html.Strong(id="set-title"),
            html.Div(steppers, className="fb-two fb-tall"),
            html.Div(_plain("set-done", "Set done"), className="fb-wide"),
            html.Div(id="lifting-said", className="fb-wrong", role="alert"),
            cards.rule(
                _when("lifting-when", typed.get("when") or entries.wall(view.now, view.house.zone)),
                html.Div(
                    _save("lifting-save", "Save the change" if stored else "Save session", bool(stored)), className="fb-wide mt-3"
                ),
                cards.note("" if stored else "Kept on this device until saved.", class_name="mt-2"),
            ),
        ],
        className="fb-form",
    )
    return cards.card(
        "Lifting session", form, domain="lift", moment="Editing" if stored else words.moment(view.now, view.house.zone, view.look)
    )


def _plain(id: str, said: str) -> Component:
    return html.Button(said, id=id, type="button", n_clicks=0, className="btn btn-secondary")


def done_sets(draft: entries.Draft) -> list[Component]:
    """The sets of a draft, a line each, under the name of their exercise."""
    found: list[Component] = []
    before, number = None, 0
    for at, each in enumerate(draft["sets"]):
        if each["exercise"] != before:
            before, number = each["exercise"], 0
            found.append(html.H3(before, className="fb-name mt-2"))
        number += 1
        said = (
            f"{each['reps']}{words.NBSP}×{words.NBSP}{each['load']}{words.NBSP}{each['unit']}"
            if each["load"]
            else f"{each['reps']} reps"
        )
        label = f"Remove set {number} of {before}"
        button = html.Button(
            "Remove", id={"unset": at}, type="button", n_clicks=0, className="btn btn-link fb-small", **{"aria-label": label}
        )
        found.append(
            html.Div(
                [html.Span(f"Set {number}", className="fb-note"), html.Span(said, className="fb-num"), button], className="fb-set"
            )
        )
    return found


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
        html.Div(
            [html.Span(f"Set {at}", className="fb-note"), html.Span(words.lifted(row["reps"], row["load_kg"], look))],
            className="fb-set",
        )
        for at, row in enumerate(last.to_dict("records"), start=1)
    ]
    return cards.card("Last time", html.Div(rows), domain="lift", moment=words.day_near(last["day"].iloc[-1].date(), look))


# -- what was entered ---------------------------------------------------------------------------------------------------------


def own_card(view: View) -> Component:
    """The last entries, each with edit and delete."""
    found = [] if view.frames.is_sample else _own(view)
    if not found:
        return cards.card(
            "Entered by you", cards.note("Nothing yet. What you save stands here, to edit or to delete."), icon_name="log"
        )
    rows = [row for row in (_entry(view, *each) for each in found[:_SHOWN]) if row is not None]
    return cards.card("Entered by you", html.Div(rows), icon_name="log", moment=words.count(len(found), "entry", "entries"))


def _own(view: View) -> list[tuple[pd.Timestamp, str, dict[Any, Any]]]:
    found = []
    for kind, frame in (("measurement", view.frames.measurements), ("workout", view.frames.workouts)):
        ours = frame[frame["source"] == entries.SOURCE].iloc[-_SHOWN:]
        found += [(row["at"], kind, row) for row in ours.to_dict("records")]
    return sorted(found, key=lambda each: each[0], reverse=True)


def _entry(view: View, at: pd.Timestamp, kind: str, row: dict[Any, Any]) -> Component | None:
    stored = view.house.store.get(view.house.person, kind, row["id"])
    if stored is None:  # deleted a moment ago, and not yet gone from the frames
        return None
    name = said_of(stored.body, view.look)
    form = "lifting" if kind == "workout" else "weigh"
    when = words.moment(at.to_pydatetime(), str(row["zone"]), view.look)
    edit = cards.link("Edit", controls.address(view, form=form, edit=row["id"], said=None, id=None), "btn btn-link")
    press = {"delete": row["id"], "kind": kind, "version": stored.version}
    delete = html.Button(
        "Delete", id=press, type="button", n_clicks=0, className="btn btn-link", **{"aria-label": f"Delete {name}, {when}"}
    )
    told = html.Div([html.Div(name), html.Div(when, className="fb-note")], className="fb-grow")
    return html.Div([told, html.Div([edit, delete], className="fb-ways")], className="fb-row fb-own")


def said_of(body: dict[str, Any], look: Look) -> str:
    """An entry in a few words: `Weight 80.1 kg`, `Lifting, 4 exercises`."""
    if "sets" in body:
        names = {each["exercise"] for each in body["sets"]}
        return (
            f"{next(iter(names))}, {words.count(len(body['sets']), 'set')}"
            if len(names) == 1
            else f"Lifting, {len(names)} exercises"
        )
    mass = body.get("body_mass_kg")
    return f"Weight {words.mass(mass, look)}" if mass is not None else "Reading"


def toast(said: str, undo: str | None) -> Component:
    """The line at the foot of the page, with the way back."""
    inside: list[Component] = [html.Span(said)]
    if undo:
        inside.append(html.Button("Undo", id={"undo": undo}, type="button", n_clicks=0, className="btn btn-link"))
    return html.Div(html.Div(inside, className="toast show", role="status"), className="fb-toastplace")
