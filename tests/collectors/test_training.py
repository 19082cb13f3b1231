"""The week's training: started by the clock when a week begins, ended with it, and never the end of it."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psutil
import pytest

from collectors.training import GRACE_S, Training
from health.days import week_turns
from health.records import Measurement, RawRow
from store.store import GroupWrite
from tests.collectors.house import House
from tests.collectors.test_process import wait_for

BERLIN = "Europe/Berlin"
MONDAY = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # Monday the 23rd, 00:00 in Berlin


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def noting(place: Path, code: int = 0, then: str = "") -> list[str]:
    """A command that adds a line to `place`."""
    script = f"open({str(place)!r}, 'a').write('ran\\n'); {then or 'pass'}; raise SystemExit({code})"
    return [sys.executable, "-c", script]


def ran(place: Path) -> int:
    return len(place.read_text().splitlines()) if place.exists() else 0


@pytest.mark.parametrize(
    ("at", "zone", "last", "after"),
    [
        ("2026-11-22T22:59:59", BERLIN, "2026-11-15T23:00", "2026-11-22T23:00"),
        ("2026-11-22T23:00:00", BERLIN, "2026-11-22T23:00", "2026-11-29T23:00"),
        ("2026-10-25T12:00:00", BERLIN, "2026-10-18T22:00", "2026-10-25T23:00"),  # the clocks go back in this week
        ("2026-11-22T12:00:00", "Pacific/Kiritimati", "2026-11-22T10:00", "2026-11-29T10:00"),
        ("2026-11-23T02:00:00", "-05:00", "2026-11-16T05:00", "2026-11-23T05:00"),
    ],
)
def test_weeks_turn_on_mondays_at_home(at: str, zone: str, last: str, after: str) -> None:
    expected = tuple(datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (last, after))
    assert week_turns(datetime.fromisoformat(at).replace(tzinfo=UTC), zone) == expected


def test_it_trains_at_the_start_and_then_once_a_week(tmp_path: Path) -> None:
    place, clock = tmp_path / "ran", Clock(MONDAY - timedelta(seconds=1))
    training = Training(threading.Event(), clock, noting(place))
    training.go(BERLIN)
    training.go(BERLIN)
    assert ran(place) == 1
    clock.now = MONDAY
    training.go(BERLIN)
    training.go(BERLIN)
    assert ran(place) == 2
    clock.now = MONDAY + timedelta(days=6, hours=23)
    training.go(BERLIN)
    assert ran(place) == 2


def test_one_that_failed_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place, clock = tmp_path / "ran", Clock(MONDAY)
    training = Training(threading.Event(), clock, noting(place, code=3))
    training.go(BERLIN)
    training.go(BERLIN)
    assert ran(place) == 2
    assert "ended with 3" in caplog.text


def test_a_command_that_is_not_there_is_told_and_no_end(caplog: pytest.LogCaptureFixture) -> None:
    Training(threading.Event(), Clock(MONDAY), ["/no/such/command"]).go(BERLIN)
    assert "could not be started" in caplog.text


@pytest.mark.parametrize("deaf", [False, True])
def test_it_ends_when_told_also_one_that_does_not_listen(tmp_path: Path, deaf: bool) -> None:
    place, stop = tmp_path / "ran", threading.Event()
    ignoring = "__import__('signal').signal(15, __import__('signal').SIG_IGN)" if deaf else "pass"
    then = f"{ignoring}; open({str(tmp_path / 'up')!r}, 'w').close(); __import__('time').sleep(60)"
    thread = threading.Thread(target=Training(stop, Clock(MONDAY), noting(place, then=then)).go, args=(BERLIN,))
    thread.start()
    wait_for((tmp_path / "up").exists)
    # Of this test alone: a worker may have processes of other tests beside it.
    children = [each for each in psutil.Process().children(recursive=True) if str(tmp_path) in " ".join(each.cmdline())]
    assert children
    begin = time.monotonic()
    stop.set()
    thread.join(10)
    assert time.monotonic() - begin < GRACE_S + 1
    assert not any(each.is_running() and "-c" in each.cmdline() for each in children)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house with ten weeks of weigh-ins, where commands are run in its own folder."""
    made = House(tmp_path)
    store = made.store()
    groups = []
    for number in range(70):
        day = datetime.now(UTC) - timedelta(days=71 - number)
        values = {"body_mass_kg": Decimal(80) + Decimal(number % 7) / 10}
        record = Measurement(person="me", source="app", native_id=str(number), at=day, zone="UTC", values=values)
        row = RawRow(source="app", group=str(number), row_id=str(number), data={})
        groups.append(GroupWrite(source="app", group=str(number), kind=record.kind, rows=[row], record=record))
    store.write("me", groups, datetime.now(UTC))
    store.close()
    return made


def trained(house: House) -> list[Path]:
    return sorted(house.folder.rglob("trained.json"))


def test_the_clock_trains_and_stays_small(house: House) -> None:
    process = house.popen("run", "--every", "3h")
    try:
        wait_for(lambda: trained(house), 60)
        wait_for(lambda: not psutil.Process(process.pid).children())
        memory = psutil.Process(process.pid).memory_info().rss
        noted = datetime.fromisoformat(json.loads(trained(house)[0].read_text())["at"])
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert memory < 200e6
    assert noted > datetime.now(UTC) - timedelta(minutes=5)
    assert [each.parent.name for each in trained(house)] == ["body_mass_kg"]
    assert list(house.folder.rglob("current.json"))
    assert "Traceback" not in err


def test_the_clock_ends_a_training_that_runs(house: House) -> None:
    (house.folder / "slow").mkdir()
    # What python starts up with in this folder: the training sleeps, the clock does not.
    up = str(house.folder / "up")
    script = f"import sys, time\nif 'forecast' in sys.orig_argv:\n    open({up!r}, 'w').close()\n    time.sleep(60)\n"
    (house.folder / "slow/sitecustomize.py").write_text(script)
    house.environ["PYTHONPATH"] += os.pathsep + str(house.folder / "slow")
    process = house.popen("run", "--every", "3h")
    wait_for((house.folder / "up").exists)
    child = psutil.Process(process.pid).children()
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert (process.returncode, time.monotonic() - begin < 5) == (0, True)
    assert child
    assert not any(each.is_running() for each in child)
    assert not trained(house)


def test_a_training_that_fails_does_not_end_the_clock(house: House) -> None:
    (house.folder / "models").write_text("a file where a folder should be")
    process = house.popen("run", "--every", "1s")
    lines: list[str] = []
    assert process.stderr is not None
    while len([each for each in lines if "tried again" in each]) < 2:
        line = process.stderr.readline()
        assert line, "".join(lines)
        lines.append(line)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 0
