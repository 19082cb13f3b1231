"""FIT, GPX and TCX: activities with their series, whole and damaged, alone, packed, and in a Strava account export."""

import gzip
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import fitdecode
import gpxpy
import numpy as np
import pytest
from fitdecode.utils import compute_crc

from collectors.files import _fitreader
from collectors.files._fitreader import crc
from collectors.importing import FileResult, import_file
from collectors.rebuild import rebuild
from collectors.source import ReadOptions
from health import packed
from health.packed import Columns
from health.running import speed_mps
from store.backup import export_lines, restore_lines
from store.open import open_store
from store.store import Store
from tests.fakes.server import REALDATA
from tests.files.reading import ZONE
from tests.fixtures import recorded as made

REAL = REALDATA / "files"
SECONDS = range(1201)
FILES = {
    "run.fit": made.fit_run(1200),
    "run.gpx": made.gpx(made.gpx_track(SECONDS)),
    "run.tcx": made.tcx(list(SECONDS)),
}


def imported(store: Store, data: bytes, name: str, now: datetime, **said: Any) -> list[FileResult]:
    return import_file(store, "me", BytesIO(data), name, ReadOptions(**{"zone": ZONE, **said}), now)


def activities(store: Store) -> list[dict[str, Any]]:
    return store.bodies("me", "activity")


def columns(store: Store, activity: dict[str, Any]) -> Columns:
    """The series of an activity, unpacked."""
    stored = store.get("me", "series", f"{activity['id']}|series")
    assert stored is not None
    return packed.unpack(stored.body["data"], stored.body["columns"].split(","), stored.body["points"])


# -- the same run in three formats


@pytest.mark.parametrize("name", FILES)
def test_a_run_by_hand(store: Store, now: datetime, name: str) -> None:
    """20 minutes north at 3 m/s over a hill of 20 m, a point a second."""
    (result,) = imported(store, FILES[name], name, now)
    assert (result.error, result.new, result.series, result.rejected) == (None, 1, 1, 0)
    (run,) = activities(store)
    assert (run["source"], run["sport"], run["at"]) == (name.partition(".")[2], "run", "2026-05-01T06:30:00Z")
    assert run["zone"] == ZONE
    assert (run["elapsed_s"], run["moving_s"]) == (1200, 1200)
    assert run["distance_m"] == pytest.approx(3600, abs=1)
    assert run["ascent_m"] == pytest.approx(20, abs=1.6)  # the top is rounded by the mean over half a minute
    assert run["max_heart_rate_bpm"] == 160
    assert run["mean_heart_rate_bpm"] == pytest.approx(139.5, abs=0.5)
    series = columns(store, run)
    assert len(series["time_s"]) == 1201
    assert series["distance_m"][-1] == pytest.approx(3600, abs=0.2)
    np.testing.assert_allclose(series["lat_deg"], [made.latitude(second) for second in SECONDS], atol=1e-6)
    np.testing.assert_allclose(series["altitude_m"], [made.height_m(second) for second in SECONDS], atol=0.11)
    np.testing.assert_array_equal(series["heart_rate_bpm"], [made.pulse(second) for second in SECONDS])
    assert set(series["cadence_rpm"]) == {86}
    assert store.check() == []


@pytest.mark.parametrize("name", FILES)
def test_again_changes_nothing_and_rebuild_makes_the_same(store: Store, now: datetime, name: str) -> None:
    imported(store, FILES[name], name, now)
    before = (activities(store), store.bodies("me", "series"))
    (again,) = imported(store, FILES[name], name, now + timedelta(days=1))
    assert (again.new, again.changed, again.unchanged, again.series) == (0, 0, 1, 0)
    tally = rebuild(store, "me", now)
    assert (tally.changed, tally.unchanged, tally.series) == (0, 1, 0)
    assert (activities(store), store.bodies("me", "series")) == before


