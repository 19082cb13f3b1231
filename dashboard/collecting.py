"""Collecting now: the loop of the collectors in a background job, a step for each source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from collectors import loop
from dashboard import words
from dashboard.jobs import Report
from dashboard.looks import zone_of
from dashboard.page import House

OWNER: Final = "web"
_STEP: Final = {"ok": "done", "limited": "done", "partial": "done"}


def start(house: House, names: Sequence[str] | None = None) -> int | None:
    """Collect those sources (None: all that are connected) in the background; the job, or None where there is nothing to do.

    A source that a job is already collecting is left to it. The lease of the loop keeps the clock process and this one apart.
    """
    busy = {name for job in house.jobs.running("collect") for name in job.subject}
    wanted = loop.connected(house.store, house.person, house.services) if names is None else names
    todo = [name for name in wanted if name in house.services and name not in busy]
    if not todo:
        return None
    titles = [house.services[name].title for name in todo]

    def work(report: Report) -> None:
        for at, name in enumerate(todo):
            _one(house, name, at, report)

    return house.jobs.start("collect", todo, titles, work)


def _one(house: House, name: str, at: int, report: Report) -> None:
    title = house.services[name].title
    report.step(at, state="running", said="Asking for what is new")

    def heard(line: str) -> None:
        report.step(at, said=line.removeprefix(f"{title}: "))

    results = loop.collect(
        house.store, house.person, house.services, [name], house.clock, OWNER, zone_of(house), heard, stop=report.stop
    )
    result = results[0]
    report.step(at, state=_STEP.get(result.state, "failed"), said=summary(result))


def summary(result: loop.RunResult) -> str:
    """What a run did: `12 new, 1 changed. 2 rows were set aside.`"""
    counted = [(result.new, "new"), (result.changed, "changed"), (result.removed, "gone at the source")]
    parts = [f"{words.number(n)} {said}" for n, said in counted if n]
    did = ", ".join(parts) or ("Nothing new" if result.state == "ok" else "")
    aside = (
        f"{words.count(result.rejected, 'row')} {'was' if result.rejected == 1 else 'were'} set aside" if result.rejected else ""
    )
    return " ".join(f"{each.rstrip('.')}." for each in (did, aside, result.message) if each)
