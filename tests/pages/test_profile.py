"""What is typed on the Settings page becomes a setting, exactly; what makes no sense is refused with a sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import profile, words
from dashboard.profile import ProfileError
from dashboard.theme import Look
from tests.pages.conftest import LOOK

MILES = Look(today=LOOK.today, distance_unit="mi", mass_unit="lb")


@pytest.mark.parametrize(
    ("typed", "metres"),
    [
        ("181", 1.81), ("181 cm", 1.81), ("181cm", 1.81), ("180,5", 1.805), ("1.81", 1.81), ("1,81 m", 1.81), (" 1.81M ", 1.81),
        ("5 ft 11 in", 1.8034), ("5'11\"", 1.8034), ("5’11”", 1.8034), ("5′11″", 1.8034), ("5ft11", 1.8034), ("5 ft", 1.524),
        ("5 feet 11 inches", 1.8034), ("5' 11.5", 1.8161), ("71 in", 1.8034), ('71"', 1.8034), ("181\u00a0cm", 1.81),
        ("6'", 1.8288), ("71", 0.71),
    ],
)  # fmt: skip
def test_a_height(typed: str, metres: float) -> None:
    assert profile.height_m(typed) == metres


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("5.11", "could be feet"), ("12", "could be feet"), ("5 ft 12 in", "12 inches"), ("300", "between 50 cm"),
        ("9 ft", "between 50 cm"), ("tall", "no height"), ("-181", "no height"), ("0", "between 50 cm"),
        ("1e9", "no height"), ("181 kg", "no height"),
        ("<b>181</b>", "no height"), ("5'11'12", "no height"), ("1.8.1", "is not a number"), ("9" * 40, "has too many digits"),
    ],
)  # fmt: skip
def test_no_height(typed: str, why: str) -> None:
    with pytest.raises(ProfileError, match=why):
        profile.height_m(typed)


@given(st.integers(500, 2600), st.sampled_from([LOOK, MILES]))
def test_a_height_is_read_back_as_it_is_shown(millimetres: int, look: Look) -> None:
    shown = words.height(millimetres / 1000, look)
    if look is LOOK or 0.51 < millimetres / 1000 < 2.59:
        assert abs(profile.height_m(shown) - millimetres / 1000) <= 0.0013  # a twentieth of an inch


def test_nearly_six_feet_is_not_five_feet_twelve() -> None:
    assert words.height(1.8287, MILES) == f"6{words.NBSP}ft"
    assert words.height(1.81, MILES) == "5 ft 11.3 in".replace(" ", words.NBSP)


@pytest.mark.parametrize(
    ("typed", "unit", "kg"),
    [("80", "kg", 80.0), ("80,5 kg", "kg", 80.5), ("170", "lb", 77.110703), ("170 lbs", "lb", 77.110703), ("80", "stone", 80.0)],
)
def test_a_goal(typed: str, unit: str, kg: float) -> None:
    assert profile.goal_kg(typed, unit) == kg


@given(st.decimals("45", "880", places=2))
def test_a_goal_in_pounds_is_shown_as_it_was_typed(pounds: Decimal) -> None:
    told = profile.changed({}, "goal_kg", f"{pounds}", "lb")
    assert Decimal(profile.shown("goal_kg", told, MILES)) == pounds


@pytest.mark.parametrize("typed", ["8", "4000", "eighty", "80 lb", "-80", "=80", "80 80"])
def test_no_goal(typed: str) -> None:
    with pytest.raises(ProfileError):
        profile.goal_kg(typed, "kg")


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin"),
     ("new york", "America/New_York"), ("UTC", "UTC"), ("+02:00", "+02:00")],
)  # fmt: skip
def test_a_zone(typed: str, zone: str) -> None:
    assert profile.zone(typed) == zone


@pytest.mark.parametrize("typed", ["Nowhere", "../etc/passwd", "Europe", "<script>", "x" * 500, "\x00"])
def test_no_zone(typed: str) -> None:
    with pytest.raises(ProfileError, match="no time zone"):
        profile.zone(typed)


@pytest.mark.parametrize("name", profile.FIELDS)
def test_a_choice_of_nonsense_is_refused(name: str) -> None:
    for odd in ("furlong", "7" * 9, "<script>"):
        with pytest.raises(ProfileError):
            profile.changed({}, name, odd, "kg")
    if name not in profile.TYPED:
        nothings: list[Any] = [None, 3.5, [], {}]
        for nothing in nothings:
            with pytest.raises(ProfileError):
                profile.changed({}, name, nothing, "kg")


def test_no_other_field_is_taken() -> None:
    with pytest.raises(ProfileError, match="no such setting"):
        profile.changed({}, "person", "you", "kg")


def test_one_field_leaves_the_others() -> None:
    told: dict[str, Any] = {"mass_unit": "lb", "height_m": 1.8, "of a later version": 1}
    assert profile.changed(told, "first_weekday", "6", "kg") == told | {"first_weekday": 6}
    assert profile.changed(told, "direction", profile.NONE, "kg") == told | {"direction": None}
    assert profile.changed(told, "height_m", " ", "kg") == {"mass_unit": "lb", "of a later version": 1}
    assert profile.put_back(told, "height_m", {"height_m": 1.9}) == told | {"height_m": 1.9}
    assert profile.put_back(told, "height_m", {}) == profile.put_back(told, "height_m", {"height_m": "tall"})
    assert profile.put_back(told, "mass_unit", "x") == {"height_m": 1.8, "of a later version": 1}


@given(
    st.dictionaries(
        st.sampled_from(profile.FIELDS), st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=8), st.just([]))
    )
)
def test_whatever_is_stored_can_be_shown(told: dict[str, Any]) -> None:
    for name in profile.FIELDS:
        assert isinstance(profile.shown(name, told, MILES), str)
