"""How a person's spreadsheet is laid out: which column is what, which row is the header, what a blank cell inherits.

The template is `date, workout, exercise, set, reps, weight, unit, notes`; another layout is told in SHEETS_MAPPING
(docs/sheets.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from collectors import numbers, times
from collectors.source import Failed, OrderNeeded

FIELDS = ("date", "workout", "exercise", "set", "sets", "reps", "weight", "unit", "notes", "rpe", "duration")
_HEADER_ROWS = 20  # the header stands within these
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # day 0 of a spreadsheet's calendar, on the wall
_SERIALS = (367, 73_415)  # 1901 to 2100
_FORMULA_ERRORS = frozenset({"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#ERROR!", "#NULL!"})

# Header words in the languages people write them in, without units and marks, in lower case.
_WORDS = {
    "date": "date|day|datum|tag|fecha|día|dia|data|jour|giorno|päivä|päivämäärä|dato|päiväys|дата|日付|日期|날짜",
    "workout": "workout|workout name|session|training|trainingseinheit|entrenamiento|sesión|séance|entraînement|allenamento|treino|"
    "träning|trening|harjoitus|тренировка|routine|programme|program|ワークアウト|训练",
    "exercise": "exercise|exercise name|movement|lift|übung|uebung|ejercicio|exercice|esercizio|exercício|exercicio|oefening|"
    "øvelse|övning|liike|упражнение|ćwiczenie|種目|动作",
    "set": "set|set #|set no|set number|set order|satz|satz nr|serie|série|seria|reeks|подход|set nr|セット",
    "sets": "sets|sätze|saetze|series|séries|serien|serier|sets x reps|setsxreps|sets & reps|sets and reps|"
    "scheme|подходы|serie x rip",
    "reps": "reps|rep|repetitions|wiederholungen|wdh|wiederh|repeticiones|répétitions|reps done|ripetizioni|rip|repetições|"
    "herhalingen|repetitioner|repetisjoner|toistot|повторения|повторы|powtórzenia|回数|次数",
    "weight": "weight|load|kg|lb|lbs|kilos|pounds|gewicht|last|peso|carga|poids|charge|carico|вес|ciężar|vikt|vekt|paino|重量",
    "unit": "unit|units|einheit|unidad|unité|unità|unidade|eenheid|enhet|yksikkö|единица|jednostka|単位|单位",
    "notes": "notes|note|comment|comments|notiz|notizen|bemerkung|kommentar|notas|nota|remarque|remarques|commentaire|commentaires|"
    "observações|opmerking|opmerkingen|anteckningar|muistiinpanot|заметки|uwagi|メモ|备注",
    "rpe": "rpe",
    "duration": "duration|seconds|time|dauer|sekunden|zeit|duración|durée|durata|duração|duur|tid|kesto|время|czas",
}
_FIELD_OF = {word: name for name, words in _WORDS.items() for word in words.split("|")}
_UNIT_WORD = re.compile(r"[\s(\[/]*\b(kg|kgs|kilos?|lbs?|pounds?)\b[)\]]*", re.IGNORECASE)
_UNITS = {"kg": "kg", "kgs": "kg", "kilo": "kg", "kilos": "kg", "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb"}


@dataclass(frozen=True, kw_only=True)
class SheetMapping:
    """What SHEETS_MAPPING says; everything may be left out."""

    tabs: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)  # our field -> the header's text
    unit: str | None = None
    decimal: str | None = None
    dates: str | None = None
    layout: str = "rows"


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One tab as it was read: its lasting number, its title, its cells row by row from the first."""

    number: int
    title: str
    cells: Sequence[Sequence[Any]]


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where the columns of a tab are. `row` counts from 0; `fields` and `exercises` go by column letter."""

    row: int
    fields: Mapping[str, str]  # our field -> letter
    exercises: Mapping[str, str] = field(default_factory=dict)  # letter -> exercise, in the wide layout
    unit: str | None = None  # what the weight column's header says


@dataclass(kw_only=True)
class Line:
    """One row that holds something: its cells by letter, and what it inherits from the rows above."""

    number: int  # as the spreadsheet shows it, from 1
    cells: dict[str, Any]
    wall: datetime | None = None
    day_only: bool = True
    problem: str = ""  # why the day is not known
    said: str = ""
    workout: str | None = None
    exercise: str | None = None


def read_mapping(text: str | None) -> SheetMapping:
    """SHEETS_MAPPING as an object. Raises Failed, saying what is wrong with it."""
    if not text:
        return SheetMapping()
    try:
        said = json.loads(text)
    except ValueError as error:
        raise Failed(f"SHEETS_MAPPING is not JSON ({error}). See docs/sheets.md.") from None
    wrong = _wrong(said)
    if wrong:
        raise Failed(f"SHEETS_MAPPING: {wrong}. See docs/sheets.md.")
    tabs = said.get("tabs", ())
    return SheetMapping(
        tabs=(tabs,) if isinstance(tabs, str) else tuple(tabs),
        columns=said.get("columns", {}),
        unit=_UNITS[said["unit"].lower()] if said.get("unit") else None,
        decimal=said.get("decimal"),
        dates=said.get("dates"),
        layout=said.get("layout", "rows"),
    )


def _wrong(said: Any) -> str:
    if not isinstance(said, dict):
        return 'an object is expected, such as {"unit": "kg"}'
    known = {"tabs", "columns", "unit", "decimal", "dates", "layout"}
    if unknown := sorted(set(said) - known):
        return f"{unknown[0]!r} is not one of {', '.join(sorted(known))}"
    columns = said.get("columns", {})
    if not isinstance(columns, dict) or not all(isinstance(each, str) for each in columns.values()):
        return '"columns" maps a field to the text of a header'
    if strange := sorted(set(columns) - set(FIELDS)):
        return f"{strange[0]!r} is not one of the fields {', '.join(FIELDS)}"
    tabs = said.get("tabs", [])
    if not (isinstance(tabs, str) or (isinstance(tabs, list) and all(isinstance(each, str) for each in tabs))):
        return '"tabs" is a list of titles'
    allowed = {"unit": tuple(_UNITS), "decimal": (".", ","), "dates": ("dmy", "mdy"), "layout": ("rows", "wide")}
    for key, values in allowed.items():
        if said.get(key) is not None and str(said[key]).lower() not in values:
            return f"{key!r} is one of {', '.join(values)}"
    return ""


def letter(index: int) -> str:
    """The name of a column counted from 0: A, B, ..., Z, AA, ..."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def find_header(tab: Tab, mapping: SheetMapping) -> Header | None:
    """The header row of a tab: the first of its rows that names a date and what was done; None where there is none."""
    for row, cells in enumerate(tab.cells[:_HEADER_ROWS]):
        header = _header(row, cells, mapping)
        if header is not None:
            return header
    return None


