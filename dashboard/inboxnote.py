"""What stands on Sources of the inbox: where it is, and how the last look into it went."""

from __future__ import annotations

from collectors import inbox
from dashboard import cards, words
from dashboard.elements import Component, html
from dashboard.page import View


def note(view: View) -> Component | None:
    """A line or two; nothing where the product has no folder of its own."""
    house = view.house
    if house.data_dir is None:
        return None
    place = f"{house.data_dir.name}/{inbox.NAME}"
    said: list[cards.Part] = ["Or put files into ", html.Code(place), ": every run reads what lies there, and moves it to its "]
    said += [html.Code("done"), "."]
    stands = house.store.sync_state(house.person, inbox.NAME)
    if stands is None or stands.last_run is None:
        return cards.note(*said, class_name="mt-2")
    looked = f"Looked into {words.ago(stands.last_run, view.now, house.zone, view.look)}."
    kind = "act" if stands.state == "failed" else "ok"
    state = html.P(
        [cards.state(kind, "needs you: " if kind == "act" else ""), f" {looked} {stands.message}"], className="fb-note mb-0"
    )
    return html.Div([cards.note(*said), state], className="mt-2", id="inbox")
