"""When a source is silent for longer than usual: hand-worked, and what holds for any days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.silence import LEAST_DAYS, LEAST_GAPS, silence

START = date(2026, 1, 1)


def days(*gaps: int) -> list[date]:
    """Days with those gaps between them, from START on."""
    found = [START]
    for gap in gaps:
        found.append(found[-1] + timedelta(days=gap))
    return found


def after(known: list[date], quiet: int) -> date:
    return known[-1] + timedelta(days=quiet)


DAILY, WEEKLY = days(*[1] * 40), days(*[7] * 20)


@pytest.mark.parametrize(("known", "limit"), [(DAILY, 4), (WEEKLY, 11), (days(*[1, 3] * 12), 5), (days(*[2] * 50, 30), 4)])
def test_silent_from_the_day_after_the_limit(known: list[date], limit: int) -> None:
    assert silence(known, after(known, limit)) is None
    found = silence(known, after(known, limit + 1))
    assert found is not None
    assert (found.days, found.limit, found.last) == (limit + 1, limit, known[-1])


def test_what_is_usual_is_the_middle_gap() -> None:
    found = silence(days(*[1, 3, 3] * 8), after(days(*[1, 3, 3] * 8), 9))
    assert found is not None
    assert found.usual == 3


def test_without_enough_history_nothing_is_said() -> None:
    few = days(*[1] * (LEAST_GAPS - 1))
    assert silence(few, after(few, 20)) is None
    assert silence([], START) is None
    assert silence([START] * 50, START + timedelta(days=20)) is None  # one day fifty times is one day


def test_what_was_given_up_long_ago_is_no_news() -> None:
    assert silence(DAILY, after(DAILY, 60)) is not None
    assert silence(DAILY, after(DAILY, 61)) is None
    rare = days(*[25] * 20)
    assert silence(rare, after(rare, 76)) is not None  # what comes once a month is not given up after two
    assert silence(rare, after(rare, 77)) is None


def test_habits_of_years_ago_do_not_count() -> None:
    changed = days(*[1] * 400, *[10] * 40)
    assert silence(changed, after(changed, 15)) is None
    assert silence(changed, after(changed, 16)) is not None


def test_records_from_the_future_are_left_out() -> None:
    assert silence([*DAILY, after(DAILY, 400)], after(DAILY, 6)) == silence(DAILY, after(DAILY, 6))


@given(st.lists(st.integers(1, 60), max_size=60), st.integers(0, 400))
def test_whatever_the_days(gaps: list[int], quiet: int) -> None:
    known = days(*gaps)
    found = silence(known, after(known, quiet))
    assert found == silence([*reversed(known), *known], after(known, quiet))
    if found is not None:
        assert found.days == quiet > found.limit >= LEAST_DAYS
        assert quiet > sorted(gaps)[len(gaps) // 2]  # never sooner than what is usual
