"""The week's training, started by the clock process as a command of its own.

A floor does not import the one beside it, and what a training needs would stay in the memory of a process that lives for weeks:
so it is a process that ends. Which targets are due is the command's own question; here only when to ask it.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from health.days import week_turns

LOG = logging.getLogger(__name__)
COMMAND: Final = (sys.executable, "-m", "forecast", "train", "--due")
LONGEST_S: Final = 3600.0  # a training that has not ended by then hangs
GRACE_S: Final = 2.0  # how long it may take to end once it was asked to
_STEP_S: Final = 0.1


class Training:
    """Trains once for each week that begins at Monday 00:00 in the home zone, and once after the start of this process.

    `stop` ends a training that runs; `now` is the clock. One that failed is tried again at the next `go`.
    """

    def __init__(self, stop: threading.Event, now: Callable[[], datetime], command: Sequence[str] = COMMAND) -> None:
        self._stop, self._now, self._command = stop, now, command
        self._week: datetime | None = None

    def go(self, zone: str) -> None:
        """Train when the week in `zone` has not been trained for yet, and wait for the end of it."""
        week = week_turns(self._now(), zone)[0]
        if self._stop.is_set() or (self._week is not None and week <= self._week):
            return
        if self._run() == 0:
            self._week = week

    def _run(self) -> int | None:
        """The exit code; None where it could not be started or was ended."""
        try:
            # A session of its own: Ctrl-C in a terminal reaches this process alone, which then ends the training.
            process = subprocess.Popen(  # noqa: S603  # our own command, nothing of it from outside
                self._command, stdin=subprocess.DEVNULL, stdout=2, start_new_session=True
            )
        except OSError as error:
            LOG.error("the training could not be started: %s", error)
            return None
        code = self._awaited(process)
        if code:
            LOG.error("the training ended with %s; it is tried again at the next run", code)
        return code

    def _awaited(self, process: subprocess.Popen[bytes]) -> int | None:
        waited = 0.0
        while process.poll() is None:
            if self._stop.wait(_STEP_S) or waited > LONGEST_S:
                _end(process)
                return None
            waited += _STEP_S
        return process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
