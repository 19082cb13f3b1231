"""Text to exact numbers: what is read, and what is refused by name."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import numbers


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("82.5", ".", "82.5"),
        ("82,5", ",", "82.5"),
        ("1.234,5", ",", "1234.5"),
        ("1,234.5", ".", "1234.5"),
        ("1.234", ",", "1234"),
        ("82.375", ".", "82.375"),
        ("1'234.5", ".", "1234.5"),
        ("1 234,5", ",", "1234.5"),
        ("1\u202f234,5", ",", "1234.5"),
        ("٣", ".", "3"),
        ("٨٢٫٥", "mixed", "82.5"),
        ("１２", ".", "12"),
        ("−5", ".", "-5"),
        ("+5", ".", "5"),
        (".5", ".", "0.5"),
        ("1e2", ".", "100"),
        ("82,5", "mixed", "82.5"),
        ("0.0000005", ".", "0"),
        ("44.09245244", ".", "44.092452"),
    ],
)
def test_a_number_is_read_exactly(text: str, mark: str, value: str) -> None:
    assert numbers.read(text, mark) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "mark", "reason"),
    [
        ("", ".", "is empty"),
        ("NaN", ".", "is not a number"),
        ("inf", ".", "is not a number"),
        ("-Infinity", ".", "is not a number"),
        ("1e400", ".", "too many digits"),
        ("9" * 39, ".", "too many digits"),
        ("9" * 5000, ".", "too many digits"),
        ("1,234", ".", "could be thousands or decimals"),
        ("1.234", "mixed", "could be thousands or decimals"),
        ("82,5", ".", "decimal comma in a column with decimal points"),
        ("82.5", ",", "decimal point in a column with decimal commas"),
        ("1.2.3", ".", "is not a number"),
        ("1,23,4.5", ".", "is not a number"),
        ("five", ".", "is not a number"),
        ("8-10", ".", "is not a number"),
        ("½", ".", "is not a number"),
        ("²", ".", "is not a number"),
        ("0x10", ".", "is not a number"),
        ("1_000", ".", "is not a number"),
    ],
)
def test_what_is_no_number_or_two_is_refused(text: str, mark: str, reason: str) -> None:
    with pytest.raises(numbers.NotANumber, match=reason):
        numbers.read(text, mark)


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["82", "83"], "."),
        (["82.5", "83"], "."),
        (["82,5", "83"], ","),
        (["1.234", "82,5"], ","),
        (["1.234,5"], ","),
        (["1,234.5"], "."),
        (["1.234.567"], ","),
        (["0,125"], ","),
        (["82.5", "82,5"], "mixed"),
        (["", "n/a", "12:30"], "."),
    ],
)
def test_the_decimal_mark_is_told_by_the_whole_column(texts: list[str], mark: str) -> None:
    assert numbers.decimal_mark(texts) == mark


@given(st.decimals(0, 10**6, places=2, allow_nan=False))
def test_one_number_reads_the_same_in_both_conventions(value: Decimal) -> None:
    point, comma = f"{value:,.2f}", f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    assert numbers.read(point, ".") == numbers.read(comma, ",") == value


@given(st.text(max_size=60), st.sampled_from([".", ",", "mixed"]))
def test_any_text_is_a_number_or_refused(text: str, mark: str) -> None:
    try:
        value = numbers.read(text, mark)
    except numbers.NotANumber:
        return
    assert value.is_finite()


def test_a_unit_behind_a_number_is_told_apart() -> None:
    assert numbers.split_unit(" 82.5 kg ") == ("82.5", "kg")
    assert numbers.split_unit("181lbs.") == ("181", "lbs")
    assert numbers.split_unit("1e5") == ("1e5", "")
    assert numbers.split_unit("none") == ("none", "")
