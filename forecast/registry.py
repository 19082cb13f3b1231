"""Trained forecasts by version: plain arrays (.npz, never pickled), a JSON manifest beside them, the current and the previous one.

FOLDER/body_mass_kg/2026-11-15-3fa9c1d2.npz     what it says of the weeks ahead, and its error at every past origin
FOLDER/body_mass_kg/2026-11-15-3fa9c1d2.json    data hash, code, settings, trained through, scores
FOLDER/body_mass_kg/current.json                {"current": "2026-11-15-3fa9c1d2", "previous": "2026-11-08-77b01e9a"}
FOLDER/body_mass_kg/trained.json                {"at": "2026-11-16T00:00:41+00:00"}: the last training, whatever came of it
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from forecast.model import Array

Outcome = Literal["promoted", "unchanged", "kept_previous"]
WORSE = 1.005  # a candidate may err this much more than what is in use, on the origins both were tried on


class RegistryError(Exception):
    """The registry cannot do what was asked; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """One trained forecast. `arrays` holds at least `errors` (W, n), a row for each week from `start` on, NaN where not scored."""

    target: str
    name: str
    manifest: dict[str, Any]
    arrays: dict[str, Array]


class Registry:
    """Versions in a folder, which is made on the first save. One writer at a time; readers always see whole files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def targets(self) -> list[str]:
        """The targets something was trained for."""
        return sorted(each.parent.name for each in self._folder.glob("*/current.json"))

    def pointers(self, target: str) -> dict[str, str | None]:
        """The names of the current and the previous version; None each where there is none."""
        path = self._folder / target / "current.json"
        if not path.exists():
            return {"current": None, "previous": None}
        found = json.loads(path.read_text())
        return {"current": found["current"], "previous": found["previous"]}

    def load(self, target: str, name: str) -> Version:
        """That version. Raises RegistryError when it is not there or not whole."""
        place = self._folder / target / name
        try:
            manifest = json.loads(place.with_suffix(".json").read_text())
            with np.load(place.with_suffix(".npz"), allow_pickle=False) as file:
                arrays = {key: file[key] for key in file.files}
        except (OSError, ValueError, KeyError) as error:
            raise RegistryError(f"The version {name} of {target} cannot be read ({error}). Train again.") from None
        return Version(target=target, name=name, manifest=manifest, arrays=arrays)

    def current(self, target: str) -> Version | None:
        """The version in use."""
        name = self.pointers(target)["current"]
        return None if name is None else self.load(target, name)

    def submit(self, candidate: Version) -> Outcome:
        """Keep `candidate`, and put it in use unless it does worse than what is in use where both were tried."""
        used = self.current(candidate.target)
        if used is not None and used.name == candidate.name:
            return "unchanged"
        self._write(candidate)
        if used is not None and _worse(candidate, used):
            return "kept_previous"
        self._point(candidate.target, candidate.name, used.name if used else None)
        return "promoted"

    def holds(self, target: str, name: str) -> bool:
        """True when that version was made before, in use or not."""
        return (self._folder / target / f"{name}.json").exists()

    def note(self, target: str, at: datetime) -> None:
        """Remember that it was trained at `at` (UTC)."""
        place = self._folder / target / "trained.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        _replace(place, {"at": at.isoformat()})

    def trained_since(self, target: str, at: datetime) -> bool:
        """True when it was trained at `at` or later; a note that cannot be read is none."""
        try:
            noted = datetime.fromisoformat(json.loads((self._folder / target / "trained.json").read_text())["at"])
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return noted.tzinfo is not None and noted >= at

    def rollback(self, target: str) -> str:
        """Put the previous version back in use; its name. Raises RegistryError when there is none."""
        names = self.pointers(target)
        if names["previous"] is None:
            raise RegistryError(f"There is no earlier version of {target} to go back to.")
        self.load(target, names["previous"])
        self._point(target, names["previous"], names["current"])
        return names["previous"]

    def _write(self, version: Version) -> None:
        place = self._folder / version.target / version.name
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_suffix(".draft.npz")
        with draft.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **version.arrays)
        os.replace(draft, place.with_suffix(".npz"))
        _replace(place.with_suffix(".json"), version.manifest)

    def _point(self, target: str, current: str, previous: str | None) -> None:
        _replace(self._folder / target / "current.json", {"current": current, "previous": previous})


def _replace(path: Path, content: dict[str, Any]) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(content, indent=1, sort_keys=True))
    os.replace(draft, path)


def _worse(candidate: Version, used: Version) -> bool:
    """True when the candidate's mean error is larger where both have one, column by column as they stand."""
    shift = (np.datetime64(used.manifest["start"]) - np.datetime64(candidate.manifest["start"])) // np.timedelta64(7, "D")
    new, old = candidate.arrays["errors"], used.arrays["errors"]
    rows = np.arange(len(old)) + int(shift)
    inside = (rows >= 0) & (rows < len(new))
    ours, theirs = new[rows[inside]], old[inside]
    both = ~np.isnan(ours) & ~np.isnan(theirs)
    return bool(both.any() and ours[both].sum() > WORSE * theirs[both].sum())
