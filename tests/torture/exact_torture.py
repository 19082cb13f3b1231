"""Days, units and numbers, through the readers themselves: every zone at every change of its clocks, every unit, every odd number.

A day is held against the way back alone: from UTC to a wall clock, which is never ambiguous. A unit is held against fractions, with
its factor written out again here. A number that can be read in two ways, or in none, is set aside by name.
`python -m tests.torture.exact_torture [--few]`.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from collectors import numbers as reading
from collectors.sources import _strava_activities as activities
from collectors.sources import _withings_measures as measures
from collectors.sources import strava, withings
from health import days
from health.records import Activity, Measurement, Record, Workout
from tests.bench._row import row
from tests.fakes.strava import activity
from tests.fakes.withings import group
from tests.files.reading import read_text

FIRST, LAST, SEED = datetime(2015, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC), 20261122
FACTORS = {
    "kg": Fraction(1), "lb": Fraction("0.45359237"), "st": 14 * Fraction("0.45359237"), "km": Fraction(1000),
    "miles": Fraction("1609.344"), "kcal": Fraction("4.184"), "kJ": Fraction(1),
}  # fmt: skip
# A number as it stands, in a column of points and in one of commas: what it is, or None where it is set aside.
NUMBERS: dict[str, tuple[str | None, str | None]] = {
    "82.5": ("82.5", None), "82,5": (None, "82.5"), "1.234,5": (None, None), "1,234.5": (None, None), "٣٤": ("34", "34"),
    "٨٢٫٥": ("82.5", None), "NaN": (None, None), "inf": (None, None), "-inf": (None, None), "1e400": (None, None),
    "9" * 39: (None, None), "8e1": ("80", "80"), "８２": ("82", "82"), "-80": (None, None), "0x50": (None, None), "½": (None, None),
}  # fmt: skip


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The instants at which the clocks of a zone change, to the second."""
    at = FIRST
    while at < LAST:
        after = at + timedelta(days=7)
        if _offset(at, zone) != _offset(after, zone):
            low, high = at, after
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if _offset(middle, zone) == _offset(at, zone) else (low, middle)
            yield high
        at = after


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    return (at + _offset(at, zone)).replace(tzinfo=None)