def _header(row: int, cells: Sequence[Any], mapping: SheetMapping) -> Header | None:
    wanted = {_plain(text): name for name, text in mapping.columns.items()}
    fields: dict[str, str] = {}
    others: dict[str, str] = {}
    unit = None
    for index, cell in enumerate(cells):
        if not isinstance(cell, str) or not cell.strip():
            continue
        name = wanted.get(_plain(cell)) or _field(cell, mapping)
        if name is None or name in fields:
            others[letter(index)] = cell.strip()
            continue
        fields[name] = letter(index)
        if name == "weight" and (match := _UNIT_WORD.search(cell)):
            unit = _UNITS[match[1].lower()]
    if mapping.layout == "wide":
        return Header(row=row, fields=fields, exercises=others) if "date" in fields and others else None
    if "date" not in fields or not ("exercise" in fields and {"reps", "sets", "duration", "weight"} & set(fields)):
        return None
    return Header(row=row, fields=fields, unit=unit)


def _field(cell: str, mapping: SheetMapping) -> str | None:
    plain = _plain(cell)
    name = _FIELD_OF.get(plain) or _FIELD_OF.get(_plain(_UNIT_WORD.sub(" ", cell)))
    return None if name in mapping.columns else name  # the person named another column for it


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[_*:.()\[\]]+", " ", text.casefold()).split())


