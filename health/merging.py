"""The same thing from several sources counted once: which records are one, and whose word counts for which field.

Records of one source never merge with each other; each app that Apple Health passes on is a source of its own. Across sources the
rule is `health.merging_rules`, the choice among candidates `health.merging_match`, whose word counts the tables below. Pure: equal
records and splits give equal things, in whatever order they came. No record is lost: each stands in exactly one thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, Final

import numpy as np

from health.merging_match import matched
from health.merging_rows import rows_after, rows_of
from health.merging_rules import Body, Flags, Floats, Rows, Whole

# Whose word counts first, by kind and by what is said; "*" is every source that is not named. A field that the first does not say
# is taken from the next.
_FILES = ("fit", "tcx", "gpx")
_BODY = ("withings_api", "withings_export", "fitbit", "*", "apple", "app", "weight_csv")
ORDERS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("measurement", "when"): ("app", *(each for each in _BODY if each != "app")),  # what was typed stays where it can be edited
    ("measurement", "numbers"): _BODY,
    # Where it was is best known to the service, what was measured to the file of the device that measured it.
    ("activity", "when"): ("strava_api", *_FILES, "withings_api", "withings_export", "*", "apple", "strava_export"),
    ("activity", "words"): ("strava_api", "strava_export", "app", "withings_api", "withings_export", "apple", *_FILES, "*"),
    ("activity", "numbers"): (*_FILES, "strava_api", "strava_export", "withings_api", "withings_export", "apple", "*"),
    ("workout", "when"): ("app", "sheets", "strong", "hevy", "fitbod", "*", "fitnotes", "weekly"),
    ("sleep", "when"): ("withings_api", "withings_export", "fitbit", "*", "apple"),
}
WORDS: Final[dict[str, tuple[str, ...]]] = {
    "activity": ("sport", "sport_type", "name"),
    "workout": ("name", "note"),
    "sleep": ("app", "is_nap"),
}
_TOGETHER: Final = {"sport_type": "sport"}  # a source's own word for the sport goes with our word for it
_SAYS_NOTHING: Final = {"sport": frozenset({"other"})}


@dataclass(frozen=True, kw_only=True, eq=False)
class Things:
    """The things of one kind. `members` (T, P): the records of each as places in `rows`, the one that names it first, -1 where it
    has fewer. Things stand in the order of the record that names them: by `at`, then id."""

    kind: str
    rows: Rows
    members: Whole
    _ranked: dict[str, Whole] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.members)

    @cached_property
    def leads(self) -> list[Body]:
        """The record that names each thing and says when and where it was."""
        bodies = self.rows.bodies
        return [bodies[at] for at in self.members[:, 0].tolist()]

    @cached_property
    def merged(self) -> dict[str, tuple[Body, ...]]:
        """The records of each thing that came from more than one source, by the thing's id, oldest thing first."""
        if self.members.shape[1] < 2:
            return {}
        bodies, several = self.rows.bodies, self.members[self.members[:, 1] >= 0].tolist()
        return {bodies[row[0]]["id"]: tuple(bodies[at] for at in row if at >= 0) for row in several}

    @cached_property
    def together(self) -> dict[tuple[str, ...], int]:
        """How many things several sources tell of, by those sources (by name)."""
        if self.members.shape[1] < 2:
            return {}
        several = self.members[self.members[:, 1] >= 0]
        told = np.sort(np.where(several >= 0, self.rows.source[several], -1), axis=1)
        kinds, counts = np.unique(told, axis=0, return_counts=True)
        names = [tuple(self.rows.sources[at] for at in row if at >= 0) for row in kinds.tolist()]
        return dict(zip(names, counts.tolist(), strict=True))

    def holding(self, id: str) -> tuple[Body, ...]:
        """The records of the thing that the record of that id stands in, the one that names it first; none where there is none."""
        bodies = self.rows.bodies
        place = next((at for at, each in enumerate(bodies) if each["id"] == id), None)
        if place is None:
            return ()
        row = self.members[np.flatnonzero((self.members == place).any(axis=1))[0]]
        return tuple(bodies[at] for at in row.tolist() if at >= 0)

    def last(self, most: int) -> list[tuple[Body, ...]]:
        """The records of the newest merged things, the newest first."""
        if self.members.shape[1] < 2:
            return []
        bodies, several = self.rows.bodies, np.flatnonzero(self.members[:, 1] >= 0)[-most:][::-1]
        return [tuple(bodies[at] for at in row if at >= 0) for row in self.members[several].tolist()]

    def number(self, name: str) -> Floats:
        """(T,) that field of each thing, NaN where nobody says it. An activity's 0 counts only where nobody says more."""
        values = self.rows.numbers[name]
        places = self._by_rank("numbers")
        if places.shape[1] < 2:
            return np.asarray(values[places[:, 0]])
        if self.kind != "activity":
            return _first(values, places)
        more = _first(np.where(values == 0, np.nan, values), places)
        return np.where(np.isnan(more), _first(values, places), more)

    def word(self, name: str) -> list[Any]:
        """That text of each thing, None where nobody says it."""
        bodies, says = self.rows.bodies, _TOGETHER.get(name, name)
        nothing = _SAYS_NOTHING.get(says, frozenset())
        places = self._by_rank("words")
        said = [bodies[at] for at in places[:, 0].tolist()]
        if places.shape[1] > 1:
            silent = [each.get(says) is None or each[says] in nothing for each in said]
            for at in np.flatnonzero(np.array(silent) & (places[:, 1] >= 0)).tolist():
                said[at] = _teller(bodies, places[at].tolist(), says, nothing)
        return [each.get(name) for each in said]

    def also(self) -> list[str | None]:
        """The other sources of each thing, `strava_export, fit`; None where there is none."""
        if self.members.shape[1] < 2:
            return [None] * len(self)
        names, source = self.rows.sources, self.rows.source
        others = np.where(self.members[:, 1:] >= 0, source[self.members[:, 1:]], -1)
        kinds, which = np.unique(others, axis=0, return_inverse=True)
        said = [", ".join(names[at] for at in row if at >= 0) or None for row in kinds.tolist()]
        return [said[at] for at in which.ravel().tolist()]

    def counted(self) -> list[dict[str, Any]] | list[Body]:
        """Each thing as one record that says what counts, with `also`; where nothing was merged the records themselves."""
        if self.members.shape[1] < 2:
            return self.leads
        made: list[dict[str, Any]] = [dict(each) for each in self.leads]
        several = np.flatnonzero(self.members[:, 1] >= 0).tolist()
        said: dict[str, Sequence[Any]] = {name: self.word(name) for name in WORDS.get(self.kind, ())}
        said |= {name: self.number(name).tolist() for name in self.rows.numbers} | {"also": self.also()}
        for at in several:
            made[at] |= {name: values[at] for name, values in said.items() if values[at] is not None and values[at] == values[at]}
        return made

    def without(self, sources: frozenset[str]) -> Things:
        """The things as they are without the word of those sources; one that they alone tell of is left out."""
        barred = np.array([name in sources for name in self.rows.sources], dtype=np.bool_)
        if not barred.any():
            return self
        kept = np.where((self.members >= 0) & ~barred[self.rows.source[self.members]], self.members, -1)
        return _things(self.kind, self.rows, kept[(kept >= 0).any(axis=1)])

    def _by_rank(self, said: str) -> Whole:
        if said not in self._ranked:
            self._ranked[said] = _ordered(self.kind, said, self.rows, self.members)
        return self._ranked[said]


