"""Strava's list of activities in its older and narrower layouts: one Distance column, no second block, other languages."""

from decimal import Decimal
from typing import Any

import pytest

from health.records import Activity
from tests.files.reading import FIXTURES, read_text, recognised

HEAD = "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,"
TEN = HEAD + "Commute,Activity Gear,Filename\n"
ELEVEN = HEAD + "Relative Effort,Commute,Activity Gear,Filename\n"
FOURTEEN = HEAD + "Max Heart Rate,Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight\n"
GERMAN = (
    "Aktivitäts-ID,Aktivitätsdatum,Name der Aktivität,Aktivitätsart,Aktivitätsbeschreibung,Verstrichene Zeit,Distanz,"
    "Pendeln,Aktivitätsausrüstung,Dateiname\n"
)
OLD = "id,date,name,type,description,elapsed_time,distance,commute,gear,filename\n"


def one(text: str) -> Any:
    assert recognised(text.encode()) == ["strava"]
    ((record, rejected),) = read_text(text, "strava").values()
    assert rejected == []
    assert isinstance(record, Activity)
    return record


@pytest.mark.parametrize(
    "text",
    [
        TEN + '1,"Jan 5, 2019, 7:03:02 AM",R,Run,,3012,8.53,false,,a\n',
        ELEVEN + '1,"Jan 5, 2019, 7:03:02 AM",R,Run,,3012,8.53,17,false,,a\n',
        FOURTEEN + '1,"Jan 5, 2019, 7:03:02 AM",R,Run,,3012,8.53,171,17,false,,,a,\n',
        GERMAN + '1,"05.01.2019, 07:03:02",R,Lauf,,3012,"8,53",false,,activities/1.gpx\n',
        OLD + '1,2019-01-05 07:03:02,R,Run,"",3012,8530.0,false,,activities/1.gpx\n',
    ],
    ids=["10", "11", "14", "10 in German", "10 in lower case"],
)
def test_the_single_distance_is_read(text: str) -> None:
    run = one(text)
    assert (run.distance_m, run.elapsed_s, run.sport, run.name) == (8530, 3012, "run", "R")
    assert run.at.isoformat() == "2019-01-05T07:03:02+00:00"
    assert run.max_heart_rate_bpm == (171 if text.startswith(FOURTEEN) else None)


@pytest.mark.parametrize(
    "text",
    [
        TEN + '1,"Jan 5, 2019, 7:03:02 AM",S,Swim,,1800,1500,false,,a\n',
        GERMAN + '1,"05.01.2019, 07:03:02",S,Schwimmen,,1800,1500,false,,a\n',
    ],
)
def test_a_swim_in_the_single_column_is_in_metres(text: str) -> None:
    assert one(text).distance_m == 1500


def test_a_second_block_goes_before_the_first() -> None:
    head = HEAD + "Commute,Activity Gear,Filename,Elapsed Time,Moving Time,Distance\n"
    run = one(head + '1,"Jan 5, 2019, 7:03:02 AM",R,Run,,3012,5.30,false,,a,3012.0,2990.0,8530.4\n')
    assert (run.distance_m, run.moving_s) == (Decimal("8530.4"), 2990)


def test_a_distance_beyond_the_earth_is_set_aside_in_kilometres_too() -> None:
    text = TEN + '1,"Jan 5, 2019, 7:03:02 AM",R,Run,,3012,20001,false,,a\n'
    ((record, rejected),) = read_text(text, "strava").values()
    assert isinstance(record, Activity)
    assert record.distance_m is None
    assert [(each.field, each.reason, each.said) for each in rejected] == [("distance_m", "is above 20,000,000", "20001")]


def test_thirty_seven_columns_in_german_with_both_blocks() -> None:
    lines = (FIXTURES / "strava_de.csv").read_text().splitlines()
    header = ",".join(lines[0].split(",")[:37])
    row = lines[1].removesuffix("," * (lines[1].count(",") - 38))
    run = one(f"{header}\n{row}\n")
    assert (run.distance_m, run.max_heart_rate_bpm, run.moving_s) == (Decimal("5021.7"), 171, 1815)


@pytest.mark.parametrize(
    "text",
    [
        "Nr,Date,Name,Type,Text,Time,Distance,Flag,Gear,File\n1,2019-01-05 07:03:02,R,Run,,3012,8.53,false,,a\n",
        GERMAN + "x,2019-01-05 07:03:02,R,Lauf,,3012,8.53,false,,a\n",
        GERMAN + "1,2019-01-05,R,Lauf,,3012,8.53,false,,a\n",
        GERMAN + "1,2019-01-05 07:03:02,R,Lauf,,3012,8.53,perhaps,,a\n",
        GERMAN,
    ],
)
def test_what_only_looks_alike_is_left_alone(text: str) -> None:
    assert "strava" not in recognised(text.encode())


def test_a_distance_with_three_decimals_is_told_by_its_column() -> None:
    rows = [f'{n},"0{n}.01.2019, 07:03:02",R,Lauf,,3012,"{said}",false,,a\n' for n, said in enumerate(("8,53", "8,530", "0"), 1)]
    assert recognised((GERMAN + "".join(rows)).encode()) == ["strava"]
    found = read_text(GERMAN + "".join(rows), "strava").values()
    assert [float(record.distance_m or 0) for record, _ in found if isinstance(record, Activity)] == [8530, 8530, 0]
