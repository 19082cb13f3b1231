"""When a goal is reached, and what it asks for: by hand, and as properties."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast import backwards as asked
from forecast import goal

MONDAY = date(2026, 1, 5)
NORMAL = NormalDist()


def fan(*means: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A fan whose 50 and 80 % intervals are a normal distribution's, deviation 1."""
    mean = np.array(means)
    return mean, np.full(len(mean), NORMAL.inv_cdf(0.75)), np.full(len(mean), NORMAL.inv_cdf(0.9))


def test_the_ends_of_the_intervals_are_their_chances():
    for value, chance in ((79.0, 0.1), (79.6, 0.25), (80.0, 0.5), (80.4, 0.75), (81.0, 0.9)):
        assert goal.at_most(value, 80.0, 0.4, 1.0) == pytest.approx(chance)
    # Beyond the 80 % end it goes on straight: 0.6 for each 0.607 deviations.
    assert goal.deviations(1.6, 0.4, 1.0) == pytest.approx(1.2815515655 + (1.2815515655 - 0.6744897502))
    assert goal.deviations(-1.6, 0.4, 1.0) == -goal.deviations(1.6, 0.4, 1.0)


def test_a_normal_fan_is_a_normal_distribution():
    _, at_50, at_80 = fan(80.0)
    for value in (77.0, 79.2, 80.0, 81.7):
        assert goal.at_most(value, 80.0, float(at_50[0]), float(at_80[0])) == pytest.approx(NORMAL.cdf(value - 80.0))


def test_the_weeks_in_which_it_is_reached_by_hand():
    # Deviation 1, one kilogram a week down from 80: P(X <= 76) is cdf(-3), cdf(-2), cdf(-1), cdf(0), cdf(1), cdf(2).
    mean, at_50, at_80 = fan(79, 78, 77, 76, 75, 74)
    found = goal.reach(76.0, 80.0, mean, at_50, at_80, down=True)
    assert found.chance == pytest.approx([0.00135, 0.02275, 0.15866, 0.5, 0.84134, 0.97725], abs=1e-5)
    assert (found.early, found.middle, found.late) == (3, 4, 6)
    assert [found.verdict(week) for week in range(1, 7)] == ["no", "no", "possible", "even", "likely", "likely"]
    assert found.by(5) == pytest.approx(0.84134, abs=1e-5)


def test_up_is_the_mirror_of_down():
    mean, at_50, at_80 = fan(81, 82, 83)
    up = goal.reach(82.0, 80.0, mean, at_50, at_80, down=False)
    down = goal.reach(78.0, 80.0, 160 - mean, at_50, at_80, down=True)
    assert up.chance == pytest.approx(down.chance)
    assert (up.early, up.middle, up.late) == (1, 2, None)


def test_a_fan_that_turns_back_keeps_what_was_reached():
    mean, at_50, at_80 = fan(78, 77, 79, 81)
    found = goal.reach(77.0, 80.0, mean, at_50, at_80, down=True)
    assert found.by(4) == found.by(2) == pytest.approx(0.5)
    assert found.chance[3] == pytest.approx(NORMAL.cdf(-4))


def test_not_at_this_rate_there_already_and_nothing_said():
    mean, at_50, at_80 = fan(80, 80, 80)
    never = goal.reach(78.0, 80.0, mean, at_50, at_80, down=True)
    assert (never.verdict(), never.early) == ("no", None)
    there = goal.reach(81.0, 80.0, mean, at_50, at_80, down=True)
    assert (there.verdict(), there.by(1), there.early) == ("there", 1.0, None)
    silent = goal.reach(78.0, 80.0, np.full(3, np.nan), at_50, at_80, down=True)
    assert (silent.verdict(), silent.by(3)) == ("no", 0.0)


def test_a_fan_said_in_part_is_read_in_part():
    mean, at_50, at_80 = fan(79, np.nan, 77)
    found = goal.reach(77.0, 80.0, mean, at_50, at_80, down=True)
    assert np.isnan(found.chance[1])
    assert (found.middle, found.by(2) < 0.05) == (3, True)


@pytest.mark.parametrize(
    ("target", "now", "direction", "down"),
    [(78, 80, None, True), (82, 80, None, False), (82, 80, "lose", True), (78, 80, "gain", False), (78, 80, "keep", True)],
)
def test_which_way_it_lies(target, now, direction, down):
    assert goal.falls(target, now, direction) is down


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.01, 3), st.floats(0, 3))
def test_chances_are_chances_and_grow_with_the_value(low, more, radius_50, beyond):
    low, high = sorted((low, more))
    first, second = (goal.at_most(each, 0.0, radius_50, radius_50 + beyond) for each in (low, high))
    assert 0 <= first <= second <= 1


def test_backwards_by_hand():
    #            week 0   1     2     3       4     5     6     7     8
    means = np.array([80, 79.5, 79.0, np.nan, 78.0, 78.4, 78.2, 77.0, 76.5])
    # Two weeks: 0-2 -1.0, 1-3 unknown, 2-4 -1.0, 3-5 unknown, 4-6 +0.2, 5-7 -1.4, 6-8 -1.7.
    found = asked.backwards(means, MONDAY, now=76.5, target=75.5, weeks=2)
    assert (found.change, found.per_week) == (-1.0, -0.5)
    assert (found.spans, found.held, found.share) == (5, 4, 0.8)
    assert found.most == pytest.approx(-1.7)
    # 0-2, 2-4 and 5-7 do not overlap; 6-8 does.
    assert [(each.first, each.last) for each in found.occasions] == [
        (date(2026, 2, 9), date(2026, 3, 1)),
        (date(2026, 1, 19), date(2026, 2, 8)),
        (date(2026, 1, 5), date(2026, 1, 25)),
    ]
    assert [each.change for each in found.occasions] == pytest.approx([-1.4, -1.0, -1.0])


def test_backwards_upwards_and_without_a_past():
    means = np.array([80.0, 80.5, 81.5])
    found = asked.backwards(means, MONDAY, now=81.5, target=82.4, weeks=1)
    assert (found.held, found.most) == (1, pytest.approx(1.0))
    nothing = asked.backwards(means, MONDAY, now=81.5, target=80.0, weeks=40)
    assert (nothing.spans, nothing.occasions, nothing.per_week) == (0, [], pytest.approx(-1.5 / 40))
    assert np.isnan(nothing.share)
    assert np.isnan(nothing.most)


@given(st.lists(st.one_of(st.floats(60, 100), st.just(np.nan)), min_size=1, max_size=40), st.integers(1, 45), st.floats(60, 100))
def test_backwards_counts_what_is_there(means, weeks, target):
    found = asked.backwards(np.array(means), MONDAY, 80.0, target, weeks)
    assert len(found.occasions) <= found.held <= found.spans <= max(len(means) - weeks, 0)
    assert (found.held > 0) == (len(found.occasions) > 0)
    ordered = list(reversed(found.occasions))
    assert all(one.last < other.last and (other.first - one.first).days >= 7 * weeks for one, other in pairwise(ordered))
