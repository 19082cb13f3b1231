"""Trained forecasts by version: plain arrays (.npz, never pickled), a JSON manifest beside them, the current and the previous one.

body_mass_kg/2026-11-15-3fa9c1d2.npz     what it says of the weeks ahead, and how it did at every past origin
body_mass_kg/2026-11-15-3fa9c1d2.json    data hash, code, settings, trained through, scores, the hash of the arrays
body_mass_kg/current.json                {"current": "2026-11-15-3fa9c1d2", "previous": "2026-11-08-77b01e9a", "held": null}
body_mass_kg/trained.json                {"at": "2026-11-16T00:00:41+00:00", "code": ...}: the last training, whatever came of it

They are blobs (store/blobs.py), in a folder or a bucket, and each write is whole. The arrays are written first, their manifest
second, and only then does `current.json` name them: whoever is killed in between leaves what was in use.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from forecast.model import Array
from store.blobs import Blobs

Outcome = Literal["promoted", "unchanged", "kept_previous"]
# Why what is in use is not the newest: the person went back to it, or what was trained since did worse.
Held = Literal["rolled back", "newer did worse"]
WORSE: Final = 1.005  # a candidate may err this much more than what is in use, on the origins both were tried on
HELD_FOR: Final = timedelta(weeks=4)  # what is held longer than this is too old to be the better one
KEPT: Final = 8  # versions of a target; older ones go, unless they are in use
_POINTERS, _NOTE = "current", "trained"


class RegistryError(Exception):
    """The registry cannot do what was asked; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """One trained forecast. `arrays` holds at least `errors` (W, n), a row for each week from `start` on, NaN where not scored, and
    beside them `baseline_errors` of the same shape."""

    target: str
    name: str
    manifest: dict[str, Any]
    arrays: dict[str, Array]

    @property
    def through(self) -> date:
        """The last local day that it knows of."""
        return date.fromisoformat(self.manifest["trained_through"])


@dataclass(frozen=True, kw_only=True)
class Pointers:
    """The names of the version in use and of the one before it, and why the one in use is not the newest (None: it is)."""

    current: str | None = None
    previous: str | None = None
    held: Held | None = None


@cache
def code_version() -> str:
    """A hash of this folder's code: another model is another version, also from the same data."""
    made = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        made.update(path.read_bytes())
    return made.hexdigest()[:12]


