"""The card "What is in ...?" on Sources: which column of an unknown table is which, a check what would come in, then the import."""

from __future__ import annotations

from typing import Any, Final

from dash import ALL, Dash, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from collectors import mapping
from collectors.mapping import Kind, Looked, Trial
from collectors.source import ReadOptions
from dashboard import cards, controls, presses, sourcelist, uploads, words
from dashboard.elements import Component, dbc, html
from dashboard.jobs import Jobs
from dashboard.looks import zone_of
from dashboard.page import House
from dashboard.uploads import Upload, Uploads

PLACE: Final = "mapping"
_KINDS: Final = {"sets": "Lifting sets", "weight": "Weigh-ins"}
_NAMES: Final = {
    "date": "Date", "time": "Time, in a column of its own", "exercise": "Exercise", "weight": "Weight", "unit": "Unit of weight",
    "reps": "Repetitions", "set": "Number of the set", "type": "Kind of set (warm-up, ...)", "distance": "Distance",
    "distance_unit": "Unit of distance", "seconds": "Seconds", "rpe": "Effort (RPE)", "note": "Note on the set",
    "workout": "Name of the session", "duration": "How long the session took", "end": "End of the session",
    "workout_note": "Note on the session", "fat": "Body fat", "fat_mass": "Fat mass", "lean_mass": "Lean mass",
    "muscle_mass": "Muscle mass", "bone_mass": "Bone mass", "water_mass": "Water", "heart_rate": "Heart rate",
}  # fmt: skip
_FIRST: Final = {"sets": ("date", "exercise", "weight", "reps", "set", "workout"), "weight": ("date", "weight", "fat")}
_NONE: Final = "-"  # a browser's list shows nothing for an empty value
_UNITS: Final = {_NONE: "as it says", "kg": "kilograms", "lb": "pounds"}
_DATES: Final = {_NONE: "as it shows", "dmy": "day first", "mdy": "month first"}
_MOST_COLUMNS: Final = 200


def place() -> Component:
    """Where the card appears."""
    return html.Div(id=PLACE, className="fb-whole", **{"aria-live": "polite"})


