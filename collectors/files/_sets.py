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
from collectors.decided import believed
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
from collectors.files._set_cells import BadCell, Cells, ColumnsOf, is_load, is_set, read_set
from collectors.source import Parsed, ReadOptions, UnitNeeded
from collectors.tables import Row, Table, read_table
from health import days
from health.records import RawRow, Rejected, Workout, WorkoutSet

NUMBERS = ("weight", "reps", "distance", "rpe")
MAX_SESSION_S = 86_400


def context_of(table: Table, columns: Columns, options: ReadOptions) -> dict[str, Any]:
    """The context that all rows of the file are parsed in. Raises UnitNeeded or OrderNeeded."""
    context = conventions(table, columns, options, NUMBERS)
    if "weight" not in columns or columns.units.get("weight"):
        return context
    if options.units:
        return context | {"units": options.units}
    said_somewhere = any(text.strip() for text in table.column(columns.of["unit"])) if "unit" in columns else False
    unsaid = (text for text in table.column(columns.of["weight"]) if is_load(text) and not numbers.split_unit(text)[1])
    if not said_somewhere and any(unsaid):
        raise UnitNeeded("does not say whether its weights are kilograms or pounds: say --units kg or --units lb")
    return context


def session_rows(table: Table, name: str, source: str, columns: Columns, context: Mapping[str, Any]) -> Iterator[RawRow]:
    """Raw rows whose session is what they say: their start as written and the session's name (and its number, where it has one)."""
    sessions: dict[str, dict[str, str]] = {}

    def group(row: Row) -> str:
        key = identity(columns.text(row.cells, "date"), columns.text(row.cells, "workout"))
        numbered = sessions.setdefault(key, {})
        return numbered.setdefault(columns.text(row.cells, "number"), nth(key, len(numbered) + 1))

    return _raw_rows(table.rows, name, source, columns, context, group, table.header)


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
    return _raw_rows([row for _, row in ordered], name, source, columns, context, lambda row: groups[row.number], table.header)


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
    header: Sequence[str],
) -> Iterator[RawRow]:
    counted: Counter[str] = Counter()
    for row in rows:
        if row.problem:
            yield damaged(source, name, row, context, header)
            continue
        if not columns.text(row.cells, "date"):
            yield damaged(source, name, Row(row.number, row.cells, "has no date"), context, header)
            continue
        group = group_of(row)
        # By what was written, so that a row keeps its id when a corrected zone moves it to another session.
        own = identity(columns.text(row.cells, "date"), columns.text(row.cells, "workout"), columns.text(row.cells, "number"))
        counted[own] += 1
        yield RawRow(
            source=source,
            group=group,
            row_id=f"{own}|{counted[own]}",
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
        if not is_set(cells, row):
            continue
        try:
            sets.append(read_set(cells, row, len(sets) + 1, person, aside))
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
    if not 0 <= seconds <= MAX_SESSION_S and not believed(row, source, text, seconds):
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
