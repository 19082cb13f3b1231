"""The words of `python -m collectors import`, in whatever order they come."""

from pathlib import Path

import pytest

from collectors.__main__ import arguments_of


@pytest.mark.parametrize(
    "words",
    ["a.csv b.csv c.csv --units kg --json", "a.csv --units kg b.csv --json c.csv", "--units kg a.csv b.csv --json c.csv"],
)
def test_options_may_stand_between_files(words: str) -> None:
    found = arguments_of(["import", *words.split()])
    assert (found.files, found.units, found.json) == ([Path("a.csv"), Path("b.csv"), Path("c.csv")], "kg", True)


@pytest.mark.parametrize(
    "words", ["import a.csv --unit-of kg b.csv", "import a.csv --nothing", "status --json more", "run --json x"]
)
def test_what_nobody_knows_is_refused(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments_of(words.split())
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err
