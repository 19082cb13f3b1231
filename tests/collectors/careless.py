"""A collector as one would write it in a hurry, to show that the kill test catches what it is for.

It moves the cursor with each page and stores the data at the end, and it uses a renewed token before it stores it.
"""

from __future__ import annotations

from typing import Any

from collectors import loop, oauth
from collectors.source import Slice
from store.store import Token

_waiting: list[tuple[Any, Slice]] = []
_tokens: list[tuple[Any, Token]] = []


def store_slice(run: Any, each: Slice, account: str) -> None:
    _waiting.append((run, each))


def read(run: Any, before: Any) -> None:
    careful_read(run, before)
    for owner, each in _waiting:
        careful_store(owner, each, "4711")
    for store, token in _tokens:
        store.put_token("me", token, None)


def put_token(store: Any, renewed: Token) -> Token:
    _tokens.append((store, renewed))
    return renewed


careful_read, careful_store = loop._Run.read, loop._Run.store_slice


def be(what: str) -> None:
    """From now on this process is careless in that way."""
    if what == "cursor":
        loop._Run.store_slice = store_slice  # type: ignore[method-assign]
    if what == "token":
        oauth._keep = lambda store, person, renewed, version: put_token(store, renewed)
    loop._Run.read = read  # type: ignore[method-assign]
