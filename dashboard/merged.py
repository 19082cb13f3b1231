"""The card "Counted once" on Sources, and one merged thing on the page of rows: what each source said, which of it counts, and the
way to keep them apart or to take that back.

What is split is a record (store/splits.py); the rule is in docs/decisions/0015-merging.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

from dash import ALL, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from dashboard import cards, presses, shell, told, words
from dashboard.elements import Component, html
from dashboard.looks import at_home, zone_of
from dashboard.page import House, View
from dashboard.theme import Look
from dashboard.whymerged import why
from health.frames import Frames
from store import splits
from store.items import Body
from store.store import StaleEdit, StoreError

PLACE: Final = "merged-things"
_SHOWN: Final = 5
_MOST_SPLITS: Final = 20
_SAID: Final = {
    "split": "They are kept apart from now on, whatever comes in later.",
    "back": "Nothing keeps them apart any more.",
    "gone": "That was changed in the meantime. This is how it stands.",
}


def card(view: View) -> Component | None:
    """The card of Sources; None while no two sources tell of one thing and nothing was split."""
    if view.frames.is_sample:
        return None
    inside = _listed(view.house, view.frames, view.look)
    if not inside:
        return None
    return cards.card("Counted once", html.Div(inside, id=PLACE, **{"aria-live": "polite"}), icon_name="sources", id="merged")


def thing_card(view: View, frame: str, id: str) -> Component | None:
    """One thing of that frame as its sources tell it; None where no record there has that id."""
    kind = told.kind_of(frame)
    inside = _thing(view.house, view.frames, view.look, kind, id) if kind else None
    return cards.card("What each source said", html.Div(inside, id=PLACE, **{"aria-live": "polite"})) if inside else None


def thing_link(frame: str, id: str, text: str) -> Component:
    """The way to a thing's own records."""
    return cards.link(text, f"/rows?{urlencode({'of': frame, 'id': id})}")


def pairs(frames: Frames) -> list[tuple[str, str, int]]:
    """(kind, sources in words, how many things), most first."""
    found = [
        (kind, words.listed(sorted(map(told.source, names))), n)
        for kind, things in frames.things.items()
        for names, n in things.together.items()
    ]
    return sorted(found, key=lambda each: (-each[2], each[0], each[1]))


def key_of(kind: str, id: str) -> str:
    """A short id for a record of any name."""
    return sha256(f"{kind}\n{id}".encode(errors="replace")).hexdigest()[:20]


# -- what it shows ------------------------------------------------------------------------------------------------------------


def _listed(house: House, frames: Frames, look: Look, said: str = "") -> list[Component]:
    """The inside of the card; nothing where there is nothing to say."""
    counted, apart = pairs(frames), splits.splits(house.store, house.person)
    if not counted and not apart:
        return []
    way = "The same thing from several sources counts once. Every source’s record is kept, and what is not one thing can be split."
    parts: list[Component] = [cards.note(way), html.Div(said, role="status", className="fb-note fb-strong mt-2")]
    if counted:
        rows = [[names, told.counted(kind, n)] for kind, names, n in counted]
        parts += [
            cards.table(["Told by", "Merged"], rows, numeric=(1,), label="What was merged"),
            html.H3("The latest", className="fb-note mt-3"),
        ]
        parts += [_latest(kind, members, look) for kind, members in _newest(frames)]
    if apart:
        parts.append(_apart(apart, frames, look, "card"))
    return parts


def _newest(frames: Frames) -> list[tuple[str, tuple[Mapping[str, Any], ...]]]:
    found = [(kind, members) for kind, things in frames.things.items() for members in things.last(_SHOWN)]
    return sorted(found, key=lambda each: (each[1][0]["at"][:-1], each[0]), reverse=True)[:_SHOWN]


def _latest(kind: str, members: Sequence[Mapping[str, Any]], look: Look) -> Component:
    what = told.thing(kind, members, look)
    head = [
        html.Strong(what),
        html.Span(f" {told.day(members, look)}: {told.sources(members)}", className="fb-note"),
    ]
    inside = [cards.note(why(kind, members), class_name="mt-2"), _table(kind, members, look), _ways(kind, members, what, "card")]
    return html.Details([html.Summary(head), *inside], className="fb-merged")


def _table(kind: str, members: Sequence[Mapping[str, Any]], look: Look) -> Component:
    """A line a field, a column a source; what counts is strong, and says so to those who cannot see it."""
    rows = []
    for line in told.lines(kind, members, look):
        cells: list[Any] = [line.name]
        for at, said in enumerate(line.said):
            mark = html.Span(", counts", className="visually-hidden")
            cells.append(
                html.Strong([said, mark]) if at == line.taken and len(members) > 1 else html.Span(said, className="fb-quiet")
            )
        rows.append(cells)
    columns = ["", *told.names(members)]
    return html.Div(cards.table(columns, rows, label="What each source said", wide=True), className="fb-told")


def _ways(kind: str, members: Sequence[Mapping[str, Any]], what: str, place: str) -> Component:
    """What counts, and the buttons: of two, one to split; of more, one to take out each that does not belong."""
    if len(members) == 2:
        buttons = [_button("Split them", what, kind, members[0]["id"], place)]
    else:
        named = list(zip(told.names(members), members, strict=True))[1:]
        buttons = [_button(f"Take out {name}", what, kind, each["id"], place) for name, each in named]
        buttons.append(_button("Split all", what, kind, members[0]["id"], place))
    return html.Div([cards.note("What counts is in bold."), html.Div(buttons, className="fb-ways mt-2")], className="mt-2 mb-3")


