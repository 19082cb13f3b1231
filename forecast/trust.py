"""How far to trust a forecast, in words, by how ones like it did on this person's own past."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

TRUSTED: Final = 0.02  # a skill below this is "no better than assuming no change"


def trust(scores: Iterable[dict[str, Any]]) -> str:
    """One or two sentences on how forecasts like these did on this person's own past. `scores` are rows of `backtest --json`."""
    known = [each for each in scores if each["n"] and each["skill"] is not None]
    if not known:
        return "Not tried on your past yet: it takes half a year of weeks and as long again as it looks ahead."
    skill = float(np.average([each["skill"] for each in known], weights=[each["n"] for each in known]))
    held = float(np.average([each["coverage_80"] for each in known], weights=[each["n"] for each in known]))
    return f"{skill_words(skill)} Read the range, not the single number: it held the true value {round(100 * held)} times in 100."


def beside_words(skill: float, baseline: str) -> str:
    """The same in a cell of a table."""
    if skill >= TRUSTED:
        return f"{round(100 * skill)} % nearer than {baseline}"
    return f"no better than {baseline}" if skill > -TRUSTED else f"{round(-100 * skill)} % further off than {baseline}"


def skill_words(skill: float, baseline: str = "no change") -> str:
    """How much nearer than assuming `baseline` it came, in words."""
    nearer = round(100 * abs(skill))
    if skill >= TRUSTED:
        return f"On your own past it came {nearer} % nearer than assuming {baseline}."
    if skill > -TRUSTED:
        return f"On your own past it was no better than assuming {baseline}."
    return f"On your own past it was {nearer} % further off than assuming {baseline}."
