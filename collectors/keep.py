"""From raw rows to stored records: the one way in, for API sources, files and `rebuild` alike.

A record is always made from all kept raw rows of its group, so a late partial row cannot erase what an earlier one said. A read
that shows whole groups (`whole_groups`) drops the rows that are gone from them. What the person said of rows set aside is applied
here and nowhere else (`group_write`; docs/decisions/0013-set-aside.md). Callers hold the lease of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from collectors.decided import Decided
from collectors.source import FileFormat, Parsed, Source, parser_of
from health.records import SERIES_MARK, RawRow, Record, series_of
from store.store import GroupWrite, Store

BATCH = 200
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)  # what parsing an odd row may raise
_NOTHING = Decided()
_T = TypeVar("_T")


@dataclass
class Tally:
    """What became of the rows of one run or file: records new, changed, unchanged, removed; rows (or fields) rejected.

    A record that came in this run stays new, though a later page tells more of it.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    series: int = 0  # time series new or changed; they are counted apart from the activities they belong to

    def __post_init__(self) -> None:
        self._came: set[str] = set()  # no field: it is not part of what is said

    def add(self, groups: Iterable[str], outcomes: Iterable[str]) -> None:
        """One outcome a group."""
        for group, each in zip(groups, outcomes, strict=True):
            if group.endswith(SERIES_MARK):
                self.series += each in ("new", "changed")
                continue
            if each == "new":
                self._came.add(group)
            if each != "none" and not (each == "changed" and group in self._came):
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
    decided = Decided.of(store, person, reader.record_source)
    # Half a recording that comes after the whole one takes nothing from it: a reader of such files says which one holds less.
    says_less: Callable[[Sequence[RawRow], Sequence[RawRow]], bool] = getattr(reader, "says_less", lambda _kept, _fresh: False)
    for batch in batches(by_group(decided.at_home(rows)).items()):
        fresh = dict(batch)
        kept = store.raw_groups(person, reader.record_source, fresh)
        writes = []
        for group, new_rows in fresh.items():
            old = kept.get(group, [])
            merged = old if old and says_less(old, new_rows) else merge(old, new_rows, whole=whole)
            writes.append(group_write(reader, person, group, merged, decided))
        tally.add(fresh, store.write(person, writes, now))
        tally.series += keep_series(store, person, writes, now)
        tally.rejected += sum(len(decided.open(each.rejected)) for each in writes)
        done += sum(len(each) for each in fresh.values())
        if progress:
            progress(done)
    return tally


def forget(store: Store, reader: Source | FileFormat, person: str, groups: Iterable[str], now: datetime) -> int:
    """Remove groups that are gone upstream, leaving tombstones; how many records went."""
    source, removed = reader.record_source, 0
    for batch in batches(groups):
        gone = [GroupWrite(source=source, group=each, kind=kind_of(reader, each), rows=(), record=None) for each in batch]
        removed += store.write(person, gone, now).count("removed")
        if hasattr(reader, "series") or kind_of(reader, SERIES_MARK) == "series":
            store.write(person, [_series_write(source, each, None) for each in batch], now)
    return removed


def kind_of(reader: Source | FileFormat, group: str) -> str:
    """The kind of record that a group makes: the word of a reader that makes several kinds (`kind_of(group)`), else its kind."""
    of: Callable[[str], str] | None = getattr(reader, "kind_of", None)
    return reader.kind if of is None else of(group)


def keep_series(store: Store, person: str, writes: Sequence[GroupWrite], now: datetime) -> int:
    """Store the time series that the rows of each group hold beside their activity; how many were new or changed.

    A reader of such rows makes them by `series(rows, person)`; the rows themselves stay with the activity.
    """
    found = []
    for each in writes:
        make = getattr(parser_of(each.source), "series", None)
        if make is not None and each.kind == "activity":
            is_live = store.get(person, each.kind, f"{each.source}:{each.group}") is not None  # the person may have removed it
            found.append(_series_write(each.source, each.group, make(each.rows, person) if is_live else None))
    return sum(outcome in ("new", "changed") for outcome in store.write(person, found, now)) if found else 0


def _series_write(source: str, group: str, record: Record | None) -> GroupWrite:
    return GroupWrite(source=source, group=series_of(group), kind="series", rows=(), record=record)


