"""From the rows of one session in a spreadsheet to a workout: cells to sets, each bad cell named by tab, row and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from collectors import numbers, times
from collectors.decided import believed
from collectors.source import Parsed
from health import days
from health.records import RawRow, RecordError, Rejected, SetType, Workout, WorkoutSet
from health.units import UnitError, exact, mass_kg

SOURCE = "sheets"
_T = TypeVar("_T")
MOST_REPS, MOST_KG, MOST_SETS = 1000, 1000, 50
_TYPES: dict[str, SetType] = {
    "w": "warmup", "warmup": "warmup", "warm-up": "warmup", "warm up": "warmup", "aufwärmen": "warmup", "d": "drop", "drop": "drop",
    "dropset": "drop", "drop set": "drop", "f": "failure", "failure": "failure",
}  # fmt: skip
_OWN_WEIGHT = frozenset({"bw", "bodyweight", "body weight", "kg", "körpergewicht", "kgw", "pc", "pdc", "-", "–"})
_NUMBER = r"\d+(?:[.,]\d+)?"
_ITEM = re.compile(
    rf"^(?:(?P<sets>\d+)\s*[x×*]\s*)?(?P<reps>\d+(?:\s*/\s*\d+)*)\s*(?:reps?|wdh\.?)?"
    rf"(?:\s*(?:@|[x×*]|\s|à|a|bei|at)\s*(?P<load>{_NUMBER}|bw)\s*(?P<unit>kgs?|lbs?)?)?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:;|\n|,\s+|\+|,(?=\s*\d+\s*[x×*]))\s*")


class BadCell(ValueError):
    """A cell that cannot be read: which field, what it says, and why not."""

    def __init__(self, field: str, said: Any, reason: str) -> None:
        super().__init__(reason)
        self.field, self.said, self.reason = field, said, reason


# Without these a set says something else; a bad cell elsewhere leaves the set as it is.
_NEEDED = frozenset({"exercise", "sets", "reps", "weight", "unit"})


@dataclass(frozen=True)
class _Row:
    """A raw row with its cells by field. `bad` gathers every cell of it that cannot be read."""

    raw: RawRow
    bad: list[BadCell] = field(default_factory=list)

    def tried(self, read: Callable[[_Row], _T]) -> _T | None:
        """What `read` makes of this row; None, and the cell is noted, where it cannot."""
        try:
            return read(self)
        except BadCell as bad:
            self.bad.append(bad)
            return None

    def cell(self, field: str) -> Any:
        value = self.raw.data.get(self.raw.context["fields"].get(field, ""))
        return value.strip() or None if isinstance(value, str) else value

    def mark(self, where: str) -> str:
        return str(self.raw.context.get("marks", {}).get(where, "."))

    def number(self, field: str) -> Decimal | None:
        """The number in that field's cell, None where it is blank. Raises BadCell."""
        value = self.cell(field)
        if value is None:
            return None
        return _number(field, value, self.mark(self.raw.context["fields"][field]))


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The workout that the rows of one session make; None without a single good set or a day."""
    context = rows[0].context
    if "wall" not in context:
        said, problem = str(context.get("said", "")), str(context.get("problem", "is missing"))
        return None, [_rejected(each, person, BadCell("date", said, problem)) for each in rows]
    found: list[WorkoutSet] = []
    rejected: list[Rejected] = []
    for raw in rows:
        row = _Row(raw)
        found += _sets(row, len(found) + 1)
        rejected += [_rejected(raw, person, bad) for bad in row.bad]
    if not found:
        return None, rejected
    wall, zone = str(context["wall"]), str(context["zone"])
    day_only = len(wall) == 10
    at = days.day_at(date.fromisoformat(wall), zone) if day_only else days.from_local(datetime.fromisoformat(wall), zone)
    record = Workout(
        person=person,
        source=SOURCE,
        native_id=rows[0].group,
        at=at,
        zone=zone,
        precision="day" if day_only else "instant",
        name=context.get("workout"),
        sets=tuple(found),
    )
    return record, rejected


def _rejected(raw: RawRow, person: str, bad: BadCell) -> Rejected:
    where = raw.context["fields"].get(bad.field) or next(
        (letter for letter, name in raw.context.get("exercises", {}).items() if name == bad.field), ""
    )
    place = f"{raw.place}, column {where}" if where else raw.place
    return Rejected(
        person=person, source=SOURCE, group=raw.group, row_id=raw.row_id, row=place, field=bad.field, reason=bad.reason,
        said=str(bad.said)[:200],
    )  # fmt: skip


def _sets(row: _Row, first: int) -> list[WorkoutSet]:
    """The sets of one row, numbered from `first`."""
    if exercises := row.raw.context.get("exercises"):
        made = [each for letter, name in exercises.items() for each in row.tried(partial(_wide, letter, str(name))) or []]
    else:
        made = row.tried(_of_row) or []
        if any(bad.field in _NEEDED for bad in row.bad):
            return []
    found: list[WorkoutSet] = []
    for values in made:
        try:
            found.append(WorkoutSet(order=first + len(found), **values))
        except RecordError as error:
            row.bad.append(BadCell(error.field, "", error.reason))
    return found


def _wide(letter: str, exercise: str, row: _Row) -> list[dict[str, Any]]:
    cell = row.raw.data.get(letter)
    if cell is None or not str(cell).strip():
        return []
    return [
        {"exercise": exercise, "reps": reps, "load_kg": _load(row, exercise, load, unit)} | _note(row)
        for reps, load, unit in notation(exercise, cell)
    ]


def _of_row(row: _Row) -> list[dict[str, Any]]:
    """One row in the template's columns: one set, or as many as its `sets` column says. Raises BadCell or notes it in the row."""
    exercise = row.raw.context.get("exercise")
    cells = {name: row.cell(name) for name in ("reps", "sets", "weight", "duration")}
    if all(cell is None for cell in cells.values()):
        if row.raw.data.get(row.raw.context["fields"].get("exercise", "")) is not None:
            raise BadCell("reps", "", "is missing")
        return []  # a heading, or a note between sessions
    if not exercise:
        row.bad.append(BadCell("exercise", "", "is missing"))
    shared: dict[str, Any] = {"exercise": str(exercise), "type": _type(row), "rpe": row.tried(_rpe)} | _note(row)
    if (written := _notation_cell(row)) is not None:
        name, text = written
        return [
            shared | {"reps": reps, "load_kg": _load(row, name, load, unit) if load is not None else _row_load(row)}
            for reps, load, unit in notation(name, text)
        ]
    one = shared | {"reps": row.tried(_reps), "load_kg": row.tried(_row_load), "duration_s": row.tried(_duration)}
    if cells["reps"] is None and one["duration_s"] is None:
        row.bad.append(BadCell("reps", "", "is missing"))
    return [one] * (row.tried(_count) or 0)


