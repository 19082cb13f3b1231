"""Pictures of lifting: the estimated max and the mean load over time, load against repetitions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.memory import remembered
from dashboard.tables import array, rows, rows_at
from dashboard.theme import Look
from dashboard.words import NBSP
from health import strength

Array = np.ndarray[Any, Any]
RECENT = timedelta(weeks=12)
Row = Mapping[Any, Any]  # of `health.strength.sessions`
_GAP_DAYS = 60
_SAID = ("day", "n_sets", "reps", "mean_load_kg", "e1rm_kg", "best_reps", "best_load_kg")  # what a session's hover may say


@chart("strength", "Estimated max, by session", of="sets")
def estimated_max(
    sets: pd.DataFrame, look: Look, *, exercise: str = "", first: date | None = None, last: date | None = None
) -> Figure:
    """The most that could be lifted once, from each session's best set (Epley): dots, their best of six weeks, records."""
    known, (_, broken) = _known(sets, exercise, "e1rm_kg"), by_session(sets, exercise)
    if known.empty:
        return base.empty(f"An estimate needs a set of up to {strength.MOST_REPS} repetitions with a load.")

    def hover(row: Row) -> str:
        best = words.lifted(row["best_reps"], row["best_load_kg"], look)
        return f"{words.day(row['day'], look)}: {best}, so about {words.mass(row['e1rm_kg'], look, 0)} once"

    marks = remembered(broken, "of e1rm", lambda: broken[(broken["measure"] == "e1rm") & broken["previous"].notna()])
    return _evolution(known, "e1rm_kg", hover, look, days=(first, last), records=marks, name="estimated max", decimals=0)


@chart("strength", "Mean load of a repetition, by session", of="sets")
def mean_load(sets: pd.DataFrame, look: Look, *, exercise: str = "", first: date | None = None, last: date | None = None) -> Figure:
    """Weight lifted over repetitions done, for each session; the best of six weeks as a line."""
    known = _known(sets, exercise, "mean_load_kg")
    if known.empty:
        return base.empty("A mean load needs sets that say both repetitions and a load.")

    def hover(row: Row) -> str:
        done = f"{words.count(row['reps'], 'repetition')} in {words.count(row['n_sets'], 'set')}"
        return f"{words.day(row['day'], look)}: {words.mass(row['mean_load_kg'], look)} a repetition, {done}"

    return _evolution(known, "mean_load_kg", hover, look, days=(first, last), records=None, name="mean load", decimals=1)


@chart("strength", "Repetitions and load", of="sets")
def reps_and_load(
    sets: pd.DataFrame, look: Look, *, exercise: str = "", first: date | None = None, last: date | None = None
) -> Figure:
    """Every set by its repetitions and load; the last twelve weeks in the accent, the dashes join the best at each number."""
    done = _with_both(chosen(sets, exercise))
    days, reps, kg = (array(done, each) for each in ("day", "reps", "load_kg"))
    inside = within(days, first, last)
    if not inside.any():
        return base.empty("No set in this time says both repetitions and a load.")
    recent = days > np.datetime64(look.today - RECENT)
    parts = ((inside & ~recent, "ink-3"), (inside & recent, "lift"))
    traces = [_dots(_once_each(reps[part], kg[part], days[part]), look, role) for part, role in parts if part.any()]
    often, most = _edge(reps[inside], kg[inside])
    loads = in_unit(most, look)
    best = base.line(often.tolist(), base.rounded(loads), look, "ink-2", width=1.4, hoverinfo="skip")
    best.pop("hovertemplate")
    best["line"] |= {"dash": "dot"}
    top_load = float(most[0])
    top_reps = int(often[most >= top_load].max())
    once = words.lifted(top_reps, top_load, look) if top_reps > 1 else f"{words.load(top_load, look)} once"
    notes = [base.words_at(top_reps, float(loads[0]), once, look, xanchor="center", yshift=12)]
    notes += _legend(look, both=len(traces) > 1)
    label = f"Load against repetitions of {words.count(int(inside.sum()), 'set')}: at most {once}."
    values = in_unit(kg[inside], look)
    up = base.values_axis(look, look.mass_unit, float(values.min()) * 0.96, float(values.max()) * 1.03, lines=4)
    return base.figure([*traces, best], look, label=label, x=_reps_axis(int(often[-1]), look), y=up, annotations=notes, right=16)


# -- evolution ----------------------------------------------------------------------------------------------------------------