class Places:
    """Where each row of one source is kept, to take those out of their old group that a read shows in another one.

    A reader whose rows can move says which ones may have, by `may_have_moved(row)`; only such a row makes this read all the kept
    groups, once a run. Clearing comes after the new place is stored and before the cursor moves: killed in between, the same rows
    come again and the old place is found again.
    """

    def __init__(self, store: Store, reader: Source | FileFormat, person: str) -> None:
        self._store, self._reader, self._person = store, reader, person
        self._groups: dict[str, set[str]] | None = None

    def clear(self, rows: Sequence[RawRow], account: str, now: datetime) -> int:
        """Take `rows`, which are stored, out of every other group of that account; how many records went."""
        may_have_moved: Callable[[RawRow], bool] | None = getattr(self._reader, "may_have_moved", None)
        if may_have_moved is None:
            return 0
        if self._groups is not None:
            self._note(rows)
        asked = [row for row in rows if may_have_moved(row)]
        if not asked:
            return 0
        if self._groups is None:
            self._groups = {}
            for _, _, kept in self._store.all_raw_groups(self._person, self._reader.record_source):
                self._note(kept)
        shown = {(row.row_id, row.group) for row in rows}
        moved = {row.row_id for row in asked}
        left = sorted({group for row in moved for group in self._groups[row] if (row, group) not in shown})
        return self._take_out(moved, shown, left, account, now)

    def _note(self, rows: Iterable[RawRow]) -> None:
        assert self._groups is not None
        for row in rows:
            self._groups.setdefault(row.row_id, set()).add(row.group)

    def _take_out(self, moved: set[str], shown: set[tuple[str, str]], groups: Sequence[str], account: str, now: datetime) -> int:
        removed = 0
        decided = Decided.of(self._store, self._person, self._reader.record_source)
        for some in batches(groups):
            kept = self._store.raw_groups(self._person, self._reader.record_source, some)
            writes, gone = [], []
            for group, rows in kept.items():
                stay = [each for each in rows if not _is_moved(each, moved, shown, account)]
                if not stay:
                    gone.append(group)
                elif len(stay) < len(rows):
                    writes.append(group_write(self._reader, self._person, group, stay, decided))
            removed += self._store.write(self._person, writes, now).count("removed")
            removed += forget(self._store, self._reader, self._person, gone, now)
        return removed


def _is_moved(row: RawRow, moved: set[str], shown: set[tuple[str, str]], account: str) -> bool:
    return row.row_id in moved and (row.row_id, row.group) not in shown and row.context.get("account") == account


def group_write(
    reader: Source | FileFormat, person: str, group: str, rows: Sequence[RawRow], decided: Decided = _NOTHING
) -> GroupWrite:
    """The write that makes a group's record from all its rows, read as the person decided. The rows are kept as they came."""
    rows = decided.ordered(rows)
    record, rejected = parsed(reader, person, group, rows, decided)
    kind = kind_of(reader, group)
    return GroupWrite(source=reader.record_source, group=group, kind=kind, rows=rows, record=record, rejected=rejected)


def parsed(reader: Source | FileFormat, person: str, group: str, rows: Sequence[RawRow], decided: Decided) -> Parsed:
    """What a group's rows make, read as the person decided; as they came, where a correction makes them another group's or no rows.

    A correction is checked when it is made (collectors/rejecting.py): the way back is for one that a later parser reads otherwise.
    """
    rows = decided.counting(group, rows)
    if not rows:
        return None, []
    read = [decided.read(row) for row in rows]
    if all(new is old for new, old in zip(read, rows, strict=True)):
        return reader.parse(rows, person)
    try:
        record, rejected = reader.parse(read, person)
    except UNREADABLE:
        return reader.parse(rows, person)
    return (record, rejected) if record is None or record.native_id == group else reader.parse(rows, person)


def by_group(rows: Iterable[RawRow]) -> dict[str, list[RawRow]]:
    """Rows by group, groups in the order they first appear."""
    groups: dict[str, list[RawRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    return groups


def merge(kept: Sequence[RawRow], fresh: Sequence[RawRow], *, whole: bool) -> list[RawRow]:
    """The rows of a group after a read: by row id, the later read wins; of a whole read, only what it showed.

    A row that was read with the account's present zone keeps the context it was first read in: the person may have moved since.
    A row of a file that says when it was made (`exported`) stays where an older file tells it again.
    """
    first = {row.row_id: row.context for row in kept if row.context.get("zone_is_account_default")}
    fresh = [replace(row, context=first[row.row_id]) if row.row_id in first else row for row in fresh]
    newest = {row.row_id: row for row in kept if "exported" in row.context}
    fresh = [_later(newest[row.row_id], row) if row.row_id in newest else row for row in fresh]
    if whole:
        return list({row.row_id: row for row in fresh}.values())
    return list({row.row_id: row for row in (*kept, *fresh)}.values())


def _later(kept: RawRow, fresh: RawRow) -> RawRow:
    return kept if str(fresh.context.get("exported", kept.context["exported"])) < str(kept.context["exported"]) else fresh


def batches(items: Iterable[_T], size: int = BATCH) -> Iterator[list[_T]]:
    """`items` in lists of at most `size` (itertools.batched came with Python 3.12)."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