@pytest.mark.parametrize("name", FILES)
def test_a_corrected_zone_is_a_change(store: Store, now: datetime, name: str) -> None:
    imported(store, FILES[name], name, now, zone="Asia/Tokyo")
    assert [each["zone"] for each in activities(store)] == ["+02:00" if name == "run.fit" else "Asia/Tokyo"]
    (again,) = imported(store, FILES[name], name, now)
    assert (again.new, again.changed) == (0, 1)
    assert [each["zone"] for each in activities(store)] == [ZONE]


@pytest.mark.parametrize("name", FILES)
def test_in_gzip_and_in_a_zip(store: Store, now: datetime, name: str) -> None:
    assert imported(store, gzip.compress(FILES[name]), f"{name}.gz", now)[0].new == 1
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(f"folder/{name}.gz", gzip.compress(FILES[name]))
        opened.writestr("folder/planned.gpx", made.gpx().replace(b"</gpx>", b"<rte><rtept lat='1' lon='2'/></rte></gpx>"))
    (result,) = imported(store, archive.getvalue(), "all.zip", now)
    assert (result.error, result.new, result.unchanged) == (None, 0, 1)


# -- identity


def test_tracks_of_one_file_are_activities_of_their_own(store: Store, now: datetime) -> None:
    start = made.START + timedelta(days=2)
    tracks = [made.gpx_track(range(90)), made.gpx_track(range(90)), made.gpx_track(range(60), start, "Evening", "9")]
    (result,) = imported(store, made.gpx(*tracks), "year.gpx", now)
    assert (result.new, result.series) == (3, 3)
    assert [(each["native_id"], each["sport_type"], each["elapsed_s"]) for each in activities(store)] == [
        ("2026-05-01T06:30:00Z|Morning", "running", 89),
        ("2026-05-01T06:30:00Z|Morning#2", "running", 89),
        ("2026-05-03T06:30:00Z|Evening", "Run", 59),
    ]
    assert rebuild(store, "me", now).unchanged == 3


def test_a_file_that_broke_off_and_the_whole_one_are_one_activity(store: Store, now: datetime) -> None:
    (first,) = imported(store, made.fit_run(1200, session=False)[:9000], "run.fit", now)
    assert (first.error, first.new, first.rejected) == (None, 1, 1)
    assert activities(store)[0]["elapsed_s"] < 600
    (whole,) = imported(store, FILES["run.fit"], "run.fit", now)
    assert (whole.new, whole.changed, whole.rejected, whole.series) == (0, 1, 0, 1)
    assert (activities(store)[0]["elapsed_s"], store.rejected("me")) == (1200, [])


# -- damage


