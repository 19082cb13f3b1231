"""What the callbacks of the Log page share: keep and say so, go on, and read what the browser holds with care."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dash import no_update

from dashboard.looks import zone_of
from dashboard.page import House
from dashboard.typed import EntryError
from store.store import StaleEdit, Stored, StoreError

STALE: Final = (
    "This entry was changed or deleted elsewhere meanwhile. Nothing was overwritten; open the page again to see how it stands."
)


def after(keep: Callable[[], Stored], form: str, version: int, search: Any, turn: Any) -> tuple[Any, Any, Any]:
    """Keep what was typed, and where to go then; or stay, with what is wrong in plain words."""
    said = wrong(keep)
    return (no_update, no_update, said) if said else (*to(done(form, version), search, turn), "")


def wrong(keep: Callable[[], Stored]) -> str:
    """Keep what was typed; what is wrong with it in plain words, empty where it is kept."""
    try:
        keep()
    except EntryError as error:
        return str(error)
    except StaleEdit:
        return STALE
    except StoreError as error:
        return f"Nothing was saved. {error}"
    return ""


def done(form: str, version: int) -> str:
    """The query of the page that says an entry of that form is kept; `version` is what it replaced, 0 for a new one."""
    return f"?form={form}&said={'changed' if version else 'saved'}"


def to(wanted: str, search: Any, turn: Any) -> tuple[Any, Any]:
    """To that query; where it is the present one already, only draw the page anew."""
    if search == wanted:
        return no_update, (turn if isinstance(turn, int) else 0) + 1
    return wanted, no_update


def zone(house: House, state: dict[str, Any]) -> str:
    """The zone that the form was drawn for."""
    said = state.get("zone")
    return said if isinstance(said, str) and said else zone_of(house)


def version(state: dict[str, Any]) -> int:
    """The version that an edit replaces; 0 for a new entry."""
    said = state.get("version", 0)
    return said if isinstance(said, int) and not isinstance(said, bool) else 0
