"""When two records of different sources can be one thing: the tables and tolerances, over arrays of pairs.

docs/decisions/0015-merging.md says why each number is what it is. Nothing here looks at more than two records at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from health.quantities import QUANTITIES
from health.units import KG_PER_LB

Body: TypeAlias = Mapping[str, Any]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Whole: TypeAlias = npt.NDArray[np.int64]

# Two routes to one service name one thing alike: an activity by its number, everything of Withings by its instant.
SERVICES: Final = {"strava_api": "strava", "strava_export": "strava", "withings_api": "withings", "withings_export": "withings"}
# What passes on the records of many apps, each of them a source of its own: an id ends in the app's name there.
COLLECTIONS: Final = frozenset({"apple"})
NAMED_BY_NUMBER: Final = frozenset({"strava"})
# Sources that write what the clock on the wall showed and no zone: their instant is a reading of ours.
WALL_CLOCK: Final = frozenset({"withings_export", "weight_csv", "fitbit", "strong", "hevy", "fitnotes", "fitbod", "weekly"})

CLOCK_US: Final = 90_000_000  # a minute that was cut off and half a minute of clock drift
SHARED: Final = 0.8  # of the longer one: how much of their time two activities share
REACH: Final = 0.25  # of either one's length: how far apart their starts can be then
DISTANCE_SHARE, DISTANCE_M = 0.02, 30.0
DURATION_SHARE, DURATION_S = 0.05, 60.0
LEAST_SETS: Final = 3
LOAD_KG: Final = 0.25

_LEAST = {"mass": 0.05, "ratio": 0.0005}  # what a conversion to pounds, or a percentage with one decimal, leaves
_WITHIN = {"rate": 1.0, "pressure": 1.0, "length": 0.01, "temperature": 0.1}
_SHARE = 0.01
# What a watch reads all day, and what never changes, tell no reading from another.
_MUTE = frozenset({"height_m", *(key for key, row in QUANTITIES.items() if row.dimension == "rate")})
_LB = float(KG_PER_LB)
_LB_SLACK = 5e-4  # some apps reckon with 0.453592
_TINY = 2e-6  # stored numbers have six places

_FAMILIES = {"hike": "walk"}
_ANY_SPORT = frozenset({"other", "workout"})


@dataclass(kw_only=True)
class Rows:
    """The records of one kind as arrays of N, ordered by `at`, then id.

    `at` is microseconds since 1970, `day` a number of days, `source` a place in `sources`, `app` a number for the app whose record
    the source passed on (equal for one app), 0 where the source is no such collection. `numbers` are the quantities or number
    fields by name, NaN where absent; `length_s` how long each lasted, NaN where nothing says it.
    """

    bodies: list[Body]
    at: Whole
    day: Whole
    day_only: Flags
    source: Whole
    app: Whole
    sources: tuple[str, ...]
    numbers: Mapping[str, Floats]
    length_s: Floats

    def __len__(self) -> int:
        return len(self.bodies)

    @cached_property
    def sports(self) -> tuple[Whole, Flags]:
        """A number for the family of each record's sport, and whether that can be any sport."""
        names = [str(each.get("sport", "other")) for each in self.bodies]
        known = sorted({*names, *_FAMILIES.values()})
        number = {name: known.index(_FAMILIES.get(name, name)) for name in known}
        return np.array([number[name] for name in names]), np.array([name in _ANY_SPORT for name in names])


# What two of a kind have to agree in: (rows, their times in µs, i, j) -> which pairs agree, and how far apart they are.
Agree: TypeAlias = Callable[[Rows, Whole, Whole, Whole], tuple[Flags, Floats]]


def rounding(quantity: str, values: Floats) -> Floats:
    """To what each value was rounded, as far as it shows: 80.4 kg to 0.1, 80.285849 kg (177 lb) to a whole pound."""
    dimension = QUANTITIES[quantity].dimension
    steps = (1e-1, 1e-2, 1e-3) if dimension == "mass" else (1e-2, 1e-3, 1e-4)
    found = np.full(len(values), 0.0)
    if dimension == "mass":
        for step in (0.01, 0.1, 1.0):
            found = np.where(_is_multiple(values / _LB, step, _LB_SLACK), step * _LB, found)
    for step in reversed(steps):
        found = np.where(_is_multiple(values, step, _TINY), step, found)
    return found


def _is_multiple(values: Floats, step: float, slack: float) -> Flags:
    return np.asarray(np.abs(values - np.round(values / step) * step) <= slack)


def same_values(quantity: str, one: Floats, other: Floats) -> Flags:
    """Whether two readings of a quantity can be one: equal as far as the coarser one was printed."""
    dimension = QUANTITIES[quantity].dimension
    if dimension in _LEAST:
        coarser = np.maximum(rounding(quantity, one), rounding(quantity, other))
        allowed = np.maximum(coarser / 2, _LEAST[dimension])
    elif dimension in _WITHIN:
        allowed = np.full(len(one), _WITHIN[dimension])
    else:
        allowed = np.maximum(np.abs(one), np.abs(other)) * _SHARE
    return np.asarray(np.abs(one - other) <= allowed + _TINY)


