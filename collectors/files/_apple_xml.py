"""The records and workouts of an Apple Health export, one at a time: a gigabyte is read in the memory of one element.

The parser underneath is told to build nothing and to refuse entities (no export declares one); the document type, which some
versions of iOS wrote in a form that no parser accepts, is passed over (collectors/files/_doctype.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from collectors.files._doctype import WithoutDoctype
from collectors.source import NotThisFormat
from collectors.tables import Row

_CHUNK = 1 << 16
_DEEPEST = 64
_INSIDE = {  # of a workout: what its children say, under names of our own
    "WorkoutStatistics": "type",
    "MetadataEntry": "key",
}
EXPORTED = "ExportDate"  # the type of the row that says when the export was made; it comes first
ROUTE = "WorkoutRoute.path"  # what a workout's row calls the file of its route, in the same ZIP
_MOST_INSIDE = 200  # an old export holds the whole route in here

Wanted = Callable[[str], bool]


class _Refused(Exception):
    """The reason why this is not read."""


def elements(stream: BinaryIO, wanted: Wanted) -> Iterator[Row]:
    """Each Record whose type is `wanted` and each Workout, with its number among all; one damaged row where the file breaks off.

    When the export was made is a row of the type `EXPORTED`. A Workout has the type "Workout" and, beside its attributes, those of
    its statistics and metadata ("HeartRate.average").
    Raises NotThisFormat.
    """
    reader = _Reader(wanted)
    source = WithoutDoctype(stream)
    try:
        while chunk := source.read(_CHUNK):
            reader.parser.Parse(chunk, False)
            yield from reader.taken()
        reader.parser.Parse(b"", True)
    except _Refused as error:
        raise NotThisFormat(str(error)) from None
    except (expat.ExpatError, LookupError, ValueError) as error:
        if not reader.begun:
            raise NotThisFormat(f"is not readable as XML ({error})") from None
        yield from reader.taken()
        yield Row(reader.number + 1, {}, f"is where the file breaks off or is damaged ({error}): what follows was not read")
        return
    yield from reader.taken()


class _Reader:
    """What the parser calls back, and what it has found since somebody took it."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.number, self.depth, self.begun = 0, 0, False
        self._found: list[Row] = []
        self._workout: dict[str, str] | None = None
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._entity

    def taken(self) -> list[Row]:
        found, self._found = self._found, []
        return found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 2:
            if tag == "Record":
                self.number += 1
                if self.wanted(attributes.get("type", "")):
                    self._found.append(Row(self.number, attributes))
            elif tag == EXPORTED:
                self._found.append(Row(0, {"type": EXPORTED, "value": attributes.get("value", "")}))
            elif tag == "Workout":
                self.number += 1
                self._workout = {"type": "Workout", **attributes}
        elif self.depth == 3 and self._workout is not None and tag in _INSIDE:
            self._tell(attributes.pop(_INSIDE[tag], ""), attributes)
        elif self.depth == 4 and self._workout is not None and tag == "FileReference":
            self._workout.setdefault(ROUTE, attributes.get("path", ""))
        elif self.depth > _DEEPEST or (self.depth == 1 and tag != "HealthData"):
            raise _Refused("is not an Apple Health export: its XML is of another kind")
        self.begun = True

    def _end(self, tag: str) -> None:
        self.depth -= 1
        if self.depth == 1 and tag == "Workout" and self._workout is not None:
            self._found.append(Row(self.number, self._workout))
            self._workout = None

    def _tell(self, name: str, attributes: dict[str, str]) -> None:
        assert self._workout is not None
        if len(self._workout) < _MOST_INSIDE:
            short = name.removeprefix("HKQuantityTypeIdentifier")
            self._workout |= {f"{short}.{key}": value for key, value in attributes.items()}

    def _entity(self, *_: object) -> None:
        raise _Refused("declares entities, which no Apple Health export does: it is not read")
