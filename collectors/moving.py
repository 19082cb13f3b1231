"""Which session a row of a file belongs to once its date or its session's name is corrected: where its format would put it."""

from __future__ import annotations

import csv
import io

from collectors.decided import PROBLEM
from collectors.source import FileFormat, NotThisFormat, OrderNeeded, ReadOptions, UnitNeeded
from health.days import DayError
from health.records import RawRow


def home_of(reader: FileFormat, came: RawRow, corrected: RawRow) -> str | None:
    """The group that a file with the corrected row would put it into; None where the row stays in the group it came in.

    A row that was whole stays unless the correction moves it: sessions that share a start are numbered by rows that are not here.
    """
    home = _alone(reader, corrected)
    if home is None or home == came.group or (PROBLEM not in came.context and home == _alone(reader, came)):
        return None
    return home


def _alone(reader: FileFormat, row: RawRow) -> str | None:
    """The group of a file that holds this row alone; None where that cannot be read."""
    text = io.StringIO()
    text.write("sep=,\r\n")
    csv.writer(text).writerows([list(row.data), [str(cell) for cell in row.data.values()]])
    context = row.context
    options = ReadOptions(
        zone=str(context.get("zone", "UTC")),
        units=context.get("units") or "kg",  # of no matter here: nothing of what is read but the group is used
        mapping=dict(context.get("mapping", {})),
        dates=context.get("dates"),
    )
    try:
        found = list(reader.rows(io.BytesIO(text.getvalue().encode(errors="replace")), "row", options))
    except (NotThisFormat, UnitNeeded, OrderNeeded, DayError):
        return None
    return found[0].group if len(found) == 1 and PROBLEM not in found[0].context else None
