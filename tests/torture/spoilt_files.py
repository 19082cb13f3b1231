"""A good file of every format, and every place in it where one value can be spoilt.

The files are those of tests/files/reading.py: a new format has one there (a test says so), and so is spoilt here because it exists.
Tables and XML are made longer first, so that every bad row has good neighbours.
"""

from __future__ import annotations

import io
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from collectors.importing import import_file
from collectors.source import ReadOptions
from collectors.tables import HEAD, head_table
from health.records import RECORD_TYPES
from store.store import Store
from tests.files import test_fitbit, test_withings_whole
from tests.files.reading import CASES, FIXTURES, options
from tests.fixtures import recorded
from tests.torture.spoiling import MISSING, TEXTS, VALUES, Outcome

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROWS = 8  # at least, of a table
_YEAR = re.compile(r"20[0-2]\d(?=-\d\d-\d\d)|(?<=[./])20[0-2]\d|(?<=[a-z] )20[0-2]\d|(?<=\d, )20[0-2]\d")
_ELEMENT = re.compile(r"<(Record|Workout)\b[^>]*?(?:/>|>.*?</\1>)", re.DOTALL)
_POINT = re.compile(r"<(trkpt|Trackpoint)\b.*?</\1>", re.DOTALL)
_LAP = re.compile(r"<(TotalTimeSeconds|DistanceMeters|Calories|name|type|Id)>[^<]*</\1>(?=\s*<(?!/Trackpoint|HeartRate|Ext))")
_VALUE = re.compile(r'(?<==")[^"]*(?=")|(?<=>)[^<>\s][^<>]*(?=</)')
# An Apple type that nobody knows is one of a hundred that are not read; the number of a session only tells it from others.
# Without a load or repetitions a word in place of a set's number makes it a pause or a note, in whatever language.
_LOAD = re.compile(r",[1-9]\d*\.\d+,\d+,")
_SKIPPED = frozenset({"type", "Workout #", "logId"})


@dataclass(frozen=True)
class Spot:
    """One value in a file: `spoilt` gives the file with another one there, `without` that without its row."""

    file: str
    name: str  # for a person who looks for it
    place: str  # what the quarantine has to name
    values: tuple[Any, ...]
    spoilt: Callable[[Any], bytes]
    without: Callable[[], bytes]
    whole_line: bool = False  # the line itself is broken, not a value of it


@dataclass(frozen=True)
class Good:
    """A file as it should be, what a person says of it, and where it can be spoilt."""

    name: str
    format: str
    data: bytes
    said: ReadOptions
    spots: Sequence[Spot]


def read(store: Store, person: str, good: Good, data: bytes) -> Outcome:
    """What an import of those bytes under that file's name leaves for a person who has nothing else."""
    results = import_file(store, person, io.BytesIO(data), good.name, good.said, NOW)
    bodies = {f"{kind}:{each['id']}": dict(each) for kind in RECORD_TYPES for each in store.bodies(person, kind)}
    for each in bodies.values():
        each.pop("person")
    return Outcome(bodies, store.rejected(person), "; ".join(each.error for each in results if each.error))


def files() -> Iterator[Good]:
    """Every good file."""
    for name, (format_name, _) in CASES.items():
        data = (FIXTURES / name).read_bytes()
        if data[8:12] != b".FIT":
            yield _good(name, format_name, data, options(name))
    said = ReadOptions(zone="Europe/Berlin", units="kg")
    for name in ("PRESSURE", "HEIGHT", "ACTIVITIES", "SLEEP"):
        yield _good(f"{name.lower()}.csv", "withings", getattr(test_withings_whole, name).encode(), said)
    yield _good("fitbit.csv", "fitbit", test_fitbit.CSV.encode(), said)
    night, weight = test_fitbit.NIGHT, test_fitbit.WEIGHTS[0]
    for name, one in (("sleep-2019-09-01.json", night), ("weight-2019-09-01.json", weight)):
        entries = [{**one, "logId": one["logId"] + n} for n in range(ROWS)]
        yield Good(name, "fitbit", json.dumps(entries).encode(), said, list(_json_spots(name, entries)))
    yield _fit()


def _good(name: str, format_name: str, data: bytes, said: ReadOptions) -> Good:
    text = data.decode()
    if text.lstrip().startswith("<"):
        text = text if _POINT.search(text) else _longer_xml(text)
        return Good(name, format_name, text.encode(), said, list(_xml_spots(name, text)))
    delimiter = _delimiter(text)
    text = _longer(text, delimiter) if "\n\n" not in text else text
    return Good(name, format_name, text.encode(), said, list(_table_spots(name, text, delimiter)))


