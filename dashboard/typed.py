"""What somebody typed, read field by field: a value, or a sentence that names the field and says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from collectors.numbers import NotANumber, read
from health.days import DayError, from_local, local_time
from health.records import RawRow, RecordError
from health.units import UnitError, exact

SOURCE: Final = "app"
PLACE: Final = "typed on the Log page"
LONGEST_NOTE: Final = 500
LONGEST_NAME: Final = 80
_FUTURE = timedelta(minutes=10)  # clocks differ; tomorrow's weigh-in is a slip of the finger
_KEY = re.compile(r"^[0-9A-Za-z]{1,40}$")
_CLOCK = re.compile(r"^(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)$")
_LONGEST_S = Decimal(86_400)


class EntryError(ValueError):
    """What was typed cannot be kept; the message is a sentence for the person."""


def new_key(now: datetime) -> str:
    """The key of a new form: the instant it was drawn."""
    return f"{now:%Y%m%dT%H%M%S%f}"


def key_of(typed: Mapping[str, Any]) -> str:
    """The key of a form, which becomes the record's native id: a form sent twice is one record. Raises EntryError."""
    key = str(typed.get("key") or "")
    if not _KEY.match(key):
        raise EntryError("This form is out of date. Open the page again; nothing was saved.")
    return key


def text(value: Any) -> str:
    """A field as text without blanks around it; empty for none."""
    return "" if value is None else str(value).strip()


def number(value: Any, name: str) -> Decimal:
    """The number somebody typed: `80.4` or `80,4`. Raises EntryError."""
    said = text(value)
    if not said:
        raise EntryError(f"Type the {name} first.")
    try:
        return read(said, "," if said.rfind(",") > said.rfind(".") else ".")
    except NotANumber as error:
        reason = "is not a number" if "column" in str(error) else str(error)
        raise EntryError(f"{_named(name)}: “{said[:40]}” {reason}.") from None


def between(value: Any, name: str, low: int, high: int, *, whole: bool = False) -> Decimal | None:
    """The number of a field that may stay empty, from `low` to `high`. Raises EntryError."""
    if not text(value):
        return None
    found = number(value, name)
    if not low <= found <= high or (whole and found != int(found)):
        raise EntryError(f"{_named(name)}: it is {'a whole number' if whole else ''} from {low} to {high}.".replace("  ", " "))
    return exact(found)


def rpe(value: Any, name: str = "RPE") -> Decimal | None:
    """How hard it was, from 1 to 10 (halves too); None where it stays empty. Raises EntryError."""
    return between(value, name, 1, 10)


def seconds(value: Any, name: str, plain_s: int = 60) -> Decimal | None:
    """A time on a clock (`12:30`, `1:02:30`) in seconds, a plain number as `plain_s` each; None where empty. Raises EntryError."""
    said = text(value)
    if not said:
        return None
    clock = _CLOCK.match(said)
    if clock:
        hours, minutes, rest = (int(each or 0) for each in clock.groups())
        found = Decimal(3600 * hours + 60 * minutes + rest)
    else:
        found = exact(number(said, name) * plain_s)
    if not 0 < found <= _LONGEST_S:
        raise EntryError(f"{_named(name)}: say it as minutes and seconds, 12:30.")
    return found


def note(value: Any, name: str = "note") -> str | None:
    """A note; None where it stays empty. Raises EntryError."""
    said = text(value)
    if len(said) > LONGEST_NOTE or not said.replace("\n", " ").isprintable():
        raise EntryError(f"{_named(name)}: it has at most {LONGEST_NOTE} characters that can be printed.")
    return said or None


def named(value: Any, missing: str, what: str) -> str:
    """A name of one line. Raises EntryError, with the sentence `missing` where there is none."""
    said = text(value)
    if not said or len(said) > LONGEST_NAME or not said.isprintable():
        raise EntryError(missing if not said else f"{what} has at most {LONGEST_NAME} characters.")
    return said


def moment(value: Any, zone: str, now: datetime) -> datetime:
    """The instant of a `2026-11-22T07:12` typed in the home zone. Raises EntryError."""
    try:
        at = from_local(datetime.fromisoformat(str(value or "")), zone)
    except (ValueError, DayError):
        raise EntryError("Say the day and the time.") from None
    if at > now + _FUTURE:
        raise EntryError(f"That time has not come yet: the clock here says {local_time(now, zone):%H:%M, %-d %b %Y}.")
    return at


def wall(at: datetime, zone: str) -> str:
    """An instant as a form shows it: `2026-11-22T07:12` on the clock of the home zone."""
    return f"{local_time(at, zone):%Y-%m-%dT%H:%M}"


def checked(kind: type[Any], **fields: Any) -> Any:
    """A record of the source `app`. Raises EntryError where it cannot be true."""
    try:
        return kind(source=SOURCE, **fields)
    except (RecordError, UnitError) as error:
        raise EntryError(f"{error}.") from None


def raw_row(typed: Mapping[str, Any], zone: str, names: tuple[str, ...]) -> RawRow:
    """What was typed, as the record's raw row: the record can be explained by it, edited as it was typed, brought back."""
    key = str(typed["key"])
    data = {name: typed[name] for name in names if typed.get(name) not in (None, "")}
    return RawRow(source=SOURCE, group=key, row_id=key, data=data, context={"zone": zone}, place=PLACE)


def _named(name: str) -> str:
    return name[:1].upper() + name[1:]
