"""What all lifting exports share: rows of sets to one workout for each session, whatever the columns are called.

A format says which column is which (`Columns`) and how rows make sessions; everything else is here. Fields:
date end workout duration exercise set type warmup weight unit reps distance distance_unit seconds rpe note workout_note
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from collectors import numbers, times
from collectors.files._columns import (
    Columns,
    broken,
    conventions,
    damaged,
    identity,
    match_columns,
    not_this,
    nth,
    rejected,
    unit_of,
)
from collectors.source import Parsed, ReadOptions, UnitNeeded
from collectors.tables import Row, Table, read_table
from health import days
from health.records import RawRow, RecordError, Rejected, SetType, Workout, WorkoutSet
from health.units import UnitError, length_m, mass_kg

NUMBERS = ("weight", "reps", "distance", "rpe")
MAX_REPS = 1000
MAX_LOAD_KG = 1000
MAX_SET_S = 86_400
MAX_SET_M = 1_000_000
MAX_SESSION_S = 86_400
MAX_RPE = 10

_TYPES: dict[str, SetType] = {
    **dict.fromkeys(("w", "warmup", "warm-up", "warm up", "warm_up", "aufwärmen"), "warmup"),
    **dict.fromkeys(("d", "drop", "dropset", "drop set", "drop_set", "drop-set"), "drop"),
    **dict.fromkeys(("f", "failure", "to failure", "fail"), "failure"),
    **dict.fromkeys(("", "n", "normal", "working", "work", "regular"), "normal"),
}
_YES = frozenset({"true", "1", "yes", "ja", "y"})

_SYSTEM = {"kg": "km", "lb": "mi"}

ColumnsOf = Callable[[tuple[str, ...], Mapping[str, Any]], Columns]


class BadCell(ValueError):
    """A cell that makes its set unbelievable: `field` and the reason."""

    def __init__(self, name: str, reason: str, said: str) -> None:
        super().__init__(reason)
        self.field, self.reason, self.said = name, reason, said


def context_of(table: Table, columns: Columns, options: ReadOptions) -> dict[str, Any]:
    """The context that all rows of the file are parsed in. Raises UnitNeeded or OrderNeeded."""
    context = conventions(table, columns, options, NUMBERS)
    if "weight" not in columns or columns.units.get("weight"):
        return context
    if options.units:
        return context | {"units": options.units}
    said_somewhere = any(text.strip() for text in table.column(columns.of["unit"])) if "unit" in columns else False
    if not said_somewhere and any(_is_load(text) for text in table.column(columns.of["weight"])):
        raise UnitNeeded("does not say whether its weights are kilograms or pounds: say --units kg or --units lb")
    return context


def _is_load(text: str) -> bool:
    return any(each in "123456789" for each in text)


def session_rows(table: Table, name: str, source: str, columns: Columns, context: Mapping[str, Any]) -> Iterator[RawRow]:
    """Raw rows whose session is what they say: their start as written and the session's name (and its number, where it has one)."""
    sessions: dict[str, dict[str, str]] = {}

    def group(row: Row) -> str:
        key = identity(columns.text(row.cells, "date"), columns.text(row.cells, "workout"))
        numbered = sessions.setdefault(key, {})
        return numbered.setdefault(columns.text(row.cells, "number"), nth(key, len(numbered) + 1))

    return _raw_rows(table.rows, name, source, columns, context, group)


def day_rows(table: Table, name: str, source: str, columns: Columns, context: Mapping[str, Any]) -> Iterator[RawRow]:
    """Raw rows of a source without sessions: one session for each local day.

    It is called by the day as written; where times carry an offset, so that the day hangs on the zone, by its first time.
    """
    ordered = sorted(((_moment(row, columns, context), row) for row in table.rows), key=lambda pair: pair[0].at)
    names: dict[str, str] = {}
    for moment, row in ordered:
        if moment.has_offset:
            names.setdefault(moment.day, columns.text(row.cells, "date"))
    groups = {row.number: names.get(moment.day, moment.day) for moment, row in ordered}
    return _raw_rows([row for _, row in ordered], name, source, columns, context, lambda row: groups[row.number])


