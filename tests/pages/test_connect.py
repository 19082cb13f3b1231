"""Connecting a service in the browser: `state` is good once, in time, for one service and one browser."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from dashboard import connect
from dashboard.factory import create_app
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings
from tests.pages.conftest import KEYS, NOW, App, Clock, client_of

CROSS = {"Sec-Fetch-Site": "cross-site"}  # how a browser marks the way back from a service


@pytest.fixture
def withings() -> Iterator[Withings]:
    with Withings(now=NOW.timestamp()) as fake:
        yield fake  # type: ignore[misc]


@pytest.fixture
def app(make_app: Callable[..., App], withings: Withings) -> App:
    return make_app(
        withings_client_id="withings-id", withings_client_secret="withings-secret-canary", withings_base_url=withings.url
    )


def begin(app: App, name: str = "withings") -> str:
    """Start connecting; the address of the service that the browser is sent to."""
    answer = app.client.get(f"/connect/{name}")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def allow(address: str) -> str:
    """The person allows it: where the service sends the browser back, as path and query."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.netloc, timeout=5)
    line.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(str(line.getresponse().getheader("Location")))
    line.close()
    return f"{back.path}?{back.query}"


def came_back(app: App, address: str) -> TestResponse:
    return app.client.get(address, headers=CROSS)


def said(answer: TestResponse) -> str:
    assert answer.status_code == 303
    place = urlsplit(answer.headers["Location"])
    assert place.path == "/sources"
    return parse_qs(place.query)["said"][0]


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def finish_jobs(app: App) -> None:
    for job in app.house.jobs.all():
        app.house.jobs.wait(job.id, 20)


def test_the_whole_way_ends_with_a_token_and_a_first_run(app: App, withings: Withings) -> None:
    assert said(came_back(app, allow(begin(app)))) == "connected"
    token = app.house.store.token("me", "withings")
    assert token is not None
    assert withings.sign_in.authorised == 1
    finish_jobs(app)
    assert app.house.store.counts("me")["withings_api"]["measurement"] > 0
    state = app.house.store.sync_state("me", "withings")
    assert state is not None
    assert state.state == "ok"


def test_the_service_is_asked_with_our_address_and_an_unguessable_state(app: App) -> None:
    query = parse_qs(urlsplit(begin(app)).query)
    assert query["redirect_uri"] == ["http://127.0.0.1:8050/connect/withings/callback"]
    assert query["client_id"] == ["withings-id"]
    assert len(query["state"][0]) >= 40
    assert state_of(begin(app)) != query["state"][0]


def test_neither_state_nor_browser_is_stored_as_it_is(app: App) -> None:
    state = state_of(begin(app))
    kept = str(app.house.store.setting("me", connect.SETTING))
    cookie = app.client.get_cookie(connect.COOKIE, "127.0.0.1", "/connect/withings")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert state not in kept
    assert cookie.value not in kept


def test_a_state_is_good_once(app: App) -> None:
    address = allow(begin(app))
    cookie = app.client.get_cookie(connect.COOKIE, "127.0.0.1", "/connect/withings")
    assert said(came_back(app, address)) == "connected"
    assert cookie is not None
    app.client.set_cookie(connect.COOKIE, cookie.value, domain="127.0.0.1", path="/connect/withings")
    assert said(came_back(app, address)) == "again"
    finish_jobs(app)


def test_a_state_ends_after_ten_minutes(app: App, clock: Clock) -> None:
    address = allow(begin(app))
    clock.later(minutes=10, seconds=1)
    assert said(came_back(app, address)) == "again"
    assert app.house.store.token("me", "withings") is None


def test_a_state_belongs_to_the_browser_that_began(app: App) -> None:
    address = allow(begin(app))
    answer = client_of(app.dash).get(address, headers=CROSS)
    assert said(answer) == "again"
    assert app.house.store.token("me", "withings") is None


def test_somebody_elses_code_is_not_taken(app: App, withings: Withings) -> None:
    begin(app)
    code = withings.sign_in.code("http://127.0.0.1:8050/connect/withings/callback", "user.metrics")
    for state in ("", "x", "a" * 5000):
        assert said(came_back(app, f"/connect/withings/callback?code={code}&state={state}")) == "again"
    assert app.house.store.token("me", "withings") is None
    assert withings.sign_in.authorised == 0


def test_beginning_anew_makes_the_earlier_state_worthless(app: App) -> None:
    first = allow(begin(app))
    begin(app)
    assert said(came_back(app, first)) == "again"


def test_a_state_of_one_service_does_not_fit_another(make_app: Callable[..., App], withings: Withings) -> None:
    with Strava(now=NOW.timestamp()) as strava:
        app = make_app(
            withings_client_id="withings-id", withings_client_secret="withings-secret-canary", withings_base_url=withings.url,
            strava_client_id="123", strava_client_secret="strava-secret-canary", strava_base_url=strava.url,
        )  # fmt: skip
        state = state_of(begin(app, "withings"))
        assert said(came_back(app, f"/connect/strava/callback?code=x&state={state}")) == "again"


