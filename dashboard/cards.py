"""The parts a page is put together from: cards, big numbers, changes, tables, sparklines, graphs, empty places.

All plain Dash components with the class names of assets/10-tokens.css; a part never names a colour, only a role or a domain.
"""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeAlias
from urllib.parse import urlencode

from dashboard import sparks, words
from dashboard.chart import Figure
from dashboard.elements import Component, dbc, dcc, html
from dashboard.words import Amount, Change

Part: TypeAlias = "Component | str | None"
Said: TypeAlias = Callable[[float], Amount]
_log = logging.getLogger(__name__)
GRAPH_CONFIG = {"displayModeBar": False, "scrollZoom": False, "showTips": False, "doubleClick": "reset"}


# -- frame of a page ----------------------------------------------------------------------------------------------------------


def head(title: str, *aside: Part, eyebrow: str | None = None) -> Component:
    """The page's one heading, with what stands above it small and what stands right of it (segments, a button)."""
    said: list[Part] = [html.P(eyebrow, className="fb-note mb-1")] if eyebrow else []
    return html.Div([html.Div([*said, html.H1(title)]), *_present(aside)], className="fb-head")


def grid(*cards: Part) -> Component:
    """Cards on the grid of twelve; each says its own width."""
    return html.Div(_present(cards), className="fb-grid")


def icon(name: str) -> Component:
    """One of our icons, as decoration: the name beside it says the same."""
    return html.Span(className=f"fb-icon ico-{name}", **{"aria-hidden": "true"})


def card(
    name: str,
    *children: Part,
    icon_name: str | None = None,
    moment: Part = None,
    w: int = 12,
    ws: int = 12,
    domain: str = "",
    stale: bool = False,
    id: str | None = None,
) -> Component:
    """A card: head with icon, name and what stands right (a moment, or `rows_link`), then its children.

    `w` of 12 columns wide, `ws` below 1100 px. `domain` (body, run, lift, sleep, next) sets its accent and, unless told, icon.
    """
    top: list[Part] = [icon(icon_name or domain)] if icon_name or domain else []
    top.append(html.H2(name))
    if moment is not None:
        top.append(html.Span(moment, className="fb-note") if isinstance(moment, str) else moment)
    classes = " ".join(each for each in (f"dom-{domain}" if domain else "", "fb-stale" if stale else "") if each)
    body = dbc.CardBody([html.Div(top, className="fb-cardhead"), *_present(children)])
    extra = {"id": id} if id else {}
    return html.Section(dbc.Card(body), className=classes, style={"--w": w, "--ws": ws}, **extra)


def small_card(
    name: str, amount: Amount, *lines: Part, moment: str = "", spark: Part = None, domain: str = "", w: int = 3, ws: int = 6
) -> Component:
    """One of four abreast: a name, a middle-sized number, a line or two."""
    top = html.Div([html.H2(name, className="fb-note"), html.Span(moment, className="fb-note")], className="fb-smallhead")
    left = html.Div(mid(amount))
    body = dbc.CardBody([top, html.Div([left, *_present([spark])], className="fb-smallbody"), *_present(lines)])
    return html.Section(dbc.Card(body), className=f"dom-{domain}" if domain else "", style={"--w": w, "--ws": ws})


