"""The history of a source's runs: one line a run, written by the loop, also of a run that failed or was killed in the middle.

Two small writes a run: where it stands says when a run began, and a line is kept when it ends. A run that began and never ended
(its process was killed, the machine went off) is found by the next one, which holds the turn and so knows that it is dead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from store.runs import COUNTS, Run, RunState
from store.store import Store, SyncState

KEPT: Final = timedelta(days=90)
KILLED: Final = "It was ended in the middle. What it had read is stored; the next run went on from there."
RUNNING: Final = "It runs now, or was ended in the middle."


def begin(store: Store, person: str, source: str, now: datetime) -> SyncState:
    """Note that a run begins, and that one before it never ended; where the source stood before. The caller holds the turn."""
    before = store.sync_state(person, source) or SyncState(source=source)
    dead = unfinished(before)
    if dead is not None and all(each.began != dead.began for each in store.runs(person, source)):
        store.put_run(person, replace(dead, state="ended", message=KILLED))
    stands = replace(before, began=now, counts={})
    store.put_sync_state(person, stands)
    return stands


def end(store: Store, person: str, stands: SyncState, state: RunState, message: str, counts: dict[str, int], now: datetime) -> None:
    """Keep the line of the run that began as `stands` says, and once a day forget what is older than 90 days."""
    if stands.began is None:
        return
    run = Run(source=stands.source, began=stands.began, ended=max(now, stands.began), state=state, message=message)
    store.put_run(person, _counted(run, counts))
    if stands.last_run is None or stands.last_run.date() != now.date():
        store.forget_runs(person, stands.source, now - KEPT)


def unfinished(stands: SyncState) -> Run | None:
    """The run that began and has not ended as far as the source's state says; its counts are the least it did."""
    if stands.began is None:
        return None
    return _counted(Run(source=stands.source, began=stands.began, state="running", message=RUNNING), stands.counts)


def _counted(run: Run, counts: Mapping[str, int]) -> Run:
    return replace(run, **{name: counts[name] for name in COUNTS if name in counts})  # type: ignore[arg-type]  # counts, all of them


def latest(store: Store, person: str, source: str, most: int) -> list[Run]:
    """The last runs of a source, the newest first, one that has not ended among them."""
    stands = store.sync_state(person, source)
    running = unfinished(stands) if stands else None
    runs = {each.began: each for each in store.runs(person, source)}
    if running is not None:
        runs.setdefault(running.began, running)
    return [runs[began] for began in sorted(runs, reverse=True)[:most]]
