"""Weight and everything else a scale reads, over time: the readings and their 7-day mean."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.memory import remembered
from dashboard.tables import between, by_day
from dashboard.theme import Look
from health import body
from health.quantities import QUANTITIES

Array = np.ndarray[Any, Any]
_RAW_POINTS, _LINE_POINTS = 400, 540


def derived(measurements: pd.DataFrame) -> pd.DataFrame:
    """The readings with what follows from them, worked out once a frame."""
    return remembered(measurements, "derived", lambda: body.with_derived(measurements))


def daily(measurements: pd.DataFrame, quantity: str) -> pd.Series:
    """One value a day of a quantity, worked out once a frame."""
    return remembered(measurements, ("daily", quantity), lambda: body.daily(derived(measurements), quantity))


def drawn_line(measurements: pd.DataFrame, quantity: str) -> pd.Series:
    """The 7-day mean as a chart joins it, worked out once a frame."""
    return remembered(measurements, ("line", quantity), lambda: body.line(daily(measurements, quantity)))


def strange(measurements: pd.DataFrame, quantity: str) -> pd.Series:
    """The days' values that are probably not of this body."""
    return remembered(measurements, ("outliers", quantity), lambda: daily(measurements, quantity)[_flags(measurements, quantity)])


def _flags(measurements: pd.DataFrame, quantity: str) -> Array:
    values = daily(measurements, quantity)
    return remembered(values, "outliers", lambda: body.outliers(values).to_numpy())


def usual(measurements: pd.DataFrame, quantity: str) -> pd.Series:
    """The days' values without those."""
    return daily(measurements, quantity)[~_flags(measurements, quantity)]


# -- the trend ----------------------------------------------------------------------------------------------------------------


@chart("body", "Trend", of="measurements")
def trend(
    measurements: pd.DataFrame, look: Look, *, quantity: str = "body_mass_kg", first: date | None = None, last: date | None = None
) -> Figure:
    """Readings behind their 7-day mean, from `first` to `last` (all there are, to today). Outliers are crosses with their value."""
    name = QUANTITIES[quantity].name
    days, values = by_day(daily(measurements, quantity))
    start = first or (days[0].item() if len(days) else look.today)
    end = last or look.today
    inside = between(days, start, end)
    if inside.start >= inside.stop:
        return base.empty(f"No {name.lower()} between {words.day(start, look)} and {words.day(end, look)}.")
    times = words.quantity_in(quantity, 1.0, look)
    odd = _flags(measurements, quantity)[inside]
    days, values = days[inside], values[inside] * times
    along, line = by_day(drawn_line(measurements, quantity))
    part = between(along, start, end)
    along, line = along[part], line[part] * times
    low, high = _reach(np.concatenate([values[~odd], line]), quantity, look)
    axis = base.values_axis(look, words.quantity_unit(quantity, look), low, high, lines=4)
    traces = _trend_traces((days[~odd], values[~odd]), (along, line), quantity, look, start)
    marks, notes = _odd(days[odd], values[odd], axis["range"], quantity, look)
    notes += _gap_words(days, start, end, axis["range"])
    shapes, goal = _goal(quantity, axis["range"], look)
    room = pd.Timedelta(end - start) * 0.006
    return base.figure(
        traces + marks,
        look,
        label=_trend_label(name, along, line / times, quantity, look),
        x=base.days_axis(look, pd.Timestamp(start) - room, pd.Timestamp(end) + room),
        y=axis,
        right=64,
        annotations=[*_coloured(notes, look), *goal],
        shapes=shapes,
    )


def shown_in(values: pd.Series, quantity: str, look: Look) -> pd.Series:
    return values * words.quantity_in(quantity, 1.0, look)


