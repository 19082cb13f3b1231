"""The weeks of a body: how far each moved from the one before, and what kind of week it was."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.figures.body import daily, derived, shown_in
from dashboard.memory import remembered
from dashboard.theme import Look
from health import body, weeks
from health.quantities import QUANTITIES

WEEKS = 26
_LATEST = 4
# Corner of a picture of weeks: (x, y) on the paper, what a week there is called.
CORNERS: dict[body.Kind, tuple[int, int, str]] = {
    "muscle loss": (0, 1, "Lost muscle"),
    "weight gain": (1, 1, "Gained fat"),
    "fat loss": (0, 0, "Lost fat"),
    "muscle gain": (1, 0, "Gained muscle"),
}


# -- weekly steps -------------------------------------------------------------------------------------------------------------


@chart("body", "Change from week to week", of="measurements")
def weekly(measurements: pd.DataFrame, look: Look, *, quantity: str = "body_mass_kg", n: int = WEEKS) -> Figure:
    """The mean of each of the last `n` weeks against the week before: toward the goal filled, away from it hollow."""
    steps = weeks.deltas(daily(measurements, quantity), look.first_weekday).dropna()
    until = last_day(steps, look.today)
    steps = recent(steps, until, n)
    if steps.empty:
        return base.empty("Weekly changes appear once you have readings in two weeks in a row.")
    shown = shown_in(steps, quantity, look)
    reach = max(float(shown.abs().max()), 10.0 ** -QUANTITIES[quantity].decimals)
    unit = "points" if QUANTITIES[quantity].dimension == "ratio" else words.quantity_unit(quantity, look)
    changes = [words.quantity_change(quantity, each, look) for each in steps]
    low, high = min(float(shown.min()), 0.0), max(float(shown.max()), 0.0)
    axis = base.values_axis(look, unit, min(low, -reach * 0.4), max(high, reach * 0.4), lines=3, signed=True)
    hover = [f"Week of {words.day(at.date(), look)}: {each.prose}" for at, each in zip(steps.index, changes, strict=True)]
    trace = base.bars(base.day_texts(steps.index), base.rounded(shown, 3), look.colour("body"), hover="%{text}", text=hover)
    trace |= {"marker": _toward(changes, look), "textposition": "none", "width": 4.6 * base.DAY_MS}
    start = pd.Timestamp(until) - pd.Timedelta(weeks=n)
    made = base.figure(
        [trace],
        look,
        label=_weekly_label(changes),
        x=base.days_axis(look, max(start, steps.index[0]) - pd.Timedelta(days=5), pd.Timestamp(until) + pd.Timedelta(days=4)),
        y=axis | {"zeroline": True, "zerolinecolor": look.colour("ink-3"), "zerolinewidth": 1},
        annotations=[_last_step(steps.index[-1], float(shown.iloc[-1]), changes[-1], look)],
    )
    return _told(made, until, look, n)


def last_day(by_week: pd.Series | pd.DataFrame, today: date) -> date:
    """Today; for somebody whose last week is long ago, the end of that week: old weeks are worth a look too."""
    if by_week.empty:
        return today
    last = (by_week.index[-1] + pd.Timedelta(days=6)).date()
    return today if (today - last).days < 7 * WEEKS / 2 else last


def _told(figure: Figure, until: date, look: Look, n: int) -> Figure:
    """Which weeks they are, for the head of the card."""
    figure["layout"]["meta"]["weeks"] = words.count(n, "week") + ("" if until == look.today else f" to {until:%b %Y}")
    return figure


def recent(values: pd.Series, until: date, n: int) -> pd.Series:
    """The last `n` weeks of a series by week, up to that day."""
    return values[(values.index > pd.Timestamp(until) - pd.Timedelta(weeks=n)) & (values.index <= pd.Timestamp(until))]


def _toward(changes: list[words.Change], look: Look) -> dict[str, Any]:
    """Colours by direction: filled toward, hollow away (not by colour alone), accent where nobody said a direction."""
    judged = any(each.toward is not None for each in changes)
    neutral = "ink-3" if judged else "body"
    roles = [neutral if each.toward is None else "toward" if each.toward else "away" for each in changes]
    fills = [look.colour("card") if role == "away" else look.colour(role) for role in roles]
    edges = [look.colour(role) for role in roles]
    return {"color": fills, "line": {"color": edges, "width": 1.4}, "cornerradius": 3}


def _last_step(at: pd.Timestamp, value: float, change: words.Change, look: Look) -> dict[str, Any]:
    role = "body" if change.toward is None else "toward" if change.toward else "away"
    sign = "" if change.way == "none" else "−" if value < 0 else "+"
    note = base.words_at(base.day_text(at), value, f"{sign}{change.amount.number}", look, role=role, xanchor="left", xshift=9)
    note["font"] = {**note["font"], "size": 13, "weight": 600}
    return note


def _weekly_label(changes: list[words.Change]) -> str:
    up, down = (sum(each.way == way for each in changes) for way in ("up", "down"))
    return f"Weekly changes of {len(changes)} weeks: {up} up, {down} down, the last {changes[-1].prose}."


# -- kinds of weeks -----------------------------------------------------------------------------------------------------------


@chart("body", "What kind of weeks they were", of="measurements")
def kinds(measurements: pd.DataFrame, look: Look, *, n: int = WEEKS) -> Figure:
    """Each of the last `n` weeks by its change of weight and of fat mass; the four corners are named and counted."""
    table = remembered(
        measurements, ("kinds", look.first_weekday), lambda: body.kinds_of_weeks(derived(measurements), look.first_weekday)
    )
    last = last_day(table, look.today)
    until = pd.Timestamp(last)
    table = table[(table.index > until - pd.Timedelta(weeks=n)) & (table.index <= until)]
    if table.empty:
        return base.empty("This needs weight and body fat in two weeks in a row.")
    weight, fat = (shown_in(table[each], "body_mass_kg", look) for each in ("weight_change", "fat_change"))
    reach_x, reach_y = (float(np.abs(each).max()) * 1.25 or 1.0 for each in (weight, fat))
    latest = np.arange(len(table)) >= len(table) - _LATEST
    hover = [_week_words(at, row, look) for at, row in zip(table.index, table.itertuples(), strict=True)]
    colours = [look.colour("body") if each else look.alpha("ink-3", 0.6) for each in latest.tolist()]
    marker = {"size": [10 if each else 7 for each in latest.tolist()], "color": colours, "opacity": 1, "line": {"width": 0}}
    trace = {"type": "scatter", "mode": "markers", "x": base.rounded(weight, 3), "y": base.rounded(fat, 3), "marker": marker}
    trace |= {"text": hover, "hovertemplate": "%{text}<extra></extra>"}
    counts = {kind: int((table["kind"] == kind).sum()) for kind in CORNERS}
    made = base.figure(
        [trace],
        look,
        label="Kinds of weeks: " + ", ".join(f"{CORNERS[kind][2].lower()} {count}" for kind, count in counts.items()) + ".",
        x=_cross_axis(look, reach_x),
        y=_cross_axis(look, reach_y) | {"fixedrange": True},
        left=26,
        right=8,
        top=44,
        bottom=66,
        annotations=_corner_words(counts, look),
        dragmode=False,
    )
    return _told(made, last, look, n)


def _cross_axis(look: Look, reach: float) -> dict[str, Any]:
    zero = {"zeroline": True, "zerolinecolor": look.colour("edge"), "zerolinewidth": 1}
    return base.axis(look, range=[-reach, reach], showticklabels=False, **zero) | {"fixedrange": True, "automargin": False}


def _week_words(at: pd.Timestamp, row: Any, look: Look) -> str:
    weight, fat = (words.quantity_change(key, value, look) for key, value in _moved(row))
    return f"Week of {words.day(at.date(), look)}: weight {weight.prose}, fat {fat.prose}"


def _moved(row: Any) -> tuple[tuple[str, float], tuple[str, float]]:
    return ("body_mass_kg", row.weight_change), ("fat_mass_kg", row.fat_change)


def _corner_words(counts: dict[body.Kind, int], look: Look) -> list[dict[str, Any]]:
    notes = []
    for kind, (x, y, name) in CORNERS.items():
        side: dict[str, Any] = {
            "xref": "paper",
            "yref": "paper",
            "xanchor": "right" if x else "left",
            "align": "right" if x else "left",
        }
        side |= {"yanchor": "bottom" if y else "top", "yshift": 4 if y else -4}
        note = base.words_at(x, y, "", look, role="ink-2", **side)
        notes.append(note | {"text": f"<b>{name}</b><br>{words.count(counts[kind], 'week')}"})
    across = {"xref": "paper", "yref": "paper"}
    notes.append(base.words_at(0.5, 0, "weight down  ←   →  weight up", look, yshift=-54, yanchor="middle", **across))
    notes.append(base.words_at(0, 0.5, "fat down  ←   →  fat up", look, textangle=-90, xshift=-16, xanchor="center", **across))
    return notes
