"""A turn that died is told from one that lives."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors import leases
from store import holders
from tests.collectors.house import House

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_this_process_lives_and_an_ended_one_is_gone() -> None:
    assert not leases.gone(holders.process())
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    holder = holders.process() | {"pid": child.pid, "started": holders.started(child.pid)}
    child.wait()
    assert leases.gone(holder)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not tell when a process started")
def test_a_number_used_again_is_another_process() -> None:
    assert leases.gone(holders.process() | {"started": "1"})


@pytest.mark.parametrize("other", [{"host": "elsewhere"}, {"boot": "another boot"}])
def test_of_another_machine_nothing_is_known(other: dict[str, str]) -> None:
    assert not leases.gone(holders.process() | {"pid": 2**22 - 1} | other)


def test_one_owner_at_a_time_until_it_expires_or_dies(tmp_path: Path) -> None:
    store = House(tmp_path).store()
    first = leases.Lease(store, "x", "a", lambda: AT)
    second = leases.Lease(store, "x", "a", lambda: AT)
    assert first.take()
    assert not second.take()
    later = leases.Lease(store, "x", "b", lambda: AT + leases.TTL + timedelta(seconds=1))
    assert later.take()
    assert not second.take()
    later.owner = _owner_that_died(tmp_path)  # killed right after it had taken the lease
    assert store.holder("x") == later.owner
    assert second.take()
    store.close()


def test_a_turn_is_waited_for_and_given_back(tmp_path: Path) -> None:
    store = House(tmp_path).store()
    first = leases.Lease(store, "x", "a", lambda: AT)
    assert first.take()
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        if len(waited) == 3:
            first.release()
        return False

    with leases.turn(leases.Lease(store, "x", "b", lambda: AT), 30.0, wait) as won:
        assert won
        assert not first.take()
    assert len(waited) == 3
    assert first.take()
    with leases.turn(leases.Lease(store, "x", "b", lambda: AT), 1.0, lambda _: True) as won:
        assert not won
    store.close()


def _owner_that_died(folder: Path) -> str:
    store = House(folder).store()
    taken = store.holder("x")
    assert taken is not None
    store.release("x", taken)
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    owner = json.dumps({**json.loads(taken), "pid": child.pid, "started": holders.started(child.pid)})
    child.wait()
    assert store.acquire("x", owner, leases.TTL, AT + timedelta(days=1))
    store.close()
    return owner
