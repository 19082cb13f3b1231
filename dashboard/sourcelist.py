"""The parts of the Sources page: each service with its state in plain words and the way out, and files being read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from collectors import loop
from collectors.decided import open_rejected
from collectors.services import Service
from collectors.source import formats, sources
from dashboard import cards, words
from dashboard.elements import Component, html
from dashboard.jobs import Job, Step
from dashboard.page import View
from health.days import local_time
from store.store import StoreError, SyncState

NOUNS = {
    "measurement": ("reading", "readings"),
    "activity": ("activity", "activities"),
    "workout": ("session", "sessions"),
    "exercise": ("exercise name", "exercise names"),
}
WHAT = {
    "withings": "Weight, body composition, heart rate, blood pressure",
    "strava": "Runs, rides, every other sport",
    "sheets": "Lifting and crossfit you write down in a sheet",
}
_REGISTER = {
    "withings": "Register an application at developer.withings.com",
    "strava": "Register an application at strava.com/settings/api",
}
APP = "app"
_SHEET = "sheets"
_PLAIN_FILES = frozenset({"sets", "weight", "weekly"})  # formats without an app whose name people know


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a service stands, in words: the shape before its name, a word or two, a line or two, and what can be done."""

    shape: str
    word: str
    said: str
    can: tuple[str, ...] = ()
    urgent: bool = False


def connected(view: View, service: Service) -> bool:
    """Whether there is a sign-in (or, for a sheet, its settings)."""
    return service.name in loop.connected(view.house.store, view.house.person, {service.name: service})


def standing(view: View, service: Service, state: SyncState | None, counted: str) -> Standing:
    """The words for a service as it stands now."""
    if not service.ready:
        return _not_set_up(view, service)
    if not connected(view, service):
        way = ("connect",) if service.connected_by == "oauth" else ()
        why = f" {state.message}" if state and state.message and state.state != "ok" else ""
        return Standing(shape="off", word="Not connected", said=f"{WHAT.get(service.name, '')}.{why}", can=way)
    if state is None or (state.last_run is None and not state.message):
        said = " ".join(each for each in (counted, "It is read every three hours.") if each)
        return Standing(shape="wait", word="Not read yet", said=said, can=("run", "disconnect"))
    return _after_a_run(view, state, counted)


def _not_set_up(view: View, service: Service) -> Standing:
    first = f"{_REGISTER[service.name]}, then set" if service.name in _REGISTER else "Set"
    said = f"{first} {' and '.join(service.missing)} (in .env or the environment) and start again."
    if service.connected_by == "oauth":
        said += f" The address to give there: {view.house.url}/connect/{service.name}/callback"
    return Standing(shape="off", word="Not set up", said=said)


def _after_a_run(view: View, state: SyncState, counted: str) -> Standing:
    times = " ".join(each for each in (counted, _times(view, state)) if each)
    told = f"{state.message} {times}".strip()
    if state.state == "reconnect":
        return Standing(shape="act", word="Needs you", said=told, can=("reconnect", "disconnect"), urgent=True)
    if state.state == "inactive":
        return Standing(shape="act", word="Switched off by the service", said=told, can=("files", "run", "disconnect"), urgent=True)
    if state.state == "failed":
        return Standing(shape="act", word="Did not work", said=told, can=("run", "disconnect"), urgent=True)
    if state.state == "limited":
        until = f"Waiting until {_clock(view, state.next_run)}" if state.next_run else "Waiting"
        return Standing(shape="wait", word=until, said=told, can=("run", "disconnect"))
    if state.state == "partial":
        return Standing(shape="wait", word="Partly read", said=told, can=("run", "disconnect"))
    return Standing(shape="ok", word="Up to date", said=told, can=("run", "disconnect"))


def _times(view: View, state: SyncState) -> str:
    said = []
    if state.last_run is not None:
        said.append(f"Last read {_lower(words.ago(state.last_run, view.now, view.house.zone, view.look))}")
    if state.next_run is not None and state.next_run > view.now:
        said.append(f"next at {_clock(view, state.next_run)}")
    text = ", ".join(said)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _clock(view: View, at: datetime) -> str:
    wall = local_time(at, view.house.zone)
    same = wall.date() == view.look.today
    return f"{wall:%H:%M}" if same else f"{words.day(wall.date(), view.look)}, {wall:%H:%M}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text.startswith(("Today", "Yesterday")) else text


