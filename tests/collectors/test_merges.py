"""Real importers and a real store: every order of arrival gives the same pages, and a person's split outlives all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors import __main__ as command
from collectors import keep
from collectors.importing import import_file
from collectors.rebuild import rebuild
from collectors.source import ReadOptions, sources
from collectors.sources import _strava_activities as strava
from collectors.sources import _withings_measures as withings
from health.frames import Frames
from store import splits
from store.backup import export_lines, restore_lines
from store.frames import FrameCache
from store.sqlite import SQLiteStore
from store.store import Store, StoreError

ME, ZONE = "me", "Europe/Berlin"
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
KEYS = ("a key of the tests that is long enough",)
START = datetime(2025, 3, 14, 6, 58, 2, tzinfo=UTC)
Arrival = Callable[[Store], None]
_STRAVA_HEAD = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate,"
    "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,Moving Time,"
    "Distance\n"
)


def api_runs(store: Store) -> None:
    """Two runs by Strava's API, the second a short one right after the first."""
    listed = [
        {"id": 7, "name": "Lunch run", "sport_type": "Run", "start_date": "2025-03-14T11:00:02Z", "utc_offset": 3600,
         "timezone": "(GMT+01:00) Europe/Berlin", "distance": 10023.7, "elapsed_time": 3273, "moving_time": 3072},
        {"id": 8, "name": "And home", "sport_type": "Run", "start_date": "2025-03-14T11:55:30Z", "utc_offset": 3600,
         "timezone": "(GMT+01:00) Europe/Berlin", "distance": 1200.0, "elapsed_time": 401, "moving_time": 400},
    ]  # fmt: skip
    keep.keep(store, sources()["strava"], ME, strava.rows(listed), NOW)


def api_weights(store: Store) -> None:
    """Two weigh-ins by Withings' API, a minute apart: 80.452 kg, and somebody else on the scale."""
    groups = [
        {"grpid": n, "attrib": 0, "date": int((START + timedelta(seconds=62 * n)).timestamp()), "category": 1,
         "measures": [{"type": 1, "value": grams, "unit": -3}]}
        for n, grams in enumerate((80_452, 61_200))
    ]  # fmt: skip
    rows = withings.rows({"timezone": ZONE, "measuregrps": groups}, ZONE)
    keep.keep(store, sources()["withings"], ME, rows, NOW)


def _file(name: str, text: str, **said: Any) -> Arrival:
    def arrive(store: Store) -> None:
        (result,) = import_file(store, ME, BytesIO(text.encode()), name, ReadOptions(**{"zone": ZONE, **said}), NOW)
        assert result.error is None, result.error
        assert result.rejected == 0

    return arrive


EXPORT_RUNS = _file(
    "activities.csv",
    _STRAVA_HEAD
    + '7,"Mar 14, 2025, 11:00:02 AM",Lunch,Run,,3273,10.02,,,false,,,,,,3273.0,3072.0,10023.7\n'
    + '8,"Mar 14, 2025, 11:55:30 AM",Home,Run,,401,1.20,,,false,,,,,,401.0,400.0,1200.0\n',
)
EXPORT_WEIGHTS = _file("weight.csv", 'Date,"Weight (kg)","Fat mass (kg)","Bone mass (kg)"\n2025-03-14 07:58:02,80.45,,3.1\n')
_RECORD = (
    '<Record type="HKQuantityTypeIdentifierBodyMass" sourceName="Scale" unit="{unit}" startDate="2025-03-14 07:58:{second} +0100" '
    'endDate="2025-03-14 07:58:02 +0100" value="{value}"/>'
)
APPLE = _file(
    "export.xml",
    '<?xml version="1.0"?><HealthData locale="en">'
    + _RECORD.format(unit="lb", second="02", value="177.4")
    + _RECORD.format(unit="lb", second="59", value="134.9").replace("07:58:59", "07:59:03")
    + "</HealthData>",
)
LIST = _file("weights.csv", "Date,Weight\n2025-03-14,80.5\n2025-03-15,80.9\n", units="kg")
ARRIVALS: dict[str, Arrival] = {
    "api runs": api_runs, "export runs": EXPORT_RUNS, "api weights": api_weights, "export weights": EXPORT_WEIGHTS, "apple": APPLE,
    "list": LIST,
}  # fmt: skip


def shown(store: Store) -> Frames:
    return FrameCache(store, ME).frames()


