"""The bytes of a table (CSV and its relatives) to rows of text, whatever encoding, delimiter and damage they came with.

A row that cannot be believed (cut off, shifted by a stray comma, holding NUL bytes) keeps its place and says its problem; the rows
around it are read.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO

from collectors.source import NotThisFormat

HEAD = 64 * 1024
MAX_BYTES = 256 * 1024 * 1024
_MAX_CELL = 100_000  # characters of one row; a note longer than that is a quotation mark that was never closed
_MAX_COLUMNS = 1000  # every row of a table costs as much as its header is wide
_MAX_LINES = 500  # physical lines of one row
_BROKEN = re.compile("\ufffd+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")  # a photo has a tenth of these, a spoilt table a few
_MOST_CONTROL = 0.05
_DELIMITERS = (";", "\t", ",", "|")  # in this order among equals: a comma may be a decimal mark, the others never are


@dataclass(frozen=True)
class Row:
    """One row: its number as a spreadsheet shows it (the header is 1), column -> text as it came, and what is wrong with it."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    spare: int = 0  # blank cells beyond the header's last


@dataclass(frozen=True)
class Table:
    """A header of unique column names (a repeated `Distance` is `Distance#2`) and the rows under it."""

    header: tuple[str, ...]
    rows: Sequence[Row]
    delimiter: str

    def column(self, name: str) -> list[str]:
        """The texts of a column, of the rows that are whole."""
        return [row.cells[name] for row in self.rows if not row.problem]


def read_table(stream: BinaryIO) -> Table:
    """The table in `stream`. Raises NotThisFormat where there is none, or it is too big."""
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise NotThisFormat(f"is larger than {MAX_BYTES // 2**20} MB, which no table of this kind is")
    table = _table(decode(data), whole=True)
    if table is None:
        raise NotThisFormat("holds no table: no line of column names was found")
    return table


@lru_cache(maxsize=4)
def head_table(head: bytes) -> Table | None:
    """The table that the first bytes of a file begin, for recognising it; None where they begin none."""
    if head[:4] in (b"PK\x03\x04", b"%PDF") or head.lstrip()[:1] in (b"<", b"{", b"["):
        return None
    text = decode(head, whole=len(head) < HEAD)
    if len(head) >= HEAD:
        text = text.rpartition("\n")[0]
    return None if len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text) else _table(text, whole=False)


