"""One training (or rollback) at a time, whichever process it is in: the clock's on Monday and one that was asked for by hand.

A lease in the store says who trains. It is renewed while the training goes on; one whose process was killed on this machine
is taken over at once, on another machine when TTL has passed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from forecast.registry import RegistryError
from store.holders import freed, process, process_of
from store.store import Store, StoreError

NAME: Final = "forecast:train"
TTL: Final = timedelta(minutes=5)
_RENEWED_EVERY_S: Final = 60.0


class Taken(RegistryError):
    """Another training is running, or took over from this one; the message says so and what to do."""


class Turn:
    """The lease of one training. `clock` gives the present instant."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._owner = json.dumps({"owner": uuid4().hex, "since": clock().isoformat(), **process()})

    def take(self) -> None:
        """Raises Taken while another has it."""
        if not (self._acquire() or (freed(self._store, NAME) and self._acquire())):
            raise Taken(_running(process_of(self._store.holder(NAME) or "").get("since")))

    def keep(self) -> None:
        """Before anything is put in use. Raises Taken when it expired meanwhile (a machine that slept) and another began."""
        if not self._acquire():
            raise Taken("Another training has begun while this machine slept. Nothing of this one is put in use.")

    def release(self) -> None:
        self._store.release(NAME, self._owner)

    def renewing(self, over: threading.Event) -> None:
        """Keep it until `over`; what cannot be renewed now is told by `keep`."""
        while not over.wait(_RENEWED_EVERY_S):
            try:
                self._acquire()
            except StoreError:
                continue

    def _acquire(self) -> bool:
        return self._store.acquire(NAME, self._owner, TTL, self._clock())


def _running(since: object) -> str:
    began = f" since {since[:19].replace('T', ' ')} UTC" if isinstance(since, str) else ""
    minutes = int(TTL.total_seconds() // 60)
    return (
        f"Another training is running{began}. Try again when it has ended; one that was killed on another machine is "
        f"waited for {minutes} minutes at most."
    )


@contextmanager
def alone(store: Store, clock: Callable[[], datetime]) -> Iterator[Turn]:
    """Hold the turn for the block. Raises Taken while another has it."""
    turn, over = Turn(store, clock), threading.Event()
    turn.take()
    renewer = threading.Thread(target=turn.renewing, args=(over,), name="training lease", daemon=True)
    renewer.start()
    try:
        yield turn
    finally:
        over.set()
        renewer.join()
        turn.release()
