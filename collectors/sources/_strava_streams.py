"""The time series of Strava's API: which activities lack one, one request each, and from the answer to a record.

The listing goes first, always. Streams are asked for only while most of every limit is unused, for the newest few activities, each
once (and again when its length or distance changed). Whatever goes wrong here leaves the run as good as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import requests

from collectors.files import _course, _pieces
from collectors.files._columns import rejected
from collectors.source import Failed, Halt, Parsed, Slice
from collectors.sources import _strava_activities as activities
from collectors.sources._strava_client import Client
from health.records import RawRow, series_of
from store.items import instant, instant_text

NEWEST = 10  # activities looked at, and so the most requests of a run
REMEMBERED = 60
AGAIN_AFTER = timedelta(days=1)  # once Strava gave an answer that is no stream
# Our column and Strava's stream.
_COLUMNS = {
    "distance_m": "distance",
    "altitude_m": "altitude",
    "heart_rate_bpm": "heartrate",
    "cadence_rpm": "cadence",
    "power_w": "watts",
}
_ASKED = ("id", "start_date", "timezone", "utc_offset", "elapsed_time", "distance", "manual")
KEYS = ("time", "latlng", *_COLUMNS.values())


def newest(held: Mapping[str, dict[str, Any]], page: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The newest activities by number, of those `held` and those of a page, each with what this module asks of it."""
    every = {
        **held,
        **{str(each["id"]): {name: each[name] for name in _ASKED if name in each} for each in page if activities.has_number(each)},
    }
    latest = sorted(every.items(), key=lambda item: activities.start(item[1]), reverse=True)
    return dict(latest[:NEWEST])


def slices(client: Client, known: dict[str, Any], now: datetime) -> Iterator[Slice]:
    """The streams that are missing, the newest first, each a slice of its own. `known` is the cursor after the listing.

    Cursor: `recent` are the newest activities listed so far (a run that was cut short goes on with them), `streams` says of which
    the series was read, and what they were like then; `streams_after` when to ask again.
    """
    if "streams_after" in known and instant(known["streams_after"]) > now:
        return
    told: dict[str, str] = dict(known.get("streams", {}))
    for number, each in known.get("recent", {}).items():
        if not _may_have(each) or told.get(number) == _looks(each):
            continue
        if not client.has_room():
            return
        try:
            found = client.streams(number, KEYS, now)
        except (Halt, requests.RequestException) as error:
            if isinstance(error, Failed | requests.RequestException):
                yield Slice(rows=(), cursor={**known, "streams": told, "streams_after": instant_text(now + AGAIN_AFTER)})
            return
        told.pop(number, None)
        told[number] = _looks(each)
        told = dict(list(told.items())[-REMEMBERED:])
        rows = _rows(each, found, client.account) if found else []
        yield Slice(rows=rows, cursor={**known, "streams": told}, progress=f"time series of {each.get('start_date', number)} read")


def _may_have(activity: Mapping[str, Any]) -> bool:
    """False for what was typed by hand, which has no points."""
    return not activity.get("manual") and activities.start(activity).year > 1


def _looks(activity: Mapping[str, Any]) -> str:
    """What tells that an activity was cut or changed since its streams were read."""
    return f"{activity.get('start_date')} {activity.get('elapsed_time')} {activity.get('distance')}"


def _rows(activity: Mapping[str, Any], found: Mapping[str, Any], account: str) -> list[RawRow]:
    at = activities.start(activity)
    context = {"account": account, "start": instant_text(at), "zone": activities.zone(activity, at)}
    number = str(activity["id"])
    data = json.dumps(found, separators=(",", ":")).encode()
    return _pieces.raw_rows(activities.SOURCE, series_of(number), data, context, f"streams of activity {number}")


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The time series of kept streams, and a Rejected for each thing in them that cannot be."""
    row = rows[0]
    try:
        said = _data(json.loads(_pieces.joined(rows)))
        times = _numbers(said["time"])
    except (_pieces.BadPieces, LookupError, TypeError, ValueError) as error:
        return None, [rejected(row, person, "streams", f"cannot be read ({type(error).__name__})")]
    columns: dict[str, Any] = {}
    odd: list[_course.Problem] = []
    for ours, theirs in _COLUMNS.items():
        if theirs in said:
            _add(columns, ours, said[theirs], len(times), odd)
    if "latlng" in said:
        pairs = [each if isinstance(each, list) and len(each) == 2 else (None, None) for each in said["latlng"]]
        for at, ours in enumerate(("lat_deg", "lon_deg")):
            _add(columns, ours, [each[at] for each in pairs], len(times), odd)
    course = _course.built(instant(row.context["start"]), "", times, columns)
    course.problems += odd
    record = _course.series_record(course, row, person, native_id=row.group)
    return record, [_course.aside(row, person, each) for each in course.problems]


def _data(answer: Any) -> dict[str, list[Any]]:
    """The streams by type, from either form of the answer."""
    pairs = answer.items() if isinstance(answer, dict) else ((each["type"], each) for each in answer)
    return {str(name): list(each["data"]) for name, each in pairs}


def _add(columns: dict[str, Any], name: str, values: list[Any], points: int, odd: list[_course.Problem]) -> None:
    if len(values) != points:
        odd.append((name, "has another number of points than the times: it is left out", f"{len(values):,} of {points:,}"))
    else:
        columns[name] = _numbers(values)


def _numbers(values: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers, NaN for what is none. Raises TypeError or ValueError for anything that is neither."""
    return np.array([np.nan if each is None or isinstance(each, bool) else float(each) for each in values], dtype=np.float64)
