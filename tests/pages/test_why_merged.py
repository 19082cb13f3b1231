"""Why several records count as one: the sentence says what joined them and how far apart they are."""

from __future__ import annotations

import pytest

from dashboard.whymerged import why
from tests.health.test_merging import Body, after, lifted, record, run, weigh_in

NBSP = "\u00a0"


def said(kind: str, *members: Body) -> str:
    return why(kind, members).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("kind", "members", "expected"),
    [
        ("activity", (run("strava_api"), run("fit", at=after(4), metres=10_010)),
         "they begin 4 seconds apart; they say the same elapsed time and differ in distance by 0.14 %"),
        ("activity", (run("strava_api"), run("strava_export", metres=9_000)),
         "Strava gives it one number in both; they are of the same second; they say the same elapsed time and differ in "
         "distance by 10.21 %"),
        ("measurement", (weigh_in("withings_api", fat_ratio=0.21), weigh_in("apple", 80.45)),
         "they are of the same second; they say the same weight"),
        ("measurement", (weigh_in("withings_api"), weigh_in("weight_csv", 80.5, precision="day")),
         "they are of one day, which is all that one of them says; they differ in weight by 0.06 %"),
        ("measurement", (weigh_in("withings_api"), weigh_in("weight_csv", at=after(3600), zone="Europe/London")),
         "the clock on the wall showed one time (0 seconds apart), and one of them writes no zone; they say the same weight"),
        ("workout", (lifted("strong"), lifted("hevy", at=after(30))),
         "they begin 30 seconds apart; 3 working sets with the same repetitions and loads follow one another in each"),
        ("sleep", (record("sleep", "withings_api"), record("sleep", "withings_export")),
         "Withings gives it one instant in both; they are of the same second"),
    ],
)  # fmt: skip
def test_the_sentence(kind: str, members: tuple[Body, ...], expected: str) -> None:
    assert said(kind, *members) == f"Counted as one: {expected}."


def test_one_record_needs_no_reason() -> None:
    assert said("activity", run("fit")) == ""
