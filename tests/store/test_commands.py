"""`python -m store` as a person and a script use it."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from store.__main__ import main
from store.sqlite import SQLiteStore
from tests.emulator import CREDENTIALS
from tests.store.made import KEYS, ME, NOW, run, weigh_in, write_of

pytest_plugins = ["tests.conftest_dynamodb"]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the working folder, with settings of its own."""
    monkeypatch.chdir(tmp_path)
    for name in [each for each in os.environ if each.startswith(("FITBOARD_", "AWS_", "DYNO"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FITBOARD_ZONE", "Europe/Berlin")
    monkeypatch.setenv("FITBOARD_SECRET_KEY", KEYS[0])
    return tmp_path


@pytest.fixture
def filled(home: Path) -> SQLiteStore:
    store = SQLiteStore(home / "data" / "fitboard.db", KEYS)
    store.create()
    store.write(ME, [write_of(weigh_in()), write_of(run("r"))], NOW)
    store.close()
    return store


def last(text: str) -> Any:
    return json.loads(text.splitlines()[-1])


def test_export_to_a_file_is_whole_private_and_replaces(filled: SQLiteStore, home: Path, capsys: Any) -> None:
    out = home / "ledger.jsonl"
    out.write_text("old")
    assert main(["export", "--out", str(out), "--json"]) == 0
    assert last(capsys.readouterr().out) == {"lines": 2, "file": str(out)}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [json.loads(line)["kind"] for line in out.read_text().splitlines()] == ["activity", "measurement"]
    assert sorted(each.name for each in home.iterdir()) == ["data", "ledger.jsonl", "ledger.jsonl.sums"]


def test_a_failed_export_leaves_the_file_that_was_there(filled: SQLiteStore, home: Path, capsys: Any) -> None:
    out = home / "ledger.jsonl"
    out.write_text("old")
    (home / "data" / "fitboard.db").write_text("x" * 5000)
    for side in ("-wal", "-shm"):
        (home / "data" / f"fitboard.db{side}").unlink(missing_ok=True)
    assert main(["export", "--out", str(out)]) == 1
    assert out.read_text() == "old"
    assert len(list(home.iterdir())) == 2
    assert "not a database" in capsys.readouterr().err
    assert main(["export", "--out", str(home / "no" / "such" / "folder")]) == 1


def test_restore_into_an_empty_store_and_again(filled: SQLiteStore, home: Path, monkeypatch: Any, capsysbinary: Any) -> None:
    assert main(["export"]) == 0
    lines = capsysbinary.readouterr().out
    (home / "ledger.jsonl").write_bytes(lines)
    monkeypatch.setenv("FITBOARD_STORE", "sqlite:other/fitboard.db")
    for new in (2, 0):
        assert main(["restore", "ledger.jsonl", "--json"]) == 0
        result = last(capsysbinary.readouterr().out.decode())
        assert (result["lines"], result["new"], result["unchanged"], result["wrong"]) == (2, new, 2 - new, [])
    assert main(["export"]) == 0
    assert capsysbinary.readouterr().out == lines


def test_a_line_that_the_export_did_not_write_is_left_out(filled: SQLiteStore, home: Path, capsys: Any) -> None:
    assert main(["export", "--out", "all.jsonl"]) == 0
    whole = Path("all.jsonl").read_bytes()
    Path("all.jsonl").write_bytes(whole.replace(b'"body_mass_kg":', b'"body_mass_kg":1', 1))
    assert main(["restore", "all.jsonl", "--json"]) == 1
    said = capsys.readouterr()
    assert "all.jsonl, line 2: is not what the export wrote" in said.err
    assert last(said.out)["unchanged"] == 1
    assert main(["restore", "all.jsonl", "--changed", "--json"]) == 0
    assert last(capsys.readouterr().out)["changed"] == 1
    Path("all.jsonl").write_bytes(whole[: whole.index(b"\n") + 1])
    assert main(["restore", "all.jsonl"]) == 1
    assert "1 lines that the export wrote are not in it any more" in capsys.readouterr().err
    Path("all.jsonl").write_bytes(whole)
    assert main(["restore", "all.jsonl"]) == 0


def test_restore_names_the_wrong_line_and_exits_1(home: Path, capsys: Any) -> None:
    (home / "ledger.jsonl").write_text('{"kind":"setting","id":"a","person":"me","value":1}\n{"kind":"setti')
    assert main(["restore", "ledger.jsonl", "--json"]) == 1
    told = capsys.readouterr()
    assert "ledger.jsonl, line 2: is no JSON" in told.err
    assert last(told.out)["settings"] == 1
    assert main(["restore", "missing.jsonl"]) == 1
    assert "missing.jsonl" in capsys.readouterr().err


def test_check_says_what_is_wrong_and_exits_1(filled: SQLiteStore, capsys: Any) -> None:
    assert main(["check", "--json"]) == 0
    assert last(capsys.readouterr().out) == {"ok": True, "findings": []}
    with filled._file.write() as connection:
        connection.execute("UPDATE record SET body = '{}' WHERE kind = 'activity'")
    filled.close()
    assert main(["check", "--json"]) == 1
    told = capsys.readouterr()
    assert "activity strava_api:r" in told.err
    assert last(told.out)["ok"] is False


def test_wrong_use_exits_2(home: Path, monkeypatch: Any, capsys: Any) -> None:
    for wrong in ([], ["forget"], ["restore"], ["export", "--kind", "token"]):
        with pytest.raises(SystemExit) as left:
            main(wrong)
        assert left.value.code == 2
    monkeypatch.setenv("FITBOARD_STORE", "postgres:x")
    assert main(["create"]) == 2
    assert "FITBOARD_STORE" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["create", "export", "restore", "check"])
def test_every_command_has_help(command: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_a_reader_that_stops_early_is_no_traceback(filled: SQLiteStore, home: Path) -> None:
    filled.write(ME, [write_of(weigh_in(str(n)), "y" * 2000) for n in range(2, 200)], NOW)
    filled.close()
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-m", "store", "export"], cwd=home, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == 1


def test_dynamodb_needs_create_once(home: Path, endpoint: str, monkeypatch: Any, capsys: Any) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
    monkeypatch.setenv("FITBOARD_STORE", "dynamodb:commands")
    assert main(["check"]) == 1
    assert "python -m store create" in capsys.readouterr().err
    for _ in range(2):
        assert main(["create", "--json"]) == 0
        assert last(capsys.readouterr().out) == {"store": "dynamodb:commands"}
    assert main(["check"]) == 0
    (home / "a.jsonl").write_text('{"kind":"setting","id":"a","person":"me","value":1}\n')
    assert main(["restore", "a.jsonl"]) == 0
    assert main(["export", "--out", "b.jsonl"]) == 0
    assert (home / "b.jsonl").read_text() == (home / "a.jsonl").read_text()


@pytest.mark.parametrize("table", ["record", "raw"])
def test_an_export_names_what_is_damaged(filled: SQLiteStore, home: Path, capsys: Any, table: str) -> None:
    column = {"record": "body", "raw": "rows"}[table]
    with closing(sqlite3.connect(home / "data" / "fitboard.db")) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = '{{broken' WHERE source = 'strava_api'")
    assert main(["export", "--out", str(home / "out.jsonl")]) == 1
    said = capsys.readouterr().err
    assert "strava_api:r" in said
    assert "Traceback" not in said
    assert not (home / "out.jsonl").exists()
