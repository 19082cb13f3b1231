"""The one loop: for each connected source, slice by slice, first the data and then the cursor; one run of a source at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import requests

from collectors import history, keep, source
from collectors.answers import NAMELESS
from collectors.http import Traffic, clean, hide
from collectors.leases import Lease, turn
from collectors.oauth import Access, unreachable
from collectors.services import Service
from collectors.source import EVERY, Failed, Halt, Slice, Source, Stopped
from health.records import SERIES_MARK
from store.items import instant_text
from store.runs import run_body
from store.store import SourceState, Store, StoreDown, StoreError, SyncState, Token

LOG = logging.getLogger(__name__)
Clock = Callable[[], datetime]
Progress = Callable[[str], None]
MOST_RUNS = 10  # that `status` tells of each source
WAIT_S = 30.0  # how long a run waits for another run of the same source

# What has to go when access ends (docs/data.md): the API agreement of Strava asks for it, Withings' does not.
_GOES = {"strava": "strava_api"}


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What one run of one source did: records new, changed, removed; rows rejected; requests sent; where it stands now."""

    source: str
    new: int = 0
    changed: int = 0
    removed: int = 0
    rejected: int = 0
    requests: int = 0
    state: SourceState = "ok"
    message: str = ""


def connected(store: Store, person: str, services: Mapping[str, Service]) -> list[str]:
    """The names of the sources that a run without names collects, in a fixed order."""
    known = source.sources()
    return [name for name, service in services.items() if name in known and _connected(store, person, service)]


def _connected(store: Store, person: str, service: Service) -> bool:
    if service.connected_by == "settings":
        return service.ready
    try:
        return store.token(person, service.name) is not None
    except StoreDown:
        raise
    except StoreError:  # sealed with another key: connected, and the run says what is wrong
        return True


def collect(
    store: Store,
    person: str,
    services: Mapping[str, Service],
    names: Iterable[str] | None,
    clock: Clock,
    owner: str,
    zone: str,
    progress: Progress | None = None,
    *,
    stop: threading.Event | None = None,
    wait_s: float = WAIT_S,
) -> list[RunResult]:
    """Collect those sources (None: every connected one), one after the other; one that fails leaves the others running.

    `stop` ends the run between two requests. `progress` hears a line in plain words for each slice. Never raises for a source;
    StoreDown where the store cannot even say which ones are connected.
    """
    stop = stop or threading.Event()
    results = []
    for name in connected(store, person, services) if names is None else names:
        run = _Run(store, person, services[name], clock, owner, zone, progress, stop)
        results.append(run.go(wait_s))
    return results


