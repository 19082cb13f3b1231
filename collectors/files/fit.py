"""FIT: what watches, bike computers and scales record. Activities with their time series, and weigh-ins.

An activity is named by the file's own time and device and its number among the file's sessions, so a file that broke off and the
whole one are the same activity. A scale that several people stand on does not say whose weigh-in is yours: `--map user=0` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, BinaryIO

import numpy as np

from collectors.files import _course, _fitscale, _fitsessions, _pieces
from collectors.files._columns import identity, nth
from collectors.files._course import Course
from collectors.files._fitreader import Part, parts
from collectors.files._fitsessions import second
from collectors.source import NothingToKeep, NotThisFormat, Parsed, ReadOptions
from health.records import RawRow, Series
from health.units import KJ_PER_KCAL, exact

name = "fit"
title = "FIT file"
record_source = "fit"
kind = "activity"
whole_groups = True
by_signature = True

_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
_COURSE, _NAMELESS = "course", ("generic", "all")
# Our field, and where a session says it (the first one that does).
_SESSION = {
    "elapsed_s": ("total_elapsed_time",),
    "moving_s": ("total_moving_time", "total_timer_time"),
    "distance_m": ("total_distance",),
    "ascent_m": ("total_ascent",),
    "mean_heart_rate_bpm": ("avg_heart_rate",),
    "max_heart_rate_bpm": ("max_heart_rate",),
    "mean_speed_mps": ("enhanced_avg_speed", "avg_speed"),
    "max_speed_mps": ("enhanced_max_speed", "max_speed"),
    "mean_cadence_rpm": ("avg_cadence", "avg_running_cadence"),
    "mean_power_w": ("avg_power",),
    "energy_kcal": ("total_calories",),
}


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  # the name is a hint that this needs not
    return head[8:12] == b".FIT"


def kind_of(group: str) -> str:
    """A weigh-in's group says so."""
    return "measurement" if group.startswith(_fitscale.GROUP) else kind


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    data = _pieces.whole(stream)
    if not recognises(data[:16], name):
        raise NotThisFormat("is not a FIT file: it does not begin like one")
    found = _parts(data)
    weigh_ins = list(_fitscale.rows(found, name, options, record_source))
    try:
        courses = courses_of(data)
    except _pieces.BadPieces:
        courses = ()
    if not weigh_ins and not courses:
        raise _nothing(found)
    return [*weigh_ins, *_activities(data, courses, name, options)]


def _nothing(found: Sequence[Part]) -> NotThisFormat:
    damage = found[-1].damage
    if damage:
        return NotThisFormat(f"holds no activity as far as it can be read: byte {damage[0]:,} {damage[1]}")
    what = str(found[0].first("file_id").get("type", "nothing that is known")).replace("_", " ")
    return NothingToKeep(f"holds no activity and no weigh-in (by its own word: {what})")


def _activities(data: bytes, courses: Sequence[Course], name: str, options: ReadOptions) -> Iterator[RawRow]:
    if len(data) * len(courses) > 2 * _pieces.MOST_BYTES:  # each session keeps the file
        raise NotThisFormat(f"holds {len(courses)} sessions in {len(data) >> 20} MB, more than any activity: it is not read")
    counted: dict[str, int] = {}
    for index, course in enumerate(courses):
        key = identity(course.written)
        counted[key] = counted.get(key, 0) + 1
        context = {"zone": options.zone, **({"index": index} if index else {})}
        yield from _pieces.raw_rows(record_source, nth(key, counted[key]), data, context, name)


@lru_cache(maxsize=1)  # what `rows` has just read, `parse` reads again
def _parts(data: bytes) -> tuple[Part, ...]:
    return tuple(parts(data))


@lru_cache(maxsize=1)
def courses_of(data: bytes, damage: object = None) -> tuple[Course, ...]:
    """The activities in the bytes of a FIT file. Raises BadPieces where there is none. (Its damage is found anew each time.)"""
    del damage
    courses = [course for part in _parts(data) if part.first("file_id").get("type") != _COURSE for course in _courses(part)]
    if not courses:
        raise _pieces.BadPieces("holds no activity: import the file again")
    return tuple(courses)