def marks(tab: Tab, header: Header, mapping: SheetMapping) -> dict[str, str]:
    """The decimal mark of each column's texts, by letter, where there are any."""
    columns = {**{where: name for name, where in header.fields.items() if name in ("reps", "weight", "rpe")}, **header.exercises}
    result: dict[str, str] = {}
    for where in columns:
        texts = [cell for cell in _column(tab, header, where) if isinstance(cell, str)]
        if texts:
            result[where] = mapping.decimal or numbers.decimal_mark(texts)
    return result


def _column(tab: Tab, header: Header, where: str) -> Iterator[Any]:
    for cells in tab.cells[header.row + 1 :]:
        for index, cell in enumerate(cells):
            if letter(index) == where:
                yield cell


def lines(tab: Tab, header: Header, mapping: SheetMapping) -> Iterator[Line]:
    """The rows under the header that hold something, with what a blank cell inherits: the date, the workout, the exercise.

    Merged cells come as one value and blanks under it. A date that cannot be read is inherited as such: the rows under it
    are not given to the day above.
    """
    order = _order(tab, header, mapping)
    above: Line | None = None
    for number, cells in enumerate(tab.cells[header.row + 1 :], header.row + 2):
        held = {letter(index): cell for index, cell in enumerate(cells) if cell is not None and cell != ""}
        if not _says_something(held, header):
            continue
        line = Line(number=number, cells=held)
        date = held.get(header.fields["date"])
        if date is None:
            _inherit_day(line, above)
        else:
            _set_day(line, date, order)
        _inherit_names(line, above, header)
        above = line
        yield line


def _says_something(held: Mapping[str, Any], header: Header) -> bool:
    used = {*header.fields.values(), *header.exercises}
    return any(where in used and str(cell).strip() for where, cell in held.items())


def _inherit_day(line: Line, above: Line | None) -> None:
    if above is None:
        line.problem = "is missing"
    else:
        line.wall, line.day_only, line.problem, line.said = above.wall, above.day_only, above.problem, above.said


def _inherit_names(line: Line, above: Line | None, header: Header) -> None:
    same_day = above is not None and above.wall is not None and line.wall is not None and above.wall.date() == line.wall.date()
    for name in ("workout", "exercise"):
        cell = line.cells.get(header.fields.get(name, ""))
        if cell is not None and str(cell).strip():
            setattr(line, name, _text(cell))
        elif same_day and (name == "workout" or (above is not None and above.workout == line.workout)):
            setattr(line, name, getattr(above, name))


def _text(cell: Any) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell).strip()


def _order(tab: Tab, header: Header, mapping: SheetMapping) -> times.Order | None:
    texts = [cell for cell in _column(tab, header, header.fields["date"]) if isinstance(cell, str)]
    try:
        return times.order(texts, mapping.dates)
    except OrderNeeded:
        return None  # then each date that needs it is refused by itself


def _set_day(line: Line, cell: Any, order: times.Order | None) -> None:
    line.said = str(cell)
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        line.problem = "is not a date"
    elif isinstance(cell, str):
        try:
            written = times.read(cell, order)
        except times.NotATime as error:
            line.problem = "is a formula's error" if cell.strip() in _FORMULA_ERRORS else str(error)
            return
        line.wall, line.day_only = written.wall, written.day_only
    elif not _SERIALS[0] <= cell < _SERIALS[1]:
        line.problem = "is not a date (expected a date cell)"
    else:
        line.wall = _EPOCH + timedelta(days=int(cell), seconds=round((cell - int(cell)) * 86_400))
        line.day_only = cell == int(cell)
