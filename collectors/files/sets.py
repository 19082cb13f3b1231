"""Sets in a table of the person's own, its columns named with `--map FIELD=COLUMN`.

With a `workout` column a session is a start and a name; without one, each local day is a session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from collectors.files import _sets
from collectors.files._columns import Columns, by_table, mapped_columns
from collectors.source import NotThisFormat, Parsed, ReadOptions
from collectors.tables import read_table
from health.records import RawRow

name = "sets"
title = "Table of sets"
record_source = "sets_csv"
kind = "workout"
whole_groups = True
regroups = True

FIELDS = (
    "date", "time", "exercise", "set", "type", "weight", "unit", "reps", "distance", "distance_unit", "seconds", "rpe", "note",
    "workout", "duration", "end", "workout_note",
)  # fmt: skip
REQUIRED = ("date", "exercise")


def columns_of(header: tuple[str, ...], context: Mapping[str, Any]) -> Columns:
    """The columns as the person mapped them when the rows were read."""
    return mapped_columns(header, context["mapping"], FIELDS)


recognises = by_table(lambda _table: False)  # never by itself: only the person knows what the columns mean


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    table = read_table(stream)
    missing = [each for each in REQUIRED if each not in options.mapping]
    if missing:
        raise NotThisFormat(f"needs --map {missing[0]}=COLUMN; its columns are {', '.join(table.header[:20])}")
    columns = mapped_columns(table.header, options.mapping, FIELDS)
    context = _sets.context_of(table, columns, options) | {"mapping": dict(columns.of)}
    read = _sets.session_rows if "workout" in columns else _sets.day_rows
    return read(table, name, record_source, columns, context)


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    return _sets.parse(rows, person, columns_of)
