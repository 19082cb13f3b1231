"""What stands beside the records in DynamoDB: a person's decisions on rows set aside, and the history of runs."""

from __future__ import annotations

from datetime import datetime

from store._decide import at_key
from store._dynamodb_calls import Calls, Item
from store._dynamodb_items import key, partition
from store._dynamodb_raw import shelf_items
from store.decisions import Decision, decision_of, decision_text
from store.items import instant_text
from store.runs import Run, run_of, run_text


class DynamoDBNotes:
    """The part of the engine that keeps decisions and runs: an item each, on shelves of their own."""

    _calls: Calls
    _ledger: str

    # -- decisions on rows set aside
    def decisions(self, person: str, source: str | None = None) -> list[Decision]:
        begins = f"{source}:" if source else None
        found = [decision_of(item["body"]["S"]) for item in shelf_items(self._calls, self._ledger, person, "decision", begins)]
        return sorted(found, key=lambda each: (each.source, each.row_id))

    def put_decision(self, person: str, decision: Decision) -> None:
        item = key(person, "decision", decision.id) | {"body": {"S": decision_text(person, decision)}}
        self._calls.do("put_item", TableName=self._ledger, Item=item)

    def delete_decision(self, person: str, source: str, row_id: str) -> None:
        self._calls.do("delete_item", TableName=self._ledger, Key=key(person, "decision", f"{source}:{row_id}"))

    def _forget_decisions(self, person: str, source: str) -> None:
        found = shelf_items(self._calls, self._ledger, person, "decision", f"{source}:", ProjectionExpression="pk, sk")
        self._calls.put_all(self._ledger, (), list(found))

    # -- the history of runs
    def runs(self, person: str, source: str | None = None) -> list[Run]:
        begins = f"{source}/" if source else None
        found = [run_of(item["body"]["S"]) for item in shelf_items(self._calls, self._ledger, person, "run", begins)]
        return sorted(found, key=lambda each: (each.began, each.source))

    def put_run(self, person: str, run: Run) -> None:
        name = f"{run.source}/{at_key(instant_text(run.began))}"
        self._calls.do("put_item", TableName=self._ledger, Item=key(person, "run", name) | {"body": {"S": run_text(run)}})

    def forget_runs(self, person: str, source: str, before: datetime) -> int:
        values: Item = {
            ":pk": {"S": partition(person, "run")},
            ":first": {"S": f"{source}/"},
            ":last": {"S": f"{source}/{at_key(instant_text(before))}"},
        }
        where = "pk = :pk AND sk BETWEEN :first AND :last"
        found = list(self._calls.query(self._ledger, where, values, ProjectionExpression="pk, sk"))
        old = [item for item in found if item["sk"]["S"] < values[":last"]["S"]]
        self._calls.put_all(self._ledger, (), old)
        return len(old)
