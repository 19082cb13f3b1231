"""What a person types on the Log page, made into records of the source `app`; and drafts of a session not saved yet.

A draft is a plain object (it lives in the browser until it is saved). Its `key` becomes the record's native id: a form sent
twice is one record. The raw row is what was typed: a record can always be explained by it, edited as it was typed, brought back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from collectors.numbers import NotANumber, read
from health.bodies import body
from health.days import DayError, from_local, local_time
from health.quantities import QUANTITIES
from health.records import Measurement, RawRow, Record, RecordError, Workout, WorkoutSet
from health.units import UnitError, exact, lb_from_kg, mass_kg
from store.store import StaleEdit, Store, Stored

SOURCE: Final = "app"
MOST_SETS, MOST_REPS, MOST_LOAD_KG = 200, 1000, Decimal(1500)
_LONGEST_NAME = 80
_FUTURE = timedelta(minutes=10)  # clocks differ; tomorrow's weigh-in is a slip of the finger
_KEY = re.compile(r"^[0-9A-Za-z]{1,40}$")
PLACE: Final = "typed on the Log page"


class EntryError(ValueError):
    """What was typed cannot be kept; the message is a sentence for the person."""


def new_key(now: datetime) -> str:
    """The key of a new draft: the instant its form was drawn."""
    return f"{now:%Y%m%dT%H%M%S%f}"


def number(text: Any, name: str) -> Decimal:
    """The number somebody typed: `80.4` or `80,4`. Raises EntryError."""
    said = str(text if text is not None else "").strip()
    if not said:
        raise EntryError(f"Type the {name} first.")
    try:
        return read(said, "," if said.rfind(",") > said.rfind(".") else ".")
    except NotANumber as error:
        reason = "is not a number" if "column" in str(error) else str(error)
        raise EntryError(f"“{said[:40]}” {reason}.") from None


def moment(text: Any, zone: str, now: datetime) -> datetime:
    """The instant of a `2026-11-22T07:12` typed in the home zone. Raises EntryError."""
    try:
        at = from_local(datetime.fromisoformat(str(text or "")), zone)
    except (ValueError, DayError):
        raise EntryError("Say the day and the time.") from None
    if at > now + _FUTURE:
        raise EntryError("That time has not come yet.")
    return at


def wall(at: datetime, zone: str) -> str:
    """An instant as a form shows it: `2026-11-22T07:12` on the clock of the home zone."""
    return f"{local_time(at, zone):%Y-%m-%dT%H:%M}"


# -- weigh-ins ----------------------------------------------------------------------------------------------------------------


def weigh_in(typed: Mapping[str, Any], person: str, zone: str, now: datetime) -> tuple[Measurement, RawRow]:
    """The record of a weigh-in form: key, weight, unit (kg, lb), fat (percent, may be empty), when. Raises EntryError."""
    unit = typed.get("unit") if typed.get("unit") in ("kg", "lb") else "kg"
    values = {"body_mass_kg": mass_kg(number(typed.get("weight"), "weight"), str(unit))}
    if str(typed.get("fat") or "").strip():
        values["fat_ratio"] = exact(number(typed.get("fat"), "body fat") / 100)
    for key, value in values.items():
        if reason := QUANTITIES[key].implausible(value):
            raise EntryError(f"{QUANTITIES[key].name} {_as_typed(key, reason, str(unit))}. Nothing was saved.")
    at = moment(typed.get("when"), zone, now)
    made = _checked(Measurement, person=person, native_id=_key(typed), at=at, zone=zone, values=values)
    return made, _raw(typed, zone, ("weight", "unit", "fat", "when"))


def _as_typed(key: str, reason: str, unit: str) -> str:
    """Why a value is not believed, in percent or pounds where it was typed so."""
    row = QUANTITIES[key]
    if row.dimension == "mass" and unit == "lb":
        return f"is not between {lb_from_kg(row.low):.0f} lb and {lb_from_kg(row.high):.0f} lb"
    if not key.endswith("_ratio"):
        return reason
    return f"is not between {exact(row.low * 100):f} % and {exact(row.high * 100):f} %"


# -- lifting ------------------------------------------------------------------------------------------------------------------

Draft = dict[str, Any]


def empty_draft(now: datetime) -> Draft:
    """A session with nothing in it yet."""
    return {"key": new_key(now), "sets": [], "id": None, "version": 0}


def is_draft(draft: Any) -> bool:
    """Whether that is a draft as this version of the page writes it; anything else in a browser's memory is thrown away."""
    if not isinstance(draft, dict) or not isinstance(draft.get("key"), str) or not isinstance(draft.get("sets"), list):
        return False
    return all(isinstance(each, dict) and {"exercise", "reps", "load", "unit"} <= each.keys() for each in draft["sets"])


def with_set(draft: Draft, exercise: Any, reps: Any, load: Any, unit: str) -> Draft:
    """The draft with one set more, checked as it will be when it is saved. Raises EntryError."""
    if len(draft["sets"]) >= MOST_SETS:
        raise EntryError(f"A session holds at most {MOST_SETS} sets.")
    said = {"exercise": str(exercise or "").strip(), "reps": _text(reps), "load": _text(load), "unit": unit}
    _set(said, 1)
    return {**draft, "sets": [*draft["sets"], said]}


