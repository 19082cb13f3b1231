"""TCX: Garmin's older XML, as watches, machines and web pages write it. Each Activity is one, with its time series.

It is named by its Id as it is written (the start) and its number among equals. Distance, time and energy are the sums of its laps.
A Course in such a file is a plan and no activity.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import BinaryIO

import numpy as np

from collectors.files import _course, _pieces, _xmlpoints
from collectors.files._course import Course
from collectors.files._xmlpoints import Found, Walk, bounded, raw_rows, utf8
from collectors.source import Parsed, ReadOptions
from health.records import RawRow, Series
from health.units import KJ_PER_KCAL, exact

name = "tcx"
title = "TCX file"
record_source = "tcx"
kind = "activity"
whole_groups = True
by_signature = True

# What a point's element (small letters) tells; a pulse's text stands in a Value of its own, which ends just before it.
_POINT = {"latitudedegrees": "lat_deg", "longitudedegrees": "lon_deg", "altitudemeters": "altitude_m",
          "distancemeters": "distance_m", "heartratebpm": "heart_rate_bpm", "cadence": "cadence_rpm",
          "runcadence": "cadence_rpm", "watts": "power_w"}  # fmt: skip
# What a lap's element tells of the whole, and how laps go together.
_LAP = {"totaltimeseconds": "moving_s", "distancemeters": "distance_m", "calories": "energy_kj", "maximumspeed": "max_speed_mps",
        "maximumheartratebpm": "max_heart_rate_bpm"}  # fmt: skip
_SUMMED = ("moving_s", "distance_m", "energy_kj")


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  # the name is a hint that this needs not
    head = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").lstrip()
    return head[:1] == b"<" and b"<TrainingCenterDatabase" in head[:4096]


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    data = utf8(_pieces.whole(stream).lstrip())
    found, activities = _read(data)
    made = raw_rows(record_source, data, found, [each if each.start else _Activity("") for each in activities], name, options)
    if not made:
        raise found.nothing("holds no activity with a time")
    return made


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The activity of a group's rows."""
    return _course.parse_rows(rows, person, course_of)


def series(rows: Sequence[RawRow], person: str) -> Series | None:
    """The time series of a group's rows."""
    return _course.series_rows(rows, person, course_of)


def says_less(kept: Sequence[RawRow], fresh: Sequence[RawRow]) -> bool:
    """True where `fresh` is of a file that broke off and holds less than what is kept."""
    return _xmlpoints.says_less(kept, fresh)


def course_of(rows: Sequence[RawRow]) -> Course:
    """The activity in the rows of one. Raises BadPieces or NotThisFormat."""
    return courses_of(_pieces.joined(rows), tuple(rows[0].context.get("damage", ())))[0]


@lru_cache(maxsize=1)
def courses_of(data: bytes, damage: tuple[int, str] | tuple[()] = ()) -> tuple[Course, ...]:
    """The activities in the bytes of a TCX file, or of one cut out of it. Raises BadPieces or NotThisFormat.

    `damage` is where the file broke off, as it was found when it was imported.
    """
    courses = [each.course(each.start) for each in _read(utf8(data.lstrip()))[1] if each.start]
    if not courses:
        raise _pieces.BadPieces("holds no activity with a time: import the file again")
    if damage:
        courses[-1].problems.insert(0, ("file", damage[1], f"byte {damage[0]:,}"))
    return tuple(courses)


def damage_of(data: bytes) -> tuple[int, str] | None:
    """Where that file breaks off, and how; None where it is whole. Raises NotThisFormat."""
    return _read(data)[0].damage


# -- from XML to courses --------------------------------------------------------------------------------------------------------


