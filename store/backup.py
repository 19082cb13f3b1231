"""Export and restore: a person's ledger as JSON Lines (docs/data.md), and back.

Lines are ordered by kind, `at` and id, so that two exports of the same ledger are the same bytes whichever engine holds it.
Tokens, cursors and leases are no data of the person and stay out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from health.records import RECORD_TYPES, RawRow, RecordError, Rejected
from store.decisions import decision, decision_body
from store.items import Body, dumps, raw_body, raw_row, record, rejected, rejected_body
from store.store import GroupWrite, Store, StoreError

KINDS = tuple(sorted((*RECORD_TYPES, "decision", "raw", "rejected", "setting")))
_MOST_NAMED = 5
_BATCH = 200
_MOST_FAILURES = 3  # in a row: from there on it is the store, not the line

Progress = Callable[[int], None]


class LineError(ValueError):
    """A line that holds nothing to restore; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A line that was left out, and why."""

    line: int
    reason: str


@dataclass(kw_only=True)
class Restored:
    """What became of the lines of a restore: records new, changed, unchanged; other lines; lines left out."""

    lines: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    settings: int = 0
    decisions: int = 0
    wrong: list[Wrong] = field(default_factory=list)


# -- export


def export_lines(store: Store, person: str, kind: str | None = None, *, raw: bool = True) -> Iterator[str]:
    """Every line of the person's ledger, or those of one kind, without line ends. `raw` False leaves out the rows as they came.

    Raises StoreError naming what is damaged where something stored is no JSON.
    """
    try:
        yield from _lines(store, person, kind, raw=raw)
    except ValueError as error:
        wrong = store.check() or [f"Something stored is damaged: {error}."]
        raise StoreError("Nothing more could be exported. " + " ".join(wrong[:_MOST_NAMED])) from error


def _lines(store: Store, person: str, kind: str | None, *, raw: bool) -> Iterator[str]:
    overrides = store.overrides(person)
    bodies = {each: store.bodies(person, each) for each in RECORD_TYPES if kind in (None, each, "raw")}
    for each in KINDS if kind is None else (kind,):
        if each == "raw":
            yield from _raw_lines(store, person, {body["id"] for held in bodies.values() for body in held}, overrides, raw=raw)
        elif each == "rejected":
            rows = sorted(store.rejected(person), key=lambda row: (row.id, row.group))
            yield from (dumps(rejected_body(row)) for row in rows)
        elif each == "decision":
            said = [decision_body(person, each) for each in store.decisions(person)]
            yield from (dumps(each) for each in sorted(said, key=lambda each: (each["at"], each["id"])))
        elif each == "setting":
            values = store.settings(person).items()
            yield from (dumps({"kind": "setting", "id": key, "person": person, "value": value}) for key, value in sorted(values))
        else:
            yield from _record_lines(store, person, bodies[each], overrides, raw=raw)


def _record_lines(
    store: Store, person: str, bodies: Sequence[Body], overrides: dict[tuple[str, str], str], *, raw: bool
) -> Iterator[str]:
    for start in range(0, len(bodies), _BATCH):
        batch = bodies[start : start + _BATCH]
        kept: dict[str, list[RawRow]] = {}
        for source in sorted({body["source"] for body in batch}) if raw else ():
            groups = [body["native_id"] for body in batch if body["source"] == source]
            kept |= {f"{source}:{group}": rows for group, rows in store.raw_groups(person, source, groups).items()}
        for body in batch:
            line = dict(body)
            if said := overrides.get((body["kind"], body["id"])):
                line["overrides"] = said
            if rows := kept.get(body["id"]):
                line["raw"] = [raw_body(row) for row in rows]
            yield dumps(line)


def _raw_lines(store: Store, person: str, live: set[str], overrides: dict[tuple[str, str], str], *, raw: bool) -> Iterator[str]:
    """Rows whose record was removed by hand or could not be made, and what is known of the removed ones."""
    removed = {id: (kind, said) for (kind, id), said in overrides.items() if id not in live}
    groups: dict[str, Sequence[RawRow]] = dict.fromkeys(removed, ())
    if raw:
        for source, group, rows in store.all_raw_groups(person):
            if f"{source}:{group}" not in live:
                groups[f"{source}:{group}"] = rows
    for id in sorted(groups):
        source, _, group = id.partition(":")
        line: Body = {"kind": "raw", "id": id, "person": person, "source": source, "native_id": group}
        if id in removed:
            line |= {"removed": removed[id][0], "overrides": removed[id][1]}
        if groups[id]:
            line["raw"] = [raw_body(row) for row in groups[id]]
        yield dumps(line)


# -- restore


def restore_lines(
    store: Store,
    lines: Callable[[], Iterable[bytes]],
    now: datetime,
    progress: Progress | None = None,
    *,
    written: Callable[[bytes], bool] | None = None,
) -> Restored:
    """Put back what `export_lines` wrote; `lines` opens the file, twice. Nothing that is stored already is removed.

    A line that is wrong, or that `written` says the export never wrote, is named and left out. Restoring again changes nothing.
    Raises StoreError where the store itself fails.
    """
    return _Restore(store, now, progress or (lambda _: None), written or (lambda _: True)).run(lines)


@dataclass(frozen=True, kw_only=True)
class _Line:
    number: int
    person: str
    write: GroupWrite
    has_raw: bool


class _Restore:
    """One restore: rejected rows are read first, since a group is written whole."""

    def __init__(self, store: Store, now: datetime, progress: Progress, written: Callable[[bytes], bool]) -> None:
        self._store, self._now, self._progress, self._written = store, now, progress, written
        self._result = Restored()
        self._rejected: dict[tuple[str, str, str], dict[int, Rejected]] = {}
        self._stored: dict[str, dict[tuple[str, str], list[Rejected]]] = {}
        self._failures = 0

    def run(self, lines: Callable[[], Iterable[bytes]]) -> Restored:
        for number, item in self._items(lines(), report=True):
            if item["kind"] == "rejected":
                self._remember(number, item)
        waiting: list[_Line] = []
        for number, item in self._items(lines(), report=False):
            if item["kind"] == "setting":
                self._setting(number, item)
            elif item["kind"] == "decision":
                self._decision(number, item)
            elif item["kind"] != "rejected" and (line := self._line(number, item)):
                waiting.append(line)
            if len(waiting) == _BATCH:
                self._put(waiting)
                waiting = []
            self._progress(number)
        self._put(waiting)
        self._put(self._leftover())
        self._result.wrong.sort(key=lambda each: each.line)
        return self._result

    def _items(self, lines: Iterable[bytes], *, report: bool) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            self._result.lines += report
            try:
                if not self._written(line):
                    raise LineError("is not what the export wrote (if it was changed on purpose, add --changed)")
                yield number, _item(line)
            except LineError as error:
                if report:
                    self._wrong(number, str(error))

    def _remember(self, number: int, item: dict[str, Any]) -> None:
        try:
            row = rejected(item)
            texts = all(isinstance(value, str) for value in vars(row).values())
        except KeyError as error:
            self._wrong(number, f"has no {error.args[0]}")
            return
        if not texts:
            self._wrong(number, "has a field that is no text")
            return
        self._rejected.setdefault((row.person, row.source, row.group), {})[number] = row
        self._result.rejected += 1

    def _setting(self, number: int, item: dict[str, Any]) -> None:
        if not isinstance(item.get("person"), str) or not isinstance(item.get("id"), str) or "value" not in item:
            self._wrong(number, "has no person, id or value")
            return
        self._store.put_setting(item["person"], item["id"], item["value"])
        self._result.settings += 1

    def _decision(self, number: int, item: dict[str, Any]) -> None:
        try:
            said, person = decision(item), item["person"]
        except KeyError as error:
            self._wrong(number, f"has no {error.args[0]}")
            return
        except (ValueError, TypeError, AttributeError) as error:
            self._wrong(number, f"is no decision: {error}")
            return
        self._store.put_decision(str(person), said)
        self._result.decisions += 1

    def _line(self, number: int, item: dict[str, Any]) -> _Line | None:
        try:
            made = None if item["kind"] == "raw" else record(item)
            source, group = item["source"], item["native_id"]
            rows = [raw_row(source, group, each) for each in item.get("raw", ())]
            kind = _kind(item) if made is None else made.kind
            said = item.get("overrides")
            if not all(isinstance(each, str) for each in (item["person"], source, group, said or "")):
                raise ValueError("person, source, native_id or overrides is no text")
            write = GroupWrite(source=source, group=group, kind=kind, rows=rows, record=made, overrides=said)
        except KeyError as error:
            self._wrong(number, f"has no {error.args[0]}")
        except (RecordError, ValueError, TypeError, ArithmeticError, AttributeError) as error:
            self._wrong(number, f"is no {item['kind']}: {error}")
        else:
            return _Line(number=number, person=item["person"], write=write, has_raw="raw" in item)
        return None

    def _put(self, lines: Sequence[_Line]) -> None:
        for person, mine in groupby(lines, key=lambda line: line.person):
            together = list(mine)
            kept = self._kept(person, together)
            whole = [self._whole(line, kept) for line in together]
            writes = [line for line in whole if line is not None]
            try:
                self._count(self._store.write(person, [line.write for line in writes], self._now))
            except StoreError:
                for line in writes:
                    self._put_one(line)

    def _put_one(self, line: _Line) -> None:
        try:
            self._count(self._store.write(line.person, [line.write], self._now))
            self._failures = 0
        except StoreError as error:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                raise
            self._wrong(line.number, str(error))

    def _whole(self, line: _Line, kept: dict[tuple[str, str], list[RawRow]]) -> _Line | None:
        """The line with what the store or the file knows of its group beside it; None where it would remove a record."""
        write = line.write
        hidden = write.record is None and write.kind in RECORD_TYPES
        if hidden and self._store.get(line.person, write.kind, f"{write.source}:{write.group}") is not None:
            return None
        bad = self._rejected.pop((line.person, write.source, write.group), None)
        known = list(bad.values()) if bad else self._known(line.person, write)
        rows = write.rows if line.has_raw else kept.get((write.source, write.group), [])
        return replace(line, write=replace(write, rows=rows, rejected=known))

    def _kept(self, person: str, lines: Sequence[_Line]) -> dict[tuple[str, str], list[RawRow]]:
        """The raw rows that the store has for lines without any."""
        kept: dict[tuple[str, str], list[RawRow]] = {}
        for source in sorted({line.write.source for line in lines if not line.has_raw}):
            groups = [line.write.group for line in lines if line.write.source == source]
            kept |= {(source, group): rows for group, rows in self._store.raw_groups(person, source, groups).items()}
        return kept

    def _known(self, person: str, write: GroupWrite) -> list[Rejected]:
        if person not in self._stored:
            self._stored[person] = {}
            for row in self._store.rejected(person):
                self._stored[person].setdefault((row.source, row.group), []).append(row)
        return self._stored[person].get((write.source, write.group), [])

    def _leftover(self) -> list[_Line]:
        """Rejected rows whose group has no other line."""
        left = []
        for (person, source, group), rows in self._rejected.items():
            write = GroupWrite(source=source, group=group, kind="raw", rows=(), record=None)
            left.append(_Line(number=min(rows), person=person, write=write, has_raw=False))
        return left

    def _count(self, outcomes: Iterable[str]) -> None:
        for each in outcomes:
            if each in ("new", "changed", "unchanged"):
                setattr(self._result, each, getattr(self._result, each) + 1)

    def _wrong(self, number: int, reason: str) -> None:
        self._result.wrong.append(Wrong(line=number, reason=reason))


def _item(line: bytes) -> dict[str, Any]:
    try:
        item = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # a text that is no UTF-8 is a ValueError, too
        raise LineError(f"is no JSON ({error})") from None
    if not isinstance(item, dict):
        raise LineError("is no JSON object")
    if item.get("kind") not in KINDS:
        raise LineError(f"is of kind {item.get('kind')!r} (known are {', '.join(KINDS)})")
    return item


def _kind(item: dict[str, Any]) -> str:
    """The kind of the record that raw rows had before it was removed, `raw` where they never made one."""
    kind = item.get("removed", "raw")
    if kind not in RECORD_TYPES and kind != "raw":
        raise ValueError(f"{kind!r} is no kind of record")
    return str(kind)


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no number")
