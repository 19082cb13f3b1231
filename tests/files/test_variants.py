"""Every variant of every format seen in the wild, with the numbers worked out by hand."""

from decimal import Decimal
from typing import Any

import pytest

from collectors.source import NotThisFormat, OrderNeeded, UnitNeeded, formats
from health.records import Activity, Measurement, Workout
from tests.files.reading import CASES, FIXTURES, options, parsed, raw_rows, read_text, recognised


def records(name: str, **said: Any) -> list[Any]:
    reader = formats()[CASES[name][0]]
    found = parsed(reader, raw_rows(reader, (FIXTURES / name).read_bytes(), name, options(name, **said)))
    return [record for record, _ in found.values() if record is not None]


def aside(name: str) -> list[tuple[str, str, str]]:
    reader = formats()[CASES[name][0]]
    found = parsed(reader, raw_rows(reader, (FIXTURES / name).read_bytes(), name, options(name)))
    return [(each.row, each.field, each.reason) for _, rejected in found.values() for each in rejected]


def sets(workout: Workout) -> list[tuple[Any, ...]]:
    return [(each.exercise, each.type, each.reps, each.load_kg and float(each.load_kg)) for each in workout.sets]


def test_every_fixture_is_covered() -> None:
    assert sorted(CASES) == sorted(path.name for path in FIXTURES.iterdir())


@pytest.mark.parametrize("name", sorted(CASES))
def test_each_file_is_recognised_as_its_own_format_and_no_other(name: str) -> None:
    expected = [] if CASES[name][1].get("mapping") else [CASES[name][0]]
    assert recognised((FIXTURES / name).read_bytes(), "renamed.bin") == expected


@pytest.mark.parametrize("name", sorted(name for name in CASES if name.endswith(".csv")))  # XML names its encoding itself
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_encoding_makes_no_difference(name: str, encoding: str) -> None:
    reader = formats()[CASES[name][0]]
    data = (FIXTURES / name).read_bytes()
    again = data.decode().encode(encoding)
    assert recognised(again) == recognised(data)
    assert parsed(reader, raw_rows(reader, again, name, options(name))) == parsed(
        reader, raw_rows(reader, data, name, options(name))
    )


def test_only_one_fixture_of_records_holds_something_implausible() -> None:
    # Of a catalogue the tests want to see bad rows, too (test_catalogue.py).
    found = {name: each for name in CASES if name != "catalogue.csv" and (each := aside(name))}
    assert found == {"strava.csv": [("strava.csv, row 4", "mean_heart_rate_bpm", "is above 260")]}


# -- lifting


def test_strong_with_warmup_drop_and_failure_sets_timers_and_notes() -> None:
    first, second, third = records("strong_with_duration.csv")
    assert sets(first) == [
        ("Bench Press (Barbell)", "warmup", 10, 40.0),
        ("Bench Press (Barbell)", "normal", 5, 82.5),
        ("Bench Press (Barbell)", "drop", 9, 60.0),
        ("Bench Press (Barbell)", "failure", 0, 60.0),
        ("Plank", "normal", None, 0),
        ("Bench Press (Barbell)", "normal", 12, 50.0),
    ]
    assert [each.order for each in first.sets] == [1, 2, 3, 4, 5, 6]
    assert (first.name, first.note, first.sets[1].rpe, first.sets[4].duration_s) == ("Upper, heavy", "felt strong", 8, 90)
    assert [each.duration_s for each in (first, second, third)] == [6240, 2280, 55]
    assert first.at.isoformat() == "2022-03-07T17:02:11+00:00"


def test_strong_without_a_unit_asks_for_one() -> None:
    for name in (
        "strong_with_duration.csv",
        "strong_without_duration.csv",
        "strong_de.csv",
        "weekly_2024-03-04.csv",
        "weight_plain.csv",
    ):
        with pytest.raises(UnitNeeded, match="--units kg or --units lb"):
            records(name, units=None)
    assert float(records("strong_with_duration.csv", units="lb")[1].sets[0].load_kg) == 45.359237


def test_a_file_without_any_load_needs_no_unit() -> None:
    head = "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes\n"
    ((record, rejected),) = read_text(head + "2024-01-01 10:00:00,A,Pull Up,1,0,8,0,0,,\n", "strong").values()
    assert rejected == []
    assert isinstance(record, Workout)
    assert record.sets[0].load_kg == 0


