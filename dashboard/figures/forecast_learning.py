"""How the networks for the next session's volume learned: the loss on sessions they had not seen, step by step."""

from __future__ import annotations

from statistics import median
from typing import Any, Final

import pandas as pd

from dashboard import words
from dashboard.chart import Figure, chart
from dashboard.figures import _base as base
from dashboard.theme import Look
from forecast.learning import Learned, Network

MOST: Final = 16  # of the networks for one exercise: more lines are a brush
_NONE: Final = "No network has been trained yet: it happens on Mondays, from 20 sessions of an exercise on."


@chart("forecast", "How the networks learned", of="sets")
def learning(sets: pd.DataFrame, look: Look, *, learned: Learned | None = None) -> Figure:
    """A thin line for each exercise's network and a strong one for that of all, as a share of the loss before learning; a dot where
    each was best and is used."""
    if sets.empty or learned is None:
        return base.empty(_NONE)
    own = learned.own[:MOST]
    shown = [*own, *([learned.every] if learned.every else [])]
    traces = [_lines(own, learned.look, look), _dots(own, learned.look, look, "ink-3")] if own else []
    if learned.every is not None:
        traces += [_strong(learned.every, learned.look, look), _dots([learned.every], learned.look, look, "next")]
    longest = learned.look * (max(len(each.losses) for each in shown) - 1)
    low, high = min(each.least for each in shown), max(max(each.losses) for each in shown)
    across = base.axis(look, range=[0, longest * 1.02], nticks=4 if look.compact else 7, title={"text": "steps", "standoff": 6})
    return base.figure(
        traces,
        look,
        label=_label(learned),
        x=across,
        # Losses beyond the start by half as much again are cut: one bad look must not press all others flat.
        y=base.values_axis(look, "%", 100 * low, 100 * min(high, 1.5), lines=3 if look.compact else 4),
        right=24,
        bottom=52,
    )


def _lines(networks: tuple[Network, ...], step: int, look: Look) -> dict[str, Any]:
    """All of them as one trace, with gaps between."""
    x: list[Any] = []
    y: list[Any] = []
    for each in networks:
        x += [*(step * at for at in range(len(each.losses))), None]
        y += [*base.rounded([100 * loss for loss in each.losses], 1), None]
    made = base.line(x[:-1], y[:-1], look, "ink-3", width=1, hoverinfo="skip", hovertemplate=None)
    return {**made, "opacity": 0.55}


def _strong(network: Network, step: int, look: Look) -> dict[str, Any]:
    x = [step * at for at in range(len(network.losses))]
    y = base.rounded([100 * loss for loss in network.losses], 1)
    return base.line(x, y, look, "next", hover="all exercises, after %{x} steps: %{y:.0f} %")


def _dots(networks: Any, step: int, look: Look, role: str) -> dict[str, Any]:
    x, y = [step * each.best for each in networks], base.rounded([100 * each.least for each in networks], 1)
    names = base.escaped([each.name for each in networks])
    hover = "%{customdata}: best after %{x} steps, %{y:.0f} %"
    marker = {"size": 7, "color": look.colour(role), "line": {"width": 1.5, "color": look.colour("card")}}
    return {**base.points(x, y, look, role, hover=hover, customdata=names), "marker": marker}


def _label(learned: Learned) -> str:
    said = []
    if learned.own:
        middle = round(100 * median(each.least for each in learned.own))
        said.append(f"the networks of {words.count(len(learned.own), 'exercise')} came down to {middle} % of where they began")
    if learned.every is not None:
        said.append(f"the one over all exercises to {round(100 * learned.every.least)} %")
    return f"On sessions they had not learned from, {', '.join(said)}."