def expected(clock: datetime, change: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall clock near a change: its first occurrence, or moved forward where there is none."""
    before, after = (_offset(change + timedelta(seconds=step), zone) for step in (-1, 0))
    found = [at for off in (before, after) if wall(at := (clock - off).replace(tzinfo=UTC), zone) == clock]
    return min(found) if found else (clock - before).replace(tzinfo=UTC)


def of_zone(name: str) -> tuple[int, list[str]]:
    """How many readings around the changes of a zone were read, and which of them wrongly."""
    zone, wrong, tried = ZoneInfo(name), list[str](), 0
    walls: dict[datetime, datetime] = {}
    for change in changes(zone):
        instants = [change + timedelta(seconds=step) for step in (-1, 0, 1, 1800)]
        for at in instants:
            tried += 2
            day = wall(at, zone).date()
            for record in (_from_withings(at, name), _from_strava(at, name, _offset(at, zone))):
                if record is None or (record.at, record.day) != (at, day):
                    wrong.append(f"{name} {at}: {record and (record.at, record.zone, record.day)}, not {day}")
        gap = abs(_offset(change, zone) - _offset(change - timedelta(seconds=1), zone)) / 2
        first = wall(change - timedelta(seconds=1), zone)
        clocks = [wall(at, zone) for at in instants] + [first + gap, first - gap]
        walls |= {clock: expected(clock, change, zone) for clock in clocks}
    text = "Date,Weight (kg)\n" + "".join(f"{clock:%Y-%m-%d %H:%M:%S},80\n" for clock in walls)
    found = {record.native_id: record for record, _ in read_text(text, "weight", zone=name).values() if record} if walls else {}
    for clock, at in walls.items():
        tried += 1
        record = found.get(f"{clock:%Y-%m-%d %H:%M:%S}")
        if record is None or record.at != at or record.day != wall(at, zone).date():
            wrong.append(f"{name} {clock}: {record and record.at}, not {at}")
    return tried, wrong


def _from_withings(at: datetime, zone: str) -> Record | None:
    rows = measures.rows({"measuregrps": [group(int(at.timestamp()), {1: (80, 0)})], "timezone": zone}, "1")
    return withings.parse(rows, "me")[0]


def _from_strava(at: datetime, zone: str, offset: timedelta) -> Record | None:
    more: dict[str, Any] = {"timezone": f"(GMT+00:00) {zone}", "utc_offset": offset.total_seconds()}
    return strava.parse(activities.rows([activity(1, int(at.timestamp()), **more)]), "me")[0]


def rounded(value: Fraction) -> Decimal:
    """To six places, a half to the even one."""
    return (Decimal(round(value * 10**6)) / 10**6).quantize(Decimal("0.000001"), ROUND_HALF_EVEN).normalize()


def units(count: int) -> tuple[int, list[str]]:
    """Random amounts in every unit, to the places that were given."""
    rng, wrong = random.Random(SEED), list[str]()
    places = [each for each in range(1, 7) for _ in range(count)]
    amounts = {unit: [f"{rng.randint(40, 60)}.{rng.randint(0, 10**each - 1):0{each}}" for each in places] for unit in FACTORS}
    for unit in ("kg", "lb"):
        wrong += _compared(unit, amounts[unit], _column(f"Weight ({unit})", amounts[unit], "weight"))
    stones = [f"{Decimal(each) / 4:.6f}" for each in amounts["st"]]
    wrong += _compared("st", stones, _column("Weight (st)", stones, "weight"))
    for unit, column in (("km", "distance_km"), ("miles", "distance_miles")):
        head = f"title,start_time,end_time,exercise_title,set_index,set_type,weight_kg,reps,{column},duration_seconds\n"
        lines = [
            f'Run,"1 Jan 2024, 08:00","1 Jan 2024, 09:00",Run,{n},normal,,,{each},60\n' for n, each in enumerate(amounts[unit])
        ]
        (record,) = [each for each, _ in read_text(head + "".join(lines), "hevy").values()]
        assert isinstance(record, Workout)
        wrong += _compared(unit, amounts[unit], [each.distance_m for each in record.sets])
    for unit in ("kcal", "kJ"):
        wrong += _compared(unit, amounts[unit], _energies(unit, amounts[unit]))
    return sum(map(len, amounts.values())), wrong


def _column(head: str, texts: list[str], format_name: str) -> list[Decimal | None]:
    begin = datetime(2024, 1, 1)
    lines = [f"{begin + timedelta(minutes=n):%Y-%m-%d %H:%M:%S},{each}\n" for n, each in enumerate(texts)]
    found = read_text(f"Date,{head}\n" + "".join(lines), format_name).values()
    return [record.values["body_mass_kg"] if isinstance(record, Measurement) else None for record, _ in found]


def _energies(unit: str, texts: list[str]) -> list[Decimal | None]:
    rows = "".join(
        f'<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="30" durationUnit="min" totalEnergyBurned="{each}" '
        f'totalEnergyBurnedUnit="{unit}" startDate="2024-01-01 {n // 60:02}:{n % 60:02}:00 +0000" sourceName="Watch" '
        f'endDate="2024-01-01 {n // 60:02}:{n % 60:02}:30 +0000"/>\n'
        for n, each in enumerate(texts)
    )
    found = read_text(f"<HealthData>\n{rows}</HealthData>\n", "apple").values()
    return [record.energy_kj if isinstance(record, Activity) else None for record, _ in found]


def _compared(unit: str, texts: list[str], found: list[Decimal | None]) -> list[str]:
    want = [rounded(Fraction(each) * FACTORS[unit]) for each in texts]
    if len(found) != len(want):
        return [f"{unit}: {len(found)} of {len(want)} were read"]
    return [f"{said} {unit} is {got}, not {exact}" for said, got, exact in zip(texts, found, want, strict=True) if got != exact]


def numbers() -> tuple[int, list[str]]:
    """Odd numbers in a column of points and in one of commas, each beside cells that tell the mark."""
    wrong = []
    for text, wanted in NUMBERS.items():
        for want, (mark, cells) in zip(wanted, ((",", ("80.5", "81.25")), (";", ("80,5", "81,25"))), strict=True):
            # Ten sound cells: one that is written otherwise must not change what the column means.
            lines = [f"2024-01-{day:02}{mark}{cells[day % 2]}\n" for day in range(1, 11)]
            data = f"Date{mark}Weight (kg)\n" + "".join(lines) + f'2024-02-01{mark}"{text}"\n'
            last, aside = list(read_text(data, "weight").values())[-1]
            got = last.values["body_mass_kg"] if isinstance(last, Measurement) else None
            if got != (None if want is None else Decimal(want)) and not _read_by_itself(text, got):
                wrong.append(f"{text[:20]!r} beside {cells[0]} is {got}, not {want}")
            if got is None and not (aside and aside[0].field == "weight" and aside[0].reason):
                wrong.append(f"{text[:20]!r} beside {cells[0]} is not set aside by name")
    return 2 * len(NUMBERS), wrong


def _read_by_itself(text: str, got: Decimal | None) -> bool:
    """Where a column holds both marks, what is clear by itself is read as it is written."""
    clear = {"82.5": "82.5", "82,5": "82.5", "٨٢٫٥": "82.5"}
    return text in clear and got == Decimal(clear[text])


# -- careless readers, which the same checks have to find -----------------------------------------------------------------------


def careless() -> tuple[int, int]:
    """What is found wrong where a wall clock is read in the zone's winter time, and numbers as a float reads them."""
    shifted, read = days.from_local, reading.read
    try:
        days.from_local = lambda wall, zone: (wall - _offset(FIRST, ZoneInfo(zone))).replace(tzinfo=UTC)
        reading.read = lambda text, mark=".": Decimal(str(float(text.replace(",", "."))))
        with contextlib.suppress(ArithmeticError, ValueError):
            return len(of_zone("Europe/Berlin")[1]), len(numbers()[1])
        return len(of_zone("Europe/Berlin")[1]), 1  # it fell over a number, and took the file with it
    finally:
        days.from_local, reading.read = shifted, read


def main(few: bool) -> None:
    zones = sorted(available_timezones() - {"localtime"})
    zones = zones[::40] if few else zones
    readings, wrong = 0, list[str]()
    for name in zones:
        tried, found = of_zone(name)
        readings, wrong = readings + tried, wrong + found
    amounts, odd = units(5 if few else 200)
    texts, unnamed = numbers()
    for each in [*wrong[:10], *odd[:10], *unnamed[:10]]:
        print(each, file=sys.stderr)
    row("days: zones, each change of their clocks 2015-2035", len(zones), "", digits=0)
    row("days: readings around them, by three readers", readings, "", digits=0)
    row("days: at another instant or on another day", len(wrong), "", 0, 0)
    row("units: amounts in kg, lb, st, km, mi, kcal and kJ", amounts, "", digits=0)
    row("units: not exact to six places", len(odd), "", 0, 0)
    row("numbers: odd ones, in two kinds of column", texts, "", digits=0)
    row("numbers: misread, or not set aside by name", len(unnamed), "", 0, 0)
    for what, found_wrong in zip(("days", "numbers"), careless(), strict=True):
        row(f"{what}: found wrong with a careless reader", found_wrong, "", digits=0, at_least=1)


if __name__ == "__main__":
    main("--few" in sys.argv)
