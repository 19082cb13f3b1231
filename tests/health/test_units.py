"""Exact numbers and units: nothing is lost on the way in, nothing that is no number gets in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.units import (
    KG_PER_LB,
    UnitError,
    exact,
    kj_from_kcal,
    lb_from_kg,
    length_m,
    mass_kg,
    miles_from_m,
)

MASSES = st.decimals(min_value=0, max_value=1000, places=6, allow_nan=False, allow_infinity=False)


class TestExact:
    @pytest.mark.parametrize(
        ("given_", "kept"),
        [("82.50", "82.5"), ("80", "80"), ("8E+1", "80"), (" 7 ", "7"), ("-0", "0"), ("0.0000004", "0"), ("1e-400", "0"),
         ("0.1234565", "0.123456"), ("0.1234575", "0.123458"), ("999999999.123456", "999999999.123456"), ("٣", "3")],
    )  # fmt: skip
    def test_keeps_the_value_at_six_places(self, given_: str, kept: str) -> None:
        assert str(exact(given_)) == kept

    @pytest.mark.parametrize("bad", ["", "abc", "82,5", "1.234,5", "1 000", "1_000", "0x10", "--1", "None"])
    def test_refuses_what_is_no_number(self, bad: str) -> None:
        with pytest.raises(UnitError, match="is not a number"):
            exact(bad)

    @pytest.mark.parametrize("bad", ["NaN", "sNaN", "inf", "-Infinity"])
    def test_refuses_what_is_not_finite(self, bad: str) -> None:
        with pytest.raises(UnitError, match="is not a finite number"):
            exact(bad)
        with pytest.raises(UnitError, match="is not a finite number"):
            exact(Decimal(bad))

    @pytest.mark.parametrize(
        "bad", ["1" * 39, "1e400", "1e15", "9" * 22 + ".123456789", "0." + "1" * 90, "1234567890.123456", "9999999999999999"]
    )
    def test_refuses_more_digits_than_a_double_carries(self, bad: str) -> None:
        with pytest.raises(UnitError, match="has too many digits"):
            exact(bad)

    @pytest.mark.parametrize("bad", [82.5, float("nan"), True])
    def test_refuses_floats_and_truths(self, bad: float) -> None:
        with pytest.raises(UnitError, match="not exact"):
            exact(bad)  # type: ignore[arg-type]

    @given(st.decimals(min_value=-999_999_999, max_value=999_999_999, places=6))
    def test_six_places_survive_and_a_double_carries_them(self, value: Decimal) -> None:
        kept = exact(value)
        assert kept == value
        assert Decimal(repr(float(kept))) == kept
        assert exact(kept) == kept
        assert "E" not in str(kept)

    @given(st.text(max_size=30))
    def test_any_text_is_a_number_or_refused_by_name(self, text: str) -> None:
        try:
            kept = exact(text)
        except UnitError:
            return
        assert kept.is_finite()

    @given(st.decimals())
    def test_any_decimal_is_kept_or_refused_by_name(self, value: Decimal) -> None:
        try:
            kept = exact(value)
        except UnitError:
            return
        assert abs(kept - value) <= Decimal("5e-7")


class TestMass:
    @given(MASSES)
    def test_kilograms_through_pounds_come_back_to_six_places(self, kg: Decimal) -> None:
        assert mass_kg(lb_from_kg(kg), "lb") == exact(kg)

    @given(st.decimals(min_value=0, max_value=2000, places=2))
    def test_pounds_through_kilograms_come_back_to_a_hundredth(self, lb: Decimal) -> None:
        assert round(lb_from_kg(mass_kg(lb, "lbs")), 2) == lb

    def test_hand_worked(self) -> None:
        assert mass_kg(Decimal(180), "lb") == Decimal("81.646627")
        assert mass_kg(Decimal(1), "st") == Decimal("6.350293")
        assert mass_kg(Decimal(750), "g") == Decimal("0.75")
        assert mass_kg(Decimal("82.5"), " KG ") == Decimal("82.5")
        assert Decimal("0.45359237") == KG_PER_LB

    def test_an_unknown_unit_is_refused_with_the_known_ones(self) -> None:
        with pytest.raises(UnitError, match=r"'oz'.*kg, kgs, g, lb, lbs, st"):
            mass_kg(Decimal(1), "oz")

    def test_what_is_no_number_is_refused(self) -> None:
        with pytest.raises(UnitError, match="finite"):
            mass_kg(Decimal("NaN"), "kg")
        for bad in ("sNaN", "9e999999"):
            with pytest.raises(UnitError, match="finite"):
                mass_kg(Decimal(bad), "st")
        with pytest.raises(UnitError, match="too many digits"):
            mass_kg(Decimal("1e400"), "lb")


class TestLengthAndEnergy:
    @given(st.decimals(min_value=0, max_value=1_000_000, places=6))
    def test_metres_through_miles_come_back_to_a_millimetre(self, metres: Decimal) -> None:
        assert abs(length_m(miles_from_m(metres), "mi") - metres) < Decimal("0.001")

    def test_hand_worked(self) -> None:
        assert length_m(Decimal("26.2"), "miles") == Decimal("42164.8128")
        assert length_m(Decimal("8.42"), "km") == 8420
        assert length_m(Decimal(25), "yd") == Decimal("22.86")
        assert kj_from_kcal(Decimal(500)) == 2092
        with pytest.raises(UnitError, match="furlong"):
            length_m(Decimal(1), "furlong")
