"""Answers that a test holds back: what a slow line does to a page, without a wait and the same each time."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

from dashboard.page import House
from tests.browser.conftest import serve
from tests.dashboard.house import app


class Gate:
    """Around a server: answers of a callback are held back. The server has done what was asked, the page does not know it yet."""

    def __init__(self, inner: Any) -> None:
        self._inner, self._change = inner, threading.Condition()
        self._held: dict[str, int] = {}  # what the callbacks write whose answers are held back, and how many came so far
        self._let: dict[str, int] = {}  # how many of these were let go

    @classmethod
    def around(cls, served: Any) -> Gate:
        """The gate of an app that is not served yet."""
        gate = cls(served.server.wsgi_app)
        served.server.wsgi_app = gate
        return gate

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """A request of the server."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = self._inner({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
        writes = json.loads(body)["output"] if environ["PATH_INFO"] == "/_dash-update-component" else ""
        with self._change:
            for name in [each for each in self._held if each in writes]:
                at = self._held[name]
                self._held[name] += 1
                self._change.notify_all()
                self._change.wait_for(lambda name=name, at=at: name not in self._held or at < self._let[name], timeout=30)
        return answer

    def hold(self, writes: str) -> None:
        """From now on, those of the callback that writes this."""
        with self._change:
            self._held[writes] = self._let[writes] = 0

    def until(self, do: Callable[[], Any], writes: str = "draft.data") -> None:
        """Do that, and wait until one more answer is held."""
        wanted = self._held[writes] + 1
        do()
        with self._change:
            assert self._change.wait_for(lambda: self._held[writes] >= wanted, timeout=20), "nothing was asked"

    def let_one_go(self, writes: str) -> None:
        """The one that has waited longest."""
        with self._change:
            self._let[writes] += 1
            self._change.notify_all()

    def let_go(self, writes: str = "draft.data") -> int:
        """All of them, and whatever comes later; how many were held."""
        with self._change:
            self._change.notify_all()
            return self._held.pop(writes)


def held_back(made: House) -> Iterator[tuple[House, str, Gate]]:
    """That house served for as long as the caller keeps it: its address, and the gate of its answers."""
    served = app(made)
    gate = Gate.around(served)
    yield from ((made, address, gate) for address in serve(served))
    made.store.close()
