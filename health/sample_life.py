"""The sample person's calendar: where they slept, whether a scale was at hand, when they were ill, hurt or away.

Everything is drawn from NumPy's seeded generator, a stream of its own for each part, so one part can change without the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from health import days
from health.bodies import Body, instant_text

PERSON = "sample"
SOURCE = "sample"
N_DAYS = 3653
FRESH_DAYS = 45  # the last weeks are ordinary ones, so that every card has something to say

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_BEACHES = ("Atlantic/Canary", "Europe/Athens", "Europe/Lisbon", "Asia/Bangkok", "America/Costa_Rica")
_OFFICES = ("America/New_York", "Europe/London", "Asia/Tokyo", "America/Los_Angeles", "Australia/Sydney", "Asia/Kolkata")
# (years before today, days) of the long interruptions.
_SCALE_BROKEN = ((2.72, 26), (6.05, 12))
_INJURIES = ((7.45, 41), (5.1, 62), (2.2, 34))


@dataclass(frozen=True, kw_only=True)
class Life:
    """One row a day, oldest first, the last one today. `years` counts from today and is 0 or below."""

    days: list[date]
    years: Floats
    zones: list[str]
    holiday: Flags
    business: Flags
    no_scale: Flags
    injured: Flags
    ill: Flags

    def body(self, kind: str, row: int, minute: float, zone: str | None = None) -> Body:
        """The common part of a record `minute` minutes after midnight of that row's day, where the person was."""
        zone = zone or self.zones[row]
        clock = time(int(minute) // 60, int(minute) % 60, int(minute * 60) % 60)
        at = days.from_local(datetime.combine(self.days[row], clock), zone)
        native_id = f"{self.days[row]:%Y-%m-%d}-{int(minute) // 60:02d}{int(minute) % 60:02d}-{kind}"
        return {
            "kind": kind,
            "id": f"{SOURCE}:{native_id}",
            "person": PERSON,
            "source": SOURCE,
            "native_id": native_id,
            "at": instant_text(at),
            "zone": zone,
            "day": days.local_day(at, zone).isoformat(),
        }


def life(seed: int, today: date, zone: str) -> Life:
    """Ten years of calendar up to `today` for someone whose home is in `zone`. Raises DayError for an unknown zone."""
    days.zone_info(zone)
    rng = np.random.default_rng([seed, 1])
    dates = [today - timedelta(days=N_DAYS - 1 - row) for row in range(N_DAYS)]
    holiday, business, ill = _flags(), _flags(), _flags()
    zones = [zone] * N_DAYS
    for year in range(dates[0].year, today.year + 1):
        for start, length in _holidays(rng, year):
            _mark(holiday, zones, _row(dates, start), length, str(rng.choice(_BEACHES)) if length > 6 else zone)
        for start, length in _scattered(rng, year, int(rng.integers(1, 4)), (3, 7)):
            _mark(business, zones, _row(dates, start), length, str(rng.choice(_OFFICES)))
        for start, length in _scattered(rng, year, int(rng.integers(1, 3)), (4, 9)):
            _mark(ill, None, _row(dates, start), length, "")
    business &= ~holiday
    return Life(
        days=dates,
        years=(np.arange(N_DAYS) - (N_DAYS - 1)) / 365.25,
        zones=zones,
        holiday=holiday,
        business=business,
        no_scale=_spans(_SCALE_BROKEN) | (holiday & (rng.random(N_DAYS) < 0.96)) | (business & (rng.random(N_DAYS) < 0.5)),
        injured=_spans(_INJURIES),
        ill=ill,
    )


def wander(rng: np.random.Generator, stay: float, deviation: float) -> Floats:
    """A first-order autoregressive walk around 0, a value a day: `stay` of yesterday's, `deviation` in the long run."""
    steps = rng.normal(0, deviation * np.sqrt(1 - stay**2), N_DAYS).tolist()
    values, last = [], 0.0
    for step in steps:
        last = stay * last + step
        values.append(last)
    return np.array(values)


def _flags() -> Flags:
    return np.zeros(N_DAYS, dtype=np.bool_)


def _row(dates: list[date], day: date) -> int:
    return (day - dates[0]).days


def _holidays(rng: np.random.Generator, year: int) -> list[tuple[date, int]]:
    summer = date(year, 7, 5) + timedelta(days=int(rng.integers(0, 40)))
    christmas = date(year, 12, 23)
    found = [(summer, int(rng.integers(11, 19))), (christmas, int(rng.integers(4, 7)))]
    if rng.random() < 0.6:
        found.append((date(year, 3, 25) + timedelta(days=int(rng.integers(0, 20))), int(rng.integers(5, 10))))
    return found


def _scattered(rng: np.random.Generator, year: int, count: int, length: tuple[int, int]) -> list[tuple[date, int]]:
    starts = [date(year, 1, 8) + timedelta(days=int(each)) for each in rng.integers(0, 340, count)]
    return [(start, int(rng.integers(*length))) for start in starts]


def _mark(flags: Flags, zones: list[str] | None, start: int, length: int, zone: str) -> None:
    end = min(start + length, N_DAYS)
    if start < 0 or end > N_DAYS - FRESH_DAYS:
        return
    flags[start:end] = True
    if zones is not None:
        zones[start:end] = [zone] * (end - start)


def _spans(spans: tuple[tuple[float, int], ...]) -> Flags:
    flags = _flags()
    for years_ago, length in spans:
        start = N_DAYS - round(years_ago * 365.25)
        flags[start : start + length] = True
    return flags
