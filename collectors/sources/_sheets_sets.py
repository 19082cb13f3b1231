"""From the rows of one session in a spreadsheet to a workout: cells to sets, each bad cell named by tab, row and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from collectors import numbers, times
from collectors.source import Parsed
from health import days
from health.records import RawRow, RecordError, Rejected, SetType, Workout, WorkoutSet
from health.units import UnitError, exact, mass_kg

SOURCE = "sheets"
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


@dataclass(frozen=True)
class _Row:
    """A raw row with its cells by field."""

    raw: RawRow

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
        try:
            found += _sets(_Row(raw), len(found) + 1)
        except BadCell as bad:
            rejected.append(_rejected(raw, person, bad))
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
    """The sets of one row, numbered from `first`. Raises BadCell."""
    if exercises := row.raw.context.get("exercises"):
        made = [each for letter, name in exercises.items() for each in _wide(row, letter, str(name))]
    else:
        made = list(_of_row(row))
    return [_set(first + place, each) for place, each in enumerate(made)]


def _set(order: int, values: dict[str, Any]) -> WorkoutSet:
    try:
        return WorkoutSet(order=order, **values)
    except RecordError as error:
        raise BadCell(error.field, "", error.reason) from None


def _wide(row: _Row, letter: str, exercise: str) -> Iterator[dict[str, Any]]:
    cell = row.raw.data.get(letter)
    if cell is None or not str(cell).strip():
        return
    for reps, load, unit in notation(exercise, cell):
        yield {"exercise": exercise, "reps": reps, "load_kg": _load(row, exercise, load, unit)} | _note(row)


def _of_row(row: _Row) -> Iterator[dict[str, Any]]:
    """One row in the template's columns: one set, or as many as its `sets` column says."""
    exercise = row.raw.context.get("exercise")
    cells = {name: row.cell(name) for name in ("reps", "sets", "weight", "duration")}
    if not exercise:
        if any(cell is not None for cell in cells.values()):
            raise BadCell("exercise", "", "is missing")
        return  # a heading, or a note between sessions
    if all(cell is None for cell in cells.values()):
        if row.raw.data.get(row.raw.context["fields"].get("exercise", "")) is not None:
            raise BadCell("reps", "", "is missing")
        return
    shared: dict[str, Any] = {"exercise": str(exercise), "type": _type(row), "rpe": _rpe(row)} | _note(row)
    if (written := _notation_cell(row)) is not None:
        field, text = written
        for reps, load, unit in notation(field, text):
            own = _load(row, field, load, unit) if load is not None else _row_load(row)
            yield shared | {"reps": reps, "load_kg": own}
        return
    one = shared | {"reps": _reps(row), "load_kg": _row_load(row), "duration_s": _duration(row)}
    if one["reps"] is None and one["duration_s"] is None:
        raise BadCell("reps", "", "is missing")
    for _ in range(_count(row)):
        yield one


def _notation_cell(row: _Row) -> tuple[str, str] | None:
    """The field whose cell holds a whole scheme such as `3x10@60`, and its text."""
    for field in ("sets", "reps", "weight"):
        cell = row.cell(field)
        if isinstance(cell, str) and re.search(r"\d\s*[x×*@/]\s*\d", cell):
            return field, cell
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
    if not 0 <= kilograms <= MOST_KG:
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
    if not 0 <= value <= MOST_REPS:
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
    if value is not None and not 0 <= value <= 10:
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
