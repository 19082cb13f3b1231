"""The bytes of a file as raw rows: compressed, in pieces of a bounded length, so that `rebuild` reads the file again offline."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

from collectors.source import NotThisFormat
from health.records import RawRow

MOST_BYTES = 24 * 2**20  # one activity: a day of points a second is 5 MB of FIT, 20 MB of GPX
PIECE = 200_000  # characters


class BadPieces(ValueError):
    """Kept pieces that are no file any more; the message is a phrase that says why."""


def whole(stream: BinaryIO, most: int = MOST_BYTES) -> bytes:
    """All of a file. Raises NotThisFormat where it is larger than any activity."""
    data = stream.read(most + 1)
    if len(data) > most:
        raise NotThisFormat(f"is larger than {most // 2**20} MB, which no activity is: it is not read")
    return data


def raw_rows(source: str, group: str, data: bytes, context: Mapping[str, Any], place: str) -> list[RawRow]:
    """`data` as the raw rows of one group."""
    text = base64.b64encode(zlib.compress(data, 6)).decode()
    pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)]
    return [
        RawRow(source=source, group=group, row_id=f"{group}|{n}", data={"piece": n, "bytes": each}, context=context, place=place)
        for n, each in enumerate(pieces, 1)
    ]


def joined(rows: Sequence[RawRow]) -> bytes:
    """The data that `raw_rows` kept. Raises BadPieces."""
    try:
        ordered = sorted(rows, key=lambda row: int(row.data["piece"]))
        packed = base64.b64decode("".join(row.data["bytes"] for row in ordered), validate=True)
        reader = zlib.decompressobj()
        data = reader.decompress(packed, MOST_BYTES + 1)
    except (KeyError, TypeError, ValueError, binascii.Error, zlib.error) as error:
        raise BadPieces(f"is kept incompletely ({error}): import the file again") from None
    if not reader.eof or len(data) > MOST_BYTES:
        raise BadPieces("is kept incompletely: import the file again")
    return data


def says_less(kept: Sequence[RawRow], fresh: Sequence[RawRow], is_damaged: Callable[[Sequence[RawRow]], bool]) -> bool:
    """True where the rows of a file that broke off, or is damaged, must not take the place of `kept` ones, which hold more."""
    if not is_damaged(fresh):
        return False
    try:
        old, new = joined(kept), joined(fresh)
    except BadPieces:
        return False
    return len(new) < len(old) or (len(new) == len(old) and new != old and not is_damaged(kept))
