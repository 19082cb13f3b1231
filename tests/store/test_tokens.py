"""Tokens at rest: unreadable without the key, readable through a rotation of keys, bound to their owner."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from store.store import Store, StoreError, Token
from store.tokens import TokenBox
from tests.store.made import ME, NOW

pytest_plugins = ["tests.conftest_dynamodb"]

OLD, NEW = "the old key of the tests", "the new key of the tests"
TOKEN = Token(source="strava", access="access-31d", refresh="refresh-77a", expires_at=NOW, account={"name": "Ännchen"})


def test_what_is_sealed_tells_nothing_and_opens_whole() -> None:
    box = TokenBox((OLD,))
    sealed = box.seal(ME, TOKEN)
    assert not any(word in sealed for word in ("access", "refresh", "31d", "nnchen"))
    assert box.seal(ME, TOKEN) != sealed
    assert box.unseal(ME, "strava", sealed, 3) == dataclasses.replace(TOKEN, version=3)
    endless = dataclasses.replace(TOKEN, expires_at=None)
    assert box.unseal(ME, "strava", box.seal(ME, endless), 0) == endless


def test_keys_rotate_the_first_seals_and_all_open() -> None:
    sealed = TokenBox((OLD,)).seal(ME, TOKEN)
    both = TokenBox((NEW, OLD))
    assert both.unseal(ME, "strava", sealed, 0) == TOKEN
    assert TokenBox((NEW,)).unseal(ME, "strava", both.seal(ME, TOKEN), 0) == TOKEN
    with pytest.raises(StoreError, match="connect strava again"):
        TokenBox((NEW,)).unseal(ME, "strava", sealed, 0)


def test_a_sealed_token_cannot_be_changed_or_moved() -> None:
    box = TokenBox((OLD,))
    sealed = box.seal(ME, TOKEN)
    with pytest.raises(StoreError):
        box.unseal(ME, "strava", sealed[:-4] + "AAA=", 0)
    for person, source in (("you", "strava"), (ME, "withings")):
        with pytest.raises(StoreError, match="another account"):
            box.unseal(person, source, sealed, 0)


def test_without_a_key_only_tokens_are_out_of_reach() -> None:
    with pytest.raises(StoreError, match="FITBOARD_SECRET_KEY"):
        TokenBox(()).seal(ME, TOKEN)


def test_no_secret_reaches_a_printed_form() -> None:
    assert "31d" not in repr(TOKEN)
    assert "31d" not in f"{[TOKEN]}"


def test_an_engine_holds_sealed_tokens_alone(new_store: Callable[..., Store], tmp_path) -> None:
    store = new_store()
    store.put_token(ME, TOKEN, 0)
    for path in tmp_path.rglob("fitboard.db*"):
        assert b"access-31d" not in path.read_bytes()
    if hasattr(store, "_calls"):
        assert "access-31d" not in str(list(store._calls.scan(store._state)))
