"""What the runs of the sources brought: a bar a day for 90 days, a cross where one did not work."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.theme import Look

DAYS: Final = 90
BAD: Final = ("failed", "reconnect", "inactive", "ended")
_HIGHEST: Final = 5  # times a usual day: a first import of thousands must not flatten the days after it


@chart("runs", "What each day brought", of="runs")
def by_day(runs: pd.DataFrame, look: Look) -> Figure:
    """Records new or changed by day. A day far above the others is cut off, with its number over it."""
    last = pd.Timestamp(look.today)
    first = last - pd.Timedelta(days=DAYS - 1)
    inside = runs[(runs["day"] >= first) & (runs["day"] <= last)]
    if inside.empty:
        return base.empty(
            "No run in the last 90 days. A connected source is read every three hours, and each run leaves a line here."
        )
    brought = (inside["new"].fillna(0) + inside["changed"].fillna(0)).groupby(inside["day"]).sum()
    bad = inside[inside["state"].isin(BAD)].groupby("day")["title"].agg(list)
    usual = float(np.median(brought[brought > 0])) if (brought > 0).any() else 1.0
    top = min(float(brought.max()), max(_HIGHEST * usual, 4.0)) or 1.0
    cut = brought[brought > top]
    told = _by_source(inside)
    hovers = [_hover(day, int(n), bad.get(day, []), told.get(day, ""), look) for day, n in _days(brought)]
    trace = base.bars(
        base.day_texts(brought.index), base.rounded(np.minimum(brought, top)), look.colour("ink-2"),
        hover="%{text}", text=hovers, textposition="none", width=base.DAY_MS * 0.7,
    )  # fmt: skip
    notes = [
        base.words_at(base.day_text(day), top, words.number(int(n)), look, yshift=10, font={"size": 11}) for day, n in _days(cut)
    ]
    traces = [trace, *_crosses(bad, look, top)]
    label = f"The last 90 days brought {words.count(int(brought.sum()), 'record')}, new or changed; {_wrong(len(bad))}."
    along = base.days_axis(look, first - pd.Timedelta(days=1), last + pd.Timedelta(days=1), fixedrange=True)
    up = base.values_axis(look, "", 0, top * (1.15 if len(cut) else 1), lines=3, range=[-top * 0.09, top * 1.18])
    return base.figure(traces, look, label=label, x=along, y=up, annotations=notes, right=12)


def _hover(day: pd.Timestamp, n: int, bad: list[str], told: str, look: Look) -> str:
    what = f"{words.count(n, 'record')} new or changed ({told})" if n else "nothing new"
    said = f"{words.day(day.date(), look)}: {what}"
    return f"{said}. {_failed(bad)}" if bad else said


def _by_source(runs: pd.DataFrame) -> dict[pd.Timestamp, str]:
    """`Strava 120, Withings 3`: what each source brought, by day."""
    brought = runs[["day", "title"]].assign(n=runs["new"].fillna(0) + runs["changed"].fillna(0))
    counted = brought.groupby(["day", "title"], as_index=False)["n"].sum()
    found: dict[pd.Timestamp, list[str]] = {}
    for day, name, n in zip(counted["day"], counted["title"], counted["n"], strict=True):
        if n:
            found.setdefault(day, []).append(f"{name} {words.number(int(n))}")
    return {day: ", ".join(told) for day, told in found.items()}


def _days(by_day: pd.Series) -> list[tuple[pd.Timestamp, Any]]:
    return list(zip(pd.DatetimeIndex(by_day.index), by_day.tolist(), strict=True))


def _failed(titles: list[str]) -> str:
    return f"{words.listed(sorted(set(titles)))} could not be read {words.times(len(titles))}."


def _wrong(days: int) -> str:
    return f"on {words.count(days, 'day')} a run did not work" if days else "every run worked"


def _crosses(bad: pd.Series, look: Look, top: float) -> list[dict[str, Any]]:
    if bad.empty:
        return []
    marker = {"symbol": "x", "size": 7, "color": look.colour("ink")}
    hovers = [f"{words.day(day.date(), look)}: {_failed(titles)}" for day, titles in _days(bad)]
    return [
        {
            "type": "scatter", "mode": "markers", "x": base.day_texts(bad.index), "y": [-top * 0.05] * len(bad), "marker": marker,
            "text": hovers, "hovertemplate": "%{text}<extra></extra>",
        }
    ]  # fmt: skip