def _notation_cell(row: _Row) -> tuple[str, str] | None:
    """The field whose cell holds a whole scheme such as `3x10@60`, and its text."""
    for name in ("sets", "reps", "weight"):
        cell = row.cell(name)
        if isinstance(cell, str) and re.search(r"\d\s*[x×*@/]\s*\d", cell):
            return name, cell
    return None


def notation(field: str, cell: Any) -> Iterator[tuple[int, str | None, str | None]]:
    """(reps, load as written, unit as written) for each set of `3x10@60`, `10/8/6@60kg; 1x5@80`. Raises BadCell."""
    text = f"{cell:g}" if isinstance(cell, float) else str(cell)
    made = 0
    for item in filter(None, _BETWEEN.split(text.strip())):
        match = _ITEM.match(item)
        if not match:
            raise BadCell(field, cell, "is not written like 3x10@60")
        count, reps = int(match["sets"] or 1), [int(each) for each in match["reps"].split("/")]
        made += count * len(reps)
        if made > MOST_SETS or max(reps) > MOST_REPS:
            raise BadCell(field, cell, f"says more than {MOST_SETS} sets or {MOST_REPS} repetitions")
        for _ in range(count):
            for each in reps:
                yield each, match["load"], match["unit"]


def _row_load(row: _Row) -> Decimal | None:
    cell = row.cell("weight")
    if cell is None:
        return None
    if not isinstance(cell, str):
        return _kilograms(row, "weight", _number("weight", cell, "."), None)
    text, unit = numbers.split_unit(cell)
    return _load(row, "weight", text, unit or None)


