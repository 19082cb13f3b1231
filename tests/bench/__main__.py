"""`make bench`: run every tests/bench/*_bench.py, print one JSON object a line, and fail where a limit is missed.

`--write` puts the figures into docs/benchmarks.md. A benchmark is never a timed test: it has the machine to itself.
"""

import json
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
DOC = HERE.parent.parent / "docs" / "benchmarks.md"


def main(arguments: list[str]) -> int:
    rows, failed = run_all(HERE, "bench")
    if "--write" in arguments:
        DOC.write_text(document(rows))
    for each in failed:
        print(f"missed: {each}", file=sys.stderr)
    return 1 if failed else 0


def run_all(folder: Path, kind: str, only: list[str] | None = None) -> tuple[list[dict], list[str]]:
    """Run every `*_KIND.py` of a folder of tests (or `only` those), each in a process of its own.

    Returns the rows they printed and, in words, what failed or missed its limit.
    """
    rows, failed = [], []
    for path in sorted(folder.glob(f"*_{kind}.py")):
        if only and path.stem.removesuffix(f"_{kind}") not in only:
            continue
        module = f"tests.{folder.name}.{path.stem}"
        done = subprocess.run([sys.executable, "-m", module], stdout=subprocess.PIPE, text=True, check=False)
        for line in filter(None, done.stdout.splitlines()):
            print(line, flush=True)
            rows.append(json.loads(line))
        if done.returncode:
            failed.append(f"{path.name} exited with {done.returncode}")
    failed += [f"{row['name']}: {row['value']} {row['unit']}, limit {row['limit']}" for row in rows if not row["ok"]]
    return rows, failed


def document(rows: list[dict]) -> str:
    head = (
        "# Benchmarks\n\n"
        "Made by `python -m tests.bench --write` (`make bench` without writing), on ten years of the sample person\n"
        "unless a row says otherwise. "
        f"Machine: 2 cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}. "
        "A row without a limit is reported, not judged.\n\n| what | measured | limit | |\n|---|---|---|---|\n"
    )
    lines = [" | ".join(cells(row)) for row in rows]
    return head + "\n".join(lines) + "\n"


def cells(each: dict) -> tuple[str, ...]:
    limit = "" if each["limit"] is None else f"{each['limit']} {each['unit']}"
    return f"| {each['name']}", f"{each['value']} {each['unit']}", limit, f"{'ok' if each['ok'] else 'missed'} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
