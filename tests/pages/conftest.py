"""A house with a real SQLite store, its app, and a way to press its buttons."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from collectors.services import Service, from_settings
from dashboard.factory import create_app
from dashboard.page import House, View
from dashboard.theme import Look
from health.days import local_day
from health.frames import Frames
from health.sample import sample_frames
from store.frames import FrameCache
from store.sqlite import SQLiteStore

NOW = datetime(2026, 11, 22, 17, 20, tzinfo=UTC)
ZONE = "Europe/Berlin"
KEYS = ("a-key-for-tests-that-is-long-enough",)
URL = "http://127.0.0.1:8050"
LOOK = Look(today=local_day(NOW, ZONE))


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def later(self, **passed: float) -> None:
        self.at += timedelta(**passed)


def services(**settings: str) -> dict[str, Service]:
    """Services as those settings make them; what is not named is not set."""
    names = [f"withings_{each}" for each in ("client_id", "client_secret", "base_url")]
    names += [f"strava_{each}" for each in ("client_id", "client_secret", "base_url")]
    names += [f"sheets_{each}" for each in ("credentials", "id", "base_url", "mapping")]
    return from_settings(SimpleNamespace(**{name: settings.get(name) for name in names}))


@pytest.fixture(scope="session")
def sample() -> Frames:
    return sample_frames(0, LOOK.today, ZONE, NOW)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_house(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., House]]:
    """`make_house(withings_client_id=..., ...)`: an empty house with those settings."""
    made: list[House] = []

    def make(sample: Frames | None = None, **settings: str) -> House:
        store = SQLiteStore(tmp_path / f"{len(made)}.db", KEYS)
        store.create()
        frames = FrameCache(store, "me", sample=(lambda: sample) if sample is not None else None)
        house = House(
            store=store, frames=frames, clock=clock, zone=ZONE, url=URL, services=services(**settings), data_dir=tmp_path / "data"
        )
        made.append(house)
        return house

    yield make
    for house in made:
        house.jobs.stop.set()
        for job in house.jobs.all():
            house.jobs.wait(job.id, 10)
        house.store.close()


@pytest.fixture(scope="session")
def quiet_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with nothing in it, for tests that only look: none of them may write to it."""
    store = SQLiteStore(tmp_path_factory.mktemp("quiet") / "quiet.db", KEYS)
    store.create()
    yield House(store=store, frames=FrameCache(store, "me"), clock=lambda: NOW, zone=ZONE, url=URL, services=services())
    store.close()


@dataclass
class App:
    """A house's app and its client, with callbacks found by one of their inputs."""

    house: House
    dash: Any
    client: FlaskClient

    def fire(
        self, pressed: dict[str, Any] | str, prop: str = "n_clicks", value: Any = 1, *, into: str = "", **given: Any
    ) -> dict[str, Any]:
        """Send what the browser sends when `pressed` changed; `given` are values of states (`-` written `_`), None where left out.

        `into` is part of an output, where several listen. The answer: {component: {property: value}}; empty where nothing changes.
        """
        output, spec = self._find(pressed, prop, into)
        if output.startswith("press-"):  # a press is handed on by the browser (dashboard/presses.py); what was only drawn is not
            store = output.partition(".")[0]
            return self.fire(store, "data", {"id": pressed, "value": value, "at": 1}, **given) if value else {}
        key = json.dumps(pressed, sort_keys=True, separators=(",", ":")) if isinstance(pressed, dict) else pressed
        inputs = [self._input(each, pressed, prop, value) for each in spec["inputs"]]
        states = [self._state(each, given) for each in spec["state"]]
        body = {
            "output": output,
            "outputs": _outputs(output),
            "inputs": inputs,
            "state": states,
            "changedPropIds": [f"{key}.{prop}"],
        }
        answer = self.client.post("/_dash-update-component", json=body)
        assert answer.status_code in (200, 204), answer.get_data(as_text=True)
        return answer.get_json()["response"] if answer.status_code == 200 else {}

    def _find(self, pressed: dict[str, Any] | str, prop: str, into: str) -> tuple[str, dict[str, Any]]:
        for output, spec in self.dash.callback_map.items():
            if into in output and any(_matches(each, pressed, prop) for each in spec["inputs"]):
                return output, spec
        raise LookupError(f"no callback listens to {pressed}")

    @staticmethod
    def _state(spec: dict[str, str], given: dict[str, Any]) -> Any:
        if spec["id"].startswith("{"):  # of a pattern: `parts`, the ids that stand on the page
            return [{"id": each, "property": spec["property"], "value": each} for each in given.get("parts", [])]
        return {**spec, "value": given.get(f"{spec['id'].replace('-', '_')}__{spec['property']}")}

    @staticmethod
    def _input(spec: dict[str, str], pressed: dict[str, Any] | str, prop: str, value: Any) -> Any:
        if not spec["id"].startswith("{"):
            return {**spec, "value": value if _matches(spec, pressed, prop) else None}
        return [{"id": pressed, "property": prop, "value": value}] if _matches(spec, pressed, prop) else []


class Browser(FlaskClient):
    """A client that asks the house by its own address."""

    def open(self, *args: Any, **more: Any) -> Any:
        more.setdefault("base_url", URL)
        return super().open(*args, **more)


def client_of(app: Any) -> FlaskClient:
    """A new browser, without cookies."""
    return Browser(app.server, app.server.response_class)


def _matches(spec: dict[str, str], pressed: dict[str, Any] | str, prop: str) -> bool:
    if spec["property"] != prop:
        return False
    if isinstance(pressed, str):
        return spec["id"] == pressed
    return spec["id"].startswith("{") and set(json.loads(spec["id"])) == set(pressed)


def _outputs(output: str) -> Any:
    names = output.strip(".").split("...") if output.startswith("..") else [output]
    found = [dict(zip(("id", "property"), each.rsplit(".", 1), strict=True)) for each in names]
    return found if output.startswith("..") else found[0]


@pytest.fixture
def make_app(make_house: Callable[..., House]) -> Callable[..., App]:
    """`make_app(**settings)`: a house with its app, and a client that is let in."""

    def make(sample: Frames | None = None, **settings: str) -> App:
        house = make_house(sample, **settings)
        app = create_app(house, secret_keys=KEYS)
        return App(house, app, client_of(app))

    return make


@pytest.fixture
def view() -> Callable[..., View]:
    """`view(house, path, frames=..., **choices)`: one look at a page."""

    def make(house: House, path: str, frames: Frames | None = None, look: Look = LOOK, **choices: str) -> View:
        return View(house=house, frames=frames or house.frames.frames(), look=look, choices=choices, now=house.clock(), path=path)

    return make


def text(component: Any) -> str:
    """Everything a component says, in its order."""
    if component is None or isinstance(component, bool):
        return ""
    if isinstance(component, (list, tuple)):
        return " ".join(text(each) for each in component)
    if isinstance(component, dict):  # as it comes out of a callback
        return text(component.get("props", {}).get("children"))
    if hasattr(component, "to_plotly_json"):
        return text(getattr(component, "children", None))
    return str(component)
