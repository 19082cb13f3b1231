"""Sources: connect and disconnect services, run them now, drop files to import, and see the rows that were set aside."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import ALL, Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate
from flask import Response

from collectors import loop
from collectors.decided import open_rejected
from collectors.source import Stopped
from dashboard import (
    aside,
    cards,
    collecting,
    connect,
    exercise_names,
    inboxnote,
    mapping,
    merged,
    presses,
    rows,
    runlist,
    shell,
    sourcelist,
    uploads,
)
from dashboard.elements import Component, dcc, html
from dashboard.looks import at_home
from dashboard.page import House, Page, View
from dashboard.router import choices_of
from dashboard.uploads import Uploads
from health.records import Rejected

PAGE = Page(path="/sources", name="Sources", icon="sources", order=110)

_SAID = {
    "connected": "{title} is connected. Its first run has begun; a long history takes several.",
    "gone": "{title} is disconnected.",
    "refused": "{title} was not connected: it did not give its consent.",
    "scope": "{title} was not connected: without leave to read activities there is nothing to collect. Connect again and tick it.",
    "again": "That sign-in took too long or was begun elsewhere. Nothing was changed; connect {title} again.",
    "failed": "{title} could not be connected. Its row below says why.",
    "settings": "{title} cannot be connected before its settings are there. Its row below says which.",
    "busy": "{title} is being collected right now. Try again in a minute.",
}
_BAD = frozenset({"refused", "scope", "again", "failed", "settings", "busy"})
_POLL_MS = 1000
_PATIENCE_MS = 30_000


def content(view: View) -> Component:
    """The page."""
    house = view.house
    running = bool(house.jobs.running())
    any_connected = bool(loop.connected(house.store, house.person, house.services))
    run_all = html.Button("Run all now", id={"collect": "all"}, type="button", n_clicks=0, className="btn btn-primary")
    connected = cards.card(
        "Connected", html.Div(sourcelist.services(view), id="services", **{"aria-live": "polite"}),
        icon_name="sources", moment="every 3 hours", w=7,
    )  # fmt: skip
    files = cards.card(
        "Files",
        sourcelist.dropzone(),
        html.Div(sourcelist.imports(house.jobs.all()), id="imports", **{"aria-live": "polite"}),
        sourcelist.held(view),
        inboxnote.note(view),
        icon_name="sources",
        w=5,
    )
    return html.Div(
        [
            dcc.Interval(id="jobs-poll", interval=_POLL_MS, disabled=not running),
            cards.head("Sources", run_all if any_connected else None),
            _message(view),
            cards.grid(
                connected,
                files,
                mapping.place(),
                aside.card(view),
                runlist.card(view),
                merged.card(view),
                exercise_names.card(view),
            ),
        ]
    )


def _message(view: View) -> Component | None:
    said, service = view.choices.get("said", ""), view.house.services.get(view.choices.get("source", ""))
    if said not in _SAID or service is None:
        return None
    kind = "alert act" if said in _BAD else "alert"
    return html.Div(_SAID[said].format(title=service.title), className=kind, role="status")


def register(app: Dash, house: House) -> None:
    """The routes to connect, to upload and to download, and the callbacks of the buttons."""
    files = Uploads(house.data_dir / "uploads" if house.data_dir else None)
    connect.register(app.server, house)
    uploads.register(app.server, house, files)
    _register_download(app, house)
    aside.register(app, house)
    _register_buttons(app, house)
    _register_files(app, house, files)
    mapping.register(app, house, files)
    _register_progress(app, house)
    exercise_names.register(app, house)
    merged.register(app, house)


def _register_download(app: Dash, house: House) -> None:
    @app.server.get("/sources/rejected.csv")  # type: ignore[untyped-decorator]
    def download() -> Response:
        text = rejected_csv(open_rejected(house.store, house.person))
        headers = {"Content-Disposition": 'attachment; filename="fitboard-set-aside.csv"'}
        return Response(text, headers=headers, mimetype="text/csv")


def rejected_csv(rejected: list[Rejected]) -> str:
    """The rows set aside as CSV; no cell begins a formula, whatever stood in somebody's file."""
    table = pd.DataFrame(
        [(sourcelist.title(each.source), each.row, each.field, each.said, each.reason) for each in rejected],
        columns=["from", "where", "field", "it says", "why it was set aside"],
        dtype="str",
    )
    return rows.as_csv(table)


