"""A training killed with SIGKILL at any moment, again and again, while readers look: each sees a whole version, every time."""

import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from forecast.registry import KEPT, Registry, RegistryError
from store.blobs_folder import FolderBlobs
from tests.bench._row import row

ROOT = Path(__file__).resolve().parents[2]
KILLS, FEW = 200, 20
# Versions that say of every number in them which they are: parts of two would show.
_TRAINER = """
import sys
from pathlib import Path
import numpy as np
from forecast.registry import Registry, Version
from store.blobs_folder import FolderBlobs
BEFORE
registry, at = Registry(FolderBlobs(Path(sys.argv[1]))), int(sys.argv[2])
print("ready", flush=True)
while True:
    at += 1
    manifest = {"start": "2023-01-02", "trained_through": "2024-01-07", "number": at}
    arrays = {"errors": np.full((1, 1), 1e9 / at), "all": np.full(40_000, float(at))}
    registry.submit(Version(target="body_mass_kg", name=f"{at:09d}", manifest=manifest, arrays=arrays))
"""

# As one would write it in a hurry: files are written where they stand, and one is pointed at before it is there.
_CARELESS = """
def write_in_place(self, name, content):
    path = Path(sys.argv[1]) / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
def point_first(self, candidate):
    self._point(candidate.target, Pointers(current=candidate.name, previous=self.pointers(candidate.target).current))
    self._write(candidate)
from forecast.registry import Pointers
FolderBlobs.write, Registry.submit = write_in_place, point_first
"""


def looked(registry: Registry) -> tuple[int, int]:
    """The number of the version in use (0: none), and 1 where it is not whole."""
    try:
        found = registry.current("body_mass_kg")
    except RegistryError:  # it went while it was read: two trainings further on. What is in use then must be whole.
        try:
            found = registry.current("body_mass_kg")
        except RegistryError:
            return 0, 1
    if found is None:
        return 0, 0
    number = int(found.manifest["number"])
    return number, int(not (found.arrays["all"] == number).all())


def no_way_back(registry: Registry) -> int:
    """1 where the version before cannot be gone back to, now that nobody writes."""
    before = registry.pointers("body_mass_kg").previous
    if before is None:
        return 0
    try:
        found = registry.load("body_mass_kg", before)
    except RegistryError:
        return 1
    return int(not (found.arrays["all"] == found.manifest["number"]).all())


@dataclass
class Seen:
    """What the looks of a whole trial saw."""

    looks: int = 0
    broken: int = 0
    older: int = 0
    newest: int = 0
    stuck: int = 0
    kept: int = 0

    def look(self, registry: Registry) -> None:
        number, wrong = looked(registry)
        self.looks, self.broken, self.older = self.looks + 1, self.broken + wrong, self.older + (number < self.newest)
        self.newest = max(self.newest, number)


def trainings(kills: int, before: str = "") -> Seen:
    """So many trainings killed one after the other; `before` is what each does before it begins."""
    rng, seen = random.Random(0), Seen()
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(FolderBlobs(Path(folder)))
        for _ in range(kills):
            command = [sys.executable, "-c", _TRAINER.replace("BEFORE", before), folder, str(seen.newest)]
            child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            child.stdout.readline()
            until = time.monotonic() + rng.uniform(0, 0.15)
            while time.monotonic() < until:
                seen.look(registry)
            child.send_signal(signal.SIGKILL)
            child.wait()
            seen.look(registry)
            seen.stuck += no_way_back(registry)
        seen.kept = len([each for each in FolderBlobs(Path(folder)).names() if each.endswith(".npz")])
    return seen


def main() -> None:
    seen = trainings(KILLS)
    row("trainings killed with SIGKILL", KILLS, "")
    row("versions put in use meanwhile", seen.newest, "", at_least=KILLS // 4)  # how many depends on what else the machine does
    row("looks at the version in use while they trained", seen.looks, "", at_least=KILLS)
    row("looks that saw a version that was not whole", seen.broken, "", 0)
    row("looks that saw an older version than one before", seen.older, "", 0)
    row("kills after which the version before could not be gone back to", seen.stuck, "", 0)
    row("versions left in the folder at the end", seen.kept, "", KEPT + 3)
    row("looks that saw a version of a careless training that was not whole", trainings(FEW, _CARELESS).broken, "", at_least=1)


if __name__ == "__main__":
    main()
