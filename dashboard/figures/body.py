"""Weight and everything else a scale reads, over time: the readings and their 7-day mean."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.memory import remembered
from dashboard.theme import Look
from health import body
from health.quantities import QUANTITIES

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

    def find() -> pd.Series:
        values = daily(measurements, quantity)
        return values[body.outliers(values).to_numpy()]

    return remembered(measurements, ("outliers", quantity), find)


def usual(measurements: pd.DataFrame, quantity: str) -> pd.Series:
    """The days' values without those."""
    return daily(measurements, quantity).drop(strange(measurements, quantity).index)


# -- the trend ----------------------------------------------------------------------------------------------------------------


@chart("body", "Trend", of="measurements")
def trend(
    measurements: pd.DataFrame, look: Look, *, quantity: str = "body_mass_kg", first: date | None = None, last: date | None = None
) -> Figure:
    """Readings behind their 7-day mean, from `first` to `last` (all there are, to today). Outliers are crosses with their value."""
    name = QUANTITIES[quantity].name
    values = daily(measurements, quantity)
    start = pd.Timestamp(first) if first else (values.index[0] if len(values) else pd.Timestamp(look.today))
    end = pd.Timestamp(last or look.today)
    inside = _within(values, start, end)
    if inside.empty:
        return base.empty(f"No {name.lower()} between {words.day(start.date(), look)} and {words.day(end.date(), look)}.")
    line = _within(drawn_line(measurements, quantity), start, end)
    odd = _within(strange(measurements, quantity), start, end)
    usual = inside.drop(odd.index, errors="ignore")
    shown = [shown_in(each, quantity, look) for each in (usual, line)]
    low, high = _reach(shown, quantity, look)
    axis = base.values_axis(look, words.quantity_unit(quantity, look), low, high, lines=4)
    traces = _trend_traces(shown[0], shown[1], quantity, look, start, end)
    marks, notes = _odd(shown_in(odd, quantity, look), axis["range"], quantity, look)
    notes += _gap_words(inside, start, end, axis["range"])
    shapes, goal = _goal(quantity, axis["range"], look)
    return base.figure(
        traces + marks,
        look,
        label=_trend_label(name, line, quantity, look),
        x=base.days_axis(look, start - (end - start) * 0.006, end + (end - start) * 0.006),
        y=axis,
        right=64,
        annotations=[*_coloured(notes, look), *goal],
        shapes=shapes,
    )


def _within(values: pd.Series, start: pd.Timestamp, end: pd.Timestamp) -> pd.Series:
    return values[(values.index >= start) & (values.index <= end)]


def shown_in(values: pd.Series, quantity: str, look: Look) -> pd.Series:
    return values * words.quantity_in(quantity, 1.0, look)


def _reach(shown: list[pd.Series], quantity: str, look: Look) -> tuple[float, float]:
    known = pd.concat(shown).dropna()
    if known.empty:
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
    raw: pd.Series, line: pd.Series, quantity: str, look: Look, start: pd.Timestamp, end: pd.Timestamp
) -> list[dict[str, Any]]:
    decimals = QUANTITIES[quantity].decimals
    unit = words.quantity_unit(quantity, look)
    year = "" if start.year == end.year == look.today.year else " %Y"
    said = f"%{{x|%a %-d %b{year}}}: %{{y:.{decimals}f}}{words.NBSP}{unit}"
    kept = raw.iloc[base.thinned(len(raw), raw.to_numpy(), _RAW_POINTS)]
    path = line.iloc[base.thinned(len(line), line.to_numpy(), _LINE_POINTS)]
    places = decimals + 1
    traces = [
        base.points(base.day_texts(kept.index), base.rounded(kept, places), look, "body", hover=said),
        base.line(base.day_texts(path.index), base.rounded(path, places), look, "body", hover=f"{said}, 7-day mean"),
    ]
    known = path.dropna()
    if len(known):
        last = float(known.iloc[-1])
        traces += base.end_mark(base.day_text(known.index[-1]), round(last, places), words.number(last, decimals), look, "body")
    return traces


def _odd(odd: pd.Series, reach: list[float], quantity: str, look: Look) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Crosses for outliers, put at the edge where they lie beyond it, each with its value (where they are few)."""
    if odd.empty:
        return [], []
    decimals = QUANTITIES[quantity].decimals
    pad = (reach[1] - reach[0]) * 0.03
    places = [min(max(each, reach[0] + pad), reach[1] - pad) for each in odd]
    texts = [f"{words.number(each, decimals)}, outlier" for each in odd]
    marker = {"symbol": "x-thin", "size": 8, "line": {"width": 1.6, "color": look.colour("ink-2")}}
    days = base.day_texts(odd.index)
    hover = [f"{words.day(at.date(), look)}: {text}" for at, text in zip(odd.index, texts, strict=True)]
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "x": days,
        "y": base.rounded(places, 3),
        "marker": marker,
        "text": hover,
    }
    trace |= {"hovertemplate": "%{text}<extra></extra>", "cliponaxis": False}
    few = len(odd) <= 4
    rows = zip(days, places, texts, strict=True)
    notes = [{"x": x, "y": y, "text": text, "xanchor": "left", "xshift": 8} for x, y, text in rows] if few else []
    return [trace], notes


def _gap_words(values: pd.Series, start: pd.Timestamp, end: pd.Timestamp, reach: list[float]) -> list[dict[str, Any]]:
    """`no readings` under gaps wide enough to hold the words."""
    wide = max((end - start) * 0.05, timedelta(days=9))
    low = reach[0] + (reach[1] - reach[0]) * 0.06
    notes = []
    for gap in body.gaps(values):
        if gap.next - gap.last > wide:
            middle = pd.Timestamp(gap.last) + (pd.Timestamp(gap.next) - pd.Timestamp(gap.last)) / 2
            notes.append({"x": base.day_text(middle.normalize()), "y": low, "text": "no readings"})
    return notes[:3]


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


def _trend_label(name: str, line: pd.Series, quantity: str, look: Look) -> str:
    known = line.dropna()
    if known.empty:
        return f"{name}: readings without a mean."
    then, now = float(known.iloc[0]), float(known.iloc[-1])
    change = words.quantity_change(quantity, now - then, look)
    days = f"{words.day(known.index[0].date(), look)} to {words.day(known.index[-1].date(), look)}"
    now_said = words.quantity(quantity, now, look)
    return f"{name}, 7-day mean, {days}: {change.prose}, to {now_said}."
