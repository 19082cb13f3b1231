"""Sign-ins: renewed once whoever asks, kept over a kill at every step, and one run where two schedulers begin at once.

`python -m tests.torture.tokens_torture [--few]`.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collectors import leases, loop, oauth, source
from collectors.http import Traffic
from collectors.oauth import Access, ReconnectNeeded
from tests.bench._row import row
from tests.collectors import careless
from tests.collectors.house import House
from tests.collectors.test_kill import LONG_AGO
from tests.fakes.server import Kill
from tests.fakes.strava import Strava, made_activities
from tests.fakes.withings import Withings, made_groups
from tests.torture.children import killed, together
from tests.torture.doomed import Doom, lie_in_wait

KILLS, TIMES, FEW, SEED = 200, 100, 5, 20261122
_BASE = 1_763_800_000
# What a renewal and its first use write and ask: lease, token, lease given back; the token, then the data.
_WRITES, _REQUESTS = 3, 2


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def withings() -> Iterator[tuple[House, Withings]]:
    """A house whose sign-in with Withings has to be renewed."""
    with tempfile.TemporaryDirectory() as folder, Withings(made_groups(_BASE, days=3)) as fake:
        assert isinstance(fake, Withings)
        house = House(Path(folder))
        store = house.store()
        store.create()
        store.close()
        house.point_at(fake)
        house.connect(fake, LONG_AGO)
        fake.per_minute = 1_000_000  # how often it may be asked is what `limits` tries
        yield house, fake


def ask(house: House) -> Callable[[], int]:
    """In a process: renew the sign-in where it has to be, and read with it. Gives how many rows came."""

    def work() -> int:
        store = house.store()
        try:
            service = house.services()["withings"]
            traffic = Traffic(threading.Event())
            reader = source.sources()["withings"]
            client = reader.connect(service, Access(store, "me", service, now, "torture", traffic), traffic, "Europe/Berlin")
            return sum(len(tuple(each.rows)) for each in reader.slices(client, {}, now()))
        finally:
            store.close()

    return work


def expire(house: House, fake: Withings) -> None:
    """Both sides think the access token is too old."""
    fake.sign_in.expire()
    store = house.store()
    token = store.token("me", "withings")
    assert token is not None
    store.put_token("me", replace(token, expires_at=LONG_AGO), token.version)
    store.close()


# -- many processes, one renewal ----------------------------------------------------------------------------------------------


def meet(times: int) -> None:
    for n in (2, 4, 8):
        row(f"{n} processes meet an expired token: times", times, "", digits=0)
        row(f"{n} processes meet an expired token: not exactly one renewal", met(n, times, ask), "", 0, 0)
    caught = met(4, FEW, lambda house: in_a_hurry(ask(house), "turn"))
    row("4 processes that take no turn: not exactly one renewal", caught, f"of {FEW}", digits=0, at_least=1)


def met(n: int, times: int, asking: Callable[[House], Callable[[], int]]) -> int:
    """How many of so many times `n` processes that need a token did not renew it exactly once."""
    wrong = 0
    with withings() as (house, fake):
        for _ in range(times):
            expire(house, fake)
            before = fake.sign_in.refreshed
            found = together([asking(house)] * n)
            renewed = fake.sign_in.refreshed - before
            if renewed != 1 or any(error or not got for error, got in found):
                wrong += 1
                if asking is ask:
                    print(f"{n} processes: {renewed} renewals, {found}", file=sys.stderr)
    return wrong


def in_a_hurry(work: Callable[[], Any], what: str) -> Callable[[], Any]:
    """In a process: the same by a program that takes no turn, or uses a renewed token before it stores it."""

    @contextmanager
    def mine(*_: object) -> Iterator[bool]:
        yield True

    def careless_work() -> Any:
        if what == "turn":
            leases.turn = oauth.turn = loop.turn = mine
        else:
            careless.be(what)
        return work()

    return careless_work


# -- killed while renewing ----------------------------------------------------------------------------------------------------


def steps(kills: int) -> Iterator[tuple[str, int, str]]:
    """Every request and write of a renewal and its first use, before and after, again and again in a random order."""
    every = [("request", at, when) for at in range(1, _REQUESTS + 1) for when in ("before", "after")]
    every += [("write", at, when) for at in range(1, _WRITES + 1) for when in ("before", "after")]
    rng = random.Random(SEED)
    for _ in range(kills):
        yield rng.choice(every)


def doomed(house: House, at: int, when: str) -> Callable[[], int]:
    def work() -> int:
        lie_in_wait(Doom(f"{at} {when}"))
        return ask(house)()

    return work


def die_at(house: House, fake: Withings, kind: str, at: int, when: str, careless: str = "") -> bool:
    if kind == "write":
        return killed(doomed(house, at, when), lambda _pid: None)
    fake.log.clear()
    fake.kill = Kill(at, when)
    kill = fake.kill
    work = in_a_hurry(ask(house), careless) if careless else ask(house)
    died = killed(work, lambda pid: setattr(kill, "pid", pid))
    fake.kill = None
    return died


def rotate(kills: int, *, strict: bool) -> None:
    """`strict`: the service forgets the old refresh token as soon as it gave a new one."""
    survived, asked, unexpected, plain = 0, 0, 0, 0
    for kind, at, when in steps(kills):
        with withings() as (house, fake):
            if strict:
                fake.sign_in.OLD_LIVES_S = 0
            if not die_at(house, fake, kind, at, when):
                print(f"not killed at {kind} {at} {when}", file=sys.stderr)
                continue
            said, got = together([ask(house)])[0]
            survived += bool(got) and not said
            if said:
                # Renewed over there, and we died before we had stored it: the only loss that there can be.
                in_window = fake.sign_in.refreshed == 1 and (kind, at, when) in (("request", 1, "after"), ("write", 2, "before"))
                asked += in_window
                plain += said.startswith(ReconnectNeeded.__name__) and "onnect" in said.partition(":")[2]
                unexpected += not in_window
                print(f"{kind} {at} {when}: {said}", file=sys.stderr)
    name = "single-use refresh tokens" if strict else "rotating tokens"
    row(f"{name}, killed on the way: survived", survived, f"of {kills}", digits=0, at_least=None if strict else kills)
    if strict:
        row(f"{name}: to be connected again, the reply being lost", asked, "", digits=0)
        row(f"{name}: the same without plain words", asked - plain, "", 0, 0)
        row(f"{name}: to be connected again for any other reason", unexpected, "", 0, 0)


def used_before_stored(kills: int) -> int:
    """Sign-ins that are lost by a program that uses a renewed token before it stores it, killed on the way."""
    lost = 0
    for _ in range(kills):
        with withings() as (house, fake):
            assert die_at(house, fake, "request", 2, "after", careless="token")
            lost += together([ask(house)])[0][0].startswith(ReconnectNeeded.__name__)
    return lost


# -- two schedulers -----------------------------------------------------------------------------------------------------------


def schedule(house: House) -> Callable[[], list[Any]]:
    """In a process: the scheduled run of all sources, as the clock does it."""

    def work() -> list[Any]:
        store = house.store()
        try:
            with leases.turn(leases.Lease(store, "collect", "clock", now), 0.0, threading.Event().wait) as won:
                if not won:
                    return []
                return loop.collect(store, "me", house.services(), None, now, "clock", "Europe/Berlin")
        finally:
            store.close()

    return work


def schedulers(times: int) -> None:
    row("two schedulers at once: times", times, "", digits=0)
    row("two schedulers at once: not exactly one run", begun_at_once(times, schedule), "", 0, 0)
    caught = begun_at_once(FEW, lambda house: in_a_hurry(schedule(house), "turn"))
    row("two schedulers at once that take no turn: not exactly one run", caught, f"of {FEW}", digits=0, at_least=1)


def begun_at_once(times: int, scheduled: Callable[[House], Callable[[], list[Any]]]) -> int:
    """How many of so many times two schedulers at once did not make exactly one run."""
    wrong = 0
    for _ in range(times):
        with withings() as (house, scale), Strava(made_activities(_BASE, count=5)) as runs:
            assert isinstance(runs, Strava)
            house.point_at(runs)
            house.connect(runs, LONG_AGO)
            scale.slow_s = 0.05  # both have begun before either is done
            found = [got for _, got in together([scheduled(house)] * 2)]
            ran = [each for each in found if each]
            asked = scale.log.count("getmeas") if "getmeas" in scale.log else len(scale.log) - 1
            if len(ran) != 1 or any(each.state != "ok" for each in ran[0]) or asked != 1:
                wrong += 1
                if scheduled is schedule:
                    print(f"two schedulers: {found} {scale.log}", file=sys.stderr)
    return wrong


def main(few: bool) -> None:
    meet(3 if few else TIMES)
    rotate(12 if few else KILLS, strict=False)
    row("a token used before it is stored, killed on the way: lost", used_before_stored(FEW), f"of {FEW}", digits=0, at_least=1)
    rotate(12 if few else KILLS, strict=True)
    schedulers(3 if few else TIMES)


if __name__ == "__main__":
    main("--few" in sys.argv)
