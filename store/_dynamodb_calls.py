"""Calls to DynamoDB: bounded retries with jitter, all pages, everything that came back unprocessed, errors in plain words.

boto3's own retries are off, so that there is one place that counts, waits and gives up. Items are in DynamoDB's own form
(`{"S": text}`, `{"N": digits}`), so no float can get into an attribute.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from time import sleep as real_sleep
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, EndpointConnectionError, HTTPClientError

from store.store import StoreDown, StoreError

Item = dict[str, dict[str, Any]]

ATTEMPTS = 8
FIRST_WAIT_S = 0.05
LONGEST_WAIT_S = 5.0
BATCH_WRITE = 25
BATCH_GET = 100
_SAFE = "What was stored before is safe; try again later."
_JITTER = secrets.SystemRandom().random  # processes that were refused together must not come back together

_BUSY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "ThrottlingException",
        "ThrottlingError",
        "RequestLimitExceeded",
        "LimitExceededException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "InternalServerError",
        "InternalServerException",
        "ServiceUnavailable",
    }
)
_REFUSED = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    }
)


class Conflict(Exception):
    """A condition did not hold: somebody else was first, or this very write had been applied before its reply was lost."""


def _must_be_whole(response_dict: Mapping[str, Any], **_: Any) -> None:
    """Refuse a reply that was spoilt on the way: botocore would read it as an empty one, which says that nothing is there."""
    try:
        json.loads(response_dict["body"])
    except ValueError:
        raise HTTPClientError(error="its reply was spoilt on the way") from None


class Calls:
    """The DynamoDB client. `sleep` and `jitter` (a number in [0, 1)) are arguments for tests."""

    def __init__(
        self,
        endpoint: str | None,
        *,
        sleep: Callable[[float], None] = real_sleep,
        jitter: Callable[[], float] = _JITTER,
    ) -> None:
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20, max_pool_connections=20)
        try:
            self._client: Any = boto3.client("dynamodb", endpoint_url=endpoint, config=config)
        except BotoCoreError as error:
            raise StoreError(f"DynamoDB cannot be reached: {error}. Set the AWS_* settings (docs/decisions/0002).") from error
        self._client.meta.events.register("before-parse.dynamodb", _must_be_whole)
        self._sleep, self._jitter = sleep, jitter

    def do(self, operation: str, **request: Any) -> dict[str, Any]:
        """The reply of one call. Raises Conflict where a condition failed, StoreError where it cannot be done."""
        for attempt in range(ATTEMPTS):
            try:
                reply: dict[str, Any] = getattr(self._client, operation)(**request)
                return reply
            except ClientError as error:
                why = _judged(operation, error)
            except (EndpointConnectionError, HTTPClientError) as error:
                why = f"could not be reached ({error})"
            except ConnectionError as error:  # no answer in five seconds, or no agreement on encryption: eight tries are a minute
                raise StoreDown(f"DynamoDB could not be reached ({error}). {_SAFE}") from error
            except BotoCoreError as error:
                raise StoreError(f"DynamoDB {operation} failed: {error}") from error
            self.wait(attempt)
        raise StoreDown(f"DynamoDB {why}: {operation} gave up after {ATTEMPTS} tries. {_SAFE}")

    def wait(self, attempt: int) -> None:
        """Wait before the next try: a random part of a time that doubles with each one."""
        if attempt + 1 < ATTEMPTS:
            self._sleep(self._jitter() * min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt))

    def get(self, table: str, key: Item, **more: Any) -> Item | None:
        """One item as it stands, read consistently."""
        return self.do("get_item", TableName=table, Key=key, ConsistentRead=True, **more).get("Item")

    def query(self, table: str, condition: str, values: Item, **more: Any) -> Iterator[Item]:
        """All items under a key condition, page by page, read consistently."""
        request = {"TableName": table, "KeyConditionExpression": condition, "ExpressionAttributeValues": values} | more
        return self._pages("query", request)

    def scan(self, table: str) -> Iterator[Item]:
        """Every item of a table, read consistently."""
        return self._pages("scan", {"TableName": table})

    def get_all(self, table: str, keys: Sequence[Item], **more: Any) -> list[Item]:
        """The items under those (distinct) keys that exist, read consistently, in no order."""
        found: list[Item] = []
        for start in range(0, len(keys), BATCH_GET):
            pending: dict[str, Any] = {table: {"Keys": list(keys[start : start + BATCH_GET]), "ConsistentRead": True} | more}
            for reply in self._until_empty("batch_get_item", pending, "UnprocessedKeys"):
                found += reply["Responses"].get(table, [])
        return found

    def put_all(self, table: str, items: Iterable[Item], removed: Iterable[Item] = ()) -> None:
        """Put items and remove keys (all distinct), in no order; each is done when this returns."""
        requests: list[dict[str, Any]] = [{"PutRequest": {"Item": each}} for each in items]
        requests += [{"DeleteRequest": {"Key": each}} for each in removed]
        for start in range(0, len(requests), BATCH_WRITE):
            pending = {table: requests[start : start + BATCH_WRITE]}
            for _ in self._until_empty("batch_write_item", pending, "UnprocessedItems"):
                pass

    def pause(self) -> None:
        """Wait a second for the service to finish something of its own."""
        self._sleep(1.0)

    @staticmethod
    def code(error: StoreError) -> str | None:
        """The service's own word for what it refused."""
        cause = error.__cause__
        return str(cause.response["Error"]["Code"]) if isinstance(cause, ClientError) else None

    def close(self) -> None:
        """Close the connections. The client cannot be used again."""
        self._client.close()

    def _pages(self, operation: str, request: dict[str, Any]) -> Iterator[Item]:
        while True:
            reply = self.do(operation, ConsistentRead=True, **request)
            yield from reply["Items"]
            if not reply.get("LastEvaluatedKey"):
                return
            request = request | {"ExclusiveStartKey": reply["LastEvaluatedKey"]}

    def _until_empty(self, operation: str, pending: dict[str, Any], left: str) -> Iterator[dict[str, Any]]:
        idle = 0  # tries in a row that got nothing done
        while pending:
            before = _count(pending)
            reply = self.do(operation, RequestItems=pending)
            yield reply
            pending = reply.get(left) or {}
            idle = 0 if _count(pending) < before else idle + 1
            if idle >= ATTEMPTS:
                raise StoreDown(f"DynamoDB left {_count(pending)} items undone {ATTEMPTS} times in a row ({operation}). {_SAFE}")
            if pending:
                self.wait(idle)


def _count(pending: dict[str, Any]) -> int:
    return sum(len(each["Keys"]) if isinstance(each, dict) else len(each) for each in pending.values())


def _judged(operation: str, error: ClientError) -> str:
    """Why to try again, in words. Raises what trying again would not change."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    reasons = {str(each.get("Code", "None")) for each in error.response.get("CancellationReasons", ())} - {"None"}
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in reasons:
        raise Conflict from error
    if code in _BUSY or (reasons and reasons <= _BUSY) or status >= 500:
        return f"is too busy ({', '.join(sorted(reasons)) or code or status})"
    if code == "ResourceNotFoundException":
        raise StoreError("The tables of FITBOARD_STORE do not exist: run `python -m store create`.") from error
    if code in _REFUSED:
        raise StoreError(
            f"DynamoDB refused the AWS credentials ({code}): check the AWS_* settings. Nothing was changed."
        ) from error
    raise StoreError(f"DynamoDB refused {operation}: {error.response.get('Error', {}).get('Message') or code}") from error
