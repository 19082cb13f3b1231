"""What a person enters on the Log page, kept as records of the source `app`: weigh-ins here, sessions in dashboard/drafts.py.

A form's `key` becomes the record's native id: a form sent twice is one record. The raw row is what was typed: a record can always
be explained by it, edited as it was typed, brought back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from dashboard import drafts, typed
from dashboard.typed import SOURCE, EntryError
from health.bodies import body
from health.quantities import QUANTITIES
from health.records import Measurement, RawRow, Record
from health.units import exact, lb_from_kg, mass_kg
from store.store import StaleEdit, Store, Stored

# What a scale, a tape or a cuff tells besides weight and fat: the form's field and the quantity it is. Masses may be percent.
MASSES: Final = {"muscle": "muscle_mass_kg", "water": "water_mass_kg", "bone": "bone_mass_kg"}
MORE: Final = {
    **MASSES,
    "visceral": "visceral_fat_index",
    "pulse": "heart_rate_bpm",
    "systolic": "systolic_mmhg",
    "diastolic": "diastolic_mmhg",
}


def weigh_in(said: Mapping[str, Any], person: str, zone: str, now: datetime) -> tuple[Measurement, RawRow]:
    """The record of a weigh-in form: key, weight, unit (kg, lb), fat (percent), the fields of `MORE`, when. Raises EntryError.

    All but the weight may stay empty; where something else was measured, the weight may too.
    """
    unit = "lb" if said.get("unit") == "lb" else "kg"
    values: dict[str, Decimal] = {}
    others = any(typed.text(said.get(each)) for each in ("fat", *MORE))
    if typed.text(said.get("weight")) or not others:
        values["body_mass_kg"] = mass_kg(typed.number(said.get("weight"), "weight"), unit)
    if typed.text(said.get("fat")):
        values["fat_ratio"] = exact(typed.number(said.get("fat"), "body fat") / 100)
    for field, key in MORE.items():
        if typed.text(said.get(field)):
            values[key] = _more(said, field, unit, values.get("body_mass_kg"))
    _believed(values, unit)
    at = typed.moment(said.get("when"), zone, now)
    made: Measurement = typed.checked(Measurement, person=person, native_id=typed.key_of(said), at=at, zone=zone, values=values)
    return made, typed.raw_row(said, zone, ("weight", "unit", "fat", *MORE, "when"))


def _more(said: Mapping[str, Any], field: str, unit: str, weight_kg: Decimal | None) -> Decimal:
    name, written = QUANTITIES[MORE[field]].name.lower(), typed.text(said[field])
    if field not in MASSES:
        return typed.number(written, name)
    if not written.endswith("%"):
        return mass_kg(typed.number(written, name), unit)
    if weight_kg is None:
        raise EntryError(f"{QUANTITIES[MORE[field]].name}: percent of what? Type the weight, too.")
    return exact(weight_kg * typed.number(written.removesuffix("%"), name) / 100)


def _believed(values: Mapping[str, Decimal], unit: str) -> None:
    """Raises EntryError for a value that cannot be, by itself or beside the others."""
    for key, value in values.items():
        if reason := QUANTITIES[key].implausible(value):
            raise EntryError(f"{QUANTITIES[key].name} {_as_typed(key, reason, unit)}. Nothing was saved.")
    weight = values.get("body_mass_kg")
    for key in MASSES.values():
        if weight is not None and values.get(key, Decimal(0)) >= weight:
            raise EntryError(f"{QUANTITIES[key].name} is not less than the weight. Nothing was saved.")
    upper, lower = values.get("systolic_mmhg"), values.get("diastolic_mmhg")
    if (upper is None) != (lower is None):
        raise EntryError("Blood pressure is two numbers: type both, or none.")
    if upper is not None and lower is not None and lower >= upper:
        raise EntryError("Diastolic pressure is not below the systolic one. Nothing was saved.")


def _as_typed(key: str, reason: str, unit: str) -> str:
    """Why a value is not believed, in percent or pounds where it was typed so."""
    row = QUANTITIES[key]
    if row.dimension == "mass" and unit == "lb":
        return f"is not between {lb_from_kg(row.low):.0f} lb and {lb_from_kg(row.high):.0f} lb"
    if not key.endswith("_ratio"):
        return reason
    return f"is not between {exact(row.low * 100):f} % and {exact(row.high * 100):f} %"


# -- keeping them -------------------------------------------------------------------------------------------------------------


def typed_of(store: Store, person: str, native_id: str) -> dict[str, Any] | None:
    """What was typed for an entry (with its `key` and `zone`), also after it was deleted; None where nothing is kept."""
    rows = store.raw_groups(person, SOURCE, [native_id]).get(native_id, [])
    return {**rows[-1].data, "key": native_id, "zone": rows[-1].context.get("zone")} if rows else None


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
    said = typed_of(store, person, native_id)
    if said is None:
        raise EntryError("It is gone for good: nothing of it is kept.")
    made, raw = remade(said, person, now)
    return save(store, person, made, raw, 0, now)


def remade(said: Mapping[str, Any], person: str, now: datetime) -> tuple[Record, RawRow]:
    """The record that was made from what was typed. Raises EntryError."""
    zone = str(said["zone"])
    if "sets" in said:
        return drafts.again(said, person, zone, now)
    return weigh_in(said, person, zone, now)
