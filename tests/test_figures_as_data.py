"""Every chart's figure against the one that was looked at and kept (renewed by `python -m tests.renew_snapshots`)."""

from __future__ import annotations

import difflib

import pytest

from dashboard.chart import charts
from tests.renew_snapshots import FOLDER, short, text

ALL = sorted(charts())
_MOST_LINES = 60


@pytest.mark.parametrize("name", ALL)
def test_it_is_the_figure_that_was_kept(name: str) -> None:
    file = FOLDER / f"{name}.json"
    how = f"python -m tests.renew_snapshots {name}"
    assert file.exists(), f"a new chart: look at it, then keep it with `{how}`"
    kept, now = file.read_text(encoding="utf-8").splitlines(), text(name).splitlines()
    changed = list(difflib.unified_diff(kept, now, f"{name}, kept", f"{name}, now", lineterm="", n=2))
    more = len(changed) - _MOST_LINES
    told = changed[:_MOST_LINES] + ([f"... and {more} lines more"] if more > 0 else [])
    assert not changed, "\n".join([f"Where this change is meant: {how}", *told])


def test_no_file_is_left_of_a_chart_that_is_gone() -> None:
    assert sorted(each.stem for each in FOLDER.glob("*.json")) == ALL


def test_the_files_stay_small() -> None:
    assert sum(each.stat().st_size for each in FOLDER.glob("*.json")) < 400_000


def test_any_value_of_a_long_list_counts() -> None:
    many = [each / 7 for each in range(100)]
    other = [*many[:50], 99.0, *many[51:]]
    assert short(many) != short(other)
    assert short(many) == short([each * (1 + 1e-9) for each in many]), "the last digits of a machine do not count"
