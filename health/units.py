"""Exact conversion between what a person or a file says and the SI units the records hold.

Factors: international avoirdupois pound and international mile (1959 agreement), thermochemical kilocalorie (ISO 80000-5).
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

KG_PER_LB = Decimal("0.45359237")
KG_PER_STONE = 14 * KG_PER_LB
M_PER_KM = Decimal(1000)
M_PER_MILE = Decimal("1609.344")
M_PER_YARD = Decimal("0.9144")
M_PER_FOOT = Decimal("0.3048")
KJ_PER_KCAL = Decimal("4.184")

_PLACES = Decimal("0.000001")
_DIGITS = 15
_MOST_DIGITS = 60  # as written, before rounding

MASS_TO_KG: dict[str, Decimal] = {
    "kg": Decimal(1), "kgs": Decimal(1), "g": Decimal("0.001"), "lb": KG_PER_LB, "lbs": KG_PER_LB, "st": KG_PER_STONE,
}  # fmt: skip
LENGTH_TO_M: dict[str, Decimal] = {
    "m": Decimal(1), "km": M_PER_KM, "mi": M_PER_MILE, "mile": M_PER_MILE, "miles": M_PER_MILE, "yd": M_PER_YARD,
    "ft": M_PER_FOOT, "cm": Decimal("0.01"), "in": Decimal("0.0254"),
}  # fmt: skip


class UnitError(ValueError):
    """A unit nobody knows, or a number that is none. The message is the reason shown to the person."""


def exact(value: Decimal | int | str) -> Decimal:
    """`value` as a finite decimal with at most six places and no trailing zeros (half to even).

    Floats are refused: they have already lost what the source said. Raises UnitError for anything not finite, and for more
    digits than a double carries unchanged (15): what is kept is also read by programs that know no other number.
    """
    if isinstance(value, (float, bool)):
        raise UnitError("a float is not exact: pass a Decimal or the text")
    if isinstance(value, str) and "_" in value:  # Python reads 1_000; no file means it
        raise UnitError("is not a number")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise UnitError("is not a number") from None
    if not number.is_finite():
        raise UnitError("is not a finite number")
    if number.adjusted() >= _DIGITS or len(number.as_tuple().digits) > _MOST_DIGITS:
        raise UnitError("has too many digits")
    if number.as_tuple().exponent < -6:  # type: ignore[operator]  # finite: the exponent is an int
        number = number.quantize(_PLACES, rounding=ROUND_HALF_EVEN)
    if not number:
        return Decimal(0)
    # Trailing zeros carry no value; a positive exponent (8E+1) would print oddly.
    number = number.normalize()
    if len(number.as_tuple().digits) > _DIGITS:
        raise UnitError("has too many digits")
    return number.quantize(Decimal(1)) if number.as_tuple().exponent > 0 else number  # type: ignore[operator]


def mass_kg(value: Decimal, unit: str) -> Decimal:
    """A mass in `unit` (kg, g, lb, st and their common spellings) as kilograms. Raises UnitError for another unit."""
    return _product(value, _factor(MASS_TO_KG, unit))


def length_m(value: Decimal, unit: str) -> Decimal:
    """A length in `unit` (m, km, mi, yd, ft, cm, in) as metres. Raises UnitError for another unit."""
    return _product(value, _factor(LENGTH_TO_M, unit))


def _product(value: Decimal, factor: Decimal) -> Decimal:
    try:
        return exact(value * factor)
    except ArithmeticError:  # a signalling NaN, or an exponent beyond Decimal's own
        raise UnitError("is not a finite number") from None


def _factor(table: dict[str, Decimal], unit: str) -> Decimal:
    try:
        return table[unit.strip().lower()]
    except KeyError:
        raise UnitError(f"has the unit {unit!r}, which is not one of {', '.join(table)}") from None


def lb_from_kg(mass_kg: Decimal) -> Decimal:
    """Kilograms as pounds, to six places."""
    return exact(mass_kg / KG_PER_LB)


def miles_from_m(length_m: Decimal) -> Decimal:
    """Metres as international miles, to six places."""
    return exact(length_m / M_PER_MILE)


def kj_from_kcal(energy_kcal: Decimal) -> Decimal:
    """Thermochemical kilocalories as kilojoules, to six places."""
    return _product(energy_kcal, KJ_PER_KCAL)
