"""One row of a lifting export to one set: its cells read, its numbers within what a person can lift, its units converted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from collectors import numbers, times
from collectors.decided import believed
from collectors.files._columns import Columns, rejected, spelt
from health.records import RawRow, RecordError, Rejected, SetType, WorkoutSet
from health.units import UnitError, length_m, mass_kg

MAX_REPS = 1000
MAX_LOAD_KG = 1000
MAX_SET_S = 86_400
MAX_SET_M = 1_000_000
MAX_RPE = 10

_TYPES: dict[str, SetType] = {
    **dict.fromkeys(("w", "warmup", "warm-up", "warm up", "warm_up", "aufwärmen"), "warmup"),
    **dict.fromkeys(("d", "drop", "dropset", "drop set", "drop_set", "drop-set"), "drop"),
    **dict.fromkeys(("f", "failure", "to failure", "fail"), "failure"),
    **dict.fromkeys(("", "n", "normal", "working", "work", "regular"), "normal"),
}
_BODY_ALONE = frozenset({"bodyweight", "bw", "körpergewicht", "pesocorporal", "poidsducorps"})
_ORDER = re.compile(r"^[^\W\d_]{0,10}[ #.]{0,2}\d{1,3}(\.0+)?[a-z]?\.?$", re.IGNORECASE)  # 1, 2.0, #3, Set 4, 5a
_LONGEST_MARK = 2  # a set order without a number, in a language nobody listed: a letter or two
_NO = frozenset({"", "false", "0", "no", "nein", "n"})
_YES = frozenset({"true", "1", "yes", "ja", "y"})

_SYSTEM = {"kg": "km", "lb": "mi"}

ColumnsOf = Callable[[tuple[str, ...], Mapping[str, Any]], Columns]


class BadCell(ValueError):
    """A cell that makes its set unbelievable: `field` and the reason."""

    def __init__(self, name: str, reason: str, said: str) -> None:
        super().__init__(reason)
        self.field, self.reason, self.said = name, reason, said


@dataclass(frozen=True)
class Cells:
    """How to read a row's cells: its columns, decimal mark and unit of weight."""

    columns: Columns
    mark: str
    units: str | None

    @classmethod
    def of(cls, row: RawRow, columns_of: ColumnsOf) -> Cells:
        columns = columns_of(tuple(row.data), row.context)
        units = columns.units.get("weight") or row.context.get("units")
        return cls(columns, row.context.get("mark", "."), units)

    def text(self, row: RawRow, name: str) -> str:
        return self.columns.text(row.data, name)

    def number(self, row: RawRow, name: str, high: int) -> Decimal | None:
        """The number of that cell; None where it is empty. Raises BadCell."""
        text = self.text(row, name)
        if not text:
            return None
        try:
            return _within(row, numbers.read(text, self.mark), name, high, text)
        except numbers.NotANumber as error:
            raise BadCell(name, str(error), text) from None


def _within(row: RawRow, value: Decimal, name: str, high: int, said: str, unit: str = "") -> Decimal:
    if value < 0:
        raise BadCell(name, "is below 0", said)
    if value > high and not believed(row, name, said, value):
        raise BadCell(name, f"is above {high:,}{unit}", said)
    return value


def is_set(cells: Cells, row: RawRow) -> bool:
    """False for the rows of a session that are none of its sets: Strong's `Rest Timer` and `Note` rows in any language."""
    order = cells.text(row, "set")
    if not order or order.casefold() in _TYPES or any(each.isdigit() for each in order):
        return True
    return any(is_load(cells.text(row, name)) for name in ("weight", "reps", "distance"))


