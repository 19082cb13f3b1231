"""The production engine: two on-demand DynamoDB tables (docs/decisions/0002-dynamodb-keys.md).

`PREFIX-ledger` holds what must come back together (records, raw rows, cursors, settings; point-in-time recovery on), `PREFIX-state`
what must not come back from the past (tokens, leases).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from health.records import RawRow, Rejected
from store import _decide
from store._decide import at_key
from store._dynamodb_calls import ATTEMPTS, Calls, Conflict, Item
from store._dynamodb_items import key as key_of
from store._dynamodb_ledger import Ledger
from store._dynamodb_notes import DynamoDBNotes
from store._dynamodb_raw import shelf_items
from store._dynamodb_tables import create_tables
from store._dynamodb_verify import findings
from store.items import dump, instant_text
from store.store import StoreError, SyncState, Token
from store.sync import state_of, state_text
from store.tokens import TokenBox


class DynamoDBStore(Ledger, DynamoDBNotes):
    """The port `Store` on the tables `prefix`-ledger and `prefix`-state. `keys` encrypt tokens, the first one new ones."""

    def __init__(
        self, prefix: str, keys: tuple[str, ...], *, endpoint: str | None = None, sleep: Callable[[float], None] = sleep
    ) -> None:
        super().__init__(Calls(endpoint, sleep=sleep), f"{prefix}-ledger")
        self._state = f"{prefix}-state"
        self._box = TokenBox(keys)

    # -- raw and rejected rows
    def raw_groups(self, person: str, source: str, groups: Iterable[str]) -> dict[str, list[RawRow]]:
        return self._raw.raw_groups(person, source, groups)

    def all_raw_groups(self, person: str, source: str | None = None) -> Iterator[tuple[str, str, list[RawRow]]]:
        return self._raw.all_raw_groups(person, source)

    def rejected(self, person: str, source: str | None = None) -> list[Rejected]:
        return self._raw.rejected(person, source)

    def delete_source(self, person: str, source: str, now: datetime) -> int:
        removed = super().delete_source(person, source, now)
        self._forget_decisions(person, source)
        return removed

    # -- where each source stands
    def sync_state(self, person: str, source: str) -> SyncState | None:
        item = self._calls.get(self._ledger, key_of(person, "sync", source))
        return state_of(item["state"]["S"]) if item else None

    def sync_states(self, person: str) -> list[SyncState]:
        return [state_of(item["state"]["S"]) for item in shelf_items(self._calls, self._ledger, person, "sync")]

    def put_sync_state(self, person: str, state: SyncState) -> None:
        item = key_of(person, "sync", state.source) | {"state": {"S": state_text(state)}}
        self._calls.do("put_item", TableName=self._ledger, Item=item)

    def delete_sync_state(self, person: str, source: str) -> None:
        self._calls.do("delete_item", TableName=self._ledger, Key=key_of(person, "sync", source))

    # -- tokens, encrypted at rest
    def token(self, person: str, source: str) -> Token | None:
        item = self._calls.get(self._state, key_of(person, "token", source))
        return self._box.unseal(person, source, item["sealed"]["S"], int(item["version"]["N"])) if item else None

    def put_token(self, person: str, token: Token, expected_version: int | None) -> Token:
        where, writer = key_of(person, "token", token.source), secrets.token_hex(16)
        content = {"sealed": {"S": self._box.seal(person, token)}, "writer": {"S": writer}}
        for attempt in range(ATTEMPTS):
            item = self._calls.get(self._state, where)
            stored = int(item["version"]["N"]) if item else 0
            version = _decide.next_token_version(stored, expected_version, token.source)
            if self._put_token(where | content | {"version": {"N": str(version)}}, stored):
                return _decide.with_version(token, version)
            self._calls.wait(attempt)
        raise StoreError(f"The sign-in of {token.source} could not be stored: others kept renewing it. Try again.")

    def _put_token(self, item: Item, stored: int) -> bool:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if stored:
            condition = {
                "ConditionExpression": "#version = :stored",
                "ExpressionAttributeNames": {"#version": "version"},
                "ExpressionAttributeValues": {":stored": {"N": str(stored)}},
            }
        try:
            self._calls.do("put_item", TableName=self._state, Item=item, **condition)
        except Conflict:
            now = self._calls.get(self._state, {"pk": item["pk"], "sk": item["sk"]})
            return now is not None and now["writer"] == item["writer"]  # a lost reply: this very write had been applied
        return True

    def delete_token(self, person: str, source: str) -> None:
        self._calls.do("delete_item", TableName=self._state, Key=key_of(person, "token", source))

    # -- leases
    def acquire(self, name: str, owner: str, ttl: timedelta, now: datetime) -> bool:
        item = _lease(name) | {"owner": {"S": owner}, "expires": {"S": at_key(instant_text(now + ttl))}}
        try:
            # The owner's own second try, after a lost reply, is let in by the condition.
            self._calls.do(
                "put_item",
                TableName=self._state,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR #owner = :owner OR expires <= :now",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": owner}, ":now": {"S": at_key(instant_text(now))}},
            )
        except Conflict:
            return False
        return True

    def holder(self, name: str) -> str | None:
        item = self._calls.get(self._state, _lease(name))
        return item["owner"]["S"] if item else None

    def release(self, name: str, owner: str) -> None:
        try:
            self._calls.do(
                "delete_item",
                TableName=self._state,
                Key=_lease(name),
                ConditionExpression="attribute_not_exists(pk) OR #owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": owner}},
            )
        except Conflict:
            return  # another owner's by now

    # -- settings of a person
    def setting(self, person: str, key: str) -> Any | None:
        item = self._calls.get(self._ledger, key_of(person, "setting", key))
        return json.loads(item["value"]["S"]) if item else None

    def put_setting(self, person: str, key: str, value: Any) -> None:
        item = key_of(person, "setting", key) | {"value": {"S": dump(value)}}
        self._calls.do("put_item", TableName=self._ledger, Item=item)

    def settings(self, person: str) -> dict[str, Any]:
        found = shelf_items(self._calls, self._ledger, person, "setting")
        return {item["sk"]["S"]: json.loads(item["value"]["S"]) for item in found}

    # -- life
    def create(self) -> None:
        create_tables(self._calls, self._ledger, self._state)

    def check(self) -> list[str]:
        return findings(self._calls.scan(self._ledger))

    def close(self) -> None:
        self._calls.close()


def _lease(name: str) -> Item:
    return {"pk": {"S": "lease"}, "sk": {"S": name}}
