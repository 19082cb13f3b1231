"""What `python -m store check` looks for in DynamoDB tables."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace

from store._dynamodb_calls import Item
from store._dynamodb_items import Counter, counted, counter_of, part_shelf, partition, row_of, text_of
from store._verify import of_decision, of_raw, of_records, of_rejected
from store.items import dump


def findings(items: Iterable[Item]) -> list[str]:
    """The findings of a DynamoDB ledger."""
    shelves: dict[str, dict[str, list[Item]]] = {}
    for item in items:
        person, _, shelf = item["pk"]["S"].partition("/")
        shelves.setdefault(person, {}).setdefault(shelf.split("/")[0], []).append(item)
    found: list[str] = []
    for person, held in sorted(shelves.items()):
        counter = counter_of(next(iter(held.get("counter", [])), None))
        rows = [row_of(item) for item in held.get("record", [])]
        found += of_records(person, rows, counter.seq)
        live = [replace(row, seq=0) for row in rows if row.text is not None]
        if counted(Counter(seq=0, counts={}), {}, live).counts != counter.counts:
            found.append(f"{person}'s records are not as many as the counter says.")
        parts = {(item["pk"]["S"], item["sk"]["S"]): item["rows"]["B"] for item in held.get("part", [])}
        found += [each for item in held.get("raw", []) for each in _of_raw_item(person, item, parts)]
        found += [each for item in held.get("decision", []) for each in of_decision(item["sk"]["S"], item["body"]["S"])]
    return found


def _of_raw_item(person: str, item: Item, parts: dict[tuple[str, str], bytes]) -> Iterator[str]:
    name, whole = item["sk"]["S"], None
    source, _, group = name.partition(":")
    try:
        if "parts" in item:
            where = partition(person, part_shelf(source, group))
            keys = [(where, f"{item['digest']['S']}/{n:04d}") for n in range(int(item["parts"]["N"]))]
            whole = {"B": b"".join(parts[each] for each in keys)}
        content = json.loads(text_of(whole or item["rows"]))
    except (ValueError, KeyError, zlib.error) as error:
        yield f"The raw rows of {name} cannot be read ({error})."
        return
    if content["rows"]:
        yield from of_raw(source, group, dump(content["rows"]))
    yield from of_rejected(source, group, dump(content["rejected"]))