class _Activity:
    """One activity as it is read: a row a point with a time."""

    def __init__(self, sport: str) -> None:
        self.sport = sport
        self.written = self.name = ""
        self.start: datetime | None = None
        self.offset: timedelta | None = None
        self.times: list[datetime] = []
        self.points: list[dict[str, float]] = []
        self.stated: dict[str, Decimal] = {}
        self.untimed = self.unread = 0
        self._before_m = self._last_m = 0.0  # where a lap counts its metres from, and the last ones told

    def begin(self, text: str) -> None:
        """The Id, or the start of a lap: the first that is a time is the activity's."""
        self.written = self.written or text.strip()[:60]
        if self.start is None:
            try:
                self.start, self.offset = _course.instant(text)
            except (ValueError, OverflowError):
                return

    def lap(self) -> None:
        """A lap begins; some programs count its metres from 0 again."""
        self._before_m = -1.0

    def state(self, name: str, text: str) -> None:
        """A number that a lap says."""
        value = _course.stated(text)
        if value is None:
            self.unread += 1
        elif name in _SUMMED:
            self.stated[name] = self.stated.get(name, Decimal(0)) + value
        else:
            self.stated[name] = max(self.stated.get(name, Decimal(0)), value)

    def add(self, said: Mapping[str, str]) -> None:
        """A point: what its elements say, by our names."""
        try:
            at, offset = _course.instant(said["time"])
        except (KeyError, ValueError, OverflowError):
            self.untimed += 1
            return
        if self.start is None:
            self.start, self.offset = at, offset
            self.written = self.written or said["time"].strip()
        point = {key: _course.number(text) for key, text in said.items() if key != "time"}
        self.unread += sum(map(math.isnan, point.values()))
        bounded(self.points)
        if "distance_m" in point:
            point["distance_m"] = self._along(point["distance_m"])
        self.times.append(at)
        self.points.append(point)

    def _along(self, metres: float) -> float:
        if math.isnan(metres):
            return metres
        if self._before_m < 0:
            self._before_m = self._last_m if metres < self._last_m / 2 else 0.0
        self._last_m = self._before_m + metres
        return self._last_m

    def course(self, start: datetime) -> Course:
        """The activity."""
        keys = {key: None for point in self.points for key in point}
        columns = {key: np.array([point.get(key, math.nan) for point in self.points]) for key in keys}
        stated = {key: exact(value * KJ_PER_KCAL if key == "energy_kj" else value) for key, value in self.stated.items()}
        course = _course.built(
            start, self.written, [(each - start).total_seconds() for each in self.times], columns, name=self.name,
            sport_type=self.sport, sport=_course.sport_named(self.sport), stated=stated, offset=self.offset,
        )  # fmt: skip
        course.leave_out(self.untimed, self.unread)
        return course


class _Reading:
    """What `Walk` tells, put into activities."""

    def __init__(self) -> None:
        self.activities: list[_Activity] = []
        self.point: dict[str, str] | None = None
        self.inside = False

    def begins(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "trackpoint":
            self.point = {}
        elif name == "activity":
            self.activities.append(_Activity(attributes.get("Sport", "").strip()[:60]))
            self.inside = True
        elif name == "lap" and self.inside:
            self.activities[-1].lap()
            self.activities[-1].begin(attributes.get("StartTime", ""))

    def ends(self, name: str, text: str) -> None:
        if self.point is not None:
            if name == "time":
                self.point["time"] = text
            elif name in _POINT:
                self.point[_POINT[name]] = text
            elif name == "trackpoint":
                if self.inside:
                    self.activities[-1].add(self.point)
                self.point = None
        elif name == "activity":
            self.inside = False
        elif self.inside and name == "id":
            self.activities[-1].begin(text)
        elif self.inside and name == "notes":
            self.activities[-1].name = text.strip()
        elif self.inside and name in _LAP:
            self.activities[-1].state(_LAP[name], text)


@lru_cache(maxsize=1)  # what `rows` has just read, `parse` reads again
def _read(data: bytes) -> tuple[Found, list[_Activity]]:
    """Where the activities of a file stand, and what is in them, one each."""
    reading = _Reading()
    return Walk(("trainingcenterdatabase",), "activity", reading.begins, reading.ends).go(data), reading.activities
