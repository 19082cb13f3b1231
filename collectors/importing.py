"""Reading exported files into the store. The format is recognised from what the file holds, not from its name."""

from __future__ import annotations

import argparse
import errno
import io
import json
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from tqdm import tqdm

from collectors import exported
from collectors.archives import BadArchive, Member, inner, is_workbook, members, unpacked
from collectors.decided import Decided
from collectors.files import sets, weight
from collectors.keep import Tally, batches, forget, group_write, keep, kind_of
from collectors.leases import Lease
from collectors.recognising import CannotRead, known, recognise
from collectors.source import FileFormat, NothingToKeep, NotThisFormat, OrderNeeded, ReadOptions, UnitNeeded
from collectors.source import formats as all_formats
from collectors.streaming import keep_in_pieces
from collectors.tables import HEAD
from health.days import DayError, zone_info
from health.records import RawRow
from store.items import instant
from store.store import Store, StoreDown, StoreError

Progress = Callable[[int, int | None], None]
_LEASE = timedelta(minutes=15)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_OUTCOMES = ("new", "changed", "unchanged", "removed", "rejected", "series")


@dataclass(kw_only=True)
class FileResult:
    """What became of one file (or one member of a ZIP): records by outcome, rows set aside, or why it could not be read."""

    file: str
    format: str | None = None
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    series: int = 0  # time series new or changed, beside the activities they belong to
    error: str | None = None
    later: bool = False  # the error is none of the file's: the store was full or out of reach, or another import under way

    @property
    def summary(self) -> str:
        """One line for a person."""
        if self.error:
            return f"{self.file} {self.error}"
        title = all_formats()[self.format].title if self.format else ""
        counts = [f"{self.new:,} new", f"{self.changed:,} changed", f"{self.unchanged:,} unchanged"]
        counts += [f"{self.removed:,} removed"] if self.removed else []
        counts += [f"{self.series:,} with a new time series"] if self.series else []
        counts += [f"{self.rejected:,} set aside, each with its reason"] if self.rejected else []
        return f"{self.file}: {title}: {', '.join(counts)}"


class _Busy(CannotRead):
    """Another import of the same format is under way."""


@dataclass(frozen=True, kw_only=True)
class _Run:
    """What one import knows beside the file."""

    store: Store
    person: str
    options: ReadOptions
    now: datetime
    as_format: str | None
    progress: Progress | None
    owner: str


def import_file(
    store: Store,
    person: str,
    path_or_bytes: Path | BinaryIO,
    name: str,
    options: ReadOptions,
    now: datetime,
    *,
    as_format: str | None = None,
    progress: Progress | None = None,
    owner: str | None = None,
) -> list[FileResult]:
    """Read one file into the store; a ZIP gives a result for each member that is recognised. Importing again changes nothing.

    `name` is what the person calls the file. `progress` hears rows done and rows in all. Nothing is raised for a file that
    cannot be read: its result says why. `owner` names this run to others that import the same format.
    """
    run = _Run(
        store=store,
        person=person,
        options=options,
        now=now,
        as_format=as_format,
        progress=progress,
        owner=owner or uuid4().hex,
    )
    try:
        zone_info(options.zone)
        with _opened(path_or_bytes) as stream:
            is_zip = stream.read(4) == b"PK\x03\x04" or zipfile.is_zipfile(stream)
            stream.seek(0)
            if not is_zip:
                return [_import_one(run, stream, name)]
            found = _import_zip(run, stream, name)
            what = "is a spreadsheet: save it as CSV and import that" if is_workbook(stream) else "holds no file of a known format"
            return found or [FileResult(file=name, error=f"{what}. {known()}")]
    except BadArchive as error:
        return [FileResult(file=name, error=str(error))]
    except DayError as error:
        return [FileResult(file=name, error=f"was not read: {error}")]
    except OSError as error:
        return [FileResult(file=name, error=f"cannot be read: {error.strerror or error}", later=error.errno in _NO_ROOM)]


@contextmanager
def _opened(path_or_bytes: Path | BinaryIO) -> Iterator[BinaryIO]:
    if not isinstance(path_or_bytes, Path):
        yield path_or_bytes if path_or_bytes.seekable() else io.BytesIO(path_or_bytes.read())
        return
    with path_or_bytes.open("rb") as stream:
        yield stream