@pytest.mark.parametrize("name", FILES)
def test_what_is_whole_of_a_cut_file_is_kept(store: Store, now: datetime, name: str) -> None:
    data = FILES[name]
    (result,) = imported(store, data[: len(data) * 2 // 3], name, now)
    assert (result.error, result.new, result.rejected) == (None, 1, 1)
    (aside,) = store.rejected("me")
    assert (aside.source, aside.field) == (name.partition(".")[2], "file")
    assert aside.row.startswith(f"{name}, byte ")
    assert "what follow" in aside.reason
    assert 600 < columns(store, activities(store)[0])["time_s"][-1] < 900


def test_a_wrong_checksum_is_said_and_the_activity_kept(store: Store, now: datetime) -> None:
    data = bytearray(FILES["run.fit"])
    data[5000] ^= 0x01
    (result,) = imported(store, bytes(data), "run.fit", now)
    assert (result.new, result.rejected) == (1, 1)
    assert "checksum" in store.rejected("me")[0].reason


def test_numbers_that_cannot_be_are_left_out_and_counted(store: Store, now: datetime) -> None:
    text = FILES["run.gpx"].decode()
    text = text.replace("<gpxtpx:hr>120</gpxtpx:hr>", "<gpxtpx:hr>999</gpxtpx:hr>", 3)
    text = text.replace("<ele>30.0</ele>", "<ele>1e400</ele>", 1).replace("T06:31:05Z", "T05:31:05Z").replace("T06:31:06Z", "soon")
    (result,) = imported(store, text.encode(), "run.gpx", now)
    assert (result.new, result.rejected) == (1, 4)
    said = [(each.field, each.said) for each in store.rejected("me")]
    assert sorted(said) == sorted(
        [("heart_rate_bpm", "999, 3 points"), ("time", "1 point"), ("time", "1 point"), ("point", "1 number")]
    )
    assert len(columns(store, activities(store)[0])["time_s"]) == 1199


def test_one_wild_time_costs_one_point(store: Store, now: datetime) -> None:
    text = (
        FILES["run.gpx"]
        .decode()
        .replace("2026-05-01T06:31:05Z", "2026-05-09T06:31:05Z")
        .replace("2026-05-01T06:40:05Z", "2091-05-01T06:40:05Z")
    )
    (result,) = imported(store, text.encode(), "run.gpx", now)
    assert (result.new, result.rejected) == (1, 1)
    assert [(each.field, each.said) for each in store.rejected("me")] == [("time", "2 points")]
    assert activities(store)[0]["elapsed_s"] == 1200


BOMB = b'<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><gpx><trk><name>&b;</name></trk></gpx>'
DEEP = b"<gpx>" + b"<a>" * 100_000


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (BOMB, "a.gpx", "declares entities"),
        (DEEP, "a.gpx", "nested deeper, or holds more"),
        (b"<gpx>" + b"<trk/>" * 2_100 + b"</gpx>", "a.gpx", "holds more than 2,000 activities"),
        (b"<gpx><trk><trkseg><trkpt lat='1' lon='1'/></trkseg></trk></gpx>", "a.gpx", "it is a route or a plan"),
        (b"<gpx><trk><trkse", "a.gpx", "breaks off"),
        (b"<TrainingCenterDatabase><Courses/></TrainingCenterDatabase>", "a.tcx", "holds no activity"),
        (made.Fit().bytes(), "a.fit", "holds no activity and no weigh-in"),
        (b"\x0e\x20\x54\x08\x00\x00\x00\x00.FIT\x00", "a.fit", "holds no activity"),
        (gzip.compress(b"\0" * (80 * 2**20), 1), "a.fit.gz", "unpacks to over 64 MB"),
        (made.gpx(made.gpx_track(range(5))).replace(b"</gpx>", b" " * 25 * 2**20 + b"</gpx>"), "a.gpx", "larger than 24 MB"),
    ],
)
def test_what_is_not_read_says_why(store: Store, now: datetime, data: bytes, name: str, why: str) -> None:
    (result,) = imported(store, data, name, now)
    assert why in (result.error or "")
    assert activities(store) == []


# -- against the libraries


def points_of(data: bytes) -> Columns:
    (part,) = _fitreader.parts(data)
    return part.columns()


