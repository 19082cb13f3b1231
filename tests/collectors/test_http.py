"""Sessions that give up in time, and logs without a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import requests

from collectors import http
from collectors.services import ServiceSettings, document_id, from_settings
from collectors.source import Failed, Stopped
from settings import load
from tests.fakes.server import Answer, Fake, Request


class Echo(Fake):
    """Says what it was asked."""

    def answer(self, request: Request) -> Answer:
        return Answer({"path": request.path, "authorization": request.headers.get("authorization")})


@pytest.fixture
def echo() -> Iterator[Echo]:
    fake = Echo()
    fake.start()
    yield fake
    fake.stop()


def test_hosts_are_rewritten_to_the_base_and_nothing_else(echo: Echo) -> None:
    traffic = http.Traffic()
    session = http.session(traffic, echo.url, hosts={"www.strava.com"})
    assert session.get("https://www.strava.com/api/v3/x?a=1").json()["path"] == "/api/v3/x"
    assert traffic.requests == len(echo.log) == 1
    session.close()


@pytest.mark.parametrize("url", ["http://example.org/", "ftp://example.org/"])
def test_nothing_goes_out_unencrypted_to_another_machine(url: str) -> None:
    adapter = http.session(http.Traffic()).get_adapter("http://example.org/")
    assert isinstance(adapter, http._Adapter)
    with pytest.raises(Failed, match="without encryption"):
        adapter.rewritten(url)


def test_a_server_error_is_tried_four_times_in_all_and_each_is_counted(echo: Echo) -> None:
    waits: list[float] = []
    traffic = http.Traffic(wait=waits.append)
    echo.broken = [500] * 10
    assert http.session(traffic).get(echo.url).status_code == 500
    assert (len(echo.log), traffic.requests) == (4, 4)
    assert sum(waits) < 10


@pytest.mark.parametrize(("method", "status"), [("GET", 429), ("GET", 403), ("POST", 500)])
def test_a_limit_a_refusal_and_a_post_are_not_repeated(echo: Echo, method: str, status: int) -> None:
    echo.broken = [status] * 5
    assert http.session(http.Traffic()).request(method, echo.url).status_code == status
    assert len(echo.log) == 1


def test_every_request_has_a_timeout(echo: Echo, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    send = requests.adapters.HTTPAdapter.send

    def watched(self: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, **kwargs: object) -> requests.Response:
        seen.append(kwargs["timeout"])
        return send(self, request, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", watched)
    http.session(http.Traffic()).get(echo.url)
    http.session(http.Traffic()).get(echo.url, timeout=None)
    assert seen == [http.TIMEOUT, http.TIMEOUT]


def test_a_stopped_run_sends_nothing_more(echo: Echo) -> None:
    traffic = http.Traffic()
    traffic.stop.set()
    with pytest.raises(Stopped):
        http.session(traffic).get(echo.url)
    assert echo.log == []


def test_a_netrc_password_does_not_replace_our_token(echo: Echo, tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as file:
        file.write("machine 127.0.0.1 login someone password other\n")
    monkeypatch.setenv("NETRC", netrc)
    answer = http.session(http.Traffic()).get(echo.url, headers={"Authorization": "Bearer ours"})
    assert answer.json()["authorization"] == "Bearer ours"


def test_secrets_are_cleaned_by_name_and_by_value() -> None:
    http.hide("known-secret-value")
    said = http.clean("a known-secret-value, access_token=abc123&x=1 'refresh_token': 'zzz' Bearer qqq.www client_secret=s")
    for secret in ("known-secret-value", "abc123", "zzz", "qqq.www", "client_secret=s"):
        assert secret not in said
    assert "x=1" in said


def test_every_logger_is_cleaned_exceptions_too(caplog: pytest.LogCaptureFixture) -> None:
    before = logging.getLogRecordFactory()
    try:
        http.guard_logs()
        http.guard_logs()
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("some.library").debug("token %s for %s", "Bearer abc", {"refresh_token": "xyz"})
            try:
                raise ValueError("access_token=from-an-exception")
            except ValueError:
                logging.getLogger("another").exception("it failed")
    finally:
        logging.setLogRecordFactory(before)
    assert not any(secret in caplog.text for secret in ("abc", "xyz", "from-an-exception"))
    assert "it failed" in caplog.text


@pytest.mark.parametrize(
    "said",
    [
        "abc_123-x",
        "https://docs.google.com/spreadsheets/d/abc_123-x/edit#gid=0",
        "https://docs.google.com/spreadsheets/d/abc_123-x",
    ],
)
def test_a_pasted_address_is_a_document_id_too(said: str) -> None:
    assert document_id(said) == "abc_123-x"


def test_no_secret_in_the_printed_form_of_a_service(tmp_path: object) -> None:
    settings: ServiceSettings = load(
        {"WITHINGS_CLIENT_SECRET": "canary-1", "SHEETS_CREDENTIALS": "canary-2", "FITBOARD_ZONE": "UTC"}
    )
    services = from_settings(settings)
    assert "canary" not in repr(services)
    assert services["withings"].missing == ("WITHINGS_CLIENT_ID",)
    assert services["withings"].sign_in_url == "https://account.withings.com/oauth2_user/authorize2"
    assert services["strava"].token_url == "https://www.strava.com/oauth/token"
