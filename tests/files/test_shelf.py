"""What waits on a shelf comes back in order and whole, whether it was in memory or in the file."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.files._shelf import Shelf

words = st.text(max_size=3) | st.sampled_from(["", "\x00", "\ud800", "2025-03-14", "Zoë"])
added = st.lists(st.tuples(st.sampled_from("ab"), words, words, st.binary(max_size=9)), max_size=30)


@given(added, st.sampled_from([0, 20, 10**6]))
def test_all_comes_back_by_key_in_order(some: list[tuple[str, str, str, bytes]], in_memory: int) -> None:
    held: dict[tuple[str, str, str], bytes] = {}
    with closing(Shelf(in_memory)) as shelf:
        for kind, one, other, content in some:
            shelf.add(kind, one, other, content)
            held[kind, one, other] = held.get((kind, one, other), b"") + content
        for kind in "ab":
            expected = [(one, other, held[key, one, other]) for key, one, other in sorted(held) if key == kind]
            assert list(shelf.items(kind)) == expected


def test_little_waits_in_memory() -> None:
    with closing(Shelf(1000)) as shelf:
        for n in range(5000):
            shelf.add("a", f"{n % 50:02}", "watch", b"x" * 10)
            assert shelf._held <= 1000
        assert [(one, len(held)) for one, _, held in shelf.items("a")] == [(f"{n:02}", 1000) for n in range(50)]


def test_no_room_for_the_file_is_said_as_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sqlite3.connect("")

    class Full:
        def executescript(self, _: str) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        def close(self) -> None:
            real.close()

    monkeypatch.setattr(sqlite3, "connect", lambda *_args, **_more: Full())
    with closing(Shelf(0)) as shelf, pytest.raises(OSError, match="temporary") as raised:
        shelf.add("a", "b", "c", b"d")
    assert raised.value.errno == errno.ENOSPC
