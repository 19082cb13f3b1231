"""The history of a source's runs, as both engines keep it: one small JSON text a run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from store.items import dump, instant, instant_text

RunState = Literal["running", "ok", "partial", "reconnect", "inactive", "limited", "failed", "ended"]
COUNTS = ("new", "changed", "removed", "rejected", "requests")


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of one source. `ended` and the counts are None where they are not known: it runs still, or was killed.

    State `running` is written when a run begins; `ended` means that its process went away in the middle: the next run found it so.
    Its counts are then those of the last piece it had stored, which is the least it did.
    """

    source: str
    began: datetime
    ended: datetime | None = None
    state: RunState = "running"
    new: int | None = None
    changed: int | None = None
    removed: int | None = None
    rejected: int | None = None
    requests: int | None = None
    message: str = ""

    @property
    def seconds(self) -> float | None:
        """How long it took; None where that is not known."""
        return None if self.ended is None else max((self.ended - self.began).total_seconds(), 0.0)


def run_body(run: Run) -> dict[str, Any]:
    """`run` as a JSON object; what is not known is left out."""
    item: dict[str, Any] = {"source": run.source, "began": instant_text(run.began), "state": run.state}
    if run.ended is not None:
        item |= {"ended": instant_text(run.ended), "seconds": round(run.seconds or 0.0, 3)}
    item |= {name: count for name in COUNTS if (count := getattr(run, name)) is not None}
    return item | ({"message": run.message} if run.message else {})


def run_text(run: Run) -> str:
    """`run` as one line of JSON."""
    return dump(run_body(run))


def run_of(text: str) -> Run:
    """The run that `run_text` wrote."""
    item: dict[str, Any] = json.loads(text)
    item.pop("seconds", None)
    for name in ("began", "ended"):
        if name in item:
            item[name] = instant(item[name])
    return Run(**item)
