"""The callbacks of a session's form on the Log page: what was tapped is carried out, what is done so far and last time's shown."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from dashboard import asks, drafts, logcalls, repeating, sessionform, shell, typed
from dashboard.asks import Place
from dashboard.looks import look_of
from dashboard.page import House


def register(app: Dash, house: House) -> None:
    """All of them."""
    _register_asks(app, house)
    _register_words(app, house)
    _register_last(app, house)


def _register_asks(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output("draft", "data"),
        Output("receipt", "data"),
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(shell.TURN, "data", allow_duplicate=True),
        Input("asks", "data"),
        State("draft", "data"),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        prevent_initial_call=True,
    )
    def carry_out(sent: Any, held: Any, search: Any, turn: Any) -> tuple[Any, ...]:
        found = asks.carry_out(house, held, sent)
        if found is None:
            raise PreventUpdate
        said = " ".join(dict.fromkeys(found.said))
        receipt = {"said": said, "done": found.done, "repeated": found.repeated, "about": found.about}
        return found.draft, receipt, *(logcalls.to(found.to, search, turn) if found.to else (no_update, no_update))

    # The answer, into the fields: nothing that somebody has typed since is touched (assets/45-asks.js).
    app.clientside_callback(
        ClientsideFunction("fitboard", "received"),
        Output("lifting-said", "children"),
        Output("log-rpe", "value"),
        Output("log-note", "value"),
        Output("session-name", "value"),
        Output("session-rounds", "value"),
        Input("receipt", "data"),
        prevent_initial_call=True,
    )
    # What the draft holds need not be sent again; what it does not hold is, also after a page was left or loaded anew.
    app.clientside_callback(
        ClientsideFunction("fitboard", "carried"),
        Output("asks", "data"),
        Input("draft", "modified_timestamp"),
        State("draft", "data"),
    )


def _register_words(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output("draft-sets", "children"),
        Output("set-title", "children"),
        Output("last-time", "children"),
        Input("draft", "modified_timestamp"),
        Input("log-exercise", "value"),
        State("draft", "data"),
        State("draft-place", "data"),
        State(shell.SCREEN, "data"),
    )
    def show(_when: Any, exercise: Any, held: Any, state: Any, screen: Any) -> tuple[Any, Any, Any]:
        form = Place.of(house, state).form
        draft, name = drafts.of_form(held, form, typed.new_key(house.clock())), typed.text(exercise)
        look = look_of(house, screen if isinstance(screen, dict) else None, house.clock())
        last = sessionform.last_time(repeating.own_sets(house), repeating.meant(house, name), look)
        return sessionform.done_sets(draft), sessionform.title(draft, name, form), last


def _register_last(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output("last-first", "data"),
        Input("log-exercise", "value"),
        State("draft-place", "data"),
        prevent_initial_call=True,
    )
    def prefill(exercise: Any, state: Any) -> dict[str, Any]:
        name = typed.text(exercise)
        last = sessionform.last_sets(repeating.own_sets(house), repeating.meant(house, name))
        if last.empty:
            raise PreventUpdate
        row = last.iloc[0]
        reps = int(row["reps"]) if row["reps"] == row["reps"] else None
        load = drafts.load_text(row["load_kg"], Place.of(house, state).unit)
        return {"exercise": name, "reps": reps, "load": float(load) if row["load_kg"] > 0 else None}

    # Into the fields, unless somebody has typed there since the exercise was named.
    app.clientside_callback(
        ClientsideFunction("fitboard", "prefilled"),
        Output("log-reps", "value"),
        Output("log-load", "value"),
        Input("last-first", "data"),
        prevent_initial_call=True,
    )
