"""Who may do a thing now, whichever process it is in, and how a turn that died is told from one that lives.

The store's lease expires by itself; a process that was killed on this machine is noticed at once, so a rerun need not wait.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from collectors.source import Stopped
from store import holders
from store.holders import process
from store.store import Store, StoreDown

TTL = timedelta(minutes=5)
_POLL_S = 0.2
_numbers = itertools.count(1)
_held: set[int] = set()  # the numbers of this process's turns that it has not given back


def gone(holder: dict[str, Any]) -> bool:
    """True when the process that `process()` described ran on this machine and surely runs no more.

    Of a turn of this very process, when it gave that turn up: a store that was full or out of reach could not note it.
    """
    mine = process()
    if os.name == "posix" and all(holder.get(key) == value for key, value in mine.items()):
        return "n" in holder and holder["n"] not in _held
    return holders.gone(holder)


class Lease:
    """One turn. `take` tries once; `renew` keeps it; `release` gives it back. `clock` gives the present instant."""

    def __init__(self, store: Store, name: str, owner: str, clock: Callable[[], datetime], ttl: timedelta = TTL) -> None:
        self.store, self.name, self.clock, self.ttl = store, name, clock, ttl
        # The owner says which process it is: whoever finds the lease taken can see whether that one still runs.
        self._number = next(_numbers)
        self.owner = json.dumps({"owner": owner, "n": self._number, **process()})
        self._renewed: datetime | None = None

    def take(self) -> bool:
        """True when the turn is ours now."""
        return self._acquire() or (holders.freed(self.store, self.name, gone) and self._acquire())

    def renew(self) -> None:
        """Keep the turn for another `ttl`; writes only once a quarter of it is over, or the clock was put back.

        Raises Stopped when it expired meanwhile and somebody else has it: a machine that slept goes on while another began.
        """
        if (self._renewed is None or abs(self.clock() - self._renewed) > self.ttl / 4) and not self._acquire():
            raise Stopped("Another run has taken over. Nothing is lost: it goes on from here.")

    def release(self) -> None:
        """Give the turn back. A store that cannot note it now loses nothing by it: `gone` knows, elsewhere the turn expires."""
        _held.discard(self._number)
        with suppress(StoreDown):
            self.store.release(self.name, self.owner)

    def _acquire(self) -> bool:
        now, won = self.clock(), False
        _held.add(self._number)  # before the store has it: another thread must never see a turn that nobody seems to hold
        try:
            won = self.store.acquire(self.name, self.owner, self.ttl, now)
        finally:
            if not won:
                _held.discard(self._number)
        self._renewed = now if won else self._renewed
        return won


@contextmanager
def turn(lease: Lease, wait_s: float, wait: Callable[[float], object]) -> Iterator[bool]:
    """Hold `lease` for the block, waiting up to `wait_s` for it; yields whether it was had. `wait` sleeps that many seconds."""
    waited = 0.0
    won = lease.take()
    while not won and waited < wait_s:
        if wait(_POLL_S) is True:  # an Event's wait says True when the run was asked to end
            break
        waited += _POLL_S
        won = lease.take()
    try:
        yield won
    finally:
        if won:
            lease.release()
