"""How this person wants to see things: their settings in the store, and the screen they look at, made into a `Look`.

Settings stand under the key `look` of the person: mass_unit, distance_unit, speed_as, first_weekday, direction, height_m, goal_kg
and zone; the Settings page writes them. Whatever is missing or makes no sense takes its default, so a hand-edited setting cannot
break a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from dashboard.page import House
from dashboard.theme import Look
from health.days import local_day
from store.home import SETTING, home_zone, zone_said

CHOICES: Final[Mapping[str, tuple[Any, ...]]] = {
    "mass_unit": ("kg", "lb"),
    "distance_unit": ("km", "mi"),
    "speed_as": ("pace", "speed"),
    "first_weekday": (0, 6, 5),
    "direction": (None, "lose", "gain", "keep"),
}
HEIGHT_M: Final = (0.5, 2.6)
GOAL_KG: Final = (20.0, 400.0)
# The sample person has said what they want, so that a newcomer sees what a goal and a height bring.
SAMPLE: Final[Mapping[str, Any]] = {"direction": "lose", "height_m": 1.81}


def look_of(house: House, screen: Mapping[str, Any] | None, now: datetime, *, is_sample: bool = False) -> Look:
    """The look of this person on this screen ({"mode": "dark", "phone": true}) on the local day of `now`."""
    return at_home(house, screen, now, is_sample=is_sample)[1]


def at_home(house: House, screen: Mapping[str, Any] | None, now: datetime, *, is_sample: bool = False) -> tuple[House, Look]:
    """The house with the person's own home zone, where they said one, and their look. Reads their settings once."""
    said = house.store.setting(house.person, SETTING)
    told = {**(SAMPLE if is_sample else {}), **(said if isinstance(said, dict) else {})}
    screen = screen if isinstance(screen, Mapping) else {}
    zone = zone_said(told, house.zone)
    look = Look(
        today=local_day(now, zone),
        mode="dark" if screen.get("mode") == "dark" else "light",
        compact=screen.get("phone") is True,
        height_m=_between(told.get("height_m"), *HEIGHT_M),
        goal_kg=_between(told.get("goal_kg"), *GOAL_KG),
        **{name: told[name] for name, allowed in CHOICES.items() if name in told and told[name] in allowed},
    )
    return replace(house, zone=zone), look


def zone_of(house: House) -> str:
    """The person's home zone: what they said, else the one this house was opened with."""
    return home_zone(house.store, house.person, house.zone)


def _between(value: Any, low: float, high: float) -> float | None:
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
    return float(value) if known else None
