"""The callbacks of a session's form on the Log page: set by set, last time's in one tap, saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from dashboard import drafts, entries, logcalls, sessionform, shell, typed
from dashboard.looks import look_of
from dashboard.page import House
from dashboard.typed import EntryError
from store.store import Stored

_LOOKED_BACK = 30  # own sessions among which the last crossfit session is looked for


@dataclass(frozen=True)
class Place:
    """What the form was drawn for: lifting or crossfit, the unit of its loads, and the home zone."""

    form: str
    unit: str
    zone: str

    @classmethod
    def of(cls, house: House, state: Any) -> Place:
        """From what the browser sends, with care."""
        said = state if isinstance(state, dict) else {}
        form = said.get("form") if said.get("form") in drafts.FORMS else drafts.LIFTING
        return cls(form=str(form), unit="lb" if said.get("unit") == "lb" else "kg", zone=logcalls.zone(house, said))


def register(app: Dash, house: House) -> None:
    """All of them."""
    _register_sets(app, house)
    _register_words(app, house)
    _register_save(app, house)


def _register_sets(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output("draft", "data"),
        Output("lifting-said", "children", allow_duplicate=True),
        Output("log-rpe", "value"),
        Output("log-note", "value"),
        Output("session-name", "value"),
        Output("session-rounds", "value"),
        Input("set-done", "n_clicks"),
        Input("log-load", "n_submit"),
        Input("repeat", "n_clicks"),
        Input({"unset": ALL}, "n_clicks"),
        State("draft", "data"),
        State("draft-place", "data"),
        State("log-exercise", "value"),
        State("log-reps", "value"),
        State("log-load", "value"),
        State("log-time", "value"),
        State("log-metres", "value"),
        State("log-type", "value"),
        State("log-rpe", "value"),
        State("log-note", "value"),
        prevent_initial_call=True,
    )
    def change(  # a form has as many fields as it has
        _done: Any, _enter: Any, _repeat: Any, _unset: Any, held: Any, state: Any,
        exercise: Any, reps: Any, load: Any, time: Any, metres: Any, kind: Any, rpe: Any, note: Any,
    ) -> tuple[Any, ...]:  # fmt: skip
        if not ctx.triggered or not ctx.triggered[0]["value"]:
            raise PreventUpdate
        place = Place.of(house, state)
        draft = drafts.of_form(held, place.form, house.clock())
        same = (no_update,) * 2
        try:
            if ctx.triggered_id in ("set-done", "log-load"):
                more = {"time": time, "metres": metres, "type": kind, "rpe": rpe, "note": note}
                return drafts.with_set(draft, exercise, reps, load, place.unit, **more), "", "", "", *same
            if ctx.triggered_id == "repeat":
                again, about = _repeated(house, draft, typed.text(exercise), place)
                return again, "", *same, about.get("name", no_update), about.get("rounds", no_update)
        except EntryError as error:
            return no_update, str(error), *same, *same
        return drafts.without_set(draft, int(ctx.triggered_id["unset"])), "", *same, *same


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
        draft, name = drafts.of_form(held, form, house.clock()), typed.text(exercise)
        look = look_of(house, screen if isinstance(screen, dict) else None, house.clock())
        last = sessionform.last_time(own_sets(house), _meant(house, name), look)
        return sessionform.done_sets(draft), sessionform.title(draft, name, form), last

    @app.callback(  # type: ignore[untyped-decorator]
        Output("log-reps", "value"),
        Output("log-load", "value"),
        Input("log-exercise", "value"),
        State("draft-place", "data"),
        prevent_initial_call=True,
    )
    def prefill(exercise: Any, state: Any) -> tuple[Any, Any]:
        last = sessionform.last_sets(own_sets(house), _meant(house, typed.text(exercise)))
        if last.empty:
            raise PreventUpdate
        row = last.iloc[0]
        reps = int(row["reps"]) if row["reps"] == row["reps"] else None
        load = drafts.load_text(row["load_kg"], Place.of(house, state).unit)
        return reps, (float(load) if row["load_kg"] > 0 else None)


def _register_save(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(shell.TURN, "data", allow_duplicate=True),
        Output("lifting-said", "children", allow_duplicate=True),
        Output("draft", "data", allow_duplicate=True),
        Input("lifting-save", "n_clicks"),
        State("draft", "data"),
        State("draft-place", "data"),
        State("lifting-when", "value"),
        State("session-name", "value"),
        State("session-rounds", "value"),
        State("session-time", "value"),
        State("session-rpe", "value"),
        State("session-note", "value"),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        prevent_initial_call=True,
    )
    def save(  # a form has as many fields as it has
        clicks: Any, held: Any, state: Any,
        when: Any, name: Any, rounds: Any, time: Any, rpe: Any, note: Any, search: Any, turn: Any,
    ) -> tuple[Any, ...]:  # fmt: skip
        if not clicks:
            raise PreventUpdate
        place = Place.of(house, state)
        draft = drafts.of_form(held, place.form, house.clock())
        about = {"when": when, "name": name, "rounds": rounds, "time": time, "rpe": rpe, "note": note}
        version = logcalls.version(draft)

        def keep() -> Stored:
            now = house.clock()
            made, raw = drafts.session(draft, about, house.person, place.zone, now)
            return entries.save(house.store, house.person, made, raw, version, now)

        after = logcalls.after(keep, place.form, version, search, turn)
        return (*after, no_update if after[2] else drafts.emptied(draft, house.clock()))


# -- last time's in one tap ---------------------------------------------------------------------------------------------------


def _repeated(house: House, draft: drafts.Draft, exercise: str, place: Place) -> tuple[drafts.Draft, dict[str, Any]]:
    """The draft with last time's sets: of the exercise, else of the whole last session; and what else the form takes over of it."""
    if not exercise and place.form == drafts.CROSSFIT:
        last = _last_crossfit(house)
        sets = [*draft["sets"], *last["sets"]]
        if len(sets) > drafts.MOST_SETS:
            raise EntryError(f"A session holds at most {drafts.MOST_SETS} sets.")
        said = [{name: value for name, value in each.items() if name not in ("rpe", "note")} for each in last["sets"]]
        about = {"name": last.get("name") or "", "rounds": float(last.get("rounds") or 1)}
        return {**draft, "sets": [*draft["sets"], *said]}, about
    sets_frame = own_sets(house)
    if exercise or sets_frame.empty:
        last_sets = sessionform.last_sets(sets_frame, _meant(house, exercise))
    else:
        last_sets = sets_frame[sets_frame["workout_id"] == sets_frame["workout_id"].iloc[-1]]
    done = last_sets[["reps", "duration_s", "distance_m"]].notna().any(axis=1) & (last_sets["type"] != "warmup")
    rows = last_sets[done].to_dict("records")
    if not rows:
        raise EntryError(f"There is no {exercise} to repeat yet." if exercise else "There is no session to repeat yet.")
    return drafts.with_sets(draft, [_plain(row) for row in rows], place.unit), {}


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row of the frame as a set of a record: what is absent is None, the name as it was given."""
    numbers = {name: row[name] if row[name] == row[name] else None for name in ("reps", "load_kg", "duration_s", "distance_m")}
    return {"exercise": row["given"], "type": row["type"], **numbers}


def _last_crossfit(house: House) -> dict[str, Any]:
    """What was typed for the last crossfit session entered here. Raises EntryError where there is none."""
    frames = house.frames.frames()
    workouts = frames.workouts[frames.workouts["source"] == typed.SOURCE]
    for id in [] if frames.is_sample else workouts["id"].iloc[: -_LOOKED_BACK - 1 : -1]:
        said = entries.typed_of(house.store, house.person, str(id).partition(":")[2])
        if said is not None and said.get("form") == drafts.CROSSFIT:
            return said
    raise EntryError("There is no crossfit session to repeat yet.")


def own_sets(house: House) -> pd.DataFrame:
    """The person's sets; none of the sample's."""
    frames = house.frames.frames()
    return frames.sets.iloc[:0] if frames.is_sample else frames.sets


def _meant(house: House, exercise: str) -> str:
    """The exercise that a typed name means: last time it may have been called otherwise."""
    return house.frames.frames().names.of(exercise)