def abreast(*small: Component) -> list[Component]:
    """Small cards that share one row of the grid, up to four of them, so that none leaves a hole beside it."""
    for at, each in enumerate(small):
        last_alone = len(small) % 2 == 1 and at == len(small) - 1
        style = {**(each["props"].get("style") or {}), "--w": 12 // len(small), "--ws": 12 if last_alone else 6}
        each["props"]["style"] = style
    return list(small)


def _present(parts: Sequence[Part]) -> list[Component | str]:
    return [each for each in parts if each is not None]


# -- figures in words ---------------------------------------------------------------------------------------------------------


def big(amount: Amount) -> Component:
    """The one big number of a card."""
    return html.Div(_number(amount), className="fb-big")


def mid(amount: Amount) -> Component:
    """A middle-sized number."""
    return html.Div(_number(amount), className="fb-mid")


def _number(amount: Amount) -> list[Component | str]:
    unit = [html.Span(f"{words.NBSP}{amount.unit}", className="fb-unit")] if amount.unit else []
    return [amount.number, *unit]


def note(*children: Part, class_name: str = "") -> Component:
    """A small grey line that says what something is."""
    return html.P(_present(children), className=f"fb-note mb-0 {class_name}".strip())


def delta(change: Change, text: str | None = None) -> Component:
    """A change: arrow, number and word in ink, or in the colour that repeats whether it is the wanted way."""
    way = "" if change.toward is None or change.way == "none" else (" toward" if change.toward else " away")
    return html.Span(text or change.short, className=f"fb-delta{way}")


def part(name: str, amount: Amount, below: Part = None) -> Component:
    """A named number inside a card: name, middle-sized number, one small line."""
    return html.Div([html.Div(name, className="fb-note"), mid(amount), *_present([below])])


def parts(*children: Part, rule: bool = False) -> Component:
    """Parts side by side in equal columns; `rule` draws the hairline above."""
    return html.Div(_present(children), className="fb-parts fb-rule" if rule else "fb-parts")


def change_part(change: Change, since: str) -> Component:
    """`↓ 0.4 kg` over `since last week`."""
    return html.Div([delta(change), html.Div(since, className="fb-note")])


def rule(*children: Part) -> Component:
    """What stands below a hairline."""
    return html.Div(_present(children), className="fb-rule")


def tag(text: str) -> Component:
    """A small mark in the card's accent: Record."""
    return html.Span(text, className="fb-tag")


def state(kind: str, said: str) -> Component:
    """A source's state: shape first (ok, wait, act, off), with its word for those who cannot see it."""
    shape = html.Span(className="fb-state" if kind == "ok" else f"fb-state {kind}", **{"aria-hidden": "true"})
    return html.Span([shape, html.Span(said, className="visually-hidden")], className="fb-stateword")


def empty(*said: Part, way_on: Part = None, height: int = 200) -> Component:
    """An empty place: what is missing and how much is needed, one way on."""
    return html.Div(
        [html.P(_present(said), className="mb-0"), *_present([way_on])], className="fb-empty", style={"minHeight": height}
    )


def link(text: str, href: str, class_name: str = "") -> Component:
    """A link inside the product, without a reload."""
    return dcc.Link(text, href=href, className=class_name or None)


def table(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], *, numeric: Sequence[int] = (), label: str = "", wide: bool = False
) -> Component:
    """A table: words left, numbers right. `numeric` names the columns with numbers. A `wide` one scrolls sideways in its place."""

    def classes(at: int) -> str | None:
        return "n" if at in numeric else None

    top = html.Tr([html.Th(each, scope="col", className=classes(at)) for at, each in enumerate(columns)])
    body = [html.Tr([html.Td(cell, className=classes(at)) for at, cell in enumerate(row)]) for row in rows]
    caption = [html.Caption(label, className="visually-hidden")] if label else []
    made = html.Table([*caption, html.Thead(top), html.Tbody(body)], className="table")
    if not wide:
        return html.Div(made, className="fb-tablebox")
    # What scrolls must be reachable without a mouse.
    return html.Div(made, className="fb-tablebox fb-scroll", tabIndex=0, role="region", **{"aria-label": label or "Table"})


def bar(share: float, usual: float | None = None) -> Component:
    """A bar of 0 to 1 with a mark for the usual. The numbers beside it say the same, so it is hidden from readers."""
    style = {"--v": f"{_share(share):.1%}"}
    marks = [html.I()]
    if usual is not None:
        style["--m"] = f"{_share(usual):.1%}"
        marks.append(html.B())
    return html.Div(marks, className="fb-bar", style=style, **{"aria-hidden": "true"})


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0


spark, fan = sparks.spark, sparks.fan  # small pictures are parts like any other


# -- graphs -------------------------------------------------------------------------------------------------------------------


def graph(name: str, figure: Figure, *, height: int = 300, zoom: date | None = None) -> Component:
    """A figure of the chart `name`, `height` px high; where it has nothing to show, its empty sentence instead.

    Its finding (`layout.meta.label`) is what a screen reader hears in place of the picture. With `zoom`, the last day there can
    be, a drag along x writes first and last into the address (assets/35-zoom.js): for a page that draws the days it names.
    """
    meta = figure.get("layout", {}).get("meta", {})
    if meta.get("empty"):
        return empty(meta["empty"], height=height)
    plot = dcc.Graph(
        id={"chart": name}, figure=figure, config=GRAPH_CONFIG, responsive=True, style={"height": height}, className="fb-graph"
    )
    reach = {"data-zoom": zoom.isoformat()} if zoom else {}
    return html.Div(plot, className="fb-plot", role="img", **{"aria-label": meta.get("label", name)}, **reach)


def rows_link(of: str, **choices: str) -> Component:
    """The door to the rows a card was drawn from. `of` is a frame name; `choices` (first, last, sport, exercise) narrow it."""
    query = urlencode({"of": of, **{key: value for key, value in choices.items() if value}})
    return dcc.Link("Show the rows", href=f"/rows?{query}", className="fb-note fb-rows")


def drawn(name: str, make: Callable[[], Component], *, w: int = 12, ws: int = 12, domain: str = "") -> Component:
    """What `make` gives, or a card that says it could not be drawn: one broken card must not take down a page.

    The caught kinds are what arithmetic on odd data raises; anything else is a fault of the program and shows as one.
    """
    try:
        return make()
    except (ValueError, KeyError, TypeError, ArithmeticError, IndexError):
        reference = secrets.token_hex(2).upper()
        _log.exception("card %r could not be drawn, reference %s", name, reference)
        said = html.P(html.Strong("This could not be drawn."), className="mb-0")
        safe = note(f"Your data is safe; the other cards still work. Reference {reference}.")
        return card(name, said, safe, w=w, ws=ws, domain=domain)


def sample_banner() -> Component:
    """The line that says whose data this is, with both ways on."""
    said = html.Span([html.Strong("This is a sample person."), " Nothing here is yours yet."])
    ways = html.Span(
        [link("Connect a source", "/sources"), link("Drop your export here", "/sources#files")], className="fb-bannerways"
    )
    return html.Div([said, ways], className="alert", role="note")


def freshness(kind: str, said: str) -> Component:
    """The line at the foot of the list: how fresh the data is."""
    return html.Div([state(kind, ""), html.Span(said)], className="fb-fresh fb-note")
