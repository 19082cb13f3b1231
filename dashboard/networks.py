"""The forecast page's folded section on the networks for the next session's volume: how each learned, from what was trained."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from dashboard import cards, chart, words
from dashboard.elements import Component, html
from dashboard.memory import remembered
from dashboard.page import View
from forecast.learning import Learned, learned
from forecast.serving import usable

_LISTED: Final = 8
_WHAT: Final = (
    "Before it has learned anything, a network says the mean of your last five sessions: 100 %. What counts is the loss on your "
    "newest sessions, which it does not learn from: it is used as it was where that was lowest. "
    "A line that never falls found nothing."
)


def depends(view: View) -> str | None:
    """The version that the section is drawn from."""
    found = None if view.house.models is None or view.frames.is_sample else usable(view.house.models.in_use("volume"))
    return None if found is None else found.version.name


def card(view: View) -> Component:
    """The section, folded."""
    found = _learned(view)
    head = html.Summary("How the networks learned", className="fb-note")
    if found is None:
        why = "the sample person has none" if view.frames.is_sample else "from 20 sessions of an exercise on"
        told = html.P(f"No network has been trained yet. It happens on Mondays, of your own ledger: {why}.", className="mt-2 mb-0")
        return html.Div(html.Details([head, told], className="fb-more"), style={"--w": 12, "--ws": 12})
    figure = chart.draw("forecast.learning", view.frames.sets, view.look, learned=found)
    picture = cards.graph("forecast.learning", figure, height=220 if view.look.compact else 280)
    of_all = "" if found.every is None else " Strong: the one over all exercises."
    said = html.P([figure["layout"]["meta"]["label"]], className="mb-1")
    key = cards.note(f"Thin: one network for each exercise.{of_all} Dots: where each was best.")
    inside = [said, key, picture, *_table(found), cards.note(_WHAT, class_name="mt-2")]
    through = f"trained through {words.day(found.through, view.look)}"
    return html.Div(
        html.Details([head, cards.card("Loss on sessions held back", *inside, domain="next", moment=through)], className="fb-more"),
        style={"--w": 12, "--ws": 12},
    )


def _learned(view: View) -> Learned | None:
    name = depends(view)
    found = None if name is None or view.house.models is None else view.house.models.in_use("volume")
    if found is None:
        return None

    def read() -> Learned | None:
        try:
            return learned(found.version)
        except KeyError:  # of older code
            return None

    return remembered(view.frames, ("learned", found.version.name), read)


def _table(found: Learned) -> list[Component]:
    rows = [
        [
            cards.link(each.name, "/strength?" + urlencode({"exercise": each.name})),
            words.number(found.look * each.best),
            f"{round(100 * each.least)} %",
        ]
        for each in found.own[:_LISTED]
    ]
    if found.every is not None:
        rows.append(
            [html.Strong("All exercises"), words.number(found.look * found.every.best), f"{round(100 * found.every.least)} %"]
        )
    return (
        [cards.table(("Network of", "Best after steps", "Loss left"), rows, numeric=(1, 2), label="The networks")] if rows else []
    )
