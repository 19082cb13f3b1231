"""From what a recorded file says (`Course`) to an activity and its time series, the same way for FIT, GPX and TCX."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from collectors.files._columns import broken, rejected
from collectors.files._pieces import BadPieces
from collectors.source import NotThisFormat, Parsed
from collectors.sports import OTHER, sport_of
from health import days, packed, series
from health.packed import Columns, Floats
from health.records import Activity, RawRow, RecordError, Rejected, Series, series_of
from health.units import UnitError, exact

# What is believed of an activity: our field and its highest value.
_LIMITS = {
    "elapsed_s": 2_700_000, "moving_s": 2_700_000, "distance_m": 5_000_000, "ascent_m": 100_000, "mean_heart_rate_bpm": 260,
    "max_heart_rate_bpm": 260, "mean_speed_mps": 400, "max_speed_mps": 400, "mean_cadence_rpm": 300, "mean_power_w": 3000,
    "energy_kj": 200_000,
}  # fmt: skip
# What 0 means "was not measured" for.
_ZERO_IS_ABSENT = frozenset(_LIMITS) - {"moving_s", "ascent_m", "elapsed_s"}
# What is believed of a point: the lowest and the highest value of a column.
_POINT_LIMITS = {
    "distance_m": (0.0, 5_000_000.0), "altitude_m": (-500.0, 9_500.0), "heart_rate_bpm": (20.0, 260.0), "cadence_rpm": (0.0, 300.0),
    "power_w": (0.0, 3_000.0), "lat_deg": (-90.0, 90.0), "lon_deg": (-180.0, 180.0),
}  # fmt: skip
_LONGEST_S = 2_700_000.0  # a month: nothing lasts longer
_FIRST_YEAR, _LAST_YEAR = 1989, 2100  # FIT counts from the end of 1989
Numbers = Sequence[float] | Floats
Problem = tuple[str, str, str]  # field, reason, what stood there


@dataclass(kw_only=True)
class Course:
    """One activity as a file tells it. `columns` are those of `health.packed` with times in seconds since `start`.

    `written` is the start (or the file's own time) as it stood there: the identity. `stated` are the numbers of the whole that the
    file says. `breaks` are the places of points that a pause came before. `offset` is the clock's distance from UTC, where told.
    """

    start: datetime
    written: str
    name: str = ""
    sport_type: str = ""
    sport: str = OTHER
    stated: dict[str, Decimal] = field(default_factory=dict)
    columns: Columns = field(default_factory=dict)
    breaks: Sequence[int] = ()
    offset: timedelta | None = None
    problems: list[Problem] = field(default_factory=list)

    def leave_out(self, untimed: int, unread: int) -> None:
        """Say how many points without a time were left out, and how many numbers are none."""
        if untimed:
            self.problems.append(("time", "is missing or no time: these points are left out", counted(untimed, "point")))
        if unread:
            self.problems.append(("point", "holds what is no number: it counts as not measured", counted(unread, "number")))


def built(start: datetime, written: str, times_s: Numbers, columns: Mapping[str, Numbers], **more: Any) -> Course:
    """A course of points, of which those are left out that go back in time, and numbers that cannot be; each kind is a problem."""
    time = np.array(times_s, dtype=np.float64)
    made: Columns = {name: np.array(values, dtype=np.float64) for name, values in columns.items()}
    course = Course(start=start, written=written, **more)
    ordered = _in_order(time)
    if odd := int((~ordered).sum()):
        course.problems.append(("time", "is out of order: these points are left out", counted(odd, "point")))
        course.breaks = [int(each) for each in np.searchsorted(np.flatnonzero(ordered), course.breaks)]
    made = {"time_s": time[ordered], **{name: values[ordered] for name, values in made.items()}}
    course.columns = {name: _believed(name, values, course.problems) for name, values in made.items()}
    _nowhere(course.columns)
    course.columns = {name: values for name, values in course.columns.items() if np.isfinite(values).any()}
    return course


def _in_order(time: Floats) -> npt.NDArray[np.bool_]:
    """Which points to keep so that time never goes back: of those before a step back or those after it, the more."""
    near = (time >= -_LONGEST_S) & (time <= _LONGEST_S)
    known = np.where(near, time, np.nan)
    before = near & (time >= np.fmax.accumulate(np.concatenate([[-np.inf], known[:-1]])))
    after = near & (time <= np.fmin.accumulate(np.concatenate([known[1:], [np.inf]])[::-1])[::-1])
    kept: npt.NDArray[np.bool_] = before if before.sum() >= after.sum() else after
    return kept


def _believed(name: str, values: Floats, problems: list[Problem]) -> Floats:
    if name not in _POINT_LIMITS:
        return values
    if name == "heart_rate_bpm":
        values = np.where(values == 0, np.nan, values)  # what a belt without contact says
    low, high = _POINT_LIMITS[name]
    bad = np.isfinite(values) & ((values < low) | (values > high)) | np.isinf(values)
    if not bad.any():
        return values
    said = f"{float(values[bad][0]):g}, {counted(int(bad.sum()), 'point')}"
    problems.append((name, f"is outside {low:g} to {high:g}", said))
    return np.where(bad, np.nan, values)


def _nowhere(columns: Columns) -> None:
    """A place is both numbers or none; 0° 0°, in the sea off Africa, is what a receiver without a signal says."""
    if "lat_deg" in columns and "lon_deg" in columns:
        lat, lon = columns["lat_deg"], columns["lon_deg"]
        none = ~(np.isfinite(lat) & np.isfinite(lon)) | ((lat == 0) & (lon == 0))
        columns["lat_deg"], columns["lon_deg"] = np.where(none, np.nan, lat), np.where(none, np.nan, lon)
    else:
        columns.pop("lat_deg", None)
        columns.pop("lon_deg", None)


def counted(n: int, what: str) -> str:
    """`1 point`, `37 points`."""
    return f"1 {what}" if n == 1 else f"{n:,} {what}s"


# -- from raw rows --------------------------------------------------------------------------------------------------------------

CourseOf = Callable[[Sequence[RawRow]], Course]  # raises BadPieces or NotThisFormat


def parse_rows(rows: Sequence[RawRow], person: str, course_of: CourseOf) -> Parsed:
    """The activity of a group's rows, and a Rejected for what of it cannot be."""
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
    try:
        return parsed(course_of(rows), rows[0], person)
    except (BadPieces, NotThisFormat) as error:
        return None, [rejected(rows[0], person, "file", str(error))]


def series_rows(rows: Sequence[RawRow], person: str, course_of: CourseOf) -> Series | None:
    """The time series of a group's rows; None where they hold none."""
    try:
        return series_record(course_of(rows), rows[0], person)
    except (BadPieces, NotThisFormat):
        return None


# -- the activity ---------------------------------------------------------------------------------------------------------------


def parsed(course: Course, row: RawRow, person: str) -> Parsed:
    """The activity of a course, and a Rejected for each thing of it that cannot be. `row` is the first of its raw rows."""
    aside_of = [aside(row, person, each) for each in course.problems]
    if not _FIRST_YEAR <= course.start.year <= _LAST_YEAR:
        return None, [*aside_of, rejected(row, person, "time", f"is outside {_FIRST_YEAR} to {_LAST_YEAR}", course.written)]
    values = _numbers(course, row, person, aside_of)
    try:
        record = Activity(
            person=person,
            source=row.source,
            native_id=row.group,
            at=course.start,
            zone=zone_of(course.start, str(row.context["zone"]), course.offset),
            sport=course.sport,
            sport_type=course.sport_type or "unknown",
            name=course.name[:200] or None,
            **values,  # type: ignore[arg-type]  # the keys of _LIMITS are number fields
        )
    except RecordError as error:
        return None, [*aside_of, rejected(row, person, error.field, error.reason)]
    return record, aside_of


def aside(row: RawRow, person: str, problem: Problem) -> Rejected:
    """A problem of a file, set aside; what is wrong with the file itself is placed at its byte."""
    name, reason, said = problem
    made = rejected(row, person, name, reason, said)
    return replace(made, row=f"{row.place}, {said}") if name == "file" and said else made


def zone_of(at: datetime, zone: str, offset: timedelta | None) -> str:
    """The zone to be read by: `zone` where it agrees with the offset that the file tells (or it tells none), else that offset."""
    if offset is None or days.local_time(at, zone).utcoffset() == offset:
        return zone
    return days.offset_zone(offset)


def _numbers(course: Course, row: RawRow, person: str, aside: list[Rejected]) -> dict[str, Decimal]:
    values: dict[str, Decimal] = {}
    for name, said in course.stated.items():
        if said == 0 and name in _ZERO_IS_ABSENT:
            continue
        if not 0 <= said <= _LIMITS[name]:
            aside.append(rejected(row, person, name, "is below 0" if said < 0 else f"is above {_LIMITS[name]:,}", str(said)))
        else:
            values[name] = said
    for name, make in _COMPUTED.items():
        value = None if name in values else _decimal(make(course.columns))
        if value is not None and 0 <= value <= _LIMITS[name] and (value or name not in _ZERO_IS_ABSENT):
            values[name] = value
    moving = values.get("moving_s") or values.get("elapsed_s")
    if "mean_speed_mps" not in values and moving and "distance_m" in values:
        values["mean_speed_mps"] = exact(Decimal(round(values["distance_m"] / moving, 3)))
    if "elapsed_s" in values and values.get("moving_s", Decimal(0)) > values["elapsed_s"]:
        values["elapsed_s"] = values["moving_s"]
    return values


def _decimal(value: float) -> Decimal | None:
    return exact(Decimal(repr(round(value, 1)))) if math.isfinite(value) else None


def _of(columns: Columns, name: str, make: Callable[[Floats, Floats], float]) -> float:
    return make(columns["time_s"], columns[name]) if name in columns and len(columns["time_s"]) else math.nan


# What the points tell where the file does not, by the rules of health/series.py.
_COMPUTED: dict[str, Callable[[Columns], float]] = {
    "elapsed_s": lambda of: _of(of, "time_s", lambda time, _: float(time[-1])),
    "moving_s": lambda of: _of(of, "distance_m", series.moving_s),
    "distance_m": lambda of: _of(of, "distance_m", lambda _, far: float(np.nanmax(far))),
    "ascent_m": lambda of: _of(of, "altitude_m", series.ascent_m),
    "mean_heart_rate_bpm": lambda of: _of(of, "heart_rate_bpm", series.mean),
    "max_heart_rate_bpm": lambda of: _of(of, "heart_rate_bpm", lambda _, beats: float(np.nanmax(beats))),
    "mean_cadence_rpm": lambda of: _of(of, "cadence_rpm", lambda time, turns: series.mean(time, turns, zero_counts=False)),
    "mean_power_w": lambda of: _of(of, "power_w", series.mean),
}


# -- its series -----------------------------------------------------------------------------------------------------------------


def series_record(course: Course, row: RawRow, person: str, native_id: str | None = None) -> Series | None:
    """The time series of a course, None where it has no points. `native_id` where it is not that of the row's activity."""
    if len(course.columns) < 2 or not _FIRST_YEAR <= course.start.year <= _LAST_YEAR:
        return None
    text, kept = packed.pack_within(course.columns)
    points, told = len(kept["time_s"]), len(course.columns["time_s"])
    return Series(
        person=person,
        source=row.source,
        native_id=native_id or series_of(row.group),
        at=course.start,
        zone=zone_of(course.start, str(row.context["zone"]), course.offset),
        points=points,
        columns=",".join(name for name in packed.STEPS if name in kept),
        data=text,
        thinned_from=told if told > points else None,
    )


# -- what files write -----------------------------------------------------------------------------------------------------------


def instant(text: str) -> tuple[datetime, timedelta | None]:
    """The instant of an ISO time and its distance from UTC where it says one other than Z; without one it is UTC. ValueError."""
    at = datetime.fromisoformat(text.strip())
    offset = at.utcoffset()
    if offset is None:
        return at.replace(tzinfo=UTC), None
    return at.astimezone(UTC), offset or None


def number(text: str) -> float:
    """The number of a point's text; NaN where it is none that can be."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def stated(value: float | str | None) -> Decimal | None:
    """A number that a file says of the whole, exactly; None where it is none."""
    try:
        return None if value is None else exact(Decimal(repr(value) if isinstance(value, (int, float)) else value.strip()))
    except (UnitError, ArithmeticError, ValueError):
        return None


def sport_named(*words: str) -> str:
    """Our sport by the first of those words that is known."""
    return next((sport for word in words if word and (sport := sport_of(word)) != OTHER), OTHER)
