"""The SQLite file itself: made by two at once, older, newer, somebody else's, damaged."""

from __future__ import annotations

import gc
import multiprocessing
import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from store._sqlite_file import SCHEMA, _Connection
from store.sqlite import SQLiteStore
from store.store import StoreError, StoreTooNew
from tests.store.made import KEYS, ME, NOW, reject, weigh_in, write_of

SCHEMAS = Path(__file__).parents[1] / "fixtures" / "schema"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "fitboard.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    made = SQLiteStore(path, KEYS)
    made.create()
    yield made
    made.close()


def _first_start(path: Path, name: str, start: threading.Barrier) -> None:
    start.wait(30)
    store = SQLiteStore(path, KEYS)
    store.create()
    store.put_setting(ME, name, True)
    store.close()


def test_two_processes_make_an_empty_folder_into_one_store_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    folders = [tmp_path / str(n) / "fitboard.db" for n in range(40)]
    start = spawn.Barrier(2)
    workers = [spawn.Process(target=_start_each, args=(folders, name, start)) for name in ("web", "clock")]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)
    assert [each.exitcode for each in workers] == [0, 0]
    for each in folders:
        store = SQLiteStore(each, KEYS)
        assert store.settings(ME) == {"clock": True, "web": True}
        assert store.check() == []
        store.close()


def _start_each(folders: list[Path], name: str, start: threading.Barrier) -> None:
    for each in folders:
        _first_start(each, name, start)


def test_the_file_is_durable_write_ahead_and_its_owners_alone(store: SQLiteStore, path: Path) -> None:
    store.write(ME, [write_of(weigh_in())], NOW)
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}
    with store._file.read() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def _die_in_a_write(path: Path, half: threading.Event) -> None:
    store = SQLiteStore(path, KEYS)
    with store._file.write() as connection:
        connection.execute("DELETE FROM record")
        half.set()
        threading.Event().wait()


def test_a_process_killed_in_a_write_leaves_what_was_there(store: SQLiteStore, path: Path) -> None:
    store.write(ME, [write_of(weigh_in())], NOW)
    spawn = multiprocessing.get_context("spawn")
    half = spawn.Event()
    worker = spawn.Process(target=_die_in_a_write, args=(path, half))
    worker.start()
    assert half.wait(30)
    worker.kill()
    worker.join(30)
    assert len(store.bodies(ME, "measurement")) == 1
    assert store.write(ME, [write_of(weigh_in("2"))], NOW) == ["new"]


def test_a_store_of_every_past_schema_opens_with_all_it_held(tmp_path: Path) -> None:
    kept = sorted(SCHEMAS.glob("schema-*.db"))
    assert [each.name for each in kept] == [f"schema-{n}.db" for n in range(1, SCHEMA + 1)]
    for each in kept:
        path = Path(shutil.copy(each, tmp_path))
        store = SQLiteStore(path, KEYS)
        store.create()
        assert store.check() == []
        assert store.counts(ME) == {"app": {"measurement": 1}, "strong": {"workout": 1}, "withings_api": {"measurement": 1}}
        assert store.sequence(ME) == 7
        assert store.get(ME, "measurement", "app:1").body["body_mass_kg"] == 79
        assert store.rejected(ME) == [reject("strong", "s")]
        assert list(store.overrides(ME)) == [("activity", "strava_api:r")]
        assert store.sync_state(ME, "withings").cursor == {"lastupdate": 1}
        assert store.token(ME, "withings").access == "a"
        assert store.setting(ME, "units") == {"mass": "lb"}
        assert [group for _, group, _ in store.all_raw_groups(ME)] == ["1", "r", "s", "1"]
        store.close()


