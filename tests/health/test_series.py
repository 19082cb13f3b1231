"""The arithmetic of a time series, worked out by hand."""

import math

import numpy as np
import pytest

from health import series

SECONDS = np.arange(601.0)


def steady(speed: float = 3.0) -> dict[str, np.ndarray]:
    return {"time_s": SECONDS, "distance_m": SECONDS * speed}


def test_distance_along_a_meridian_and_none_across_a_pause() -> None:
    lat, lon = np.array([0.0, 0.001, 0.002, 0.002]), np.zeros(4)
    step = math.pi * series.EARTH_M / 180 / 1000
    np.testing.assert_allclose(series.distances_m(lat, lon), [0, step, 2 * step, 2 * step])
    np.testing.assert_allclose(series.distances_m(lat, lon, np.array([2])), [0, step, step, step])
    gap = series.distances_m(np.array([0.0, np.nan, 0.002]), np.array([0.0, np.nan, 0.0]))
    np.testing.assert_allclose(gap, [0, 0, 2 * step])
    assert list(series.distances_m(np.full(3, np.nan), np.full(3, np.nan))) == [0, 0, 0]


def test_moving_leaves_a_pause_out_wherever_points_go_on_or_not() -> None:
    assert series.moving_s(time_s=SECONDS, distance_m=SECONDS * 3) == 600
    stopped = np.where(SECONDS < 200, SECONDS, np.where(SECONDS < 400, 200, SECONDS - 200)) * 3
    assert series.moving_s(SECONDS, stopped) == pytest.approx(400, abs=8)  # the five seconds to either side
    jumped = np.where(SECONDS > 300, SECONDS + 900, SECONDS)  # no points while it stood
    assert series.moving_s(jumped, SECONDS * 3) == 599
    assert math.isnan(series.moving_s(SECONDS, np.full(601, np.nan)))
    assert series.moving_s(np.array([0.0]), np.array([0.0])) == 0


def test_ascent_counts_climbs_of_two_metres_and_no_noise() -> None:
    hill = 10 + 20 * (1 - np.abs(SECONDS - 300) / 300)
    assert series.ascent_m(SECONDS, hill) == pytest.approx(20, abs=1.1)
    assert series.ascent_m(SECONDS, np.full(601, 99.0) + np.sin(SECONDS)) == 0
    assert series.ascent_m(SECONDS, 100 - SECONDS / 10) == 0
    two = 10 + 10 * np.abs(np.sin(SECONDS * math.pi / 300))
    assert series.ascent_m(SECONDS, two) == pytest.approx(20, abs=2)  # each top and the hollow lose a little to the mean
    assert math.isnan(series.ascent_m(SECONDS, np.full(601, np.nan)))


def test_a_mean_is_over_time() -> None:
    time, beats = np.array([0.0, 10, 40, 41]), np.array([100.0, 160, np.nan, 120])
    assert series.mean(time, beats) == pytest.approx((100 * 10 + 160 * 30) / 40)
    assert series.mean(np.array([0.0, 3600, 3601]), np.array([100.0, 160, 160])) == pytest.approx((100 * 30 + 160) / 31)
    assert series.mean(time, np.array([0.0, 80, 80, 80]), zero_counts=False) == 80
    assert math.isnan(series.mean(time, np.full(4, np.nan)))
    assert series.mean(np.array([5.0]), np.array([120.0])) == 120


def test_splits_are_kilometres_in_moving_time() -> None:
    found = series.splits({**steady(), "heart_rate_bpm": np.where(SECONDS < 400, 140.0, 160.0)})
    assert [(each.number, round(each.distance_m)) for each in found] == [(1, 1000), (2, 800)]
    assert [each.moving_s for each in found] == pytest.approx([333.3, 266.7], abs=0.1)
    assert found[0].heart_rate_bpm == 140
    assert found[1].speed_mps == pytest.approx(3)
    paused = {"time_s": np.where(SECONDS > 400, SECONDS + 600, SECONDS), "distance_m": SECONDS * 3}
    assert sum(each.moving_s for each in series.splits(paused)) == pytest.approx(599, abs=0.1)
    assert series.splits(steady(), 5000)[0].distance_m == 1800
    assert series.splits({"time_s": SECONDS}) == []
    assert len(series.splits({"time_s": SECONDS, "distance_m": SECONDS / 601 * 1020})) == 1, "20 m more are no split"


def test_what_is_drawn_is_thinned_with_its_ends() -> None:
    long = {"time_s": np.arange(20_000.0), "distance_m": np.arange(20_000.0) * 3, "heart_rate_bpm": np.full(20_000, 140.0)}
    drawn = series.shown(long)
    assert {len(each) for each in drawn.values()} <= set(range(500, 601))
    assert (drawn["distance_m"][0], drawn["distance_m"][-1]) == (0, 59_997)
    assert drawn["speed_mps"] == pytest.approx(np.full(len(drawn["speed_mps"]), 3.0))
    assert "speed_mps" not in series.shown({"time_s": SECONDS, "power_w": SECONDS})
    standing = series.shown({"time_s": SECONDS, "distance_m": np.minimum(SECONDS, 300) * 3})
    assert np.isnan(standing["speed_mps"][-1])


def test_a_route_is_flat_paper_and_crosses_the_date_line() -> None:
    east, north = series.route({"lat_deg": np.array([60.0, 60.0, 60.01]), "lon_deg": np.array([179.99, -179.99, -179.99])})
    assert np.diff(east)[0] == pytest.approx(0.02 * math.pi / 180 * series.EARTH_M * math.cos(math.radians(60.005)), rel=1e-6)
    assert north[-1] - north[0] == pytest.approx(1111.95, abs=0.1)
    assert len(series.route({"lat_deg": np.array([1.0]), "lon_deg": np.array([1.0])})[0]) == 0
    assert len(series.route({})[0]) == 0
