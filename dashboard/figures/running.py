"""Pictures of runs and every other sport: what was done by session, week, month or year, and how fast over which distance."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from dashboard import told, words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.memory import remembered
from dashboard.tables import array, between, rows
from dashboard.theme import Look
from dashboard.words import NBSP
from health import running
from health.days import week_start
from health.running import Period

MEASURES: dict[str, str] = {"distance": "Distance", "rate": "Pace", "climb": "Climb", "time": "Time"}
_COLUMNS = {"distance": "distance_m", "rate": "speed_mps", "climb": "ascent_m", "time": "time_s"}
# Nobody says the pace of a ride; swimmers count hundreds of metres.
_BY_SPEED = frozenset({"ride", "ski", "skate", "row", "sail", "kayak", "canoe"})
_NEEDED = ("id", "source", "also", "day", "distance_m", "moving_s", "elapsed_s", "ascent_m", "time_s", "speed_mps", "pace_s_per_km")
_PACE_STEPS = (2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1200, 3600)
_TREND_RUNS = 9
_BESIDE = 8  # bars that the words at the last one may reach over


def by_pace(sport: str, look: Look) -> bool:
    """Whether this person reads this sport as a pace rather than a speed."""
    return look.speed_as == "pace" and not any(each in sport for each in _BY_SPEED)


def rate(mps: float, sport: str, look: Look) -> words.Amount:
    """How fast, as people of that sport say it: `5:21 /km`, `27.4 km/h`, `1:52 /100 m`."""
    if not by_pace(sport, look):
        return words.speed(mps, look)
    if sport == "swim":
        metres, unit = _hundred(look)
        return words.Amount(words.clock(metres / mps) if mps > 0 else words.NONE, unit)
    return words.pace(mps, look)


def _hundred(look: Look) -> tuple[float, str]:
    """What swimmers count their pace by: a hundred metres, or yards with miles; its length in metres, its name."""
    return (100.0, f"/100{NBSP}m") if look.distance_unit == "km" else (91.44, f"/100{NBSP}yd")


def amount(measure: str, value: float, sport: str, look: Look) -> words.Amount:
    """A value of one of `MEASURES` (SI) in words."""
    if measure == "rate":
        return rate(value, sport, look)
    if measure == "time":
        return words.Amount(words.duration(value))
    if measure == "climb":
        return words.climb(value, look)
    # Hundredths matter in one run, not in a year of them.
    shown = words.distance_in(value, look)
    return words.distance(value, look, 2 if shown < 30 else 1 if shown < 200 else 0)


@chart("running", "Over time", of="activities")
def over_time(
    activities: pd.DataFrame,
    look: Look,
    *,
    measure: str = "distance",
    by: Period = "week",
    sport: str = "run",
    first: date | None = None,
    last: date | None = None,
) -> Figure:
    """Distance, pace, climb or time of one sport, each session or summed by calendar period, from `first` to `last`."""
    every = sessions_of(activities, sport)
    inside = between(array(every, "day"), *_whole_periods(first, last, by, look))
    if inside.start >= inside.stop:
        return base.empty("Nothing here in this time. Choose a longer one.")
    if not np.any(array(every, _COLUMNS[measure])[inside] > 0):
        return base.empty(f"None of these says its {'pace' if measure == 'rate' else MEASURES[measure].lower()}.")
    if by == "session":
        return _sessions(every, inside, measure, sport, look)
    table = _totals(every, inside, by, last, look)
    return _rates(table, by, sport, look) if measure == "rate" else _bars(table, measure, by, sport, look)


@chart("running", "Distance and pace or speed", of="activities")
def distance_and_speed(
    activities: pd.DataFrame, look: Look, *, sport: str = "run", first: date | None = None, last: date | None = None
) -> Figure:
    """Each session by its distance and how fast it was; the more was climbed, the darker. The last 600 of them."""
    every = sessions_of(activities, sport)
    inside = between(array(every, "day"), first, last)
    paced = np.flatnonzero(~np.isnan(array(every, "pace_s_per_km")[inside])) + inside.start
    at = paced[-base.MOST_POINTS :]
    if not len(at):
        return base.empty("This needs sessions that say both a distance and a time.")
    said, metres, mps = sentences(every, sport, look), array(every, "distance_m")[at], array(every, "speed_mps")[at]
    x, y = metres / _distance_unit_m(look), shown_rate(mps, sport, look)
    trace = base.points(
        base.rounded(x),
        base.rounded(y, 3),
        look,
        "run",
        size=8,
        hover="%{text}",
        text=[said[each] for each in at.tolist()],
        customdata=array(every, "id")[at].tolist(),
    )
    trace["marker"] = _climb_marker(array(every, "ascent_m")[at], look)
    far, quick = int(np.argmax(metres)), int(np.argmax(mps))
    label = (
        f"{words.count(len(at), 'session')}: the farthest {words.distance(float(metres[far]), look)} at "
        f"{rate(float(mps[far]), sport, look)}, the fastest {rate(float(mps[quick]), sport, look)} over "
        f"{words.distance(float(metres[quick]), look)}."
    )
    along = base.values_axis(look, look.distance_unit, 0, float(x.max()), lines=4, showgrid=False, zeroline=False)
    right = 72 if "colorbar" in trace["marker"] else 16
    return base.figure([trace], look, label=label, x=along, y=rate_axis(y, sport, look), right=right)


def sessions_of(activities: pd.DataFrame, sport: str) -> pd.DataFrame:
    """The sessions of a sport (`health.running.sessions`), the columns that pages and pictures need, worked out once a frame."""

    def find() -> pd.DataFrame:
        return running.sessions(running.of_sport(activities, sport))[list(_NEEDED)]

    return remembered(activities, ("sessions of", sport), find)


def _totals(every: pd.DataFrame, inside: slice, by: Period, last: date | None, look: Look) -> pd.DataFrame:
    """The totals of the whole periods from that of the first session `inside` to the one holding `last` (today)."""
    until = max(last or look.today, array(every, "day")[inside][-1].item())
    key = ("totals", by, look.first_weekday, look.today)
    # Periods are whole, so those of some years are a part of those of all years.
    table = remembered(every, key, lambda: running.totals(every, by, look.first_weekday, look.today))
    starts, days = array(table, "start"), array(every, "day")
    first = np.searchsorted(starts, days[inside.start], side="right") - 1
    return table.iloc[first : np.searchsorted(starts, np.datetime64(until), side="right")]


def _whole_periods(first: date | None, last: date | None, by: Period, look: Look) -> tuple[date | None, date | None]:
    """Those days out to the ends of their weeks, months or years: a part of one would be drawn as a low one."""
    if by == "session":
        return first, last
    if by == "week":
        first = None if first is None else week_start(first, look.first_weekday)
        return first, None if last is None else week_start(last, look.first_weekday) + timedelta(days=6)
    month = by == "month"
    first = None if first is None else first.replace(day=1, month=first.month if month else 1)
    if last is not None:
        last = (pd.Timestamp(last) + (pd.offsets.MonthEnd(0) if month else pd.offsets.YearEnd(0))).date()
    return first, last


# -- by calendar period -------------------------------------------------------------------------------------------------------


def _bars(table: pd.DataFrame, measure: str, by: Period, sport: str, look: Look) -> Figure:
    values = _shown(table[_COLUMNS[measure]].to_numpy(), measure, look)
    texts = [_period_sentence(row, measure, by, sport, look) for row in _periods(table, measure)]
    trace = base.bars(
        base.day_texts(table["start"]),
        base.rounded(values),
        base.present_and_past(len(table), look, "run"),
        hover="%{text}",
        text=texts,
        textposition="none",
        customdata=base.day_texts(table["start"]),
    )
    last = amount(measure, float(table[_COLUMNS[measure]].iloc[-1]), sport, look)
    # Above the neighbours too: the words are wider than the bar.
    said = base.words_at(
        trace["x"][-1],
        float(values[-_BESIDE:].max()),
        str(last),
        look,
        role="run",
        yshift=11,
        xanchor="right" if len(table) > _BESIDE else "center",
        xshift=8 if len(table) > _BESIDE else 0,
    )
    mean = float(table[_COLUMNS[measure]].mean())
    label = f"{MEASURES[measure]} by {by}: {last} in this {by}, {amount(measure, mean, sport, look)} in the mean one."
    up = base.values_axis(look, _unit(measure, look), 0, float(values.max()) * 1.08, lines=4)
    return base.figure([trace], look, label=label, x=_period_axis(table, by, look), y=up, annotations=[said], bargap=0.22, right=16)


def _rates(table: pd.DataFrame, by: Period, sport: str, look: Look) -> Figure:
    speeds = table["speed_mps"].to_numpy()
    values = shown_rate(speeds, sport, look)
    texts = [_period_sentence(row, "rate", by, sport, look) for row in _periods(table, "rate")]
    x = base.day_texts(table["start"])
    trace = base.line(
        x, base.rounded(values, 3), look, "run", hover="%{text}", text=texts, mode="lines+markers", marker={"size": 5}
    )
    last = int(np.flatnonzero(~np.isnan(speeds))[-1])
    said = str(rate(float(speeds[last]), sport, look))
    end = base.end_mark(x[last], round(float(values[last]), 3), said, look, "run")
    label = f"{'Pace' if by_pace(sport, look) else 'Speed'} by {by}: {said} in the last {by} with one."
    along = _period_axis(table, by, look)
    return base.figure([trace, *end], look, label=label, x=along, y=rate_axis(values, sport, look), right=84)


def _period_axis(table: pd.DataFrame, by: Period, look: Look) -> dict[str, Any]:
    half = {"week": 3.5, "month": 15.0, "year": 183.0}[by]
    room = pd.Timedelta(days=half + 1)
    along = base.days_axis(look, table["start"].iloc[0] - room, table["start"].iloc[-1] + room)
    if by == "year" or len(table) <= 4:
        starts = table["start"] if len(table) <= 12 else table["start"].iloc[:: math.ceil(len(table) / 12)]
        form = "%Y" if by == "year" else "%b %Y" if by == "month" else "%-d %b"
        along |= {"tickvals": base.day_texts(starts), "ticktext": [each.strftime(form) for each in starts]}
    return along


def _periods(table: pd.DataFrame, measure: str) -> list[dict[str, Any]]:
    return rows(table, "start", "n", _COLUMNS[measure])


def _period_sentence(row: dict[str, Any], measure: str, by: Period, sport: str, look: Look) -> str:
    start = row["start"]
    when = {"week": f"Week of {words.day(start, look)}", "month": f"{start:%B %Y}", "year": f"{start:%Y}"}[by]
    if not row["n"]:
        return f"{when}: none"
    return f"{when}: {amount(measure, row[_COLUMNS[measure]], sport, look)} in {words.count(row['n'], 'session')}"


# -- by session ---------------------------------------------------------------------------------------------------------------


def _sessions(every: pd.DataFrame, inside: slice, measure: str, sport: str, look: Look) -> Figure:
    """The rows `inside` of `every`, a dot each."""
    raw, days = array(every, _COLUMNS[measure])[inside], array(every, "day")[inside]
    shown = shown_rate(raw, sport, look) if measure == "rate" else _shown(np.where(raw > 0, raw, np.nan), measure, look)
    trend = pd.Series(shown).rolling(_TREND_RUNS, min_periods=3, center=False).median().to_numpy()
    kept = base.thinned(len(shown), shown, 400)
    said_of, places = sentences(every, sport, look), (kept + inside.start).tolist()
    dots = base.points(
        base.day_texts(days[kept]),
        base.rounded(shown[kept], 3),
        look,
        "run",
        size=5,
        hover="%{text}",
        text=[said_of[at] for at in places],
        customdata=array(every, "id")[places].tolist(),
    )
    path, smooth = base.broken(days, trend, 60)
    fewer = base.thinned(len(path), smooth, 200)
    line = base.line(base.day_texts(path[fewer]), base.rounded(smooth[fewer], 3), look, "run", hoverinfo="skip")
    line.pop("hovertemplate")
    last = int(np.flatnonzero(~np.isnan(shown))[-1])
    said = amount(measure, float(raw[last]), sport, look)
    label = f"{len(days)} sessions, the last {said}; the line is the middle one of the last {words.spelled(_TREND_RUNS)}."
    up = rate_axis(shown, sport, look) if measure == "rate" else _value_axis(shown, measure, look)
    room = pd.Timedelta(days=2)
    along = base.days_axis(look, pd.Timestamp(days[0]) - room, pd.Timestamp(days[-1]) + room)
    return base.figure([dots, line], look, label=label, x=along, y=up, right=16)


def sentences(every: pd.DataFrame, sport: str, look: Look) -> list[str]:
    """Every session of a sport in a sentence, made once: each picture and each length of time shows some of them."""
    columns = ("day", "distance_m", "time_s", "speed_mps", "ascent_m", "source", "also")
    plain = replace(look, mode="light", compact=False)  # neither changes a word
    return remembered(every, ("sentences", plain), lambda: [_sentence(row, sport, look) for row in rows(every, *columns)])


def _sentence(row: dict[str, Any], sport: str, look: Look) -> str:
    parts = [str(words.distance(row["distance_m"], look))] if row["distance_m"] > 0 else []
    if row["time_s"] > 0:
        parts.append(f"{'in ' if parts else ''}{words.duration(row['time_s'])}")
    said = " ".join(parts) or "no distance and no time"
    if row["speed_mps"] > 0:
        said += f", {rate(row['speed_mps'], sport, look)}"
    if row["ascent_m"] > 0:
        said += f", {words.climb(row['ascent_m'], look)} climbed"
    if isinstance(row["also"], str):
        said += f", merged from {base.escaped([told.sources_of(row['source'], row['also'])])[0]}"
    return f"{words.day(row['day'], look)}: {said}"


# -- units and axes -----------------------------------------------------------------------------------------------------------


def _distance_unit_m(look: Look) -> float:
    return 1.0 / words.distance_in(1.0, look)


def _unit(measure: str, look: Look) -> str:
    if measure == "climb":
        return words.climb(0, look).unit
    return "h" if measure == "time" else look.distance_unit


def _shown(values: np.ndarray[Any, Any], measure: str, look: Look) -> np.ndarray[Any, Any]:
    """Metres or seconds as the numbers of the axis: km or miles, m or feet, hours."""
    if measure == "distance":
        return values / _distance_unit_m(look)
    if measure == "climb":
        return values if look.distance_unit == "km" else values / 0.3048
    return values / 3600


def shown_rate(mps: np.ndarray[Any, Any], sport: str, look: Look) -> np.ndarray[Any, Any]:
    """Metres a second as the numbers of the axis: seconds a unit for a pace, else units an hour. NaN where not above 0."""
    speeds = np.where(mps > 0, mps, np.nan)
    if not by_pace(sport, look):
        return speeds * 3600 / _distance_unit_m(look)
    return (_hundred(look)[0] if sport == "swim" else _distance_unit_m(look)) / speeds


def _value_axis(values: np.ndarray[Any, Any], measure: str, look: Look) -> dict[str, Any]:
    return base.values_axis(look, _unit(measure, look), 0, float(np.nanmax(values)), lines=4)


def rate_axis(values: np.ndarray[Any, Any], sport: str, look: Look) -> dict[str, Any]:
    """A pace axis is reversed, so that faster is up. It holds every value but those far from all others (a watch left on)."""
    usual = np.nanpercentile(values, (2, 98))
    low, high = float(max(np.nanmin(values), usual[0] * 0.6)), float(min(np.nanmax(values), usual[1] * 1.7))
    low, high = min(low, high * 0.97), max(high, low * 1.03)
    if not by_pace(sport, look):
        return base.values_axis(look, words.speed(0, look).unit, low, high, lines=4)
    step = next((each for each in _PACE_STEPS if (high - low) / each <= 5), 7200)
    start, end = math.floor(low / step) * step, math.ceil(high / step) * step
    marks = list(range(start, end + 1, step))
    texts = [words.clock(each) for each in marks]
    unit = _hundred(look)[1] if sport == "swim" else f"/{look.distance_unit}"
    texts[0] += f"{NBSP}{unit}"
    pad = (end - start) * 0.03
    shape = {"showgrid": True, "gridcolor": look.colour("line"), "gridwidth": 1, "fixedrange": True}
    return base.axis(look, range=[end + pad, start - pad], tickvals=marks, ticktext=texts, **shape)


def _climb_marker(ascent_m: np.ndarray[Any, Any], look: Look) -> dict[str, Any]:
    """Dots from pale to full by metres climbed; grey where no climb is known."""
    line = {"width": 1, "color": look.colour("card")}
    if not np.any(ascent_m > 0):
        return {"size": 8, "color": look.alpha("run", 0.55), "line": line}
    top = float(np.nanpercentile(ascent_m, 97)) or float(np.nanmax(ascent_m))
    shades = [[0, look.tint("run", 0.22)], [0.5, look.colour("run")], [1, look.tint("run", 0.45, on="ink")]]
    step = base.nice_step(top, 2)
    marks = [step * at for at in range(int(top / step) + 1)]
    said = [words.climb(each, look) for each in marks]
    texts = [each.number for each in said[:-1]] + [f"{said[-1]} up"]
    bar = {
        "thickness": 6, "len": 0.6, "y": 1, "yanchor": "top", "x": 1.02, "outlinewidth": 0, "tickvals": marks, "ticks": "",
        "ticktext": texts, "tickfont": {"size": 12, "color": look.colour("ink-3")},
    }  # fmt: skip
    known = np.nan_to_num(ascent_m)
    return {
        "size": 8, "color": base.rounded(known, 0), "colorscale": shades, "cmin": 0, "cmax": round(top), "showscale": True,
        "colorbar": bar, "line": line, "opacity": 0.9,
    }  # fmt: skip
