"""What stands beside the records in the SQLite file: a person's decisions on rows set aside, and the history of runs."""

from __future__ import annotations

from datetime import datetime

from store._decide import at_key
from store._sqlite_file import SQLiteFile
from store.decisions import Decision, decision_of, decision_text
from store.items import instant_text
from store.runs import Run, run_of, run_text


class SQLiteNotes:
    """The part of the engine that keeps decisions and runs."""

    _file: SQLiteFile

    # -- decisions on rows set aside
    def decisions(self, person: str, source: str | None = None) -> list[Decision]:
        query = "SELECT body FROM decision WHERE person = ? AND source = coalesce(?, source)"
        with self._file.read() as connection:
            texts = [text for (text,) in connection.execute(query, (person, source))]
        return sorted(map(decision_of, texts), key=lambda each: (each.source, each.row_id))

    def put_decision(self, person: str, decision: Decision) -> None:
        put = "INSERT OR REPLACE INTO decision (person, source, row_id, body) VALUES (?, ?, ?, ?)"
        with self._file.write() as connection:
            connection.execute(put, (person, decision.source, decision.row_id, decision_text(person, decision)))

    def delete_decision(self, person: str, source: str, row_id: str) -> None:
        with self._file.write() as connection:
            connection.execute("DELETE FROM decision WHERE person = ? AND source = ? AND row_id = ?", (person, source, row_id))

    # -- the history of runs
    def runs(self, person: str, source: str | None = None) -> list[Run]:
        query = "SELECT body FROM run WHERE person = ? AND source = coalesce(?, source)"
        with self._file.read() as connection:
            texts = [text for (text,) in connection.execute(query, (person, source))]
        return sorted(map(run_of, texts), key=lambda each: (each.began, each.source))

    def put_run(self, person: str, run: Run) -> None:
        put = "INSERT OR REPLACE INTO run (person, source, began, body) VALUES (?, ?, ?, ?)"
        with self._file.write() as connection:
            connection.execute(put, (person, run.source, at_key(instant_text(run.began)), run_text(run)))

    def forget_runs(self, person: str, source: str, before: datetime) -> int:
        delete = "DELETE FROM run WHERE person = ? AND source = ? AND began < ?"
        with self._file.write() as connection:
            return connection.execute(delete, (person, source, at_key(instant_text(before)))).rowcount