def without_set(draft: Draft, at: int) -> Draft:
    """The draft without set number `at` (from 0)."""
    return {**draft, "sets": [each for place, each in enumerate(draft["sets"]) if place != at]}


def with_sets(draft: Draft, sets: Sequence[Mapping[str, Any]], unit: str) -> Draft:
    """The draft with those sets (exercise, reps, load_kg as in a record's body) added: last time's, in one tap."""
    for each in sets:
        draft = with_set(draft, each["exercise"], each.get("reps"), load_text(each.get("load_kg"), unit), unit)
    return draft


def lifting(draft: Draft, when: Any, person: str, zone: str, now: datetime) -> tuple[Workout, RawRow]:
    """The record of a draft. Raises EntryError."""
    if not draft["sets"]:
        raise EntryError("There is no set in it yet.")
    sets = tuple(_set(each, order) for order, each in enumerate(draft["sets"], start=1))
    at = moment(when, zone, now)
    made = _checked(Workout, person=person, native_id=_key(draft), at=at, zone=zone, sets=sets)
    return made, _raw({**draft, "when": when}, zone, ("sets", "when"))


def typed_of(store: Store, person: str, native_id: str) -> dict[str, Any] | None:
    """What was typed for an entry (with its `key` and `zone`), also after it was deleted; None where nothing is kept."""
    rows = store.raw_groups(person, SOURCE, [native_id]).get(native_id, [])
    return {**rows[-1].data, "key": native_id, "zone": rows[-1].context.get("zone")} if rows else None


def draft_of(typed: Mapping[str, Any], stored: Stored) -> Draft:
    """A draft that edits a stored session, as it was typed."""
    sets = [{**dict.fromkeys(("exercise", "reps", "load", "unit"), ""), **each} for each in typed["sets"]]
    return {"key": typed["key"], "sets": sets, "id": stored.body["id"], "version": stored.version}


def _set(said: Mapping[str, Any], order: int) -> WorkoutSet:
    name = str(said["exercise"]).strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise EntryError("Name the exercise first." if not name else f"An exercise's name has at most {_LONGEST_NAME} characters.")
    reps = number(said["reps"], "repetitions")
    if reps != int(reps) or not 0 <= reps <= MOST_REPS:
        raise EntryError(f"Repetitions are a whole number up to {MOST_REPS}.")
    load = None
    if str(said["load"]).strip():
        load = mass_kg(number(said["load"], "load"), str(said["unit"]))
        if not 0 <= load <= MOST_LOAD_KG:
            most = MOST_LOAD_KG if said["unit"] != "lb" else lb_from_kg(MOST_LOAD_KG)
            raise EntryError(f"A load is between 0 and {most:.0f} {said['unit']}.")
    return WorkoutSet(exercise=name, order=order, reps=int(reps), load_kg=load)


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def load_text(load_kg: Any, unit: str) -> str:
    """A load in kg (a number or NaN or None for none) as it is typed in `unit`: `140`, `112.5`."""
    if load_kg is None or load_kg != load_kg:
        return ""
    value = Decimal(str(load_kg)) if unit == "kg" else Decimal(str(load_kg)) / mass_kg(Decimal(1), unit)
    return f"{exact(value.quantize(Decimal('0.01'))):f}"


# -- keeping them -------------------------------------------------------------------------------------------------------------


def save(store: Store, person: str, made: Record, raw: RawRow, version: int, now: datetime) -> Stored:
    """Store what was typed, durably; what stands there already (a button pressed twice) is saved. Raises StaleEdit else."""
    try:
        return store.edit(person, made, [raw], version, now)
    except StaleEdit:
        held = store.get(person, made.kind, made.id)
        if held is None or held.body != body(made):
            raise
        return held


def undo_delete(store: Store, person: str, native_id: str, now: datetime) -> Stored:
    """Bring back an entry that was deleted, from what was typed. Raises StaleEdit where it is there already, or EntryError."""
    typed = typed_of(store, person, native_id)
    if typed is None:
        raise EntryError("It is gone for good: nothing of it is kept.")
    made, raw = remade(typed, person, now)
    return save(store, person, made, raw, 0, now)


def remade(typed: Mapping[str, Any], person: str, now: datetime) -> tuple[Record, RawRow]:
    """The record that was made from what was typed. Raises EntryError."""
    zone = str(typed["zone"])
    if "sets" in typed:
        return lifting({"key": typed["key"], "sets": typed["sets"]}, typed.get("when"), person, zone, now)
    return weigh_in(typed, person, zone, now)


def _key(typed: Mapping[str, Any]) -> str:
    key = str(typed.get("key") or "")
    if not _KEY.match(key):
        raise EntryError("This form is out of date. Open the page again; nothing was saved.")
    return key


def _checked(kind: type[Any], **fields: Any) -> Any:
    try:
        return kind(source=SOURCE, **fields)
    except (RecordError, UnitError) as error:
        raise EntryError(f"{error}.") from None


def _raw(typed: Mapping[str, Any], zone: str, names: tuple[str, ...]) -> RawRow:
    key = str(typed["key"])
    data = {name: typed[name] for name in names if typed.get(name) not in (None, "")}
    return RawRow(source=SOURCE, group=key, row_id=key, data=data, context={"zone": zone}, place=PLACE)
