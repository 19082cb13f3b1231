"""The card "History" on Sources: what the runs of the last 90 days brought, as a picture, and the last runs as a table."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from collectors import history
from collectors.source import sources
from dashboard import cards, chart, words
from dashboard.elements import Component, html
from dashboard.figures.runs import BAD
from dashboard.page import View
from health.days import local_time
from store.runs import COUNTS, Run

_ROWS: Final = 8
_MORE: Final = 40  # of one source
_STATES: Final = {
    "ok": "Worked",
    "running": "Reading now, or ended in the middle",
    "partial": "Partly read",
    "limited": "Waited for its limit",
    "reconnect": "Needs you",
    "inactive": "Switched off by the service",
    "failed": "Did not work",
    "ended": "Ended in the middle",
}
_COLUMNS: Final = ("source", "title", "began", "day", "seconds", "state", "message", *COUNTS)


def runs_of(view: View) -> list[Run]:
    """The runs of every source, the newest first, those that have not ended among them."""
    store, person = view.house.store, view.house.person
    states = [each for stands in store.sync_states(person) if (each := history.unfinished(stands)) is not None]
    ended = store.runs(person)
    known = {(each.source, each.began) for each in ended}
    found = [*ended, *(each for each in states if (each.source, each.began) not in known)]
    return sorted(found, key=lambda each: (each.began, each.source), reverse=True)


def frame_of(runs: list[Run], zone: str) -> pd.DataFrame:
    """Runs as a frame, the oldest first; `day` is the local date on which each began, what is not known NaN."""
    rows: list[dict[str, Any]] = [
        {
            "source": each.source, "title": title(each.source), "began": pd.Timestamp(each.began),
            "day": pd.Timestamp(local_time(each.began, zone).date()), "seconds": each.seconds, "state": each.state,
            "message": each.message, **{name: getattr(each, name) for name in COUNTS},
        }
        for each in reversed(runs)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    numbers = dict.fromkeys(("seconds", *COUNTS), "float64")
    return frame.astype({**numbers, "day": "datetime64[s]", "began": "datetime64[us, UTC]"})


def title(source: str) -> str:
    """What a person calls it."""
    known = sources().get(source)
    return str(known.title) if known else source.capitalize()


def card(view: View) -> Component | None:
    """The card; None before the first run."""
    runs = runs_of(view)
    if not runs:
        return None
    frame = frame_of(runs, view.house.zone)
    picture = cards.graph("runs.by_day", chart.draw("runs.by_day", frame, view.look), height=180)
    parts: list[Component] = [picture, _table(view, runs[:_ROWS])]
    if len(runs) > _ROWS:
        parts += [_of_source(view, name, runs) for name in sorted({each.source for each in runs}, key=title)]
    return cards.card("History", html.Div(parts), icon_name="sources", moment="the runs of 90 days", id="history")


def _of_source(view: View, name: str, runs: list[Run]) -> Component:
    """One source's own history, folded: how many runs, how many did not work, and the newest of them."""
    mine = [each for each in runs if each.source == name]
    bad = sum(each.state in BAD for each in mine)
    told = f"{title(name)}: {words.count(len(mine), 'run')}" + (f", {words.number(bad)} did not work" if bad else "")
    shown = f"The newest {_MORE} of {words.number(len(mine))}." if len(mine) > _MORE else None
    inside = [_table(view, mine[:_MORE]), *([cards.note(shown)] if shown else [])]
    return html.Details([html.Summary(told), *inside], className="fb-merged")


def _table(view: View, runs: list[Run]) -> Component:
    if view.look.compact:
        return html.Ul([_line(view, each) for each in runs], className="fb-plain fb-runs")
    rows = [[_when(view, each), title(each.source), took(each), *_numbers(each), _ended(each)] for each in runs]
    names = ["When", "Source", "Took", "New", "Changed", "Gone", "Set aside", "Requests", "State"]
    return cards.table(names, rows, numeric=range(2, 8), label="The last runs", wide=True)


def _line(view: View, each: Run) -> Component:
    top = html.Div([html.Span(title(each.source)), html.Span(_when(view, each), className="fb-note")], className="fb-apart")
    took_s = "" if each.seconds is None else f" in {took(each)}"
    said = f"{_brought(each)}{took_s} · {_STATES.get(each.state, each.state)}"
    lines = [html.Div(text, className="fb-note") for text in (said, _why(each)) if text]
    return html.Li([top, *lines], className="fb-weekitem")


def _brought(each: Run) -> str:
    told = [("new", each.new), ("changed", each.changed), ("gone", each.removed), ("set aside", each.rejected)]
    if all(n is None for _, n in told):
        return "What it brought is not known"
    return ", ".join(f"{words.number(n)} {name}" for name, n in told if n) or "Nothing new"


def _numbers(each: Run) -> list[str]:
    return [words.NONE if (n := getattr(each, name)) is None else words.number(n) for name in COUNTS]


def _when(view: View, each: Run) -> str:
    wall = local_time(each.began, view.house.zone)
    return f"{words.day(wall.date(), view.look)}, {wall:%H:%M}"


def _ended(each: Run) -> Component:
    said = html.Span(_STATES.get(each.state, each.state), className="fb-quiet" if each.state == "ok" else "")
    why = _why(each)
    return html.Div([said, html.Div(why, className="fb-note")], className="fb-ended") if why else said


def _why(each: Run) -> str:
    """What a run said of itself, where it did not end as it should."""
    return "" if each.state == "ok" else each.message


def took(each: Run) -> str:
    """How long it took, to the second."""
    if each.seconds is None:
        return words.NONE
    return "under 1 s" if each.seconds < 1 else f"{each.seconds:.0f} s" if each.seconds < 120 else f"{each.seconds / 60:.0f} min"
