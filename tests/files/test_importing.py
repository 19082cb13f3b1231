"""Files into a real store: once, again, corrected, damaged, in a ZIP, two at a time, and by the command."""

import argparse
import json
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from collectors import archives, importing
from collectors.importing import FileResult, import_file
from collectors.source import ReadOptions, formats
from store.store import Store
from tests.files.reading import CASES, FIXTURES, ZONE, options, zipped

OUTCOMES = ("new", "changed", "unchanged", "removed", "rejected")


def counts(result: FileResult) -> tuple[int, ...]:
    assert result.error is None, result.error
    return tuple(getattr(result, each) for each in OUTCOMES)


def read(store: Store, text: str | bytes, now: datetime, name: str = "file.csv", **said: Any) -> FileResult:
    data = text.encode() if isinstance(text, str) else text
    as_format = said.pop("as_format", None)
    (result,) = import_file(store, "me", BytesIO(data), name, ReadOptions(**{"zone": ZONE, **said}), now, as_format=as_format)
    return result


def bodies(store: Store, kind: str) -> list[dict[str, Any]]:
    return store.bodies("me", kind)


# -- the same, again, corrected


@pytest.mark.parametrize("name", sorted(CASES))
def test_importing_again_changes_nothing(store: Store, now: datetime, name: str) -> None:
    (first,) = import_file(store, "me", FIXTURES / name, name, options(name), now)
    before = {kind: bodies(store, kind) for kind in ("workout", "measurement", "activity")}
    (again,) = import_file(store, "me", FIXTURES / name, name, options(name), now + timedelta(days=1))
    assert first.error is again.error is None
    assert (first.new > 0, first.changed, first.unchanged) == (True, 0, 0)
    assert (again.new, again.changed, again.removed, again.unchanged) == (0, 0, 0, first.new)
    assert again.rejected == first.rejected == len(store.rejected("me"))
    assert {kind: bodies(store, kind) for kind in before} == before


@pytest.mark.parametrize("name", sorted(name for name in CASES if name != "fitbod.csv"))
def test_a_corrected_zone_is_a_change_and_no_second_copy(store: Store, now: datetime, name: str) -> None:
    (first,) = import_file(store, "me", FIXTURES / name, name, options(name, zone="Asia/Tokyo"), now)
    (again,) = import_file(store, "me", FIXTURES / name, name, options(name), now)
    assert counts(again) == (0, first.new, 0, 0, first.rejected)


def test_a_corrected_zone_moves_rows_between_fitbod_sessions(store: Store, now: datetime) -> None:
    head = "Date,Exercise,Reps,Weight(kg),Duration(s),Distance(m),Incline,Resistance,isWarmup,Note,multiplier\n"
    times = ("2024-02-03 23:30:00", "2024-02-04 00:30:00", "2024-02-06 12:00:00")
    text = head + "".join(f"{time} +0000,Squat,5,{100 + place},0,0,0,0,false,,1\n" for place, time in enumerate(times))
    assert counts(read(store, text, now, zone="UTC")) == (3, 0, 0, 0, 0)
    assert counts(read(store, text, now, zone="America/Denver")) == (0, 2, 0, 1, 0)  # the evening is one session now
    assert [(each["day"], len(each["sets"])) for each in bodies(store, "workout")] == [("2024-02-03", 2), ("2024-02-06", 1)]
    assert counts(read(store, text, now, zone="UTC")) == (1, 2, 0, 0, 0)
    assert [(each["day"], len(each["sets"])) for each in bodies(store, "workout")] == [
        ("2024-02-03", 1),
        ("2024-02-04", 1),
        ("2024-02-06", 1),
    ]


def test_corrected_units_and_weights_are_changes(store: Store, now: datetime) -> None:
    text = "Date,Weight\n2024-01-01,180\n2024-01-02,181\n"
    read(store, text, now, units="kg")
    assert counts(read(store, text, now, units="lb")) == (0, 2, 0, 0, 0)
    assert counts(read(store, text.replace("181", "182"), now, units="lb")) == (0, 1, 1, 0, 0)
    assert [each["body_mass_kg"] for each in bodies(store, "measurement")] == [81.646627, 82.553811]


STRONG = "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes\n"


