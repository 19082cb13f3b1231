"""Numbers, units, days and changes as a person reads them. SI comes in; the units this person chose go out.

An `Amount` is a number and its unit apart, because a card shows the unit smaller; `str(amount)` joins them with a no-break space.
Everything here is pure: what "today" is comes with the `Look`, what "now" is as an argument.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from dashboard.theme import Look
from health.days import local_time
from health.quantities import QUANTITIES
from health.units import KG_PER_LB, M_PER_FOOT, M_PER_MILE

NBSP = "\u00a0"
MINUS = "−"
NONE = "–"
_KG_PER_LB, _M_PER_MILE, _M_PER_FOOT = float(KG_PER_LB), float(M_PER_MILE), float(M_PER_FOOT)


class Amount(NamedTuple):
    """A number in words and its unit (empty where it has none)."""

    number: str
    unit: str = ""

    def __str__(self) -> str:
        if not self.unit:
            return self.number
        return f"{self.number}{NBSP}{self.unit}"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change in words: its way, how much (unsigned), and whether that is where the person wants to go (None: no goal)."""

    way: Literal["up", "down", "none"]
    amount: Amount
    toward: bool | None = None

    @property
    def arrow(self) -> str:
        return {"up": "↑", "down": "↓", "none": ""}[self.way]

    @property
    def short(self) -> str:
        """`↓ 0.4 kg`, or `no change`."""
        return "no change" if self.way == "none" else f"{self.arrow}{NBSP}{self.amount}"

    @property
    def prose(self) -> str:
        """`down 0.4 kg`, or `unchanged`."""
        return "unchanged" if self.way == "none" else f"{self.way} {self.amount}"


# -- numbers ------------------------------------------------------------------------------------------------------------------


def number(value: float, decimals: int = 0) -> str:
    """`value` with that many decimals, thousands parted by commas and a true minus; an absent one is a dash."""
    if not math.isfinite(value):
        return NONE
    text = f"{value:,.{decimals}f}"
    return MINUS + text[1:] if text.startswith("-") and float(text.replace(",", "")) else text.lstrip("-")


def shortest(value: float, decimals: int = 1) -> str:
    """Like `number`, without trailing zeros: 140, 112.5."""
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(value: float, one: str, many: str | None = None) -> str:
    """`1 run`, `4 runs`, `1,482 sessions`."""
    return f"{shortest(value)}{NBSP}{one if value == 1 else (many or one + 's')}"


_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def spelled(value: int) -> str:
    """Small counts as prose writes them: `six`, `13`."""
    return _SMALL[value] if 0 <= value < len(_SMALL) else number(value)


def times(value: int) -> str:
    """`once`, `twice`, `six times`."""
    return {0: "not once", 1: "once", 2: "twice"}.get(value, f"{spelled(value)} times")


# -- amounts: SI in, the person's units out -------------------------------------------------------------------------------------


def mass_in(kg: float, look: Look) -> float:
    """Kilograms as a number in the person's unit."""
    return kg if look.mass_unit == "kg" else kg / _KG_PER_LB


def distance_in(metres: float, look: Look) -> float:
    """Metres as a number of the person's kilometres or miles."""
    return metres / (1000 if look.distance_unit == "km" else _M_PER_MILE)


def mass(kg: float, look: Look, decimals: int = 1) -> Amount:
    """`80.4 kg`, `177.3 lb`."""
    return Amount(number(mass_in(kg, look), decimals), look.mass_unit)


def load(kg: float, look: Look) -> Amount:
    """A load on the bar, without trailing zeros: `140 kg`, `112.5 kg`."""
    return Amount(shortest(mass_in(kg, look), 2), look.mass_unit)


def volume(kg: float, look: Look) -> Amount:
    """Weight lifted in all: `11.8 t` (whole kg below one tonne), or pounds in thousands: `26,000 lb`."""
    if look.mass_unit == "lb":
        return Amount(number(mass_in(kg, look)), "lb")
    return Amount(number(kg / 1000, 1), "t") if abs(kg) >= 1000 else Amount(number(kg), "kg")