def _reach(shown: Array, quantity: str, look: Look) -> tuple[float, float]:
    known = shown[~np.isnan(shown)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    least = 10.0 ** -QUANTITIES[quantity].decimals * 4
    goal = _goal_value(quantity, look)
    if goal is not None and low - (high - low) * 0.8 <= goal <= high + (high - low) * 0.8:
        low, high = min(low, goal), max(high, goal)
    return (low, high) if high - low >= least else (low - least, high + least)


def _goal_value(quantity: str, look: Look) -> float | None:
    return words.mass_in(look.goal_kg, look) if quantity == "body_mass_kg" and look.goal_kg is not None else None


def _trend_traces(
    raw: tuple[Array, Array], line: tuple[Array, Array], quantity: str, look: Look, start: date
) -> list[dict[str, Any]]:
    """The readings and their mean, each as days and shown values."""
    decimals = QUANTITIES[quantity].decimals
    unit = words.quantity_unit(quantity, look)
    year = "" if start.year == look.today.year else " %Y"
    said = f"%{{x|%a %-d %b{year}}}: %{{y:.{decimals}f}}{words.NBSP}{unit}"
    places = decimals + 1
    (days, values), (along, means) = (
        (days[kept], values[kept])
        for (days, values), most in ((raw, _RAW_POINTS), (line, _LINE_POINTS))
        for kept in [base.thinned(len(values), values, most)]
    )
    traces = [
        base.points(base.day_texts(days), base.rounded(values, places), look, "body", hover=said),
        base.line(base.day_texts(along), base.rounded(means, places), look, "body", hover=f"{said}, 7-day mean"),
    ]
    known = np.flatnonzero(~np.isnan(means))
    if len(known):
        last = float(means[known[-1]])
        day = str(along[known[-1]])
        traces += base.end_mark(day, round(last, places), words.number(last, decimals), look, "body")
    return traces


def _odd(
    days: Array, values: Array, reach: list[float], quantity: str, look: Look
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Crosses for outliers, put at the edge where they lie beyond it, each with its value (where they are few)."""
    if not len(days):
        return [], []
    decimals = QUANTITIES[quantity].decimals
    pad = (reach[1] - reach[0]) * 0.03
    places = np.clip(values, reach[0] + pad, reach[1] - pad).tolist()
    texts = [f"{words.number(each, decimals)}, outlier" for each in values.tolist()]
    marker = {"symbol": "x-thin", "size": 8, "line": {"width": 1.6, "color": look.colour("ink-2")}}
    x = base.day_texts(days)
    hover = [f"{words.day(at, look)}: {text}" for at, text in zip(days.tolist(), texts, strict=True)]
    trace: dict[str, Any] = {
        "type": "scatter", "mode": "markers", "x": x, "y": base.rounded(places, 3), "marker": marker, "text": hover,
        "hovertemplate": "%{text}<extra></extra>", "cliponaxis": False,
    }  # fmt: skip
    rows = zip(x, places, texts, strict=True) if len(days) <= 4 else ()
    return [trace], [{"x": x, "y": y, "text": text, "xanchor": "left", "xshift": 8} for x, y, text in rows]


def _gap_words(days: Array, start: date, end: date, reach: list[float]) -> list[dict[str, Any]]:
    """`no readings` under gaps wide enough to hold the words."""
    wide = max((end - start).days * 0.05, 9)
    low = reach[0] + (reach[1] - reach[0]) * 0.06
    steps = np.diff(days).astype(int)
    at = np.flatnonzero((steps > body.GAP_DAYS) & (steps > wide))[:3]
    return [{"x": day, "y": low, "text": "no readings"} for day in base.day_texts(days[at] + steps[at] // 2)]


def _coloured(notes: list[dict[str, Any]], look: Look) -> list[dict[str, Any]]:
    return [base.words_at(each.pop("x"), each.pop("y"), each.pop("text"), look, **each) for each in notes]


def _goal(quantity: str, reach: list[float], look: Look) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The goal as dashes; one far outside the picture as a word at the edge, not as an empty band."""
    goal = _goal_value(quantity, look)
    if goal is None:
        return [], []
    said = f"Goal {words.shortest(goal)}"
    if reach[0] <= goal <= reach[1]:
        shape, text = base.goal_line(goal, said, look)
        return [shape], [text]
    below = goal < reach[0]
    edge = reach[0] if below else reach[1]
    arrow = "↓" if below else "↑"
    return [], [base.words_at(1, edge, f"{said} {arrow}", look, role="ink-2", xref="paper", xanchor="left", xshift=8)]


def _trend_label(name: str, days: Array, line: Array, quantity: str, look: Look) -> str:
    known = np.flatnonzero(~np.isnan(line))
    if not len(known):
        return f"{name}: readings without a mean."
    then, now = (float(line[known[at]]) for at in (0, -1))
    change = words.quantity_change(quantity, now - then, look)
    begun, ended = (words.day(days[known[at]].item(), look) for at in (0, -1))
    return f"{name}, 7-day mean, {begun} to {ended}: {change.prose}, to {words.quantity(quantity, now, look)}."
