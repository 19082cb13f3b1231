"""Which records are one thing: pairs that the rule allows, and from them things of at most one record of each source (each app of
a collection such as Apple Health being one).

The closest pair first. A record joins a thing only where it may be one with every other service's word in it, so no chain of
small steps joins two that differ. The answer hangs on the records alone, never on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from health.days import zone_info
from health.merging_rules import (
    CLOCK_US,
    NAMED_BY_NUMBER,
    REACH,
    RULES,
    SERVICES,
    WALL_CLOCK,
    Floats,
    Rows,
    Rule,
    Whole,
)

Pairs: TypeAlias = tuple[Whole, Whole]
_MOST = 16  # candidates looked at on each side of a record
_NONE: Whole = np.empty(0, np.int64)
# The kinds of evidence, the strongest first.
NAMED, NAMED_BY_CLOCK, AT_ONE_TIME, BY_THE_CLOCK, ON_ONE_DAY = range(5)


@dataclass(kw_only=True)
class Edges:
    """Pairs that may be one thing: node numbers i < j, the evidence, how far apart in time (µs) and in what they say."""

    i: Whole
    j: Whole
    evidence: Whole
    time: Floats
    value: Floats


def matched(kind: str, rows: Rows, apart: Iterable[frozenset[str]] = ()) -> Whole:
    """For each record the number of the first record that it is one thing with (its own where it stands alone).

    `apart` are pairs of ids that a person keeps apart.
    """
    first = np.arange(len(rows))
    if len(rows.sources) < 2 and not _of_several_apps(rows):
        return first
    forbidden = _forbidden(rows, apart)
    edges = _edges(kind, rows, forbidden)
    if not len(edges.i):
        return first
    parts = _components(len(rows), edges)
    easy = _complete(parts, edges)
    touched = np.concatenate([edges.i, edges.j])
    whole = np.unique(touched[easy[touched]])
    first[whole] = parts[whole]
    hard = ~easy[edges.i]
    if hard.any():
        _grown(rows, Edges(**{name: values[hard] for name, values in vars(edges).items()}), forbidden, first)
    return first


# -- pairs


def _edges(kind: str, rows: Rows, forbidden: set[tuple[int, int]]) -> Edges:
    found: list[Edges] = []
    rule = RULES.get(kind)
    of = [np.flatnonzero(rows.source == at) for at in range(len(rows.sources))]
    for a, b in combinations(range(len(of)), 2):
        one, other = rows.sources[a], rows.sources[b]
        service = SERVICES.get(one)
        if service is not None and service == SERVICES.get(other):
            found += _of_a_service(rows, service, of[a], of[b])
        elif rule is not None:
            found += _across(rows, rule, of[a], of[b], by_clock=one in WALL_CLOCK or other in WALL_CLOCK)
    if rule is not None and _of_several_apps(rows):
        found += _between_apps(rows, rule)
    if not found:
        return Edges(i=_NONE, j=_NONE, evidence=_NONE, time=np.empty(0), value=np.empty(0))
    return _without(Edges(**{name: np.concatenate([vars(each)[name] for each in found]) for name in vars(found[0])}), forbidden)


def _of_several_apps(rows: Rows) -> bool:
    told = rows.app[rows.app > 0]
    return bool(len(told)) and bool((told != told[0]).any())


def _between_apps(rows: Rows, rule: Rule) -> list[Edges]:
    """Pairs of two apps' records in one collection: what an app copied from another one, or both recorded, came by one export."""
    found = []
    for name in np.unique(rows.source[rows.app > 0]).tolist():
        mine = np.flatnonzero((rows.source == name) & (rows.app > 0))
        for each in _across(rows, rule, mine, mine, by_clock=False):
            two = rows.app[each.i] != rows.app[each.j]
            found.append(Edges(**{field: values[two] for field, values in vars(each).items()}))
    return found


def _without(edges: Edges, forbidden: set[tuple[int, int]]) -> Edges:
    if not forbidden:
        return edges
    free = np.array([pair not in forbidden for pair in zip(edges.i.tolist(), edges.j.tolist(), strict=True)], dtype=np.bool_)
    return Edges(**{name: values[free] for name, values in vars(edges).items()})


