"""Weigh-ins in FIT files, as scales write them. Several people may stand on one scale: whose is whose, the person says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from collectors.decided import believed
from collectors.files._columns import broken, identity, nth, rejected
from collectors.files._course import stated
from collectors.files._fitreader import Part
from collectors.source import NotThisFormat, Parsed, ReadOptions
from health.quantities import QUANTITIES
from health.records import Measurement, RawRow, RecordError, Rejected
from health.units import exact

GROUP = "weight|"
_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
# Our quantity, what the scale calls it (fitdecode's names, kilograms and per cent), and what it is divided by.
_READ = {
    "body_mass_kg": ("weight", 1),
    "fat_ratio": ("percent_fat", 100),
    "muscle_mass_kg": ("muscle_mass", 1),
    "bone_mass_kg": ("bone_mass", 1),
}
_KEPT = ("timestamp", "user_profile_index", "percent_hydration", "basal_met", *(theirs for theirs, _ in _READ.values()))


def rows(parts: Sequence[Part], name: str, options: ReadOptions, source: str) -> Iterator[RawRow]:
    """A raw row for each weigh-in of the person: of everyone, each with the question, where nobody said who that is.

    Raises NotThisFormat where `--map user` names nobody on the scale.
    """
    found = [each for part in parts for each in part.messages.get("weight_scale", ())]
    people = sorted({_user(each) for each in found if _user(each)})
    said = options.mapping.get("user")
    if said is not None and people and said not in people:
        raise NotThisFormat(f"has no user {said!r}; on this scale stood {_described(parts, people)}")
    asked = ""
    if len(people) > 1 and said is None:
        asked = f"may be somebody else's: on this scale stood {_described(parts, people)}. Say who you are: --map user={people[0]}"
    counted: dict[str, int] = {}
    for number, each in enumerate(found, 1):
        if said is not None and _user(each) not in ("", said):
            continue  # another person's weight is not kept
        key = identity(_written(each), f"user {_user(each)}" if _user(each) else "")
        counted[key] = counted.get(key, 0) + 1
        group = GROUP + nth(key, counted[key])
        context = {"zone": options.zone, **({"question": asked} if asked else {})}
        data = {key: each[key] for key in _KEPT if key in each}
        yield RawRow(source=source, group=group, row_id=group, data=data, context=context, place=f"{name}, weigh-in {number}")


def _user(message: Mapping[str, Any]) -> str:
    value = message.get("user_profile_index")
    return str(value) if isinstance(value, int) else ""


def _described(parts: Sequence[Part], people: Sequence[str]) -> str:
    """`user 0 (male, 47 years, 1.79 m) and user 1 (...)`, as far as the scale knows them."""
    profiles = {str(each.get("message_index")): each for part in parts for each in part.messages.get("user_profile", ())}
    said = []
    for each in people:
        profile = profiles.get(each, {})
        known = [str(profile["gender"])] if "gender" in profile else []
        known += [f"{profile['age']} years"] if "age" in profile else []
        known += [f"{profile['height']} m"] if "height" in profile else []
        said.append(f"user {each}" + (f" ({', '.join(known)})" if known else ""))
    return " and ".join(said)


def _written(message: Mapping[str, Any]) -> str:
    at = _at(message)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else str(message.get("timestamp"))


def _at(message: Mapping[str, Any]) -> datetime | None:
    value = message.get("timestamp")
    return _EPOCH + timedelta(seconds=value) if isinstance(value, int) and 0x10000000 <= value < 0xFFFFFFFF else None


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The weigh-in of its row."""
    bad = broken(rows, person)
    if bad is not None:
        return None, bad
    row = rows[-1]
    said = f"user {_user(row.data)}"
    if "question" in row.context and not believed(row, "user", said, 0):  # the person may say of one: it is mine
        return None, [rejected(row, person, "user", str(row.context["question"]), said)]
    at = _at(row.data)
    if at is None:
        return None, [rejected(row, person, "timestamp", "is not a time", str(row.data.get("timestamp", "")))]
    values, aside = _values(row, person)
    if not values:
        return None, aside or [rejected(row, person, "weight", "is missing")]
    try:
        zone = str(row.context["zone"])
        made = Measurement(person=person, source=row.source, native_id=row.group, at=at, zone=zone, values=values)
    except RecordError as error:
        return None, [*aside, rejected(row, person, error.field, error.reason)]
    return made, aside


def _values(row: RawRow, person: str) -> tuple[dict[str, Decimal], list[Rejected]]:
    values: dict[str, Decimal] = {}
    aside: list[Rejected] = []
    for ours, (theirs, over) in _READ.items():
        said = row.data.get(theirs)
        if said is None:
            continue
        number = stated(said) if isinstance(said, (int, float)) else None
        if number is None:
            aside.append(rejected(row, person, theirs, "is not a number", str(said)))
        elif (reason := QUANTITIES[ours].implausible(value := exact(number / over))) and not believed(
            row, theirs, str(said), value
        ):
            aside.append(rejected(row, person, theirs, reason, str(said)))
        else:
            values[ours] = value
    return values, aside
