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
    sides = _sides(placed, 1.6 if look.compact else 2.4)
    levels = _levels(placed, sides)
    height = 1.1 + _STEP * (max(levels) + 1)
    edge = {"type": "line", "yref": "y", "line": {"color": look.colour("ink-3"), "width": 1, "dash": "dot"}}
    stems = [
        {**edge, "x0": _at(each), "x1": _at(each), "y0": float(_curve(_at(each))), "y1": _height(level) + 0.05}
        for level, each in zip(levels, placed, strict=True)
    ]
    names = [_name(each, _height(level), side, look) for each, level, side in zip(placed, levels, sides, strict=True)]
    middle = "mean" if look.compact else "your mean"
    ticks = {"tickvals": [-3, -2, -1, 0, 1, 2, 3], "ticktext": ["−3", "−2", "−1", middle, "+1", "+2", "+3"]}
    return base.figure(
        [*_bands(look), _outline(look), *_dots(placed, look)],
        look,
        label=_label(placed),
        x={**base.axis(look, range=[-_REACH, _REACH], **ticks), "fixedrange": True},
        y={**base.axis(look, range=[-0.05, height]), "visible": False, "fixedrange": True},
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


def _sides(placed: list[Mark], reach: float) -> list[str]:
    """On which side of its stem each name stands: away from the mean, or towards it where one of that half would leave the
    picture."""
    far = {half: any((each.sigmas < 0) == half and abs(each.sigmas) > reach for each in placed) for half in (True, False)}
    return ["left" if (each.sigmas < 0) != far[each.sigmas < 0] else "right" for each in placed]


def _levels(placed: list[Mark], sides: list[str]) -> list[int]:
    """How high each name stands, so that no stem crosses one. Of names that stand away from the mean the outermost is lowest;
    those that stand towards it are above all others, the outermost highest."""
    below = sum(each.sigmas < 0 for each in placed)
    halves = [list(range(below)), list(range(len(placed) - 1, below - 1, -1))]  # each from the outside in
    found, top = [0] * len(placed), 0
    for towards in (False, True):
        for away, places in zip(("left", "right"), halves, strict=True):
            if places and (sides[places[0]] != away) == towards:
                start = top if towards else 0
                for rank, at in enumerate(reversed(places) if towards else places):
                    found[at] = start + rank
                top = max(top, start + len(places))
    return found


def _height(level: int) -> float:
    return round(1.12 + _STEP * level, 3)


def _name(each: Mark, height: float, side: str, look: Look) -> dict[str, Any]:
    place = {"xanchor": "right", "xshift": -4} if side == "left" else {"xanchor": "left", "xshift": 4}
    return base.words_at(_at(each), height, _said(each), look, role="ink", yanchor="middle", **place)


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
