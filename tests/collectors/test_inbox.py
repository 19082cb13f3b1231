"""The inbox: read once, moved, told in words what is wrong, left while it is written, and never outside the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors import importing, inbox
from collectors.inbox import Read
from store.open import open_store
from store.store import Store

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD = b"Date,Weight (kg)\n2025-01-01,80.5\n2025-01-02,80.4\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store("sqlite:ledger.db", ("k" * 32,), folder=tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data" / "inbox"
    made.mkdir(parents=True)
    return made


def drop(folder: Path, name: str, data: bytes = GOOD, *, ago_s: float = 3600) -> Path:
    path = folder / name
    path.write_bytes(data)
    at = NOW.timestamp() - ago_s
    os.utime(path, (at, at))
    return path


def look(store: Store, folder: Path, later_s: float = 0) -> Read:
    return inbox.read(store, "me", folder, "Europe/Berlin", NOW + timedelta(seconds=later_s), "test")


def test_a_file_is_read_once_and_moved(store: Store, folder: Path) -> None:
    drop(folder, "weights.csv")
    found = look(store, folder)
    assert [(each.file, each.new, each.error) for each in found.results] == [("weights.csv", 2, None)]
    assert sorted(path.name for path in folder.rglob("*")) == ["done", "weights.csv"]
    assert (folder / "done" / "weights.csv").read_bytes() == GOOD
    assert look(store, folder) == Read()
    stands = store.sync_state("me", "inbox")
    assert stands is not None
    assert (stands.state, stands.last_success, stands.counts["new"]) == ("ok", NOW, 2)
    drop(folder, "weights.csv")
    assert look(store, folder).results[0].unchanged == 2
    assert (folder / "done" / "weights (2).csv").exists()


def test_one_that_cannot_be_read_stays_and_a_text_says_why(store: Store, folder: Path) -> None:
    path = drop(folder, "photo.jpg", b"\xff\xd8\xff\xe0 no table")
    found = look(store, folder)
    assert found.failed == ("photo.jpg",)
    said = (folder / "photo.jpg.txt").read_text()
    assert "photo.jpg is no table" in said
    assert oct((folder / "photo.jpg.txt").stat().st_mode)[-3:] == "600"
    assert look(store, folder, 7200) == Read(failed=("photo.jpg",))  # not tried again, still told
    stands = store.sync_state("me", "inbox")
    assert stands is not None
    assert (stands.state, stands.message) == ("failed", "Could not be read: photo.jpg. A text beside each says why.")
    path.write_bytes(GOOD)
    os.utime(path, (NOW.timestamp() + 1e9, NOW.timestamp() + 1e9))
    look(store, folder, 7200)  # seen to be changed, and newer than a minute: left
    assert look(store, folder, 7300).results[0].new == 2
    assert sorted(path.name for path in folder.iterdir()) == ["done"]
    assert store.sync_state("me", "inbox").state == "ok"  # type: ignore[union-attr]


def test_one_that_is_still_written_is_left_until_it_stands_still(store: Store, folder: Path) -> None:
    drop(folder, "new.csv", GOOD[:30], ago_s=5)
    assert look(store, folder) == Read(waiting=("new.csv",))
    drop(folder, "new.csv", GOOD, ago_s=1)
    assert look(store, folder, 2).waiting == ("new.csv",)
    assert look(store, folder, 10).results[0].new == 2


def test_one_that_grows_while_it_is_read_is_read_again(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop(folder, "slow.csv", GOOD[:-16])
    whole = importing.import_file

    def growing(*arguments: object, **more: object) -> object:
        told = whole(*arguments, **more)  # type: ignore[arg-type]
        drop(folder, "slow.csv", GOOD, ago_s=1800)
        return told

    with monkeypatch.context() as patched:
        patched.setattr(inbox, "import_file", growing)
        assert look(store, folder).waiting == ("slow.csv",)
    assert path.exists()
    assert look(store, folder).results[0].new == 1
    assert len(store.bodies("me", "measurement")) == 2


def test_links_hidden_files_and_folders_are_left_alone(store: Store, folder: Path, tmp_path: Path) -> None:
    outside = drop(tmp_path, "secret.csv")
    (folder / "link.csv").symlink_to(outside)
    (folder / ".deep").mkdir()
    drop(folder / ".deep", "deep.csv")
    drop(folder, ".part.csv")
    assert look(store, folder) == Read()
    assert store.sync_state("me", "inbox") is None
    assert outside.read_bytes() == GOOD
    victim = drop(tmp_path, "victim.txt", b"keep me")
    drop(folder, "bad.bin", b"\x00\x01")
    (folder / "bad.bin.txt").symlink_to(victim)
    assert look(store, folder).failed == ("bad.bin",)
    assert victim.read_bytes() == b"keep me"
    assert not (folder / "bad.bin.txt").is_symlink()


def test_a_folder_is_left_alone_and_that_is_said_until_it_is_gone(store: Store, folder: Path) -> None:
    (folder / "unpacked").mkdir()
    deep = drop(folder / "unpacked", "deep.csv")
    drop(folder, "weights.csv")
    found = look(store, folder)
    assert (found.folders, [each.new for each in found.results]) == (("unpacked",), [2])
    stands = store.sync_state("me", "inbox")
    assert stands is not None
    assert (stands.state, stands.message) == (
        "ok", "Not looked into: unpacked. Put what is in a folder into the inbox itself, or make a ZIP of it.",
    )  # fmt: skip
    deep.unlink()
    deep.parent.rmdir()
    look(store, folder)
    stands = store.sync_state("me", "inbox")
    assert stands is not None
    assert stands.message == ""


def test_a_done_folder_that_is_a_link_is_refused(store: Store, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "done").symlink_to(tmp_path / "elsewhere")
    drop(folder, "weights.csv")
    with pytest.raises(OSError, match="is a link"):
        look(store, folder)
    assert (folder / "weights.csv").exists()


def test_two_runs_do_not_read_it_both(store: Store, folder: Path) -> None:
    drop(folder, "weights.csv")
    assert store.acquire("inbox", "another", timedelta(minutes=5), NOW)
    assert look(store, folder) == Read()
    assert (folder / "weights.csv").exists()
