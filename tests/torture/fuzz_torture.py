"""10,000 spoilt files and twenty bombs: the import says what is wrong, in 5 seconds and 256 MB at most, and never falls over.

Every file of tests/fixtures/files is a seed: bits flipped, pieces cut, doubled, swapped, hostile values put in, packed.
`python -m tests.torture.fuzz_torture [--few]`.
"""

from __future__ import annotations

import gzip
import io
import random
import resource
import sys
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from collectors.importing import FileResult, import_file
from collectors.source import ReadOptions
from store.sqlite import SQLiteStore
from tests.bench._row import row
from tests.files.reading import zipped
from tests.torture.children import together
from tests.torture.houses import FILES

FUZZED, A_CHILD, SEED = 10_000, 250, 20261122
MOST_S, MOST_MB = 5.0, 256.0
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOSTILE = (
    b"NaN", b"inf", b"-inf", b"1e400", b"9" * 39, b"82,5", b"1.234,5", "٣".encode(), b"", b'"', b"\x00", b"\xff\xfe", b"-1", b"0",
    b"=1+1", b"2024-02-30", b"1900-01-01", b"9999-12-31T23:59:59Z", b"0000-00-00", b"\n", b";", b",", b"\xf0\x9f\x8f\x8b",
)  # fmt: skip
Result = tuple[str, float, float]  # what went wrong, seconds of the processor, MB
_DIED: Result = ("died", 0.0, 0.0)
Reader = Callable[[SQLiteStore, str, bytes], list[FileResult]]


def spoilt(seed: bytes, rng: random.Random) -> bytes:
    """One file gone wrong."""
    data = bytearray(seed)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.randint(1, 64))
        what = rng.randrange(7)
        if what == 0 and data:
            data[min(at, len(data) - 1)] ^= 1 << rng.randrange(8)
        elif what == 1:
            del data[at:end]
        elif what == 2:
            data[at:at] = data[at:end] * rng.randint(1, 40)
        elif what == 3:
            data[at:end] = rng.choice(HOSTILE)
        elif what == 4:
            data = data[:at]
        elif what == 5:
            data[at:end] = rng.randbytes(end - at)
        else:
            lines = data.split(b"\n")
            rng.shuffle(lines)
            data = bytearray(b"\n".join(lines))
    whole = bytes(data)
    packed = rng.random()
    return zipped({"a.csv": whole}) if packed < 0.05 else gzip.compress(whole) if packed < 0.1 else whole


def bombs() -> Iterator[tuple[str, bytes]]:
    """Small files that want to be large, deep or endless."""
    zeros = bytes(300_000_000)
    packed = gzip.compress(zeros, 9)
    one = zipped({"strong.csv": zeros})
    yield "gzip of 300 MB", packed
    yield "gzip in gzip", gzip.compress(packed)
    yield "zip of 300 MB", one
    yield "zip in zip", zipped({"a.zip": one})
    yield "zip of twenty thousand", zipped({f"{n}.csv": b"nothing\n" for n in range(20_000)})
    yield "zip with a way out", zipped({"../../out.csv": b"Date,Weight\n2024-01-01,80\n"})
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield "a billion laughs", f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><HealthData>&l9;</HealthData>'.encode()
    yield (
        "an outer entity",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><HealthData>&e;</HealthData>',
    )
    yield "a deep GPX", b'<gpx version="1.1">' + b"<trk>" * 200_000
    yield "a deep TCX", b"<TrainingCenterDatabase>" + b"<Activities>" * 200_000
    yield "a deep Apple export", b"<HealthData>" + b"<Record>" * 200_000
    yield "one endless line", b"Date,Weight\n" + b"2" * 50_000_000
    yield "one endless cell", b'Date,Weight\n"' + b"a" * 50_000_000
    yield "a million columns", b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n"
    yield "a million quotes", b"Date,Weight\n" + b'"' * 1_000_000
    yield "only nulls", bytes(20_000_000)
    yield "only newlines", b"\n" * 20_000_000
    yield "a number without end", b"Date,Weight\n2024-01-01," + b"9" * 5_000_000 + b"\n"
    yield "an exponent", b"Date,Weight\n2024-01-01,1e999999999\n"
    yield "a long attribute", b'<gpx version="1.1" creator="' + b"a" * 50_000_000 + b'"/>'


