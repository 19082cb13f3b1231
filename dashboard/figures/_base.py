"""What every figure shares, as plain dicts: axes, gaps, thinning, labels, empty figures. No colour of its own, no clock.

Numbers are rounded before they are sent: four significant places draw the same picture in a third of the bytes.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.chart import Figure
from dashboard.theme import Look

MOST_POINTS = 600
GAP_DAYS = 9
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif'
DAY_MS = 86_400_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def figure(
    traces: Sequence[dict[str, Any]],
    look: Look,
    *,
    label: str,
    x: dict[str, Any] | None = None,
    y: dict[str, Any] | None = None,
    right: int = 56,
    left: int = 8,
    top: int = 12,
    bottom: int = 40,
    **layout: Any,
) -> Figure:
    """A figure of those traces. `label` is its finding, one sentence. `x`, `y` are axes from the helpers below."""
    return {
        "data": list(traces),
        "layout": {
            "autosize": True,
            "margin": {"l": left, "r": right, "t": top, "b": bottom},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT, "size": 12, "color": look.colour("ink-3")},
            "showlegend": False,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": look.colour("ink"),
                "bordercolor": look.colour("ink"),
                "font": {"color": look.colour("page"), "size": 13, "family": FONT},
            },
            # A thumb that moves over a chart scrolls the page; on a desktop a drag zooms along x.
            "dragmode": False if look.compact else "zoom",
            "xaxis": x or axis(look),
            "yaxis": y or axis(look),
            "meta": {"label": label},
            **layout,
        },
    }


def empty(sentence: str) -> Figure:
    """The figure of a place with nothing to draw; the card shows the sentence instead."""
    return {"data": [], "layout": {"meta": {"empty": sentence, "label": sentence}, "xaxis": {"visible": False}}}


# -- axes ---------------------------------------------------------------------------------------------------------------------


def axis(look: Look, **more: Any) -> dict[str, Any]:
    """An axis without line, ticks or grid, fixed where a thumb scrolls."""
    return {"showgrid": False, "zeroline": False, "showline": False, "fixedrange": look.compact, "automargin": True, **more}


def days_axis(look: Look, first: pd.Timestamp, last: pd.Timestamp, **more: Any) -> dict[str, Any]:
    """Days along x: the year only under its first tick, fewer ticks on a phone."""
    stops = [
        {"dtickrange": [None, 27 * DAY_MS], "value": "%-d %b\n%Y"},
        {"dtickrange": ["M1", "M12"], "value": "%b\n%Y"},
        {"dtickrange": ["M12", None], "value": "%Y"},
    ]
    base = {
        "type": "date",
        "range": [day_text(first), day_text(last)],
        "nticks": 5 if look.compact else 8,
        "tickformatstops": stops,
    }
    return axis(look, **base, **more)


def values_axis(
    look: Look, unit: str, low: float, high: float, *, lines: int = 4, signed: bool = False, **more: Any
) -> dict[str, Any]:
    """Values along y from `low` to `high`: three to five hairlines at round values, the unit on the last tick alone."""
    reach = (high - low) or 1.0
    low, high = low - reach * 0.05, high + reach * 0.05
    step = nice_step(high - low, lines + 1)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    decimals += step * 10**decimals % 1 > 1e-9  # a step of 2.5 or 0.25
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    marks = [round(step * at, 6) for at in range(first, last + 1)]
    texts = [tick(each, decimals, signed) for each in marks]
    if unit and texts:
        texts[-1] += f"\u00a0{unit}"
    base = {
        "range": [low, high], "tickvals": marks, "ticktext": texts, "showgrid": True, "fixedrange": True,
        "gridcolor": look.colour("line"), "gridwidth": 1,
    }  # fmt: skip
    return axis(look, **{**base, **more})


def nice_step(reach: float, lines: int) -> float:
    """A step of 1, 2, 2.5 or 5 times a power of ten that parts `reach` into about `lines`."""
    if not math.isfinite(reach) or reach <= 0:
        return 1.0
    rough = reach / lines
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * each for each in (1, 2, 2.5, 5, 10) if power * each >= rough * 0.999)


def tick(value: float, decimals: int, signed: bool = False) -> str:
    """A tick in words: true minus, a plus where changes are shown."""
    text = f"{abs(value):,.{decimals}f}"
    if not any(each in "123456789" for each in text):
        return "0"
    return f"−{text}" if value < 0 else f"+{text}" if signed else text


# -- series -------------------------------------------------------------------------------------------------------------------


def day_text(day: pd.Timestamp) -> str:
    """A day or instant as plotly wants it."""
    return day.strftime("%Y-%m-%d") if day == day.normalize() else day.strftime("%Y-%m-%dT%H:%M")


def day_texts(days: pd.Index | pd.Series | np.ndarray[Any, Any]) -> list[str]:
    """Days as `2026-11-22`."""
    texts: list[str] = np.datetime_as_string(np.asarray(days, dtype="datetime64[D]")).tolist()
    return texts


def rounded(values: Sequence[float] | np.ndarray[Any, Any] | pd.Series, places: int = 2) -> list[float | None]:
    """Numbers as JSON carries them: rounded, NaN as None."""
    return [None if math.isnan(each) else round(each, places) for each in np.asarray(values, dtype=float).tolist()]


def broken(
    days: np.ndarray[Any, Any], values: np.ndarray[Any, Any], gap: int = GAP_DAYS
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The series (`datetime64[D]` and values) with a NaN put in wherever more than `gap` days lie between two readings, so that
    the line breaks there."""
    known = ~np.isnan(values)
    days, values = days[known], values[known]
    wide = np.flatnonzero(np.diff(days).astype(int) > gap) + 1
    return np.insert(days, wide, days[wide - 1] + np.timedelta64(1, "D")), np.insert(values, wide, np.nan)


