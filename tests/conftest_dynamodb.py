"""Fixtures of both engines: `store` is one of each in turn, `new_store` makes more of the same kind. Named by `pytest_plugins`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from store.dynamodb import DynamoDBStore
from store.sqlite import SQLiteStore
from store.store import Store
from tests.emulator import CREDENTIALS, emulator
from tests.store.made import KEYS

ENGINES = ("sqlite", "dynamodb")
_prefixes = count(1)

NewStore = Callable[..., Store]


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """The address of this test process's own emulator."""
    with emulator() as address:
        yield address


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of nobody, and none of the machine's."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


@pytest.fixture
def store_of(request: pytest.FixtureRequest, tmp_path: Path, aws: None) -> Iterator[NewStore]:
    """`store_of(engine)`: a new, empty store of that engine; closed with the test."""
    made: list[Store] = []

    def make(engine: str, keys: tuple[str, ...] = KEYS) -> Store:
        number = next(_prefixes)
        store: Store
        if engine == "sqlite":
            store = SQLiteStore(tmp_path / f"store{number}" / "fitboard.db", keys)
        else:
            store = DynamoDBStore(f"test{number}", keys, endpoint=request.getfixturevalue("endpoint"))
        store.create()
        made.append(store)
        return store

    yield make
    for each in made:
        each.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_store(store_of: NewStore, engine: str) -> NewStore:
    """A new, empty store of the engine under test."""
    return lambda keys=KEYS: store_of(engine, keys)


@pytest.fixture
def store(new_store: NewStore) -> Store:
    """An empty store of the engine under test."""
    return new_store()
