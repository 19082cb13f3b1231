"""Withings by its API: the scale, the blood-pressure cuff, the thermometer. Our own thin client (docs/decisions/0001).

A reading's values may come in several groups of one timestamp, and some of them days later: the timestamp is the record, each
group a raw row of it. HTTP is always 200, the status stands in the body.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from collectors.http import Traffic, session
from collectors.oauth import Access
from collectors.services import Service
from collectors.source import ALL_TIME, Failed, Limited, Parsed, ReconnectNeeded, Slice
from collectors.sources import _withings_measures as measures
from health.records import RawRow
from store.items import instant, instant_text

name = "withings"
title = "Withings"
record_source = "withings_api"
kind = "measurement"
whole_groups = False  # an incremental read shows only the groups that are new or changed

FULL_EVERY = timedelta(days=7)  # nothing tells of deletions, so everything is listed again once a week
_OK, _LIMITED = 0, 601
_SIGN_IN = frozenset({100, 101, 102, 200, 401})
_PAGES = 10_000


class Client:
    """Reads one Withings account. `account` is its user id."""

    def __init__(self, service: Service, access: Access, traffic: Traffic, zone: str) -> None:
        # getmeas is a POST that only reads: it may be sent again after a broken connection.
        self._http = session(traffic, service.base_url, repeat=frozenset({"GET", "POST"}))
        self._url = f"{service.base_url}/measure"
        self._access = access
        self.zone = zone

    @property
    def account(self) -> str:
        return str(self._access.account.get("userid", ""))

    def measures(self, lastupdate: int, offset: int, now: datetime) -> dict[str, Any]:
        """One page of what changed since `lastupdate` (seconds since 1970). Raises Limited, ReconnectNeeded or Failed."""
        form = {"action": "getmeas", "category": 1, "lastupdate": lastupdate}
        if offset:
            form["offset"] = offset
        status, body = self._post(form, self._access.token())
        if status in _SIGN_IN:
            status, body = self._post(form, self._access.renew())
        if status == _OK and body is not None:
            return body
        if status in _SIGN_IN:
            raise ReconnectNeeded("Withings no longer accepts the sign-in. Connect it again on the Sources page; all data stays.")
        if status == _LIMITED:
            raise Limited("Withings asks for a pause (120 requests a minute). The next run goes on.", now + timedelta(minutes=1))
        raise Failed(f"Withings could not answer (status {status}). Nothing is lost: the next run tries again.")

    def close(self) -> None:
        self._http.close()

    def _post(self, form: Mapping[str, Any], token: str) -> tuple[int | None, dict[str, Any] | None]:
        response = self._http.post(self._url, data=form, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False)
        try:
            content = response.json()
        except ValueError:
            raise Failed(f"Withings gave an answer that is not understood (HTTP {response.status_code}).") from None
        if not isinstance(content, dict) or not isinstance(content.get("status"), int):
            raise Failed(f"Withings gave an answer without a status (HTTP {response.status_code}).")
        body = content.get("body")
        return content["status"], body if isinstance(body, dict) else None


def connect(service: Service, access: Access, traffic: Traffic, zone: str) -> Client:
    """A client for one run; `zone` counts where Withings names none for the account."""
    return Client(service, access, traffic, zone)


def slices(client: Client, cursor: dict[str, Any], now: datetime) -> Iterator[Slice]:
    """What changed since the cursor, a page at a time; once a week then everything, to see what was deleted.

    Cursor: `account` is whose it is, `lastupdate` the `updatetime` that the server told with the first page of the last whole
    read, and `full_at` when everything was last listed. While a read is unfinished, `walk` says where it goes on: {lastupdate,
    offset, next}.
    """
    if cursor.get("account", client.account) != client.account:
        cursor = {}  # somebody else signed in: what was read of the other account says nothing of this one
    known: dict[str, Any] = {key: cursor[key] for key in ("lastupdate", "full_at") if key in cursor}
    known["account"] = client.account
    first = "lastupdate" not in known
    begin = cursor.get("walk") or {"lastupdate": known.get("lastupdate", 0), "offset": 0, "next": None}
    for rows, walk, done in _pages(client, begin, now):
        if done:
            known["lastupdate"] = walk["next"]
            if first:
                known["full_at"] = instant_text(now)
        going = dict(known) if done else {**known, "walk": walk}
        yield Slice(rows=rows, cursor=going, progress=f"{len(rows)} groups read")
    if instant(known.get("full_at", instant_text(ALL_TIME[0]))) + FULL_EVERY <= now:
        pages = list(_pages(client, {"lastupdate": 0, "offset": 0, "next": None}, now))
        rows = [row for page, _, _ in pages for row in page]
        known |= {"lastupdate": pages[-1][1]["next"], "full_at": instant_text(now)}
        yield Slice(rows=rows, cursor=known, whole=ALL_TIME, whole_groups=True, progress=f"all {len(rows)} groups compared")


def _pages(client: Client, walk: dict[str, Any], now: datetime) -> Iterator[tuple[list[RawRow], dict[str, Any], bool]]:
    """(rows oldest first, where the read stands, whether it is done), a page each."""
    for _ in range(_PAGES):
        body = client.measures(walk["lastupdate"], walk["offset"], now)
        updated = body.get("updatetime")
        if walk["next"] is None:
            if not isinstance(updated, int):
                raise Failed("Withings gave an answer without its update time. Nothing is lost: the next run tries again.")
            walk = {**walk, "next": updated}
        rows = measures.rows(body, client.account, client.zone)
        if not body.get("more"):
            yield rows, walk, True
            return
        offset = body.get("offset")
        if not isinstance(offset, int) or offset <= walk["offset"]:
            raise Failed("Withings says that there is more, but not where. Nothing is lost: the next run tries again.")
        walk = {**walk, "offset": offset}
        yield rows, walk, False
    raise Failed("Withings never came to an end. Nothing is lost: the next run goes on from here.")


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The measurement that all kept groups of one timestamp make."""
    return measures.parse(rows, person)


def may_have_moved(row: RawRow) -> bool:
    """True for a group that was changed after it was made: its date may be another one now, and so its timestamp's record."""
    created, modified = (row.data.get(each) for each in ("created", "modified"))
    return not (isinstance(created, int) and isinstance(modified, int)) or modified > created
