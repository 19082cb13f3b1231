"""Real processes without the price of starting Python: children of this one, each with a store of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

CONTEXT = multiprocessing.get_context("fork")
_LONGEST_S = 60.0


def _one(work: Callable[[], Any], ready: Any, answers: Any) -> None:
    ready.wait(_LONGEST_S)
    try:
        answers.send(("", work()))
    except Exception as error:  # whatever it is, the parent counts it
        answers.send((f"{type(error).__name__}: {error}", None))


def together(works: list[Callable[[], Any]]) -> list[tuple[str, Any]]:
    """Each work in a process of its own, all let go at one moment: what went wrong, else what it gave; in their order."""
    ready = CONTEXT.Barrier(len(works))
    pipes = [CONTEXT.Pipe(duplex=False) for _ in works]
    children = [CONTEXT.Process(target=_one, args=(work, ready, send)) for work, (_, send) in zip(works, pipes, strict=True)]
    for child in children:
        child.start()
    for _, send in pipes:
        send.close()
    found = [_received(receive) for receive, _ in pipes]
    for child in children:
        child.join(_LONGEST_S)
    return found


def _received(receive: Any) -> tuple[str, Any]:
    try:
        got: tuple[str, Any] = receive.recv()
        return got
    except EOFError:
        return "it died", None


def killed(work: Callable[[], Any], arm: Callable[[int], None]) -> bool:
    """The work in a process that somebody kills: `arm` hears its number before it begins. True when it was killed."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.read(read, 1)
        try:
            work()
        except Exception:  # it was to die, not to be right
            os._exit(1)
        finally:
            sys.stdout.flush()
        os._exit(0)
    arm(pid)
    os.write(write, b"x")
    _, status = os.waitpid(pid, 0)
    os.close(read)
    os.close(write)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
