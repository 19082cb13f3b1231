"""Pictures of one activity from its time series: pace, pulse, altitude and power along the way, and the way itself.

The frame has a row a point with the columns of `health.packed` that the activity has, and `day`. No map lies under the route: that
would be a request to somebody else's server, who would learn where this person runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.figures.running import by_pace, rate, rate_axis, shown_rate
from dashboard.theme import Look
from health import packed, series
from health.packed import Columns, Floats
from health.units import M_PER_FOOT

_GAP = 0.09  # between two panels, of the height
_NEEDED = "This picture needs a time series with at least two points."


def columns_of(points: pd.DataFrame) -> Columns:
    """The columns of a series in the frame."""
    return {name: points[name].to_numpy() for name in packed.STEPS if name in points}


@chart("activity", "Along the way", of="series")
def course(points: pd.DataFrame, look: Look, *, sport: str = "run") -> Figure:
    """Pace or speed, pulse, power and altitude over the distance, a panel each; over the time where there is no way."""
    found = columns_of(points)
    if len(points) < 2 or "time_s" not in found:
        return base.empty(_NEEDED)
    drawn = series.shown(found)
    along, unit = _along(drawn, look)
    panels = _panels(drawn, sport, look)
    if not panels:
        return base.empty("Nothing was measured along the way.")
    said = _positions(drawn, look)
    layout: dict[str, Any] = {}
    traces, notes = [], []
    height = (1 - _GAP * len(panels)) / len(panels)
    for at, panel in enumerate(panels):
        top = 1 - at * (height + _GAP) - _GAP / 2
        name = f"yaxis{at + 1 if at else ''}"
        layout[name] = panel["axis"] | {"domain": [max(top - height, 0.0), top], "anchor": "x"}
        traces.append(_trace(panel, along, said, f"y{at + 1 if at else ''}", look))
        notes.append(base.words_at(0, top, panel["name"], look, xref="paper", yref="paper", xanchor="left", yanchor="bottom"))
    x = base.axis(
        look, range=[along[0], along[-1]], anchor=f"y{len(panels) if len(panels) > 1 else ''}", ticksuffix=f"\u00a0{unit}"
    )
    x |= {"showticksuffix": "last", "nticks": 5 if look.compact else 9}
    y = layout.pop("yaxis")
    label = " ".join(panel["label"] for panel in panels)
    return base.figure(traces, look, label=label, x=x, y=y, top=16, right=12, hovermode="x", annotations=notes, **layout)


def _along(drawn: Columns, look: Look) -> tuple[list[float | None], str]:
    """Where each point stands along x, and the unit: the distance, or minutes where the way is not known."""
    far = drawn["distance_m"]
    if np.isfinite(far).any() and far[-1] > far[0]:
        return base.rounded(far * words.distance_in(1.0, look), 3), look.distance_unit
    return base.rounded(drawn["time_s"] / 60, 2), "min"


def _positions(drawn: Columns, look: Look) -> list[str]:
    """Each point in words: how far, and after what time."""
    pairs = zip(drawn["distance_m"].tolist(), drawn["time_s"].tolist(), strict=True)
    return [f"{words.distance(far, look)}, {words.clock(time)}" if far == far else words.clock(time) for far, time in pairs]


def _panels(drawn: Columns, sport: str, look: Look) -> list[dict[str, Any]]:
    """What there is to show, the most important first."""
    found = []
    speed = drawn.get("speed_mps")
    if speed is not None and np.isfinite(speed).sum() > 1:
        shown = shown_rate(speed, sport, look)
        pace = by_pace(sport, look)
        usual = float(np.nanmedian(speed))
        found.append({
            "name": "Pace" if pace else "Speed", "role": "run", "values": shown, "axis": rate_axis(shown, sport, look),
            "said": [str(rate(each, sport, look)) if each == each else "standing" for each in speed.tolist()],
            "label": f"{'Pace' if pace else 'Speed'} around {rate(usual, sport, look)}.",
        })  # fmt: skip
    for name, column, role, unit in (("Heart rate", "heart_rate_bpm", "body", "bpm"), ("Power", "power_w", "next", "W")):
        if column in drawn and np.isfinite(drawn[column]).sum() > 1:
            found.append(_panel(name, drawn[column], role, unit, look))
    if "altitude_m" in drawn and np.isfinite(drawn["altitude_m"]).sum() > 1:
        heights = drawn["altitude_m"] / (1.0 if look.distance_unit == "km" else float(M_PER_FOOT))
        found.append(_panel("Altitude", heights, "ink-3", words.climb(0, look).unit, look, least=10.0))
    return found


def _panel(name: str, values: Floats, role: str, unit: str, look: Look, least: float = 4.0) -> dict[str, Any]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    middle, reach = (low + high) / 2, max(high - low, least)
    axis = base.values_axis(look, unit, middle - reach / 2, middle + reach / 2, lines=3)
    said = [f"{words.number(each)}\u00a0{unit}" if each == each else words.NONE for each in values.tolist()]
    label = f"{name} from {words.number(low)} to {words.number(high)} {unit}."
    return {"name": name, "role": role, "values": values, "axis": axis, "said": said, "label": label}


def _trace(panel: Mapping[str, Any], along: list[float | None], said: list[str], axis: str, look: Look) -> dict[str, Any]:
    text = [f"{value} · {where}" for value, where in zip(panel["said"], said, strict=True)]
    line = base.line(
        along, base.rounded(panel["values"], 2), look, panel["role"], width=1.8, hover="%{text}", text=text, yaxis=axis
    )
    if panel["name"] == "Altitude":
        line |= {"fill": "tozeroy", "fillcolor": look.alpha("ink-3", 0.14)}
    return line


@chart("activity", "The way", of="series")
def route(points: pd.DataFrame, look: Look) -> Figure:
    """The way as a line, north up, both directions in one scale. The ring is the start, the dot the end."""
    east, north = series.route(columns_of(points))
    if len(east) < 2:
        return base.empty("No places were recorded.")
    x, y = base.rounded(east, 1), base.rounded(north, 1)
    line = base.line(x, y, look, "run", width=2.6, hoverinfo="skip")
    line |= {"cliponaxis": False}
    ring = {"size": 11, "color": look.colour("card"), "line": {"width": 2.4, "color": look.colour("run")}}
    dot = {"size": 9, "color": look.colour("run"), "line": {"width": 2, "color": look.colour("card")}}
    ends = [
        {"type": "scatter", "mode": "markers", "x": [x[at]], "y": [y[at]], "marker": mark, "cliponaxis": False,
         "hovertemplate": f"{said}<extra></extra>"}
        for at, mark, said in ((0, ring, "Start"), (-1, dot, "End"))
    ]  # fmt: skip
    wide, high = float(np.ptp(east)), float(np.ptp(north))
    apart = float(np.hypot(east[-1] - east[0], north[-1] - north[0]))
    came = "it ends where it began" if apart < 100 else f"it ends {words.distance(apart, look)} from where it began"
    label = f"The way: {words.distance(wide, look)} from west to east, {words.distance(high, look)} from south to north; {came}."
    across = base.axis(look, visible=False, range=_reach(east), constrain="range") | {"fixedrange": True}
    up = base.axis(look, visible=False, range=_reach(north), scaleanchor="x", scaleratio=1) | {"fixedrange": True}
    return base.figure([line, *ends], look, label=label, x=across, y=up, left=12, right=12, top=12, bottom=12)


def _reach(values: Floats) -> list[float]:
    room = max(float(np.ptp(values)) * 0.04, 10.0)
    return [round(float(values.min()) - room, 1), round(float(values.max()) + room, 1)]
