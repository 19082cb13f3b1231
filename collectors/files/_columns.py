"""Which column of a file says what: header names to our fields, and the conventions that only the whole column tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any
from unicodedata import normalize

from collectors import numbers, times
from collectors.source import NotThisFormat, ReadOptions
from collectors.tables import Row, Table, head_table
from health.records import RawRow, Rejected

_UNITS = {
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramm", "kilogramme", "kilogrammes"), "kg"),
    **dict.fromkeys(("kilogramos", "quilos", "chilogrammi", "кг", "公斤", "千克", "キログラム", "킬로그램"), "kg"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds", "libras", "фунт", "фунты", "фунтов", "фунта", "磅", "ポンド", "파운드"), "lb"),
    **dict.fromkeys(("st", "stone"), "st"),
    **dict.fromkeys(("%", "percent", "pct", "percentage"), "%"),
    **dict.fromkeys(("km", "kilometers", "kilometres", "kilometer", "kilometre"), "km"),
    **dict.fromkeys(("m", "meters", "metres", "meter", "metre"), "m"),
    **dict.fromkeys(("mi", "mile", "miles"), "mi"),
    **dict.fromkeys(("yd", "yds", "yard", "yards"), "yd"),
    **dict.fromkeys(("ft", "foot", "feet"), "ft"),
    "cm": "cm", "in": "in", "g": "g",
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "seg", "сек"), "s"),
    **dict.fromkeys(("min", "minutes"), "min"),
}  # fmt: skip
_BRACKETS = re.compile(r"[\(\[（［【]\s*([^\)\]）］】]*?)\s*[\)\]）］】]")
_BREAKS = re.compile(r"[\s_\-./:,]+")
_LONGEST_ID = 160


def unit_of(text: str) -> str | None:
    """The unit that a text like `Kgs` or `lb.` names (kg, lb, st, %, km, m, mi, ...); None where it names none."""
    return _UNITS.get(normalize("NFKC", text).strip().rstrip(".").casefold())


def spelt(text: str) -> str:
    """The unit that `text` names, as health.units spells it; a text that names none unchanged, to be refused there by name."""
    return unit_of(text) or text.strip().rstrip(".")


def has_brackets(column: str) -> bool:
    """True for a column's name with something in brackets, of whatever script."""
    return bool(_BRACKETS.search(column))


@lru_cache(maxsize=2048)
def split_name(column: str) -> tuple[str, str | None]:
    """`Weight (kg)`, `weight_kg`, `Weight kg` as ("weight", "kg"); a name without a unit as (its words, None)."""
    bracket = _BRACKETS.search(column)
    unit = unit_of(bracket.group(1)) if bracket else None
    if bracket and unit:
        column = column[: bracket.start()] + " " + column[bracket.end() :]
    name = " ".join(_BREAKS.sub(" ", column.replace("%", " % ")).casefold().split())
    first, _, last = name.rpartition(" ")
    if unit is None and first and (unit := unit_of(last)):
        name = first
    return name, unit


@dataclass(frozen=True)
class Columns:
    """Our field -> the file's column, and the unit that the column's name says."""

    of: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, name: object) -> bool:
        return name in self.of

    def text(self, data: Mapping[str, Any], name: str) -> str:
        """The cell of that field, stripped; empty where there is no such column. A time of its own belongs to the date."""
        column = self.of.get(name)
        text = str(data.get(column, "")).strip() if column else ""
        if name == "date" and text and "time" in self.of:
            return f"{text} {str(data.get(self.of['time'], '')).strip()}".strip()
        return text


def words(text: str) -> tuple[str, ...]:
    """The names in `a | b | c`."""
    return tuple(each.strip() for each in text.split("|"))


def by_table(test: Callable[[Table], bool]) -> Callable[[bytes, str], bool]:
    """`recognises` of a format that is told by the table its first bytes begin."""

    def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  # the name is a hint that no table needs
        table = head_table(head)
        return table is not None and test(table)

    return recognises


