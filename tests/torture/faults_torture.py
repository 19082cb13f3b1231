"""A bad day, 30 % of all calls long: of DynamoDB under a run and an import, and of every service under its collector.

Runs go on until one is through, then one more without a fault; what is kept then has to be what an undisturbed run keeps.
`python -m tests.torture.faults_torture [--few]`.
"""

from __future__ import annotations

import random
import shutil
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, get_args

from collectors import loop
from store.dynamodb import DynamoDBStore
from store.store import SourceState, Store, StoreError
from tests.bench._row import row
from tests.collectors.careless import be
from tests.collectors.house import KEY
from tests.collectors.test_kill import CASES
from tests.emulator import emulator
from tests.fakes.server import FAULTS, Fake
from tests.fakes.sheets import Sheets
from tests.store.proxy import Body, Forward, Reply, error, proxied
from tests.torture.children import together
from tests.torture.houses import FILES, AnyHouse, collectors, housed, importers, kept, signed_in_again
from tests.torture.tokens_torture import now

LATER = timedelta(days=2)
SHARE, TIMES, MOST_RUNS, SEED = 0.3, 5, 60, 20261122
STATES: Final = frozenset(get_args(SourceState))
_CODES = ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")


class Quick(threading.Event):
    """An event that never waits: what a service asks a client to wait for is not what is tried here."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


# -- the services -------------------------------------------------------------------------------------------------------------


def collected(store: Store, house: AnyHouse, name: str, ahead: timedelta) -> loop.RunResult:
    """One run, `ahead` of now: a service that is limited is asked again only after its time."""
    (result,) = loop.collect(
        store, "me", house.services(), [name], lambda: now() + ahead, "torture", "Europe/Berlin", stop=Quick(), wait_s=0
    )
    return result


def upstream(name: str, fault: str, seed: int) -> list[str]:
    """What is wrong after a bad day of that service and a good run."""
    wrong = []
    rng = random.Random(f"{seed} {name} {fault}")
    with housed(collectors()[name], None) as (house, fake):
        assert fake is not None
        store = house.store()
        fake.chance = lambda: fault if rng.random() < SHARE else ""
        for run in range(MOST_RUNS):
            result = collected(store, house, name, timedelta(0))
            if result.state not in STATES or (result.state != "ok" and not result.message):
                wrong.append(f"it ended as {result}")
            if result.state == "reconnect":
                break
            if result.state == "ok" and run:
                break
        fake.chance = None
        # An answer that made no sense is not asked for again on the same day. Google's sign-in goes by the machine's clock.
        fake._offset += 0 if isinstance(fake, Sheets) else LATER.total_seconds()
        result = collected(store, house, name, LATER)
        store.close()
        # A reply that was lost may have carried the new sign-in; the old one lives on until the new one is used.
        wrong += [] if result.state == "ok" else [f"the good run ended as {result.state}: {result.message}"]
        wrong += [f"{part} differ" for part, same in undisturbed(name).items() if kept(house)[part] != same]
        return [*wrong, "signed in again"] if signed_in_again(fake) else wrong


_UNDISTURBED: dict[str, dict[str, Any]] = {}


def undisturbed(name: str) -> dict[str, Any]:
    """What two runs keep when all goes well."""
    if name not in _UNDISTURBED:
        with housed(collectors()[name], None) as (house, _):
            store = house.store()
            states = [collected(store, house, name, timedelta(0)).state for _ in range(3)]
            if set(states) != {"ok"}:
                raise SystemExit(f"{name} fails undisturbed: {states}")
            store.close()
            _UNDISTURBED[name] = kept(house)
    return _UNDISTURBED[name]


# -- DynamoDB -----------------------------------------------------------------------------------------------------------------


def spoiler(fault: str, rng: random.Random) -> Callable[[str, Body, Forward], Reply | None]:
    """30 % of the calls go wrong in that way (half of the batches come back half done)."""

    def spoil(name: str, body: Body, forward: Forward) -> Reply | None:
        if fault == "unprocessed":
            return _half(body, forward, rng) if name == "BatchWriteItem" and rng.random() < 0.5 else forward(body)
        if rng.random() >= SHARE:
            return forward(body)
        if fault == "throttled":
            return error(rng.choice(_CODES))
        if fault == "failed":
            return error("InternalServerError", 500)
        if fault == "reset":
            return None
        status, content = forward(body)
        if fault == "lost":
            return None
        if fault == "corrupted":
            return status, b"\x00{" + str(content)[:40].encode("ascii", "replace")
        return (-status, content) if fault == "truncated" else (status, content)

    return spoil


def _half(body: Body, forward: Forward, rng: random.Random) -> Reply:
    """A batch of which some came back undone."""
    ((table, requests),) = body["RequestItems"].items()
    done = [each for each in requests if rng.random() < 0.5]
    left = [each for each in requests if each not in done]
    status, reply = forward({**body, "RequestItems": {table: done}}) if done else (200, {})
    assert isinstance(reply, dict)
    return status, {**reply, "UnprocessedItems": {table: left} if left else {}}


def database(fault: str, endpoint: str, seed: int) -> list[str]:
    """What is wrong after a collection and an import on a bad day of the database, and both again on a good one."""
    wrong: list[str] = []
    rng = random.Random(f"{seed} {fault}")
    with proxied(endpoint) as proxy, housed(collectors()["withings"], endpoint) as (house, fake):
        prefix = house.environ["FITBOARD_STORE"].partition(":")[2]
        spoiled = DynamoDBStore(prefix, (KEY,), endpoint=proxy.address, sleep=lambda _: None)
        proxy.spoil = spoiler(fault, rng)
        for _ in range(MOST_RUNS):
            try:
                result = collected(spoiled, house, "withings", timedelta(0))
            except StoreError as refused:  # said in words, by whoever called
                wrong += [] if str(refused) else ["an error without words"]
                continue
            if result.state == "ok":
                break
            if result.state not in STATES or not result.message:
                wrong.append(f"it ended as {result}")
        spoiled.close()
        return wrong + on_a_good_day(house, fake)


def on_a_good_day(house: AnyHouse, fake: Fake | None) -> list[str]:
    """What is wrong after one more collection of Withings, with a database and a network that are well."""
    store = house.store()
    result = collected(store, house, "withings", timedelta(0))
    wrong = [] if result.state == "ok" else [f"the good run ended as {result.state}: {result.message}"]
    wrong += store.check()
    store.close()
    wrong += [f"{part} differ" for part, same in undisturbed("withings").items() if kept(house)[part] != same]
    return [*wrong, "signed in again"] if signed_in_again(fake) else wrong


def imported(endpoint: str, fault: str, seed: int) -> list[str]:
    """The same for an import, by its real command: whatever it said, once more it brings everything once."""
    wrong: list[str] = []
    work = importers()["strong"]
    with housed(work, None) as (plain, _):
        plain.run(*work.arguments)
        right = kept(plain)
    with proxied(endpoint) as proxy, housed(work, endpoint) as (house, _):
        shutil.copy(FILES / work.arguments[1], house.folder)
        proxy.spoil = spoiler(fault, random.Random(f"{seed} import {fault}"))
        ran = house.run(*work.arguments, AWS_ENDPOINT_URL_DYNAMODB=proxy.address)
        if ran.code not in (0, 1) or "Traceback" in ran.err:
            wrong.append(f"the import ended with {ran.code}: {ran.err[-300:]}")
        again = house.run(*work.arguments)
        wrong += [] if again.code == 0 else [f"the import again: {again.err[-300:]}"]
        wrong += [f"{part} differ" for part, same in right.items() if kept(house)[part] != same]
    return wrong


Found = list[tuple[str, list[list[str]]]]  # what was tried, and what was wrong each time


def services(times: int) -> Callable[[], Found]:
    """In a process: every fault of every service."""
    return lambda: [
        (f"{name}, 30 % of the requests {fault}", [upstream(name, fault, SEED + n) for n in range(times)])
        for name in CASES
        for fault in FAULTS
    ]


def databases(times: int) -> Callable[[], Found]:
    """In a process: every fault of DynamoDB, under a run and under an import."""

    def work() -> Found:
        found: Found = []
        with emulator() as endpoint:
            for fault in (*FAULTS, "unprocessed"):
                name = (
                    f"DynamoDB, 30 % of the calls {fault}" if fault != "unprocessed" else "DynamoDB, 50 % of the batches half done"
                )
                found.append((name, [database(fault, endpoint, SEED + n) for n in range(times)]))
                found.append((f"{name}, import", [imported(endpoint, fault, SEED + n) for n in range(times)]))
        return found

    return work


def careless(times: int) -> Callable[[], Found]:
    """In a process: a collector that moves the cursor before it stores. It must not come through."""

    def work() -> Found:
        undisturbed("withings")  # by the careful one
        be("cursor")
        return [
            ("careless", [upstream("withings", fault, SEED + n) for fault in ("failed", "reset", "lost") for n in range(times)])
        ]

    return work


def main(few: bool) -> None:
    times = 1 if few else TIMES
    found = together([services(times), databases(times), careless(times)])
    if any(error for error, _ in found):
        raise SystemExit(f"the harness failed: {[error for error, _ in found]}")
    for name, each in (*found[0][1], *found[1][1]):
        say(name, each)
    row("faults: a careless collector, caught", sum(map(bool, found[2][1][0][1])), "", digits=0, at_least=1)


def say(name: str, found: list[list[str]]) -> None:
    for each in found:
        for wrong in each:
            print(f"{name}: {wrong}", file=sys.stderr)
    row(f"{name}: lost, doubled or unclear, of {len(found)}", sum(map(bool, found)), "", 0, 0)


if __name__ == "__main__":
    main("--few" in sys.argv)
