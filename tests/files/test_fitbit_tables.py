"""Fitbit's daily tables (dailyActivity, sleepDay, weightLogInfo), as the tools around Fitbit write them."""

import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from collectors.importing import import_file
from collectors.rebuild import rebuild
from collectors.source import NotThisFormat, ReadOptions
from store.store import Store
from tests.files.reading import ZONE, read_text, recognised

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAILY = (
    "Id,ActivityDate,TotalSteps,TotalDistance,TrackerDistance,VeryActiveMinutes,SedentaryMinutes,Calories\n"
    "1503960366,4/1/2016,13162,8.5,8.5,25,728,1985\n"
    "1503960366,4/2/2016,0,0,0,0,1440,0\n"
    "1503960366,4/3/2016,987654,0,0,0,1440,1347\n"
    "1503960366,4/31/2016,11,0,0,0,1440,1347\n"
)
NIGHTS = (
    "Id,SleepDay,TotalSleepRecords,TotalMinutesAsleep,TotalTimeInBed\n"
    "1503960366,4/1/2016 12:00:00 AM,1,327,346\n"
    "1503960366,4/2/2016 12:00:00 AM,2,384,407\n"
    "1503960366,4/2/2016 12:00:00 AM,2,384,407\n"
    "1503960366,4/3/2016 12:00:00 AM,1,9999,407\n"
)
WEIGHTS = (
    "Id,Date,WeightKg,WeightPounds,Fat,BMI,IsManualReport,LogId\n"
    "1503960366,5/2/2016 11:59:59 PM,52.5999984741211,115.963146545323,22,22.6499996185303,True,1462233599000\n"
    "1503960366,5/3/2016 6:05:00 AM,,116,,22.6,False,1462255500000\n"
    "1503960366,5/4/2016 6:05:00 AM,900,,,22.6,False,1462341900000\n"
)
FILES = {"dailyActivity_merged.csv": DAILY, "sleepDay_merged.csv": NIGHTS, "weightLogInfo_merged.csv": WEIGHTS}


def only(text: str, **said: Any) -> list[Any]:
    return [record for record, _ in read_text(text, "fitbit", **said).values() if record is not None]


def aside(text: str) -> list[tuple[str, str, str]]:
    return [(each.row, each.field, each.reason) for _, found in read_text(text, "fitbit").values() for each in found]


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_each_table_is_fitbits_and_nothing_else(text: str) -> None:
    assert recognised(text.encode()) == ["fitbit"]
    assert recognised(("\ufeff" + text.replace("\n", "\r\n")).encode()) == ["fitbit"]


def test_days_are_month_first_and_have_steps_and_energy() -> None:
    first, third = only(DAILY)
    assert first.values == {"steps_per_day": 13_162, "energy_burnt_kj_per_day": Decimal("8305.24")}
    assert (first.native_id, first.precision, first.day.isoformat()) == ("day|2016-04-01", "day", "2016-04-01")
    assert third.values == {"energy_burnt_kj_per_day": Decimal("5635.848")}  # the day before nothing was worn
    assert aside(DAILY) == [
        ("file.csv, row 4", "TotalSteps", "is above 200000"),
        ("file.csv, row 5", "date", "is not a day of the calendar"),
    ]


def test_nights_are_of_a_day_and_without_a_clock_time() -> None:
    first, second, third = only(NIGHTS)
    assert (first.day.isoformat(), first.precision, first.asleep_s, first.awake_s, first.is_nap) == (
        "2016-04-01", "day", 19_620, 1_140, False,
    )  # fmt: skip
    assert ((second.end - second.at).total_seconds(), second.native_id) == (407 * 60, "sleep|2016-04-02")  # one, though told twice
    assert (third.asleep_s, (third.end - third.at).total_seconds()) == (None, 407 * 60)
    assert aside(NIGHTS) == [("file.csv, row 5", "TotalMinutesAsleep", "is above 86400 s")]


def test_weights_name_their_unit() -> None:
    first, second = only(WEIGHTS)
    assert first.values == {"body_mass_kg": Decimal("52.599998"), "fat_ratio": Decimal("0.22")}
    assert first.at == datetime(2016, 5, 2, 21, 59, 59, tzinfo=UTC)
    assert second.values == {"body_mass_kg": Decimal("52.616715")}
    assert aside(WEIGHTS) == [("file.csv, row 4", "WeightKg", "is above 500 kg")]


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_file_of_several_people_asks_who_is_meant_and_keeps_nobody_elses(store: Store, text: str) -> None:
    first, *rows = text.splitlines(keepends=True)
    several = (first + rows[0] + rows[1].replace("1503960366", "8877689391")).encode()
    (asked,) = import_file(store, "me", io.BytesIO(several), "a.csv", ReadOptions(zone=ZONE), NOW)
    assert "tells of 2 people (1503960366, 8877689391): say who you are: --map user=1503960366" in (asked.error or "")
    said = ReadOptions(zone=ZONE, mapping={"user": "1503960366"})
    (mine,) = import_file(store, "me", io.BytesIO(several), "a.csv", said, NOW)
    assert (mine.error, mine.format, mine.new, mine.rejected) == (None, "fitbit", 1, 0)
    assert "8877689391" not in str(list(store.all_raw_groups("me")))
    with pytest.raises(NotThisFormat, match="has no user '7'"):
        read_text(text, "fitbit", mapping={"user": "7"})


def test_with_the_takeout_a_weigh_in_counts_once_whichever_came_first(store: Store) -> None:
    told = [{"logId": 1462233599000, "weight": 115.96, "bmi": 22.6, "date": "05/02/16", "time": "23:59:59"}]
    for data, name in ((json.dumps(told), "weight.json"), (WEIGHTS, "w.csv"), (json.dumps(told), "weight.json")):
        import_file(store, "me", io.BytesIO(data.encode()), name, ReadOptions(zone=ZONE, units="lb"), NOW)
        found = [each for each in store.bodies("me", "measurement") if each["native_id"] == "body|1462233599000"]
        assert len(found) == 1


def test_a_zip_of_them_again_and_rebuilt_changes_nothing(store: Store) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in FILES.items():
            archive.writestr(f"Fitabase Data/{name}", text)
        archive.writestr("Fitabase Data/heartrate_seconds_merged.csv", "Id,Time,Value\n1503960366,4/1/2016 7:21:00 AM,97\n")
        archive.writestr("Fitabase Data/hourlySteps_merged.csv", "Id,ActivityHour,StepTotal\n1503960366,4/1/2016 7:00:00 AM,97\n")
    for expected in ((2, 3, 2), (0, 0, 0)):
        found = import_file(store, "me", data, "fitabase.zip", ReadOptions(zone=ZONE), NOW)
        assert [(each.format, each.error, each.new) for each in found] == [("fitbit", None, new) for new in expected]
    assert rebuild(store, "me", NOW).changed == 0
