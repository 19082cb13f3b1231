"""No cell of a download is a formula, whatever stands in a name, a note or a row set aside.

Every record of every kind gets a hostile text into every field that holds text, and so does every row set aside. Each route of the
page that answers with CSV is found by asking all routes, and read with Python's csv as a spreadsheet reads it: by commas, and by
semicolons and tabs, as Excel does where the decimal mark is a comma. A cell counts as a formula when it begins with = + - @ (also
full-width, marks and spaces before it left out) and is no plain number, or with a tab or a carriage return. No spreadsheet runs:
what each takes for a formula is documented and narrower than that. `store export` writes JSON Lines, which no spreadsheet opens.
`python -m tests.torture.formulas_torture [--few]`.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dashboard import rows
from health.records import Activity, Exercise, Meal, Measurement, RawRow, Record, Rejected, Sleep, Workout, WorkoutSet
from store.store import GroupWrite, Store
from tests.bench._row import row
from tests.dashboard.house import HOME, NOW, app, client, house
from tests.hostile import CELLS, HOSTILE

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹣")
BEFORE = ("", " ", "\t", "\r", "\n", "\u00a0", "\ufeff", "\u200b", '"', '""', "x;", "x\t", "x\n", 'x";', 'x;"', "x; ", "x,", 'x","')
AFTER = ("1+1", 'HYPERLINK("https://evil.example","x")', "cmd|' /C calc'!A0", "SUM(A1:A9);x", '1+1"')
NUMBER = re.compile(r"^[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?$")
DELIMITERS = (",", ";", "\t")


def texts(few: bool) -> list[str]:
    made = [before + sign + after for before, sign, after in product(BEFORE, SIGNS, AFTER)]
    return [*CELLS, *made[::29]] if few else [*HOSTILE, *made]


def is_formula(cell: str) -> bool:
    """Whether any spreadsheet would take that cell for more than a text or a number."""
    if cell[:1] in ("\t", "\r"):
        return True
    told = unicodedata.normalize("NFKC", cell.lstrip("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\x00" + ' \t\r\n\u00a0"\x07\x1b'))
    return told[:1] in ("=", "+", "-", "@") and not NUMBER.match(told)


def records(texts: list[str]) -> Iterator[Record]:
    """Records of every kind that a person sees, those texts in every field that holds one."""
    for at, text in enumerate(texts):
        of: dict[str, Any] = {"person": "me", "zone": "UTC", "at": NOW - timedelta(minutes=at)}
        short = text[:60]
        source = text.replace(":", ".") or "x"
        yield Workout(
            **of, source=source, native_id=f"w{short}", name=text, note=text,
            sets=(WorkoutSet(exercise=text, order=1, reps=5, load_kg=Decimal(50), note=text),),
        )  # fmt: skip
        yield Activity(**of, source=source, native_id=f"a{short}", sport=text, sport_type=text, name=text, distance_m=Decimal(5))
        yield Measurement(**of, source=source, native_id=short, values={"body_mass_kg": Decimal(80)})
        end = of["at"] + timedelta(hours=8)
        yield Sleep(**of, source=source, native_id=f"{short}s", end=end, app=text, asleep_s=Decimal(9))
        yield Meal(**of, source=source, native_id=f"{short}m", name=text, app=text, energy_kj=Decimal(9))
        if text.strip():
            yield Exercise(**of, source="catalogue", native_id=f"{short}e", title=text, type=text, body_part=text, equipment=text)


def fill(store: Store, some: list[str]) -> None:
    groups = [
        GroupWrite(
            source=each.source, group=each.native_id, kind=each.kind, record=each,
            rows=[RawRow(source=each.source, group=each.native_id, row_id=f"{each.kind}{each.native_id}", data={})],
        )
        for each in records(some)
    ]  # fmt: skip
    for at, text in enumerate(some):
        told = {each.name: text or "x" for each in fields(Rejected) if each.name not in ("person", "row_id", "source", "group")}
        aside = Rejected(person="me", source="weight_csv", group=f"g{at}", row_id=f"{text[:60]}{at}", **told)
        raw = RawRow(source="weight_csv", group=f"g{at}", row_id=aside.row_id, data={"": text}, place=text)
        groups.append(
            GroupWrite(source="weight_csv", group=f"g{at}", kind="measurement", rows=[raw], record=None, rejected=[aside])
        )
    for start in range(0, len(groups), 200):
        store.write("me", groups[start : start + 200], NOW)


def downloads(few: bool) -> dict[str, str]:
    """Every download of the product over such a store, by its address."""
    with TemporaryDirectory() as folder:
        of = house(Path(folder))
        fill(of.store, texts(few))
        made = app(of)
        browser = client(made)
        plain = [each.rule for each in made.server.url_map.iter_rules() if "GET" in (each.methods or ()) and not each.arguments]
        asked = [*plain, *(f"/rows.csv?of={name}" for name in rows.NAMES)]
        answers = {path: browser.get(path, headers=HOME) for path in asked}
        of.store.close()
    return {path: each.get_data(as_text=True) for path, each in answers.items() if each.mimetype == "text/csv"}


def cells(text: str, delimiter: str) -> Iterator[str]:
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield from line


def formulas(downloads: dict[str, str]) -> list[str]:
    return [
        f"{path} by {delimiter!r}: {cell[:80]!r}"
        for path, text in downloads.items()
        for delimiter in DELIMITERS
        for cell in cells(text, delimiter)
        if is_formula(cell)
    ]


def careless(few: bool) -> int:
    """How many formulas the same check finds where text goes out as it came."""
    honest = rows._FORMULA, rows._BLANK
    rows._FORMULA = rows._BLANK = re.compile("(?!)()")  # type: ignore[misc]  # never matches
    try:
        return len(formulas(downloads(few)))
    finally:
        rows._FORMULA, rows._BLANK = honest  # type: ignore[misc]


def main(few: bool) -> None:
    found = downloads(few)
    bad = formulas(found)
    for line in bad[:20]:
        print(line, file=sys.stderr)
    row("downloads of hostile records: downloads", len(found), "", digits=0, at_least=len(rows.NAMES) + 1)
    row("downloads of hostile records: hostile texts", len(texts(few)), "", digits=0)
    row("downloads of hostile records: cells", sum(1 for text in found.values() for _ in cells(text, ",")), "", digits=0)
    row("downloads of hostile records: cells that a spreadsheet takes for a formula", len(bad), "", 0, 0)
    row("downloads of hostile records: formulas where text goes out as it came", careless(few=True), "", digits=0, at_least=1)


if __name__ == "__main__":
    main("--few" in sys.argv)
