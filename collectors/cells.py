"""The single values of a raw row as a person sees and corrects them. Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from collectors.decided import PROBLEM, cells, escaped, unescaped
from health.records import RawRow, Rejected
from store.decisions import Correction

_HEADER = "header"
_WHOLE = "/"  # the place of the one cell of a row that could not be cut into cells
MOST_LETTERS = 2000  # of one corrected cell


class CannotDecide(ValueError):
    """Why a decision was not taken, in words that say what to do. Nothing was changed."""


def editable(row: RawRow) -> dict[str, Any]:
    """The values of a row by their place, with empty ones for columns it lacks; empty where it cannot be corrected here.

    A line that could not be cut into cells is cut as well as it goes. A row of a sheet whose day is unreadable has no place in time
    that a cell of it says alone: that is corrected in the sheet.
    """
    if PROBLEM not in row.context:
        shown = cells(row.data)
        named = [f"/{escaped(str(letter))}" for letter in row.context.get("fields", {}).values()]
        return shown | {place: None for place in named if place not in shown}
    header = row.context.get(_HEADER)
    if not header:
        return {}
    whole = str(row.data.get("", ""))
    cut = next(csv.reader([whole], delimiter=_delimiter(whole, len(header))), []) if whole else []
    known = dict(zip(header, cut, strict=False)) | {name: cell for name, cell in row.data.items() if name}
    return {f"/{escaped(name)}": known.get(name, "") for name in header}


def _delimiter(text: str, width: int) -> str:
    """What cuts the line into a number of cells nearest to the header's."""
    return min((",", ";", "\t", "|"), key=lambda each: abs(text.count(each) + 1 - width))


def name_of(place: str, row: RawRow | None = None) -> str:
    """What a person calls that cell: its column; of a sheet its letter with what stands in it; of a nested value the way to it."""
    steps = [unescaped(step) for step in place.split("/")[1:]]
    fields = row.context.get("fields", {}) if row is not None else {}
    meaning = next((name for name, letter in fields.items() if [letter] == steps), "")
    if meaning:
        return f"{steps[0]} ({meaning})"
    return " › ".join(str(int(step) + 1) if step.isdigit() and at else step for at, step in enumerate(steps)) or "the row"


def meant_first(shown: Mapping[str, Any], row: RawRow, each: Rejected) -> dict[str, Any]:
    """The cells in their order, those first that the Rejected is about: that say what it quotes, or are named like its field."""

    def rank(place: str) -> int:
        fields = row.context.get("fields", {})
        if place == f"/{escaped(str(fields.get(each.field, '')))}" and each.field in fields:
            return 0
        if each.said and str(shown[place]).strip() == each.said:
            return 0
        named = name_of(place, row).casefold()
        return 1 if each.field.replace("_", " ").casefold() in named.replace("_", " ") else 2

    return {place: shown[place] for place in sorted(shown, key=rank)}


def place_of(column: str, shown: Mapping[str, Any], row: RawRow) -> str:
    """The place that a person means by a column's name (or a place). Raises CannotDecide naming the columns there are."""
    for place in shown:
        if column in (place, name_of(place, row)) or [column] == [unescaped(step) for step in place.split("/")[1:]]:
            return place
    names = ", ".join(name_of(place, row) for place in shown)
    raise CannotDecide(f"This row has no cell {column!r}. It has: {names}.")


def corrections(row: RawRow, shown: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Correction]:
    """What the person says of each cell beside what the source says, in the row's order. Raises CannotDecide."""
    unknown = [place for place in said if place not in shown]
    if unknown:
        raise CannotDecide(f"This row has no cell {name_of(unknown[0], row)!r}.")
    came = cells(row.data)
    whole = PROBLEM in row.context
    fixed: dict[str, Correction] = {_WHOLE: Correction(was=came[_WHOLE])} if whole and _WHOLE in came else {}
    order = editable(row)
    for place in order:
        now = _typed(said[place], came.get(place), place, row) if place in said else shown[place]
        if now != came.get(place):
            fixed[place] = Correction(was=came.get(place), now=now)
    if not set(fixed) - {_WHOLE}:
        raise CannotDecide("Nothing was changed in this row.")
    return fixed


def _typed(text: str, was: Any, place: str, row: RawRow) -> Any:
    """The text as the kind of value that stands there: a number where there is one, None for a cell emptied of it."""
    if len(text) > MOST_LETTERS:
        raise CannotDecide(f"{name_of(place, row)} can hold {MOST_LETTERS:,} characters at most.")
    if isinstance(was, str) or (was is None and text):
        return text
    if not text.strip():
        return None
    if isinstance(was, bool) or was is None:
        raise CannotDecide(f"{name_of(place, row)} cannot be corrected.")
    try:
        number = Decimal(text.strip())
        value = int(number) if number == int(number) else float(number)
    except (InvalidOperation, ValueError, OverflowError):
        raise CannotDecide(f"{name_of(place, row)} needs a number, and “{text[:60]}” is none.") from None
    return value
