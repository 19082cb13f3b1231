"""A house for tests: a real SQLite store in a folder, a clock that stands still until told, and the app over it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from dash import Dash
from werkzeug.test import Client

from dashboard import oneactivity, runlist
from dashboard.factory import create_app
from dashboard.page import House
from health.frames import Frames
from health.records import RawRow, Record
from health.sample import sample_frames
from store.frames import FrameCache
from store.open import open_store
from store.runs import Run, RunState
from store.store import GroupWrite, Store
from tests.dashboard.unfolded import unfolded

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"
KEYS = ("a-key-for-tests-only-0123456789abcdef",)
HOME = {"Host": "127.0.0.1:8050"}
OUTPUT = "..page.children...fresh.children...title.data.."


class Clock:
    """A clock that moves when it is told."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def on(self, **spans: float) -> None:
        self.now += timedelta(**spans)


@lru_cache(maxsize=1)
def ten_years() -> Frames:
    """The sample person, made once for all tests of a process."""
    return sample_frames(0, date(2026, 11, 22), ZONE, NOW)


@lru_cache(maxsize=1)
def runs() -> pd.DataFrame:
    """Runs of two sources over ten years, a few of which did not work; only the last 90 days of such are ever kept."""
    made = []
    for days in range(3650, -1, -1):
        for source in ("strava", "withings"):
            began, n = NOW - timedelta(days=days, hours=len(source)), (days * 7919 + len(source)) % 11
            state: RunState = "failed" if days % 17 == 3 and source == "strava" else "ok"
            new = 0 if state == "failed" or n > 6 else 1500 if days == 80 and source == "strava" else n
            ended = began + timedelta(seconds=1 + n / 4)
            run = Run(
                source=source, began=began, ended=ended, state=state, new=new, changed=n % 2, removed=0, rejected=0, requests=2
            )
            made.append(run)
    return runlist.frame_of(made[::-1], ZONE)


@lru_cache(maxsize=1)
def one_activity() -> pd.DataFrame:
    """The points of a run of an hour today: round a bay, over two hills, with a pause."""
    seconds = np.arange(3600.0)
    time = seconds + np.where(seconds > 1500, 90, 0)
    far = np.cumsum(3 + 0.4 * np.sin(seconds / 300))
    turn = far / far[-1] * 2 * np.pi
    columns = {
        "time_s": time,
        "distance_m": far,
        "altitude_m": 40 + 15 * np.sin(turn * 2),
        "heart_rate_bpm": np.rint(150 + 15 * np.sin(seconds / 400)),
        "cadence_rpm": np.full(3600, 86.0),
        "power_w": np.where(seconds % 50 == 0, np.nan, 250 + 40 * np.sin(seconds / 200)),
        "lat_deg": 52.5 + 0.01 * np.sin(turn) + 0.002 * np.sin(turn * 3),
        "lon_deg": 13.4 + 0.016 * np.cos(turn),
    }
    return oneactivity.frame_of(columns, pd.Timestamp(NOW.date()))


def frame_of(name: str) -> pd.DataFrame:
    """What a chart of that frame is drawn from in tests."""
    made = {"runs": runs, "series": one_activity}
    frame: pd.DataFrame = made[name]() if name in made else getattr(ten_years(), name)
    return frame


def house(folder: Path, *, sample: bool = False, clock: Any = None, url: str = "http://127.0.0.1:8050") -> House:
    """A house over a new store in `folder`, empty or with the sample person."""
    store = open_store("sqlite:fitboard.db", KEYS, folder=folder)
    frames = FrameCache(store, "me", sample=ten_years if sample else None)
    return House(store=store, frames=frames, clock=clock or Clock(), zone=ZONE, url=url, data_dir=folder)


def app(of: House, **settings: Any) -> Dash:
    """The app of a house."""
    return create_app(of, **{"secret_keys": KEYS, **settings})


def client(of: Dash) -> Client:
    """A browser's stand-in, with its own cookies."""
    return of.server.test_client()


def write(store: Store, records: Iterable[Record], now: datetime = NOW) -> None:
    """Store records as if a source had brought them."""
    groups = [
        GroupWrite(
            source=each.source,
            group=each.native_id,
            kind=each.kind,
            rows=[RawRow(source=each.source, group=each.native_id, row_id=each.native_id, data={})],
            record=each,
        )
        for each in records
    ]
    store.write("me", groups, now)


def page_body(path: Any = "/", search: Any = "", *, mode: str = "light", phone: bool = False) -> dict[str, Any]:
    """The body that the browser posts to have a page drawn."""
    values = (("address", "pathname", path), ("address", "search", search), ("screen", "data", {"mode": mode, "phone": phone}))
    inputs = [{"id": name, "property": part, "value": value} for name, part, value in values]
    outputs = [("page", "children"), ("fresh", "children"), ("title", "data")]
    return {
        "output": OUTPUT,
        "outputs": [{"id": name, "property": part} for name, part in outputs],
        "inputs": [*inputs, {"id": "turn", "property": "data", "value": 0}],
        "state": [],
        "changedPropIds": ["address.pathname"],
    }


def page(of: Client, path: Any = "/", search: Any = "", **screen: Any) -> Any:
    """The answer to that, as a browser makes it out."""
    answer = of.post("/_dash-update-component", json=page_body(path, search, **screen), headers=HOME)
    if answer.status_code == 200:
        answer.set_data(json.dumps(unfolded(answer.get_json()), ensure_ascii=False))
    return answer