def _delimiter(text: str) -> str:
    table = head_table(text.encode()[:HEAD])
    return table.delimiter if table else ","


# -- tables ---------------------------------------------------------------------------------------------------------------------


def _cells(text: str, delimiter: str) -> list[tuple[int, int, list[tuple[int, int]]]]:
    """Each row as (begin, end, the spans of its cells as they are written)."""
    rows: list[tuple[int, int, list[tuple[int, int]]]] = []
    begin = cell = at = 0
    spans: list[tuple[int, int]] = []
    inside = False
    for at, letter in enumerate(text):
        if letter == '"':
            inside = not inside
        elif not inside and letter in (delimiter, "\n"):
            spans.append((cell, at))
            cell = at + 1
            if letter == "\n":
                rows.append((begin, at + 1, spans))
                begin, spans = at + 1, []
    if begin < len(text):
        rows.append((begin, len(text), [*spans, (cell, len(text))]))
    return rows


def _header(text: str, delimiter: str) -> int:
    """The place of the header among the rows."""
    return 1 if text.startswith("sep=") else 0


def _longer(text: str, delimiter: str) -> str:
    """The table with its rows again, of earlier years and with other numbers, until there are enough."""
    text = text if text.endswith("\n") else text + "\n"
    rows = _cells(text, delimiter)[_header(text, delimiter) + 1 :]
    more, back = [], 0
    while (back + 1) * len(rows) < ROWS:
        back += 1
        for begin, end, ((first, last), *_) in rows:
            said = text[first:last].strip('"')
            number = f"{back}{said}" if said.isdigit() and len(said) > 1 else text[first:last]
            line = text[begin:first] + number + text[last:end]
            more.append(_YEAR.sub(lambda found, back=back: str(int(found[0]) - back), line))  # type: ignore[misc]
    return text + "".join(more)


def _table_spots(name: str, text: str, delimiter: str) -> Iterator[Spot]:
    rows = _cells(text, delimiter)
    heads: list[tuple[int, int]] = []
    for number, (begin, end, spans) in enumerate(rows, 1):
        if len(spans) < 2 or text.startswith("sep=", begin):
            heads = []
        elif not heads:
            heads = spans
        else:
            place = f"{name}, row {number}"
            for (first, last), head in zip(spans, heads, strict=False):
                spoilt, without = _at(text, first, last, begin, end, lambda value: _quoted(value, delimiter))
                title = text[slice(*head)].strip('"')
                if title in _SKIPPED or (title == "Set Order" and not _LOAD.search(text[begin:end])):
                    continue
                texts = tuple(each for each in TEXTS if (title, each) != ("Data", "{}"))  # an activity of which no number is known
                yield Spot(name, f"{place} {title} at {first}", place, texts, spoilt, without)
            broken = _BROKEN if name != "apple.csv" else ("shifted", "nul")  # else its type, which comes first, is another one
            yield Spot(name, f"{place} itself", place, broken, _broken(text, begin, end, delimiter), without, whole_line=True)


def _at(
    text: str, first: int, last: int, begin: int, end: int, write: Callable[[str], str]
) -> tuple[Callable[[str], bytes], Callable[[], bytes]]:
    return (
        lambda value: (text[:first] + write(value) + text[last:]).encode(),
        lambda: (text[:begin] + text[end:]).encode(),
    )


def _quoted(value: str, delimiter: str) -> str:
    return f'"{value}"' if delimiter in value else value


_BROKEN = ("cut", "fused", "shifted", "nul", "quote", "garbage", "bytes")


