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
_MOST = 512
_kept: OrderedDict[tuple[int, Hashable], tuple[Any, Any]] = OrderedDict()
_lock = threading.Lock()


def remembered(frame: object, key: Hashable, make: Callable[[], _T]) -> _T:
    """`make()`, or what it gave the last time for this very frame and key. Treat the result as read-only."""
    place = (id(frame), key)
    with _lock:
        if place in _kept:
            _kept.move_to_end(place)
            found: _T = _kept[place][1]
            return found
    made = make()
    with _lock:
        _kept[place] = (frame, made)
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return made
