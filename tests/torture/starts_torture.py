"""Forty cold starts: both processes of the product at once on an empty folder, none fails, and both end when told.

`python -m tests.torture.starts_torture [--few]`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench._row import row
from tests.product import running
from tests.torture.children import together

STARTS = 40


def started(starts: int) -> Callable[[], int]:
    """In a process: that many starts one after the other; how many failed."""

    def work() -> int:
        return sum(not starts_and_ends(n) for n in range(starts))

    return work


def starts_and_ends(number: int, more: Mapping[str, str] | None = None) -> bool:
    with TemporaryDirectory() as folder:
        try:
            with running.product(Path(folder), more) as product:
                status, _ = product.get("/")
                time.sleep(1.5)  # the clock has opened the store by then; where one of the two fails, both end
                return status == 200 and product.process.poll() is None
        except (AssertionError, OSError) as error:
            print(f"start {number}: {error}", file=sys.stderr)
            return False


def main(few: bool) -> None:
    half = 2 if few else STARTS // 2
    found = together([started(half)] * 2)  # two at once: most of a start is waiting
    row("cold starts of both processes", 2 * half, "", digits=0)
    row("cold starts that failed", sum(half if error else failed for error, failed in found), "", 0, 0)
    row(
        "cold starts on a store that cannot be: noticed",
        not starts_and_ends(0, {"FITBOARD_STORE": "sqlite:/dev/null/f.db"}),
        "",
        at_least=1,
    )


if __name__ == "__main__":
    main("--few" in sys.argv)
