"""Fitbit: the CSV export (sections Body, Activities, Sleep under one another), the JSON of Google Takeout (weight, sleep), and the
daily tables of the tools around it (dailyActivity, sleepDay, weightLogInfo: _fitbit_tables.py beside this).

A weigh-in and a night of the JSON have Fitbit's own number; a row of the CSV is named by its first time as written. Weights name no
unit: they are in the account's, which has to be said. Days of activity are one measurement each: the steps and the energy burnt.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO

from collectors import answers, numbers, times
from collectors.decided import believed
from collectors.files import _fitbit_tables
from collectors.files._columns import broken, identity, nth, rejected
from collectors.source import NotThisFormat, Parsed, ReadOptions, UnitNeeded
from collectors.tables import HEAD, MAX_BYTES, decode, head_table, read_table
from health import days, plausible
from health.quantities import QUANTITIES
from health.records import SLEEP_STAGES, Measurement, RawRow, Record, RecordError, Rejected, Sleep
from health.units import UnitError, exact, kj_from_kcal, mass_kg

name = "fitbit"
title = "Fitbit"
record_source = "fitbit"
kind = "measurement"
whole_groups = True

BODY, DAY, SLEEP = "body", "day", "sleep"
# The column names under each section's line.
_SECTIONS = {
    "Body": (BODY, ("Date", "Weight")),
    "Activities": (DAY, ("Date", "Steps")),
    "Sleep": (SLEEP, ("Start Time", "End Time")),
}
_CSV_SLEEP = {
    "Minutes Asleep": "asleep_s", "Minutes Awake": "awake_s", "Minutes REM Sleep": "rem_s", "Minutes Light Sleep": "light_s",
    "Minutes Deep Sleep": "deep_s",
}  # fmt: skip
_LEVELS = {"light": "light_s", "deep": "deep_s", "rem": "rem_s"}
_THOUSANDS = re.compile(r"^\d{1,3}(,\d{3})+(\.\d+)?$", re.ASCII)
_DATES = ("Date", "Start Time", "startTime", "date", "ActivityDate", "SleepDay")
_STRANGE = 200  # characters of a row that is no row


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001  # the name is a hint that this needs not
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start[:1] == b"[":
        return b'"logId"' in head and (b'"dateOfSleep"' in head or (b'"weight"' in head and b'"bmi"' in head))
    lines = [line.strip().strip(",") for line in decode(head[:4096], whole=False).split("\n")[:2]]
    if (table := head_table(head)) is not None and _fitbit_tables.which(table) is not None:
        return True
    return len(lines) == 2 and lines[0] in _SECTIONS and set(_SECTIONS[lines[0]][1]) <= set(next(csv.reader([lines[1]]), []))


def kind_of(group: str) -> str:
    """The kind of record that a group makes."""
    return "sleep" if group.startswith(f"{SLEEP}|") else kind


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise NotThisFormat(f"is larger than {MAX_BYTES // 2**20} MB, which no file of Fitbit's is")
    text = decode(data)
    if (table := head_table(data[:HEAD])) is not None and (kind := _fitbit_tables.which(table)) is not None:
        return list(_fitbit_tables.raw_rows(read_table(BytesIO(data)), kind, name, options))
    found = list(_from_json(text) if text.lstrip("\ufeff \n\t")[:1] == "[" else _from_csv(text))
    if not found:
        needs = "the sections Body, Activities and Sleep, or a list of weights or nights"
        raise NotThisFormat(f"is no file of Fitbit's: it needs {needs}")
    if not options.units and any(which == BODY for which, _, _, _ in found):
        raise UnitNeeded("has weights without a unit: say --units kg or --units lb")
    dates = times.order([each["Date"] for _, _, each, _ in found if "Date" in each], options.dates)
    context = {"zone": options.zone, **({"units": options.units} if options.units else {}), **({"dates": dates} if dates else {})}
    return _raw(found, name, context)


_Said = Callable[[Decimal], Decimal]
Found = tuple[str, int, dict[str, Any], str]  # kind of row, its number, what it says, its own name


def _raw(found: Sequence[Found], name: str, context: Mapping[str, Any]) -> Iterator[RawRow]:
    counted: Counter[str] = Counter()
    for which, number, data, own in found:
        key = identity(which, own)
        counted[key] += 1
        group = nth(key, counted[key])
        place = f"{name}, row {number}"
        yield RawRow(source=record_source, group=group, row_id=group, data=data, context={**context, "table": which}, place=place)


def _from_csv(text: str) -> Iterator[Found]:
    which, header = "", list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        cells = [cell.strip() for cell in next(csv.reader([line]), [])]
        if not any(cells):
            which = ""
        elif len([cell for cell in cells if cell]) == 1 and cells[0] in _SECTIONS:
            which, header = _SECTIONS[cells[0]][0], []
        elif which and not header:
            header = cells
        elif which:
            yield which, number, dict(zip(header, cells, strict=False)), cells[0]


def _from_json(text: str) -> Iterator[Found]:
    try:
        told = answers.told(text.lstrip("\ufeff"), floats=str)
    except ValueError as error:
        raise NotThisFormat(f"is not readable as JSON ({error})") from None
    for number, each in enumerate(told if isinstance(told, list) else [], 1):
        if not isinstance(each, dict):
            yield DAY, number, {"": str(each)[:_STRANGE]}, f"row {number}"
        elif "dateOfSleep" in each:
            levels = each.get("levels")  # of each minute: their sums are kept
            kept = {**each, "levels": {"summary": levels.get("summary")}} if isinstance(levels, dict) else each
            yield SLEEP, number, kept, _log_id(each) or str(each.get("startTime"))
        elif "weight" in each or "bmi" in each:
            yield BODY, number, each, _log_id(each) or f"{each.get('date')} {each.get('time')}"


def _log_id(entry: dict[str, Any]) -> str:
    """The number by which Fitbit knows an entry; empty for one that has none."""
    said = str(entry.get("logId") or "")
    return said if said.isdecimal() else ""


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The record of a row, and what of it is not believed."""
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
    row, aside = rows[-1], list[Rejected]()
    try:
        if _fitbit_tables.names(row.context["table"]):
            return _fitbit_tables.parse(row, person)
        return _MAKE[str(row.context["table"])](row, person, aside), aside
    except (times.NotATime, days.DayError) as error:
        said = next((str(row.data[each]) for each in _DATES if row.data.get(each)), "")
        return None, [*aside, rejected(row, person, "date", str(error), said)]
    except RecordError as error:
        return None, [*aside, rejected(row, person, error.field, error.reason)]


