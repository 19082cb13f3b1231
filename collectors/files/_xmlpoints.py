"""Streaming over the XML of recorded activities (GPX, TCX): expat with bounds, and each activity's own bytes cut out of the file.

gpxpy builds an object for each point (9 files of 3,000 points a second, before anything is stored) and gives nothing of a file
that breaks off; defusedxml's iterparse takes twice the time of expat. Entities are refused, depth and size are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import Any, Protocol
from xml.parsers import expat

from collectors.files import _pieces
from collectors.files._columns import identity, nth
from collectors.source import NothingToKeep, NotThisFormat, ReadOptions
from health.records import RawRow

_DEEPEST = 40
_MOST_ELEMENTS = 2_000_000  # a point is seven; a whole file has a tenth of it
_MOST_ACTIVITIES = 2_000
MOST_POINTS = 200_000  # 55 hours of a point a second
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENDS = expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]
_LONGEST = 400  # characters of one text: names, times and numbers; the rest of a longer one is left out


@dataclass
class Cut:
    """One activity of a file: its bytes behind those of the file's beginning, so that they can be read by themselves."""

    begin: int
    end: int = 0


@dataclass
class Found:
    """Where the activities of a file stand, and where it is damaged: the byte, and what is wrong there."""

    head: int = 0  # the bytes before the root's first child
    cuts: list[Cut] = field(default_factory=list)
    damage: tuple[int, str] | None = None

    def bytes_of(self, data: bytes, cut: Cut) -> bytes:
        """That activity as a file of its own (whose root is never closed)."""
        return data if len(self.cuts) == 1 else data[: self.head] + data[cut.begin : cut.end]

    def nothing(self, why: str) -> NotThisFormat:
        """The error of a file in which no activity was found: it is damaged, or holds something else."""
        if self.damage:
            return NotThisFormat(f"holds no activity as far as it can be read: byte {self.damage[0]:,} {self.damage[1]}")
        return NothingToKeep(why)


class Named(Protocol):
    """An activity as it is read: the time it is named by, as written, and its name. Empty `written` is none."""

    written: str
    name: str


def raw_rows(source: str, data: bytes, found: Found, read: Sequence[Named], place: str, options: ReadOptions) -> list[RawRow]:
    """The raw rows of the activities that were `read` at the cuts of a file; those without a time are passed over."""
    counted: dict[str, int] = {}
    made: list[RawRow] = []
    timed = [(cut, each) for cut, each in zip(found.cuts, read, strict=True) if each.written]
    for cut, each in timed:
        key = identity(each.written, *([each.name] if each.name else []))
        counted[key] = counted.get(key, 0) + 1
        context: dict[str, Any] = {"zone": options.zone}
        if found.damage and cut is timed[-1][0]:
            context["damage"] = list(found.damage)
        made += _pieces.raw_rows(source, nth(key, counted[key]), found.bytes_of(data, cut), context, place)
    return made


def says_less(kept: Sequence[RawRow], fresh: Sequence[RawRow]) -> bool:
    """True where the rows of a file that broke off hold less than those `kept` of the same activity, which then stay."""
    return _pieces.says_less(kept, fresh, lambda rows: "damage" in rows[0].context)


class Names(dict[str, str]):
    """An element's name without its prefix, in small letters."""

    def __missing__(self, tag: str) -> str:
        self[tag] = name = tag.rpartition(":")[2].casefold()
        return name


Begins = Callable[[str, Mapping[str, str]], None]
Ends = Callable[[str, str], None]


class Walk:
    """One pass over an XML file: `begins` hears each element's name and attributes, `ends` its name and text."""

    def __init__(self, roots: tuple[str, ...], activity: str, begins: Begins, ends: Ends) -> None:
        self.roots, self.activity, self.begins, self.ends = roots, activity, begins, ends
        self.found = Found()
        self._names = Names()
        self._depth = self._elements = 0
        self._inside = 0  # the depth of the activity that is open
        self._text = ""
        self._data = b""
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = _entity
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def go(self, data: bytes) -> Found:
        """Read it; a file that is damaged is read up to there.

        Raises NotThisFormat for another kind of XML, for entities, and for nesting that no such file has.
        """
        self._data = data
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            self._note("it ends too early" if error.code == _ENDS else expat.ErrorString(error.code))
        except (LookupError, ValueError) as error:
            if isinstance(error, NotThisFormat):
                raise
            self._note(str(error))  # an encoding that nobody knows
        finally:
            self._let_go()
        if self.found.cuts and not self.found.cuts[-1].end:
            self.found.cuts[-1].end = len(data)
        return self.found

    def _let_go(self) -> None:
        """Parser and walk hold each other: without this a thousand files would wait in memory for the collector of circles."""
        parser, self._data = self._parser, b""
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None

    def _note(self, what: str) -> None:
        at = max(self._parser.ErrorByteIndex, 0)
        if self._depth:
            self.found.damage = (at, f"is where the file breaks off or is damaged ({what}): what follows was not read")
        else:
            raise NotThisFormat(f"is not readable as XML ({what})")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        name = self._names[tag]
        if self._depth == 1 and name not in self.roots:
            raise NotThisFormat(f"is XML of another kind ({name[:40]})")
        self._elements += 1
        if self._depth > _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise NotThisFormat("is nested deeper, or holds more, than any such file: it is not read")
        if self._depth == 2 and not self.found.head:
            self.found.head = self._parser.CurrentByteIndex
        if name == self.activity:
            name = "" if self._inside else name  # one inside another is none
            self._begin_cut()
        self._text = ""
        self.begins(name, attributes)

    def _begin_cut(self) -> None:
        if not self._inside:
            self._inside = self._depth
            self.found.cuts.append(Cut(self._parser.CurrentByteIndex))
            if len(self.found.cuts) > _MOST_ACTIVITIES:
                raise NotThisFormat(f"holds more than {_MOST_ACTIVITIES:,} activities: it is not read")

    def _end(self, tag: str) -> None:
        name = self._names[tag]
        self.ends(name if name != self.activity or self._depth == self._inside else "", self._text)
        if self._depth == self._inside:
            self._inside = 0
            self.found.cuts[-1].end = self._data.find(b">", self._parser.CurrentByteIndex) + 1
        self._depth -= 1

    def _characters(self, text: str) -> None:
        if len(self._text) < _LONGEST:
            self._text += text


def bounded(points: Sized) -> None:
    """Raises NotThisFormat where no more points are taken."""
    if len(points) >= MOST_POINTS:
        raise NotThisFormat(f"holds more than {MOST_POINTS:,} points, which no activity does: it is not read")


def _entity(*_: object) -> None:
    raise NotThisFormat("declares entities, which no recorded activity does: it is not read")


def utf8(data: bytes) -> bytes:
    """`data` with one byte for a letter of the alphabet: a file of two is written anew, without its XML declaration.

    Raises NotThisFormat where it cannot be read as what its first bytes say.
    """
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return data
    try:
        text = data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise NotThisFormat(f"is not readable as text ({error.reason})") from None
    return _DECLARATION.sub("", text, count=1).encode(errors="replace")
