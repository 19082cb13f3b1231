"""The other tables of a Withings export: `sleep.csv`, `bp.csv`, `height.csv` and `activities.csv`, in whatever language it has.

They are told by their shape: what stands in brackets, what the first cells hold, where the columns are. Nights and activities carry
their offset from UTC; blood pressure and height are on the wearer's clock.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from collectors import numbers, times
from collectors.decided import believed
from collectors.files._columns import damaged, identity, nth, rejected, split_name, words
from collectors.source import Parsed
from collectors.sports import sport_of
from collectors.tables import Row, Table
from health import days, plausible
from health.quantities import QUANTITIES
from health.records import SLEEP_STAGES, Activity, Measurement, RawRow, Record, RecordError, Rejected, Sleep
from health.units import UnitError, exact, kj_from_kcal, length_m

SOURCE = "withings_export"
SLEEP, PRESSURE, HEIGHT, ACTIVITY = "sleep", "pressure", "height", "activity"
KINDS = {SLEEP: "sleep", ACTIVITY: "activity"}
_STAGES = ("light_s", "deep_s", "rem_s", "awake_s")  # in this order after from and to
_SYSTOLIC = words("systol | sistól | sistol | систол | 収縮 | 收缩 | 수축")
_DIASTOLIC = words("diastol | diastól | диастол | 拡張 | 舒张 | 이완")
_HEIGHTS = words(
    "height | größe | taille | altura | estatura | altezza | statura | lengte | längd | høyde | højde | pituus | wzrost | рост | "
    "身長 | 身高 | 키"
)
_PULSE = words(
    "heart rate | heartrate | herzfrequenz | herzschlag | cardiaque | cardíac | cardiac | hartslag | hjärt | hjerte | puls | "
    "pols | syke | tętno | пульс | чсс | сердеч | nabız | kalp | 心拍 | 心率 | 심박"
)
_PULSES = ("mean_heart_rate_bpm", "min_heart_rate_bpm", "max_heart_rate_bpm")  # in this order, or the mean alone
_LENGTHS = ("m", "cm", "ft", "in")
_MOST = {"distance_m": 2_000_000, "ascent_m": 50_000, "energy_kj": 200_000, "mean_heart_rate_bpm": 260, "max_heart_rate_bpm": 260}


def kind_of_table(table: Table) -> str | None:
    """Which of these tables it is; None for none of them."""
    header = table.header
    titles = [split_name(column)[0] for column in header]
    if _one(titles, _SYSTOLIC) is not None and _one(titles, _DIASTOLIC) is not None:
        return PRESSURE
    units = [split_name(column)[1] for column in header]
    if len(header) >= 6 and units[:6] == [None, None, "s", "s", "s", "s"] and _are_times(table, header[:2]):
        return SLEEP
    if 2 <= len(header) <= 3 and units[1] in _LENGTHS and _one(titles[1:2], _HEIGHTS) is not None:
        return HEIGHT
    return ACTIVITY if _data_column(table) and _are_times(table, header[:2]) else None


def _one(titles: Sequence[str], pieces: Sequence[str]) -> int | None:
    found = [at for at, title in enumerate(titles) if any(piece in title for piece in pieces)]
    return found[0] if len(found) == 1 else None


def _are_times(table: Table, columns: Sequence[str]) -> bool:
    rows = [row for row in table.rows[:20] if not row.problem]
    fitting = sum(all(_written(row.cells[each]) is not None for each in columns) for row in rows[:3])
    return bool(rows) and 3 * fitting >= 2 * len(rows[:3])  # a single spoilt cell makes no other table of it


def _written(text: str) -> times.Written | None:
    try:
        found = times.read(text)
    except times.NotATime:
        return None
    return None if found.day_only else found


def _data_column(table: Table) -> str | None:
    """The column of an activity's numbers as JSON; what stands before it is the kind of activity."""
    for row in [row for row in table.rows[:20] if not row.problem][:3]:
        for column in table.header[2:]:
            if '"calories"' in row.cells[column] and row.cells[column].lstrip().startswith("{"):
                return column
    return None


def raw_rows(table: Table, name: str, which: str, context: Mapping[str, Any]) -> Iterator[RawRow]:
    """A group for each row, named by its kind and its first time as written."""
    counted: Counter[str] = Counter()
    context = {**context, "table": which}
    if which == ACTIVITY:
        context["data"] = _data_column(table)
    for row in table.rows:
        text = row.cells.get(table.header[0], "").strip()
        if row.problem or not text:
            yield damaged(SOURCE, name, row if row.problem else Row(row.number, row.cells, "has no date"), context, table.header)
            continue
        key = identity(which, text)
        counted[key] += 1
        group = nth(key, counted[key])
        yield RawRow(source=SOURCE, group=group, row_id=group, data=row.cells, context=context, place=f"{name}, row {row.number}")


def parse(row: RawRow, person: str) -> Parsed:
    """The record of a row of one of these tables, and what of it is not believed."""
    header = tuple(row.data)
    aside: list[Rejected] = []
    try:
        start = _at(row, header[0])
        record = _MAKE[str(row.context["table"])](row, header, start, person, aside)
    except (times.NotATime, days.DayError) as error:
        return None, [rejected(row, person, "date", str(error), str(row.data[header[0]]))]
    except RecordError as error:
        return None, [*aside, rejected(row, person, error.field, error.reason, str(row.data[header[0]]))]
    return record, aside


def _at(row: RawRow, column: str) -> datetime:
    return times.read(str(row.data[column]), row.context.get("dates")).at(str(row.context["zone"]))


