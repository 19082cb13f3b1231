"""A recorded file of whichever of the three formats (FIT, GPX, TCX), for those who hold one as part of something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collectors.files import _course, _pieces, fit, gpx, tcx
from collectors.files._course import Course
from collectors.files._xmlpoints import utf8
from collectors.source import NotThisFormat
from health.records import RawRow, Rejected, Series

_FORMATS = {each.name: each for each in (fit, gpx, tcx)}


@dataclass(frozen=True)
class Told:
    """The data to keep of a file, and what reading it again needs."""

    data: bytes
    context: Mapping[str, Any]


def told(data: bytes) -> Told:
    """The format of `data`, and where it is damaged. Raises NotThisFormat where no activity with times is in it."""
    reader = next((each for each in _FORMATS.values() if each.recognises(data[:65_536].lstrip(), "")), None)
    if reader is None:
        raise NotThisFormat("is no FIT, GPX or TCX file")
    if reader is not fit:
        data = utf8(data.lstrip())
    damage = reader.damage_of(data)
    try:
        reader.courses_of(data, *([damage] if damage else []))
    except _pieces.BadPieces:
        broke = f"; byte {damage[0]:,} {damage[1]}" if damage else ""
        raise NotThisFormat(f"holds no activity with times{broke}") from None
    return Told(data, {"format": reader.name, **({"damage": list(damage)} if damage else {})})


def series(rows: Sequence[RawRow], person: str) -> tuple[Series | None, list[Rejected]]:
    """The time series in the rows of such a file, under the name of their group; a Rejected for each thing that cannot be."""
    row = rows[0]
    try:
        course = _course_of(rows)
    except (_pieces.BadPieces, NotThisFormat, KeyError) as error:
        return None, [_course.aside(row, person, ("file", str(error), ""))]
    made = _course.series_record(course, row, person, native_id=row.group)
    return made, [_course.aside(row, person, each) for each in course.problems]


def says_less(kept: Sequence[RawRow], fresh: Sequence[RawRow]) -> bool:
    """True where `fresh` is of a file that broke off, or is damaged, and holds less than what is kept."""
    if "problem" in fresh[0].context:
        return "problem" not in kept[0].context
    return _pieces.says_less(kept, fresh, _is_damaged)


def _is_damaged(rows: Sequence[RawRow]) -> bool:
    context = rows[0].context
    return fit.is_damaged(rows) if context.get("format") == fit.name else "damage" in context


def _course_of(rows: Sequence[RawRow]) -> Course:
    reader = _FORMATS[rows[0].context["format"]]
    damage = tuple(rows[0].context.get("damage", ()))
    courses: tuple[Course, ...] = reader.courses_of(_pieces.joined(rows), *([damage] if damage else []))
    return courses[0]
