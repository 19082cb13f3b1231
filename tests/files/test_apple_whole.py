"""The whole Apple Health export: heart rates and foods by day, nights from stages, blood pressure, workouts; in little memory."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from collectors.files._apple_days import gone, pack, unpack
from collectors.importing import FileResult, import_file
from collectors.rebuild import rebuild
from collectors.source import ReadOptions, formats
from health.frames import meals_frame, sleeps_frame
from health.nutrition import daily
from health.records import RawRow, Record
from health.sleep import nights
from store.store import Store
from tests.files.applemade import export
from tests.files.reading import FIXTURES, ZONE, parsed, raw_rows

APPLE = formats()["apple"]
WHOLE = (FIXTURES.parent / "apple" / "whole.xml").read_bytes()
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def records(data: bytes = WHOLE, zone: str = ZONE) -> dict[str, Record]:
    found = parsed(APPLE, raw_rows(APPLE, data, "a.xml", ReadOptions(zone=zone)))
    return {group: record for group, (record, _) in found.items() if record is not None}


def brought(store: Store, data: bytes = WHOLE, zone: str = ZONE, name: str = "a.xml") -> FileResult:
    (result,) = import_file(store, "me", BytesIO(data), name, ReadOptions(zone=zone), NOW)
    assert result.error is None
    return result


def values(record: Record) -> dict[str, float]:
    return {key: float(value) for key, value in record.values.items()}  # type: ignore[attr-defined]


def test_heart_rates_are_a_measurement_a_day_of_each_source() -> None:
    found = records()
    watch = found["heart|2024-05-01|Watch"]
    assert values(watch) == {"heart_rate_bpm": 67.8, "heart_rate_low_bpm": 54, "heart_rate_high_bpm": 88.5}
    assert (watch.day.isoformat(), watch.precision, watch.kind) == ("2024-05-01", "day", "measurement")
    assert values(found["heart|2024-05-02|Watch"])["heart_rate_bpm"] == 52
    assert values(found["heart|2024-05-01|Strap"])["heart_rate_high_bpm"] == 171  # 900 is set aside, its neighbour stays
    (resting,) = [each for each in found.values() if "resting_heart_rate_bpm" in getattr(each, "values", {})]
    assert values(resting) == {"resting_heart_rate_bpm": 51}


def test_blood_pressure_is_one_reading_and_bmi_is_none() -> None:
    (cuff,) = [each for each in records().values() if "systolic_mmhg" in getattr(each, "values", {})]
    assert values(cuff) == {"systolic_mmhg": 121, "diastolic_mmhg": 79}
    assert not [group for group in records() if "Scale" in group]  # the page works it out from weight and height


def test_stages_become_nights_of_each_source() -> None:
    by_app = {
        each.native_id.split("|", 2)[1:][1] + each.native_id[6:19]: each for each in records().values() if each.kind == "sleep"
    }
    watch: Any = by_app["Watch2024-05-01T21"]
    assert (watch.at, watch.end) == (datetime(2024, 5, 1, 21, 10, tzinfo=UTC), datetime(2024, 5, 2, 4, 40, tzinfo=UTC))
    assert (watch.asleep_s, watch.light_s, watch.deep_s, watch.rem_s, watch.awake_s) == (25_800, 16_800, 3_600, 5_400, 1_200)
    phone: Any = by_app["Phone2024-05-01T20"]
    assert (phone.asleep_s, phone.app) == (None, "Phone")  # in bed is not asleep
    assert by_app["Watch2024-05-02T12"].asleep_s == 35 * 60  # type: ignore[attr-defined]
    assert by_app["Watch2024-05-02T20"].asleep_s == 7.5 * 3600  # type: ignore[attr-defined]  # two that overlap are one time
    assert len(by_app) == 4


def test_a_day_of_food_of_each_app() -> None:
    diary: Any = records()["meal|2024-05-01|Diary"]
    assert (diary.energy_kj, diary.protein_g, diary.sodium_g, diary.fat_g) == (
        Decimal("4757.28"),
        Decimal("73.5"),
        Decimal("1.2"),
        None,
    )
    assert (diary.app, diary.precision) == ("Diary", "day")
    assert records()["meal|2024-05-01|Other"].carbohydrate_g == 55  # type: ignore[attr-defined]


def test_workouts_of_both_layouts_are_activities() -> None:
    run, ride, lift = (each for each in records().values() if each.kind == "activity")
    told: Any = run
    assert (told.sport, told.sport_type, told.elapsed_s, told.moving_s) == ("run", "Running", 1_920, 1_830)
    assert (told.distance_m, told.energy_kj) == (5_020, Decimal("1464.4"))
    told = ride
    assert (told.sport, told.distance_m, told.energy_kj, told.ascent_m) == ("ride", Decimal("20116.8"), Decimal("1464.4"), 123)
    assert (told.mean_heart_rate_bpm, told.max_heart_rate_bpm, told.zone) == (Decimal("141.25"), 172, "Asia/Tokyo")
    told = lift
    assert (told.sport, told.distance_m, told.energy_kj) == ("strength", None, None)  # that energy is set aside


def test_what_cannot_be_is_set_aside_with_its_place_and_reason(store: Store) -> None:
    result = brought(store)
    said = {(each.field, each.reason.partition(" (")[0]) for each in store.rejected("me", "apple")}
    assert said == {
        ("value", "is above 260 bpm"),
        ("row", "is not a number"),
        ("row", "is sleep that ends before it begins"),
        ("row", "is sleep that lasts longer than a day"),
        ("row", "holds a stage of sleep that is not known"),
        ("rows", "is below 0"),
        ("energy_kj", "is above 200,000"),
    }
    assert result.rejected == len(store.rejected("me", "apple")) == 7
    assert (result.new, result.unchanged) == (14, 0)


def test_again_changes_nothing_and_rebuilding_gives_the_same(store: Store) -> None:
    brought(store)
    before = {kind: store.bodies("me", kind) for kind in ("measurement", "sleep", "meal", "activity")}
    again = brought(store)
    assert (again.new, again.changed, again.removed, again.unchanged) == (0, 0, 0, 14)
    assert rebuild(store, "me", NOW).changed == 0
    assert {kind: store.bodies("me", kind) for kind in before} == before


def test_an_export_after_a_journey_and_another_home_zone_leave_no_second_copy(store: Store) -> None:
    brought(store)
    journey = WHOLE.replace(b"2024-05-01 23:10:00 +0200", b"2024-05-01 14:10:00 -0700")
    assert brought(store, journey).new == 0
    brought(store, zone="Asia/Tokyo")
    tokyo = [each for kind in ("measurement", "sleep", "meal") for each in store.bodies("me", kind)]
    fresh = [each.id for each in records(zone="Asia/Tokyo").values() if each.kind != "activity"]
    assert sorted(each["id"] for each in tokyo) == sorted(fresh)
    assert brought(store, zone=ZONE).removed >= 0
    assert {each["native_id"] for each in store.bodies("me", "measurement") if "heart|" in each["id"]} == {
        "heart|2024-05-01|Watch",
        "heart|2024-05-02|Watch",
        "heart|2024-05-01|Strap",
    }


def test_a_stage_that_came_late_moves_its_night_and_leaves_no_second(store: Store) -> None:
    early = WHOLE
    for end in (b"05-01 23:40", b"05-02 06:40"):
        was = b'startDate="2024-05-01 23:10:00 +0200" endDate="2024-%s:00 +0200"' % end
        assert was in early
        early = early.replace(was, b'startDate="x" endDate="x"')
    older = b'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" startDate="2024-04-01 23:00:00 +0200" '
    older += b'endDate="2024-04-02 05:00:00 +0200" value="HKCategoryValueSleepAnalysisAsleep"/>\n <Correlation'
    brought(store, early.replace(b"<Correlation", older, 1))
    assert len(store.bodies("me", "sleep")) == 5
    assert brought(store, WHOLE.replace(b"<Correlation", older, 1)).removed == 1
    table = nights(sleeps_frame(store.bodies("me", "sleep")))
    assert table["asleep_s"].tolist() == [6 * 3600, 25_800, 27_000]
    assert table["nap_s"].tolist() == [0, 35 * 60, 0]
    assert daily(meals_frame(store.bodies("me", "meal")))["protein_g"].tolist() == [73.5]


def test_a_csv_of_the_same_columns_brings_the_same(store: Store) -> None:
    header = "type,sourceName,unit,startDate,endDate,value\n"
    lines = "HKCategoryTypeIdentifierSleepAnalysis,Watch,,2024-05-01 23:00:00 +0200,2024-05-02 06:00:00 +0200,"
    lines += "HKCategoryValueSleepAnalysisAsleep\n"
    assert brought(store, (header + lines).encode(), name="a.csv").new == 1
    assert store.bodies("me", "sleep")[0]["asleep_s"] == 7 * 3600


def test_only_what_a_file_covers_is_gone() -> None:
    known = [
        f"heart|2024-{day}|{app}" for day, app in (("04-30", "A"), ("05-01", "A"), ("05-02", "A"), ("05-02", "B"), ("06-01", "A"))
    ]
    known += ["2024-05-02T|A", "sleep|2024-05-02|A"]

    def kept(groups: list[str]) -> dict[str, list[RawRow]]:
        return {each: [RawRow(source="apple", group=each, row_id=each, data={}, context={"zone": ZONE})] for each in groups}

    fresh = {"heart|2024-05-01|A", "heart|2024-05-03|A"}
    assert gone(known, fresh, ZONE, kept) == ["heart|2024-05-02|A"]
    assert gone(known, fresh, "Asia/Tokyo", kept) == ["heart|2024-05-02|A", "heart|2024-04-30|A"]
    assert gone(known, set(), ZONE, kept) == []


def test_packed_readings_come_back_and_damage_is_said() -> None:
    assert unpack(pack("1\t2\n3\t4")) == "1\t2\n3\t4"
    row = RawRow(
        source="apple", group="heart|x|y", row_id="heart|x|y", data={"day": "2024-05-01", "packed": "!"}, context={"zone": "UTC"}
    )
    record, (aside,) = APPLE.parse([row], "me")
    assert record is None
    assert "holds no heart rates" in aside.reason
    for what in ("sleep", "meal"):
        odd = RawRow(source="apple", group=f"{what}|x|y", row_id="r", data={"rows": "1\tx"}, context={"zone": "UTC"})
        assert APPLE.parse([odd], "me")[0] is None
        assert APPLE.parse([odd], "me")[1]


@pytest.mark.parametrize("size", [1_000_000, 5_000_000])
def test_memory_does_not_follow_the_size_of_the_file(size: int) -> None:
    data = b"".join(export(size))
    tracemalloc.start()
    count = sum(1 for _ in APPLE.rows(BytesIO(data), "a.xml", ReadOptions(zone=ZONE)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 10
    assert peak < 4_000_000
