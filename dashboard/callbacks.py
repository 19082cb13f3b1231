"""Is this a callback's body that our own page could have sent? Dash itself answers 500 to most that are not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


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
    if not _outputs_match(body.get("outputs"), output):
        return "The outputs are not those of the callback."
    changed = body.get("changedPropIds", [])
    if not isinstance(changed, list) or not all(isinstance(each, str) for each in changed):
        return "The changed properties are no list of names."
    return None


def _all_match(given: Any, expected: list[dict[str, str]]) -> bool:
    return isinstance(given, list) and len(given) == len(expected) and all(map(_matches, given, expected))


def _matches(given: Any, spec: Mapping[str, str]) -> bool:
    wild = spec["id"].startswith("{")
    if isinstance(given, list):  # a pattern with ALL: every component that matches it
        return wild and all(isinstance(each, dict) and _matches(each, spec) for each in given)
    if not isinstance(given, dict) or given.get("property") != spec["property"]:
        return False
    return _fits(given.get("id"), json.loads(spec["id"])) if wild else given.get("id") == spec["id"]


def _fits(given: Any, pattern: Mapping[str, Any]) -> bool:
    if not isinstance(given, dict) or set(given) != set(pattern):
        return False
    return all(isinstance(value, list) or given[key] == value for key, value in pattern.items())


def _outputs_match(given: Any, output: str) -> bool:
    """The outputs as the renderer sends them: one object, or for several (`..a.b...c.d..`) a list as long."""
    if not output.startswith(".."):
        return _is_output(given)
    return isinstance(given, list) and len(given) == len(output.strip(".").split("...")) and all(map(_is_output, given))


def _is_output(given: Any) -> bool:
    if isinstance(given, list):
        return all(map(_is_output, given))
    return isinstance(given, dict) and isinstance(given.get("id"), (str, dict)) and isinstance(given.get("property"), str)
