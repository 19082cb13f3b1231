"""What sources say of one thing, field by field in the person's units: the words of the cards about merging."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from dashboard import sourcelist, words
from dashboard.theme import Look
from health.days import local_time
from health.merging import taken_from
from health.merging_rows import app_of
from health.quantities import QUANTITIES

Body = Mapping[str, Any]
Said = Callable[[float, Look], Any]

_FIELDS: Final[dict[str, tuple[str, Said]]] = {
    "distance_m": ("Distance", lambda value, look: words.distance(value, look)),
    "elapsed_s": ("Elapsed time", lambda value, _: words.clock(value)),
    "moving_s": ("Moving time", lambda value, _: words.clock(value)),
    "duration_s": ("Duration", lambda value, _: words.duration(value)),
    "ascent_m": ("Climb", lambda value, look: words.climb(value, look)),
    "mean_heart_rate_bpm": ("Heart rate", lambda value, _: words.Amount(words.number(value), "bpm")),
    "max_heart_rate_bpm": ("Highest heart rate", lambda value, _: words.Amount(words.number(value), "bpm")),
    "mean_speed_mps": ("Average speed", lambda value, look: words.speed(value, look)),
    "max_speed_mps": ("Top speed", lambda value, look: words.speed(value, look)),
    "mean_cadence_rpm": ("Cadence", lambda value, _: words.Amount(words.number(value), "rpm")),
    "mean_power_w": ("Power", lambda value, _: words.Amount(words.number(value), "W")),
    "energy_kj": ("Energy", lambda value, _: words.Amount(words.number(value), "kJ")),
    "asleep_s": ("Asleep", lambda value, _: words.duration(value)),
    "rpe": ("Effort", lambda value, _: words.shortest(value)),
}
_TEXTS: Final = {"name": "Name", "sport": "Sport", "sport_type": "Sport, in its words", "note": "Note"}
_NAMES: Final = {
    "fit": "FIT file", "gpx": "GPX file", "tcx": "TCX file", "weight_csv": "Table of weights", "sheets": "Google Sheets",
}  # fmt: skip
_KINDS: Final = {
    "measurement": ("Reading", "measurements", ("reading", "readings")),
    "activity": ("Activity", "activities", ("activity", "activities")),
    "workout": ("Session", "workouts", ("session", "sessions")),
    "sleep": ("Night", "sleeps", ("night", "nights")),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field: its name, what each record says of it, in their order, and which of them counts (None: nobody's alone)."""

    name: str
    said: tuple[str, ...]
    taken: int | None


def frame_of(kind: str) -> str:
    """The name of the frame that holds things of that kind."""
    return _KINDS[kind][1]


def kind_of(frame: str) -> str | None:
    """The kind whose things stand in that frame."""
    return next((kind for kind, (_, name, _) in _KINDS.items() if name == frame), None)


def counted(kind: str, n: int) -> str:
    """`412 activities`."""
    return words.count(n, *_KINDS[kind][2])


@cache
def source(name: str) -> str:
    """What a person calls a record source."""
    return _NAMES.get(name) or sourcelist.title(name)


def sources(members: Sequence[Body]) -> str:
    """`Strava, Strava export and FIT file`."""
    return words.listed(names(members))


def names(members: Sequence[Body]) -> list[str]:
    """What each record's source is called; of several that one collection passed on, with the app: `Apple Health (Strava)`."""
    every = [each["source"] for each in members]
    apps = [app_of(each) if every.count(each["source"]) > 1 else "" for each in members]
    return [f"{source(name)} ({app})" if app else source(name) for name, app in zip(every, apps, strict=True)]


def sources_of(first: str, also: str) -> str:
    """The same of a row of a frame: its `source` and its `also`."""
    return words.listed([source(each) for each in (first, *also.split(", "))])


def thing(kind: str, members: Sequence[Body], look: Look) -> str:
    """What it is, in a few words: `Lunch run, 10.02 km`, `80.5 kg`."""
    taken = {name: value for name, (value, _) in taken_from(kind, members).items()}
    if kind == "measurement":
        pressures = [words.number(taken[key]) for key in ("systolic_mmhg", "diastolic_mmhg") if key in taken]
        if pressures and "body_mass_kg" not in taken:
            return f"{'/'.join(pressures)}{words.NBSP}mmHg"
        told = sorted((key for key in QUANTITIES if key in taken), key=lambda key: QUANTITIES[key].dimension == "rate")
        return str(words.quantity(told[0], taken[told[0]], look)) if told else _KINDS[kind][0]
    name = str(taken.get("name") or taken.get("sport") or _KINDS[kind][0])
    return f"{name}, {words.distance(taken['distance_m'], look)}" if taken.get("distance_m") else name


def day(members: Sequence[Body], look: Look) -> str:
    """The day of it."""
    return words.day_near(datetime.fromisoformat(members[0]["day"]).date(), look)


def lines(kind: str, members: Sequence[Body], look: Look) -> list[Line]:
    """Every field that a record of the thing says, with when it was first."""
    taken = taken_from(kind, members)
    found = [Line(name="When", said=_whens(members), taken=_teller(members, "at", taken["at"]))]
    for name in (*_TEXTS, *(QUANTITIES if kind == "measurement" else _FIELDS)):
        values = [each.get(name) for each in members]
        if any(value is not None for value in values):
            word, said = _sayer(name, look)
            told = tuple(words.NONE if value is None else said(value) for value in values)
            found.append(Line(name=word, said=told, taken=_teller(members, name, taken[name]) if name in taken else None))
    if kind == "workout":
        sets = tuple(words.count(len(each.get("sets", ())), "set") for each in members)
        found.append(Line(name="Sets", said=sets, taken=0))
    return found


def _teller(members: Sequence[Body], name: str, taken: tuple[Any, str]) -> int:
    """The place of the record that says what counts."""
    of_source = [at for at, each in enumerate(members) if each["source"] == taken[1]]
    return next((at for at in of_source if members[at].get(name) == taken[0]), of_source[0])


def _sayer(name: str, look: Look) -> tuple[str, Callable[[Any], str]]:
    """The word for a field, and what says a value of it."""
    if name in _TEXTS:
        return _TEXTS[name], str
    if name in _FIELDS:
        word, said = _FIELDS[name]
        return word, lambda value: str(said(value, look))
    row, unit = QUANTITIES[name], words.quantity_unit(name, look)
    # One decimal more than elsewhere: what it was rounded to is what there is to see.
    return row.name, lambda value: str(words.Amount(words.shortest(words.quantity_in(name, value, look), row.decimals + 1), unit))


def _whens(members: Sequence[Body]) -> tuple[str, ...]:
    """When each says it was, on its own clock; with the day only where they differ in it."""
    walls = [local_time(datetime.fromisoformat(each["at"]), each["zone"]) for each in members]
    one_day = len({wall.date() for wall in walls}) == 1
    days = ["" if one_day else f"{wall.day}{words.NBSP}{wall:%b}" for wall in walls]
    clocks = [
        "that day" if each.get("precision") == "day" else f"{wall:%H:%M:%S}" for each, wall in zip(members, walls, strict=True)
    ]
    return tuple(f"{day} {clock}".strip() for day, clock in zip(days, clocks, strict=True))
