"""A full disk and a read-only store while a run, an import and the inbox work: said in words, nothing half-done, on by itself."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from collectors import inbox
from collectors.importing import import_file
from collectors.leases import Lease
from collectors.source import ReadOptions
from store.sqlite import SQLiteStore
from store.store import StoreDown, StoreError
from tests.collectors.conftest import Home
from tests.fakes.withings import Withings, made_groups
from tests.store.down import READ_ONLY, down, full

LINES = b"Date,Weight (kg)\n" + b"".join(b"%d-%02d-01,80.%d\n" % (2000 + n // 12, n % 12 + 1, n % 10) for n in range(240))
WAYS = [READ_ONLY, full(0), full(3), full(12)]
OUT = {READ_ONLY: "can only be read, not written", full(0): "is full"}


def out_of(how: str) -> str:
    return OUT.get(how, "is full")


def sqlite(home: Home) -> SQLiteStore:
    assert isinstance(home.store, SQLiteStore)
    return home.store


@pytest.mark.parametrize("how", WAYS)
def test_a_run_on_it_says_so_and_the_next_one_brings_everything_once(
    home: Home, withings: Callable[..., Withings], how: str
) -> None:
    fake = withings(made_groups(int(home.at.timestamp()), days=200))
    with down(sqlite(home), how):
        result = home.collect("withings")["withings"]
    assert result.state in ("failed", "partial")
    assert out_of(how) in result.message
    assert "try again" in result.message
    assert home.store.check() == []
    home.later(hours=3)
    result = home.collect("withings")["withings"]
    assert result.state == "ok"
    assert len(home.store.bodies("me", "measurement")) == 200
    assert not fake.sign_in.authorised


def test_a_store_out_of_reach_says_nothing_of_the_sign_in(home: Home, withings: Callable[..., Withings], monkeypatch) -> None:
    withings()

    def refuse(*_: object) -> None:
        raise StoreDown("The store cannot be reached.")

    with monkeypatch.context() as patched:
        patched.setattr(home.store, "token", refuse)
        assert home.collect("withings")["withings"].state == "failed"
        with pytest.raises(StoreDown):
            home.collect()
    assert home.collect()["withings"].state == "ok"


def test_a_turn_that_could_not_be_given_back_blocks_nobody(home: Home) -> None:
    store = sqlite(home)
    first = Lease(store, "x", "a", lambda: home.at)
    assert first.take()
    with down(store, READ_ONLY):
        first.release()
    assert store.holder("x") == first.owner
    assert Lease(store, "x", "b", lambda: home.at).take()


def test_an_import_on_it_says_so_and_again_brings_everything(home: Home) -> None:
    store, options = sqlite(home), ReadOptions(zone="Europe/Berlin")
    for how in WAYS:
        with down(store, how):
            (result,) = import_file(store, "me", io.BytesIO(LINES), "weights.csv", options, home.at)
        assert result.later
        assert out_of(how) in (result.error or "")
        assert store.check() == []
    (result,) = import_file(store, "me", io.BytesIO(LINES), "weights.csv", options, home.at)
    assert (result.error, len(store.bodies("me", "measurement"))) == (None, 240)


@pytest.mark.parametrize("how", WAYS)
def test_a_file_dropped_meanwhile_is_read_by_the_next_run(home: Home, tmp_path: Path, how: str) -> None:
    store, folder = sqlite(home), tmp_path / "inbox"
    folder.mkdir()
    (folder / "weights.csv").write_bytes(LINES)
    os.utime(folder / "weights.csv", (1e9, 1e9))
    with down(store, how):
        try:
            told = inbox.read(store, "me", folder, "Europe/Berlin", home.at, "test").results[0].error
        except StoreError as error:  # where it stands could not be written down either
            told = str(error)
    assert out_of(how) in (told or "")
    assert sorted(each.name for each in folder.iterdir()) == ["done", "weights.csv"]  # no text that says it is at fault
    found = inbox.read(store, "me", folder, "Europe/Berlin", home.at + timedelta(hours=3), "test")
    assert [(each.new + each.unchanged, each.error) for each in found.results] == [(240, None)]
    assert len(store.bodies("me", "measurement")) == 240
    assert (folder / "done" / "weights.csv").exists()


def test_a_text_that_does_not_fit_leaves_no_half_of_it(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 no table")
    os.utime(folder / "photo.jpg", (1e9, 1e9))
    fdopen = os.fdopen

    def full_disk(number: int, mode: str = "r", **more: object) -> object:
        opened = fdopen(number, mode, **more)  # type: ignore[call-overload]
        if "w" not in mode:
            return opened
        opened.close()
        return open("/dev/full", "w")

    monkeypatch.setattr(os, "fdopen", full_disk)
    with pytest.raises(OSError, match="No space left"):
        inbox.read(home.store, "me", folder, "Europe/Berlin", home.at, "test")
    assert not (folder / "photo.jpg.txt").exists()