def _broken(text: str, begin: int, end: int, delimiter: str) -> Callable[[str], bytes]:
    line = text[begin : end - 1]
    ways: dict[str, bytes] = {
        "cut": line[: len(line) * 3 // 4 if line.count(delimiter) > 2 else 5].encode(),
        "fused": line.replace(delimiter, "", 1).encode(),
        "shifted": f"{delimiter}x{delimiter}{line}".encode(),
        "nul": f"{line[:3]}\0{line[3:]}".encode(),
        "quote": f'"{line}'.encode(),
        "garbage": b"%&/()=?",
        "bytes": line.encode()[:4] + b"\xff\xfe\x80" + line.encode()[4:],
    }
    return lambda way: text[:begin].encode() + ways[way] + b"\n" + text[end:].encode()


# -- XML, JSON, FIT ---------------------------------------------------------------------------------------------------------------


def _longer_xml(text: str) -> str:
    elements = [found[0] for found in _ELEMENT.finditer(text)]
    more = "\n".join(_YEAR.sub(lambda found: str(int(found[0]) - 1), each) for each in elements)
    at = text.rindex("</HealthData>")
    return text[:at] + more + "\n" + text[at:]


def _xml_spots(name: str, text: str) -> Iterator[Spot]:
    recorded_points = list(_POINT.finditer(text))
    rows = [each.span() for each in recorded_points or _ELEMENT.finditer(text)]
    rows += [each.span() for each in _LAP.finditer(text)] if recorded_points else []
    for begin, end in rows:
        for found in _VALUE.finditer(text, begin, end):
            what = re.search(r"([\w:]+)(?:=\"|[^<]*>)$", text[begin : found.start()])
            if what and what[1] in _SKIPPED:
                continue
            spoilt, without = _at(text, *found.span(), begin, end, lambda value: escape(value, {'"': "&quot;"}))
            yield Spot(name, f"{name} at {begin} {what[1] if what else ''}", name, TEXTS, spoilt, without)


def _json_spots(name: str, entries: list[dict[str, Any]]) -> Iterator[Spot]:
    for number in range(len(entries)):
        for path in paths(entries[number]):
            if path[-1] in _SKIPPED:
                continue

            def spoilt(value: Any, number: int = number, path: tuple[Any, ...] = path) -> bytes:
                return json.dumps([*entries[:number], changed(entries[number], path, value), *entries[number + 1 :]]).encode()

            def without(number: int = number) -> bytes:
                return json.dumps([*entries[:number], *entries[number + 1 :]]).encode()

            yield Spot(name, f"{name} {number} {path}", name, VALUES, spoilt, without)


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a JSON value, the containers among them too."""
    if at:
        yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield from paths(each, (*at, name))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of a JSON value with `new` at that place, or nothing there where it is MISSING."""
    if not path:
        return new
    made = dict(value) if isinstance(value, dict) else list(value)
    if len(path) == 1 and new is MISSING:
        del made[path[0]]
        return made
    made[path[0]] = changed(value[path[0]], path[1:], new)
    return made


_POINTS = range(0, 601, 20)
# Of a point's fields, in their order: what is no such thing, and what says "not measured".
_ABSURD: dict[int, tuple[int | None, ...]] = {
    0: (0, None), 1: (2**31 - 2, -(2**31) + 2, None), 2: (2**31 - 2, None), 3: (65534, None), 4: (1, 254, None),
    6: (2**32 - 2, None),
    7: (65534, 5000, None),
}  # fmt: skip


def _fit() -> Good:
    def made(spoil: tuple[int, int] | None = None, value: int | None = None, leave: int | None = None) -> bytes:
        fit = recorded.Fit()
        fit.message(0, [(0, "enum", 4), (3, "u32", 77), (4, "u32", recorded.fit_time(recorded.START))])
        fit.define(1, 20, recorded.POINT)
        for number, second in enumerate(_POINTS):
            point = recorded.fit_point(second)
            if spoil and number == spoil[0]:
                point[spoil[1]] = value
            if number != leave:
                fit.add(1, *point)
        return fit.bytes()

    spots = [
        Spot("spoilt.fit", f"point {at} field {which}", "spoilt.fit", values,
             lambda value, at=at, which=which: made((at, which), None if value == "" else value), lambda at=at: made(leave=at))
        for at in range(1, len(_POINTS) - 1)
        for which, values in _ABSURD.items()
    ]  # fmt: skip
    return Good("spoilt.fit", "fit", made(), ReadOptions(zone="Europe/Berlin"), spots)


def chosen(good: Sequence[Good], count: int, rng: random.Random) -> list[tuple[Good, Spot, Any]]:
    """That many payloads of one format: a file, a place in it, a value. Each kind of value comes, whatever the chance."""
    found = []
    for number in range(count):
        one = good[number % len(good)]
        spot = rng.choice(one.spots)
        found.append(
            (one, spot, spot.values[number // len(good) % len(spot.values)] if rng.random() < 0.5 else rng.choice(spot.values))
        )
    return found
