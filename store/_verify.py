"""What `python -m store check` looks for. Each finding is one sentence; none means that all is well."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator

from health.records import RecordError
from store._decide import Row, at_key, rows_of
from store._sqlite_rows import COLUMNS, row_of
from store.decisions import decision_body, decision_of
from store.items import body, dump, raw_body, record, rejected, rejected_body


def sqlite(connection: sqlite3.Connection) -> list[str]:
    """The findings of an SQLite file."""
    found = [f"The file is damaged: {text}." for (text,) in connection.execute("PRAGMA integrity_check") if text != "ok"]
    people = dict(connection.execute("SELECT person, seq FROM person"))
    for person in sorted(people | dict(connection.execute("SELECT DISTINCT person, 0 FROM record"))):
        query = f"SELECT {COLUMNS} FROM record WHERE person = ? ORDER BY kind, id"  # noqa: S608
        found += of_records(person, (row_of(each) for each in connection.execute(query, (person,))), people.get(person, 0))
    for source, group, text in connection.execute('SELECT source, "group", rows FROM raw ORDER BY person, source, "group"'):
        found += of_raw(source, group, text)
    for source, group, text in connection.execute('SELECT source, "group", rows FROM rejected ORDER BY person, source, "group"'):
        found += of_rejected(source, group, text)
    for source, row_id, text in connection.execute("SELECT source, row_id, body FROM decision ORDER BY person, source, row_id"):
        found += of_decision(f"{source}:{row_id}", text)
    return found


def of_records(person: str, rows: Iterable[Row], sequence: int) -> Iterator[str]:
    """Bodies that are no records, keys that are not their body's, numbers twice or beyond the sequence."""
    numbers: set[int] = set()
    for row in rows:
        name = f"{person}'s {row.kind} {row.id}"
        if wrong := _wrong_body(person, row):
            yield f"{name} {wrong}."
        if row.seq in numbers or not 0 < row.seq <= sequence:
            yield f"{name} has the number {row.seq}, which is taken or beyond the last one ({sequence})."
        numbers.add(row.seq)


def of_raw(source: str, group: str, text: str) -> Iterator[str]:
    """Raw rows that do not read back as they are."""
    try:
        rows = rows_of(source, group, text)
    except (ValueError, KeyError, TypeError) as error:
        yield f"The raw rows of {source}:{group} cannot be read ({error})."
        return
    if not rows or dump([raw_body(row) for row in rows]) != text:
        yield f"The raw rows of {source}:{group} do not read back as they were kept."


def of_rejected(source: str, group: str, text: str) -> Iterator[str]:
    """Rejected rows that do not read back as they are."""
    try:
        rows = [rejected(each) for each in json.loads(text)]
    except (ValueError, KeyError, TypeError) as error:
        yield f"The rejected rows of {source}:{group} cannot be read ({error})."
        return
    if dump([rejected_body(row) for row in rows]) != text:
        yield f"The rejected rows of {source}:{group} do not read back as they were kept."


def of_decision(name: str, text: str) -> Iterator[str]:
    """A decision on a row set aside that does not read back as it is."""
    try:
        back = dump(decision_body(json.loads(text)["person"], decision_of(text)))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"The decision on {name} cannot be read ({error})."
        return
    if back != text:
        yield f"The decision on {name} does not read back as it was kept."


def _wrong_body(person: str, row: Row) -> str | None:
    if row.text is None:
        return None
    try:
        stored = json.loads(row.text)
        back = body(record(stored))
    except (RecordError, ValueError, KeyError, TypeError) as error:
        return f"cannot be read ({error})"
    if back != stored:
        return "does not read back as it was stored"
    if (person, row.kind, row.id, row.at) != (stored["person"], stored["kind"], stored["id"], at_key(stored["at"])):
        return "is kept under a key that is not its own"
    return None
