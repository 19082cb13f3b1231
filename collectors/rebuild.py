"""Make every record again from the kept raw rows, offline: what a better parser is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from collectors.decided import Decided
from collectors.keep import Tally, batches, group_write, keep_series, merge
from collectors.source import parser_of
from health.records import RawRow
from store.store import Store


def rebuild(store: Store, person: str, now: datetime, say: Callable[[str], None] | None = None) -> Tally:
    """Parse and store every kept group again. What the person typed has no parser and stays as it is."""
    tally = Tally()
    done = 0
    decided = Decided.by_source(store, person)
    misplaced: list[RawRow] = []
    for batch in batches(store.all_raw_groups(person)):
        writes = []
        for source, group, rows in batch:
            if (reader := parser_of(source)) is not None:
                writes.append(group_write(reader, person, group, rows, decided[source]))
                misplaced += [row for row in rows if decided[source].home(row) != group]
        tally.add((f"{each.source}:{each.group}" for each in writes), store.write(person, writes, now))
        tally.series += keep_series(store, person, writes, now)
        tally.rejected += sum(len(decided[each.source].open(each.rejected)) for each in writes)
        done += len(batch)
        if say and done % 1000 == 0:
            say(f"{done} groups done")
    _bring_home(store, person, misplaced, decided, now)
    return tally


def _bring_home(store: Store, person: str, misplaced: list[RawRow], decided: Mapping[str, Decided], now: datetime) -> None:
    """End what a killed correction of a date began: each row into the group it belongs to, then out of the one it was in."""
    for row in misplaced:
        reader, mine = parser_of(row.source), decided[row.source]
        if reader is None:
            continue
        home = mine.home(row)
        kept = store.raw_groups(person, row.source, [home, row.group])
        here = merge(kept.get(home, []), [replace(row, group=home)], whole=False)
        left = [each for each in kept.get(row.group, []) if each.row_id != row.row_id]
        for group, rows in ((home, here), (row.group, left)):
            store.write(person, [group_write(reader, person, group, rows, mine)], now)
