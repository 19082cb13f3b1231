"""1,000 malformed payloads for each source and each format: the run ends, good rows are kept, each bad one is set aside by name.

A payload is a good answer or file in which one value of one row is spoilt (missing, of another type, NaN, absurd, huge, nested, a
wrong exponent) or the row itself is broken. What became of it is held against what the same payload comes to as it should be, with
that value missing, and without that row: a row is taken as it reads, or it stands in quarantine with its source, place, field and
reason; nothing is dropped without a word, and its neighbours are there, once. Two careless readers fail the same check.
`python -m tests.torture.malformed_torture [--few]`.
"""

from __future__ import annotations

import itertools
import logging
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from collectors.source import formats, sources
from store.sqlite import SQLiteStore
from tests.bench._row import row
from tests.torture import spoilt_answers as answers
from tests.torture import spoilt_files
from tests.torture.children import together
from tests.torture.spoiling import Outcome, atoms, carelessly, complaint, first_few, gives_up, swallows
from tests.torture.spoilt_files import changed

PAYLOADS, FEW, CARELESS, SEED = 1000, 25, 60, 20261122
ENTRIES_A_RUN = 20  # spoilt, and as many good ones beside them


def of_format(name: str, count: int, seed: int) -> tuple[int, list[str]]:
    """How many payloads of that format were read, and what was wrong with what became of them."""
    good = [each for each in spoilt_files.files() if each.format == name]
    wrong: list[str] = []
    with TemporaryDirectory() as folder:
        store = SQLiteStore(Path(folder) / "f.db", ("malformed-key-0123456789-0123456789",))
        store.create()
        known: dict[object, Outcome] = {}
        people = itertools.count()  # a house of their own for each payload

        def read(one: spoilt_files.Good, data: bytes, key: object = None) -> Outcome:
            if key is None or key not in known:
                found = spoilt_files.read(store, f"p{next(people)}", one, data)
                if key is None:
                    return found
                known[key] = found
            return known[key]

        tried = 0
        for one, spot, value in spoilt_files.chosen(good, count, random.Random(seed)):
            tried += 1
            whole = read(one, one.data, one.name)
            without = read(one, spot.without(), (spot.name, "without"))
            spoilt = read(one, spot.spoilt(value))
            if spot.whole_line:
                said = _of_a_line(whole, without, spoilt)
            else:
                blank = read(one, spot.spoilt(""), (spot.name, "blank"))
                said = complaint(whole, blank, without, spoilt, value, spot.place)
            wrong += [f"{spot.name} = {str(value)[:40]!r}: {said}"] if said else []
        store.close()
    return tried, wrong


def _of_a_line(whole: Outcome, without: Outcome, spoilt: Outcome) -> str:
    """What is wrong where a whole line was broken: its neighbours stay, and it is read somehow or set aside."""
    if spoilt.error:
        return f"nothing was read: {spoilt.error}"
    if lost := atoms(without) - atoms(spoilt):
        return f"a good row is lost: {next(iter(lost))[:200]}"
    aside = len(spoilt.rejected) > len(without.rejected)
    return "" if aside or atoms(spoilt) != atoms(without) or atoms(whole) == atoms(without) else "the line vanished without a word"


# -- answers of the services ----------------------------------------------------------------------------------------------------


def of_answers(kind: answers.Kind, count: int, seed: int) -> tuple[int, list[str]]:
    """How many entries of a service's answers were spoilt, and what was wrong with what became of them."""
    rng = random.Random(seed)
    entries = answers.entries_of(kind)
    wrong, tried = [], 0
    while tried < count:
        some = list(answers.spoils(kind, entries, rng, min(count - tried, ENTRIES_A_RUN)))
        tried += len(some)
        with TemporaryDirectory() as folder, answers.At(kind, Path(folder)) as place:
            wrong += _one_run(kind, place, entries, some)
    return tried, wrong


def _one_run(kind: answers.Kind, place: answers.At, entries: list[Any], some: Sequence[answers.Spoilt]) -> Iterator[str]:
    """A run with those entries spoilt, and one after which all is well again."""
    spoilt = answers.with_spoilt(kind, entries, some)
    place.wire.spoil = lambda answer: answers.put(answer, kind.way, spoilt)
    result = place.home.collect()[kind.source]
    if result.state != "ok":
        yield f"{kind.source}: the run ended as {result.state}: {result.message}"
        return
    found = answers.stored(place.home, kind)
    names = {number for number, _, _ in some}
    for number, way, value in some:
        alone = [answers.parsed(kind, [*entries[: kind.skip], each]) for each in (entries[number], spoilt[number])]
        blank = answers.parsed(kind, [*entries[: kind.skip], *([changed(entries[number], way, kind.blank)] if way else [])])
        without = answers.parsed(kind, entries[: kind.skip])
        said = complaint(alone[0], blank, without, alone[1], value, kind.place)
        if not said and not _what(alone[1]) <= _what(found):
            said = "what is set aside is not in the store"
        if said:
            yield f"{kind.source} {kind.name} {number} {way} = {str(value)[:40]!r}: {said}"
    good = [each for number, each in enumerate(entries) if number not in names]
    if lost := atoms(answers.parsed(kind, good)) - atoms(found):
        yield f"{kind.source} {kind.name}: a good row is lost: {next(iter(lost))[:200]}; spoilt were {str(some)[:200]}"
    if atoms(found).total() > atoms(answers.parsed(kind, entries)).total():
        yield f"{kind.source} {kind.name}: a row is there more than once; spoilt were {str(some)[:200]}"
    yield from _heals(kind, place, entries, str(some)[:200])