def readings_agree(rows: Rows, _time: Whole, i: Whole, j: Whole) -> tuple[Flags, Floats]:
    """Every quantity that both read is the same, and there is one that tells readings apart."""
    agree, common = np.ones(len(i), np.bool_), np.zeros(len(i), np.bool_)
    apart = np.zeros(len(i))
    for name, values in rows.numbers.items():
        one, other = values[i], values[j]
        both = ~(np.isnan(one) | np.isnan(other))
        if not both.any():
            continue
        if name not in _MUTE:
            common |= both
        agree[both] &= same_values(name, one[both], other[both])
        if name == "body_mass_kg":
            apart = np.where(both, np.abs(one - other), apart)
    return agree & common, apart


def activities_agree(rows: Rows, time: Whole, i: Whole, j: Whole) -> tuple[Flags, Floats]:
    """The same sport, most of their time shared, distance and duration within tolerance where both say them."""
    elapsed, moving, distance = (_said(rows, name) for name in ("elapsed_s", "moving_s", "distance_m"))
    far = _near(distance[i], distance[j], DISTANCE_SHARE, DISTANCE_M)
    lasted = _near(elapsed[i], elapsed[j], DURATION_SHARE, DURATION_S)
    by_elapsed, by_moving = ~np.isnan(elapsed[i] + elapsed[j]), ~np.isnan(moving[i] + moving[j])
    either = np.where(np.isnan(elapsed), moving, elapsed)
    # Like is compared with like: a pause for coffee is in the one and not in the other.
    long_i, long_j = (np.where(by_elapsed, elapsed[at], np.where(by_moving, moving[at], either[at])) for at in (i, j))
    family, any_sport = rows.sports
    one_sport = (family[i] == family[j]) | any_sport[i] | any_sport[j]
    common = by_elapsed | by_moving | ~np.isnan(distance[i] + distance[j])
    agree = one_sport & far & lasted & common & shares_time(time[i], time[j], long_i, long_j)
    return agree, np.nan_to_num(np.abs(distance[i] - distance[j]))


def _said(rows: Rows, name: str) -> Floats:
    """A number where it says something: 0 m and 0 s are what an app writes where nothing was measured."""
    values = rows.numbers[name]
    return np.where(values > 0, values, np.nan)


def _near(one: Floats, other: Floats, share: float, least: float) -> Flags:
    """Within `share` of the larger or `least`, or not said by both."""
    with np.errstate(invalid="ignore"):
        differ = np.abs(one - other) > np.maximum(np.maximum(one, other) * share, least)
    return np.asarray(~differ)


def shares_time(start_i: Whole, start_j: Whole, long_i: Floats, long_j: Floats) -> Flags:
    """Whether two stretches share most of the longer one; of one without a length, whether the starts are one moment."""
    apart = np.abs(start_i - start_j)
    end = np.minimum(start_i + long_i * 1e6, start_j + long_j * 1e6)
    shared = end - np.maximum(start_i, start_j)
    with np.errstate(invalid="ignore"):
        long = shared >= SHARED * np.maximum(long_i, long_j) * 1e6
    return np.asarray(np.where(np.isnan(long_i + long_j), apart <= CLOCK_US, long))


def sessions_agree(rows: Rows, _time: Whole, i: Whole, j: Whole) -> tuple[Flags, Floats]:
    """The same working sets in the same order; names are not compared: every app has its own."""
    sets: dict[int, list[tuple[float, float]]] = {}
    for at in {*i.tolist(), *j.tolist()}:
        working = [each for each in rows.bodies[at].get("sets", ()) if each.get("type") != "warmup"]
        sets[at] = [(float(each.get("reps") or 0), float(each.get("load_kg") or 0)) for each in working]
    agree = [_same_sets(sets[one], sets[other]) for one, other in zip(i.tolist(), j.tolist(), strict=True)]
    return np.array(agree, dtype=np.bool_), np.zeros(len(i))


def _same_sets(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> bool:
    if len(one) != len(other) or len(one) < LEAST_SETS:
        return False
    return all(a[0] == b[0] and abs(a[1] - b[1]) <= LOAD_KG for a, b in zip(one, other, strict=True))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What makes two records of a kind one thing. `by_length`: the longer they last, the more their starts may differ. `by_day`: a
    row that has only a day can be the one of that day that says the same; `day_number` is what both must say then."""

    agree: Agree
    by_length: bool = False
    by_day: bool = False
    day_number: str | None = None


RULES: Final[dict[str, Rule]] = {
    "measurement": Rule(agree=readings_agree, by_day=True, day_number="body_mass_kg"),
    "activity": Rule(agree=activities_agree, by_length=True),
    "workout": Rule(agree=sessions_agree, by_day=True),
}
