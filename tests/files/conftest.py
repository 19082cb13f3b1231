"""A store of its own for each test that imports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.open import open_store
from store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store("sqlite:ledger.db", ("k" * 32,), folder=tmp_path)
    yield opened
    opened.close()
