"""One activity opened from its row on Running (`?activity=ID`): its numbers, the course of it, the way, and its kilometres."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from dashboard import cards, chart, controls, merged, told, words
from dashboard.elements import Component, html
from dashboard.figures.running import amount, by_pace, rate
from dashboard.page import View
from dashboard.theme import Look
from health import packed, running, series
from health.days import local_time
from health.records import series_of

PARAMETER = "activity"
_MOST_SPLITS = 50
_COLUMNS = ("time_s", "distance_m", "heart_rate_bpm", "speed_mps", "ascent_m")


def content(view: View, id: str, title: str, one: str) -> Component:
    """The page of that activity. `title` names its sport, `one` is one session of it: Running, run."""
    found = view.frames.activities[view.frames.activities["id"] == id]
    back = cards.link(f"All of {title}", controls.address(view, **{PARAMETER: None}), "btn btn-secondary")
    if found.empty:
        said = cards.empty("This activity is no longer here.")
        return html.Div([cards.head(title, back), cards.card("Activity", said, domain="run")])
    row = running.sessions(found).iloc[0]
    points = points_of(view, row)
    name = row["name"] if isinstance(row["name"], str) else title
    head = cards.head(name, back, eyebrow=_when(row, view.look))
    return html.Div([head, cards.grid(*_small(row, points, view.look), *_cards(view, row, points, one))])


def points_of(view: View, row: pd.Series) -> pd.DataFrame:
    """The time series of an activity, a row a point; empty where none of the records that tell of it has one.

    Of several the one with the most points is taken, the preferred record's among equals.
    """
    things = view.frames.things.get("activity")
    holding = things.holding(row["id"]) if things is not None else ()
    ids = [each["id"] for each in holding] or [row["id"]]
    house, best = view.house, None
    for each in ids:
        stored = house.store.get(house.person, "series", series_of(each))
        if stored is not None and (best is None or stored.body["points"] > best["points"]):
            best = stored.body
    if best is None:
        return pd.DataFrame()
    return frame_of(packed.unpack(best["data"], best["columns"].split(","), best["points"]), row["day"])


def frame_of(columns: packed.Columns, day: pd.Timestamp) -> pd.DataFrame:
    """The columns of a series as the frame that its charts are drawn from."""
    points = len(next(iter(columns.values()), ()))
    return pd.DataFrame({"day": np.full(points, day.to_datetime64()), **columns})


def _when(row: pd.Series, look: Look) -> str:
    at = local_time(row["at"].to_pydatetime(), row["zone"])
    day = words.day(row["day"].date(), look)
    clock = "" if row["precision"] == "day" else f", {at:%H:%M}"
    also = told.sources_of(row["source"], row["also"]) if isinstance(row["also"], str) else told.source(row["source"])
    return f"{day}{clock} · {also}"


# -- four numbers ---------------------------------------------------------------------------------------------------------------


def _small(row: pd.Series, points: pd.DataFrame, look: Look) -> list[Component]:
    sport = row["sport"]
    found = []
    if row["distance_m"] > 0:
        found.append(("Distance", amount("distance", row["distance_m"], sport, look), _fastest(points, sport, look)))
    if row["time_s"] > 0:
        whole = f"{words.duration(row['elapsed_s'])} with pauses" if row["elapsed_s"] >= row["time_s"] + 60 else "without a pause"
        found.append(("Time", words.Amount(words.duration(row["time_s"])), whole if row["elapsed_s"] > 0 else None))
    if row["speed_mps"] > 0:
        name = "Pace" if by_pace(sport, look) else "Speed"
        found.append((name, rate(row["speed_mps"], sport, look), None))
    if row["mean_heart_rate_bpm"] > 0:
        most = row["max_heart_rate_bpm"]
        said = f"at most {words.number(most)}\u00a0bpm" if most > 0 else None
        found.append(("Heart rate", words.Amount(words.number(row["mean_heart_rate_bpm"]), "bpm"), said))
    if row["ascent_m"] > 0 and len(found) < 4:
        found.append(("Climb", words.climb(row["ascent_m"], look), None))
    small = [cards.small_card(name, value, *([cards.note(said)] if said else []), domain="run") for name, value, said in found[:4]]
    return cards.abreast(*small) if small else []


def _fastest(points: pd.DataFrame, sport: str, look: Look) -> str | None:
    """The quickest whole kilometre or mile."""
    if points.empty or "distance_m" not in points:
        return None
    unit = 1.0 / words.distance_in(1.0, look)
    whole = [each for each in _splits(points, unit) if each.distance_m > 0.99 * unit]
    if len(whole) < 2:
        return None
    best = max(whole, key=lambda each: each.speed_mps)
    return f"fastest {look.distance_unit} at {rate(best.speed_mps, sport, look)}"


# -- pictures and splits --------------------------------------------------------------------------------------------------------


def _cards(view: View, row: pd.Series, points: pd.DataFrame, one: str) -> list[Component]:
    if points.empty:
        return [_none(one)]
    look, sport = view.look, row["sport"]
    course = chart.draw("activity.course", points, look, sport=sport)
    way = chart.draw("activity.route", points, look)
    has_way = not way["layout"]["meta"].get("empty")
    panels = sum(name.startswith("yaxis") for name in course["layout"])
    made = [
        cards.drawn(
            "Along the way",
            lambda: cards.card(
                "Along the way",
                cards.graph("activity.course", course, height=110 + 130 * panels),
                moment=merged.thing_link("activities", row["id"], "What each source said")
                if isinstance(row["also"], str)
                else None,
                w=7 if has_way else 12,
                domain="run",
            ),
            w=7,
            domain="run",
        )
    ]
    if has_way:
        note = cards.note("North is up. The ring is the start.")
        drawn = cards.graph("activity.route", way, height=320 if look.compact else 84 + 130 * panels)
        made.append(cards.drawn("Route", lambda: cards.card("Route", drawn, note, w=5, domain="run"), w=5, domain="run"))
    made.append(cards.drawn("Splits", lambda: splits_card(points, sport, look), domain="run"))
    return made


def _none(one: str) -> Component:
    way = cards.link("Drop a file", "/sources#files")
    said = cards.empty(
        f"No time series of this {one} yet. It comes with a FIT, GPX or TCX file, with the export of a Strava account, and with "
        "Strava for the newest ten activities.",
        way_on=way,
    )
    return cards.card("Along the way", said, domain="run")


def splits_card(points: pd.DataFrame, sport: str, look: Look) -> Component:
    """The kilometres (or miles, or several at a time of a long way) in a table."""
    unit = 1.0 / words.distance_in(1.0, look)
    far = float(np.nanmax(points["distance_m"])) if "distance_m" in points and points["distance_m"].notna().any() else 0.0
    step = next((each for each in (1, 5, 10, 20, 50, 100) if far / unit / each <= _MOST_SPLITS), 500)
    found = _splits(points, unit * step)
    if not found:
        return cards.card(
            "Splits", cards.empty("The distance was not recorded, so there is nothing to cut.", height=80), domain="run"
        )
    names: dict[str, Callable[[series.Split], str]] = {
        look.distance_unit: lambda each: _end(each, unit, step),
        "Pace" if by_pace(sport, look) else "Speed": lambda each: str(rate(each.speed_mps, sport, look)),
        "Heart rate": lambda each: words.number(each.heart_rate_bpm),
        "Time": lambda each: words.clock(each.moving_s),
        "Climb": lambda each: str(words.climb(each.ascent_m, look)) if each.ascent_m == each.ascent_m else words.NONE,
    }
    if not any(each.heart_rate_bpm == each.heart_rate_bpm for each in found):
        del names["Heart rate"]
    chosen = list(names)[:3] if look.compact else list(names)
    rows: list[list[Any]] = [[names[each](split) for each in chosen] for split in found]
    said = f"Every {words.count(step, look.distance_unit, look.distance_unit)}, in moving time"
    return cards.card("Splits", cards.table(chosen, rows, numeric=range(1, len(chosen)), label=said), moment=said, domain="run")


def _splits(points: pd.DataFrame, each_m: float) -> list[series.Split]:
    return series.splits({name: points[name].to_numpy() for name in packed.STEPS if name in points}, each_m)


def _end(split: series.Split, unit: float, step: int) -> str:
    """Where a split ends: `3`, `15`, and the last one with its decimals."""
    whole = abs(split.distance_m - unit * step) < 0.5
    end = (split.number - 1) * step + split.distance_m / unit
    return words.number(end) if whole else words.number(end, 2)