def damage_of(data: bytes) -> None:
    """What the other formats keep beside the data, this one finds in it each time."""
    del data


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The activity or weigh-in of a group's rows."""
    if kind_of(rows[0].group) == "measurement":
        return _fitscale.parse(rows, person)
    return _course.parse_rows(rows, person, course_of)


def series(rows: Sequence[RawRow], person: str) -> Series | None:
    """The time series of an activity's rows."""
    return _course.series_rows(rows, person, course_of)


def says_less(kept: Sequence[RawRow], fresh: Sequence[RawRow]) -> bool:
    """True where `fresh` is of a file that broke off, or is damaged, and holds less than what is kept."""
    return kind_of(fresh[0].group) == kind and _pieces.says_less(kept, fresh, is_damaged)


def is_damaged(rows: Sequence[RawRow]) -> bool:
    """True where the file in these rows breaks off, or a checksum of it does not match. Raises BadPieces."""
    return any(part.damage for part in _parts(_pieces.joined(rows)))


def course_of(rows: Sequence[RawRow]) -> Course:
    """The activity of a group's rows. Raises BadPieces."""
    courses = courses_of(_pieces.joined(rows))
    index = int(rows[0].context.get("index", 0))
    if index >= len(courses):
        raise _pieces.BadPieces("holds fewer activities than when it was read: import the file again")
    return courses[index]


# -- from messages to courses ---------------------------------------------------------------------------------------------------


def _courses(part: Part) -> list[Course]:
    """One course a session; one of all points where the file broke off before it summed up."""
    columns = part.columns()
    times = columns.pop("timestamp")
    problems = [("file", part.damage[1], f"byte {part.damage[0]:,}")] if part.damage else []
    untimed = int(np.isnan(times).sum())
    if untimed:
        problems.append(("time", "is missing: these points are left out", _course.counted(untimed, "point")))
    known = np.isfinite(times)
    sessions = _fitsessions.sessions(part.messages, times[known])
    if not sessions and not known.any():
        return []
    begins = [begin for begin, _ in sessions] or [float(times[known][0])]
    made = []
    for at, begin in enumerate(begins):
        low = begin if at else -np.inf
        inside = known & (times >= low) & (times < (begins[at + 1] if at + 1 < len(begins) else np.inf))
        points = {name: values[inside] for name, values in columns.items()}
        session = sessions[at][1] if sessions else {}
        made.append(_course.built(_EPOCH + timedelta(seconds=begin), _written(part, begin), times[inside] - begin, points,
                                  **_said(part, session, problems if not at else [])))  # fmt: skip
    return made


def _said(part: Part, session: Mapping[str, Any], problems: Sequence[_course.Problem]) -> dict[str, Any]:
    """What a course takes from the messages about the whole."""
    of = session if "sport" in session else part.first("sport")
    sport, sub = str(of.get("sport") or ""), str(of.get("sub_sport") or "")
    sub = "" if sub in _NAMELESS else sub
    stated = {ours: value for ours, theirs in _SESSION.items() if (value := _first(session, theirs)) is not None}
    if (kcal := stated.pop("energy_kcal", None)) is not None:
        stated["energy_kj"] = exact(kcal * KJ_PER_KCAL)
    return {
        "name": str(session.get("sport_profile_name") or part.first("sport").get("name") or ""),
        "sport": _course.sport_named(sub, sport),
        "sport_type": f"{sport}/{sub}" if sub else sport,
        "stated": stated,
        "offset": _offset(part),
        "problems": list(problems),
    }


def _first(session: Mapping[str, Any], names: Sequence[str]) -> Decimal | None:
    said = (session.get(each) for each in names)
    return next((value for each in said if isinstance(each, (int, float)) and (value := _course.stated(each)) is not None), None)


def _written(part: Part, begin: float) -> str:
    """The time and the device as the file names itself by them; the start where it does not."""
    file_id = part.first("file_id")
    created = second(file_id.get("time_created"))
    at = _EPOCH + timedelta(seconds=begin if created is None else created)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" + (f" {file_id['serial_number']}" if "serial_number" in file_id else "")


def _offset(part: Part) -> timedelta | None:
    """The clock's distance from UTC, to the quarter of an hour."""
    activity = part.first("activity")
    local, at = second(activity.get("local_timestamp")), second(activity.get("timestamp"))
    if local is None or at is None or abs(local - at) > 15 * 3600:
        return None
    return timedelta(minutes=15 * round((local - at) / 900))
