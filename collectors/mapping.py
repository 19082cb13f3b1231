"""A table of an unknown layout: its columns and first rows, a guess which is which, and what would come of it. Stores nothing.

The page asks these; the import itself goes through collectors/importing.py with the same mapping as `--map`.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, BinaryIO, Final, Literal

from collectors.files import sets, weight
from collectors.keep import by_group
from collectors.recognising import guess
from collectors.source import FileFormat, NotThisFormat, OrderNeeded, ReadOptions, UnitNeeded, formats
from collectors.tables import HEAD, head_table
from health.days import DayError
from health.records import Rejected

Kind = Literal["weight", "sets"]
KINDS: Final[tuple[Kind, ...]] = ("sets", "weight")
MOST_TRIED: Final = 8 << 20  # bytes of a file that a check reads; the import reads all of it
_SHOWN_ROWS: Final = 5
_MOST_BAD: Final = 5
_FIELDS: Final[Mapping[Kind, tuple[str, ...]]] = {"weight": weight.FIELDS, "sets": sets.FIELDS}
_REQUIRED: Final[Mapping[Kind, tuple[str, ...]]] = {"weight": weight.REQUIRED, "sets": sets.REQUIRED}


@dataclass(frozen=True, kw_only=True)
class Looked:
    """The beginning of a table: its columns and first rows, what it seems to be, and the columns by our fields for each kind."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: Kind
    guessed: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What would come of a mapping: records of `kind`, rows read, the days they span, what would be set aside; or why not.

    `asks` names what has to be said first; `whole` is False where the file is so large that only its beginning was read.
    """

    kind: str = ""
    rows: int = 0
    records: int = 0
    sets: int = 0
    first: date | None = None
    last: date | None = None
    bad: tuple[Rejected, ...] = ()
    bad_rows: int = 0
    whole: bool = True
    error: str = ""
    asks: Literal["", "units", "dates"] = ""
    counted: Mapping[str, int] = field(default_factory=dict)  # reasons, most frequent first


def fields_of(kind: Kind) -> tuple[str, ...]:
    """What columns of such a table can say, as `--map` names it."""
    return _FIELDS[kind]


def required_of(kind: Kind) -> tuple[str, ...]:
    """What a table of that kind must say."""
    return _REQUIRED[kind]


def look(stream: BinaryIO) -> Looked | None:
    """The beginning of the table in `stream`; None where there is none."""
    table = head_table(stream.read(HEAD))
    if table is None:
        return None
    guessed = guess(table.header)
    rows = [tuple(row.cells.get(name, "") for name in table.header) for row in table.rows if not row.problem]
    kind: Kind = "sets" if "exercise" in guessed else "weight"
    return Looked(columns=table.header, rows=tuple(rows[:_SHOWN_ROWS]), kind=kind, guessed=guessed)


def wanting(kind: Kind, mapping: Mapping[str, str]) -> list[str]:
    """The fields that a table of that kind still needs a column for, and columns that are named twice: sentences."""
    said = [f"Say which column is the {name}." for name in required_of(kind) if not mapping.get(name)]
    twice = [column for column, n in Counter(mapping.values()).items() if n > 1]
    return said + [f"“{column}” is named twice: a column says one thing." for column in twice]


def reader_of(kind: Kind) -> FileFormat:
    """The format that reads such a table; the one that the command line takes for the same mapping."""
    return formats()[kind]


def try_out(stream: BinaryIO, name: str, kind: Kind, options: ReadOptions, person: str) -> Trial:
    """What importing `stream` with `options.mapping` would give. Reads at most MOST_TRIED bytes, to the end of a line."""
    head = stream.read(MOST_TRIED + 1)
    whole = len(head) <= MOST_TRIED
    if not whole:
        head = head[: head.rfind(b"\n") + 1] or head[:MOST_TRIED]
    reader = reader_of(kind)
    try:
        rows = list(reader.rows(io.BytesIO(head), name, options))
    except UnitNeeded:
        return Trial(asks="units", error="It does not say whether its weights are kilograms or pounds: say it below.", whole=whole)
    except OrderNeeded:
        return Trial(asks="dates", error="Its dates can be read two ways: say below which number is the day.", whole=whole)
    except (NotThisFormat, DayError) as error:
        text = str(error).partition("(")[0].partition("--")[0].strip().rstrip(":;,. ")
        return Trial(error=f"It {text}." if text[:1].islower() else f"{text}.", whole=whole)
    return replace(_tried(reader, by_group(rows), person), rows=len(rows), whole=whole)


def _tried(reader: FileFormat, groups: Mapping[str, Sequence[Any]], person: str) -> Trial:
    records, counted_sets = 0, 0
    days: list[date] = []
    bad: list[Rejected] = []
    for group in groups.values():
        record, rejected = reader.parse(group, person)
        bad += rejected
        if record is not None:
            records += 1
            counted_sets += len(getattr(record, "sets", ()))
            days.append(record.day)
    return Trial(
        kind=reader.kind,
        records=records,
        sets=counted_sets,
        first=min(days, default=None),
        last=max(days, default=None),
        bad=tuple(bad[:_MOST_BAD]),
        bad_rows=len({each.row_id for each in bad}),
        counted=dict(Counter(f"{each.field} {each.reason}" for each in bad).most_common(3)),
    )
