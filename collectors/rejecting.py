"""Rows set aside, one at a time: look at one, correct it, take its value as true, dismiss it, and take any of that back.

What is said is stored as a decision beside the raw row (docs/decisions/0013-set-aside.md) and the groups it touches are made again
at once. Nothing here changes a raw row, and every decision is tried before it is stored.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from collectors import cells as row_cells
from collectors.cells import CannotDecide
from collectors.decided import PROBLEM, Decided
from collectors.keep import group_write, parsed
from collectors.leases import Lease, turn
from collectors.moving import home_of
from collectors.source import FileFormat, Source, formats, parser_of
from health.records import RawRow, Rejected
from store.decisions import Decision
from store.items import body, digest, record
from store.store import GroupWrite, Store

WAIT_S = 10.0
Way = Literal["fix", "accept", "dismiss"]


@dataclass(frozen=True, kw_only=True)
class Aside:
    """A row (or one field of it) set aside: its short name, the raw row as it came, and what can be done about it.

    `row` is None where the raw row is not kept (any more). `cells` are its single values by their place in the row, corrections
    in them, those that are meant first.
    """

    handle: str
    rejected: Rejected
    dismissed: bool
    row: RawRow | None
    cells: Mapping[str, Any] = field(default_factory=dict)
    can: tuple[Way, ...] = ("dismiss",)


def handle(each: Rejected) -> str:
    """The short name of a row set aside, the same as long as it says the same."""
    return _short(f"{each.id}\0{each.said}")


def word_handle(each: Decision) -> str:
    """The short name of a decision."""
    return _short(f"{each.id}\0decided")


def _short(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()[:10]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where one person decides. `clock` gives the present instant, `owner` names who asks to other processes."""

    store: Store
    person: str
    clock: Callable[[], datetime]
    owner: str = "decide"
    wait_s: float = WAIT_S

    # -- looking
    def rejected(self, source: str | None = None) -> list[tuple[Rejected, bool]]:
        """Every row set aside and whether it is dismissed, ordered by source, group, row, field."""
        decided = Decided.by_source(self.store, self.person)
        return [(each, decided[each.source].is_dismissed(each)) for each in self.store.rejected(self.person, source)]

    def decisions(self) -> list[Decision]:
        """What the person said, the latest first."""
        return sorted(self.store.decisions(self.person), key=lambda each: (each.at, each.id), reverse=True)

    def look(self, name: str) -> Aside:
        """The row set aside that is called `name`. Raises CannotDecide where there is none."""
        for each, dismissed in self.rejected():
            if handle(each) == name:
                return self._aside(each, dismissed=dismissed)
        raise CannotDecide("There is no such row set aside (any more). Look at the list again.")

    def _aside(self, each: Rejected, *, dismissed: bool) -> Aside:
        reader, rows = parser_of(each.source), self._rows(each.source, each.group)
        row = next((row for row in rows if row.row_id == each.row_id), None)
        if reader is None or row is None:
            return Aside(handle=handle(each), rejected=each, dismissed=dismissed, row=row)
        decided = Decided.of(self.store, self.person, each.source)
        shown = row_cells.editable(decided.read(row))
        can: list[Way] = ["fix"] if shown else []
        accepted = decided.but(_accepting(self._before(each, row), each))
        if not _stands(each, parsed(reader, self.person, each.group, rows, accepted)[1]):
            can.append("accept")
        shown = row_cells.meant_first(shown, row, each)
        return Aside(handle=handle(each), rejected=each, dismissed=dismissed, row=row, cells=shown, can=(*can, "dismiss"))

    def came(self, decision: Decision) -> RawRow | None:
        """The raw row of a decision, as it came; None where it is kept no longer."""
        groups = [group for group in (decision.moved, decision.group) if group is not None]
        kept = self.store.raw_groups(self.person, decision.source, groups)
        found = next((row for rows in kept.values() for row in rows if row.row_id == decision.row_id), None)
        if found is not None:
            return found
        everywhere = self.store.all_raw_groups(self.person, decision.source)  # a corrected zone has put it into another group
        return next((row for _, _, rows in everywhere for row in rows if row.row_id == decision.row_id), None)

    # -- deciding
    def dismiss(self, name: str) -> Decision:
        """Count that row no longer; it stays kept and can be brought back."""
        aside = self.look(name)
        each, before = aside.rejected, self._before(aside.rejected, aside.row)
        after = replace(before, dismissed={**before.dismissed, each.field: each.said})
        with self._turn(each.source):
            self.store.put_decision(self.person, after)
        return after

    def accept(self, name: str) -> Decision:
        """Take the value that stands there as true. Raises CannotDecide where it is no value, or no record can hold it."""
        aside = self.look(name)
        if "accept" not in aside.can or aside.row is None:
            raise CannotDecide("This is not an unlikely value but one that cannot be used: correct it or dismiss it.")
        after = _accepting(self._before(aside.rejected, aside.row), aside.rejected)
        self._settle(aside.row, after)
        return after

    def fix(self, name: str, corrections: Mapping[str, str]) -> Decision:
        """Read that row with other cells (place in the row -> what it should say). Raises CannotDecide where that does not help."""
        aside = self.look(name)
        if "fix" not in aside.can or aside.row is None:
            raise CannotDecide("This row cannot be corrected here: correct it where it came from, or dismiss it.")
        before = self._before(aside.rejected, aside.row)
        after = replace(before, fixed=row_cells.corrections(aside.row, aside.cells, corrections), moved=None)
        came = replace(aside.row, group=before.group)
        reader = formats().get(_format_of(aside.row.source))
        if reader is not None and reader.kind == "workout":
            after = replace(after, moved=home_of(reader, came, Decided([after]).read(came)))
        self._try(aside.rejected, aside.row, after)
        self._settle(aside.row, after)
        return after

    def undo(self, name: str) -> Decision:
        """Take back all that was said of one row; `name` is its `word_handle`. Raises CannotDecide."""
        before = next((each for each in self.decisions() if word_handle(each) == name), None)
        if before is None:
            raise CannotDecide("There is no such decision (any more). Look at the list again.")
        row = self.came(before) if before.fixed or before.accepted else None
        if row is None:
            with self._turn(before.source):
                self.store.delete_decision(self.person, before.source, before.row_id)
            return before
        group = before.group if before.moved is not None else row.group
        self._settle(row, replace(before, group=group, fixed={}, moved=None, accepted={}, dismissed={}))
        return before

    # -- how
    def _rows(self, source: str, group: str) -> list[RawRow]:
        return self.store.raw_groups(self.person, source, [group]).get(group, [])

    def _before(self, each: Rejected, row: RawRow | None) -> Decision:
        """What was said of that row up to now, as of now."""
        known = Decided.of(self.store, self.person, each.source).get(each.row_id)
        if known is None:
            return Decision(source=each.source, row_id=each.row_id, group=each.group, place=each.row, at=self.clock())
        group = known.group if known.moved is not None or row is None else row.group
        return replace(known, group=group, at=self.clock())

    def _try(self, each: Rejected, row: RawRow, after: Decision) -> None:
        """Raises CannotDecide where the row would still be set aside for that field, be another record's, or say nothing."""
        reader = _reader(each.source)
        home = after.moved or after.group
        decided = Decided.of(self.store, self.person, each.source).but(after)
        rows = decided.ordered(_with(self._rows(each.source, home), row, home))
        made, rejected = parsed(reader, self.person, home, rows, decided)
        typed = {str(said.now) for said in after.fixed.values()}
        for other in rejected:
            if other.row_id == each.row_id and (other.field == each.field or other.said in typed or PROBLEM in row.context):
                raise CannotDecide(f"Not stored: {f'“{other.said}” ' if other.said else f'{other.field} '}{other.reason}.")
        if made is None and not rejected:
            raise CannotDecide("Not stored: with that, the row would say nothing. Dismiss it instead.")

    @contextmanager
    def _turn(self, source: str) -> Iterator[None]:
        """The lease of that source's reader, so that no run parses its groups with what was said before."""
        reader = parser_of(source)
        if reader is None:
            yield
            return
        name = f"import:{source}" if _format_of(source) else f"collect:{reader.name}"
        with turn(Lease(self.store, name, self.owner, self.clock), self.wait_s, threading.Event().wait) as won:
            if not won:
                raise CannotDecide(f"{reader.title} is being read right now. Try again in a minute.")
            yield

    def _settle(self, row: RawRow, after: Decision) -> None:
        """Store the decision and make its groups again, that where the row is to be before that where it was.

        A decision comes before what it changes and goes after it, so that whatever is killed in between, the row is kept, counts
        once at most, and the next import, rebuild or try ends what was begun.
        """
        reader, home = _reader(row.source), after.moved or after.group
        with self._turn(row.source):
            decided = Decided.of(self.store, self.person, row.source).but(after)
            if not after.empty:
                self.store.put_decision(self.person, after)
            self._write(reader, home, _with(self._rows(row.source, home), row, home), decided)
            if row.group != home:
                left = [each for each in self._rows(row.source, row.group) if each.row_id != row.row_id]
                self._write(reader, row.group, left, decided)
            if after.empty:
                self.store.delete_decision(self.person, row.source, row.row_id)

    def _write(self, reader: Source | FileFormat, group: str, rows: Sequence[RawRow], decided: Decided) -> None:
        write = group_write(reader, self.person, group, rows, decided)
        self.store.write(self.person, [self._by_hand(write)], self.clock())

    def _by_hand(self, write: GroupWrite) -> GroupWrite:
        """Where the person changed or deleted the record by hand, that stands: only what it stands against is another now."""
        id = f"{write.source}:{write.group}"
        stored = self.store.get(self.person, write.kind, id)
        overrides = stored.overrides if stored else self.store.overrides(self.person).get((write.kind, id))
        if overrides is None or not write.rows:
            return write
        against = digest(body(write.record) if write.record else None)
        return replace(write, record=record(stored.body) if stored else None, overrides=against)


def _reader(source: str) -> Source | FileFormat:
    reader = parser_of(source)
    assert reader is not None, "only rows that have a reader are read again"
    return reader


def _format_of(source: str) -> str:
    """The name of the file format with that record source; empty for an API's."""
    return next((name for name, each in formats().items() if each.record_source == source), "")


def _with(rows: Sequence[RawRow], row: RawRow, group: str) -> list[RawRow]:
    return list(rows) if any(each.row_id == row.row_id for each in rows) else [*rows, replace(row, group=group)]


def _accepting(before: Decision, each: Rejected) -> Decision:
    return replace(before, accepted={**before.accepted, each.field: each.said})


def _stands(each: Rejected, rejected: Sequence[Rejected]) -> bool:
    return any((other.row_id, other.field) == (each.row_id, each.field) for other in rejected)
