"""The line on Overview about a silent source: in plain words, with the way out, gone when dismissed until something new comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dashboard import silent
from dashboard.page import House, View
from dashboard.pages import overview
from health.days import day_at
from health.frames import Frames
from health.records import Measurement, RawRow
from store.store import GroupWrite, SyncState
from tests.pages.conftest import LOOK, NOW, ZONE, App, text

TODAY = LOOK.today


def weigh(house: House, source: str, ago: Iterable[int]) -> None:
    """A weigh-in of that source so many days ago each."""
    writes = []
    for days in ago:
        at, name = day_at(TODAY - timedelta(days=days), ZONE), f"{days}"
        record = Measurement(person="me", source=source, native_id=name, at=at, zone=ZONE, values={"body_mass_kg": Decimal(80)})
        row = RawRow(source=source, group=name, row_id=name, data={})
        writes.append(GroupWrite(source=source, group=name, kind="measurement", rows=[row], record=record))
    house.store.write("me", writes, NOW)


def said(house: House, view: Callable[..., View], today: date = TODAY) -> str:
    return text(silent.line(view(house, "/", look=replace(LOOK, today=today)))).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("state", "words", "way"),
    [
        (None, "It is not connected now.", "Connect it"),
        ("ok", "It was read 2 hours ago and had nothing new: look whether the device still sends", "See its runs"),
        ("reconnect", "Its sign-in is no longer accepted.", "Connect again"),
        ("failed", "Its last run did not get through.", "See why"),
    ],
)
def test_a_silent_scale_and_what_to_do(
    make_house: Callable[..., House], view: Callable[..., View], state: Any, words: str, way: str
) -> None:
    house = make_house()
    weigh(house, "withings_api", range(9, 60))
    if state:
        stands = SyncState(source="withings", state=state, last_run=NOW - timedelta(hours=2), last_success=NOW)
        house.store.put_sync_state("me", stands)
    told = said(house, view)
    assert told.startswith("Nothing from Withings for 9 days.  Usually there is a new weigh-in or reading every day or so. ")
    assert words in told
    assert f"{way} Dismiss" in told
    assert told in text(overview.content(view(house, "/"))).replace("\u00a0", " ")


def test_dismissed_until_something_new_comes_and_silence_again(make_app: Callable[..., App], view: Callable[..., View]) -> None:
    app = make_app()
    weigh(app.house, "withings_api", range(9, 60))
    before = overview.depends(view(app.house, "/"))
    button = {"silence": "withings_api", "since": (TODAY - timedelta(days=9)).isoformat()}
    assert app.fire(button, value=None) == {}
    assert app.fire({**button, "silence": "nobody"}) == {}
    told = text(app.fire(button)["silences"]["children"])
    assert "told again when something new has come" in told
    assert said(app.house, view) == ""
    assert overview.depends(view(app.house, "/")) != before
    weigh(app.house, "withings_api", [5])
    assert "for 5 days" in said(app.house, view)


def test_a_file_is_told_with_its_own_way_out_and_not_once_another_source_took_over(
    make_house: Callable[..., House], view: Callable[..., View]
) -> None:
    house = make_house()
    weigh(house, "weight_csv", range(9, 60))
    told = said(house, view)
    assert told.startswith("Nothing from your list of weigh-ins for 9 days.")
    assert "If there is a newer export or file, drop it here. Drop a newer file" in told
    weigh(house, "withings_api", [3])
    assert said(house, view) == ""


def test_a_usual_pause_few_records_the_sample_and_what_was_typed_say_nothing(
    make_house: Callable[..., House], view: Callable[..., View], sample: Frames
) -> None:
    house = make_house()
    weigh(house, "withings_api", range(3, 60))
    assert said(house, view) == ""
    other = make_house()
    weigh(other, "withings_api", [20, 21, 22])
    weigh(other, "app", range(9, 60))
    assert said(other, view) == ""
    assert said(make_house(sample), view, TODAY + timedelta(days=20)) == ""
