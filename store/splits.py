"""The person's word that records are not one thing: kept as records of kind `split`, so that it is exported, restored and in force
with the next look, whatever comes in later. Source `app`; the same word twice is one record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

from health.merging import Things
from health.records import Split
from store.items import Body, body
from store.store import Store, StoreError

SOURCE: Final = "app"


def split(
    store: Store, person: str, found: Mapping[str, Things], id: str, now: datetime, zone: str, kind: str | None = None
) -> Body:
    """Keep the records of a thing apart; what was written. Raises StoreError where `id` names no merged thing.

    `id` of the thing itself takes it apart into its records; that of another record in it takes that one out and leaves the rest.
    """
    of, members = _thing(found, id, kind)
    ids = [each["id"] for each in members]
    others = [each for each in ids if each != id]
    apart = tuple((each,) for each in ids) if id == ids[0] else ((id,), tuple(others))
    made = _record(person, of, apart, now, zone)
    held = store.get(person, made.kind, made.id)
    if held is None:
        store.edit(person, made, [], 0, now)
    return body(made) if held is None else held.body


def unsplit(store: Store, person: str, id: str, now: datetime) -> list[Body]:
    """Take a split back, by its own id or by that of a record it keeps apart; what was taken back.

    Raises StoreError where there is none.
    """
    named = [each for each in splits(store, person) if id == each["id"] or any(id in group for group in each["apart"])]
    if not named:
        raise StoreError(f"Nothing was split that is called {id}. See them with: python -m collectors merges")
    for each in named:
        held = store.get(person, "split", each["id"])
        if held is not None:
            store.delete(person, "split", each["id"], held.version, now)
    return named


def splits(store: Store, person: str) -> list[Body]:
    """What the person split, the newest first."""
    return store.bodies(person, "split")[::-1]


def _thing(found: Mapping[str, Things], id: str, kind: str | None) -> tuple[str, tuple[Body, ...]]:
    held = {of: things.holding(id) for of, things in found.items() if kind in (None, of)}
    named = [(of, members) for of, members in held.items() if len(members) > 1]
    if not named:
        raise StoreError(f"{id} is not merged with anything. See what is with: python -m collectors merges")
    if len(named) > 1:
        raise StoreError(f"{id} is a {' and a '.join(of for of, _ in named)}: say which with --kind.")
    of, members = named[0]
    return of, tuple(dict(each) for each in members)


def _record(person: str, of: str, apart: tuple[tuple[str, ...], ...], now: datetime, zone: str) -> Split:
    made = Split(person=person, source=SOURCE, native_id="-", at=now, zone=zone, of=of, apart=apart)
    name = sha256(repr((of, made.apart)).encode(errors="replace")).hexdigest()[:20]
    return Split(person=person, source=SOURCE, native_id=f"split-{name}", at=now, zone=zone, of=of, apart=made.apart)
