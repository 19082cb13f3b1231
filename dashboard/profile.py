"""What a person types on the Settings page, made into their setting `look`; and back into the words of the form. Pure.

A field that is left empty takes its word back: the default counts again. What makes no sense is refused with a sentence.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from dashboard import words
from dashboard.looks import CHOICES, GOAL_KG, HEIGHT_M
from dashboard.theme import Look
from dashboard.typed import EntryError, number
from health.days import DayError, zone_info
from health.units import UnitError, length_m, mass_kg

Told = dict[str, Any]
TYPED: Final = ("height_m", "goal_kg", "zone")
FIELDS: Final = (*CHOICES, *TYPED)
NONE: Final = "none"  # how a form says that nothing is chosen

_NOTHING: Final = object()
_REGIONS: Final = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
_INCH_MARKS: Final = r"(?:inches|inch|ins|in|\"|″|”|''|′′|’’)"
_FEET: Final = re.compile(rf"(\d)\s*(?:feet|foot|ft|'|′|’)\.?\s*(?:(\d{{1,2}}(?:[.,]\d+)?)\s*{_INCH_MARKS}?\.?)?", re.IGNORECASE)
_ONE_UNIT: Final = re.compile(rf"([\d.,]+)\s*(cm|m|{_INCH_MARKS})?\.?", re.IGNORECASE)
_AS_CM, _AS_M, _AS_FEET = (each.replace(" ", words.NBSP) for each in ("181 cm", "1.81 m", "5 ft 11 in"))
HOW: Final = f"Say it like {_AS_CM}, {_AS_M} or {_AS_FEET}."


class ProfileError(ValueError):
    """What was typed cannot be a setting; the message is a sentence for the person."""


def changed(told: Told, name: str, typed: Any, unit: str) -> Told:
    """The setting `told`, with what was typed for `name`. Raises ProfileError.

    `typed` is a choice's value (`NONE` for no direction) or the text of a field; `unit` is the mass unit the form was drawn with.
    """
    value = read(name, typed, unit)
    kept = _without(told, name)
    return kept if value is None and name in TYPED else {**kept, name: value}


def only(told: Told, name: str) -> Told:
    """That field of the setting alone; empty where nothing was said."""
    return {name: told[name]} if name in told else {}


def put_back(told: Told, name: str, was: Any) -> Told:
    """The setting with that field as `only` gave it once. What makes no sense (any more) is left out."""
    back = was.get(name) if isinstance(was, Mapping) and name in was else _NOTHING
    return _without(told, name) | ({} if back is _NOTHING or not makes_sense(name, back) else {name: back})


def makes_sense(name: str, value: Any) -> bool:
    """Whether that can stand in the setting under that name."""
    if name in CHOICES:
        return value in CHOICES[name]
    if name == "zone":
        return isinstance(value, str) and _is_zone(value)
    low, high = HEIGHT_M if name == "height_m" else GOAL_KG
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _without(told: Told, name: str) -> Told:
    return {key: each for key, each in told.items() if key != name}


def read(name: str, typed: Any, unit: str) -> Any:
    """The value that was typed or chosen for `name`, None for none. Raises ProfileError."""
    if name in CHOICES:
        return _chosen(name, typed)
    text = typed.strip() if isinstance(typed, str) else ""
    if name not in TYPED:
        raise ProfileError("There is no such setting.")
    if not text:
        return None
    if name == "zone":
        return zone(text)
    return height_m(text) if name == "height_m" else goal_kg(text, unit)


def shown(name: str, told: Told, look: Look) -> str:
    """What the form shows for `name`: the value of a choice, or the text of a field (empty where nothing was said)."""
    own = told.get(name)
    if name in CHOICES:
        value = CHOICES[name][0] if not makes_sense(name, own) else own
        return NONE if value is None else str(value)
    if not makes_sense(name, own):
        return ""
    if name == "zone":
        return str(own)
    si = float(str(own))
    return words.height(si, look) if name == "height_m" else words.shortest(words.mass_in(si, look), 2)


def _chosen(name: str, typed: Any) -> Any:
    for each in CHOICES[name]:
        if typed == (NONE if each is None else str(each)):
            return each
    raise ProfileError("That is not one of the choices.")


# -- height -------------------------------------------------------------------------------------------------------------------


def height_m(text: str) -> float:
    """Metres of `181`, `181 cm`, `1.81 m`, `5 ft 11 in`, `5'11"` or `71 in`. Raises ProfileError."""
    tidy = text.strip()
    if match := _FEET.fullmatch(tidy):
        metres = _in_feet(match[1], match[2])
    elif match := _ONE_UNIT.fullmatch(tidy):
        metres = _in_one_unit(match[1], (match[2] or "").lower())
    else:
        raise ProfileError(f"“{tidy[:40]}” is no height. {HOW}")
    if not HEIGHT_M[0] <= metres <= HEIGHT_M[1]:
        raise ProfileError(f"A height is between 50 cm and 260 cm (8 ft 6 in). {HOW}")
    return float(metres)


def _in_feet(feet: str, inches: str | None) -> Decimal:
    more = _number(inches, "inches") if inches else Decimal(0)
    if more >= 12:
        raise ProfileError("A foot has 12 inches: say 5 ft 11 in, or 71 in.")
    return _length(12 * Decimal(feet) + more, "in")


def _in_one_unit(digits: str, unit: str) -> Decimal:
    value = _number(digits, "height")
    if unit in ("cm", "m"):
        return _length(value, unit)
    if unit:
        return _length(value, "in")
    if HEIGHT_M[1] < value < 100 * Decimal(str(HEIGHT_M[0])):  # feet, inches, or a slip: only the person knows
        raise ProfileError(f"“{digits[:40]}” could be feet or inches. {HOW}")
    return _length(value, "m" if value <= HEIGHT_M[1] else "cm")


def _length(value: Decimal, unit: str) -> Decimal:
    try:
        return length_m(value, unit)
    except UnitError as error:
        raise ProfileError(f"That {error}. {HOW}") from None


def _number(text: str, name: str) -> Decimal:
    try:
        return number(text, name)
    except EntryError as error:
        raise ProfileError(str(error)) from None


# -- goal ---------------------------------------------------------------------------------------------------------------------


def goal_kg(text: str, unit: str) -> float:
    """Kilograms of a goal typed in `unit` (kg, lb), exactly. Raises ProfileError."""
    unit = unit if unit in CHOICES["mass_unit"] else "kg"
    said = _number(re.sub(rf"\s*{unit}s?\.?$", "", text.strip(), flags=re.IGNORECASE), "goal")
    try:
        goal = mass_kg(said, unit)
    except UnitError as error:
        raise ProfileError(f"That {error}.") from None
    if not GOAL_KG[0] <= goal <= GOAL_KG[1]:
        low, high = (f"{each:.0f}" for each in (GOAL_KG if unit == "kg" else (45, 880)))
        raise ProfileError(f"A goal is between {low} and {high} {unit}.")
    return float(goal)


# -- home zone ----------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The zones one lives in, by name: a place in each, none of the old abbreviations."""
    return tuple(sorted(each for each in zoneinfo.available_timezones() if each.partition("/")[0] in _REGIONS))


def zone(text: str) -> str:
    """The zone that was typed: its name, however it is written, or a city that only one name ends with. Raises ProfileError."""
    tidy = text.strip().replace(" ", "_")
    for name in zone_names():
        if name.lower() == tidy.lower():
            return name
    cities = [name for name in zone_names() if name.lower().endswith(f"/{tidy.lower()}")]
    if len(cities) == 1:
        return cities[0]
    if _is_zone(tidy):  # UTC, an offset, an old name
        return tidy
    raise ProfileError(f"“{text.strip()[:40]}” is no time zone. Pick one from the list, like Europe/Berlin.")


def _is_zone(name: str) -> bool:
    try:
        zone_info(name)
    except DayError:
        return False
    return True