def _of_a_service(rows: Rows, service: str, a: Whole, b: Whole) -> list[Edges]:
    """Pairs that two routes of one service name alike: no measure is asked, for the name says it."""
    if service in NAMED_BY_NUMBER:
        number = {rows.bodies[at]["native_id"]: at for at in b.tolist()}
        same = [(at, number[name]) for at in a.tolist() if (name := rows.bodies[at]["native_id"]) in number]
        pairs = np.array(same, dtype=np.int64).reshape(-1, 2)
        return [_named(rows, pairs[:, 0], pairs[:, 1], NAMED)]
    i, j = _close(rows.at, a, b, np.zeros(len(a)))
    # A pair that nobody else wants is settled; the rest may also go by the clock.
    pairs = np.bincount(np.concatenate([i, j]), minlength=len(rows))
    settled = (pairs[i] == 1) & (pairs[j] == 1)
    left_a, left_b = np.setdiff1d(a, i[settled]), np.setdiff1d(b, j[settled])
    if not len(left_a) or not len(left_b):
        return [_named(rows, i, j, NAMED)]
    clock = _clock(rows, np.concatenate([left_a, left_b]), as_written=True)
    k, m = _close(clock, left_a, left_b, np.zeros(len(left_a)))
    return [_named(rows, i, j, NAMED), _named(rows, k, m, NAMED_BY_CLOCK)]


def _named(rows: Rows, i: Whole, j: Whole, evidence: int) -> Edges:
    return _edges_of(i, j, evidence, np.abs(rows.at[i] - rows.at[j]).astype(float), np.zeros(len(i)))


def _across(rows: Rows, rule: Rule, a: Whole, b: Whole, *, by_clock: bool) -> list[Edges]:
    """Pairs of two services: at one time, by the clock where one of them writes no zone, on one day where one has only that."""
    at_a, at_b = a[~rows.day_only[a]], b[~rows.day_only[b]]
    reach = np.full(len(at_a), float(CLOCK_US))
    if rule.by_length:
        reach = np.fmax(reach, rows.length_s[at_a] * 1e6 * REACH)
    found = [_agreed(rows, rule, _close(rows.at, at_a, at_b, reach), AT_ONE_TIME, rows.at)]
    if by_clock:
        # What goes by its instant needs no clock: the two differ by a zone that was wrong.
        settled = np.concatenate([found[0].i, found[0].j])
        left_a, left_b = np.setdiff1d(at_a, settled), np.setdiff1d(at_b, settled)
        if len(left_a) and len(left_b):
            clock = _clock(rows, np.concatenate([left_a, left_b]))
            i, j = _close(clock, left_a, left_b, np.full(len(left_a), float(CLOCK_US)))
            elsewhere = np.abs(rows.at[i] - rows.at[j]) > CLOCK_US
            found.append(_agreed(rows, rule, (i[elsewhere], j[elsewhere]), BY_THE_CLOCK, clock))
    if rule.by_day:
        days_a, days_b = a[rows.day_only[a]], b[rows.day_only[b]]
        for left, right in ((days_a, b), (at_a, days_b)):
            found.append(_agreed(rows, rule, _close(rows.day, left, right, np.zeros(len(left))), ON_ONE_DAY, rows.at))
    return [each for each in found if len(each.i)]


def _agreed(rows: Rows, rule: Rule, pairs: Pairs, evidence: int, time: Whole) -> Edges:
    i, j = pairs
    if not len(i):
        return _edges_of(i, j, evidence, np.empty(0), np.empty(0))
    agree, value = rule.agree(rows, time, i, j)
    if evidence == ON_ONE_DAY and rule.day_number is not None:
        said = rows.numbers.get(rule.day_number, np.full(len(rows), np.nan))
        agree = agree & ~np.isnan(said[i] + said[j])
    i, j, value = i[agree], j[agree], value[agree]
    # Of the readings of a day that say the same, a row without a time is the first: the place in the order stands for it.
    apart = np.zeros(len(i)) if evidence == ON_ONE_DAY else np.abs(time[i] - time[j]).astype(float)
    return _edges_of(i, j, evidence, apart, value)


def _edges_of(i: Whole, j: Whole, evidence: int, time: Floats, value: Floats) -> Edges:
    return Edges(i=np.minimum(i, j), j=np.maximum(i, j), evidence=np.full(len(i), evidence), time=time, value=value)


def _close(scale: Whole, a: Whole, b: Whole, reach: Floats) -> Pairs:
    """Pairs of a record of `a` and one of `b` that lie within `reach` on `scale`, at most _MOST on each side.

    Of equals the first goes with the first: a thousand rows at one instant meet a thousand without a million pairs.
    """
    if not len(a) or not len(b):
        return _NONE, _NONE
    a_by, b_by = np.argsort(scale[a], kind="stable"), np.argsort(scale[b], kind="stable")
    a, b, reach = a[a_by], b[b_by], reach[a_by]
    here, there = scale[a], scale[b]
    place = np.searchsorted(there, here) + np.arange(len(a)) - np.searchsorted(here, here)
    low = np.maximum(np.searchsorted(there, here - reach), place - _MOST)
    high = np.minimum(np.searchsorted(there, here + reach, side="right"), place + _MOST + 1)
    count = np.maximum(high - low, 0)
    i = np.repeat(np.arange(len(a)), count)
    j = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    return a[i], b[j]


