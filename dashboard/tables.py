"""Rows of a frame as plain Python values: what a sentence or a table is made of."""

from __future__ import annotations

from typing import Any

import pandas as pd


def rows(table: pd.DataFrame, *columns: str) -> list[dict[str, Any]]:
    """A dict a row of those columns alone, days as dates. On a wide frame many times quicker than `to_dict("records")`."""
    values = [_plain(table[each]) for each in columns]
    return [dict(zip(columns, each, strict=True)) for each in zip(*values, strict=True)]


def _plain(column: pd.Series) -> list[Any]:
    if column.dtype.kind == "M":
        found: list[Any] = column.to_numpy().astype("datetime64[D]").tolist()
        return found
    return list(column.tolist())
