"""What the person said of rows that were set aside, applied to rows on their way to `parse`. Pure, and the only place that does it.

A raw row is never changed: what is kept is the row as it came. `parse` sees it corrected, and in its context the unlikely values
that the person says are true.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from health.records import RawRow, Rejected
from store.decisions import Correction, Decision
from store.store import Store

ACCEPTED = "accepted"  # in the context of a row: {field: what stands there}
PROBLEM = "problem"  # in the context of a row that could not be cut into cells, or has no date
_SAID = 200  # characters of a cell that a Rejected keeps
_NUMBERED = re.compile(r"^(?P<name>.*), row (?P<number>\d+)$", re.DOTALL)


def believed(row: RawRow, field: str, said: str, value: Decimal | int) -> bool:
    """True where the person took this unlikely value as true. What no record can hold (below 0) is never believed."""
    return value >= 0 and row.context.get(ACCEPTED, {}).get(field) == said[:_SAID]


def cells(data: Any, at: str = "") -> dict[str, Any]:
    """Every single value in a row by its place (a JSON pointer), nested ones too."""
    if isinstance(data, Mapping):
        inside: Iterable[tuple[str, Any]] = ((str(name), value) for name, value in data.items())
    elif isinstance(data, list):
        inside = ((str(number), value) for number, value in enumerate(data))
    else:
        return {at: data}
    return {place: value for name, each in inside for place, value in cells(each, f"{at}/{escaped(name)}").items()}


def escaped(name: str) -> str:
    """A column's name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """The column's name that a step of a JSON pointer stands for."""
    return step.replace("~1", "/").replace("~0", "~")


def corrected(data: Mapping[str, Any], fixed: Mapping[str, Correction]) -> dict[str, Any]:
    """A copy of a row's data with the person's cells in place of the source's."""
    result = dict(data)
    for place, said in fixed.items():
        *way, last = [unescaped(step) for step in place.split("/")[1:]]
        inside: Any = result
        for step in way:
            at = int(step) if isinstance(inside, list) else step
            inside[at] = list(inside[at]) if isinstance(inside[at], list) else dict(inside[at])
            inside = inside[at]
        if isinstance(inside, list):
            inside[int(last)] = said.now
        elif said.now is None:
            inside.pop(last, None)
        else:
            inside[last] = said.now
    return result


class Decided:
    """The decisions on the rows of one record source, by row."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self._by_row = {each.row_id: each for each in decisions}

    @classmethod
    def of(cls, store: Store, person: str, record_source: str) -> Decided:
        """Those that stand in the store."""
        return cls(store.decisions(person, record_source))

    @classmethod
    def by_source(cls, store: Store, person: str) -> defaultdict[str, Decided]:
        """Those that stand in the store, of every record source."""
        found: defaultdict[str, Decided] = defaultdict(cls)
        for source, some in groupby(store.decisions(person), key=lambda each: each.source):
            found[source] = cls(some)
        return found

    def but(self, decision: Decision) -> Decided:
        """These with another one in place of what was said of its row."""
        return Decided([*(self._by_row | {decision.row_id: decision}).values()])

    def __iter__(self) -> Iterator[Decision]:
        return iter(self._by_row.values())

    def get(self, row_id: str) -> Decision | None:
        """The decision on that row."""
        return self._by_row.get(row_id)

    def holds(self, row: RawRow) -> bool:
        """True where the row still says what the person corrected."""
        decision = self._by_row.get(row.row_id)
        if decision is None or not decision.fixed:
            return False
        says = cells(row.data)
        return all(says.get(place) == said.was for place, said in decision.fixed.items())

    def home(self, row: RawRow) -> str:
        """The group this row belongs to: its own, or the one that a correction of its date or session puts it into."""
        decision = self._by_row.get(row.row_id)
        return decision.moved if decision and decision.moved is not None and self.holds(row) else row.group

    def at_home(self, rows: Iterable[RawRow]) -> list[RawRow]:
        """Rows as they were read, each in the group it belongs to."""
        if not self._by_row:
            return list(rows)
        return [row if (home := self.home(row)) == row.group else replace(row, group=home) for row in rows]

    def ordered(self, rows: Sequence[RawRow]) -> list[RawRow]:
        """The rows of a group; where some have moved in, in the order of their file."""
        moved = bool(self._by_row) and any(row.row_id in self._by_row and self._by_row[row.row_id].moved for row in rows)
        return _in_order(list(rows)) if moved else list(rows)

    def counting(self, group: str, rows: Sequence[RawRow]) -> list[RawRow]:
        """Those rows of a group that make its record: one that has moved out is kept, and counts where it moved to."""
        return [row for row in rows if self.home(row) == group] if self._by_row else list(rows)

    def read(self, row: RawRow) -> RawRow:
        """The row as `parse` is to see it."""
        decision = self._by_row.get(row.row_id)
        if decision is None:
            return row
        data, context = row.data, dict(row.context)
        if self.holds(row):
            data = corrected(data, decision.fixed)
            context.pop(PROBLEM, None)
        if decision.accepted:
            context[ACCEPTED] = decision.accepted
        return replace(row, data=data, context=context)

    def is_dismissed(self, each: Rejected) -> bool:
        """True where the person does not want to hear of it: counted no longer, kept all the same."""
        decision = self._by_row.get(each.row_id)
        return decision is not None and decision.dismissed.get(each.field) == each.said

    def open(self, rejected: Iterable[Rejected]) -> list[Rejected]:
        """Those that are not dismissed."""
        return [each for each in rejected if not self.is_dismissed(each)]


def _in_order(rows: list[RawRow]) -> list[RawRow]:
    """By their place in the file they came from, where all came from one."""
    found = [_NUMBERED.match(row.place) for row in rows]
    places = [(match["name"], int(match["number"])) for match in found if match]
    if len(places) < len(rows) or len({name for name, _ in places}) > 1:
        return rows
    return [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0][1])]


def open_rejected(store: Store, person: str, source: str | None = None) -> list[Rejected]:
    """The rows set aside that are not dismissed, of all sources or one; what pages and runs count."""
    decided = Decided.by_source(store, person)
    return [each for each in store.rejected(person, source) if not decided[each.source].is_dismissed(each)]
