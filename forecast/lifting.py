"""The volume of the next session of every exercise, as a page asks it: what `python -m forecast predict` says of the same ledger.

Read from the version in use; of what came since its training, carried on from it (forecast/carried.py) in milliseconds and without
scikit-learn. Only where neither can be is it worked out here, in seconds: nothing was trained, sessions before the training are
others now, or so many have come that the models would have learned again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from forecast.carried import carried
from forecast.model import BASELINE
from forecast.next_session import Next, from_tracks, from_version
from forecast.registry import Version, code_version
from forecast.serving import Served, Trained, held
from forecast.sessions import TARGET, Sessions, sessions
from forecast.volume_tracks import VolumeTrack
from health.frames import Frames

_KEPT: Final = 4
NETWORKS: Final = ("volume_lstm", "volume_lstm_all")
Tracks = dict[str, VolumeTrack]


class _Worked:
    """What was worked out last, by the sessions it rests on: a weigh-in changes the frames and nothing of this."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tracks: OrderedDict[str, Tracks] = OrderedDict()

    def known(self, digest: str) -> Tracks | None:
        return self._tracks.get(digest)

    def work_out(self, table: Sessions) -> None:
        with self._lock:  # one at a time: who asks meanwhile finds it done
            digest = table.digest()
            if digest not in self._tracks:
                from forecast import volume  # with scikit-learn: only where something is worked out

                default = volume.default_name()
                self._tracks[digest] = volume.tracks(table, {default, BASELINE[TARGET]})
                while len(self._tracks) > _KEPT:
                    self._tracks.popitem(last=False)


_worked = _Worked()


@dataclass(kw_only=True, eq=False)
class Lifting:
    """The sessions up to a local day, and the version in use (`found`; None: there is none that may be shown)."""

    table: Sessions
    found: Served | None
    _carried: Tracks | None = field(default=None, repr=False)

    @property
    def ready(self) -> bool:
        """True when every exercise can be told at once; `work_out` makes it so, in seconds."""
        return all(self.tells(each) for each in self.table.digests)

    def tells(self, exercise: str) -> bool:
        """True when that exercise can be told at once."""
        return self._tracks() is not None or exercise in self._as_trained

    def as_trained(self, exercise: str) -> bool:
        """True where nothing of what that exercise rests on has changed since the training."""
        return exercise in self._as_trained

    def rests_on(self, exercise: str) -> Served | None:
        """The version that what is said of that exercise comes from; None where it was worked out anew."""
        return self.found if self._carried is not None or self.as_trained(exercise) else None

    def work_out(self) -> None:
        """Backtest the default on all sessions."""
        _worked.work_out(self.table)

    def next(self, exercise: str) -> Next | None:
        """What is most likely: of the default, with too few sessions of the baseline; None for what cannot be told (yet)."""
        tracks = self._tracks()
        if tracks is None or (self.found is not None and self.found.held and exercise in self._as_trained):
            return self._as_trained.get(exercise)
        return from_tracks(self.table, tracks, exercise)

    def networks(self, exercise: str) -> list[Next]:
        """What the networks say of it, where nothing was lifted since they learned that its next session hangs on."""
        if exercise not in self._as_trained or self.found is None:
            return []
        said = (from_version(self.found.version, each).get(exercise) for each in NETWORKS)
        return [each for each in said if each is not None]

    @cached_property
    def _as_trained(self) -> dict[str, Next]:
        """By exercise, what the version says of those that rest on the very sessions they rested on then."""
        if self.found is None:
            return {}
        manifest = self.found.version.manifest
        digests = dict(zip(manifest["exercises"], manifest["digests"], strict=True))
        said = from_version(self.found.version, BASELINE[TARGET], few=True) | from_version(self.found.version)
        return {each: found for each, found in said.items() if digests[each] == self.table.digests.get(each)}

    def _tracks(self) -> Tracks | None:
        return self._carried or _worked.known(self.table.digest())


def lifting(frames: Frames, today: date, trained: Trained | None) -> Lifting | None:
    """What is known of the next sessions with all that was lifted up to the local day `today`; None where nothing was."""
    table = sessions(frames, today)
    if table is None:
        return None
    found = None if trained is None or frames.is_sample else trained.in_use(TARGET)
    if found is None:
        return Lifting(table=table, found=None)
    mine = found.version.manifest.get("code") == code_version()
    shown = found if mine or held(found, today) else None
    made = Lifting(table=table, found=shown if shown is None or _whole(shown.version) else None)
    made._carried = carried(found.version, table) if mine and _whole(found.version) else None
    return made


def _whole(version: Version) -> bool:
    """True where it holds what this code reads: one of older code may not."""
    return {"digests", "exercises", "sessions", "carry"} <= set(version.manifest)
