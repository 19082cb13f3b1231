"""DynamoDB on a bad day: throttled, half done, cut off. Nothing is lost, doubled or misreported, and nothing is tried for ever."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from store._dynamodb_calls import ATTEMPTS
from store.dynamodb import DynamoDBStore
from store.store import StaleEdit, StoreError, Token
from tests.store.made import KEYS, ME, NOW, START, gone, hours, raw, session, weigh_in, write_of
from tests.store.proxy import Body, Forward, Proxy, Reply, error, proxied

pytest_plugins = ["tests.conftest_dynamodb"]

_numbers = count(1)
FORTY = [write_of(weigh_in(f"{n:02d}", str(60 + n), at=START + hours(n))) for n in range(40)]


@pytest.fixture
def proxy(endpoint: str) -> Iterator[Proxy]:
    with proxied(endpoint) as made:
        yield made


@pytest.fixture
def waits() -> list[float]:
    """How long the store under test slept, each time."""
    return []


@pytest.fixture
def stores(endpoint: str, proxy: Proxy, aws: None, waits: list[float]) -> Iterator[tuple[DynamoDBStore, DynamoDBStore]]:
    """One set of tables, seen through the proxy and directly."""
    prefix = f"faults{next(_numbers)}"
    direct = DynamoDBStore(prefix, KEYS, endpoint=endpoint)
    direct.create()
    spoiled = DynamoDBStore(prefix, KEYS, endpoint=proxy.address, sleep=waits.append)
    yield spoiled, direct
    for each in (spoiled, direct):
        each.close()


@pytest.fixture
def store(stores: tuple[DynamoDBStore, DynamoDBStore]) -> DynamoDBStore:
    return stores[0]


@pytest.fixture
def direct(stores: tuple[DynamoDBStore, DynamoDBStore]) -> DynamoDBStore:
    return stores[1]


def only(operation: str, spoiled: object) -> object:
    """A spoiler of one operation alone."""

    def spoil(name: str, body: Body, forward: Forward) -> Reply | None:
        return spoiled(body, forward) if name == operation else forward(body)  # type: ignore[operator]

    return spoil


def half_written(body: Body, forward: Forward) -> Reply:
    ((table, requests),) = body["RequestItems"].items()
    done = (len(requests) + 1) // 2
    status, reply = forward({**body, "RequestItems": {table: requests[:done]}})
    left = {table: requests[done:]} if requests[done:] else {}
    return status, {**reply, "UnprocessedItems": left}


def half_read(body: Body, forward: Forward) -> Reply:
    ((table, wanted),) = body["RequestItems"].items()
    done = (len(wanted["Keys"]) + 1) // 2
    status, reply = forward({"RequestItems": {table: {**wanted, "Keys": wanted["Keys"][:done]}}})
    left = {table: {**wanted, "Keys": wanted["Keys"][done:]}} if wanted["Keys"][done:] else {}
    return status, {**reply, "UnprocessedKeys": left}


def test_what_came_back_unprocessed_is_sent_again_until_none_is_left(store, direct, proxy) -> None:
    proxy.spoil = only("BatchWriteItem", half_written)
    assert store.write(ME, FORTY, NOW) == ["new"] * 40
    assert proxy.count("BatchWriteItem") > 2
    assert len(list(direct.all_raw_groups(ME))) == 40
    proxy.spoil = only("BatchGetItem", half_read)
    assert store.write(ME, FORTY, NOW) == ["unchanged"] * 40
    assert len(store.raw_groups(ME, "withings_api", [each.group for each in FORTY])) == 40
    assert len(store.changes(ME, 1)[0]) == 39


def test_nothing_ever_processed_ends_in_words_with_no_record_before_its_rows(store, direct, proxy, waits) -> None:
    proxy.spoil = only("BatchWriteItem", lambda body, forward: (200, {"UnprocessedItems": body["RequestItems"]}))
    with pytest.raises(StoreError, match="25 items undone"):
        store.write(ME, FORTY, NOW)
    assert proxy.count("BatchWriteItem") == ATTEMPTS
    assert (direct.sequence(ME), direct.bodies(ME, "measurement")) == (0, [])
    assert 0 < sum(waits) < 15


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"])
def test_throttling_is_waited_out_with_growing_jittered_pauses(store, direct, proxy, waits, code) -> None:
    refused: dict[str, int] = {}

    def spoil(name: str, body: Body, forward: Forward) -> Reply:
        refused[name] = refused.get(name, 0) + 1
        return error(code) if refused[name] <= 3 else forward(body)

    proxy.spoil = spoil
    assert store.write(ME, FORTY, NOW) == ["new"] * 40
    assert len(direct.bodies(ME, "measurement")) == 40
    assert waits
    assert len(set(waits)) == len(waits)  # no two processes wait alike
    proxy.spoil, before = (lambda *_: error(code)), len(proxy.calls)
    with pytest.raises(StoreError, match=f"too busy \\({code}\\).*gave up after {ATTEMPTS} tries"):
        store.sequence(ME)
    assert len(proxy.calls) - before == ATTEMPTS


@pytest.mark.parametrize("status", [500, 503])
def test_a_stumbling_service_and_a_cut_connection_are_tried_again(store, proxy, status) -> None:
    stumbles: list[Reply | None] = [error("InternalServerError", status), None, error("ServiceUnavailable", status)]
    proxy.spoil = lambda name, body, forward: stumbles.pop() if stumbles else forward(body)
    assert store.write(ME, FORTY[:2], NOW) == ["new", "new"]
    assert store.sequence(ME) == 2


def without_token(body: Body) -> Body:
    # DynamoDB itself knows a repeated call by this token for ten minutes; without it only our own recognition is left.
    return {key: value for key, value in body.items() if key != "ClientRequestToken"}


class LostReplies:
    """The first `count` calls of one operation are carried out and their replies lost; `between` happens right after each."""

    def __init__(self, operation: str, lost: int = 1, between: object = None) -> None:
        self.operation, self.left, self.between = operation, lost, between

    def __call__(self, name: str, body: Body, forward: Forward) -> Reply | None:
        reply = forward(without_token(body))
        if name != self.operation or self.left == 0:
            return reply
        self.left -= 1
        if self.between:
            self.between()  # type: ignore[operator]
        return None


def test_an_own_write_is_known_again_after_its_reply_was_lost(store, direct, proxy) -> None:
    proxy.spoil = LostReplies("TransactWriteItems")
    assert store.write(ME, FORTY[:3], NOW) == ["new"] * 3
    assert proxy.count("TransactWriteItems") == 2
    assert [each.seq for each in direct.changes(ME, 0)[0]] == [1, 2, 3]
    assert direct.sequence(ME) == 3


def test_an_own_edit_and_delete_are_no_stale_ones_after_a_lost_reply(store, direct, proxy) -> None:
    made = weigh_in(source="app")
    proxy.spoil = LostReplies("TransactWriteItems")
    assert store.edit(ME, made, raw("app", "1"), 0, NOW).version == 1
    proxy.spoil = LostReplies("TransactWriteItems")
    store.delete(ME, "measurement", made.id, 1, NOW)
    assert direct.get(ME, "measurement", made.id) is None
    assert direct.sequence(ME) == 2


def test_an_own_write_is_known_again_even_when_another_followed_it(store, direct, proxy) -> None:
    made = weigh_in(source="app")

    def other() -> None:
        direct.write(ME, FORTY[:2], NOW)

    proxy.spoil = LostReplies("TransactWriteItems", between=other)
    assert store.edit(ME, made, raw("app", "1"), 0, NOW).seq == 1
    assert direct.sequence(ME) == 3
    assert direct.check() == []


def test_a_change_decided_on_old_facts_is_decided_again(store, direct, proxy) -> None:
    made, raced = weigh_in(source="app"), []

    def spoil(name: str, body: Body, forward: Forward) -> Reply:
        if name == "TransactWriteItems" and not raced:
            raced.append(direct.edit(ME, made, raw("app", "1"), 0, NOW))
        return forward(body)

    proxy.spoil = spoil
    with pytest.raises(StaleEdit):
        store.edit(ME, weigh_in(kg="99", source="app"), raw("app", "1", "99"), 0, NOW)
    assert direct.get(ME, "measurement", made.id) == raced[0]
    assert direct.raw_groups(ME, "app", ["1"]) == {"1": raw("app", "1")}
    raced.clear()
    direct.delete(ME, "measurement", made.id, 1, NOW)
    assert store.write(ME, FORTY[:2], NOW) == ["new", "new"]
    assert direct.check() == []


def test_a_crash_between_rows_and_record_is_mended_by_the_next_run(store, direct, proxy) -> None:
    proxy.spoil = only("TransactWriteItems", lambda body, forward: error("InternalServerError", 500))
    with pytest.raises(StoreError, match="too busy"):
        store.write(ME, FORTY[:2], NOW)
    assert (len(list(direct.all_raw_groups(ME))), direct.sequence(ME)) == (2, 0)
    assert direct.write(ME, FORTY[:2], NOW) == ["new", "new"]
    assert direct.check() == []


def test_transactions_that_met_are_tried_again(store, proxy) -> None:
    met = iter([error("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}, {"Code": "None"}])])
    proxy.spoil = only("TransactWriteItems", lambda body, forward: next(met, None) or forward(body))
    assert store.write(ME, FORTY[:2], NOW) == ["new", "new"]


def test_a_token_and_a_lease_survive_a_lost_reply(store, direct, proxy) -> None:
    token = Token(source="strava", access="a", refresh="r", expires_at=None)
    proxy.spoil = LostReplies("PutItem")
    assert store.put_token(ME, token, 0).version == 1
    proxy.spoil = LostReplies("PutItem")
    assert store.put_token(ME, token, 1).version == 2
    assert direct.token(ME, "strava").version == 2
    proxy.spoil = LostReplies("PutItem")
    assert store.acquire("collect", "me", timedelta(minutes=1), NOW)
    assert not direct.acquire("collect", "you", timedelta(minutes=1), NOW)


def test_every_read_is_consistent_and_every_number_whole(store, proxy) -> None:
    store.write(ME, FORTY, NOW)
    store.edit(ME, weigh_in(source="app"), raw("app", "1"), 0, NOW)
    store.changes(ME, 0), store.changes(ME, 40), store.bodies(ME, "measurement"), store.rejected(ME), list(store.all_raw_groups(ME))
    for name, body in proxy.calls:
        if name in ("GetItem", "Query", "Scan"):
            assert body["ConsistentRead"] is True
        if name == "BatchGetItem":
            assert all(each["ConsistentRead"] for each in body["RequestItems"].values())
        for item in [each["Put"]["Item"] for each in body.get("TransactItems", ())]:
            assert all(value["N"].isdigit() for value in item.values() if "N" in value)


def test_an_unchanged_group_costs_reads_only(store, proxy) -> None:
    store.write(ME, FORTY, NOW)
    proxy.calls.clear()
    assert store.write(ME, FORTY, NOW) == ["unchanged"] * 40
    assert {name for name, _ in proxy.calls} == {"GetItem", "BatchGetItem"}


def test_a_session_that_fits_no_item_is_named(store, direct) -> None:
    chance = random.Random(5)
    huge = session("huge", note=chance.randbytes(600_000).hex())
    with pytest.raises(StoreError, match="workout strong:huge is too large for DynamoDB"):
        store.write(ME, [write_of(huge, "row")], NOW)
    long = session("long", sets=6_000)  # 600 KB as text: packed it fits
    assert store.write(ME, [write_of(long, "row")], NOW) == ["new"]
    assert len(direct.get(ME, "workout", long.id).body["sets"]) == 6_000
    with pytest.raises(StoreError, match="longer than 1024 bytes"):
        store.write(ME, [write_of(weigh_in("x" * 2000))], NOW)


def test_refusals_say_what_to_do(store, endpoint, aws, proxy, monkeypatch) -> None:
    nowhere = DynamoDBStore("nowhere", KEYS, endpoint=endpoint)
    for ask in (nowhere.sequence, nowhere.counts, nowhere.settings):
        with pytest.raises(StoreError, match="python -m store create"):
            ask(ME)
    nowhere.close()
    proxy.spoil = lambda *_: error("UnrecognizedClientException")
    with pytest.raises(StoreError, match="AWS credentials"):
        store.sequence(ME)
    proxy.spoil = lambda *_: error("ValidationException")
    with pytest.raises(StoreError, match="ValidationException, said the proxy"):
        store.sequence(ME)
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(StoreError, match="region"):
        DynamoDBStore("nowhere", KEYS, endpoint=endpoint)


def test_create_makes_on_demand_tables_that_keep_their_history(store, proxy) -> None:
    ledger = store._calls.do("describe_table", TableName=store._ledger)["Table"]
    assert ledger["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert ledger["DeletionProtectionEnabled"] is True
    history = store._calls.do("describe_continuous_backups", TableName=store._ledger)["ContinuousBackupsDescription"]
    assert history["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    backups = iter([error("ContinuousBackupsUnavailableException"), error("UnknownOperationException")])
    proxy.spoil = only("UpdateContinuousBackups", lambda body, forward: next(backups))
    store.create()  # not yet, then: this endpoint has none


def test_parts_of_large_groups_are_never_missing_and_leave_nothing_behind(store, direct, proxy) -> None:
    chance = random.Random(7)
    noise = [chance.randbytes(400_000).hex() for _ in range(2)]
    first, second = write_of(session("big"), *noise), write_of(session("big"), *noise[::-1])

    def parts() -> int:
        return sum("/part/" in item["pk"]["S"] for item in direct._calls.scan(direct._ledger))

    store.write(ME, [first], NOW)
    assert parts() > 1
    for cut in (0, 1, 2):  # cut off before the new parts, before the new head, before the old parts go
        done: list[str] = []

        def spoil(name: str, body: Body, forward: Forward, cut: int = cut, done: list[str] = done) -> Reply:
            done += [name] if name == "BatchWriteItem" else []
            return error("InternalServerError", 500) if len(done) > cut else forward(body)

        proxy.spoil = spoil
        with pytest.raises(StoreError):
            store.write(ME, [second], NOW)
        assert direct.raw_groups(ME, "strong", ["big"])["big"] in (list(first.rows), list(second.rows))
    direct.write(ME, [write_of(session("big"), "small")], NOW)
    direct.write(ME, [first], NOW)
    direct.write(ME, [second], NOW)
    direct.write(ME, [gone(session("big"))], NOW)
    assert direct.check() == []
    assert parts() == 0


def test_a_reply_that_was_spoilt_on_the_way_is_no_empty_one(store, direct, proxy) -> None:
    store.write(ME, FORTY, NOW)
    spoilt = count()

    def spoil(name: str, body: Body, forward: Forward) -> Reply:
        status, reply = forward(body)
        return (status, b"\x00{" + json.dumps(reply).encode()) if next(spoilt) % 3 else (status, reply)

    proxy.spoil = spoil
    assert len(store.bodies(ME, "measurement")) == 40
    assert store.write(ME, FORTY, NOW) == ["unchanged"] * 40
    assert store.token(ME, "withings") is None
    store.put_token(ME, Token(source="withings", access="a", refresh="r", expires_at=NOW), None)
    assert store.token(ME, "withings") is not None
    proxy.spoil = lambda name, body, forward: (200, b"no JSON")
    with pytest.raises(StoreError, match="spoilt on the way"):
        store.token(ME, "withings")
