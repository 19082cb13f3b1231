"""What every command of `python -m forecast` works on, and training: one at a time, whole versions, no worse ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from forecast.features import NOISE, Inputs, inputs
from forecast.plan import USE_API_SETTING
from forecast.registry import Registry, Version
from forecast.sessions import TARGET as VOLUME
from forecast.turns import alone
from health.days import local_day, week_turns
from store.frames import FrameCache
from store.store import Store

WEEKLY: Final = tuple(NOISE)
TARGETS: Final = (*WEEKLY, VOLUME)
Tell = Callable[[str], None]


class Bench:
    """The ledger's frames, the present in the home zone, and where versions are kept. `tell` hears of what takes long."""

    def __init__(
        self, store: Store, person: str, clock: Callable[[], datetime], zone: str, registry: Registry, *, tell: Tell
    ) -> None:
        self.store, self.clock, self.zone, self.registry, self.tell = store, clock, zone, registry, tell
        self.now = clock()
        self.use_api = store.setting(person, USE_API_SETTING) is True
        self.frames = FrameCache(store, person).frames()

    def known(self, target: str) -> date:
        """The last local day that a forecast of today knows: yesterday for weeks; a session is over when it is in."""
        today = local_day(self.now, self.zone)
        return today if target == VOLUME else today - timedelta(days=1)

    def inputs(self, target: str, as_of: date) -> Inputs | None:
        return inputs(self.frames, target, as_of, use_api=self.use_api)


def train(bench: Bench, targets: Iterable[str], *, due: bool) -> list[dict[str, Any]]:
    """Train those targets, or of them what is `due`; a row for each version made. Raises Taken while another training runs."""
    with alone(bench.store, bench.clock) as turn:
        return [made for target in targets if (made := _train(bench, target, due, turn.keep)) is not None]


def rollback(bench: Bench, targets: Iterable[str]) -> list[dict[str, Any]]:
    """Put the version before back in use. Raises RegistryError where there is none, Taken while a training runs."""
    with alone(bench.store, bench.clock):
        return [{"target": each, "version": bench.registry.rollback(each)} for each in targets]


def _train(bench: Bench, target: str, due: bool, keep: Callable[[], None]) -> dict[str, Any] | None:
    registry = bench.registry
    if due and registry.trained_since(target, week_turns(bench.now, bench.zone)[0]):
        bench.tell(f"{target}: was trained this week.")
        return None
    candidate = _candidate(bench, target)
    if candidate is None:
        bench.tell(f"{target}: nothing to learn from yet.")
        return None
    name, make = candidate
    if due and registry.holds(target, name):
        bench.tell(f"{target}: nothing has changed since it was trained.")
        registry.note(target, bench.now)
        return None
    made = make()
    keep()
    outcome = registry.submit(made)
    registry.note(target, bench.now)
    return {"target": target, "version": made.name, "outcome": outcome, "scores": made.manifest["scores"]}


def _candidate(bench: Bench, target: str) -> tuple[str, Callable[[], Version]] | None:
    """The name of the version that the ledger gives today and how to make it; None where there is nothing to learn from."""
    from forecast import train, train_volume, volume

    if target == VOLUME:
        sessions = volume.sessions(bench.frames, bench.known(target))
        if sessions is None:
            return None
        return train_volume.version_name(sessions), lambda: train_volume.trained(sessions, bench.now, bench.tell)
    given = bench.inputs(target, bench.known(target))
    if given is None:
        return None
    return train.version_name(given), lambda: train.trained(given, bench.now, use_api=bench.use_api)
