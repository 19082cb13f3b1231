"""Where the sources stand, in a card: a shape, a name, how fresh."""

from __future__ import annotations

from typing import Final

from collectors.source import formats, sources
from dashboard import cards, words
from dashboard.elements import Component, html
from dashboard.page import View
from store.store import SyncState

_MOST: Final = 6
# A source's state as a shape, and what is said in place of how fresh it is.
_SAID: Final = {
    "reconnect": ("act", "needs you to connect again"),
    "inactive": ("act", "needs a subscription, or a file"),
    "failed": ("act", "could not be read"),
    "limited": ("wait", "waiting for its limit"),
    "partial": ("wait", "more to read"),
}
_TYPED: Final = "app"


def sources_card(view: View) -> Component:
    """Every connected source and every kind of file that was brought in."""
    store, person = view.house.store, view.house.person
    states = store.sync_states(person)
    counts = store.counts(person)
    rows = [_connected(each, view) for each in states] + _files(counts, states)
    moment = cards.link("All", "/sources", "fb-note")
    if not rows:
        said = "Nothing is connected. Fitboard reads a scale, Strava or a sheet by itself, and takes files."
        way_on = cards.link("Connect a source", "/sources")
        return cards.card("Sources", cards.empty(said, way_on=way_on), w=5, icon_name="sources", moment=moment)
    return cards.card("Sources", html.Div(rows[:_MOST]), w=5, icon_name="sources", moment=moment)


def _connected(state: SyncState, view: View) -> Component:
    source = sources().get(state.source)
    name = source.title if source else state.source.capitalize()
    if state.state in _SAID:
        kind, said = _SAID[state.state]
    elif state.last_success is None:
        kind, said = "wait", "not read yet"
    else:
        kind, said = "ok", words.ago(state.last_success, view.now, view.house.zone, view.look)
    return _row(kind, name, said)


def _files(counts: dict[str, dict[str, int]], states: list[SyncState]) -> list[Component]:
    """What came by file or by hand: it has no freshness, only a number."""
    read = {source.record_source for name, source in sources().items() if name in {each.source for each in states}}
    titles = {each.record_source: each.title for each in formats().values()} | {_TYPED: "Entered by you"}
    rows = []
    for source, kinds in sorted(counts.items(), key=lambda item: -sum(item[1].values())):
        total = sum(n for kind, n in kinds.items() if kind in ("measurement", "activity", "workout"))
        if total and source not in read:
            rows.append(_row("ok", titles.get(source, source), words.count(total, "record")))
    return rows


def _row(kind: str, name: str, said: str) -> Component:
    shape = {"ok": "fresh", "act": "needs you", "wait": "waiting"}[kind]
    return html.Div(
        [cards.state(kind, f"{shape}: "), html.Span(name, className="fb-strong"), html.Span(said, className="fb-note fb-end")],
        className="fb-row",
    )
