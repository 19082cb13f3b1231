"""What every fake shares: an HTTP server on loopback, a clock that can be set, a log of requests, and a way to kill its client."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

# What can go wrong on the way: before the service did anything, with its answer, or with the whole of it.
FAULTS = ("throttled", "failed", "reset", "truncated", "delayed", "lost", "corrupted")
REALDATA = Path(__file__).parents[2].parent / "shared" / "realdata"


@dataclass
class Request:
    """One request as the fake got it. `query` and `form` keep the last value of a name, `pairs` all of the query."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    pairs: list[tuple[str, str]]
    headers: dict[str, str]

    @property
    def bearer(self) -> str:
        kind, _, token = self.headers.get("authorization", "").partition(" ")
        return token if kind.lower() == "bearer" else ""


@dataclass
class Answer:
    """What the fake says: a JSON-able content (bytes are sent as they stand), or a place to go to."""

    content: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    location: str | None = None


@dataclass
class Kill:
    """End the client with SIGKILL at its nth request: before the service does anything, or after it has answered."""

    at: int
    when: str
    pid: int | None = None


class Fake:
    """A service. A subclass answers in `answer`, under a lock; `url` is where it listens once started."""

    def __init__(self, now: float | None = None) -> None:
        self._fixed = now  # a clock that stands until it is moved; None is the real one
        self._offset = 0.0
        self._lock = threading.Lock()
        self.log: list[str] = []
        self.kill: Kill | None = None
        self.broken: list[int] = []  # HTTP statuses for the next requests, instead of an answer
        self.slow_s = 0.0
        self.breaks_at: int | None = None  # from that request on the connection is cut without an answer
        self.before_answer: Callable[[], object] | None = None
        self.chance: Callable[[], str] | None = None  # says what goes wrong with the next request: one of FAULTS, or ""
        self._server: ThreadingHTTPServer | None = None

    # -- for the test
    def now(self) -> int:
        return int((time.time() if self._fixed is None else self._fixed) + self._offset)

    def set_clock(self, now: float) -> None:
        self._fixed, self._offset = now, 0.0

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self, port: int = 0) -> Fake:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def __enter__(self) -> Fake:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, request: Request) -> Answer:
        raise NotImplementedError

    # -- for the handler
    def serve(self, request: Request) -> tuple[Answer, Kill | None]:
        """The answer, and whom to kill once it is sent. A client killed before gets none, and nothing happened."""
        with self._lock:
            if request.path == "/_fake":
                return self.admin(request), None
            self.log.append(self.describe(request))
            kill = self.kill if self.kill and len(self.log) == self.kill.at else None
            if kill and kill.when == "before":
                self.signal(kill, signal.SIGKILL)
                return Answer(status=0), None
            if self.before_answer:
                self.before_answer()
            if self.breaks_at and len(self.log) >= self.breaks_at:
                return Answer(status=0), None
            if self.broken:
                status = self.broken.pop(0)
                return Answer({"message": "broken"}, status), kill
            return self.answer(request), kill

    def describe(self, request: Request) -> str:
        """The request in a word or two, for the log that tests look at."""
        return f"{request.method} {request.path}"

    def admin(self, request: Request) -> Answer:
        """`POST /_fake advance=SECONDS`: the clock moves, for a person who tries the product against the fake."""
        self._offset += float(request.form.get("advance", 0))
        return Answer({"now": self.now(), "requests": len(self.log)})

    def signal(self, kill: Kill, number: signal.Signals) -> None:
        assert kill.pid is not None
        os.kill(kill.pid, number)


def _read(handler: BaseHTTPRequestHandler) -> Request:
    parts = urlsplit(handler.path)
    body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    headers = {name.lower(): value for name, value in handler.headers.items()}
    return Request(handler.command, parts.path, dict(pairs), dict(parse_qsl(body, keep_blank_values=True)), pairs, headers)


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.connection.settimeout(20)

        def _do(self) -> None:
            request = _read(self)
            fault = fake.chance() if fake.chance else ""
            if fault in ("throttled", "failed", "reset"):  # the service did nothing
                fake.log.append(fault)
                answer, kill = Answer({"message": fault}, {"throttled": 429, "failed": 500, "reset": 0}[fault]), None
            else:
                answer, kill = fake.serve(request)
            if answer.status == 0 or fault == "lost":
                self.close_connection = True
                return
            if fake.slow_s:
                time.sleep(fake.slow_s)
            if kill:
                # Stopped first: however slow this machine is, the client has the answer and has done nothing with it.
                fake.signal(kill, signal.SIGSTOP)
            if fault == "delayed":
                time.sleep(0.3)
            self._send(answer, fault)
            if kill:
                fake.signal(kill, signal.SIGKILL)

        do_GET = do_POST = _do

        def _send(self, answer: Answer, fault: str) -> None:
            told = answer.content
            content = b"" if answer.location else told if isinstance(told, bytes) else json.dumps(told).encode()
            if fault == "corrupted":
                content = bytes(each ^ 0x5A for each in content)
            self.send_response(302 if answer.location else answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.location:
                self.send_header("Location", answer.location)
            self.end_headers()
            if fault == "truncated":
                content, self.close_connection = content[: len(content) // 2], True
            self.wfile.write(content)
            self.wfile.flush()

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, TimeoutError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def standalone(fake: Fake, name: str, say: Callable[[str], list[str]]) -> None:
    """Serve until interrupted. `say` gives, from the fake's address, the settings that point the product here."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.fakes.{name}")
    parser.add_argument("--port", type=int, required=True)
    fake.start(parser.parse_args().port)
    print("\n".join([f"{name} at {fake.url}, until Ctrl-C. Settings:", *say(fake.url)]), flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        fake.stop()
