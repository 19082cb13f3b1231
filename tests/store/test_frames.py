"""The frame cache: right after every kind of change, cheap when there was none, the same for every thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from forecast import volume
from health.frames import Frames, frames
from health.records import Exercise
from store.frames import FrameCache
from store.items import body
from store.store import Store
from tests.store.made import ME, NOW, START, gone, hours, meal, night, run, session, weigh_in, write_of

pytest_plugins = ["tests.conftest_dynamodb"]


def fresh(store: Store) -> Frames:
    """The frames as they are made from nothing but the store."""
    return frames(*(store.bodies(ME, kind) for kind in ("measurement", "activity", "workout", "sleep", "meal")))


def assert_same(left: Frames, right: Frames) -> None:
    for name in ("measurements", "activities", "workouts", "sets", "sleeps", "meals"):
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name))


def sample() -> Frames:
    return frames([body(weigh_in("sample", source="sample"))], [], [])


def test_only_the_kind_that_changed_is_made_again(store: Store) -> None:
    store.write(ME, [write_of(weigh_in()), write_of(run("r")), write_of(session("s"))], NOW)
    cache = FrameCache(store, ME)
    assert cache.version == 0
    first, number = cache.versioned()
    assert_same(first, fresh(store))
    assert cache.frames() is first
    store.write(ME, [write_of(weigh_in("2", "81", at=START - hours(1)))], NOW)
    second = cache.frames()
    assert_same(second, fresh(store))
    assert second.activities is first.activities
    assert second.sets is first.sets
    assert second.measurements is not first.measurements
    assert cache.version == number + 1


def test_edits_and_removals_arrive_in_any_order(store: Store) -> None:
    cache = FrameCache(store, ME)
    assert cache.frames().empty
    steps: list[Callable[[], object]] = [
        lambda: store.write(ME, [write_of(session(f"s{n}", n + 1, at=START + hours(n))) for n in range(4)], NOW),
        lambda: store.write(ME, [gone(session("s2")), write_of(session("s1", 5))], NOW),
        lambda: store.delete(ME, "workout", "strong:s0", 1, NOW),
        lambda: store.edit(ME, session("s0"), (), 0, NOW),
        lambda: store.write(ME, [write_of(run("r")), write_of(run("r", source="strava_export"))], NOW),
        lambda: store.write(ME, [write_of(night("n")), write_of(night("m", at=START - hours(20))), write_of(meal("m"))], NOW),
        lambda: store.write(ME, [write_of(night("n", "20000")), gone(meal("m"))], NOW),
        lambda: store.delete_source(ME, "strava_api", NOW),
        lambda: store.delete_source(ME, "strong", NOW),
    ]
    for step in steps:
        step()
        assert_same(cache.frames(), fresh(store))


def test_a_write_that_changes_nothing_drawn_keeps_the_version(store: Store) -> None:
    store.write(ME, [write_of(weigh_in())], NOW)
    cache = FrameCache(store, ME)
    shown, number = cache.versioned()
    store.write(ME, [write_of(weigh_in("2"))], NOW)
    store.write(ME, [gone(weigh_in("2"))], NOW)
    assert cache.versioned() == (shown, number)


def test_the_sample_person_stands_in_until_the_first_row_and_after_the_last(store: Store) -> None:
    made: list[Frames] = []

    def once() -> Frames:
        made.append(sample())
        return made[-1]

    cache = FrameCache(store, ME, once)
    assert cache.frames().is_sample
    assert len(cache.frames().measurements) == 1
    assert len(made) == 1
    number = cache.version
    store.write(ME, [write_of(run("r"))], NOW)
    own = cache.frames()
    assert (own.is_sample, len(own.measurements), len(own.activities), cache.version) == (False, 0, 1, number + 1)
    store.delete_source(ME, "strava_api", NOW)
    assert cache.frames().is_sample


def test_the_sample_person_is_made_again_on_another_day(store: Store) -> None:
    days, made = [date(2026, 11, 22)], []

    def again() -> Frames:
        made.append(days[-1])
        return sample()

    cache = FrameCache(store, ME, again, lambda: days[-1])
    number = cache.versioned()[1]
    assert cache.versioned()[1] == number
    days.append(date(2026, 11, 23))
    shown, later = cache.versioned()
    assert (shown.is_sample, later, made) == (True, number + 1, days)
    assert cache.versioned() == (shown, later)
    store.write(ME, [write_of(run("r"))], NOW)
    own, at = cache.versioned()
    days.append(date(2026, 11, 24))
    assert cache.versioned() == (own, at)  # a person's own frames know no day
    assert made == days[:2]


class Counting:
    """A store that counts what is asked of it."""

    def __init__(self, store: Store) -> None:
        self.store, self.asked = store, []

    def __getattr__(self, name: str) -> object:
        self.asked.append(name)
        return getattr(self.store, name)


def test_where_nothing_changed_only_the_sequence_is_asked(store: Store) -> None:
    store.write(ME, [write_of(weigh_in())], NOW)
    counting = Counting(store)
    cache = FrameCache(counting, ME)  # type: ignore[arg-type]
    first = cache.frames()
    counting.asked.clear()
    assert all(cache.frames() is first for _ in range(20))
    assert counting.asked == ["sequence"] * 20


@pytest.mark.parametrize("engine", ["sqlite"])
def test_threads_share_frames_that_are_never_half_made(store: Store) -> None:
    store.write(ME, [write_of(session("s0"))], NOW)
    cache, stop = FrameCache(store, ME), threading.Event()

    def look(_: int) -> int:
        versions = []
        while not stop.is_set():
            shown, number = cache.versioned()
            assert shown.workouts["n_sets"].sum() == len(shown.sets)
            versions.append(number)
        assert versions == sorted(versions)
        return len(versions)

    with ThreadPoolExecutor(4) as pool:
        looking = [pool.submit(look, n) for n in range(4)]
        for n in range(1, 25):
            store.write(ME, [write_of(session(f"s{n}", n, at=START + hours(n)))], NOW)
        stop.set()
        assert all(each.result(30) for each in looking)
    assert_same(cache.frames(), fresh(store))


def test_names_of_exercises_meet_in_the_frames_and_what_the_person_says_counts_at_once(store: Store) -> None:
    given = {"strong": "Bench Press (Barbell)", "sheets": "Bankdrücken", "app": "Brustpresse Keller"}
    for n, (source, name) in enumerate(given.items()):
        made = session("s", source=source, at=START + hours(n))
        called = replace(made, sets=tuple(replace(each, exercise=name) for each in made.sets))
        store.write(ME, [write_of(called)], NOW)
    cache = FrameCache(store, ME)
    before = cache.frames()
    assert list(before.sets["exercise"].unique()) == ["Bench press", "Brustpresse Keller"]
    assert list(before.sets["given"].unique()) == list(given.values())
    word = Exercise(person=ME, source="app", native_id="x", at=NOW, zone="UTC", given="Brustpresse Keller", title="Bench press")
    kept = store.edit(ME, word, (), 0, NOW)
    met = cache.frames()
    assert set(met.sets["exercise"]) == {"Bench press"}
    assert set(met.sets["muscle"]) == {"Chest"}
    assert met.measurements is before.measurements
    store.delete(ME, "exercise", kept.body["id"], kept.version, NOW)
    assert_same(cache.frames(), before)
    assert {each["exercise"] for body in store.bodies(ME, "workout") for each in body["sets"]} == set(given.values())


def test_what_the_person_says_a_name_means_counts_in_the_forecast_of_volume(store: Store) -> None:
    for n, name in enumerate(("Beinpresse Keller", "Leg Press")):
        made = session(f"s{n}", at=START + hours(48 * n))
        store.write(ME, [write_of(replace(made, sets=tuple(replace(each, exercise=name) for each in made.sets)))], NOW)
    cache = FrameCache(store, ME)
    assert volume.sessions(cache.frames(), NOW.date()).exercise == ["Beinpresse Keller", "Leg press"]
    word = Exercise(person=ME, source="app", native_id="x", at=NOW, zone="UTC", given="Beinpresse Keller", title="Leg press")
    store.edit(ME, word, (), 0, NOW)
    table = volume.sessions(cache.frames(), NOW.date())
    assert set(table.exercise) == {"Leg press"}
    assert table.before.tolist() == [1, 2], "the second session knows the first"
