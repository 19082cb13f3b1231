"""What was tapped on a session's form is carried out once each, in order, however often and in whatever company it arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import asks, drafts
from dashboard.page import House
from tests.pages.conftest import ZONE

WHEN = "2026-11-22T17:00"
PLACE = {"zone": ZONE, "unit": "kg", "form": "lifting"}


@pytest.fixture
def own(make_house: Callable[..., House]) -> House:
    return make_house()


def done(n: int, load: Any = 100, exercise: str = "Squat", **more: Any) -> dict[str, Any]:
    fields = {"log-exercise": exercise, "log-reps": 5, "log-load": load}
    return {"n": n, "mark": f"m{n}", "what": "set", "place": {**PLACE, **more}, "fields": fields}


def other(n: int, what: str, **more: Any) -> dict[str, Any]:
    return {"n": n, "mark": f"m{n}", "what": what, "place": PLACE, "fields": {"lifting-when": WHEN}, **more}


def carried(house: House, held: Any, *sent: Any, of: str = "") -> asks.Carried:
    found = asks.carry_out(house, held, {"of": of, "asks": list(sent)})
    assert found is not None
    return found


def loads(draft: drafts.Draft) -> list[str]:
    return [each["load"] for each in draft["sets"]]


def stored(house: House) -> list[list[float]]:
    return [[each["load_kg"] for each in body["sets"]] for body in house.store.bodies("me", "workout")]


def test_taps_that_come_again_with_later_ones_count_once(own: House) -> None:
    first = carried(own, None, done(1000)).draft
    assert carried(own, None, done(1000)).draft == first, "the first answer was thrown away: the same again"
    both = carried(own, first, done(1000), done(2000, 110)).draft
    assert loads(both) == ["100", "110"]
    assert both == carried(own, None, done(2000, 110), done(1000)).draft, "in their order, whatever order they come in"
    assert asks.carry_out(own, both, {"of": "", "asks": [done(1000), done(2000, 110)]}) is None


def test_a_saving_that_is_sent_again_is_one_record(own: House) -> None:
    sent = (done(1000), done(2000, 110), other(3000, "save"))
    first, again = carried(own, None, *sent), carried(own, None, *sent, done(4000, 120))
    assert stored(own) == [[100, 110]]
    assert (first.to, loads(first.draft), loads(again.draft)) == ("?form=lifting&said=saved", [], ["120"])
    carried(own, again.draft, other(5000, "save"))
    assert sorted(stored(own)) == [[100, 110], [120]]


def test_two_taps_on_save_are_one_and_later_there_is_nothing_to_save(own: House) -> None:
    found = carried(own, None, done(1000), other(2000, "save"), other(2300, "save"))
    assert (found.said, found.to, stored(own)) == ([], "?form=lifting&said=saved", [[100]])
    assert carried(own, found.draft, other(2600, "save")).said == []
    assert "no set in it" in carried(own, found.draft, other(9000, "save")).said[0]


def test_nothing_is_saved_past_a_set_that_was_refused(own: House) -> None:
    found = carried(own, None, done(1000), done(2000, exercise=""), other(3000, "save"))
    assert (loads(found.draft), stored(own), found.to) == (["100"], [], "")
    assert found.said == ["Name the exercise first.", "Nothing was saved."]
    assert carried(own, found.draft, other(4000, "save")).said == []
    assert stored(own) == [[100]]


def test_each_removal_takes_the_set_that_was_meant(own: House) -> None:
    draft = carried(own, None, *(done(n, load) for n, load in ((1000, 1), (2000, 2), (3000, 3)))).draft
    one, two, _ = (each["id"] for each in draft["sets"])
    sent = (other(4000, "unset", unset=one), other(5000, "unset", unset=two), other(6000, "unset", unset=two))
    assert loads(carried(own, draft, *sent).draft) == ["3"]


def test_a_draft_from_before_the_taps_were_counted(own: House) -> None:
    old = {"key": "k1", "form": "lifting", "id": None, "version": 0}
    old["sets"] = [{"exercise": "Squat", "reps": "5", "load": load, "unit": "kg"} for load in ("1", "2", "3")]
    found = carried(own, old, other(1000, "unset", unset="0")).draft
    assert loads(carried(own, found, other(2000, "unset", unset="1")).draft) == ["3"], "what is called by its place keeps that name"
    assert found["key"] == "k1"


def test_taps_for_both_forms_reach_the_draft_they_were_meant_for(own: House) -> None:
    found = carried(own, None, done(1000), done(2000, 43, "Thruster", form="crossfit"), done(3000, 110)).draft
    assert loads(found) == ["100", "110"]
    assert loads(drafts.of_form(found, "crossfit", "k")) == ["43"]
    assert found["taken"] == 3000
    assert "taken" not in found["parked"]


def test_an_edit_takes_its_own_taps_alone(own: House) -> None:
    carried(own, None, done(1000), other(2000, "save"))
    (body,) = own.store.bodies("me", "workout")
    held = own.store.get("me", "workout", body["id"])
    assert held is not None
    draft = drafts.draft_of(
        {"key": body["native_id"], "sets": [{"exercise": "Squat", "reps": "5", "load": "100", "unit": "kg"}]}, held
    )
    assert asks.carry_out(own, draft, {"of": "", "asks": [done(3000, 110)]}) is None, "meant for the session begun on this device"
    sent = (done(3000, 110), other(4000, "save"), other(4200, "save"))
    for _ in range(2):
        found = carried(own, draft, *sent, of=drafts.scope(draft))
        assert (found.said, found.to) == ([], "?form=lifting&said=changed")
        assert stored(own) == [[100, 110]]


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)
FORMS = st.fixed_dictionaries({}, optional={"form": st.sampled_from(("lifting", "crossfit")) | ODD, "unit": ODD, "zone": ODD})
FIELDS = ("log-exercise", "log-reps", "log-load", "log-time", "log-rpe", "lifting-when", "session-rounds")
KNOWN = {
    "n": st.integers(1, 99),
    "mark": st.just("m1"),
    "what": st.sampled_from(("set", "unset", "repeat", "save")),
    "unset": ODD,
    "place": FORMS | ODD,
    "fields": st.dictionaries(st.sampled_from(FIELDS), ODD),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(sent=st.lists(st.fixed_dictionaries({}, optional={name: made | ODD for name, made in KNOWN.items()}) | ODD, max_size=4))
def test_whatever_a_browser_holds_is_taken_or_refused_in_words(own: House, sent: list[Any]) -> None:
    found = asks.carry_out(own, None, {"of": "", "asks": sent})
    if found is not None:
        newest = max(each["n"] for each in sent if isinstance(each, dict) and asks._number(each.get("n")))
        assert found.draft["taken"] == newest, "or it would be sent for ever"
        assert drafts.is_draft(found.draft) or not found.draft.get("sets")


@pytest.mark.parametrize(
    "sent", [None, 3, [], {}, {"of": ""}, {"of": "", "asks": 3}, {"of": "", "asks": [3, {"n": True}, {"n": -1}]}]
)
def test_what_is_no_list_of_taps_changes_nothing(own: House, sent: Any) -> None:
    assert asks.carry_out(own, None, sent) is None
