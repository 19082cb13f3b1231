"""Merging: every order of arrival of six sources, and crowds of records that contend for each other, many times over."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from functools import partial
from itertools import count, permutations
from pathlib import Path
from time import perf_counter
from typing import Any

import pandas as pd

from health.frames import Frames
from health.merging import things
from store.frames import FrameCache
from store.sqlite import SQLiteStore
from store.store import Store
from tests.bench._row import row
from tests.collectors.test_merges import ARRIVALS, KEYS, ME
from tests.health.test_merging import SOURCES, contender, split
from tests.torture.children import together

CROWDS, FEW, LOOKS, SEED = 5000, 100, 3, 20261122
Told = Callable[[str, list[dict[str, Any]], list[dict[str, Any]]], list[tuple[str, ...]]]
AT_ONE_INSTANT = 20_000


def same(one: Frames, other: Frames) -> bool:
    """Whether two looks show the same, to the last digit."""
    try:
        for name in ("measurements", "activities", "workouts", "sets", "trainable"):
            pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    except AssertionError:
        return False
    return True


def orders(share: int) -> tuple[int, int]:
    """Of every second order of arrival: how many there are, and how many of them end otherwise than the first of all."""
    first, *rest = permutations(ARRIVALS)
    found: list[Frames] = []
    wrong = tried = 0
    with tempfile.TemporaryDirectory() as folder:
        numbers = count()
        for order in (first, *rest[share::2]):
            store: Store = SQLiteStore(Path(folder) / f"{next(numbers)}.db", KEYS)
            store.create()
            for name in order:
                ARRIVALS[name](store)
            shown = FrameCache(store, ME).frames()
            found = found or [shown]
            wrong += not same(shown, found[0])
            tried += 1
            store.close()
    return tried, wrong


def crowds(share: int, told: Told | None = None, many: int = CROWDS) -> tuple[int, int]:
    """Records lost or doubled, and looks that hang on the order, of half of the crowds, drawn by chance. `told` merges them."""
    told = told or _told
    chance = random.Random(SEED + share)
    lost = moved = 0
    for _ in range(many // 2):
        kind = chance.choice(sorted(SOURCES))
        some = [_one(kind, chance, n) for n in range(chance.randint(1, 20))]
        apart = (
            [split(kind, (a,), (b,)) for a, b in (chance.sample(some, 2) for _ in range(2)) if a is not b] if len(some) > 1 else []
        )
        looks = [told(kind, chance.sample(some, len(some)), apart) for _ in range(LOOKS)]
        lost += sorted(each for thing in looks[0] for each in thing) != sorted(each["id"] for each in some)
        moved += any(look != looks[0] for look in looks)
    return lost, moved


def _one(kind: str, chance: random.Random, number: int) -> dict[str, Any]:
    return contender(
        kind, chance.choice(SOURCES[kind]), chance.randint(0, 6), chance.choice((0, 2, 30, 59)), chance.randint(0, 5), number
    )


def _told(kind: str, some: list[dict[str, Any]], apart: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    found = things(kind, some, apart)
    return [tuple(sorted(found.rows.bodies[at]["id"] for at in row if at >= 0)) for row in found.members.tolist()]


def _as_they_come(kind: str, some: list[dict[str, Any]], _apart: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """As one would in a hurry: each joins the first that it fits, and nobody looks at who else fits better."""
    made: list[list[dict[str, Any]]] = []
    for each in some:
        mine = next((thing for thing in made if len(things(kind, [*thing, each])) == 1), None)
        if mine is None:
            made.append([each])
        else:
            mine.append(each)
    return sorted(tuple(sorted(one["id"] for one in thing)) for thing in made)


def _by_content(kind: str, some: list[dict[str, Any]], _apart: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """As one would in a hurry: what says the same is the same, and the last of them is kept."""
    silent = ("id", "native_id", "source", "at")
    return sorted((each["id"],) for each in {str({n: v for n, v in one.items() if n not in silent}): one for one in some}.values())


def both(work: Callable[[int], tuple[int, int]]) -> tuple[int, int]:
    """Both shares of a work at once, summed up."""
    found = together([partial(work, share) for share in range(2)])
    if any(error for error, _ in found):
        raise SystemExit(f"the harness failed: {found}")
    one, other = (got for _, got in found)
    return one[0] + other[0], one[1] + other[1]


def main() -> None:
    tried, wrong = both(orders)
    row("merging: orders of arrival of six sources tried", tried - 1, "", at_least=720)  # the first of all counts twice
    row("merging: of them, orders that end in other frames", wrong, "", 0)
    lost, moved = both(crowds)
    row("merging: crowds of contending records tried", CROWDS, "")
    row("merging: of them, crowds with a record lost or counted twice", lost, "", 0)
    row("merging: of them, crowds that hang on the order", moved, "", 0)
    row("merging: crowds lost or doubled by a careless one", both(partial(crowds, told=_by_content, many=FEW))[0], "", at_least=1)
    row(
        "merging: crowds that hang on the order with a careless one",
        both(partial(crowds, told=_as_they_come, many=FEW))[1],
        "",
        at_least=1,
    )
    chance = random.Random(SEED)
    many = [
        contender("measurement", each, 0, 0, chance.randint(0, 5), n)
        for each in SOURCES["measurement"][:3]
        for n in range(AT_ONE_INSTANT)
    ]
    began = perf_counter()
    things("measurement", many)
    row("merging: three sources with 20,000 readings each at one instant", perf_counter() - began, "s", 20)


if __name__ == "__main__":
    main()