@pytest.mark.parametrize("endian", ["<", ">"])
def test_points_are_as_fitdecode_reads_them(endian: str) -> None:
    """Short way and library, message by message: both byte orders, changing definitions, absent values, compressed times."""
    fit = made.Fit(endian)
    fit.message(0, [(0, "enum", 4), (4, "u32", made.fit_time(made.START))])
    fit.define(1, 20, made.POINT)
    for second in range(5):
        fit.add(1, *made.fit_point(second, power=None if second == 2 else 200))
    fit.define(1, 20, [(253, "u32"), (78, "u32"), (2, "u16"), (53, "u8"), (4, "u8"), (7, "u16")])
    fit.add(1, made.fit_time(made.START) + 40, 3000, 2900, 64, 80, None)
    fit.define(2, 20, [(3, "u8"), (5, "u32")])
    for offset in (9, 31, 2):
        fit.compressed(2, offset, 150, 1000 + offset)
    fit.define(3, 20, [(253, "u32"), (3, "u8")])
    fit.add(3, made.fit_time(made.START) + 120, None)
    by_library, ours = by_fitdecode(fit.bytes()), points_of(fit.bytes())
    assert set(ours) == set(by_library)
    for name, values in by_library.items():
        np.testing.assert_allclose(ours[name], values, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("path", sorted(REAL.glob("*.fit")), ids=lambda path: path.name)
def test_real_points_are_as_fitdecode_reads_them(path: Any) -> None:
    data = path.read_bytes()
    for name, values in by_fitdecode(data).items():
        np.testing.assert_allclose(points_of(data)[name], values, rtol=1e-12, err_msg=name)


def by_fitdecode(data: bytes) -> Columns:
    options = {"processor": None, "check_crc": fitdecode.CrcCheck.DISABLED, "error_handling": fitdecode.ErrorHandling.IGNORE}
    rows = list(until_damaged(fitdecode.FitReader(data, **options)))
    rows = [each for each in rows if "timestamp" in each]
    names = {"timestamp": "timestamp", "lat_deg": "position_lat", "lon_deg": "position_long", "heart_rate_bpm": "heart_rate",
             "distance_m": "distance", "power_w": "power"}  # fmt: skip
    made_of: Columns = {}
    for ours, theirs in names.items():
        values = np.array([np.nan if each.get(theirs) is None else float(each[theirs]) for each in rows])
        made_of[ours] = values * 180 / 2**31 if theirs.startswith("position") else values
    altitude = [each.get("enhanced_altitude", each.get("altitude")) for each in rows]
    made_of["altitude_m"] = np.array([np.nan if each is None else each for each in altitude], dtype=float)
    turns = [(each.get("cadence"), each.get("fractional_cadence") or 0) for each in rows]
    made_of["cadence_rpm"] = np.array([np.nan if whole is None else whole + part for whole, part in turns], dtype=float)
    return made_of


def until_damaged(reader: Any) -> Iterator[dict[str, Any]]:
    try:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage) and frame.global_mesg_num == 20:
                yield {each.name: each.value for each in reversed(frame.fields)}
    except fitdecode.FitError:
        return


def test_the_checksum_is_fitdecodes() -> None:
    for size in (1, 255, 256, 257, 5000):
        data = bytes(at * 7 % 256 for at in range(size))
        assert crc(data) == compute_crc(data)


def test_a_track_is_as_gpxpy_reads_it(store: Store, now: datetime) -> None:
    imported(store, FILES["run.gpx"], "run.gpx", now)
    (track,) = gpxpy.parse(FILES["run.gpx"].decode()).tracks
    points = list(track.walk(only_points=True))
    run, series = activities(store)[0], columns(store, activities(store)[0])
    assert run["name"] == track.name
    assert run["distance_m"] == pytest.approx(track.length_2d(), rel=0.002)  # gpxpy's earth is a little larger
    assert [round(each.elevation or 0, 1) for each in points] == [round(each, 1) for each in series["altitude_m"].tolist()]
    assert [(each.time - points[0].time).total_seconds() for each in points if each.time and points[0].time] == list(
        series["time_s"]
    )


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not at ../shared/realdata")
def test_a_real_tcx_is_as_tcxreader_reads_it(store: Store, now: datetime) -> None:
    from tcxreader.tcxreader import TCXReader

    theirs = TCXReader().read(str(REAL / "indoor.tcx"))
    (result,) = imported(store, (REAL / "indoor.tcx").read_bytes(), "indoor.tcx", now)
    assert (result.new, result.rejected) == (1, 0)
    (run,) = activities(store)
    assert run["distance_m"] == pytest.approx(theirs.distance) == 2998.98
    assert (run["elapsed_s"], run["max_heart_rate_bpm"]) == (theirs.duration, theirs.hr_max)
    assert run["mean_heart_rate_bpm"] == pytest.approx(theirs.hr_avg, abs=0.3)
    assert run["mean_speed_mps"] == pytest.approx(float(speed_mps(2998.98, 976)), abs=1e-3)
    assert len(columns(store, run)["time_s"]) == len(theirs.trackpoints)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not at ../shared/realdata")
