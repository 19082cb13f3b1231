"""Connecting a service in the browser: `/connect/NAME` sends the person there, `/connect/NAME/callback` receives them back.

`state` is a random word bound to the browser (a cookie that only the routes of that service see), to the service and to ten
minutes, and good once: a code that somebody else smuggles in belongs to no state, so nobody's account is connected but the
person's own. Only digests are stored. Routes stand behind the gate like everything else.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from flask import Flask, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from collectors import loop, oauth
from collectors.services import Service
from collectors.source import Halt
from dashboard import collecting
from dashboard.page import House
from store.items import instant, instant_text
from store.store import Store, StoreError, SyncState

LIFE: Final = timedelta(minutes=10)
COOKIE: Final = "fitboard_connect"
SETTING: Final = "connecting"
_LONGEST = 2048


def register(server: Flask, house: House) -> None:
    """The two routes of every service that is connected with a browser."""

    @server.get("/connect/<name>")
    def connect(name: str) -> BaseResponse:
        service = _service(house, name)
        if request.headers.get("Sec-Fetch-Site") == "cross-site":
            abort(403)  # only our own page begins this
        if not service.ready:
            return _back("settings", name)
        if urlsplit(house.url).netloc != request.host:
            # The service sends the person back to FITBOARD_URL; a cookie given to another name would not come along.
            return redirect(f"{house.url}/connect/{name}", 303)
        state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        remember(house.store, house.person, name, state, browser, house.clock())
        response = redirect(oauth.authorize_url(service, redirect_uri(house, name), state), 303)
        _give_cookie(response, name, browser, secure=house.url.startswith("https:"))
        return response

    @server.get("/connect/<name>/callback")
    def callback(name: str) -> BaseResponse:
        service = _service(house, name)
        given, browser = request.args.get("state", ""), request.cookies.get(COOKIE, "")
        if not consume(house.store, house.person, name, given, browser, house.clock()):
            return _back("again", name)
        response = _arrived(house, service)
        response.delete_cookie(COOKIE, path=f"/connect/{name}")
        return response


def redirect_uri(house: House, name: str) -> str:
    """Where the service sends the person back; the same must be entered in the service's settings of the application."""
    return f"{house.url}/connect/{name}/callback"


def remember(store: Store, person: str, name: str, state: str, browser: str, now: datetime) -> None:
    """Keep the digests of a state and its browser. Beginning anew makes the earlier state of that service worthless."""
    pending = _pending(store, person)
    pending[name] = {"state": _digest(state), "browser": _digest(browser), "until": instant_text(now + LIFE)}
    store.put_setting(person, SETTING, pending)


def consume(store: Store, person: str, name: str, state: str, browser: str, now: datetime) -> bool:
    """True when that state was given to that browser for that service, in time, and never used; afterwards it is used."""
    pending = _pending(store, person)
    kept = pending.get(name)
    if not isinstance(kept, dict) or not state or not browser or len(state) > _LONGEST or len(browser) > _LONGEST:
        return False
    right = hmac.compare_digest(kept["state"], _digest(state)) & hmac.compare_digest(kept["browser"], _digest(browser))
    if not right:
        return False
    # Exactly one of two callbacks with one state wins this lease, whichever process it reaches.
    first = store.acquire(f"connect:{kept['state']}", secrets.token_hex(8), LIFE * 2, now)
    store.put_setting(person, SETTING, {key: value for key, value in pending.items() if key != name})
    return first and now <= instant(kept["until"])


def _arrived(house: House, service: Service) -> BaseResponse:
    code, refused = request.args.get("code", ""), request.args.get("error", "")
    if refused or not code or len(code) > _LONGEST:
        return _back("refused", service.name)
    if missing := _not_granted(service, request.args.get("scope")):
        return _back(missing, service.name)
    now = house.clock()
    try:
        token = oauth.exchange(service, code, redirect_uri(house, service.name), now)
        # Unconditionally over the earlier sign-in: whoever is renewing that one at this moment has the older of the two.
        loop.connect(house.store, house.person, service, token)
    except Halt as halt:
        _note(house, service, halt.state, halt.message)
        return _back("failed", service.name)
    except StoreError as error:
        _note(house, service, "failed", str(error))
        return _back("failed", service.name)
    collecting.start(house, [service.name])
    return _back("connected", service.name)


def _not_granted(service: Service, scope: str | None) -> str:
    """Strava lets a person untick what we ask for; without reading activities there is nothing to collect."""
    if service.name == "strava" and scope is not None and "activity:read" not in scope:
        return "scope"
    return ""


def _note(house: House, service: Service, state: Any, message: str) -> None:
    """Write down why it failed, so that the Sources page says it and still does after a restart."""
    stands = house.store.sync_state(house.person, service.name) or SyncState(source=service.name)
    known = {each: getattr(stands, each) for each in ("cursor", "last_run", "last_success", "next_run", "counts")}
    house.store.put_sync_state(house.person, SyncState(source=service.name, state=state, message=message, **known))


def _service(house: House, name: str) -> Service:
    service = house.services.get(name)
    if not isinstance(service, Service) or service.connected_by != "oauth":
        abort(404)
    return service


def _pending(store: Store, person: str) -> dict[str, Any]:
    kept = store.setting(person, SETTING)
    return dict(kept) if isinstance(kept, dict) else {}


def _back(said: str, name: str) -> BaseResponse:
    """To the Sources page, which has the words for `said`: nothing from outside is ever shown as text."""
    return redirect(f"/sources?{urlencode({'said': said, 'source': name})}", 303)


def _give_cookie(response: BaseResponse, name: str, value: str, *, secure: bool) -> None:
    # Lax, not Strict: the service's redirect back is a navigation from another site and must carry it.
    response.set_cookie(COOKIE, value, max_age=LIFE, path=f"/connect/{name}", httponly=True, samesite="Lax", secure=secure)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
