"""Food as it was written down: protein and energy by day behind their 7-day means."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.memory import remembered
from dashboard.theme import Look
from health import body, nutrition
from health.units import KJ_PER_KCAL

KCAL_PER_KJ: Final = 1 / float(KJ_PER_KCAL)
_POINTS, _LINE = 400, 540


def days(meals: pd.DataFrame) -> pd.DataFrame:
    """One row a day, worked out once a frame."""
    return remembered(meals, "eaten", lambda: nutrition.daily(meals))


@chart("food", "Protein, by day", of="meals")
def protein(meals: pd.DataFrame, look: Look, *, first: date | None = None, last: date | None = None) -> Figure:
    """Grams of protein a day."""
    return _by_day(days(meals)["protein_g"].dropna(), look, ("Protein", "g"), first, last)


@chart("food", "Energy, by day", of="meals")
def energy(meals: pd.DataFrame, look: Look, *, first: date | None = None, last: date | None = None) -> Figure:
    """Kilocalories a day: what every label and app says."""
    return _by_day(days(meals)["energy_kj"].dropna() * KCAL_PER_KJ, look, ("Energy", "kcal"), first, last)


def _by_day(every: pd.Series, look: Look, said: tuple[str, str], first: date | None, last: date | None) -> Figure:
    name, unit = said
    values = every.loc[str(first) if first else None : str(last) if last else None]
    if values.empty:
        return base.empty(f"No {name.lower()} was written down in this time.")
    line = body.line(every).loc[values.index[0] : values.index[-1]]
    start, end = pd.Timestamp(first or values.index[0]), pd.Timestamp(last or look.today)
    year = "" if start.year == look.today.year else " %Y"
    hover = f"%{{x|%a %-d %b{year}}}: %{{y:,.0f}}{words.NBSP}{unit}"
    kept = values.iloc[base.thinned(len(values), values.to_numpy(), _POINTS)]
    drawn = line.iloc[base.thinned(len(line), line.to_numpy(), _LINE)]
    traces = [
        base.points(base.day_texts(kept.index), base.rounded(kept, 0), look, "body", hover=hover),
        base.line(base.day_texts(drawn.index), base.rounded(drawn, 1), look, "body", hover=f"{hover}, 7-day mean"),
    ]
    label = f"{name} on {words.count(len(values), 'day')}: {words.number(float(values.mean()))} {unit} on average"
    known = drawn.dropna()
    if len(known):
        newest = float(known.iloc[-1])
        mark = base.day_texts(known.index[-1:])[0]
        traces += base.end_mark(mark, round(newest, 1), words.number(newest), look, "body")
        label += f", {words.number(newest)} {unit} in the last 7 days"
    room = (end - start) * 0.006
    return base.figure(
        traces, look, label=f"{label}.", right=64, x=base.days_axis(look, start - room, end + room),
        y=base.values_axis(look, unit, float(values.min()), float(values.max())),
    )  # fmt: skip
