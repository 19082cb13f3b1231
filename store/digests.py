"""Digests beside an exported file, one a line: a restore sees what a disk or a copy did to a line, and leaves out no other."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path


def beside(path: Path) -> Path:
    """The file that holds the digests of the lines of `path`."""
    return path.with_name(f"{path.name}.sums")


def of(line: bytes) -> str:
    """The digest of a line, without its end."""
    return blake2b(line.rstrip(b"\r\n"), digest_size=8).hexdigest()


def read(path: Path) -> frozenset[str] | None:
    """The digests of the lines that were written to `path`; None where there are none. Raises OSError."""
    try:
        return frozenset(beside(path).read_text(encoding="ascii", errors="replace").split())
    except FileNotFoundError:
        return None


class Checked:
    """Lines held against the digests of those that were written."""

    def __init__(self, sums: frozenset[str]) -> None:
        self._sums, self._seen = sums, set[str]()

    def written(self, line: bytes) -> bool:
        """True when the export wrote that line."""
        found = of(line)
        self._seen.add(found)
        return found in self._sums

    @property
    def missing(self) -> int:
        """How many different lines that were written have not come by."""
        return len(self._sums - self._seen)
