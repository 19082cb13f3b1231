"""Roles to colours, and what a figure must know of the person looking at it. The same table as assets/10-tokens.css."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Mode = Literal["light", "dark"]
Direction = Literal["lose", "gain", "keep"]

PALETTES: dict[Mode, dict[str, str]] = {
    "light": {
        "page": "#f6f6f3", "card": "#ffffff", "sunk": "#eeeeea", "line": "#e3e3de", "edge": "#85888e",
        "ink": "#1a1c1f", "ink-2": "#50545b", "ink-3": "#676b72",
        "body": "#1f66c1", "run": "#b04e0f", "lift": "#8a2466", "sleep": "#353c6e", "next": "#0a776a",
        "toward": "#0b7249", "away": "#a14a06", "bad": "#b3261e",
    },
    "dark": {
        "page": "#0f1113", "card": "#181b1e", "sunk": "#23272b", "line": "#2b2f34", "edge": "#757c85",
        "ink": "#eceded", "ink-2": "#b3b8be", "ink-3": "#969ca4",
        "body": "#6aa9f7", "run": "#f0954f", "lift": "#e07fbc", "sleep": "#d3d2f2", "next": "#45c9b5",
        "toward": "#56c68f", "away": "#eba15a", "bad": "#ff8a80",
    },
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Look:
    """How this person wants to see things, and on which local day they look."""

    today: date
    mode: Mode = "light"
    mass_unit: Literal["kg", "lb"] = "kg"
    distance_unit: Literal["km", "mi"] = "km"
    speed_as: Literal["pace", "speed"] = "pace"
    first_weekday: int = 0
    direction: Direction | None = None
    height_m: float | None = None
    goal_kg: float | None = None
    compact: bool = False  # a phone: fewer ticks, fixed range

    def colour(self, role: str) -> str:
        """The colour of a role in this mode."""
        return PALETTES[self.mode][role]

    def tint(self, role: str, share: float, on: str = "card") -> str:
        """`share` of a role mixed solidly into another (a transparent bar would let gridlines shine through)."""
        top, under = self.colour(role), self.colour(on)
        mixed = (round(int(top[i : i + 2], 16) * share + int(under[i : i + 2], 16) * (1 - share)) for i in (1, 3, 5))
        return "#" + "".join(f"{each:02x}" for each in mixed)

    def alpha(self, role: str, share: float) -> str:
        """A role at an opacity, for bands and faint points."""
        colour = self.colour(role)
        return f"rgba({int(colour[1:3], 16)},{int(colour[3:5], 16)},{int(colour[5:7], 16)},{share:g})"
