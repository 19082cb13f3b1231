"""What stands still goes out as markup: the same page to a browser, whatever a name in it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import dash
import pytest
from plotly.io.json import to_json_plotly

from dashboard.elements import dbc, dcc, html
from dashboard.looks import at_home
from dashboard.page import House, View, pages
from dashboard.pages import forecast
from dashboard.router import page_at
from dashboard.still import Writer, still
from tests.dashboard.house import house
from tests.dashboard.unfolded import unfolded
from tests.hostile import HOSTILE


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house whose forecast is worked out, so that its page is whole in whatever order tests run."""
    home = house(tmp_path_factory.mktemp("still"), sample=True)
    frames, now = home.frames.frames(), home.clock()
    here, look = at_home(home, {"mode": "dark", "phone": False}, now, is_sample=frames.is_sample)
    found = forecast._outlook(View(house=here, frames=frames, look=look, choices={}, now=now, path="/forecast"))
    assert found is not None
    found.work_out()
    return home


def written(part: Any) -> str:
    writer = Writer()
    writer.write(part)
    return writer.markup


@pytest.mark.parametrize(
    ("part", "markup"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ([None, True, 3, 4.0, 2.5], "342.5"),
        (html.P("x", className='a" onclick="b'), '<p class="a&quot; onclick=&quot;b">x</p>'),
        (html.I(style={"--v": 12, "minHeight": 4, "opacity": 0.5}), '<i style="--v:12;min-height:4px;opacity:0.5"></i>'),
        (html.I(style={"top": 0, "left": None}), '<i style="top:0"></i>'),
        (html.Label("x", htmlFor="y"), '<label for="y">x</label>'),
        (html.Div(html.Hr(), tabIndex=0, role="region"), '<div tabindex="0" role="region"><hr></div>'),
        (html.Details(html.Summary("s"), open=True), "<details open><summary>s</summary></details>"),
        (html.Details("d", open=False), "<details>d</details>"),
        (dbc.Card(dbc.CardBody("x"), className="y"), '<div class="card y"><div class="card-body">x</div></div>'),
        (dcc.Link("x", href="/body?a=1&b=2"), '<a href="/body?a=1&amp;b=2" data-way="">x</a>'),
        (dash.html.B("of Dash itself"), "<b>of Dash itself</b>"),
    ],
)  # fmt: skip
def test_markup(part: Any, markup: str) -> None:
    assert written(part) == markup


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", " JavaScript:alert(1)", "java\nscript:alert(1)", "\x01vbscript:x", "data:text/html,<b>"]
)
def test_no_link_runs_anything(href: str) -> None:
    assert 'href="about:blank"' in written(dcc.Link("x", href=href))
    assert still(html.A("x", href=href))["props"]["attributes"]["href"] == "about:blank"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text(name: str) -> None:
    told = json.loads(to_json_plotly(still(html.Div([html.P(name, title=name), name]))))
    (paragraph, beside) = unfolded(told)["props"]["children"]
    assert paragraph["type"] == "P"
    for seen in (paragraph["props"]["title"], paragraph["props"]["children"][0], beside):
        assert seen.replace("\r\n", "\n").replace("\r", "\n") == name.replace("\r\n", "\n").replace("\r", "\n")


def test_what_answers_to_a_callback_stays_what_it_is() -> None:
    field = dbc.Input(id="field", value="x")
    made = still(html.Div([html.P("still"), html.Div([field, html.B("also")], className="box")]))
    first, box = made["props"]["children"]
    assert (made["type"], first["type"], box["type"]) == ("Div", "Still", "Div")
    assert box["props"]["children"][0] == field
    assert [each["type"] for each in box["props"]["children"]] == ["Input", "Still"]
    assert still("text") == "text"
    assert still(None) is None


def test_a_graph_is_a_place_and_its_figure() -> None:
    figure = {"data": [{"y": [1, None]}], "layout": {}}
    graph = dcc.Graph(id={"chart": "a"}, figure=figure, style={"height": 300}, className="fb-graph")
    made = still(html.Div([html.P("x"), graph]))["props"]
    place = (
        """<div class="dash-graph fb-graph" style="height:300px" data-picture="0" data-chart="{&quot;chart&quot;:&quot;a&quot;}">"""
    )
    assert made["markup"] == f"<p>x</p>{place}</div>"
    assert [json.loads(each)["data"] for each in made["figures"]] == [[{"y": [1, None]}]]


@pytest.mark.parametrize("path", [*pages(), "/rows"])
@pytest.mark.parametrize("phone", [False, True])
def test_every_page_is_the_same_as_markup(sample: House, path: str, phone: bool) -> None:
    page, fresh, _ = page_at(sample, path, "?of=measurements", {"mode": "dark", "phone": phone})
    for part in (page, fresh):
        plain = json.loads(to_json_plotly(part))
        sent = json.loads(to_json_plotly(still(part)))
        assert joined(outline(unfolded(sent))) == joined(outline(plain))
        assert not any(inside in (each for each, _ in outline(plain)) for inside in ("Script", "Iframe"))


def joined(outline: Iterator[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The same with texts that stand side by side as the one text that they are to a browser."""
    found: list[tuple[str, Any]] = []
    for kind, said in outline:
        if kind == "text" and found and found[-1][0] == "text":
            found[-1] = (kind, f"{found[-1][1]}{said}")
        else:
            found.append((kind, said))
    return found


def outline(part: Any) -> Iterator[tuple[str, Any]]:
    """The names of all elements in order with class, link, text and figure; a card is the box it becomes."""
    if isinstance(part, list):
        for each in part:
            yield from outline(each)
    elif isinstance(part, dict):
        kind, props = part["type"], part["props"]
        boxes = {"Card": "card", "CardBody": "card-body"}
        shown = props.get("className") or boxes.get(kind)
        yield ("Div" if kind in boxes else kind), (shown, props.get("href"), (props.get("figure") or {}).get("data"))
        yield from outline(props.get("children"))
    elif part is not None and part != "":
        yield "text", part
