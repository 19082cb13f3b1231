"""Settings: units, days, height, direction and home zone of the person. What is chosen is saved at once and counts everywhere."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import dash_bootstrap_components as dbc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import cards, controls, profile, shell, words
from dashboard.looks import at_home
from dashboard.page import House, Page, View
from dashboard.profile import ProfileError
from health import body
from health.days import local_time
from store.home import SETTING
from store.store import StoreError

PAGE = Page(path="/settings", name="Settings", icon="settings", order=120)

_CHOICES: Final[Mapping[str, tuple[str, Sequence[tuple[str, str]]]]] = {
    "direction": ("Your weight should", (("lose", "Go down"), ("gain", "Go up"), ("keep", "Stay"), (profile.NONE, "Not said"))),
    "mass_unit": ("Weights", (("kg", "Kilograms"), ("lb", "Pounds"))),
    "distance_unit": ("Distances", (("km", "Kilometres"), ("mi", "Miles"))),
    "speed_as": ("How fast", (("pace", "Pace"), ("speed", "Speed"))),
    "first_weekday": ("A week begins on", (("0", "Monday"), ("6", "Sunday"), ("5", "Saturday"))),
}
_NAMES: Final = {"height_m": "Height", "goal_kg": "Goal weight", "zone": "Home zone"} | {
    name: said for name, (said, _) in _CHOICES.items()
}
_STALE: Final = "This was changed elsewhere meanwhile. Nothing was overwritten."


def content(view: View) -> Component:
    """The page: what is chosen, and a place for what became of a change."""
    parts = html.Div(form(view), id="settings-form")
    return html.Div([cards.head("Settings"), parts, html.Div(id="settings-said", role="status")])


def form(view: View, wrong: Mapping[str, tuple[Any, str]] | None = None) -> Component:
    """The cards; `wrong` are fields that were refused: what was typed, and why."""
    told = view.house.store.setting(view.house.person, SETTING)
    make = _Fields(view, told, wrong or {})
    goals = cards.card(
        "You", html.Div([make.segments("direction"), make.goal(), make.height()], className="fb-form"), icon_name="body"
    )
    units = html.Div([make.segments(each) for each in ("mass_unit", "distance_unit", "speed_as")], className="fb-form")
    days = html.Div([make.segments("first_weekday"), make.zone()], className="fb-form")
    beside = [cards.card("Units", units, cards.rule(cards.note(_example(view))), icon_name="run"), cards.card("Days", days)]
    return cards.grid(
        dcc.Store(id="settings-wrong", data={name: typed for name, (typed, _) in (wrong or {}).items()}),
        html.Div(html.Div(goals, className="fb-stack"), style={"--w": 6}),
        html.Div(html.Div(beside, className="fb-stack"), style={"--w": 6}),
    )


def _example(view: View) -> str:
    look = view.look
    run = f"{words.distance(8420, look)} at {words.rate(1000 / 321, look)}"
    return f"So a weigh-in reads {words.mass(80.4, look)}, and a run {run}. What is stored does not change."


class _Fields:
    """The fields of the form, from what is stored and what was refused."""

    def __init__(self, view: View, told: Any, wrong: Mapping[str, tuple[Any, str]]) -> None:
        self.view, self.told, self.wrong = view, told, wrong

    def segments(self, name: str) -> Component:
        said, options = _CHOICES[name]
        key = self._key(name)
        buttons = dbc.RadioItems(
            id=key,
            options=[{"value": value, "label": text} for value, text in options],
            value=profile.shown(name, self.told, self.view.look),
            name=f"settings-{name}",
            className="fb-seg fb-radios",
            inputClassName="btn-check",
            labelClassName="btn",
        )
        return html.Fieldset([html.Legend(said, className="form-label"), buttons, *self._below(name)])

    def goal(self) -> Component:
        unit = self.view.look.mass_unit
        return self._field("goal_kg", f"Goal weight, {unit}", "none yet", inputmode="decimal")

    def height(self) -> Component:
        return self._field("height_m", "Height", words.height(1.81, self.view.look))

    def zone(self) -> Component:
        known = html.Datalist([html.Option(value=each) for each in profile.zone_names()], id="zones")
        field = self._field("zone", "Home zone", self.view.house.zone, list="zones", className="fb-search")
        return html.Div([field, known])

    def _field(self, name: str, label: str, hint: str, **more: Any) -> Component:
        key = self._key(name)
        value = self.wrong[name][0] if name in self.wrong else profile.shown(name, self.told, self.view.look)
        box = dbc.Input(
            id=key, type="text", value=value, placeholder=hint, debounce=True, autocomplete="off", maxlength=60,
            invalid=name in self.wrong, **more,
        )  # fmt: skip
        inside = [html.Label(label, className="form-label", htmlFor=controls.dom_id(key)), box, *self._below(name)]
        return html.Div(inside, id=name.partition("_")[0])

    def _key(self, name: str) -> dict[str, str]:
        # The unit goes with the field: another window may have changed it since this form was drawn.
        return {"setting": name, "unit": self.view.look.mass_unit}

    def _below(self, name: str) -> list[Component]:
        refused = [html.P(self.wrong[name][1], className="fb-wrong", role="alert")] if name in self.wrong else []
        said = _HELP[name](self.view) if name in _HELP else ""
        return [*refused, *([cards.note(said, class_name="mt-1")] if said else [])]


# -- what stands below a field ------------------------------------------------------------------------------------------------


def _about_direction(_view: View) -> str:
    return "Colours a change by whether it goes your way. Not said: changes are told without a colour."


def _about_goal(view: View) -> str:
    frame = view.frames.measurements
    known = frame["body_mass_kg"].dropna() if "body_mass_kg" in frame and not view.frames.is_sample else None
    last = "" if known is None or known.empty else f" Your last weigh-in: {words.mass(float(known.iloc[-1]), view.look)}."
    return f"A line in the picture of your weight. May stay empty.{last}"


def _about_height(view: View) -> str:
    measured = None if view.frames.is_sample else body.height_m(view.frames.measurements)
    if measured is None:
        return "For your BMI. Say it like 181 cm, 1.81 m or 5 ft 11 in."
    return f"For your BMI. {words.height(measured, view.look)} was measured last; what you type here goes before it."


def _about_first_weekday(_view: View) -> str:
    return "Sums by week follow it. The forecast counts its own weeks, from Monday to Sunday."


def _about_zone(view: View) -> str:
    told = view.house.store.setting(view.house.person, SETTING)
    clock = f"{local_time(view.now, view.house.zone):%H:%M}"
    whose = f"It is {clock} there now." if profile.shown("zone", told, view.look) else f"Empty: {view.house.zone}, {clock} now."
    return f"{whose} Says when your day ends, and where the clock was in files that do not tell. Past entries keep their own zone."


_HELP: Final = {
    "direction": _about_direction,
    "goal_kg": _about_goal,
    "height_m": _about_height,
    "first_weekday": _about_first_weekday,
    "zone": _about_zone,
}


# -- saving -------------------------------------------------------------------------------------------------------------------


def register(app: Dash, house: House) -> None:
    """Save what is chosen or typed, a field at a time, and take it back."""
    turn = threading.Lock()  # a setting is read, changed and written as a whole

    @app.callback(  # type: ignore[untyped-decorator]
        Output("settings-form", "children"),
        Output("settings-said", "children"),
        Input({"setting": ALL, "unit": ALL}, "value"),
        State("settings-wrong", "data"),
        State(shell.SCREEN, "data"),
        prevent_initial_call=True,
    )
    def save(_values: Any, refused: Any, screen: Any) -> tuple[Any, Any]:
        # A person changes one field at a time; a form that was only just drawn reports all of them.
        if len(ctx.triggered) != 1 or not isinstance(ctx.triggered_id, Mapping):
            raise PreventUpdate
        name, unit = str(ctx.triggered_id["setting"]), str(ctx.triggered_id["unit"])
        typed, view = ctx.triggered[0]["value"], _view(house, screen)
        refused = refused if isinstance(refused, dict) else {}
        if name in refused and refused[name] == typed:
            raise PreventUpdate
        if _as_it_stands(view, name, typed, unit):
            if not refused:
                raise PreventUpdate
            return form(view), None
        try:
            with turn:
                said = _saved(house, name, typed, unit)
        except ProfileError as error:
            return form(view, {name: (typed, str(error))}), None
        return form(_view(house, screen)), said

    @app.callback(  # type: ignore[untyped-decorator]
        Output("settings-form", "children", allow_duplicate=True),
        Output("settings-said", "children", allow_duplicate=True),
        Input("settings-undo", "n_clicks"),
        State("settings-before", "data"),
        State(shell.SCREEN, "data"),
        prevent_initial_call=True,
    )
    def undo(clicks: Any, before: Any, screen: Any) -> tuple[Any, Any]:
        if not clicks or not isinstance(before, dict) or before.get("name") not in profile.FIELDS:
            raise PreventUpdate
        with turn:
            said = _taken_back(house, before)
        return form(_view(house, screen)), _toast(said, house.clock())


def _as_it_stands(view: View, name: str, typed: Any, unit: str) -> bool:
    """Whether a field says what is stored already: compared as it is shown, or a rounded height would be saved as typed."""
    told = view.house.store.setting(view.house.person, SETTING)
    return unit == view.look.mass_unit and (typed or "") == profile.shown(name, told, view.look)


def _saved(house: House, name: str, typed: Any, unit: str) -> Component:
    """Save one field, and say so with the way back. Raises ProfileError."""
    told = house.store.setting(house.person, SETTING)
    made = profile.changed(told, name, typed, unit)
    try:
        house.store.put_setting(house.person, SETTING, made)
    except StoreError as error:
        raise ProfileError(f"Nothing was saved. {error}") from None
    was = told if isinstance(told, Mapping) else {}
    before = {"name": name, "was": _one(was, name), "now": _one(made, name)}
    return _toast(f"{_NAMES[name]}: saved.", house.clock(), before)


def _one(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {name: told[name]} if name in told else {}


def _taken_back(house: House, before: Mapping[str, Any]) -> str:
    name = str(before["name"])
    told = house.store.setting(house.person, SETTING)
    held = told if isinstance(told, Mapping) else {}
    was = before.get("was")
    if _one(held, name) != before.get("now") or not isinstance(was, Mapping) or len(json.dumps(was)) > 200:
        return _STALE
    kept = {key: value for key, value in held.items() if key != name}
    try:
        # What made no sense before makes none now: every reader of the setting takes its default then.
        house.store.put_setting(house.person, SETTING, {**kept, **_one(was, name)})
    except StoreError as error:
        return f"Nothing was changed. {error}"
    return f"{_NAMES[name]}: as it was."


def _toast(said: str, now: datetime, before: Mapping[str, Any] | None = None) -> Component:
    """The line at the foot of the page, which goes by itself; with `before`, the way back."""
    inside: list[Component] = [html.Span(said)]
    if before is not None:
        inside.append(html.Button("Undo", id="settings-undo", type="button", n_clicks=0, className="btn btn-link"))
        inside.append(dcc.Store(id="settings-before", data=dict(before)))
    # A new key makes a new line, whose time begins anew.
    return html.Div(html.Div(inside, className="toast show"), className="fb-toastplace fb-passing", key=now.isoformat())


def _view(house: House, screen: Any) -> View:
    now = house.clock()
    frames = house.frames.frames()
    home, look = at_home(house, screen if isinstance(screen, dict) else None, now, is_sample=frames.is_sample)
    return View(house=home, frames=frames, look=look, choices={}, now=now, path=PAGE.path)
