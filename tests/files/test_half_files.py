"""Half a recording that comes after the whole one takes nothing from it: the order in which files come changes nothing."""

import gzip
import zipfile
from datetime import datetime
from io import BytesIO

import pytest

from store.backup import export_lines
from store.store import Store
from tests.files.test_recorded import FILES, activities, export, imported


def told(store: Store) -> list[str]:
    return list(export_lines(store, "me"))


@pytest.mark.parametrize("name", FILES)
def test_half_a_file_takes_nothing_from_the_whole_one_that_came_before(store: Store, now: datetime, name: str) -> None:
    imported(store, FILES[name], name, now)
    before = told(store)
    for half in (FILES[name][: len(FILES[name]) // 2], FILES[name][:-30]):
        (again,) = imported(store, half, f"half-{name}", now)
        assert (again.error, again.new, again.changed, again.unchanged, again.series) == (None, 0, 0, 1, 0)
    assert told(store) == before
    (moved,) = imported(store, FILES[name], name, now, zone="Asia/Tokyo")
    assert moved.changed + moved.unchanged == 1  # a whole one is read as ever


def test_of_two_that_broke_off_the_longer_one_stays(store: Store, now: datetime) -> None:
    data = FILES["run.gpx"]
    for part, changed in ((3, 0), (2, 1), (4, 0)):
        (result,) = imported(store, data[: len(data) // part], "run.gpx", now)
        assert (result.error, result.changed) == (None, changed)
    assert activities(store)[0]["elapsed_s"] > 550


def test_a_spoilt_byte_takes_nothing_from_the_whole_file(store: Store, now: datetime) -> None:
    imported(store, FILES["run.fit"], "run.fit", now)
    before = told(store)
    spoilt = bytearray(FILES["run.fit"])
    spoilt[5000] ^= 0x01
    (again,) = imported(store, bytes(spoilt), "again.fit", now)
    assert (again.changed, again.unchanged) == (0, 1)
    assert told(store) == before


@pytest.mark.parametrize("spoilt", [gzip.compress(FILES["run.fit"])[:9000], b"\x1f\x8b nothing", b""])
def test_a_strava_export_that_is_damaged_takes_no_series(store: Store, now: datetime, spoilt: bytes) -> None:
    imported(store, export(), "export.zip", now)
    before = [each["data"] for each in store.bodies("me", "series")]
    damaged = BytesIO()
    with zipfile.ZipFile(BytesIO(export())) as whole, zipfile.ZipFile(damaged, "w") as opened:
        for each in whole.namelist():
            opened.writestr(each, spoilt if each == "activities/1.fit.gz" else whole.read(each))
    imported(store, damaged.getvalue(), "export.zip", now)
    assert [each["data"] for each in store.bodies("me", "series")] == before
