"""Export and restore: the same bytes through any engine, and a damaged file costs its damaged lines only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from health.records import Exercise, Goal, Split
from store.backup import KINDS, Restored, export_lines, restore_lines
from store.decisions import Correction, Decision
from store.store import GroupWrite, Store, StoreError, Token
from tests.store.made import ME, NOW, START, gone, hours, meal, night, raw, reject, run, session, weigh_in, write_of

pytest_plugins = ["tests.conftest_dynamodb"]

NewStore = Callable[..., Store]


def fill(store: Store) -> None:
    """Something of all that can be in a ledger."""
    accepted = gone(weigh_in("accepted"), "900 kg", rejected=(reject("withings_api", "accepted"),))
    store.write(
        ME,
        [
            write_of(
                weigh_in("2", "81.123456", at=START + hours(1), modified=NOW), {"v": 1.0, "big": 10**20, "é": "\ud800 \u2028"}
            ),
            write_of(weigh_in("1", "80"), "a", "b", zone_is_account_default=True, zone="Europe/Berlin"),
            write_of(run("edited"), units="km"),
            write_of(run("deleted")),
            write_of(run("gone")),
            write_of(
                session("s", note='with "quotes" and \n lines'), rejected=(reject("strong", "s", "rpe"), reject("strong", "s"))
            ),
            write_of(night("n")),
            write_of(meal("m"), {"kcal": 650}),
            gone(session("bad"), "row 7", rejected=(reject("strong", "bad"),)),
            accepted,
            GroupWrite(source="hevy", group="?", kind="workout", rows=(), record=None, rejected=[reject("hevy", "?")]),
        ],
        NOW,
    )
    store.write(ME, [gone(run("gone"))], NOW)
    store.edit(ME, run("edited", "4000"), (), 1, NOW)
    store.delete(ME, "activity", "strava_api:deleted", 1, NOW)
    store.edit(ME, weigh_in("accepted", "90"), (), 0, NOW)
    goal = Goal(person=ME, source="app", native_id="g", at=START, zone="UTC", quantity="body_mass_kg", direction="lose")
    store.edit(ME, goal, raw("app", "g", "lose"), 0, NOW)
    meant = Exercise(person=ME, source="app", native_id="x", at=START, zone="UTC", given="Rücken \n 3", title="Back extension")
    store.edit(ME, meant, raw("app", "x", "meant"), 0, NOW)
    apart = (("strava_api:1",), ("strava_export:1", "fit:x"))
    store.edit(ME, Split(person=ME, source="app", native_id="s", at=START, zone="UTC", of="activity", apart=apart), (), 0, NOW)
    store.edit(ME, session("typed", source="app"), raw("app", "typed"), 0, NOW)
    store.delete(ME, "workout", "app:typed", 1, NOW)
    store.put_setting(ME, "units", {"mass": "lb"})
    store.put_decision(ME, Decision(source="strong", row_id="s/1", group="s", at=NOW, dismissed={"rpe": "877777"}))
    cells = {"/Date": Correction(was="x", now="2025-01-01"), "/reps": Correction(now=5)}
    store.put_decision(ME, Decision(source="hevy", row_id="?", group="?", at=NOW - hours(1), fixed=cells, moved="2025-01-01"))
    store.put_token(ME, Token(source="strava", access="secret", refresh="secret", expires_at=None), 0)


def exported(store: Store, **more: Any) -> list[str]:
    return list(export_lines(store, ME, **more))


def restored(store: Store, lines: Iterable[str | bytes]) -> Restored:
    data = [each if isinstance(each, bytes) else each.encode() for each in lines]
    return restore_lines(store, lambda: iter(data), NOW)


@pytest.mark.parametrize(
    "route", [("sqlite",), ("dynamodb",), ("sqlite", "dynamodb", "sqlite"), ("dynamodb", "sqlite", "dynamodb")]
)
def test_export_restore_export_gives_the_same_bytes(store_of: NewStore, route: tuple[str, ...]) -> None:
    first = store_of(route[0])
    fill(first)
    lines = exported(first)
    store = first
    for engine in route[1:] or route:
        store = store_of(engine)
        result = restored(store, lines)
        assert (result.wrong, result.lines) == ([], len(lines))
        assert exported(store) == lines
        assert store.check() == []
        again = restored(store, lines)
        assert (again.new, again.changed, again.wrong) == (0, 0, [])
        assert exported(store) == lines
    assert store.overrides(ME) == first.overrides(ME)
    assert store.rejected(ME) == first.rejected(ME)
    assert store.counts(ME) == first.counts(ME)
    assert store.token(ME, "strava") is None


def test_what_a_person_overrode_stays_so_after_a_restore(store: Store, new_store: NewStore) -> None:
    fill(store)
    other = new_store()
    restored(other, exported(store))
    writes = [write_of(run("edited"), units="km"), write_of(run("deleted"))]
    assert other.write(ME, writes, NOW) == ["unchanged", "unchanged"]
    assert other.get(ME, "activity", "strava_api:edited").body["distance_m"] == 4000
    assert other.get(ME, "activity", "strava_api:deleted") is None


def test_lines_are_ordered_by_kind_at_and_id_and_hold_no_secret(store: Store) -> None:
    fill(store)
    items = [json.loads(line) for line in exported(store)]
    assert [(each["kind"], each.get("at", ""), each["id"]) for each in items] == sorted(
        (each["kind"], each.get("at", ""), each["id"]) for each in items
    )
    assert {each["kind"] for each in items} == set(KINDS) - {"series"}
    assert "secret" not in "".join(exported(store))
    assert all({"id", "person"} <= each.keys() for each in items)


def test_one_kind_and_no_raw(store: Store) -> None:
    fill(store)
    lines = exported(store)
    for kind in KINDS:
        assert exported(store, kind=kind) == [line for line in lines if json.loads(line)["kind"] == kind]
    bare = [json.loads(line) for line in exported(store, raw=False)]
    assert not any("raw" in each for each in bare)
    assert [each["id"] for each in bare if each["kind"] == "raw"] == ["app:typed", "strava_api:deleted"]


def test_a_restore_without_raw_rows_keeps_those_that_are_there(store: Store) -> None:
    fill(store)
    lines = exported(store)
    restored(store, exported(store, raw=False))
    restored(store, exported(store, kind="workout"))
    assert exported(store) == lines


def test_a_restore_removes_nothing(store: Store) -> None:
    fill(store)
    lines = exported(store)
    store.edit(ME, run("deleted", "1"), (), 0, NOW)
    store.write(ME, [write_of(run("later"))], NOW)
    assert restored(store, lines).wrong == []
    assert {each["native_id"] for each in store.bodies(ME, "activity")} == {"edited", "deleted", "later"}


WRONG = [
    b"{",
    b"[1]",
    b'{"kind":"token"}',
    b"\xff\xfe",
    b'{"kind":"measurement","id":"a:1"}',
    b'{"kind":"measurement","person":"me","source":"a","native_id":"1","at":"yesterday","zone":"UTC","body_mass_kg":80}',
    b'{"kind":"measurement","person":"me","source":"a","native_id":"1","at":"2025-01-01T00:00:00Z","zone":"Moon","body_mass_kg":80}',
    b'{"kind":"measurement","person":"me","source":"a","native_id":"1","at":"2025-01-01T00:00:00Z","zone":"UTC","body_mass_kg":-8}',
    b'{"kind":"measurement","person":"me","source":"a","native_id":"1","at":"2025-01-01T00:00:00Z","zone":"UTC","body_mass_kg":NaN}',
    b'{"kind":"measurement","person":7,"source":"a","native_id":"1","at":"2025-01-01T00:00:00Z","zone":"UTC","body_mass_kg":80}',
    b'{"kind":"workout","person":"me","source":"a","native_id":"1","at":"2025-01-01T00:00:00Z","zone":"UTC","sets":[7]}',
    b'{"kind":"raw","person":"me","source":"a","native_id":"1","raw":"no rows"}',
    b'{"kind":"raw","person":"me","source":"a","native_id":"1","removed":"token"}',
    b'{"kind":"rejected","person":"me"}',
    b'{"kind":"rejected","person":"me","source":"a","group":"g","row_id":1,"row":"","field":"","reason":"","said":""}',
    b'{"kind":"setting","id":"units"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_a_wrong_line_is_named_and_costs_itself_only(store: Store, new_store: NewStore, wrong: bytes) -> None:
    fill(store)
    lines: list[Any] = exported(store)
    other = new_store()
    result = restored(other, [*lines[:4], wrong, b"", *lines[4:]])
    assert [each.line for each in result.wrong] == [5]
    assert result.wrong[0].reason
    assert exported(other) == lines


def test_a_record_the_engine_cannot_hold_costs_itself_only(store_of: NewStore) -> None:
    first, second = store_of("sqlite"), store_of("dynamodb")
    first.write(ME, [write_of(weigh_in("x" * 1100)), write_of(weigh_in("1")), write_of(run("r"))], NOW)
    lines = exported(first)
    result = restored(second, lines)
    assert [lines[each.line - 1] for each in result.wrong] == exported(first, kind="measurement")[1:]
    assert second.counts(ME) == {"strava_api": {"activity": 1}, "withings_api": {"measurement": 1}}


def test_a_store_that_fails_ends_the_restore(store_of: NewStore, tmp_path: Any) -> None:
    store = store_of("sqlite")
    fill(store)
    lines = [line.encode() for line in exported(store)]

    class Full:
        def __getattr__(self, name: str) -> Any:
            return getattr(store, name)

        def write(self, *_: Any) -> Any:
            raise StoreError("the disk is full")

    with pytest.raises(StoreError, match="disk is full"):
        restore_lines(Full(), lambda: iter(lines), NOW)  # type: ignore[arg-type]
