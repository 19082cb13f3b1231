"""Log: enter a weigh-in, a lifting or a crossfit session, correct or delete what was entered. Made for a thumb."""

from __future__ import annotations

from typing import Any

from dash import ALL, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from dashboard import cards, controls, drafts, entries, logcalls, logforms, presses, sessioncalls, sessionform, shell, typed
from dashboard.elements import Component, html
from dashboard.page import House, Page, View
from dashboard.typed import EntryError
from health.bodies import body
from store.store import StaleEdit, Stored

PAGE = Page(path="/log", name="Log", icon="log", order=100)

_SAID = {"saved": "Saved.", "changed": "The change is saved.", "back": "It is back.", "stale": logcalls.STALE}


def content(view: View) -> Component:
    """The page: one form, and what was entered."""
    form = _form(view)
    segments = controls.segments(
        view, "form", list(logforms.FORMS.items()), form, label="What to enter", drops=("edit", "said", "id")
    )
    is_session = form in drafts.FORMS
    card = sessionform.session_card(view, form) if is_session else logforms.weigh_card(view)
    beside: list[Component] = [html.Div(id="last-time")] if is_session else []
    beside.append(html.Div(logforms.own_card(view), id="own"))
    return html.Div(
        [
            cards.head("Log", segments),
            cards.grid(html.Div(card, style={"--w": 8}), html.Div(beside, className="fb-stack", style={"--w": 4})),
            _told(view),
        ]
    )


def _form(view: View) -> str:
    """The form that the address asks for; the one a session was entered with where it is to be edited."""
    form = view.choice("form", logforms.FORMS, "weigh")
    held = logforms.editing(view, "workout") if form in drafts.FORMS else None
    return str(held[1].get("form", drafts.LIFTING)) if held else form


def _told(view: View) -> Component | None:
    said = view.choices.get("said", "")
    if said in _SAID:
        return logforms.toast(_SAID[said], None)
    native_id = view.choices.get("id", "")
    if said != "deleted" or not native_id:
        return None
    store, person = view.house.store, view.house.person
    entry = entries.typed_of(store, person, native_id)
    kind = "workout" if entry and "sets" in entry else "measurement"
    if entry is None or store.get(person, kind, f"{typed.SOURCE}:{native_id}") is not None:
        return None
    try:
        made, _ = entries.remade(entry, person, view.now)
    except EntryError:
        return None
    return logforms.toast(f"{logforms.said_of(body(made), view.look)} deleted", native_id)


def register(app: Dash, house: House) -> None:
    """The callbacks of the forms and of the list."""
    _register_weigh_in(app, house)
    sessioncalls.register(app, house)
    _register_list(app, house)


def _register_weigh_in(app: Dash, house: House) -> None:
    fields = ("weight", "unit", "fat", *entries.MORE, "when")

    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(shell.TURN, "data", allow_duplicate=True),
        Output("weigh-said", "children"),
        Input("weigh-save", "n_clicks"),
        Input("weigh-weight", "n_submit"),
        Input("weigh-fat", "n_submit"),
        State("weigh-state", "data"),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        *(State(f"weigh-{each}", "value") for each in fields),
        prevent_initial_call=True,
    )
    def save(
        clicks: Any, enter: Any, enter_fat: Any, state: Any, search: Any, turn: Any, *values: Any
    ) -> tuple[Any, Any, Any]:  # fmt: skip
        if not (clicks or enter or enter_fat) or not isinstance(state, dict):
            raise PreventUpdate
        said = {"key": state.get("key"), **dict(zip(fields, values, strict=True))}

        def keep() -> Stored:
            now = house.clock()
            made, raw = entries.weigh_in(said, house.person, logcalls.zone(house, state), now)
            return entries.save(house.store, house.person, made, raw, logcalls.version(state), now)

        return logcalls.after(keep, "weigh", logcalls.version(state), search, turn)


def _register_list(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(shell.TURN, "data", allow_duplicate=True),
        presses.listen(app, "delete-entry", Input({"delete": ALL, "kind": ALL, "version": ALL}, "n_clicks")),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        prevent_initial_call=True,
    )
    def delete(press: Any, search: Any, turn: Any) -> tuple[Any, Any]:
        at, _ = presses.pressed(press, "delete kind version")
        id, kind = at["delete"], at["kind"]
        if not id.startswith(f"{typed.SOURCE}:") or kind not in ("measurement", "workout"):
            raise PreventUpdate
        form = _form_of(entries.typed_of(house.store, house.person, id.partition(":")[2]))
        try:
            house.store.delete(house.person, kind, id, int(at["version"]), house.clock())
        except StaleEdit:
            if house.store.get(house.person, kind, id) is not None:  # else it is gone: the button was pressed twice
                return logcalls.to(f"?form={form}&said=stale", search, turn)
        return logcalls.to(f"?form={form}&said=deleted&id={id.partition(':')[2]}", search, turn)

    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(shell.TURN, "data", allow_duplicate=True),
        presses.listen(app, "undo-entry", Input({"undo": ALL}, "n_clicks")),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        prevent_initial_call=True,
    )
    def undo(press: Any, search: Any, turn: Any) -> tuple[Any, Any]:
        native_id = presses.pressed(press, "undo")[0]["undo"]
        try:
            entries.undo_delete(house.store, house.person, native_id, house.clock())
        except (StaleEdit, EntryError):
            return logcalls.to("?said=stale", search, turn)
        form = _form_of(entries.typed_of(house.store, house.person, native_id))
        return logcalls.to(f"?form={form}&said=back", search, turn)


def _form_of(entry: dict[str, Any] | None) -> str:
    """The form that an entry was typed in."""
    if entry is None or "sets" not in entry:
        return "weigh"
    return str(entry.get("form", drafts.LIFTING))
