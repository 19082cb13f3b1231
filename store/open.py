"""Choose an engine by its address. Entry points call this; everything below them takes the `Store` it gives."""

from __future__ import annotations

from pathlib import Path

from store.store import Store


def open_store(address: str, keys: tuple[str, ...], *, folder: Path, endpoint: str | None = None) -> Store:
    """The store at `sqlite:PATH` (relative to `folder`, made on first use) or `dynamodb:TABLE_PREFIX`.

    `keys` encrypt tokens, the first one new ones. Engines are imported late: a home set-up never loads boto3.
    """
    engine, _, where = address.partition(":")
    if engine == "sqlite":
        from store.sqlite import SQLiteStore

        store: Store = SQLiteStore(folder / where, keys)
        store.create()
        return store
    from store.dynamodb import DynamoDBStore

    return DynamoDBStore(where, keys, endpoint=endpoint)
