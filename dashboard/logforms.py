"""The parts of the Log page: the form of a weigh-in, what was entered, the line that says so; and the fields of all its forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from dashboard import cards, controls, drafts, entries, typed, words
from dashboard.elements import Component, dbc, dcc, html
from dashboard.page import View
from dashboard.theme import Look
from health.quantities import QUANTITIES
from store.store import Stored

FORMS: Final = {"weigh": "Weigh-in", drafts.LIFTING: "Lifting", drafts.CROSSFIT: "Crossfit"}
_SHOWN = 8
_LABELS: Final = {"pulse": "Pulse, bpm", "systolic": "Blood pressure, upper", "diastolic": "Blood pressure, lower"}
_HINTS: Final = {"muscle": "or 42 %", "water": "or 55 %", "bone": "or 4 %"}


def editing(view: View, kind: str) -> tuple[Stored, dict[str, Any]] | None:
    """The entry that the address asks to edit, with what was typed for it; None where there is none of that kind."""
    id = view.choices.get("edit", "")
    if not id.startswith(f"{typed.SOURCE}:"):
        return None
    stored = view.house.store.get(view.house.person, kind, id)
    said = entries.typed_of(view.house.store, view.house.person, id.partition(":")[2])
    return (stored, said) if stored is not None and said is not None else None


# -- fields -------------------------------------------------------------------------------------------------------------------


def field(
    id: str, label: str, value: Any, hint: str = "", *, class_name: str = "", mode: str = "decimal", most: int = 20
) -> Component:
    """A line to type in. Text, not number: some browsers refuse the decimal mark of another country's keyboard without a word."""
    line = dbc.Input(
        id=id,
        type="text",
        inputmode=mode,
        value="" if value is None else str(value),
        placeholder=hint,
        autocomplete="off",
        class_name=class_name,
        maxlength=most,
    )
    return html.Div([html.Label(label, className="form-label", htmlFor=id), line])


def note_field(id: str, label: str, value: Any) -> Component:
    """A few words."""
    area = dbc.Textarea(id=id, value=value or "", rows=2, maxlength=typed.LONGEST_NOTE)
    return html.Div([html.Label(label, className="form-label", htmlFor=id), area])


def list_field(id: str, label: str, options: Mapping[str, str], value: str, class_name: str = "") -> Component:
    """One of a few."""
    listed = [{"value": key, "label": said} for key, said in options.items()]
    chosen = dbc.Select(id=id, options=listed, value=value, class_name=class_name)
    return html.Div([html.Label(label, className="form-label", htmlFor=id), chosen])


def when_field(id: str, value: str) -> Component:
    """The day and the time."""
    return html.Div([html.Label("When", className="form-label", htmlFor=id), dbc.Input(id=id, type="datetime-local", value=value)])


def more(said: str, *fields: Component, open: bool = False) -> Component:
    """What most people leave out, one tap away."""
    return html.Details(
        [html.Summary(said, className="fb-note"), html.Div(list(fields), className="fb-form")], className="fb-more", open=open
    )


def two(*fields: Component) -> Component:
    """Two fields abreast."""
    return html.Div(list(fields), className="fb-two")


def plain_button(id: str, said: str) -> Component:
    """A button that is not the main one."""
    return html.Button(said, id=id, type="button", n_clicks=0, className="btn btn-secondary")


def save_button(id: str, said: str, leave: bool) -> Component:
    """The main button, and the way out of an edit."""
    button = html.Button(said, id=id, type="button", n_clicks=0, className="btn btn-primary")
    out = [cards.link("Leave it as it was", "/log", "btn btn-link")] if leave else []
    return html.Div([button, *out], className="fb-wide")


# -- weigh-in -----------------------------------------------------------------------------------------------------------------


