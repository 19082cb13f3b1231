"""The arithmetic of an activity's time series: distance, moving time, ascent, means, kilometres, pictures. Metres, seconds.

A series is the columns of `health.packed`: arrays of one length, NaN where a point does not say, `time_s` never falling.

The rules, each a constant below:
- distance, where a file states none: great-circle distances from point to point, none across a pause
- moving: a step between two points counts where the speed over it and 5 s to either side is at least 0.5 m/s
- ascent: altitudes are first averaged over 15 s to either side; a climb counts once it has reached 2 m
- means over time: a point counts until the next one, 30 s at most; a cadence of 0 is no cadence, 0 watts are watts
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from health.packed import Columns, Floats

EARTH_M = 6_371_008.8  # mean radius
STANDING_MPS = 0.5
SPEED_WINDOW_S = 5.0
ALTITUDE_WINDOW_S = 15.0
CLIMB_M = 2.0
LONGEST_STEP_S = 30.0
PICTURE_WINDOW_S = 15.0
MOST_SHOWN = 600
Ints = npt.NDArray[np.int64]


def distances_m(lat_deg: Floats, lon_deg: Floats, breaks: Ints | None = None) -> Floats:
    """How far each point is from the first along the way; a point without a place stands where the last one was.

    `breaks` are the places of points that a pause came before: the way to them does not count.
    """
    known = np.flatnonzero(np.isfinite(lat_deg) & np.isfinite(lon_deg))
    steps = np.zeros(len(lat_deg))
    if len(known) > 1:
        lat, lon = np.radians(lat_deg[known]), np.radians(lon_deg[known])
        half = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
        steps[known[1:]] = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    if breaks is not None and len(breaks):
        first_known = known[np.minimum(np.searchsorted(known, breaks), max(len(known) - 1, 0))] if len(known) else breaks
        steps[first_known] = 0.0
    return np.cumsum(steps)


def filled(values: Floats, time_s: Floats) -> Floats:
    """`values` with gaps bridged by straight lines, level before the first and after the last; all NaN where none is known."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(values), np.nan)
    return np.interp(time_s, time_s[known], values[known])


def moving_steps(time_s: Floats, distance_m: Floats) -> npt.NDArray[np.bool_]:
    """For each step between two points (one fewer than points) whether the wearer was moving."""
    if len(time_s) < 2:
        return np.zeros(max(len(time_s) - 1, 0), dtype=bool)
    far = filled(distance_m, time_s)
    long = np.diff(time_s) >= 2 * SPEED_WINDOW_S
    reach = np.where(long, 0.0, SPEED_WINDOW_S)
    begin, end = np.maximum(time_s[:-1] - reach, time_s[0]), np.minimum(time_s[1:] + reach, time_s[-1])
    went = np.interp(end, time_s, far) - np.interp(begin, time_s, far)
    moving: npt.NDArray[np.bool_] = (np.diff(time_s) > 0) & (went >= STANDING_MPS * (end - begin))
    return moving


def moving_s(time_s: Floats, distance_m: Floats) -> float:
    """The time in motion; NaN where no distance is known."""
    if not np.isfinite(distance_m).any():
        return float("nan")
    return float(np.diff(time_s)[moving_steps(time_s, distance_m)].sum())


def ascent_m(time_s: Floats, altitude_m: Floats) -> float:
    """Metres climbed; NaN where no altitude is known."""
    known = np.isfinite(altitude_m)
    if not known.any():
        return float("nan")
    total, low, high = 0.0, np.inf, -np.inf
    for height in smoothed(time_s[known], altitude_m[known], ALTITUDE_WINDOW_S).tolist():
        if high - low >= CLIMB_M and height < high - CLIMB_M:  # over the top: what was climbed counts
            total, low, high = total + high - low, height, height
        elif height < low:
            low = high = height
        else:
            high = max(high, height)
    return float(total + (high - low if high - low >= CLIMB_M else 0.0))


