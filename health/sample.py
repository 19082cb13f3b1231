"""A believable ten years of one person, for the screen of somebody who has connected nothing yet. Never mixed with real data.

The same seed, day and zone give the same person on every machine. They last weighed themselves at half past six on `today`
and trained before it.
"""

from __future__ import annotations

from datetime import date, datetime

from health.bodies import Body, instant_text, record
from health.frames import Frames, frames
from health.records import Record
from health.sample_activities import activities
from health.sample_body import true_weight, weigh_ins
from health.sample_life import life
from health.sample_nights import meals, sleeps
from health.sample_strength import workouts


def sample_bodies(seed: int, today: date, zone: str, now: datetime | None = None) -> list[Body]:
    """The record bodies (health.bodies) of the sample person, by kind and then time. With `now`, nothing later than it.

    Raises DayError when `zone` is no time zone.
    """
    calendar = life(seed, today, zone)
    mass, fat = true_weight(seed, calendar)
    found = [*activities(seed, calendar, mass), *weigh_ins(seed, calendar, mass, fat), *workouts(seed, calendar)]
    found += [*sleeps(seed, calendar), *meals(seed, calendar)]
    if now is None:
        return found
    limit = instant_text(now.replace(microsecond=0))
    return [each for each in found if each.get("end", each["at"]) <= limit]


def sample_records(seed: int, today: date, zone: str, now: datetime | None = None) -> list[Record]:
    """The same as records."""
    return [record(each) for each in sample_bodies(seed, today, zone, now)]


def sample_frames(seed: int, today: date, zone: str, now: datetime | None = None) -> Frames:
    """The same as frames, marked as a sample."""
    by_kind: dict[str, list[Body]] = {"measurement": [], "activity": [], "workout": [], "sleep": [], "meal": []}
    for each in sample_bodies(seed, today, zone, now):
        by_kind[each["kind"]].append(each)
    return frames(*by_kind.values(), is_sample=True)