def _import_zip(run: _Run, stream: BinaryIO, name: str, most: int | None = None, *, is_inner: bool = False) -> list[FileResult]:
    """A result for each member that holds data, those of a ZIP inside it included. Raises BadArchive."""
    results = []
    found = list(members(stream, most))
    named: set[str] = set()  # files that a list of activities in this ZIP speaks for
    for member in sorted(found, key=lambda each: _recorded_last(each.info.filename)):
        if member.info.filename in named:
            continue
        label = f"{name}/{member.name}"
        try:
            if member.is_zip:
                results += _import_inner(run, member, label, is_inner=is_inner)
                continue
            with member.open() as opened:
                reader = recognise(unpacked(opened).read(HEAD), label, run.options, run.as_format)
            files: dict[str, str] = {}
            with member.open() as content:
                results.append(_import_read(run, reader, unpacked(content), label, files))
            if files and results[-1].error is None:
                named |= _import_named(run, reader, exported.beside(member, files, found), results[-1])
        except (CannotRead, NothingToKeep):
            continue  # a member that is no data of ours
        except (BadArchive, zipfile.BadZipFile, zlib.error, EOFError) as error:
            results.append(FileResult(file=label, error=f"cannot be unpacked: {error}"))
    return results


def _import_inner(run: _Run, member: Member, label: str, *, is_inner: bool) -> list[FileResult]:
    """A ZIP in a ZIP; one that is deeper is not opened, and says so. Raises BadArchive."""
    if is_inner:
        raise BadArchive("is a ZIP inside a ZIP inside a ZIP: unpack the outermost one and import what is in it")
    stream, most = inner(member)
    return _import_zip(run, stream, label, most, is_inner=True)


def _recorded_last(name: str) -> bool:
    """Lists come before the recorded files that they name."""
    return name.lower().endswith((".fit", ".gpx", ".tcx", ".gz", ".zip"))


def _import_named(run: _Run, reader: FileFormat, files: Mapping[str, Member], result: FileResult) -> set[str]:
    """The time series of the activities of an export, counted in the result of its list; the names of their files."""
    named = exported.keep_named(run.store, run.person, reader, files, run.options, run.now, run.owner, run.progress)
    result.series, result.rejected = result.series + named.tally.series, result.rejected + named.tally.rejected
    result.error, result.later = named.error, named.later
    return named.files


def _import_one(run: _Run, stream: BinaryIO, name: str) -> FileResult:
    try:
        stream = unpacked(stream)
        reader = recognise(stream.read(HEAD), name, run.options, run.as_format)
    except CannotRead as error:
        return FileResult(file=name, format=run.as_format, error=str(error))
    stream.seek(0)
    try:
        return _import_read(run, reader, stream, name)
    except NothingToKeep as error:
        return FileResult(file=name, format=reader.name, error=str(error))


def _import_read(run: _Run, reader: FileFormat, stream: BinaryIO, name: str, files: dict[str, str] | None = None) -> FileResult:
    """Read one file; the recorded files that its rows name go into `files`."""
    result = FileResult(file=name, format=reader.name)
    try:
        rows = reader.rows(stream, name, run.options)
        rows = rows if files is None else exported.noted(reader, rows, files)
        tally = _stream(run, reader, rows, name) if getattr(reader, "streams", False) else _keep(run, reader, list(rows), name)
    except NothingToKeep:
        raise
    except (NotThisFormat, UnitNeeded, OrderNeeded, CannotRead, StoreError) as error:
        result.error, result.later = str(error), isinstance(error, StoreDown | _Busy)
        return result
    for each in _OUTCOMES:
        setattr(result, each, getattr(tally, each))
    return result


def _stream(run: _Run, reader: FileFormat, rows: Iterable[RawRow], name: str) -> Tally:
    """`_keep` for a file that is too large to be in memory at once."""
    lease = _lease(run, reader)
    hear = run.progress
    try:
        told = (lambda done: hear(done, None)) if hear else None
        tally, fresh = keep_in_pieces(run.store, reader, run.person, rows, run.now, run.options.zone, told)
        tally.removed += _forget_complaints(run, reader, fresh, name)
    finally:
        lease.release()
    return tally


def _lease(run: _Run, reader: FileFormat) -> Lease:
    """The turn of this run to import that format. Raises _Busy while another one has it."""
    lease = Lease(run.store, f"import:{reader.record_source}", run.owner, lambda: run.now, _LEASE)
    if not lease.take():
        raise _Busy(f"was not read: another import of {reader.title} is under way. Try again when it is done")
    return lease


def _keep(run: _Run, reader: FileFormat, rows: Sequence[RawRow], name: str) -> Tally:
    """Store those rows under the lease of their format. Raises CannotRead while another import of it is under way."""
    lease = _lease(run, reader)
    hear = run.progress
    decided = Decided.of(run.store, run.person, reader.record_source)
    rows = decided.at_home(rows)
    try:
        told = (lambda done: hear(done, len(rows))) if hear else None
        tally = keep(run.store, reader, run.person, rows, run.now, progress=told)
        tally.removed += _forget_complaints(run, reader, {row.group for row in rows}, name)
        tally.removed += _forget_corrected(run, reader, rows, name, decided)
        if getattr(reader, "regroups", False):
            tally.removed += _clear_moved(run, reader, rows, decided)
    finally:
        lease.release()
    return tally