def _at(row: RawRow, text: str, order: times.Order | None) -> tuple[datetime, bool]:
    written = times.read(text.replace("T", " "), order)
    return written.at(str(row.context["zone"])), written.day_only


def _value(row: RawRow, name: str, text: Any, make: _Said, person: str, aside: list[Rejected]) -> Decimal | None:
    """A number in our unit; None where there is none, or it cannot be."""
    if text is None or not str(text).strip():
        return None
    try:
        return exact(make(numbers.read(str(text).strip())))
    except (numbers.NotANumber, UnitError, ArithmeticError) as error:
        aside.append(rejected(row, person, name, str(error), str(text)))
        return None


def _measured(
    row: RawRow, person: str, values: Mapping[str, Decimal | None], when: str, order: times.Order | None, aside: list[Rejected]
) -> Record | None:
    kept: dict[str, Decimal] = {}
    for key, value in values.items():
        if not value:
            continue  # 0 is what it writes where nothing was measured
        if (reason := QUANTITIES[key].implausible(value)) and not believed(row, key, str(value), value):
            aside.append(rejected(row, person, key, reason, str(value)))
        else:
            kept[key] = value
    if not kept:
        if not aside:
            aside.append(rejected(row, person, "row", "holds no reading", when))
        return None
    at, day_only = _at(row, when, order)
    zone = str(row.context["zone"])
    precision: Any = "day" if day_only else "instant"
    return Measurement(person=person, source=record_source, native_id=row.group, at=at, zone=zone, precision=precision, values=kept)


