"""A ZIP in a ZIP, as when somebody packs two exports into one: its files are read like any others, within the same bounds."""

import io
from datetime import datetime

import pytest

from collectors import archives
from collectors.importing import FileResult, import_file
from collectors.source import ReadOptions
from store.store import Store
from tests.files.reading import FIXTURES, ZONE, zipped

WEIGHTS = (FIXTURES / "withings_de.csv").read_bytes()
LIFTS = (FIXTURES / "hevy_kg.csv").read_bytes()


def read(store: Store, data: bytes, now: datetime) -> list[FileResult]:
    return import_file(store, "me", io.BytesIO(data), "all.zip", ReadOptions(zone=ZONE), now)


def test_the_files_of_a_zip_in_a_zip_are_read(store: Store, now: datetime) -> None:
    inside = zipped({"data/weight.csv": WEIGHTS, "notes.txt": b"hello"})
    data = zipped({"exports/withings.ZIP": inside, "hevy.csv": LIFTS, "photos.zip": zipped({"a.jpg": b"\xff\xd8"})})
    for new in (2, 0):
        found = {each.file: each for each in read(store, data, now)}
        assert list(found) == ["all.zip/hevy.csv", "all.zip/exports/withings.ZIP/data/weight.csv"]
        assert found["all.zip/exports/withings.ZIP/data/weight.csv"].new == new
    assert len(store.bodies("me", "measurement")) == 2


def test_one_that_is_deeper_or_damaged_says_so(store: Store, now: datetime) -> None:
    deep = zipped({"a.zip": zipped({"b.zip": zipped({"weight.csv": WEIGHTS})}), "c.zip": b"PK\x03\x04 nothing", "hevy.csv": LIFTS})
    found = {each.file: each.error or "" for each in read(store, deep, now)}
    assert found.pop("all.zip/hevy.csv") == ""
    assert "inside a ZIP inside a ZIP" in found["all.zip/a.zip/b.zip"]
    assert "damaged ZIP" in found["all.zip/c.zip"]
    assert store.bodies("me", "measurement") == []


def test_its_bounds_are_those_of_the_file_it_came_in(store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_SMALL", 1000)
    bomb = zipped({f"{n}.csv": b"Date,Weight (kg)\n" + b"2024-01-01,80\n" * 20_000 for n in range(40)})
    (result,) = read(store, zipped({"bomb.zip": bomb}), now)
    assert "unpacks to over" in (result.error or "")
    monkeypatch.setattr(archives, "MAX_INNER", 100)
    (result,) = read(store, zipped({"weight.zip": zipped({"weight.csv": WEIGHTS})}), now)
    assert "inside another one" in (result.error or "")
