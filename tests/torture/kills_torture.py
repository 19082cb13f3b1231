"""Kill -9: at every request and every write, before and after, and at 200 random moments; each collector and importer, both stores.

After each kill the same command runs once more, and everything has to be as if nothing had happened. What is right is told by a
process that was started as a person starts it; those that are killed are forked (tests/torture/nursery.py), on both cores.
`python -m tests.torture.kills_torture [--few]`: with `--few` a handful of each, to see that the harness works.
"""

from __future__ import annotations

import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.bench._row import row
from tests.collectors.test_kill import CASES
from tests.emulator import emulator
from tests.fakes.server import Fake, Kill
from tests.torture.children import together
from tests.torture.houses import AnyHouse, Work, collectors, housed, importers, kept, signed_in_again
from tests.torture.nursery import Ended, Nursery

MOMENTS, PROCESSES, SEED = 200, 2, 20261122
_TRIES = 6  # a moment is drawn from how long the work took before; on a busy machine it may be over by then
WORKS: dict[str, Work] = {each.name: each for each in (*collectors().values(), *importers().values())}


@dataclass(frozen=True)
class Death:
    """One kill: at the nth request or write, `before` or `after`; or at a moment, a share of the whole time."""

    work: str
    kind: str
    at: float
    when: str = ""
    careless: str = ""
    times: int = 1  # killed, and killed again while it goes on from there, and so on; looked at after the last


@dataclass(frozen=True)
class Life:
    """A work that nobody disturbed: what it left and how often it wrote."""

    left: dict[str, Any]
    writes: int


@dataclass
class Killer:
    """What one process of the harness knows while it works off its share of a plan."""

    endpoint: str | None
    lives: dict[str, Life]
    nursery: Nursery = field(default_factory=Nursery)
    took_s: dict[str, float] = field(default_factory=dict)

    def run(self, house: AnyHouse, death: Death, **more: Any) -> Ended:
        return self.nursery.run(house.folder, house.environ, WORKS[death.work].arguments, **more)

    def die(self, death: Death) -> list[str] | None:
        """What is wrong after the kill and one more run; None when the process had ended before."""
        if death.times > 1:
            return self.die_often(death)
        share = death.at
        for _ in range(_TRIES if death.kind == "moment" else 1):
            with housed(WORKS[death.work], self.endpoint) as (house, fake):
                if self.kill(death, share, house, fake):
                    return self.wrong(death, house, fake)
            share /= 2
        return None

    def die_often(self, death: Death) -> list[str] | None:
        """The same for several kills in one house."""
        moments, killed, whole = random.Random(death.at), 0, 1.0
        with housed(WORKS[death.work], self.endpoint) as (house, fake):
            for _ in range(death.times * _TRIES):
                had = self.kill(death, whole * moments.random(), house, fake)
                killed, whole = killed + had, 1.0 if had else whole / 2  # with nothing left to do it takes less time
                if killed == death.times:
                    return self.wrong(death, house, fake)
        return None

    def kill(self, death: Death, share: float, house: AnyHouse, fake: Fake | None) -> bool:
        """Begin the work and kill it; False where it came to its end."""
        if death.kind == "write":
            ended = self.run(house, death, doom=f"{int(death.at)} {death.when}")
        elif death.kind == "moment":
            ended = self.run(house, death, after_s=share * self.usual_s(death))
        else:
            assert fake is not None
            kill = fake.kill = Kill(int(death.at), death.when)
            fake.log.clear()
            ended = self.run(house, death, careless=death.careless, born=lambda pid: setattr(kill, "pid", pid))
            fake.kill = None
        return ended.code == -signal.SIGKILL

    def usual_s(self, death: Death) -> float:
        """How long that work takes, here and now."""
        if death.work not in self.took_s:
            with housed(WORKS[death.work], self.endpoint) as (house, _):
                began = time.monotonic()
                self.run(house, death)
                self.took_s[death.work] = time.monotonic() - began
        return self.took_s[death.work]

    def wrong(self, death: Death, house: AnyHouse, fake: Fake | None) -> list[str]:
        work = WORKS[death.work]
        ran = self.run(house, death)
        found = [] if ran.code == 0 else [f"the rerun failed: {(ran.err or ran.out)[-300:]}"]
        if work.collects:
            self.run(house, death)  # what is read by the way, as series of recent activities, may come a run later
        left = kept(house)
        found += [f"{part} differ" for part, same in self.lives[death.work].left.items() if left[part] != same]
        return [*found, "signed in again"] if signed_in_again(fake) else found


