"""Each service's answers with single values spoilt, and what its entries come to by themselves.

The service is the loopback fake, the collector the real one. An answer is spoilt on its way out: the fake's own data stay good, so
that the next run shows whether everything heals.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from collectors import sheet_layout
from collectors.answers import told
from collectors.keep import by_group
from collectors.source import Source, sources
from collectors.sources import _strava_activities as activities
from collectors.sources import _withings_measures as measures
from collectors.sources import _withings_sleep as sleep
from collectors.sources import sheets
from collectors.sources._strava_client import Client
from health.records import RECORD_TYPES, RawRow
from store.items import body
from tests.collectors.conftest import Home
from tests.collectors.house import House
from tests.fakes.server import Answer, Fake, Request
from tests.fakes.sheets import Sheets, made_rows
from tests.fakes.strava import Strava, activity
from tests.fakes.withings import Withings, group, night
from tests.torture.spoiling import MISSING, VALUES, Outcome
from tests.torture.spoilt_files import changed, paths

ENTRIES, DAY = 40, 86_400
NOW_S = 1_795_338_000  # 2026-11-22 09:00 UTC, the present of a Home
# Whole answers that are none, and one that goes 100,000 levels down.
BYTES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"7",
    b'"text"',
    b"<html>busy</html>",
    b"{",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b"1e400",
    b"9" * 5000,
)


@dataclass(frozen=True)
class Kind:
    """One kind of entry in one service's answers."""

    source: str
    name: str
    make: Callable[[float], Fake]  # with ENTRIES good entries, at that time
    asked: Callable[[Request], bool]  # whether that request gets them
    way: tuple[Any, ...]  # to the list of entries in the answer
    rows: Callable[[list[Any]], Sequence[RawRow]]  # what the reader makes of such a list
    place: str  # what a quarantine says of where it stood
    skip: int = 0  # of the list: what is no entry
    blank: Any = MISSING  # what says nothing in place of a value
    carried: tuple[Any, ...] | None = None  # where a blank means what stands above it

    @property
    def reader(self) -> Source:
        return sources()[self.source]


@dataclass
class Wire:
    """What happens to a fake's answers on their way out. `spoil` is given a copy of the answer, and gives what is sent."""

    kind: Kind
    fake: Fake
    spoil: Callable[[Any], Any] | None = None
    honest: Callable[[Request], Answer] = field(init=False)

    def __post_init__(self) -> None:
        self.honest = self.fake.answer
        self.fake.answer = self.answer  # type: ignore[method-assign]

    def answer(self, request: Request) -> Answer:
        got = self.honest(request)
        if self.spoil is None or not self.kind.asked(request) or got.status != 200:
            return got
        return Answer(self.spoil(deepcopy(got.content)), got.status, got.headers)


def _withings(now: float, **more: Any) -> Withings:
    groups = [
        group(int(now) - n * DAY, {1: (80_000 + n, -3), 6: (21_000 + n, -3), 11: (55 + n % 9, 0)}) for n in range(1, ENTRIES + 1)
    ]
    fake = Withings(groups, page_size=1000, now=now)
    fake.nights = [night(int(now) - n * DAY - 40_000, number=900 + n) for n in range(1, ENTRIES + 1)]
    return fake


def _strava(now: float) -> Strava:
    more = {"average_cadence": 81.5, "average_watts": 187.5, "kilojoules": 812.5, "max_speed": 5.25, "has_heartrate": True,
            "average_heartrate": 142.5, "max_heartrate": 171.0, "manual": True}  # fmt: skip
    return Strava([activity(7_000_000 + n, int(now) - n * DAY, **more) for n in range(1, ENTRIES + 1)], now=now)


def _sheet(now: float) -> Sheets:
    del now
    rows = [[*row[:7], f"note {at}", 8.5] for at, row in enumerate(made_rows(ENTRIES), 1) if at > 1][: 6 * ENTRIES : 6]
    return Sheets({"Log": [[*made_rows(1)[0], "rpe"], *rows]})


def _told(of: Request, action: str) -> bool:
    return of.form.get("action") == action


def _sheet_rows(entries: list[Any]) -> Sequence[RawRow]:
    tab = sheet_layout.Tab(number=100, title="Log", cells=sheets._cells({"values": entries}))
    return list(
        sheets.book_rows(sheets.Book(zone="Europe/Berlin", tabs=[tab]), sheet_layout.read_mapping(None), "made-spreadsheet-id")
    )


_ME: Any = SimpleNamespace(account="1")
KINDS = (
    Kind("withings", "readings", _withings, lambda of: _told(of, "getmeas"), ("body", "measuregrps"),
         lambda entries: measures.rows({"measuregrps": entries, "timezone": "Europe/Amsterdam"}, "4711", "Europe/Berlin"),
         "reading"),
    Kind("withings", "nights", _withings, lambda of: _told(of, "getsummary"), ("body", "series"),
         lambda entries: sleep.rows({"series": entries}, "4711", "Europe/Berlin"), "night"),
    Kind("strava", "activities", _strava, lambda of: of.path.endswith("/athlete/activities") and of.query.get("page") == "1", (),
         lambda entries: activities.rows([Client._of_account(_ME, each) for each in entries]), "activity"),
    Kind("sheets", "rows", _sheet, lambda of: of.path.endswith("values:batchGet"), ("valueRanges", 0, "values"), _sheet_rows,
         "row ", skip=1, blank="", carried=(0,)),
)  # fmt: skip