@dataclass(frozen=True)
class _Moment:
    """When a row was: its local day, an instant (or wall clock) to put rows in order by, and whether the day hangs on the zone."""

    day: str
    at: datetime
    has_offset: bool = False


def _moment(row: Row, columns: Columns, context: Mapping[str, Any]) -> _Moment:
    text = columns.text(row.cells, "date")
    try:
        written = times.read(text, context.get("dates"))
        if written.offset is None:
            return _Moment(written.wall.date().isoformat(), written.wall.replace(tzinfo=UTC))
        at = written.at(context["zone"])
        return _Moment(days.local_day(at, context["zone"]).isoformat(), at, True)
    except (times.NotATime, days.DayError):
        return _Moment(text, datetime.min.replace(tzinfo=UTC))


def _raw_rows(
    rows: Iterable[Row],
    name: str,
    source: str,
    columns: Columns,
    context: Mapping[str, Any],
    group_of: Callable[[Row], str],
) -> Iterator[RawRow]:
    counted: Counter[str] = Counter()
    for row in rows:
        if row.problem:
            yield damaged(source, name, row)
            continue
        if not columns.text(row.cells, "date"):
            yield damaged(source, name, Row(row.number, row.cells, "has no date"))
            continue
        group = group_of(row)
        counted[group] += 1
        yield RawRow(
            source=source,
            group=group,
            row_id=f"{group}|{counted[group]}",
            data=row.cells,
            context=context,
            place=f"{name}, row {row.number}",
        )


def parse(rows: Sequence[RawRow], person: str, columns_of: ColumnsOf) -> Parsed:
    """The workout of a session's rows, and what had to be set aside. Pure: it reads the rows and their context alone."""
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
    cells = Cells.of(rows[0], columns_of)
    try:
        written = [times.read(cells.text(row, "date"), row.context.get("dates")) for row in rows]
        zone = str(rows[0].context["zone"])
        first = min([each for each in written if not each.day_only] or written, key=lambda each: each.at(zone))
        at = first.at(zone)
    except (times.NotATime, days.DayError) as error:
        return None, [rejected(row, person, "date", str(error), cells.text(row, "date")) for row in rows]
    sets: list[WorkoutSet] = []
    aside: list[Rejected] = []
    for row in rows:
        if not _is_set(cells, row):
            continue
        try:
            sets.append(_set(cells, row, len(sets) + 1, person, aside))
        except BadCell as bad_cell:
            aside.append(rejected(row, person, bad_cell.field, bad_cell.reason, bad_cell.said))
    if not sets:
        return None, aside
    workout = Workout(
        person=person,
        source=rows[0].source,
        native_id=rows[0].group,
        at=at,
        zone=zone,
        precision="day" if first.day_only else "instant",
        name=cells.text(rows[0], "workout") or None,
        duration_s=_session_s(cells, rows, at, person, aside),
        note=next((text for row in rows if (text := cells.text(row, "workout_note"))), None),
        sets=tuple(sets),
    )
    return workout, aside


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
            return _within(numbers.read(text, self.mark), name, high, text)
        except numbers.NotANumber as error:
            raise BadCell(name, str(error), text) from None


def _within(value: Decimal, name: str, high: int, said: str, unit: str = "") -> Decimal:
    if value < 0:
        raise BadCell(name, "is below 0", said)
    if value > high:
        raise BadCell(name, f"is above {high:,}{unit}", said)
    return value


def _is_set(cells: Cells, row: RawRow) -> bool:
    """False for the rows of a session that are none of its sets: Strong's `Rest Timer` and `Note` rows in any language."""
    order = cells.text(row, "set")
    if not order or order.casefold() in _TYPES or any(each.isdigit() for each in order):
        return True
    return any(_is_load(cells.text(row, name)) for name in ("weight", "reps", "distance"))