def _common(row: RawRow, start: datetime, person: str) -> dict[str, Any]:
    zone = _zone(row, start)
    return {"person": person, "source": SOURCE, "native_id": row.group, "at": start, "zone": zone}


def _zone(row: RawRow, start: datetime) -> str:
    """Where the wearer was: an activity names it; else the home zone, where the offset that was written agrees with it."""
    home, header = str(row.context["zone"]), list(row.data)
    data = row.context.get("data")
    named = str(row.data[header[header.index(data) - 2]]).strip() if data in header[2:] else ""
    if "/" in named:
        try:
            days.zone_info(named)
        except days.DayError:
            named = ""
        return named or home
    offset = times.read(str(row.data[header[0]]), row.context.get("dates")).offset
    if offset is None or days.local_time(start, home).utcoffset() == offset:
        return home
    return days.offset_zone(offset)


def _number(row: RawRow, column: str, person: str, aside: list[Rejected], name: str) -> Decimal | None:
    text = str(row.data.get(column, "")).strip()
    if not text:
        return None
    try:
        return numbers.read(text, row.context.get("mark", "."))
    except numbers.NotANumber as error:
        aside.append(rejected(row, person, name, str(error), text))
        return None


def _sleep(row: RawRow, header: tuple[str, ...], start: datetime, person: str, aside: list[Rejected]) -> Record | None:
    end = _at(row, header[1])
    if reason := plausible.sleep_span((end - start).total_seconds()):
        aside.append(rejected(row, person, "to", reason, str(row.data[header[1]])))
        return None
    values: dict[str, Any] = {}
    pulses = [column for column in header[6:] if any(piece in split_name(column)[0] for piece in _PULSE)]
    of = dict(zip(_STAGES, header[2:6], strict=True)) | (dict(zip(_PULSES, pulses, strict=False)) if len(pulses) in (1, 3) else {})
    for name, column in of.items():
        value = _number(row, column, person, aside, name)
        if value is None or (value == 0 and name in _PULSES):
            continue
        if reason := plausible.sleep_number(name, value):
            aside.append(rejected(row, person, name, reason, str(row.data[column])))
        else:
            values[name] = value
    told = [values[name] for name in SLEEP_STAGES if name in values]
    if told:
        values["asleep_s"] = sum(told, Decimal(0))
    return Sleep(**_common(row, start, person), end=end, **values)


def _pressure(row: RawRow, header: tuple[str, ...], start: datetime, person: str, aside: list[Rejected]) -> Record | None:
    titles = [split_name(column)[0] for column in header]
    high, low = _one(titles, _SYSTOLIC), _one(titles, _DIASTOLIC)
    assert high is not None, "rows of another header are not kept as blood pressure"
    assert low is not None, "rows of another header are not kept as blood pressure"
    columns = {"systolic_mmhg": header[high], "diastolic_mmhg": header[low]}
    if min(high, low) == 2:  # Date, Heart rate, Systolic, Diastolic, Comments
        columns["heart_rate_bpm"] = header[1]
    return _measurement(row, columns, start, person, aside)


def _height(row: RawRow, header: tuple[str, ...], start: datetime, person: str, aside: list[Rejected]) -> Record | None:
    return _measurement(row, {"height_m": header[1]}, start, person, aside)


def _measurement(row: RawRow, columns: Mapping[str, str], start: datetime, person: str, aside: list[Rejected]) -> Record | None:
    values: dict[str, Decimal] = {}
    for key, column in columns.items():
        value = _number(row, column, person, aside, key)
        if not value:
            continue  # 0 is what the app writes where nothing was measured
        if key == "height_m":
            value = length_m(value, split_name(column)[1] or "m")
        said = str(row.data[column])
        if (reason := QUANTITIES[key].implausible(value)) and not believed(row, key, said, value):
            aside.append(rejected(row, person, key, reason, said))
        else:
            values[key] = value
    return Measurement(**_common(row, start, person), values=values) if values else None


def _activity(row: RawRow, header: tuple[str, ...], start: datetime, person: str, aside: list[Rejected]) -> Record | None:
    end, column = _at(row, header[1]), str(row.context["data"])
    try:
        told = json.loads(str(row.data.get(column) or "{}"), parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        aside.append(rejected(row, person, "data", "is no JSON object", str(row.data.get(column))))
        told = {}
    values: dict[str, Decimal] = {}
    for said, name in _TOLD.items():
        value = told.get(said)
        if not isinstance(value, Decimal) or value == 0:
            continue
        try:
            value = kj_from_kcal(value) if name == "energy_kj" else exact(value)
        except UnitError as error:
            aside.append(rejected(row, person, name, str(error), str(value)))
            continue
        if not 0 <= value <= _MOST[name]:
            aside.append(rejected(row, person, name, f"is not between 0 and {_MOST[name]:,}", str(value)))
        else:
            values.setdefault(name, value)
    sport_type = str(row.data.get(header[header.index(column) - 1], "")).strip() or "Other"
    elapsed = Decimal(round((end - start).total_seconds()))
    if elapsed < 0:
        raise RecordError("to", "is before the start")
    more: dict[str, Any] = {"elapsed_s": elapsed, **values}
    return Activity(**_common(row, start, person), sport=sport_of(sport_type), sport_type=sport_type, **more)


_TOLD = {
    "distance": "distance_m", "manual_distance": "distance_m", "elevation": "ascent_m", "calories": "energy_kj",
    "manual_calories": "energy_kj", "hr_average": "mean_heart_rate_bpm", "hr_max": "max_heart_rate_bpm",
}  # fmt: skip
_MAKE = {SLEEP: _sleep, PRESSURE: _pressure, HEIGHT: _height, ACTIVITY: _activity}
