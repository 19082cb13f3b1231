"""The apps inside one collection (Apple Health) are sources of their own: what two of them tell of one thing counts once."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from health.merging import things
from health.merging_rows import app_of, rows_after, rows_of
from tests.health.test_merging import after, record, run, sets_of, split, weigh_in

Body = dict[str, Any]


def apple(kind: str, app: str, seconds: float = 0, nth: str = "", **values: Any) -> Body:
    native = (
        f"Workout|{after(seconds):%FT%T+00:00}|{app}{nth}" if kind == "activity" else f"{after(seconds):%FT%T+00:00}|{app}{nth}"
    )
    more = {"sport": "run", "sport_type": "Running"} if kind == "activity" else {}
    return record(kind, "apple", after(seconds), native, **more, **values)


WATCH = apple("activity", "Apple Watch", distance_m=10_020, elapsed_s=3270, moving_s=3270)
STRAVA = apple("activity", "Strava", 4, distance_m=10_010, elapsed_s=3280)
SCALE = apple("measurement", "Health Mate", body_mass_kg=80.45, fat_ratio=0.21)
COPY = apple("measurement", "MyFitnessPal", body_mass_kg=80.5)


def ids(*bodies: Body) -> frozenset[str]:
    return frozenset(each["id"] for each in bodies)


def test_a_run_that_two_apps_wrote_into_apple_health_is_one() -> None:
    api, fit = run("strava_api"), run("fit", at=after(3))
    for order in permutations((WATCH, STRAVA, api, fit)):
        assert sets_of(*order) == {ids(WATCH, STRAVA, api, fit)}
    assert sets_of(WATCH, STRAVA) == {ids(WATCH, STRAVA)}
    (thing,) = things("activity", [WATCH, STRAVA]).counted()
    assert (thing["distance_m"], thing["elapsed_s"], thing["also"]) == (10_020, 3270, "apple")


def test_a_weigh_in_that_an_app_copied_is_one_and_says_all_that_both_say() -> None:
    found = things("measurement", [COPY, SCALE])
    assert len(found) == 1
    assert [found.number(name).tolist() for name in ("body_mass_kg", "fat_ratio")] == [[80.45], [0.21]]
    assert found.together == {("apple", "apple"): 1}


def test_what_one_app_wrote_twice_happened_twice() -> None:
    again = apple("activity", "Apple Watch", nth="#2", distance_m=10_020, elapsed_s=3270)
    assert sets_of(WATCH, again) == {ids(WATCH), ids(again)}
    copies = apple("measurement", "Health Mate", nth="#2", body_mass_kg=80.45)
    assert sets_of(SCALE, copies, COPY) in ({ids(SCALE, COPY), ids(copies)}, {ids(copies, COPY), ids(SCALE)})


def test_what_does_not_agree_and_what_is_split_stays_apart() -> None:
    other = apple("activity", "Strava", 4, distance_m=9_000, elapsed_s=3280)
    assert sets_of(WATCH, other) == {ids(WATCH), ids(other)}
    assert sets_of(WATCH, STRAVA, splits=(split("activity", (WATCH,), (STRAVA,)),)) == {ids(WATCH), ids(STRAVA)}
    assert sets_of(SCALE, apple("measurement", "MyFitnessPal", 600, body_mass_kg=80.45)) != {ids(SCALE, COPY)}


def test_which_app_it_was_is_told_by_the_end_of_the_id() -> None:
    assert [app_of(each) for each in (WATCH, STRAVA, COPY)] == ["Apple Watch", "Strava", "MyFitnessPal"]
    assert app_of(apple("measurement", "Health Mate", nth="#12", body_mass_kg=1)) == "Health Mate"
    assert [app_of(each) for each in (run("fit"), weigh_in("apple"), apple("activity", "a" * 200))] == ["", "", ""]


def test_what_is_worked_out_from_an_earlier_look_is_the_same() -> None:
    before = rows_of("activity", [WATCH])
    later, anew = rows_after("activity", [WATCH, STRAVA], before), rows_of("activity", [WATCH, STRAVA])
    assert np.array_equal(later.app, anew.app)
    assert len(set(anew.app.tolist())) == 2
    assert things("activity", [WATCH, STRAVA], before=things("activity", [WATCH])).merged.keys() == {WATCH["id"]}