def test_two_services_can_be_on_their_way_at_once(make_app: Callable[..., App], withings: Withings) -> None:
    with Strava(activities=[], now=NOW.timestamp()) as strava:
        app = make_app(
            withings_client_id="withings-id", withings_client_secret="withings-secret-canary", withings_base_url=withings.url,
            strava_client_id="123", strava_client_secret="strava-secret-canary", strava_base_url=strava.url,
        )  # fmt: skip
        first = allow(begin(app, "withings"))
        second = allow(begin(app, "strava"))
        assert said(came_back(app, first)) == "connected"
        assert said(came_back(app, second)) == "connected"
        finish_jobs(app)


def test_a_person_who_says_no_is_told_so(app: App) -> None:
    state = state_of(begin(app))
    assert said(came_back(app, f"/connect/withings/callback?error=access_denied&state={state}")) == "refused"


def test_strava_without_leave_to_read_activities_is_not_connected(make_app: Callable[..., App]) -> None:
    with Strava(now=NOW.timestamp()) as strava:
        app = make_app(strava_client_id="123", strava_client_secret="strava-secret-canary", strava_base_url=strava.url)
        address = allow(begin(app, "strava")).replace("activity%3Aread_all", "")
        assert said(came_back(app, address)) == "scope"
        assert app.house.store.token("me", "strava") is None


def test_a_code_that_the_service_refuses_leaves_a_reason_on_the_page(app: App) -> None:
    state = state_of(begin(app))
    assert said(came_back(app, f"/connect/withings/callback?code=wrong&state={state}")) == "failed"
    stands = app.house.store.sync_state("me", "withings")
    assert stands is not None
    assert stands.state == "reconnect"
    assert "Connect it again" in stands.message


def test_connecting_again_keeps_the_place_where_reading_goes_on(app: App) -> None:
    assert said(came_back(app, allow(begin(app)))) == "connected"
    finish_jobs(app)
    before = app.house.store.sync_state("me", "withings")
    state = state_of(begin(app))
    came_back(app, f"/connect/withings/callback?code=wrong&state={state}")
    after = app.house.store.sync_state("me", "withings")
    assert before is not None
    assert after is not None
    assert before.cursor
    assert after.cursor == before.cursor


def test_without_its_settings_a_service_sends_nobody_anywhere(make_app: Callable[..., App]) -> None:
    assert said(make_app().client.get("/connect/strava")) == "settings"


@pytest.mark.parametrize(
    "path", ["/connect/sheets", "/connect/nobody", "/connect/nobody/callback", "/connect/sheets/callback?state=x"]
)
def test_only_services_with_a_browser_have_these_routes(app: App, path: str) -> None:
    assert app.client.get(path).status_code == 404


def test_another_site_cannot_begin_it(app: App) -> None:
    assert app.client.get("/connect/withings", headers=CROSS).status_code == 403


def test_another_name_of_this_machine_is_led_to_the_one_the_service_knows(app: App) -> None:
    answer = app.client.get("/connect/withings", base_url="http://localhost:8050")
    assert answer.headers["Location"] == "http://127.0.0.1:8050/connect/withings"


def test_behind_a_password_nothing_of_it_is_open(app: App) -> None:
    locked = client_of(create_app(app.house, secret_keys=KEYS, password="a password nobody guesses"))
    for path in ("/connect/withings", "/connect/withings/callback?state=x&code=y"):
        answer = locked.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/login")


@given(states=st.lists(st.text(max_size=12), min_size=1, max_size=6), browser=st.text(max_size=12))
def test_no_text_but_the_right_ones_is_consumed(states: list[str], browser: str) -> None:
    store = _Kept()
    connect.remember(store, "me", "strava", "right state", "right browser", NOW)  # type: ignore[arg-type]
    for state in states:
        assert not connect.consume(store, "me", "strava", state, "right browser", NOW)  # type: ignore[arg-type]
        assert not connect.consume(store, "me", "strava", "right state", browser, NOW)  # type: ignore[arg-type]
    assert connect.consume(store, "me", "strava", "right state", "right browser", NOW)  # type: ignore[arg-type]
    assert not connect.consume(store, "me", "strava", "right state", "right browser", NOW)  # type: ignore[arg-type]


class _Kept:
    """The two things of a store that this needs, in memory."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}

    def setting(self, _person: str, key: str) -> Any:
        return self.settings.get(key)

    def put_setting(self, _person: str, key: str, value: Any) -> None:
        self.settings[key] = value

    def acquire(self, *_: Any) -> bool:
        return True
