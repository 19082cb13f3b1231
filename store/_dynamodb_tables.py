"""Making the two DynamoDB tables, from `python -m store create` alone."""

from __future__ import annotations

from typing import Any

from store._dynamodb_calls import ATTEMPTS, Calls
from store._dynamodb_items import INDEX
from store.store import StoreError

_KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
_TYPES = [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}]
_BY_AT = {
    "IndexName": INDEX,
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    "Projection": {"ProjectionType": "ALL"},
}
_WAITS = 60


def create_tables(calls: Calls, ledger: str, state: str) -> None:
    """Make both tables where they are missing, wait until they can be used, and keep the ledger's history. Harmless again."""
    existing = {ledger: _status(calls, ledger), state: _status(calls, state)}
    if existing[ledger] is None:
        _create(
            calls,
            ledger,
            AttributeDefinitions=[*_TYPES, {"AttributeName": "at", "AttributeType": "S"}],
            LocalSecondaryIndexes=[_BY_AT],
            DeletionProtectionEnabled=True,
        )
    if existing[state] is None:
        _create(calls, state, AttributeDefinitions=_TYPES)
    for table in (ledger, state):
        _until_active(calls, table)
    _keep_history(calls, ledger)


def _create(calls: Calls, table: str, **more: Any) -> None:
    try:
        calls.do("create_table", TableName=table, KeySchema=_KEYS, BillingMode="PAY_PER_REQUEST", **more)
    except StoreError:
        if _status(calls, table) is None:  # not made by another process in this moment
            raise


def _status(calls: Calls, table: str) -> str | None:
    try:
        return str(calls.do("describe_table", TableName=table)["Table"]["TableStatus"])
    except StoreError as error:
        if calls.code(error) == "ResourceNotFoundException":
            return None
        raise


def _until_active(calls: Calls, table: str) -> None:
    for _ in range(_WAITS):
        if _status(calls, table) == "ACTIVE":
            return
        calls.pause()
    raise StoreError(f"The table {table} is still being made: run `python -m store create` again in a minute.")


def _keep_history(calls: Calls, ledger: str) -> None:
    """Point-in-time recovery (35 days), where the endpoint has it: emulators may not."""
    wanted = {"PointInTimeRecoveryEnabled": True}
    for _ in range(ATTEMPTS):
        try:
            calls.do("update_continuous_backups", TableName=ledger, PointInTimeRecoverySpecification=wanted)
            return
        except StoreError as error:
            code = calls.code(error)
            if code in ("UnknownOperationException", "ValidationException", "NotImplemented"):
                return
            if code != "ContinuousBackupsUnavailableException":  # for a short while after the table is made
                raise
        calls.pause()
    raise StoreError(
        f"The tables are there, but point-in-time recovery of {ledger} is not on yet: run `python -m store create` again."
    )