def _load(row: _Row, field: str, text: str | None, unit: str | None) -> Decimal | None:
    if text is None or text.casefold() in _OWN_WEIGHT:
        return None
    mark = "," if re.fullmatch(r"\d+,\d+", text) and field != "weight" else row.mark(row.raw.context["fields"].get(field, ""))
    return _kilograms(row, field, _number(field, text, mark), unit)


def _kilograms(row: _Row, field: str, value: Decimal, unit: str | None) -> Decimal:
    said = unit or row.cell("unit") or row.raw.context.get("unit")
    if value and not said:
        raise BadCell(field, value, 'has no unit: add a unit column, or "unit" to SHEETS_MAPPING')
    try:
        kilograms = mass_kg(value, str(said or "kg"))
    except UnitError as error:
        raise BadCell("unit" if row.cell("unit") else field, said, str(error)) from None
    if not 0 <= kilograms <= MOST_KG and not believed(row.raw, field, str(value), kilograms):
        raise BadCell(field, value, "is below 0" if kilograms < 0 else f"is above {MOST_KG} kg")
    return kilograms


def _number(field: str, value: Any, mark: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise BadCell(field, value, "is not a number")
    try:
        # repr is the number as Google wrote it, not its binary value.
        return numbers.read(value, mark) if isinstance(value, str) else exact(Decimal(repr(value)))
    except (numbers.NotANumber, UnitError) as error:
        raise BadCell(field, value, str(error)) from None


def _reps(row: _Row) -> int | None:
    value = row.number("reps")
    if value is None:
        return None
    if value != int(value):
        raise BadCell("reps", row.cell("reps"), "is not a whole number")
    if not 0 <= value <= MOST_REPS and not believed(row.raw, "reps", str(row.cell("reps")), value):
        raise BadCell("reps", row.cell("reps"), "is below 0" if value < 0 else f"is above {MOST_REPS}")
    return int(value)


def _count(row: _Row) -> int:
    value = row.number("sets")
    if value is None:
        return 1
    if value != int(value) or not 1 <= value <= MOST_SETS:
        raise BadCell("sets", row.cell("sets"), f"is not a whole number from 1 to {MOST_SETS}")
    return int(value)


def _rpe(row: _Row) -> Decimal | None:
    value = row.number("rpe")
    if value is not None and not 0 <= value <= 10 and not believed(row.raw, "rpe", str(row.cell("rpe")), value):
        raise BadCell("rpe", row.cell("rpe"), "is not between 0 and 10")
    return value


def _duration(row: _Row) -> Decimal | None:
    """Seconds; a time cell comes as its part of a day."""
    value = row.cell("duration")
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return Decimal(times.duration_s(value))
        except times.NotATime as error:
            raise BadCell("duration", value, str(error)) from None
    number = _number("duration", value, ".")
    if number < 0:
        raise BadCell("duration", value, "is below 0")
    return Decimal(round(number * 86_400)) if number < 1 else number


def _type(row: _Row) -> SetType:
    """What the `set` column says beside a number: W warm-up, D drop set, F to failure."""
    cell = row.cell("set")
    return _TYPES.get(cell.casefold(), "normal") if isinstance(cell, str) else "normal"


def _note(row: _Row) -> dict[str, str]:
    cell = row.cell("notes")
    return {} if cell is None else {"note": f"{cell:g}" if isinstance(cell, float) else str(cell)}