def counted(counts: Mapping[str, Mapping[str, int]], record_source: str) -> str:
    """`3,214 readings.` of one record source; empty where there is nothing."""
    found = [words.count(n, *NOUNS[kind]) for kind, n in sorted(counts.get(record_source, {}).items()) if n and kind in NOUNS]
    return f"{words.listed(found)}." if found else ""


def title(record_source: str) -> str:
    """What a person calls a record source: `Strong`, `Withings`."""
    if record_source == APP:
        return "Typed here"
    known: list[Any] = [*sources().values(), *formats().values()]
    return next(
        (str(each.title) for each in known if each.record_source == record_source or each.name == record_source), record_source
    )


# -- connected ----------------------------------------------------------------------------------------------------------------


def services(view: View) -> list[Component]:
    """A row for each service."""
    house = view.house
    states = {each.source: each for each in house.store.sync_states(house.person)}
    counts = house.store.counts(house.person)
    has_sheet = house.services.get(_SHEET) and house.services[_SHEET].ready
    cells = len(open_rejected(house.store, house.person, _SHEET)) if has_sheet else 0
    known = sources()
    rows = []
    for name, service in house.services.items():
        held = counted(counts, known[name].record_source) if name in known else ""
        job = next((each for each in house.jobs.running("collect") if name in each.subject), None)
        try:
            stands = standing(view, service, states.get(name), held)
            if name == _SHEET and cells and stands.shape == "ok":  # a cell is the person's own to correct
                word = f"{words.count(cells, 'cell')} {'needs' if cells == 1 else 'need'} a look"
                stands = replace(stands, shape="act", word=word, can=("aside", *stands.can), urgent=True)
        except StoreError as error:
            stands = Standing(shape="act", word="Cannot be read", said=str(error), can=("reconnect",), urgent=True)
        rows.append(_row(view, service, stands, job))
    return rows


def _row(view: View, service: Service, stands: Standing, job: Job | None) -> Component:
    word = html.Strong(stands.word, className="fb-note fb-urgent") if stands.urgent else html.Span(stands.word, className="fb-note")
    head = html.Div([html.Strong(service.title), word], className="fb-lead")
    if job is not None:
        step = job.steps[job.subject.index(service.name)]
        head = html.Div([html.Strong(service.title), html.Span("Reading now", className="fb-note")], className="fb-lead")
        running = html.Div([head, _progress(step)], className="fb-grow")
        return html.Div([cards.state("wait", ""), running], className="fb-row fb-source")
    inside: list[Component] = [html.Div([head, html.Div(stands.said, className="fb-note")], className="fb-grow")]
    if view.choices.get("disconnect") == service.name and "disconnect" in stands.can:
        inside[0] = html.Div([head, _leaving(service)], className="fb-grow")
    else:
        inside.append(html.Div([_button(each, service) for each in stands.can], className="fb-ways"))
    return html.Div([cards.state(stands.shape, ""), *inside], className="fb-row fb-source")


def _leaving(service: Service) -> Component:
    keep = cards.link("Keep it", "/sources", "btn btn-link")
    if service.connected_by == "settings":
        return html.Div([html.Div(loop.disconnect_notice(service.name), className="fb-note"), keep])
    yes = html.Button(
        f"Disconnect {service.title}", id={"disconnect": service.name}, type="button", n_clicks=0, className="btn btn-primary"
    )
    told = html.Div(loop.disconnect_notice(service.name), className="fb-note mb-2")
    return html.Div(
        [told, html.Div([yes, keep], className="fb-ways")], role="group", **{"aria-label": f"Disconnect {service.title}"}
    )


