"""The routes in an Apple Health export: the time series of the workouts that name them, and no second activity."""

import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO

from collectors.importing import FileResult, import_file
from collectors.rebuild import rebuild
from collectors.source import ReadOptions
from health import packed
from health.frames import activities_frame
from store.store import Store
from tests.files.reading import ZONE
from tests.fixtures import recorded as made

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def workout(sport: str, start: datetime, route: str = "", distance: str = "DistanceWalkingRunning") -> str:
    reference = f'<WorkoutRoute sourceName="Watch"><FileReference path="{route}"/></WorkoutRoute>' if route else ""
    end = start + timedelta(minutes=20)
    return (
        f'<Workout workoutActivityType="HKWorkoutActivityType{sport}" duration="20" durationUnit="min" sourceName="Watch" '
        f'startDate="{start:%Y-%m-%d %H:%M:%S} +0000" endDate="{end:%Y-%m-%d %H:%M:%S} +0000">{reference}'
        f'<WorkoutStatistics type="HKQuantityTypeIdentifier{distance}" sum="3.9" unit="km"/></Workout>\n'
    )


def export(route: bytes) -> bytes:
    xml = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="de_DE">\n<ExportDate value="2026-05-09 12:00:00 +0200"/>\n'
    xml += workout("Running", made.START, "/workout-routes/route_1.gpx")
    xml += workout("Walking", made.START + timedelta(days=1), "/workout-routes/gone.gpx")
    xml += workout("Rowing", made.START + timedelta(days=2), distance="DistanceRowing")
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("apple_health_export/workout-routes/route_1.gpx", route)
        archive.writestr("apple_health_export/workout-routes/route_2.gpx", made.gpx(made.gpx_track(range(60), NOW)))
        archive.writestr("apple_health_export/export.xml", xml + "</HealthData>\n")
    return data.getvalue()


ROUTE = made.gpx(made.gpx_track(range(1201), made.START + timedelta(seconds=2), name="Route 1", sport=""))


def read(store: Store, data: bytes) -> list[FileResult]:
    return import_file(store, "me", BytesIO(data), "export.zip", ReadOptions(zone=ZONE), NOW)


def test_a_route_is_the_series_of_its_workout_and_no_second_activity(store: Store) -> None:
    found = read(store, export(ROUTE))
    assert [(each.format, each.error, each.new, each.series) for each in found] == [("apple", None, 3, 1), ("gpx", None, 1, 1)]
    runs = [each for each in store.bodies("me", "activity") if each["sport"] == "run" and each["source"] == "apple"]
    assert [each["distance_m"] for each in runs] == [3900]  # 3,600 by the route: two readings of one run
    stored = store.get("me", "series", f"{runs[0]['id']}|series")
    assert stored is not None
    columns = packed.unpack(stored.body["data"], stored.body["columns"].split(","), stored.body["points"])
    assert round(float(columns["distance_m"][-1])) == 3600
    frame = activities_frame(store.bodies("me", "activity"))
    assert frame["source"].tolist() == ["apple", "apple", "apple", "gpx"]  # the last one is a route that no workout names
    assert frame["distance_m"].tolist()[2] == 3900  # rowed


def test_again_and_rebuilt_and_half_a_route_change_nothing(store: Store) -> None:
    read(store, export(ROUTE))
    before = [each["data"] for each in store.bodies("me", "series")]
    for data in (export(ROUTE), export(ROUTE[: len(ROUTE) // 2]), export(b"nothing")):
        again = read(store, data)
        assert [(each.new, each.changed, each.series) for each in again] == [(0, 0, 0), (0, 0, 0)]
    assert rebuild(store, "me", NOW).changed == 0
    assert [each["data"] for each in store.bodies("me", "series")] == before


def test_a_route_that_cannot_be_read_is_set_aside_and_its_workout_kept(store: Store) -> None:
    found = read(store, export(b"nothing"))
    assert (found[0].new, found[0].rejected) == (3, 1)
    (aside,) = store.rejected("me", "apple")
    assert (aside.row, aside.reason) == ("apple_health_export/workout-routes/route_1.gpx", "is no FIT, GPX or TCX file")
    read(store, export(ROUTE))
    assert store.rejected("me", "apple") == []
