"""Fitbit's daily tables, as researchers and export tools write them: dailyActivity, sleepDay and weightLogInfo, a table a file.

Dates are always month first, weights in kilograms. `Id` is a person: a file of several is of nobody until `--map user` says who. A
night is told by its day and its length alone, so it is a record of that day which ends at noon, and no clock time is drawn of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from collectors import numbers, times
from collectors.decided import believed
from collectors.files._columns import damaged, identity, nth, rejected
from collectors.source import NotThisFormat, Parsed, ReadOptions
from collectors.tables import Row, Table
from health import days, plausible
from health.quantities import QUANTITIES
from health.records import Measurement, RawRow, RecordError, Rejected, Sleep
from health.units import UnitError, exact, kj_from_kcal, mass_kg

SOURCE = "fitbit"
DAY, NIGHT, WEIGHT = "daily", "nightly", "weights"
_DATE = {DAY: "ActivityDate", NIGHT: "SleepDay", WEIGHT: "Date"}
_NEEDS = {
    DAY: ({"ActivityDate", "TotalSteps"}, {"ActivityDate", "Calories", "TotalDistance"}),
    NIGHT: ({"SleepDay", "TotalMinutesAsleep"},),
    WEIGHT: ({"Date", "WeightKg", "LogId"}, {"Date", "WeightKg", "IsManualReport"}, {"Date", "WeightPounds", "LogId"}),
}
_GROUPS = {DAY: "day", NIGHT: "sleep", WEIGHT: "body"}  # the first word of a group, as of the other files of Fitbit's
_ID = "Id"
_MOST_NAMED = 3


def which(table: Table) -> str | None:
    """Which of these tables it is; None for none of them."""
    header = set(table.header)
    return next((name for name, needs in _NEEDS.items() if any(each <= header for each in needs)), None)


def raw_rows(table: Table, kind: str, name: str, options: ReadOptions) -> Iterator[RawRow]:
    """A group for each row of the person. Raises NotThisFormat where the file tells of several and nobody said who is meant."""
    people = Counter(row.cells[_ID] for row in table.rows if not row.problem and row.cells.get(_ID))
    said = options.mapping.get("user")
    if said is not None and people and said not in people:
        raise NotThisFormat(f"has no user {said!r}; it tells of {_named(people)}")
    if said is None and len(people) > 1:
        raise NotThisFormat(f"tells of {_named(people)}: say who you are: --map user={next(iter(people))}")
    order: times.Order = times.order(table.column(_DATE[kind]), options.dates or "mdy") or "mdy"
    context = {"zone": options.zone, "table": kind, "dates": order}
    counted: Counter[str] = Counter()
    for row in table.rows:
        text = row.cells.get(_DATE[kind], "").strip()
        if row.problem or not text:
            yield damaged(SOURCE, name, row if row.problem else Row(row.number, row.cells, "has no date"), context, table.header)
            continue
        if said is not None and row.cells.get(_ID) not in (None, "", said):
            continue  # another person's days are not kept
        own, is_unique = _own(kind, row.cells, text, order)
        key = identity(_GROUPS[kind], own)
        counted[key] += 1
        group = key if is_unique else nth(key, counted[key])  # a day, or a number, that stands there twice: the later row
        yield RawRow(source=SOURCE, group=group, row_id=group, data=row.cells, context=context, place=f"{name}, row {row.number}")


def _named(people: Counter[str]) -> str:
    more = f" and {len(people) - _MOST_NAMED:,} more" if len(people) > _MOST_NAMED else ""
    return f"{len(people):,} people ({', '.join(list(people)[:_MOST_NAMED])}{more})"


def _own(kind: str, cells: Mapping[str, str], text: str, order: times.Order) -> tuple[str, bool]:
    """What names a row, and whether there can be one alone: Fitbit's number of a weigh-in, a day as the other export writes it."""
    if kind == WEIGHT:
        number = cells.get("LogId", "").strip()
        return (number, True) if number.isdecimal() else (text, False)
    try:
        return times.read(text, order).wall.date().isoformat(), True
    except times.NotATime:
        return text, False