def lifted(reps: float | None, kg: float | None, look: Look) -> str:
    """A set: `5 × 140 kg`, or `12 reps` without a load."""
    if reps is None or not math.isfinite(reps):
        return str(load(kg, look)) if kg is not None and math.isfinite(kg) else NONE
    if kg is None or not math.isfinite(kg) or kg == 0:
        return count(reps, "rep")
    return f"{number(reps)}{NBSP}×{NBSP}{load(kg, look)}"


def percent(ratio: float, decimals: int = 1) -> Amount:
    """`18.5 %` of a ratio of 0 to 1."""
    return Amount(number(ratio * 100, decimals), "%")


def points(ratio: float, decimals: int = 1) -> Amount:
    """A change of a percentage: `0.4 points`."""
    return Amount(number(ratio * 100, decimals), "points")


def distance(metres: float, look: Look, decimals: int = 2) -> Amount:
    """`8.42 km`, `5.23 mi`."""
    return Amount(number(distance_in(metres, look), decimals), look.distance_unit)


def climb(metres: float, look: Look) -> Amount:
    """Height gained: `64 m`, or feet with miles."""
    return Amount(number(metres), "m") if look.distance_unit == "km" else Amount(number(metres / _M_PER_FOOT), "ft")


def height(metres: float, look: Look) -> str:
    """How tall: `181 cm`, or with miles `5 ft 11 in`."""
    if look.distance_unit == "km":
        return f"{shortest(metres * 100)}{NBSP}cm"
    # Tenths of an inch first: rounded later, eleven and nearly twelve inches would read as 12.
    feet, tenths = divmod(round(metres / _M_PER_FOOT * 120), 120)
    return f"{feet}{NBSP}ft" + (f"{NBSP}{shortest(tenths / 10)}{NBSP}in" if tenths else "")


def clock(seconds: float) -> str:
    """Minutes and seconds: `5:21`, `1:02:09`."""
    if not math.isfinite(seconds):
        return NONE
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def pace(mps: float, look: Look) -> Amount:
    """Metres a second as a pace: `5:21 /km`."""
    per = 1000 if look.distance_unit == "km" else _M_PER_MILE
    return Amount(clock(per / mps) if mps > 0 else NONE, f"/{look.distance_unit}")


def speed(mps: float, look: Look, decimals: int = 1) -> Amount:
    """Metres a second as `11.2 km/h`, or mph."""
    unit = "km/h" if look.distance_unit == "km" else "mph"
    return Amount(number(distance_in(mps * 3600, look), decimals), unit)


def rate(mps: float, look: Look) -> Amount:
    """Pace or speed, whichever this person reads."""
    return pace(mps, look) if look.speed_as == "pace" else speed(mps, look)


def duration(seconds: float) -> str:
    """`1 h 56 min`, `45 min`, `38 s`."""
    if not math.isfinite(seconds):
        return NONE
    if seconds < 60:
        return f"{round(seconds)}{NBSP}s"
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{minutes}{NBSP}min" if minutes else f"{hours}{NBSP}h"


def quantity_in(key: str, value: float, look: Look) -> float:
    """The SI value of a quantity as the number this person reads (percent for ratios)."""
    dimension = QUANTITIES[key].dimension
    if dimension == "ratio":
        return value * 100
    return mass_in(value, look) if dimension == "mass" else value


def quantity_unit(key: str, look: Look) -> str:
    """The unit that number is read in."""
    row = QUANTITIES[key]
    return look.mass_unit if row.dimension == "mass" else row.shown_unit


def quantity(key: str, value: float, look: Look) -> Amount:
    """Any measured quantity, with the decimals its table row says."""
    return Amount(number(quantity_in(key, value, look), QUANTITIES[key].decimals), quantity_unit(key, look))


# -- changes ------------------------------------------------------------------------------------------------------------------


def change(amount: Amount, value: float, wanted: Literal["up", "down", "keep"] | None = None) -> Change:
    """The change `value` whose size is said by `amount` (made from abs(value)). Below its precision it is no change.

    `wanted` is where the person wants to go; "keep" makes every change one away from it.
    """
    if not math.isfinite(value) or not any(each in "123456789" for each in amount.number):
        return Change(way="none", amount=amount)
    way: Literal["up", "down"] = "up" if value > 0 else "down"
    return Change(way=way, amount=amount, toward=None if wanted is None else wanted == way)


