"""A full disk, a read-only store and one out of reach, as somebody at the page meets them: told what to do, nothing half-saved."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard import entries, uploads
from dashboard.logcalls import after
from dashboard.uploads import UploadError, Uploads
from store.sqlite import SQLiteStore
from store.store import StoreDown
from tests.dashboard.house import page
from tests.pages.conftest import NOW, ZONE, App
from tests.pages.test_uploads import HEVY, folder, outcome, send
from tests.store.down import READ_ONLY, down, full


def weigh(store: SQLiteStore, number: int) -> str:
    """Send the form of a weigh-in; what the page then says is wrong."""
    form = {"key": f"20261122T{number:06d}", "weight": "80.4", "unit": "kg", "fat": "", "when": "2026-11-22T07:12"}

    def keep() -> Any:
        made, raw = entries.weigh_in(form, "me", ZONE, NOW)
        return store.edit("me", made, [raw], 0, NOW)

    return str(after(keep, "weight", 0, "", 0)[2])


def sqlite(app: App) -> SQLiteStore:
    assert isinstance(app.house.store, SQLiteStore)
    return app.house.store


@pytest.mark.parametrize(("how", "said"), [(READ_ONLY, "can only be read"), (full(0), "is full")])
def test_a_weigh_in_without_room_is_told_and_sent_again_is_there_once(make_app: Callable[..., App], how: str, said: str) -> None:
    store = sqlite(make_app())
    with down(store, how):
        taken, told = 0, ""
        while not told and taken < 100:  # a page of the file has room for some
            told = weigh(store, taken)
            taken += not told
        assert told.startswith("Nothing was saved. ")
        assert said in told
    assert store.check() == []
    assert len(store.bodies("me", "measurement")) == taken
    assert weigh(store, taken) == ""
    assert len(store.bodies("me", "measurement")) == taken + 1


def test_a_file_that_came_meanwhile_is_said_and_comes_in_when_chosen_again(make_app: Callable[..., App]) -> None:
    app = make_app()
    with down(sqlite(app), READ_ONLY):
        (step,) = outcome(app, send(app, HEVY.encode(), "hevy.csv"))
    assert (step.state, "can only be read" in step.said, "choose the file again" in step.said) == ("failed", True, True)
    assert folder(app) == []
    (step,) = outcome(app, send(app, HEVY.encode(), "hevy.csv"))
    assert (step.state, len(app.house.store.bodies("me", "workout"))) == ("done", 1)


def test_half_a_piece_that_found_no_room_is_taken_back(tmp_path: Path) -> None:
    kept = Uploads(tmp_path / "in")
    upload = kept.begin("a.csv", 10, NOW)
    kept.add(upload.id, 0, b"01234")
    upload.path.write_bytes(b"0123456")  # two bytes more than were noted: the disk was full in the middle of a piece
    kept.add(upload.id, 5, b"56789")
    assert upload.path.read_bytes() == b"0123456789"
    upload.received = 5
    upload.path.unlink()
    upload.path.symlink_to("/dev/full")
    with pytest.raises(UploadError, match="did not take this file") as refused:
        kept.add(upload.id, 5, b"56789")
    assert refused.value.status == 507


def test_a_disk_without_room_for_a_file_says_so_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Uploads(tmp_path / "in")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with pytest.raises(UploadError, match="make room"):
        kept.begin("a.csv", 10, NOW)
    monkeypatch.setattr(uploads.Path, "mkdir", lambda *_, **__: (_ for _ in ()).throw(OSError(30, "Read-only file system")))
    with pytest.raises(UploadError, match="Read-only"):
        kept.begin("a.csv", 10, NOW)


def test_pages_and_rows_say_that_the_store_is_out_of_reach(make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app()
    gone = "DynamoDB could not be reached (no route). What was stored before is safe; try again later."

    def refuse(*_: Any, **__: Any) -> None:
        raise StoreDown(gone)

    with monkeypatch.context() as patched:
        for name in ("sequence", "bodies", "changes", "setting", "sync_states"):
            patched.setattr(app.house.store, name, refuse)
        shown = page(app.client).get_data(as_text=True)
        answer = app.client.get("/rows.csv?table=measurements")
    assert gone in shown
    assert (answer.status_code, answer.json["title"]) == (503, gone)
    assert gone not in page(app.client).get_data(as_text=True)
