"""From raw rows to stored records: the one way in, for API sources, files and `rebuild` alike.

A record is always made from all kept raw rows of its group, so a late partial row cannot erase what an earlier one said. A read
that shows whole groups (`whole_groups`) drops the rows that are gone from them. Callers hold the lease of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from collectors.source import FileFormat, Source
from health.records import RawRow
from store.store import GroupWrite, Store

BATCH = 200
_T = TypeVar("_T")


@dataclass
class Tally:
    """What became of the rows of one run or file: records new, changed, unchanged, removed; rows (or fields) rejected."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0

    def add(self, outcomes: Iterable[str]) -> None:
        for each in outcomes:
            if each != "none":
                setattr(self, each, getattr(self, each) + 1)


def keep(
    store: Store,
    reader: Source | FileFormat,
    person: str,
    rows: Iterable[RawRow],
    now: datetime,
    *,
    tally: Tally | None = None,
    progress: Callable[[int], None] | None = None,
    whole_groups: bool | None = None,
) -> Tally:
    """Keep `rows`, remake the record of each group they touch, store all of it. `progress` hears the number of rows done.

    `whole_groups` says it of this one read where it differs from the reader's habit (a full re-list).
    """
    whole = reader.whole_groups if whole_groups is None else whole_groups
    tally = tally or Tally()
    done = 0
    for batch in batches(by_group(rows).items()):
        fresh = dict(batch)
        kept = store.raw_groups(person, reader.record_source, fresh)
        writes = []
        for group, new_rows in fresh.items():
            merged = merge(kept.get(group, []), new_rows, whole=whole)
            writes.append(group_write(reader, person, group, merged))
        tally.add(store.write(person, writes, now))
        tally.rejected += sum(len(each.rejected) for each in writes)
        done += sum(len(each) for each in fresh.values())
        if progress:
            progress(done)
    return tally


def forget(store: Store, reader: Source | FileFormat, person: str, groups: Iterable[str], now: datetime) -> int:
    """Remove groups that are gone upstream, leaving tombstones; how many records went."""
    gone = [GroupWrite(source=reader.record_source, group=group, kind=reader.kind, rows=(), record=None) for group in groups]
    outcomes = [outcome for batch in batches(gone) for outcome in store.write(person, batch, now)]
    return outcomes.count("removed")


def group_write(reader: Source | FileFormat, person: str, group: str, rows: Sequence[RawRow]) -> GroupWrite:
    """The write that makes a group's record from all its rows."""
    record, rejected = reader.parse(rows, person)
    return GroupWrite(source=reader.record_source, group=group, kind=reader.kind, rows=rows, record=record, rejected=rejected)


def by_group(rows: Iterable[RawRow]) -> dict[str, list[RawRow]]:
    """Rows by group, groups in the order they first appear."""
    groups: dict[str, list[RawRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return groups


def merge(kept: Sequence[RawRow], fresh: Sequence[RawRow], *, whole: bool) -> list[RawRow]:
    """The rows of a group after a read: by row id, the later read wins; of a whole read, only what it showed.

    A row that was read with the account's present zone keeps the context it was first read in: the person may have moved since.
    """
    first = {row.row_id: row.context for row in kept if row.context.get("zone_is_account_default")}
    fresh = [replace(row, context=first[row.row_id]) if row.row_id in first else row for row in fresh]
    if whole:
        return list({row.row_id: row for row in fresh}.values())
    return list({row.row_id: row for row in (*kept, *fresh)}.values())


def batches(items: Iterable[_T], size: int = BATCH) -> Iterator[list[_T]]:
    """`items` in lists of at most `size` (itertools.batched came with Python 3.12)."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
