"""The forecast page's card with every model beside the default: what each missed by on this person's past, over how many forecasts,
and in words whether that is any better than assuming nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from dashboard import cards, networks, words
from dashboard.elements import Component, html
from dashboard.page import View
from dashboard.theme import Look
from dashboard.words import Amount
from forecast.plan import Outlook
from forecast.serving import usable
from forecast.trust import beside_words
from health.quantities import QUANTITIES

_WEEKLY: Final = {"blend": "Best guess", "neighbours": "Weeks like your plan (KNN)"}
_VOLUME: Final = {
    "volume_blend": "Next session: best guess", "volume_lstm": "Next session: LSTM of the exercise",
    "volume_lstm_all": "Next session: LSTM of all exercises",
}  # fmt: skip
_WEEKS_OF: Final = {"body_mass_kg": "Weight", "fat_ratio": "Body fat"}


def card(view: View, found: Outlook, target: str, weeks: int) -> Component:
    """The card, for `target` so many weeks ahead and for the next session's volume."""
    look = view.look
    rows = [_row(title, found.score(name, weeks), "no change", target, look) for name, title in _WEEKLY.items()]
    volume = _volume(view)
    rows += [_row(title, volume[name], "the last session", None, look) for name, title in _VOLUME.items() if name in volume]
    names = ("Model", "Past forecasts") if look.compact else ("Model", "Missed by", "Baseline missed by", "Past forecasts")
    keep = (0, 3) if look.compact else (0, 1, 2, 3)
    shown = [[_named(row, look), *(row[at] for at in keep[1:])] for row in rows]
    if not look.compact:
        names, shown = (*names, "On your own past"), [[*each, row[4]] for each, row in zip(shown, rows, strict=True)]
    numeric = (1,) if look.compact else (1, 2, 3)
    table = cards.table(names, shown, numeric=numeric, label="Every model on your own past")
    notes = [] if volume else [cards.note(_NO_VOLUME, class_name="mt-2")]
    ahead = f"{_WEEKS_OF[target]} {words.count(weeks, 'week')} on"
    return cards.card("Every model on your past", table, *notes, domain="next", moment=ahead)


_NO_VOLUME: Final = "The networks for the next session’s volume are tried when they are trained: on Mondays, of your own ledger."


def depends(view: View) -> str | None:
    """The version that the rows of volume are read from."""
    return networks.depends(view)


def _named(row: list[Any], look: Look) -> Any:
    """The model's name; where there is little room, what is said of it below."""
    return html.Span([row[0], html.Br(), html.Span(row[4], className="fb-note")]) if look.compact else row[0]


def _row(title: str, score: Mapping[str, Any], baseline: str, target: str | None, look: Look) -> list[Any]:
    if not score["n"] or score["skill"] is None:
        return [title, words.NONE, words.NONE, "0", "not tried yet"]
    own, other = (str(_missed(score[each], target, look)) for each in ("mae", "baseline_mae"))
    of = {"of": "sets"} if target is None else {"of": "measurements", "quantity": target}
    count = cards.link(words.number(score["n"]), "/rows?" + urlencode(of))
    return [title, html.Strong(own), other, count, beside_words(score["skill"], baseline)]


def _missed(error: float, target: str | None, look: Look) -> Amount:
    if target is None:
        return words.volume(error, look)
    return words.points(error, 2) if QUANTITIES[target].dimension == "ratio" else words.mass(error, look, 2)


def _volume(view: View) -> dict[str, Mapping[str, Any]]:
    """The scores of the version in use by model; empty without one."""
    if view.house.models is None or view.frames.is_sample:
        return {}
    found = usable(view.house.models.in_use("volume"))
    return {} if found is None else {each["model"]: each for each in found.version.manifest["scores"]}