def same(one: Frames, other: Frames) -> None:
    for name in ("measurements", "activities", "workouts", "sets", "trainable"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def all_of(store: Store) -> None:
    for arrive in ARRIVALS.values():
        arrive(store)


@pytest.fixture(scope="module")
def new_store(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Store]:
    folder, numbers = tmp_path_factory.mktemp("merges"), count()

    def make() -> Store:
        store = SQLiteStore(folder / f"{next(numbers)}.db", KEYS)
        store.create()
        return store

    return make


def test_what_counts_of_six_sources(new_store: Callable[[], Store]) -> None:
    store = new_store()
    all_of(store)
    made = shown(store)
    assert made.activities[["id", "also", "name"]].to_numpy().tolist() == [
        ["strava_api:7", "strava_export", "Lunch run"], ["strava_api:8", "strava_export", "And home"],
    ]  # fmt: skip
    weights = made.measurements
    assert weights["body_mass_kg"].tolist() == [80.452, 61.2, 80.9]
    assert weights["also"].fillna("").tolist() == ["withings_export, apple, weight_csv", "apple", ""]
    assert weights["bone_mass_kg"].tolist()[0] == 3.1
    assert made.trainable["source"].tolist() == ["strava_export"] * 2


@pytest.fixture(scope="module")
def usual(new_store: Callable[[], Store]) -> Frames:
    """The frames when all came in the order above."""
    store = new_store()
    all_of(store)
    return shown(store)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(sorted(ARRIVALS)), again=st.lists(st.sampled_from(sorted(ARRIVALS)), max_size=2), looks=st.booleans())
def test_every_order_of_arrival_gives_the_same_frames(
    new_store: Callable[[], Store], usual: Frames, order: Sequence[str], again: list[str], looks: bool
) -> None:
    store = new_store()
    cache = FrameCache(store, ME)
    for name in [*order, *again]:
        ARRIVALS[name](store)
        if looks:  # a page that was open all the while
            cache.frames()
    same(cache.frames(), usual)
    same(shown(store), usual)


def test_a_split_outlives_late_arrivals_reimports_and_a_rebuild(new_store: Callable[[], Store]) -> None:
    store = new_store()
    cache = FrameCache(store, ME)
    api_runs(store)
    api_weights(store)
    EXPORT_WEIGHTS(store)
    first = cache.frames().measurements
    assert first["also"].fillna("").tolist() == ["withings_export", ""]
    splits.split(store, ME, cache.frames().things, first["id"][0], NOW, ZONE)
    assert len(cache.frames().measurements) == 3  # at once, on a page that was open
    for arrive in (APPLE, EXPORT_WEIGHTS, api_weights, LIST):
        arrive(store)
    rebuild(store, ME, NOW)
    held = cache.frames().measurements
    together = [{each["source"], *str(each["also"]).split(", ")} for _, each in held.iterrows()]
    assert not any({"withings_api", "withings_export"} <= some for some in together)
    assert splits.split(store, ME, cache.frames().things, _merged_with(cache.frames(), "apple"), NOW, ZONE)
    splits.unsplit(store, ME, first["id"][0], NOW)
    api_runs(store)
    every = new_store()
    all_of(every)
    EXPORT_RUNS(store)
    assert [each["of"] for each in splits.splits(store, ME)] == []
    same(cache.frames(), shown(every))


def _merged_with(frames: Frames, source: str) -> str:
    """The thing whose first record is of Withings and that `source` tells of too."""
    table = frames.measurements
    return str(table[table["also"].fillna("").str.contains(source)]["id"].iloc[0])


def test_one_of_several_is_taken_out_and_the_rest_stays(new_store: Callable[[], Store]) -> None:
    store = new_store()
    all_of(store)
    before = shown(store)
    apple = next(each["id"] for each in store.bodies(ME, "measurement") if each["source"] == "apple" and each["body_mass_kg"] > 70)
    made = splits.split(store, ME, before.things, apple, NOW, ZONE)
    after = shown(store).measurements
    assert after[after["body_mass_kg"] > 80]["also"].fillna("").tolist() == ["", "withings_export, weight_csv", ""]
    assert splits.split(store, ME, before.things, apple, NOW + timedelta(days=1), ZONE) == made  # the same word is one record
    assert len(splits.splits(store, ME)) == 1
    splits.unsplit(store, ME, made["id"], NOW)
    same(shown(store), before)
    splits.split(store, ME, before.things, apple, NOW, ZONE)
    assert len(shown(store).measurements) == len(after)


def test_a_split_is_in_the_export_and_comes_back(new_store: Callable[[], Store]) -> None:
    store, other = new_store(), new_store()
    all_of(store)
    ids = shown(store).activities["id"].tolist()
    for each in ids:
        splits.split(store, ME, shown(store).things, each, NOW, ZONE)
    splits.unsplit(store, ME, ids[1], NOW)
    lines = [line.encode() for line in export_lines(store, ME)]
    assert restore_lines(other, lambda: lines, NOW).wrong == []
    same(shown(store), shown(other))
    assert len(shown(other).activities) == 3
    assert [line.encode() for line in export_lines(other, ME)] == lines
    assert store.check() == []


