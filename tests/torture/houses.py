"""Houses to be tortured: a store of either kind, and what a run or an import is to leave in it."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from settings import load, secret_keys
from store.open import open_store
from store.store import Store
from tests.collectors.house import House
from tests.collectors.test_kill import CASES, LONG_AGO
from tests.emulator import CREDENTIALS
from tests.fakes.server import Fake
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings

FILES = Path(__file__).parents[1] / "fixtures" / "files"
# A file of each format that the torture imports, with what it has to be told.
IMPORTS: dict[str, tuple[str, ...]] = {
    "withings": ("withings_de.csv",),
    "strava": ("strava.csv",),
    "strong": ("strong_weight_unit.csv",),
    "hevy": ("hevy_kg.csv",),
    "fitnotes": ("fitnotes_unit.csv",),
    "fitbod": ("fitbod.csv",),
    "weekly": ("weekly_2024-03-04.csv", "--units", "kg"),
    "weight": ("weight_lb_comments.csv",),
    "apple": ("apple.xml",),
    "fit": ("run.fit",),
    "gpx": ("run.gpx",),
    "tcx": ("run.tcx",),
    "fitbit": ("fitbit_export.txt", "--units", "kg"),
    "catalogue": ("catalogue.csv",),
    "sets": (
        "mapped_sets.csv", "--units", "lb",
        *("--map", "date=when", "--map", "exercise=move", "--map", "set=nr", "--map", "weight=pounds", "--map", "reps=times"),
    ),
}  # fmt: skip
_KINDS = ("measurement", "activity", "workout", "sleep", "meal", "series", "exercise")
_numbers = itertools.count(1)


@dataclass
class AnyHouse(House):
    """A house on SQLite or, with the address of an emulator, on DynamoDB."""

    endpoint: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.endpoint:
            self.environ |= {**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": self.endpoint}
            self.environ["FITBOARD_STORE"] = f"dynamodb:torture{os.getpid()}x{next(_numbers)}"
        store = self.store()
        store.create()
        store.close()

    def store(self) -> Store:
        settings = load(self.environ, self.folder)
        os.environ.update(CREDENTIALS)  # boto3 reads them from there alone
        return open_store(settings.store, secret_keys(settings), folder=self.folder, endpoint=settings.dynamodb_endpoint)


@dataclass(frozen=True)
class Work:
    """What is done to a house, and how it is made ready."""

    name: str
    arguments: tuple[str, ...]
    ready: Callable[[AnyHouse], Any]  # gives a fake to be closed, or None
    collects: bool


def collectors() -> dict[str, Work]:
    """A run of each collector, against a fake of its own."""

    def ready(name: str) -> Callable[[AnyHouse], Fake]:
        def make(house: AnyHouse) -> Fake:
            fake = CASES[name].make().start()
            house.point_at(fake)
            if name != "sheets":
                house.connect(fake, LONG_AGO)
            return fake

        return make

    return {name: Work(name, ("run", "--json"), ready(name), collects=True) for name in CASES}


def importers() -> dict[str, Work]:
    """An import of each format, from a copy of its file in the house."""

    def ready(file: str) -> Callable[[AnyHouse], None]:
        return lambda house: shutil.copy(FILES / file, house.folder / file) and None

    return {
        name: Work(f"import {name}", ("import", *said, "--zone", "Europe/Berlin", "--json"), ready(said[0]), collects=False)
        for name, said in IMPORTS.items()
    }


@contextmanager
def housed(work: Work, endpoint: str | None) -> Iterator[tuple[AnyHouse, Fake | None]]:
    """A fresh house that is ready for the work, and the service it will ask, where it asks one."""
    with TemporaryDirectory() as folder:
        house = AnyHouse(Path(folder), endpoint=endpoint)
        fake = work.ready(house)
        try:
            yield house, fake
        finally:
            if fake is not None:
                fake.stop()


def kept(house: AnyHouse) -> dict[str, Any]:
    """Everything that work leaves: records and raw rows, without what differs between two fakes or folders."""
    store = house.store()
    try:
        records = {kind: store.bodies("me", kind) for kind in _KINDS}
        raw = {
            (source, group): sorted((row.row_id, repr(row.data)) for row in rows)
            for source, group, rows in store.all_raw_groups("me")
        }
        return {"records": records, "raw rows": raw, "rows set aside": store.rejected("me")}
    finally:
        store.close()


def signed_in_again(fake: Fake | None) -> bool:
    """Whether the person had to."""
    return isinstance(fake, (Withings, Strava)) and bool(fake.sign_in.authorised)