def _evolution(
    known: pd.DataFrame,
    column: str,
    hover: Callable[[Row], str],
    look: Look,
    *,
    days: tuple[date | None, date | None],
    records: pd.DataFrame | None,
    name: str,
    decimals: int,
) -> Figure:
    """Faint dots, a rolling best as the line, diamonds for records, the last value at the end. `days`: first and last shown."""
    best = remembered(known, "best", lambda: strength.rolling_best(known["day"], known[column]))
    every = array(known, "day")
    inside = np.flatnonzero(within(every, *days))
    if not len(inside):
        return base.empty("No session with this exercise in this time. Choose a longer one.")
    values = in_unit(array(known, column), look)
    kept = inside[base.thinned(len(inside), values[inside], 380)].tolist()
    dots = base.points(
        base.day_texts(every[kept]),
        base.rounded(values[kept]),
        look,
        "lift",
        size=6,
        hover="%{text}",
        text=[hover(row) for row in rows_at(known, kept, *_SAID)],
        customdata=array(known, "workout_id")[kept].tolist(),
    )
    along, trend = base.broken(every[inside], in_unit(best[inside], look), _GAP_DAYS)
    fewer = base.thinned(len(along), trend, 200)
    line = base.line(base.day_texts(along[fewer]), base.rounded(trend[fewer]), look, "lift", hoverinfo="skip")
    line.pop("hovertemplate")
    low, top = float(values[inside].min()), float(values[inside].max())
    kg = array(known, column)[inside]
    said, high = (words.mass(float(each), look, decimals) for each in (kg[-1], kg.max()))
    label = f"{name.capitalize()} over {words.count(len(inside), 'session')}: {said} in the last, {high} at most."
    last = float(values[inside[-1]])
    traces = [dots, line, *base.end_mark(dots["x"][-1], round(last, 2), said.number, look, "lift")]
    if records is not None:
        traces += _diamonds(records, days, look)
    up = base.values_axis(look, look.mass_unit, low - (top - low) * 0.05 - 0.5, top + (top - low) * 0.05 + 0.5, lines=4)
    return base.figure(traces, look, label=label, x=days_along(every[inside], look), y=up, right=52)


def _diamonds(records: pd.DataFrame, days: tuple[date | None, date | None], look: Look) -> list[dict[str, Any]]:
    """The last dozen records: a beginner's first months are nothing but records, and would hide the line."""
    shown = np.flatnonzero(within(array(records, "day"), *days))[-12:].tolist()
    if not shown:
        return []
    texts = [
        f"Record on {words.day(row['day'], look)}: {words.lifted(row['reps'], row['load_kg'], look)}, so about "
        f"{words.mass(row['value'], look, 0)} once, {words.mass(row['value'] - row['previous'], look)} more than before"
        for row in rows_at(records, shown, "day", "reps", "load_kg", "value", "previous")
    ]
    marker = {"symbol": "diamond", "size": 10, "color": look.colour("lift"), "line": {"width": 2, "color": look.colour("card")}}
    y = base.rounded(in_unit(array(records, "value")[shown], look))
    x = base.day_texts(array(records, "day")[shown])
    common = {
        "type": "scatter",
        "mode": "markers",
        "marker": marker,
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }
    return [{**common, "x": x, "y": y, "text": texts, "customdata": array(records, "workout_id")[shown].tolist()}]


# -- repetitions and load -----------------------------------------------------------------------------------------------------


def _with_both(ours: pd.DataFrame) -> pd.DataFrame:
    """Day, repetitions and load of the sets that count and have both."""

    def find() -> pd.DataFrame:
        kept = ours.loc[(ours["type"] != "warmup").to_numpy(), ["day", "reps", "load_kg"]]
        return kept[(kept["load_kg"].to_numpy() > 0) & (kept["reps"].to_numpy() > 0)]

    return remembered(ours, "with both", find)


def _edge(reps: Array, kg: Array) -> tuple[Array, Array]:
    """Every number of repetitions done, rising, and the most ever lifted as often or more often."""
    often, place = np.unique(reps, return_inverse=True)
    most = np.zeros(len(often))
    np.maximum.at(most, place, kg)
    return often, np.maximum.accumulate(most[::-1])[::-1]


def _once_each(reps: Array, kg: Array, days: Array) -> list[tuple[float, float, int, date]]:
    """Repetitions, load, how often, when last, once for each pair of the first two: at most 300, the latest ones."""
    backwards = np.column_stack([reps, kg])[::-1]  # so that the first of its kind is the latest
    _, first, n = np.unique(backwards, axis=0, return_index=True, return_counts=True)
    latest = np.argsort(first)[:300][::-1]
    at = first[latest]
    return list(zip(*backwards[at].T.tolist(), n[latest].tolist(), days[::-1][at].tolist(), strict=True))


