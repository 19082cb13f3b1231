"""The whole Withings export: nights, blood pressure, height, activities beside the weights, told by their shape in any language."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from collectors.importing import import_file
from collectors.rebuild import rebuild
from collectors.source import ReadOptions, formats
from store.store import Store
from tests.files.reading import ZONE, read_text, recognised

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SLEEP = (
    'from,to,"light (s)","deep (s)","rem (s)","awake (s)","wake up","Duration to sleep (s)","Snoring (s)","Average heart rate"\n'
    "2021-04-17T22:30:53+02:00,2021-04-18T06:02:53+02:00,13440,5820,5400,2460,1,540,1080,58\n"
    "2021-04-18T23:30:00+02:00,2021-04-18T22:30:00+02:00,60,0,0,0,0,0,0,0\n"
    "2021-04-19T23:00:00+02:00,2021-04-20T06:30:00+02:00,99999999,7200,,1200,0,,,\n"
)
SCHLAF = SLEEP.replace("from,to", "von,bis").replace("light", "leicht").replace("deep", "tief").replace("awake", "wach")
PRESSURE = 'Date,"Heart rate",Systolic,Diastolic,Comments\n"2021-04-18 07:12:00",61,121,79,\n'
PRESSURE += '"2021-04-19 07:12:00",0,400,80,"after a run"\n'
DRUCK = 'Datum,Herzfrequenz,Systolisch,Diastolisch,Kommentare\n"2021-04-18 07:12:00",61,121,79,\n'
HEIGHT = 'Date,"Height (cm)",Comments\n"2021-04-18 07:12:00",181,\n'
RUN = '"{""calories"":320,""hr_average"":141,""hr_max"":168,""distance"":5020.5,""elevation"":12,""steps"":6200}"'
ACTIVITIES = (
    'from,to,"from (manual)","to (manual)",Timezone,"Activity type",Data,GPS,Modified\n'
    f"2021-04-18T18:00:00+02:00,2021-04-18T18:31:00+02:00,,,Europe/Berlin,Running,{RUN},[],2021-04-18T19:00:00+02:00\n"
)
WEIGHT = 'Date,"Weight (kg)","Fat mass (kg)",Comments\n"2021-04-18 07:12:00",80.5,17,\n'


def only(text: str) -> list[Any]:
    return [record for record, _ in read_text(text, "withings").values() if record is not None]


@pytest.mark.parametrize("text", [SLEEP, SCHLAF, PRESSURE, DRUCK, HEIGHT, ACTIVITIES, WEIGHT])
def test_each_table_is_withings_and_nothing_else(text: str) -> None:
    assert recognised(text.encode()) == ["withings"]


@pytest.mark.parametrize("text", [SLEEP, SCHLAF])
def test_nights(text: str) -> None:
    first, third = only(text)
    assert (first.at, first.end) == (datetime(2021, 4, 17, 20, 30, 53, tzinfo=UTC), datetime(2021, 4, 18, 4, 2, 53, tzinfo=UTC))
    assert (first.asleep_s, first.light_s, first.deep_s, first.rem_s, first.awake_s) == (24_660, 13_440, 5_820, 5_400, 2_460)
    assert first.day.isoformat() == "2021-04-18"
    assert (third.light_s, third.deep_s, third.asleep_s) == (None, 7_200, 7_200)
    said = [(each.field, each.reason) for _, aside in read_text(text, "withings").values() for each in aside]
    assert said == [("end", "is not after the start"), ("light_s", "is above 86400 s")]


def test_blood_pressure_and_height() -> None:
    first, second = only(PRESSURE)
    assert first.values == {"systolic_mmhg": 121, "diastolic_mmhg": 79, "heart_rate_bpm": 61}
    assert second.values == {"diastolic_mmhg": 80}  # 400 is set aside
    assert only(DRUCK)[0].values == first.values
    assert only(HEIGHT)[0].values == {"height_m": Decimal("1.81")}


def test_activities() -> None:
    (run,) = only(ACTIVITIES)
    assert (run.sport, run.sport_type, run.elapsed_s, run.distance_m) == ("run", "Running", 1_860, Decimal("5020.5"))
    assert (run.energy_kj, run.mean_heart_rate_bpm, run.max_heart_rate_bpm, run.ascent_m) == (Decimal("1338.88"), 141, 168, 12)
    odd = ACTIVITIES.replace('""calories"":320,', '""calories"":""many"",').replace("5020.5", "9e99")
    ((record, aside),) = read_text(odd, "withings").values()
    assert record is not None
    assert [each.field for each in aside] == ["distance_m"]


def test_the_whole_zip_at_once_and_again(store: Store) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in (("sleep", SLEEP), ("bp", PRESSURE), ("height", HEIGHT), ("activities", ACTIVITIES), ("weight", WEIGHT)):
            archive.writestr(f"{name}.csv", text)
        archive.writestr("aggregates_steps.csv", "date,value\n2021-04-18,6200\n")

    def read() -> list[tuple[str, int, int]]:
        found = import_file(store, "me", data, "withings.zip", ReadOptions(zone=ZONE), NOW)
        return [(each.file.partition("/")[2], each.new, each.unchanged) for each in found if each.error is None]

    counted = {"sleep.csv": 2, "bp.csv": 2, "height.csv": 1, "activities.csv": 1, "weight.csv": 1}
    assert read() == [(name, count, 0) for name, count in counted.items()]
    assert read() == [(name, 0, count) for name, count in counted.items()]
    assert [len(store.bodies("me", kind)) for kind in ("measurement", "sleep", "activity")] == [4, 2, 1]
    assert rebuild(store, "me", NOW).changed == 0
    assert formats()["withings"].record_source == "withings_export"


def test_a_night_has_the_heart_rates_that_the_file_tells_in_any_language() -> None:
    assert [each.mean_heart_rate_bpm for each in only(SLEEP)] == [58, None]
    for said in (
        "Average heart rate|Heart rate (min)|Heart rate (max)",
        "Fréquence cardiaque moyenne|(min)cardiaque|max cardiaque",
    ):
        head, first, *_ = SLEEP.splitlines()
        mean, low, high = said.split("|")
        text = f'{head.replace("Average heart rate", mean)},"{low}","{high}","Night events"\n{first},47,0,"{{}}"\n'
        (night,) = only(text)
        assert (night.mean_heart_rate_bpm, night.min_heart_rate_bpm, night.max_heart_rate_bpm) == (58, 47, None)


def test_a_day_is_that_of_where_the_wearer_was() -> None:
    away = ACTIVITIES.replace("2021-04-18T18:00:00+02:00,2021-04-18T18:31:00+02:00,,,Europe/Berlin",
                              "2021-04-18T20:00:00-04:00,2021-04-18T20:31:00-04:00,,,America/New_York")  # fmt: skip
    (run,) = only(away)
    assert (run.zone, run.day.isoformat()) == ("America/New_York", "2021-04-18")  # in Berlin it was the 19th
    for said, zone in (("", "-04:00"), ("nowhere/land", ZONE), ("Europe/Berlin", ZONE)):
        assert only(away.replace("America/New_York", said))[0].zone == zone
    night = only(SLEEP.replace("22:30:53+02:00", "19:30:53-07:00").replace("06:02:53+02:00", "02:02:53-07:00"))[0]
    assert (night.zone, night.day.isoformat()) == ("-07:00", "2021-04-18")
    assert only(SLEEP)[0].zone == ZONE
