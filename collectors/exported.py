"""The recorded files inside an export: the time series of the activities that its list names them for.

A file that a row of Strava's `activities.csv`, or a workout of Apple Health, names makes no second activity: its points become the
series of that activity, kept with the file's bytes under the activity's own name. A reader says which file a row names by
`file_of(row)`. A file that cannot be read is set aside with its reason.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from collectors.archives import BadArchive, Member, unpacked
from collectors.files import _pieces, _recorded
from collectors.keep import Tally, keep
from collectors.leases import Lease
from collectors.source import FileFormat, NotThisFormat, ReadOptions
from health.records import RawRow, series_of
from store.store import Store, StoreDown, StoreError

_LEASE = timedelta(minutes=15)


@dataclass(kw_only=True)
class Named:
    """What became of the files that a list names: those files by their names in the ZIP, the count, and why some were not read."""

    files: set[str] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)
    error: str | None = None
    later: bool = False  # the same file may be read as a whole the next time: the store was out of reach, or busy with another


def noted(reader: FileFormat, rows: Iterable[RawRow], files: dict[str, str]) -> Iterable[RawRow]:
    """`rows`; as they pass, the file that each names is written into `files` under the row's group."""
    file_of: Callable[[RawRow], str | None] | None = getattr(reader, "file_of", None)
    return rows if file_of is None else _noting(rows, file_of, files)


def _noting(rows: Iterable[RawRow], file_of: Callable[[RawRow], str | None], files: dict[str, str]) -> Iterator[RawRow]:
    for row in rows:
        if (named := file_of(row)) is not None:
            files[row.group] = named
        yield row


def beside(listing: Member, files: Mapping[str, str], found: Sequence[Member]) -> dict[str, Member]:
    """The group -> the member of the ZIP that it names (`files`, from the folder of the `listing`), for those that are there."""
    members, folder = {each.info.filename: each for each in found}, PurePosixPath(listing.info.filename).parent
    named = {group: members.get(str(folder / file)) for group, file in files.items()}
    return {group: member for group, member in named.items() if member is not None}


def keep_named(
    store: Store,
    person: str,
    reader: FileFormat,
    files: Mapping[str, Member],
    options: ReadOptions,
    now: datetime,
    owner: str,
    hear: Callable[[int, int | None], None] | None = None,
) -> Named:
    """Store the time series of the activities (by their groups) that an export of `reader` names `files` for, one by one."""
    result = Named(files={each.info.filename for each in files.values()})
    lease = Lease(store, f"import:{reader.record_source}", owner, lambda: now, _LEASE)
    if not lease.take():
        result.error = "was read without its recorded files: another import of it is under way. Try again when it is done"
        result.later = True
        return result
    try:
        for done, (group, member) in enumerate(files.items(), 1):
            rows = _rows(reader.record_source, group, member, options)
            keep(store, reader, person, rows, now, tally=result.tally, whole_groups=True)
            if hear:
                hear(done, len(files))
    except StoreError as error:
        result.error, result.later = str(error), isinstance(error, StoreDown)
    finally:
        lease.release()
    return result


def _rows(source: str, activity: str, member: Member, options: ReadOptions) -> list[RawRow]:
    group, context = series_of(activity), {"zone": options.zone}
    try:
        with member.open() as packed:
            data = _pieces.whole(unpacked(packed))
        told = _recorded.told(data)
    except NotThisFormat as error:
        return [_bad(source, group, member, context, str(error))]
    except (BadArchive, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        return [_bad(source, group, member, context, f"cannot be unpacked: {error}")]
    return _pieces.raw_rows(source, group, told.data, {**context, **told.context}, member.name)


def _bad(source: str, group: str, member: Member, context: Mapping[str, Any], problem: str) -> RawRow:
    return RawRow(source=source, group=group, row_id=group, data={}, context={**context, "problem": problem}, place=member.name)
