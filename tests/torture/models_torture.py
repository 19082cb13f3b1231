"""A training killed with SIGKILL at any moment, again and again, while readers look: each sees a whole version, every time."""

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from forecast.registry import KEPT, Registry, RegistryError
from store.blobs_folder import FolderBlobs
from tests.bench._row import row

ROOT = Path(__file__).resolve().parents[2]
KILLS = 200
# Versions that say of every number in them which they are: parts of two would show.
_TRAINER = """
import sys
from pathlib import Path
import numpy as np
from forecast.registry import Registry, Version
from store.blobs_folder import FolderBlobs
registry, at = Registry(FolderBlobs(Path(sys.argv[1]))), int(sys.argv[2])
print("ready", flush=True)
while True:
    at += 1
    manifest = {"start": "2023-01-02", "trained_through": "2024-01-07", "number": at}
    arrays = {"errors": np.full((1, 1), 1e9 / at), "all": np.full(40_000, float(at))}
    registry.submit(Version(target="body_mass_kg", name=f"{at:09d}", manifest=manifest, arrays=arrays))
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


def main() -> None:
    rng = random.Random(0)
    lost = broken = looks = newest = stuck = 0
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(FolderBlobs(Path(folder)))
        for _ in range(KILLS):
            command = [sys.executable, "-c", _TRAINER, folder, str(newest)]
            child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            child.stdout.readline()
            until = time.monotonic() + rng.uniform(0, 0.15)
            while time.monotonic() < until:
                number, wrong = looked(registry)
                looks, broken, lost = looks + 1, broken + wrong, lost + (number < newest)
                newest = max(newest, number)
            child.send_signal(signal.SIGKILL)
            child.wait()
            number, wrong = looked(registry)
            broken, lost, newest = broken + wrong, lost + (number < newest), max(newest, number)
            stuck += no_way_back(registry)
        kept = len([each for each in FolderBlobs(Path(folder)).names() if each.endswith(".npz")])
    row("trainings killed with SIGKILL", KILLS, "")
    row("versions put in use meanwhile", newest, "", at_least=KILLS // 4)  # how many depends on what else the machine does
    row("looks at the version in use while they trained", looks, "", at_least=KILLS)
    row("looks that saw a version that was not whole", broken, "", 0)
    row("looks that saw an older version than one before", lost, "", 0)
    row("kills after which the version before could not be gone back to", stuck, "", 0)
    row("versions left in the folder at the end", kept, "", KEPT + 3)


if __name__ == "__main__":
    main()
