"""The network gone: refused, silent, or gone at any moment of a run; of one service while the others are well, and of DynamoDB.

Each time the state must be said in plain words, the other sources must be read, and the next run must catch up, without a sign-in.
`python -m tests.torture.network_torture [--few]`; tests/collectors/test_network_gone.py has the short version.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from collectors import http
from collectors.sources import sheets
from store.dynamodb import DynamoDBStore
from store.store import StoreDown, StoreError
from tests.bench._row import row
from tests.collectors.clocks import KINDS, services
from tests.collectors.conftest import Home
from tests.collectors.house import KEY, House
from tests.collectors.test_kill import CASES
from tests.collectors.test_network_gone import LIBRARY_WORDS, nobody, silent
from tests.emulator import CREDENTIALS, emulator
from tests.fakes.server import Fake
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings
from tests.store.proxy import Body, Forward, Reply, proxied
from tests.torture.children import together
from tests.torture.faults_torture import collected, on_a_good_day
from tests.torture.houses import collectors, housed

SOON_S, MOST_REQUESTS, MOST_CALLS, SEED = 1.0, 9, 120, 20261122
BEGIN = datetime(2026, 11, 22, 9, tzinfo=UTC)
SAFE = ("Nothing is lost", "Nothing was changed", "safe", "tries again")


@contextmanager
def three() -> Iterator[Home]:
    """A home with all three services, each with something in it."""
    with TemporaryDirectory() as folder:
        home = Home(House(Path(folder)))
        for name, fake in services(int(home.at.timestamp())).items():
            home.have(name, fake)
        google_keeps_our_time(home)
        try:
            yield home
        finally:
            home.store.close()
            for fake in home.fakes.values():
                fake.stop()


def google_keeps_our_time(home: Home) -> None:
    home.fakes["sheets"]._fixed = None  # its library signs with the clock of the process


@contextmanager
def gone(home: Home, name: str, how: str) -> Iterator[None]:
    """That service out of reach in that way: `refused`, `silent`, or `at 3` from its third request on."""
    fake, right = home.fakes[name], dict(home.house.environ)
    if how.startswith("at "):
        fake.breaks_at = int(how[3:])
        yield
        fake.breaks_at = None
        return
    with nobody() if how == "refused" else silent() as address:
        home.house.environ = {key: value.replace(fake.url, address) for key, value in right.items()}
        yield
    home.house.environ = right


def plain(message: str) -> bool:
    return not any(each in message for each in LIBRARY_WORDS) and any(each in message for each in SAFE)


def outage(name: str, how: str, *, first: bool) -> list[str]:
    """What is wrong after that service was gone for two runs; `first`: before anything had been read."""
    with three() as home:
        if not first:
            home.collect()
            home.later(hours=3)
            google_keeps_our_time(home)
        wrong = []
        with gone(home, name, how):
            for _ in range(2):
                results = home.collect()
                bad = results[name]
                if bad.state not in ("failed", "partial", "ok") or (bad.state != "ok" and not plain(bad.message)):
                    wrong.append(f"{bad.state}: {bad.message}")
                others = {each: result.state for each, result in results.items() if each != name}
                wrong += [] if set(others.values()) == {"ok"} else [f"the others: {others}"]
        home.later(hours=26)
        google_keeps_our_time(home)
        then = home.collect()
        wrong += [f"then {each}: {result.state} {result.message}" for each, result in then.items() if result.state != "ok"]
        counts = [len(home.store.bodies("me", kind)) for kind in KINDS.values()]
        wrong += [] if counts == [9, 9, 9] else [f"held {counts}"]
        wrong += [f"signed in again: {each}" for each, fake in home.fakes.items() if authorised(fake)]
        return wrong


def authorised(fake: Fake) -> bool:
    return isinstance(fake, (Withings, Strava)) and bool(fake.sign_in.authorised)


def outages(plan: list[tuple[str, str, bool]], *, careless: bool = False) -> Callable[[], list[list[str]]]:
    """In a process: what was wrong after each of those outages."""

    def work() -> list[list[str]]:
        http.TIMEOUT = sheets.TIMEOUT = (SOON_S, SOON_S)
        if careless:
            from tests.collectors.careless import be

            be("cursor")
        return [outage(name, how, first=first) for name, how, first in plan]

    return work


# -- DynamoDB -----------------------------------------------------------------------------------------------------------------


def from_call(at: int) -> Callable[[str, Body, Forward], Reply | None]:
    """The network goes with that call: it is not carried out, or it is and its reply is lost."""
    calls = [0]

    def spoil(_: str, body: Body, forward: Forward) -> Reply | None:
        calls[0] += 1
        if calls[0] < at:
            return forward(body)
        if calls[0] == at and at % 2:
            forward(body)
        return None

    return spoil


def database(endpoint: str, at: int) -> list[str]:
    """What is wrong after a run whose database was gone from its nth call on, and a run of a better day."""
    wrong: list[str] = []
    with proxied(endpoint) as proxy, housed(collectors()["withings"], endpoint) as (house, fake):
        prefix = house.environ["FITBOARD_STORE"].partition(":")[2]
        ill = DynamoDBStore(prefix, (KEY,), endpoint=proxy.address, sleep=lambda _: None)
        proxy.spoil = from_call(at)
        result = collected(ill, house, "withings", timedelta(0))
        if result.state == "reconnect" or (result.state != "ok" and not plain_store(result.message)):
            wrong.append(f"{result.state}: {result.message}")
        ill.close()
        return wrong + on_a_good_day(house, fake)


def plain_store(message: str) -> bool:
    return "DynamoDB" in message and any(each in message for each in SAFE)


def refused(_: str) -> list[str]:
    """What a database at whose address nobody listens is told as."""
    os.environ.update(CREDENTIALS)
    with nobody() as address:
        store = DynamoDBStore("x", (KEY,), endpoint=address, sleep=lambda _: None)
        try:
            store.sequence("me")
        except StoreDown as error:
            return [] if plain_store(str(error)) else [str(error)]
        except StoreError as error:
            return [f"not told as something that passes: {error}"]
        finally:
            store.close()
    return ["it was not told at all"]


def databases(endpoint: str, plan: list[int]) -> Callable[[], list[list[str]]]:
    return lambda: [refused(endpoint), *(database(endpoint, at) for at in plan)]


# -----------------------------------------------------------------------------------------------------------------------------


def say(name: str, plan: list[Any], found: list[list[str]]) -> None:
    for each, wrong in zip(plan, found, strict=True):
        for one in wrong:
            print(f"{name}, {each}: {one}", file=sys.stderr)
    row(f"{name}: outages", len(found), "", digits=0)
    row(f"{name}: lost, doubled, unclear or others held up", sum(map(bool, found)), "", 0, 0)


def ran(works: list[Callable[[], list[list[str]]]]) -> list[list[str]]:
    answers = together(works)
    for error, _ in answers:
        if error:
            raise SystemExit(f"the harness failed: {error}")
    return [each for _, got in answers for each in got]


def main(few: bool) -> None:
    rng = random.Random(SEED)
    hows = ["refused", "silent", *(f"at {n}" for n in range(1, MOST_REQUESTS))]
    plan = [(name, how, first) for name in CASES for how in hows for first in (True, False)]
    plan = rng.sample(plan, 6) if few else plan
    halves = [plan[::2], plan[1::2]]
    say("network gone, of one service of three", [*halves[0], *halves[1]], ran([outages(each) for each in halves]))
    caught = ran([outages([("withings", f"at {n}", True) for n in (3, 4, 5)], careless=True)])
    row("network gone, a careless collector: caught", sum(map(bool, caught)), "", digits=0, at_least=1)
    calls = sorted(rng.sample(range(1, MOST_CALLS), 4)) if few else list(range(1, MOST_CALLS))
    with emulator() as endpoint:
        parts = [calls[::2], calls[1::2]]
        found = ran([databases(endpoint, each) for each in parts])
        say("network gone, DynamoDB from its nth call on", ["refused", *parts[0], "refused", *parts[1]], found)


if __name__ == "__main__":
    main("--few" in sys.argv)
