"""Where a source stands, as the JSON text that both engines keep, and back."""

from __future__ import annotations

import json
from typing import Any

from store.items import dump, instant, instant_text
from store.store import SyncState

_INSTANTS = ("last_run", "last_success", "next_run", "began")


def state_text(state: SyncState) -> str:
    """`state` as one line of JSON."""
    item: dict[str, Any] = {
        "source": state.source,
        "cursor": state.cursor,
        "state": state.state,
        "message": state.message,
        "counts": state.counts,
    }
    item |= {name: instant_text(at) for name in _INSTANTS if (at := getattr(state, name)) is not None}
    return dump(item)


def state_of(text: str) -> SyncState:
    """The state that `state_text` wrote."""
    item: dict[str, Any] = json.loads(text)
    item |= {name: instant(item[name]) for name in _INSTANTS if name in item}
    return SyncState(**item)
