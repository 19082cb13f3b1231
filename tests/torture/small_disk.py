"""A small disk of this process's own that can be filled and made read-only, without being root: a tmpfs in namespaces of its own.

Where the system does not let a process have those (some containers), a limit on the size of every file stands in for a full disk,
and nothing for a read-only one: `have` says which.
"""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWUSER = 0x00020000, 0x10000000
_PIECE = b"\0" * 4096


def have() -> bool:
    """Whether this process, which must have one thread, now has mounts of its own. Nobody else sees them; they go with it."""
    uid, gid = os.getuid(), os.getgid()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS | _CLONE_NEWUSER):
        return False
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    return True


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0


@contextmanager
def disk(folder: Path, size_kb: int) -> Iterator[bool]:
    """`folder` is a disk of that size while the block runs; False where it could not be had."""
    mounted = _mount("-t", "tmpfs", "-o", f"size={size_kb}k", "none", str(folder))
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(folder: Path, left: int) -> Iterator[None]:
    """While the block runs, a file takes all of the disk but `left` bytes."""
    filler = folder / ".filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(_PIECE) == len(_PIECE):
                pass
        except OSError:
            pass
        file.truncate(max(0, file.tell() - left))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(folder: Path) -> Iterator[bool]:
    """While the block runs, nothing on that disk can be written; False where it could not be had (a file is open)."""
    done = _mount("-o", "remount,ro", str(folder))
    try:
        yield done
    finally:
        if done:
            _mount("-o", "remount,rw", str(folder))


@contextmanager
def small_files(most_bytes: int) -> Iterator[None]:
    """While the block runs, no file that this process or a child of it writes gets larger than that."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
