"""A gigabyte of Apple Health: read and stored within 100 MB of memory, by a process of its own."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.bench._row import row
from tests.files.applemade import beats, export

SIZE, SMALL = 1_000_000_000, 60_000_000
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

# As one would write it in a hurry: the whole document first, then what is in it.
_CARELESS = """
import json, resource, sys
from pathlib import Path
from xml.etree import ElementTree
records = ElementTree.parse(Path(sys.argv[1]) / "export.xml").getroot().findall("Record")
print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
"""


def told(reader: str, pieces: Iterable[bytes]) -> Any:
    """What a process says that has read an export of those pieces."""
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "export.xml").open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
        command = [sys.executable, "-c", reader, folder]
        return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    error, new, rejected, seconds, peak_mb = told(_READER, export(SIZE))
    assert (error, rejected) == (None, 0)
    row("Apple Health, 1 GB: records made", new, "", at_least=15_000)
    row("Apple Health, 1 GB: read and stored", seconds, "s", digits=0)
    row("Apple Health, 1 GB: most memory of the whole process", peak_mb, "MB", LIMIT_MB, digits=0)
    error, new, rejected, _, peak_mb = told(_READER, beats(SIZE))
    assert (error, rejected) == (None, 0)
    row("Apple Health, 1 GB of heart rates alone: days made", new, "", at_least=4000)
    row("Apple Health, 1 GB of heart rates alone: most memory of the whole process", peak_mb, "MB", LIMIT_MB, digits=0)
    row("Apple Health, 60 MB: most memory of a careless reader", told(_CARELESS, export(SMALL)), "MB", digits=0, at_least=LIMIT_MB)


if __name__ == "__main__":
    main()