def test_a_session_is_whole_in_a_file_and_an_absent_one_stays(store: Store, now: datetime) -> None:
    monday = "2024-01-01 10:00:00,A,Squat,{n},100,5,0,0,,\n"
    tuesday = "2024-01-02 10:00:00,B,Press,1,40,5,0,0,,\n"
    read(store, STRONG + monday.format(n=1) + monday.format(n=2) + tuesday, now, units="kg")
    assert counts(read(store, STRONG + monday.format(n=1), now, units="kg")) == (0, 1, 0, 0, 0)
    assert [len(each["sets"]) for each in bodies(store, "workout")] == [1, 1]


def test_identical_rows_are_separate_sets(store: Store, now: datetime) -> None:
    row = "2024-01-01 10:00:00,A,Squat,1,100,5,0,0,,\n"
    read(store, STRONG + row * 3, now, units="kg")
    assert [each["order"] for each in bodies(store, "workout")[0]["sets"]] == [1, 2, 3]


# -- bad rows


def test_a_bad_row_is_set_aside_with_its_reason_and_its_neighbours_stay(store: Store, now: datetime) -> None:
    rows = [
        "2024-01-01 10:00:00,A,Squat,1,100,5,0,0,,",
        "2024-01-01 10:00:00,A,Squat,2,100,877777,0,0,,",
        "2024-01-01 10:00:00,A,Squat,3,9000,5,0,0,,",
        "2024-01-01 10:00:00,A,Squat,4,100,five,0,0,,",
        "2024-01-01 10:00:00,A,Squat,5,100,5.5,0,0,,",
        "2024-01-01 10:00:00,A,Squat,6,-20,5,0,0,,",
        "2024-01-01 10:00:00,A,,7,100,5,0,0,,",
        "2024-01-01 10:00:00,A,Squat,8,100,0,0,0,,",
        "2024-02-30 10:00:00,A,Squat,1,100,5,0,0,,",
        ",A,Squat,1,100,5,0,0,,",
        "2024-01-01 10:00:00,A,Squat,9,100,5,0,0,a,note,too,many",
    ]
    result = read(store, STRONG + "\n".join(rows) + "\n", now, units="kg")
    assert counts(result) == (1, 0, 0, 0, 9)
    assert [each["reps"] for each in bodies(store, "workout")[0]["sets"]] == [5, 0]  # 0 is a failed set, not a bad row
    found = {each.row: (each.field, each.reason) for each in store.rejected("me", "strong")}
    assert found == {
        "file.csv, row 3": ("reps", "is above 1,000"),
        "file.csv, row 4": ("weight", "is above 1,000 kg"),
        "file.csv, row 5": ("reps", "is not a number"),
        "file.csv, row 6": ("reps", "is not a whole number"),
        "file.csv, row 7": ("weight", "is below 0"),
        "file.csv, row 8": ("exercise", "is empty"),
        "file.csv, row 10": ("date", "is not a day of the calendar"),
        "file.csv, row 11": ("row", "has no date"),
        "file.csv, row 12": ("row", "has 12 cells under 10 column names: one cell too many shifts the rest"),
    }


def test_an_implausible_value_of_a_weigh_in_is_set_aside_alone(store: Store, now: datetime) -> None:
    head = 'Date,"Weight (kg)","Fat mass (kg)","Bone mass (kg)","Muscle mass (kg)","Hydration (kg)",Comments\n'
    result = read(store, head + "2024-01-01 07:00:00,900,18.2,3.1,60,44,\n2024-01-02 07:00:00,82,,,,,\n", now)
    assert counts(result) == (2, 0, 0, 0, 1)
    assert "body_mass_kg" not in bodies(store, "measurement")[0]
    assert [(each.field, each.reason, each.said) for each in store.rejected("me")] == [("weight", "is above 500 kg", "900")]


def test_a_corrected_row_loses_its_old_complaint(store: Store, now: datetime) -> None:
    good, bad = "2024-01-01 10:00:00,A,Squat,1,100,5,0,0,,\n", "2024-13-02 10:00:00,B,Squat,1,100,5,0,0,,\n"
    assert read(store, STRONG + good + bad + ",C,Squat,1,100,5,0,0,,\n", now, units="kg").rejected == 2
    read(store, STRONG + bad, now, "other.csv", units="kg")  # the same complaint of another file would be its own
    fixed = STRONG + good + bad.replace("-13-", "-12-")
    assert counts(read(store, fixed, now, "other.csv", units="kg")) == (1, 0, 1, 0, 0)
    assert counts(read(store, fixed, now, units="kg")) == (0, 0, 2, 0, 0)
    assert store.rejected("me") == []
    assert store.check() == []


