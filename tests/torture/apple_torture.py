"""A gigabyte of Apple Health: read and stored within 100 MB of memory, by a process of its own."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench._row import row
from tests.files.applemade import export

SIZE = 1_000_000_000
LIMIT_MB = 100
ROOT = Path(__file__).resolve().parents[2]
_READER = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from collectors.importing import import_file
from collectors.source import ReadOptions
from store.open import open_store
store = open_store("sqlite:big.db", ("k" * 32,), folder=Path(sys.argv[1]))
path, begun = Path(sys.argv[1]) / "export.xml", perf_counter()
(result,) = import_file(store, "me", path, path.name, ReadOptions(zone="Europe/Berlin"), datetime(2026, 11, 22, tzinfo=UTC))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([result.error, result.new, result.rejected, perf_counter() - begun, peak]))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "export.xml").open("wb") as stream:
            for piece in export(SIZE):
                stream.write(piece)
        command = [sys.executable, "-c", _READER, folder]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    error, new, rejected, seconds, peak_mb = json.loads(told)
    assert (error, rejected) == (None, 0)
    row("Apple Health, 1 GB: records made", new, "", at_least=15_000)
    row("Apple Health, 1 GB: read and stored", seconds, "s", digits=0)
    row("Apple Health, 1 GB: most memory of the whole process", peak_mb, "MB", LIMIT_MB, digits=0)


if __name__ == "__main__":
    main()
