"""Real exports of real people, read whole: no row lost, at most one in a thousand set aside."""

import csv
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from collectors.importing import import_file
from collectors.source import ReadOptions
from store.store import Store
from tests.files.reading import ZONE

DERICMEI = {"date": "date", "exercise": "exercise_name", "set": "order", "weight": "weight", "reps": "rep"}
REAL = {
    "strava/activities.csv": ("activity", 8, {}),
    "strength/strong_breinsp.csv": ("set", 2078, {"units": "kg"}),
    "strength/fitnotes_lukaszebedin.csv": ("set", 2495, {}),
    "strength/hevy_mouadja02.csv": ("set", 330, {}),
    "strength/sets_dericmei.csv": (
        "set",
        6907,
        {"units": "lb", "mapping": DERICMEI},
    ),
    "weight/dericmei.csv": ("measurement", 1538, {}),
    "weight/sudofox.csv": ("measurement", 79, {"units": "lb", "mapping": {"date": "date", "weight": "pounds"}}),
}


@pytest.mark.parametrize("name", sorted(REAL))
def test_no_row_of_a_real_file_is_lost(store: Store, now: datetime, realdata: Callable[[str], Path], name: str) -> None:
    what, expected, said = REAL[name]
    path = realdata(name)
    (result,) = import_file(store, "me", path, path.name, ReadOptions(**{"zone": ZONE, **said}), now)
    assert result.error is None
    assert result.rejected <= expected / 1000
    found = store.bodies("me", "workout" if what == "set" else what)
    stored = sum(len(each["sets"]) for each in found) if what == "set" else len(found)
    assert stored + result.rejected == expected
    again = import_file(store, "me", path, path.name, ReadOptions(**{"zone": ZONE, **said}), now)[0]
    assert (again.new, again.changed, again.unchanged) == (0, 0, len(found))


def test_sums_of_a_real_strong_export(store: Store, now: datetime, realdata: Callable[[str], Path]) -> None:
    """Counted from the file by another way: the sum of weight times repetitions."""
    path = realdata("strength/strong_breinsp.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        expected = sum(Decimal(row["Weight"]) * int(row["Reps"]) for row in csv.DictReader(file))
    import_file(store, "me", path, path.name, ReadOptions(zone=ZONE, units="kg"), now)
    sets = [each for body in store.bodies("me", "workout") for each in body["sets"]]
    volume = sum(Decimal(str(each.get("load_kg", 0))) * each.get("reps", 0) for each in sets)
    assert volume == expected