class Registry:
    """Versions among `blobs`. Readers always see whole ones; who writes holds the turn (forecast/turns.py)."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def targets(self) -> list[str]:
        """The targets something was trained for."""
        names = (each.partition("/") for each in self._blobs.names())
        return sorted(target for target, _, name in names if name == f"{_POINTERS}.json")

    def pointers(self, target: str) -> Pointers:
        """What is in use. Raises BlobError; pointers that cannot be read are none."""
        found = self._json(target, _POINTERS)
        try:
            return Pointers(current=found["current"], previous=found["previous"], held=found.get("held"))
        except (KeyError, TypeError, AttributeError):
            return Pointers()

    def load(self, target: str, name: str) -> Version:
        """That version. Raises RegistryError when it is not there or not whole, BlobError when nothing can be read."""
        manifest, content = self._json(target, name), self._blobs.read(f"{target}/{name}.npz")
        try:
            if manifest is None or content is None:
                raise ValueError("not there")
            if manifest.get("arrays", digest := _digest(content)) != digest:
                raise ValueError("not the arrays it was kept with")
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                arrays = {key: file[key] for key in file.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise RegistryError(f"The version {name} of {target} cannot be read ({error}). Train again.") from None
        return Version(target=target, name=name, manifest=manifest, arrays=arrays)

    def current(self, target: str) -> Version | None:
        """The version in use."""
        name = self.pointers(target).current
        return None if name is None else self.load(target, name)

    def submit(self, candidate: Version) -> Outcome:
        """Keep `candidate`, and put it in use unless it does worse than what is in use where both were tried."""
        target, pointers = candidate.target, self.pointers(candidate.target)
        if pointers.current == candidate.name and pointers.held is None:
            return "unchanged"
        used = self._used(target, pointers)
        self._write(candidate)
        if used is not None and used.name != candidate.name and not _too_old(used, candidate) and _worse(candidate, used):
            self._point(target, Pointers(current=used.name, previous=pointers.previous, held="newer did worse"))
            self._forget_old(target)
            return "kept_previous"
        previous = pointers.previous if pointers.current == candidate.name else pointers.current
        self._point(target, Pointers(current=candidate.name, previous=previous))
        self._forget_old(target)
        return "promoted"

    def holds(self, target: str, name: str) -> bool:
        """True when that version was made before, in use or not."""
        return self._json(target, name) is not None

    def note(self, target: str, at: datetime) -> None:
        """Remember that it was trained at `at` (UTC), by this code."""
        self._put(target, _NOTE, {"at": at.isoformat(), "code": code_version()})

    def trained_since(self, target: str, at: datetime) -> bool:
        """True when it was trained at `at` or later by this code; a note that cannot be read is none."""
        try:
            note = self._json(target, _NOTE)
            noted, code = datetime.fromisoformat(note["at"]), note["code"]
        except (ValueError, KeyError, TypeError):
            return False
        return noted.tzinfo is not None and noted >= at and code == code_version()

    def rollback(self, target: str) -> str:
        """Put the previous version back in use, until the next training; its name. Raises RegistryError when there is none."""
        now = self.pointers(target)
        if now.previous is None:
            raise RegistryError(f"There is no earlier version of {target} to go back to.")
        back = self.load(target, now.previous)
        undone = now.held == "rolled back"  # going back a second time returns to where it was
        self._point(target, Pointers(current=back.name, previous=now.current, held=None if undone else "rolled back"))
        return back.name

    def _used(self, target: str, pointers: Pointers) -> Version | None:
        """What a candidate is compared with; a version that is damaged or gone is none, or nothing could follow it."""
        try:
            return None if pointers.current is None else self.load(target, pointers.current)
        except RegistryError:
            return None

    def _write(self, version: Version) -> None:
        made = io.BytesIO()
        np.savez_compressed(made, allow_pickle=False, **version.arrays)
        content = made.getvalue()
        self._blobs.write(f"{version.target}/{version.name}.npz", content)
        self._put(version.target, version.name, {**version.manifest, "arrays": _digest(content)})

    def _point(self, target: str, to: Pointers) -> None:
        self._put(target, _POINTERS, {"current": to.current, "previous": to.previous, "held": to.held})

    def _forget_old(self, target: str) -> None:
        """Leave the newest KEPT versions, and those in use."""
        kept = self.pointers(target)
        files = [each for each in self._blobs.names(f"{target}/") if not each.endswith((f"/{_POINTERS}.json", f"/{_NOTE}.json"))]
        names = sorted({each.removeprefix(f"{target}/").rpartition(".")[0] for each in files})
        gone = set(names[:-KEPT]) - {kept.current, kept.previous}
        # The manifest goes first: without it there is no version.
        for each in sorted(files, key=lambda name: not name.endswith(".json")):
            if each.removeprefix(f"{target}/").rpartition(".")[0] in gone:
                self._blobs.delete(each)

    def _json(self, target: str, name: str) -> Any:
        content = self._blobs.read(f"{target}/{name}.json")
        try:
            return None if content is None else json.loads(content)
        except ValueError:
            return None

    def _put(self, target: str, name: str, content: dict[str, Any]) -> None:
        self._blobs.write(f"{target}/{name}.json", json.dumps(content, indent=1, sort_keys=True).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _too_old(used: Version, candidate: Version) -> bool:
    """True where `used` would no longer be shown beside what `candidate` knows: then it stands in nobody's way."""
    ends = [each.manifest.get("trained_through") for each in (used, candidate)]
    return None not in ends and used.through < candidate.through - HELD_FOR


def _worse(candidate: Version, used: Version) -> bool:
    """True when the candidate's mean error is larger where both have one on the same readings, column by column.

    Where "no change" did otherwise the readings themselves were corrected since, and neither error says anything of the other.
    """
    shift = (np.datetime64(used.manifest["start"]) - np.datetime64(candidate.manifest["start"])) // np.timedelta64(7, "D")
    rows = np.arange(len(used.arrays["errors"])) + int(shift)
    inside = (rows >= 0) & (rows < len(candidate.arrays["errors"]))

    def pair(name: str) -> tuple[Array, Array]:
        new, old = (each.arrays.get(name, each.arrays["errors"]) for each in (candidate, used))
        return new[rows[inside]], old[inside]

    ours, theirs = pair("errors")
    both = ~np.isnan(ours) & ~np.isnan(theirs)
    if "baseline_errors" in candidate.arrays and "baseline_errors" in used.arrays:
        both &= np.isclose(*pair("baseline_errors"), rtol=1e-9, atol=1e-12)
    return bool(both.any() and ours[both].sum() > WORSE * theirs[both].sum())
