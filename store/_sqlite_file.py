"""The SQLite file: connections, schema and migrations. Nothing here knows what a record is."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from store.store import StoreDown, StoreError, StoreTooNew

SCHEMA = 2
APPLICATION_ID = 0x46425244  # "FBRD": a file that is somebody else's is never touched
BUSY_S = 30.0
_LEAST_FREE = 1 << 20
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_IO = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
# What may be over when it is asked again; the rest (a damaged file, a statement that is wrong) will not be.
_FOR_NOW = _IO | {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

TABLES = """
CREATE TABLE record (
    person TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, native_id TEXT NOT NULL,
    at TEXT NOT NULL, body TEXT, version INTEGER NOT NULL, seq INTEGER NOT NULL, overrides TEXT, changed_at TEXT NOT NULL,
    PRIMARY KEY (person, kind, id)
);
CREATE INDEX record_at ON record (person, kind, at, id) WHERE body IS NOT NULL;
CREATE INDEX record_seq ON record (person, seq);
CREATE TABLE raw (
    person TEXT NOT NULL, source TEXT NOT NULL, "group" TEXT NOT NULL, rows TEXT NOT NULL,
    PRIMARY KEY (person, source, "group")
);
CREATE TABLE rejected (
    person TEXT NOT NULL, source TEXT NOT NULL, "group" TEXT NOT NULL, rows TEXT NOT NULL,
    PRIMARY KEY (person, source, "group")
);
CREATE TABLE person (person TEXT PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TABLE sync (person TEXT NOT NULL, source TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (person, source));
CREATE TABLE token (
    person TEXT NOT NULL, source TEXT NOT NULL, sealed TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (person, source)
);
CREATE TABLE setting (person TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (person, key));
CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires TEXT NOT NULL);
"""
_NOTES = """
CREATE TABLE decision (
    person TEXT NOT NULL, source TEXT NOT NULL, row_id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (person, source, row_id)
);
CREATE TABLE run (
    person TEXT NOT NULL, source TEXT NOT NULL, began TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (person, source, began)
);
"""


def _add_notes(connection: sqlite3.Connection) -> None:
    for statement in _NOTES.split(";"):
        connection.execute(statement)


# From each schema to the next, run inside one transaction. A test opens a kept file of every past schema.
MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {1: _add_notes}


class _Connection(sqlite3.Connection):
    """A connection that can be referred to weakly, so that one whose thread ended is closed with it."""

    def __del__(self) -> None:
        # Python closes it as well; from 3.13 on it also complains that nobody did.
        with suppress(sqlite3.ProgrammingError):  # it never came to be open
            self.close()


class SQLiteFile:
    """One file, a connection for each thread. `schema` and `migrations` are arguments for the tests of migration itself."""

    def __init__(
        self,
        path: Path,
        *,
        schema: int = SCHEMA,
        migrations: Mapping[int, Callable[[sqlite3.Connection], None]] = MIGRATIONS,
    ) -> None:
        self.path = path
        self._schema, self._migrations = schema, migrations
        self._local = threading.local()
        self._open: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self._lock = threading.Lock()

    def create(self) -> None:
        """Make folder, file and schema, or bring an older schema up to date. Raises StoreTooNew, StoreError."""
        with _explained(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # The file holds a person's health: readable by its owner alone. SQLite gives its side files the same mode.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = self._connect()
            try:
                if not self._is_current(connection):
                    _write_ahead(connection)
                    connection.execute("BEGIN IMMEDIATE")
                    self._migrate(connection)
                    connection.execute("COMMIT")
            finally:
                connection.close()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection on which everything read is of one moment."""
        with _explained(self.path):
            connection = self._mine()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone among writers; on disk when the block ends, undone when it raises."""
        with _explained(self.path):
            connection = self._mine()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every thread's connection. The next use opens new ones."""
        with self._lock:
            connections, self._open = list(self._open), weakref.WeakSet()
            self._local = threading.local()
        for each in connections:
            each.close()

    def _mine(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            if not self.path.exists():
                raise StoreError(f"There is no store at {self.path}: run `python -m store create`.")
            connection = self._connect()
            self._local.connection = connection
        return connection

    def _connect(self) -> _Connection:
        # check_same_thread: close() may come from another thread; otherwise each thread keeps to its own.
        connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False, factory=_Connection)
        try:
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error:  # it would stay open for as long as somebody looks at the error
            connection.close()
            raise
        with self._lock:
            self._open.add(connection)
        return connection

    def _is_current(self, connection: sqlite3.Connection) -> bool:
        version = _pragma(connection, "user_version")
        if version > self._schema:
            raise StoreTooNew(
                f"{self.path} was written by a newer Fitboard (schema {version}, this one knows {self._schema}). "
                "Nothing was touched: start the newer version."
            )
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and _pragma(connection, "application_id") != APPLICATION_ID:
            raise StoreError(f"{self.path} is a database of another program. Nothing was touched: choose another FITBOARD_STORE.")
        return bool(version == self._schema and _pragma(connection, "journal_mode") == "wal")

    def _migrate(self, connection: sqlite3.Connection) -> None:
        if not self._is_current(connection) and _pragma(connection, "user_version") == 0:
            for statement in (TABLES + _NOTES).split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
        for version in range(_pragma(connection, "user_version"), self._schema):
            self._migrations[version](connection)
            connection.execute(f"PRAGMA user_version = {version + 1}")


def _pragma(connection: sqlite3.Connection, name: str) -> Any:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def _write_ahead(connection: sqlite3.Connection) -> None:
    # Changing the journal mode needs the file alone and does not wait for it as a transaction would.
    deadline = monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or monotonic() > deadline:
                raise
            sleep(0.02)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _down(path, error) from error
    except OSError as error:
        why = _why(path, error.errno in _NO_ROOM, error.errno in _READ_ONLY)
        raise StoreDown(why or f"{path} could not be opened: {error.strerror or error}.") from error
    except UnicodeEncodeError as error:
        raise StoreError(f"A name holds half a character and cannot be stored: {error.object!r}.") from error


def _down(path: Path, error: sqlite3.Error) -> StoreError:
    """What SQLite refused, in words, with the way out where there is one."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the higher bits only tell more of the same
    full = code == sqlite3.SQLITE_FULL or (code in _IO and _is_full(path))
    why = _why(path, full, code == sqlite3.SQLITE_READONLY or (code in _IO and not os.access(path.parent, os.W_OK)))
    if why is None:
        why = f"{path} could not be read or written ({error}). What was stored before is untouched."
    return (StoreDown if code in _FOR_NOW else StoreError)(why)


def _why(path: Path, full: bool, read_only: bool) -> str | None:
    if full:
        return f"The disk that holds {path} is full. What was stored before is untouched: make room on it, then try again."
    if read_only:
        return (
            f"{path} can only be read, not written. What was stored before is untouched: make the file, its folder and its disk "
            "writable for the user that Fitboard runs as, then try again."
        )
    return None


def _is_full(path: Path) -> bool:
    """Whether so little room is left that SQLite's own side files do not fit: it then speaks of an I/O error."""
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_FREE
    except OSError:
        return False