def importing(store: SQLiteStore, name: str, content: bytes) -> list[FileResult]:
    """What the product makes of a file."""
    return import_file(store, "me", io.BytesIO(content), name, ReadOptions(zone="Europe/Berlin", units="kg"), NOW)


def carelessly(_store: SQLiteStore, _name: str, content: bytes) -> list[FileResult]:
    """A reader that unpacks what it is given and splits it into lines."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(each) for each in archive.namelist())
    elif content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    return [FileResult(file="", error=f"{len(content.splitlines())} lines")]


def tried(files: list[tuple[str, bytes]], read: Reader = importing) -> Callable[[], list[Result]]:
    """In a process: import each, and say what went wrong, how long it took, and how much memory it needed more than before."""

    def work() -> list[Result]:
        with TemporaryDirectory() as folder:
            store = SQLiteStore(Path(folder) / "f.db", ("fuzz-key-0123456789-0123456789-0123",))
            store.create()
            found = [one(store, name, content, read) for name, content in files]
            store.close()
        return found

    return work


def one(store: SQLiteStore, name: str, content: bytes, read: Reader = importing) -> Result:
    """What goes wrong with a file, and what it costs of the processor: what else a busy machine does says nothing about it."""
    wrong, before, began = "", _peak_mb(), time.process_time()
    try:
        results = read(store, name, content)
        wrong = "" if results and all(each.format or each.error for each in results) else "said nothing"
    except Exception:  # whatever it is, it is what this is about
        wrong = traceback.format_exc(limit=-3)
    return wrong, time.process_time() - began, _peak_mb() - before


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(name: str, files: list[tuple[str, bytes]], a_child: int) -> None:
    results: list[tuple[str, Result]] = []
    for start in range(0, len(files), 2 * a_child):
        parts = [files[at : at + a_child] for at in (start, start + a_child) if at < len(files)]
        for part, (error, got) in zip(parts, together([tried(each) for each in parts]), strict=True):
            results += zip([each for each, _ in part], got or [(error, 0.0, 0.0)] * len(part), strict=True)
    for which, (wrong, took_s, grew_mb) in results:
        if wrong or took_s > MOST_S or grew_mb > MOST_MB:
            print(f"{which}: {took_s:.1f} s, {grew_mb:.0f} MB more. {wrong}", file=sys.stderr)
    row(f"{name}: tried", len(results), "", digits=0)
    row(f"{name}: fell over", sum(bool(wrong) for _, (wrong, _, _) in results), "", 0, 0)
    row(f"{name}: longest", max(took_s for _, (_, took_s, _) in results), "s", MOST_S, 2)
    row(f"{name}: most memory more than before", max(grew for _, (_, _, grew) in results), "MB", MOST_MB, 0)


def main(few: bool) -> None:
    rng = random.Random(SEED)
    seeds = [(each.name, each.read_bytes()) for each in sorted(FILES.iterdir())]
    chosen = [rng.choice(seeds) for _ in range(300 if few else FUZZED)]
    report("spoilt files", [(name, spoilt(content, rng)) for name, content in chosen], A_CHILD)
    every = [(f"bomb: {name}", content) for name, content in bombs()]
    report("bombs", every, 1)
    careless = [result for each in every[:4] for _, got in together([tried([each], carelessly)]) for result in got or [_DIED]]
    over = sum(bool(wrong) or took_s > MOST_S or grew_mb > MOST_MB for wrong, took_s, grew_mb in careless)
    row("bombs: over the limits with a careless reader, of four", over, "", digits=0, at_least=1)


if __name__ == "__main__":
    main("--few" in sys.argv)
