"""Sleep: hours by night behind their 7-day mean, when the nights began and ended, and what they were made of."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.memory import remembered
from dashboard.theme import Look
from health import body, sleep
from health.weeks import starts

_HOUR: Final = 3600.0
_NIGHTLY: Final = 92  # up to here a bar is a night, beyond a week
_POINTS, _LINE = 400, 540
# Deepest below; each a solid mix of the one hue, so that they differ in lightness.
_STAGES: Final = (("deep_s", "Deep", 1.0), ("rem_s", "REM", 0.62), ("light_s", "Light", 0.3))


def nights(sleeps: pd.DataFrame) -> pd.DataFrame:
    """One row a day, worked out once a frame."""
    return remembered(sleeps, "nights", lambda: sleep.nights(sleeps))


def between(sleeps: pd.DataFrame, first: date | None, last: date | None) -> pd.DataFrame:
    """The nights from `first` to `last`; None is open."""
    return nights(sleeps).loc[str(first) if first else None : str(last) if last else None]


def slept_h(table: pd.DataFrame) -> tuple[pd.Series, str]:
    """Hours asleep by day and the word for them; hours in bed where no device ever told how much of it was sleep."""
    name, said = ("asleep_s", "asleep") if table["asleep_s"].notna().any() else ("in_bed_s", "in bed")
    return (table[name] / _HOUR).dropna(), said


def clock(hours: float) -> str:
    """Hours after midnight on the clock: -0.75 is 23:15."""
    minutes = round(hours * 60) % (24 * 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


@chart("sleep", "Hours asleep, by night", of="sleeps")
def hours(sleeps: pd.DataFrame, look: Look, *, first: date | None = None, last: date | None = None) -> Figure:
    """Each night as a faint point, their 7-day mean as the line."""
    every, said = slept_h(nights(sleeps))
    values = every.loc[str(first) if first else None : str(last) if last else None]
    if values.empty:
        return base.empty("No nights in this time." if len(every) else "No night is known yet.")
    line = body.line(every).loc[values.index[0] : values.index[-1]]
    start, end = pd.Timestamp(first or values.index[0]), pd.Timestamp(last or look.today)
    year = "" if start.year == look.today.year else " %Y"
    hover = f"%{{x|%a %-d %b{year}}}: %{{customdata}} {said}"
    traces = [_points(values, look, hover), *_line(line, look, f"{hover}, 7-day mean")]
    mean = float(values.mean())
    label = f"Hours {said}, {words.count(len(values), 'night')}: {words.duration(mean * _HOUR)} on average"
    known = line.dropna()
    label += f", {words.duration(float(known.iloc[-1]) * _HOUR)} in the last 7 days." if len(known) else "."
    low, high = float(values.quantile(0.005)), float(values.quantile(0.995))
    room = (end - start) * 0.006
    return base.figure(
        traces, look, label=label, right=64, x=base.days_axis(look, start - room, end + room),
        y=base.values_axis(look, "h", min(low, mean - 1), max(high, mean + 1), lines=6),
    )  # fmt: skip


def _points(values: pd.Series, look: Look, hover: str) -> dict[str, Any]:
    kept = values.iloc[base.thinned(len(values), values.to_numpy(), _POINTS)]
    texts = [words.duration(each * _HOUR) for each in kept.tolist()]
    return base.points(base.day_texts(kept.index), base.rounded(kept, 2), look, "sleep", hover=hover, customdata=texts)


def _line(line: pd.Series, look: Look, hover: str) -> list[dict[str, Any]]:
    drawn = line.iloc[base.thinned(len(line), line.to_numpy(), _LINE)]
    known = drawn.dropna()
    if known.empty:
        return []
    texts = [words.duration(each * _HOUR) for each in drawn.tolist()]
    trace = base.line(base.day_texts(drawn.index), base.rounded(drawn, 2), look, "sleep", hover=hover, customdata=texts)
    value = float(known.iloc[-1])
    said = words.duration(value * _HOUR).replace(f"{words.NBSP}h{words.NBSP}", "h").replace(f"{words.NBSP}min", "")
    return [trace, *base.end_mark(base.day_texts(known.index[-1:])[0], round(value, 2), said, look, "sleep")]


@chart("sleep", "When you slept", of="sleeps")
def times(sleeps: pd.DataFrame, look: Look, *, first: date | None = None, last: date | None = None) -> Figure:
    """From bed to rise, a bar a night (beyond three months a bar a week: the means of its nights)."""
    table = between(sleeps, first, last).dropna(subset=["bed_h", "rise_h"])
    if table.empty:
        return base.empty("No night with a beginning and an end in this time.")
    by_week = (table.index[-1] - table.index[0]).days > _NIGHTLY
    shown = table[["bed_h", "rise_h"]]
    if by_week:
        shown = shown.groupby(_weeks(shown, look)).mean()
    spans = zip(shown["bed_h"].tolist(), shown["rise_h"].tolist(), strict=True)
    texts = [f"{clock(bed)} to {clock(rise)}" for bed, rise in spans]
    when = "week of %{x|%-d %b %Y}" if by_week else "%{x|%a %-d %b}"
    trace = base.bars(
        base.day_texts(shown.index), base.rounded(shown["rise_h"] - shown["bed_h"], 2), look.tint("sleep", 0.62),
        base=base.rounded(shown["bed_h"], 2), customdata=texts, hover=f"{when}: %{{customdata}}",
    )  # fmt: skip
    half = pd.Timedelta(days=4 if by_week else 1)
    return base.figure(
        [trace], look, label=_times_label(table), bargap=0.25, right=16, y=_clock_axis(shown, look),
        x=base.days_axis(look, shown.index[0] - half, shown.index[-1] + half),
    )  # fmt: skip


def _weeks(table: pd.DataFrame, look: Look) -> pd.DatetimeIndex:
    """The first day of each row's week."""
    return starts(pd.DatetimeIndex(table.index), look.first_weekday)