def test_strong_with_semicolons_decimal_commas_and_workout_numbers() -> None:
    first, second = records("strong_semicolon.csv")
    assert [float(each.load_kg) for each in first.sets[:2]] == [140, 142.5]
    assert (float(first.sets[0].rpe), first.sets[2].distance_m, first.duration_s) == (8.5, 2000, 4200)
    # Two sessions of one name at one time are told apart by their number.
    assert (second.native_id, second.duration_s) == ("2024-02-05 19:10:00|Pull#2", 600)


def test_strong_with_a_column_for_the_unit() -> None:
    (record,) = records("strong_weight_unit.csv")
    assert [each.load_kg for each in record.sets] == [Decimal("61.23497"), None, None]
    assert (record.sets[2].distance_m, record.duration_s) == (Decimal("2414.016"), 3900)


def test_strong_with_the_unit_as_the_name_of_the_column() -> None:
    (record,) = records("strong_kg_column.csv")
    assert (record.sets[0].load_kg, record.sets[1].distance_m) == (60, 12500)


def test_strong_in_other_languages_by_name_and_by_place() -> None:
    (german,) = records("strong_de.csv")
    assert sets(german) == [("Chest Press (Machine)", "normal", 12, 50.0), ("Chest Press (Machine)", "normal", 10, 52.5)]
    assert (german.name, german.note, german.duration_s) == ("Ganzkörper", "Erstes Training", 8580)
    (finnish,) = records("strong_unlisted_language.csv")
    assert sets(finnish) == [("Kyykky", "normal", 8, 80.0), ("Kyykky", "normal", 6, 85.0)]
    assert (finnish.name, finnish.duration_s) == ("Jalat", 3120)


def test_fitnotes_is_one_workout_a_day() -> None:
    first, second = records("fitnotes_lbs.csv")
    assert (first.day.isoformat(), first.precision) == ("2020-06-01", "day")
    assert [each.load_kg for each in first.sets] == [Decimal("83.914588"), Decimal("83.914588"), None]
    assert (first.sets[2].distance_m, first.sets[2].duration_s, first.sets[1].note) == (Decimal("3218.688"), 990, "last one slow")
    assert second.sets[0].reps == 0
    (mixed,) = records("fitnotes_unit.csv")
    assert [each.load_kg for each in mixed.sets] == [20, None, Decimal("11.339809")]


def test_hevy_in_kilograms_and_pounds() -> None:
    (push,) = records("hevy_kg.csv")
    assert [each.type for each in push.sets] == ["warmup", "normal", "drop", "failure", "normal"]
    assert [each.load_kg for each in push.sets] == [24, Decimal("30.5"), 22, None, None]
    assert (push.duration_s, push.note, push.sets[4].distance_m) == (3720, "good day", 2400)
    (legs,) = records("hevy_lbs.csv")
    assert (legs.sets[0].load_kg, legs.sets[1].distance_m, legs.sets[0].note) == (
        Decimal("102.058283"),
        Decimal("1609.344"),
        "line one\nline two",
    )


def test_fitbod_sessions_are_local_days_and_identical_rows_are_sets() -> None:
    squat, press = records("fitbod.csv")
    assert sets(squat) == [("Back Squat", "warmup", 8, 60.0), ("Back Squat", "normal", 0, 120.0)]
    assert len(press.sets) == 3
    assert press.sets[0].load_kg == press.sets[1].load_kg == Decimal("22.679619")  # per implement, as Fitbod says it
    assert (press.sets[2].reps, press.sets[2].duration_s, press.sets[2].distance_m) == (None, 1500, 4000)
    assert press.day.isoformat() == "2024-02-03"
    assert records("fitbod.csv", zone="America/Denver")[1].day.isoformat() == "2024-02-02"


def test_weekly_files_in_several_spellings() -> None:
    first, second = records("weekly_2024-03-04.csv")
    assert [(each.name, each.day.isoformat(), len(each.sets)) for each in (first, second)] == [
        ("Push", "2024-03-04", 2),
        ("Pull", "2024-03-06", 1),
    ]
    (pounds,) = records("weekly_underscores.csv")
    assert (pounds.day.isoformat(), pounds.sets[0].load_kg) == ("2024-03-13", Decimal("102.058283"))
    (german,) = records("weekly_short.csv")
    assert (german.day.isoformat(), german.sets[0].load_kg, german.name) == ("2024-03-13", Decimal("102.5"), "Beine")


