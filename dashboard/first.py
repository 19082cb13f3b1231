"""The first page, sent with the document: its words stand and its pictures are drawn before Dash is there, which takes as long.

The browser says in a cookie which colours it shows and whether it is a phone (assets/mode.js); where that is not yet known or no
longer true, it hides this page and waits for Dash. Nothing here answers to a finger but links: Dash puts the same page in its place
a moment later (assets/pictures.js), with the very pictures that were drawn. It comes after the gate, as every page does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, Final

from flask import has_request_context, request
from plotly.io.json import to_json_plotly

from dashboard import shell
from dashboard.bundle import First
from dashboard.elements import Element
from dashboard.memory import MARKUP
from dashboard.page import House
from dashboard.router import known_path, page_at
from dashboard.still import BOOTSTRAP, CORE, HTML, UnknownPart, Writer, plain
from store.store import StoreError

COOKIE: Final = "fitboard-screen"
_SCREENS: Final = {f"{mode}{size}": {"mode": mode, "phone": bool(size)} for mode in ("light", "dark") for size in ("", ".phone")}
_UNSEEN: Final = frozenset({"Store", "Interval", "Location", "Download"})
Props = Mapping[str, Any]


def drawer(house: House, *, signed_in: bool) -> Callable[[], First | None]:
    """What draws the page of the request at hand; None outside of one (set-up makes the document too)."""

    def draw() -> First | None:
        if not has_request_context():
            return None
        screen = request.cookies.get(COOKIE, "")
        screen = screen if screen in _SCREENS else "light"
        search = f"?{request.query_string.decode('utf-8', 'replace')}"
        try:
            return first_page(house, request.path, search, screen, signed_in=signed_in)
        except (UnknownPart, StoreError):  # a component without markup comes with Dash; of a fault Dash tells
            return None

    return draw


def first_page(house: House, path: str, search: str, screen: str, *, signed_in: bool) -> First:
    """The page at that address as a document holds it."""
    page, fresh, title = page_at(house, path, search, _SCREENS[screen])
    # Kept beside the page itself, which stands below what else it is told under (a banner, a switch).
    *above, drawn = page.children if isinstance(page, Element) and isinstance(page.children, list) else [page]
    key = (known_path(path), screen, signed_in, title, to_json_plotly([fresh, above]))
    shown = shell.Shown(path=known_path(path), page=page, fresh=fresh)
    body, figures = MARKUP.remembered(drawn, key, lambda: _body(shell.layout(signed_in, shown)))
    return First(title=escape(title), screen=screen, body=body, figures=figures)


def _body(layout: Any) -> tuple[str, bool]:
    """The markup of a whole page with its figures, and whether it has any."""
    sketch = Sketch()
    sketch.write(layout)
    figures = "".join(f'<script type="application/json" class="first-figure">{each}</script>' for each in sketch.figures)
    return f'<div id="first">{sketch.markup}</div>{figures}', bool(figures)


class Sketch(Writer):
    """Writes a page that nobody can operate yet: no names, and fields as they look."""

    def write(self, part: Any) -> None:
        """A part, its fields as plain ones."""
        made = plain(part)
        if made is not None and made["type"] in _UNSEEN:
            return
        field = _FIELDS.get((made["namespace"], made["type"])) if made is not None else None
        super().write(part if field is None or made is None else field(made["props"]))

    def root(self, made: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The tag and the attributes without what another place in the document is called."""
        tag, attributes = super().root(made)
        return tag, {name: value for name, value in attributes.items() if name not in ("id", "list", "name")}


def _tag(kind: str, **props: Any) -> Element:
    return Element(type=kind, namespace=HTML, props=props)


def _classes(own: str, props: Props) -> str:
    return " ".join(each for each in (props.get("className") or props.get("class_name"), own) if each)


def _input(props: Props) -> Element:
    told = {name: props.get(name) for name in ("type", "value", "placeholder")}
    return _tag("Input", className=_classes("form-control", props), inert=True, **told)


def _number(props: Props) -> Element:
    told = {name: props.get(name) for name in ("type", "value", "placeholder")}
    return _tag("Div", className=_classes("dash-input-container dash-input", props), inert=True, children=_tag(
        "Input", className="dash-input-element", **told
    ))  # fmt: skip


def _select(props: Props) -> Element:
    shown = [each for each in props["options"] if each["value"] == props.get("value")]
    words = shown[0]["label"] if shown else props.get("placeholder") or ""
    return _tag("Select", className=_classes("form-select", props), inert=True, children=_tag("Option", children=words))


def _radios(props: Props) -> Element:
    def one(option: Props) -> Element:
        box = {"type": "radio", "checked": option["value"] == props.get("value")}
        label = {"children": option["label"], "className": f"form-check-label {props.get('labelClassName') or ''}"}
        button = _tag("Input", className=f"form-check-input {props.get('inputClassName') or ''}", **box)
        return _tag("Div", className="form-check", children=[button, _tag("Label", **label)])

    return _tag("Div", className=props.get("className"), inert=True, children=[one(each) for each in props["options"]])


def _switch(props: Props) -> Element:
    box = _tag("Input", type="checkbox", className="form-check-input", checked=bool(props.get("value")))
    label = _tag("Label", className="form-check-label form-label", children=props.get("label"))
    return _tag("Div", className="form-check form-switch", inert=True, children=[box, label])


_FIELDS: Final[dict[tuple[str, str], Callable[[Props], Element]]] = {
    (BOOTSTRAP, "Select"): _select,
    (BOOTSTRAP, "RadioItems"): _radios,
    (BOOTSTRAP, "Switch"): _switch,
    (BOOTSTRAP, "Input"): _input,
    (CORE, "Input"): _number,
}