def _what(outcome: Outcome) -> set[tuple[str, str, str]]:
    """What was set aside; a row of a sheet has another number when it stands alone."""
    return {(each.field, each.reason, each.said) for each in outcome.rejected}


def _heals(kind: answers.Kind, place: answers.At, entries: list[Any], after: str) -> Iterator[str]:
    """A day later the answers are as they should be, and so is the store."""
    place.wire.spoil = None
    place.home.later(hours=21)
    result = place.home.collect()[kind.source]
    found = answers.stored(place.home, kind)
    if (
        result.state != "ok"
        or answers.without_zones(found) != answers.without_zones(answers.parsed(kind, entries))
        or found.rejected
    ):
        want = answers.parsed(kind, entries)
        odd = [
            *found.rejected,
            *(set(want.bodies) ^ set(found.bodies)),
            *(n for n in want.bodies if want.bodies[n] != found.bodies.get(n)),
        ]
        yield f"{kind.source} {kind.name}: it does not heal ({result.state} {result.message}): {str(odd[:2])[:300]}; after {after}"


def of_shapes(kind: answers.Kind, every: int) -> tuple[int, list[str]]:
    """Whole answers of another shape, each between two good runs: a clear state, nothing lost, and all as before afterwards."""
    entries, wrong, tried = answers.entries_of(kind), [], 0
    with TemporaryDirectory() as folder, answers.At(kind, Path(folder)) as place:
        place.home.collect()
        before = answers.stored(place.home, kind)
        for name, spoil in list(answers.shapes(kind, place))[::every]:
            tried += 1
            place.wire.spoil = spoil
            place.home.later(hours=21)
            result = place.home.collect()[kind.source]
            found = answers.stored(place.home, kind)
            if result.state not in ("ok", "partial", "failed") or "unexpected" in result.message:
                wrong.append(f"{kind.source} {name}: ended as {result.state}: {result.message}")
            if result.state != "ok" and not result.message:
                wrong.append(f"{kind.source} {name}: {result.state} without a word")
            if lost := atoms(before) - atoms(found):
                wrong.append(f"{kind.source} {name}: {lost.total()} lost ({result.state} {result.message})")
            wrong += _heals(kind, place, entries, name)
    return tried, wrong


def careless(count: int) -> list[int]:
    """How many complaints careless readers give rise to: one says nothing, one takes a whole session with a bad set."""
    found = []
    for name, reader in formats().items():
        for how in (swallows, gives_up) if reader.kind == "workout" else (swallows,):
            with carelessly(reader, how):
                found.append(len(of_format(name, count, SEED)[1]))
    for kind in answers.KINDS:
        with carelessly(kind.reader, swallows):
            found.append(len(of_answers(kind, count, SEED)[1]))
    return found


Work = Callable[[], tuple[int, list[str]]]


def works(few: bool) -> dict[str, Work]:
    """Every piece of this module by its name."""
    count = FEW if few else PAYLOADS
    done: dict[str, Work] = {f"file {name}": partial(of_format, name, count, SEED) for name in sorted(formats())}
    for kind in answers.KINDS:
        name = f"{kind.source} {kind.name}"
        done[f"entries {name}"] = partial(of_answers, kind, count, SEED)
        done[f"shapes {name}"] = partial(of_shapes, kind, 29 if few else 1)
    return done


def main(few: bool) -> None:
    logging.disable(logging.CRITICAL)
    mine = list(works(few).items())
    halves = mine[::2], mine[1::2]
    results: dict[str, tuple[int, list[str]]] = {}
    told = together([lambda half=half: [work() for _, work in half] for half in halves])
    for half, (error, found) in zip(halves, told, strict=True):
        results |= dict(zip([name for name, _ in half], found or [(0, [error])] * len(half), strict=True))
    for line in first_few({name: wrong for name, (_, wrong) in results.items()}):
        print(line, file=sys.stderr)
    for what, title in (("file", "files"), ("entries", "entries of answers"), ("shapes", "answers of another shape")):
        some = [each for name, each in results.items() if name.startswith(f"{what} ")]
        row(f"malformed {title}: kinds", len(some), "", digits=0)
        row(f"malformed {title}: payloads", sum(tried for tried, _ in some), "", digits=0)
        found = sum(len(wrong) for _, wrong in some)
        row(f"malformed {title}: lost, doubled, dropped without a word, not named, or no end", found, "", 0, 0)
    unknown = set(sources()) - {kind.source for kind in answers.KINDS}
    row("malformed answers: sources that are not tried", len(unknown), "", 0, 0)
    if not few:
        row("malformed: complaints about a careless reader, the fewest", min(careless(CARELESS)), "", digits=0, at_least=1)


if __name__ == "__main__":
    main("--few" in sys.argv)
