"""`python -m collectors merges | split | unsplit`: what was counted once, and the person's word that it is not one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from health.merging import Things, taken_from
from store import splits
from store.frames import FrameCache
from store.store import Store

_LISTED: Final = 20  # lines for a person; --json has them all
_HIDDEN: Final = frozenset({"at", "zone", "day"})


def show(store: Store, person: str, *, as_json: bool) -> int:
    """Print what was merged and what was split."""
    merged = described(FrameCache(store, person).frames().things)
    apart = splits.splits(store, person)
    if as_json:
        said = [{key: each[key] for key in ("id", "of", "at", "apart")} for each in apart]
        print(json.dumps({"merged": merged, "splits": said}))
        return 0
    for each in merged[:_LISTED]:
        from_ = ", ".join(record["id"] for record in each["records"][1:])
        print(f"{each['day']}  {each['kind']}  {each['id']}  with {from_}")
    if len(merged) > _LISTED:
        print(f"The newest {_LISTED} of {len(merged)}; all with --json.")
    if not merged:
        print("Nothing was told by two sources.")
    for each in apart:
        print(f"kept apart by you: {each['id']}  {' | '.join(', '.join(group) for group in each['apart'])}")
    return 0


def described(found: Mapping[str, Things]) -> list[dict[str, Any]]:
    """Every merged thing, the newest first: its records, and what counts from which source."""
    return sorted(_each(found), key=lambda thing: (thing["at"][:-1], thing["kind"], thing["id"]), reverse=True)


def _each(found: Mapping[str, Things]) -> Iterable[dict[str, Any]]:
    for kind, things in found.items():
        for id, members in things.merged.items():
            taken = {name: {"value": value, "source": source} for name, (value, source) in taken_from(kind, members).items()}
            yield {
                "kind": kind,
                "id": id,
                "at": members[0]["at"],
                "day": members[0]["day"],
                "records": [{"id": each["id"], "source": each["source"]} for each in members],
                "fields": {name: said for name, said in taken.items() if name not in _HIDDEN},
            }


def split(store: Store, person: str, id: str, kind: str | None, now: datetime, zone: str) -> int:
    """Keep the records of that thing apart. Raises StoreError."""
    made = splits.split(store, person, FrameCache(store, person).frames().things, id, now, zone, kind)
    groups = " | ".join(", ".join(group) for group in made["apart"])
    print(f"Kept apart from now on: {groups}")
    print(f"Take it back with: python -m collectors unsplit {made['id']}", file=sys.stderr)
    return 0


def unsplit(store: Store, person: str, id: str, now: datetime) -> int:
    """Take those splits back. Raises StoreError."""
    for each in splits.unsplit(store, person, id, now):
        print(f"No longer kept apart: {' | '.join(', '.join(group) for group in each['apart'])}")
    return 0