def undisturbed(work: Work, endpoint: str | None) -> Life:
    with housed(work, endpoint) as (house, _):
        count = house.folder / "writes"
        process = house.popen(*work.arguments, module="tests.torture.doomed", DOOM=f"count {count}")
        out, err = process.communicate(timeout=120)
        if process.returncode:
            raise SystemExit(f"{work.name} fails undisturbed: {err or out}")
        if work.collects:
            house.run(*work.arguments)
        return Life(kept(house), int(count.read_text()))


def boundaries(name: str, life: Life) -> Iterator[Death]:
    """Every request and write of a work, before and after."""
    requests = CASES[name].requests if WORKS[name].collects else 0
    for kind, n in (("request", requests), ("write", life.writes)):
        for at in range(1, n + 1):
            yield from (Death(name, kind, at, when) for when in ("before", "after"))


def killed(killer: Callable[[], Killer], plan: list[Death]) -> Callable[[], list[list[str] | None]]:
    """In a process: the plan worked off."""

    def work() -> list[list[str] | None]:
        made = killer()
        found = [made.die(each) for each in plan]
        made.nursery.close()
        return found

    return work


def shared(killer: Callable[[], Killer], plan: list[Death]) -> list[tuple[Death, list[str] | None]]:
    """The plan worked off by several processes at once, each with a nursery of its own."""
    shares = [plan[at::PROCESSES] for at in range(PROCESSES)]
    found: list[tuple[Death, list[str] | None]] = []
    for share, (error, done) in zip(shares, together([killed(killer, each) for each in shares]), strict=True):
        if error:
            raise SystemExit(f"the harness failed: {error}")
        found += zip(share, done, strict=True)
    return found


def main(few: bool) -> None:
    rng = random.Random(SEED)
    with emulator() as endpoint:
        for store, address in (("SQLite", None), ("DynamoDB", endpoint)):
            lives = {name: undisturbed(work, address) for name, work in WORKS.items()}
            plan = [each for name, life in lives.items() for each in boundaries(name, life)]
            often = 4 if address else 1  # its tables are dear
            moments = [Death(name, "moment", rng.random(), times=often) for name in WORKS for _ in range(MOMENTS // often)]
            plan = [*rng.sample(plan, 12), *rng.sample(moments, 6)] if few else [*plan, *moments]
            rng.shuffle(plan)
            found = shared(lambda at=address, known=lives: Killer(at, known), plan)  # type: ignore[misc]
            report(store, found, 0 if few else MOMENTS)
            if address is None:
                careless(lives)


def careless(lives: dict[str, Life]) -> None:
    """A collector that moves the cursor before it stores must not come through."""
    plan = [Death("withings", "request", at, "before", careless="cursor") for at in range(1, CASES["withings"].requests + 1)]
    found = shared(lambda: Killer(None, lives), plan)
    row("kill -9 at each request of a careless collector: caught", sum(bool(wrong) for _, wrong in found), "", digits=0, at_least=1)


def report(store: str, found: list[tuple[Death, list[str] | None]], least: int) -> None:
    tried = [(death, wrong) for death, wrong in found if wrong is not None]
    for death, wrong in tried:
        for each in wrong:
            print(f"{death.work} on {store}, {death.kind} {death.at:g} {death.when}: {each}", file=sys.stderr)
    for kind in ("request", "write", "moment"):
        ours = [(death, wrong) for death, wrong in tried if death.kind == kind]
        row(f"kill -9 at a {kind}, {store}: kills", sum(death.times for death, _ in ours), "", digits=0)
        row(f"kill -9 at a {kind}, {store}: lost, doubled or signed in again", sum(bool(wrong) for _, wrong in ours), "", 0, 0)
    moments: Counter[str] = Counter()
    for death, _ in tried:
        moments[death.work] += death.times if death.kind == "moment" else 0
    fewest = min(moments[name] for name in WORKS)
    row(f"kill -9 at a moment, {store}: fewest kills of one collector or importer", fewest, "", digits=0, at_least=least)


if __name__ == "__main__":
    main("--few" in sys.argv)
