"""Records, their raw rows and their sequence in DynamoDB.

Every change of records is one transaction: the person's counter moves on (only if it is where it was when the records were read),
the records are put under the next numbers, and a log item lists their keys. So a change that was decided on old facts cannot be
written, and `changes` is ordered and without gaps. Raw and rejected rows go first: a crash in between is mended by the next read.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from health.records import RECORD_TYPES, RawRow, Record
from store import _decide
from store._decide import Row, at_key
from store._dynamodb_calls import ATTEMPTS, Calls, Conflict, Item
from store._dynamodb_items import (
    INDEX,
    Counter,
    counted,
    counter_of,
    key,
    partition,
    raw_items,
    record_item,
    record_key,
    row_of,
    text_of,
)
from store._dynamodb_raw import RawRows, shelf_items
from store.items import Body, dump, dumps, instant_text
from store.items import body as body_of
from store.store import Change, GroupWrite, Outcome, Stored, StoreError

TRANSACTION_RECORDS = 48
TRANSACTION_BYTES = 2_000_000
CONTENTION = 16  # how often a change is decided anew because another process was faster
_LOG_LIMIT = 2_000  # keys: from there on reading everything is cheaper than reading each
_FIRST, _LAST = "0", "~"  # before and after every instant
_T = TypeVar("_T")


class Ledger:
    """The record side of the DynamoDB engine."""

    def __init__(self, calls: Calls, table: str) -> None:
        self._calls, self._ledger = calls, table
        self._raw = RawRows(calls, table)
        self._turn = threading.Lock()

    def write(self, person: str, groups: Sequence[GroupWrite], now: datetime) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for batch in _batches(groups):
            outcomes += self._settled(lambda counter, batch=batch: self._write(person, batch, counter, now), person)  # type: ignore[misc]
        return outcomes

    def get(self, person: str, kind: str, id: str) -> Stored | None:
        row = self._row(person, kind, id)
        return _stored(row) if row and row.text is not None else None

    def bodies(self, person: str, kind: str, start: datetime | None = None, end: datetime | None = None) -> list[Body]:
        items = self._by_time(person, kind, start, end, "body")
        bodies: list[Body] = json.loads(f"[{','.join(text_of(item['body']) for item in items)}]")
        ordered = sorted(bodies, key=lambda each: (at_key(each["at"]), each["id"]))
        high = at_key(instant_text(end)) if end else _LAST
        return [each for each in ordered if at_key(each["at"]) < high]

    def keys(self, person: str, kind: str, source: str, start: datetime | None = None, end: datetime | None = None) -> list[str]:
        found = sorted((item["at"]["S"], item["sk"]["S"]) for item in self._by_time(person, kind, start, end, "#at, sk"))
        high = at_key(instant_text(end)) if end else _LAST
        split = [id.partition(":") for at, id in found if at < high]
        return [native_id for each, _, native_id in split if each == source]

    def edit(self, person: str, record: Record, rows: Sequence[RawRow], version: int, now: datetime) -> Stored:
        return self._settled(lambda counter: self._edit(person, record, rows, version, counter, now), person)

    def delete(self, person: str, kind: str, id: str, version: int, now: datetime) -> None:
        def once(counter: Counter) -> bool:
            old = self._row(person, kind, id)
            self._commit(person, counter, [old] if old else [], [_decide.on_delete(kind, id, version, old)], now)
            return True

        self._settled(once, person)

    def delete_source(self, person: str, source: str, now: datetime) -> int:
        removed = 0
        for kind in RECORD_TYPES:
            found = [row_of(item) for item in self._shelf(person, f"record/{kind}", begins=f"{source}:")]
            rows = [row for row in found if row.text is not None or row.overrides is not None]
            for start in range(0, len(rows), TRANSACTION_RECORDS):
                ids = [row.id for row in rows[start : start + TRANSACTION_RECORDS]]
                removed += self._settled(lambda counter, kind=kind, ids=ids: self._bury(person, kind, ids, counter, now), person)  # type: ignore[misc]
        self._raw.forget(person, source)
        return removed

    def changes(self, person: str, since: int, kinds: Collection[str] | None = None) -> tuple[list[Change], int]:
        wanted = frozenset(RECORD_TYPES if kinds is None else kinds)
        values = {":pk": {"S": partition(person, "log")}, ":since": {"S": _log_name(since + 1)}}
        log = list(self._calls.query(self._ledger, "pk = :pk AND sk >= :since", values)) if since else []
        keys = list(dict.fromkeys((kind, id) for item in log for kind, id in json.loads(item["keys"]["S"])))
        if since and len(keys := [each for each in keys if each[0] in wanted]) <= _LOG_LIMIT:
            reached = int(log[-1]["sk"]["S"]) if log else since
            rows = list(self._rows(person, keys).values())
        else:
            reached = self.sequence(person)  # before the records: what is newer is told by the next call
            rows = [row_of(item) for kind in sorted(wanted) for item in self._shelf(person, f"record/{kind}")]
        # A row that was written again meanwhile belongs to the next call: each change is told once.
        changed = sorted((row for row in rows if since < row.seq <= reached), key=lambda row: row.seq)
        return [Change(kind=row.kind, id=row.id, seq=row.seq, body=row.body) for row in changed], max(reached, since)

    def sequence(self, person: str) -> int:
        item = self._calls.get(self._ledger, key(person, "counter", "counter"), ProjectionExpression="seq")
        return int(item["seq"]["N"]) if item else 0

    def counts(self, person: str) -> dict[str, dict[str, int]]:
        return self._counter(person).counts

    def overrides(self, person: str) -> dict[tuple[str, str], str]:
        more = {"FilterExpression": "attribute_exists(overrides)", "ProjectionExpression": "sk, overrides"}
        return {
            (kind, item["sk"]["S"]): item["overrides"]["S"]
            for kind in sorted(RECORD_TYPES)
            for item in self._shelf(person, f"record/{kind}", **more)
        }

    # -- one attempt of each change; Conflict makes `_settled` look again
    def _write(self, person: str, groups: Sequence[GroupWrite], counter: Counter, now: datetime) -> list[Outcome]:
        old = self._rows(person, [(group.kind, f"{group.source}:{group.group}") for group in groups])
        decided = [_decide.on_write(group, person, old.get((group.kind, f"{group.source}:{group.group}"))) for group in groups]
        self._raw.keep(person, [group for group, decision in zip(groups, decided, strict=True) if decision.keep_raw])
        self._commit(person, counter, old.values(), [each.row for each in decided if each.row], now)
        return [each.outcome for each in decided]

    def _edit(self, person: str, record: Record, rows: Sequence[RawRow], version: int, counter: Counter, now: datetime) -> Stored:
        old = self._row(person, record.kind, record.id)
        kept, rejected = self._raw.of_group(person, record.source, record.native_id)
        row = _decide.on_edit(person, record, version, old, rows=bool(rows), kept_raw=bool(kept))
        extra: list[Item] = []
        if rows:
            group = GroupWrite(
                source=record.source, group=record.native_id, kind=record.kind, rows=rows, record=record, rejected=rejected
            )
            item, parts = raw_items(person, group)
            self._calls.put_all(self._ledger, parts)
            extra = [item] if item else []
        stored = self._commit(person, counter, [old] if old else [], [row] if row else [], now, extra)
        latest = stored[0] if stored else old
        if latest is None:
            raise StoreError(f"The entry {record.id} could not be stored.")
        return _stored(latest)

    def _bury(self, person: str, kind: str, ids: Sequence[str], counter: Counter, now: datetime) -> int:
        old = self._rows(person, [(kind, id) for id in ids])
        rows = [row for row in old.values() if row.text is not None or row.overrides is not None]
        self._commit(person, counter, rows, [_decide.tombstone(row) for row in rows], now)
        return sum(row.text is not None for row in rows)

    def _settled(self, once: Callable[[Counter], _T], person: str) -> _T:
        for attempt in range(CONTENTION):
            try:
                with self._turn:  # threads of this process need not fight each other for the counter
                    return once(self._counter(person))
            except Conflict:
                self._calls.wait(min(attempt, ATTEMPTS - 2))
        raise StoreError("Others kept writing at the same moment. Nothing of this change was stored; try again.")

    def _commit(
        self,
        person: str,
        counter: Counter,
        old: Iterable[Row],
        rows: Sequence[Row],
        now: datetime,
        extra: Sequence[Item] = (),
    ) -> list[Row]:
        """Write `rows` and `extra` as one transaction on `counter`; the rows as stored. Raises Conflict when it moved."""
        if not rows:
            self._calls.put_all(self._ledger, extra)
            return []
        numbered = [replace(row, seq=counter.seq + place) for place, row in enumerate(rows, 1)]
        after = counted(counter, {(row.kind, row.id): row for row in old}, numbered)
        writer = secrets.token_hex(16)
        log = key(person, "log", _log_name(after.seq)) | {
            "keys": {"S": dump([[row.kind, row.id] for row in numbered])},
            "first": {"N": str(counter.seq + 1)},
            "writer": {"S": writer},
        }
        puts = [log, *extra, *(record_item(person, row, now) for row in numbered)]
        try:
            self._calls.do(
                "transact_write_items",
                TransactItems=[self._moved(person, counter, after, writer), *({"Put": self._item(each)} for each in puts)],
                ClientRequestToken=writer,
            )
        except Conflict:
            # The reply to a write that was applied can be lost; its second try then finds the counter moved, by itself.
            mine = self._calls.get(self._ledger, key(person, "log", _log_name(after.seq)))
            if mine is None or mine["writer"]["S"] != writer:
                raise
        return numbered

    def _moved(self, person: str, counter: Counter, after: Counter, writer: str) -> dict[str, Any]:
        item = key(person, "counter", "counter") | {
            "seq": {"N": str(after.seq)},
            "counts": {"S": dumps(after.counts)},
            "writer": {"S": writer},
        }
        condition = {"ConditionExpression": "seq = :seq", "ExpressionAttributeValues": {":seq": {"N": str(counter.seq)}}}
        return {"Put": self._item(item) | (condition if counter.seq else {"ConditionExpression": "attribute_not_exists(pk)"})}

    def _item(self, item: Item) -> dict[str, Any]:
        return {"TableName": self._ledger, "Item": item}

    # -- reading
    def _counter(self, person: str) -> Counter:
        return counter_of(self._calls.get(self._ledger, key(person, "counter", "counter")))

    def _row(self, person: str, kind: str, id: str) -> Row | None:
        item = self._calls.get(self._ledger, record_key(person, kind, id))
        return row_of(item) if item else None

    def _rows(self, person: str, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Row]:
        found = self._calls.get_all(self._ledger, [record_key(person, kind, id) for kind, id in dict.fromkeys(keys)])
        return {(row.kind, row.id): row for row in map(row_of, found)}

    def _shelf(self, person: str, shelf: str, begins: str | None = None, **more: Any) -> Iterator[Item]:
        return shelf_items(self._calls, self._ledger, person, shelf, begins, **more)

    def _by_time(self, person: str, kind: str, start: datetime | None, end: datetime | None, wanted: str) -> Iterator[Item]:
        """Live records with start <= at <= end: the one range a key condition can say, its end is the caller's to drop."""
        low = at_key(instant_text(start)) if start else _FIRST
        high = at_key(instant_text(end)) if end else _LAST
        values: Item = {":pk": {"S": partition(person, f"record/{kind}")}, ":low": {"S": low}, ":high": {"S": high}}
        more: dict[str, Any] = {"IndexName": INDEX, "ExpressionAttributeNames": {"#at": "at"}, "ProjectionExpression": wanted}
        return self._calls.query(self._ledger, "pk = :pk AND #at BETWEEN :low AND :high", values, **more)


def _stored(row: Row) -> Stored:
    return Stored(body=row.body or {}, version=row.version, seq=row.seq, overrides=row.overrides)


def _log_name(seq: int) -> str:
    return f"{seq:012d}"


def _batches(groups: Sequence[GroupWrite]) -> Iterator[list[GroupWrite]]:
    """`groups` in order, in lists that fit one transaction and name no group twice."""
    batch: list[GroupWrite] = []
    size = 0
    for group in groups:
        own = len(dumps(body_of(group.record)).encode()) if group.record else 0
        full = len(batch) == TRANSACTION_RECORDS or size + own > TRANSACTION_BYTES
        if batch and (full or any((group.source, group.group) == (each.source, each.group) for each in batch)):
            yield batch
            batch, size = [], 0
        batch.append(group)
        size += own
    if batch:
        yield batch