def things(kind: str, bodies: Iterable[Body], splits: Iterable[Body] = (), before: Things | None = None) -> Things:
    """The things that those records of one kind tell of. `splits` are the person's splits (`health.records.Split` as bodies).

    `before` are things of an earlier look: records that are still the very same objects are not read anew. It changes no answer.
    """
    rows = rows_of(kind, bodies) if before is None else rows_after(kind, list(bodies), before.rows)
    first = matched(kind, rows, kept_apart(kind, splits))
    heads, count = np.unique(first, return_counts=True)
    members = np.full((len(heads), int(count.max(initial=1))), -1)
    order = np.argsort(first, kind="stable")
    column = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    members[np.repeat(np.arange(len(heads)), count), column] = order
    return _things(kind, rows, members)


def kept_apart(kind: str, splits: Iterable[Body]) -> set[frozenset[str]]:
    """The pairs of ids that a person keeps apart: any two of different groups of a split."""
    found: set[frozenset[str]] = set()
    for each in splits:
        if each["of"] == kind:
            for one, other in combinations(each["apart"], 2):
                found |= {frozenset((a, b)) for a in one for b in other}
    return found


def _things(kind: str, rows: Rows, members: Whole) -> Things:
    ordered = _ordered(kind, "when", rows, members)
    return Things(kind=kind, rows=rows, members=ordered[np.argsort(ordered[:, 0], kind="stable")])