def _body(row: RawRow, person: str, aside: list[Rejected]) -> Record | None:
    data, unit = row.data, str(row.context["units"])
    weight, fat = data.get("Weight", data.get("weight")), data.get("Fat", data.get("fat"))
    values = {
        "body_mass_kg": _value(row, "weight", weight, lambda value: mass_kg(value, unit), person, aside),
        "fat_ratio": _value(row, "fat", fat, lambda value: value / 100, person, aside),
    }
    if "Date" in data:
        return _measured(row, person, values, str(data["Date"]), row.context.get("dates"), aside)
    return _measured(row, person, values, f"{data.get('date')} {data.get('time', '')}".strip(), "mdy", aside)  # 09/01/19 06:58:02


def _day(row: RawRow, person: str, aside: list[Rejected]) -> Record | None:
    if "Date" not in row.data:
        aside.append(rejected(row, person, "row", "is no row of Fitbit's", str(row.data.get(""))))
        return None
    steps = _value(row, "steps", _plain(row.data.get("Steps")), lambda value: value, person, aside)
    burnt = _value(row, "energy", _plain(row.data.get("Calories Burned")), kj_from_kcal, person, aside)
    values = {"steps_per_day": steps, "energy_burnt_kj_per_day": burnt}
    return _measured(row, person, values, str(row.data["Date"]), row.context.get("dates"), aside)


def _plain(text: Any) -> Any:
    """`12,345` without its comma: whole numbers in this file have thousands marked so."""
    return text.replace(",", "") if isinstance(text, str) and _THOUSANDS.match(text.strip()) else text


def _sleep(row: RawRow, person: str, aside: list[Rejected]) -> Record | None:
    data = row.data
    start = _at(row, str(data.get("Start Time") or data.get("startTime") or ""), row.context.get("dates"))[0]
    end = _at(row, str(data.get("End Time") or data.get("endTime") or ""), row.context.get("dates"))[0]
    if reason := plausible.sleep_span((end - start).total_seconds()):
        aside.append(rejected(row, person, "end", reason))
        return None
    values: dict[str, Any] = {}
    for name, text in _minutes(data).items():
        value = _value(row, name, _plain(text), lambda minutes: minutes * 60, person, aside)
        if value is None:
            continue
        if reason := plausible.sleep_number(name, value):
            aside.append(rejected(row, person, name, reason, str(text)))
        else:
            values[name] = value
    if not any(values.get(each) for each in SLEEP_STAGES):
        values = {name: value for name, value in values.items() if name not in SLEEP_STAGES}  # it writes 0 where no stage is known
    if data.get("mainSleep") is not None and not isinstance(data["mainSleep"], bool):
        aside.append(rejected(row, person, "mainSleep", "is neither true nor false", str(data["mainSleep"])))
    is_nap = not data["mainSleep"] if isinstance(data.get("mainSleep"), bool) else None
    zone = str(row.context["zone"])
    return Sleep(person=person, source=record_source, native_id=row.group, at=start, end=end, zone=zone, is_nap=is_nap, **values)


def _minutes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Minutes of each of our fields, of a row of either kind."""
    if "Start Time" in data:
        return {name: data.get(column) for column, name in _CSV_SLEEP.items()}
    told: dict[str, Any] = {"asleep_s": data.get("minutesAsleep"), "awake_s": data.get("minutesAwake")}
    levels = data.get("levels")
    summary = levels.get("summary") if isinstance(levels, dict) else None
    for level, name in _LEVELS.items():
        part = summary.get(level) if isinstance(summary, dict) else None if level != "light" else summary or levels
        told[name] = part.get("minutes") if isinstance(part, dict) else f"({part})" if part else None
    return told


_MAKE: dict[str, Callable[[RawRow, str, list[Rejected]], Record | None]] = {BODY: _body, DAY: _day, SLEEP: _sleep}
