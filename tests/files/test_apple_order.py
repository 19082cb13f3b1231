"""Apple Health's exports in whatever order they come, whole or broken off: the newest word stays, and nothing of it is lost."""

from itertools import permutations

import pytest

from store.backup import export_lines
from store.store import Store
from tests.files.test_apple_whole import brought

_NIGHT = "HKCategoryTypeIdentifierSleepAnalysis"
_CORE = "HKCategoryValueSleepAnalysisAsleepCore"


def record(what: str, start: str, value: str, end: str = "", unit: str = "count/min") -> str:
    return (
        f'<Record type="HK{what}" sourceName="Watch" unit="{unit}" startDate="{start} +0200" '
        f'endDate="{end or start} +0200" value="{value}"/>\n'
    )


def export(made: str, *records: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="de_DE">\n'
    return f'{head}<ExportDate value="{made} +0200"/>\n{"".join(records)}</HealthData>\n'.encode()


def beat(at: str, value: int) -> str:
    return record("QuantityTypeIdentifierHeartRate", at, str(value))


def night(start: str, end: str) -> str:
    return record(_NIGHT[2:], start, _CORE, end)


OLD = [beat("2026-06-01 08:00:00", 60), beat("2026-06-02 08:00:00", 50), night("2026-05-31 23:00:00", "2026-06-01 06:00:00"),
       night("2026-06-02 23:00:00", "2026-06-03 06:00:00")]  # fmt: skip
LATER = [beat("2026-06-02 20:00:00", 90), beat("2026-06-03 08:00:00", 61), night("2026-06-01 23:00:00", "2026-06-02 05:00:00")]
WEIGHT = record("QuantityTypeIdentifierBodyMass", "2026-06-01 07:00:00", "82", unit="kg")
FILES = {
    "old": export("2026-06-02 12:00:00", WEIGHT, *OLD),
    "new": export("2026-06-03 12:00:00", WEIGHT.replace('"82"', '"81.5"'), *sorted(OLD + LATER)),
    "half": export("2026-06-03 12:00:00", WEIGHT.replace('"82"', '"81.5"'), *sorted(OLD + LATER))[:-380],
}


def told(store: Store) -> list[str]:
    return list(export_lines(store, "me", raw=False))


@pytest.mark.parametrize("order", [order for order in permutations(FILES) if order.index("new") >= 0], ids="-".join)
def test_the_order_of_exports_changes_nothing(store: Store, order: tuple[str, ...]) -> None:
    for name in order:
        brought(store, FILES[name], name="a.xml" if name != "half" else "half.xml")
    beats = {each["day"]: each["heart_rate_bpm"] for each in store.bodies("me", "measurement") if "heart_rate_bpm" in each}
    assert beats == {"2026-06-01": 60, "2026-06-02": 70, "2026-06-03": 61}
    assert [each["asleep_s"] for each in store.bodies("me", "sleep")] == [7 * 3600, 6 * 3600, 7 * 3600]
    assert [each["body_mass_kg"] for each in store.bodies("me", "measurement") if "body_mass_kg" in each] == [81.5]


def test_again_and_a_later_export_of_the_same_change_nothing(store: Store) -> None:
    brought(store, FILES["new"])
    before = told(store)
    assert brought(store, FILES["new"]).changed == 0
    found = brought(store, FILES["new"].replace(b"2026-06-03 12:00:00 +0200", b"2026-07-03 12:00:00 +0200"))
    assert (found.new, found.changed, found.removed) == (0, 0, 0)
    assert told(store) == before


def test_what_a_later_export_does_not_hold_any_more_is_gone(store: Store) -> None:
    brought(store, FILES["new"])
    later = FILES["new"].replace(b"2026-06-03 12:00:00 +0200", b"2026-07-03 12:00:00 +0200")
    gone = next(each for each in LATER if _NIGHT[2:] in each).encode()
    assert brought(store, later.replace(gone, b"")).removed == 1
    assert len(store.bodies("me", "sleep")) == 2
