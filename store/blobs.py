"""Whole objects of bytes by name, for what is too large or too foreign for the ledger: trained models.

The port `Blobs` and the choice of an engine: a folder, or a bucket of S3 where several machines must see the same. A write is whole
or did not happen: a reader gets the old bytes or the new ones, also when the writer is killed in the midst of it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from store.store import StoreError

# A name is one that every engine takes as it is: words with slashes between, none of them `.` or `..`, none hidden.
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*(/[A-Za-z0-9_][A-Za-z0-9_.\-]*)*")


class BlobError(StoreError):
    """The blobs cannot be read or written; the message says which place, and what to do."""


@runtime_checkable
class Blobs(Protocol):
    """What every engine does. Names are `checked`; a blob is a few megabytes at most and is held in memory."""

    def read(self, name: str) -> bytes | None:
        """The bytes last written under that name; None where there are none. Raises BlobError."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Put `content` in the place of whatever is there, durably. Raises BlobError, and then nothing has changed."""
        ...

    def names(self, prefix: str = "") -> list[str]:
        """Every name that starts with `prefix`, ordered. Raises BlobError."""
        ...

    def delete(self, name: str) -> None:
        """Remove it; harmless where it is not there. Raises BlobError."""
        ...


def checked(name: str) -> str:
    """`name`, where it is one. Raises ValueError: a name is of our own making, so another is a mistake of the caller."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a blob")
    return name


def open_blobs(address: str, *, folder: Path, endpoint: str | None = None) -> Blobs:
    """The blobs at `s3://BUCKET/PREFIX`, or in a folder, relative to `folder`, made on the first write.

    boto3 is loaded for a bucket alone. `endpoint` is another address of S3.
    """
    if address.startswith("s3://"):
        from store.blobs_s3 import S3Blobs

        bucket, _, prefix = address.removeprefix("s3://").partition("/")
        return S3Blobs(bucket, prefix.strip("/"), endpoint=endpoint)
    from store.blobs_folder import FolderBlobs

    return FolderBlobs(folder / address)
