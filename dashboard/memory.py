"""What was worked out from a frame, kept for as long as the frame is the one shown.

Frames are shared and never changed, so what follows from one can be kept beside it. A frame is recognised by identity, and when it
goes, what was made from it goes too: the ledger of an hour ago must not fill the memory.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_T = TypeVar("_T")


class Memory:
    """The last `most` results, safe to share between threads. Results must not hold on to the frame they were made from."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[tuple[int, Hashable], Any] = OrderedDict()
        self._known: dict[int, weakref.ref[Any]] = {}
        self._gone: deque[int] = deque()

    def holds(self, frame: object, key: Hashable) -> bool:
        """True when that is remembered."""
        with self._lock:
            self._forget()
            return (id(frame), key) in self._kept

    def remembered(self, frame: object, key: Hashable, make: Callable[[], _T]) -> _T:
        """`make()`, or what it gave the last time for this very frame and key. Treat the result as read-only."""
        place = (id(frame), key)
        with self._lock:
            self._forget()
            if place in self._kept:
                self._kept.move_to_end(place)
                found: _T = self._kept[place]
                return found
        made = make()
        with self._lock:
            self._forget()
            if place[0] not in self._known:
                self._known[place[0]] = weakref.ref(frame, self._noting(place[0]))
            self._kept[place] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def _noting(self, name: int) -> Callable[[Any], None]:
        # Called in the midst of whatever the frame went away in, perhaps under our own lock: it may only take a note.
        return lambda _frame: self._gone.append(name)

    def _forget(self) -> None:
        """Let go of what was made from frames that are no more. An identity may pass to another frame only after that."""
        while self._gone:
            name = self._gone.popleft()
            del self._known[name]
            for place in [each for each in self._kept if each[0] == name]:
                del self._kept[place]


PAGES = Memory(48)
MARKUP = Memory(96)
FIGURES = Memory(96)
VALUES = Memory(512)
remembered = VALUES.remembered
