"""What a write does to one record: the rules of the port, pure, the same for both engines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from health.records import RawRow, Record
from store.items import Body, body, digest, dump, dumps, instant, raw_body, raw_row, rejected_body
from store.store import GroupWrite, Outcome, StaleEdit, StoreError, Token


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A record as an engine keeps it. `text` is the body as JSON, None for a tombstone; `at` sorts (`at_key`)."""

    kind: str
    id: str
    source: str
    native_id: str
    at: str
    text: str | None
    version: int
    seq: int
    overrides: str | None

    @property
    def body(self) -> Body | None:
        return None if self.text is None else json.loads(self.text)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """`row` is what to store (its `seq` still the old one) or None to leave the record; `keep_raw` False leaves raw rows too."""

    outcome: Outcome
    row: Row | None
    keep_raw: bool = True


def at_key(instant_text: str) -> str:
    """The sort key of an instant: without its Z a fraction of a second sorts after its second."""
    return instant_text[:-1]


def on_write(group: GroupWrite, person: str, old: Row | None) -> Decision:
    """What a source's write of `group` does, given the record as it stands (None where there never was one)."""
    record = _checked(group, person)
    stored = old.body if old else None
    if record is not None and stored is not None:
        if _older(record, stored):
            return Decision(outcome="unchanged", row=None, keep_raw=False)
        if record.zone != stored["zone"] and any(row.context.get("zone_is_account_default") for row in group.rows):
            record = replace(record, zone=stored["zone"])
    new = body(record) if record else None
    if old and old.overrides and group.overrides is None and group.rows and digest(new) == old.overrides:
        return Decision(outcome="unchanged" if new or stored else "none", row=None)
    return _outcome(group, old, stored, new)


def on_edit(person: str, record: Record, version: int, old: Row | None, *, rows: bool, kept_raw: bool) -> Row | None:
    """The row a person's edit makes; None where nothing changes. Raises StaleEdit.

    `rows` says whether the edit brings raw rows of its own, `kept_raw` whether some are kept already.
    """
    current = old.version if old else 0
    removed = old is None or old.text is None
    if version != current and not (version == 0 and removed):
        raise StaleEdit("This entry was changed since you opened it. Nothing was saved: look at it again, then change it.")
    if record.person != person:
        raise StoreError(f"The entry {record.id} belongs to another person.")
    new = body(record)
    overrides = None if rows or not kept_raw else _overridden(old)
    if overrides == digest(new):
        overrides = None
    if old and old.body == new and old.overrides == overrides:
        return None
    return _row(record.kind, record.source, record.native_id, old, new, overrides)


def on_delete(kind: str, id: str, version: int, old: Row | None) -> Row:
    """The tombstone of a record removed by hand. Raises StaleEdit."""
    if old is None or old.text is None or old.version != version:
        raise StaleEdit("This entry was changed or removed since you opened it. Nothing was deleted: look at it again.")
    source, _, native_id = id.partition(":")
    return _row(kind, source, native_id, old, None, _overridden(old))


def tombstone(old: Row) -> Row:
    """`old` removed for good: nothing of what it said is left."""
    return replace(old, text=None, version=old.version + 1, overrides=None)


def rows_text(rows: Sequence[RawRow]) -> str:
    """The raw rows of a group as one JSON array. Raises StoreError where a row is no JSON."""
    try:
        return dump([raw_body(row) for row in rows])
    except (TypeError, ValueError) as error:
        raise StoreError(f"A row of {rows[0].source}:{rows[0].group} cannot be kept as JSON: {error}") from error


def rows_of(source: str, group: str, text: str) -> list[RawRow]:
    """The raw rows that `rows_text` wrote."""
    return [raw_row(source, group, each) for each in json.loads(text)]


def rejected_text(group: GroupWrite) -> str:
    """The rejected rows of a group as one JSON array."""
    return dump([rejected_body(each) for each in group.rejected])


def _checked(group: GroupWrite, person: str) -> Record | None:
    record = group.record
    if record is None:
        return None
    if (record.kind, record.source, record.native_id, record.person) != (group.kind, group.source, group.group, person):
        raise StoreError(f"The record {record.kind} {record.id} is not of its group ({group.kind} {group.source}:{group.group}).")
    return record


def _older(record: Record, stored: Body) -> bool:
    return record.modified is not None and "modified" in stored and record.modified < instant(stored["modified"])


def _overridden(old: Row | None) -> str:
    return (old.overrides if old else None) or digest(old.body if old else None)


def _outcome(group: GroupWrite, old: Row | None, stored: Body | None, new: Body | None) -> Decision:
    made = _row(group.kind, group.source, group.group, old, new, group.overrides)
    if new is None and stored is None:
        hand = group.overrides is not None and (old is None or old.overrides != group.overrides)
        return Decision(outcome="none", row=made if hand else None)
    if new is None:
        return Decision(outcome="removed", row=made)
    if stored is None:
        return Decision(outcome="new", row=made)
    same = old is not None and stored == new and old.overrides == group.overrides
    return Decision(outcome="unchanged" if stored == new else "changed", row=None if same else made)


def _row(kind: str, source: str, native_id: str, old: Row | None, new: Body | None, overrides: str | None) -> Row:
    at = at_key(new["at"]) if new else (old.at if old else "")
    return Row(
        kind=kind,
        id=f"{source}:{native_id}",
        source=source,
        native_id=native_id,
        at=at,
        text=None if new is None else dumps(new),
        version=(old.version if old else 0) + 1,
        seq=old.seq if old else 0,
        overrides=overrides,
    )


def next_token_version(stored: int, expected: int | None, source: str) -> int:
    """The version of a token to be put over version `stored` (0 where there is none). Raises StaleEdit."""
    if expected is not None and expected != stored:
        raise StaleEdit(f"The sign-in of {source} was renewed elsewhere: read it again.")
    return stored + 1


def with_version(token: Token, version: int) -> Token:
    """`token` as stored under `version`."""
    return replace(token, version=version)
