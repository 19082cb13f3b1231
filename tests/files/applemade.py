"""An Apple Health export of any size, made as it is read: what a watch and a phone write over years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE HealthData [\n<!ELEMENT HealthData (ExportDate,Me,(Record|Workout)*)>\n]>\n'
    b'<HealthData locale="en_GB">\n <ExportDate value="2026-11-20 10:00:00 +0100"/>\n'
)
_DEVICE = "&lt;&lt;HKDevice: 0x283aa8f00&gt;, name:Apple Watch, manufacturer:Apple Inc., model:Watch, software:10.1&gt;"
_STAGES = ("AsleepCore", "AsleepDeep", "AsleepCore", "AsleepREM", "Awake")
_EVERY = timedelta(minutes=6)


def export(size: int, first: datetime = datetime(2014, 1, 1)) -> Iterator[bytes]:
    """The pieces of an export of at least `size` bytes: by day, heart rates, energy, steps, a night, foods, a weigh-in, a run."""
    yield _HEAD
    written, day = len(_HEAD), first
    while written < size:
        piece = _day(day)
        yield piece
        written += len(piece)
        day += timedelta(days=1)
    yield b"</HealthData>\n"


def beats(size: int, first: datetime = datetime(2012, 1, 1)) -> Iterator[bytes]:
    """The pieces of an export of at least `size` bytes that holds heart rates alone, in as few bytes each as Apple needs."""
    yield _HEAD
    written, at = len(_HEAD), first
    while written < size:
        lines = []
        for n in range(2000):
            at += timedelta(seconds=80)
            lines.append(
                f' <Record type="HKQuantityTypeIdentifierHeartRate" sourceName="Watch" unit="count/min" creationDate="{at} +0100" '
                f'startDate="{at} +0100" endDate="{at} +0100" value="{52 + n * 7 % 60}"/>\n'
            )
        piece = "".join(lines).encode()
        yield piece
        written += len(piece)
    yield b"</HealthData>\n"


def _day(day: datetime) -> bytes:
    lines = []
    for n in range(240):
        at = day + n * _EVERY
        lines.append(_record("HeartRate", at, at, str(52 + n * 7 % 60), "count/min"))
        lines.append(_record("ActiveEnergyBurned", at, at + _EVERY, f"{n % 9 / 7:.4f}", "Cal"))
        lines.append(_record("StepCount", at, at + _EVERY, str(n % 90), "count"))
    night = day - timedelta(hours=1)
    for n in range(28):
        start = night + timedelta(minutes=16 * n)
        lines.append(
            _record("SleepAnalysis", start, start + timedelta(minutes=16), f"HKCategoryValueSleepAnalysis{_STAGES[n % 5]}")
        )
    for hour in (8, 13, 19):
        at = day + timedelta(hours=hour)
        for name, value, unit in (("EnergyConsumed", "640", "kcal"), ("Protein", "38.5", "g"), ("FatTotal", "22", "g")):
            lines.append(_record(f"Dietary{name}", at, at, value, unit))
    lines.append(_record("BodyMass", day + timedelta(hours=7), day + timedelta(hours=7), f"{80 + day.day / 10}", "kg"))
    run = day + timedelta(hours=18)
    lines.append(
        f' <Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="31.2" durationUnit="min" sourceName="Watch" '
        f'startDate="{run} +0100" endDate="{run + timedelta(minutes=32)} +0100">\n'
        f'  <WorkoutStatistics type="HKQuantityTypeIdentifierDistanceWalkingRunning" sum="5.1" unit="km"/>\n </Workout>'
    )
    return "\n".join(lines).encode() + b"\n"


def _record(name: str, start: datetime, end: datetime, value: str, unit: str = "") -> str:
    kind = "Category" if name == "SleepAnalysis" else "Quantity"
    return (
        f' <Record type="HK{kind}TypeIdentifier{name}" sourceName="Watch" sourceVersion="10.1" device="{_DEVICE}" unit="{unit}" '
        f'creationDate="{end} +0100" startDate="{start} +0100" endDate="{end} +0100" value="{value}"/>'
    )
