"""`python -m collectors rejected`, run as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.__main__ import main

FILE = "Date,Weight (kg),Fat (%)\n2025-01-01,80.5,21\n2025-01-02,900,22\n2025-01-03,8l,20\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, with a file of weigh-ins read into its store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FITBOARD_STORE", f"sqlite:{tmp_path / 'f.db'}")
    monkeypatch.setenv("FITBOARD_ZONE", "Europe/Berlin")
    monkeypatch.setenv("FITBOARD_SECRET_KEY", "a-key-for-tests-that-is-long-enough")
    (tmp_path / "scale.csv").write_text(FILE)
    assert main(["import", "scale.csv"]) == 0
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    """What the command says to a program."""
    capsys.readouterr()
    assert main(["rejected", *words, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    return found


def test_a_row_from_the_list_to_its_undoing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = told(capsys, "list")["rejected"]
    assert [(each["said"], each["dismissed"]) for each in listed] == [("900", False), ("8l", False)]
    heavy, letter = (each["name"] for each in listed)
    seen = told(capsys, "show", letter)
    assert (seen["came"]["Weight (kg)"], seen["can"]) == ("8l", ["fix", "dismiss"])
    assert told(capsys, "accept", heavy, letter, code=1)["refused"][0]["name"] == letter
    (fixed,) = told(capsys, "fix", letter, "Weight (kg)=81")["decisions"]
    assert fixed["fixed"] == {"/Weight (kg)": {"was": "8l", "now": "81"}}
    assert main(["import", "scale.csv"]) == 0
    assert "0 new, 0 changed, 3 unchanged" in capsys.readouterr().out
    now = told(capsys)
    assert (now["rejected"], len(now["decisions"])) == ([], 2)
    told(capsys, "undo", *(each["name"] for each in now["decisions"]))
    assert told(capsys) == {"rejected": listed, "decisions": []}
    told(capsys, "dismiss", heavy)
    assert [each["dismissed"] for each in told(capsys, "list", "--source", "weight_csv")["rejected"]] == [True, False]


def test_in_plain_words(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rejected"]) == 0
    said = capsys.readouterr().out
    assert "weight_csv, scale.csv, row 3, weight: “900” is above 500 kg" in said
    name = said.split("weight_csv, scale.csv, row 3")[0].split()[-1]
    assert main(["rejected", "show", name]) == 0
    assert "What can be done: fix, accept, dismiss." in capsys.readouterr().out
    assert main(["rejected", "fix", name, "Weight (kg)=90"]) == 0
    assert "Weight (kg) “900” is “90”" in capsys.readouterr().out
    assert main(["rejected", "list"]) == 0
    assert "decided: weight_csv, scale.csv, row 3: Weight (kg) “900” is “90”" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("fix", "0123456789", "Weight=1"), 1, "no such row"),
        (("undo", "0123456789"), 1, "no such decision"),
        (("fix", "0123456789", "Weight"), 2, "is not COLUMN=VALUE"),
        (("accept",), 2, "NAME"),
    ],
)
def test_what_cannot_be_done_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    capsys.readouterr()
    try:
        got = main(["rejected", *words])
    except SystemExit as end:
        got = int(str(end.code))
    assert (got, said in capsys.readouterr().err) == (code, True)


def test_a_column_that_is_none_names_those_there_are(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = told(capsys)["rejected"][0]["name"]
    assert main(["rejected", "fix", name, "Mass=1"]) == 1
    assert "It has: Weight (kg), Date, Fat (%)." in capsys.readouterr().err
