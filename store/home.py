"""Where a person is at home: what they said themselves, else what the process was told by its settings.

The person's word stands in their setting `look`, beside the units they read (the Settings page writes it). It counts for the web
page and for every command alike, or one file read by both would make two different instants. An option given to one command
(`--zone`) goes before it, because it speaks of that one file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from health.days import DayError, zone_info
from store.store import Store

SETTING: Final = "look"


def home_zone(store: Store, person: str, default: str) -> str:
    """The home zone of that person; `default` (FITBOARD_ZONE, or the machine's) where they said none."""
    return zone_said(store.setting(person, SETTING), default)


def zone_said(told: Any, default: str) -> str:
    """The zone in a setting `look` as it was stored; `default` where there is none, or one that nobody knows."""
    zone = told.get("zone") if isinstance(told, Mapping) else None
    if not isinstance(zone, str):
        return default
    try:
        zone_info(zone)
    except DayError:
        return default
    return zone
