"""The inbox: files that somebody dropped into a folder are imported by the scheduled run, and nothing outside of it is touched.

A file that was read is moved to `done/` in it; beside one that was not stands a text of its name that says why, and it is tried
again once it has changed. Where it was not the file's fault (a full disk, a store out of reach) the next run tries again. A file
that may still be written is left for the next run: one that changed within the last minute,
unless it stands exactly as the run before saw it. Links and hidden files are never followed or read.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from collectors.importing import FileResult, import_file
from collectors.leases import Lease
from collectors.source import ReadOptions
from store.store import Store, SyncState

NAME = "inbox"
DONE = "done"
_QUIET_S = 60.0
_MOST_NAMED = 5
_SEEN = "inbox"  # the setting that remembers what the run before saw: {name: [size, mtime_ns]}


@dataclass(frozen=True, kw_only=True)
class Read:
    """What one look into the inbox found: a result for each file that was read, and the names of those left for the next run."""

    results: tuple[FileResult, ...] = ()
    waiting: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()  # files whose text says what is wrong, of this run and of earlier ones
    folders: tuple[str, ...] = ()  # folders that somebody put there, which are left alone
    delayed: tuple[str, ...] = ()  # files that the next run tries again, for nothing is wrong with them; the results say why


def read(store: Store, person: str, folder: Path, zone: str, now: datetime, owner: str) -> Read:
    """Import what is in `folder`, which is made where it is missing; `zone` is the home zone. Raises StoreError and OSError."""
    (folder / DONE).mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / DONE).is_symlink():
        raise OSError(f"{folder / DONE} is a link: files are moved into a folder of the inbox alone")
    lease = Lease(store, NAME, owner, lambda: now)
    if not lease.take():
        return Read()
    try:
        found = _read(store, person, folder, zone, now, owner)
    finally:
        lease.release()
    _write_down(store, person, found, now)
    return found


def _read(store: Store, person: str, folder: Path, zone: str, now: datetime, owner: str) -> Read:
    before = store.setting(person, _SEEN)
    seen: dict[str, Any] = before if isinstance(before, dict) else {}
    results: list[FileResult] = []
    waiting: list[str] = []
    failed: list[str] = []
    delayed: list[str] = []
    now_seen: dict[str, list[int]] = {}
    for name, about in _files(folder):
        mark = [about.st_size, about.st_mtime_ns]
        if _told(folder, name, about):
            failed.append(name)
        elif now.timestamp() - about.st_mtime < _QUIET_S and seen.get(name) != mark:
            waiting.append(name)
            now_seen[name] = mark
        else:
            told, is_done = _import(store, person, folder, name, about, ReadOptions(zone=zone), now, owner)
            results += told
            if not is_done:
                why = [each.later for each in told if each.error]
                (delayed if any(why) else failed if why else waiting).append(name)
    if now_seen != seen:
        store.put_setting(person, _SEEN, now_seen)
    folders = _folders(folder)
    return Read(results=tuple(results), waiting=tuple(waiting), failed=tuple(failed), delayed=tuple(delayed), folders=folders)


def _folders(folder: Path) -> tuple[str, ...]:
    """Folders that somebody put there: nothing in them is read, and that is said."""
    with os.scandir(folder) as entries:
        found = [each.name for each in entries if each.is_dir(follow_symlinks=False) and not each.name.startswith(".")]
    return tuple(sorted(name for name in found if name != DONE))


def _files(folder: Path) -> list[tuple[str, os.stat_result]]:
    """The files of the folder itself by name: no links, no folders, nothing hidden, none of our own texts."""
    found = []
    with os.scandir(folder) as entries:
        for each in entries:
            about = each.stat(follow_symlinks=False)
            if stat.S_ISREG(about.st_mode) and not each.name.startswith("."):
                found.append((each.name, about))
    names = {name for name, _ in found}
    return sorted((name, about) for name, about in found if not (name.endswith(".txt") and name[:-4] in names))


def _told(folder: Path, name: str, about: os.stat_result) -> bool:
    """True where the text beside a file is newer than the file: it says already what is wrong with it."""
    try:
        text = os.lstat(folder / f"{name}.txt")
    except OSError:
        return False
    return stat.S_ISREG(text.st_mode) and text.st_mtime_ns >= about.st_mtime_ns


def _import(
    store: Store, person: str, folder: Path, name: str, about: os.stat_result, options: ReadOptions, now: datetime, owner: str
) -> tuple[list[FileResult], bool]:
    """Read one file; what became of it, and whether it is done and moved."""
    try:
        with os.fdopen(os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:
            results = import_file(store, person, stream, name, options, now, owner=owner)
            after = os.fstat(stream.fileno())
    except OSError as error:
        results, after = [FileResult(file=name, error=f"cannot be read: {error.strerror or error}")], about
    if (after.st_size, after.st_mtime_ns) != (about.st_size, about.st_mtime_ns):
        return results, False  # written while it was read: the next run reads the whole of it, which doubles nothing
    if any(each.later for each in results):
        return results, False
    if any(each.error for each in results):
        _say(folder / f"{name}.txt", results)
        return results, False
    os.rename(folder / name, _free(folder / DONE / name))
    (folder / f"{name}.txt").unlink(missing_ok=True)
    return results, True


def _say(path: Path, results: list[FileResult]) -> None:
    """What is wrong, in words, beside the file."""
    lines = [each.summary for each in results if each.error]
    lines += [f"Read all the same: {each.summary}" for each in results if not each.error]
    lines.append(
        "Correct the file, or import it by hand: python -m collectors import FILE --help. It is tried again once it has changed."
    )
    path.unlink(missing_ok=True)  # never through a link of that name
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write("\n".join(lines) + "\n")
    except OSError:  # half a text, or an empty one, would keep the file from being read again
        path.unlink(missing_ok=True)
        raise


def _free(path: Path) -> Path:
    """`path`, or with a number where a file of that name is there already."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free


def _write_down(store: Store, person: str, found: Read, now: datetime) -> None:
    """Where the inbox stands, beside the sources; nothing is written for one that nobody ever used."""
    before = store.sync_state(person, NAME)
    if before is None and not (found.results or found.waiting or found.failed or found.delayed or found.folders):
        return
    stands = before or SyncState(source=NAME)
    message = f"Could not be read: {_named(found.failed)}. A text beside each says why." if found.failed else ""
    if found.delayed:
        why = next(each.error for each in found.results if each.later)
        message = f"Not read yet, and tried again by the next run: {_named(found.delayed)}. {why} {message}".rstrip()
    if found.waiting and not message:
        message = f"Left for the next run, because it may still be written: {_named(found.waiting)}."
    if found.folders:
        message = f"{message} {left_alone(found.folders)}".strip()
    counts = {word: sum(getattr(each, word) for each in found.results) for word in ("new", "changed", "removed", "rejected")}
    store.put_sync_state(
        person,
        replace(
            stands,
            state="failed" if found.failed or found.delayed else "ok",
            message=message,
            last_run=now,
            last_success=stands.last_success if found.failed or found.delayed else now,
            counts=counts if found.results else stands.counts,
        ),
    )


def left_alone(folders: tuple[str, ...]) -> str:
    """What is said of folders in the inbox."""
    return f"Not looked into: {_named(folders)}. Put what is in a folder into the inbox itself, or make a ZIP of it."


def _named(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
