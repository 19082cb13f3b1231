"""What stands still on a page, sent as markup: one component in the browser for as many elements as stand together.

React and Dash keep an object, a subscription and a comparison for every element they know; most of a page is words and tables that
change only with the whole page. Here a tree of elements becomes one of the component `Still` (assets/pictures.js) wherever nothing
in it answers to a callback; what does stays as it was. Graphs stand in the markup as places, their figures beside it as JSON.
Everything is escaped here, and only here: a name from a file is text, whatever it holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from dash.development.base_component import Component
from plotly.io.json import to_json_plotly

from dashboard.elements import Element

HTML, BOOTSTRAP, CORE = "dash_html_components", "dash_bootstrap_components", "dash_core_components"
_BOXES: Final = {"Card": "card", "CardBody": "card-body"}
_VOID: Final = frozenset({"br", "hr", "img", "input"})
# No part of what is shown: what is inside, and what Dash alone wants to know.
_UNSEEN: Final = frozenset({"children", "key", "n_clicks", "n_clicks_timestamp", "disable_n_clicks"})
_NAMES: Final = {"className": "class", "class_name": "class", "htmlFor": "for", "acceptCharset": "accept-charset"}
_BARE: Final = frozenset({"opacity", "order", "flex", "flexGrow", "flexShrink", "fontWeight", "lineHeight", "zIndex"})
# A link that would run something; browsers skip white space and control characters in front of and inside the scheme.
_DANGEROUS: Final = ("javascript:", "vbscript:", "data:")
_SKIPPED: Final = dict.fromkeys(range(33))


class UnknownPart(TypeError):
    """A component that has no markup of its own."""


def still(part: Any) -> Any:
    """The same part with all that stands still in it as `Still`: for the browser, so do this last."""
    if isinstance(part, (list, tuple)):
        return [still(each) for each in part]
    made = plain(part)
    if made is None or made["namespace"] == "fitboard":
        return part
    if _stands_still(made):
        return _as_one(made)
    props = made["props"]
    return Element(made, props={**props, "children": still(props["children"])}) if "children" in props else made


def plain(part: Any) -> Mapping[str, Any] | None:
    """An element or a component as a dict of type, namespace and props; None for text, a number or nothing."""
    if isinstance(part, Component):
        told: dict[str, Any] = part.to_plotly_json()
        return told
    return part if isinstance(part, dict) and "namespace" in part else None


def _stands_still(part: Any) -> bool:
    if isinstance(part, (list, tuple)):
        return all(map(_stands_still, part))
    made = plain(part)
    if made is None:
        return True
    kind, props = (made["namespace"], made["type"]), made["props"]
    if kind == (CORE, "Graph"):
        return True
    known = kind[0] == HTML or kind == (CORE, "Link") or (kind[0] == BOOTSTRAP and kind[1] in _BOXES)
    # A name may be a callback's.
    return known and props.get("id") is None and _stands_still(props.get("children"))


def _as_one(made: Mapping[str, Any]) -> Element:
    """Its root as React wants it, all inside as markup."""
    writer = Writer()
    tag, attributes = writer.root(made)
    writer.inside(made)
    shown = {name: value for name, value in attributes.items() if value is not None}
    props = {"tag": tag, "attributes": shown, "markup": writer.markup, "figures": writer.figures}
    return Element(type="Still", namespace="fitboard", props=props)


class Writer:
    """Writes parts as markup. `figures` are the JSON of the graphs, in the order of their places."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self.figures: list[str] = []

    @property
    def markup(self) -> str:
        """All that was written so far."""
        return "".join(self._out)

    def root(self, made: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The tag of an element and its attributes by their names in React. Raises UnknownPart."""
        kind, props = made["type"], made["props"]
        own = {name: value for name, value in props.items() if name not in _UNSEEN}
        if made["namespace"] == HTML:
            return kind.lower(), _safe(own)
        if kind in _BOXES:
            more = own.pop("className", own.pop("class_name", None))
            return "div", {**own, "className": f"{_BOXES[kind]} {more}" if more else _BOXES[kind]}
        if kind == "Link":
            return "a", _safe({**own, "data-way": ""})  # assets/pictures.js follows it without a reload
        if kind != "Graph":
            raise UnknownPart(f"{kind} cannot be written as markup.")
        figure = {"data": own["figure"].get("data", []), "layout": own["figure"].get("layout", {}), "config": own.get("config", {})}
        # Also for a script element of a document, which such a character could end.
        self.figures.append(to_json_plotly(figure).replace("<", "\\u003c"))
        classes = f"dash-graph {own.get('className') or ''}".strip()
        place = {"className": classes, "style": own.get("style"), "data-picture": str(len(self.figures) - 1)}
        return "div", place | {"data-chart": _name(own.get("id"))}

    def inside(self, made: Mapping[str, Any]) -> None:
        """What stands in an element."""
        if made["type"] != "Graph":
            self.write(made["props"].get("children"))

    def write(self, part: Any) -> None:
        """A part, all parts of a list, text, or nothing."""
        if part is None or isinstance(part, bool):
            return
        if isinstance(part, (list, tuple)):
            for each in part:
                self.write(each)
            return
        made = plain(part)
        if made is None:
            self._out.append(escape(_text(part), quote=False))
        else:
            self.element(*self.root(made), made)

    def element(self, tag: str, attributes: Mapping[str, Any], made: Mapping[str, Any]) -> None:
        """An element with that tag and those attributes, and what stands in it."""
        self._out.append(f"<{tag}{''.join(_attributes(attributes))}>")
        if tag not in _VOID:
            self.inside(made)
            self._out.append(f"</{tag}>")


def _name(id: Any) -> str:
    if isinstance(id, dict):
        return json.dumps(id, sort_keys=True, separators=(",", ":"))
    return "" if id is None else str(id)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # as a browser writes it
    return str(value)


def _safe(attributes: dict[str, Any]) -> dict[str, Any]:
    """The same with a link that would run something taken out, as Dash takes it out of its own."""
    href = attributes.get("href")
    runs = isinstance(href, str) and href.translate(_SKIPPED).lower().startswith(_DANGEROUS)
    return {**attributes, "href": "about:blank"} if runs else attributes


def _attributes(given: Mapping[str, Any]) -> Iterable[str]:
    for name, value in given.items():
        if value is None or value is False:
            continue
        if name == "style":
            value = ";".join(f"{_css(each)}:{_length(each, said)}" for each, said in value.items() if said is not None)
        plain = _NAMES.get(name) or name.lower()
        yield f" {plain}" if value is True else f' {plain}="{escape(_name(value) if name == "id" else _text(value))}"'


def _css(name: str) -> str:
    return name if name.startswith("--") else re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name)


def _length(name: str, value: Any) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{_text(value)}px" if number and value and not name.startswith("--") and name not in _BARE else _text(value)
