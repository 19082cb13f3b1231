"""The Strava client of one run: stravalib's requests and errors, our session, our limits."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from collectors.http import Traffic, session
from collectors.oauth import Access, inactive
from collectors.services import Service
from collectors.source import Failed, Limited, ReconnectNeeded
from collectors.sources._strava_activities import athlete_of

if TYPE_CHECKING:
    from stravalib.protocol import ApiV3

PER_PAGE = 200
ENOUGH = 0.9  # of a limit: the rest is left to the person's other uses of the application
AMPLE = 0.5  # of a limit: what is asked for beside the listing leaves at least the other half
_HEADERS = (("X-RateLimit-Limit", "X-RateLimit-Usage"), ("X-ReadRateLimit-Limit", "X-ReadRateLimit-Usage"))


class Client:
    """Reads one Strava account. `account` is the athlete's id."""

    def __init__(self, service: Service, access: Access, traffic: Traffic) -> None:
        self._access = access
        self._http = session(traffic, service.base_url, hosts={"www.strava.com"})
        self._api = _protocol(self._http)
        self._api.rate_limiter = self._note
        self._used_up: str | None = None
        self._share = 0.0
        self.account = ""

    def close(self) -> None:
        self._http.close()

    @property
    def athlete(self) -> str:
        """Who signed in, where that is known before anything is read; else empty."""
        return str(self._access.account.get("athlete", ""))

    def activities(self, after: datetime | None, page: int, now: datetime) -> list[dict[str, Any]]:
        """One page of the athlete's activities that began after that instant. Raises Limited, Inactive, ReconnectNeeded, Failed."""
        from stravalib import exc

        params: dict[str, Any] = {"page": page, "per_page": PER_PAGE, "after": int(after.timestamp()) if after else 0}
        self._api.access_token = self._access.token()
        try:
            try:
                found = self._api.get("/athlete/activities", **params)
            except exc.AccessUnauthorized:
                self._api.access_token = self._access.renew()
                found = self._api.get("/athlete/activities", **params)
        except exc.AccessUnauthorized:
            raise ReconnectNeeded(
                "Strava no longer accepts the sign-in, or it does not include your activities. Connect it again on the Sources "
                "page and leave the permission to see activities switched on; everything stored stays."
            ) from None
        except exc.ApplicationInactive:
            raise inactive() from None
        except exc.Fault as fault:
            raise self._halt(fault, now) from None
        except ValueError:
            raise Failed("Strava gave an answer that is not understood. Nothing is lost: the next run tries again.") from None
        if not isinstance(found, list):
            raise Failed("Strava gave no list of activities. Nothing is lost: the next run tries again.")
        # The activities say whose they are; a token does so only when it was made in the browser.
        said = filter(None, (athlete_of(each) for each in found if isinstance(each, dict)))
        self.account = next(said, self.account or self.athlete)
        return [self._of_account(each) for each in found]

    def _of_account(self, entry: Any) -> dict[str, Any]:
        """An entry of the list; one that is no object, or does not say whose it is, is this account's, to be set aside in it."""
        told = entry if isinstance(entry, dict) else {"": entry}
        return told if athlete_of(told) or not self.account else {**told, "athlete": {"id": self.account}}

    def streams(self, number: str, keys: Sequence[str], now: datetime) -> dict[str, Any] | None:
        """The streams of one activity by type; None where it has none. Raises Limited, Inactive, Failed."""
        from stravalib import exc

        self._api.access_token = self._access.token()
        try:
            found = self._api.get(f"/activities/{number}/streams", keys=",".join(keys), key_by_type="true")
        except exc.ObjectNotFound:
            return None
        except exc.ApplicationInactive:
            raise inactive() from None
        except exc.Fault as fault:
            raise self._halt(fault, now) from None
        except ValueError:
            raise Failed("Strava gave an answer that is not understood. Nothing is lost: it is asked again tomorrow.") from None
        return found if isinstance(found, dict) and "time" in found else None

    def has_room(self) -> bool:
        """True while most of every limit is unused, as far as the last answer told."""
        return self._share < AMPLE

    def go_on(self, now: datetime) -> None:
        """Raise Limited when a limit is nearly used up, so that the next request is left for another run."""
        if self._used_up:
            raise _limited(self._used_up, now)

    def _halt(self, fault: Exception, now: datetime) -> Failed | Limited:
        response = getattr(fault, "response", None)
        status = response.status_code if response is not None else 0
        if status == 429:
            return _limited(self._used_up or "quarter", now)
        return Failed(f"Strava could not answer (HTTP {status}). Nothing is lost: the next run tries again.")

    def _note(self, headers: Mapping[str, str], _method: str) -> None:
        self._used_up, self._share = used_up(headers), share(headers)


def used_up(headers: Mapping[str, str]) -> str | None:
    """Which limit is at 90 % or more: "day", "quarter" (of an hour) or None, from the headers of any answer."""
    result = None
    for limit_name, usage_name in _HEADERS:
        limits, usages = _pair(headers.get(limit_name)), _pair(headers.get(usage_name))
        if limits and usages:
            if usages[1] >= ENOUGH * limits[1]:
                return "day"
            if usages[0] >= ENOUGH * limits[0]:
                result = "quarter"
    return result


def share(headers: Mapping[str, str]) -> float:
    """How much of the limit that is used most is used, from the headers of any answer; 0 where they do not say."""
    found = [0.0]
    for limit_name, usage_name in _HEADERS:
        limits, usages = _pair(headers.get(limit_name)), _pair(headers.get(usage_name))
        if limits and usages:
            found += [usage / limit for usage, limit in zip(usages, limits, strict=True) if limit]
    return max(found)


def _pair(text: str | None) -> tuple[int, int] | None:
    parts = (text or "").split(",")
    if len(parts) != 2 or not all(each.strip().isdigit() for each in parts):
        return None
    return int(parts[0]), int(parts[1])


def limit_ends(which: str, now: datetime) -> datetime:
    """When Strava counts from 0 again: at the next quarter of an hour, or at midnight UTC."""
    if which == "day":
        return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)


def _limited(which: str, now: datetime) -> Limited:
    until = limit_ends(which, now)
    span = "today's" if which == "day" else "this quarter of an hour's"
    return Limited(f"Nearly all of {span} requests to Strava are used. It goes on after {until:%H:%M} UTC.", until)


def _protocol(http: Any) -> ApiV3:
    """stravalib's requests without its own limiter, refreshing and advice: all three are ours."""
    with warnings.catch_warnings(), _quiet():
        from stravalib import Client as Strava

        # stravalib sends Python's warnings to the log from then on, for the whole process.
        logging.captureWarnings(False)
        api = Strava(rate_limit_requests=False, requests_session=http).protocol
    # Where it finds these in the environment it would renew the token itself, and the new one would be stored nowhere.
    api.client_id = api.client_secret = None
    return api


@contextmanager
def _quiet() -> Iterator[None]:
    """No advice from stravalib about its own environment variables on the root logger."""
    root = logging.getLogger()
    silent = _Silent()
    root.addFilter(silent)
    try:
        yield
    finally:
        root.removeFilter(silent)


class _Silent(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not record.pathname.endswith("protocol.py")
