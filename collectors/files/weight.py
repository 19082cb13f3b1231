"""A plain table of weigh-ins: `Date,Weight`, `"day","value"`, `"Date","Weight (lb)","Comments"`, or any other with `--map`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, BinaryIO

from collectors import numbers
from collectors.files import _weighins, strong, withings_export
from collectors.files._columns import Columns, by_table, conventions, mapped_columns, match_columns, not_this, split_name, words
from collectors.source import Parsed, ReadOptions, UnitNeeded
from collectors.tables import Row, Table, read_table
from health.records import RawRow

name = "weight"
title = "Plain table of weigh-ins"
record_source = "weight_csv"
kind = "measurement"
whole_groups = True

_WORDS = {
    "date": words(
        "date | day | datetime | date time | timestamp | time of measurement | measured at | measurement date | weigh in date | "
        "datum | tag | fecha | data | giorno | jour | дата | 日期 | 日付 | 날짜"
    ),
    "time": words("time | zeit | uhrzeit | hora | heure | ora"),
    "weight": words(
        "weight | body weight | bodyweight | body mass | bodymass | scale weight | weight in | "
        "gewicht | körpergewicht | poids | peso | vikt | vekt | vægt | paino | waga | вес | 体重 | 體重 | 체중 | 몸무게"
    ),
    "unit": words("unit | units | weight unit | einheit"),
    "fat": words("fat | body fat | bodyfat | fat ratio | fat rate | körperfett | fettanteil | grasa | masse grasse"),
    "fat_mass": words("fat mass | body fat mass | fettmasse"),
    "lean_mass": words("lean mass | lean body mass | fat free mass"),
    "muscle_mass": words("muscle mass | muskelmasse"),
    "bone_mass": words("bone mass | knochenmasse"),
    "water_mass": words("water mass | body water mass"),
    "heart_rate": words("heart rate"),
}
FIELDS = _weighins.FIELDS
_LONGEST = 12  # of a weight as it is written
REQUIRED = ("date", "weight")
# Tables that weigh something else, or a body beside other things.
_STRANGERS = {"exercise", "exercise name", "reps", "sets", "set", "workout", "workout name", "activity type", "sport"}


@lru_cache(maxsize=64)
def _columns(header: tuple[str, ...]) -> Columns | None:
    """The columns of a plain weight table; None when this is none, or two columns could be the weight."""
    if withings_export.is_header(header):
        return None
    names = [split_name(column.partition("#")[0])[0] for column in header]  # the second Weight is "Weight#2"
    known = {**_WORDS, "weight": ("value",)} if names == ["day", "value"] else _WORDS
    columns = match_columns(header, known)
    if "date" not in columns and "time" in columns:
        columns = Columns({"date" if field == "time" else field: column for field, column in columns.of.items()}, columns.units)
    once = all(sum(each in known[field] for each in names) <= 1 for field in ("date", "weight"))
    fits = once and not _STRANGERS & set(names) and all(each in columns for each in REQUIRED)
    return columns if fits else None


def columns_of(header: tuple[str, ...], context: Mapping[str, Any]) -> Columns:
    """The columns of that header, or as the person mapped them when the rows were read."""
    if "mapping" in context:
        return mapped_columns(header, context["mapping"], FIELDS)
    columns = _columns(header)
    assert columns is not None, "rows of another header are not kept as weigh-ins"
    return columns


def _is_plain(table: Table) -> bool:
    lifting = strong.SETS & {split_name(column)[0] for column in table.header}
    return _columns(table.header) is not None and not lifting and not strong.claims(table)


recognises = by_table(_is_plain)


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    table = read_table(stream)
    columns = mapped_columns(table.header, options.mapping, FIELDS) if options.mapping else _columns(table.header)
    if columns is None or not all(each in columns for each in REQUIRED):
        needs = "a column for the date and one for the weight (say which: --map date=COLUMN --map weight=COLUMN)"
        raise not_this("table of weigh-ins", needs, table.header)
    context = conventions(table, columns, options, _weighins.NUMBERS) | _weighins.fat_context(table, columns)
    if options.mapping:
        context["mapping"] = dict(columns.of)
    asked = not options.units and not columns.units.get("weight")
    unsaid = sum(_unsaid(row, columns) for row in table.rows if not row.problem)
    if asked and 5 * unsaid > len(table.rows):  # one without it, among many that name it, is set aside by itself
        raise UnitNeeded("does not say whether its weights are kilograms or pounds: say --units kg or --units lb")
    context["units"] = options.units
    return _weighins.raw_rows(table, name, record_source, columns, {key: value for key, value in context.items() if value})


def _unsaid(row: Row, columns: Columns) -> bool:
    """True for a weight whose unit neither its cell ("82.5 kg") nor its row names."""
    text = columns.text(row.cells, "weight")
    return _is_number(text) and not numbers.split_unit(text)[1] and not columns.text(row.cells, "unit")


def _is_number(text: str) -> bool:
    return any(map(str.isdecimal, text)) and not text.strip("0123456789.,' \u00a0\u202f") and len(text) <= _LONGEST


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    return _weighins.parse(rows, person, columns_of)
