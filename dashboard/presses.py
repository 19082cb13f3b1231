"""Buttons that come and go with what a card shows: what was pressed among them, apart from what was only drawn.

Dash calls a callback once more whenever elements of its pattern are drawn, and throws away the answer of the call before: of two
rows that are decided one after the other, the second would seem not to have been. So the pattern is listened to in the browser
(assets/46-presses.js), and a press comes to the server by a store in the frame that is never drawn anew.
"""

from __future__ import annotations

from typing import Any, Final

from dash import ClientsideFunction, Dash, Input, Output, State, dcc
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

# Every name that `listen` is called with; the frame has a store for each.
NAMES: Final = (
    "delete-entry", "undo-entry", "name-exercise", "unname-exercise", "look-aside", "decide-aside", "undecide-aside", "map-file",
    "map-kind", "map-do", "split-thing", "unsplit-thing", "silence-source", "collect-source", "disconnect-source", "answer-file",
    "clear-file", "setting",
)  # fmt: skip


def stores() -> list[Component]:
    """What the frame holds for them."""
    return [dcc.Store(id=_store(each)) for each in NAMES]


def listen(app: Dash, name: str, *patterns: Input) -> Input:
    """The input of a callback that wants what is pressed (or chosen, or typed) among elements of those patterns."""
    if name not in NAMES:
        raise ValueError(f"{name} has no store in the frame")
    app.clientside_callback(
        ClientsideFunction("fitboard", "pressed"),
        Output(_store(name), "data"),
        *patterns,
        State(_store(name), "data"),
        prevent_initial_call=True,
    )
    return Input(_store(name), "data")


def pressed(data: Any, *shapes: str) -> tuple[dict[str, str], Any]:
    """The id of what was pressed, and its value then. `shapes` are the names in such an id, as in "aside way".

    Raises PreventUpdate where that is no press of ours.
    """
    id = data.get("id") if isinstance(data, dict) else None
    if not isinstance(id, dict) or id.keys() not in [set(each.split()) for each in shapes]:
        raise PreventUpdate
    return {name: str(value) for name, value in id.items()}, data.get("value")


def _store(name: str) -> str:
    return f"press-{name}"