@pytest.mark.parametrize(
    ("name", "sport", "points", "distance_m", "aside"),
    [
        ("garmin-fenix-5-run.fit", "run", 21, 157.56, None),
        ("sample-activity-indoor-trainer.fit", "ride", 2263, None, None),
        ("activity-unexpected-eof.fit", "run", 14, 5.73, "is where the file ends too early: what followed is lost"),
        ("activity-settings-corruptheader.fit", "run", 14, 5.73, "begins a part that is damaged: it was not read"),
    ],
)
def test_real_fit_files(
    store: Store, now: datetime, name: str, sport: str, points: int, distance_m: float | None, aside: str | None
) -> None:
    (result,) = imported(store, (REAL / name).read_bytes(), name, now)
    (run,) = activities(store)
    assert (result.error, run["sport"], run.get("distance_m")) == (None, sport, distance_m)
    assert len(columns(store, run)["time_s"]) == points
    assert [each.reason for each in store.rejected("me")] == ([aside] if aside else [])


# -- scales


def test_a_scale_of_one_person(store: Store, now: datetime) -> None:
    data = made.fit_scale([(made.START, 8123, None), (made.START + timedelta(days=1), 8098, None)])
    (result,) = imported(store, data, "scale.fit", now)
    assert (result.new, result.rejected) == (2, 0)
    assert [(each["body_mass_kg"], each["fat_ratio"]) for each in store.bodies("me", "measurement")] == [
        (81.23, 0.215),
        (80.98, 0.215),
    ]


def test_a_scale_of_several_people_asks_whose_and_keeps_nobody_elses(store: Store, now: datetime) -> None:
    data = made.fit_scale([(made.START, 8123, 0), (made.START, 6150, 1), (made.START + timedelta(days=1), 8098, 0)])
    (asked,) = imported(store, data, "scale.fit", now)
    assert (asked.error, asked.new, asked.rejected) == (None, 0, 3)
    reasons = {each.reason for each in store.rejected("me")}
    assert reasons == {
        "may be somebody else's: on this scale stood user 0 (male, 40 years, 1.8 m) and user 1 (male, 41 years, 1.81 m). "
        "Say who you are: --map user=0"
    }
    (told,) = imported(store, data, "scale.fit", now, mapping={"user": "0"})
    assert (told.error, told.new, told.rejected) == (None, 2, 0)
    assert [each["body_mass_kg"] for each in store.bodies("me", "measurement")] == [81.23, 80.98]
    assert store.rejected("me") == []
    assert "user 1" not in str(list(store.all_raw_groups("me"))), "another person's weight is not kept"
    (wrong,) = imported(store, data, "scale.fit", now, mapping={"user": "7"})
    assert "has no user '7'" in (wrong.error or "")


# -- a Strava account export

HEAD = "Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance,Filename\n"
LINES = {
    "11": '11,"May 1, 2026, 6:30:00 AM",Morning,Run,1200,3.6,activities/1.fit.gz\n',
    "12": '12,"May 2, 2026, 6:30:00 AM",Evening,Run,1200,3.6,activities/2.gpx\n',
    "13": '13,"May 3, 2026, 6:30:00 AM",By hand,Run,1200,3.6,\n',
    "14": '14,"May 4, 2026, 6:30:00 AM",Broken,Run,1200,3.6,activities/4.tcx.gz\n',
    "15": '15,"May 5, 2026, 6:30:00 AM",Gone,Run,1200,3.6,activities/5.fit.gz\n',
}


def export(**more: bytes) -> bytes:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("activities/1.fit.gz", gzip.compress(FILES["run.fit"]))
        opened.writestr("activities/2.gpx", FILES["run.gpx"])
        opened.writestr("activities/4.tcx.gz", b"\x1f\x8b nothing")
        opened.writestr("activities/9.gpx", made.gpx(made.gpx_track(range(60), made.START - timedelta(days=9))))
        opened.writestr("routes/plan.gpx", b"<gpx><trk><trkseg><trkpt lat='1' lon='1'/></trkseg></trk></gpx>")
        opened.writestr("activities.csv", HEAD + "".join(LINES.values()))
        for name, data in more.items():
            opened.writestr(name, data)
    return archive.getvalue()


