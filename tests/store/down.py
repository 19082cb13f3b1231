"""A store that is really full or really read-only, without a disk that is: SQLite's own limits on each of its connections."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from store._sqlite_file import _Connection
from store.sqlite import SQLiteStore

READ_ONLY = "PRAGMA query_only = ON"


def full(spare_pages: int) -> str:
    """For `down`: so many pages of 4 KB may still be used."""
    return f"full {spare_pages}"


@contextmanager
def down(store: SQLiteStore, how: str) -> Iterator[None]:
    """While the block runs, every connection of that store is as `how` says (`READ_ONLY` or `full(n)`)."""
    file = store._file
    connect = file._connect

    def limited() -> _Connection:
        connection = connect()
        if how == READ_ONLY:
            sqlite3.Connection.execute(connection, how)
        else:
            pages = sqlite3.Connection.execute(connection, "PRAGMA page_count").fetchone()[0]
            sqlite3.Connection.execute(connection, f"PRAGMA max_page_count = {pages + int(how.split()[1])}")
        return connection

    store.close()
    file._connect = limited  # type: ignore[method-assign]
    try:
        yield
    finally:
        store.close()
        file._connect = connect  # type: ignore[method-assign]
