"""The card "Rows set aside" on Sources: each row as it came, to be corrected, taken as true or dismissed; and what was decided."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

from dash import ALL, Dash, Input, Output, State, ctx
from dash.exceptions import PreventUpdate

from collectors.cells import CannotDecide, name_of
from collectors.rejected_command import in_words
from collectors.rejecting import Aside, Desk, handle, word_handle
from dashboard import cards, controls, presses, sourcelist, words
from dashboard.elements import Component, dbc, html
from dashboard.page import House, View
from health.records import Rejected
from store.decisions import Decision
from store.store import StoreError

_INSIDE: Final = "aside-inside"
_SHOWN: Final = 20  # rows at once: the next come up as these are decided
_DECIDED: Final = 50
_CELLS: Final = 24  # of a row at first; the others stand behind a word
_LONGEST: Final = 2000
_WAIT_S: Final = 1.0
_DONE: Final = {
    "fix": "It is read as you corrected it.",
    "accept": "It is taken as true.",
    "dismiss": "It is dismissed: kept, and counted no longer.",
}


def desk(house: House) -> Desk:
    """Where the person of this house decides."""
    return Desk(store=house.store, person=house.person, clock=house.clock, owner="web", wait_s=_WAIT_S)


def card(view: View) -> Component:
    """The card."""
    at = desk(view.house)
    still = [each for each, dismissed in at.rejected() if not dismissed]
    way = html.A("Download", href="/sources/rejected.csv", className="fb-note fb-rows", download="") if still else None
    inside = html.Div(_inside(view.house), id=_INSIDE, **{"aria-live": "polite"})
    return cards.card("Rows set aside", inside, icon_name="sources", moment=way, id="aside")


def register(app: Dash, house: House) -> None:
    """The callbacks of the card."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(_INSIDE, "children", allow_duplicate=True),
        presses.listen(app, "look-aside", Input({"look": ALL}, "n_clicks")),
        prevent_initial_call=True,
    )
    def look(press: Any) -> Any:
        name = presses.pressed(press, "look")[0]["look"]
        return _inside(house, open_row="" if name.startswith("-") else name)

    @app.callback(  # type: ignore[untyped-decorator]
        Output(_INSIDE, "children", allow_duplicate=True),
        presses.listen(app, "decide-aside", Input({"aside": ALL, "way": ALL}, "n_clicks")),
        State({"cell": ALL}, "value"),
        prevent_initial_call=True,
    )
    def decide(press: Any, _values: Any) -> Any:
        pressed, _ = presses.pressed(press, "aside way")
        typed = {str(each["id"]["cell"]): str(each.get("value") or "") for each in ctx.states_list[0]}
        return _decided(house, pressed["aside"], pressed["way"], typed)

    @app.callback(  # type: ignore[untyped-decorator]
        Output(_INSIDE, "children", allow_duplicate=True),
        presses.listen(app, "undecide-aside", Input({"undecide": ALL}, "n_clicks")),
        prevent_initial_call=True,
    )
    def undo(press: Any) -> Any:
        pressed, _ = presses.pressed(press, "undecide")
        try:
            word = desk(house).undo(pressed["undecide"])
        except (CannotDecide, StoreError) as error:
            return _inside(house, told=str(error))
        return _inside(house, told=f"{_where(word.place)} is as it came again.")


def _decided(house: House, name: str, way: str, typed: dict[str, str]) -> list[Component]:
    """The card after a decision, or with the reason why it was not taken."""
    at = desk(house)
    try:
        if way == "fix":
            aside = at.look(name)
            said = {place: typed[key] for place in aside.cells if (key := key_of(place)) in typed}
            changed = {place: text for place, text in said.items() if text != _text(aside.cells[place])}
            word = at.fix(name, changed)
        elif way in ("accept", "dismiss"):
            word = (at.accept if way == "accept" else at.dismiss)(name)
        else:
            raise PreventUpdate
    except (CannotDecide, StoreError) as error:
        return _inside(house, open_row=name, wrong=str(error), typed=typed)
    return _inside(house, told=f"{_where(word.place)}: {_DONE[way]}")


def key_of(place: str) -> str:
    """A short id for the place of a cell."""
    return sha256(place.encode(errors="replace")).hexdigest()[:16]


# -- what it shows ------------------------------------------------------------------------------------------------------------


def _inside(
    house: House, *, open_row: str = "", told: str = "", wrong: str = "", typed: dict[str, str] | None = None
) -> list[Component]:
    at = desk(house)
    still = [each for each, dismissed in at.rejected() if not dismissed]
    decided = at.decisions()
    shown = still[:_SHOWN]
    if open_row and open_row not in {handle(each) for each in shown}:
        shown = [*shown, *(each for each in still if handle(each) == open_row)]
    rows = [_opened(at, each, wrong, typed or {}) if handle(each) == open_row else _closed(each) for each in shown]
    parts = [_news(len(still)), html.Div(told, role="status", className="fb-note fb-strong mt-2"), html.Div(rows)]
    if len(still) > _SHOWN:
        parts.append(cards.note(f"{words.number(len(still) - _SHOWN)} more come up as you decide these; the download has all."))
    if decided:
        lines = [_word(each) for each in decided[:_DECIDED]]
        head = html.Summary(f"What you decided ({words.number(len(decided))})", className="fb-note")
        parts.append(cards.rule(html.Details([head, *lines], open=len(decided) <= 5)))
    return parts


