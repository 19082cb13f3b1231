"""Exported files on their way in: received in pieces, kept only until they are read, imported in the background.

A browser sends a file in pieces of a few megabytes (assets/40-files.js), so nothing large is ever in memory, a slow line is no
problem for a host that ends requests after half a minute, and the page can show how far it is.
"""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from flask import Flask, Response, jsonify, request

from collectors import importing
from collectors.recognising import UNKNOWN_TABLE
from collectors.source import ReadOptions, formats
from dashboard import words
from dashboard.jobs import Question, Report, Step
from dashboard.looks import zone_of
from dashboard.page import House

PATH: Final = "/sources/upload"
PIECE: Final = 8 << 20
MOST_BYTES: Final = 4 << 30
MOST_FILES: Final = 50
LIFE: Final = timedelta(days=1)
MOST_WAITING: Final = 1 << 30  # bytes of all files together that wait for an answer of the person
_EVERY: Final = timedelta(minutes=1)
_SPARE = 200 << 20  # what must stay free on the disk: the store needs room for what the file holds
_AGAIN = "Nothing was changed: make room on it, then choose the file again."
_ID = re.compile(r"^[A-Za-z0-9_-]{20,30}$")
_NOUNS = {"measurement": ("reading", "readings"), "activity": ("activity", "activities"), "workout": ("session", "sessions")}


class UploadError(ValueError):
    """Why a piece cannot be taken: an HTTP status and a sentence."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


@dataclass
class Upload:
    """A file being received, or received and not read to its end yet. `name` is what the person calls it."""

    id: str
    name: str
    size: int
    path: Path
    began: datetime
    received: int = 0
    mapping: dict[str, str] = field(default_factory=dict)  # our field -> the file's column, once the person has said it
    waits: bool = False  # for an answer of the person
    lock: threading.Lock = field(default_factory=threading.Lock)


class Uploads:
    """The files of one house, in a folder of their own that is emptied when the server starts."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder or Path(tempfile.mkdtemp(prefix="fitboard-"))
        self._files: dict[str, Upload] = {}
        self._lock = threading.Lock()
        self._looked: datetime | None = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def begin(self, name: str, size: int, now: datetime) -> Upload:
        """Make room for a file. Raises UploadError."""
        if not 0 < size <= MOST_BYTES:
            raise UploadError(413, "The file is empty." if size <= 0 else f"Files of up to {MOST_BYTES >> 30} GB can be taken.")
        with self._lock:
            self._forget_old(now)
            if len(self._files) >= MOST_FILES:
                raise UploadError(429, "Too many files are waiting to be read. Try again when they are done.")
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                room = shutil.disk_usage(self._folder).free
            except OSError as error:
                raise UploadError(507, f"Nothing can be written to the server's disk ({error.strerror}). {_AGAIN}") from None
            if room < size + _SPARE:
                raise UploadError(507, f"There is not enough free space on the server's disk for this file. {_AGAIN}")
            key = secrets.token_urlsafe(18)
            upload = Upload(id=key, name=plain_name(name), size=size, path=self._folder / key, began=now)
            self._files[key] = upload
        return upload

    def add(self, key: str, at: int, piece: bytes) -> Upload:
        """Append a piece that begins at byte `at`. A piece sent twice (its answer was lost) is let be. Raises UploadError."""
        upload = self.get(key)
        if upload is None:
            raise UploadError(404, "This upload is not known (any more). Choose the file again.")
        with upload.lock:
            if at + len(piece) <= upload.received:
                return upload
            if at != upload.received or at + len(piece) > upload.size:
                raise UploadError(409, "The pieces of this file do not fit together. Choose the file again.")
            try:
                with upload.path.open("ab") as file:
                    file.truncate(upload.received)  # half a piece that found no room
                    file.write(piece)
            except OSError as error:
                raise UploadError(507, f"The server's disk did not take this file ({error.strerror}). {_AGAIN}") from None
            upload.received += len(piece)
        return upload

    def get(self, key: str) -> Upload | None:
        """The upload of that id, or None."""
        return self._files.get(key) if _ID.match(key) else None

    def remove(self, key: str) -> None:
        """Forget a file and take it off the disk."""
        with self._lock:
            upload = self._files.pop(key, None)
        if upload is not None:
            upload.path.unlink(missing_ok=True)

    def wait(self, key: str) -> bool:
        """Keep a file until the person has answered, or a day is over; False where it is too large to be kept.

        Where those that wait are too many bytes together, the oldest go.
        """
        with self._lock:
            upload = self._files.get(key)
            if upload is None or upload.received > MOST_WAITING:
                return False
            upload.waits = True
            waiting = sorted((each for each in self._files.values() if each.waits), key=lambda each: each.began)
            total = sum(each.received for each in waiting)
            for each in waiting:
                if total > MOST_WAITING and each is not upload:
                    total -= each.received
                    self._drop(each)
        return True

    def expire(self, now: datetime) -> None:
        """Take files off the disk that have been here for a day; asked with every request, looks once a minute."""
        if self._looked is None or not timedelta(0) <= now - self._looked < _EVERY:
            self._looked = now
            with self._lock:
                self._forget_old(now)

    def _forget_old(self, now: datetime) -> None:
        for upload in [each for each in self._files.values() if now - each.began > LIFE]:
            self._drop(upload)

    def _drop(self, upload: Upload) -> None:
        self._files.pop(upload.id)
        upload.path.unlink(missing_ok=True)


