"""Which process holds a lease, and whether it still runs: a turn that was killed on this machine need not be waited for."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.store import Store


def process() -> dict[str, Any]:
    """What tells this process from any other on this machine, as long as the machine runs."""
    return {"host": socket.gethostname(), "boot": _boot(), "pid": os.getpid(), "started": started(os.getpid())}


def gone(holder: dict[str, Any]) -> bool:
    """True when the process that `process()` described ran on this machine and surely runs no more."""
    if os.name != "posix" or holder.get("host") != socket.gethostname() or holder.get("boot") != _boot():
        return False
    pid = int(holder["pid"])
    try:
        os.kill(pid, 0)  # signal 0 only asks whether it is there
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return bool(holder["started"] != started(pid))


def freed(store: Store, lease: str, gone: Callable[[dict[str, Any]], bool] = gone) -> bool:
    """Give back a lease whose process is `gone`. True when it was."""
    holder = store.holder(lease)
    if holder is None or not gone(process_of(holder)):
        return False
    store.release(lease, holder)
    return True


def process_of(owner: str) -> dict[str, Any]:
    """The process that an owner says it is; empty for one that says none."""
    try:
        said = json.loads(owner)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _boot() -> str:
    """The boot of this machine and the process namespace: numbers of processes mean something within one only."""
    try:
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def started(pid: int) -> str:
    """When that process started, in the kernel's ticks: a number used again is another process. Empty where unknown."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
