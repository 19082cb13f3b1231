"""The naive Bayes on the week that follows: by hand, blind to the future, and shown only where it beats the base rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard import usual
from dashboard.figures import forecast_day as drawn
from dashboard.theme import Look
from forecast import week_ahead as ahead
from health.day_score import MEASURES, Mark
from health.frames import Frames
from tests.forecast.made import EMPTY, lifts, readings
from tests.forecast.test_page import plain, view

START = pd.Timestamp("2022-01-03")


def person(seed: int, count: int = 900, effect: float = 0.0) -> tuple[pd.DataFrame, pd.Series]:
    """Weeks of much and of little training; `effect` kg a day that much training takes off in the week after."""
    rng = np.random.default_rng(seed)
    busy = np.repeat(rng.random(count // 14 + 1) < 0.5, 14)[:count]
    index = pd.date_range(START, periods=count, freq="D")
    columns = dict.fromkeys(MEASURES, np.full(count, np.nan))
    columns["trained_s"] = np.where(rng.random(count) < 0.8, rng.normal(np.where(busy, 4000, 2000), 300), np.nan)
    drift = np.cumsum(np.where(np.roll(busy, 4), -effect, effect) + rng.normal(0, 0.02, count))
    return pd.DataFrame(columns, index=index), pd.Series(80 + drift + rng.normal(0, 0.2, count), index)


def test_it_finds_what_is_there_and_not_what_is_not() -> None:
    with_effect = ahead.week_ahead(*person(1, effect=0.05), "lose")
    without = ahead.week_ahead(*person(2), "lose")
    assert with_effect is not None
    assert without is not None
    assert with_effect.beats_the_base_rate
    assert with_effect.brier < 0.9 * with_effect.base_brier
    assert not without.beats_the_base_rate
    assert 0 < with_effect.went < with_effect.n


def test_outcomes_by_hand() -> None:
    index = pd.date_range(START, periods=16, freq="D")
    weight = pd.Series([80.0] * 7 + [79.0] * 7 + [90.0] * 2, index)
    went = ahead.outcomes(weight, index, "lose")
    assert np.isnan(went[:2]).all()  # fewer than three readings so far
    assert went[6] == 1.0
    assert ahead.outcomes(weight, index, "gain")[6] == 0.0
    assert np.isnan(went[9:]).all()  # the week after is not over
    bare = weight.copy()
    bare.iloc[7:12] = np.nan
    assert np.isnan(ahead.outcomes(bare, index, "lose")[6])  # two readings are no week


def test_probabilities_by_hand() -> None:
    rows, went = person(3, 400, 0.05)
    told = ahead.rolling(rows, went, "lose")
    day = 390
    x, y = ahead.features(rows)[:, 2], told.went
    past = np.arange(day - ahead.WEEK + 1)
    past = past[~np.isnan(y[past])]
    classes = [past[y[past] == each] for each in (0, 1)]
    prior = np.array([(len(each) + 1) / (len(past) + 2) for each in classes])
    likely = []
    for each in classes:
        own = x[each][~np.isnan(x[each])]
        whole = x[past][~np.isnan(x[past])].var()
        variance = max(own.var(), 0.05 * whole)
        likely.append(-0.5 * (np.log(variance) + (x[day] - own.mean()) ** 2 / variance))
    score = np.log(prior) + 0.25 * np.array(likely)
    by_hand = np.exp(score) / np.exp(score).sum()
    assert told.chance[day] == pytest.approx(by_hand[1])
    assert told.base[day] == pytest.approx(prior[1])


def test_changing_the_future_moves_nothing_that_was_said() -> None:
    rows, weight = person(4, 500, 0.05)
    told = ahead.rolling(rows, weight, "lose")
    cut = 400
    other, heavier = rows.copy(), weight.copy()
    other.iloc[cut + 1 :] *= 9
    heavier.iloc[cut + 1 :] += 50
    again = ahead.rolling(other, heavier, "lose")
    np.testing.assert_array_equal(told.chance[: cut + 1], again.chance[: cut + 1])
    np.testing.assert_array_equal(told.base[: cut + 1], again.base[: cut + 1])
    shorter = ahead.rolling(rows.iloc[: cut + 1], weight.iloc[: cut + 1], "lose")
    np.testing.assert_allclose(told.chance[: cut + 1], shorter.chance, rtol=1e-9)
    assert np.isfinite(told.chance[cut])


def test_little_is_nothing_and_softmax_is_one() -> None:
    assert ahead.week_ahead(*person(5, 150), "lose") is None
    np.testing.assert_allclose(ahead.softmax(np.array([[1000.0, 1000.0], [0.0, np.log(3)]])), [[0.5, 0.5], [0.25, 0.75]])
    assert ahead.log_loss(np.array([0.5, 0.8]), np.array([1.0, 0.0])) == pytest.approx(-(np.log(0.5) + np.log(0.2)) / 2)


# -- the card


def trained(count: int = 40) -> Frames:
    rng = np.random.default_rng(1)
    return lifts(
        {"Squat": [float(each) for each in rng.integers(900, 1100, count - 1)] + [2000.0]}, start=date(2024, 1, 1), every=1
    )


def card(frames: Frames, today: date, **look: Any) -> str:
    seen = view(frames, today=today, look=Look(today=today, **look))
    return plain(usual.card(seen))


def test_the_card_says_which_measure_is_off_and_by_how_much() -> None:
    shown = card(trained(), date(2024, 2, 10))
    assert "Far from your usual : lifted more than usual." in shown
    assert "yesterday, Fri 9 Feb" in shown
    assert "2.0 t" in shown
    assert "far off" in shown
    later = card(trained(), date(2024, 2, 20))
    assert "yesterday" not in later
    assert "Fri 9 Feb" in later


def test_the_card_without_a_day_says_what_it_takes() -> None:
    assert "It takes 20 days of training, protein or sleep" in card(EMPTY, date(2024, 2, 10))
    assert "It takes 20 days" in card(trained(), date(2024, 4, 10))  # two weeks without


def test_a_chance_is_shown_only_where_it_beats_the_base_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ahead.WeekAhead(
        chance=0.62, base=0.5, n=400, went=200, log_loss=0.60, base_log_loss=0.69, brier=0.20, base_brier=0.25
    )  # fmt: skip
    monkeypatch.setattr(usual, "week_ahead", lambda *_: said)
    weighed = replace(trained(), measurements=readings(np.full(30, 80.0)).measurements)
    shown = card(replace(weighed), date(2024, 2, 10), direction="lose")
    assert "down in the week that follows 62 times in 100" in shown
    assert "it does 50 times in 100 anyway" in shown
    assert "20 % nearer" in shown
    worse = replace(said, log_loss=0.70)
    assert not worse.beats_the_base_rate
    assert not replace(said, n=100).beats_the_base_rate
    monkeypatch.setattr(usual, "week_ahead", lambda *_: worse)
    shown = card(replace(weighed), date(2024, 2, 10), direction="gain")
    assert "cannot be told" in shown
    assert "62" not in shown
    assert "in 100" not in card(replace(weighed), date(2024, 2, 10), direction="keep")


@pytest.mark.parametrize(
    ("sigmas", "levels", "sides"),
    [
        ([-0.9, -0.4], [0, 1], ["left", "left"]),
        ([-0.9, -0.4, 0.5], [0, 1, 0], ["left", "left", "right"]),
        ([-0.9, -0.4, 1.2, 3.0, 4.4], [0, 1, 2, 3, 4], ["left", "left", "left", "left", "left"]),
        ([-5.0, 0.2], [1, 0], ["right", "right"]),
        ([-5.0, -0.1, 4.0], [1, 0, 2], ["right", "right", "left"]),
    ],
)
def test_no_stem_crosses_a_name(sigmas: list[float], levels: list[int], sides: list[str]) -> None:
    placed = [Mark(measure="volume_kg", value=1, mean=1, deviation=1, n=30, sigmas=each) for each in sigmas]
    assert drawn._sides(placed, 2.4) == sides
    assert drawn._levels(placed, sides) == levels
