"""Every number a door to its rows: the page /rows shows what a card was drawn from, and /rows.csv gives it as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import pandas as pd
from flask import Flask, Response, request

from dashboard import cards, merged, told, words
from dashboard.elements import Component, html
from dashboard.page import House, View
from dashboard.theme import Look
from health.frames import Frames
from health.units import KG_PER_LB, M_PER_FOOT, M_PER_MILE

PATH: Final = "/rows"
NAMES: Final = {
    "measurements": "Readings", "activities": "Activities", "workouts": "Sessions", "sets": "Sets", "sleeps": "Nights",
    "meals": "Meals",
}  # fmt: skip
_SHOWN: Final = 120
_HIDDEN: Final = ("workout_id",)
_IN_MILES: Final = {
    "distance_m": ("distance_mi", M_PER_MILE),
    "ascent_m": ("ascent_ft", M_PER_FOOT),
    "height_m": ("height_ft", M_PER_FOOT),
    "mean_speed_mps": ("mean_speed_mph", M_PER_MILE / 3600),
    "max_speed_mps": ("max_speed_mph", M_PER_MILE / 3600),
}
# Before what begins a formula: at the start of a cell, and after what cuts a cell in two where a spreadsheet takes semicolons or
# tabs for delimiters (Excel does, where the decimal mark is a comma). Full-width signs count; spaces may stand in between.
_FORMULA: Final = re.compile('((?:^|[;\t\r\n])[\\s"\x00-\x20\u200b-\u200f\u2060\ufeff]*)(?=[=+\\-@＝＋－＠﹦﹢﹣﹫])')
_BLANK: Final = re.compile("(^|[;\n])(?=[\t\r])")


def register(server: Flask, house: House) -> None:
    """The download."""

    @server.get("/rows.csv", endpoint="fitboard.rows")
    def download() -> Response:
        found = chosen(house.frames.frames(), request.args)
        name = next((each for each in NAMES if each == request.args.get("of")), "measurements")
        headers = {"Content-Disposition": f'attachment; filename="fitboard-{name}.csv"'}
        return Response(as_csv(found), headers=headers, mimetype="text/csv")


def content(view: View) -> list[Component]:
    """The rows, newest first, and the way to have them all."""
    name = view.choice("of", NAMES, "measurements")
    if "id" in view.choices and (card := merged.thing_card(view, name, view.choices["id"])):
        return [cards.head(NAMES[name], cards.link("All rows", f"{PATH}?of={name}", "btn btn-secondary")), card]
    found = chosen(view.frames, view.choices)
    everything = html.A(
        "Download all", href=f"/rows.csv?{urlencode(dict(view.choices))}", className="btn btn-secondary", download=""
    )
    title = cards.head(NAMES[name], everything, eyebrow=words.count(len(found), "row"))
    if found.empty:
        return [title, cards.card(NAMES[name], cards.empty("There are no such rows."))]
    stored = found.iloc[::-1].head(_SHOWN)
    shown = in_units(stored, view.look)
    columns = [each for each in shown.columns if each not in _HIDDEN and not shown[each].isna().all()]
    if "also" in columns:  # beside the source, where it is seen without scrolling
        columns.insert(columns.index("source") + 1, columns.pop(columns.index("also")))
    numeric = [at for at, each in enumerate(columns) if shown[each].dtype.kind in "fi"]
    cells = [[_said(each) for each in row] for row in shown[columns].itertuples(index=False)]
    if "also" in columns:
        _lead_to_sources(name, columns, cells)
    newest = f"The newest {_SHOWN} of {words.number(len(found))}. " if len(found) > _SHOWN else ""
    units = "" if list(shown.columns) == list(stored.columns) else "The file has the numbers as they are stored, in kg and metres."
    note = cards.note(newest + units) if newest or units else None
    return [title, cards.card(NAMES[name], cards.table(columns, cells, numeric=numeric, label="Rows", wide=True), note)]


def _lead_to_sources(name: str, columns: list[str], cells: list[list[Any]]) -> None:
    """Where a row was merged, `also` says from what and leads to what each source said. Changes `cells`."""
    also, id = columns.index("also"), columns.index("id")
    for row in cells:
        if row[also] != words.NONE:
            row[also] = merged.thing_link(name, row[id], words.listed([told.source(each) for each in row[also].split(", ")]))


def in_units(frame: pd.DataFrame, look: Look) -> pd.DataFrame:
    """The rows in the units this person reads; a column's name says its unit. What they read in kg and metres stays as stored."""
    said = (
        {each: (f"{each[:-3]}_lb", float(KG_PER_LB)) for each in map(str, frame) if each.endswith("_kg")}
        if look.mass_unit == "lb"
        else {}
    )
    if look.distance_unit == "mi":
        said |= {each: (name, float(metres)) for each, (name, metres) in _IN_MILES.items() if each in frame}
    changed = frame.assign(**{each: frame[each] / size for each, (_, size) in said.items()})
    return changed.rename(columns={each: name for each, (name, _) in said.items()})


def chosen(frames: Frames, choices: Mapping[str, str]) -> pd.DataFrame:
    """The rows of the frame `of`, narrowed by first and last (days), sport, exercise and quantity."""
    name = choices.get("of", "measurements")
    if "exercise" in choices:
        choices = {**choices, "exercise": frames.names.of(choices["exercise"])}
    frame: pd.DataFrame = getattr(frames, name if name in NAMES else "measurements")
    for column in ("sport", "exercise"):
        if column in frame and column in choices:
            frame = frame[frame[column] == choices[column]]
    for key, least in (("first", True), ("last", False)):
        day = _day(choices.get(key, ""))
        if day is not None:
            frame = frame[frame["day"] >= day] if least else frame[frame["day"] <= day]
    quantity = choices.get("quantity")
    if quantity in frame and frame[quantity].dtype.kind == "f":
        also = ["also"] if "also" in frame and frame["also"].notna().any() else []
        frame = frame[frame[quantity].notna()][["id", "source", *also, "at", "zone", "day", quantity]]
    return frame


def _day(text: str) -> pd.Timestamp | None:
    try:
        return pd.Timestamp(date.fromisoformat(text))
    except ValueError:
        return None


def as_csv(frame: pd.DataFrame) -> str:
    """The rows as CSV, where no cell from a record begins a formula (a spreadsheet would run it)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(frame.columns)
    writer.writerows([_cell(each) for each in row] for row in frame.itertuples(index=False))
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return _BLANK.sub(r"\1'", _FORMULA.sub(r"\1'", value))
    if isinstance(value, pd.Timestamp):
        return value.isoformat().replace("+00:00", "Z").removesuffix("T00:00:00")
    return "" if pd.isna(value) else f"{value:.10g}"


def _said(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() and value.tzinfo is None else f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, str):
        return value
    return words.NONE if pd.isna(value) else words.shortest(float(value), 4)