def _button(way: str, service: Service) -> Component:
    said = html.Span(f" {service.title}", className="visually-hidden")
    if way in ("connect", "reconnect"):
        name = "Connect" if way == "connect" else "Reconnect"
        return html.A([name, said], href=f"/connect/{service.name}", className="btn btn-secondary")
    if way == "run":
        return html.Button(
            ["Run now", said], id={"collect": service.name}, type="button", n_clicks=0, className="btn btn-secondary"
        )
    if way == "aside":
        return html.A("See the cells", href="#aside", className="btn btn-secondary")
    if way == "files":
        return html.A("Add a file", href="#files", className="btn btn-secondary")
    return cards.link("Disconnect", f"/sources?disconnect={service.name}", "btn btn-link")


# -- files --------------------------------------------------------------------------------------------------------------------


def dropzone() -> Component:
    """Where files are dropped or chosen; assets/40-files.js sends them."""
    names = ", ".join(each.title.removesuffix(" export") for each in formats().values() if each.name not in _PLAIN_FILES)
    return html.Div(
        [
            html.Strong("Drop your exports here"),
            html.P(f"{names}, or a plain list of dates and weights. ZIP files too.", className="fb-note mb-2"),
            html.Button("Choose files", type="button", className="btn btn-secondary", **{"data-choose": "files"}),
            html.Div(id="upload-live", className="fb-note", role="status"),
        ],
        id="files",
        className="fb-drop fb-empty",
    )


def imports(jobs: list[Job]) -> list[Component]:
    """What became of each file, the newest first."""
    return [_file(job, step) for job in jobs if job.kind == "import" for step in job.steps]


def _file(job: Job, step: Step) -> Component:
    name = html.Strong(step.name, className="fb-filename")
    if step.state in ("waiting", "running"):
        return html.Div([cards.state("wait", ""), html.Div([name, _progress(step)], className="fb-grow")], className="fb-row")
    inside: list[Component] = [name, html.Div(step.said, className="fb-note")]
    if step.state == "asks":
        inside.append(_answers(job, step))
    label = {"aria-label": f"Clear {step.name}"}
    clear = html.Button("Clear", id={"clear": job.id}, type="button", n_clicks=0, className="btn btn-link fb-small", **label)
    inside[0] = html.Div([name, clear], className="fb-apart")
    shape = {"done": "ok", "asks": "act", "failed": "act"}[step.state]
    return html.Div([cards.state(shape, ""), html.Div(inside, className="fb-grow")], className="fb-row")


_ANSWERS = {"units": (("kg", "Kilograms"), ("lb", "Pounds")), "dates": (("dmy", "Day first"), ("mdy", "Month first"))}


def _answers(job: Job, step: Step) -> Component:
    if step.asks == "mapping":
        say = html.Button("Say what is in it", id={"map": job.id}, type="button", n_clicks=0, className="btn btn-secondary")
        return html.Div(say, className="fb-ways mt-2")
    buttons = [
        html.Button(
            said, id={"answer": step.asks, "value": value, "job": job.id}, type="button", n_clicks=0, className="btn btn-secondary"
        )
        for value, said in _ANSWERS[step.asks]
    ]
    return html.Div(buttons, className="fb-ways mt-2", role="group", **{"aria-label": step.said})


def _progress(step: Step) -> Component:
    if not step.total:
        return html.Div(step.said or "Waiting for its turn", className="fb-note")
    share = min(step.done / step.total, 1.0)
    told = html.Div(
        [html.Span(step.said), html.Span(f"{words.number(step.done)} of {words.number(step.total)}")], className="fb-apart fb-note"
    )
    bar = html.Div(html.Div(className="progress-bar", style={"width": f"{share:.0%}"}), className="progress mt-1")
    return html.Div([told, bar])


def held(view: View) -> Component | None:
    """What came from files and by hand, with counts."""
    api = {each.record_source for each in sources().values()}
    counts = view.house.store.counts(view.house.person)
    rows = [(title(name), said) for name in sorted(counts) if name not in api and (said := counted(counts, name))]
    if not rows:
        return None
    listed = [
        html.Div([html.Span(name), html.Span(said.rstrip("."), className="fb-note")], className="fb-apart") for name, said in rows
    ]
    return cards.rule(*listed)
