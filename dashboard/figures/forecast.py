"""What comes next: the readings so far, and a fan of where the weeks ahead are likely to lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.figures.body import daily, drawn_line, shown_in
from dashboard.memory import remembered
from dashboard.theme import Look
from health.quantities import QUANTITIES

_BANDS = {80: 0.13, 50: 0.20}  # the 50 % band lies on the 80 % one


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """The weeks ahead by the middle of each, the last one ending on `until`: SI values of the middle and of both ends of the 50 and
    the 80 % interval. It starts from the mean `base` of the last whole week, whose middle is `since`."""

    since: date
    base: float
    days: Sequence[date]
    until: date
    mean: Sequence[float]
    low_50: Sequence[float]
    high_50: Sequence[float]
    low_80: Sequence[float]
    high_80: Sequence[float]


@chart("forecast", "What comes next", of="measurements")
def fan(measurements: pd.DataFrame, look: Look, *, quantity: str = "body_mass_kg", ahead: Ahead | None = None) -> Figure:
    """The 7-day mean to today, then the middle (dashes) and the bands of `ahead`; three values at the end. Without it, what was."""
    ahead = ahead if ahead and ahead.days else None  # a model may have nothing to say
    weeks = len(ahead.days) if ahead else 8
    so_far = remembered(measurements, ("fan so far", quantity, look, weeks), lambda: _so_far(measurements, quantity, look, weeks))
    if so_far is None:
        return base.empty(f"No {QUANTITIES[quantity].name.lower()} has been read yet.")
    today, low_high = pd.Timestamp(look.today), _reach(so_far, quantity, look, ahead)
    axis = base.values_axis(look, words.quantity_unit(quantity, look), *low_high, lines=3 if look.compact else 4)
    end = pd.Timestamp(ahead.days[-1]) if ahead else today
    shapes, notes = _today(today, look)
    goal_shapes, goal_notes = _goal(quantity, axis["range"], look)
    traces = list(so_far.traces)
    if ahead:
        traces += _fan_traces(quantity, look, ahead)
        notes += _ends(quantity, look, ahead)
    return base.figure(
        traces,
        look,
        label=_label(quantity, look, ahead, so_far.last),
        x=base.days_axis(look, so_far.start, end + (end - so_far.start) * 0.004),
        y=axis,
        right=64,
        top=24,
        shapes=shapes + goal_shapes,
        annotations=notes + goal_notes,
    )


def _in_unit(values: Sequence[float], quantity: str, look: Look) -> list[float]:
    return [words.quantity_in(quantity, float(each), look) for each in values]


def _reach(so_far: _SoFar, quantity: str, look: Look, ahead: Ahead | None) -> tuple[float, float]:
    low, high = so_far.low, so_far.high
    if ahead:
        ends = _in_unit([*ahead.low_80, *ahead.high_80], quantity, look)
        low, high = min(low, *ends), max(high, *ends)
    goal = _goal_value(quantity, look)
    if goal is not None and low - (high - low) * 0.3 <= goal <= high + (high - low) * 0.3:
        low, high = min(low, goal), max(high, goal)
    least = 10.0 ** -QUANTITIES[quantity].decimals * 4
    return (low, high) if high - low >= least else (low - least, high + least)


@dataclass(frozen=True, kw_only=True)
class _SoFar:
    """What the fan shows of the past, the same for every plan: from `start` on, drawn and as far as it reaches, and the `last`
    value of the line, all in the person's unit."""

    start: pd.Timestamp
    traces: tuple[dict[str, Any], ...]
    low: float
    high: float
    last: float


def _so_far(measurements: pd.DataFrame, quantity: str, look: Look, weeks: int) -> _SoFar | None:
    start = pd.Timestamp(look.today - timedelta(days=7 * (6 if look.compact else 12) + 7 * weeks))
    today = pd.Timestamp(look.today)
    line = shown_in(drawn_line(measurements, quantity), quantity, look)
    known = line.dropna()
    if known.empty:
        return None
    if known.index[-1] < start:
        start = known.index[-1] - pd.Timedelta(weeks=12)
    line = line[(line.index >= start) & (line.index <= today)]
    raw = shown_in(daily(measurements, quantity), quantity, look)
    raw = raw[(raw.index >= start) & (raw.index <= today)]
    # A stray reading must not squeeze the fan: single days count with their middle 98 in 100.
    inside = [*line.dropna(), *raw.quantile([0.01, 0.99])]
    places = QUANTITIES[quantity].decimals + 1
    said = f"%{{x|%a %-d %b}}: %{{y:.{places - 1}f}}{words.NBSP}{words.quantity_unit(quantity, look)}"
    traces = (
        base.points(base.day_texts(raw.index), base.rounded(raw, places), look, "body", hover=said),
        base.line(base.day_texts(line.index), base.rounded(line, places), look, "body", hover=f"{said}, 7-day mean"),
    )
    return _SoFar(start=start, traces=traces, low=min(inside), high=max(inside), last=float(known.iloc[-1]))


