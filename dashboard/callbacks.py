"""Is this a callback's body that our own page could have sent? Dash itself answers 500 to most that are not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_ALL = ["ALL"]


def wrong(known: Mapping[str, Any], body: Any) -> str | None:
    """What is wrong with a callback's body, or None. `known` is the app's callback map."""
    if not isinstance(body, dict):
        return "A callback's body is a JSON object."
    output = body.get("output")
    if not isinstance(output, str) or output not in known or "callback" not in known[output]:
        return "There is no such callback."
    spec = known[output]
    for part, expected in (("inputs", spec["inputs"]), ("state", spec["state"])):
        if not _all_match(body.get(part, []), expected):
            return f"The {part} are not those of the callback."
    if not _outputs_match(body.get("outputs"), spec["output"]):
        return "The outputs are not those of the callback."
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(each, str) for each in changed):
        return "The changed properties are no list of names."
    return None


def _all_match(given: Any, expected: list[dict[str, str]]) -> bool:
    return isinstance(given, list) and len(given) == len(expected) and all(map(_matches, given, expected))


def _matches(given: Any, spec: Mapping[str, str]) -> bool:
    wild = spec["id"].startswith("{")
    if wild and _ALL in json.loads(spec["id"]).values():  # every component that matches it, in a list
        return isinstance(given, list) and all(_is_one(each, spec) for each in given)
    return _is_one(given, spec)


def _is_one(given: Any, spec: Mapping[str, str]) -> bool:
    if not isinstance(given, dict) or not isinstance(given.get("property"), str):
        return False
    # An output that several callbacks write carries a mark after an @, which Dash itself takes off.
    if given["property"].partition("@")[0] != spec["property"]:
        return False
    if spec["id"].startswith("{"):
        return _fits(given.get("id"), json.loads(spec["id"]))
    return bool(given.get("id") == spec["id"])


def _fits(given: Any, pattern: Mapping[str, Any]) -> bool:
    if not isinstance(given, dict) or set(given) != set(pattern):
        return False
    return all(
        isinstance(given[key], (str, int, float)) if isinstance(value, list) else given[key] == value
        for key, value in pattern.items()
    )


def _outputs_match(given: Any, output: Any) -> bool:
    """The outputs as the renderer sends them: one, or for a callback of several a list as long and in their order."""
    if isinstance(output, (list, tuple)):
        return _all_match(given, [each.to_dict() for each in output])
    return _matches(given, output.to_dict())
