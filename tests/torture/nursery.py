"""Commands as processes of their own without the price of starting Python: forked from one that has everything loaded.

The nursery is a process with one thread (forking one with more is a gamble). It is told what to do in lines of JSON: a command with
its folder and settings, it forks and says the number of the child, which waits; then `go`, and it says how the child ended. A child
is what `python -m collectors` would be, but for the modules that were loaded before.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_LONGEST_S = 120.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended (a negative code is the signal that ended it), and what it said."""

    code: int
    out: str
    err: str


class Nursery:
    """The process that forks, seen from the one that asks."""

    def __init__(self) -> None:
        environ = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")}
        environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.nursery"],
            cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._heard() == {"ready": True}

    def run(
        self,
        folder: Path,
        environ: dict[str, str],
        arguments: tuple[str, ...],
        *,
        doom: str = "",
        careless: str = "",
        after_s: float | None = None,
        born: Callable[[int], object] = lambda _pid: None,
        told_in: Path | None = None,
    ) -> Ended:
        """One command. `doom` as in tests/torture/doomed.py, `careless` as in tests/collectors/careless.py; `after_s`: killed then.

        `born` hears its number before it begins. What it says is kept in `told_in` meanwhile, else in its folder.
        """
        place = told_in or folder
        told = {"folder": str(folder), "environ": environ, "arguments": arguments, "told_in": str(place)}
        self._tell({**told, "doom": doom, "careless": careless, "after_s": after_s})
        born(int(self._heard()["pid"]))
        self._tell({"go": True})
        code = int(self._heard()["code"])
        out, err = ((place / f".{each}{self._process.pid}").read_text() for each in ("out", "err"))
        return Ended(code, out, err)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        heard: dict[str, Any] = json.loads(self._process.stdout.readline())
        return heard


# -- in the nursery -----------------------------------------------------------------------------------------------------------


def _load() -> Callable[[list[str]], int]:
    """Everything that a command may load later, and the collectors' command."""
    import boto3
    import gspread  # noqa: F401
    import stravalib  # noqa: F401

    from collectors import __main__ as command
    from collectors import importing, inbox, rejecting, source  # noqa: F401
    from store import dynamodb, sqlite  # noqa: F401

    source.sources()
    source.formats()
    boto3.client("dynamodb", endpoint_url="http://127.0.0.1:9").close()
    return command.main


def _child(told: dict[str, Any], born: int, wait: int, main: Callable[[list[str]], int]) -> None:
    """What the forked process does. Never returns."""
    code = 1
    try:
        folder = Path(told["folder"])
        for number, name in ((1, ".out"), (2, ".err")):
            place = Path(told["told_in"]) / f"{name}{os.getppid()}"
            os.dup2(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        sys.stdout, sys.stderr = (os.fdopen(each, "w", buffering=1, encoding="utf-8") for each in (1, 2))
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(told["environ"])
        if told["doom"]:
            from tests.torture.doomed import Doom, lie_in_wait

            lie_in_wait(Doom(told["doom"]))
        if told["careless"]:
            from tests.collectors import careless

            careless.be(told["careless"])
        os.write(born, b"x")
        os.read(wait, 1)
        code = main(told["arguments"])
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # whatever it is, it is told as Python would
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _end_of(pid: int, after_s: float | None) -> int:
    """Wait for that child, and kill it after that time."""
    handle = os.pidfd_open(pid)
    try:
        if not select.select([handle], [], [], _LONGEST_S if after_s is None else after_s)[0]:
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(handle)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def serve() -> None:
    main = _load()
    answer = os.fdopen(os.dup(1), "w")

    def say(**what: object) -> None:
        print(json.dumps(what), file=answer, flush=True)

    say(ready=True)
    for line in sys.stdin:
        told = json.loads(line)
        (heard, born), (wait, go) = os.pipe(), os.pipe()
        pid = os.fork()
        if not pid:
            _child(told, born, wait, main)
        os.read(heard, 1)
        say(pid=pid)
        sys.stdin.readline()
        os.write(go, b"x")
        say(code=_end_of(pid, told["after_s"]))
        for each in (heard, born, wait, go):
            os.close(each)


if __name__ == "__main__":
    serve()
