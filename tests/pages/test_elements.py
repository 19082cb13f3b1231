"""Elements are what Dash's components become: the same dict, the same refusals, on every page."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import dash
import dash_bootstrap_components
import pytest
from plotly.io.json import to_json_plotly

from dashboard.elements import dbc, dcc, html
from dashboard.page import House, pages
from dashboard.router import page_at
from health.frames import Frames

MODULES: dict[str, ModuleType] = {
    "dash_html_components": dash.html,
    "dash_core_components": dash.dcc,
    "dash_bootstrap_components": dash_bootstrap_components,
}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (html.Div("a", className="x"), dash.html.Div("a", className="x")),
        (html.P(["a", html.B("b")], id={"n": 1}), dash.html.P(["a", dash.html.B("b")], id={"n": 1})),
        (html.Span("", **{"data-x": "1"}), dash.html.Span("", **{"data-x": "1"})),
        (dcc.Link("a", href="/b"), dash.dcc.Link("a", href="/b")),
        (dcc.Graph({"chart": "c"}, figure={}), dash.dcc.Graph({"chart": "c"}, figure={})),
        (dbc.Card(dbc.CardBody("a")), dash_bootstrap_components.Card(dash_bootstrap_components.CardBody("a"))),
    ],
)
def test_an_element_is_what_the_component_becomes(ours: Any, theirs: Any) -> None:
    assert json.loads(to_json_plotly(ours)) == json.loads(to_json_plotly(theirs))


def test_a_property_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Div has no property clasName\."):
        html.Div("a", clasName="x")
    with pytest.raises(TypeError, match=r"Link has no property data-x\."):
        dcc.Link("a", href="/", **{"data-x": "1"})
    with pytest.raises(AttributeError):
        html.Dvi("a")


def test_properties_are_read_as_attributes() -> None:
    made = html.Div("a", id="b")
    assert (made.children, made.id) == ("a", "b")
    with pytest.raises(AttributeError, match="no 'style'"):
        assert made.style


def every(part: Any) -> Iterator[dict[str, Any]]:
    """Each element in what a page shows, wherever it stands."""
    if isinstance(part, dict):
        if part.keys() == {"type", "namespace", "props"}:
            yield part
        for each in part.values():
            yield from every(each)
    elif isinstance(part, (list, tuple)):
        for each in part:
            yield from every(each)


@pytest.mark.parametrize("path", pages())
def test_dash_would_take_every_element_of_the_page(make_house: Callable[..., House], sample: Frames, path: str) -> None:
    drawn = [each for part in page_at(make_house(sample), path, "", {})[:2] for each in every(part)]
    assert drawn
    for each in drawn:
        component = getattr(import_module(MODULES[each["namespace"]].__name__), each["type"])
        component(**each["props"])  # Dash's own check of names and of what is required