def not_this(title: str, needs: str, header: Sequence[str]) -> NotThisFormat:
    """The error of a file that was said to be a `title` and is none."""
    return NotThisFormat(f"is not a {title}: it needs {needs}, and has the columns {', '.join(header[:20])}")


def match_columns(header: Sequence[str], words: Mapping[str, Iterable[str]]) -> Columns:
    """Columns by the names they are known under (`words`: field -> names as `split_name` gives them); the first one wins."""
    known = {word: name for name, each in words.items() for word in each}
    of: dict[str, str] = {}
    units: dict[str, str] = {}
    for column in header:
        name, unit = split_name(column)
        which = known.get(name)
        if which is None or which in of:
            continue
        of[which] = column
        if unit:
            units[which] = unit
    return Columns(of, units)


def mapped_columns(header: Sequence[str], mapping: Mapping[str, str], fields: Sequence[str]) -> Columns:
    """Columns as the person mapped them. Raises NotThisFormat naming a field or a column that does not exist."""
    by_name = {column.casefold(): column for column in reversed(header)}
    of = {}
    for name, said in mapping.items():
        if name not in fields:
            raise NotThisFormat(f"--map knows no field {name!r}; the fields are {', '.join(fields)}")
        if said.strip().casefold() not in by_name:
            raise NotThisFormat(f"has no column {said!r} for {name}; its columns are {', '.join(header)}")
        of[name] = by_name[said.strip().casefold()]
    units = {name: unit for name, column in of.items() if (unit := split_name(column)[1] or unit_of(column))}
    return Columns(of, units)


def conventions(table: Table, columns: Columns, options: ReadOptions, number_fields: Sequence[str]) -> dict[str, Any]:
    """The context of every row: the zone, and the decimal mark and date order that only whole columns tell. Raises OrderNeeded."""
    context: dict[str, Any] = {"zone": options.zone}
    texts = [text for name in number_fields if name in columns for text in table.column(columns.of[name]) if text]
    if (mark := numbers.decimal_mark(texts)) != ".":
        context["mark"] = mark
    if "date" in columns and (order := times.order(table.column(columns.of["date"]), options.dates)):
        context["dates"] = order
    return context


def identity(*parts: str) -> str:
    """One text for those parts, different for different parts, never too long for a key."""
    text = "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)
    if len(text) <= _LONGEST_ID:
        return text
    return f"{text[: _LONGEST_ID - 20]}~{sha256(text.encode(errors='replace')).hexdigest()[:16]}"


def nth(key: str, number: int) -> str:
    """The id of the `number`th (from 1) of things that are called `key`."""
    return key if number == 1 else f"{key}#{number}"


def damaged(source: str, name: str, row: Row, context: Mapping[str, Any], header: Sequence[str]) -> RawRow:
    """The raw row, a group of its own, of a line that could not be cut into cells.

    It carries what reading it would need, so that the person can put it right: the file's context and column names.
    """
    group = f"?|{identity(name)}|{row.number}"
    return RawRow(
        source=source,
        group=group,
        row_id=group,
        data=row.cells,
        context={**context, "problem": row.problem, "header": list(header)},
        place=f"{name}, row {row.number}",
    )


def rejected(row: RawRow, person: str, field_name: str, reason: str, said: str = "") -> Rejected:
    """That field of that row, set aside."""
    return Rejected(
        person=person,
        source=row.source,
        group=row.group,
        row_id=row.row_id,
        row=row.place,
        field=field_name,
        reason=reason,
        said=said[:200],
    )


def broken(rows: Sequence[RawRow], person: str) -> list[Rejected] | None:
    """The Rejected of rows that were damaged in the file; None when these rows are whole."""
    problems = [(row, row.context["problem"]) for row in rows if "problem" in row.context]
    if not problems:
        return None
    return [rejected(row, person, "row", problem, str(row.data.get("", ""))) for row, problem in problems]
