"""What both engines keep and `store export` writes: record bodies (see health/bodies.py), raw rows and rejected rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from health.bodies import Body, body, decimal, instant, instant_text, number, record
from health.records import RawRow, Rejected

__all__ = [
    "Body",
    "body",
    "decimal",
    "digest",
    "dump",
    "dumps",
    "instant",
    "instant_text",
    "number",
    "raw_body",
    "raw_row",
    "record",
    "rejected",
    "rejected_body",
]


def dumps(item: Mapping[str, Any]) -> str:
    """One line of JSON: compact, as it stands, never NaN (ValueError)."""
    return dump(item)


def dump(value: Any) -> str:
    """`dumps` of any JSON value. Half of a surrogate pair, which UTF-8 has no bytes for, is escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text


NOTHING = "-"  # the digest of "the raw rows make no record"


def digest(item: Body | None) -> str:
    """What a source says, in 32 characters. The zone is left out: the one first stored may stand in for the source's."""
    if item is None:
        return NOTHING
    said = {key: value for key, value in item.items() if key not in ("zone", "day")}
    return hashlib.sha256(dumps(said).encode()).hexdigest()[:32]


def raw_body(row: RawRow) -> Body:
    """A kept raw row as its JSON object (source and group are said by what holds it)."""
    result: Body = {"row_id": row.row_id, "data": row.data}
    if row.context:
        result["context"] = row.context
    if row.place:
        result["place"] = row.place
    return result


def raw_row(source: str, group: str, item: Mapping[str, Any]) -> RawRow:
    """The raw row that `raw_body` wrote."""
    return RawRow(
        source=source,
        group=group,
        row_id=item["row_id"],
        data=item["data"],
        context=item.get("context", {}),
        place=item.get("place", ""),
    )


def rejected_body(each: Rejected) -> Body:
    """A rejected row as its JSON object."""
    return {"kind": "rejected", "id": each.id, **{field.name: getattr(each, field.name) for field in fields(each)}}


def rejected(item: Mapping[str, Any]) -> Rejected:
    """The rejected row that `rejected_body` wrote."""
    return Rejected(**{field.name: item[field.name] for field in fields(Rejected)})
