"""Food: protein and energy, as an app or a diary wrote them down."""

from __future__ import annotations

from typing import Final

import pandas as pd

from dashboard import cards, chart, spans, words
from dashboard.elements import Component, html
from dashboard.figures.body import drawn_line
from dashboard.figures.food import KCAL_PER_KJ, days
from dashboard.memory import remembered
from dashboard.page import Page, View
from dashboard.theme import Look
from dashboard.words import Amount

PAGE = Page(path="/food", name="Food", icon="food", domain="body", order=47)
_CHARTS: Final = ("food.protein", "food.energy")
_WEEK, _MONTH = pd.Timedelta(days=7), pd.Timedelta(days=28)


def depends(_view: View) -> None:
    """Nothing besides the frames and the address."""


def content(view: View) -> Component:
    """The page."""
    frame = view.frames.meals
    if frame.empty:
        said = "No food is known yet. An app that writes into Apple Health fills this page with its next export."
        way = cards.link("Drop an export", "/sources#files")
        return html.Div(
            [cards.head("Food"), cards.grid(cards.card("Food", cards.empty(said, way_on=way), domain="body", icon_name="food"))]
        )
    default = spans.usual(view, days(frame).index[-1].date())
    first, last = spans.days(view, default)
    pictures = [
        *cards.abreast(*_small(view)),
        *(_picture(view, name, first=first, last=last) for name in _CHARTS),
    ]
    return html.Div([cards.head("Food", spans.segments(view, default)), cards.grid(*pictures)])


def _picture(view: View, name: str, **chosen: object) -> Component:
    figure = chart.draw(name, view.frames.meals, view.look, **chosen)
    limits = {key: str(day or "") for key, day in chosen.items()}
    rows = cards.rows_link("meals", **limits)
    plot = cards.graph(name, figure, height=280)
    return cards.card(chart.charts()[name].title, plot, domain="body", icon_name="food", moment=rows, w=6)


def _small(view: View) -> list[Component]:
    """The week's protein, that for each kilogram or pound of the body, the week's energy, and how many days were kept."""
    table = days(view.frames.meals)
    week = table[table.index > table.index[-1] - _WEEK]
    made: list[Component] = []
    protein, energy = float(week["protein_g"].mean()), float(week["energy_kj"].mean())
    days_of = f"mean of {words.count(len(week), 'day')} up to {words.day(table.index[-1].date(), view.look)}"
    if protein == protein:
        made.append(cards.small_card("Protein a day", Amount(words.number(protein), "g"), cards.note(days_of), domain="body"))
        mass = remembered(view.frames.measurements, ("mean", "body_mass_kg"), lambda: _mass(view)).dropna()
        if len(mass):
            made.append(_of_weight(protein, float(mass.iloc[-1]), view.look))
    if energy == energy:
        amount = Amount(words.number(energy * KCAL_PER_KJ), "kcal")
        made.append(cards.small_card("Energy a day", amount, cards.note(days_of), domain="body"))
    month = int((table.index > table.index[-1] - _MONTH).sum())
    kept = cards.note("of the last four weeks were written down")
    made.append(cards.small_card("Diary", Amount(words.number(month), "days"), kept, domain="body"))
    return made


def _of_weight(protein_g: float, kg: float, look: Look) -> Component:
    """Protein for each kilogram or pound of the body: the measure that advice on protein is given in."""
    metric = look.mass_unit == "kg"
    each = Amount(words.number(protein_g / words.mass_in(kg, look), 1 if metric else 2), f"g/{look.mass_unit}")
    name = f"For each {'kilogram' if metric else 'pound'}"
    return cards.small_card(name, each, cards.note("of your weight, its 7-day mean"), domain="body")


def _mass(view: View) -> pd.Series:
    return drawn_line(view.frames.measurements, "body_mass_kg").dropna()
