"""The rows behind a number: narrowed as asked, and harmless in a spreadsheet and on the page."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from dashboard import rows
from health.frames import frames
from health.records import Activity, Workout, WorkoutSet
from tests.dashboard.house import HOME, NOW, app, client, house, page, ten_years, write

HOSTILE = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "javascript:alert(1)", "</td></table>", "'; DROP TABLE records; --", "{{7*7}}", "\u202eevil",
    "a" * 500, '"quoted", and more', "\x00nul",
]  # fmt: skip


def test_narrowed_by_day_sport_and_quantity() -> None:
    whole = ten_years()
    runs = rows.chosen(whole, {"of": "activities", "sport": "run", "first": "2026-01-01", "last": "2026-03-31"})
    assert set(runs["sport"]) == {"run"}
    assert runs["day"].min() >= pd.Timestamp("2026-01-01")
    assert runs["day"].max() <= pd.Timestamp("2026-03-31")
    fat = rows.chosen(whole, {"of": "measurements", "quantity": "fat_ratio"})
    assert list(fat.columns) == ["id", "source", "at", "zone", "day", "fat_ratio"]
    assert fat["fat_ratio"].notna().all()


@pytest.mark.parametrize(
    "choices", [{}, {"of": "nothing"}, {"of": "measurements", "first": "x", "quantity": "id"}, {"quantity": "<script>"}]
)
def test_nonsense_narrows_nothing(choices: dict[str, str]) -> None:
    assert len(rows.chosen(ten_years(), choices)) == len(ten_years().measurements)


def test_no_cell_of_a_download_is_a_formula(tmp_path: Path) -> None:
    of = house(tmp_path)
    sets = tuple(WorkoutSet(exercise=each, order=at + 1, reps=5, note=each) for at, each in enumerate(HOSTILE))
    run = {"person": "me", "source": "app", "at": NOW, "zone": "Europe/Berlin"}
    write(
        of.store,
        [
            Workout(native_id="w", name="=1+1", sets=sets, **run),
            Activity(native_id="a", sport="run", sport_type="@x", name="+1", **run),
        ],
    )
    browser = client(app(of))
    found = 0
    for name in rows.NAMES:
        answer = browser.get(f"/rows.csv?of={name}", headers=HOME)
        assert answer.mimetype == "text/csv"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        for line in csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")):
            for cell in line:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
                found += cell.startswith("'")
    assert found >= 6


@pytest.mark.parametrize("path", ["/", "/strength", "/rows?of=sets", "/running", "/log"])
def test_hostile_names_stay_text(tmp_path: Path, path: str) -> None:
    of = house(tmp_path)
    sets = tuple(WorkoutSet(exercise=each, order=at + 1, reps=5, load_kg=50, note=each) for at, each in enumerate(HOSTILE))
    write(of.store, [Workout(person="me", source="app", native_id="w", at=NOW, zone="UTC", name=HOSTILE[6], sets=sets)])
    where, _, search = path.partition("?")
    text = page(client(app(of)), where, f"?{search}").get_json()
    for props in walk(text):
        assert "dangerously_allow_html" not in props
        for name in ("href", "src", "srcDoc"):
            assert not str(props.get(name, "")).lower().strip().startswith("javascript:"), props
        assert not str(props.get("children", "")).startswith("=") or isinstance(props["children"], (str, list, dict))


def walk(value: object) -> list[dict]:
    if isinstance(value, dict):
        return [value, *(found for each in value.values() for found in walk(each))]
    return [found for each in value for found in walk(each)] if isinstance(value, list) else []


def test_an_empty_frame_downloads_its_heads() -> None:
    empty = frames([], [], [])
    assert rows.as_csv(empty.activities).startswith("id,source,at,zone,day")