def _add_column(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE setting ADD COLUMN note TEXT")


def _add_and_fail(connection: sqlite3.Connection) -> None:
    _add_column(connection)
    connection.execute("no statement at all")


def _schema_of(path: Path) -> tuple[int, bool]:
    connection = sqlite3.connect(path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    columns = [each[1] for each in connection.execute("PRAGMA table_info(setting)")]
    connection.close()
    return version, "note" in columns


def test_an_older_schema_is_brought_up_whole_or_not_at_all(store: SQLiteStore, path: Path) -> None:
    store.put_setting(ME, "a", 1)
    store.close()
    broken = SQLiteStore(path, KEYS, schema=SCHEMA + 2, migrations={SCHEMA: _add_column, SCHEMA + 1: _add_and_fail})
    with pytest.raises(StoreError, match="untouched"):
        broken.create()
    broken.close()
    assert _schema_of(path) == (SCHEMA, False)
    newer = SQLiteStore(path, KEYS, schema=SCHEMA + 1, migrations={SCHEMA: _add_column})
    newer.create()
    newer.create()
    assert newer.setting(ME, "a") == 1
    newer.close()
    assert _schema_of(path) == (SCHEMA + 1, True)


def test_a_newer_schema_is_refused_and_left_as_it_is(store: SQLiteStore, path: Path) -> None:
    with store._file.write() as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    store.close()
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match="newer Fitboard"):
        store.create()
    store.close()
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [0, SCHEMA])
def test_a_file_of_another_program_is_refused_and_left_as_it_is(path: Path, version: int) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE record (theirs TEXT)")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    before = path.read_bytes()
    store = SQLiteStore(path, KEYS)
    with pytest.raises(StoreError, match="another program"):
        store.create()
    store.close()
    assert path.read_bytes() == before


def test_what_is_no_database_or_no_place_is_said_in_words(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.write_text("date,weight\n" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        SQLiteStore(path, KEYS).create()
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(StoreError, match="could not be opened"):
        SQLiteStore(blocked / "fitboard.db", KEYS).create()
    with pytest.raises(StoreError, match="python -m store create"):
        SQLiteStore(tmp_path / "missing.db", KEYS).sequence(ME)
    assert not (tmp_path / "missing.db").exists()


def test_a_writer_waits_for_another_and_threads_may_end(store: SQLiteStore) -> None:
    inside, done = threading.Event(), []

    def slow() -> None:
        with store._file.write():
            inside.set()
            waiting.wait(0.2)

    def second() -> None:
        inside.wait(10)
        store.put_setting(ME, "second", 1)
        done.append(True)

    waiting = threading.Event()
    threads = [threading.Thread(target=slow), threading.Thread(target=second)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert done == [True]
    del threads, each
    gc.collect()  # a connection and its statement cache hold each other
    assert len(store._file._open) == 0  # an ended thread leaves no open file behind


def test_check_finds_what_is_wrong(store: SQLiteStore) -> None:
    store.write(ME, [write_of(weigh_in(str(n)), rejected=(reject("withings_api", str(n)),)) for n in range(6)], NOW)
    assert store.check() == []
    spoil = [
        "UPDATE record SET body = '{' WHERE native_id = '0'",
        "UPDATE record SET body = replace(body, '80.5', '-1') WHERE native_id = '1'",
        "UPDATE record SET at = '1999' WHERE native_id = '2'",
        "UPDATE record SET seq = 9 WHERE native_id = '3'",
        """UPDATE raw SET rows = '[{"data":1}]' WHERE "group" = '4'""",
        """UPDATE rejected SET rows = '' WHERE "group" = '5'""",
    ]
    for number, statement in enumerate(spoil, 1):
        with store._file.write() as connection:
            assert connection.execute(statement).rowcount == 1
        assert len(store.check()) == number, statement
    assert all(each.endswith(".") for each in store.check())


def test_a_name_with_half_a_character_is_refused_in_words(store: SQLiteStore) -> None:
    with pytest.raises(StoreError, match="half a character"):
        store.write(ME, [write_of(weigh_in("\ud800"))], NOW)


def test_a_connection_that_could_not_be_set_up_is_closed_at_once(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """An open file takes its room on a full disk for as long as it is open, also when it has been removed."""
    store.close()
    closed: list[sqlite3.Connection] = []

    def full(self: sqlite3.Connection, statement: str, *values: object) -> sqlite3.Cursor:
        if statement.startswith("PRAGMA synchronous"):
            raise sqlite3.OperationalError("database or disk is full")
        return sqlite3.Connection.execute(self, statement, *values)

    monkeypatch.setattr(_Connection, "execute", full)
    monkeypatch.setattr(_Connection, "close", lambda self: closed.append(self) or sqlite3.Connection.close(self))
    with pytest.raises(StoreError) as raised:  # whoever holds the error holds its frames, and all that is in them
        store.bodies(ME, "measurement")
    assert len(closed) == 1
    assert raised.value.__cause__ is not None