def parse(row: RawRow, person: str) -> Parsed:
    """The record of a row of one of these tables, and what of it is not believed. Raises NotATime or DayError."""
    aside: list[Rejected] = []
    try:
        return _MAKE[str(row.context["table"])](row, person, aside), aside
    except RecordError as error:
        return None, [*aside, rejected(row, person, error.field, error.reason)]


def _number(row: RawRow, column: str, person: str, aside: list[Rejected]) -> Decimal | None:
    """A number of the row; None where nothing was measured, which these tables write as 0 or leave empty."""
    text = str(row.data.get(column, "")).strip()
    if not text:
        return None
    try:
        return numbers.read(text) or None
    except (numbers.NotANumber, UnitError) as error:
        aside.append(rejected(row, person, column, str(error), text))
        return None


def _measured(
    row: RawRow, person: str, values: Mapping[str, tuple[str, Decimal | None]], aside: list[Rejected], *, is_day: bool
) -> Measurement | None:
    kept: dict[str, Decimal] = {}
    for key, (column, value) in values.items():
        if value is None:
            continue
        said = str(row.data[column])
        if (reason := QUANTITIES[key].implausible(value)) and not believed(row, column, said, value):
            aside.append(rejected(row, person, column, reason, said))
        else:
            kept[key] = value
    if not kept:
        return None  # a day on which nothing was worn
    zone = str(row.context["zone"])
    written = times.read(str(row.data[_DATE[str(row.context["table"])]]), row.context["dates"])
    day_only = is_day or written.day_only
    at = days.day_at(written.wall.date(), zone) if day_only else written.at(zone)
    precision: Any = "day" if day_only else "instant"
    return Measurement(person=person, source=SOURCE, native_id=row.group, at=at, zone=zone, precision=precision, values=kept)


def _daily(row: RawRow, person: str, aside: list[Rejected]) -> Measurement | None:
    burnt = _number(row, "Calories", person, aside)
    values = {
        "steps_per_day": ("TotalSteps", _number(row, "TotalSteps", person, aside)),
        "energy_burnt_kj_per_day": ("Calories", None if burnt is None else kj_from_kcal(burnt)),
    }
    return _measured(row, person, values, aside, is_day=True)


def _weights(row: RawRow, person: str, aside: list[Rejected]) -> Measurement | None:
    column, unit = ("WeightKg", "kg") if str(row.data.get("WeightKg", "")).strip() else ("WeightPounds", "lb")
    weight, fat = (_number(row, each, person, aside) for each in (column, "Fat"))
    values = {
        "body_mass_kg": (column, None if weight is None else mass_kg(weight, unit)),
        "fat_ratio": ("Fat", None if fat is None else exact(fat / 100)),
    }
    return _measured(row, person, values, aside, is_day=False)


def _nightly(row: RawRow, person: str, aside: list[Rejected]) -> Sleep | None:
    told: dict[str, Decimal] = {}
    for column in ("TotalMinutesAsleep", "TotalTimeInBed"):
        minutes = _number(row, column, person, aside)
        reason = None if minutes is None else plausible.sleep_number("asleep_s", minutes * 60)
        if reason:
            aside.append(rejected(row, person, column, reason, str(row.data[column])))
        elif minutes is not None:
            told[column] = exact(minutes * 60)
    if not told:
        return None
    asleep, in_bed = told.get("TotalMinutesAsleep"), max(told.values())
    zone, written = str(row.context["zone"]), times.read(str(row.data["SleepDay"]), row.context["dates"])
    end = days.day_at(written.wall.date(), zone)
    awake = in_bed - asleep if asleep is not None and len(told) == 2 else None
    return Sleep(
        person=person, source=SOURCE, native_id=row.group, at=end - timedelta(seconds=float(in_bed)), end=end, zone=zone,
        precision="day", is_nap=False, asleep_s=asleep, awake_s=awake,
    )  # fmt: skip


_MAKE: dict[str, Callable[[RawRow, str, list[Rejected]], Measurement | Sleep | None]] = {
    DAY: _daily, NIGHT: _nightly, WEIGHT: _weights,
}  # fmt: skip


def names(kind: object) -> bool:
    """True for the name of one of these tables, as it stands in a row's context."""
    return isinstance(kind, str) and kind in _NEEDS