def smoothed(time_s: Floats, values: Floats, reach_s: float) -> Floats:
    """The mean of the known values within `reach_s` of each point; NaN where there is none."""
    known = np.isfinite(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    low, high = np.searchsorted(time_s, time_s - reach_s), np.searchsorted(time_s, time_s + reach_s, side="right")
    n = counts[high] - counts[low]
    result = np.full(len(values), np.nan)
    np.divide(sums[high] - sums[low], n, out=result, where=n > 0)
    return result


def mean(time_s: Floats, values: Floats, *, zero_counts: bool = True) -> float:
    """The mean over time; NaN where nothing is known."""
    known = np.isfinite(values) & (zero_counts | (values > 0))
    if not known.any():
        return float("nan")
    lasts = np.minimum(np.append(np.diff(time_s), 0.0), LONGEST_STEP_S)
    weights = np.where(known, lasts, 0.0)
    if weights.sum() <= 0:
        return float(values[known].mean())
    return float((weights * np.where(known, values, 0.0)).sum() / weights.sum())


# -- kilometres -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Split:
    """One kilometre (or mile): its number from 1, its length (the last may be shorter), moving time, pace, pulse, climb."""

    number: int
    distance_m: float
    moving_s: float
    speed_mps: float
    heart_rate_bpm: float
    ascent_m: float


def splits(series: Mapping[str, Floats], each_m: float = 1000.0, shortest_m: float = 50.0) -> list[Split]:
    """The series cut at every `each_m`; a rest shorter than `shortest_m` is left out. Empty without time and distance."""
    if "time_s" not in series or "distance_m" not in series or not np.isfinite(series["distance_m"]).any():
        return []
    time = series["time_s"]
    far = np.maximum.accumulate(filled(series["distance_m"], time))
    moved = np.concatenate([[0.0], np.cumsum(np.where(moving_steps(time, far), np.diff(time), 0.0))])
    ends = np.append(np.arange(each_m, far[-1], each_m), far[-1])
    rising = np.append(True, np.diff(far) > 0)
    at, clock = np.interp(ends, far[rising], time[rising]), np.interp(ends, far[rising], moved[rising])
    found: list[Split] = []
    begin_m, begin_s, begin_clock = 0.0, float(time[0]), 0.0
    for end_m, end_s, end_clock in zip(ends.tolist(), at.tolist(), clock.tolist(), strict=True):
        if end_m - begin_m >= min(shortest_m, each_m):
            found.append(_split(series, len(found) + 1, (begin_m, end_m), (begin_s, end_s), end_clock - begin_clock))
        begin_m, begin_s, begin_clock = end_m, end_s, end_clock
    return found


def _split(series: Mapping[str, Floats], number: int, way: tuple[float, float], span: tuple[float, float], moved: float) -> Split:
    time = series["time_s"]
    inside = slice(int(np.searchsorted(time, span[0])), int(np.searchsorted(time, span[1], side="right")))
    pulse = series.get("heart_rate_bpm")
    height = series.get("altitude_m")
    length = way[1] - way[0]
    return Split(
        number=number,
        distance_m=length,
        moving_s=moved,
        speed_mps=length / moved if moved > 0 else float("nan"),
        heart_rate_bpm=float("nan") if pulse is None else mean(time[inside], pulse[inside]),
        ascent_m=float("nan") if height is None else ascent_m(time[inside], height[inside]),
    )


# -- pictures -------------------------------------------------------------------------------------------------------------------


def shown(series: Mapping[str, Floats], most: int = MOST_SHOWN) -> Columns:
    """The series as it is drawn, at most `most` points: even steps of the way (of the time where there is none).

    Columns as in the series, smoothed over 15 s to either side, and `speed_mps` where the way is known (NaN while standing).
    """
    time = series["time_s"]
    far = filled(series["distance_m"], time) if "distance_m" in series else np.full(len(time), np.nan)
    has_way = bool(np.isfinite(far).any()) and far[-1] > far[0]
    drawn = {name: values for name, values in series.items() if name not in ("lat_deg", "lon_deg", "time_s", "distance_m")}
    made: Columns = {name: smoothed(time, values, PICTURE_WINDOW_S) for name, values in drawn.items()}
    made |= {"time_s": time, "distance_m": far}
    if has_way:
        made["speed_mps"] = speeds_mps(time, far)
    places = _even(far if has_way else time, most)
    return {name: values[places] for name, values in made.items()}


def speeds_mps(time_s: Floats, distance_m: Floats) -> Floats:
    """The speed over 15 s to either side of each point; NaN while standing."""
    begin, end = np.maximum(time_s - PICTURE_WINDOW_S, time_s[0]), np.minimum(time_s + PICTURE_WINDOW_S, time_s[-1])
    went = np.interp(end, time_s, distance_m) - np.interp(begin, time_s, distance_m)
    result = np.full(len(time_s), np.nan)
    np.divide(went, end - begin, out=result, where=(end > begin) & (went >= STANDING_MPS * (end - begin)))
    return result


def route(series: Mapping[str, Floats], most: int = MOST_SHOWN) -> tuple[Floats, Floats]:
    """The way on flat paper, metres east and north of its middle, at most `most` points; empty without places."""
    lat, lon = series.get("lat_deg"), series.get("lon_deg")
    if lat is None or lon is None:
        return np.array([]), np.array([])
    known = np.isfinite(lat) & np.isfinite(lon)
    if known.sum() < 2:
        return np.array([]), np.array([])
    lat, lon = lat[known], lon[known]
    lon = np.where(lon - lon[0] > 180, lon - 360, np.where(lon - lon[0] < -180, lon + 360, lon))  # over the date line
    middle = (lat.min() + lat.max()) / 2
    north = np.radians(lat - middle) * EARTH_M
    east = np.radians(lon - (lon.min() + lon.max()) / 2) * EARTH_M * np.cos(np.radians(middle))
    far = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(east), np.diff(north)))])
    places = _even(far, most)
    return east[places], north[places]


def _even(along: Floats, most: int) -> Ints:
    """At most `most` places of a rising column in even steps, the first and the last among them."""
    if len(along) <= most:
        return np.arange(len(along))
    rising = np.maximum.accumulate(along)
    places = np.searchsorted(rising, np.linspace(rising[0], rising[-1], most - 1))
    return np.unique(np.append(np.minimum(places, len(along) - 1), len(along) - 1))
