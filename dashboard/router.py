"""One callback draws the page for the address. Everything a page needs to know comes in with its `View`."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

from dash import ALL, ClientsideFunction, Dash, Input, Output, State
from dash.exceptions import PreventUpdate

from collectors.http import clean
from dashboard import cards, rows, shell
from dashboard.elements import Component, html
from dashboard.looks import at_home
from dashboard.memory import MARKUP, PAGES
from dashboard.page import House, View, pages
from dashboard.still import still
from store.store import StoreError

_MOST_CHOICES, _LONGEST = 24, 300


def register(app: Dash, house: House) -> None:
    """Wire the router and the few client-side callbacks that keep the address and the screen."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(shell.PAGE, "children"),
        Output("fresh", "children"),
        Output(shell.TITLE, "data"),
        Input(shell.ADDRESS, "pathname"),
        Input(shell.ADDRESS, "search"),
        Input(shell.SCREEN, "data"),
        Input(shell.TURN, "data"),
    )
    def draw(pathname: Any, search: Any, screen: Any, _turn: Any) -> tuple[Any, Any, str]:
        if not isinstance(screen, dict):  # the browser has not said yet how it looks: it will in a moment
            raise PreventUpdate
        try:
            page, fresh, title = page_at(house, pathname, search, screen)
        except StoreError as error:
            page, fresh, title = _no_store(clean(str(error))), html.Span(), "Fitboard"
        return stilled(page), still(fresh), title

    app.clientside_callback(
        ClientsideFunction("fitboard", "screen"),
        Output(shell.SCREEN, "data"),
        Output({"modeword": ALL}, "children"),
        Input({"mode": ALL}, "n_clicks"),
        State(shell.SCREEN, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("fitboard", "arrived"), Output(shell.TITLE, "id"), Input(shell.TITLE, "data"), prevent_initial_call=True
    )
    app.clientside_callback(
        ClientsideFunction("fitboard", "choose"),
        Output(shell.ADDRESS, "search"),
        Input({"choice": ALL}, "value"),
        State(shell.ADDRESS, "search"),
        prevent_initial_call=True,
    )


def _no_store(said: str) -> Component:
    """The page while the store cannot be read: what is wrong, and that looking again is all there is to do here."""
    return html.Div([cards.head("Your data cannot be read now"), cards.empty(said, way_on=cards.link("Look again", "/"))])


def page_at(house: House, pathname: Any, search: Any, screen: Any) -> tuple[Component, Component, str]:
    """The page at that address, the line on freshness, and the title of the window."""
    now = house.clock()
    path = known_path(pathname)
    frames = house.frames.frames()
    house, look = at_home(house, screen, now, is_sample=frames.is_sample)
    view = View(house=house, frames=frames, look=look, choices=choices_of(search), now=now, path=path)
    fresh = shell.fresh(house, now, look, frames.is_sample)
    if path == rows.PATH:
        return html.Div(rows.content(view)), fresh, "The rows · Fitboard"
    module = pages().get(path)
    if module is None:
        return shell.not_here(), fresh, "Not here · Fitboard"
    page = module.PAGE
    drawn = cards.drawn(page.name, lambda: _content(module, view), domain=page.domain)
    banner = cards.sample_banner() if frames.is_sample and path != "/sources" else None
    inside = [each for each in (banner, shell.training_switch(path), drawn) if each is not None]
    domain = f"dom-{page.domain}" if page.domain else None
    return html.Div(inside, className=domain), fresh, f"{page.name} · Fitboard"


def stilled(page: Any) -> Any:
    """The page for the browser; what was drawn before is written as it was then."""
    children = getattr(page, "children", None)
    if not isinstance(page, Component) or not isinstance(children, list):
        return still(page)
    return Component(page, props={**page["props"], "children": [_written(each) for each in children]})


def _written(part: Any) -> Any:
    return MARKUP.remembered(part, "still", lambda: still(part)) if isinstance(part, Component) else still(part)


def warm(house: House) -> None:
    """Draw every page once, so that what all views of a ledger share is worked out before somebody asks."""
    for path in pages():
        page_at(house, path, "", {})


def _content(module: ModuleType, view: View) -> Component:
    """What the page shows; for a page that says what else it depends on, as it was drawn the last time."""
    content: Callable[[View], Component] = module.content
    if not hasattr(module, "depends"):
        return content(view)
    key = (view.path, tuple(sorted(view.choices.items())), view.look, module.depends(view))
    return PAGES.remembered(view.frames, key, lambda: content(view))


def known_path(pathname: Any) -> str:
    """The path without a slash at its end; anything that is no text is the overview."""
    path = pathname if isinstance(pathname, str) else "/"
    return path.rstrip("/") or "/"


def choices_of(search: Any) -> dict[str, str]:
    """The parameters of a query, the last of equals; too many or too long ones are left out."""
    if not isinstance(search, str):
        return {}
    try:
        pairs = parse_qsl(search[:4000].lstrip("?"), max_num_fields=_MOST_CHOICES)
    except ValueError:
        return {}
    return {name: value for name, value in pairs if len(name) < 40 and len(value) <= _LONGEST}