def test_sets_of_a_table_of_ones_own() -> None:
    first, second = records("mapped_sets.csv")
    assert sets(first) == [("Row", "normal", 5, 20.0), ("Row", "normal", 5, 30.0), ("Press", "normal", 9, 0)]
    assert (first.at.isoformat(), second.day.isoformat()) == ("2021-03-14T05:10:00+00:00", "2021-03-16")


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"date": "when", "exercise": "nothing"}, "no column 'nothing' for exercise; its columns are when, move"),
        ({"date": "when", "exercise": "move", "colour": "nr"}, "knows no field 'colour'; the fields are date, time, exercise"),
        ({"exercise": "move"}, "needs --map date=COLUMN"),
    ],
)
def test_a_wrong_mapping_says_what_there_is(mapping: dict[str, str], reason: str) -> None:
    with pytest.raises(NotThisFormat, match=reason):
        records("mapped_sets.csv", mapping=mapping)


# -- weigh-ins


def masses(name: str, **said: Any) -> list[tuple[str, float]]:
    found: list[Measurement] = records(name, **said)
    return [(each.native_id, float(each.values["body_mass_kg"])) for each in found]


def test_plain_tables_of_weigh_ins() -> None:
    assert masses("weight_plain.csv") == [("2024-01-01", 82.4), ("2024-01-02", 82.1), ("2024-01-02#2", 82.6), ("2024-01-04", 81.9)]
    assert masses("weight_day_value.csv") == [("2021-05-01", 81.873423), ("2021-05-02", 81.601267)]
    assert masses("weight_lb_comments.csv") == [
        ("2014-09-25 7:31 AM", 91.308144),
        ("2014-09-25 9:05 PM", 92.079251),
        ("2014-09-26 12:10 AM", 91.716377),
    ]
    assert masses("weight_comma.csv") == [("01.02.2024", 82.5), ("13.02.2024", 81.9)]
    assert masses("weight_with_cells_unit.csv") == [("2024-01-01", 82.5), ("2024-01-02", 82.100219)]
    assert masses("mapped_weights.csv") == [("2023-01-19", 111.130131), ("2023-01-20", 112.490908)]


def test_a_time_in_a_column_of_its_own_belongs_to_the_date() -> None:
    found = read_text("Date,Time,Weight (kg)\n2024-01-05,7:31 AM,80\n2024-01-05,9:00 PM,81\n2024-01-06,,82\n", "weight")
    assert {name: record.at.isoformat() for name, (record, _) in found.items() if record} == {
        "2024-01-05 7:31 AM": "2024-01-05T06:31:00+00:00",
        "2024-01-05 9:00 PM": "2024-01-05T20:00:00+00:00",
        "2024-01-06": "2024-01-06T11:00:00+00:00",
    }
    found = read_text("d,t,lift\n2024-01-05,18:30,Squat\n", "sets", mapping={"date": "d", "time": "t", "exercise": "lift"})
    assert [record.at.isoformat() for record, _ in found.values() if record] == ["2024-01-05T17:30:00+00:00"]
    assert recognised(b"time,weight\n") == ["weight"]


@pytest.mark.parametrize(
    "header",
    [
        "date,value",
        "Date,Weight,Weight",
        "Date,Exercise,Weight",
        "Date,Weight (kg),Reps",
        "Name,Weight",
        "weight,height",
        "start,duration,value",
    ],
)
def test_a_table_that_may_mean_something_else_is_not_taken_for_weigh_ins(header: str) -> None:
    assert recognised(f"{header}\n".encode()) == []


def test_a_fat_column_is_a_percentage_or_a_ratio_by_the_whole_of_it() -> None:
    percent = [each.values.get("fat_ratio") for each in records("weight_comma.csv")]
    assert percent == [Decimal("0.214"), None]  # 0 is what the app writes where nothing was measured
    assert [each.values["fat_ratio"] for each in records("weight_with_cells_unit.csv")] == [Decimal("0.214"), Decimal("0.213")]


