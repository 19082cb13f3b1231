"""FIT bytes to messages, by fitdecode; the points, which are nearly all of a file, by one `struct` call each.

fitdecode spends 50 µs on a point: 6 files of 3,000 points a second. Here a point's definition is compiled once. Everything else
(headers, definitions, developer fields, sessions) stays fitdecode's. tests/files/test_fit.py holds both ways against each other.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import fitdecode
import numpy as np
from fitdecode import CrcCheck, ErrorHandling

from health.packed import Floats

RECORD, TIMESTAMP = 20, 253
MOST_POINTS, MOST_MESSAGES = 200_000, 600_000  # 55 hours of a point a second, with as many of what stands between them
# Messages that are read in full, by fitdecode; of all others only the time counts.
_READ = {0: "file_id", 3: "user_profile", 12: "sport", 18: "session", 19: "lap", 30: "weight_scale", 34: "activity"}
_DECLARING = (206, 207)  # what developer fields are declared by
_COMPRESSED_DISTANCE = 8  # an old packed field: a point that has it is left to fitdecode
# Fields of a point: our name, steps to the unit, what is added.
_FIELDS: dict[int, tuple[str, float, float]] = {
    TIMESTAMP: ("timestamp", 1, 0),
    0: ("lat_deg", 2**31 / 180, 0),
    1: ("lon_deg", 2**31 / 180, 0),
    2: ("altitude_m", 5, -500),
    78: ("enhanced_altitude_m", 5, -500),
    3: ("heart_rate_bpm", 1, 0),
    4: ("cadence_rpm", 1, 0),
    53: ("fractional_cadence_rpm", 128, 0),
    5: ("distance_m", 100, 0),
    7: ("power_w", 1, 0),
}
# By fitdecode's names, for the points left to it: all in our units already, but for the places.
_NAMES = {"position_lat": 0, "position_long": 1, "enhanced_altitude": 78, "altitude": 2, "heart_rate": 3, "cadence": 4,
          "fractional_cadence": 53, "distance": 5, "power": 7, "timestamp": TIMESTAMP}  # fmt: skip
# What stands for "not measured" in each type of number.
_INVALID = {"b": 0x7F, "B": 0xFF, "h": 0x7FFF, "H": 0xFFFF, "i": 0x7FFFFFFF, "I": 0xFFFFFFFF}
_ZERO_INVALID = ("uint8z", "uint16z", "uint32z")
# What fitdecode may raise on bytes that are no FIT: its own errors, and what its arithmetic meets.
DAMAGED = (fitdecode.FitError, struct.error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, AssertionError)


@dataclass
class Layout:
    """How the points of one definition lie in the file, and what came in that shape."""

    reads: struct.Struct
    numbers: list[int]  # the fields read, in order
    invalid: list[float]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    times: list[int | None] = field(default_factory=list)  # from a compressed header


@dataclass
class Part:
    """One FIT file (several may be chained in one): its messages by name, its points as columns, and where it is damaged."""

    begins: int
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    layouts: list[Layout] = field(default_factory=list)
    points: int = 0
    damage: tuple[int, str] | None = None  # the byte, and what is wrong there

    def first(self, name: str) -> dict[str, Any]:
        """The first message of that name; empty where there is none."""
        return next(iter(self.messages.get(name, ())), {})

    def columns(self) -> dict[str, Floats]:
        """The points by `_FIELDS`' names in our units, NaN where a point does not say; `timestamp` counts FIT seconds."""
        made = {name: np.full(self.points, np.nan) for name, _, _ in _FIELDS.values()}
        for layout in self.layouts:
            _fill(made, layout)
        fine = made.pop("enhanced_altitude_m")
        made["altitude_m"] = np.where(np.isnan(fine), made["altitude_m"], fine)
        made["cadence_rpm"] = made["cadence_rpm"] + np.nan_to_num(made.pop("fractional_cadence_rpm"))
        return made


def _fill(made: dict[str, Floats], layout: Layout) -> None:
    if not layout.rows:
        return
    values, places = np.array(layout.rows, dtype=np.float64).reshape(len(layout.rows), -1), np.array(layout.places)
    for at, number in enumerate(layout.numbers):
        name, steps, more = _FIELDS[number]
        column = values[:, at]
        made[name][places] = np.where(column == layout.invalid[at], np.nan, column) / steps + more
    told = np.array([np.nan if each is None else each for each in layout.times])
    if np.isfinite(told).any():
        made["timestamp"][places] = np.where(np.isfinite(told), told, made["timestamp"][places])


