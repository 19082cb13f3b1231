"""The network gone in every way: which way it was, in plain words; the other sources go on; the next run catches up."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests
import urllib3

from collectors import http
from collectors.oauth import trouble
from tests.collectors.conftest import Home
from tests.fakes.server import Fake
from tests.fakes.sheets import Sheets, made_rows
from tests.fakes.strava import Strava, made_activities
from tests.fakes.withings import Withings, made_groups

KINDS = {"withings": "measurement", "strava": "activity", "sheets": "workout"}
SOON_S = 0.4
NOT_FOUND = urllib3.exceptions.NameResolutionError("h", None, socket.gaierror())  # type: ignore[arg-type]
LIBRARY_WORDS = ("Error", "Exception", "HTTPConnectionPool", "Traceback", "urllib3", "Errno")


@contextmanager
def silent() -> Iterator[str]:
    """The address of a service that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def nobody() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
    yield address


@pytest.fixture
def three(home: Home) -> dict[str, Fake]:
    at = int(home.at.timestamp())
    fakes: dict[str, Fake] = {
        "withings": Withings(made_groups(at, days=9), page_size=4, now=at),
        "strava": Strava(made_activities(at, count=9), page_cap=4, now=at),
        "sheets": Sheets({"Log": made_rows(9)}),
    }
    for name, fake in fakes.items():
        home.have(name, fake)
    fakes["sheets"]._fixed = None  # google-auth signs with the machine's clock
    return fakes


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(("where", "said"), [(nobody, "refused"), (silent, "no answer in time")])
def test_one_service_out_of_reach(
    home: Home, three: dict[str, Fake], name: str, where: Callable[..., object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT", (SOON_S, SOON_S))
    monkeypatch.setattr("collectors.sources.sheets.TIMEOUT", (SOON_S, SOON_S))
    right = dict(home.house.environ)
    with where() as address:  # type: ignore[attr-defined]
        home.house.environ = {key: value.replace(three[name].url, address) for key, value in right.items()}
        results = home.collect()
    for each, result in results.items():
        assert result.state == ("failed" if each == name else "ok")
    assert said in results[name].message
    assert not any(word in results[name].message for word in LIBRARY_WORDS), results[name].message
    monkeypatch.undo()
    home.house.environ = right
    home.later(hours=3)
    three["sheets"]._fixed = None
    assert {each.state for each in home.collect().values()} == {"ok"}
    assert [len(home.store.bodies("me", kind)) for kind in KINDS.values()] == [9, 9, 9]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", NOT_FOUND)), "not found"),  # type: ignore[arg-type]
        (requests.ReadTimeout("x"), "in time"),
        (requests.exceptions.SSLError("certificate is not yet valid"), "clock"),
        (requests.exceptions.ChunkedEncodingError("secret-canary"), "broke off"),
    ],
)  # fmt: skip
def test_the_way_it_was_is_told_by_the_kind_of_error_alone(error: Exception, said: str) -> None:
    assert said in trouble(error)
    assert "canary" not in trouble(error)


def test_a_machine_whose_clock_is_wrong_is_told_so_and_needs_no_new_key(home: Home, three: dict[str, Fake]) -> None:
    three["sheets"]._fixed, three["sheets"]._offset = None, 3600.0
    result = home.collect("sheets")["sheets"]
    assert (result.state, "clock" in result.message) == ("failed", True)
    three["sheets"]._offset = 0.0
    assert home.collect("sheets")["sheets"].state == "ok"
