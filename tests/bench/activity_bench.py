"""Recorded activities of 3,000 points each into an empty ledger: how many a second, and the memory over 1,000 of them."""

import resource
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import perf_counter

from collectors.importing import import_file
from collectors.source import ReadOptions
from store.open import open_store
from store.store import Store
from tests.bench._row import row
from tests.fixtures import recorded

POINTS, EACH, MANY = 3_000, 50, 1_000
LEAST_A_SECOND = 10
MOST_GROWTH_MB = 16
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
OPTIONS = ReadOptions(zone="Europe/Berlin")
MAKE = {
    "fit": lambda start: recorded.fit_run(POINTS - 1, start),
    "gpx": lambda start: recorded.gpx(recorded.gpx_track(range(POINTS), start)),
    "tcx": lambda start: recorded.tcx(list(range(POINTS)), start),
}


def begin(number: int) -> datetime:
    return recorded.START + timedelta(days=number)


def keep(store: Store, data: bytes, name: str) -> float:
    """Import one file; the seconds it took."""
    start = perf_counter()
    (result,) = import_file(store, "me", BytesIO(data), name, OPTIONS, NOW)
    assert (result.error, result.new, result.series, result.rejected) == (None, 1, 1, 0), result
    return perf_counter() - start


def rates(store: Store) -> None:
    for kind, make in MAKE.items():
        took = sum(keep(store, make(begin(number)), f"{number}.{kind}") for number in range(EACH))
        row(
            f"{kind.upper()} files of 3,000 points imported a second",
            EACH / took,
            "files",
            digits=1,
            at_least=LEAST_A_SECOND if kind != "tcx" else None,
        )


def memory(store: Store) -> None:
    """The highest memory of the process after the first hundred files and after a thousand: it may not follow their number."""
    first = 0.0
    for number in range(MANY):
        kind = "fit" if number % 4 else "gpx"
        keep(store, MAKE[kind](begin(EACH + number)), f"{number}.{kind}")
        if number == MANY // 10:
            first = peak_mb()
    row("highest memory while 1,000 activities are imported", peak_mb(), "MB", digits=0)
    row("of which after the first hundred", peak_mb() - first, "MB", MOST_GROWTH_MB, digits=1)


def peak_mb() -> float:
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 2**20 if sys.platform == "darwin" else size / 2**10


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("sqlite:bench.db", ("k" * 32,), folder=Path(folder))
        rates(store)
        memory(store)
        store.close()


if __name__ == "__main__":
    main()
