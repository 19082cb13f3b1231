"""What was tapped on a session's form, carried out in the order of the taps, each of them once.

The browser writes every tap down at once, with the fields as they stood (assets/45-asks.js), and sends all that are not yet known
to be carried out. An answer may be late, lost or thrown away by a later one: the next request brings its taps again, and the draft
says by their growing numbers which of them it holds already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dashboard import drafts, entries, logcalls, repeating, typed
from dashboard.page import House
from dashboard.typed import EntryError
from store.store import Stored

_MARK: Final = re.compile(r"^[0-9A-Za-z]{1,40}$")
_TWICE_MS: Final = 1000  # two taps on Save within that are one
_ABOUT: Final = {
    "when": "lifting-when", "name": "session-name", "rounds": "session-rounds", "time": "session-time", "rpe": "session-rpe",
    "note": "session-note",
}  # fmt: skip
_OF_A_SET: Final = {each: f"log-{each}" for each in ("time", "metres", "type", "rpe", "note")}


@dataclass(frozen=True)
class Place:
    """What the form was drawn for: lifting or crossfit, the unit of its loads, and the home zone."""

    form: str
    unit: str
    zone: str

    @classmethod
    def of(cls, house: House, state: Any) -> Place:
        """From what the browser sends, with care."""
        said = state if isinstance(state, dict) else {}
        form = said.get("form") if said.get("form") in drafts.FORMS else drafts.LIFTING
        return cls(form=str(form), unit="lb" if said.get("unit") == "lb" else "kg", zone=logcalls.zone(house, said))


@dataclass(frozen=True)
class Ask:
    """One tap: its number (milliseconds, growing), a name nobody else has, what it is, and the fields as they stood then."""

    n: int
    mark: str
    what: str
    place: Place
    fields: Mapping[str, Any]
    unset: str = ""


@dataclass
class Carried:
    """What became of some taps: the draft, what is wrong in words, and for the form what it may take over."""

    draft: drafts.Draft
    taken: int = 0
    saved: int = 0
    said: list[str] = field(default_factory=list)
    done: int = 0  # the last tap that became a set
    repeated: int = 0  # the tap that repeated a session, and what else the form takes over of it
    about: dict[str, Any] = field(default_factory=dict)
    to: str = ""  # the query to go to, once something was saved


def carry_out(house: House, held: Any, sent: Any) -> Carried | None:
    """The taps among those sent that what the browser holds has not taken yet, in their order; None where there are none."""
    before = held if drafts.is_draft(held) else {}
    taken = _number(before.get("taken"))
    if not isinstance(sent, dict) or sent.get("of") != drafts.scope(before) or not isinstance(sent.get("asks"), list):
        return None
    tapped = [each for each in sent["asks"] if isinstance(each, dict) and _number(each.get("n")) > taken]
    if not tapped:
        return None
    found = Carried(draft=before, saved=_number(before.get("saved")))
    for said in sorted(tapped, key=lambda each: int(each["n"])):
        found.taken = int(said["n"])
        ask = _ask(house, said)
        if ask is not None:  # what is no tap is taken too, or it would come again for ever
            _carry_out(house, found, ask)
    found.draft = {**found.draft, "taken": found.taken, "saved": found.saved}
    return found


def _carry_out(house: House, found: Carried, ask: Ask) -> None:
    found.draft = drafts.of_form(found.draft, ask.place.form, ask.mark)
    try:
        _DOES[ask.what](house, found, ask)
    except EntryError as error:
        found.said.append(str(error))


def _ask(house: House, said: Mapping[str, Any]) -> Ask | None:
    mark, what, fields = said.get("mark"), said.get("what"), said.get("fields")
    if not isinstance(mark, str) or not _MARK.match(mark) or not isinstance(what, str) or what not in _DOES:
        return None
    kept = fields if isinstance(fields, dict) else {}
    place = Place.of(house, said.get("place"))
    return Ask(n=int(said["n"]), mark=mark, what=what, place=place, fields=kept, unset=str(said.get("unset")))


def _number(said: Any) -> int:
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 < said < 1 << 53 else 0


def _set_done(_house: House, found: Carried, ask: Ask) -> None:
    exercise, reps, load = (ask.fields.get(f"log-{each}") for each in ("exercise", "reps", "load"))
    more = {name: ask.fields.get(id) for name, id in _OF_A_SET.items()}
    found.draft = drafts.with_set(found.draft, ask.mark, exercise, reps, load, ask.place.unit, **more)
    found.done = ask.n


def _unset(_house: House, found: Carried, ask: Ask) -> None:
    found.draft = drafts.without_set(found.draft, ask.unset)


def _repeat(house: House, found: Carried, ask: Ask) -> None:
    exercise = typed.text(ask.fields.get("log-exercise"))
    found.draft, found.about = repeating.repeated(house, found.draft, ask.mark, exercise, ask.place.form, ask.place.unit)
    found.repeated = ask.n


def _save(house: House, found: Carried, ask: Ask) -> None:
    if found.said:  # whoever saves does not know yet that a set before it was refused
        raise EntryError("Nothing was saved.")
    draft, place = found.draft, ask.place
    if not draft["sets"] and ask.n - found.saved < _TWICE_MS:
        return
    about, version = {name: ask.fields.get(id) for name, id in _ABOUT.items()}, logcalls.version(draft)

    def keep() -> Stored:
        now = house.clock()
        made, raw = drafts.session(draft, about, house.person, place.zone, now)
        return entries.save(house.store, house.person, made, raw, version, now)

    wrong = logcalls.wrong(keep)
    if wrong:
        raise EntryError(wrong)
    found.to, found.saved = logcalls.done(place.form, version), ask.n
    if not version:  # what was edited is left with the page
        found.draft = drafts.emptied(draft, ask.mark)


_DOES: Final[Mapping[str, Callable[[House, Carried, Ask], None]]] = {
    "set": _set_done, "unset": _unset, "repeat": _repeat, "save": _save,
}  # fmt: skip