# -- what cannot be read


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty: export it again"),
        (b"\x00\x01\x02\x03" * 100, "is no table and no export that is known"),
        (b"%PDF-1.7 ...", "is no table and no export that is known"),
        (b"Colour,Shape\nred,round\n", "--map date=Colour --map weight=Shape --units kg (its columns: Colour, Shape)"),
        (b"when,exercise done,weight in lb,rep\n", "--map reps=rep --map weight='weight in lb' (its columns: when, exercise done"),
        (b"Date,Weight\n2024-01-01,82\n", "say --units kg or --units lb"),
        (b"Date,Weight (kg)\n1/2/2024,82\n", "say --dates dmy or --dates mdy"),
        (b"PK\x03\x04 not really", "is a damaged ZIP"),
        (b"<?xml version='1.0'?><kml></kml>", "is no table and no export that is known"),
        (b"<?xml version='1.0'?><gpx></gpx>", "holds no track with times, so it is a route or a plan"),
        (b"<HealthData><Record", None),
    ],
)
def test_what_cannot_be_read_says_why_and_the_way_out(store: Store, now: datetime, data: bytes, said: str | None) -> None:
    result = read(store, data, now)
    if said is None:
        assert result.error is None
        assert "breaks off" in store.rejected("me")[0].reason
    else:
        assert said in (result.error or "")
    assert not bodies(store, "workout")


def test_a_file_that_is_not_there_and_a_zone_that_is_none(store: Store, now: datetime, tmp_path: Path) -> None:
    (missing,) = import_file(store, "me", tmp_path / "none.csv", "none.csv", ReadOptions(zone=ZONE), now)
    assert missing.error == "cannot be read: No such file or directory"
    assert "is not a time zone" in (read(store, "Date,Weight (kg)\n2024-01-01,80\n", now, zone="Mars/Olympus").error or "")


def test_as_overrules_what_is_recognised_and_says_what_it_missed(store: Store, now: datetime) -> None:
    wrong = read(store, "Date,Weight (kg)\n2024-01-01,80\n", now, as_format="strong")
    assert wrong.error == (
        "is not a Strong export: it needs Date, Workout Name, Exercise Name, Set Order, Weight and Reps, "
        "and has the columns Date, Weight (kg)"
    )
    assert "there is no format 'garmin'" in (read(store, "a,b\n", now, as_format="garmin").error or "")


# -- ZIP


def test_a_zip_gives_a_result_for_each_member_that_is_data(store: Store, now: datetime) -> None:
    packed = zipped(
        {
            "export/weight.csv": (FIXTURES / "withings_de.csv").read_bytes(),
            "export/activities.csv": (FIXTURES / "strava.csv").read_bytes(),
            "export/activities/1.gpx": b"<gpx/>",
            "export/media/photo.jpg": b"\xff\xd8",
            "export/sleep.csv": b"von,bis,leicht (s)\n2024-01-01T22:00:00+01:00,2024-01-02T06:00:00+01:00,3600\n",
            "export/aggregates_elevation.csv": b"date,value\n2024-01-01,82.5\n",
            "export/height.csv": b'Date,"Height (m)",Comments\n2024-01-01 10:00:00,1.81,\n',
            "../../etc/passwd": b"root:x:0:0\n",
            "__MACOSX/._weight.csv": b"Date,Weight (kg)\n2024-01-01,80\n",
        }
    )
    results = import_file(store, "me", BytesIO(packed), "all.zip", ReadOptions(zone=ZONE), now)
    assert [(each.file, each.format, each.new, each.error) for each in results] == [
        ("all.zip/export/weight.csv", "withings", 2, None),
        ("all.zip/export/activities.csv", "strava", 3, None),
        ("all.zip/export/height.csv", "withings", 1, None),
    ]


def test_a_zip_without_data_says_what_is_known(store: Store, now: datetime) -> None:
    result = read(store, zipped({"a.txt": b"hello"}), now, "a.zip")
    assert (result.error or "").startswith("holds no file of a known format. Known formats: Apple Health")


