"""Kill -9: at every request and every write, before and after, and at random moments; every collector and importer, both stores.

After each kill the same command runs once more, and everything has to be as if nothing had happened. `python -m
tests.torture.kills_torture [--few]`: with `--few` a handful of each, to see that the harness works.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench._row import row
from tests.collectors.test_kill import CASES
from tests.emulator import emulator
from tests.fakes.server import Kill
from tests.torture.houses import AnyHouse, Work, collectors, housed, importers, kept, signed_in_again

MOMENTS, SEED = 200, 20261122
DOOMED = "tests.torture.doomed"


@dataclass(frozen=True)
class Death:
    """One kill: at the nth request or write, `before` or `after`; or after so many seconds."""

    work: Work
    endpoint: str | None
    kind: str
    at: float
    when: str = ""


@dataclass(frozen=True)
class Life:
    """A work that nobody disturbed: what it left, how often it wrote, how long it took."""

    left: dict[str, Any]
    writes: int
    took_s: float


def undisturbed(work: Work, endpoint: str | None) -> Life:
    with housed(work, endpoint) as (house, _):
        count = house.folder / "writes"
        began = time.monotonic()
        process = house.popen(*work.arguments, module=DOOMED, DOOM=f"count {count}")
        out, err = process.communicate(timeout=120)
        took_s = time.monotonic() - began
        if process.returncode:
            raise SystemExit(f"{work.name} fails undisturbed: {err or out}")
        return Life(kept(house), int(count.read_text()), took_s)


def deaths(work: Work, life: Life, endpoint: str | None, moments: int, rng: random.Random) -> Iterator[Death]:
    """Every boundary of a work, and some moments of it."""
    requests = CASES[work.name].requests if work.collects else 0
    for kind, n in (("request", requests), ("write", life.writes)):
        for at in range(1, n + 1):
            for when in ("before", "after"):
                yield Death(work, endpoint, kind, at, when)
    for _ in range(moments):
        yield Death(work, endpoint, "moment", rng.uniform(0, life.took_s))


def die(death: Death, right: Life) -> list[str] | None:
    """What is wrong after the kill and one more run; None when the process had ended before."""
    work = death.work
    with housed(work, death.endpoint) as (house, fake):
        if not _killed(death, house, fake):
            return None
        ran = house.run(*work.arguments)
        wrong = [] if ran.code == 0 else [f"the rerun failed: {(ran.err or ran.out)[-300:]}"]
        if not wrong and work.collects and ran.sources[work.name]["state"] != "ok":
            wrong.append(f"the rerun ended as {ran.sources[work.name]['state']}")
        if work.collects:
            house.run(*work.arguments)  # what is read by the way, as series of recent activities, may come a run later
        left = kept(house)
        wrong += [f"{part} differ" for part, same in right.left.items() if left[part] != same]
        return [*wrong, "signed in again"] if signed_in_again(fake) else wrong


def _killed(death: Death, house: AnyHouse, fake: Any) -> bool:
    if death.kind == "request":
        return house.run_killed(fake, Kill(int(death.at), death.when), *death.work.arguments)
    if death.kind == "write":
        process = house.popen(*death.work.arguments, module=DOOMED, DOOM=f"{int(death.at)} {death.when}")
        process.communicate(timeout=120)
        return process.returncode == -signal.SIGKILL
    process = house.popen(*death.work.arguments)
    try:
        process.communicate(timeout=death.at)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode == -signal.SIGKILL


def main(few: bool) -> None:
    works = [*collectors().values(), *importers().values()]
    rng = random.Random(SEED)
    with emulator() as endpoint, ThreadPoolExecutor(2) as pool:
        for store, address in (("SQLite", None), ("DynamoDB", endpoint)):
            lives = dict(zip(works, pool.map(lambda work, at=address: undisturbed(work, at), works), strict=True))
            plan = [each for work in works for each in deaths(work, lives[work], address, -(-MOMENTS // len(works)), rng)]
            plan = rng.sample(plan, 12) if few else plan
            found = list(pool.map(lambda each, known=lives: die(each, known[each.work]), plan))
            report(store, plan, found)


def report(store: str, plan: list[Death], found: list[list[str] | None]) -> None:
    tried = [(death, wrong) for death, wrong in zip(plan, found, strict=True) if wrong is not None]
    for death, wrong in tried:
        for each in wrong:
            print(f"{death.work.name} on {store}, {death.kind} {death.at:g} {death.when}: {each}", file=sys.stderr)
    for kind in ("request", "write", "moment"):
        ours = [wrong for death, wrong in tried if death.kind == kind]
        row(f"kill -9 at a {kind}, {store}: kills", len(ours), "", digits=0)
        row(f"kill -9 at a {kind}, {store}: lost, doubled or signed in again", sum(map(bool, ours)), "", 0, 0)


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main("--few" in sys.argv)
