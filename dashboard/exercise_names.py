"""The card "Exercise names" on Sources: names that nobody knows, with a choice of what each means; and what the person said so far.

What is said is a record of kind `exercise` (source `app`): exported, restored, and in force on every page with the next look.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final

from dash import ALL, Dash, Input, Output, no_update
from dash.exceptions import PreventUpdate

from dashboard import cards, controls, presses, typed, words
from dashboard.elements import Component, dbc, html
from dashboard.looks import zone_of
from dashboard.memory import remembered
from dashboard.page import House, View
from health.exercises import Names
from health.frames import Frames
from health.records import Exercise, RawRow
from store.items import Body
from store.store import StaleEdit

_PLACE: Final = "said on the Sources page"
_SHOWN = 6  # unknown names at once; the next come up as these are said
_MOST_OPTIONS = 1000  # a browser's list beyond that is slow to open on a phone
_LIST = "exercise-options"
_SAID = {True: "It stays an exercise of its own.", False: "They are one exercise now, on every page and in the forecast."}


def card(view: View) -> Component | None:
    """The card; None while the person has no sets."""
    if view.frames.is_sample or view.frames.sets.empty:
        return None
    inside = html.Div(_inside(view.house, view.frames), id="exercise-names", **{"aria-live": "polite", "data-typing": ""})
    return cards.card("Exercise names", inside, icon_name="lift", id="names")


def key_of(given: str) -> str:
    """A short id for a name of any length and script."""
    return sha256(given.encode(errors="replace")).hexdigest()[:20]


def unknown(frames: Frames) -> list[tuple[str, int]]:
    """The given names that nobody knows, with how many sets carry them, most first."""

    def count() -> list[tuple[str, int]]:
        counted = frames.sets["given"].value_counts()
        found = [(str(name), int(n)) for name, n in counted.items() if not frames.names.knows(str(name))]
        return sorted(found, key=lambda each: (-each[1], each[0]))

    return remembered(frames.sets, "unknown names", count)


def options(frames: Frames) -> list[str]:
    """What a name can mean: the exercises that are done first, then all that a catalogue knows."""
    used = remembered(frames.sets, "exercises by name", lambda: sorted(map(str, frames.sets["exercise"].unique())))
    return list(dict.fromkeys([*used, *frames.names.exercises()]))[:_MOST_OPTIONS]


def meant(frames: Frames, said: str) -> str | None:
    """The exercise that was chosen or typed; None where there is none of that name."""
    name = said.strip()
    if name in set(frames.sets["exercise"]):
        return name
    return frames.names.of(name) if name and (frames.names.knows(name) or name in frames.names.exercises()) else None


def say(house: House, given: str, title: str) -> None:
    """Keep that `given` means the exercise `title`, durably, over what was said of it before. Raises StoreError."""
    native_id, zone, now = f"name-{key_of(given)}", zone_of(house), house.clock()
    record = Exercise(person=house.person, source=typed.SOURCE, native_id=native_id, at=now, zone=zone, given=given, title=title)
    data = {"given": given, "title": title}
    raw = RawRow(source=typed.SOURCE, group=native_id, row_id=native_id, data=data, context={"zone": zone}, place=_PLACE)
    held = house.store.get(house.person, "exercise", record.id)
    house.store.edit(house.person, record, [raw], held.version if held else 0, now)


def unsay(house: House, id: str) -> None:
    """Take back what was said; nothing happens where it is gone already. Raises StoreError."""
    held = house.store.get(house.person, "exercise", id)
    if held is not None and "given" in held.body:
        house.store.delete(house.person, "exercise", id, held.version, house.clock())


def register(app: Dash, house: House) -> None:
    """The callbacks of the card."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output("exercise-names", "children", allow_duplicate=True),
        presses.listen(app, "name-exercise", Input({"means": ALL}, "value"), Input({"keeps": ALL}, "n_clicks")),
        prevent_initial_call=True,
    )
    def choose(press: Any) -> Any:
        id, said = presses.pressed(press, "means", "keeps")
        if not said:  # a field that was emptied says nothing
            raise PreventUpdate
        name = id.get("keeps") or id["means"]
        frames = house.frames.frames()
        given = next((each for each in frames.sets["given"].unique() if key_of(each) == name), None)
        if given is None:
            raise PreventUpdate
        own = "keeps" in id
        title = given if own else meant(frames, str(said))
        if title is None:
            return _inside(house, frames, wrong={name: str(said)})
        try:
            say(house, given, title)
        except StaleEdit:  # said in two windows at once: what stands is shown
            return _inside(house, house.frames.frames())
        told = f"“{given}” is kept as it is." if own else f"“{given}” is {title}."
        return _inside(house, house.frames.frames(), told=f"{told} {_SAID[own]}")

    @app.callback(  # type: ignore[untyped-decorator]
        Output("exercise-names", "children", allow_duplicate=True),
        presses.listen(app, "unname-exercise", Input({"unsaid": ALL}, "n_clicks")),
        prevent_initial_call=True,
    )
    def undo(press: Any) -> Any:
        id, _ = presses.pressed(press, "unsaid")
        try:
            unsay(house, id["unsaid"])
        except StaleEdit:
            return no_update
        return _inside(house, house.frames.frames())


