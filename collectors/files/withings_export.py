"""The Withings export: `weight.csv` here, the other tables in _withings_tables.py; alone or in its ZIP, in whatever language.

Those of the weight are known by their unit and order: the date, then masses, the weight first. Times are on the wearer's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, BinaryIO

from collectors.files import _weighins, _withings_tables
from collectors.files._columns import Columns, by_table, conventions, has_brackets, not_this, split_name, words
from collectors.source import Parsed, ReadOptions
from collectors.tables import Table, read_table
from collectors.times import NotATime, read
from health.records import RawRow

name = "withings"
title = "Withings export"
record_source = "withings_export"
kind = "measurement"
whole_groups = True

# What the columns are called, by a piece of their name, in the languages of the app. Looked up in this order.
_PIECES = {
    "lean_mass": words("fettfrei | fat free | lean | maigre | magra | vetvrij | fettfri"),
    "fat_mass": words("fat | fett | gras | gord | vet | fedt | rasva | tłuszcz | жир | 脂肪 | 지방"),
    "bone_mass": words("bone | knochen | osse | óssea | ósea | osea | bot | ben | skelett | luu | kost | kości | кост | 骨 | 뼈"),
    "muscle_mass": words("muscle | muskel | muscul | múscul | muscol | spier | lihas | mięśni | мыш | 筋 | 肌 | 근육"),
    "water_mass": words(
        "hydrat | hidrat | idrat | water | wasser | eau | agua | água | acqua | vocht | vätsk | vatten | вод | 水 | 수분"
    ),
    "weight": words(
        "weight | gewicht | poids | peso | vikt | vekt | vægt | paino | waga | masa | вес | 体重 | 體重 | 체중 | 몸무게"
    ),
}
_ORDER = ("weight", "fat_mass", "bone_mass", "muscle_mass", "water_mass")
_MASS_UNITS = ("kg", "lb", "st")


@lru_cache(maxsize=64)
def _columns(header: tuple[str, ...]) -> Columns | None:
    """The columns of a Withings header: a date, then two or more masses, their unit in brackets. None when this is none."""
    masses = [column for column in header[1:] if split_name(column)[1] in _MASS_UNITS and has_brackets(column)]
    if len(masses) < 2 or list(header[1 : 1 + len(masses)]) != masses or len(header) - len(masses) > 3:
        return None
    named = [_field(column) for column in masses]
    if named[0] not in ("weight", None):
        return None
    by_name = {field: column for field, column in zip(named, masses, strict=True) if field}
    by_place = dict(zip(_ORDER, masses, strict=False)) if len(masses) == len(_ORDER) and len(by_name) < len(masses) else {}
    of = {"date": header[0], "weight": masses[0], **(by_place or by_name)}
    units = {field: unit for field, column in of.items() if (unit := split_name(column)[1])}
    return Columns(of, units)


def is_header(header: tuple[str, ...]) -> bool:
    """True for the header of a Withings weight.csv, so that the plain table of weigh-ins leaves it alone."""
    return _columns(header) is not None and _once(header)


def _once(header: tuple[str, ...]) -> bool:
    """False where two columns are the weight ("Max weight (kg)", "Min weight (kg)"): Withings writes it once.

    All five masses are known by their order, in a language too whose every mass is called "masa".
    """
    named = [_field(column) for column in header[1:] if split_name(column)[1] in _MASS_UNITS]
    return named.count("weight") <= 1 or len(named) == len(_ORDER)


def _field(column: str) -> str | None:
    title = split_name(column)[0]
    return next((field for field, pieces in _PIECES.items() if any(piece in title for piece in pieces)), None)


def columns_of(header: tuple[str, ...], _context: Mapping[str, Any]) -> Columns:
    """The columns of that header, pure, so that kept rows can be parsed again."""
    columns = _columns(header)
    assert columns is not None, "rows of another header are not kept as Withings rows"
    return columns


def kind_of(group: str) -> str:
    """The kind of record that a group makes: a night's and an activity's begin with that word."""
    return _withings_tables.KINDS.get(group.partition("|")[0], kind)


def _is_withings(table: Table) -> bool:
    if _withings_tables.kind_of_table(table) is not None:
        return True
    if not is_header(table.header):
        return False
    dates = [row.cells[table.header[0]] for row in table.rows[:50] if not row.problem]
    return not dates or any(_is_date(text) for text in dates)


def _is_date(text: str) -> bool:
    try:
        read(text, "dmy")
    except NotATime:
        return False
    return True


recognises = by_table(_is_withings)


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    table = read_table(stream)
    which = _withings_tables.kind_of_table(table)
    if which is not None:
        context = conventions(table, Columns({"date": table.header[0]}), options, ())
        return _withings_tables.raw_rows(table, name, which, context)
    columns = _columns(table.header)
    if columns is None or not _once(table.header):
        needs = 'a date and then masses with their unit, like Date, "Weight (kg)", "Fat mass (kg)"'
        raise not_this("weight.csv of a Withings export", needs, table.header)
    context = conventions(table, columns, options, _weighins.NUMBERS)
    return _weighins.raw_rows(table, name, record_source, columns, context)


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    if "table" in rows[-1].context and "problem" not in rows[-1].context:
        return _withings_tables.parse(rows[-1], person)
    return _weighins.parse(rows, person, columns_of)
