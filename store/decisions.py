"""A person's word on one raw row that was set aside: corrected, taken as true, or dismissed (docs/decisions/0013-set-aside.md).

It stands beside the row and never in it: the row stays as it came. Each part of it names what it answers (`was`, `said`), so that
it holds over re-import and rebuild and falls silent by itself where the source says something else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from store.items import Body, dump, instant, instant_text


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One cell of a row: what the source says there and what the person says. None stands for "there is no such cell"."""

    was: Any = None
    now: Any = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """All that a person said of one raw row (`source`, `row_id`).

    `group` is where the row stood as it came, `place` how a person finds it, `at` when they last said something. `fixed` maps a
    cell's place in the row (a JSON pointer, RFC 6901) to its correction; `moved` is the group that a corrected date or session puts
    the row into. `accepted` and `dismissed` map a field, as the Rejected names it, to what stood there.
    """

    source: str
    row_id: str
    group: str
    at: datetime
    place: str = ""
    fixed: Mapping[str, Correction] = field(default_factory=dict)
    moved: str | None = None
    accepted: Mapping[str, str] = field(default_factory=dict)
    dismissed: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.source}:{self.row_id}"

    @property
    def empty(self) -> bool:
        """True when nothing is said any more."""
        return not (self.fixed or self.accepted or self.dismissed)


def decision_body(person: str, each: Decision) -> Body:
    """A decision as its JSON object."""
    result: Body = {"kind": "decision", "id": each.id, "person": person, "source": each.source, "row_id": each.row_id}
    result |= {"group": each.group, "at": instant_text(each.at)}
    if each.place:
        result["place"] = each.place
    if each.fixed:
        result["fixed"] = {cell: _cell_body(said) for cell, said in each.fixed.items()}
    if each.moved is not None:
        result["moved"] = each.moved
    for name in ("accepted", "dismissed"):
        if said := getattr(each, name):
            result[name] = dict(said)
    return result


def decision(item: Mapping[str, Any]) -> Decision:
    """The decision that `decision_body` wrote. Raises KeyError, ValueError or TypeError where it is none."""
    texts = [item["source"], item["row_id"], item["group"], item["at"], item.get("place", ""), item.get("moved") or ""]
    said = {name: dict(item.get(name, {})) for name in ("accepted", "dismissed")}
    if not all(isinstance(each, str) for each in (*texts, *said["accepted"].values(), *said["dismissed"].values())):
        raise ValueError("source, row_id, group, at, place, moved, accepted or dismissed is no text")
    fixed = {str(cell): Correction(was=each.get("was"), now=each.get("now")) for cell, each in item.get("fixed", {}).items()}
    return Decision(
        source=item["source"],
        row_id=item["row_id"],
        group=item["group"],
        at=instant(item["at"]),
        place=item.get("place", ""),
        fixed=fixed,
        moved=item.get("moved"),
        **said,
    )


def decision_text(person: str, each: Decision) -> str:
    """A decision as one line of JSON."""
    return dump(decision_body(person, each))


def decision_of(text: str) -> Decision:
    """The decision that `decision_text` wrote."""
    return decision(json.loads(text))


def _cell_body(said: Correction) -> Body:
    return {name: value for name in ("was", "now") if (value := getattr(said, name)) is not None}
