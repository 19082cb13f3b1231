"""A server of the sample person's dashboard for the benchmarks, over ten years or a hundred."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dashboard.factory import create_app
from dashboard.page import House
from health.frames import Frames
from health.sample import sample_frames
from store.open import open_store
from tests.bench._alone import beside

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"
_DECADE = pd.Timedelta(days=10 * 365 + 3)  # whole weeks, so that every decade has the same weekdays


class Still:
    """Frames that never change."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames

    def frames(self) -> Frames:
        return self._frames


def decades(n: int) -> Frames:
    """The sample person's ten years, and before them the same years again, until there are `n` decades."""
    ten = sample_frames(0, date(2026, 11, 22), ZONE, NOW)
    if n == 1:
        return ten
    return replace(ten, **{name: _again(getattr(ten, name), n) for name in ("measurements", "activities", "workouts", "sets")})


def _again(frame: pd.DataFrame, n: int) -> pd.DataFrame:
    parts = []
    for back in range(n - 1, -1, -1):
        moved = {each: frame[each] - back * _DECADE for each in ("at", "day")}
        named = {each: frame[each] + f"-{back}" for each in ("id", "workout_id") if each in frame and back}
        parts.append(frame.assign(**moved, **named))
    return pd.concat(parts, ignore_index=True)


def server(years: int) -> Flask:
    """The WSGI app; one process, as the product runs."""
    folder = Path(os.environ["BENCH_FOLDER"])
    keys = ("a-key-for-benchmarks-only-0123456789abcdef",)
    store = open_store("sqlite:fitboard.db", keys, folder=folder)
    frames = Still(decades(years // 10))
    house = House(store=store, frames=frames, clock=lambda: NOW, zone=ZONE, url="http://127.0.0.1:8050", data_dir=folder)  # type: ignore[arg-type]
    made: Flask = create_app(house, secret_keys=keys).server
    made.wsgi_app = beside(made.wsgi_app)  # type: ignore[method-assign]
    return made


@contextmanager
def serving(years: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a gunicorn over that many years, and its process; it answers when this yields."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [
            sys.executable, "-m", "gunicorn", "--config", "python:tests.bench._gunicorn", "--bind", f"127.0.0.1:{port}",
            f"tests.bench._serve:server({years})",
        ]  # fmt: skip
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "BENCH_FOLDER": folder}, stdout=subprocess.DEVNULL)
        try:
            _answers(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()
            process.wait(timeout=20)


def _answers(base: str) -> None:
    end = time.perf_counter() + 90
    while time.perf_counter() < end:
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=60).read()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise SystemExit("the server never answered")
