"""A session that is being typed: lifting set by set, or crossfit, rounds of movements; and the record it becomes.

A draft is a plain object (it lives in the browser until it is saved): `key`, `form`, `sets` as they were typed, each with an `id`
of its own, and, while it edits a stored session, its `id` and `version`. One form's draft waits in `parked` while the other one is
used. `taken` and `saved` are the numbers of the last tap that was carried out in it and of the last that saved (dashboard/asks.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from dashboard import typed
from dashboard.typed import EntryError
from health.records import SET_TYPES, RawRow, SetType, Workout, WorkoutSet
from health.units import exact, lb_from_kg, mass_kg
from store.store import Stored

Draft = dict[str, Any]

LIFTING, CROSSFIT = "lifting", "crossfit"
FORMS: Final = (LIFTING, CROSSFIT)
MOST_SETS, MOST_REPS, MOST_LOAD_KG, MOST_ROUNDS = 200, 1000, Decimal(1500), 100
MOST_METRES = 100_000
_NEEDED = frozenset(("exercise", "reps", "load", "unit"))
_MORE = ("time", "metres", "type", "rpe", "note")  # of a set, kept only where something was typed
_COUNTS = ("taken", "saved")  # of all that the browser holds, whatever the form
_ABOUT = ("name", "rounds", "time", "rpe", "note")  # of a session


def empty_draft(key: str, form: str = LIFTING) -> Draft:
    """A session with nothing in it yet. What is saved twice under one `key` is one record."""
    return {"key": key, "form": form, "sets": [], "id": None, "version": 0}


def is_draft(draft: Any) -> bool:
    """Whether that is a draft as this version of the page writes it; anything else in a browser's memory is thrown away."""
    if not isinstance(draft, dict) or not isinstance(draft.get("key"), str) or not isinstance(draft.get("sets"), list):
        return False
    return all(isinstance(each, dict) and each.keys() >= _NEEDED for each in draft["sets"])


def of_form(held: Any, form: str, key: str) -> Draft:
    """The draft of that form in what the browser holds, else a new one of that key; the other form's waits in `parked`."""
    if not is_draft(held):
        return empty_draft(key, form)
    if held.get("form", LIFTING) == form:
        return _with_ids(held)
    parked = held.get("parked")
    found = _with_ids(parked) if is_draft(parked) and parked.get("form", LIFTING) == form else empty_draft(key, form)
    return {**found, "parked": {name: value for name, value in held.items() if name not in ("parked", *_COUNTS)}}


def _with_ids(draft: Draft) -> Draft:
    """The same; a set from before they had ids (or of a stored session) is called by its place."""
    return {**draft, "sets": [{"id": str(at), **each} for at, each in enumerate(draft["sets"])]}


def scope(draft: Any) -> str:
    """Which draft a tap is meant for: empty for the one kept on the device, else the version of the session that is edited."""
    id = draft.get("id") if isinstance(draft, dict) else None
    return f"{id}@{draft['version']}" if id and "version" in draft else ""


def emptied(draft: Draft, key: str) -> Draft:
    """What stays in the browser once a draft is saved: the next one, of that key."""
    parked = {"parked": draft["parked"]} if "parked" in draft else {}
    return empty_draft(key, draft.get("form", LIFTING)) | parked


def with_set(draft: Draft, id: str, exercise: Any, reps: Any, load: Any, unit: str, **more: Any) -> Draft:
    """The draft with one set more, checked as when it is saved. `more`: time, metres, type, rpe, note. Raises EntryError."""
    if len(draft["sets"]) >= MOST_SETS:
        raise EntryError(f"A session holds at most {MOST_SETS} sets.")
    said = {"exercise": typed.text(exercise), "reps": typed.text(reps), "load": typed.text(load), "unit": unit}
    said |= {name: typed.text(more[name]) for name in _MORE if typed.text(more.get(name)) not in ("", "normal")}
    _set(said, 1)
    return {**draft, "sets": [*draft["sets"], {**said, "id": id}]}


def without_set(draft: Draft, id: str) -> Draft:
    """The draft without the set of that id; the same where it is gone already."""
    return {**draft, "sets": [each for each in draft["sets"] if each["id"] != id]}


def with_sets(draft: Draft, id: str, sets: Sequence[Mapping[str, Any]], unit: str) -> Draft:
    """The draft with those sets (as in a record's body) added: last time's, in one tap. How hard it was is of that day alone."""
    for at, each in enumerate(sets):
        time = "" if each.get("duration_s") is None else clock_text(Decimal(str(each["duration_s"])))
        more = {"time": time, "metres": plain(each.get("distance_m")), "type": each.get("type")}
        load = load_text(each.get("load_kg"), unit)
        draft = with_set(draft, f"{id}-{at}", each["exercise"], plain(each.get("reps")), load, unit, **more)
    return draft