def weigh_card(view: View) -> Component:
    """The form of a weigh-in, empty or filled with the one to edit."""
    held = editing(view, "measurement")
    stored, said = held if held else (None, {})
    state = {"key": said.get("key") or typed.new_key(view.now), "version": stored.version if stored else 0}
    state["zone"] = str(said.get("zone") or view.house.zone)
    unit = said.get("unit") or view.look.mass_unit
    units = list_field("weigh-unit", "Unit", {"kg": "kilograms", "lb": "pounds"}, unit, "fb-tallfield")
    weight = field("weigh-weight", "Weight", said.get("weight"), _last_weight(view), class_name="fb-bigfield")
    fat = field("weigh-fat", "Body fat, %", said.get("fat"), "may stay empty")
    when = when_field("weigh-when", said.get("when") or typed.wall(view.now, view.house.zone))
    form = html.Div(
        [
            dcc.Store(id="weigh-state", data=state),
            two(weight, units),
            html.Div([fat, when], className="fb-two fb-onephone"),
            _more_fields(said),
            html.Div(id="weigh-said", className="fb-wrong", role="alert"),
            save_button("weigh-save", "Save the change" if stored else "Save weigh-in", bool(stored)),
        ],
        className="fb-form",
    )
    moment = "Editing" if stored else words.moment(view.now, view.house.zone, view.look)
    return cards.card("Weigh-in", form, domain="body", moment=moment)


def _more_fields(said: Mapping[str, Any]) -> Component:
    def one(name: str) -> Component:
        label = _LABELS.get(name, QUANTITIES[entries.MORE[name]].name)
        hint = _HINTS.get(name, "")  # no keyboard for numbers has a percent sign
        return field(f"weigh-{name}", label, said.get(name), hint, mode="text" if hint else "decimal")

    pairs = [two(one("muscle"), one("water")), two(one("bone"), one("visceral")), two(one("systolic"), one("diastolic"))]
    told = "More: muscle, water, bone, visceral fat, blood pressure, pulse"
    return more(told, *pairs, two(one("pulse")), open=any(said.get(each) for each in entries.MORE))


def _last_weight(view: View) -> str:
    frame = view.frames.measurements
    known = frame["body_mass_kg"].dropna() if "body_mass_kg" in frame and not view.frames.is_sample else pd.Series(dtype=float)
    return words.number(words.mass_in(float(known.iloc[-1]), view.look), 1) if len(known) else ""


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
        ours = frame[frame["source"] == typed.SOURCE].iloc[-_SHOWN:]
        found += [(row["at"], kind, row) for row in ours.to_dict("records")]
    return sorted(found, key=lambda each: each[0], reverse=True)


def _entry(view: View, at: pd.Timestamp, kind: str, row: dict[Any, Any]) -> Component | None:
    stored = view.house.store.get(view.house.person, kind, row["id"])
    if stored is None:  # deleted a moment ago, and not yet gone from the frames
        return None
    name = said_of(stored.body, view.look)
    form = "weigh" if kind == "measurement" else drafts.LIFTING  # the page shows a crossfit session in its own form
    when = words.moment(at.to_pydatetime(), str(row["zone"]), view.look)
    edit = cards.link("Edit", controls.address(view, form=form, edit=row["id"], said=None, id=None), "btn btn-link")
    press = {"delete": row["id"], "kind": kind, "version": stored.version}
    delete = html.Button(
        "Delete", id=press, type="button", n_clicks=0, className="btn btn-link", **{"aria-label": f"Delete {name}, {when}"}
    )
    told = html.Div([html.Div(name), html.Div(when, className="fb-note")], className="fb-grow")
    return html.Div([told, html.Div([edit, delete], className="fb-ways")], className="fb-row fb-own")


def said_of(body: dict[str, Any], look: Look) -> str:
    """An entry in a few words: `Weight 80.1 kg`, `Deadlift, 3 sets`, `Crossfit, 4 exercises`."""
    if "sets" in body:
        names = {each["exercise"] for each in body["sets"]}
        if len(names) == 1 and not body.get("name"):
            return f"{next(iter(names))}, {words.count(len(body['sets']), 'set')}"
        return f"{body.get('name') or 'Lifting'}, {words.count(len(names), 'exercise')}"
    key = next((each for each in QUANTITIES if each in body), None)
    return f"{QUANTITIES[key].name} {words.quantity(key, body[key], look)}" if key else "Reading"


def toast(said: str, undo: str | None) -> Component:
    """The line at the foot of the page, with the way back."""
    inside: list[Component] = [html.Span(said)]
    if undo:
        inside.append(html.Button("Undo", id={"undo": undo}, type="button", n_clicks=0, className="btn btn-link"))
    return html.Div(html.Div(inside, className="toast show", role="status"), className="fb-toastplace")
