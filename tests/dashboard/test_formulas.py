"""No cell of a download is a formula, in short: the long version is `python -m tests.torture formulas`."""

import pytest

from dashboard.rows import _cell
from tests.torture.formulas_torture import careless, downloads, formulas


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        (" =1+1", " '=1+1"),
        ("＝1+1", "'＝1+1"),
        ("warm;=1+1", "warm;'=1+1"),
        ('warm;"=1+1', "warm;\"'=1+1"),
        ("two\n-1+1", "two\n'-1+1"),
        ("\tx", "'\tx"),
        ("two; three, four - five", "two; three, four - five"),
    ],
)
def test_where_a_formula_would_begin_there_is_an_apostrophe(text: str, written: str) -> None:
    assert _cell(text) == written


def test_no_download_has_a_formula_by_any_delimiter() -> None:
    found = downloads(few=True)
    assert len(found) >= 7
    assert formulas(found) == []


def test_the_check_finds_a_careless_download() -> None:
    assert careless(few=True) > 100