class _Run:
    """One run of one source."""

    def __init__(
        self,
        store: Store,
        person: str,
        service: Service,
        clock: Clock,
        owner: str,
        zone: str,
        progress: Progress | None,
        stop: threading.Event,
    ) -> None:
        self.store, self.person, self.service, self.clock, self.zone = store, person, service, clock, zone
        self.progress = progress
        self.reader: Source = source.sources()[service.name]
        self.lease = Lease(store, f"collect:{service.name}", owner, clock)
        self.traffic = Traffic(stop, before=self.lease.renew)
        self.access = Access(store, person, service, clock, owner, self.traffic)
        self.tally = keep.Tally()
        self.places = keep.Places(store, self.reader, person)
        self.slices = 0

    def go(self, wait_s: float) -> RunResult:
        """Take the turn, read, store, and write down where the source stands.

        A store that cannot even note that is told of in the result; the next run finds this one unfinished and goes on from there.
        """
        try:
            return self.in_turn(wait_s)
        except StoreError as error:
            return self.result("failed", clean(str(error)))

    def in_turn(self, wait_s: float) -> RunResult:
        with turn(self.lease, wait_s, self.traffic.wait) as won:
            if not won:
                return self.result("partial", f"Another run of {self.service.title} is going on; this one left it alone.")
            before = history.begin(self.store, self.person, self.service.name, self.clock())
            state, message, next_run = self.attempt(before)
            history.end(self.store, self.person, before, state, message, self.counts(), self.clock())
            self.write_down(state, message, next_run)
            return self.result(state, message)

    def attempt(self, before: SyncState) -> tuple[SourceState, str, datetime | None]:
        """Read and store; how it ended, in plain words, and when it is worth trying again."""
        hide(*self.service.secrets)
        try:
            self.read(before)
        except Halt as halt:
            # A run that failed after some slices is half done, not undone.
            state = "partial" if halt.state == "failed" and self.slices else halt.state
            return state, clean(halt.message), halt.next_run
        except requests.RequestException as error:
            return ("partial" if self.slices else "failed"), unreachable(self.service, error).message, None
        except StoreError as error:
            return "failed", clean(str(error)), None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # An answer of a shape nobody foresaw must not end the other sources, nor the clock process.
            LOG.exception("%s: unexpected %s", self.service.name, type(error).__name__)
            return "failed", clean(f"{self.service.title}: unexpected {type(error).__name__} ({error}). Please report it."), None
        return "ok", "", None

    def read(self, before: SyncState) -> None:
        """Every slice: first its data, then the cursor that says so."""
        if not self.service.ready:
            raise Failed(f"{self.service.title} needs the settings {' and '.join(self.service.missing)}.")
        access = self.access if self.service.connected_by == "oauth" else None
        client = self.reader.connect(self.service, access, self.traffic, self.zone)
        with closing(client):
            for each in self.reader.slices(client, dict(before.cursor), self.clock()):
                self.store_slice(each, client.account)
                self.put_cursor(each.cursor)
                self.slices += 1
                if self.progress and each.progress:
                    self.progress(f"{self.service.title}: {each.progress}")

    def store_slice(self, each: Slice, account: str) -> None:
        """The rows of a slice, what vanished from the range that it showed whole, and what it shows in another place."""
        whole_groups = True if each.whole_groups else None
        keep.keep(self.store, self.reader, self.person, each.rows, self.clock(), tally=self.tally, whole_groups=whole_groups)
        if each.whole:
            gone = self.gone(each, each.whole, account)
            self.tally.removed += keep.forget(self.store, self.reader, self.person, gone, self.clock())
        if each.whole != source.ALL_TIME:  # a read of everything has put every row where it is now
            self.tally.removed += self.places.clear(each.rows, account, self.clock())

    def gone(self, each: Slice, whole: tuple[datetime, datetime], account: str) -> list[str]:
        """The groups in a range that was read whole which it did not show. Another account's rows are none of its business."""
        record_source = self.reader.record_source
        kind = each.kind or self.reader.kind
        known = set(self.store.keys(self.person, kind, record_source, *whole))
        if whole == source.ALL_TIME or each.all_named:
            rejected = self.store.rejected(self.person, record_source)
            if whole != source.ALL_TIME:
                rejected = [row for row in rejected if row.group.startswith(NAMELESS)]
            groups = {row.group for row in rejected if not row.group.endswith(SERIES_MARK)}  # no listing shows a time series
            known |= {group for group in groups if keep.kind_of(self.reader, group) == kind}
        missing = sorted(known - {row.group for row in each.rows})
        kept = self.store.raw_groups(self.person, record_source, missing) if missing else {}
        nobodys = ("", None)  # an entry without a name does not say whose it is either
        return [
            group
            for group in missing
            if all(
                row.context.get("account") == account or (group.startswith(NAMELESS) and row.context.get("account") in nobodys)
                for row in kept.get(group, ())
            )
        ]

    def put_cursor(self, cursor: dict[str, Any]) -> None:
        """Move the cursor: everything up to it is stored."""
        now_stands = self.store.sync_state(self.person, self.service.name) or SyncState(source=self.service.name)
        # The counts go with the cursor: of a run that is killed they are what is known.
        self.store.put_sync_state(self.person, replace(now_stands, cursor=cursor, counts=self.counts()))

    def write_down(self, state: SourceState, message: str, next_run: datetime | None) -> None:
        """Where the source stands after this run."""
        now = self.clock()
        stands = self.store.sync_state(self.person, self.service.name) or SyncState(source=self.service.name)
        self.store.put_sync_state(
            self.person,
            replace(
                stands,
                state=state,
                message=message,
                last_run=now,
                last_success=now if state == "ok" else stands.last_success,
                next_run=next_run or now + EVERY,
                began=None,
                counts=self.counts(),
            ),
        )

    def counts(self) -> dict[str, int]:
        """What this run did up to now."""
        told = {name: int(getattr(self.tally, name)) for name in ("new", "changed", "removed", "rejected")}
        return told | {"requests": self.traffic.requests}

    def result(self, state: SourceState, message: str) -> RunResult:
        return RunResult(
            source=self.service.name,
            new=self.tally.new,
            changed=self.tally.changed,
            removed=self.tally.removed,
            rejected=self.tally.rejected,
            requests=self.traffic.requests,
            state=state,
            message=message,
        )


