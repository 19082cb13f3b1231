"""Withings by its API: the scale, the blood-pressure cuff, the thermometer, nights. Our own thin client (docs/decisions/0001).

A reading's values may come in several groups of one timestamp, and some of them days later: the timestamp is the record, each
group a raw row of it. A night is a record and a raw row by its own number. HTTP is always 200, the status stands in the body.

Nights are asked for when a reading was new, and else once in 20 hours: a run that finds nothing new should cost one request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from collectors.decided import PROBLEM
from collectors.http import Traffic, session
from collectors.oauth import Access
from collectors.services import Service
from collectors.source import ALL_TIME, Failed, Limited, Parsed, ReconnectNeeded, Slice
from collectors.sources import _withings_measures as measures
from collectors.sources import _withings_sleep as sleep
from health.records import RawRow
from store.items import instant, instant_text

name = "withings"
title = "Withings"
record_source = "withings_api"
kind = "measurement"
whole_groups = False  # an incremental read shows only the groups that are new or changed

SLEEP_EVERY = timedelta(hours=20)
FULL_EVERY = timedelta(hours=20)  # nothing tells of deletions, so everything is listed again once a day
_OK, _LIMITED = 0, 601
_SIGN_IN = frozenset({100, 101, 102, 200, 401})
_PAGES = 10_000


class Client:
    """Reads one Withings account. `account` is its user id."""

    def __init__(self, service: Service, access: Access, traffic: Traffic, zone: str) -> None:
        # getmeas is a POST that only reads: it may be sent again after a broken connection.
        self._http = session(traffic, service.base_url, repeat=frozenset({"GET", "POST"}))
        self._base = service.base_url
        self._access = access
        self.zone = zone

    @property
    def account(self) -> str:
        return str(self._access.account.get("userid", ""))

    @property
    def tells_sleep(self) -> bool:
        """Whether the person allowed nights to be read: who connected before there were any has not."""
        return sleep.SCOPE in str(self._access.account.get("scope", ""))

    def measures(self, lastupdate: int, offset: int, now: datetime) -> dict[str, Any]:
        """One page of what changed since `lastupdate` (seconds since 1970). Raises Limited, ReconnectNeeded or Failed."""
        return self._asked("/measure", {"action": "getmeas", "category": 1, "lastupdate": lastupdate}, offset, now)

    def nights(self, lastupdate: int, offset: int, now: datetime) -> dict[str, Any]:
        """One page of the nights that changed since `lastupdate`, which must not be 0. Raises as `measures`."""
        form = {"action": "getsummary", "lastupdate": lastupdate, "data_fields": sleep.ASKED}
        return self._asked("/v2/sleep", form, offset, now)

    def _asked(self, path: str, form: dict[str, Any], offset: int, now: datetime) -> dict[str, Any]:
        if offset:
            form["offset"] = offset
        status, body = self._post(path, form, self._access.token())
        if status in _SIGN_IN:
            status, body = self._post(path, form, self._access.renew())
        if status == _OK and body is not None:
            return body
        if status in _SIGN_IN:
            raise ReconnectNeeded("Withings no longer accepts the sign-in. Connect it again on the Sources page; all data stays.")
        if status == _LIMITED:
            raise Limited("Withings asks for a pause (120 requests a minute). The next run goes on.", now + timedelta(minutes=1))
        raise Failed(f"Withings could not answer (status {status}). Nothing is lost: the next run tries again.")

    def close(self) -> None:
        self._http.close()

    def _post(self, path: str, form: Mapping[str, Any], token: str) -> tuple[int | None, dict[str, Any] | None]:
        headers = {"Authorization": f"Bearer {token}"}
        response = self._http.post(f"{self._base}{path}", data=form, headers=headers, allow_redirects=False)
        try:
            content = response.json()
        except ValueError:
            raise Failed(f"Withings gave an answer that is not understood (HTTP {response.status_code}).") from None
        if not isinstance(content, dict) or not isinstance(content.get("status"), int):
            raise Failed(f"Withings gave an answer without a status (HTTP {response.status_code}).")
        body = content.get("body")
        return content["status"], body if isinstance(body, dict) else None


def _listed(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """That answer. Raises Failed where it lists nothing: taken for an empty list, everything would count as deleted."""
    if not isinstance(body.get(name), list):
        raise Failed("Withings gave an answer without its list. Nothing is lost: the next run tries again.")
    return body


def _is_time(value: Any, now: datetime) -> bool:
    """Whether a cursor may stand at that second: from one in the future nothing would be read until then."""
    return type(value) is int and 0 < value < (now + timedelta(days=2)).timestamp()


def _whole(rows: Sequence[RawRow]) -> tuple[datetime, datetime] | None:
    """All of time, where every entry of a listing could be read: one that could not may be any of those that it lacks."""
    return None if any(PROBLEM in row.context for row in rows) else ALL_TIME


def connect(service: Service, access: Access, traffic: Traffic, zone: str) -> Client:
    """A client for one run; `zone` counts where Withings names none for the account."""
    return Client(service, access, traffic, zone)


def slices(client: Client, cursor: dict[str, Any], now: datetime) -> Iterator[Slice]:
    """What changed since the cursor, a page at a time; once a day then everything, to see what was deleted.

    Cursor: `account` is whose it is, `lastupdate` the `updatetime` that the server told with the first page of the last whole
    read, and `full_at` when everything was last listed. While a read is unfinished, `walk` says where it goes on: {lastupdate,
    offset, next}. `sleep` is the same for nights: {since, asked_at, full_at, walk}.
    """
    if cursor.get("account", client.account) != client.account:
        cursor = {}  # somebody else signed in: what was read of the other account says nothing of this one
    known: dict[str, Any] = {key: cursor[key] for key in ("lastupdate", "full_at", "sleep") if key in cursor}
    known["account"] = client.account
    news = False
    first = "lastupdate" not in known
    begin = cursor.get("walk") or {"lastupdate": known.get("lastupdate", 0), "offset": 0, "next": None}
    every: list[RawRow] | None = [] if first and "walk" not in cursor else None
    for rows, walk, done in _pages(client, begin, now):
        news = news or bool(rows)
        if every is not None:
            every += rows
        if done:
            known["lastupdate"] = walk["next"]
            if first:  # one that was cut short, maybe long ago, counts as of when it began, by the server's clock
                began = min(max(walk["next"], 0), int(now.timestamp())) if "walk" in cursor else now.timestamp()
                known["full_at"] = instant_text(datetime.fromtimestamp(began, UTC))
        going = dict(known) if done else {**known, "walk": walk}
        if done and every is not None:  # a run before may have crashed with its rows stored, and not where it stands
            yield Slice(
                rows=every, cursor=going, whole=_whole(every), whole_groups=True, progress=f"{len(every)} groups read, which is all"
            )
        else:
            yield Slice(rows=rows, cursor=going, progress=f"{len(rows)} groups read")
    if instant(known.get("full_at", instant_text(ALL_TIME[0]))) + FULL_EVERY <= now:
        pages = list(_pages(client, {"lastupdate": 0, "offset": 0, "next": None}, now))
        rows = [row for page, _, _ in pages for row in page]
        known |= {"lastupdate": pages[-1][1]["next"], "full_at": instant_text(now)}
        yield Slice(
            rows=rows, cursor=dict(known), whole=_whole(rows), whole_groups=True, progress=f"all {len(rows)} groups compared"
        )
    if client.tells_sleep:
        for found in _night_slices(client, known.get("sleep", {}), news, now):
            yield replace(found, cursor={**known, "sleep": found.cursor})


def _night_slices(client: Client, state: dict[str, Any], news: bool, now: datetime) -> Iterator[Slice]:
    """The nights that changed, a page at a time, where it is time to ask; once a day all of them. The cursor is that of nights."""
    known: dict[str, Any] = {key: state[key] for key in ("since", "asked_at", "full_at") if key in state}
    asked_at = instant(known.get("asked_at", instant_text(ALL_TIME[0])))
    if not news and "walk" not in state and asked_at + SLEEP_EVERY > now:
        return
    everything = "full_at" not in known or instant(known["full_at"]) + FULL_EVERY <= now
    walk = state.get("walk") or {"since": 1 if everything else known["since"], "offset": 0, "newest": 1, "all": everything}
    all_rows: list[RawRow] | None = [] if walk["all"] and not walk["offset"] else None
    for rows, reached, done in _night_pages(client, walk, now):
        if all_rows is not None:
            all_rows += rows
        if not done:
            yield Slice(rows=rows, cursor={**known, "walk": reached}, progress=f"{len(rows)} nights read")
            continue
        # What was read in parts over two runs is no whole listing: the deletions show next time.
        known |= {"since": max(reached["newest"], known.get("since", 1)), "asked_at": instant_text(now)}
        if not walk["all"] or all_rows is None:
            yield Slice(rows=rows, cursor=known, progress=f"{len(rows)} nights read")
        else:
            known["full_at"] = instant_text(now)
            yield Slice(
                rows=all_rows, cursor=known, whole=_whole(all_rows), kind="sleep", whole_groups=True,
                progress=f"all {len(all_rows)} nights compared",
            )  # fmt: skip


def _night_pages(client: Client, walk: dict[str, Any], now: datetime) -> Iterator[tuple[list[RawRow], dict[str, Any], bool]]:
    """(rows oldest first, where the read stands, whether it is done), a page each."""
    for _ in range(_PAGES):
        body = client.nights(walk["since"], walk["offset"], now)
        rows = sleep.rows(_listed(body, "series"), client.account, client.zone)
        newest = sleep.newest(rows)
        walk = {**walk, "newest": max(walk["newest"], newest if _is_time(newest, now) else 0)}
        if not body.get("more"):
            yield rows, walk, True
            return
        offset = body.get("offset")
        if type(offset) is not int or offset <= walk["offset"]:
            raise Failed("Withings says that there are more nights, but not where. Nothing is lost: the next run tries again.")
        walk = {**walk, "offset": offset}
        yield rows, walk, False
    raise Failed("Withings never came to an end. Nothing is lost: the next run goes on from here.")


def _pages(client: Client, walk: dict[str, Any], now: datetime) -> Iterator[tuple[list[RawRow], dict[str, Any], bool]]:
    """(rows oldest first, where the read stands, whether it is done), a page each."""
    for _ in range(_PAGES):
        body = client.measures(walk["lastupdate"], walk["offset"], now)
        updated = body.get("updatetime")
        if walk["next"] is None:
            if not _is_time(updated, now):
                raise Failed("Withings gave an answer without its update time. Nothing is lost: the next run tries again.")
            walk = {**walk, "next": updated}
        rows = measures.rows(_listed(body, "measuregrps"), client.account, client.zone)
        if not body.get("more"):
            yield rows, walk, True
            return
        offset = body.get("offset")
        if type(offset) is not int or offset <= walk["offset"]:
            raise Failed("Withings says that there is more, but not where. Nothing is lost: the next run tries again.")
        walk = {**walk, "offset": offset}
        yield rows, walk, False
    raise Failed("Withings never came to an end. Nothing is lost: the next run goes on from here.")


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The night of its row, or the measurement that all kept groups of one timestamp make."""
    return sleep.parse(rows[-1], person) if rows[-1].group.startswith(sleep.MARK) else measures.parse(rows, person)


def kind_of(group: str) -> str:
    """The kind of record that a group makes."""
    return "sleep" if group.startswith(sleep.MARK) else kind


def may_have_moved(row: RawRow) -> bool:
    """True for a group that was changed after it was made: its date may be another one now, and so its timestamp's record."""
    if row.group.startswith(sleep.MARK):
        return False  # a night's record goes by its number
    created, modified = (row.data.get(each) for each in ("created", "modified"))
    return not (isinstance(created, int) and isinstance(modified, int)) or modified > created
