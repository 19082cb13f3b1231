"""FIT files whose device says less, or more, about the whole than most: laps alone, a session twice, none of its start."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from store.store import Store
from tests.files.test_recorded import activities, imported
from tests.fixtures.recorded import POINT, START, Fit, fit_point, fit_time

BEGIN = fit_time(START)
SECONDS = 300


def recorded(*whole: tuple[int, Sequence[tuple[int, str, int | None]]], seconds: int = SECONDS, points: bool = True) -> bytes:
    """A run of so many seconds, and those messages about the whole of it."""
    made = Fit()
    made.message(0, [(0, "enum", 4), (3, "u32", 7), (4, "u32", BEGIN)])
    if points:
        made.define(1, 20, POINT)
        for at in range(seconds + 1):
            made.add(1, *fit_point(at))
    for number, fields in whole:
        made.message(number, fields)
    return made.bytes()


def session(begin: int | None = BEGIN, metres: int = 910, sport: int = 1, lasted: int | None = SECONDS) -> tuple[int, Any]:
    ms = None if lasted is None else lasted * 1000
    return 18, [(253, "u32", BEGIN + SECONDS), (2, "u32", begin), (7, "u32", ms), (9, "u32", metres * 100), (5, "enum", sport)]


def lap(begin: int, lasted: int, metres: int) -> tuple[int, Any]:
    return 19, [(253, "u32", begin + lasted), (2, "u32", begin), (7, "u32", lasted * 1000), (9, "u32", metres * 100),
                (16, "u8", 150 + lasted // 10), (25, "enum", 1)]  # fmt: skip


@pytest.mark.parametrize("whole", [session(None), session(None, lasted=None), session(BEGIN)], ids=["no start", "no time", "whole"])
def test_a_session_without_its_start_is_one_all_the_same(store: Store, now: datetime, whole: tuple[int, Any]) -> None:
    (found,) = imported(store, recorded(whole), "a.fit", now)
    assert (found.error, found.new, found.series) == (None, 1, 1)
    (run,) = activities(store)
    assert (run["sport"], run["distance_m"], run["at"], run["elapsed_s"]) == ("run", 910, "2026-05-01T06:30:00Z", 300)


def test_a_session_that_was_written_twice_is_one_and_the_later_counts(store: Store, now: datetime) -> None:
    imported(store, recorded(session(metres=100), session(metres=905)), "a.fit", now)
    (run,) = activities(store)
    assert (run["distance_m"], run["moving_s"]) == (905, 300)
    assert run["mean_heart_rate_bpm"] > 100


def test_laps_alone_are_one_activity(store: Store, now: datetime) -> None:
    imported(store, recorded(lap(BEGIN, 120, 361), lap(BEGIN + 120, 180, 542)), "a.fit", now)
    (run,) = activities(store)
    assert (run["sport"], run["distance_m"], run["elapsed_s"], run["max_heart_rate_bpm"]) == ("run", 903, 300, 168)


def test_laps_that_end_before_the_points_do_not_speak_for_the_whole(store: Store, now: datetime) -> None:
    imported(store, recorded(lap(BEGIN, 120, 361)), "a.fit", now)
    (run,) = activities(store)
    assert (run["sport"], run["distance_m"], run["elapsed_s"]) == ("run", 900, 300)


def test_laps_without_points_are_an_activity_too(store: Store, now: datetime) -> None:
    imported(store, recorded(lap(BEGIN, 120, 361), points=False), "a.fit", now)
    (run,) = activities(store)
    assert (run["distance_m"], run["elapsed_s"]) == (361, 120)
