"""`make torture`: run every tests/torture/*_torture.py, print one JSON object a line, and fail where a number is missed.

`python -m tests.torture [NAME ...]` runs those named. `--write` puts the figures of each into docs/reliability.md once it has
ended, in the place of its last ones.
"""

import platform
import re
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

from tests.bench.__main__ import cells, run_all

HERE = Path(__file__).parent
DOC = HERE.parent.parent / "docs" / "reliability.md"
MARK = "<!-- made by python -m tests.torture --write; what stands above is written by hand -->\n"


def main(arguments: list[str]) -> int:
    known = [path.stem.removesuffix("_torture") for path in sorted(HERE.glob("*_torture.py"))]
    only = [each for each in arguments if not each.startswith("-")]
    if strange := [each for each in only if each not in known]:
        print(f"There is no module {strange[0]!r}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    missed = []
    for name in only or known:
        began = time.monotonic()
        rows, failed = run_all(HERE, "torture", [name])
        missed += failed
        if "--write" in arguments:
            now = datetime.now(UTC).date()
            DOC.write_text(with_section(DOC.read_text(), name, section(rows, time.monotonic() - began, now), known))
    for each in missed:
        print(f"missed: {each}", file=sys.stderr)
    return 1 if missed else 0


def section(rows: list[dict], took_s: float, on: date) -> str:
    """What a whole run of a module measured, as a table."""
    machine = f"2 cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    head = f"{took_s:.0f} s on {on} ({machine}). A row without a limit says how much was tried.\n\n| what | measured | limit | |\n"
    return head + "|---|---|---|---|\n" + "\n".join(" | ".join(cells(row)) for row in rows) + "\n"


def with_section(text: str, name: str, made: str, known: list[str]) -> str:
    """The document with that module's figures in the place of its last ones; figures of modules that are no more go."""
    above, _, below = text.partition(MARK)
    held = dict(re.findall(r"^### (\w+)\n\n(.*?\n)(?=\n### |\Z)", below, flags=re.DOTALL | re.MULTILINE)) | {name: made}
    return above + MARK + "".join(f"\n### {each}\n\n{held[each]}" for each in known if each in held)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
