"""Forty cold starts: both processes of the product at once on an empty folder, none fails, and both end when told.

`python -m tests.torture.starts_torture [--few]`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench._row import row
from tests.product import running

STARTS = 40


def main(few: bool) -> None:
    starts, failed = (3 if few else STARTS), 0
    for n in range(starts):
        with TemporaryDirectory() as folder:
            try:
                with running.product(Path(folder)) as product:
                    status, _ = product.get("/")
                    time.sleep(1.5)  # the clock has opened the store by then; where one of the two fails, both end
                    failed += status != 200 or product.process.poll() is not None
            except (AssertionError, OSError) as error:
                failed += 1
                print(f"start {n}: {error}", file=sys.stderr)
    row("cold starts of both processes", starts, "", digits=0)
    row("cold starts that failed", failed, "", 0, 0)


if __name__ == "__main__":
    main("--few" in sys.argv)
