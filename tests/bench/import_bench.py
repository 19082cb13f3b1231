"""50,000 sets of a Strong export into an empty ledger, and the same file again."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import perf_counter

from collectors.importing import import_file
from collectors.source import ReadOptions
from store.open import open_store
from tests.bench._row import row

SETS, PER_SESSION = 50_000, 20
LIMIT_S = 20
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LIFTS = ("Squat (Barbell)", "Bench Press (Barbell)", "Deadlift (Barbell)", "Overhead Press (Barbell)", "Chin Up")


def lines() -> Iterator[str]:
    """Sessions every other day, five lifts of four sets, the load creeping up."""
    yield "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE"
    for number in range(SETS):
        session, place = divmod(number, PER_SESSION)
        start = datetime(2012, 1, 1, 18) + timedelta(days=2 * session)
        lift, order = LIFTS[place // 4], place % 4 + 1
        yield f'{start},"Session {session % 3}",1h 5m,"{lift}",{order},{60 + session / 100:.2f},{5 + place % 4},0,0,"","",'


def main() -> None:
    data = "\n".join(lines()).encode() + b"\n"
    options = ReadOptions(zone="Europe/Berlin", units="kg")
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("sqlite:bench.db", ("k" * 32,), folder=Path(folder))
        for what in ("first import of 50,000 sets", "import of the same 50,000 sets again"):
            start = perf_counter()
            (result,) = import_file(store, "me", BytesIO(data), "strong.csv", options, NOW)
            row(what, perf_counter() - start, "s", LIMIT_S)
            assert (result.error, result.rejected) == (None, 0)
        store.close()


if __name__ == "__main__":
    main()