def test_when_a_source_goes_the_others_words_stay(new_store: Callable[[], Store]) -> None:
    """Disconnecting Strava deletes what its API told: the export's runs are there as if there had been nothing else."""
    store, never = new_store(), new_store()
    all_of(store)
    for name, arrive in ARRIVALS.items():
        if name != "api runs":
            arrive(never)
    cache = FrameCache(store, ME)
    assert cache.frames().activities["source"].tolist() == ["strava_api"] * 2
    store.delete_source(ME, "strava_api", NOW)
    same(cache.frames(), shown(never))
    assert cache.frames().activities["name"].tolist() == ["Lunch", "Home"]


def test_what_is_not_merged_cannot_be_split(new_store: Callable[[], Store]) -> None:
    store = new_store()
    api_runs(store)
    for id in ("strava_api:7", "nothing:1"):
        with pytest.raises(StoreError, match="not merged"):
            splits.split(store, ME, shown(store).things, id, NOW, ZONE)
    with pytest.raises(StoreError, match="Nothing was split"):
        splits.unsplit(store, ME, "strava_api:7", NOW)


def test_the_commands(new_store: Callable[[], Store], capsys: pytest.CaptureFixture[str]) -> None:
    store = new_store()
    all_of(store)
    house = command.House(SimpleNamespace(zone=ZONE), store, {}, SimpleNamespace())  # type: ignore[arg-type]

    def run(*words: str) -> str:
        arguments = command.arguments_of(words)
        assert arguments.command(house, arguments) == 0
        return capsys.readouterr().out

    said = json.loads(run("merges", "--json").splitlines()[-1])
    assert [each["id"] for each in said["merged"]][:2] == ["strava_api:8", "strava_api:7"]
    run_7 = said["merged"][1]
    assert run_7["records"] == [{"id": f"{source}:7", "source": source} for source in ("strava_api", "strava_export")]
    assert run_7["fields"]["name"] == {"value": "Lunch run", "source": "strava_api"}
    assert "strava_api:7  with strava_export:7" in run("merges")
    assert "strava_api:7 | strava_export:7" in run("split", "strava_api:7")
    assert len(shown(store).activities) == 3
    (kept,) = json.loads(run("merges", "--json"))["splits"]
    assert kept["apart"] == [["strava_api:7"], ["strava_export:7"]]
    assert "kept apart by you" in run("merges")
    assert "No longer" in run("unsplit", kept["id"])
    assert len(shown(store).activities) == 2


def test_real_runs_by_both_routes(new_store: Callable[[], Store], realdata: Callable[[str], Path]) -> None:
    """150 of the API and 8 of an export: real runs that lie minutes apart, and two rides with one start, stay what they are."""
    store = new_store()
    listed = json.loads(realdata("strava/activities_150.json").read_text())
    keep.keep(store, sources()["strava"], ME, strava.rows(listed), NOW)
    for result in import_file(store, ME, realdata("strava/activities.csv"), "activities.csv", ReadOptions(zone=ZONE), NOW):
        assert result.error is None
    made = shown(store)
    assert len(made.activities) == 158
    assert made.activities["also"].isna().all()
    assert len(made.trainable) == 8


def test_a_real_recording_is_the_run_that_the_service_tells(
    new_store: Callable[[], Store], realdata: Callable[[str], Path]
) -> None:
    """A treadmill's TCX as Strava would list and export it: one run, named by Strava, measured by the device."""
    store = new_store()
    path = realdata("files/indoor.tcx")
    import_file(store, ME, path, path.name, ReadOptions(zone=ZONE), NOW)
    # fmt: off
    listed = [{"id": 8, "name": "Treadmill", "sport_type": "Run", "start_date": "2022-12-05T00:14:28Z", "utc_offset": -18_000,
               "timezone": "(GMT-05:00) America/New_York", "distance": 2999.0, "elapsed_time": 978, "moving_time": 970}]
    # fmt: on
    keep.keep(store, sources()["strava"], ME, strava.rows(listed), NOW)
    _file(
        "activities.csv", _STRAVA_HEAD + '8,"Dec 5, 2022, 12:14:28 AM",Treadmill,Run,,978,3.00,,,false,,,,,,978.0,970.0,2999.0\n'
    )(store)
    (one,) = shown(store).activities.to_dict("records")
    assert (one["id"], one["also"], one["name"], one["zone"]) == (
        "strava_api:8",
        "tcx, strava_export",
        "Treadmill",
        "America/New_York",
    )
    assert (str(one["day"].date()), one["distance_m"], one["moving_s"], one["mean_heart_rate_bpm"]) == (
        "2022-12-04",
        2998.98,
        976,
        161.3,
    )
    (free,) = shown(store).trainable.to_dict("records")
    assert (free["source"], free["also"], free["name"], free["distance_m"]) == ("tcx", "strava_export", "Treadmill", 2998.98)