def register(app: Dash, house: House, files: Uploads) -> None:
    """The callbacks: open, another kind, check, bring in, leave."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(PLACE, "children"),
        presses.listen(app, "map-file", Input({"map": ALL}, "n_clicks")),
        prevent_initial_call=True,
    )
    def open_card(press: Any) -> Any:
        upload = _upload_of(house.jobs, files, int(presses.pressed(press, "map")[0]["map"]))
        return _gone() if upload is None else _card(upload)

    @app.callback(  # type: ignore[untyped-decorator]
        Output(PLACE, "children", allow_duplicate=True),
        presses.listen(app, "map-kind", Input({"mapkind": ALL, "drawn": ALL}, "value")),
        State({"mapfield": ALL}, "value"),
        prevent_initial_call=True,
    )
    def other_kind(press: Any, _fields: Any) -> Any:
        at, value = presses.pressed(press, "mapkind drawn")
        if value == at["drawn"]:
            raise PreventUpdate
        upload, kind = files.get(at["mapkind"]), _kind(value)
        if upload is None or kind is None:
            return _gone()
        return _card(upload, kind=kind, said=_typed())

    @app.callback(  # type: ignore[untyped-decorator]
        Output(PLACE, "children", allow_duplicate=True),
        Output("jobs-poll", "disabled", allow_duplicate=True),
        Output("imports", "children", allow_duplicate=True),
        presses.listen(app, "map-do", Input({"mapdo": ALL, "file": ALL}, "n_clicks")),
        State({"mapfield": ALL}, "value"),
        State({"mapkind": ALL, "drawn": ALL}, "value"),
        prevent_initial_call=True,
    )
    def act(press: Any, _fields: Any, kinds: Any) -> Any:
        pressed, _ = presses.pressed(press, "mapdo file")
        upload, kind = files.get(pressed["file"]), _kind(kinds[0] if kinds else "")
        if pressed["mapdo"] == "leave":
            return None, no_update, no_update
        if upload is None or kind is None:
            return _gone(), no_update, no_update
        said = _typed()
        trial = _check(house, upload, kind, said)
        if pressed["mapdo"] == "check" or trial.error or not trial.records:
            return _card(upload, kind=kind, said=said, trial=trial), no_update, no_update
        upload.mapping = _columns(kind, said)
        started = uploads.start(house, files, upload.id, units=said.get("units") or None, dates=said.get("dates") or None)
        if started is None:
            return _gone(), no_update, no_update
        for job in house.jobs.all():
            if job.subject == (upload.id,) and job.id != started:
                house.jobs.dismiss(job.id)
        return None, False, sourcelist.imports(house.jobs.all())


def _upload_of(jobs: Jobs, files: Uploads, number: int) -> Upload | None:
    job = jobs.get(number)
    return files.get(job.subject[0]) if job is not None and job.kind == "import" else None


def _kind(said: Any) -> Kind | None:
    return next((each for each in mapping.KINDS if each == said), None)


def _typed() -> dict[str, str]:
    """What was chosen for each field, `units` and `dates` among them."""
    values = {str(each["id"]["mapfield"]): str(each.get("value") or "") for each in ctx.states_list[0]}
    return {name: "" if value == _NONE else value for name, value in values.items()}


def _columns(kind: Kind, said: dict[str, str]) -> dict[str, str]:
    return {name: column for name in mapping.fields_of(kind) if (column := said.get(name))}


def _check(house: House, upload: Upload, kind: Kind, said: dict[str, str]) -> Trial:
    """What importing it so would give."""
    columns = _columns(kind, said)
    if wanting := mapping.wanting(kind, columns):
        return Trial(error=" ".join(wanting))
    units, dates = said.get("units") or _NONE, said.get("dates") or _NONE
    if units not in _UNITS or dates not in _DATES:
        return Trial(error="Choose a unit and an order of dates from the lists.")
    options = ReadOptions(zone=zone_of(house), units=said.get("units") or None, dates=said.get("dates") or None, mapping=columns)
    with upload.path.open("rb") as stream:
        return mapping.try_out(stream, upload.name, kind, options, house.person)


# -- what it shows ------------------------------------------------------------------------------------------------------------


def _gone() -> Component:
    return html.Div("That file is not here any more. Choose it again.", className="alert act", role="status")


def _card(upload: Upload, *, kind: Kind | None = None, said: dict[str, str] | None = None, trial: Trial | None = None) -> Component:
    with upload.path.open("rb") as stream:
        looked = mapping.look(stream)
    if looked is None:
        return _gone()
    chosen = kind or looked.kind
    known = said if said is not None else dict(looked.guessed)
    shown = tuple(column[:80] for column in looked.columns[:12])
    rows = [[cell[:60] for cell in row[:12]] for row in looked.rows]
    more = len(looked.columns) - len(shown)
    parts = [
        cards.note("These are its first rows. Say what they are and which column says what; nothing is stored before you have seen"
                   " what would come in.", class_name="mb-2"),
        cards.table(shown, rows, label=f"The first rows of {upload.name}", wide=True),
        cards.note(f"and {words.count(more, 'more column')}") if more > 0 else None,
        _form(upload, looked, chosen, known),
        _outcome(trial) if trial else None,
        _ways(upload, trial),
    ]  # fmt: skip
    return cards.card(
        f"What is in {upload.name}?", html.Div([each for each in parts if each], className="fb-form"), icon_name="sources"
    )


def _form(upload: Upload, looked: Looked, kind: Kind, known: dict[str, str]) -> Component:
    columns = [{"value": _NONE, "label": "not in it"}]
    columns += [{"value": each, "label": each[:80]} for each in looked.columns[:_MOST_COLUMNS]]
    first = [each for each in _FIRST[kind] if each in mapping.fields_of(kind)]
    others = [each for each in mapping.fields_of(kind) if each not in first]

    def choice(name: str) -> Component:
        needed = name in mapping.required_of(kind)
        value = known.get(name, _NONE)
        return _select(
            {"mapfield": name}, _NAMES.get(name, name), columns, value if value in looked.columns else _NONE, needed=needed
        )

    kinds = [{"value": each, "label": said} for each, said in _KINDS.items()]
    units = [{"value": each, "label": said} for each, said in _UNITS.items()]
    dates = [{"value": each, "label": said} for each, said in _DATES.items()]
    top = [
        _select({"mapkind": upload.id, "drawn": kind}, "What it is", kinds, kind),
        _select({"mapfield": "units"}, "Weights are in", units, known.get("units") or _NONE),
        _select({"mapfield": "dates"}, "Dates are written", dates, known.get("dates") or _NONE),
    ]
    rest = html.Details(
        [html.Summary("More fields", className="fb-note"), html.Div([choice(each) for each in others], className="fb-cells")],
        open=any(known.get(each) in looked.columns for each in others),
    )
    return html.Div([html.Div(top, className="fb-cells"), html.Div([choice(each) for each in first], className="fb-cells"), rest])


def _select(id: dict[str, str], name: str, options: list[dict[str, str]], value: str, *, needed: bool = False) -> Component:
    label = html.Label(f"{name} (needed)" if needed else name, className="form-label", htmlFor=controls.dom_id(id))
    return html.Div([label, dbc.Select(id=id, options=options, value=value)])


def _outcome(trial: Trial) -> Component:
    """What would come in and what would not."""
    if trial.error:
        return html.Div(trial.error, role="alert", className="fb-wrong")
    if not trial.records:
        reasons = "; ".join(trial.counted) or "no row says anything"
        return html.Div(f"Nothing would come in: {reasons}. Choose other columns.", role="alert", className="fb-wrong")
    noun = ("session", "sessions") if trial.kind == "workout" else ("weigh-in", "weigh-ins")
    what = words.count(trial.records, *noun) + (f" with {words.count(trial.sets, 'set')}" if trial.kind == "workout" else "")
    span = f", from {trial.first} to {trial.last}" if trial.first != trial.last else f", of {trial.first}"
    begin = "" if trial.whole else "Of its beginning: "
    told = [html.Div(html.Strong(f"{begin}{what} would come in{span}."), role="status")]
    if trial.bad_rows:
        told.append(cards.note(f"{words.count(trial.bad_rows, 'row')} of {words.number(trial.rows)} would be set aside, such as:"))
        rows = [[each.row, each.field, each.said or words.NONE, each.reason] for each in trial.bad]
        told.append(cards.table(["Where", "Field", "It says", "Why"], rows, label="Rows that would be set aside", wide=True))
    return html.Div(told)


def _ways(upload: Upload, trial: Trial | None) -> Component:
    ready = trial is not None and not trial.error and trial.records > 0
    named = [("check", "Check", "btn btn-secondary" if ready else "btn btn-primary")]
    if ready:
        named.insert(0, ("take", "Bring it in", "btn btn-primary"))
    named.append(("leave", "Leave it", "btn btn-link"))
    buttons = [
        html.Button(said, id={"mapdo": what, "file": upload.id}, type="button", n_clicks=0, className=look)
        for what, said, look in named
    ]
    return html.Div(buttons, className="fb-ways")
