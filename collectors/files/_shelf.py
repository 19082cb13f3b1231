"""Where readings wait that are told in no order and are too many for the memory: by kind and two words more, in a temporary file.

SQLite's own temporary database: it has no name, is gone with the process, and holds little in memory (sqlite.org/inmemorydb.html).
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from itertools import groupby

_ODD = "surrogatepass"  # a name may hold what is no text
_IN_MEMORY = 2_000_000  # bytes that wait before they go to the file
_SETUP = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000;
CREATE TABLE waiting (kind TEXT, one BLOB, other BLOB, part INTEGER, held BLOB, PRIMARY KEY (kind, one, other, part)) WITHOUT ROWID
"""

Key = tuple[str, str, str]


class Shelf:
    """Bytes by (kind, one word, another: a day and an app). Raises OSError where the temporary file cannot be written."""

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        self._most, self._held, self._parts = in_memory, 0, 0
        self._waiting: dict[Key, bytearray] = {}
        self._file: sqlite3.Connection | None = None

    def add(self, kind: str, one: str, other: str, content: bytes) -> None:
        """Put `content` behind what waits under that key."""
        self._waiting.setdefault((kind, one, other), bytearray()).extend(content)
        self._held += len(content)
        if self._held > self._most:
            self._put_away()

    def items(self, kind: str) -> Iterator[tuple[str, str, bytes]]:
        """(one word, the other, all that was added under them), in the order of both."""
        try:
            if self._file is None:
                for (_, one, other), held in sorted(each for each in self._waiting.items() if each[0][0] == kind):
                    yield one, other, bytes(held)
                return
            self._put_away()
            query = "SELECT one, other, held FROM waiting WHERE kind = ? ORDER BY one, other, part"
            for (one, other), parts in groupby(self._file.execute(query, (kind,)), lambda row: (row[0], row[1])):
                yield one.decode(errors=_ODD), other.decode(errors=_ODD), b"".join(part[2] for part in parts)
        except sqlite3.Error as error:
            raise _no_room(error) from None

    def close(self) -> None:
        """Forget all of it."""
        self._waiting.clear()
        if self._file is not None:
            self._file.close()

    def _put_away(self) -> None:
        self._parts += 1
        rows = (
            (kind, one.encode(errors=_ODD), other.encode(errors=_ODD), self._parts, held)
            for (kind, one, other), held in self._waiting.items()
        )
        try:
            if self._file is None:
                self._file = sqlite3.connect("", isolation_level=None)
                self._file.executescript(_SETUP)
            self._file.execute("BEGIN")
            self._file.executemany("INSERT INTO waiting VALUES (?, ?, ?, ?, ?)", rows)
            self._file.execute("COMMIT")
        except sqlite3.Error as error:
            raise _no_room(error) from None
        self._waiting.clear()
        self._held = 0


def _no_room(error: sqlite3.Error) -> OSError:
    return OSError(errno.ENOSPC, f"no room for a temporary file ({error})")
