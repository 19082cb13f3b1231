"""What is worked out from a frame is worked out once, and goes with the frame."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import date

import pandas as pd

from dashboard import chart
from dashboard.memory import Memory
from dashboard.theme import Look
from tests.dashboard.house import ten_years


def test_it_is_worked_out_once_for_each_frame_and_key() -> None:
    memory, made = Memory(8), []
    frames = [pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1]})]
    for _ in range(2):
        for at, frame in enumerate(frames):
            for key in ("x", "y"):
                assert memory.remembered(frame, key, lambda at=at, key=key: made.append((at, key)) or (at, key)) == (at, key)
    assert made == [(0, "x"), (0, "y"), (1, "x"), (1, "y")]
    assert memory.holds(frames[0], "x")
    assert not memory.holds(frames[0], "z")


def test_the_eldest_goes_when_it_is_full() -> None:
    memory, frame = Memory(2), pd.DataFrame()
    for key in ("x", "y", "x", "z"):
        memory.remembered(frame, key, lambda key=key: key)
    assert [memory.holds(frame, key) for key in "xyz"] == [True, False, True]


def test_what_was_made_goes_with_its_frame() -> None:
    memory = Memory(8)
    frame, other = pd.DataFrame({"a": [1]}), pd.DataFrame()
    memory.remembered(frame, "x", lambda: "old")
    memory.remembered(other, "x", lambda: "other")
    place = id(frame)
    del frame
    gc.collect()
    # Another frame may get the very same identity; it must never be taken for the one that is gone.
    for _ in range(50):
        fresh = pd.DataFrame({"a": [2]})
        assert memory.remembered(fresh, "x", lambda: "new") == "new" or id(fresh) != place
        assert memory.remembered(fresh, "x", lambda: "newer") == "new"
        del fresh
    assert memory.remembered(other, "x", lambda: "again") == "other"


def test_a_figure_is_drawn_once_for_what_it_depends_on() -> None:
    sets = ten_years().sets
    look = Look(today=date(2026, 11, 22))
    first = chart.draw("strength.estimated_max", sets, look)
    assert chart.draw("strength.estimated_max", sets, look) is first
    assert chart.draw("strength.estimated_max", sets, replace(look, mass_unit="lb")) != first
    assert chart.draw("strength.estimated_max", sets, look, first=date(2026, 1, 1)) != first
