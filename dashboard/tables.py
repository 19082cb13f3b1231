"""Rows of a frame as plain Python values: what a sentence or a table is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from dashboard.memory import remembered


def rows(table: pd.DataFrame, *columns: str) -> list[dict[str, Any]]:
    """A dict a row of those columns alone, days as dates. On a wide frame many times quicker than `to_dict("records")`."""
    values = [_plain(table[each]) for each in columns]
    return [dict(zip(columns, each, strict=True)) for each in zip(*values, strict=True)]


def rows_at(table: pd.DataFrame, places: Sequence[int], *columns: str) -> list[dict[str, Any]]:
    """`rows` of those places alone; the columns are made plain once for all that asks about the table."""
    values = [_column(table, each) for each in columns]
    return [{name: column[at] for name, column in zip(columns, values, strict=True)} for at in places]


def array(table: pd.DataFrame, column: str) -> np.ndarray[Any, Any]:
    """A column as an array, days as `datetime64[D]`, made once: a slice of it costs a hundredth of a slice of the frame."""
    return remembered(table, ("array", column), lambda: _array(table[column]))


def by_day(values: pd.Series) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """A series by day as two arrays, its days (`datetime64[D]`) and values, made once."""
    return remembered(values, "by day", lambda: (values.index.to_numpy().astype("datetime64[D]"), values.to_numpy(dtype=float)))


def between(days: np.ndarray[Any, Any], first: date | None, last: date | None) -> slice:
    """Where those rising days lie between `first` and `last` (both in it; None is open)."""
    start = np.searchsorted(days, np.datetime64(first)) if first else 0
    end = np.searchsorted(days, np.datetime64(last), side="right") if last else len(days)
    return slice(int(start), int(end))


def _column(table: pd.DataFrame, name: str) -> list[Any]:
    return remembered(table, ("plain", name), lambda: _plain(table[name]))


def _array(column: pd.Series) -> np.ndarray[Any, Any]:
    return np.asarray(column.to_numpy(), dtype="datetime64[D]" if column.dtype.kind == "M" else None)


def _plain(column: pd.Series) -> list[Any]:
    if column.dtype.kind == "M":
        found: list[Any] = column.to_numpy().astype("datetime64[D]").tolist()
        return found
    return list(column.tolist())
