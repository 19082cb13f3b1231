"""Settings: units, days, height, direction and home zone of the person. What is chosen is saved at once and counts everywhere."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dash import ALL, Dash, Input, Output, State, ctx
from dash.exceptions import PreventUpdate

from dashboard import cards, controls, presses, profile, shell, words
from dashboard.elements import Component, dbc, dcc, html
from dashboard.looks import at_home
from dashboard.page import House, Page, View
from dashboard.profile import ProfileError, Told
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
_FIELDS: Final = {"goal_kg": "Goal weight", "height_m": "Height", "zone": "Home zone"}
_NAMES: Final = {**_FIELDS, **{name: said for name, (said, _) in _CHOICES.items()}}
_STALE: Final = "This was changed elsewhere meanwhile. Nothing was overwritten."


def content(view: View) -> Component:
    """The page."""
    you = cards.card("You", _form(view, "direction", "goal_kg", "height_m"))
    example = cards.rule(html.P(_example(view), id="settings-example", className="fb-note mb-0"))
    units = cards.card("Units", _form(view, "mass_unit", "distance_unit", "speed_as"), example)
    days = cards.card("Days", _form(view, "first_weekday", "zone"))
    columns = [html.Div(html.Div(each, className="fb-stack"), style={"--w": 6}) for each in ([you], [units, days])]
    drawn_with = dcc.Store(id="settings-unit", data=view.look.mass_unit)
    said = html.Div(id="settings-said", role="status")
    return html.Div([cards.head("Settings"), drawn_with, cards.grid(*columns), said])


def _form(view: View, *names: str) -> Component:
    return html.Div([_segments(view, each) if each in _CHOICES else _field(view, each) for each in names], className="fb-form")


def _segments(view: View, name: str) -> Component:
    said, options = _CHOICES[name]
    buttons = dbc.RadioItems(
        id={"setting": name},
        options=[{"value": value, "label": text} for value, text in options],
        value=profile.shown(name, _told(view.house), view.look),
        name=f"settings-{name}",
        className="fb-seg fb-radios",
        inputClassName="btn-check",
        labelClassName="btn",
    )
    return html.Fieldset([html.Legend(said, className="form-label"), buttons, _place_below(view, name)])


def _field(view: View, name: str) -> Component:
    key = {"setting": name}
    value = profile.shown(name, _told(view.house), view.look)
    more = {"list": "zones", "className": "fb-search"} if name == "zone" else {}
    box = dbc.Input(id=key, type="text", value=value, debounce=True, autocomplete="off", maxlength=60, **more)
    label = html.Label(_label(view, name), id=f"settings-{name}-label", className="form-label", htmlFor=controls.dom_id(key))
    known = [html.Option(value=each) for each in profile.zone_names()] if name == "zone" else None
    listed = [html.Datalist(known, id="zones")] if known else []
    return html.Div([label, box, *listed, _place_below(view, name)], id=name.partition("_")[0])


def _label(view: View, name: str) -> str:
    return f"{_FIELDS[name]}, {view.look.mass_unit}" if name == "goal_kg" else _FIELDS[name]


def _place_below(view: View, name: str) -> Component:
    return html.Div(_below(view, name), id={"below": name}, **{"aria-live": "polite"})


# -- what stands below a field ------------------------------------------------------------------------------------------------


def _below(view: View, name: str, wrong: str = "") -> list[Component]:
    """What a field means, in small; or why what was typed is refused."""
    if wrong:
        return [html.P(wrong, className="fb-wrong mt-1")]
    return [cards.note(_HELP[name](view), class_name="mt-1")] if name in _HELP else []


def _example(view: View) -> str:
    look = view.look
    run = f"{words.distance(8420, look)} at {words.rate(1000 / 321, look)}"
    return f"So a weigh-in reads {words.mass(80.4, look)}, and a run {run}. What is stored does not change."


def _about_direction(view: View) -> str:
    own = "direction" in _told(view.house) or not view.frames.is_sample
    said = "Colours a change by whether it goes your way."
    return f"{said} Not said: told without a colour." if own else f"{said} The sample person wants to go down: say yours."


def _about_goal(view: View) -> str:
    frame = view.frames.measurements
    known = frame["body_mass_kg"].dropna() if "body_mass_kg" in frame and not view.frames.is_sample else None
    last = "" if known is None or known.empty else f" Your last weigh-in: {words.mass(float(known.iloc[-1]), view.look)}."
    return f"A line in the picture of your weight. May stay empty.{last}"


def _about_height(view: View) -> str:
    measured = None if view.frames.is_sample else body.height_m(view.frames.measurements)
    if measured is None:
        return f"For your BMI. {profile.HOW}"
    return f"For your BMI. {words.height(measured, view.look)} was measured last; what you type here goes before it."


def _about_first_weekday(_view: View) -> str:
    return "Sums by week follow it. The forecast counts weeks of its own, from Monday to Sunday."


def _about_zone(view: View) -> str:
    clock = f"{local_time(view.now, view.house.zone):%H:%M}"
    own = profile.shown("zone", _told(view.house), view.look)
    now = f"It is {clock} there now." if own else f"Empty: {view.house.zone}, where it is {clock} now."
    return f"{now} Says when your day ends, and where the clock was in files that do not tell. What is stored keeps its own zone."


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
        Output({"setting": ALL}, "value"),
        Output({"below": ALL}, "children"),
        Output("settings-goal_kg-label", "children"),
        Output("settings-example", "children"),
        Output("settings-unit", "data"),
        Output("settings-said", "children"),
        presses.listen(app, "setting", Input({"setting": ALL}, "value"), Input({"undo-setting": ALL}, "n_clicks")),
        State("settings-before", "data", allow_optional=True),
        State("settings-unit", "data"),
        State(shell.SCREEN, "data"),
        prevent_initial_call=True,
    )
    def save(press: Any, before: Any, unit: Any, screen: Any) -> tuple[Any, ...]:
        at, value = presses.pressed(press, "setting", "undo-setting")
        names = [str(each["id"]["setting"]) for each in ctx.outputs_list[0]]
        if "undo-setting" in at:
            if not isinstance(before, dict):
                raise PreventUpdate
            with turn:
                said = _taken_back(house, before)
            return _drawn(_view(house, screen), names, _toast(said, house.clock()))
        name, view = at["setting"], _view(house, screen)
        if unit == view.look.mass_unit and (value or "") == profile.shown(name, _told(house), view.look):
            # As it stands: compared as it is shown, or a height shown rounded would be saved as rounded.
            return _drawn(view, names, None)
        try:
            with turn:
                done = _saved(house, name, value, str(unit))
        except ProfileError as error:
            return _drawn(view, names, None, {name: (value, str(error))})
        return _drawn(_view(house, screen), names, done)


def _drawn(view: View, names: Sequence[str], said: Any, wrong: Mapping[str, tuple[Any, str]] | None = None) -> tuple[Any, ...]:
    """What every part of the page shows now. The fields stay where they are, and so does the focus."""
    told, refused = _told(view.house), wrong or {}
    values = [refused[each][0] if each in refused else profile.shown(each, told, view.look) for each in names]
    below = [_below(view, each, refused[each][1] if each in refused else "") for each in names]
    return values, below, _label(view, "goal_kg"), _example(view), view.look.mass_unit, said


def _saved(house: House, name: str, typed: Any, unit: str) -> Component:
    """Save one field, and say so with the way back. Raises ProfileError."""
    told = _told(house)
    made = profile.changed(told, name, typed, unit)
    try:
        house.store.put_setting(house.person, SETTING, made)
    except StoreError as error:
        raise ProfileError(f"Nothing was saved. {error}") from None
    before = {"name": name, "was": profile.only(told, name), "now": profile.only(made, name)}
    return _toast(f"{_NAMES[name]}: saved.", house.clock(), before)


def _taken_back(house: House, before: Mapping[str, Any]) -> str:
    """Put a field back to what it was, unless it was changed again elsewhere; in words."""
    name, told = str(before.get("name")), _told(house)
    if name not in _NAMES or profile.only(told, name) != before.get("now"):
        return _STALE
    try:
        house.store.put_setting(house.person, SETTING, profile.put_back(told, name, before.get("was")))
    except StoreError as error:
        return f"Nothing was changed. {error}"
    return f"{_NAMES[name]}: as it was."


def _toast(said: str, now: datetime, before: Mapping[str, Any] | None = None) -> Component:
    """The line at the foot of the page, which goes by itself; with `before`, the way back."""
    inside: list[Component] = [html.Span(said)]
    if before is not None:
        inside.append(html.Button("Undo", id={"undo-setting": 0}, type="button", n_clicks=0, className="btn btn-link"))
        inside.append(dcc.Store(id="settings-before", data=dict(before)))
    # A new key makes a new line, whose time begins anew.
    return html.Div(html.Div(inside, className="toast show"), className="fb-toastplace fb-passing", key=now.isoformat())


def _told(house: House) -> Told:
    told = house.store.setting(house.person, SETTING)
    return dict(told) if isinstance(told, Mapping) else {}


def _view(house: House, screen: Any) -> View:
    now = house.clock()
    frames = house.frames.frames()
    home, look = at_home(house, screen if isinstance(screen, dict) else None, now, is_sample=frames.is_sample)
    return View(house=home, frames=frames, look=look, choices={}, now=now, path=PAGE.path)
