"""`python -m collectors` as a person, a script and the Procfile run it."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from collectors import oauth
from collectors.schedule import every, next_run
from tests.collectors.house import KEY, House
from tests.fakes.sheets import Sheets
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings

NOW = datetime.now(UTC)
CANARIES = ("canary", "BEGIN PRIVATE KEY")


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def withings(house: House) -> Iterator[Withings]:
    with Withings(page_size=30) as fake:
        assert isinstance(fake, Withings)
        house.point_at(fake)
        yield fake


def wait_for(what: object, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


def test_connect_run_status_rebuild_disconnect(house: House, withings: Withings) -> None:
    ran = house.run("connect", "withings", "--refresh-token", withings.sign_in.grant("user.metrics"))
    assert (ran.code, "is connected" in ran.out) == (0, True)
    ran = house.run("run", "--json")
    assert ran.code == 0
    result = ran.sources["withings"]
    assert {key: result[key] for key in ("new", "changed", "removed", "rejected", "state")} == {
        "new": 60,
        "changed": 0,
        "removed": 0,
        "rejected": 0,
        "state": "ok",
    }
    assert "withings: ok (60 new" in ran.err
    assert json.loads(house.run("rebuild", "--json").out.splitlines()[-1])["unchanged"] == 60
    ran = house.run("disconnect", "withings")
    assert (ran.code, "stays" in ran.out) == (0, True)
    status = {each["source"]: each for each in json.loads(house.run("status", "--json").out)["sources"]}
    assert not status["withings"]["connected"]
    assert len(house.bodies("measurement")) == 60
    ran = house.run("run", "--json")
    assert (ran.code, ran.sources) == (0, {})


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["run", "fitbit"], 2, "invalid choice"),
        (["run", "--every", "often"], 2, "not a time span"),
        ([], 2, "required"),
        (["connect", "withings", "--refresh-token", "made-up"], 1, "needs the settings"),
        (["--help"], 0, ""),
        (["run", "--help"], 0, ""),
    ],
)
def test_wrong_use(house: House, arguments: list[str], code: int, said: str) -> None:
    ran = house.run(*arguments)
    assert (ran.code, said in ran.err) == (code, True)


def test_wrong_settings_are_all_named(house: House) -> None:
    ran = house.run("run", PORT="no", FITBOARD_ZONE="Nowhere/Atall")
    assert (ran.code, "PORT" in ran.err, "FITBOARD_ZONE" in ran.err) == (2, True, True)


def test_two_runs_at_once_renew_once_and_both_end_well(house: House, withings: Withings) -> None:
    house.connect(withings, NOW - timedelta(hours=1))
    processes = [house.popen("run", "--json") for _ in range(2)]
    ends = [(each.communicate(timeout=60), each.returncode) for each in processes]
    assert [code for _, code in ends] == [0, 0], ends
    assert withings.sign_in.refreshed == 1
    assert sum(json.loads(out.splitlines()[-1])["sources"][0]["new"] for (out, _), _ in ends) == 60
    assert len(house.bodies("measurement")) == 60


@pytest.mark.parametrize("arguments", [["run", "--json"], ["run", "--every", "3h"]])
def test_a_signal_ends_it_in_time_though_the_service_hangs(house: House, withings: Withings, arguments: list[str]) -> None:
    house.connect(withings, NOW - timedelta(hours=1))
    withings.before_answer = lambda: setattr(withings, "slow_s", 8.0 if len(withings.log) == 3 else 0.0)
    process = house.popen(*arguments)
    wait_for(lambda: len(withings.log) == 3)
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert time.monotonic() - begin < 5
    assert process.returncode == (0 if "--every" in arguments else 1)
    withings.before_answer = None
    withings.slow_s = 0.0
    assert house.run("run").code == 0
    assert len(house.bodies("measurement")) == 60


def test_every_three_hours_begins_at_once_survives_a_failure_and_ends_when_told(house: House, withings: Withings) -> None:
    house.connect(withings, NOW - timedelta(hours=1))
    withings.broken = [200]  # {"message": "broken"}: an answer without a status
    process = house.popen("run", "--every", "1s")
    wait_for(lambda: len(withings.log) > 6, 60)  # the failed run, the week's training, a whole run, and the next
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    _, err = process.communicate(timeout=20)
    assert (process.returncode, time.monotonic() - begin < 5) == (0, True)
    assert "withings: failed" in err
    assert "withings: ok" in err


def test_no_secret_and_no_token_in_any_log(house: House, withings: Withings) -> None:
    with Strava() as strava, Sheets() as sheets:
        assert isinstance(strava, Strava)
        house.point_at(strava)
        house.point_at(sheets)
        house.connect(withings, NOW - timedelta(hours=1))
        house.connect(strava, NOW - timedelta(hours=1))
        said = [house.run("--log-level", "debug", "run", "--json")]
        assert said[0].code == 0, said[0].err
        assert "urllib3" in said[0].err, "the libraries do log at this level"
        withings.sign_in.revoke()
        strava.broken = [401, 500]
        sheets.broken = [500] * 9
        said.append(house.run("--log-level", "debug", "run", "--json"))
        assert said[1].code == 1
        said.append(house.run("--log-level", "debug", "connect", "withings", "--refresh-token", "canary-pasted"))
        assert said[2].code == 1
    for ran in said:
        text = ran.out + ran.err
        assert not any(canary in text for canary in CANARIES), text
        assert KEY not in text


@pytest.mark.parametrize("name", ["withings", "strava"])
def test_the_way_through_the_browser(house: House, withings: Withings, name: str) -> None:
    with Strava() as strava:
        assert isinstance(strava, Strava)
        house.point_at(strava)
        service = house.services()[name]
        back = "http://127.0.0.1:8050/connect/back"
        answer = requests.get(oauth.authorize_url(service, back, "the state"), allow_redirects=False, timeout=10)
        place = urlsplit(answer.headers["Location"])
        query = {key: value[0] for key, value in parse_qs(place.query).items()}
        assert (f"{place.scheme}://{place.netloc}{place.path}", query["state"]) == (back, "the state")
        token = oauth.exchange(service, query["code"], back, NOW)
        assert token.expires_at is not None
        assert token.expires_at > NOW + timedelta(hours=2)
        assert token.account
        with pytest.raises(oauth.ReconnectNeeded):
            oauth.exchange(service, query["code"], back, NOW)


def test_the_next_full_interval() -> None:
    at = datetime(2026, 11, 22, 9, 0, 1, tzinfo=UTC)
    assert next_run(at, every("3h")) == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert next_run(at.replace(hour=23), every("3h")) == datetime(2026, 11, 23, tzinfo=UTC)
    assert next_run(datetime(2026, 11, 22, 9, tzinfo=UTC), every("15m")) == datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    assert next_run(at, every("1d")) == datetime(2026, 11, 23, tzinfo=UTC)