def _ordered(kind: str, said: str, rows: Rows, members: Whole) -> Whole:
    """`members` with the record whose word counts first in front, places without a record at the end."""
    if members.shape[1] < 2:
        return members
    rank = ranks(kind, said, rows.sources)[rows.source]
    if said == "when":
        rank = rank + np.where(rows.day_only, 1000, 0)  # a time before a day
    key = np.where(members >= 0, rank[members], 1_000_000)
    return np.asarray(np.take_along_axis(members, np.argsort(key, axis=1, kind="stable"), axis=1))


def ranks(kind: str, said: str, sources: Sequence[str]) -> Whole:
    """The place of each source in the order for what is said; sources that are not named by their names."""
    order = ORDERS.get((kind, said)) or ORDERS.get((kind, "when")) or ("*",)
    place = {name: at for at, name in enumerate(order)}
    preferred = sorted(sources, key=lambda name: (place.get(name, place["*"]), name))
    return np.array([preferred.index(name) for name in sources], dtype=np.int64)


def _first(values: Floats, places: Whole) -> Floats:
    found = values[places[:, 0]].copy()
    for column in range(1, places.shape[1]):
        empty: Flags = np.isnan(found) & (places[:, column] >= 0)
        found[empty] = values[places[empty, column]]
    return found


def _teller(bodies: Sequence[Body], places: Iterable[int], name: str, nothing: frozenset[str]) -> Body:
    """The first that says something there, else the first that says anything."""
    several = [bodies[at] for at in places if at >= 0]
    saying = [each for each in several if each.get(name) is not None]
    return next((each for each in saying if each[name] not in nothing), saying[0] if saying else several[0])


def taken_from(kind: str, members: Sequence[Body]) -> dict[str, tuple[Any, str]]:
    """What counts of a thing with those records: {field: (value, source)}, `at` among them, in the order of the tables."""
    alone = things_of(kind, members)
    when = alone.leads[0]
    found: dict[str, tuple[Any, str]] = {name: (when.get(name), when["source"]) for name in ("at", "zone", "day")}
    for name in WORDS.get(kind, ()):
        says = _TOGETHER.get(name, name)
        order = alone._by_rank("words")[0].tolist()
        teller = _teller(alone.rows.bodies, order, says, _SAYS_NOTHING.get(says, frozenset()))
        if teller.get(name) is not None:
            found[name] = (teller[name], teller["source"])
    for name in alone.rows.numbers:
        value = alone.number(name)[0]
        order = alone._by_rank("numbers")[0].tolist()
        source = next((each["source"] for at in order if (each := alone.rows.bodies[at]).get(name) == value), None)
        if source is not None:
            found[name] = (value.item(), source)
    return found


def things_of(kind: str, members: Sequence[Body]) -> Things:
    """Those records as one thing, whatever the rule says."""
    rows = rows_of(kind, members)
    return _things(kind, rows, np.arange(len(rows)).reshape(1, -1))