# -- what it shows ------------------------------------------------------------------------------------------------------------


def _inside(house: House, frames: Frames, *, wrong: dict[str, str] | None = None, told: str = "") -> list[Component]:
    found, said = unknown(frames), _said(house)
    all_names = frames.sets["given"].nunique()
    parts = [cards.note(_news(len(found), all_names)), html.Div(told, role="status", className="fb-note fb-strong mt-2")]
    if found:
        parts.append(html.Datalist([html.Option(value=each) for each in options(frames)], id=_LIST))
        parts.append(
            html.Div([_unknown(given, n, (wrong or {}).get(key_of(given))) for given, n in found[:_SHOWN]], className="mt-3")
        )
    if len(found) > _SHOWN:
        parts.append(cards.note(f"{words.number(len(found) - _SHOWN)} more come up as you answer these."))
    if said:
        rows = [_answer(body, frames.names) for body in said]
        parts.append(
            cards.rule(html.Details([html.Summary(f"What you said ({len(said)})", className="fb-note"), *rows], open=True))
        )
    return parts


def _news(unknown_names: int, all_names: int) -> str:
    if not unknown_names:
        return f"All {words.number(all_names)} names in your log are known." if all_names > 1 else "The name in your log is known."
    are, each = ("are", "each") if unknown_names > 1 else ("is", "it")
    return (
        f"{words.number(unknown_names)} of {words.number(all_names)} names in your log {are} not known here. "
        f"Say what {each} means and it counts there; your records keep the name as it is."
    )


def _unknown(given: str, n: int, wrong: str | None) -> Component:
    name, hidden = key_of(given), {"aria-label": f"Keep {given} as it is"}
    field = dbc.Input(
        id={"means": name},
        type="text",
        list=_LIST,
        value=wrong or "",
        debounce=True,
        autocomplete="off",
        maxlength=200,
        placeholder="Which exercise is it?",
        class_name="fb-search",
        invalid=wrong is not None,
    )
    label = html.Label(f"What {given} means", htmlFor=controls.dom_id({"means": name}), className="visually-hidden")
    keep = html.Button("Keep as it is", id={"keeps": name}, type="button", n_clicks=0, className="btn btn-link", **hidden)
    told = html.Div([html.Strong(given), html.Div(words.count(n, "set"), className="fb-note")], className="fb-grow")
    error = f"No exercise is called “{wrong[:80]}”. Choose one from the list." if wrong is not None else None
    below = [html.Div(error, className="fb-wrong", role="alert")] if error else []
    return html.Div([told, html.Div([label, field, keep], className="fb-meaning"), *below], className="fb-row fb-nameless")


def _said(house: House) -> list[Body]:
    """What the person said, the newest first."""
    found = [each for each in house.store.bodies(house.person, "exercise") if "given" in each]
    return found[::-1]


def _answer(body: Body, names: Names) -> Component:
    given, title = body["given"], names.of(body["given"])
    told = "kept as it is" if title == given else f"is {title}"
    label = {"aria-label": f"Undo: {given} {told}"}
    undo = html.Button("Undo", id={"unsaid": body["id"]}, type="button", n_clicks=0, className="btn btn-link fb-small", **label)
    said = html.Div([html.Span(given), html.Span(f" {told}", className="fb-note")], className="fb-grow")
    return html.Div([said, undo], className="fb-row")