def session(draft: Draft, about: Mapping[str, Any], person: str, zone: str, now: datetime) -> tuple[Workout, RawRow]:
    """The record of a draft. `about`: when, name, rounds, time, rpe, note. Rounds do all its sets as often. Raises EntryError."""
    if not draft["sets"]:
        raise EntryError("There is no set in it yet.")
    form = draft.get("form", LIFTING)
    rounds = int(typed.between(about.get("rounds"), "rounds", 1, MOST_ROUNDS, whole=True) or 1) if form == CROSSFIT else 1
    if rounds * len(draft["sets"]) > MOST_SETS:
        raise EntryError(f"Rounds: a session holds at most {MOST_SETS} sets, and {rounds} rounds of these are more.")
    sets = tuple(_set(each, order) for order, each in enumerate(draft["sets"] * rounds, start=1))
    name = typed.text(about.get("name")) or ("Crossfit" if form == CROSSFIT else "")
    made = typed.checked(
        Workout,
        person=person,
        native_id=typed.key_of(draft),
        at=typed.moment(about.get("when"), zone, now),
        zone=zone,
        name=typed.named(name, "", "The name of a session") if name else None,
        duration_s=typed.seconds(about.get("time"), "time"),
        rpe=typed.rpe(about.get("rpe"), "RPE of the session"),
        note=typed.note(about.get("note"), "note of the session"),
        sets=sets,
    )
    kept = [{name: value for name, value in each.items() if name != "id"} for each in draft["sets"]]
    said = {**{name: about.get(name) for name in (*_ABOUT, "when")}, "key": draft["key"], "sets": kept}
    if form == CROSSFIT:
        said["form"] = form
    return made, typed.raw_row(said, zone, ("form", "sets", "when", *_ABOUT))


def again(said: Mapping[str, Any], person: str, zone: str, now: datetime) -> tuple[Workout, RawRow]:
    """The record that was made from what was typed. Raises EntryError."""
    return session({"key": said["key"], "form": said.get("form", LIFTING), "sets": said["sets"]}, said, person, zone, now)


def draft_of(said: Mapping[str, Any], stored: Stored) -> Draft:
    """A draft that edits a stored session, as it was typed."""
    sets = [{**dict.fromkeys(("exercise", "reps", "load", "unit"), ""), **each} for each in said["sets"]]
    held = {"id": stored.body["id"], "version": stored.version}
    return {"key": said["key"], "form": said.get("form", LIFTING), "sets": sets, **held}


def _set(said: Mapping[str, Any], order: int) -> WorkoutSet:
    name = typed.named(said["exercise"], "Name the exercise first.", "An exercise's name")
    time = typed.seconds(said.get("time"), "time of the set", plain_s=1)
    metres = typed.between(said.get("metres"), "metres", 0, MOST_METRES)
    reps = None
    if typed.text(said["reps"]) or (time is None and metres is None):
        reps = typed.number(said["reps"], "repetitions")
        if reps != int(reps) or not 0 <= reps <= MOST_REPS:
            raise EntryError(f"Repetitions are a whole number up to {MOST_REPS}.")
    return WorkoutSet(
        exercise=name,
        order=order,
        type=_type(said.get("type")),
        reps=None if reps is None else int(reps),
        load_kg=_load(said),
        duration_s=time,
        distance_m=metres,
        rpe=typed.rpe(said.get("rpe"), "RPE of the set"),
        note=typed.note(said.get("note"), "note of the set"),
    )


def _load(said: Mapping[str, Any]) -> Decimal | None:
    if not typed.text(said["load"]):
        return None
    load = mass_kg(typed.number(said["load"], "load"), str(said["unit"]))
    if not 0 <= load <= MOST_LOAD_KG:
        most = MOST_LOAD_KG if said["unit"] != "lb" else lb_from_kg(MOST_LOAD_KG)
        raise EntryError(f"A load is between 0 and {most:.0f} {said['unit']}.")
    return load


def _type(said: Any) -> SetType:
    kind = typed.text(said) or "normal"
    found: SetType | None = next((each for each in SET_TYPES if each == kind), None)
    if found is None:
        raise EntryError(f"Kind of set: it is one of {', '.join(SET_TYPES)}.")
    return found


# -- as it is typed -----------------------------------------------------------------------------------------------------------


def plain(value: Any) -> str:
    """A number of a record as it is typed; empty for none (None or NaN)."""
    return "" if value is None or value != value else f"{exact(Decimal(str(value))):f}"


def load_text(load_kg: Any, unit: str) -> str:
    """A load in kg (a number or NaN or None for none) as it is typed in `unit`: `140`, `112.5`."""
    if load_kg is None or load_kg != load_kg:
        return ""
    value = Decimal(str(load_kg)) if unit == "kg" else Decimal(str(load_kg)) / mass_kg(Decimal(1), unit)
    return f"{exact(value.quantize(Decimal('0.01'))):f}"


def clock_text(time_s: Decimal) -> str:
    """Seconds as they are typed: `0:45`, `12:30`, `1:02:30`; empty for none (NaN)."""
    if time_s != time_s:
        return ""
    minutes, rest = divmod(int(time_s), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
