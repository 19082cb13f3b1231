"""What was trained, as a page and `predict` read it: the version in use where it was made from the same data by the same code, or
where somebody keeps it in use. Everything else is worked out anew. Without scikit-learn.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from forecast.registry import HELD_FOR, Held, Registry, RegistryError, Version, code_version
from store.blobs import BlobError

LOG = logging.getLogger(__name__)
_LOOK_S: Final = 30.0  # a page looks this often whether another version is in use


@dataclass(frozen=True, kw_only=True)
class Served:
    """A version to show, and why it is not the newest."""

    version: Version
    held: Held | None = None


def served(found: Served | None, digest: str, through: date | None) -> Served | None:
    """`found`, the version in use, where it may be shown for data of that `digest` whose last day is `through` (None: a day in the
    past was asked for, and no other will do); else None."""
    if found is None:
        return None
    manifest = found.version.manifest
    if manifest.get("data") == digest and manifest.get("code") == code_version():
        return Served(version=found.version)
    return found if through is not None and held(found, through) else None


def held(found: Served, through: date) -> bool:
    """True where `found` is in use although it is not the newest, and not too old for that at the end of the day `through`."""
    return found.held is not None and through - HELD_FOR <= found.version.through <= through


def usable(found: Served | None) -> Served | None:
    """`found` where this code made it, or where it is held: for who sees for themself whether the data are the same."""
    if found is None or (found.held is None and found.version.manifest.get("code") != code_version()):
        return None
    return found


def in_use(registry: Registry, target: str) -> Served | None:
    """The version in use, read now; None without one. Raises BlobError, and RegistryError where it cannot be read."""
    pointers = registry.pointers(target)
    if pointers.current is None:
        return None
    return Served(version=registry.load(target, pointers.current), held=pointers.held)


class Trained:
    """The versions in use, for a process that is asked all the time: looked for every half minute, read when they are others.

    A registry that cannot be reached, and a version of which a part is missing, are as none: the page goes on without.
    """

    def __init__(self, registry: Registry, clock: Callable[[], float] = time.monotonic) -> None:
        self._registry, self._clock = registry, clock
        self._lock = threading.Lock()
        self._looked: dict[str, float] = {}
        self._found: dict[str, Served | None] = {}

    def in_use(self, target: str) -> Served | None:
        """The version in use as of the last look."""
        with self._lock:
            now = self._clock()
            if now >= self._looked.get(target, -float("inf")) + _LOOK_S:
                self._looked[target] = now
                self._found[target] = self._read(target, self._found.get(target))
            return self._found[target]

    def _read(self, target: str, known: Served | None) -> Served | None:
        try:
            pointers = self._registry.pointers(target)
            if pointers.current is None:
                return None
            if known is not None and known.version.name == pointers.current:
                return Served(version=known.version, held=pointers.held)
            return Served(version=self._registry.load(target, pointers.current), held=pointers.held)
        except BlobError as error:
            LOG.warning("what was trained cannot be read now: %s", error)
            return known
        except RegistryError as error:
            LOG.warning("%s", error)
            return None