def thinned(n: int, values: np.ndarray[Any, Any], most: int = MOST_POINTS) -> np.ndarray[Any, Any]:
    """The positions to draw of `n` points: all, or of equal buckets the lowest and the highest, so no extreme is lost.

    A NaN (a break in the line) is kept where a bucket holds one.
    """
    if n <= most:
        return np.arange(n)
    bucket = np.arange(n) * max(most // 3, 1) // n
    firsts = np.flatnonzero(np.diff(bucket, prepend=-1))
    lowest, highest = (np.lexsort((each, bucket))[firsts] for each in (values, -values))  # NaN stands last in its bucket
    missing = np.flatnonzero(np.isnan(values))
    breaks = missing[np.unique(bucket[missing], return_index=True)[1]]
    return np.unique(np.concatenate([[0, n - 1], lowest, highest, breaks]))


# -- traces and words in a figure ---------------------------------------------------------------------------------------------


def points(x: list[Any], y: list[Any], look: Look, role: str, *, size: float = 4, hover: str = "", **more: Any) -> dict[str, Any]:
    """Raw readings: faint, never hidden."""
    marker = {"size": size, "color": look.alpha(role, 0.34 if look.mode == "light" else 0.5)}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x,
        "y": y,
        "marker": marker,
        "hovertemplate": f"{hover}<extra></extra>",
        **more,
    }


def line(x: list[Any], y: list[Any], look: Look, role: str, *, width: float = 2.4, hover: str = "", **more: Any) -> dict[str, Any]:
    """The one bold line."""
    style = {"color": look.colour(role), "width": width}
    base = {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": style, "connectgaps": False}
    return {**base, "hovertemplate": f"{hover}<extra></extra>", **more}


def end_mark(x: Any, y: float, said: str, look: Look, role: str) -> list[dict[str, Any]]:
    """The dot at the end of a line, and its value beside it."""
    marker = {"size": 9, "color": look.colour(role), "line": {"width": 2, "color": look.colour("card")}}
    text = {"size": 14, "color": look.colour(role), "weight": 600, "family": FONT}
    place = {"x": [x], "y": [y], "text": [said], "textposition": "middle right", "textfont": text}
    return [{"type": "scatter", "mode": "markers+text", "marker": marker, "cliponaxis": False, "hoverinfo": "skip", **place}]


def words_at(x: Any, y: Any, said: str, look: Look, *, role: str = "ink-3", **more: Any) -> dict[str, Any]:
    """An annotation: words at a place, no arrow. The text is escaped: names come from other people's files."""
    font = {"size": 12, "color": look.colour(role), "family": FONT}
    return {"x": x, "y": y, "text": html.escape(said), "showarrow": False, "font": font, **more}


def escaped(names: Sequence[str | None]) -> list[str]:
    """Names from records as hover text: plotly reads some markup there, and links."""
    return [html.escape(each or "") for each in names]


def goal_line(value: float, said: str, look: Look) -> tuple[dict[str, Any], dict[str, Any]]:
    """The shape and the words of a goal: ink-2 dashes, labelled right."""
    shape = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value, "layer": "below",
        "line": {"color": look.colour("ink-2"), "width": 1.2, "dash": "dot"},
    }  # fmt: skip
    return shape, words_at(1, value, said, look, role="ink-2", xref="paper", xanchor="left", xshift=8)


def bars(x: list[Any], y: list[Any], colours: list[str] | str, *, hover: str = "", **more: Any) -> dict[str, Any]:
    """Bars with round shoulders. One alone on an axis of days is as wide as a day: of a single bar Plotly makes a hairline."""
    if len(x) == 1 and isinstance(x[0], str) and _DAY.fullmatch(x[0]):
        more = {"width": 0.7 * DAY_MS, **more}
    return {
        "type": "bar",
        "x": x,
        "y": y,
        "marker": {"color": colours, "cornerradius": 3},
        "hovertemplate": f"{hover}<extra></extra>",
        **more,
    }


def present_and_past(n: int, look: Look, role: str, present: int = 1) -> list[str]:
    """Colours of `n` bars: the last `present` in full, the past a solid mix."""
    return [look.tint(role, 0.36)] * (n - present) + [look.colour(role)] * min(present, n)
