"""When the clock process collects: at every full interval from midnight UTC on, whatever the machine's clock does meanwhile."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

LOOK_S: Final = 60.0  # how often it is looked whether the time has come
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def pause_until(due: datetime, clock: Callable[[], datetime], wait: Callable[[float], bool]) -> None:
    """Wait until the clock says `due`, or as long as that was away when the wait began, whichever comes first.

    The one alone would sleep on after the machine slept or the clock was put forward, the other after it was put back. `wait`
    sleeps so many seconds and says True when the process was asked to end.
    """
    left = max((due - clock()).total_seconds(), 0.01)
    while left > 0 and clock() < due:
        step = min(left, LOOK_S)
        if wait(step):
            return
        left -= step


def next_run(at: datetime, every: timedelta) -> datetime:
    """The next full interval after `at`, counted from midnight UTC: every 3 h is 0:00, 3:00, 6:00, ..."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + ((at - midnight) // every + 1) * every


def every(text: str) -> timedelta:
    """`3h`, `15m`, `90s`, `1d` as a time span. Raises argparse.ArgumentTypeError."""
    match = re.fullmatch(r"(\d+)([smhd])", text.strip())
    if not match or not 0 < int(match[1]) < 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time span such as 3h, 30m or 1d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
