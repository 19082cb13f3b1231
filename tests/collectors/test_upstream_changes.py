"""Whatever is changed at a service, and whatever happens to the runs, a day later the store says the same. Briefly; the long
version is `python -m tests.torture upstream`."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.collectors.conftest import Home
from tests.collectors.upstream import Changing, SheetsChanges, StravaChanges, WithingsChanges
from tests.fakes.strava import Strava, made_activities
from tests.fakes.withings import Withings, group, made_groups

BRIEF = settings(
    max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


@pytest.mark.parametrize("machine", [StravaChanges, WithingsChanges, SheetsChanges])
def test_a_day_later_the_store_says_what_the_service_says(machine: type[Changing]) -> None:
    run_state_machine_as_test(machine, settings=BRIEF)


def test_a_collector_that_never_lists_again_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from collectors.sources import strava

    monkeypatch.setattr(strava, "FULL_EVERY", timedelta(days=9999))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(StravaChanges, settings=settings(BRIEF, max_examples=40, derandomize=True))


def test_a_listing_that_was_left_lying_for_a_day_is_begun_anew(home: Home, strava: Callable[..., Strava]) -> None:
    """What was moved meanwhile in the part that had been listed shows in the one run after it."""
    fake = strava(made_activities(int(home.at.timestamp()), count=9), page_cap=3)
    fake.breaks_at = 4
    assert home.collect()["strava"].state == "partial"
    fake.breaks_at = None
    fake.activities[0]["name"] = "Renamed"
    home.later(hours=25)
    home.collect()
    found = home.store.get("me", "activity", f"strava_api:{fake.activities[0]['id']}")
    assert found is not None
    assert found.body["name"] == "Renamed"


def test_a_first_read_that_was_left_lying_for_a_day_misses_nothing(home: Home, withings: Callable[..., Withings]) -> None:
    fake = withings(made_groups(int(home.at.timestamp()), days=9), page_size=4)
    fake.breaks_at = 4
    assert home.collect()["withings"].state == "partial"
    fake.breaks_at = None
    home.later(hours=1)
    fake.add(group(int(home.at.timestamp()) - 60, {1: (70_001, -3)}))
    home.later(hours=25)
    home.collect()
    assert len(home.store.bodies("me", "measurement")) == 10
