"""The time series of an activity as one short text, and back.

Each column is whole numbers in a fixed unit (`STEPS` to the metre, beat, ...), each number told by its difference from the one
before. Layout before zlib and base64, column after column: a bit for each point, 1 where it holds a number (first point in the
highest bit, filled up to a whole byte); then the differences as 32-bit integers (0 where there is no number; the first from 0),
the lowest bytes of all, then the second, third and highest bytes. A run of 3,000 points takes about 15 KB.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Columns = dict[str, Floats]  # by name, all of one length, NaN where a point does not say

# Every column there can be, in the order they are kept, and how many steps its unit has: a tenth of a second or metre, whole
# beats, turns and watts, a millionth of a degree (11 cm).
STEPS: dict[str, int] = {
    "time_s": 10,
    "distance_m": 10,
    "altitude_m": 10,
    "heart_rate_bpm": 1,
    "cadence_rpm": 1,
    "power_w": 1,
    "lat_deg": 1_000_000,
    "lon_deg": 1_000_000,
}
MOST_POINTS = 1_000_000
MOST_TEXT = 360_000  # characters: a DynamoDB item holds 400 KB, names and keys included
_RANGE = 2**31 - 1


class PackedError(ValueError):
    """A text that holds no series. The message is a phrase that says why."""


def pack(columns: Mapping[str, Floats]) -> str:
    """The text of those columns, which hold numbers within the range of their unit (|steps| below 2^31)."""
    parts = [_column_bytes(np.asarray(columns[name], dtype=np.float64), STEPS[name]) for name in STEPS if name in columns]
    return base64.b64encode(zlib.compress(b"".join(parts), 6)).decode()


def pack_within(columns: Mapping[str, Floats], most: int = MOST_TEXT) -> tuple[str, Columns]:
    """The text, at most `most` characters long, and the columns it holds.

    Beyond that every second point is left out, as often as it takes; the first and the last stay.
    """
    kept = {name: np.asarray(columns[name], dtype=np.float64) for name in STEPS if name in columns}
    while True:
        text = pack(kept)
        points = len(next(iter(kept.values()), ()))
        if len(text) <= most or points <= 2:
            return text, kept
        places = np.unique(np.append(np.arange(0, points, 2), points - 1))
        kept = {name: values[places] for name, values in kept.items()}


def unpack(text: str, names: Sequence[str], points: int) -> Columns:
    """The columns that `pack` wrote. Raises PackedError where they are not in there to the byte."""
    if not 0 < points <= MOST_POINTS or not set(names) <= set(STEPS) or len(set(names)) != len(names) or not names:
        raise PackedError("names no columns, unknown ones, or a number of points that cannot be")
    mask_bytes = (points + 7) // 8
    each = mask_bytes + 4 * points
    data = _unzipped(text, each * len(names))
    made = {}
    for place, name in enumerate(names):
        column = data[place * each : (place + 1) * each]
        made[name] = _column(column, mask_bytes, points, STEPS[name])
    return made


def _unzipped(text: str, size: int) -> bytes:
    try:
        packed = base64.b64decode(text, validate=True)
        reader = zlib.decompressobj()
        data = reader.decompress(packed, size + 1)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise PackedError(f"cannot be unpacked ({error})") from None
    if len(data) != size or not reader.eof or reader.unused_data:
        raise PackedError("is of another length than its points and columns")
    return data


def _column_bytes(values: Floats, steps: int) -> bytes:
    known = np.isfinite(values)
    whole = np.rint(np.where(known, values, 0.0) * steps)
    if np.any(np.abs(whole) > _RANGE):
        raise PackedError("holds a number beyond the range of its unit")
    whole = _carried(whole.astype(np.int64), known)
    # Differences wrap around at 32 bits, and so does their sum: what comes back is exact.
    steps_on = np.diff(whole, prepend=0).astype(np.int32)
    planes = steps_on.astype("<i4").view(np.uint8).reshape(-1, 4).T
    return np.packbits(known).tobytes() + planes.tobytes()


def _carried(whole: npt.NDArray[np.int64], known: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Each number, the one before it where there is none (0 before the first)."""
    last = np.maximum.accumulate(np.where(known, np.arange(len(whole)), -1))
    return np.where(last >= 0, whole[last], 0)


def _column(data: bytes, mask_bytes: int, points: int, steps: int) -> Floats:
    known = np.unpackbits(np.frombuffer(data[:mask_bytes], dtype=np.uint8), count=points).astype(bool)
    planes = np.frombuffer(data[mask_bytes:], dtype=np.uint8).reshape(4, points)
    differences = np.ascontiguousarray(planes.T).view("<i4").ravel().astype(np.int32)
    whole = np.cumsum(differences, dtype=np.int32)
    return np.where(known, whole / steps, np.nan)
