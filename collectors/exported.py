"""The recorded files inside a Strava account export: the time series of the activities that its list names them for.

A file that a row of `activities.csv` names makes no second activity: its points become the series of that activity, kept with the
file's bytes under the activity's own name. A file that cannot be read is set aside with its reason.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from collectors.archives import BadArchive, Member, unpacked
from collectors.files import _pieces, _recorded, strava_export
from collectors.keep import Tally, keep
from collectors.leases import Lease
from collectors.source import NotThisFormat, ReadOptions
from health.records import RawRow, series_of
from store.store import Store, StoreDown, StoreError

LIST = strava_export.name
_LEASE = timedelta(minutes=15)


@dataclass(kw_only=True)
class Named:
    """What became of the files that a list names: those files by their names in the ZIP, the count, and why some were not read."""

    files: set[str] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)
    error: str | None = None
    later: bool = False  # the same file may be read as a whole the next time: the store was out of reach, or busy with another


def keep_named(
    store: Store,
    person: str,
    listing: Member,
    found: Sequence[Member],
    options: ReadOptions,
    now: datetime,
    owner: str,
    hear: Callable[[int, int | None], None] | None = None,
) -> Named:
    """Store the time series of the activities that the `listing` of a Strava export names files for, one file at a time."""
    with listing.open() as content:
        rows = list(strava_export.rows(unpacked(content), listing.name, options))
    files = _named(rows, {each.info.filename: each for each in found}, PurePosixPath(listing.info.filename).parent)
    result = Named(files={each.info.filename for each in files.values()})
    lease = Lease(store, f"import:{strava_export.record_source}", owner, lambda: now, _LEASE)
    if not lease.take():
        result.error = "was read without its recorded files: another import of it is under way. Try again when it is done"
        result.later = True
        return result
    try:
        for done, (number, member) in enumerate(files.items(), 1):
            keep(store, strava_export, person, _rows(number, member, options), now, tally=result.tally)
            if hear:
                hear(done, len(files))
    except StoreError as error:
        result.error, result.later = str(error), isinstance(error, StoreDown)
    finally:
        lease.release()
    return result


def _named(rows: Sequence[RawRow], members: Mapping[str, Member], folder: PurePosixPath) -> dict[str, Member]:
    """The activity's number -> the member of the ZIP that its row names, for those that are there."""
    found = {}
    for row in rows:
        named = strava_export.file_of(row)
        member = members.get(str(folder / named)) if named else None
        if member is not None:
            found[row.group] = member
    return found


def _rows(number: str, member: Member, options: ReadOptions) -> list[RawRow]:
    group, context = series_of(number), {"zone": options.zone}
    try:
        with member.open() as packed:
            data = _pieces.whole(unpacked(packed))
        told = _recorded.told(data)
    except NotThisFormat as error:
        return [_bad(group, member, context, str(error))]
    except (BadArchive, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        return [_bad(group, member, context, f"cannot be unpacked: {error}")]
    return _pieces.raw_rows(strava_export.record_source, group, told.data, {**context, **told.context}, member.name)


def _bad(group: str, member: Member, context: Mapping[str, Any], problem: str) -> RawRow:
    source = strava_export.record_source
    return RawRow(source=source, group=group, row_id=group, data={}, context={**context, "problem": problem}, place=member.name)
