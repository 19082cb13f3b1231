"""Rows set aside: looked at, corrected, taken as true, dismissed, taken back; and what of it holds over import and rebuild."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from collectors import keep
from collectors.cells import CannotDecide
from collectors.decided import open_rejected
from collectors.importing import FileResult, import_file
from collectors.leases import Lease
from collectors.rebuild import rebuild
from collectors.rejecting import Aside, Desk, handle, word_handle
from collectors.source import ReadOptions, sources
from health.records import RawRow
from store.items import record
from store.sqlite import SQLiteStore
from store.store import GroupWrite, Store
from tests.store.made import reject

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
ME = "me"
STRONG = """Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE
2025-01-01 10:00:00,Legs,Squat,1,100,5,,,,,
2025-01-01 10:00:00,Legs,Squat,2,100,877777,,,,,
2025-01-01 10:00:00,Legs,Squat,3,1OO,5,,,,,
2025-13-01 10:00:00,Legs,Squat,4,90,8,,,,,
2025-01-01 10:00:00,Legs,Squat, with chains,5,80,9,,,,,
2025-01-08 10:00:00,Legs,Squat,1,105,5,,,,,
"""
SCALE = "Date,Weight (kg),Fat (%)\n2025-01-01,80.5,21\n2025-01-02,900,22\n2025-01-32,81,20\n,82,20\n"


@pytest.fixture
def store(tmp_path: Any) -> Store:
    made = SQLiteStore(tmp_path / "f.db", ("a-key-for-tests-that-is-long-enough",))
    made.create()
    return made


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store=store, person=ME, clock=lambda: NOW, wait_s=0.0)


def bring(store: Store, text: str, name: str = "strong.csv", **options: Any) -> FileResult:
    given = ReadOptions(zone="Europe/Berlin", units="kg", **options)
    (result,) = import_file(store, ME, io.BytesIO(text.encode()), name, given, NOW)
    assert result.error is None, result.error
    return result


def named(desk: Desk, field: str, said: str | None = None) -> Aside:
    found = [each for each, _ in desk.rejected() if each.field == field and said in (None, each.said)]
    assert found, [(each.field, each.said, each.reason) for each, _ in desk.rejected()]
    return desk.look(handle(found[0]))


def state(store: Store) -> list[Any]:
    """All that a person sees, but for versions and numbers in the sequence."""
    kinds = ("measurement", "workout", "activity")
    return [store.bodies(ME, kind) for kind in kinds] + [sorted((e.id, e.said, e.reason) for e in open_rejected(store, ME))]


def raw(store: Store) -> dict[str, Any]:
    """Every kept raw row as it came, by its id, and that none is kept twice."""
    rows = [row for _, _, kept in store.all_raw_groups(ME) for row in kept]
    assert len({(row.source, row.row_id) for row in rows}) == len(rows), "a row is kept twice"
    return {f"{row.source}:{row.row_id}": row.data for row in rows}


def sets(store: Store, at: int = 0) -> list[tuple[Any, ...]]:
    return [(each.get("load_kg"), each.get("reps")) for each in store.bodies(ME, "workout")[at]["sets"]]


def again(store: Store, text: str = STRONG, name: str = "strong.csv") -> None:
    """What is decided holds over another import and over rebuild, and neither changes anything."""
    seen, kept = state(store), raw(store)
    bring(store, text, name)
    assert (state(store), raw(store)) == (seen, kept)
    tally = rebuild(store, ME, NOW)
    assert (state(store), raw(store), tally.new, tally.changed, tally.removed) == (seen, kept, 0, 0, 0)
    assert store.check() == []


def test_a_row_is_looked_at_as_it_came_with_what_can_be_done(store: Store, desk: Desk) -> None:
    assert bring(store, STRONG).rejected == 4
    aside = named(desk, "reps")
    assert aside.row is not None
    assert (aside.row.data["Reps"], aside.row.place, aside.rejected.reason) == ("877777", "strong.csv, row 3", "is above 1,000")
    assert next(iter(aside.cells)) == "/Reps"
    assert aside.can == ("fix", "accept", "dismiss")
    assert named(desk, "weight").can == ("fix", "dismiss")
    with pytest.raises(CannotDecide, match="no such row"):
        desk.look("0123456789")


def test_an_unlikely_value_is_taken_as_true_for_good_and_that_can_be_undone(store: Store, desk: Desk) -> None:
    bring(store, STRONG)
    before, kept = state(store), raw(store)
    word = desk.accept(named(desk, "reps").handle)
    assert (100, 877777) in sets(store)
    assert "reps" not in {each.field for each, _ in desk.rejected()}
    again(store)
    with pytest.raises(CannotDecide, match="correct it or dismiss"):
        desk.accept(named(desk, "weight").handle)
    desk.undo(word_handle(word))
    assert (state(store), raw(store), store.decisions(ME)) == (before, kept, [])


def test_a_cell_is_corrected_for_good_the_row_stays_as_it_came_and_that_can_be_undone(store: Store, desk: Desk) -> None:
    bring(store, STRONG)
    before, kept = state(store), raw(store)
    word = desk.fix(named(desk, "weight").handle, {"/Weight": "100"})
    assert sets(store) == [(100, 5), (100, 5)]
    assert raw(store) == kept
    assert store.bodies(ME, "workout")[0]["id"] == "strong:2025-01-01 10:00:00|Legs"
    assert (word.fixed["/Weight"].was, word.fixed["/Weight"].now) == ("1OO", "100")
    came = desk.came(word)
    assert came is not None
    assert came.data["Weight"] == "1OO"
    again(store)
    desk.undo(word_handle(word))
    assert (state(store), raw(store), store.decisions(ME)) == (before, kept, [])
    with pytest.raises(CannotDecide, match="no such decision"):
        desk.undo(word_handle(word))


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"/Weight": "x"}, "“x” is not a number"),
        ({"/Weight": "1OO"}, "Nothing was changed"),
        ({}, "Nothing was changed"),
        ({"/Load": "1"}, "no cell 'Load'"),
        ({"/Weight": "9" * 3000}, "characters at most"),
    ],
)
def test_a_correction_that_does_not_help_is_refused_and_changes_nothing(
    store: Store, desk: Desk, cells: dict[str, str], reason: str
) -> None:
    bring(store, STRONG)
    before = state(store)
    with pytest.raises(CannotDecide, match=reason):
        desk.fix(named(desk, "weight").handle, cells)
    assert (state(store), store.decisions(ME)) == (before, [])


def test_a_corrected_date_puts_the_set_into_its_session_and_back(store: Store, desk: Desk) -> None:
    bring(store, STRONG)
    before, kept = state(store), raw(store)
    word = desk.fix(named(desk, "date").handle, {"/Date": "2025-01-01 10:00:00"})
    assert word.moved == "2025-01-01 10:00:00|Legs"
    assert sets(store) == [(100, 5), (90, 8)]
    assert raw(store) == kept
    again(store)
    desk.undo(word_handle(word))
    assert (state(store), raw(store)) == (before, kept)


def test_a_line_that_a_comma_shifted_is_cut_again_and_joins_its_session(store: Store, desk: Desk) -> None:
    bring(store, STRONG)
    kept = raw(store)
    aside = named(desk, "row")
    assert aside.cells["/Exercise Name"] == "Squat"
    assert aside.cells["/Set Order"] == " with chains"
    right = {"/Set Order": "5", "/Weight": "80", "/Reps": "9", "/Exercise Name": "Squat, with chains"}
    with pytest.raises(CannotDecide, match="Not stored"):
        desk.fix(aside.handle, {"/Date": ""})
    word = desk.fix(aside.handle, right)
    assert (word.moved, sets(store)) == ("2025-01-01 10:00:00|Legs", [(100, 5), (80, 9)])
    assert raw(store) == kept
    again(store)


def test_every_row_corrected_is_what_the_corrected_file_says(store: Store, desk: Desk, tmp_path: Any) -> None:
    bring(store, STRONG)
    desk.fix(named(desk, "reps").handle, {"/Reps": "7"})
    desk.fix(named(desk, "weight").handle, {"/Weight": "100"})
    desk.fix(named(desk, "date").handle, {"/Date": "2025-01-01 10:00:00"})
    shifted = {"/Exercise Name": "Squat with chains", "/Set Order": "5", "/Weight": "80", "/Reps": "9", "/Distance": ""}
    desk.fix(named(desk, "row").handle, shifted)
    right = STRONG.replace("877777", "7").replace("1OO", "100").replace("2025-13", "2025-01").replace("Squat, with", "Squat with")
    clean = SQLiteStore(tmp_path / "clean.db", ("a-key-for-tests-that-is-long-enough",))
    clean.create()
    bring(clean, right)
    assert state(store) == state(clean)
    again(store)
    bring(store, right)  # then the person puts the file right, too
    assert state(store) == state(clean)
    assert raw(store) == raw(clean)
    clean.close()


def test_a_weigh_in_keeps_its_name_and_a_file_put_right_later_makes_no_second_one(store: Store, desk: Desk) -> None:
    bring(store, SCALE, "scale.csv")
    desk.accept(named(desk, "weight", "900").handle)
    desk.fix(named(desk, "date").handle, {"/Date": "2025-01-31"})
    desk.fix(named(desk, "row").handle, {"/Date": "2025-02-01"})
    found = {each["day"]: each["body_mass_kg"] for each in store.bodies(ME, "measurement")}
    assert found == {"2025-01-01": 80.5, "2025-01-02": 900, "2025-01-31": 81, "2025-02-01": 82}
    again(store, SCALE, "scale.csv")
    bring(store, SCALE.replace("01-32", "01-31").replace("\n,82", "\n2025-02-01,82"), "scale.csv")
    assert {each["day"]: each["body_mass_kg"] for each in store.bodies(ME, "measurement")} == found
    assert len(store.bodies(ME, "measurement")) == 4
    bring(store, "Date,Weight (kg)\n2024-01-01,79\n", "scale.csv")  # another file of that name takes nothing away
    assert len(store.bodies(ME, "measurement")) == 5


def test_what_is_dismissed_is_counted_no_longer_and_comes_back(store: Store, desk: Desk) -> None:
    bring(store, STRONG)
    before = state(store)
    word = desk.dismiss(named(desk, "weight").handle)
    assert len(open_rejected(store, ME)) == 3
    assert [dismissed for each, dismissed in desk.rejected() if each.field == "weight"] == [True]
    assert bring(store, STRONG).rejected == 3
    assert rebuild(store, ME, NOW).rejected == 3
    again(store)
    changed = STRONG.replace("1OO", "1OOO")  # the file says something else: that is another complaint
    bring(store, changed)
    assert len(open_rejected(store, ME)) == 4
    bring(store, STRONG)
    desk.undo(word_handle(word))
    assert (state(store), store.decisions(ME)) == (before, [])


def test_a_row_can_be_dismissed_that_no_reader_knows(store: Store, desk: Desk) -> None:

    store.write(
        ME, [GroupWrite(source="gone", group="g", kind="workout", rows=(), record=None, rejected=[reject("gone", "g")])], NOW
    )
    aside = named(desk, "reps")
    assert (aside.row, aside.can) == (None, ("dismiss",))
    desk.dismiss(aside.handle)
    assert open_rejected(store, ME) == []
    for act in (desk.accept, lambda name: desk.fix(name, {"/x": "1"})):
        with pytest.raises(CannotDecide):
            act(aside.handle)


def test_what_the_person_changed_by_hand_stands_over_a_decision_and_its_undoing(store: Store, desk: Desk) -> None:
    bring(store, STRONG)
    first = store.bodies(ME, "workout")[0]
    stored = store.get(ME, "workout", first["id"])
    assert stored is not None
    store.edit(ME, record({**stored.body, "name": "By hand"}), (), stored.version, NOW)
    word = desk.accept(named(desk, "reps").handle)
    assert store.bodies(ME, "workout")[0]["name"] == "By hand"
    again(store)
    desk.undo(word_handle(word))
    assert store.bodies(ME, "workout")[0]["name"] == "By hand"
    again(store)
    stored = store.get(ME, "workout", first["id"])
    assert stored is not None
    store.delete(ME, "workout", first["id"], stored.version, NOW)
    desk.accept(named(desk, "reps").handle)
    assert store.get(ME, "workout", first["id"]) is None
    again(store)


def test_while_the_source_is_read_nothing_is_decided(store: Store, desk: Desk) -> None:
    bring(store, STRONG)
    aside = named(desk, "reps")
    lease = Lease(store, "import:strong", "another", lambda: NOW)
    assert lease.take()
    for act in (desk.accept, desk.dismiss, lambda name: desk.fix(name, {"/Reps": "7"})):
        with pytest.raises(CannotDecide, match="being read right now"):
            act(aside.handle)
    lease.release()
    assert store.decisions(ME) == []
    desk.accept(aside.handle)


def _groups(kg: int, **more: Any) -> dict[str, Any]:
    measures = [{"type": 1, "value": kg * 1000, "unit": -3}, {"type": 6, "value": 21500, "unit": -3}]
    return {"grpid": 7, "attrib": 0, "date": 1735725600, "category": 1, "modified": 1735725700, "measures": measures} | more


@pytest.mark.parametrize("way", ["accept", "fix", "someone else's"])
def test_a_reading_of_the_scale_by_api(store: Store, desk: Desk, way: str) -> None:
    reader: Any = sources()["withings"]
    module = __import__("collectors.sources._withings_measures", fromlist=["rows"])
    weight = _groups(90, attrib=1) if way == "someone else's" else _groups(900)
    body: dict[str, Any] = {"measuregrps": [weight], "timezone": "Europe/Berlin"}
    keep.keep(store, reader, ME, module.rows(body, "1"), NOW)
    aside = named(desk, "body_mass_kg")
    if way == "fix":
        assert list(aside.cells.values())[:1] != []
        place = next(place for place, value in aside.cells.items() if value == 900_000)
        with pytest.raises(CannotDecide, match="needs a number"):
            desk.fix(aside.handle, {place: "ninety"})
        desk.fix(aside.handle, {place: "90000"})
    else:
        desk.accept(aside.handle)
    (found,) = store.bodies(ME, "measurement")
    assert found["body_mass_kg"] == {"accept": 900, "fix": 90, "someone else's": 90}[way]
    keep.keep(
        store, reader, ME, module.rows({**body, "measuregrps": [{**body["measuregrps"][0], "modified": 1735729999}]}, "1"), NOW
    )
    assert store.bodies(ME, "measurement") == [found]  # a later time of change is no new word on the weight
    corrected = _groups(85, attrib=0)
    keep.keep(store, reader, ME, [*module.rows({**body, "measuregrps": [corrected]}, "1")], NOW)
    assert store.bodies(ME, "measurement")[0]["body_mass_kg"] == 85  # what the source says anew goes before the old correction


def test_a_cell_of_a_sheet_is_corrected_and_a_day_of_it_is_not(store: Store, desk: Desk) -> None:
    reader: Any = sources()["sheets"]
    context: dict[str, Any] = {"account": "s", "zone": "UTC", "unit": "kg", "exercise": "Squat", "wall": "2025-01-01"}
    context["fields"] = {"date": "A", "exercise": "B", "reps": "C", "weight": "D"}
    undated = {**context, "problem": "is no date", "said": "someday"}
    del undated["wall"]

    def row(group: str, number: int, context: dict[str, Any], **data: Any) -> RawRow:
        place, row_id = f"tab Log, row {number}", f"{group}/{number}"
        return RawRow(source="sheets", group=group, row_id=row_id, data=data, context=context, place=place)

    rows = [
        row("g", 1, context, A=1, B="Squat", C=5, D="8O"),
        row("g", 2, context, A=1, B="Squat", D=80),
        row("row 9/0", 9, undated, A="someday", B="Squat"),
    ]
    keep.keep(store, reader, ME, rows, NOW)
    desk.fix(named(desk, "weight").handle, {"/D": "80"})
    missing = named(desk, "reps")
    assert next(iter(missing.cells)) == "/C"
    desk.fix(missing.handle, {"/C": "6"})
    assert sets(store) == [(80, 5), (80, 6)]
    assert named(desk, "date").can == ("dismiss",)
    keep.keep(store, reader, ME, rows, NOW)
    assert sets(store) == [(80, 5), (80, 6)]


@pytest.mark.parametrize("at", range(1, 5))
@pytest.mark.parametrize("then", ["again", "rebuild", "import"])
def test_a_kill_between_any_two_writes_loses_and_doubles_nothing(
    store: Store, desk: Desk, monkeypatch: pytest.MonkeyPatch, at: int, then: str
) -> None:
    bring(store, STRONG)
    kept, aside, done = raw(store), named(desk, "date"), []

    def dying(write: Callable[..., Any]) -> Callable[..., Any]:
        def act(*given: Any) -> Any:
            done.append(write)
            if len(done) == at:
                raise KeyboardInterrupt
            return write(*given)

        return act

    with monkeypatch.context() as patch:
        for name in ("write", "put_decision"):
            patch.setattr(store, name, dying(getattr(store, name)))
        with suppress(KeyboardInterrupt):
            desk.fix(aside.handle, {"/Date": "2025-01-01 10:00:00"})
    if then == "rebuild":
        rebuild(store, ME, NOW)
    elif then == "import":
        bring(store, STRONG)
    held = [row for _, _, rows in store.all_raw_groups(ME) for row in rows]
    assert {f"{row.source}:{row.row_id}": row.data for row in held} == kept, "a row was lost"
    assert sets(store).count((90, 8)) <= 1
    asides = [each for each, _ in desk.rejected() if each.field == "date"]
    if asides:
        desk.fix(handle(asides[0]), {"/Date": "2025-01-01 10:00:00"})
    bring(store, STRONG)
    assert sets(store) == [(100, 5), (90, 8)]
    assert raw(store) == kept
