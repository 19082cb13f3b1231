"""The product as `make run` starts it: both processes of the Procfile under honcho, on a data folder of its own."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
PATIENCE_S = 60


class Product:
    """A started product: its address, its processes, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str], base: str) -> None:
        self.process, self.base, self.said = process, base, ""

    def get(self, path: str, host: str | None = None) -> tuple[int, str]:
        """Status and body of a GET, redirects not followed."""
        request = urllib.request.Request(self.base + path, headers={"Host": host} if host else {})
        try:
            with _OPENER.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")

    def hear(self, words: str, patience_s: float = PATIENCE_S) -> str:
        """Read what the processes say until `words` came."""
        assert self.process.stdout is not None
        end = time.monotonic() + patience_s
        while words not in self.said and (left := end - time.monotonic()) > 0:
            if not select.select([self.process.stdout], [], [], left)[0]:
                break
            if not (chunk := os.read(self.process.stdout.fileno(), 65536).decode(errors="replace")):
                break
            self.said += chunk
        assert words in self.said, f"never said {words!r}:\n{self.said}"
        return self.said

    def stop(self) -> float:
        """Ctrl-C; the seconds until every process was gone."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)
        return time.monotonic() - began


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a fresh user: an empty HOME, nothing of ours but what is given."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "FITBOARD_STORE": f"sqlite:{folder / 'data' / 'fitboard.db'}",
        "FITBOARD_ZONE": "Europe/Berlin",
        **(more or {}),
    }


def command(folder: Path, *words: str, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `python -m WORDS` as a user would."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=environment(folder, more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def product(folder: Path, more: Mapping[str, str] | None = None) -> Iterator[Product]:
    """Start both processes and wait for the first answer; end them whatever happens."""
    port = free_port()
    process = subprocess.Popen(
        ["honcho", "start", "-p", str(port), "web", "clock"],
        cwd=ROOT,
        env={**environment(folder, more), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    started = Product(process, f"http://127.0.0.1:{port}")
    try:
        _first_answer(started)
        yield started
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def _first_answer(started: Product) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and started.process.poll() is None:
        try:
            if started.get("/healthz")[0] == 200:
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            select.select([], [], [], 0.05)  # the port is not open yet
    out = started.process.communicate(timeout=20)[0] if started.process.poll() is not None else started.said
    raise AssertionError(f"the page never answered:\n{out}")
