"""How usual a day was: the normal curve of the person's own history, and where each measure of the day lies on it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.theme import Look
from health.day_score import GOOD, MEASURES, WARNING, Mark, overall

_REACH: Final = 3.6  # standard deviations drawn; what lies further off is drawn at the edge
_ROLE: Final = {"good": "toward", "fair": "away", "warning": "bad"}
_SHAPE: Final = {"good": "circle", "fair": "square", "warning": "diamond"}
_STEP: Final = 0.17  # between the names above the curve, of its height
_NONE: Final = "No day of the last two weeks has a measure with twenty days of history."


@chart("forecast", "How usual the day was", of="workouts")
def day(workouts: pd.DataFrame, look: Look, *, marks: tuple[Mark, ...] | None = None) -> Figure:  # noqa: ARG001  # all is in the marks
    """The bell curve in standard deviations: within one shaded as usual, beyond two as a warning; a mark for each measure."""
    if not marks:
        return base.empty(_NONE)
    placed = sorted(marks, key=lambda each: each.sigmas)
    height = 1.1 + _STEP * len(placed)
    edge = {"type": "line", "yref": "y", "y0": 0, "line": {"color": look.colour("ink-3"), "width": 1, "dash": "dot"}}
    stems = [
        {**edge, "x0": _at(each), "x1": _at(each), "y0": _curve(_at(each)), "y1": _level(rank) - 0.06}
        for rank, each in enumerate(placed)
    ]
    names = [
        base.words_at(_at(each), _level(rank), _said(each), look, role="ink", xanchor="center", yanchor="middle")
        for rank, each in enumerate(placed)
    ]
    ticks = {"tickvals": [-3, -2, -1, 0, 1, 2, 3], "ticktext": ["−3", "−2", "−1", "your mean", "+1", "+2", "+3"]}
    return base.figure(
        [*_bands(look), _outline(look), *_dots(placed, look)],
        look,
        label=_label(placed),
        x={**base.axis(look, range=[-_REACH, _REACH], **ticks), "fixedrange": True},
        y={**base.axis(look, range=[0, height]), "visible": False, "fixedrange": True},
        right=8,
        bottom=30,
        shapes=stems,
        annotations=names,
    )


def off(sigmas: float) -> str:
    """`+1.3`: standard deviations with their sign."""
    said = f"{abs(sigmas):.1f}"
    return said if said == "0.0" else f"{'+' if sigmas > 0 else words.MINUS}{said}"


def _curve(x: Any) -> Any:
    return np.exp(-0.5 * np.square(x))


def _at(each: Mark) -> float:
    return round(min(max(each.sigmas, -_REACH + 0.2), _REACH - 0.2), 3)


def _level(rank: int) -> float:
    return round(1.16 + _STEP * rank, 3)


def _said(each: Mark) -> str:
    return f"{MEASURES[each.measure]} {off(each.sigmas)}"


def _bands(look: Look) -> list[dict[str, Any]]:
    """The area under the curve in five parts."""
    parts = (
        (-_REACH, -WARNING, "bad", 0.16), (-WARNING, -GOOD, "ink-3", 0.10), (-GOOD, GOOD, "toward", 0.18),
        (GOOD, WARNING, "ink-3", 0.10), (WARNING, _REACH, "bad", 0.16),
    )  # fmt: skip
    shape = {"type": "scatter", "mode": "lines", "fill": "tozeroy", "line": {"width": 0}, "hoverinfo": "skip"}
    found = []
    for low, high, role, share in parts:
        x = np.linspace(low, high, 17)
        found.append({**shape, "x": base.rounded(x, 3), "y": base.rounded(_curve(x), 4), "fillcolor": look.alpha(role, share)})
    return found


def _outline(look: Look) -> dict[str, Any]:
    x = np.linspace(-_REACH, _REACH, 73)
    return base.line(base.rounded(x, 3), base.rounded(_curve(x), 4), look, "ink-3", width=1.4, hoverinfo="skip", hovertemplate=None)


def _dots(placed: list[Mark], look: Look) -> list[dict[str, Any]]:
    x = [_at(each) for each in placed]
    marker = {
        "size": 11, "color": [look.colour(_ROLE[each.verdict]) for each in placed],
        "symbol": [_SHAPE[each.verdict] for each in placed], "line": {"width": 2, "color": look.colour("card")},
    }  # fmt: skip
    texts = [f"{MEASURES[each.measure]}: {off(each.sigmas)} standard deviations" for each in placed]
    return [
        {
            "type": "scatter", "mode": "markers", "x": x, "y": [round(float(_curve(each)), 4) for each in x], "marker": marker,
            "customdata": texts, "hovertemplate": "%{customdata}<extra></extra>",
        }
    ]  # fmt: skip


def _label(placed: list[Mark]) -> str:
    said = {"good": "all within one standard deviation of your mean", "fair": "some beyond one standard deviation from your mean",
            "warning": "some beyond two standard deviations from your mean"}  # fmt: skip
    verdict = overall(placed)
    listed = ", ".join(f"{MEASURES[each.measure].lower()} {off(each.sigmas)}" for each in placed)
    return f"Of {words.count(len(placed), 'measure')} of the day, {said[verdict or 'good']}: {listed}."