def quantity_change(key: str, value: float, look: Look) -> Change:
    """The change of a quantity, in the person's units and judged by the person's direction (weight and fat) or everyone's."""
    row = QUANTITIES[key]
    amount = points(abs(value), row.decimals) if row.dimension == "ratio" else quantity(key, abs(value), look)
    return change(amount, value, wanted(key, look))


def wanted(key: str, look: Look) -> Literal["up", "down", "keep"] | None:
    """Which way of a quantity this person wants; None where nobody said."""
    if key in ("body_mass_kg", "bmi") and look.direction is not None:
        return {"lose": "down", "gain": "up", "keep": "keep"}[look.direction]  # type: ignore[return-value]
    if key in ("fat_ratio", "fat_mass_kg") and look.direction == "lose":
        return "down"
    return QUANTITIES[key].good if key in QUANTITIES else None


def faster(now_mps: float, before_mps: float, look: Look) -> Change:
    """A pace beside the one before: `8 s faster`. `toward` is True when faster."""
    per = 1000 if look.distance_unit == "km" else _M_PER_MILE
    if now_mps <= 0 or before_mps <= 0 or not math.isfinite(now_mps + before_mps):
        return Change(way="none", amount=Amount(NONE))
    gained = per / before_mps - per / now_mps
    if round(abs(gained)) == 0:
        return Change(way="none", amount=Amount("0", "s"))
    return Change(way="up" if gained > 0 else "down", amount=Amount(number(abs(gained)), "s"), toward=gained > 0)


def faster_text(each: Change) -> str:
    """`8 s faster`, `12 s slower`, `no change`."""
    return "no change" if each.way == "none" else f"{each.amount} {'faster' if each.way == 'up' else 'slower'}"


def more_text(each: Change) -> str:
    """`1.18 km more`, `12 m less`, `no change`."""
    return "no change" if each.way == "none" else f"{each.amount} {'more' if each.way == 'up' else 'less'}"


# -- days and moments ---------------------------------------------------------------------------------------------------------


# A hundred hovers say a day each, and strftime is slow.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(each: date, look: Look) -> str:
    """`Sat 21 Nov`, with the year when it is not this one."""
    text = f"{_WEEKDAYS[each.weekday()]} {each.day}{NBSP}{_MONTHS[each.month - 1]}"
    return text if each.year == look.today.year else f"{text} {each.year}"


def day_long(each: date) -> str:
    """`Sunday 22 November`."""
    return f"{each:%A} {each.day} {each:%B}"


def day_near(each: date, look: Look) -> str:
    """`Today`, `Yesterday`, else the day."""
    return {0: "Today", 1: "Yesterday"}.get((look.today - each).days, day(each, look))


def span(first: date, last: date) -> str:
    """`16 to 22 Nov`, `28 Sep to 4 Oct`."""
    start = str(first.day) if (first.year, first.month) == (last.year, last.month) else f"{first.day}{NBSP}{first:%b}"
    return f"{start} to {last.day}{NBSP}{last:%b}"


def moment(at: datetime, zone: str, look: Look, precision: str = "instant") -> str:
    """`Today, 07:12`, `Yesterday, 08:05`, `Sat 21 Nov`: on the wearer's clock."""
    wall = local_time(at, zone)
    text = day_near(wall.date(), look)
    near = 0 <= (look.today - wall.date()).days <= 1
    return f"{text}, {wall:%H:%M}" if near and precision == "instant" else text


def ago(at: datetime, now: datetime, zone: str, look: Look) -> str:
    """`just now`, `12 minutes ago`, `2 hours ago`; from six hours on, the moment."""
    passed = now - at
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{count(passed // timedelta(minutes=1), 'minute')} ago"
    if passed < timedelta(hours=6):
        return f"{count(passed // timedelta(hours=1), 'hour')} ago"
    return moment(at, zone, look)


def age(days: int) -> str:
    """How old: `today`, `yesterday`, `9 days old`."""
    return {0: "today", 1: "yesterday"}.get(days, f"{count(days, 'day')} old")


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""
