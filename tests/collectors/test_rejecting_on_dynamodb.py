"""Decisions on rows set aside in production's engine: the same as in SQLite, exported and restored across."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

from collectors.importing import import_file
from collectors.rebuild import rebuild
from collectors.rejecting import Desk, handle, word_handle
from collectors.source import ReadOptions
from store.backup import export_lines, restore_lines
from store.store import Store

pytest_plugins = ["tests.conftest_dynamodb"]

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
STRONG = """Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE
2025-01-01 10:00:00,Legs,Squat,1,100,5,,,,,
2025-01-01 10:00:00,Legs,Squat,2,100,5000,,,,,
2025-13-01 10:00:00,Legs,Squat,3,90,8,,,,,
"""


def bring(store: Store) -> None:
    (result,) = import_file(store, "me", io.BytesIO(STRONG.encode()), "strong.csv", ReadOptions(zone="UTC", units="kg"), NOW)
    assert result.error is None


def test_decided_read_again_rebuilt_undone_and_taken_across(store_of: Callable[..., Store]) -> None:
    store, other = store_of("dynamodb"), store_of("sqlite")
    desk = Desk(store=store, person="me", clock=lambda: NOW, wait_s=0.0)
    bring(store)
    before = store.bodies("me", "workout")
    names = {each.field: handle(each) for each, _ in desk.rejected()}
    desk.fix(names["date"], {"/Date": "2025-01-01 10:00:00"})
    desk.accept(names["reps"])
    decided = store.bodies("me", "workout")
    assert [(each["load_kg"], each["reps"]) for each in decided[0]["sets"]] == [(100, 5), (100, 5000), (90, 8)]
    bring(store)
    rebuild(store, "me", NOW)
    assert store.bodies("me", "workout") == decided
    lines = list(export_lines(store, "me"))
    assert not restore_lines(other, lambda: [line.encode() for line in lines], NOW).wrong
    assert list(export_lines(other, "me")) == lines
    for word in desk.decisions():
        desk.undo(word_handle(word))
    assert (store.bodies("me", "workout"), store.decisions("me"), store.check()) == (before, [], [])
