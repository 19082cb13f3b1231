"""What the long tests promise of every collector and importer, they try with every one there is."""

from collectors.source import formats, sources
from tests.torture import houses


def test_every_collector_and_importer_is_killed() -> None:
    assert set(houses.collectors()) == set(sources())
    assert set(houses.importers()) == set(formats())
