"""Keeping a file that is too large to be in memory: its rows come and are stored in pieces.

A reader says so by `streams = True`. Its rows merge with what is kept (`whole_groups` False), so that a record may be made in
several pieces; it is counted once, as what became of it in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from collectors.decided import Decided
from collectors.keep import Tally, batches, forget, keep
from collectors.source import FileFormat
from health.records import RECORD_TYPES, RawRow
from store.store import Store

_PIECE = 500
_WEIGHT = ("none", "unchanged", "removed", "changed", "new")  # which of two outcomes of one record counts


class OnceTally(Tally):
    """A tally of records that may be written more than once."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._last: dict[str, str] = {}

    def add(self, groups: Iterable[str], outcomes: Iterable[str]) -> None:
        """One outcome a group; the weightier of it and an earlier one counts."""
        for group, each in zip(groups, outcomes, strict=True):
            before = self._last.get(group, "none")
            if _WEIGHT.index(each) > _WEIGHT.index(before):
                self._last[group] = each
                setattr(self, each, getattr(self, each) + 1)
                if before != "none":
                    setattr(self, before, getattr(self, before) - 1)


def keep_in_pieces(
    store: Store,
    reader: FileFormat,
    person: str,
    rows: Iterable[RawRow],
    now: datetime,
    zone: str,
    hear: Callable[[int], None] | None = None,
) -> tuple[Tally, set[str]]:
    """Keep `rows`, read in `zone`, as they come; what became of them, and their groups. `hear` is told the number of rows done.

    A reader with a function `gone(known, fresh, zone, kept)` says which groups of an earlier read this one shows to be no more.
    """
    tally, fresh, done = OnceTally(), set[str](), 0
    exported: str | None = None  # when the file was made; empty where it broke off
    for piece in batches(rows, _PIECE):
        keep(store, reader, person, piece, now, tally=tally)
        fresh.update(row.group for row in piece)
        exported = piece[-1].context.get("exported", exported)
        done += len(piece)
        if hear:
            hear(done)
    if exported != "" and (gone := getattr(reader, "gone", None)) is not None:
        source = reader.record_source
        known = (group for kind in RECORD_TYPES for group in store.keys(person, kind, source))
        kept = partial(store.raw_groups, person, source)
        found = gone(known, fresh, zone, kept)
        if exported is not None:  # what a newer file tells is not gone because an older one did not know it yet
            newer = kept(found)
            found = [group for group in found if all(row.context.get("exported", "") <= exported for row in newer.get(group, ()))]
        tally.removed += forget(store, reader, person, found, now)
    decided = Decided.of(store, person, reader.record_source)
    tally.rejected = len(decided.open([each for each in store.rejected(person, reader.record_source) if each.group in fresh]))
    return tally, fresh