def test_the_files_of_a_strava_export_are_the_series_of_its_activities(store: Store, now: datetime) -> None:
    results = imported(store, export(), "export.zip", now)
    assert [(each.file, each.format, each.new, each.series, each.rejected, each.error) for each in results] == [
        ("export.zip/activities.csv", "strava", 5, 2, 1, None),
        ("export.zip/activities/9.gpx", "gpx", 1, 1, 0, None),  # a file that no row names
    ]
    found = {each["id"]: each for each in activities(store)}
    assert len(found) == 6
    for number in ("11", "12"):
        assert columns(store, found[f"strava_export:{number}"])["distance_m"][-1] == pytest.approx(3600, abs=0.2)
    assert [each["source"] for each in store.bodies("me", "series")] == ["gpx", "strava_export", "strava_export"]
    (aside,) = store.rejected("me")
    assert (aside.group, aside.row, "cannot be unpacked" in aside.reason) == ("14|series", "activities/4.tcx.gz", True)


def test_a_strava_export_again_and_rebuilt_changes_nothing(store: Store, now: datetime) -> None:
    imported(store, export(), "export.zip", now)
    sequence = store.sequence("me")
    first, second = imported(store, export(), "export.zip", now + timedelta(days=1))
    assert (first.unchanged, first.series, first.rejected, second.unchanged) == (5, 0, 1, 1)
    rebuild(store, "me", now)
    assert store.sequence("me") == sequence
    assert imported(store, (HEAD + LINES["11"]).encode(), "activities.csv", now)[0].unchanged == 1
    assert len(store.bodies("me", "series")) == 3, "the list alone takes no series away"


def test_every_fixture_is_what_the_writer_writes() -> None:
    for name, data in made.fixtures().items():
        assert (made.FILES / name).read_bytes() == data


def test_utc_is_what_a_time_without_a_zone_means(store: Store, now: datetime) -> None:
    imported(store, FILES["run.gpx"].replace(b"Z</time>", b"</time>"), "run.gpx", now)
    assert activities(store)[0]["at"] == made.START.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_two_bytes_for_a_letter(store: Store, now: datetime) -> None:
    data = FILES["run.gpx"].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').replace("Morning", "Früh").encode("utf-16")
    (result,) = imported(store, data, "run.gpx", now)
    assert (result.error, activities(store)[0]["name"]) == (None, "Früh")
    assert rebuild(store, "me", now).unchanged == 1


def test_export_and_restore_give_the_same_bytes(store: Store, now: datetime, tmp_path: Path) -> None:
    for name, data in FILES.items():
        imported(store, data, name, now)
    imported(store, export(), "export.zip", now)
    lines = list(export_lines(store, "me"))
    other = open_store("sqlite:other.db", ("k" * 32,), folder=tmp_path)
    restored = restore_lines(other, lambda: (each.encode() for each in lines), now)
    assert (restored.wrong, list(export_lines(other, "me"))) == ([], lines)
    assert sum('"kind":"series"' in each[:20] for each in lines) == 6
    assert sum(each.count('"bytes"') for each in lines) >= 6, "the files themselves, once each"
    tally = rebuild(other, "me", now)
    assert (tally.changed, tally.series, list(export_lines(other, "me"))) == (0, 0, lines)
    other.close()


def test_what_a_person_removes_stays_removed_with_its_points(store: Store, now: datetime) -> None:
    imported(store, FILES["run.fit"], "run.fit", now)
    (run,) = activities(store)
    stored = store.get("me", "activity", run["id"])
    assert stored is not None
    store.delete("me", "activity", run["id"], stored.version, now)
    imported(store, FILES["run.fit"], "run.fit", now)
    assert (activities(store), store.bodies("me", "series")) == ([], [])
