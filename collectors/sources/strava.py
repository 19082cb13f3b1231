"""Strava by its API: every activity, whatever the sport. Requests go through stravalib, the limits are ours (docs/decisions/0004).

A listing tells neither edits nor deletions: the last 30 days are listed again on each run, everything once a day. After the
listing the time series of the newest few activities are read, where they are missing (_strava_streams.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from collectors.http import Traffic
from collectors.oauth import Access
from collectors.services import Service
from collectors.source import ALL_TIME, Parsed, Slice
from collectors.sources import _strava_activities as activities
from collectors.sources import _strava_streams as streams
from collectors.sources._strava_client import Client
from health.records import SERIES_MARK, RawRow
from store.items import instant, instant_text

name = "strava"
title = "Strava"
record_source = "strava_api"
kind = "activity"
whole_groups = True  # one activity is one raw row

AGAIN = timedelta(days=30)
FULL_EVERY = timedelta(hours=20)  # a deletion of long ago shows within a day; ten years are fifteen requests
# Whether `after` means UTC or the athlete's clock is not said: the edges of what was listed are believed a day further in.
EDGE = timedelta(days=1)
AHEAD = timedelta(days=2)  # what begins later than that has a wrong start: nothing is concluded from it


_KNOWN = ("account", "newest", "full_at", "page", "recent", "streams", "streams_after")


def connect(service: Service, access: Access, traffic: Traffic, zone: str) -> Client:
    """A client for one run. `zone` is not needed: each activity names its own."""
    del zone
    return Client(service, access, traffic)


def slices(client: Client, cursor: dict[str, Any], now: datetime) -> Iterator[Slice]:
    """The activities from the cursor on, oldest first, in slices of a page, until a page is empty.

    Cursor: `athlete` is whose it is where the sign-in told, `account` where the activities did (an emptied account tells no more),
    `newest` the start of the newest activity, `full_at` when everything was last listed, `page` the longest page ever given,
    `recent`, `streams` and `streams_after` what is known of time series. While a listing is unfinished, `walk` is the time where it
    goes on, `walk_full` whether it covers everything, and `walk_at` when it began.
    """
    if cursor.get("athlete", client.athlete) != client.athlete:
        cursor = {}  # somebody else signed in: what was listed of the other athlete says nothing of this one
    known: dict[str, Any] = {key: cursor[key] for key in _KNOWN if key in cursor}
    known["athlete"] = client.athlete
    client.account = client.account or known.get("account", "")  # a new sign-in begins with an empty cursor
    if "walk" in cursor:
        # It may have been cut short long ago: it counts as of when it began, and where that is too long ago all is listed anew.
        began = instant(cursor.get("walk_at", instant_text(now)))
        yield from _listed(client, known, instant(cursor["walk"]), bool(cursor.get("walk_full")), began, now)
    full = "full_at" not in known or instant(known["full_at"]) + FULL_EVERY <= now
    if full or "walk" not in cursor:
        client.go_on(now)
        yield from _listed(client, known, None if full else _from(known, now), full, now, now)
    yield from streams.slices(client, known, now)


def _listed(
    client: Client, known: dict[str, Any], after: datetime | None, full: bool, began: datetime, now: datetime
) -> Iterator[Slice]:
    """One listing from `after` on to its end. `known` is what the cursor says beside it, and is kept up to date."""
    begin, held = after + EDGE if after else ALL_TIME[0], []
    in_order = readable = True
    for number in count(1):
        page = client.activities(after, number, now)
        known["account"] = client.account
        held += page
        _note(known, page, now)
        known["recent"] = streams.newest(known.get("recent", {}), page)
        if not page or (number == 1 and not full and _surely_last(page, known)):
            break
        # Oldest first is Strava's habit with `after` alone, not its promise: without it nothing is said before the end.
        readable = readable and all(map(activities.has_number, page))
        in_order = in_order and readable and held == sorted(held, key=activities.start)
        first, last = activities.start(held[0]), activities.start(page[-1])
        if in_order and ALL_TIME[0] < first < last < now + AHEAD:  # a single activity shows no order
            end = max(begin, last - EDGE)
            going = {**known, "walk": instant_text(last - 2 * EDGE), "walk_full": full, "walk_at": instant_text(began)}
            progress = f"{len(page)} activities read, up to {last:%Y-%m-%d}"
            yield Slice(rows=activities.rows(held), cursor=going, whole=(begin, end), progress=progress)
            begin, held = end, [each for each in held if activities.start(each) >= end]
        client.go_on(now)
    if full:
        known["full_at"] = instant_text(began)
    whole = (begin, ALL_TIME[1]) if readable else None  # one without a number may be any of those that seem to be gone
    listed = activities.rows(held)
    yield Slice(rows=listed, cursor=dict(known), whole=whole, all_named=full and readable, progress="nothing newer is left")


def _from(known: dict[str, Any], now: datetime) -> datetime:
    again = now - AGAIN - 2 * EDGE
    return min(instant(known["newest"]) - 2 * EDGE, again) if "newest" in known else again


def _note(known: dict[str, Any], page: Sequence[dict[str, Any]], now: datetime) -> None:
    starts = [activities.start(each) for each in page]
    starts = [each for each in starts if each < now + AHEAD]
    if starts:
        known["newest"] = instant_text(max([*starts, *([instant(known["newest"])] if "newest" in known else [])]))
        known["page"] = max(len(page), known.get("page", 0))


def _surely_last(page: Sequence[dict[str, Any]], known: dict[str, Any]) -> bool:
    """True when a page is so short that asking for the next one is a waste.

    Strava may give fewer than asked for though more is left, so only an empty page is the end of a first or daily listing. On
    the runs between, a page under half the longest one that this server ever gave is believed.
    """
    return 2 * len(page) < int(known.get("page", 0))


def kind_of(group: str) -> str:
    """A time series says so in its name."""
    return "series" if group.endswith(SERIES_MARK) else kind


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The activity of one raw row, or the time series of an answer's rows."""
    if kind_of(rows[-1].group) == "series":
        return streams.parse(rows, person)
    return activities.parse(rows[-1], person)
