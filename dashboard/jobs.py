"""Work that takes longer than a click: collecting now, importing files. One thread a job, its progress for anyone to see.

A job is a list of steps (a source, a file), each with a state and a line in plain words. Jobs live in the web process: what they
store is safe at every moment, so a server that stops in the middle leaves only work to be done again, never half of it.
"""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

StepState = Literal["waiting", "running", "done", "failed", "asks"]
Question = Literal["", "units", "dates", "mapping"]
LOG = logging.getLogger(__name__)
_KEPT = 12


@dataclass(frozen=True, kw_only=True)
class Step:
    """One source or file of a job. `done` of `total` rows (0: not known). `asks` names what only the person can say."""

    name: str
    state: StepState = "waiting"
    said: str = ""
    done: int = 0
    total: int = 0
    asks: Question = ""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job as it stands now. `subject` is what it works on: source names, or the id of an uploaded file."""

    id: int
    kind: Literal["collect", "import"]
    subject: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def running(self) -> bool:
        return any(each.state in ("waiting", "running") for each in self.steps)


class Report:
    """How the work says where it is; each call replaces a step."""

    def __init__(self, jobs: Jobs, job: int) -> None:
        self._jobs, self._job = jobs, job

    @property
    def stop(self) -> threading.Event:
        """Set when the work should end between two of its pieces."""
        return self._jobs.stop

    def step(self, at: int, **changed: object) -> None:
        """Change step number `at`: any of the fields of `Step`."""
        self._jobs.change(self._job, at, changed)

    def put(self, steps: Sequence[Step]) -> None:
        """Put other steps in their place: a ZIP turned out to hold several files."""
        self._jobs.put(self._job, steps)


Work = Callable[[Report], None]


@dataclass
class Jobs:
    """The jobs of one house. Those of one kind run one after the other; safe to use from any thread."""

    stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turns: dict[str, threading.Lock] = field(default_factory=lambda: {"collect": threading.Lock(), "import": threading.Lock()})
    _jobs: dict[int, Job] = field(default_factory=dict)
    _threads: dict[int, threading.Thread] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def start(self, kind: Literal["collect", "import"], subject: Sequence[str], names: Sequence[str], work: Work) -> int:
        """Begin `work` in a thread of its own, with one step for each of `names`; the job's id."""
        steps = tuple(Step(name=each) for each in names)
        with self._lock:
            job = Job(id=next(self._numbers), kind=kind, subject=tuple(subject), steps=steps)
            self._jobs[job.id] = job
            self._forget_old()
            # A daemon: the server must be able to end while a collection waits for a slow answer.
            thread = threading.Thread(target=self._run, args=(job, work), name=f"fitboard-{kind}-{job.id}", daemon=True)
            self._threads[job.id] = thread
        thread.start()
        return job.id

    def all(self) -> list[Job]:
        """Every job still known, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def get(self, job: int) -> Job | None:
        """The job of that number as it stands; None when it is forgotten."""
        with self._lock:
            return self._jobs.get(job)

    def running(self, kind: str | None = None) -> list[Job]:
        """The jobs under way (of that kind), the newest first."""
        return [each for each in self.all() if each.running and kind in (None, each.kind)]

    def dismiss(self, job: int) -> None:
        """Forget a job that is over."""
        with self._lock:
            if job in self._jobs and not self._jobs[job].running:
                self._jobs.pop(job)
                self._threads.pop(job, None)

    def wait(self, job: int, seconds: float) -> Job | None:
        """The job once it is over, or as it stands after that time."""
        thread = self._threads.get(job)
        if thread is not None:
            thread.join(seconds)
        return self.get(job)

    def change(self, job: int, at: int, changed: dict[str, object]) -> None:
        """Replace fields of a step. A job that was forgotten meanwhile is let be."""
        with self._lock:
            known = self._jobs.get(job)
            if known is None:
                return
            steps = list(known.steps)
            steps[at] = replace(steps[at], **changed)  # type: ignore[arg-type]
            self._jobs[job] = replace(known, steps=tuple(steps))

    def put(self, job: int, steps: Sequence[Step]) -> None:
        """Replace all steps of a job."""
        with self._lock:
            if job in self._jobs:
                self._jobs[job] = replace(self._jobs[job], steps=tuple(steps))

    def _run(self, job: Job, work: Work) -> None:
        try:
            with self._turns[job.kind]:
                work(Report(self, job.id))
        finally:
            # Whatever ended the work early, no step may look as if it still ran: the page would wait for it for ever.
            self._close(job.id)

    def _close(self, job: int) -> None:
        known = self.get(job)
        for at, step in enumerate(known.steps if known else ()):
            if step.state in ("waiting", "running"):
                LOG.error("job %d ended before %r was done", job, step.name)
                said = "This ended before it was done. What was read is kept; try again for the rest."
                self.change(job, at, {"state": "failed", "said": said})

    def _forget_old(self) -> None:
        over = [number for number, job in self._jobs.items() if not job.running]
        for number in over[: max(0, len(self._jobs) - _KEPT)]:
            self._jobs.pop(number)
            self._threads.pop(number, None)