def test_the_withings_export_in_any_language_and_unit() -> None:
    expected = {
        "body_mass_kg": "84.21",
        "fat_mass_kg": "18.4",
        "bone_mass_kg": "3.31",
        "muscle_mass_kg": "62.5",
        "water_mass_kg": "45.9",
    }
    for name in ("withings_de.csv", "withings_unlisted_language.csv"):
        first = records(name)[0]
        assert {key: str(value) for key, value in first.values.items()} == expected
        assert first.at.isoformat() == "2023-04-01T05:12:33+00:00"
    assert list(records("withings_de.csv")[1].values) == ["body_mass_kg"]
    (pounds,) = records("withings_lb.csv")
    assert {key: float(value) for key, value in pounds.values.items()} == {
        "body_mass_kg": 84.213959,
        "fat_mass_kg": 18.198126,
        "bone_mass_kg": 3.197826,
        "muscle_mass_kg": 62.818007,
        "water_mass_kg": 44.497411,
    }
    (old,) = records("withings_old.csv")
    assert {key: float(value) for key, value in old.values.items()} == {
        "body_mass_kg": 94.34,
        "fat_mass_kg": 26.81,
        "lean_mass_kg": 67.53,
    }


def test_apple_health_as_xml_and_as_csv() -> None:
    first, second, height, pulse = records("apple.xml")
    assert {key: float(value) for key, value in first.values.items()} == {
        "body_mass_kg": 80.4,
        "fat_ratio": 0.213,
        "lean_mass_kg": 63.3,
    }
    assert (float(second.values["body_mass_kg"]), second.day.isoformat()) == (80.285849, "2024-05-02")
    assert height.values == {"height_m": Decimal("1.81")}
    assert (float(pulse.values["heart_rate_bpm"]), pulse.precision) == (61, "day")
    assert [float(each.values["body_mass_kg"]) for each in records("apple.csv")] == [82.372374, 81.918782]
    assert [each.day.isoformat() for each in records("apple.csv")] == ["2018-05-09", "2018-05-10"]


def test_apple_writes_the_same_weigh_in_otherwise_after_a_journey() -> None:
    """Every time in an export carries the offset the phone had at the export: identity and instant must not follow it."""
    data = (FIXTURES / "apple.xml").read_bytes()
    winter = data.replace(b"2024-05-01 07:00:00 +0200", b"2024-04-30 22:00:00 -0700")
    assert winter != data
    reader = formats()["apple"]
    assert parsed(reader, raw_rows(reader, winter, "a.xml", options("apple.xml"))) == parsed(
        reader, raw_rows(reader, data, "a.xml", options("apple.xml"))
    )


# -- activities


def test_the_strava_export_reads_the_second_block_in_si_units() -> None:
    run, lift, ride = records("strava.csv")
    assert isinstance(run, Activity)
    assert (run.native_id, run.sport, run.sport_type, run.at.isoformat()) == ("7001", "run", "Run", "2023-05-23T05:40:57+00:00")
    assert (run.distance_m, run.elapsed_s, run.moving_s) == (Decimal("5021.7"), 1930, 1815)
    assert (run.ascent_m, run.mean_heart_rate_bpm, run.max_heart_rate_bpm) == (Decimal("48.2"), Decimal("152.4"), 171)
    assert run.energy_kj == Decimal("1677.784")
    assert (lift.sport, lift.sport_type, lift.mean_heart_rate_bpm) == ("strength", "Weight Training", None)
    assert lift.day.isoformat() == "2023-05-24"  # 22:05 UTC is past midnight in Berlin
    assert (ride.sport, ride.ascent_m, ride.mean_heart_rate_bpm, ride.mean_power_w) == ("ride", 0, None, Decimal("187.2"))


def test_the_strava_export_in_another_language_gives_the_same_run() -> None:
    english, (german,) = records("strava.csv")[0], records("strava_de.csv")
    differing = {"name", "sport_type"}
    assert {key: value for key, value in vars(german).items() if key not in differing} == {
        key: value for key, value in vars(english).items() if key not in differing
    }


# -- dates that nobody can tell


def test_ambiguous_dates_are_asked_about_and_never_decided_row_by_row() -> None:
    text = "Date,Weight (kg)\n1/5/2024,80\n2/5/2024,81\n"
    with pytest.raises(OrderNeeded, match="--dates dmy or --dates mdy"):
        read_text(text, "weight")
    found = {said: read_text(text, "weight", dates=said).values() for said in ("dmy", "mdy")}
    days = {said: [record.day.isoformat() for record, _ in each if record] for said, each in found.items()}
    assert days == {"dmy": ["2024-05-01", "2024-05-02"], "mdy": ["2024-01-05", "2024-02-05"]}
