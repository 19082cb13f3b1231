"""Why several records count as one thing, in a sentence: which rule joined them, and how far apart what they say is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard import words
from health.days import local_time
from health.merging_rules import CLOCK_US, NAMED_BY_NUMBER, SERVICES
from health.quantities import QUANTITIES

Body = Mapping[str, Any]
_COMPARED = {"distance_m": "distance", "elapsed_s": "elapsed time", "moving_s": "moving time", "duration_s": "duration"}
_MOST_NAMED = 3


def why(kind: str, members: Sequence[Body]) -> str:
    """`Counted as one: they begin 4 seconds apart; they say the same elapsed time and differ in distance by 0.14 %.`"""
    if len(members) < 2:
        return ""
    said = [each for each in (_named(members), _when(members), _measures(kind, members)) if each]
    return f"Counted as one: {'; '.join(said)}." if said else ""


def _named(members: Sequence[Body]) -> str:
    """Two routes of one service that name it alike."""
    services = [SERVICES.get(each["source"], "") for each in members]
    shared = sorted({name for name in services if name and services.count(name) > 1})
    told = [f"{name.capitalize()} gives it one {'number' if name in NAMED_BY_NUMBER else 'instant'} in both" for name in shared]
    return words.listed(told)


def _when(members: Sequence[Body]) -> str:
    timed = [each for each in members if each.get("precision") != "day"]
    if len(timed) < len(members):
        return "they are of one day, which is all that one of them says"
    instants = [datetime.fromisoformat(each["at"]) for each in timed]
    apart = (max(instants) - min(instants)).total_seconds()
    clocks = [local_time(at, each["zone"]).replace(tzinfo=None) for at, each in zip(instants, timed, strict=True)]
    by_clock = (max(clocks) - min(clocks)).total_seconds()
    if apart * 1e6 > CLOCK_US and by_clock < apart:
        return f"the clock on the wall showed one time ({_seconds(by_clock)} apart), and one of them writes no zone"
    return "they are of the same second" if apart < 1 else f"they begin {_seconds(apart)} apart"


def _seconds(seconds: float) -> str:
    return words.duration(seconds) if seconds >= 120 else words.count(round(seconds), "second")


def _measures(kind: str, members: Sequence[Body]) -> str:
    if kind == "workout":
        sets = [each for each in members[0].get("sets", ()) if each.get("type") != "warmup"]
        return f"{words.count(len(sets), 'working set')} with the same repetitions and loads follow one another in each"
    names = QUANTITIES if kind == "measurement" else _COMPARED
    told = []
    for name in names:
        values = [float(each[name]) for each in members if each.get(name)]
        if len(values) > 1:
            what = QUANTITIES[name].name.lower() if kind == "measurement" else _COMPARED[name]
            told.append((what, _apart(values)))
    if not told:
        return ""
    same = [what for what, share in told if not share]
    differ = [f"{what} by {share}" for what, share in told if share][:_MOST_NAMED]
    parts = [f"say the same {words.listed(same[:_MOST_NAMED])}"] if same else []
    parts += [f"differ in {words.listed(differ)}"] if differ else []
    return f"they {' and '.join(parts)}"


def _apart(values: Sequence[float]) -> str:
    share = (max(values) - min(values)) / max(values)
    return f"{words.shortest(share * 100, 2)}{words.NBSP}%" if share >= 0.00005 else ""
