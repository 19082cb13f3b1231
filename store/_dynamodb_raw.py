"""Raw and rejected rows in DynamoDB: one item a group, in parts where one item would be too small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from health.records import RawRow, Rejected
from store._dynamodb_calls import Calls, Item
from store._dynamodb_items import INDEX, key, part_shelf, partition, raw_items, raw_key, raw_of
from store.store import GroupWrite, StoreError

_KEYS_ONLY = {"ProjectionExpression": "pk, sk"}


class RawRows:
    """The kept rows of every group of a person."""

    def __init__(self, calls: Calls, table: str) -> None:
        self._calls, self._ledger = calls, table

    def raw_groups(self, person: str, source: str, groups: Iterable[str]) -> dict[str, list[RawRow]]:
        wanted = list(dict.fromkeys(groups))
        found = self._calls.get_all(self._ledger, [raw_key(person, source, group) for group in wanted])
        read = {group: rows for _, group, rows, _ in (self._read(person, item) for item in found)}
        return {group: read[group] for group in wanted if read.get(group)}

    def all_raw_groups(self, person: str, source: str | None = None) -> Iterator[tuple[str, str, list[RawRow]]]:
        for item in shelf_items(self._calls, self._ledger, person, "raw", begins=f"{source}:" if source else None):
            each_source, group, rows, _ = self._read(person, item)
            if rows:
                yield each_source, group, rows

    def of_group(self, person: str, source: str, group: str) -> tuple[list[RawRow], list[Rejected]]:
        """The kept and the rejected rows of one group."""
        item = self._calls.get(self._ledger, raw_key(person, source, group))
        return self._read(person, item)[2:] if item else ([], [])

    def rejected(self, person: str, source: str | None = None) -> list[Rejected]:
        values: Item = {":pk": {"S": partition(person, "raw")}}
        where = "pk = :pk"
        if source:
            where, values[":at"] = "pk = :pk AND #at = :at", {"S": source}
        more: dict[str, Any] = {"IndexName": INDEX} | ({"ExpressionAttributeNames": {"#at": "at"}} if source else {})
        found = [each for item in self._calls.query(self._ledger, where, values, **more) for each in self._read(person, item)[3]]
        return sorted(found, key=lambda each: (each.source, each.group, each.row_id, each.field))

    def forget(self, person: str, source: str) -> None:
        """Remove every row of a source, for good."""
        for item in shelf_items(self._calls, self._ledger, person, "raw", begins=f"{source}:", **_KEYS_ONLY):
            _, _, group = item["sk"]["S"].partition(":")
            parts = list(shelf_items(self._calls, self._ledger, person, part_shelf(source, group), **_KEYS_ONLY))
            self._calls.put_all(self._ledger, (), [item, *parts])

    def keep(self, person: str, groups: Sequence[GroupWrite]) -> None:
        """Keep, replace or remove the rows of groups; what is equal already costs a read only."""
        keys = [raw_key(person, group.source, group.group) for group in groups]
        more = {"ProjectionExpression": "sk, digest, parts"}
        kept = {item["sk"]["S"]: item for item in self._calls.get_all(self._ledger, keys, **more)}
        heads, parts, removed, old_parts = [], [], [], []
        for group, raw in zip(groups, keys, strict=True):
            head, pieces = raw_items(person, group)
            before = kept.get(raw["sk"]["S"])
            if (head or {}).get("digest") == (before or {}).get("digest"):
                continue
            heads += [head] if head else []
            removed += [] if head else [raw]
            parts += pieces
            if before and "parts" in before:
                shelf = part_shelf(group.source, group.group)
                old_parts += [key(person, shelf, f"{before['digest']['S']}/{n:04d}") for n in range(int(before["parts"]["N"]))]
        # A head never refers to parts that are not there: new parts, then heads, then old parts.
        self._calls.put_all(self._ledger, parts)
        self._calls.put_all(self._ledger, heads, removed)
        self._calls.put_all(self._ledger, (), old_parts)

    def _read(self, person: str, item: Item) -> tuple[str, str, list[RawRow], list[Rejected]]:
        if "parts" not in item:
            return raw_of(item)
        source, _, group = item["sk"]["S"].partition(":")
        pieces = list(shelf_items(self._calls, self._ledger, person, part_shelf(source, group), begins=f"{item['digest']['S']}/"))
        if len(pieces) != int(item["parts"]["N"]):  # replaced by another process between the two reads
            raise StoreError(f"The raw rows of {source}:{group} are being replaced. Try again.")
        return raw_of(item, {"B": b"".join(piece["rows"]["B"] for piece in pieces)})


def shelf_items(calls: Calls, table: str, person: str, shelf: str, begins: str | None = None, **more: Any) -> Iterator[Item]:
    """All items of one shelf of a person, or those whose name begins with a text, ordered by name."""
    values: Item = {":pk": {"S": partition(person, shelf)}}
    if begins is None:
        return calls.query(table, "pk = :pk", values, **more)
    return calls.query(table, "pk = :pk AND begins_with(sk, :sk)", values | {":sk": {"S": begins}}, **more)
