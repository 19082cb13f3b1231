"""Signing in to a service, and keeping the sign-in: a rotated token is stored before anyone uses it, one refresh at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlencode

import requests

from collectors.http import Traffic, hide, session
from collectors.leases import Lease, turn
from collectors.services import Service
from collectors.source import Failed, Halt, Inactive, Limited, ReconnectNeeded, Stopped
from store.store import StaleEdit, Store, StoreDown, StoreError, Token

__all__ = ["Access", "ReconnectNeeded", "authorize_url", "exchange", "fresh_token", "from_refresh_token", "inactive"]

MARGIN = timedelta(minutes=2)
WAIT_S = 30.0
# The body's status with which Withings refuses a code, a refresh token or the client itself (HTTP is always 200).
_WITHINGS_REFUSED = frozenset({100, 101, 102, 200, 214, 293, 401, 503})
# What requests and urllib3 call it, and what it is called here; the first that fits.
_TROUBLES = (
    ("SSLError", "no encrypted connection came about (is this machine's clock right?)"),
    ("NameResolutionError", "its address was not found (is this machine online?)"),
    ("NewConnectionError", "the connection was refused (is this machine online?)"),
    ("Timeout", "there was no answer in time"),
    ("TimeoutError", "there was no answer in time"),
)


def authorize_url(service: Service, redirect_uri: str, state: str) -> str:
    """Where the person's browser goes to allow us in. `state` comes back and must be the same."""
    query = {
        "response_type": "code",
        "client_id": service.client_id or "",
        "redirect_uri": redirect_uri,
        "scope": service.scope,
        "state": state,
    }
    return f"{service.sign_in_url}?{urlencode(query)}"


def exchange(service: Service, code: str, redirect_uri: str, now: datetime, traffic: Traffic | None = None) -> Token:
    """The token pair for the code that the service's redirect carried. Raises ReconnectNeeded, Limited, Inactive or Failed."""
    hide(code)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return _request(service, form, now, traffic or Traffic())


def from_refresh_token(service: Service, refresh: str, now: datetime, traffic: Traffic | None = None) -> Token:
    """A new token pair from a refresh token that the person pasted. Raises as `exchange` does."""
    hide(refresh)
    return _request(service, {"grant_type": "refresh_token", "refresh_token": refresh}, now, traffic or Traffic())


def fresh_token(
    store: Store,
    person: str,
    service: Service,
    now: datetime,
    owner: str,
    *,
    rejected: Token | None = None,
    traffic: Traffic | None = None,
    wait: Callable[[float], object] | None = None,
) -> Token:
    """A token that is good at `now`, renewed where it must be. `rejected` is one that the service just refused.

    Exactly one process renews (a lease); the others wait for it and read what it stored. Raises ReconnectNeeded when there is
    no sign-in, or the service refuses it.
    """
    traffic = traffic or Traffic()
    token = _stored(store, person, service)
    if _good(token, now, rejected):
        return token
    waited = _Waited(wait or traffic.wait)
    lease = Lease(store, f"token:{service.name}", owner, lambda: now + waited.time, ttl=timedelta(minutes=2))
    with turn(lease, WAIT_S, waited) as won:
        token = _stored(store, person, service)
        if _good(token, now, rejected):
            return token
        if not won:
            raise Stopped(f"Another process is renewing the sign-in of {service.title}. The next run goes on from here.")
        form = {"grant_type": "refresh_token", "refresh_token": token.refresh}
        renewed = _request(service, form, now, traffic)
        renewed = replace(renewed, account={**token.account, **renewed.account})
        try:
            return _keep(store, person, renewed, token.version)
        except StaleEdit:  # the person connected anew meanwhile: theirs is the newer one
            return _stored(store, person, service)


def _keep(store: Store, person: str, renewed: Token, version: int) -> Token:
    """Store a renewed token; nobody has used it yet. Raises StaleEdit where another one came in between."""
    return store.put_token(person, renewed, version)


class _Waited:
    """A wait that remembers how long it was in all, so that a fixed `now` still sees a lease expire."""

    def __init__(self, wait: Callable[[float], object]) -> None:
        self._wait, self.time = wait, timedelta(0)

    def __call__(self, seconds: float) -> object:
        self.time += timedelta(seconds=seconds)
        return self._wait(seconds)


class Access:
    """The access token of one service during one run."""

    def __init__(
        self, store: Store, person: str, service: Service, clock: Callable[[], datetime], owner: str, traffic: Traffic
    ) -> None:
        self._store, self._person, self._service = store, person, service
        self._clock, self._owner, self._traffic = clock, owner, traffic
        self._token: Token | None = None
        self._lock = threading.Lock()

    @property
    def account(self) -> dict[str, Any]:
        """What the service said about whose sign-in it is, as far as it did. Raises as `token` does."""
        self.token()
        return self._token.account if self._token else {}

    def token(self) -> str:
        """The access token, renewed first when it is about to expire."""
        with self._lock:
            if self._token is None or not _good(self._token, self._clock(), None):
                self._token = self._fresh(None)
            return self._token.access

    def renew(self) -> str:
        """Another access token, because the service refused this one."""
        with self._lock:
            self._token = self._fresh(self._token)
            return self._token.access

    def _fresh(self, rejected: Token | None) -> Token:
        now = self._clock()
        return fresh_token(self._store, self._person, self._service, now, self._owner, rejected=rejected, traffic=self._traffic)


