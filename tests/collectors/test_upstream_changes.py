"""Whatever is changed at a service, and whatever happens to the runs, a day later the store says the same. Briefly; the long
version is `python -m tests.torture upstream`."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.collectors.upstream import Changing, StravaChanges, WithingsChanges

BRIEF = settings(
    max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


@pytest.mark.parametrize("machine", [StravaChanges, WithingsChanges])
def test_a_day_later_the_store_says_what_the_service_says(machine: type[Changing]) -> None:
    run_state_machine_as_test(machine, settings=BRIEF)


def test_a_collector_that_never_lists_again_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from collectors.sources import strava

    monkeypatch.setattr(strava, "FULL_EVERY", timedelta(days=9999))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(StravaChanges, settings=settings(BRIEF, max_examples=40, derandomize=True))
