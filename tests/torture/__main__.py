"""`make torture`: run every tests/torture/*_torture.py, print one JSON object a line, and fail where a number is missed.

`python -m tests.torture [NAME ...]` runs those named; `--write` (with none named) puts the figures into docs/reliability.md.
"""

import platform
import sys
from pathlib import Path

from tests.bench.__main__ import cells, run_all

HERE = Path(__file__).parent
DOC = HERE.parent.parent / "docs" / "reliability.md"
MARK = "<!-- made by python -m tests.torture --write; what stands above is written by hand -->\n"


def main(arguments: list[str]) -> int:
    only = [each for each in arguments if not each.startswith("-")]
    rows, failed = run_all(HERE, "torture", only)
    if "--write" in arguments and not only:
        DOC.write_text(DOC.read_text().split(MARK)[0] + MARK + document(rows))
    for each in failed:
        print(f"missed: {each}", file=sys.stderr)
    return 1 if failed else 0


def document(rows: list[dict]) -> str:
    head = (
        f"\nMachine: 2 cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}. "
        "A row without a limit says how much was tried.\n\n| what | measured | limit | |\n|---|---|---|---|\n"
    )
    return head + "\n".join(" | ".join(cells(row)) for row in rows) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
