"""GPX: tracks as phones, watches and web pages write them. Each track with times is an activity with its time series.

A track is named by the time of its first point as it is written, its name, and its number among equals. Times without a zone are
UTC, as the format says. A route or a plan has no times and is no activity.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import BinaryIO

import numpy as np

from collectors.files import _course, _pieces, _xmlpoints
from collectors.files._course import Course
from collectors.files._xmlpoints import Found, Walk, bounded, raw_rows, utf8
from collectors.source import Parsed, ReadOptions
from health import series as arithmetic
from health.records import RawRow, Series

name = "gpx"
title = "GPX file"
record_source = "gpx"
kind = "activity"
whole_groups = True
by_signature = True

# What a point's element (in any namespace, small letters) tells.
_ELEMENTS = {"ele": "altitude_m", "hr": "heart_rate_bpm", "heartrate": "heart_rate_bpm", "cad": "cadence_rpm",
             "cadence": "cadence_rpm", "power": "power_w", "watts": "power_w", "powerinwatts": "power_w"}  # fmt: skip
# Strava writes its own numbers for sports.
_NUMBERED = {"1": "Ride", "4": "Hike", "9": "Run", "10": "Walk", "16": "Swim"}


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  # the name is a hint that this needs not
    head = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").lstrip()
    return head[:1] == b"<" and b"<gpx" in head[:4096]


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    data = utf8(_pieces.whole(stream))
    found, tracks = _read(data)
    made = raw_rows(record_source, data, found, tracks, name, options)
    if not made:
        raise found.nothing("holds no track with times, so it is a route or a plan: no activity is made of it")
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
    """The activity in the rows of one track. Raises BadPieces or NotThisFormat."""
    return courses_of(_pieces.joined(rows), tuple(rows[0].context.get("damage", ())))[0]


@lru_cache(maxsize=1)
def courses_of(data: bytes, damage: tuple[int, str] | tuple[()] = ()) -> tuple[Course, ...]:
    """The activities in the bytes of a GPX file, or of one track cut out of it. Raises BadPieces or NotThisFormat.

    `damage` is where the file broke off, as it was found when it was imported.
    """
    courses = [track.course() for track in _read(utf8(data))[1] if track.times]
    if not courses:
        raise _pieces.BadPieces("holds no track with times: import the file again")
    if damage:
        courses[-1].problems.insert(0, ("file", damage[1], f"byte {damage[0]:,}"))
    return tuple(courses)


def damage_of(data: bytes) -> tuple[int, str] | None:
    """Where that file breaks off, and how; None where it is whole. Raises NotThisFormat."""
    return _read(data)[0].damage


# -- from XML to courses --------------------------------------------------------------------------------------------------------


class _Track:
    """One track as it is read: a row a point with a time."""

    def __init__(self) -> None:
        self.name = self.type = self.written = ""
        self.times: list[datetime] = []
        self.points: list[dict[str, float]] = []
        self.breaks: list[int] = []
        self.untimed = self.unread = 0

    def add(self, said: Mapping[str, str]) -> None:
        """A point: what its elements and attributes say, by our names."""
        try:
            at, _ = _course.instant(said["time"])
        except (KeyError, ValueError, OverflowError):
            self.untimed += 1
            return
        self.written = self.written or said["time"].strip()
        self.times.append(at)
        point = {key: _course.number(text) for key, text in said.items() if key != "time"}
        self.unread += sum(map(math.isnan, point.values()))
        bounded(self.points)
        self.points.append(point)

    def course(self) -> Course:
        """The activity. Its distance is the way from point to point."""
        keys = {key: None for point in self.points for key in point}
        columns = {key: np.array([point.get(key, math.nan) for point in self.points]) for key in keys}
        if "lat_deg" in columns and "lon_deg" in columns:
            columns["distance_m"] = arithmetic.distances_m(
                columns["lat_deg"], columns["lon_deg"], np.array(self.breaks, dtype=np.int64)
            )
        start = self.times[0]
        sport = _NUMBERED.get(self.type, self.type)
        course = _course.built(
            start, self.written, [(each - start).total_seconds() for each in self.times], columns,
            name=self.name, sport_type=sport, sport=_course.sport_named(sport), breaks=self.breaks,
        )  # fmt: skip
        course.leave_out(self.untimed, self.unread)
        return course


@lru_cache(maxsize=1)  # what `rows` has just read, `parse` reads again
def _read(data: bytes) -> tuple[Found, list[_Track]]:
    """Where the tracks of a file stand, and what is in them, one each."""
    tracks: list[_Track] = []
    point: dict[str, str] | None = None

    def begins(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal point
        if name == "trkpt":
            point = {"lat_deg": attributes.get("lat", ""), "lon_deg": attributes.get("lon", "")}
        elif name == "trk":
            tracks.append(_Track())
        elif name == "trkseg" and tracks and tracks[-1].points:
            tracks[-1].breaks.append(len(tracks[-1].points))

    def ends(name: str, text: str) -> None:
        nonlocal point
        if point is not None:
            if name == "time":
                point["time"] = text
            elif name in _ELEMENTS:
                point[_ELEMENTS[name]] = text
            elif name == "trkpt":
                if tracks:
                    tracks[-1].add(point)
                point = None
        elif name in ("name", "type") and tracks and not tracks[-1].points:
            setattr(tracks[-1], name, text.strip())

    return Walk(("gpx",), "trk", begins, ends).go(data), tracks
