"""An answer as a browser makes it out: what came as markup (dashboard/still.py) is elements again, so that a test can walk them."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

_NAMES = {"class": "className", "for": "htmlFor", "tabindex": "tabIndex", "colspan": "colSpan", "autocomplete": "autoComplete"}
_VOID = {"br", "hr", "img", "input"}


class _Reader(HTMLParser):
    """Markup to elements; fails where a browser would have to guess."""

    def __init__(self, figures: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._figures = figures
        self.inside: list[Any] = []
        self._open: list[tuple[str, list[Any]]] = [("", self.inside)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        props: dict[str, Any] = {_NAMES.get(name, name): True if value is None else value for name, value in attrs}
        made = element(tag, props, self._figures)
        self._open[-1][1].append(made)
        if tag not in _VOID:
            made["props"].setdefault("children", [])
            self._open.append((tag, made["props"]["children"]))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._open.pop()
        assert opened == tag, f"<{opened}> is closed as {tag}"

    def handle_data(self, data: str) -> None:
        self._open[-1][1].append(data)

    def whole(self) -> list[Any]:
        self.close()
        assert len(self._open) == 1, f"<{self._open[-1][0]}> is never closed"
        return self.inside


def element(tag: str, props: dict[str, Any], figures: list[str]) -> dict[str, Any]:
    """The element of that tag; a picture's place is a graph."""
    if "data-picture" in props:
        figure = json.loads(figures[int(props["data-picture"])])
        chart = json.loads(props["data-chart"])
        shown = {"className": props["className"].removeprefix("dash-graph").strip()}
        return {"type": "Graph", "namespace": "dash_core_components", "props": {"id": chart, "figure": figure, **shown}}
    if "data-way" in props:
        link = {name: value for name, value in props.items() if name != "data-way"}
        return {"type": "Link", "namespace": "dash_core_components", "props": link}
    return {"type": tag.capitalize(), "namespace": "dash_html_components", "props": props}


def unfolded(value: Any) -> Any:
    """The same with every `Still` in it as elements."""
    if isinstance(value, list):
        return [unfolded(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("namespace") == "fitboard":
        props = value["props"]
        reader = _Reader(props["figures"])
        reader.feed(props["markup"])
        inside = reader.whole()
        return element(
            props["tag"], {**props["attributes"], "children": inside[0] if len(inside) == 1 else inside}, props["figures"]
        )
    return {name: unfolded(each) for name, each in value.items()}
