"""A full disk and a read-only one, under every collector, every importer, the inbox and the page: said in words, and on by itself.

The disk is a real one (tests/torture/small_disk.py), full but for so many bytes, from none to more than the work takes. After room
is made the same thing is done once more, and everything has to be there once. `python -m tests.torture.disk_torture [--few]`.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store.sqlite import SQLiteStore
from tests.bench._row import row
from tests.pages.conftest import KEYS
from tests.pages.test_store_down import weigh
from tests.torture.children import together
from tests.torture.houses import FILES, AnyHouse, Work, collectors, importers, kept, signed_in_again
from tests.torture.nursery import Ended, Nursery
from tests.torture.small_disk import disk, full, have, read_only, small_files

TIMES, SEED, SIZE_KB, MOST_LEFT = 40, 20261122, 6_000, 260_000
WORDS = ("is full", "No space left", "can only be read", "Read-only file system", "could not be read or written", "File too large")
OUT = ("make room", "writable", "try again", "tries again", "tried again", "untouched", "Nothing is lost")


def dropped() -> Work:
    """A file in the inbox, read by the scheduled run."""

    def ready(house: AnyHouse) -> None:
        place = house.folder / "inbox" / "strong.csv"
        place.parent.mkdir()
        shutil.copy(FILES / "strong_weight_unit.csv", place)
        os.utime(place, (1e9, 1e9))

    return Work("inbox", ("run", "--json"), ready, collects=False)


WORKS: dict[str, Work] = {each.name: each for each in (*collectors().values(), *importers().values(), dropped())}


@dataclass
class Bench:
    """What one process of the harness has: a folder that may be a disk of its own, and a nursery on it."""

    folder: Path
    real: bool
    nursery: Nursery = field(default_factory=Nursery)

    @contextmanager
    def housed(self, name: str) -> Iterator[tuple[AnyHouse, Any]]:
        place = Path(tempfile.mkdtemp(dir=self.folder))
        house = AnyHouse(place)
        fake = WORKS[name].ready(house)
        try:
            yield house, fake
        finally:
            if fake is not None:
                fake.stop()
            shutil.rmtree(place)

    def run(self, house: AnyHouse, name: str, careless: str = "") -> Ended:
        told_in = Path(tempfile.gettempdir())
        return self.nursery.run(house.folder, house.environ, WORKS[name].arguments, told_in=told_in, careless=careless)

    def right(self, name: str) -> dict[str, Any]:
        with self.housed(name) as (house, _):
            self.run(house, name)
            self.run(house, name)
            left = kept(house)
            assert any(left["records"].values())
            return left

    @contextmanager
    def trouble(self, place: Path, kind: str, left: int) -> Iterator[bool]:
        """The disk full but for `left` bytes, or read-only; False where that cannot be had here."""
        if kind == "read-only":
            with read_only(self.folder) if self.real else no_disk() as done:
                yield done
        elif self.real:
            with full(self.folder, left):
                yield True
        else:
            self.nursery.close()  # the limit is handed on to children alone
            with small_files(size(place) + left // 4):
                self.nursery = Nursery()
                yield True
                self.nursery.close()
            self.nursery = Nursery()


@contextmanager
def no_disk() -> Iterator[bool]:
    yield False


def size(place: Path) -> int:
    return max(each.stat().st_size for each in place.glob("f.db*"))


def wrong(bench: Bench, name: str, kind: str, left: int, right: dict[str, Any], careless: str = "") -> tuple[str, list[str]]:
    """How the work ended in that trouble (`refused`, `fitted`, or empty where it could not be tried), and what was wrong."""
    with bench.housed(name) as (house, fake):
        with bench.trouble(house.folder, kind, left) as had:
            if not had:
                return "", []
            ran = bench.run(house, name, careless)
        found = [] if ran.code in (0, 1) else [f"it ended with {ran.code}"]
        said = ran.out + ran.err
        refused = any(each in said for each in WORDS)
        if "Traceback" in said:
            found.append(f"it fell over: {said[-300:]}")
        if ran.code and not (refused and any(each in said for each in OUT)):
            found.append(f"without words or a way out: {said[-300:]}")
        store = house.store()
        found += store.check()
        store.close()
        again = bench.run(house, name)
        found += [] if again.code == 0 else [f"again: {again.err[-300:]}"]
        bench.run(house, name)
        left_now = kept(house)
        found += [f"{part} differ" for part, same in right.items() if left_now[part] != same]
        found += ["signed in again"] if signed_in_again(fake) else []
        return ("refused" if refused else "fitted"), found


def typed(bench: Bench, kind: str, left: int) -> tuple[str, list[str]]:
    """The same of weigh-ins that somebody types while the page has the store open: taken or refused, never half."""
    place = Path(tempfile.mkdtemp(dir=bench.folder))
    store = SQLiteStore(place / "f.db", KEYS)
    store.create()
    weigh(store, 0)
    store.close()  # else the disk could not be made read-only: the page opens it again
    with bench.trouble(place, kind, left) as had:
        said = [weigh(store, number) for number in range(1, 40)] if had else []
        store.close()
    found = [f"without words: {each}" for each in said if each and not any(word in each for word in OUT)] + store.check()
    if len(store.bodies("me", "measurement")) != 1 + said.count(""):
        found.append("what was said to be saved is not what is there")
    again = [weigh(store, number) for number in range(1, 40) if number > len(said) or said[number - 1]]
    if any(again) or len(store.bodies("me", "measurement")) != 40:
        found.append("what was refused did not come in again")
    store.close()
    shutil.rmtree(place)
    return ("refused" if any(said) else "fitted") if had else "", found


Found = list[tuple[str, str, str, list[str]]]  # work, kind of trouble, how it ended, what was wrong


def share(names: list[str], times: int, seed: int) -> Callable[[], tuple[bool, Found]]:
    """In a process: those works in that many troubles each; whether the disk was a real one, and what came of it."""

    def work() -> tuple[bool, Found]:
        alone, rng = have(), random.Random(seed)
        with tempfile.TemporaryDirectory() as folder, disk(Path(folder), SIZE_KB) if alone else no_disk() as real:
            bench = Bench(Path(folder), real)
            found: Found = []
            few = times if real else 4  # without a disk of one's own each trouble needs a nursery of its own
            for name in names:
                right = bench.right(name)
                found += [(name, kind, *wrong(bench, name, kind, left, right)) for kind, left in troubles(few, rng)]
                if name == "withings":
                    found += [
                        ("careless", kind, *wrong(bench, name, kind, left, right, careless="cursor"))
                        for kind, left in troubles(few, rng)
                    ]
            found += [("typed", kind, *typed(bench, kind, left)) for kind, left in troubles(few, rng)]
            bench.nursery.close()
        return real, found

    return work


def troubles(times: int, rng: random.Random) -> list[tuple[str, int]]:
    """The kinds of trouble, each with how many bytes are left."""
    return [("full", 0), *(("full", rng.randrange(MOST_LEFT)) for _ in range(times - 2)), ("read-only", 0)]


def main(few: bool) -> None:
    names = ["withings", "import strong", "inbox", "import apple"] if few else list(WORKS)
    halves = [share(names[at::2], 6 if few else TIMES, SEED + at) for at in range(2)]
    found: list[tuple[str, str, str, list[str]]] = []
    real = True
    for error, got in together(halves):
        if error:
            raise SystemExit(f"the harness failed: {error}")
        real, found = real and got[0], [*found, *got[1]]
    caught = sum(bool(complaints) for name, _, _, complaints in found if name == "careless")
    found = [each for each in found if each[0] != "careless"]
    for name, kind, how, complaints in found:
        for each in complaints:
            print(f"{name}, {kind}, {how}: {each}", file=sys.stderr)
    row("disk: a real one (1), or a limit on the size of files (0)", real, "", digits=0)
    tried = Counter((kind, how) for _, kind, how, _ in found if how)
    for kind in ("full", "read-only"):
        ours = [complaints for _, each, how, complaints in found if each == kind and how]
        row(f"disk, {kind}: works tried on it", len(ours), "", digits=0)
        row(f"disk, {kind}: of them refused in words, with the way out", tried[(kind, "refused")], "", digits=0)
        row(f"disk, {kind}: half-written, lost, doubled, fallen over or not going on by itself", sum(map(bool, ours)), "", 0, 0)
    row("disk, full: a careless collector, caught", caught, "", digits=0, at_least=1)


if __name__ == "__main__":
    main("--few" in sys.argv)
