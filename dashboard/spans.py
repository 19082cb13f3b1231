"""How far back a page looks: the presets of its address (`?span=1y`) and the first day each one shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from dashboard import controls
from dashboard.elements import Component
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


def days(view: View, default: str = DEFAULT) -> tuple[date | None, date | None]:
    """First and last day shown: those of the address (a zoom writes them), else the span's, up to today. None is open."""
    first, last = day(view.choices.get("first")), day(view.choices.get("last"))
    return (first, last) if first or last else (first_day(view, default), None)


def day(text: str | None) -> date | None:
    """A day of the address; None where it names none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def said(view: View, default: str = DEFAULT) -> str:
    """The span in words: `the last year`."""
    if day(view.choices.get("first")) or day(view.choices.get("last")):
        return "this time"
    return SPANS[chosen(view, default)][1]


def segments(view: View, default: str = DEFAULT) -> Component:
    """The presets side by side; none is chosen while the address names days of its own."""
    options = [(value, words) for value, (words, _, _) in SPANS.items()]
    own = day(view.choices.get("first")) or day(view.choices.get("last"))
    here = "" if own else chosen(view, default)
    return controls.segments(view, "span", options, here, label="How far back", drops=("first", "last"))
