"""Make every record again from the kept raw rows, offline: what a better parser is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from collectors.decided import Decided
from collectors.keep import Tally, batches, group_write, keep_series
from collectors.source import parser_of
from store.decisions import Decision
from store.store import Store


def rebuild(store: Store, person: str, now: datetime, say: Callable[[str], None] | None = None) -> Tally:
    """Parse and store every kept group again. What the person typed has no parser and stays as it is."""
    tally = Tally()
    done = 0
    decisions: dict[str, list[Decision]] = {}
    for each in store.decisions(person):
        decisions.setdefault(each.source, []).append(each)
    decided = {name: Decided(some) for name, some in decisions.items()}
    nothing = Decided()
    for batch in batches(store.all_raw_groups(person)):
        writes = []
        for source, group, rows in batch:
            if (reader := parser_of(source)) is not None:
                writes.append(group_write(reader, person, group, rows, decided.get(source, nothing)))
        tally.add((f"{each.source}:{each.group}" for each in writes), store.write(person, writes, now))
        tally.series += keep_series(store, person, writes, now)
        tally.rejected += sum(len(decided.get(each.source, nothing).open(each.rejected)) for each in writes)
        done += len(batch)
        if say and done % 1000 == 0:
            say(f"{done} groups done")
    return tally
