"""Fitbit: the sections of its CSV export and the JSON of its takeout, to weigh-ins, days of steps and nights."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from collectors.importing import import_file
from collectors.rebuild import rebuild
from collectors.source import NotThisFormat, ReadOptions, UnitNeeded, formats
from store.store import Store
from tests.files.reading import ZONE, read_text, recognised

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CSV = """Body
Date,Weight,BMI,Fat
"2019-09-01","82.5","25.1","21.4"
"2019-09-02","900","25.1","0"

Activities
Date,Calories Burned,Steps,Distance,Floors,Minutes Sedentary,Activity Calories
"2019-09-01","2,845","12,345","9.1","14","612","1,320"
"2019-09-02","1,900","0","0","0","1440","0"

Sleep
Start Time,End Time,Minutes Asleep,Minutes Awake,Number of Awakenings,Time in Bed,Minutes REM Sleep,Minutes Light Sleep,Minutes Deep Sleep
"2019-09-01 11:12PM","2019-09-02 6:40AM","400","48","22","448","90","240","70"
"2019-09-03 1:00PM","2019-09-03 1:40PM","35","5","1","40","0","0","0"
"2019-09-04 1:00PM","2019-09-03 1:40PM","35","5","1","40","0","0","0"
"""  # noqa: E501  # as it comes
WEIGHTS = [
    {"logId": 1567320000000, "weight": 181.2, "bmi": 25.1, "fat": 22.1, "date": "09/01/19", "time": "06:58:02", "source": "Aria"},
    {"logId": 1567406400000, "weight": "heavy", "bmi": 25.1, "date": "09/02/19", "time": "06:58:02", "source": "API"},
]
NIGHT: dict[str, Any] = {
    "logId": 23, "dateOfSleep": "2019-09-02", "startTime": "2019-09-01T23:12:30.000", "endTime": "2019-09-02T06:40:30.000",
    "duration": 26880000, "minutesAsleep": 400, "minutesAwake": 48, "timeInBed": 448, "type": "stages", "mainSleep": True,
    "levels": {
        "summary": {"deep": {"minutes": 70}, "light": {"minutes": 240}, "rem": {"minutes": 90}, "wake": {"minutes": 48}},
        "data": [{"dateTime": "2019-09-01T23:12:30.000", "level": "wake", "seconds": 300}],
    },
}  # fmt: skip
CLASSIC = NIGHT | {"logId": 24, "mainSleep": False, "levels": {"summary": {"asleep": {"minutes": 400}}}}


def only(text: str, **said: Any) -> list[Any]:
    return [record for record, _ in read_text(text, "fitbit", **said).values() if record is not None]


@pytest.mark.parametrize("text", [CSV, json.dumps(WEIGHTS), json.dumps([NIGHT]), CSV[CSV.index("Sleep") :]])
def test_it_is_told_by_what_it_holds(text: str) -> None:
    assert recognised(text.encode()) == ["fitbit"]
    assert "fitbit" not in recognised(b'[{"logId": 1}]')


def test_the_sections_of_the_csv() -> None:
    weight, day, rested, night, nap = only(CSV, units="kg")
    assert weight.values == {"body_mass_kg": Decimal("82.5"), "fat_ratio": Decimal("0.214")}
    assert (weight.precision, weight.day.isoformat()) == ("day", "2019-09-01")
    assert day.values == {"steps_per_day": 12_345, "energy_burnt_kj_per_day": Decimal("11903.48")}
    assert rested.values == {"energy_burnt_kj_per_day": Decimal("7949.6")}  # no step is no reading
    assert (night.at, night.end) == (datetime(2019, 9, 1, 21, 12, tzinfo=UTC), datetime(2019, 9, 2, 4, 40, tzinfo=UTC))
    assert (night.asleep_s, night.awake_s, night.deep_s, night.is_nap) == (24_000, 2_880, 4_200, None)
    assert (nap.asleep_s, nap.deep_s) == (2_100, None)
    said = [(each.field, each.reason, each.row) for _, aside in read_text(CSV, "fitbit", units="kg").values() for each in aside]
    assert said == [
        ("body_mass_kg", "is above 500 kg", "file.csv, row 4"),
        ("end", "is not after the start", "file.csv, row 15"),
    ]


def test_the_json_of_the_takeout() -> None:
    weight, light = only(json.dumps(WEIGHTS), units="lb"), None
    assert light is None
    assert (weight[0].native_id, weight[0].at) == ("body|1567320000000", datetime(2019, 9, 1, 4, 58, 2, tzinfo=UTC))
    assert weight[0].values == {"body_mass_kg": Decimal("82.190937"), "fat_ratio": Decimal("0.221")}
    assert len(weight) == 1
    night, classic = only(json.dumps([NIGHT, CLASSIC]))
    assert (night.native_id, night.asleep_s, night.light_s, night.is_nap) == ("sleep|23", 24_000, 14_400, False)
    assert (classic.light_s, classic.is_nap) == (None, True)


def test_units_are_asked_for_and_nonsense_is_refused() -> None:
    with pytest.raises(UnitNeeded, match="--units"):
        read_text(CSV, "fitbit")
    for text in ("a,b\n1,2\n", "[1, 2", "{}"):
        with pytest.raises(NotThisFormat):
            read_text(text, "fitbit")
    assert [record for record, _ in read_text(json.dumps([NIGHT, 7]), "fitbit").values()][1] is None


def test_a_takeout_as_it_comes_and_again(store: Store) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("Takeout/Fitbit/Global Export Data/weight-2019-09-01.json", json.dumps(WEIGHTS))
        archive.writestr("Takeout/Fitbit/Global Export Data/sleep-2019-09-01.json", json.dumps([NIGHT]))
        archive.writestr("Takeout/Fitbit/Global Export Data/heart_rate-2019-09-01.json", json.dumps([{"value": {}}]))
    for new, unchanged in ((1, 0), (0, 1)):
        found = import_file(store, "me", data, "takeout.zip", ReadOptions(zone=ZONE, units="lb"), NOW)
        assert [(each.error, each.new, each.unchanged) for each in found] == [(None, new, unchanged)] * 2
    assert [len(store.bodies("me", kind)) for kind in ("measurement", "sleep")] == [1, 1]
    assert rebuild(store, "me", NOW).changed == 0
    assert formats()["fitbit"].record_source == "fitbit"


def test_a_comma_that_marks_no_thousands_is_no_number() -> None:
    row = 'Activities\nDate,Calories Burned,Steps\n2019-09-01,{},"12,345"\n'
    for said, kept in (('"2,345"', True), ('"82,5,1"', False)):
        (record, rejected), *_ = read_text(row.format(said), "fitbit", zone="Europe/Berlin", units="kg").values()
        assert ("energy_burnt_kj_per_day" in record.values) == kept
        assert [each.said for each in rejected] == ([] if kept else ["82,5,1"])
