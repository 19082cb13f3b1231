"""What may stand where a number, a day or a name should, and how to tell whether that was taken as read, set aside, or lost."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from health.records import Rejected

MISSING = "(left out)"
# In a cell of a file. The first one is what says nothing; none of the others is a number, a unit, a day or a mark of a set.
TEXTS = (
    "", "NaN", "inf", "-inf", "1e400", "9" * 39,
    "abc", "null", "None", "{}", "[1, 2]", "#REF!", "#DIV/0!", "82,5,1", "0x10", "1.2.3",
    "<b>x</b>", "\U0001f3cb\U0001f3cb\U0001f3cb", "2024-02-30", "31.31.2024", "9999-12-31", "x" * 3000, "five", "1/0", "-∞", "½",
    "12:99:99", "-99999", "5 furlongs", "=1+1", "\u202eevil",
)  # fmt: skip
# In an answer of a service, where JSON has more ways to be wrong. `None` may say nothing, as a field that is left out does.
VALUES: tuple[Any, ...] = (
    MISSING, None, "", "abc", "NaN", "9" * 39, True, [], {}, [1], {"a": 1}, float("nan"), float("inf"), float("-inf"), -7,
    -(10**12),    10**39, 1e300, 77_777_777_777, "x" * 3000, [[[[[[[[]]]]]]]], "2024-02-30", "=1+1", 1.5,
)  # fmt: skip


@dataclass
class Outcome:
    """What a payload came to: each record by kind and id, and what was set aside. `error` is why nothing of it was read."""

    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    error: str = ""


def atoms(outcome: Outcome) -> Counter[str]:
    """The smallest things that a row brings: a set, a quantity at an instant, else a whole record; how often each is there."""
    found: Counter[str] = Counter()
    for name, body in outcome.bodies.items():
        kind = name.partition(":")[0]
        if kind == "workout":
            found.update(_text({**each, "order": 0, "day": body["day"]}) for each in body["sets"])
        elif kind == "measurement":
            own = {key: value for key, value in body.items() if key not in _COMMON}
            found.update(f"{body['at']} {key} {value}" for key, value in own.items())
        elif kind == "series":
            found["point"] += body["points"]
        elif body["source"] in _RECORDED:  # every point of a file changes the whole of it
            found[f"{kind} of a file"] += 1
        else:
            found[_text({**body, "id": "", "native_id": ""})] += 1  # equals are numbered: without the first, the second is it
    return found


_RECORDED = ("fit", "gpx", "tcx")
_COMMON = ("kind", "id", "person", "source", "native_id", "at", "zone", "day", "precision", "modified", "overrides")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def complaint(good: Outcome, blank: Outcome, without: Outcome, spoilt: Outcome, value: Any, place: str) -> str:
    """What is wrong with what became of a payload, one value of one row of which was spoilt; empty where nothing is.

    `good` is what the payload comes to as it should be, `blank` with that value missing, `without` with the whole row missing.
    `place` has to stand in the quarantine's place.
    """
    if spoilt.error:
        return f"nothing was read: {spoilt.error}"
    if isinstance(value, float) and not math.isfinite(value):
        value = json.dumps(value)  # JSON knows no such number: it is taken for that word
    known = {each.id for each in good.rejected}
    aside = [each for each in spoilt.rejected if each.id not in known]
    if wrong := _unnamed(aside, place):
        return wrong
    if aside:
        return _neighbours(good, without, spoilt)
    if value in (MISSING, "", None, [], {}, {"a": 1}) and not isinstance(value, bool | float):
        return (
            ""
            if spoilt.bodies == good.bodies == blank.bodies or spoilt.bodies == blank.bodies
            else "what is missing was read as something"
        )
    if spoilt.bodies == good.bodies:  # nobody reads that value, or another one says the same
        return "" if good.bodies in (blank.bodies, without.bodies) else "the old value stands though another one came"
    if spoilt.bodies == blank.bodies:
        return "it was dropped without a word"
    return _as_read(spoilt, value) or _neighbours(good, without, spoilt)


def _unnamed(aside: Sequence[Rejected], place: str) -> str:
    for each in aside:
        if not (each.source and each.field and each.reason):
            return f"set aside without its source, field or reason: {each}"
        if place not in each.row:
            return f"set aside at {each.row!r}, not at {place!r}"
    return ""


def _as_read(spoilt: Outcome, value: Any) -> str:
    """Only a text may be taken as it stands, and a number as that number."""
    if isinstance(value, str):
        text = _plain(value)[:100]
        return "" if any(text in _plain(each) for each in _texts(spoilt.bodies)) else f"{text!r} was read as something else"
    if isinstance(value, int | float) and f"{value:g}" in _texts(spoilt.bodies) and not isinstance(value, bool):
        return ""  # a number where a name stands
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e40:
        return f"{value!r} was read as something"
    return ""


def _texts(value: Any) -> Iterator[str]:
    """Every text in a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(each)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _neighbours(good: Outcome, without: Outcome, spoilt: Outcome) -> str:
    """Every good row is there, once."""
    want, got, most = atoms(without), atoms(spoilt), atoms(good)
    if lost := want - got:
        return f"a good row is lost: {next(iter(lost))[:200]}"
    if got.total() > max(most.total(), want.total()) + 1 and "point" not in most:
        return "a row is there more than once"
    return ""


# -- careless readers, which the same check has to find -------------------------------------------------------------------------


def swallows(parse: Any) -> Any:
    """A reader as one writes it in a hurry: what it cannot read it leaves out, and says nothing."""

    def careless(rows: Any, person: str) -> Any:
        return parse(rows, person)[0], []

    return careless


def gives_up(parse: Any) -> Any:
    """A reader that takes the good rows of a record with the bad one."""

    def careless(rows: Any, person: str) -> Any:
        record, rejected = parse(rows, person)
        return (None, rejected[:1]) if rejected else (record, rejected)

    return careless


@contextmanager
def carelessly(reader: Any, how: Any) -> Iterator[None]:
    """That reader, careless for a while."""
    honest = reader.parse
    reader.parse = how(honest)
    try:
        yield
    finally:
        reader.parse = honest


def first_few(complaints: Mapping[str, Sequence[str]], most: int = 8) -> Iterator[str]:
    """Lines for a person who looks for what went wrong."""
    for name, found in complaints.items():
        for each in found[:most]:
            yield f"{name}: {each}"
        if len(found) > most:
            yield f"{name}: and {len(found) - most} more"
