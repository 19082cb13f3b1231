"""How far back a page looks: the presets of its address (`?span=1y`) and the first day each one shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from dash.development.base_component import Component

from dashboard import controls
from dashboard.page import View

# value: (words on the button, words in a sentence, days; None is everything)
SPANS: Final[dict[str, tuple[str, str, int | None]]] = {
    "3m": ("3 M", "the last three months", 92),
    "1y": ("1 Y", "the last year", 365),
    "3y": ("3 Y", "the last three years", 3 * 365 + 1),
    "all": ("All", "all time", None),
}
DEFAULT: Final = "1y"


def usual(view: View, last: date | None) -> str:
    """What is shown unasked: a year, or everything where the last row is older than that, rather than an empty page."""
    return DEFAULT if last is None or (view.look.today - last).days <= 365 else "all"


def chosen(view: View, default: str = DEFAULT) -> str:
    """The span that the address asks for."""
    return view.choice("span", SPANS, default)


def first_day(view: View, default: str = DEFAULT) -> date | None:
    """The first day shown; None for everything."""
    days = SPANS[chosen(view, default)][2]
    return None if days is None else view.look.today - timedelta(days=days)


def said(view: View, default: str = DEFAULT) -> str:
    """The span in words: `the last year`."""
    return SPANS[chosen(view, default)][1]


def segments(view: View, default: str = DEFAULT) -> Component:
    """The presets side by side."""
    options = [(value, words) for value, (words, _, _) in SPANS.items()]
    return controls.segments(view, "span", options, chosen(view, default), label="How far back")
