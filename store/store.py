"""The port: what every engine promises, and the plain objects that cross it.

Identity is (person, kind, id). Writes are idempotent upserts; every change of a record takes the next number of one
monotonic sequence, which `changes` follows. Instants (`now`) are arguments: no engine reads a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable

from health.records import RawRow, Record, Rejected
from store.decisions import Decision
from store.items import Body
from store.runs import Run

Outcome = Literal["new", "changed", "unchanged", "removed", "none"]
SourceState = Literal["ok", "partial", "reconnect", "inactive", "limited", "failed"]


class StoreError(Exception):
    """The store cannot do what was asked; the message says what, what is safe, and what to do."""


class StoreDown(StoreError):
    """The store cannot be read or written now: its disk is full or read-only, or its service does not answer.

    Nothing half-done is left, and the same thing asked later may well succeed.
    """


class StaleEdit(StoreError):
    """The record changed since the person opened it; nothing was written."""


class StoreTooNew(StoreError):
    """The data was written by a newer Fitboard; nothing was touched."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A record as it stands: its body, the version an edit must name, and its place in the sequence of changes.

    `overrides` is set where a person changed or deleted what a source said and the raw rows still say it: the digest of the
    source's version. As long as the source says the same, the person's word holds; when the source's version changes, it wins.
    """

    body: Body
    version: int
    seq: int
    overrides: str | None = None


@dataclass(frozen=True, kw_only=True)
class GroupWrite:
    """All kept raw rows of one group and what they parse to. `record` None removes the group's record, no `rows` its raw rows.

    `group` is the record's `native_id`. `overrides` is for `restore` alone: see `Stored`.
    """

    source: str
    group: str
    kind: str
    rows: Sequence[RawRow]
    record: Record | None
    rejected: Sequence[Rejected] = ()
    overrides: str | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One changed record: its key, its number in the sequence, and its body, or None for a tombstone."""

    kind: str
    id: str
    seq: int
    body: Body | None


@dataclass(frozen=True, kw_only=True)
class SyncState:
    """Where a source stands for a person. `cursor` is the source's own; it moves only after what it covers is stored."""

    source: str
    cursor: dict[str, Any] = field(default_factory=dict)
    state: SourceState = "ok"
    message: str = ""
    last_run: datetime | None = None
    last_success: datetime | None = None
    next_run: datetime | None = None
    began: datetime | None = None  # of the run that has not ended yet; `counts` are then what it had stored
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Token:
    """An OAuth token pair; encrypted at rest. `version` grows with each rotation (compare-and-set)."""

    source: str
    access: str
    refresh: str
    expires_at: datetime | None
    account: dict[str, Any] = field(default_factory=dict)
    version: int = 0

    def __repr__(self) -> str:  # a token never reaches a log
        return f"Token(source={self.source!r}, version={self.version})"


