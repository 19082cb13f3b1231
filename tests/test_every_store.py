"""The contract of the port `Store`, run on every engine. What holds here is all that the rest of the house relies on."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from health.records import Goal, Record, Split
from store.decisions import Correction, Decision
from store.items import body
from store.runs import Run
from store.store import GroupWrite, StaleEdit, Store, StoreError, SyncState, Token
from tests.store.made import ME, NOW, START, gone, hours, meal, night, points, raw, reject, run, session, weigh_in, write_of

pytest_plugins = ["tests.conftest_dynamodb"]

NewStore = Callable[..., Store]


def ids(store: Store, kind: str, *bounds: datetime | None) -> list[str]:
    return [each["native_id"] for each in store.bodies(ME, kind, *bounds)]


def test_is_a_store(store: Store) -> None:
    assert isinstance(store, Store)


# -- upsert


def test_a_record_is_new_then_unchanged_then_changed_then_removed(store: Store) -> None:
    light, heavy = weigh_in(kg="80.5"), weigh_in(kg="80.6")
    said = [store.write(ME, [each], NOW) for each in (write_of(light), write_of(light), write_of(heavy), gone(heavy), gone(heavy))]
    assert said == [["new"], ["unchanged"], ["changed"], ["removed"], ["none"]]
    assert store.get(ME, "measurement", light.id) is None
    assert store.sequence(ME) == 3


def test_one_call_may_name_a_group_twice_and_the_later_wins(store: Store) -> None:
    writes = [write_of(weigh_in(kg="80")), write_of(weigh_in("2")), write_of(weigh_in(kg="81")), write_of(weigh_in(kg="81"))]
    assert store.write(ME, writes, NOW) == ["new", "new", "changed", "unchanged"]
    assert store.get(ME, "measurement", "withings_api:1").body["body_mass_kg"] == 81


def test_nothing_to_write_is_fine(store: Store) -> None:
    assert store.write(ME, [], NOW) == []
    assert (store.sequence(ME), store.changes(ME, 0), store.counts(ME), store.bodies(ME, "workout")) == (0, ([], 0), {}, [])
    assert store.check() == []


@pytest.mark.parametrize(
    "record",
    [
        weigh_in(kg="80.123456", modified=START + hours(1)),
        run("1"),
        session("Legs · 2025-01-01 · 2", note='quotes " and \\ and \n and é and 日本 and \u2028'),
        replace(session("empty"), sets=(), precision="day"),
        night("2025-01-02"),
        replace(night("nap"), is_nap=None, app=None, asleep_s=None),
        replace(meal("2025-01-01 · Diary"), name="Soup · 2"),
        Goal(person=ME, source="app", native_id="g", at=START, zone="UTC", quantity="body_mass_kg", direction="lose"),
        Split(person=ME, source="app", native_id="s", at=START, zone="UTC", of="activity", apart=(("fit:1",), ("gpx:2", "fit:3"))),
        weigh_in("a:b/c#d%e ü 💪", at=START.replace(microsecond=120000)),
        points("7|series"),
    ],
)
def test_every_kind_comes_back_as_it_went_in(store: Store, record: Record) -> None:
    store.write(ME, [write_of(record)], NOW)
    found = store.get(ME, record.kind, record.id)
    assert found is not None
    assert found.body == body(record)
    assert store.bodies(ME, record.kind) == [body(record)]
    assert store.changes(ME, 0)[0][0].body == body(record)
    assert store.check() == []


def test_people_do_not_see_each_other(store: Store) -> None:
    other = weigh_in(person="you", kg="60")
    store.write(ME, [write_of(weigh_in())], NOW)
    store.write("you", [write_of(other)], NOW)
    assert store.bodies("you", "measurement") == [body(other)]
    assert (store.sequence(ME), store.sequence("you")) == (1, 1)
    with pytest.raises(StoreError):
        store.write(ME, [write_of(other)], NOW)


def test_a_record_that_is_not_of_its_group_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="not of its group"):
        store.write(ME, [replace(write_of(weigh_in("1")), group="2")], NOW)
    assert store.sequence(ME) == 0


def test_the_older_of_two_versions_loses_with_its_raw_rows(store: Store) -> None:
    newer = write_of(weigh_in(kg="80", modified=START + hours(2)), "newer")
    older = write_of(weigh_in(kg="90", modified=START + hours(1)), "older", rejected=(reject("withings_api", "1"),))
    unsaid = write_of(weigh_in(kg="70"), "unsaid")
    assert [store.write(ME, [each], NOW) for each in (newer, older)] == [["new"], ["unchanged"]]
    assert store.raw_groups(ME, "withings_api", ["1"]) == {"1": list(newer.rows)}
    assert store.rejected(ME) == []
    assert store.write(ME, [unsaid], NOW) == ["changed"]  # where the source does not say, the later read is the newer


def test_the_zone_first_stored_stays_where_the_source_names_only_the_accounts(store: Store) -> None:
    moved = weigh_in(zone="America/New_York")
    store.write(ME, [write_of(weigh_in())], NOW)
    assert store.write(ME, [write_of(moved, zone_is_account_default=True)], NOW) == ["unchanged"]
    heavier = weigh_in(kg="90", zone="America/New_York")
    assert store.write(ME, [write_of(heavier, zone_is_account_default=True)], NOW) == ["changed"]
    found = store.get(ME, "measurement", moved.id)
    assert (found.body["zone"], found.body["body_mass_kg"]) == ("Europe/Berlin", 90)
    assert store.write(ME, [write_of(moved)], NOW) == ["changed"]  # a zone the source itself names is believed
    assert store.get(ME, "measurement", moved.id).body["zone"] == "America/New_York"


# -- reading by time


def test_bodies_and_keys_by_time_in_order_of_instant_then_id(store: Store) -> None:
    half = START.replace(second=2, microsecond=500000)
    records = [
        weigh_in("half", at=half),
        weigh_in("b", at=START.replace(second=2)),
        weigh_in("a", at=START.replace(second=2)),
        weigh_in("three", at=START.replace(second=3)),
        weigh_in("other", at=START.replace(second=2), source="app"),
    ]
    store.write(ME, [write_of(each) for each in records], NOW)
    assert ids(store, "measurement") == ["other", "a", "b", "half", "three"]
    assert ids(store, "measurement", half) == ["half", "three"]
    assert ids(store, "measurement", None, half) == ["other", "a", "b"]
    assert ids(store, "measurement", START, START.replace(second=3)) == ["other", "a", "b", "half"]
    assert store.keys(ME, "measurement", "withings_api") == ["a", "b", "half", "three"]
    assert store.keys(ME, "measurement", "withings_api", half, START.replace(second=3)) == ["half"]
    assert store.keys(ME, "activity", "withings_api") == []


def test_a_corrected_time_moves_the_record_and_leaves_no_second(store: Store) -> None:
    store.write(ME, [write_of(weigh_in())], NOW)
    store.write(ME, [write_of(weigh_in(at=START + hours(5)))], NOW)
    assert ids(store, "measurement", START, START + hours(1)) == []
    assert ids(store, "measurement", START + hours(5)) == ["1"]


def test_more_than_a_page_of_everything(store: Store) -> None:
    padding = "n" * 12_000  # DynamoDB pages at 1 MB, a batch at 25, a transaction at 100
    records = [session(f"{n:03d}", 2, at=START + hours(n), note=f"{padding}{n}") for n in range(230)]
    writes = [write_of(each, padding[: 3_000 + n]) for n, each in enumerate(records)]
    assert store.write(ME, writes, NOW) == ["new"] * 230
    assert store.bodies(ME, "workout") == [body(each) for each in records]
    assert [group for _, group, _ in store.all_raw_groups(ME)] == [each.native_id for each in records]
    names = [each.native_id for each in records]
    assert list(store.raw_groups(ME, "strong", [*reversed(names), "no such"])) == names[::-1]
    changed, reached = store.changes(ME, 0)
    assert ([each.seq for each in changed], reached) == (list(range(1, 231)), 230)
    assert store.write(ME, writes, NOW) == ["unchanged"] * 230
    assert store.counts(ME) == {"strong": {"workout": 230}}
    assert store.delete_source(ME, "strong", NOW) == 230
    assert (store.bodies(ME, "workout"), list(store.all_raw_groups(ME)), store.counts(ME)) == ([], [], {})
    assert store.sequence(ME) == 460


# -- what changed


def test_changes_tell_each_record_once_with_its_last_number_and_tombstones(store: Store) -> None:
    store.write(ME, [write_of(weigh_in("1")), write_of(weigh_in("2")), write_of(run("r"))], NOW)
    store.write(ME, [write_of(weigh_in("1", "90")), gone(weigh_in("2"))], NOW)
    changed, reached = store.changes(ME, 0)
    assert [(each.id, each.seq, each.body is None) for each in changed] == [
        ("strava_api:r", 3, False),
        ("withings_api:1", 4, False),
        ("withings_api:2", 5, True),
    ]
    assert reached == store.sequence(ME) == 5
    assert [each.id for each in store.changes(ME, 4)[0]] == ["withings_api:2"]
    assert store.changes(ME, 5) == ([], 5)


@pytest.mark.parametrize("seed", range(4))
def test_random_work_leaves_what_a_plain_dict_would(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    model: dict[str, Any] = {}
    seen: dict[str, Any] = {}
    since = 0
    for _ in range(12):
        writes = []
        for _ in range(chance.randint(1, 6)):
            record = weigh_in(str(chance.randint(1, 8)), str(chance.randint(60, 63)), at=START + hours(chance.randint(0, 3)))
            alive = chance.random() < 0.7
            writes.append(write_of(record) if alive else gone(record))
            model.pop(record.id, None)
            if alive:
                model[record.id] = body(record)
        store.write(ME, writes, NOW)
        if chance.random() < 0.5:
            changed, since = store.changes(ME, since)
            seen = {**seen, **{each.id: each.body for each in changed}}
            assert {key: value for key, value in seen.items() if value} == model
    assert {each["id"]: each for each in store.bodies(ME, "measurement")} == model
    assert store.counts(ME).get("withings_api", {}).get("measurement", 0) == len(model)
    assert store.check() == []


# -- what a person types


def test_an_edit_creates_changes_and_refuses_what_is_stale(store: Store) -> None:
    made = weigh_in(source="app")
    first = store.edit(ME, made, raw("app", "1", "80.5"), 0, NOW)
    assert (first.version, first.seq, first.body) == (1, 1, body(made))
    heavier = weigh_in(kg="81", source="app")
    for wrong in (0, 2):
        with pytest.raises(StaleEdit):
            store.edit(ME, heavier, raw("app", "1", "81"), wrong, NOW)
    assert store.get(ME, "measurement", "app:1") == first
    assert store.raw_groups(ME, "app", ["1"]) == {"1": raw("app", "1", "80.5")}
    second = store.edit(ME, heavier, raw("app", "1", "81"), 1, NOW)
    assert (second.version, second.body["body_mass_kg"], second.overrides) == (2, 81, None)
    assert store.raw_groups(ME, "app", ["1"]) == {"1": raw("app", "1", "81")}
    assert store.edit(ME, heavier, raw("app", "1", "81"), 2, NOW) == second
    assert store.sequence(ME) == 2


def test_a_delete_can_be_undone_by_either_number(store: Store) -> None:
    made, rows = weigh_in(source="app"), raw("app", "1", "80.5")
    store.edit(ME, made, rows, 0, NOW)
    for undo in (0, 4):
        version = store.get(ME, "measurement", made.id).version
        with pytest.raises(StaleEdit):
            store.delete(ME, "measurement", made.id, version + 1, NOW)
        store.delete(ME, "measurement", made.id, version, NOW)
        assert store.get(ME, "measurement", made.id) is None
        assert store.raw_groups(ME, "app", ["1"]) == {"1": rows}
        with pytest.raises(StaleEdit):
            store.delete(ME, "measurement", made.id, version, NOW)
        back = store.edit(ME, made, rows, undo, NOW)
        assert (back.version, back.overrides) == (version + 2, None)
    assert store.check() == []


def test_a_persons_word_holds_until_the_source_says_something_else(store: Store) -> None:
    said = write_of(weigh_in(kg="80"))
    store.write(ME, [said], NOW)
    store.edit(ME, weigh_in(kg="79"), (), 1, NOW)
    assert store.write(ME, [said], NOW) == ["unchanged"]
    assert store.get(ME, "measurement", "withings_api:1").body["body_mass_kg"] == 79
    store.delete(ME, "measurement", "withings_api:1", 2, NOW)
    assert store.write(ME, [said], NOW) == ["unchanged"]
    assert store.write(ME, [write_of(weigh_in(kg="80", zone="UTC"))], NOW) == ["unchanged"]
    assert store.get(ME, "measurement", "withings_api:1") is None
    assert list(store.overrides(ME)) == [("measurement", "withings_api:1")]
    assert store.write(ME, [write_of(weigh_in(kg="78"))], NOW) == ["new"]
    assert store.get(ME, "measurement", "withings_api:1").body["body_mass_kg"] == 78
    assert store.overrides(ME) == {}


def test_undo_of_a_deleted_source_record_leaves_nothing_overridden(store: Store) -> None:
    said = weigh_in(kg="80")
    store.write(ME, [write_of(said)], NOW)
    store.delete(ME, "measurement", said.id, 1, NOW)
    assert store.edit(ME, said, (), 0, NOW).overrides is None


def test_a_rejected_row_that_a_person_accepts_stays_accepted(store: Store) -> None:
    refused = gone(weigh_in(kg="80"), "900 kg", rejected=(reject("withings_api", "1"),))
    assert store.write(ME, [refused], NOW) == ["none"]
    store.edit(ME, weigh_in(kg="80"), (), 0, NOW)
    assert store.write(ME, [refused], NOW) == ["unchanged"]
    assert store.get(ME, "measurement", "withings_api:1") is not None
    assert store.write(ME, [gone(weigh_in())], NOW) == ["removed"]  # gone upstream is gone


# -- raw and rejected rows


def test_raw_rows_keep_their_order_and_context_and_go_with_their_group(store: Store) -> None:
    write = write_of(run("r"), {"b": 1, "a": [1.5, None, True, "é\ud800", 10**25]}, "second", units="lb", zone="+02:00")
    store.write(ME, [write, write_of(run("s"))], NOW)
    assert store.raw_groups(ME, "strava_api", ["r", "missing"]) == {"r": list(write.rows)}
    assert [(source, group) for source, group, _ in store.all_raw_groups(ME)] == [("strava_api", "r"), ("strava_api", "s")]
    assert list(store.all_raw_groups(ME, "strong")) == []
    store.write(ME, [gone(run("r"))], NOW)
    assert [group for _, group, _ in store.all_raw_groups(ME, "strava_api")] == ["s"]


def test_a_group_of_megabytes_is_kept_replaced_and_removed(store: Store) -> None:
    chance = random.Random(1)
    noise = [chance.randbytes(450_000).hex() for _ in range(3)]
    for rows in (noise, noise[:2], noise[1:], ["small"]):
        write = write_of(session("big"), *rows)
        store.write(ME, [write], NOW)
        assert store.raw_groups(ME, "strong", ["big"]) == {"big": list(write.rows)}
        assert store.check() == []
    store.write(ME, [write_of(session("big"), *noise)], NOW)
    store.delete_source(ME, "strong", NOW)
    assert list(store.all_raw_groups(ME)) == []


def test_a_row_that_is_no_json_is_refused_by_name(store: Store) -> None:
    for bad in (float("nan"), object()):
        with pytest.raises(StoreError, match="strava_api:r"):
            store.write(ME, [write_of(run("r"), bad)], NOW)
    assert store.sequence(ME) == 0


def test_rejected_rows_of_a_group_are_replaced_whole_and_ordered(store: Store) -> None:
    first = (reject("strong", "b", "reps"), reject("strong", "b", "load"))
    store.write(ME, [write_of(session("b"), rejected=first), write_of(session("a"), rejected=(reject("strong", "a"),))], NOW)
    store.write(ME, [gone(session("c", source="hevy"), "row", rejected=(reject("hevy", "c"),))], NOW)
    assert store.rejected(ME) == [reject("hevy", "c"), reject("strong", "a"), first[1], first[0]]
    assert store.rejected(ME, "hevy") == [reject("hevy", "c")]
    store.write(ME, [write_of(session("b"), rejected=first[:1]), write_of(session("a"))], NOW)
    assert store.rejected(ME, "strong") == [first[0]]
    store.delete_source(ME, "strong", NOW)
    assert store.rejected(ME) == [reject("hevy", "c")]


def test_delete_source_takes_one_source_whole_and_counts_the_living(store: Store) -> None:
    writes = [write_of(run("1")), write_of(run("2")), write_of(run("1", source="strava_export")), write_of(run("3"))]
    store.write(ME, writes, NOW)
    store.write(ME, [gone(run("2"))], NOW)
    store.delete(ME, "activity", "strava_api:3", 1, NOW)
    assert store.delete_source(ME, "strava_api", NOW) == 1
    assert store.counts(ME) == {"strava_export": {"activity": 1}}
    assert [group for _, group, _ in store.all_raw_groups(ME)] == ["1"]
    assert store.overrides(ME) == {}
    assert store.delete_source(ME, "strava_api", NOW) == 0
    assert store.write(ME, [write_of(run("1"))], NOW) == ["new"]  # connecting again starts anew
    assert store.check() == []


# -- state, tokens, settings


def test_sync_state_comes_back_whole(store: Store) -> None:
    state = SyncState(
        source="strava",
        cursor={"after": 1735689600, "page": None},
        state="limited",
        message="until 12:15",
        last_run=NOW,
        next_run=NOW + timedelta(microseconds=1),
        counts={"new": 3},
    )
    assert store.sync_state(ME, "strava") is None
    for each in (state, replace(state, state="ok"), SyncState(source="sheets")):
        store.put_sync_state(ME, each)
        assert store.sync_state(ME, each.source) == each
    assert [each.source for each in store.sync_states(ME)] == ["sheets", "strava"]
    store.delete_sync_state(ME, "strava")
    assert [each.source for each in store.sync_states(ME)] == ["sheets"]


def token(access: str = "access", source: str = "strava") -> Token:
    return Token(source=source, access=access, refresh="refresh", expires_at=NOW, account={"id": 7})


def test_a_token_is_compare_and_set(store: Store) -> None:
    assert store.token(ME, "strava") is None
    first = store.put_token(ME, token("a"), 0)
    assert first == replace(token("a"), version=1) == store.token(ME, "strava")
    for wrong in (0, 2):
        with pytest.raises(StaleEdit):
            store.put_token(ME, token("b"), wrong)
    assert store.put_token(ME, token("b"), 1).version == 2
    assert store.put_token(ME, token("c"), None) == store.token(ME, "strava")
    assert store.token(ME, "strava").version == 3
    assert store.token("you", "strava") is None
    store.delete_token(ME, "strava")
    assert store.token(ME, "strava") is None


def test_one_of_many_refreshes_wins(store: Store) -> None:
    store.put_token(ME, token("old"), 0)

    def refresh(name: int) -> bool:
        try:
            store.put_token(ME, token(str(name)), 1)
        except StaleEdit:
            return False
        return True

    assert sum(together(refresh, 6)) == 1
    assert store.token(ME, "strava").version == 2


def test_settings_are_whole_objects_by_key(store: Store) -> None:
    assert store.setting(ME, "units") is None
    store.put_setting(ME, "units", {"mass": "lb"})
    store.put_setting(ME, "height_m", 1.83)
    store.put_setting(ME, "units", {"mass": "kg", "first_weekday": 0})
    assert store.setting(ME, "units") == {"mass": "kg", "first_weekday": 0}
    assert store.settings(ME) == {"height_m": 1.83, "units": {"mass": "kg", "first_weekday": 0}}
    assert store.settings("you") == {}


# -- many at once


def together(work: Callable[[int], Any], count: int) -> list[Any]:
    """`work(0)`, `work(1)`, ... in threads that start at one moment."""
    start = Barrier(count)

    def each(number: int) -> Any:
        start.wait(20)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(each, range(count)))


def test_a_lease_has_one_holder_until_it_expires(store: Store) -> None:
    minute = timedelta(minutes=1)
    won = together(lambda n: store.acquire("collect", f"owner {n}", minute, NOW), 8)
    assert sum(won) == 1
    holder = f"owner {won.index(True)}"
    assert store.acquire("collect", holder, minute, NOW + minute / 2)  # renewed
    assert not store.acquire("collect", "late", minute, NOW + minute)
    assert store.holder("collect") == holder
    assert store.holder("nobody's") is None
    assert store.acquire("other", "late", minute, NOW)
    store.release("collect", "late")  # not its own: nothing happens
    assert not store.acquire("collect", "late", minute, NOW + minute)
    assert store.acquire("collect", "late", minute, NOW + minute * 1.5)
    store.release("collect", "late")
    assert store.acquire("collect", "third", minute, NOW)


def test_writers_at_once_leave_no_gap_and_lose_nothing(store: Store) -> None:
    def work(number: int) -> None:
        for n in range(4):
            store.write(ME, [write_of(weigh_in(f"{number}-{n}")), write_of(weigh_in("shared", str(60 + number)))], NOW)

    together(work, 4)
    changed, reached = store.changes(ME, 0)
    assert len(store.bodies(ME, "measurement")) == len(changed) == 17
    assert reached == store.sequence(ME)
    assert store.check() == []


def test_one_of_many_edits_wins(store: Store) -> None:
    store.edit(ME, weigh_in(source="app"), raw("app", "1"), 0, NOW)

    def edit(number: int) -> bool:
        try:
            store.edit(ME, weigh_in(kg=str(60 + number), source="app"), raw("app", "1", number), 1, NOW)
        except StaleEdit:
            return False
        return True

    won = together(edit, 5)
    assert sum(won) == 1
    assert store.get(ME, "measurement", "app:1").body["body_mass_kg"] == 60 + won.index(True)
    assert store.raw_groups(ME, "app", ["1"]) == {"1": raw("app", "1", won.index(True))}


def test_a_reader_sees_every_change_once_while_others_write(store: Store) -> None:
    def write(_: int) -> None:
        for n in range(12):
            store.write(ME, [write_of(weigh_in(str(n % 5), str(60 + n)))], NOW)

    def read(_: int) -> list[int]:
        seen, since = [], 0
        while since < 12:
            changed, since = store.changes(ME, since)
            seen += [each.seq for each in changed]
        return seen

    seen = together(lambda n: read(n) if n else write(n), 2)[1]
    assert seen == sorted(set(seen))
    assert seen[-1] == 12


def test_a_write_of_nothing_but_rejected_rows(store: Store) -> None:
    bad = GroupWrite(source="strong", group="x", kind="raw", rows=(), record=None, rejected=[reject("strong", "x")])
    assert store.write(ME, [bad], NOW) == ["none"]
    assert store.rejected(ME) == [reject("strong", "x")]
    assert list(store.all_raw_groups(ME)) == []
    assert store.check() == []


def test_instants_far_away_are_in_order(store: Store) -> None:
    dates = [datetime(1900, 1, 1, tzinfo=UTC), START, datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC)]
    store.write(ME, [write_of(weigh_in(str(at.year), at=at)) for at in reversed(dates)], NOW)
    assert ids(store, "measurement") == ["1900", "2025", "2199"]
    assert ids(store, "measurement", datetime(1899, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC)) == ["1900", "2025", "2199"]


# -- a person's word on rows set aside


def _word(row_id: str = "r/1", source: str = "strong", **more: Any) -> Decision:
    said: dict[str, Any] = {"group": "g", "at": NOW, "place": "strong.csv, row 12"} | (more or {"dismissed": {"reps": "877777"}})
    return Decision(source=source, row_id=row_id, **said)


@pytest.mark.parametrize(
    "word",
    [
        _word(),
        _word("a:b/c|ü 💪", accepted={"weight": "900", "rpe": "11"}, dismissed={"date": ""}),
        _word(fixed={"/Weight (kg)": Correction(was="8O", now="80"), "/measures/0/value": Correction(was=90000, now=9000)}),
        _word(fixed={"/": Correction(was="a,b,c"), "/Date": Correction(now="2025-01-01")}, moved="2025-01-01|Legs"),
    ],
)
def test_a_decision_comes_back_as_it_went_in_and_the_later_one_wins(store: Store, word: Decision) -> None:
    store.put_decision(ME, replace(word, accepted={"seconds": "1"}))
    store.put_decision(ME, word)
    assert store.decisions(ME) == [word]
    assert (store.decisions(ME, "strong"), store.decisions(ME, "str"), store.decisions("you")) == ([word], [], [])
    assert (store.check(), store.sequence(ME)) == ([], 0)
    store.delete_decision(ME, word.source, word.row_id)
    store.delete_decision(ME, word.source, word.row_id)
    assert store.decisions(ME) == []


def test_decisions_come_in_order_and_go_with_their_source_alone(store: Store) -> None:
    words = [_word("2"), _word("10"), _word("1", source="sheets")]
    for each in words:
        store.put_decision(ME, each)
    assert [each.id for each in store.decisions(ME)] == ["sheets:1", "strong:10", "strong:2"]
    assert store.delete_source(ME, "strong", NOW) == 0
    assert store.decisions(ME) == [words[2]]


# -- the history of runs


def test_runs_come_back_oldest_first_and_are_forgotten_by_age(store: Store) -> None:
    old = Run(source="withings", began=NOW - hours(5))
    done = replace(old, began=NOW, ended=NOW + timedelta(seconds=2.5), state="ok", new=3, changed=0, requests=4)
    other = Run(source="strava", began=NOW - hours(9), state="ended", message="It was ended.")
    for each in (done, old, other, replace(old, state="running")):
        store.put_run(ME, each)
    assert store.runs(ME) == [other, old, done]
    assert (store.runs(ME, "withings"), store.runs(ME, "with"), store.runs("you")) == ([old, done], [], [])
    assert done.seconds == 2.5
    assert store.forget_runs(ME, "withings", NOW) == 1
    assert store.forget_runs(ME, "withings", NOW) == 0
    assert store.runs(ME) == [other, done]


def test_changes_of_some_kinds_tell_how_far_all_went(store: Store) -> None:
    """Frames read no time series: neither at first nor when one came."""
    store.write(ME, [write_of(run("1")), write_of(points("1|series")), write_of(weigh_in())], NOW)
    for since in (0, 1):
        told, reached = store.changes(ME, since, ("activity", "measurement"))
        assert [each.kind for each in told] == ["activity", "measurement"][since:]
        assert reached == store.sequence(ME) == 3
    store.write(ME, [write_of(points("1|series", 12))], NOW)
    assert store.changes(ME, 3, ("activity",)) == ([], 4)
    assert [each.kind for each in store.changes(ME, 3)[0]] == ["series"]
    assert store.changes(ME, 4, ("activity",)) == ([], 4)


def test_a_series_of_a_day_fits_and_comes_back(store: Store) -> None:
    record = points("long|series", 90_000)
    store.write(ME, [write_of(record)], NOW)
    found = store.get(ME, "series", record.id)
    assert found is not None
    assert found.body == body(record)
    assert store.check() == []
