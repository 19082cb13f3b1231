"""Pictures of how much was lifted: in each session of an exercise, and for each muscle group."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.figures.strength import by_session, days_along, in_unit, span_days, within
from dashboard.memory import remembered
from dashboard.tables import array
from dashboard.theme import Look
from dashboard.words import NBSP
from health import strength
from health.exercises import GROUPS, OTHER
from health.weeks import starts

_MOST_BARS = 150


@chart("strength", "Load × repetitions, by session", of="sets")
def volume_by_session(
    sets: pd.DataFrame, look: Look, *, exercise: str = "", first: date | None = None, last: date | None = None
) -> Figure:
    """The weight lifted in each session (repetitions times load, warm-ups left out); by week where there are too many bars."""
    table, _ = by_session(sets, exercise)
    lifted = remembered(table, "lifted", lambda: table.loc[table["volume_kg"] > 0, ["day", "volume_kg", "reps"]])
    days, volume, reps = (array(lifted, each) for each in ("day", "volume_kg", "reps"))
    inside = within(days, first, last)
    days, volume, reps = days[inside], volume[inside], reps[inside]
    if not len(days):
        return base.empty("No set in this time says both repetitions and a load.")
    weekly = len(days) > _MOST_BARS
    if weekly:
        days, place = np.unique(starts(pd.DatetimeIndex(days), look.first_weekday).to_numpy(), return_inverse=True)
        days, volume, reps = days.astype("datetime64[D]"), np.bincount(place, volume), np.bincount(place, reps)
    hovers = [
        f"{'Week of ' if weekly else ''}{words.day(day, look)}: {words.volume(kg, look)} in {words.count(n, 'repetition')}"
        for day, kg, n in zip(days.tolist(), volume.tolist(), reps.tolist(), strict=True)
    ]
    tonnes = look.mass_unit == "kg" and float(volume.max()) >= 1000
    values = in_unit(volume, look) / (1000 if tonnes else 1)
    colours = base.present_and_past(len(days), look, "lift")
    trace = base.bars(base.day_texts(days), base.rounded(values, 3), colours, hover="%{text}", text=hovers, textposition="none")
    # Sessions are days apart: without a width a bar would be as thin as the shortest pause between two of them.
    trace["width"] = base.DAY_MS * max(1.0, min(6.0, span_days(days) / 90))
    said = words.volume(float(volume[-1]), look)
    above = float(values[-max(4, len(values) // 10) :].max())  # the words are wider than the last bar
    notes = [base.words_at(trace["x"][-1], above, str(said), look, role="lift", yshift=11, xanchor="right", xshift=12)]
    label = f"Load times repetitions by {'week' if weekly else 'session'}: {said} in the last one."
    up = base.values_axis(look, "t" if tonnes else look.mass_unit, 0, float(values.max()) * 1.1, lines=4)
    figure = base.figure([trace], look, label=label, x=days_along(days, look), y=up, annotations=notes, right=16)
    figure["layout"]["meta"]["note"] = "Summed by week, because there are too many sessions for a bar each." if weekly else ""
    return figure


@chart("strength", "Weight lifted, by muscle", of="sets")
def volume_by_muscle(sets: pd.DataFrame, look: Look, *, month: date | None = None) -> Figure:
    """Kilograms lifted for each muscle group in a month (this one); the mark is a usual month: the mean of the three before."""
    start = (month or look.today).replace(day=1)
    now, *past = (_by_group(sets, _back(start, months)) for months in (0, 1, 2, 3))
    usual = pd.concat(past, axis=1).sum(axis=1) / len(past)
    now, usual = now.align(usual, fill_value=0.0)
    order = [each for each in (*GROUPS, OTHER) if each in now.index]
    now, usual = now[order], usual[order]
    if not (now.sum() > 0 or usual.sum() > 0):
        return base.empty(f"No weight lifted in {start:%B} or the three months before it.")
    names = list(now.index)
    values, marks = in_unit(now.to_numpy(), look), in_unit(usual.to_numpy(), look)
    hovers = [
        f"{name}: {words.volume(a, look)} in {start:%B}, {words.volume(b, look)} in a usual month"
        for name, a, b in zip(names, now.to_numpy(), usual.to_numpy(), strict=True)
    ]
    bars = base.bars(
        base.rounded(values), names, look.colour("lift"), hover="%{text}", orientation="h", text=hovers, textposition="none"
    )
    marker = {"symbol": "line-ns-open", "size": 20, "color": look.colour("ink"), "line": {"width": 2, "color": look.colour("ink")}}
    mark = {"type": "scatter", "mode": "markers", "x": base.rounded(marks), "y": names, "marker": marker, "hoverinfo": "skip"}
    top = max(float(values.max()), float(marks.max()))
    notes = [
        base.words_at(max(a, b), name, str(words.volume(kg, look)), look, role="ink-2", xanchor="left", xshift=8)
        for name, a, b, kg in zip(names, values, marks, now.to_numpy(), strict=True)
    ]
    label = f"Weight lifted in {start:%B}: " + ", ".join(f"{name} {words.volume(kg, look)}" for name, kg in now.items()) + "."
    along = base.axis(look, range=[0, top * 1.22], visible=False, fixedrange=True)
    up = base.axis(
        look, autorange="reversed", fixedrange=True, tickfont={"size": 13, "color": look.colour("ink-2")}, ticksuffix=NBSP * 2
    )
    return base.figure([bars, mark], look, label=label, x=along, y=up, annotations=notes, bargap=0.52, bottom=8, right=8)


def _by_group(sets: pd.DataFrame, start: date) -> pd.Series:
    return remembered(sets, ("by muscle", start), lambda: strength.volume_by_group(_month(sets, start)))


def _month(sets: pd.DataFrame, start: date) -> pd.DataFrame:
    days = sets["day"]
    return sets[(days >= pd.Timestamp(start)) & (days < pd.Timestamp(_back(start, -1)))]


def _back(start: date, months: int) -> date:
    at = start.year * 12 + start.month - 1 - months
    return date(at // 12, at % 12 + 1, 1)
