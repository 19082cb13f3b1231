"""The embedded engine: one SQLite file in WAL mode, safe with several processes and threads at once.

Every write is one `BEGIN IMMEDIATE` transaction, synced to disk before it returns. A record keeps its last number of the person's
sequence, so `changes` is one indexed read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from health.records import RECORD_TYPES, RawRow, Record, Rejected
from store import _decide, _verify
from store._decide import Row, at_key, rows_of, rows_text
from store._sqlite_file import MIGRATIONS, SCHEMA, SQLiteFile
from store._sqlite_notes import SQLiteNotes
from store._sqlite_rows import COLUMNS, find, keep, row_of, store_rows
from store.items import Body, dump, instant_text, rejected
from store.store import Change, GroupWrite, Outcome, Stored, SyncState, Token
from store.sync import state_of, state_text
from store.tokens import TokenBox

_PAGE = 500


class SQLiteStore(SQLiteNotes):
    """The port `Store` on one file. `keys` encrypt tokens, the first one new ones."""

    def __init__(
        self,
        path: Path,
        keys: tuple[str, ...],
        *,
        schema: int = SCHEMA,
        migrations: Mapping[int, Callable[[sqlite3.Connection], None]] = MIGRATIONS,
    ) -> None:
        self._file = SQLiteFile(path, schema=schema, migrations=migrations)
        self._box = TokenBox(keys)

    # -- records and their raw rows
    def write(self, person: str, groups: Sequence[GroupWrite], now: datetime) -> list[Outcome]:
        outcomes: list[Outcome] = []
        with self._file.write() as connection:
            for group in groups:
                old = find(connection, person, group.kind, f"{group.source}:{group.group}")
                decision = _decide.on_write(group, person, old)
                if decision.keep_raw:
                    key = (person, group.source, group.group)
                    keep(connection, "raw", key, rows_text(group.rows), any_rows=bool(group.rows))
                    keep(connection, "rejected", key, _decide.rejected_text(group), any_rows=bool(group.rejected))
                store_rows(connection, person, [decision.row] if decision.row else [], now)
                outcomes.append(decision.outcome)
        return outcomes

    def raw_groups(self, person: str, source: str, groups: Iterable[str]) -> dict[str, list[RawRow]]:
        query = 'SELECT rows FROM raw WHERE person = ? AND source = ? AND "group" = ?'
        kept: dict[str, list[RawRow]] = {}
        with self._file.read() as connection:
            for group in groups:
                if found := connection.execute(query, (person, source, group)).fetchone():
                    kept[group] = rows_of(source, group, found[0])
        return kept

    def all_raw_groups(self, person: str, source: str | None = None) -> Iterator[tuple[str, str, list[RawRow]]]:
        # Page by page: no read stays open while the caller works, which would keep the WAL from being folded in.
        query = (
            'SELECT source, "group", rows FROM raw WHERE person = ? AND (source, "group") > (?, ?) '
            'AND source = coalesce(?, source) ORDER BY source, "group" LIMIT ?'
        )
        last = ("", "")
        while True:
            with self._file.read() as connection:
                page = connection.execute(query, (person, *last, source, _PAGE)).fetchall()
            for each_source, group, text in page:
                yield each_source, group, rows_of(each_source, group, text)
            if len(page) < _PAGE:
                return
            last = (page[-1][0], page[-1][1])

    def get(self, person: str, kind: str, id: str) -> Stored | None:
        with self._file.read() as connection:
            row = find(connection, person, kind, id)
        return _stored(row) if row and row.text else None

    def bodies(self, person: str, kind: str, start: datetime | None = None, end: datetime | None = None) -> list[Body]:
        where, values = _range(start, end)
        query = f"SELECT body FROM record WHERE person = ? AND kind = ? AND body IS NOT NULL{where} ORDER BY at, id"  # noqa: S608
        with self._file.read() as connection:
            texts = [text for (text,) in connection.execute(query, (person, kind, *values))]
        bodies: list[Body] = json.loads(f"[{','.join(texts)}]")
        return bodies

    def keys(self, person: str, kind: str, source: str, start: datetime | None = None, end: datetime | None = None) -> list[str]:
        where, values = _range(start, end)
        query = (
            "SELECT native_id FROM record WHERE person = ? AND kind = ? AND body IS NOT NULL AND source = ?"  # noqa: S608
            f"{where} ORDER BY at, id"
        )
        with self._file.read() as connection:
            return [native_id for (native_id,) in connection.execute(query, (person, kind, source, *values))]

    def edit(self, person: str, record: Record, rows: Sequence[RawRow], version: int, now: datetime) -> Stored:
        key = (person, record.source, record.native_id)
        with self._file.write() as connection:
            old = find(connection, person, record.kind, record.id)
            raw = connection.execute('SELECT 1 FROM raw WHERE person = ? AND source = ? AND "group" = ?', key).fetchone()
            row = _decide.on_edit(person, record, version, old, rows=bool(rows), kept_raw=raw is not None)
            if rows:
                keep(connection, "raw", key, rows_text(rows), any_rows=True)
            if row:
                (old,) = store_rows(connection, person, [row], now)
        assert old is not None  # on_edit leaves only a record that is there
        return _stored(old)

    def delete(self, person: str, kind: str, id: str, version: int, now: datetime) -> None:
        with self._file.write() as connection:
            row = _decide.on_delete(kind, id, version, find(connection, person, kind, id))
            store_rows(connection, person, [row], now)

    def delete_source(self, person: str, source: str, now: datetime) -> int:
        query = f"SELECT {COLUMNS} FROM record WHERE person = ? AND source = ? AND (body IS NOT NULL OR overrides IS NOT NULL)"  # noqa: S608
        with self._file.write() as connection:
            rows = [row_of(each) for each in connection.execute(query, (person, source))]
            store_rows(connection, person, [_decide.tombstone(each) for each in rows], now)
            for table in ("raw", "rejected", "decision"):
                connection.execute(f"DELETE FROM {table} WHERE person = ? AND source = ?", (person, source))  # noqa: S608
        return sum(each.text is not None for each in rows)

    def changes(self, person: str, since: int, kinds: Collection[str] | None = None) -> tuple[list[Change], int]:
        wanted = sorted(RECORD_TYPES if kinds is None else kinds)
        marks = ", ".join("?" * len(wanted))
        query = f"SELECT kind, id, seq, kind IN ({marks}), CASE WHEN kind IN ({marks}) THEN body END FROM record "  # noqa: S608
        with self._file.read() as connection:
            found = connection.execute(
                f"{query}WHERE person = ? AND seq > ? ORDER BY seq", (*wanted, *wanted, person, since)
            ).fetchall()
        told = [(kind, id, seq, text) for kind, id, seq, is_wanted, text in found if is_wanted]
        changed = [Change(kind=kind, id=id, seq=seq, body=json.loads(text) if text else None) for kind, id, seq, text in told]
        return changed, found[-1][2] if found else since

    def sequence(self, person: str) -> int:
        found = self._one("SELECT seq FROM person WHERE person = ?", person)
        return int(found[0]) if found else 0

    def counts(self, person: str) -> dict[str, dict[str, int]]:
        query = (
            "SELECT source, kind, count(*) FROM record WHERE person = ? AND body IS NOT NULL "
            "GROUP BY source, kind ORDER BY source, kind"
        )
        counted: dict[str, dict[str, int]] = {}
        with self._file.read() as connection:
            for source, kind, count in connection.execute(query, (person,)):
                counted.setdefault(source, {})[kind] = count
        return counted

    # -- rejected rows
    def rejected(self, person: str, source: str | None = None) -> list[Rejected]:
        query = "SELECT rows FROM rejected WHERE person = ? AND source = coalesce(?, source)"
        with self._file.read() as connection:
            texts = [text for (text,) in connection.execute(query, (person, source))]
        every = [rejected(each) for text in texts for each in json.loads(text)]
        return sorted(every, key=lambda each: (each.source, each.group, each.row_id, each.field))

    # -- where each source stands
    def sync_state(self, person: str, source: str) -> SyncState | None:
        found = self._one("SELECT state FROM sync WHERE person = ? AND source = ?", person, source)
        return state_of(found[0]) if found else None

    def sync_states(self, person: str) -> list[SyncState]:
        with self._file.read() as connection:
            found = connection.execute("SELECT state FROM sync WHERE person = ? ORDER BY source", (person,)).fetchall()
        return [state_of(text) for (text,) in found]

    def put_sync_state(self, person: str, state: SyncState) -> None:
        self._run("INSERT OR REPLACE INTO sync (person, source, state) VALUES (?, ?, ?)", person, state.source, state_text(state))

    def delete_sync_state(self, person: str, source: str) -> None:
        self._run("DELETE FROM sync WHERE person = ? AND source = ?", person, source)

    # -- tokens, encrypted at rest
    def token(self, person: str, source: str) -> Token | None:
        found = self._one("SELECT sealed, version FROM token WHERE person = ? AND source = ?", person, source)
        return self._box.unseal(person, source, found[0], found[1]) if found else None

    def put_token(self, person: str, token: Token, expected_version: int | None) -> Token:
        sealed = self._box.seal(person, token)
        with self._file.write() as connection:
            query = "SELECT version FROM token WHERE person = ? AND source = ?"
            found = connection.execute(query, (person, token.source)).fetchone()
            version = _decide.next_token_version(found[0] if found else 0, expected_version, token.source)
            put = "INSERT OR REPLACE INTO token (person, source, sealed, version) VALUES (?, ?, ?, ?)"
            connection.execute(put, (person, token.source, sealed, version))
        return _decide.with_version(token, version)

    def delete_token(self, person: str, source: str) -> None:
        self._run("DELETE FROM token WHERE person = ? AND source = ?", person, source)

    # -- leases
    def acquire(self, name: str, owner: str, ttl: timedelta, now: datetime) -> bool:
        put = (
            "INSERT INTO lease (name, owner, expires) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET owner = excluded.owner, "
            "expires = excluded.expires WHERE owner = excluded.owner OR expires <= ?"
        )
        with self._file.write() as connection:
            values = (name, owner, at_key(instant_text(now + ttl)), at_key(instant_text(now)))
            return connection.execute(put, values).rowcount == 1

    def holder(self, name: str) -> str | None:
        found = self._one("SELECT owner FROM lease WHERE name = ?", name)
        return str(found[0]) if found else None

    def release(self, name: str, owner: str) -> None:
        self._run("DELETE FROM lease WHERE name = ? AND owner = ?", name, owner)

    # -- settings of a person
    def setting(self, person: str, key: str) -> Any | None:
        found = self._one("SELECT value FROM setting WHERE person = ? AND key = ?", person, key)
        return json.loads(found[0]) if found else None

    def put_setting(self, person: str, key: str, value: Any) -> None:
        self._run("INSERT OR REPLACE INTO setting (person, key, value) VALUES (?, ?, ?)", person, key, dump(value))

    def settings(self, person: str) -> dict[str, Any]:
        with self._file.read() as connection:
            found = connection.execute("SELECT key, value FROM setting WHERE person = ? ORDER BY key", (person,)).fetchall()
        return {key: json.loads(value) for key, value in found}

    def overrides(self, person: str) -> dict[tuple[str, str], str]:
        query = "SELECT kind, id, overrides FROM record WHERE person = ? AND overrides IS NOT NULL ORDER BY kind, id"
        with self._file.read() as connection:
            return {(kind, id): said for kind, id, said in connection.execute(query, (person,))}

    # -- life
    def create(self) -> None:
        self._file.create()

    def check(self) -> list[str]:
        with self._file.read() as connection:
            return _verify.sqlite(connection)

    def close(self) -> None:
        self._file.close()

    def _one(self, query: str, *values: Any) -> Any:
        with self._file.read() as connection:
            return connection.execute(query, values).fetchone()

    def _run(self, query: str, *values: Any) -> None:
        with self._file.write() as connection:
            connection.execute(query, values)


def _stored(row: Row) -> Stored:
    return Stored(body=json.loads(row.text or "{}"), version=row.version, seq=row.seq, overrides=row.overrides)


def _range(start: datetime | None, end: datetime | None) -> tuple[str, list[str]]:
    where = (" AND at >= ?" if start else "") + (" AND at < ?" if end else "")
    return where, [at_key(instant_text(each)) for each in (start, end) if each]
