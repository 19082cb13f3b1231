"""Statements on single rows of the SQLite file, shared by the writing and the reading side."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from store._decide import Row
from store.items import instant_text

COLUMNS = "kind, id, source, native_id, at, body, version, seq, overrides"
_NAMES = ("kind", "id", "source", "native_id", "at", "text", "version", "seq", "overrides")

_PUT = """
INSERT INTO record (person, kind, id, source, native_id, at, body, version, seq, overrides, changed_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET at = excluded.at, body = excluded.body, version = excluded.version, seq = excluded.seq,
    overrides = excluded.overrides, changed_at = excluded.changed_at
"""
_NEXT = """
INSERT INTO person (person, seq) VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = seq + excluded.seq RETURNING seq
"""


def row_of(values: Sequence[object]) -> Row:
    """The record in a row of COLUMNS."""
    return Row(**dict(zip(_NAMES, values, strict=True)))  # type: ignore[arg-type]


def find(connection: sqlite3.Connection, person: str, kind: str, id: str) -> Row | None:
    """The record or its tombstone."""
    query = f"SELECT {COLUMNS} FROM record WHERE person = ? AND kind = ? AND id = ?"  # noqa: S608  # fixed column names
    found = connection.execute(query, (person, kind, id)).fetchone()
    return row_of(found) if found else None


def store_rows(connection: sqlite3.Connection, person: str, rows: Sequence[Row], now: datetime) -> list[Row]:
    """Write records and tombstones, each under the next number of the person's sequence; the rows as stored."""
    if not rows:
        return []
    last = connection.execute(_NEXT, (person, len(rows))).fetchall()[0][0]
    numbered = [replace(row, seq=last - len(rows) + place) for place, row in enumerate(rows, 1)]
    changed = instant_text(now)
    connection.executemany(_PUT, [(person, *_values(each), changed) for each in numbered])
    return numbered


def _values(row: Row) -> list[object]:
    return [getattr(row, name) for name in _NAMES]


def keep(connection: sqlite3.Connection, table: str, key: tuple[str, str, str], text: str, *, any_rows: bool) -> None:
    """Keep the JSON rows of one group in `raw` or `rejected`, or remove them; an equal text costs no write."""
    if any_rows:
        connection.execute(
            f'INSERT INTO {table} (person, source, "group", rows) VALUES (?, ?, ?, ?) '  # noqa: S608  # one of two table names
            "ON CONFLICT DO UPDATE SET rows = excluded.rows WHERE rows <> excluded.rows",
            (*key, text),
        )
    else:
        connection.execute(f'DELETE FROM {table} WHERE person = ? AND source = ? AND "group" = ?', key)  # noqa: S608
