"""The card for a table of an unknown layout: seen, said, checked, brought in as by `--map`; kept files are few and not for ever."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from collectors import mapping as tables
from collectors.importing import import_file
from collectors.source import ReadOptions
from dashboard import uploads
from dashboard.uploads import UploadError, Uploads
from store.sqlite import SQLiteStore
from tests.pages.conftest import KEYS, NOW, ZONE, App, _outputs, text
from tests.pages.test_uploads import folder, outcome, send

LIFTS = """when;movement;nr;load;times
2025-01-01;Squat;1;225;5
2025-01-01;Squat;2;225;5000
2025-01-03;Curl;1;45;x
"""
SCALE = "taken,mass here\n2025-01-01,80.5\n2025-01-02,81\n"
SAID = {"date": "when", "exercise": "movement", "set": "nr", "weight": "load", "reps": "times", "units": "lb"}


def uploaded(app: App, content: str = LIFTS, name: str = "mine.csv") -> tuple[int, str]:
    """Send a file that is not recognised: its job, and the id it is kept under."""
    answer = send(app, content.encode(), name)
    (step,) = outcome(app, answer)
    assert (step.state, step.asks) == ("asks", "mapping")
    return answer.json["job"], answer.json["file"]


def fire(app: App, pressed: dict[str, str], prop: str, value: Any, states: list[Any]) -> dict[str, Any]:
    """Send what the browser sends when that part of the card changed, with states of patterns."""
    store = app._find(pressed, prop, "press-")[0].partition(".")[0]
    output, _ = app._find(store, "data", "mapping")
    body = {
        "output": output,
        "outputs": _outputs(output),
        "inputs": [{"id": store, "property": "data", "value": {"id": pressed, "value": value}}],
        "state": states,
        "changedPropIds": [f"{store}.data"],
    }
    answer = app.client.post("/_dash-update-component", json=body)
    assert answer.status_code in (200, 204), answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()["response"] if answer.status_code == 200 else {}
    return found


def press(app: App, what: str, file: str, kind: str = "sets", **said: str) -> dict[str, Any]:
    """Press a button of the card with what is chosen in it."""
    kinds = [{"id": {"mapkind": file, "drawn": kind}, "property": "value", "value": kind}]
    return fire(app, {"mapdo": what, "file": file}, "n_clicks", 1, [_fields(said), kinds])


def _fields(said: dict[str, str]) -> list[dict[str, Any]]:
    return [{"id": {"mapfield": name}, "property": "value", "value": value} for name, value in said.items()]


def shown(answer: dict[str, Any]) -> str:
    return text(answer["mapping"]["children"]).replace("\u00a0", " ")


def test_an_unknown_table_is_seen_checked_and_brought_in(make_app: Callable[..., App], tmp_path: Path) -> None:
    app = make_app()
    job, file = uploaded(app)
    assert len(folder(app)) == 1
    card = shown(app.fire({"map": job}))
    assert "What is in mine.csv?" in card
    assert "when movement nr load times 2025-01-01 Squat 1 225 5" in card
    assert "Exercise (needed)" in card
    said = shown(press(app, "check", file, **SAID, workout="-", dates="-"))
    assert "1 session with 1 set would come in, of 2025-01-01." in said
    assert "2 rows of 3 would be set aside, such as:" in said
    assert "mine.csv, row 3 reps 5000 is above 1,000" in said
    assert "Bring it in" in said
    assert app.house.store.bodies("me", "workout") == []
    told = press(app, "take", file, **SAID)
    assert told["jobs-poll"]["disabled"] is False
    (running,) = app.house.jobs.all()
    app.house.jobs.wait(running.id, 20)
    assert (
        text(app.house.jobs.all()[0].steps[0].said).replace("\u00a0", " ")
        == "Table of sets. 1 session is new. 2 rows were set aside."
    )
    assert folder(app) == []
    other = SQLiteStore(tmp_path / "other.db", KEYS)
    other.create()
    columns = {name: column for name, column in SAID.items() if name != "units"}
    options = ReadOptions(zone=ZONE, units="lb", mapping=columns)
    import_file(other, "me", io.BytesIO(LIFTS.encode()), "mine.csv", options, NOW)
    assert app.house.store.bodies("me", "workout") == other.bodies("me", "workout")
    assert app.house.store.rejected("me") == other.rejected("me")
    other.close()


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("sets", {"date": "when"}, "Say which column is the exercise."),
        ("sets", {**SAID, "set": "movement"}, "“movement” is named twice"),
        ("sets", {**SAID, "units": ""}, "say it below"),
        ("sets", {**SAID, "units": "stone"}, "Choose a unit"),
        ("sets", {**SAID, "date": "colour"}, "has no column 'colour'"),
        ("sets", {**SAID, "date": "movement", "exercise": "when"}, "Nothing would come in: date"),
        ("weight", {"date": "when"}, "Say which column is the weight."),
    ],
)
def test_a_check_says_what_is_missing_and_nothing_is_brought_in(
    make_app: Callable[..., App], kind: str, said: dict[str, str], told: str
) -> None:
    app = make_app()
    _, file = uploaded(app)
    for what in ("check", "take"):
        found = shown(press(app, what, file, kind, **said))
        assert told in found
        assert "Bring it in" not in found
    assert app.house.jobs.running() == []
    assert app.house.store.bodies("me", "workout") == []


def test_another_kind_asks_for_its_own_fields_and_keeps_what_was_said(make_app: Callable[..., App]) -> None:
    app = make_app()
    job, file = uploaded(app, SCALE, "scale.csv")
    assert "Body fat" in shown(app.fire({"map": job}))
    drawn = {"mapkind": file, "drawn": "weight"}
    assert fire(app, drawn, "value", "weight", [_fields({"date": "taken"})]) == {}  # it was only just drawn
    said = shown(fire(app, drawn, "value", "sets", [_fields({"date": "taken"})]))
    assert "Exercise (needed)" in said
    assert "not here any more" in shown(fire(app, {"mapkind": "x" * 24, "drawn": "weight"}, "value", "sets", [[]]))
    assert "2 weigh-ins would come in, from 2025-01-01 to 2025-01-02." in shown(
        press(app, "check", file, "weight", date="taken", weight="mass here", units="kg")
    )
    assert press(app, "leave", file, "weight")["mapping"]["children"] is None


def test_what_somebody_began_to_say_stays_when_a_job_ends(make_app: Callable[..., App]) -> None:
    app = make_app()
    job, _ = uploaded(app)
    card = app.fire({"map": job})["mapping"]["children"]
    over = app.fire("jobs-poll", "n_intervals", 3, turn__data=1, mapping__children=card)
    assert (over["jobs-poll"]["disabled"], "turn" in over) == (True, False)
    assert "turn" not in app.fire("jobs-poll", "n_intervals", 3, turn__data=1, parts=[{"cell": "a"}]), (
        "nor is a row being put right"
    )
    assert "turn" in app.fire("jobs-poll", "n_intervals", 3, turn__data=1)


def test_markup_in_a_table_is_text(make_app: Callable[..., App]) -> None:
    app = make_app()
    job, _ = uploaded(app, "x<b>a</b>,<script>b</script>\n<img src=x onerror=alert(1)>,=1+1\n", "<i>x</i>.csv")
    answer = app.fire({"map": job})
    assert "<img src=x onerror=alert(1)>" in shown(answer)  # as the text of a cell: no component takes markup
    assert "dangerously" not in str(answer)


def test_a_file_that_is_gone_is_said_so(make_app: Callable[..., App]) -> None:
    app = make_app()
    job, file = uploaded(app)
    app.fire({"clear": job})
    assert "not here any more" in shown(press(app, "check", file, **SAID))
    assert "not here any more" in shown(app.fire({"map": job}))


class TestKept:
    def test_a_day_and_no_longer(self, make_app: Callable[..., App], clock: Any) -> None:
        app = make_app()
        uploaded(app)
        clock.later(hours=23)
        app.client.get("/healthz")
        assert len(folder(app)) == 1
        clock.later(hours=2)
        app.client.get("/healthz")
        assert folder(app) == []

    def test_together_no_more_than_the_limit_and_the_oldest_go(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "MOST_WAITING", 100)
        files = Uploads(tmp_path / "up")
        kept = []
        for n in range(4):
            upload = files.begin(f"{n}.csv", 40, NOW + timedelta(seconds=n))
            files.add(upload.id, 0, b"x" * 40)
            assert files.wait(upload.id)
            kept.append(upload)
        assert [files.get(each.id) is not None for each in kept] == [False, False, True, True]
        assert sorted(each.name for each in (tmp_path / "up").iterdir()) == sorted(each.id for each in kept[2:])
        large = files.begin("large.csv", 101, NOW)
        files.add(large.id, 0, b"x" * 101)
        assert not files.wait(large.id)
        with pytest.raises(UploadError):
            files.add("x" * 24, 0, b"")

    def test_what_is_too_large_to_be_kept_says_the_way(self, make_app: Callable[..., App], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(uploads, "MOST_WAITING", 10)
        app = make_app()
        (step,) = outcome(app, send(app, LIFTS.encode(), "mine.csv"))
        assert step.state == "failed"
        assert "too large to be kept for an answer: use the command line" in step.said
        assert folder(app) == []


def test_a_check_of_a_large_table_reads_its_beginning_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_TRIED", 60)
    lines = "".join(f"2025-01-{day:02},80\n" for day in range(1, 30))
    options = ReadOptions(zone="UTC", units="kg", mapping={"date": "d", "weight": "w"})
    trial = tables.try_out(io.BytesIO(f"d,w\n{lines}".encode()), "x.csv", "weight", options, "me")
    assert (trial.whole, trial.records, trial.bad_rows, trial.rows) == (False, 4, 0, 4)
