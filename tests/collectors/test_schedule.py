"""The schedule by a clock that is put forward, put back, or stood still while the machine slept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from collectors.schedule import every, next_run, pause_until

NINE = datetime(2026, 11, 22, 9, 0, 1, tzinfo=UTC)
THREE_HOURS = timedelta(hours=3)


class Machine:
    """A clock and a wait that moves it, and what happens to the clock after so many seconds of waiting."""

    def __init__(self, at: datetime, jump: timedelta = timedelta(0), after_s: float = 600) -> None:
        self.at, self.jump, self.after_s, self.waited = at, jump, after_s, 0.0

    def clock(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> bool:
        self.waited += seconds
        self.at += timedelta(seconds=seconds)
        if self.jump and self.waited >= self.after_s:
            self.at, self.jump = self.at + self.jump, timedelta(0)
        return False


@pytest.mark.parametrize(
    ("jump", "longest"),
    [
        (timedelta(0), timedelta(hours=3)),
        (timedelta(hours=1), timedelta(hours=2, minutes=1)),
        (timedelta(hours=-1), timedelta(hours=3)),  # runs an hour early by the clock, and once more when it is time
        (timedelta(hours=8), timedelta(minutes=12)),  # a machine that slept
    ],
)
def test_no_run_comes_later_than_one_interval_whatever_the_clock_does(jump: timedelta, longest: timedelta) -> None:
    machine = Machine(NINE, jump)
    pause_until(next_run(NINE, THREE_HOURS), machine.clock, machine.wait)
    assert timedelta(seconds=machine.waited) <= longest
    assert next_run(machine.at, THREE_HOURS) > machine.at


def test_waiting_ends_when_the_process_is_asked_to() -> None:
    asked: list[float] = []
    pause_until(NINE + THREE_HOURS, lambda: NINE, lambda seconds: bool(asked.append(seconds)) or True)
    assert asked == [60.0]


def test_a_day_of_summer_time_has_as_many_runs_as_any_other() -> None:
    for day in (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)):
        at, runs = day, 0
        while at < day + timedelta(days=2):
            at, runs = next_run(at, every("3h")), runs + 1
        assert runs in (16, 17)
