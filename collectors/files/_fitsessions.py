"""The sessions of a FIT file, also where its device wrote none, wrote one twice, or did not say when it began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from health.packed import Floats

_MOST = 32
_SUMMED = ("total_elapsed_time", "total_timer_time", "total_distance", "total_calories", "total_ascent")
_HIGHEST = ("max_heart_rate", "max_speed", "enhanced_max_speed")
_SPORT = ("sport", "sub_sport")
_COVERED = 0.95  # laps that are shorter than this share of the points do not speak for the whole

Message = Mapping[str, Any]


def second(value: Any) -> float | None:
    """A FIT time; None where it is none (a small one counts from when the device was switched on)."""
    return float(value) if isinstance(value, (int, float)) and 0x10000000 <= value < 0xFFFFFFFF else None


def sessions(messages: Mapping[str, Sequence[Message]], times: Floats) -> list[tuple[float, Message]]:
    """(when it begins, what it says) of each session in order; of two that begin together with one sport the later one.

    `times` are those of the points that have one. Without a session, the laps together are one; without either there is none.
    """
    timed = {(begin, each.get("sport")): each for each in messages.get("session", ()) if (begin := _begin(each)) is not None}
    if not timed and messages.get("session") and len(times):  # it says neither when it began nor how long it lasted
        return [(float(times[0]), messages["session"][-1])]
    found = sorted(((begin, each) for (begin, _), each in timed.items()), key=lambda each: each[0])
    return found[:_MOST] or list(_of_laps(messages.get("lap", ()), times))


def _begin(message: Message) -> float | None:
    begin = second(message.get("start_time"))
    if begin is not None:
        return begin
    end, lasted = second(message.get("timestamp")), message.get("total_elapsed_time", message.get("total_timer_time"))
    return end - float(lasted) if end is not None and isinstance(lasted, (int, float)) and 0 <= lasted < end else None


def _of_laps(laps: Sequence[Message], times: Floats) -> Iterator[tuple[float, Message]]:
    timed = [(begin, each) for each in laps if (begin := _begin(each)) is not None]
    if not timed:
        return
    begin = min(at for at, _ in timed)
    said: dict[str, Any] = {name: timed[0][1][name] for name in _SPORT if name in timed[0][1]}
    totals = {name: [each[name] for _, each in timed if isinstance(each.get(name), (int, float))] for name in (*_SUMMED, *_HIGHEST)}
    lasted = sum(totals["total_elapsed_time"])
    if not len(times) or lasted >= _COVERED * (float(times[-1]) - begin):
        said |= {name: sum(totals[name]) for name in _SUMMED if len(totals[name]) == len(timed)}
        said |= {name: max(totals[name]) for name in _HIGHEST if totals[name]}
    yield begin, said