def _times_label(table: pd.DataFrame) -> str:
    middle = f"In bed from about {clock(float(table['bed_h'].median()))} to {clock(float(table['rise_h'].median()))}"
    wander = sleep.regularity_s(table)
    give = f", give or take {words.duration(wander)}" if np.isfinite(wander) else ""
    return f"{middle}{give}, in {words.count(len(table), 'night')}."


def _clock_axis(shown: pd.DataFrame, look: Look) -> dict[str, Any]:
    """Evening above, morning below, every two or three hours a line."""
    low, high = float(shown["bed_h"].min()) - 0.4, float(shown["rise_h"].max()) + 0.4
    step = 2 if high - low <= 12 else 4
    marks = [each for each in range(-24, 49) if each % step == 0 and low <= each <= high]
    return base.axis(
        look, range=[high, low], tickvals=marks, ticktext=[clock(each) for each in marks], showgrid=True,
        gridcolor=look.colour("line"), gridwidth=1, fixedrange=True,
    )  # fmt: skip


@chart("sleep", "What the nights were made of", of="sleeps")
def stages(sleeps: pd.DataFrame, look: Look, *, first: date | None = None, last: date | None = None) -> Figure:
    """Deep, REM and light sleep, mean hours of a week's nights, one on the other."""
    table = between(sleeps, first, last)
    table = table[table[[name for name, _, _ in _STAGES]].notna().any(axis=1)]
    if table.empty:
        return base.empty("No device has told the stages of a night in this time.")
    weeks = table.groupby(_weeks(table, look))[[name for name, _, _ in _STAGES]].mean()
    x, traces, notes, told = base.day_texts(weeks.index), [], [], []
    total = weeks.sum(axis=1) / _HOUR
    floor = 0.0
    for name, said, share in _STAGES:
        values = weeks[name] / _HOUR
        if values.isna().all():
            continue
        texts = [words.duration(each * _HOUR) for each in values.tolist()]
        hover = f"Week of %{{x|%-d %b %Y}}: {said.lower() if said != 'REM' else said} %{{customdata}} a night"
        traces.append(base.bars(x, base.rounded(values, 2), look.tint("sleep", share), hover=hover, customdata=texts))
        newest = float(values.fillna(0).iloc[-1])
        notes.append(base.words_at(1, floor + newest / 2, said, look, role="ink-2", xref="paper", xanchor="left", xshift=6))
        floor += newest
        told.append(f"{said} {words.duration(float(table[name].mean()))}")
    half = pd.Timedelta(days=4)
    return base.figure(
        traces, look, label=f"A night on average: {', '.join(told)}.", barmode="stack", bargap=0.2, annotations=notes, right=52,
        x=base.days_axis(look, weeks.index[0] - half, weeks.index[-1] + half), y=base.values_axis(look, "h", 0, float(total.max())),
    )  # fmt: skip