def read_set(cells: Cells, row: RawRow, order: int, person: str, aside: list[Rejected]) -> WorkoutSet:
    """The set of that row; a bad measure beside load and repetitions is set aside by itself. Raises BadCell."""
    if not _is_order(place := cells.text(row, "set")):
        raise BadCell("set", "is neither a number nor a mark of a set: a stray comma may have shifted the row", place)
    extras: dict[str, Decimal | None] = {}
    for key, name, read in (("duration_s", "seconds", _seconds), ("distance_m", "distance", _distance), ("rpe", "rpe", _rpe)):
        try:
            extras[key] = read(cells, row)
        except BadCell as bad_cell:
            aside.append(rejected(row, person, name, bad_cell.reason, bad_cell.said))
    if place.casefold() not in _TYPES and not place.isalpha() and not _ORDER.match(place):
        aside.append(rejected(row, person, "set", "is no number of a set: it does not count", place))
    for name, words in (("type", _TYPES), ("warmup", _YES | _NO)):
        if (said := cells.text(row, name)).casefold() not in words:
            aside.append(rejected(row, person, name, "is no word that is known: it does not count", said))
    reps = _reps(cells, row)
    if reps == 0 and (extras.get("duration_s") or extras.get("distance_m")):
        reps = None  # a plank has no repetitions; 0 of them alone is a failed set
    try:
        return WorkoutSet(
            exercise=cells.text(row, "exercise"),
            order=order,
            type=_type(cells, row),
            reps=reps,
            load_kg=_load(cells, row),
            note=cells.text(row, "note") or None,
            **extras,
        )
    except RecordError as error:
        raise BadCell(error.field, error.reason, "") from None


def _is_order(text: str) -> bool:
    return len(text) <= _LONGEST_MARK or text.casefold() in _TYPES or any(map(str.isdigit, text))


def _type(cells: Cells, row: RawRow) -> SetType:
    if cells.text(row, "warmup").casefold() in _YES:
        return "warmup"
    for name in ("type", "set"):
        text = cells.text(row, name).casefold()
        if text and text in _TYPES:
            return _TYPES[text]
    return "normal"


def _reps(cells: Cells, row: RawRow) -> int | None:
    value = cells.number(row, "reps", MAX_REPS)
    if value is None:
        return None
    if value != int(value):
        raise BadCell("reps", "is not a whole number", cells.text(row, "reps"))
    return int(value)


def _load(cells: Cells, row: RawRow) -> Decimal | None:
    text = cells.text(row, "weight")
    if not text or text.casefold().replace("-", "").replace(" ", "") in _BODY_ALONE:
        return None
    amount, own_unit = numbers.split_unit(text)
    unit = own_unit or cells.text(row, "unit") or cells.units
    try:
        value = numbers.read(amount, cells.mark)
        if value == 0:
            return value
        if not unit:
            raise BadCell("weight", "has no unit: say --units kg or --units lb", text)
        load = mass_kg(value, spelt(unit))
    except (numbers.NotANumber, UnitError) as error:
        raise BadCell("weight", str(error), text) from None
    return _within(row, load, "weight", MAX_LOAD_KG, text, " kg")


def _seconds(cells: Cells, row: RawRow) -> Decimal | None:
    text = cells.text(row, "seconds")
    if not text:
        return None
    try:
        value = numbers.read(text, cells.mark) if ":" not in text else Decimal(times.duration_s(text))
    except (numbers.NotANumber, times.NotATime) as error:
        raise BadCell("seconds", str(error), text) from None
    if cells.columns.units.get("seconds") == "min" and ":" not in text:
        value *= 60
    return _within(row, value, "seconds", MAX_SET_S, text, " seconds") or None  # the apps write 0 where nothing was timed


def _distance(cells: Cells, row: RawRow) -> Decimal | None:
    amount, own_unit = numbers.split_unit(cells.text(row, "distance"))
    if not amount:
        return None
    try:
        value = _within(row, numbers.read(amount, cells.mark), "distance", MAX_SET_M, amount)
    except numbers.NotANumber as error:
        raise BadCell("distance", str(error), cells.text(row, "distance")) from None
    if not value:
        return None
    # Apps that name no unit of distance measure it in the system of their weights.
    unit = own_unit or cells.text(row, "distance_unit") or cells.columns.units.get("distance") or _SYSTEM.get(cells.units or "", "")
    if not unit:
        raise BadCell("distance", "has no unit", cells.text(row, "distance"))
    try:
        return _within(row, length_m(value, spelt(unit)), "distance", MAX_SET_M, cells.text(row, "distance"), " m")
    except UnitError as error:
        raise BadCell("distance", str(error), cells.text(row, "distance")) from None


def _rpe(cells: Cells, row: RawRow) -> Decimal | None:
    return cells.number(row, "rpe", MAX_RPE)


def is_load(text: str) -> bool:
    """True for a number above 0, whatever its marks and digits."""
    return any(each.isdecimal() and int(each) for each in text)
