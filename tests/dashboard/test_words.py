"""Numbers, units and days in words: worked by hand, and with properties."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import words
from dashboard.theme import Look
from dashboard.words import NBSP, Amount

LOOK = Look(today=date(2026, 11, 22))
POUNDS = replace(LOOK, mass_unit="lb", distance_unit="mi", speed_as="speed")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"


def plain(text: object) -> str:
    return str(text).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (words.mass(80.4, LOOK), "80.4 kg"),
        (words.mass(80.4, POUNDS), "177.3 lb"),
        (words.load(140, LOOK), "140 kg"),
        (words.load(112.5, LOOK), "112.5 kg"),
        (words.volume(11_800, LOOK), "11.8 t"),
        (words.volume(640, LOOK), "640 kg"),
        (words.volume(11_800, POUNDS), "26,015 lb"),
        (words.percent(0.185), "18.5 %"),
        (words.points(0.004), "0.4 points"),
        (words.distance(8420, LOOK), "8.42 km"),
        (words.distance(8420, POUNDS), "5.23 mi"),
        (words.pace(1000 / 321, LOOK), "5:21 /km"),
        (words.pace(0, LOOK), "– /km"),
        (words.speed(10 / 3.6, LOOK), "10.0 km/h"),
        (words.rate(10 / 3.6, POUNDS), "6.2 mph"),
        (words.climb(64, LOOK), "64 m"),
        (words.climb(64, POUNDS), "210 ft"),
        (words.duration(6960), "1 h 56 min"),
        (words.duration(3600), "1 h"),
        (words.duration(45 * 60), "45 min"),
        (words.duration(38), "38 s"),
        (words.duration(3599), "1 h"),
        (words.clock(3729), "1:02:09"),
        (words.lifted(5, 140, LOOK), "5 × 140 kg"),
        (words.lifted(12, None, LOOK), "12 reps"),
        (words.lifted(1, 0, LOOK), "1 rep"),
        (words.lifted(None, None, LOOK), "–"),
        (words.number(-0.04, 1), "0.0"),
        (words.number(-1234.5, 1), "−1,234.5"),
        (words.number(math.nan), "–"),
        (words.count(1482, "session"), "1,482 sessions"),
        (words.count(1, "activity", "activities"), "1 activity"),
        (words.quantity("fat_ratio", 0.187, LOOK), "18.7 %"),
        (words.quantity("muscle_mass_kg", 62.3, POUNDS), "137.3 lb"),
        (words.listed(["a", "b", "c"]), "a, b and c"),
        (words.times(6), "six times"),
        (words.times(2), "twice"),
    ],
)
def test_amounts(said: object, expected: str) -> None:
    assert plain(said) == expected


@pytest.mark.parametrize(
    ("key", "value", "direction", "short", "toward"),
    [
        ("body_mass_kg", -0.4, "lose", "↓ 0.4 kg", True),
        ("body_mass_kg", -0.4, "gain", "↓ 0.4 kg", False),
        ("body_mass_kg", 0.4, "keep", "↑ 0.4 kg", False),
        ("body_mass_kg", 0.4, None, "↑ 0.4 kg", None),
        ("body_mass_kg", 0.04, "lose", "no change", None),
        ("fat_ratio", -0.004, "lose", "↓ 0.4 points", True),
        ("fat_ratio", 0.004, None, "↑ 0.4 points", None),
        ("muscle_mass_kg", 0.2, None, "↑ 0.2 kg", True),
        ("visceral_fat_index", 1.0, None, "↑ 1.0", False),
        ("body_mass_kg", math.nan, "lose", "no change", None),
    ],
)
def test_changes(key: str, value: float, direction: str | None, short: str, toward: bool | None) -> None:
    change = words.quantity_change(key, value, replace(LOOK, direction=direction))  # type: ignore[arg-type]
    assert plain(change.short) == short
    assert change.toward is toward


def test_pace_compared() -> None:
    change = words.faster(1000 / 321, 1000 / 329, LOOK)
    assert (plain(words.faster_text(change)), change.toward) == ("8 s faster", True)
    assert plain(words.faster_text(words.faster(1000 / 329, 1000 / 321, LOOK))) == "8 s slower"
    assert words.faster_text(words.faster(3, 3.0001, LOOK)) == "no change"
    assert words.faster(0, 3, LOOK).way == "none"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 22, 6, 12, tzinfo=UTC), "Today, 07:12"),
        (datetime(2026, 11, 21, 7, 5, tzinfo=UTC), "Yesterday, 08:05"),
        (datetime(2026, 11, 21, 23, 30, tzinfo=UTC), "Today, 00:30"),
        (datetime(2026, 11, 19, 12, 0, tzinfo=UTC), "Thu 19 Nov"),
        (datetime(2025, 11, 21, 12, 0, tzinfo=UTC), "Fri 21 Nov 2025"),
    ],
)
def test_moments(at: datetime, expected: str) -> None:
    assert plain(words.moment(at, ZONE, LOOK)) == expected


def test_a_day_without_a_time_names_none() -> None:
    assert words.moment(datetime(2026, 11, 22, 11, 0, tzinfo=UTC), ZONE, LOOK, "day") == "Today"


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=2, minutes=50), "2 hours ago"),
        (timedelta(hours=7), "Today, 06:00"),
    ],
)
def test_ago(passed: timedelta, expected: str) -> None:
    assert plain(words.ago(NOW - passed, NOW, ZONE, LOOK)) == expected


def test_spans() -> None:
    assert plain(words.span(date(2026, 11, 16), date(2026, 11, 22))) == "16 to 22 Nov"
    assert plain(words.span(date(2026, 9, 28), date(2026, 10, 4))) == "28 Sep to 4 Oct"


@given(st.floats(allow_nan=True, allow_infinity=True, width=32), st.integers(0, 3))
def test_a_number_is_never_nan_nor_minus_zero(value: float, decimals: int) -> None:
    text = words.number(value, decimals)
    assert "nan" not in text
    assert "inf" not in text
    assert "-" not in text
    assert text.strip("−0.,") or not text.startswith("−")


@given(st.floats(0, 1e6))
def test_a_change_below_its_precision_is_none(value: float) -> None:
    change = words.change(Amount(words.number(value, 1)), value)
    assert (change.way == "none") == (round(value, 1) == 0)