class _Reader(fitdecode.FitReader):  # type: ignore[misc]  # fitdecode has no types
    """fitdecode's reader with a short way for points. It leans on its private methods: the lock file holds the version."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        super().__init__(BytesIO(b""), processor=None, check_crc=CrcCheck.DISABLED, error_handling=ErrorHandling.IGNORE)
        self.part = Part(0)
        self._compiled: dict[int, tuple[Any, Layout | None]] = {}
        self._compressed_ts_accumulator: int
        self._chunk_size: int
        self._read_offset: int

    def begin(self, part: Part) -> None:
        """What comes belongs to `part`."""
        self.part, self._compiled = part, {}

    def _read_bytes(self, size: int) -> bytes:
        chunk = self._data[self._at : self._at + size]
        if len(chunk) != size or size <= 0:
            raise fitdecode.FitEOFError(size, len(chunk), self._at)
        self._at += size
        self._chunk_size += size
        self._read_offset += size
        return chunk

    def _read_data_message(self, header_chunk: bytes, record_header: Any) -> Any:
        definition = self._local_mesg_defs.get(record_header.local_mesg_num)
        if definition is None or definition.global_mesg_num in _READ or definition.global_mesg_num in _DECLARING:
            return super()._read_data_message(header_chunk, record_header)
        known, layout = self._compiled.get(record_header.local_mesg_num, (None, None))
        if known is not definition:
            layout = _layout(definition)
            self._compiled[record_header.local_mesg_num] = (definition, layout)
            if layout and definition.global_mesg_num == RECORD:
                self.part.layouts.append(layout)
        if layout is None:
            return super()._read_data_message(header_chunk, record_header)
        row = layout.reads.unpack(self._read_bytes(layout.reads.size)) if layout.reads.size else ()
        self._note(definition, layout, row, record_header.time_offset)
        return fitdecode.FitDataMessage(False, record_header.local_mesg_num, None, definition, (), None)

    def _note(self, definition: Any, layout: Layout, row: tuple[Any, ...], time_offset: int | None) -> None:
        told = None
        if time_offset is not None:
            told = self._apply_compressed_accumulation(time_offset, self._compressed_ts_accumulator, 5)
            self._compressed_ts_accumulator = told
        elif TIMESTAMP in layout.numbers:
            self._compressed_ts_accumulator = self._last_timestamp = row[layout.numbers.index(TIMESTAMP)]
        if definition.global_mesg_num == RECORD:
            layout.rows.append(row)
            layout.places.append(self.part.points)
            layout.times.append(told)
            self.part.points += 1


def _layout(definition: Any) -> Layout | None:
    """The compiled definition of a point (of any other message, its time alone); None where only fitdecode can read it."""
    is_point = definition.global_mesg_num == RECORD
    if is_point and any(each.def_num == _COMPRESSED_DISTANCE for each in definition.field_defs):
        return None
    pattern: list[str] = []
    numbers: list[int] = []
    invalid: list[float] = []
    own = {each.def_num for each in definition.field_defs}
    for each in definition.all_field_defs:
        kind = each.base_type
        # A developer's field stands in for one of the standard's that the watch does not write itself (a foot pod's power).
        number = each.def_num if not each.is_dev else getattr(each.field, "native_field_num", None)
        wanted = (
            number is not None
            and number in _FIELDS
            and (is_point or number == TIMESTAMP)
            and (not each.is_dev or number not in own)
        )
        if number is not None and wanted and each.size == kind.size and kind.fmt in "bBhHiIfd" and number not in numbers:
            pattern.append(kind.fmt)
            numbers.append(number)
            invalid.append(0.0 if kind.name in _ZERO_INVALID else float(_INVALID.get(kind.fmt, np.nan)))
        else:
            pattern.append(f"{each.size}x")
    return Layout(struct.Struct(definition.endian + "".join(pattern)), numbers, invalid)


def parts(data: bytes) -> list[Part]:
    """Every FIT file in `data`, in its order, each as far as it is whole."""
    reader = _Reader(data)
    found: list[Part] = []
    try:
        for number, frame in enumerate(reader):
            if number > MOST_MESSAGES or reader.part.points > MOST_POINTS:
                found[-1].damage = (_offset(reader), "is where more than any activity holds begins: it was not read")
                break
            if isinstance(frame, fitdecode.FitHeader):
                found.append(Part(_offset(reader)))
                reader.begin(found[-1])
            elif isinstance(frame, fitdecode.FitDataMessage):
                _keep(found[-1], frame)
            elif isinstance(frame, fitdecode.FitCRC):
                _check(found[-1], data, _offset(reader), frame.crc)
    except DAMAGED as error:
        if not found:
            found.append(Part(0))
        found[-1].damage = (_offset(reader), _words(error))
    finally:
        reader.close()
    return found


def _offset(reader: _Reader) -> int:
    return int(reader._chunk_offset)


def _words(error: BaseException) -> str:
    if isinstance(error, fitdecode.FitEOFError):
        return "is where the file ends too early: what followed is lost"
    if isinstance(error, fitdecode.FitHeaderError):
        return "begins a part that is damaged: it was not read"
    return f"is damaged ({type(error).__name__}): what follows was not read"


def _keep(part: Part, frame: Any) -> None:
    name = _READ.get(frame.global_mesg_num)
    if name:
        # Where one name comes twice (a field and what was expanded from another) the first one is what the file says.
        part.messages.setdefault(name, []).append({e.name: e.value for e in reversed(frame.fields) if e.value is not None})
    elif frame.global_mesg_num == RECORD and frame.fields:
        _keep_point(part, frame)


def _keep_point(part: Part, frame: Any) -> None:
    """A point that fitdecode read."""
    values = {each.name: each.value for each in frame.fields if isinstance(each.value, (int, float))}
    layout = Layout(struct.Struct(""), [], [])
    row = []
    for name, number in _NAMES.items():
        if name in values:
            _, steps, more = _FIELDS[number]
            layout.numbers.append(number)
            layout.invalid.append(np.nan)
            row.append(values[name] if number in (0, 1) else (values[name] - more) * steps)
    layout.rows, layout.places, layout.times = [tuple(row)], [part.points], [None]
    part.layouts.append(layout)
    part.points += 1


def _check(part: Part, data: bytes, end: int, told: int) -> None:
    if told and crc(data[part.begins : end]) != told and part.damage is None:
        part.damage = (end, "is the checksum, which does not match: something in this file was altered on its way")


# -- the checksum of FIT: CRC-16 with the polynomial 0xA001, byte by byte of lanes of 256 at once ---------------------------------

_LANE = 256


def _table() -> np.ndarray[Any, np.dtype[np.uint16]]:
    made = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        made = np.where(made & 1, (made >> 1) ^ 0xA001, made >> 1).astype(np.uint16)
    return made


_CRC = _table()


def crc(data: bytes) -> int:
    """The checksum of `data`."""
    lanes, rest = divmod(len(data), _LANE)
    state = 0
    if lanes:
        body = np.frombuffer(data[: lanes * _LANE], dtype=np.uint8).reshape(lanes, _LANE)
        each = _run(np.zeros(lanes, dtype=np.uint16), body.T)
        low, high = _past_a_lane()
        for lane in each.tolist():
            state = int(low[state & 0xFF] ^ high[state >> 8]) ^ lane
    for byte in data[len(data) - rest :]:
        state = int(_CRC[(state ^ byte) & 0xFF]) ^ (state >> 8)
    return state


_ZEROS = np.zeros((_LANE, 1), dtype=np.uint8)
_BYTES = np.arange(256, dtype=np.uint16)


@cache
def _past_a_lane() -> tuple[np.ndarray[Any, np.dtype[np.uint16]], np.ndarray[Any, np.dtype[np.uint16]]]:
    """What becomes of each low and each high byte of the state over a lane of zeros."""
    return _run(_BYTES, _ZEROS), _run(_BYTES * np.uint16(256), _ZEROS)


def _run(state: np.ndarray[Any, np.dtype[np.uint16]], columns: Any) -> np.ndarray[Any, np.dtype[np.uint16]]:
    for column in columns:
        state = _CRC[(state ^ column) & 0xFF] ^ (state >> 8)
    return state