def _set(cells: Cells, row: RawRow, order: int, person: str, aside: list[Rejected]) -> WorkoutSet:
    """The set of that row; a bad measure beside load and repetitions is set aside by itself. Raises BadCell."""
    extras: dict[str, Decimal | None] = {}
    for key, name, read in (("duration_s", "seconds", _seconds), ("distance_m", "distance", _distance), ("rpe", "rpe", _rpe)):
        try:
            extras[key] = read(cells, row)
        except BadCell as bad_cell:
            aside.append(rejected(row, person, name, bad_cell.reason, bad_cell.said))
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
    if not text:
        return None
    amount, own_unit = numbers.split_unit(text)
    unit = own_unit or cells.text(row, "unit") or cells.units
    try:
        value = numbers.read(amount, cells.mark)
        if value == 0:
            return value
        if not unit:
            raise BadCell("weight", "has no unit: say --units kg or --units lb", text)
        load = mass_kg(value, unit.rstrip("."))
    except (numbers.NotANumber, UnitError) as error:
        raise BadCell("weight", str(error), text) from None
    return _within(load, "weight", MAX_LOAD_KG, text, " kg")


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
    return _within(value, "seconds", MAX_SET_S, text, " seconds") or None  # the apps write 0 where nothing was timed


def _distance(cells: Cells, row: RawRow) -> Decimal | None:
    value = cells.number(row, "distance", MAX_SET_M)
    if not value:
        return None
    # Apps that name no unit of distance measure it in the system of their weights.
    unit = cells.text(row, "distance_unit") or cells.columns.units.get("distance") or _SYSTEM.get(cells.units or "", "")
    if not unit:
        raise BadCell("distance", "has no unit", cells.text(row, "distance"))
    try:
        return _within(length_m(value, unit), "distance", MAX_SET_M, cells.text(row, "distance"), " m")
    except UnitError as error:
        raise BadCell("distance", str(error), cells.text(row, "distance")) from None


def _rpe(cells: Cells, row: RawRow) -> Decimal | None:
    return cells.number(row, "rpe", MAX_RPE)


def _session_s(cells: Cells, rows: Sequence[RawRow], at: datetime, person: str, aside: list[Rejected]) -> Decimal | None:
    """How long the session took: what it says, else from its start to its end."""
    source = "duration" if "duration" in cells.columns else "end"
    row = next((each for each in rows if cells.text(each, source)), None)
    if row is None:
        return None
    text = cells.text(row, source)
    try:
        if source == "duration":
            seconds = times.duration_s(text)
        else:
            end = times.read(text, row.context.get("dates")).at(str(row.context["zone"]))
            seconds = round((end - at).total_seconds())
    except (times.NotATime, days.DayError) as error:
        aside.append(rejected(row, person, source, str(error), text))
        return None
    if not 0 <= seconds <= MAX_SESSION_S:
        aside.append(rejected(row, person, source, "is before the start" if seconds < 0 else "makes more than 24 hours", text))
        return None
    return Decimal(seconds) if seconds else None


@dataclass(frozen=True)
class Layout:
    """A format whose columns are known by their names: `words` for each field, of which `essential` ones must be there."""

    title: str
    source: str
    needs: str
    words: Mapping[str, tuple[str, ...]]
    essential: tuple[str, ...]
    has_sessions: bool = True
    _known: dict[tuple[str, ...], Columns] = field(default_factory=dict, repr=False, compare=False)

    def columns(self, header: tuple[str, ...]) -> Columns:
        """The columns of that header; a column called `kg` is a weight in kilograms."""
        if header not in self._known:
            columns = match_columns(header, self.words)
            units = {name: unit for name in ("weight", "distance") if (unit := unit_of(columns.of.get(name, "")))}
            self._known[header] = Columns(columns.of, {**columns.units, **units})
        return self._known[header]

    def fits(self, table: Table) -> bool:
        columns = self.columns(table.header)
        return all(each in columns for each in self.essential)

    def rows(self, stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[RawRow]:
        table = read_table(stream)
        if not self.fits(table):
            raise not_this(self.title, self.needs, table.header)
        columns = self.columns(table.header)
        read = session_rows if self.has_sessions else day_rows
        return read(table, name, self.source, columns, context_of(table, columns, options))

    def parse(self, rows: Sequence[RawRow], person: str) -> Parsed:
        return parse(rows, person, lambda header, _context: self.columns(header))
