"""The line on Overview that says when a source has been silent for longer than it usually is, with the way out; until dismissed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd
from dash import ALL, Dash, Input, Output
from dash.exceptions import PreventUpdate

from collectors.source import formats, sources
from dashboard import cards, presses, words
from dashboard.elements import Component, html
from dashboard.memory import remembered
from dashboard.page import House, View
from health.silence import Silence, silence

_PLACE: Final = "silences"
_SETTING: Final = "silence"  # what was dismissed: {record source: its last day then}
_MOST: Final = 2
_TYPED: Final = ("app", "sample")
# Tables of a person's own have no name that anybody calls them by.
_PLAIN: Final = {"weight_csv": "your list of weigh-ins", "sets_csv": "your table of sets", "weekly": "your weekly files"}
_KINDS: Final = ("measurements", "activities", "workouts", "sleeps", "meals")
_WHAT: Final = {
    "measurements": "weigh-in or reading", "activities": "activity", "workouts": "session", "sleeps": "night",
    "meals": "day of food",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Silent:
    """A source that says nothing: its record source, what a person calls it, what it brings, and since when."""

    source: str
    title: str
    brings: str
    api: str  # the name it is collected under; empty for files
    found: Silence


def depends(view: View) -> Hashable:
    """What was dismissed."""
    said = _dismissed(view.house)
    return tuple(sorted(said.items()))


def line(view: View) -> Component:
    """The place of the lines; empty where every source speaks as usual."""
    return html.Div(_inside(view), id=_PLACE, **{"aria-live": "polite"})


def silent(view: View) -> list[Silent]:
    """The sources that are silent and not dismissed, the longest first."""
    if view.frames.is_sample:
        return []
    dismissed = _dismissed(view.house)
    found = remembered(view.frames, ("silences", view.look.today), lambda: _all_silent(view))
    return [each for each in found if dismissed.get(each.source) != each.found.last.isoformat()]


def _all_silent(view: View) -> list[Silent]:
    last: dict[str, tuple[str, Silence]] = {}
    spoke: dict[str, date] = {}
    for kind in _KINDS:
        frame: pd.DataFrame = getattr(view.frames, kind)
        for source, days in _days_by_source(frame).items():
            spoke[source] = max(spoke.get(source, days[-1]), days[-1])
            found = silence(days, view.look.today)
            # Where another source has brought the same since, a file's app was given up for it: nothing to tell.
            if found is not None and not (_api(source) == "" and _newer(frame, days[-1])):
                last[source] = (kind, found)
    # A source that brings several kinds speaks as long as one of them comes.
    return sorted(
        (
            Silent(source=source, title=_title(source), brings=_WHAT[kind], api=_api(source), found=found)
            for source, (kind, found) in last.items()
            if spoke[source] == found.last
        ),
        key=lambda each: (-each.found.days, each.source),
    )


def _days_by_source(frame: pd.DataFrame) -> dict[str, list[date]]:
    """The days of each source's records, also of those that count in another one's."""
    if frame.empty:
        return {}
    days: dict[str, set[date]] = {}
    also = frame["also"] if "also" in frame else pd.Series("", index=frame.index)
    for source, more, day in zip(frame["source"], also, frame["day"], strict=True):
        names = [str(source), *(more.split(", ") if isinstance(more, str) else ())]
        for name in names:
            days.setdefault(name, set()).add(day.date())
    return {name: sorted(found) for name, found in days.items() if name not in _TYPED}


def _newer(frame: pd.DataFrame, last: date) -> bool:
    return bool((frame["day"] > pd.Timestamp(last)).any())


def _api(source: str) -> str:
    return next((name for name, each in sources().items() if each.record_source == source), "")


def _title(source: str) -> str:
    if source in _PLAIN:
        return _PLAIN[source]
    known: list[Any] = [*sources().values(), *formats().values()]
    return next((str(each.title) for each in known if each.record_source == source), source)


def _dismissed(house: House) -> dict[str, str]:
    said = house.store.setting(house.person, _SETTING)
    return {str(name): str(day) for name, day in said.items()} if isinstance(said, dict) else {}


def dismiss(house: House, source: str, last: str) -> None:
    """Say no more of that source until something new comes from it."""
    house.store.put_setting(house.person, _SETTING, _dismissed(house) | {source: last})


def register(app: Dash, house: House) -> None:
    """The callback of the button."""

    @app.callback(  # type: ignore[untyped-decorator]
        Output(_PLACE, "children"),
        presses.listen(app, "silence-source", Input({"silence": ALL, "since": ALL}, "n_clicks")),
        prevent_initial_call=True,
    )
    def dismissed(press: Any) -> Any:
        at, _ = presses.pressed(press, "silence since")
        source, since = at["silence"], at["since"]
        if source not in house.store.counts(house.person):
            raise PreventUpdate
        dismiss(house, source, since)
        told = "It is told again when something new has come and it falls silent once more."
        return html.Div(told, className="alert", role="status")


# -- in words -----------------------------------------------------------------------------------------------------------------


def _inside(view: View) -> list[Component]:
    return [_one(view, each) for each in silent(view)[:_MOST]]


def _one(view: View, each: Silent) -> Component:
    told, way, href = _way_out(view, each)
    usual = "every day" if each.found.usual <= 1 else f"every {words.spelled(each.found.usual)} days"
    head = html.Strong(f"Nothing from {each.title} for {words.count(each.found.days, 'day')}.")
    said = html.Span([head, f" Usually there is a new {each.brings} {usual} or so. {told}"])
    label = {"aria-label": f"Dismiss: nothing from {each.title}"}
    id = {"silence": each.source, "since": each.found.last.isoformat()}
    off = html.Button("Dismiss", id=id, type="button", n_clicks=0, className="btn btn-link fb-small", **label)
    ways = html.Span([cards.link(way, href), off], className="fb-bannerways")
    return html.Div([said, ways], className="alert fb-silent", role="note")


def _way_out(view: View, each: Silent) -> tuple[str, str, str]:
    """What may be the matter and what to do: a sentence, the words of a link, and where it leads."""
    if not each.api:
        return "If there is a newer export or file, drop it here.", "Drop a newer file", "/sources#files"
    state = view.house.store.sync_state(view.house.person, each.api)
    if state is None or state.last_run is None:
        return "It is not connected now.", "Connect it", "/sources"
    if state.state == "reconnect":
        return "Its sign-in is no longer accepted.", "Connect again", "/sources"
    if state.state != "ok":
        return "Its last run did not get through.", "See why", "/sources"
    ago = words.ago(state.last_run, view.now, view.house.zone, view.look)
    near = ago[:1].lower() + ago[1:]
    told = f"It was read {near} and had nothing new: look whether the device still sends to its app."
    return told, "See its runs", "/sources#history"
