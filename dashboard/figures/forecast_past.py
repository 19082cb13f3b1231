"""How past forecasts did: what was said beside what came, and whether the ranges held as often as they said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.theme import Look
from forecast.past import Past
from health.quantities import QUANTITIES

WEEKS, WEEKS_PHONE = 104, 52
_NONE = "No forecast has come of age yet: it takes half a year of weeks and as long again as it looks ahead."


@chart("forecast", "Past forecasts", of="measurements")
def past(measurements: pd.DataFrame, look: Look, *, quantity: str = "body_mass_kg", past: Past | None = None) -> Figure:
    """What the weeks came to (solid), and what had been said of each (dashes, the 80 % range as a band). The last two years."""
    if measurements.empty or past is None or not len(past.came):
        return base.empty(_NONE)
    last = slice(-(WEEKS_PHONE if look.compact else WEEKS), None)
    columns = {name: _in_unit(values[last], quantity, look) for name, values in _series(past).items()}
    frame = pd.DataFrame(columns, index=pd.DatetimeIndex(past.week[last]))
    whole = frame.reindex(pd.date_range(frame.index[0], frame.index[-1], freq="7D"))
    places, unit = QUANTITIES[quantity].decimals + 1, words.quantity_unit(quantity, look)
    x = base.day_texts(whole.index)
    hover = f"week to %{{x|%a %-d %b %Y}}: %{{y:.{places - 1}f}}{words.NBSP}{unit}"
    dashed = base.line(x, base.rounded(whole["said"], places), look, "next", width=2, hover=f"said for the {hover}")
    dashed["line"]["dash"] = "dash"
    return base.figure(
        [
            *_band(whole, places, look),
            dashed,
            base.line(x, base.rounded(whole["came"], places), look, "body", hover=hover),
            _missed(whole, places, look, hover),
        ],
        look,
        label=_label(past, quantity),
        x=base.days_axis(look, whole.index[0], whole.index[-1]),
        y=base.values_axis(look, unit, float(frame.min().min()), float(frame.max().max()), lines=3 if look.compact else 4),
    )


def _series(each: Past) -> dict[str, Any]:
    low, high = each.said - each.radius_80, each.said + each.radius_80
    return {"came": each.came, "said": each.said, "low": low, "high": high}


def _in_unit(values: Any, quantity: str, look: Look) -> Any:
    return np.array([words.quantity_in(quantity, float(each), look) for each in values])


def _band(whole: pd.DataFrame, places: int, look: Look) -> list[dict[str, Any]]:
    """The 80 % range: a closed shape for each stretch without a gap."""
    x: list[Any] = []
    y: list[Any] = []
    known = whole["said"].notna()
    for _, part in whole[known].groupby((~known).cumsum()[known]):
        days = base.day_texts(part.index)
        x += [*days, *reversed(days), None]
        y += [*base.rounded(part["high"], places), *reversed(base.rounded(part["low"], places)), None]
    shape = {"type": "scatter", "mode": "lines", "fill": "toself", "line": {"width": 0}, "hoverinfo": "skip"}
    return [{**shape, "x": x[:-1], "y": y[:-1], "fillcolor": look.alpha("next", 0.16)}]


def _missed(whole: pd.DataFrame, places: int, look: Look, hover: str) -> dict[str, Any]:
    """Rings round the weeks that came to lie outside."""
    outside = whole[(whole["came"] < whole["low"]) | (whole["came"] > whole["high"])]
    ring = {"size": 8, "symbol": "circle-open", "color": look.colour("body"), "line": {"width": 1.6}}
    made = base.points(
        base.day_texts(outside.index), base.rounded(outside["came"], places), look, "body", hover=f"outside, {hover}"
    )
    return {**made, "marker": ring}


def _label(each: Past, quantity: str) -> str:
    held = round(100 * float(each.held.mean()))
    return f"{QUANTITIES[quantity].name}: of {len(each.came)} past forecasts the 80 % range held {held} in 100."


@chart("forecast", "Do the ranges hold", of="measurements")
def calibration(measurements: pd.DataFrame, look: Look, *, held: Mapping[int, float] | None = None) -> Figure:
    """For ranges meant to hold so many times in 100, how often they did; the thin line is where both agree."""
    if measurements.empty or not held:
        return base.empty(_NONE)
    x, y = list(held), [100 * each for each in held.values()]
    agree = base.line([0, 100], [0, 100], look, "ink-3", width=1, hoverinfo="skip", hovertemplate=None)
    agree["line"]["dash"] = "dot"
    own = base.line(x, base.rounded(y, 1), look, "next", hover="meant to hold %{x} in 100, held %{y:.0f}")
    marked = {**own, "mode": "lines+markers", "marker": {"size": 6, "color": look.colour("next")}}
    furthest = max(held, key=lambda level: abs(100 * held[level] - level))
    said = f"Furthest from what it says is the {furthest} % range, which held {round(100 * held[furthest])} times in 100."
    axis = base.values_axis(look, "%", 0, 100, lines=4)
    across = {**axis, "title": {"text": "meant to hold", "standoff": 6}, "showgrid": False, "fixedrange": look.compact}
    return base.figure([agree, marked], look, label=said, x=across, y=axis, right=16, bottom=48)
