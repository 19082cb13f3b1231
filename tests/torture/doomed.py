"""The real collectors' command, which ends itself with SIGKILL at its nth write: just before the store has it, or just after.

`DOOM="3 before" python -m tests.torture.doomed run`. With `DOOM="count FILE"` it lives, and writes how often it wrote into FILE.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from collectors import __main__ as command
from store import _dynamodb_calls, _sqlite_file

WRITES = frozenset({"put_item", "update_item", "delete_item", "batch_write_item", "transact_write_items"})


class Doom:
    """Counts the writes, and ends the process at the one told."""

    def __init__(self, said: str) -> None:
        at, self.when = said.split(" ", 1)
        self.at, self.written = (0 if at == "count" else int(at)), 0

    def write(self, make: Callable[[], Any]) -> Any:
        self.written += 1
        if self.written == self.at and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        made = make()
        if self.written == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        return made


def lie_in_wait(doom: Doom) -> None:
    """Both engines' one place of writing goes by `doom`."""
    do = _dynamodb_calls.Calls.do

    def counted(self: _dynamodb_calls.Calls, operation: str, **request: Any) -> Any:
        return doom.write(lambda: do(self, operation, **request)) if operation in WRITES else do(self, operation, **request)

    def execute(self: sqlite3.Connection, statement: str, *values: Any) -> Any:
        def make() -> Any:
            return sqlite3.Connection.execute(self, statement, *values)

        return doom.write(make) if statement == "COMMIT" else make()

    _dynamodb_calls.Calls.do = counted  # type: ignore[method-assign]
    _sqlite_file._Connection.execute = execute  # type: ignore[method-assign,assignment]


def main() -> int:
    doom = Doom(os.environ["DOOM"])
    lie_in_wait(doom)
    code = command.main(sys.argv[1:])
    if not doom.at:
        Path(doom.when).write_text(str(doom.written))
    return code


if __name__ == "__main__":
    sys.exit(main())
