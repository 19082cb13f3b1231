"""A backup of 100,000 records: the same bytes after a restore, each flipped byte noticed, a killed restore goes on.

`python -m tests.torture.backup_torture [--few]`.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from health.records import Measurement, RawRow
from store import digests
from store.items import instant_text
from store.store import GroupWrite, Store
from tests.bench._row import row
from tests.torture.houses import AnyHouse

RECORDS, FLIPS, KILLS, SEED = 100_000, 1_000, 20, 20261122
START = datetime(2000, 1, 1, tzinfo=UTC)


def fill(store: Store, count: int) -> None:
    """That many weigh-ins, an hour apart, each with the row it came from."""
    for start in range(0, count, 1000):
        store.write("me", [_group(n) for n in range(start, min(start + 1000, count))], START)


def _group(n: int) -> GroupWrite:
    at = START + timedelta(hours=n)
    kg = Decimal(60_000 + n * 7919 % 40_000) / 1000
    made = Measurement(person="me", source="weight_csv", native_id=f"{n}", at=at, zone="Europe/Berlin", values={"body_mass_kg": kg})
    raw = RawRow(source="weight_csv", group=f"{n}", row_id="1", data={"Date": instant_text(at), "Weight": str(kg)})
    return GroupWrite(source="weight_csv", group=f"{n}", kind="measurement", rows=[raw], record=made)


def sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def command(house: AnyHouse, *arguments: str) -> int:
    process = house.popen(*arguments, module="store")
    _, err = process.communicate(timeout=900)
    if process.returncode and "lines" not in err:
        print(err[-500:], file=sys.stderr)
    return process.returncode


def by_digest(path: Path) -> Callable[[bytes], bool]:
    """Whether a line is one that was written, as `restore` asks it."""
    sums = digests.read(path)
    assert sums is not None
    return lambda line: digests.of(line) in sums


def by_shape(_: Path) -> Callable[[bytes], bool]:
    """Whether a line is some record: all that a careless restore asks."""

    def good(line: bytes) -> bool:
        try:
            return isinstance(json.loads(line), dict)
        except ValueError:
            return False

    return good


def flipped(path: Path, flips: int, asked: Callable[[Path], Callable[[bytes], bool]] = by_digest) -> int:
    """How many of so many flips of one byte each go unnoticed."""
    good = asked(path)
    rng = random.Random(SEED)
    whole = bytearray(path.read_bytes())
    unnoticed = 0
    for _ in range(flips):
        at = rng.randrange(len(whole))
        old = whole[at]
        whole[at] ^= 1 << rng.randrange(8)
        start, end = whole.rfind(b"\n", 0, at) + 1, whole.find(b"\n", at + 1)
        # A flipped line end joins two lines, one flipped into being parts one: either way what stands there was not written.
        lines = bytes(whole[start : end if end >= 0 else len(whole)]).split(b"\n")
        unnoticed += all(good(each) for each in lines)
        whole[at] = old
    return unnoticed


def main(few: bool) -> None:
    records, flips, kills = (2_000, 100, 2) if few else (RECORDS, FLIPS, KILLS)
    with TemporaryDirectory() as one:
        house = AnyHouse(Path(one))
        store = house.store()
        fill(store, records)
        store.close()
        out = Path(one) / "all.jsonl"
        command(house, "export", "--out", str(out))
        row("backup: records", len(out.read_bytes().splitlines()), "", digits=0, at_least=records)
        row("backup: flipped bytes", flips, "", digits=0)
        row("backup: flipped bytes not noticed", flipped(out, flips), "", 0, 0)
        row("backup: flipped bytes that a careless restore takes", flipped(out, flips, by_shape), "", digits=0, at_least=1)
        row("backup: exports that differ after a restore", restored(out), "", 0, 0)
        row("backup: restores killed", kills, "", digits=0)
        row("backup: killed restores that did not go on to the same bytes", killed(out, kills), "", 0, 0)


def restored(out: Path) -> int:
    with TemporaryDirectory() as other:
        house = AnyHouse(Path(other))
        again = Path(other) / "again.jsonl"
        codes = command(house, "restore", str(out)), command(house, "export", "--out", str(again))
        return int(codes != (0, 0) or sha(again) != sha(out))


def killed(out: Path, kills: int) -> int:
    """One store that is restored into, killed at so many random moments, and restored to the end."""
    with TemporaryDirectory() as other:
        house = AnyHouse(Path(other))
        rng = random.Random(SEED)
        began = time.monotonic()
        command(house, "restore", str(out))
        took_s = time.monotonic() - began
        for each in Path(other).glob("f.db*"):
            os.remove(each)
        house = AnyHouse(Path(other))
        for _ in range(kills):
            process = house.popen("restore", str(out), module="store")
            try:
                process.communicate(timeout=rng.uniform(0, took_s))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        again = Path(other) / "again.jsonl"
        codes = command(house, "restore", str(out)), command(house, "export", "--out", str(again))
        return int(codes != (0, 0) or sha(again) != sha(out))


if __name__ == "__main__":
    main("--few" in sys.argv)
