"""Log: enter a weigh-in or a lifting session, correct or delete what was entered. Made for a thumb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from dashboard import cards, controls, entries, logforms, shell
from dashboard.elements import Component, html
from dashboard.entries import EntryError
from dashboard.looks import look_of, zone_of
from dashboard.page import House, Page, View
from dashboard.theme import Look
from health.bodies import body
from store.store import StaleEdit, Stored, StoreError

PAGE = Page(path="/log", name="Log", icon="log", order=100)

_STALE = "This entry was changed or deleted elsewhere meanwhile. Nothing was overwritten; open the page again to see how it stands."
_SAID = {"saved": "Saved.", "changed": "The change is saved.", "back": "It is back.", "stale": _STALE}


def content(view: View) -> Component:
    """The page: one form, and what was entered."""
    form = view.choice("form", logforms.FORMS, "weigh")
    segments = controls.segments(
        view, "form", list(logforms.FORMS.items()), form, label="What to enter", drops=("edit", "said", "id")
    )
    card = logforms.lifting_card(view) if form == "lifting" else logforms.weigh_card(view)
    beside: list[Component] = [html.Div(id="last-time")] if form == "lifting" else []
    beside.append(html.Div(logforms.own_card(view), id="own"))
    return html.Div(
        [
            cards.head("Log", segments),
            cards.grid(
                html.Div(card, style={"--w": 8}), html.Div(beside, className="fb-stack", style={"--w": 4})
            ),
            _told(view),
        ]
    )  # fmt: skip


def _told(view: View) -> Component | None:
    said = view.choices.get("said", "")
    if said in _SAID:
        return logforms.toast(_SAID[said], None)
    native_id = view.choices.get("id", "")
    if said != "deleted" or not native_id:
        return None
    store, person = view.house.store, view.house.person
    typed = entries.typed_of(store, person, native_id)
    kind = "workout" if typed and "sets" in typed else "measurement"
    if typed is None or store.get(person, kind, f"{entries.SOURCE}:{native_id}") is not None:
        return None
    try:
        made, _ = entries.remade(typed, person, view.now)
    except EntryError:
        return None
    return logforms.toast(f"{logforms.said_of(body(made), view.look)} deleted", native_id)


def register(app: Dash, house: House) -> None:
    """The callbacks of both forms and of the list."""
    _register_weigh_in(app, house)
    _register_sets(app, house)
    _register_words(app, house)
    _register_session(app, house)
    _register_list(app, house)


def _register_weigh_in(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(shell.TURN, "data", allow_duplicate=True),
        Output("weigh-said", "children"),
        Input("weigh-save", "n_clicks"),
        State("weigh-weight", "value"),
        State("weigh-unit", "value"),
        State("weigh-fat", "value"),
        State("weigh-when", "value"),
        State("weigh-state", "data"),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        prevent_initial_call=True,
    )
    def save(clicks: Any, weight: Any, unit: Any, fat: Any, when: Any, state: Any, search: Any, turn: Any) -> tuple[Any, Any, Any]:
        if not clicks or not isinstance(state, dict):
            raise PreventUpdate
        typed = {"key": state.get("key"), "weight": weight, "unit": unit, "fat": fat, "when": when}

        def keep() -> Stored:
            now = house.clock()
            made, raw = entries.weigh_in(typed, house.person, _zone(house, state), now)
            return entries.save(house.store, house.person, made, raw, _version(state), now)

        return _after(keep, "weigh", _version(state), search, turn)


def _register_sets(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output("draft", "data"),
        Output("lifting-said", "children", allow_duplicate=True),
        Input("set-done", "n_clicks"),
        Input("repeat", "n_clicks"),
        Input({"unset": ALL}, "n_clicks"),
        State("draft", "data"),
        State("log-exercise", "value"),
        State("log-reps", "value"),
        State("log-load", "value"),
        State("draft-place", "data"),
        prevent_initial_call=True,
    )
    def change(
        _done: Any, _repeat: Any, _unset: Any, draft: Any, exercise: Any, reps: Any, load: Any, place: Any
    ) -> tuple[Any, Any]:
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            raise PreventUpdate
        held = draft if entries.is_draft(draft) else entries.empty_draft(house.clock())
        unit = "lb" if isinstance(place, dict) and place.get("unit") == "lb" else "kg"
        try:
            if ctx.triggered_id == "set-done":
                return entries.with_set(held, exercise, reps, load, unit), ""
            if ctx.triggered_id == "repeat":
                return _repeated(house, held, str(exercise or "").strip(), unit), ""
        except EntryError as error:
            return no_update, str(error)
        return entries.without_set(held, int(ctx.triggered_id["unset"])), ""


def _register_words(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output("draft-sets", "children"),
        Output("set-title", "children"),
        Output("last-time", "children"),
        Input("draft", "modified_timestamp"),
        Input("log-exercise", "value"),
        State("draft", "data"),
        State(shell.SCREEN, "data"),
    )
    def show(_when: Any, exercise: Any, draft: Any, screen: Any) -> tuple[Any, Any, Any]:
        held = draft if entries.is_draft(draft) else entries.empty_draft(house.clock())
        name = str(exercise or "").strip()
        number = sum(each["exercise"] == name for each in held["sets"]) + 1
        look = _look(house, screen)
        title = f"Set {number}" if name else "Next set" if held["sets"] else "First set"
        return logforms.done_sets(held), title, logforms.last_time(_own_sets(house), _meant(house, name), look)

    @app.callback(  # type: ignore[untyped-decorator]
        Output("log-reps", "value"),
        Output("log-load", "value"),
        Input("log-exercise", "value"),
        State("draft-place", "data"),
        prevent_initial_call=True,
    )
    def prefill(exercise: Any, place: Any) -> tuple[Any, Any]:
        last = logforms.last_sets(_own_sets(house), _meant(house, str(exercise or "").strip()))
        if last.empty:
            raise PreventUpdate
        unit = "lb" if isinstance(place, dict) and place.get("unit") == "lb" else "kg"
        row = last.iloc[0]
        reps = int(row["reps"]) if row["reps"] == row["reps"] else no_update
        return reps, (float(entries.load_text(row["load_kg"], unit)) if row["load_kg"] > 0 else None)


def _register_session(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(shell.TURN, "data", allow_duplicate=True),
        Output("lifting-said", "children", allow_duplicate=True),
        Output("draft", "data", allow_duplicate=True),
        Input("lifting-save", "n_clicks"),
        State("draft", "data"),
        State("lifting-when", "value"),
        State("draft-place", "data"),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        prevent_initial_call=True,
    )
    def save(clicks: Any, draft: Any, when: Any, place: Any, search: Any, turn: Any) -> tuple[Any, ...]:
        if not clicks:
            raise PreventUpdate
        held = draft if entries.is_draft(draft) else entries.empty_draft(house.clock())
        zone = place if isinstance(place, dict) else {}

        def keep() -> Stored:
            now = house.clock()
            made, raw = entries.lifting(held, when, house.person, _zone(house, zone), now)
            return entries.save(house.store, house.person, made, raw, _version(held), now)

        after = _after(keep, "lifting", _version(held), search, turn)
        return (*after, no_update if after[2] else entries.empty_draft(house.clock()))


def _register_list(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(shell.TURN, "data", allow_duplicate=True),
        Input({"delete": ALL, "kind": ALL, "version": ALL}, "n_clicks"),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        prevent_initial_call=True,
    )
    def delete(_clicks: Any, search: Any, turn: Any) -> tuple[Any, Any]:
        at = _pressed()
        id, kind = str(at["delete"]), str(at["kind"])
        if not id.startswith(f"{entries.SOURCE}:") or kind not in ("measurement", "workout"):
            raise PreventUpdate
        form = "lifting" if kind == "workout" else "weigh"
        try:
            house.store.delete(house.person, kind, id, int(at["version"]), house.clock())
        except StaleEdit:
            return _to(f"?form={form}&said=stale", search, turn)
        return _to(f"?form={form}&said=deleted&id={id.partition(':')[2]}", search, turn)

    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(shell.TURN, "data", allow_duplicate=True),
        Input({"undo": ALL}, "n_clicks"),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        prevent_initial_call=True,
    )
    def undo(_clicks: Any, search: Any, turn: Any) -> tuple[Any, Any]:
        at = _pressed()
        try:
            back = entries.undo_delete(house.store, house.person, str(at["undo"]), house.clock())
        except (StaleEdit, EntryError):
            return _to("?said=stale", search, turn)
        return _to(f"?form={'lifting' if 'sets' in back.body else 'weigh'}&said=back", search, turn)


def _after(keep: Callable[[], Stored], form: str, version: int, search: Any, turn: Any) -> tuple[Any, Any, Any]:
    """Keep what was typed, and where to go then; or stay, with what is wrong in plain words."""
    try:
        keep()
    except EntryError as error:
        return no_update, no_update, str(error)
    except StaleEdit:
        return no_update, no_update, _STALE
    except StoreError as error:
        return no_update, no_update, f"Nothing was saved. {error}"
    return (*_to(f"?form={form}&said={'changed' if version else 'saved'}", search, turn), "")


def _to(wanted: str, search: Any, turn: Any) -> tuple[Any, Any]:
    """To that query; where it is the present one already, only draw the page anew."""
    if search == wanted:
        return no_update, (turn if isinstance(turn, int) else 0) + 1
    return wanted, no_update


def _pressed() -> dict[str, Any]:
    """The id of the button that was pressed. A button that was only just drawn was not."""
    if not ctx.triggered_id or not ctx.triggered or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    return dict(ctx.triggered_id)


def _repeated(house: House, draft: entries.Draft, exercise: str, unit: str) -> entries.Draft:
    """The draft with last time's sets of the exercise, or of the whole last session where none is named."""
    sets = _own_sets(house)
    if not exercise and len(sets):
        last = sets[sets["workout_id"] == sets["workout_id"].iloc[-1]]
    else:
        last = logforms.last_sets(sets, _meant(house, exercise))
    known = last[(last["reps"] >= 0) & (last["type"] != "warmup")]
    if known.empty:
        raise EntryError(f"There is no {exercise} to repeat yet." if exercise else "There is no session to repeat yet.")
    rows = [{"exercise": row["given"], "reps": int(row["reps"]), "load_kg": row["load_kg"]} for row in known.to_dict("records")]
    return entries.with_sets(draft, rows, unit)


def _own_sets(house: House) -> Any:
    frames = house.frames.frames()
    return frames.sets.iloc[:0] if frames.is_sample else frames.sets


def _meant(house: House, exercise: str) -> str:
    """The exercise that a typed name means: last time it may have been called otherwise."""
    return house.frames.frames().names.of(exercise)


def _look(house: House, screen: Any) -> Look:
    return look_of(house, screen if isinstance(screen, dict) else None, house.clock())


def _zone(house: House, state: dict[str, Any]) -> str:
    zone = state.get("zone")
    return zone if isinstance(zone, str) and zone else zone_of(house)


def _version(state: dict[str, Any]) -> int:
    version = state.get("version", 0)
    return version if isinstance(version, int) and not isinstance(version, bool) else 0