def _register_buttons(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output("jobs-poll", "disabled", allow_duplicate=True),
        Output("services", "children", allow_duplicate=True),
        presses.listen(app, "collect-source", Input({"collect": ALL}, "n_clicks")),
        State(shell.SCREEN, "data"),
        State(shell.ADDRESS, "search"),
        prevent_initial_call=True,
    )
    def run_now(press: Any, screen: Any, search: Any) -> tuple[bool, Any]:
        name = presses.pressed(press, "collect")[0]["collect"]
        collecting.start(house, None if name == "all" else [name])
        return False, sourcelist.services(_view(house, screen, search))

    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        presses.listen(app, "disconnect-source", Input({"disconnect": ALL}, "n_clicks")),
        prevent_initial_call=True,
    )
    def disconnect(press: Any) -> str:
        name = presses.pressed(press, "disconnect")[0]["disconnect"]
        service = house.services.get(name)
        if service is None:
            raise PreventUpdate
        if any(name in job.subject for job in house.jobs.running("collect")):
            return f"?said=busy&source={name}"
        try:
            loop.disconnect(house.store, house.person, service, house.clock())
        except Stopped:
            return f"?said=busy&source={name}"
        return f"?said=gone&source={name}"


def _register_files(app: Dash, house: House, files: Uploads) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output("jobs-poll", "disabled", allow_duplicate=True),
        Output("imports", "children", allow_duplicate=True),
        presses.listen(app, "answer-file", Input({"answer": ALL, "value": ALL, "job": ALL}, "n_clicks")),
        prevent_initial_call=True,
    )
    def answer(press: Any) -> tuple[bool, Any]:
        at, _ = presses.pressed(press, "answer value job")
        value, job = at["value"], house.jobs.get(int(at["job"]))
        if value not in ("kg", "lb", "dmy", "mdy"):
            raise PreventUpdate
        if job is None:  # it was answered already: this answer of ours takes the place of the one that said so
            return not house.jobs.running(), sourcelist.imports(house.jobs.all())
        said = {"units": value} if value in ("kg", "lb") else {"dates": value}
        if uploads.start(house, files, job.subject[0], **said) is None:
            raise PreventUpdate
        house.jobs.dismiss(job.id)
        return False, sourcelist.imports(house.jobs.all())

    @app.callback(  # type: ignore[untyped-decorator]
        Output("imports", "children", allow_duplicate=True),
        presses.listen(app, "clear-file", Input({"clear": ALL}, "n_clicks")),
        prevent_initial_call=True,
    )
    def clear(press: Any) -> Any:
        number = int(presses.pressed(press, "clear")[0]["clear"])
        job = house.jobs.get(number)
        if job is not None:
            files.remove(job.subject[0])
        house.jobs.dismiss(number)
        return sourcelist.imports(house.jobs.all())


def _register_progress(app: Dash, house: House) -> None:
    @app.callback(  # type: ignore[untyped-decorator]
        Output("services", "children"),
        Output("imports", "children"),
        Output("jobs-poll", "disabled"),
        Output(shell.TURN, "data", allow_duplicate=True),
        Input("jobs-poll", "n_intervals"),
        State(shell.SCREEN, "data"),
        State(shell.ADDRESS, "search"),
        State(shell.TURN, "data"),
        State(mapping.PLACE, "children"),
        State({"cell": ALL}, "id"),
        # Where an answer takes longer than that, the next question would throw it away, and so on.
        running=[(Output("jobs-poll", "interval"), _PATIENCE_MS, _POLL_MS)],
        prevent_initial_call=True,
    )
    def look(ticks: Any, screen: Any, search: Any, turn: Any, begun: Any, cells: Any) -> tuple[Any, ...]:
        if not ticks:  # only just drawn: drawing it all again would take away what somebody began to type
            raise PreventUpdate
        if house.jobs.running():
            return sourcelist.services(_view(house, screen, search)), sourcelist.imports(house.jobs.all()), False, no_update
        if begun or cells:  # somebody is saying what is in a table, or puts a row right: that stays
            return sourcelist.services(_view(house, screen, search)), sourcelist.imports(house.jobs.all()), True, no_update
        # All is done: the whole page is drawn once more, with what came in.
        return no_update, no_update, True, (turn if isinstance(turn, int) else 0) + 1


def _view(house: House, screen: Any, search: Any) -> View:
    now = house.clock()
    frames = house.frames.frames()
    home, look = at_home(house, screen if isinstance(screen, dict) else None, now, is_sample=frames.is_sample)
    return View(house=home, frames=frames, look=look, choices=choices_of(search), now=now, path=PAGE.path)
