"""The frames of a person, kept in memory and refreshed by what changed in the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from health.exercises import Names
from health.frames import Frames, activities_of, frames, meals_frame, readings_of, sets_frame, sleeps_of, workouts_frame
from health.merging import things
from store.items import Body
from store.store import Change, Store

KINDS = ("measurement", "activity", "workout", "sleep", "meal")
_READ = (*KINDS, "exercise", "split")  # besides what is drawn: what the names of exercises mean, what the person keeps apart
_MERGED = ("measurement", "activity", "workout", "sleep")


class FrameCache:
    """The frames of `person`, safe to share between threads. Where nothing changed, a call costs one look at the sequence.

    `sample` makes the frames of the sample person, shown (`is_sample`) while the ledger holds nothing of `KINDS`, and
    made again when `day`, the wearer's present one, is another.
    `version` grows with every change of the frames, so that a page can keep what it drew from them.
    """

    def __init__(
        self, store: Store, person: str, sample: Callable[[], Frames] | None = None, day: Callable[[], date] | None = None
    ) -> None:
        self._store, self._person, self._sample, self._day = store, person, sample, day
        self._lock = threading.Lock()
        self._bodies: dict[str, dict[str, Body]] = {kind: {} for kind in _READ}
        self._names = Names()
        self._seq = -1
        self._own: Frames | None = None
        self._sample_frames: Frames | None = None
        self._sample_day: date | None = None
        self._shown: tuple[Frames, int] | None = None

    @property
    def version(self) -> int:
        """The number of the frames as they are now; 0 only before the first read."""
        return self._shown[1] if self._shown else 0

    def frames(self) -> Frames:
        """The frames as of the store's last change. Raises StoreError."""
        return self.versioned()[0]

    def versioned(self) -> tuple[Frames, int]:
        """The frames and their version, of one moment."""
        sequence = self._store.sequence(self._person)
        with self._lock:
            if self._shown is None or sequence != self._seq:
                self._refresh(sequence)
            elif self._shown[0].is_sample and self._today() != self._sample_day and self._own is not None:
                self._shown = (self._sample_or(self._own), self.version + 1)
            assert self._shown is not None
            return self._shown

    def _refresh(self, sequence: int) -> None:
        touched: Iterable[str]
        if self._own is None or sequence < self._seq:  # the first read, or another store came to stand in its place
            self._bodies = {kind: {each["id"]: each for each in self._store.bodies(self._person, kind)} for kind in _READ}
            touched, self._seq = _READ, sequence  # read before the bodies: what came in between is read again, and harmless
        else:
            changed, self._seq = self._store.changes(self._person, self._seq, self._bodies)
            touched = self._apply(changed)
        if touched:
            self._rebuild(touched)

    def _apply(self, changed: list[Change]) -> set[str]:
        touched = set()
        for each in changed:
            if each.kind not in self._bodies:
                continue
            kept = self._bodies[each.kind]
            if each.body is None:
                if kept.pop(each.id, None) is None:
                    continue
            elif kept.get(each.id) == each.body:
                continue
            else:
                kept[each.id] = each.body
            touched.add(each.kind)
        return touched

    def _rebuild(self, touched: Iterable[str]) -> None:
        old = self._own or frames((), (), ())
        changed = set(touched)
        if "split" in changed:
            changed |= set(_MERGED)
        splits = list(self._bodies["split"].values())
        held, seen = self._bodies, old.things
        found = {kind: things(kind, held[kind].values(), splits, seen.get(kind)) for kind in _MERGED if kind in changed}
        old = replace(old, things={**old.things, **found})
        if "measurement" in changed:
            old = replace(old, measurements=readings_of(found["measurement"]))
        if "activity" in changed:
            old = replace(old, activities=activities_of(found["activity"]))
        if "exercise" in changed:
            self._names = Names(self._bodies["exercise"].values())
        if "workout" in changed or "exercise" in changed:
            sessions = old.things["workout"].counted()
            old = replace(old, workouts=workouts_frame(sessions), sets=sets_frame(sessions, self._names), names=self._names)
        if "sleep" in changed:
            old = replace(old, sleeps=sleeps_of(found["sleep"]))
        if "meal" in changed:
            old = replace(old, meals=meals_frame(self._bodies["meal"].values()))
        self._own = old
        self._shown = (self._sample_or(old), self.version + 1)

    def _sample_or(self, own: Frames) -> Frames:
        if not own.empty or self._sample is None:
            self._sample_frames = None
            return own
        today = self._today()
        if self._sample_frames is None or today != self._sample_day:
            self._sample_day = today
            self._sample_frames = replace(self._sample(), is_sample=True)
        return self._sample_frames

    def _today(self) -> date | None:
        return self._day() if self._day else None