def _forget_complaints(run: _Run, reader: FileFormat, fresh: set[str], name: str) -> int:
    """Forget rows of this file that an earlier read set aside whole and this one no longer shows: the person corrected them."""
    source = reader.record_source
    old = {each.group for each in run.store.rejected(run.person, source) if each.row.startswith(f"{name}, ")} - fresh
    gone = [each for each in sorted(old) if run.store.get(run.person, kind_of(reader, each), f"{source}:{each}") is None]
    return forget(run.store, reader, run.person, gone, run.now)


def _forget_corrected(run: _Run, reader: FileFormat, rows: Sequence[RawRow], name: str, decided: Decided) -> int:
    """Forget rows that the person corrected here, where this file no longer shows them so and says the same by itself now.

    Else a date that was corrected here and then in the file would give two records of one moment.
    """
    fresh = {row.group for row in rows}
    gone = []
    for each in decided:
        if not each.fixed or each.group in fresh or not each.place.startswith(f"{name}, "):
            continue
        stored = run.store.get(run.person, kind_of(reader, each.group), f"{reader.record_source}:{each.group}")
        if stored is not None:
            at = instant(stored.body["at"])
            then = run.store.keys(run.person, stored.body["kind"], reader.record_source, at, at + timedelta(microseconds=1))
            gone += [each.group] if fresh & set(then) else []
    return forget(run.store, reader, run.person, gone, run.now)


def _clear_moved(run: _Run, reader: FileFormat, rows: Sequence[RawRow], decided: Decided) -> int:
    """Take rows out of the sessions that an earlier read put them in, where this one put them elsewhere (another zone)."""
    fresh_groups = {row.group for row in rows}
    fresh_rows = {row.row_id for row in rows}
    left: dict[str, list[RawRow]] = {}
    for _, group, kept in run.store.all_raw_groups(run.person, reader.record_source):
        if group not in fresh_groups and any(row.row_id in fresh_rows for row in kept):
            left[group] = [row for row in kept if row.row_id not in fresh_rows]
    writes = [group_write(reader, run.person, group, kept, decided) for group, kept in left.items() if kept]
    for batch in batches(writes):
        run.store.write(run.person, batch, run.now)
    return forget(run.store, reader, run.person, [group for group, kept in left.items() if not kept], run.now)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the `import` command takes."""
    parser.description = (
        "Read exported files. The format is recognised; a ZIP is opened; importing again changes nothing. "
        "A table laid out otherwise is read with --map: for sets the fields are "
        f"{', '.join(sets.FIELDS)}; for weigh-ins {', '.join(weight.FIELDS)}. "
        "A table with an exercise is one of sets, any other one of weigh-ins."
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--as", dest="as_format", choices=sorted(all_formats()), metavar="FORMAT", help=", ".join(all_formats()))
    parser.add_argument("--zone", type=_zone, help="where the wearer's clock was, like Europe/Berlin (default: the home zone)")
    parser.add_argument("--units", choices=("kg", "lb"), help="the unit of weights in a file that names none")
    parser.add_argument("--dates", choices=("dmy", "mdy"), help="whether 1/5/2024 is in May or in January, where no date tells")
    parser.add_argument(
        "--map", dest="mapping", action="append", type=_pair, default=[], metavar="FIELD=COLUMN", help="which column is which"
    )
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")


def run(store: Store, person: str, arguments: argparse.Namespace, now: datetime, zone: str) -> int:
    """The `import` command: read each file, say what became of it; 1 when one of them failed, the others are still read."""
    options = ReadOptions(
        zone=arguments.zone or zone, units=arguments.units, mapping=dict(arguments.mapping), dates=arguments.dates
    )
    owner = uuid4().hex
    results: list[FileResult] = []
    for path in arguments.files:
        with _Bar(path.name) as bar:
            found = import_file(
                store, person, path, path.name, options, now, as_format=arguments.as_format, progress=bar.hear, owner=owner
            )
        for each in found:
            print(each.summary, file=sys.stderr if each.error or arguments.json else sys.stdout)
        results += found
    if arguments.json:
        print(json.dumps({"files": [asdict(each) for each in results]}, ensure_ascii=False))
    return 1 if any(each.error for each in results) else 0


def _zone(text: str) -> str:
    try:
        zone_info(text)
    except DayError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not (field.strip() and equals and column.strip()):
        raise argparse.ArgumentTypeError(f"{text!r} is not FIELD=COLUMN, like date=Datum")
    return field.strip(), column.strip()


class _Bar:
    """Progress on standard error: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, name: str, every: int = 10_000) -> None:
        self.name, self.every, self.said = name, every, 0
        self.bar: Any = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def hear(self, done: int, total: int | None) -> None:
        """`done` of `total` rows are stored."""
        if sys.stderr.isatty():
            self.bar = self.bar or tqdm(total=total, desc=self.name, unit=" rows", file=sys.stderr, leave=False)
            self.bar.update(done - self.bar.n)
        elif done - self.said >= self.every:
            self.said = done
            print(f"{self.name}: {done:,} of {total or 0:,} rows", file=sys.stderr)
