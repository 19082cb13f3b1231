"""Days, units and numbers through the readers, in short: the long version is `python -m tests.torture exact`."""

import pytest

from tests.torture.exact_torture import careless, numbers, of_zone, units


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"])
def test_a_reading_at_a_change_of_the_clocks_is_of_its_instant_and_day(zone: str) -> None:
    tried, wrong = of_zone(zone)
    assert wrong == []
    assert tried > 50 or zone == "Pacific/Apia"


def test_units_are_exact_to_six_places() -> None:
    assert units(5) == (210, [])


def test_an_odd_number_is_read_or_set_aside_by_name() -> None:
    assert numbers()[1] == []


def test_the_same_checks_find_a_careless_reader() -> None:
    assert min(careless()) > 0
