"""Make every record again from the kept raw rows, offline: what a better parser is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from collectors.keep import Tally, batches, group_write, keep_series
from collectors.source import parser_of
from store.store import Store


def rebuild(store: Store, person: str, now: datetime, say: Callable[[str], None] | None = None) -> Tally:
    """Parse and store every kept group again. What the person typed has no parser and stays as it is."""
    tally = Tally()
    done = 0
    for batch in batches(store.all_raw_groups(person)):
        writes = []
        for source, group, rows in batch:
            if (reader := parser_of(source)) is not None:
                writes.append(group_write(reader, person, group, rows))
        tally.add((f"{each.source}:{each.group}" for each in writes), store.write(person, writes, now))
        tally.series += keep_series(store, person, writes, now)
        tally.rejected += sum(len(each.rejected) for each in writes)
        done += len(batch)
        if say and done % 1000 == 0:
            say(f"{done} groups done")
    return tally