def _stored(store: Store, person: str, service: Service) -> Token:
    try:
        token = store.token(person, service.name)
    except StoreDown:  # no word on the sign-in: it may well be good
        raise
    except StoreError as error:  # sealed with another key: the message says the way out
        raise ReconnectNeeded(str(error)) from None
    if token is None:
        raise ReconnectNeeded(f"{service.title} is not connected. Connect it on the Sources page.")
    hide(token.access, token.refresh)
    return token


def _good(token: Token, now: datetime, rejected: Token | None) -> bool:
    if rejected is not None and token.access == rejected.access:
        return False
    return bool(token.access) and (token.expires_at is None or token.expires_at > now + MARGIN)


def _request(service: Service, form: Mapping[str, str], now: datetime, traffic: Traffic) -> Token:
    if not service.ready:
        raise Failed(f"{service.title} needs the settings {' and '.join(service.missing)}.")
    hide(*service.secrets)
    data = {**form, "client_id": service.client_id or "", "client_secret": service.client_secret or ""}
    if service.name == "withings":
        data["action"] = "requesttoken"
    try:
        # A token request is not repeated: the service may have rotated the token before its answer was lost.
        with session(traffic, service.base_url) as http:
            response = http.post(service.token_url, data=data, allow_redirects=False)
    except requests.RequestException as error:
        raise unreachable(service, error) from None
    content = _content(service, response)
    body = _withings_body(service, content, now) if service.name == "withings" else content
    if service.name == "strava" and not response.ok:
        _strava_refused(service, response.status_code, content, now)
    return _token(service, body, now)


def unreachable(service: Service, error: Exception) -> Failed:
    """The message for a service that cannot be reached; it says what kind of trouble it was, never what was asked."""
    return Failed(f"{service.title} could not be reached: {trouble(error)}. Nothing is lost: the next run tries again.")


def trouble(error: Exception) -> str:
    """What kept an answer from coming, in plain words; of what the libraries say only the kind of error is looked at."""
    every: list[BaseException] = [error]
    while isinstance(inner := getattr(every[-1], "reason", None) or next(iter(every[-1].args), None), BaseException):
        every.append(inner)
    names = {kind.__name__ for each in every for kind in type(each).__mro__}
    return next((said for name, said in _TROUBLES if name in names), "the connection broke off")


def _content(service: Service, response: requests.Response) -> dict[str, Any]:
    try:
        content = response.json()
    except ValueError:
        content = None
    if isinstance(content, dict):
        return content
    raise Failed(f"{service.title} gave an answer that is not understood (HTTP {response.status_code}). The next run tries again.")


def _refused(service: Service) -> ReconnectNeeded:
    return ReconnectNeeded(
        f"{service.title} no longer accepts the sign-in. Connect it again on the Sources page; everything stored stays."
    )


def _withings_body(service: Service, content: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    status = content.get("status")
    if status == 0 and isinstance(content.get("body"), dict):
        return dict(content["body"])
    if status in _WITHINGS_REFUSED:
        raise _refused(service)
    if status == 601:
        raise Limited("Withings asks for a pause (too many requests). The next run goes on.", now + timedelta(minutes=1))
    raise Failed(f"Withings refused to renew the sign-in (status {status}). The next run tries again.")


def _strava_refused(service: Service, http_status: int, content: Mapping[str, Any], now: datetime) -> NoReturn:
    if http_status == 403 and _says_inactive(content):
        raise inactive()
    if http_status in (400, 401, 403):
        raise _refused(service)
    if http_status == 429:
        raise Limited("Strava asks for a pause (too many requests). The next run goes on.", now + timedelta(minutes=15))
    raise Failed(f"Strava refused to renew the sign-in (HTTP {http_status}). The next run tries again.")


def _says_inactive(content: Mapping[str, Any]) -> bool:
    errors = content.get("errors")
    return isinstance(errors, list) and any(isinstance(each, dict) and each.get("code") == "Inactive" for each in errors)


def inactive() -> Halt:
    """Strava's application switched off: what it means, and the way out."""
    return Inactive(
        "Strava has switched this application off: since July 2026 its owner needs a paid subscription "
        "(https://www.strava.com/settings/api). The way without one: on strava.com ask for your account's export "
        "(Settings, My Account, Download or Delete Your Account) and import the ZIP on the Sources page."
    )


def _token(service: Service, body: Mapping[str, Any], now: datetime) -> Token:
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
        raise Failed(f"{service.title} answered without a token. The next run tries again.")
    hide(access, refresh)
    if "expires_at" in body:
        expires: datetime | None = datetime.fromtimestamp(int(body["expires_at"]), UTC)
    else:
        expires = now + timedelta(seconds=int(body["expires_in"])) if body.get("expires_in") else None
    account = {key: body[key] for key in ("userid", "scope") if body.get(key)}
    athlete = body.get("athlete")
    if isinstance(athlete, dict) and athlete.get("id"):
        account["athlete"] = athlete["id"]
    return Token(source=service.name, access=access, refresh=refresh, expires_at=expires, account=account)