def _fan_traces(quantity: str, look: Look, ahead: Ahead) -> list[dict[str, Any]]:
    places = QUANTITIES[quantity].decimals + 1
    days = [each.isoformat() for each in (ahead.since, *ahead.days)]

    def from_now(values: Sequence[float]) -> list[float]:
        return [round(each, places) for each in _in_unit([ahead.base, *values], quantity, look)]

    traces = []
    for low, high, share in ((ahead.low_80, ahead.high_80, _BANDS[80]), (ahead.low_50, ahead.high_50, _BANDS[50])):
        edge = [*from_now(high), *reversed(from_now(low))]
        traces.append(
            {
                "type": "scatter", "mode": "lines", "x": [*days, *reversed(days)], "y": edge, "fill": "toself",
                "line": {"width": 0}, "fillcolor": look.alpha("next", share), "hoverinfo": "skip",
            }
        )  # fmt: skip
    unit = words.quantity_unit(quantity, look)
    middle = from_now(ahead.mean)
    hover = f"week around %{{x|%a %-d %b}}: %{{y:.{places - 1}f}}{words.NBSP}{unit}"
    dashed = base.line(days, middle, look, "next", width=2, hover=hover)
    dashed["line"]["dash"] = "dash"
    said = words.quantity(quantity, float(ahead.mean[-1]), look).number
    return [*traces, dashed, *base.end_mark(days[-1], middle[-1], said, look, "next")]


def _ends(quantity: str, look: Look, ahead: Ahead) -> list[dict[str, Any]]:
    """The values of both ends of the 80 % band beside it."""
    day = ahead.days[-1].isoformat()
    ends = []
    for value, anchor in ((ahead.high_80[-1], "bottom"), (ahead.low_80[-1], "top")):
        said = words.quantity(quantity, float(value), look).number
        place = words.quantity_in(quantity, float(value), look)
        ends.append(base.words_at(day, place, said, look, xanchor="left", yanchor=anchor, xshift=9))
    return ends


def _today(today: pd.Timestamp, look: Look) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    day = base.day_text(today)
    shape = {
        "type": "line", "x0": day, "x1": day, "yref": "paper", "y0": 0, "y1": 1,
        "line": {"color": look.colour("ink-3"), "width": 1},
    }  # fmt: skip
    return [shape], [base.words_at(day, 1, "Today", look, yref="paper", yanchor="bottom")]


def _goal_value(quantity: str, look: Look) -> float | None:
    return words.mass_in(look.goal_kg, look) if quantity == "body_mass_kg" and look.goal_kg is not None else None


def _goal(quantity: str, reach: list[float], look: Look) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    goal = _goal_value(quantity, look)
    if goal is None or not reach[0] <= goal <= reach[1]:
        return [], []
    shape, _ = base.goal_line(goal, "", look)
    # On the left: the fan's own values stand on the right.
    said = f"Goal {words.shortest(goal)}"
    return [shape], [base.words_at(0, goal, said, look, role="ink-2", xref="paper", xanchor="left", yanchor="bottom")]


def _label(quantity: str, look: Look, ahead: Ahead | None, last: float) -> str:
    name = QUANTITIES[quantity].name
    now = f"{words.number(last, QUANTITIES[quantity].decimals)}{words.NBSP}{words.quantity_unit(quantity, look)}"
    if ahead is None:
        return f"{name}: the 7-day mean is {now}. There is no forecast yet."
    mean, low, high = (words.quantity(quantity, float(each[-1]), look) for each in (ahead.mean, ahead.low_80, ahead.high_80))
    week = words.day(ahead.until, look)
    return f"{name}: now {now}, most likely {mean} in the week to {week}; 8 times in 10 between {low} and {high}."
