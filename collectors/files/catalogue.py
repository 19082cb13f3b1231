"""A catalogue of exercises: a table with a title, the part of the body, the equipment, and what else it says (type, level, rating).

What it knows counts where our own catalogue knows nothing (`health.exercises.Names`). It never renames what a person logged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

from collectors import numbers
from collectors.files._columns import Columns, broken, by_table, conventions, damaged, identity, match_columns, not_this, nth, words
from collectors.files._columns import rejected as set_aside
from collectors.source import Parsed, ReadOptions
from collectors.tables import Row, read_table
from health.days import day_at
from health.records import Exercise, RawRow, Rejected

name = "catalogue"
title = "Catalogue of exercises"
record_source = "catalogue"
kind = "exercise"
whole_groups = True

_DAY = date(2000, 1, 1)  # a catalogue has no time, and read again it must be the same
_MOST_RATING = 10
_LONGEST_TITLE = 200
_WORDS = {
    "title": words("title | exercise | exercise name | exercise title | name | übung | übungsname"),
    "type": words("type | exercise type | typ"),
    "body_part": words("body part | bodypart | target muscle | muscle group | muscle | target | primary muscle | muskelgruppe"),
    "equipment": words("equipment | gerät | ausrüstung"),
    "level": words("level | difficulty | difficulty level | schwierigkeit"),
    "rating": words("rating | bewertung"),
}
_TEXTS = ("type", "body_part", "equipment", "level")
# A log has these, a catalogue has not.
_STRANGERS = {"date", "datum", "day", "time", "start time", "reps", "sets", "set", "set order", "weight", "workout name", "gewicht"}


@lru_cache(maxsize=64)
def _columns(header: tuple[str, ...]) -> Columns | None:
    """The columns of a catalogue; None where this is none."""
    columns = match_columns(header, _WORDS)
    log = match_columns(header, {each: (each,) for each in _STRANGERS})
    named = "title" in columns and "body_part" in columns
    return columns if named and not log.of and any(each in columns for each in ("type", "equipment", "level")) else None


recognises = by_table(lambda table: _columns(table.header) is not None)


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    table = read_table(stream)
    columns = _columns(table.header)
    if columns is None:
        raise not_this("catalogue of exercises", "title, body part and one of type, equipment and level", table.header)
    context = conventions(table, columns, options, ("rating",))
    counted: Counter[str] = Counter()
    for row in table.rows:
        text = columns.text(row.cells, "title")
        if row.problem or not text:
            bad = row if row.problem else Row(row.number, row.cells, "has no title")
            yield damaged(record_source, name, bad, context, table.header)
            continue
        key = identity(text)
        counted[key] += 1
        group = nth(key, counted[key])
        place = f"{name}, row {row.number}"
        yield RawRow(source=record_source, group=group, row_id=group, data=row.cells, context=context, place=place)


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
    row = rows[-1]
    columns = _columns(tuple(row.data)) or match_columns(tuple(row.data), _WORDS)
    said = columns.text(row.data, "title")
    if not said or len(said) > _LONGEST_TITLE:
        reason = f"has more than {_LONGEST_TITLE} characters" if said else "is empty"
        return None, [set_aside(row, person, "title", reason, said)]
    texts: dict[str, Any] = {each: columns.text(row.data, each) or None for each in _TEXTS}
    rating, aside = _rating(row, columns, person)
    record = Exercise(
        person=person,
        source=record_source,
        native_id=row.group,
        at=day_at(_DAY, row.context["zone"]),
        zone=row.context["zone"],
        precision="day",
        title=said,
        rating=rating,
        **texts,
    )
    return record, aside


def _rating(row: RawRow, columns: Columns, person: str) -> tuple[Decimal | None, list[Rejected]]:
    text = columns.text(row.data, "rating")
    if not text:
        return None, []
    try:
        value = numbers.read(text, row.context.get("mark", "."))
    except numbers.NotANumber as error:
        return None, [set_aside(row, person, "rating", str(error), text)]
    if not 0 <= value <= _MOST_RATING:
        return None, [set_aside(row, person, "rating", f"is not between 0 and {_MOST_RATING}", text)]
    return value, []
