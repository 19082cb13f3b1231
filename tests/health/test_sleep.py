"""Nights from stretches of sleep: the day they belong to, parts, naps, and two devices that saw the same one."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.bodies import body
from health.days import from_local
from health.frames import sleeps_frame
from health.records import SLEEP_NUMBERS, Sleep
from health.sleep import counted_once, nights, regularity_s

ZONE = "Europe/Berlin"


def sleep(start: str, end: str, *, source: str = "withings_api", zone: str = ZONE, **more: Any) -> Sleep:
    at, until = (from_local(datetime.fromisoformat(each), zone) for each in (start, end))
    values = {key: Decimal(str(value)) if key in SLEEP_NUMBERS else value for key, value in more.items()}
    name = f"{start}{end}{more.get('app', '')}"
    return Sleep(person="me", source=source, native_id=name, at=at, end=until, zone=zone, **values)


def table(*stretches: Sleep) -> pd.DataFrame:
    return nights(sleeps_frame([body(each) for each in stretches]))


def test_a_night_belongs_to_the_day_it_ends_on() -> None:
    found = table(sleep("2025-01-31 23:10", "2025-02-01 06:40", asleep_s=25_200, deep_s=5_000, mean_heart_rate_bpm=52))
    assert found.index.tolist() == [pd.Timestamp("2025-02-01")]
    (row,) = found.to_dict("records")
    assert (row["bed_h"], row["rise_h"], row["in_bed_s"]) == (pytest.approx(-50 / 60), pytest.approx(6 + 40 / 60), 27_000)
    assert (row["asleep_s"], row["deep_s"], row["mean_heart_rate_bpm"], row["nap_s"]) == (25_200, 5_000, 52, 0)
    assert math.isnan(row["rem_s"])


def test_one_after_midnight_and_one_that_ends_before_it() -> None:
    found = table(sleep("2025-02-01 00:30", "2025-02-01 07:00"), sleep("2025-02-01 16:30", "2025-02-01 23:30"))
    assert found.index.tolist() == [pd.Timestamp("2025-02-01")]
    assert found["in_bed_s"].tolist() == [(6.5 + 7) * 3600]
    assert found["bed_h"].tolist() == [16.5]  # the longer one's


def test_a_time_up_in_the_night_does_not_end_it() -> None:
    found = table(
        sleep("2025-01-31 22:00", "2025-01-31 23:50", asleep_s=6_000, mean_heart_rate_bpm=60),
        sleep("2025-02-01 00:50", "2025-02-01 06:20", asleep_s=18_000, mean_heart_rate_bpm=49, min_heart_rate_bpm=44),
    )
    assert found.index.tolist() == [pd.Timestamp("2025-02-01")]
    (row,) = found.to_dict("records")
    assert (row["asleep_s"], row["bed_h"], row["in_bed_s"]) == (24_000, -2, 30_000)
    assert row["mean_heart_rate_bpm"] == pytest.approx((110 * 60 + 330 * 49) / 440)
    assert row["min_heart_rate_bpm"] == 44


@pytest.mark.parametrize(
    ("start", "end", "said", "nap"),
    [
        ("2025-02-01 13:00", "2025-02-01 13:40", None, True),
        ("2025-02-01 13:00", "2025-02-01 18:00", None, False),  # who works at night sleeps by day
        ("2025-02-01 05:00", "2025-02-01 07:00", None, False),
        ("2025-02-01 13:00", "2025-02-01 13:40", False, False),
        ("2025-02-01 05:00", "2025-02-01 07:00", True, True),
    ],
)
def test_naps(start: str, end: str, said: bool | None, nap: bool) -> None:
    found = table(sleep(start, end, is_nap=said))
    length = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    assert found["nap_s"].tolist() == [length if nap else 0]
    assert found["in_bed_s"].isna().tolist() == [nap]


def test_a_nap_adds_nothing_to_its_night() -> None:
    found = table(
        sleep("2025-01-31 23:00", "2025-02-01 07:00", asleep_s=27_000),
        sleep("2025-02-01 14:00", "2025-02-01 14:30", asleep_s=1_500),
    )
    assert found[["asleep_s", "nap_s", "rise_h"]].to_numpy().tolist() == [[27_000, 1_500, 7]]


def test_two_devices_that_saw_one_night_count_once() -> None:
    watch = sleep("2025-01-31 23:10", "2025-02-01 06:40", source="apple", app="Watch", asleep_s=25_000, deep_s=4_000)
    phone = sleep("2025-01-31 22:50", "2025-02-01 07:00", source="apple", app="Phone", asleep_s=29_000)
    mat = sleep("2025-01-31 23:00", "2025-02-01 06:45", source="withings_api", asleep_s=25_500, deep_s=4_100)
    assert table(watch, phone)["asleep_s"].tolist() == [25_000]  # stages before none
    assert table(watch, phone, mat)["asleep_s"].tolist() == [25_500]  # then the longer
    in_bed = sleep("2025-01-31 22:50", "2025-02-01 07:00", source="apple", app="Phone")
    plain = sleep("2025-01-31 23:10", "2025-02-01 06:40", source="apple", app="Band", asleep_s=24_000)
    assert table(in_bed, plain)["asleep_s"].tolist() == [24_000]  # a time asleep before a time in bed
    twice = replace(watch, native_id="again", end=watch.end + timedelta(minutes=5), asleep_s=Decimal(25_200))
    assert table(watch, twice)["asleep_s"].tolist() == [25_200]  # one device that tells a night twice
    parts = [
        sleep("2025-01-31 23:00", "2025-02-01 02:00", asleep_s=9_000, rem_s=1_000),
        sleep("2025-02-01 02:20", "2025-02-01 07:00", asleep_s=16_000),
    ]
    assert table(*parts, phone)["asleep_s"].tolist() == [25_000]  # both parts of the better one, none of the other
    next_night = sleep("2025-02-01 22:50", "2025-02-02 07:00", source="apple", app="Phone", asleep_s=28_000)
    assert table(watch, phone, next_night)["asleep_s"].tolist() == [25_000, 28_000]  # where the other is silent it counts


def test_a_night_of_which_only_the_day_is_known_has_no_clock_and_yields_to_one_that_has() -> None:
    vague = sleep("2025-02-01 06:30", "2025-02-01 12:00", source="fitbit", precision="day", is_nap=False, asleep_s=19_000)
    alone = table(vague, replace(vague, native_id="again"))
    assert alone["asleep_s"].tolist() == [19_000]  # told twice
    assert alone[["bed_h", "rise_h"]].isna().all(axis=None)
    timed = sleep("2025-01-31 22:00", "2025-02-01 05:00", asleep_s=21_000)
    for order in ((vague, timed), (timed, vague)):
        both = table(*order)
        assert (both["asleep_s"].tolist(), both["bed_h"].tolist()) == ([21_000], [-2])
    nap = sleep("2025-02-01 13:00", "2025-02-01 13:40", asleep_s=2_000)
    assert table(vague, nap)[["asleep_s", "nap_s"]].to_numpy().tolist() == [[19_000, 2_000]]


def test_both_routes_of_one_service_are_one_stretch() -> None:
    api = sleep("2025-01-31 23:10", "2025-02-01 06:40", asleep_s=25_000)
    export = sleep("2025-01-31 23:10", "2025-02-01 06:40", source="withings_export", asleep_s=24_960, rem_s=5_000)
    frame = sleeps_frame([body(export), body(api)])
    assert frame[["source", "asleep_s", "rem_s"]].to_numpy().tolist() == [["withings_api", 25_000, 5_000]]


def test_the_clock_is_the_wearers_on_the_night_it_changes_and_on_a_flight() -> None:
    found = table(
        sleep("2025-03-29 23:00", "2025-03-30 07:00"),  # an hour is missing
        sleep("2025-10-25 23:00", "2025-10-26 07:00"),  # one comes twice
        sleep("2025-11-01 22:30", "2025-11-02 06:30", zone="Asia/Tokyo"),
    )
    assert found["bed_h"].tolist() == [-1, -1, -1.5]
    assert found["rise_h"].tolist() == [7, 7, 6.5]
    assert (found["in_bed_s"] / 3600).tolist() == [7, 9, 8]


def test_nothing_slept_is_an_empty_table_of_the_same_columns() -> None:
    empty, one = table(), table(sleep("2025-01-31 23:10", "2025-02-01 06:40"))
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == one.dtypes.to_dict()
    assert empty.index.dtype == one.index.dtype


def test_regularity_is_how_far_bed_and_rise_wander() -> None:
    starts = [datetime(2025, 1, day, 22 + day % 2) for day in range(1, 9)]
    found = table(*[sleep(str(each), str(each.replace(hour=6) + timedelta(days=1))) for each in starts])
    assert regularity_s(found) == pytest.approx(np.std([22, 23] * 4, ddof=1) * 3600 / 2)
    assert math.isnan(regularity_s(found.head(2)))


_hours = st.integers(0, 24 * 20)


@settings(max_examples=30)  # a tenth of a second each
@given(st.lists(st.tuples(_hours, st.integers(1, 11), st.sampled_from(["Watch", "Phone", "Mat"])), max_size=14, unique=True))
def test_no_moment_is_slept_twice_and_order_changes_nothing(drawn: list[tuple[int, int, str]]) -> None:
    first = datetime(2025, 1, 1, 18)
    made = []
    for at, lasts, app in drawn:
        start, end = (str(first + timedelta(hours=hours)) for hours in (at, at + lasts))
        made.append(sleep(start, end, source="apple", app=app, asleep_s=lasts * 3600))
    kept = counted_once(sleeps_frame([body(each) for each in made]))
    ends = kept["end"].cummax().shift()
    assert not (kept["at"] < ends).any()
    shuffled = random.Random(1).sample(made, len(made))
    pd.testing.assert_frame_equal(table(*made), table(*shuffled))
