"""The keys and items of the two DynamoDB tables (docs/decisions/0002-dynamodb-keys.md), and what they hold.

ledger  PERSON/record/KIND  id              body at version seq overrides changed_at     (a tombstone: no body, no at)
        PERSON/raw          source:group    rows digest [parts] [at: only with rejected rows, to find them by the index]
        PERSON/part/s:g     digest/n        rows, a slice of what is too large for one item
        PERSON/log          seq, 12 digits  keys first writer
        PERSON/counter      counter         seq writer counts
        PERSON/sync         source          state
        PERSON/setting      key             value
        PERSON/decision     source:row_id   body
        PERSON/run          source/began    body
state   PERSON/token        source          sealed version writer
        lease               name            owner expires
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from health.records import RawRow, Rejected
from store._decide import Row, rows_text
from store._dynamodb_calls import Item
from store.items import dump, instant_text, raw_row, rejected, rejected_body
from store.store import GroupWrite, StoreError

ITEM_BYTES = 390_000  # the service's limit is 409,600 with names and keys
PART_BYTES = 350_000
_PACK_BODY_FROM = 100_000
_PACK_RAW_FROM = 1_500
_SORT_KEY_BYTES = 1024
INDEX = "by_at"


@dataclass(frozen=True, kw_only=True, slots=True)
class Counter:
    """Where a person's ledger stands: the last number, and how many live records each source and kind has."""

    seq: int
    counts: dict[str, dict[str, int]]


def key(person: str, shelf: str, name: str) -> Item:
    """The key of one item."""
    if len(name.encode()) > _SORT_KEY_BYTES:
        raise StoreError(f"A name is longer than {_SORT_KEY_BYTES} bytes and cannot be stored in DynamoDB: {name[:60]}...")
    return {"pk": {"S": partition(person, shelf)}, "sk": {"S": name}}


def partition(person: str, shelf: str) -> str:
    """The partition of one shelf of a person's things."""
    if "/" in person or not person:
        raise StoreError(f"{person!r} is no name for a person's data (empty, or with a slash).")
    return f"{person}/{shelf}"


def record_key(person: str, kind: str, id: str) -> Item:
    return key(person, f"record/{kind}", id)


def record_item(person: str, row: Row, now: datetime) -> Item:
    """A record or its tombstone. Raises StoreError naming what is too large."""
    item = record_key(person, row.kind, row.id) | {
        "version": {"N": str(row.version)},
        "seq": {"N": str(row.seq)},
        "changed_at": {"S": instant_text(now)},
    }
    if row.text is not None:
        item |= {"body": _packed(row.text, _PACK_BODY_FROM), "at": {"S": row.at}}
        size = len(item["body"].get("B") or row.text.encode())
        if size > ITEM_BYTES:
            raise StoreError(f"The {row.kind} {row.id} is too large for DynamoDB ({size:,} bytes, at most {ITEM_BYTES:,}).")
    if row.overrides is not None:
        item["overrides"] = {"S": row.overrides}
    return item


def row_of(item: Item) -> Row:
    """The record that `record_item` wrote."""
    kind = item["pk"]["S"].rpartition("/")[2]
    source, _, native_id = item["sk"]["S"].partition(":")
    return Row(
        kind=kind,
        id=item["sk"]["S"],
        source=source,
        native_id=native_id,
        at=item["at"]["S"] if "at" in item else "",
        text=text_of(item["body"]) if "body" in item else None,
        version=int(item["version"]["N"]),
        seq=int(item["seq"]["N"]),
        overrides=item["overrides"]["S"] if "overrides" in item else None,
    )


def counter_of(item: Item | None) -> Counter:
    """The counter of a person; zero where nothing was ever stored."""
    if item is None:
        return Counter(seq=0, counts={})
    return Counter(seq=int(item["seq"]["N"]), counts=json.loads(item["counts"]["S"]))


def counted(counter: Counter, old: dict[tuple[str, str], Row], rows: Sequence[Row]) -> Counter:
    """The counter after `rows` take the place of `old`."""
    counts = {source: dict(kinds) for source, kinds in counter.counts.items()}
    for row in rows:
        before = old.get((row.kind, row.id))
        step = (row.text is not None) - (before is not None and before.text is not None)
        kinds = counts.setdefault(row.source, {})
        kinds[row.kind] = kinds.get(row.kind, 0) + step
    kept = {source: {kind: n for kind, n in sorted(kinds.items()) if n} for source, kinds in sorted(counts.items())}
    return Counter(seq=counter.seq + len(rows), counts={source: kinds for source, kinds in kept.items() if kinds})


# -- raw and rejected rows: one item a group, so that both change at once


def raw_key(person: str, source: str, group: str) -> Item:
    return key(person, "raw", f"{source}:{group}")


def raw_items(person: str, group: GroupWrite) -> tuple[Item | None, list[Item]]:
    """The item of a group's rows (None where it has none), and the parts it refers to where it is too large for one."""
    if not group.rows and not group.rejected:
        return None, []
    rows = rows_text(group.rows)
    text = f'{{"rows":{rows},"rejected":{dump([rejected_body(each) for each in group.rejected])}}}'
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    item = raw_key(person, group.source, group.group) | {"digest": {"S": digest}}
    if group.rejected:
        item["at"] = {"S": group.source}
    packed = _packed(text, _PACK_RAW_FROM)
    data = packed.get("B", b"")
    if len(data) <= PART_BYTES:
        return item | {"rows": packed}, []
    pieces = [data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES)]
    shelf = part_shelf(group.source, group.group)
    parts = [key(person, shelf, f"{digest}/{n:04d}") | {"rows": {"B": piece}} for n, piece in enumerate(pieces)]
    return item | {"parts": {"N": str(len(parts))}}, parts


def part_shelf(source: str, group: str) -> str:
    return f"part/{source}:{group}"


def raw_of(item: Item, whole: dict[str, Any] | None = None) -> tuple[str, str, list[RawRow], list[Rejected]]:
    """(source, group, rows, rejected rows) of an item; `whole` is its joined value where it is in parts."""
    source, _, group = item["sk"]["S"].partition(":")
    content = json.loads(text_of(whole or item["rows"]))
    rows = [raw_row(source, group, each) for each in content["rows"]]
    return source, group, rows, [rejected(each) for each in content["rejected"]]


def text_of(value: dict[str, Any]) -> str:
    """The text of an attribute that may be packed."""
    return value["S"] if "S" in value else zlib.decompress(value["B"]).decode()


def _packed(text: str, threshold: int) -> dict[str, Any]:
    return {"S": text} if len(text) < threshold else {"B": zlib.compress(text.encode())}