def status(store: Store, person: str, services: Mapping[str, Service]) -> list[dict[str, Any]]:
    """Where each service stands: an object each, instants as text, for commands and pages."""
    lines: list[dict[str, Any]] = []
    on = set(connected(store, person, services))
    for name in services:
        stands = store.sync_state(person, name)
        line: dict[str, Any] = {"source": name, "connected": name in on, "state": stands.state if stands else None}
        line["message"] = stands.message if stands else ""
        for each in ("last_run", "last_success", "next_run"):
            at = getattr(stands, each, None)
            line[each] = instant_text(at) if at else None
        line["counts"] = stands.counts if stands else {}
        line["runs"] = [run_body(each) for each in history.latest(store, person, name, MOST_RUNS)]
        lines.append(line)
    return lines


def connect(store: Store, person: str, service: Service, token: Token) -> None:
    """Store a new sign-in. The next run reads everything again, because it may be another account's."""
    store.put_token(person, token, None)
    if stands := store.sync_state(person, service.name):
        store.put_sync_state(person, replace(stands, cursor={}, state="ok", message="", next_run=None))


def disconnect_notice(name: str) -> str:
    """What disconnecting that source takes away and what stays, to be said before it is done."""
    if name in _GOES:
        return (
            "Disconnecting Strava removes everything that came through its API, as its terms ask: activities, their raw rows "
            "and the sign-in. What you imported from your own account export or recorded files stays, and so does all else."
        )
    if name == "sheets":
        return (
            "Google Sheets is connected by its settings: remove SHEETS_ID or SHEETS_CREDENTIALS and restart to disconnect it. "
            "Everything it brought in stays; only the place where reading goes on is forgotten."
        )
    return (
        f"Disconnecting {name.title()} removes the sign-in and the place where reading goes on. "
        "Every measurement it brought in stays."
    )


def disconnect(store: Store, person: str, service: Service, now: datetime, owner: str = "disconnect") -> str:
    """Forget the sign-in, remove what the service's terms ask for, and say what went. Raises Stopped while a run is going on."""
    lease = Lease(store, f"collect:{service.name}", owner, lambda: now)
    with turn(lease, WAIT_S, threading.Event().wait) as won:
        if not won:
            raise Stopped(f"{service.title} is being collected right now. Try again in a minute.")
        # The sign-in goes last: whatever interrupts this, the source still counts as connected and can be disconnected again.
        store.delete_sync_state(person, service.name)
        store.forget_runs(person, service.name, source.ALL_TIME[1])
        went = store.counts(person).get(_GOES.get(service.name, ""), {}).get("activity", 0)
        if service.name in _GOES:
            store.delete_source(person, _GOES[service.name], now)
        store.delete_token(person, service.name)
    if service.name in _GOES:
        return f"{service.title} is disconnected. {went} activities that came through its API were removed; all else stays."
    return f"{service.title} is disconnected. Everything it brought in stays."