def _news(still: int) -> Component:
    if not still:
        return cards.note("None. Every row that came in was understood, or decided by you.")
    said = "Nothing is thrown away. Put a row right here, or where it came from: then it comes in with the next run or import."
    return cards.note(said, class_name="mb-2")


def _where(place: str) -> str:
    return place[:1].upper() + place[1:] if place else "The row"


def _said(each: Rejected) -> Component:
    quoted = [html.Strong(f"“{each.said}”", className="fb-said"), " "] if each.said else []
    field = f"{each.field}: " if each.field and each.field != "row" else ""
    return html.Div([html.Span(field, className="fb-quiet"), *quoted, html.Span(each.reason)])


def _head(each: Rejected) -> Component:
    place = ", ".join(part for part in (sourcelist.title(each.source), each.row) if part)
    return html.Div([_said(each), html.Div(place, className="fb-note")], className="fb-grow")


def _closed(each: Rejected) -> Component:
    label = {"aria-label": f"Look at {each.row}, {each.field}"}
    look = html.Button("Look", id={"look": handle(each)}, type="button", n_clicks=0, className="btn btn-secondary", **label)
    return html.Div([_head(each), look], className="fb-row fb-asiderow")


def _opened(at: Desk, each: Rejected, wrong: str, typed: dict[str, str]) -> Component:
    aside = at.look(handle(each))
    close = html.Button("Close", id={"look": f"-{aside.handle}"}, type="button", n_clicks=0, className="btn btn-link")
    top = html.Div([_head(each), close], className="fb-row fb-asiderow")
    parts = [top, _form(aside, typed), html.Div(wrong, role="alert", className="fb-wrong"), _ways(aside)]
    return html.Div(parts, className="fb-asideopen", role="group", **{"aria-label": f"{each.row}, {each.field}"})


def _form(aside: Aside, typed: dict[str, str]) -> Component:
    if aside.row is None:
        return cards.note("The row itself is not kept any more; it can only be dismissed.")
    can = "fix" in aside.can
    cells = [_cell(aside, place, value, typed, can=can) for place, value in aside.cells.items()]
    first, more = cells[:_CELLS], cells[_CELLS:]
    parts: list[Component] = [html.Div(first, className="fb-cells")]
    if more:
        parts.append(
            html.Details([html.Summary(f"{len(more)} more cells", className="fb-note"), html.Div(more, className="fb-cells")])
        )
    if not cells:
        came = " · ".join(f"{name}: {value}" for name, value in aside.row.data.items())
        parts = [cards.note(f"It came as: {came[:_LONGEST]}"), cards.note("This row is put right where it came from.")]
    return html.Div(parts)


def _cell(aside: Aside, place: str, value: Any, typed: dict[str, str], *, can: bool) -> Component:
    key, name, came = key_of(place), name_of(place, aside.row), _text(value)
    id = {"cell": key}
    field = dbc.Input(
        id=id, type="text", value=typed.get(key, came), autocomplete="off", maxlength=_LONGEST, disabled=not can,
        invalid=bool(aside.rejected.said) and came.strip() == aside.rejected.said,
    )  # fmt: skip
    return html.Div([html.Label(name, className="form-label", htmlFor=controls.dom_id(id)), field])


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _ways(aside: Aside) -> Component:
    is_whose = aside.rejected.field == "user"  # of a scale that several people stand on
    named = {"fix": "Save the correction", "accept": "It is mine" if is_whose else "It is true", "dismiss": "Dismiss"}
    looks = {"fix": "btn btn-primary", "accept": "btn btn-secondary", "dismiss": "btn btn-link"}
    buttons = [
        html.Button(named[way], id={"aside": aside.handle, "way": way}, type="button", n_clicks=0, className=looks[way])
        for way in aside.can
    ]
    return html.Div(buttons, className="fb-ways mt-2")


def _word(each: Decision) -> Component:
    told = in_words(each)
    label = {"aria-label": f"Undo: {each.place}, {told}"}
    undo = html.Button(
        "Undo", id={"undecide": word_handle(each)}, type="button", n_clicks=0, className="btn btn-link fb-small", **label
    )
    place = html.Div(f"{sourcelist.title(each.source)}, {each.place}", className="fb-note")
    return html.Div([html.Div([html.Span(told), place], className="fb-grow"), undo], className="fb-row")
