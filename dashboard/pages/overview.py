"""Overview: the news in a sentence, then the last of everything."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import cards
from dashboard.page import Page, View

PAGE = Page(path="/", name="Overview", icon="overview", order=10)


def content(view: View) -> Component:
    """The page."""
    return html.Div([cards.head("Overview")])