def _dots(once: list[tuple[float, float, int, date]], look: Look, role: str) -> dict[str, Any]:
    texts = [f"{words.lifted(reps, kg, look)}: {words.times(n)}, last on {words.day(last, look)}" for reps, kg, n, last in once]
    table = np.array([(reps, kg) for reps, kg, _, _ in once])
    loads = in_unit(table[:, 1], look)
    # Pounds in a log of kilograms and back make neighbours a hair apart: a set aside of up to a tenth shows both.
    shift = ((np.arange(len(once)) % 3) - 1) * 0.09
    x = base.rounded(table[:, 0] + shift)
    dots = base.points(x, base.rounded(loads), look, role, size=7 if role == "lift" else 6, hover="%{text}", text=texts)
    if role == "lift":
        dots["marker"] |= {"color": look.colour("lift"), "line": {"width": 1, "color": look.colour("card")}}
    return dots


def _legend(look: Look, *, both: bool) -> list[dict[str, Any]]:
    if not both:
        return []
    recent = base.words_at(0.02, 0.12, "Last 12 weeks", look, role="lift", xref="paper", yref="paper", xanchor="left")
    return [recent, base.words_at(0.02, 0.04, "Earlier", look, xref="paper", yref="paper", xanchor="left")]


def _reps_axis(most: int, look: Look) -> dict[str, Any]:
    usual = [each for each in (1, 3, 5, 8, 10, 12, 15, 20, 30, 50, 100) if each <= most]
    marks = usual if len(usual) > 1 else sorted({1, most})
    texts = [
        f"{each}{NBSP}{'rep' if each == 1 else 'reps'}" if at in (0, len(marks) - 1) else str(each) for at, each in enumerate(marks)
    ]
    return base.axis(look, range=[0.4, most + 0.8], tickvals=marks, ticktext=texts)


# -- common -------------------------------------------------------------------------------------------------------------------


def in_unit(kg: Array, look: Look) -> Array:
    """Kilograms as the numbers of the axis: the person's unit."""
    return kg * words.mass_in(1.0, look)


def chosen(sets: pd.DataFrame, exercise: str) -> pd.DataFrame:
    """The sets of that exercise; of the one done most often where none is named."""
    if not exercise and not sets.empty:
        exercise = names(sets)[0]
    return _of(remembered(sets, "sets by exercise", lambda: _by_exercise(sets)), exercise, sets)


def names(sets: pd.DataFrame) -> list[str]:
    """All exercises, the one done most often first."""
    return remembered(sets, "exercises", lambda: strength.exercises(sets))


def by_session(sets: pd.DataFrame, exercise: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sessions of an exercise and its records (`health.strength`); those of all are worked out at once."""
    name = exercise or (names(sets) or [""])[0]
    every, broken = all_sessions(sets), all_records(sets)
    ours = remembered(every, "by exercise", lambda: _by_exercise(every))
    theirs = remembered(broken, "by exercise", lambda: _by_exercise(broken))
    return _of(ours, name, every), _of(theirs, name, broken)


def bests(sets: pd.DataFrame, exercise: str) -> Mapping[str, Row]:
    """The best set of the exercise by each measure (`health.strength.best_sets`)."""

    def find() -> dict[str, dict[str, Row]]:
        found: dict[str, dict[str, Row]] = {}
        for row in rows(strength.best_sets(sets), "exercise", "measure", "value", "reps", "load_kg", "day"):
            found.setdefault(row["exercise"], {})[row["measure"]] = row
        return found

    return remembered(sets, "best sets", find).get(exercise, {})


def _by_exercise(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(name): part.reset_index(drop=True) for name, part in table.groupby("exercise", sort=False)}


def _of(parts: dict[str, pd.DataFrame], exercise: str, table: pd.DataFrame) -> pd.DataFrame:
    found = parts.get(exercise)
    return table.iloc[:0] if found is None else found


def all_sessions(sets: pd.DataFrame) -> pd.DataFrame:
    return remembered(sets, "all sessions", lambda: strength.sessions(sets))


def all_records(sets: pd.DataFrame) -> pd.DataFrame:
    return remembered(sets, "all records", lambda: strength.records(sets))


def _known(sets: pd.DataFrame, exercise: str, column: str) -> pd.DataFrame:
    """The sessions that say `column`."""
    table, _ = by_session(sets, exercise)
    return remembered(table, ("known", column), lambda: table[table[column].notna()])


def within(days: Array, first: date | None, last: date | None) -> Array:
    """Which of those days (`datetime64[D]`) lie between `first` and `last`, both in it; None is open."""
    inside = np.ones(len(days), dtype=bool) if first is None else days >= np.datetime64(first)
    return inside if last is None else inside & (days <= np.datetime64(last))


def days_along(days: Array, look: Look) -> dict[str, Any]:
    """The axis of those days (`datetime64[D]`, rising), with a little room at both ends."""
    room = np.timedelta64(max(2, span_days(days) // 60), "D")
    return base.days_axis(look, pd.Timestamp(days[0] - room), pd.Timestamp(days[-1] + room))


def span_days(days: Array) -> int:
    """From the first of those days to the last."""
    return int((days[-1] - days[0]).astype(int))