@runtime_checkable
class Store(Protocol):
    """What every engine does. `person` is a short key; the one person of this house is `me`."""

    # -- records and their raw rows
    def write(self, person: str, groups: Sequence[GroupWrite], now: datetime) -> list[Outcome]:
        """Store raw rows, record and rejected rows of each group, in that order of durability; one outcome a group.

        Upsert by id; an equal body is `unchanged` and takes no number. A record whose `modified` is older than the stored
        one's loses (`unchanged`). The zone first stored for a record stays where the new raw rows' context says
        `zone_is_account_default`. Replaces all rejected rows of the group. A removed record leaves a tombstone.
        """
        ...

    def raw_groups(self, person: str, source: str, groups: Iterable[str]) -> dict[str, list[RawRow]]:
        """The kept raw rows of those groups (absent ones left out), in the order they were stored."""
        ...

    def all_raw_groups(self, person: str, source: str | None = None) -> Iterator[tuple[str, str, list[RawRow]]]:
        """(source, group, rows) of every kept group, for `rebuild` and export."""
        ...

    def get(self, person: str, kind: str, id: str) -> Stored | None:
        """The record as it stands, read consistently; None when absent or removed."""
        ...

    def bodies(self, person: str, kind: str, start: datetime | None = None, end: datetime | None = None) -> list[Body]:
        """The bodies of that kind with start <= at < end, ordered by (at, id). Numbers may be floats: for frames."""
        ...

    def keys(self, person: str, kind: str, source: str, start: datetime | None = None, end: datetime | None = None) -> list[str]:
        """The native ids of one source's records in a time range, to reconcile what vanished upstream."""
        ...

    def edit(self, person: str, record: Record, rows: Sequence[RawRow], version: int, now: datetime) -> Stored:
        """Write what a person typed, durably. `version` 0 creates, or brings back what was deleted; else it must be the stored one.

        With `rows` they replace the raw rows of the record; without, the raw rows stay as the source said them and the edit
        overrides them (`Stored.overrides`). An equal body writes nothing. Raises StaleEdit where the version is another.
        """
        ...

    def delete(self, person: str, kind: str, id: str, version: int, now: datetime) -> None:
        """Remove a record by hand, leaving a tombstone and its raw rows. StaleEdit as in edit; absent counts as stale.

        The tombstone's version is `version` + 1: undo is `edit` with that number, or with 0. The same raw rows coming again from
        the source do not bring the record back.
        """
        ...

    def delete_source(self, person: str, source: str, now: datetime) -> int:
        """Remove every record, raw row, rejected row and decision of one record source, for good; how many records went."""
        ...

    def changes(self, person: str, since: int, kinds: Collection[str] | None = None) -> tuple[list[Change], int]:
        """What changed after number `since`, in order, and the number reached. 0 reads everything.

        With `kinds` only records of those are read and told; the number reached is that of all.
        """
        ...

    def sequence(self, person: str) -> int:
        """The number of the last change; cheap, to learn that nothing changed."""
        ...

    def counts(self, person: str) -> dict[str, dict[str, int]]:
        """How many records there are: {source: {kind: n}}."""
        ...

    # -- rejected rows
    def rejected(self, person: str, source: str | None = None) -> list[Rejected]:
        """The rows set aside, ordered by source, group, row_id, field."""
        ...

    # -- what the person said of them (applied where groups are parsed: collectors/keep.py)
    def decisions(self, person: str, source: str | None = None) -> list[Decision]:
        """The decisions, ordered by source, row_id."""
        ...

    def put_decision(self, person: str, decision: Decision) -> None:
        """Store what a person said of one raw row in place of what they said before. No record is touched."""
        ...

    def delete_decision(self, person: str, source: str, row_id: str) -> None: ...

    # -- the history of runs
    def runs(self, person: str, source: str | None = None) -> list[Run]:
        """The runs that are still kept, the oldest first."""
        ...

    def put_run(self, person: str, run: Run) -> None:
        """Store a run under its source and beginning, in place of what stood there."""
        ...

    def forget_runs(self, person: str, source: str, before: datetime) -> int:
        """Forget that source's runs that began before that instant; how many went."""
        ...

    # -- where each source stands
    def sync_state(self, person: str, source: str) -> SyncState | None: ...

    def sync_states(self, person: str) -> list[SyncState]: ...

    def put_sync_state(self, person: str, state: SyncState) -> None: ...

    def delete_sync_state(self, person: str, source: str) -> None: ...

    # -- tokens, encrypted at rest
    def token(self, person: str, source: str) -> Token | None: ...

    def put_token(self, person: str, token: Token, expected_version: int | None) -> Token:
        """Store a token durably before anyone uses it. With `expected_version` it is a compare-and-set (StaleEdit)."""
        ...

    def delete_token(self, person: str, source: str) -> None: ...

    # -- leases: who may do a thing now, whichever process it is in
    def acquire(self, name: str, owner: str, ttl: timedelta, now: datetime) -> bool:
        """Take or renew the lease; False while another owner's has not expired. Exactly one of many callers wins."""
        ...

    def holder(self, name: str) -> str | None:
        """Whoever took the lease last and has not given it back, expired or not; None where nobody has it."""

    def release(self, name: str, owner: str) -> None: ...

    # -- settings of a person and small facts, whole objects by key
    def setting(self, person: str, key: str) -> Any | None: ...

    def put_setting(self, person: str, key: str, value: Any) -> None: ...

    def settings(self, person: str) -> dict[str, Any]:
        """All settings of the person, ordered by key."""
        ...

    def overrides(self, person: str) -> dict[tuple[str, str], str]:
        """{(kind, id): digest} of records, removed ones too, where a person's word stands against the source's."""
        ...

    # -- life
    def create(self) -> None:
        """Make what has to exist (file, schema, tables); harmless when it is there."""
        ...

    def check(self) -> list[str]:
        """What is wrong with the stored data, one sentence each; empty when all is well."""
        ...

    def close(self) -> None: ...