Spoilt = tuple[int, tuple[Any, ...], Any]  # the entry, the way to a value in it, what stands there


def put(answer: Any, way: tuple[Any, ...], new: Any) -> Any:
    """The answer with something else at that place."""
    return changed(answer, way, new)


def shapes(kind: Kind, place: At) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Whole answers of another shape: each value around the entries in every wrong form, and bytes that are no answer."""
    seen: list[Any] = []
    place.wire.spoil = lambda answer: seen.append(answer) or answer  # type: ignore[func-returns-value]
    place.home.later(hours=21)
    place.home.collect()
    for way in [
        (),
        *(each for each in paths(seen[0]) if len(each) <= len(kind.way) and each[: len(kind.way) + 1] != kind.way),
    ]:
        for value in VALUES:
            if (way or value is not MISSING) and (kind.way or value != []):  # a list without entries says that there are none
                yield f"{way} = {str(value)[:40]!r}", lambda answer, way=way, value=value: changed(answer, way, value)
    for raw in BYTES if kind.way else [each for each in BYTES if each != b"[]"]:
        yield f"bytes {raw[:20]!r}", lambda answer, raw=raw: raw


def parsed(kind: Kind, entries: list[Any]) -> Outcome:
    """What the reader itself makes of those entries."""
    made = Outcome()
    for rows in by_group(kind.rows(told(json.dumps(entries)))).values():
        record, rejected = kind.reader.parse(rows, "me")
        if record is not None:
            made.bodies[f"{record.kind}:{record.id}"] = _own(body(record))
        made.rejected += rejected
    return made


def _own(said: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(said, default=str))
    made.pop("person", None)
    return _numbers(made)


def without_zones(outcome: Outcome) -> dict[str, Any]:
    """The records, but for the zone: where a service names none for a night, the first one stands (docs/data.md)."""
    return {
        name: {key: value for key, value in each.items() if key not in ("zone", "day")} for name, each in outcome.bodies.items()
    }


def _numbers(value: Any) -> Any:
    """Numbers as numbers, whether they came out of a store or not."""
    if isinstance(value, dict):
        return {key: _numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def stored(home: Home, kind: Kind) -> Outcome:
    """What a home's store holds of that kind of record."""
    wanted = RECORD_TYPES if kind.name != "nights" else {"sleep": RECORD_TYPES["sleep"]}
    bodies = {
        f"{name}:{each['id']}": _own(dict(each))
        for name in wanted
        if not (kind.name == "readings" and name == "sleep")
        for each in home.store.bodies("me", name)
    }
    aside = [each for each in home.store.rejected("me") if each.group.startswith(sleep.MARK) == (kind.name == "nights")]
    return Outcome(bodies, aside)


class At:
    """A home with one service, and the wire to it. `with` closes both."""

    def __init__(self, kind: Kind, folder: Path) -> None:
        self.home = Home(House(folder))
        self.fake = kind.make(self.home.at.timestamp())
        self.wire = Wire(kind, self.fake)
        self.home.have(kind.source, self.fake)

    def __enter__(self) -> At:
        return self

    def __exit__(self, *_: object) -> None:
        self.home.store.close()
        self.fake.stop()


def entries_of(kind: Kind) -> list[Any]:
    """The good entries, as the service tells them."""
    fake = kind.make(NOW_S)
    if isinstance(fake, Withings):
        return list(fake.nights) if kind.name == "nights" else sorted(fake.groups, key=lambda each: -each["date"])
    if isinstance(fake, Strava):
        return sorted(fake.activities, key=lambda each: each["start_date"])
    assert isinstance(fake, Sheets)
    return list(json.loads(json.dumps(fake_cells(fake), default=str)))


def fake_cells(fake: Sheets) -> list[list[Any]]:
    from tests.fakes import sheets as made

    return [[made._cell(each, "UNFORMATTED_VALUE", "SERIAL_NUMBER") for each in row] for row in fake.tabs["Log"]]


def spoils(kind: Kind, entries: list[Any], rng: random.Random, count: int) -> Iterator[tuple[int, tuple[Any, ...], Any]]:
    """(entry, way in it, value): every second entry, each once; now and then the whole entry."""
    numbers = list(range(kind.skip, len(entries), 2))
    for place in range(count):
        number = numbers[place % len(numbers)]
        ways = [(), *paths(entries[number])]
        way = rng.choice(ways)
        values = [each for each in VALUES if each is not MISSING or (way and kind.source != "sheets")]
        if kind.source == "sheets" and way:  # a cell is never a list, nor true where a name stands
            values = [each for each in values if not isinstance(each, bool | list | dict)]
        if way == kind.carried:
            values = [each for each in values if each not in (None, "")]
        yield number, way, rng.choice(values)


def with_spoilt(kind: Kind, entries: list[Any], some: Sequence[tuple[int, tuple[Any, ...], Any]]) -> list[Any]:
    """The entries with those spoilt."""
    made = list(entries)
    for number, way, value in some:
        made[number] = changed(made[number], way, value)
    return made
