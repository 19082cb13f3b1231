"""`python -m forecast`, on a ledger in a folder of its own."""

import json
import shutil
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

import settings
from forecast import __main__ as command
from forecast.turns import alone
from health.days import local_day
from health.records import Measurement, RawRow, Workout, WorkoutSet
from store.open import open_store
from store.store import GroupWrite
from tests.forecast.made import sunday, wandering

NOW = datetime(2024, 6, 3, 9, tzinfo=UTC)
KEY = "a-key-for-tests-that-is-long-enough-0123456789"


def group(record) -> GroupWrite:
    row = RawRow(source=record.source, group=record.native_id, row_id=record.native_id, data={})
    return GroupWrite(source=record.source, group=record.native_id, kind=record.kind, rows=[row], record=record)


def at(day: date) -> dict:
    return {"person": "me", "source": "app", "native_id": str(day), "at": datetime.combine(day, time(7), UTC), "zone": "UTC"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("ledger")
    (place / ".env").write_text(f"FITBOARD_SECRET_KEY={KEY}\nFITBOARD_ZONE=Europe/Berlin\n")
    store = open_store("sqlite:data/fitboard.db", settings.secret_keys(settings.load({}, place)), folder=place)
    values = wandering(2, 7 * 60)
    days = [date(2023, 1, 2) + timedelta(days=int(each)) for each in np.flatnonzero(~np.isnan(values))]
    kg = [Decimal(str(round(float(each), 1))) for each in values[~np.isnan(values)]]
    groups = [group(Measurement(**at(day), values={"body_mass_kg": mass})) for day, mass in zip(days, kg, strict=True)]
    for number in range(30):
        done = WorkoutSet(exercise="Squat", order=1, reps=5, load_kg=Decimal(80 + number % 4))
        groups.append(group(Workout(**at(date(2023, 1, 3) + timedelta(days=4 * number)), sets=(done,))))
    store.write("me", groups, NOW)
    store.close()
    return place


@pytest.fixture
def run(folder, monkeypatch, capsys):
    shutil.rmtree(folder / "data/models", ignore_errors=True)
    monkeypatch.chdir(folder)
    for name in ("FITBOARD_STORE", "FITBOARD_SECRET_KEY", "FITBOARD_ZONE"):
        monkeypatch.delenv(name, raising=False)

    def go(*arguments: str, code: int = 0):
        assert command.main([*arguments, "--json"]) == code
        said = capsys.readouterr()
        return json.loads(said.out.splitlines()[-1]) if code == 0 else said.err

    return go


def test_backtest_prints_a_row_for_each_target_model_and_horizon(run):
    rows = run("backtest")["results"]
    assert {row["target"] for row in rows} == {"body_mass_kg", "volume"}
    assert sum(row["target"] == "body_mass_kg" for row in rows) == 6 * 26
    assert {row["horizon"] for row in rows if row["target"] == "volume"} == {1}
    one = next(row for row in rows if row["default"] and row["target"] == "body_mass_kg" and row["horizon"] == 4)
    assert one["skill"] == pytest.approx(1 - one["mae"] / one["baseline_mae"])
    assert one["n"] == 60 - 26 - 4


def test_predict_names_the_sunday_and_knows_nothing_later(run):
    rows = run("predict", "--target", "body_mass_kg", "--as-of", str(sunday(49)))["predictions"]
    first = next(row for row in rows if row["default"] and row["horizon"] == 1)
    assert first["for_day"] == str(sunday(50))
    assert first["low_80"] < first["mean"] < first["high_80"]
    midweek = run("predict", "--target", "body_mass_kg", "--as-of", str(sunday(49) + timedelta(days=3)))["predictions"]
    assert midweek == rows


def test_predict_the_next_session(run):
    rows = run("predict", "--target", "volume")["predictions"]
    assert {row["exercise"] for row in rows} == {"Squat"}
    assert sum(row["default"] for row in rows) == 1


def test_with_few_weeks_the_baseline_is_the_default_and_says_why(run, folder, monkeypatch):
    few = run("predict", "--target", "body_mass_kg", "--as-of", str(sunday(24)))["predictions"]
    assert {(each["model"], each["default"], each["reason"]) for each in few} == {
        ("no_change", True, "25 of 26 weeks with a reading")
    }
    enough = run("predict", "--target", "body_mass_kg", "--as-of", str(sunday(25)))["predictions"]
    assert [each["model"] for each in enough if each["default"]] == ["blend"] * 26
    assert not any("reason" in each for each in enough)
    monday = datetime.combine(sunday(24) + timedelta(days=1), time(12), UTC)
    monkeypatch.setattr(command, "datetime", type("At", (), {"now": staticmethod(lambda _zone: monday)}))
    run("train", "--only", "body_mass_kg")
    with monkeypatch.context() as patch:
        patch.setattr("forecast.backtest.tracks", lambda *_, **__: pytest.fail("this learns again"))
        assert run("predict", "--target", "body_mass_kg")["predictions"] == few


def test_the_reason_for_the_baseline_alone_is_read_too(run, capsys):
    assert command.main(["predict", "--target", "volume", "--as-of", "2023-01-20"]) == 0
    assert "; last_session alone, at 5 of 20 sessions)" in capsys.readouterr().out


def test_of_a_day_to_come_nothing_is_known(run, capsys):
    today = str(local_day(datetime.now(UTC), "Europe/Berlin"))
    for name in ("predict", "backtest"):
        told = run(name, "--as-of", today)
        for ahead in ("2090-01-01", "9999-12-31"):
            assert run(name, "--as-of", ahead) == told
    assert command.main(["predict", "--target", "fat_ratio", "--as-of", "9999-12-31"]) == 0
    assert f"9999-12-31 lies ahead: this is from what is known today, {today}." in capsys.readouterr().err


def test_train_models_and_rollback(run, folder):
    first = run("train")["trained"]
    assert [(each["target"], each["outcome"]) for each in first] == [("body_mass_kg", "promoted"), ("volume", "promoted")]
    for target in ("body_mass_kg", "volume"):
        assert run("train", "--only", target)["trained"][0]["outcome"] == "unchanged"
    assert "no earlier version" in run("rollback", code=1)
    listed = run("models")
    assert {each["name"] for each in listed["models"]} >= {"blend", "neighbours", "volume_blend"}
    assert [(each["role"], each["version"]) for each in listed["versions"]] == [("current", each["version"]) for each in first]
    assert not list((folder / "data/models").rglob("*.draft*"))


def test_predict_reads_what_was_trained_and_says_what_it_said_without(run, monkeypatch):
    yesterday = str(local_day(datetime.now(UTC), "Europe/Berlin") - timedelta(days=1))
    told = run("predict")["predictions"]
    earlier = run("predict", "--target", "volume", "--as-of", "2023-04-01")["predictions"]
    run("train")
    assert {each["target"] for each in told} == {"body_mass_kg", "volume"}
    with monkeypatch.context() as patch:
        for place in ("forecast.volume.tracks", "forecast.backtest.tracks"):
            patch.setattr(place, lambda *_, **__: pytest.fail("this learns again"))
        assert run("predict")["predictions"] == told
        assert run("predict", "--as-of", yesterday)["predictions"] == told
    again = run("predict", "--target", "volume", "--as-of", "2023-04-01")["predictions"]
    assert again == earlier  # what was trained is of other data, and is not asked


def test_a_version_gone_back_to_is_what_is_predicted(run, folder, monkeypatch, capsys):
    for day in (datetime(2024, 2, 20, tzinfo=UTC), datetime(2024, 2, 27, tzinfo=UTC)):
        monkeypatch.setattr(command, "datetime", type("At", (), {"now": staticmethod(lambda _zone, day=day: day)}))
        run("train", "--only", "body_mass_kg")
        told = run("predict", "--target", "body_mass_kg")["predictions"]
    run("rollback", "--only", "body_mass_kg")
    back = run("predict", "--target", "body_mass_kg")["predictions"]
    assert back[0]["for_day"] < told[0]["for_day"]
    assert run("predict", "--target", "body_mass_kg", "--as-of", "2024-02-26")["predictions"] == told  # a day that was asked for
    assert [each["held"] for each in run("models")["versions"] if each["target"] == "body_mass_kg"] == ["rolled back", None]
    assert command.main(["models"]) == 0
    assert "(rolled back)" in capsys.readouterr().out


def test_what_is_due_is_trained_once_a_week(run, folder, monkeypatch):
    def on(day: datetime) -> list:
        monkeypatch.setattr(command, "datetime", type("At", (), {"now": staticmethod(lambda _zone: day)}))
        return run("train", "--due", "--only", "body_mass_kg")["trained"]

    sunday_late = datetime(2024, 2, 25, 22, 59, tzinfo=UTC)  # in Berlin the week is not over
    first = on(sunday_late)
    assert len(first) == 1
    assert on(sunday_late) == []
    monday = on(sunday_late + timedelta(minutes=1))
    assert len(monday) == 1
    assert monday[0]["version"] > first[0]["version"]  # one more whole week
    assert on(sunday_late + timedelta(days=3)) == []
    (folder / "data/models/body_mass_kg/trained.json").write_text("{")
    assert on(sunday_late + timedelta(days=3)) == []  # nothing has changed: the version is there
    assert json.loads((folder / "data/models/body_mass_kg/trained.json").read_text())["at"].startswith("2024-02-28")


def test_while_another_trains_neither_training_nor_going_back_is_done(run, folder, monkeypatch):
    run("train", "--only", "body_mass_kg")
    kept = {each: each.read_bytes() for each in (folder / "data/models").rglob("*.json")}
    store = open_store("sqlite:data/fitboard.db", settings.secret_keys(settings.load({}, folder)), folder=folder)
    with alone(store, lambda: datetime.now(UTC)):
        for arguments in (("train",), ("train", "--due", "--only", "volume"), ("rollback", "--only", "body_mass_kg")):
            assert "Another training is running since" in run(*arguments, code=1)
        assert run("predict", "--target", "body_mass_kg")["predictions"]
    store.close()
    assert {each: each.read_bytes() for each in (folder / "data/models").rglob("*.json")} == kept


def test_wrong_use_ends_with_2(run):
    for wrong in (["predict", "--target", "mood"], ["predict", "--as-of", "yesterday"], ["paint"], []):
        with pytest.raises(SystemExit) as ended:
            command.main(wrong)
        assert ended.value.code == 2


def test_an_empty_ledger_is_no_failure(tmp_path, monkeypatch, capsys):
    (tmp_path / ".env").write_text(f"FITBOARD_SECRET_KEY={KEY}\nFITBOARD_ZONE=UTC\n")
    monkeypatch.chdir(tmp_path)
    assert command.main(["backtest", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {"results": []}
    assert "volume: no session with a load up to" in said.err


def test_wrong_settings_are_told(tmp_path, monkeypatch, capsys):
    (tmp_path / ".env").write_text("FITBOARD_ZONE=Nowhere/Land\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FITBOARD_ZONE", raising=False)
    assert command.main(["models"]) == 2
    assert "FITBOARD_ZONE" in capsys.readouterr().err
