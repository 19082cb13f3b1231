"""JSON as services and apps write it, with what Python's reader takes and no store can keep.

A NaN, a number beyond every float, one of a thousand digits, a value fifty levels down: each comes as its text, so that the row
which says it is set aside by name. Else one such number would take the whole answer with it, run after run.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

_MOST_DIGITS: Final = 400
NAMELESS: Final = "?"  # what `named` begins with
_DEEPEST: Final = 40
_DEEP: Final = re.compile(r"(?:[\[{][^\[\]{}]*){40}")  # _DEEPEST


def told(content: str | bytes, *, floats: Callable[[str], Any] | None = None) -> Any:
    """The value of that JSON. `floats` reads numbers with a point, where not as floats. Raises ValueError where it is none."""
    text = content if isinstance(content, str) else content.decode(json.detect_encoding(content))
    try:
        value = json.loads(text, parse_float=floats or _float, parse_int=_int, parse_constant=str)
    except RecursionError:
        raise ValueError("is nested without end") from None
    return _shallow(value, 0) if _DEEP.search(text) else value


def named(entry: Any) -> str:
    """A name for an entry of a list that has none that can be used: the same as long as it says the same."""
    said = json.dumps(entry, sort_keys=True, default=str)
    return f"{NAMELESS}{sha256(said.encode()).hexdigest()[:16]}"


def _float(text: str) -> float | str:
    value = float(text)
    return value if math.isfinite(value) else text


def _int(text: str) -> int | str:
    return int(text) if len(text) <= _MOST_DIGITS else text


def _shallow(value: Any, depth: int) -> Any:
    if not isinstance(value, dict | list):
        return value
    if depth >= _DEEPEST:
        return f"a value more than {_DEEPEST} levels down"
    if isinstance(value, dict):
        return {name: _shallow(each, depth + 1) for name, each in value.items()}
    return [_shallow(each, depth + 1) for each in value]