def decode(data: bytes, *, whole: bool = True) -> str:
    """`data` as text with plain line ends: UTF-8 or UTF-16 (with or without its mark), else Windows-1252.

    Where most of a UTF-8 file is sound, a broken byte is a replacement mark in its cell, not another encoding for all.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _lines(data[len(mark) :].decode(name, errors="replace"))
    sample = data[:4096]
    if len(sample) > 8 and b"\x00" in sample:
        odd, even = sample[1::2].count(0), sample[::2].count(0)
        if max(odd, even) > 0.7 * len(sample) / 2 and min(odd, even) < 0.1 * len(sample) / 2:
            return _lines(data.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace"))
    try:
        return _lines(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        cut = not whole and error.start >= len(data) - 4
        text = data.decode("utf-8", errors="replace")
        broken = len(_BROKEN.findall(text))  # places, of one broken byte or several
        sound = sum(1 for each in text if each > "\x7f") - text.count("\ufffd")
        if cut or (sound and sound >= broken):
            return _lines(text)
        return _lines(data.decode("cp1252", errors="replace"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _table(text: str, *, whole: bool) -> Table | None:
    lines = text.split("\n")
    start, delimiter = 0, ""
    while start < len(lines) and not lines[start].strip():
        start += 1
    said = lines[start].strip('" ') if start < len(lines) else ""
    if said.lower().startswith("sep=") and (said == "sep=" or said[4:] in _DELIMITERS):
        delimiter = said[4:]
        start += 1
    while start < len(lines) and not lines[start].strip(f"{delimiter} "):
        start += 1
    if start >= len(lines):
        return None
    delimiter = delimiter or _sniff(lines[start : start + 20])
    end = _end(lines, start, delimiter)
    if end is None:
        return None
    header = _unique(_cells("\n".join(lines[start:end]), delimiter))
    if not 2 <= len(header) <= _MAX_COLUMNS:
        return None
    return Table(tuple(header), _rows(lines, end, start, header, delimiter, whole), delimiter)


def _rows(lines: list[str], first: int, before: int, header: list[str], delimiter: str, whole: bool) -> list[Row]:
    rows: list[Row] = []
    number, at = before + 1, first
    while at < len(lines):
        number += 1
        end = _end(lines, at, delimiter)
        if end is None:
            rows.append(Row(number, _quoted(lines[at]), "opens a quotation mark that is never closed"))
            at += 1
            continue
        text = lines[at] if end == at + 1 else "\n".join(lines[at:end])
        is_last = whole and end == len(lines)  # the file does not end with a line end: its last row may be cut off
        row = _row(number, text, header, delimiter, rows if is_last else None)
        if row is not None:
            rows.append(row)
        at = end
    return _unshifted(rows, header, delimiter)


def _unshifted(rows: list[Row], header: list[str], delimiter: str) -> list[Row]:
    """The rows, those set aside that end in more blank cells than the others: a stray comma shifted their cells.

    Some programs end every row but the header with a delimiter: what most rows do (a header that ends in one
    aside) shifts nothing.
    """
    counted = Counter(row.spare for row in rows if not row.problem)
    usual, times = counted.most_common(1)[0] if counted else (0, 0)
    if header[-1] == f"column {len(header)}" or 2 * times <= counted.total():
        usual = 0

    def judged(row: Row) -> Row:
        if row.spare in (0, usual):
            return row
        text = delimiter.join([*row.cells.values(), *[""] * row.spare])
        return Row(row.number, _quoted(text), _too_many(len(header) + row.spare, len(header)))

    return [judged(row) for row in rows]


def _too_many(cells: int, names: int) -> str:
    return f"has {cells} cells under {names} column names: one cell too many shifts the rest"


def _row(number: int, text: str, header: list[str], delimiter: str, earlier: list[Row] | None) -> Row | None:
    """The row of that text; None for one without content (blank, or the header once more).

    `earlier` are the rows before one that ends with the file, without a line end; None for any other row.
    """
    if not text.strip(f'{delimiter} "'):
        return None
    if len(text) > _MAX_CELL:
        return Row(number, _quoted(text), f"holds {len(text):,} characters, which no row of a table does")
    cells = _cells(text, delimiter)
    if "\x00" in text:
        return Row(number, _quoted(text), "holds NUL bytes: the file is damaged here")
    if any(cell.strip() for cell in cells[len(header) :]):
        return Row(number, _quoted(text), _too_many(len(cells), len(header)))
    spare = max(len(cells) - len(header), 0)
    if len(cells) < len(header) and earlier is not None and not _is_whole(text, header[len(cells) :], earlier):
        return Row(number, _quoted(text), f"is cut off: the file ends after {len(cells)} of {len(header)} cells")
    cells = cells[: len(header)]
    cells += [""] * (len(header) - len(cells))
    named = dict(zip(header, cells, strict=True))
    if all(cell == name for name, cell in named.items()):
        return None
    return Row(number, named, spare=spare)


def _is_whole(text: str, missing: list[str], earlier: list[Row]) -> bool:
    """True for a last row that ends in a value and lacks only cells that are empty in every other row."""
    sound = [row for row in earlier if not row.problem]
    return bool(sound) and text[-1].isalnum() and not any(row.cells[name].strip() for row in sound for name in missing)


def _quoted(text: str) -> dict[str, str]:
    """What stood in a row that has no cells to name, within reason."""
    return {"": text[:500].replace("\x00", "\u2400")}


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:  # a cell beyond the module's limit, caught by its length above
        return [text]


def _end(lines: list[str], at: int, delimiter: str) -> int | None:
    """The line after the row that starts at `at` (a quoted cell may hold line ends); None where its quotation is never closed."""
    if '"' not in lines[at]:
        return at + 1
    is_open = False
    for line in range(at, min(len(lines), at + _MAX_LINES)):
        if line > at and not _closes_well(lines[line], delimiter):
            return None
        is_open = _ends_open(lines[line], delimiter, is_open)
        if not is_open:
            return line + 1
    return None


def _closes_well(line: str, delimiter: str) -> bool:
    """False where a quotation that began on an earlier line ends in `line` in front of something else than a delimiter.

    It was never closed then: the mark that seems to end it begins a cell of another row, which must not be lost with it.
    """
    close = line.replace('""', "  ").find('"')
    return close < 0 or close + 1 == len(line) or line[close + 1] == delimiter


def _ends_open(line: str, delimiter: str, is_open: bool) -> bool:
    """Whether a quoted cell is still open at the end of `line`: a quotation mark opens one only at the start of a cell."""
    at = 0
    if not is_open and line.startswith('"'):
        is_open, at = True, 1
    while True:
        if is_open:
            close = line.find('"', at)
            if close < 0:
                return True
            at = close + 1
            if line.startswith('"', at):  # a doubled mark is one of the text
                at += 1
                continue
        following = line.find(delimiter, at)
        if following < 0:
            return False
        at = following + 1
        is_open = line.startswith('"', at)
        at += is_open


def _sniff(lines: list[str]) -> str:
    """The delimiter: what cuts the first line into most cells; among equals, what cuts the following lines alike."""

    def score(delimiter: str) -> tuple[int, int]:
        counts = [len(_cells(line, delimiter)) for line in lines if line.strip()]
        return counts[0], sum(each == counts[0] for each in counts)

    return max(_DELIMITERS, key=score)


def _unique(names: list[str]) -> list[str]:
    """Column names, stripped; the second `Distance` is `Distance#2`, one without a name `column 7`."""
    seen: Counter[str] = Counter()
    result = []
    for place, name in enumerate(names, 1):
        tidy = name.strip().strip("\ufeff").strip() or f"column {place}"
        seen[tidy] += 1
        result.append(tidy if seen[tidy] == 1 else f"{tidy}#{seen[tidy]}")
    return result
