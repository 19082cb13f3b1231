"""Work in the background: its progress, its end whatever happens, one of a kind at a time."""

from __future__ import annotations

import threading

import pytest

from dashboard.jobs import Jobs, Report, Step


def test_a_job_says_where_it_is_and_how_it_ended() -> None:
    jobs, seen, go_on = Jobs(), threading.Event(), threading.Event()

    def work(report: Report) -> None:
        report.step(0, state="running", said="Reading", done=3, total=7)
        seen.set()
        go_on.wait(5)
        report.step(0, state="done", said="All of it")

    job = jobs.start("import", ["key"], ["strong.csv"], work)
    assert seen.wait(5)
    under_way = jobs.get(job)
    assert under_way is not None
    assert under_way.running
    assert under_way.steps == (Step(name="strong.csv", state="running", said="Reading", done=3, total=7),)
    go_on.set()
    over = jobs.wait(job, 5)
    assert over is not None
    assert not over.running
    assert (over.steps[0].state, over.steps[0].said) == ("done", "All of it")


def test_those_of_one_kind_run_one_after_the_other_and_other_kinds_beside_them() -> None:
    jobs, order, hold = Jobs(), [], threading.Event()

    def work(name: str, held: bool) -> None:
        if held:
            hold.wait(5)
        order.append(name)

    first = jobs.start("import", [], ["a"], lambda report: (work("a", True), report.step(0, state="done"))[1])
    second = jobs.start("import", [], ["b"], lambda report: (work("b", False), report.step(0, state="done"))[1])
    other = jobs.start("collect", [], ["c"], lambda report: (work("c", False), report.step(0, state="done"))[1])
    jobs.wait(other, 5)
    assert order == ["c"]
    assert [each.id for each in jobs.running("import")] == [second, first]
    hold.set()
    jobs.wait(second, 5)
    assert order == ["c", "a", "b"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_work_that_breaks_off_never_looks_as_if_it_still_ran() -> None:
    jobs = Jobs()

    def work(report: Report) -> None:
        report.step(0, state="done", said="fine")
        raise RuntimeError("broken")

    job = jobs.wait(jobs.start("import", [], ["a", "b"], work), 5)
    assert job is not None
    assert [each.state for each in job.steps] == ["done", "failed"]
    assert "ended before it was done" in job.steps[1].said


def test_old_jobs_are_forgotten_but_never_one_that_runs() -> None:
    jobs, hold = Jobs(), threading.Event()
    slow = jobs.start("collect", [], ["slow"], lambda report: (hold.wait(5), report.step(0, state="done"))[1])
    for _ in range(30):
        jobs.wait(jobs.start("import", [], ["quick"], lambda report: report.step(0, state="done")), 5)
    assert len(jobs.all()) <= 13
    assert jobs.get(slow) is not None
    jobs.dismiss(slow)
    assert jobs.get(slow) is not None
    hold.set()
    jobs.wait(slow, 5)
    jobs.dismiss(slow)
    assert jobs.get(slow) is None