def _clock(rows: Rows, which: Whole, *, as_written: bool = False) -> Whole:
    """The wall clock of those records in µs (of all others their instant); `as_written`: as a file itself says it.

    The hour that spring leaves out, or an import under another zone, gives a file's row another instant than the service's.
    """
    clock = rows.at.copy()
    by_zone: dict[str, list[int]] = {}
    for at in which.tolist():
        by_zone.setdefault(rows.bodies[at]["zone"], []).append(at)
    for zone, members in by_zone.items():
        instants = pd.DatetimeIndex(rows.at[members].view("datetime64[us]")).tz_localize("UTC")
        clock[members] = instants.tz_convert(zone_info(zone)).tz_localize(None).to_numpy().astype("datetime64[us]").view(np.int64)
    if as_written:
        for at in which.tolist():
            if rows.sources[rows.source[at]] in WALL_CLOCK:
                clock[at] = _written(rows.bodies[at], int(clock[at]))
        clock -= clock % 1_000_000
    return clock


def _written(body: Mapping[str, Any], made: int) -> int:
    try:
        wall = datetime.fromisoformat(body["native_id"][:19]).replace(tzinfo=None)
    except ValueError:  # written in another way: what was made of it
        return made
    return int(np.datetime64(wall, "us").astype(np.int64))


def _forbidden(rows: Rows, apart: Iterable[frozenset[str]]) -> set[tuple[int, int]]:
    pairs = [pair for pair in apart if len(pair) == 2]
    if not pairs:
        return set()
    wanted = frozenset().union(*pairs)
    place = {body["id"]: at for at, body in enumerate(rows.bodies) if body["id"] in wanted}
    found = [sorted(place[each] for each in pair if each in place) for pair in pairs]
    return {(each[0], each[1]) for each in found if len(each) == 2}


# -- things


def _components(count: int, edges: Edges) -> Whole:
    """For each record the first record it hangs together with."""
    label = np.arange(count)
    while True:
        least = np.minimum(label[edges.i], label[edges.j])
        after = label.copy()
        np.minimum.at(after, edges.i, least)
        np.minimum.at(after, edges.j, least)
        after = after[after]
        if np.array_equal(after, label):
            return label
        label = after


def _complete(parts: Whole, edges: Edges) -> np.typing.NDArray[np.bool_]:
    """Records of parts in which each may be one with each: the whole part is one thing (no two are of one source)."""
    size = np.bincount(parts, minlength=len(parts))
    pairs = np.unique(edges.i * len(parts) + edges.j) // len(parts)
    joined = np.bincount(parts[pairs], minlength=len(parts))
    return np.asarray((joined == size * (size - 1) // 2)[parts])


def _grown(rows: Rows, edges: Edges, forbidden: set[tuple[int, int]], first: Whole) -> None:
    """Things from pairs that contend: the strongest evidence, then the closest, first. Writes into `first`."""
    order = np.lexsort((edges.j, edges.i, edges.value, edges.time, edges.evidence))
    pairs = list(zip(edges.i[order].tolist(), edges.j[order].tolist(), strict=True))
    allowed, things = set(pairs), {at: [at] for pair in pairs for at in pair}
    named = zip(rows.source.tolist(), rows.app.tolist(), strict=True)
    sources = [f"{rows.sources[at]}/{app}" if app else rows.sources[at] for at, app in named]
    for i, j in pairs:
        one, other = things[i], things[j]
        if one is not other and _may_join(one, other, sources, allowed, forbidden):
            both = sorted([*one, *other])
            for at in both:
                things[at] = both
    for at, members in things.items():
        first[at] = members[0]


def _may_join(
    one: list[int], other: list[int], sources: list[str], allowed: set[tuple[int, int]], forbidden: set[tuple[int, int]]
) -> bool:
    """One record of each source at most; none kept apart; each two services agree in one pair of theirs, each two routes of one
    service in every pair."""
    voices: dict[tuple[str, str], bool] = {}
    for a in one:
        for b in other:
            pair = (min(a, b), max(a, b))
            if sources[a] == sources[b] or pair in forbidden:
                return False
            service, second = (SERVICES.get(sources[at], sources[at]) for at in (a, b))
            if service == second and pair not in allowed:
                return False
            voices[service, second] = voices.get((service, second), False) or pair in allowed
    return all(voices.values())
