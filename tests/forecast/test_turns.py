"""One training at a time: a second says so, one that was killed stands in no way, one that was overtaken puts nothing in use."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecast.turns import NAME, TTL, Taken, Turn, alone
from store.open import open_store
from store.store import Store

KEY = "a-key-for-tests-that-is-long-enough-0123456789"
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
HOLDER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from forecast.turns import alone
from store.open import open_store
store = open_store("sqlite:ledger.db", [sys.argv[2]], folder=Path(sys.argv[1]))
with alone(store, lambda: datetime.now(UTC)):
    print("training", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store("sqlite:ledger.db", [KEY], folder=tmp_path)
    yield made
    made.close()


@pytest.fixture
def other(store: Store, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that trains until its standard input is closed."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path), KEY]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "training\n"
    yield child
    child.kill()
    child.communicate()


def clock() -> datetime:
    return datetime.now(UTC)


def test_a_second_training_says_that_one_is_running(store: Store, other: subprocess.Popen[str]) -> None:
    with (
        pytest.raises(Taken, match=r"Another training is running since \d{4}-.* UTC. Try again when it has ended"),
        alone(store, clock),
    ):
        pass
    other.communicate("")
    with alone(store, clock):
        assert store.holder(NAME) is not None
    assert store.holder(NAME) is None


def test_one_that_was_killed_is_taken_over_at_once(store: Store, other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert store.holder(NAME) is not None
    with alone(store, clock):
        pass


def test_of_another_machine_it_is_waited_for_as_long_as_it_says(store: Store) -> None:
    store.acquire(NAME, '{"owner": "x", "host": "elsewhere", "boot": "b", "pid": 1, "started": "1"}', TTL, NOW)
    with pytest.raises(Taken, match="waited for 5 minutes at most"):
        Turn(store, lambda: NOW + TTL - timedelta(seconds=1)).take()
    Turn(store, lambda: NOW + TTL).take()


def test_one_that_slept_while_another_began_puts_nothing_in_use(store: Store) -> None:
    times = [NOW]
    turn = Turn(store, lambda: times[0])
    turn.take()
    turn.keep()
    times[0] += 2 * TTL
    second = Turn(store, lambda: times[0])
    second.take()
    with pytest.raises(Taken, match="Nothing of this one is put in use"):
        turn.keep()
    turn.release()  # not its own any more
    assert store.holder(NAME) == second._owner
