"""The frame around every page: the list at the side, the tab bar of a phone, and what the browser is told first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard import cards, presses, words
from dashboard.page import House, Page, pages
from dashboard.theme import Look

ADDRESS, SCREEN, TURN, TITLE, PAGE, MODE = "address", "screen", "turn", "title", "page", "mode"
_TABS = ("/", "/body", "/log", "/running", "/forecast")
_TRAINING = ("/running", "/strength")
_APART = 100  # pages ordered from here on stand below the line: what one does, not what one looks at

INDEX = """<!DOCTYPE html>
<html lang="en" data-bs-theme="light" data-plotly="@plotly" data-screen="@screen" class="@class">
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f6f6f3" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#0f1113" media="(prefers-color-scheme: dark)">
<meta name="referrer" content="same-origin">
<title>{%title%}</title>
<link rel="manifest" href="/manifest.webmanifest">
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/assets/icon-180.png">
<script src="@mode"></script>
<link rel="@ahead" as="script" href="@plotly">
{%css%}
</head>
<body>
@first
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>
"""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What stands in the frame: the page of a path, and the line on freshness."""

    path: str
    page: Any
    fresh: Any


def layout(signed_in: bool, shown: Shown | None = None) -> Component:
    """The whole frame; only what stands in PAGE, and the line on freshness, is drawn anew as the address changes."""
    here = shown.path if shown else None
    page, line = (shown.page, shown.fresh) if shown else (_waiting(), None)
    return html.Div(
        [
            dcc.Location(id=ADDRESS, refresh="callback-nav"),
            dcc.Store(id=SCREEN),
            dcc.Store(id=TURN, data=0),
            dcc.Store(id=TITLE),
            *presses.stores(),
            html.A("Skip to the page", href="#page", className="visually-hidden-focusable fb-skip"),
            _side(signed_in, line, here),
            html.Main([html.Div(page, id=PAGE), _foot(signed_in)], className="fb-main"),
            _tabs(here),
        ],
        className="fb-shell",
    )


def _side(signed_in: bool, fresh: Any, here: str | None) -> Component:
    above = [_entry(each, "side", here) for each in _listed() if each.order < _APART]
    below = [_entry(each, "side", here) for each in _listed() if each.order >= _APART]
    parting = [html.Hr(className="fb-parting")] if above and below else []
    ways = html.Nav([*above, *parting, *below], className="nav flex-column", **{"aria-label": "Pages"})
    return html.Div(
        [
            dcc.Link("Fitboard", href="/", className="fb-brand"),
            ways,
            html.Div([html.Div(fresh, id="fresh"), _mode("side"), *_sign_out(signed_in)], className="fb-sidefoot"),
        ],
        className="fb-side",
    )


def _foot(signed_in: bool) -> Component:
    # What a phone's tab bar has no room for.
    ways = [dcc.Link(each.name, href=each.path) for each in _listed() if each.path not in (*_TABS, *_TRAINING)]
    return html.Div([*ways, _mode("foot"), *_sign_out(signed_in)], className="fb-foot")


def _tabs(here: str | None) -> Component:
    by_path = {each.path: each for each in _listed()}
    entries = [_entry(by_path[path], "tab", here, "Training" if path in _TRAINING else None) for path in _TABS if path in by_path]
    return html.Nav(entries, className="fb-tabs", **{"aria-label": "Main pages"})


def _listed() -> list[Page]:
    return [module.PAGE for module in pages().values()]


def _entry(page: Page, place: str, here: str | None, name: str | None = None) -> Component:
    # Later assets/30-address.js marks the entry of the address; Training stands for two pages.
    also = {"data-also": " ".join(_TRAINING)} if name else {}
    inside = [cards.icon(page.icon), html.Span(name or page.name)]
    domain = f" dom-{page.domain}" if page.domain else ""
    active = here is not None and here in (_TRAINING if name else (page.path,))
    classes = "nav-link active" if active else "nav-link"
    link = dcc.Link(inside, href=page.path, className=classes, id={"nav": place, "path": page.path})
    return html.Span(link, className=f"fb-entry{domain}", **{"data-path": page.path}, **also)


def _mode(place: str) -> Component:
    return html.Button(
        [cards.icon("mode"), html.Span("Light or dark", id={"modeword": place})],
        id={"mode": place}, type="button", n_clicks=0, className="fb-modebutton",
    )  # fmt: skip


def _sign_out(signed_in: bool) -> list[Component]:
    if not signed_in:
        return []
    button = html.Button("Sign out", type="submit", className="fb-modebutton")
    return [html.Form(button, action="/logout", method="POST")]


def _waiting() -> list[Component]:
    """Blocks in the shape of a page, shown while the first answer is on its way."""
    block = html.Div(html.Div(html.Span(className="placeholder fb-wait"), className="card-body"), className="card")
    quiet = {"aria-hidden": "true"}
    shapes = [html.Div(block, style={"--w": each, "--ws": 12}) for each in (6, 6, 5, 7)]
    return [
        html.Div(html.Span(className="placeholder fb-waithead"), className="fb-head"),
        html.Div(shapes, className="fb-grid", **quiet),
    ]


def training_switch(path: str) -> Component | None:
    """On a phone the tab Training stands for two pages: the switch between them."""
    here = [page for page in _listed() if page.path in _TRAINING]
    if path not in _TRAINING or len(here) < 2:
        return None
    ways = [dcc.Link(page.name, href=page.path, className="active" if page.path == path else None) for page in here]
    return html.Nav(ways, className="fb-seg fb-phone mb-3", **{"aria-label": "Training"})


def not_here() -> Component:
    """The page for an address that is none."""
    said = cards.empty("There is no page at this address.", way_on=cards.link("To the overview", "/"))
    return html.Div([cards.head("Not here"), said])


def fresh(house: House, now: datetime, look: Look, is_sample: bool) -> Component:
    """How fresh the data is, in a line: the worst state of any source decides."""
    states = house.store.sync_states(house.person)
    if not states:
        return cards.freshness("off", "Sample data" if is_sample else "No source connected")
    ailing = [each for each in states if each.state in ("reconnect", "inactive", "failed")]
    if ailing:
        return cards.freshness("act", words.listed([each.source.capitalize() for each in ailing]) + " needs you")
    reads = [each.last_success for each in states if each.last_success is not None]
    if not reads:
        return cards.freshness("wait", "Not read yet")
    return cards.freshness("ok", f"Up to date, {words.ago(min(reads), now, house.zone, look)}")
