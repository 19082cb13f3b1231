"""The members of a ZIP, read in place and within bounds: nothing is written to disk, and no path in it is ever used as one."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast

MAX_MEMBERS = 100_000
MAX_BYTES = 4 * 2**30  # an Apple Health export of ten years is about 1 GB
MAX_GZIP = 64 * 2**20  # a single file, held in memory
MAX_INNER = 128 * 2**20  # a ZIP in a ZIP, held in memory
MAX_RATIO = 250  # a health export shrinks by 10 to 40; a bomb by a thousand
_PIECE = 2**16
_SMALL = 2**20  # below this the ratio says nothing: a file of zeros is no danger

# What an export holds beside its tables. A name only saves looking inside; whatever has another name is looked at.
_NO_TABLES = (
    *(".html", ".htm", ".css", ".js", ".pdf"),
    *(".jpg", ".jpeg", ".png", ".gif", ".heic", ".svg", ".ico", ".mp4", ".mov"),
)


class BadArchive(ValueError):
    """The ZIP is damaged, encrypted or out of bounds; the message is a phrase that follows its name."""


@dataclass(frozen=True)
class Member:
    """One file in a ZIP. `name` is for showing only."""

    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        return "".join(each if each.isprintable() else "\u2423" for each in self.info.filename[-120:])

    @property
    def is_zip(self) -> bool:
        return self.info.filename.lower().endswith(".zip")

    def open(self) -> BinaryIO:
        """Its bytes, unpacked as they are read. Raises BadArchive for what cannot be unpacked."""
        try:
            return cast(BinaryIO, self.archive.open(self.info))
        except RuntimeError:
            raise BadArchive("is encrypted: unpack it with its password first") from None
        except NotImplementedError:
            raise BadArchive("is packed in a way that is not supported: unpack it and import the files in it") from None


def members(stream: BinaryIO, most: int | None = None) -> Iterator[Member]:
    """The members of the ZIP in `stream` that may hold data, in its order; it may unpack to `most` bytes. Raises BadArchive."""
    try:
        archive = zipfile.ZipFile(stream)
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OverflowError) as error:
        raise BadArchive(f"is a damaged ZIP ({error}): download it again") from None
    if len(infos) > MAX_MEMBERS:
        raise BadArchive(f"holds {len(infos):,} files, more than {MAX_MEMBERS:,}: unpack it and import the files you want")
    total, most = 0, MAX_BYTES if most is None else min(most, MAX_BYTES)
    for info in infos:
        path = PurePosixPath(info.filename)
        if info.is_dir() or path.suffix.lower() in _NO_TABLES or "__MACOSX" in path.parts or path.name.startswith("."):
            continue
        total += info.file_size
        if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise BadArchive(f"unpacks to over {MAX_RATIO} times its size, which no export does: it is not opened")
        if total > most:
            raise BadArchive(f"unpacks to over {most // 2**20:,} MB: unpack it and import the files you want")
        yield Member(archive, info)


def inner(member: Member) -> tuple[BinaryIO, int]:
    """The ZIP that stands in another one, and what it may unpack to. Raises BadArchive."""
    with member.open() as packed:
        data = packed.read(MAX_INNER + 1)
    if len(data) > MAX_INNER:
        raise BadArchive(f"is a ZIP of over {MAX_INNER // 2**20} MB inside another one: unpack that and import it by itself")
    return io.BytesIO(data), MAX_RATIO * max(member.info.compress_size, _SMALL)


def unpacked(stream: BinaryIO) -> BinaryIO:
    """`stream`, or what is in it where it is gzip: as much of that as is whole. Raises BadArchive for what is out of bounds."""
    head = stream.read(2)
    if head != b"\x1f\x8b":
        if stream.seekable():
            stream.seek(0)
            return stream
        return io.BytesIO(head + stream.read())
    reader = zlib.decompressobj(31)
    data = bytearray()
    piece = head + stream.read(_PIECE)
    while piece and not reader.eof:
        try:
            data += reader.decompress(piece, MAX_GZIP + 1 - len(data))
        except zlib.error as error:
            if not data:
                raise BadArchive(f"is a damaged gzip file ({error}): download it again") from None
            break  # what came before is whole; the reader of its format says that it breaks off
        if len(data) > MAX_GZIP:
            raise BadArchive(f"unpacks to over {MAX_GZIP // 2**20} MB, which no recorded activity does: it is not opened")
        piece = stream.read(_PIECE)
    return io.BytesIO(data)


def is_workbook(stream: BinaryIO) -> bool:
    """True for the ZIP that an Excel or OpenDocument file is."""
    names = zipfile.ZipFile(stream).namelist()
    return "[Content_Types].xml" in names or "META-INF/manifest.xml" in names