def plain_name(name: str) -> str:
    """What the person calls the file, fit for a page: no folders, nothing unprintable, of bearable length."""
    last = re.split(r"[\\/]", name)[-1]
    kept = "".join(each for each in last if each.isprintable()).strip()
    return kept if 0 < len(kept) <= 80 else (f"{kept[:60]}…{kept[-16:]}" if kept else "file")


def register(server: Flask, house: House, uploads: Uploads) -> None:
    """The route that takes a piece: `?name=&size=` begins a file, `?file=&at=` goes on with it; the body is the piece itself."""

    @server.before_request
    def expire() -> None:
        uploads.expire(house.clock())

    @server.post(PATH)
    def upload() -> Response:
        try:
            given = request.args
            # Read before anything is refused: an answer to a half-read body looks like a broken line to the browser.
            piece = request.get_data(cache=False)
            key = given.get("file") or uploads.begin(given.get("name", ""), _whole(given.get("size")), house.clock()).id
            taken = uploads.add(key, _whole(given.get("at", "0")), piece)
        except UploadError as error:
            answer = jsonify({"error": error.said})
            answer.status_code = error.status
            return answer
        job = start(house, uploads, taken.id) if taken.received == taken.size else None
        return jsonify({"file": taken.id, "received": taken.received, "job": job})


def _whole(text: str | None) -> int:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 15:
        raise UploadError(400, "The upload does not say what it is.")
    return int(text)


def start(house: House, uploads: Uploads, key: str, units: str | None = None, dates: str | None = None) -> int | None:
    """Read an uploaded file in the background; the job, or None where the file is gone. It stays until nothing has to be asked."""
    upload = uploads.get(key)
    if upload is None:
        return None
    options = ReadOptions(zone=zone_of(house), units=units, dates=dates, mapping=dict(upload.mapping))

    def work(report: Report) -> None:
        report.step(0, state="running", said="Reading")

        def progress(done: int, total: int | None) -> None:
            report.step(0, said="Storing", done=done, total=total or 0)

        results = importing.import_file(
            house.store, house.person, upload.path, upload.name, options, house.clock(), progress=progress
        )
        steps = [outcome(each) for each in results]
        if any(each.asks for each in steps) and uploads.wait(key):
            report.put(steps)
            return
        # Off the disk before it is told: who sees that it is done sees no trace of it.
        uploads.remove(key)
        report.put([_too_large(each) if each.asks else each for each in steps])

    return house.jobs.start("import", [key], [upload.name], work)


def outcome(result: importing.FileResult) -> Step:
    """What became of a file, in plain words, or the question that only the person can answer."""
    if result.error is None:
        return Step(name=result.file, state="done", said=summary(result))
    if UNKNOWN_TABLE in result.error and "/" not in result.file:
        return Step(name=result.file, state="asks", said="A table, but of a layout that is not known here.", asks="mapping")
    if result.later:
        return Step(name=result.file, state="failed", said=f"{plain_error(result.error)} Then choose the file again.")
    asks = question(result.error)
    if asks == "units":
        return Step(name=result.file, state="asks", said="It does not say whether its weights are kilograms or pounds.", asks=asks)
    if asks == "dates":
        said = "Its dates can be read two ways: is 1/5 the first of May, or the fifth of January?"
        return Step(name=result.file, state="asks", said=said, asks=asks)
    return Step(name=result.file, state="failed", said=plain_error(result.error))


def _too_large(step: Step) -> Step:
    said = f"{step.said} It is too large to be kept for an answer: use the command line, the README shows how."
    return Step(name=step.name, state="failed", said=said)


def plain_error(error: str) -> str:
    """The message of the command line for somebody who sees a page: without its options, as sentences."""
    text = re.sub(r"\s*\(--as \w+\)", "", error)
    text, options, _ = text.partition("--")
    if options:  # the sentence (or, of the only one, the clause) that names an option goes; what stands before it is the reason
        text = text.rpartition(". ")[0] or text.partition(":")[0]
        text += ". A table of another layout can be read on the command line; the README shows how"
    said = f"It {text}" if text[:1].islower() else text
    return f"{said.rstrip(' .')}."


def question(error: str) -> Question:
    """Which option the message says is missing (collectors.source: UnitNeeded shows `--units`, OrderNeeded `--dates`)."""
    return "units" if "--units" in error else "dates" if "--dates" in error else ""


def summary(result: importing.FileResult) -> str:
    """`Strong. 412 sessions are new, 12 were already here. 2 rows were set aside.`"""
    known = formats()
    reader = known.get(result.format or "")
    one, many = _NOUNS.get(reader.kind, ("record", "records")) if reader else ("record", "records")
    told = [
        f"{words.count(result.new, one, many)} {'is' if result.new == 1 else 'are'} new" if result.new else "",
        f"{words.number(result.changed)} changed" if result.changed else "",
        f"{words.number(result.removed)} gone from the file" if result.removed else "",
        f"{words.number(result.unchanged)} {'was' if result.unchanged == 1 else 'were'} already here" if result.unchanged else "",
    ]
    did = ", ".join(each for each in told if each) or f"no {many} in it"
    aside = (
        f" {words.count(result.rejected, 'row')} {'was' if result.rejected == 1 else 'were'} set aside." if result.rejected else ""
    )
    return f"{reader.title + '. ' if reader else ''}{did[0].upper() + did[1:]}.{aside}"