def test_a_spreadsheet_is_to_be_saved_as_csv(store: Store, now: datetime) -> None:
    book = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    assert (read(store, book, now, "log.xlsx").error or "").startswith("is a spreadsheet: save it as CSV and import that.")


def test_a_zip_out_of_bounds_is_not_opened(store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "over 250 times its size" in (read(store, zipped({"a.csv": b"0" * 5_000_000}), now).error or "")
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    assert "holds 4 files" in (read(store, zipped({f"{n}.csv": b"a,b" for n in range(4)}), now).error or "")
    monkeypatch.setattr(archives, "MAX_BYTES", 10)
    assert "unpacks to over" in (read(store, zipped({"a.csv": b"Date,Weight (kg)\n2024-01-01,80\n"}), now).error or "")


def test_a_zip_that_is_cut_or_spoilt_says_so(store: Store, now: datetime) -> None:
    whole = zipped({"weight.csv": (FIXTURES / "withings_de.csv").read_bytes()})
    assert "damaged ZIP" in (read(store, whole[: len(whole) // 2], now).error or "")
    spoilt = bytearray(whole)
    spoilt[60:90] = b"\x00" * 30
    (result,) = import_file(store, "me", BytesIO(bytes(spoilt)), "a.zip", ReadOptions(zone=ZONE), now)
    assert "cannot be unpacked" in (result.error or "")


# -- two at a time, progress, the command


def test_a_second_import_of_one_format_is_told_to_wait(store: Store, now: datetime) -> None:
    assert store.acquire("import:weight_csv", "someone", timedelta(minutes=5), now)
    text = "Date,Weight (kg)\n2024-01-01,80\n"
    assert "another import of Plain table of weigh-ins is under way" in (read(store, text, now).error or "")
    store.release("import:weight_csv", "someone")
    assert counts(read(store, text, now)) == (1, 0, 0, 0, 0)
    assert store.acquire("import:weight_csv", "someone", timedelta(minutes=5), now)  # given back when it was done


def test_progress_hears_all_rows(store: Store, now: datetime) -> None:
    heard: list[tuple[int, int | None]] = []
    said = options("strava.csv")
    import_file(store, "me", FIXTURES / "strava.csv", "s", said, now, progress=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (3, 3)


def command(store: Store, now: datetime, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    importing.add_arguments(parser)
    return importing.run(store, "me", parser.parse_args(arguments), now, ZONE)


def test_the_command_imports_what_it_can_and_says_what_it_could_not(
    store: Store, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("nothing")
    files = (str(broken), str(FIXTURES / "strava.csv"), str(FIXTURES / "weight_plain.csv"))
    assert command(store, now, *files, "--units", "kg", "--json") == 1
    printed = capsys.readouterr()
    found = json.loads(printed.out.splitlines()[-1])["files"]
    assert [(each["file"], each["format"], each["new"], each["rejected"], bool(each["error"])) for each in found] == [
        ("broken.csv", None, 0, 0, True),
        ("strava.csv", "strava", 3, 1, False),
        ("weight_plain.csv", "weight", 4, 0, False),
    ]
    assert "strava.csv: Strava export: 3 new, 0 changed, 0 unchanged, 1 set aside" in printed.err


def test_the_command_reads_a_mapped_table(store: Store, now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    mapped = [f"--map={field}={column}" for field, column in CASES["mapped_sets.csv"][1]["mapping"].items()]
    assert command(store, now, str(FIXTURES / "mapped_sets.csv"), *mapped, "--units=lb", "--zone=America/New_York") == 0
    assert capsys.readouterr().out == "mapped_sets.csv: Table of sets: 2 new, 0 changed, 0 unchanged\n"
    assert bodies(store, "workout")[0]["at"] == "2021-03-14T10:10:00Z"


@pytest.mark.parametrize("wrong", [["--map", "date"], ["--zone", "Mars"], ["--units", "stone"], ["--as", "garmin"], []])
def test_wrong_use_is_told_at_once(store: Store, now: datetime, wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command(store, now, *(["file.csv"] if wrong else []), *wrong)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_every_format_has_a_fixture() -> None:
    assert {each for each, _ in CASES.values()} == set(formats())