def _button(text: str, what: str, kind: str, id: str, place: str) -> Component:
    name = {"split": key_of(kind, id), "of": kind, "in": place}
    label = {"aria-label": f"{text}: {what}"}
    return html.Button(text, id=name, type="button", n_clicks=0, className="btn btn-secondary", **label)


def _apart(apart: Sequence[Body], frames: Frames, look: Look, place: str) -> Component:
    rows = [_kept(each, frames, look, place) for each in apart[:_MOST_SPLITS]]
    more = f"The newest {_MOST_SPLITS}; python -m collectors merges lists all." if len(apart) > _MOST_SPLITS else None
    head = html.Summary(f"Kept apart by you ({words.number(len(apart))})", className="fb-note")
    return cards.rule(html.Details([head, *rows, *([cards.note(more)] if more else [])], open=True, className="fb-merged"))


def _kept(body: Body, frames: Frames, look: Look, place: str) -> Component:
    """A split in words, with its way back. What it names may be gone since."""
    things = frames.things.get(body["of"])
    every = [things.holding(id) if things else () for group in body["apart"] for id in group]
    # The one that has a name says best what it is.
    present = sorted((each for each in every if each), key=lambda members: not any(one.get("name") for one in members))
    what = f"{told.thing(body['of'], present[0], look)}, {told.day(present[0], look)}" if present else "No longer here"
    groups = [words.listed([told.source(id.partition(":")[0]) for id in group]) for group in body["apart"]]
    label = {"aria-label": f"Undo: {what} kept apart"}
    name = {"unsplit": body["id"], "in": place, "of": body["of"], "first": key_of(body["of"], body["apart"][0][0])}
    undo = html.Button("Undo", id=name, type="button", n_clicks=0, className="btn btn-link fb-small", **label)
    said = html.Div([html.Span(what), html.Span(f" {' | '.join(groups)}", className="fb-note")], className="fb-grow")
    return html.Div([said, undo], className="fb-row")


def _thing(house: House, frames: Frames, look: Look, kind: str, id: str, said: str = "") -> list[Component]:
    """The inside of the card of one thing; nothing where no record of that kind has that id."""
    things = frames.things.get(kind)
    members = things.holding(id) if things else ()
    if not members:
        return []
    what = told.thing(kind, members, look)
    parts: list[Component] = [html.P([html.Strong(what), f" {told.day(members, look)}"], className="mb-2")]
    parts.append(html.Div(said, role="status", className="fb-note fb-strong"))
    if len(members) > 1:
        parts.append(
            cards.note(
                f"Merged from {told.sources(members)}. {why(kind, members)} Each of these records is kept as it came.",
                class_name="mb-2",
            )
        )
    parts.append(_table(kind, members, look))
    if len(members) > 1:
        parts.append(_ways(kind, members, what, "rows"))
    mine = {each["id"] for each in members}
    said_apart = [each for each in splits.splits(house.store, house.person) if each["of"] == kind]
    apart = [each for each in said_apart if any(mine & {*group} for group in each["apart"])]
    return [*parts, _apart(apart, frames, look, "rows")] if apart else parts


# -- the buttons --------------------------------------------------------------------------------------------------------------


def register(app: Dash, house: House) -> None:
    """The callbacks of the buttons, on both pages."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(PLACE, "children", allow_duplicate=True),
        presses.listen(app, "split-thing", Input({"split": ALL, "of": ALL, "in": ALL}, "n_clicks")),
        State(shell.SCREEN, "data"),
        prevent_initial_call=True,
    )
    def split(press: Any, screen: Any) -> Any:
        at, _ = presses.pressed(press, "split of in")
        found = house.frames.frames().things
        id = _named(house.frames.frames(), at["of"], at["split"])
        try:
            splits.split(house.store, house.person, found, id, house.clock(), zone_of(house), at["of"])
        except (StaleEdit, StoreError):
            return _again(house, at, id, screen, "gone")
        return _again(house, at, id, screen, "split")

    @app.callback(  # type: ignore[untyped-decorator]
        Output(PLACE, "children", allow_duplicate=True),
        presses.listen(app, "unsplit-thing", Input({"unsplit": ALL, "in": ALL, "of": ALL, "first": ALL}, "n_clicks")),
        State(shell.SCREEN, "data"),
        prevent_initial_call=True,
    )
    def back(press: Any, screen: Any) -> Any:
        at, _ = presses.pressed(press, "unsplit in of first")
        id = _named(house.frames.frames(), at["of"], at["first"]) if at["in"] == "rows" else ""
        try:
            splits.unsplit(house.store, house.person, at["unsplit"], house.clock())
        except (StaleEdit, StoreError):
            return _again(house, at, id, screen, "gone")
        return _again(house, at, id, screen, "back")


def _again(house: House, at: Mapping[str, str], id: str, screen: Any, said: str) -> list[Component]:
    """What stands there now."""
    frames, now = house.frames.frames(), house.clock()
    _, look = at_home(house, screen if isinstance(screen, dict) else None, now, is_sample=frames.is_sample)
    if at["in"] == "rows":
        return _thing(house, frames, look, at["of"], id, _SAID[said])
    return _listed(house, frames, look, _SAID[said]) or [cards.note(_SAID[said])]


def _named(frames: Frames, kind: str, key: str) -> str:
    things = frames.things.get(kind)
    found = (each["id"] for each in things.rows.bodies if key_of(kind, each["id"]) == key) if things else iter(())
    id = next(found, None)
    if id is None:
        raise PreventUpdate
    return str(id)
