"""What was worked out from a frame, kept for as long as the frame is the one shown.

Frames are shared and never changed, so what follows from one can be kept beside it. A frame is recognised by identity; the memory
holds on to it, so that its identity cannot pass to another.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_T = TypeVar("_T")


class Memory:
    """The last `most` results, safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[tuple[int, Hashable], tuple[object, Any]] = OrderedDict()

    def holds(self, frame: object, key: Hashable) -> bool:
        """True when that is remembered."""
        with self._lock:
            return (id(frame), key) in self._kept

    def remembered(self, frame: object, key: Hashable, make: Callable[[], _T]) -> _T:
        """`make()`, or what it gave the last time for this very frame and key. Treat the result as read-only."""
        place = (id(frame), key)
        with self._lock:
            if place in self._kept:
                self._kept.move_to_end(place)
                found: _T = self._kept[place][1]
                return found
        made = make()
        with self._lock:
            self._kept[place] = (frame, made)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


PAGES = Memory(48)
VALUES = Memory(512)
remembered = VALUES.remembered
