"""Small pictures without axes: SVGs used as masks, so that their colour is a role and follows the colour mode without a redraw."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from urllib.parse import quote

from dashboard.elements import Component, html

_SVG = (
    "xmlns='http://www.w3.org/2000/svg' preserveAspectRatio='none' fill='none' stroke='#000' stroke-linecap='round' "
    "stroke-linejoin='round'"
)
_STROKE = "stroke-width='1.9' vector-effect='non-scaling-stroke'"
Place = Callable[[int, float, int], tuple[float, float]]


def spark(
    values: Sequence[float | None], *, points: Sequence[float | None] = (), gaps: bool = True, width: int = 300
) -> Component | None:
    """A line without axes, as an SVG mask in the card's accent, ended by a dot. None where there are under two values.

    `values` stand at equal steps (a day each); None or NaN is a gap. `points` are the raw readings behind, drawn faint.
    """
    line, raw = [_finite(each) for each in values], [_finite(each) for each in points]
    known = [each for each in (*line, *raw) if each is not None]
    if sum(each is not None for each in line) < 2:
        return None
    low, high = min(known), max(known)
    reach = (high - low) or 1.0

    def place(at: int, value: float, n: int) -> tuple[float, float]:
        return width * at / max(n - 1, 1), 52 - 44 * (value - low) / reach

    last = next(at for at in range(len(line) - 1, -1, -1) if line[at] is not None)
    line = line[: last + 1]
    n = max(len(raw), len(line))
    spots = (place(at, each, n) for at, each in enumerate(raw) if each is not None)
    dots = "".join(f"M{x:.0f} {y:.1f}h0" for x, y in spots)
    drawn = _path(line, place, gaps)
    svg = (
        f"<svg {_SVG} viewBox='0 0 {width} 56'>"
        f"<path d='{dots}' stroke-width='3' stroke-opacity='.4' vector-effect='non-scaling-stroke'/>"
        f"<path d='{drawn}' {_STROKE}/></svg>"
    )
    _, end = place(last, line[last] or 0.0, len(line))
    style = {"--d": _url(svg), "--y": f"{end / 56:.1%}"}
    return html.Div(html.I(), className="fb-spark", style=style, **{"aria-hidden": "true"})


def _path(line: list[float | None], place: Place, gaps: bool) -> str:
    text, pen_down = "", False
    for at, value in enumerate(line):
        if value is None:
            pen_down = pen_down and not gaps
            continue
        x, y = place(at, value, len(line))
        text += f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}"
        pen_down = True
    return text


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def fan(past: Sequence[float | None], ahead: int, low: float, mean: float, high: float) -> Component | None:
    """What was (in the body's accent), and ahead of it the wedge to the likely range with its middle, `ahead` days on."""
    line = [_finite(each) for each in past]
    known = [each for each in line if each is not None]
    if len(known) < 2:
        return None
    least, reach = min(*known, low), (max(*known, high) - min(*known, low)) or 1.0
    last = max(at for at, each in enumerate(line) if each is not None)
    n = len(line) + ahead

    def place(at: int, value: float, _n: int = 0) -> tuple[float, float]:
        return 300 * at / (n - 1), 56 - 48 * (value - least) / reach

    (x, y), (end, middle) = place(last, line[last] or 0.0), place(n - 1, mean)
    _, top = place(n - 1, high)
    _, bottom = place(n - 1, low)
    wedge = f"<path d='M{x:.1f} {y:.1f}L{end:.1f} {top:.1f}L{end:.1f} {bottom:.1f}Z' fill='#000'/>"
    dashes = f"<path d='M{x:.1f} {y:.1f}L{end:.1f} {middle:.1f}' stroke-dasharray='5 4' {_STROKE}/>"
    layers = [_mask(wedge, "fb-fanband"), _mask(f"<path d='{_path(line, place, True)}' {_STROKE}/>", "dom-body"), _mask(dashes, "")]
    style = {"--y": f"{middle / 60:.1%}"}
    return html.Div(layers, className="fb-spark fb-fan", style=style, **{"aria-hidden": "true"})


def _url(svg: str) -> str:
    # Quotes, hash and angle brackets must be escaped inside url("data:..."): quote() leaves only what is safe there.
    return f'url("data:image/svg+xml,{quote(svg, safe=" =:/,.")}")'


def _mask(inside: str, class_name: str) -> Component:
    svg = f"<svg {_SVG} viewBox='0 0 300 60'>{inside}</svg>"
    return html.I(className=class_name, style={"--d": _url(svg)})
