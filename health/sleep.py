"""Stretches of sleep to nights: what the pages and statistics of sleep read. Frames as `health.frames` makes them.

A night belongs to the local day it ends on. Where several devices saw one night it counts once, by the device that knows most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from health.days import zone_info
from health.records import SLEEP_STAGES

Floats = npt.NDArray[np.float64]

# A stretch without a word from its source is a nap when it is short and its middle lies in the day.
_NAP_MOST_S = 4 * 3600
_NAP_FROM_H, _NAP_TO_H = 9, 21
_UP_S = 3 * 3600  # up for less than that, a night goes on

SUMMED = ("asleep_s", *SLEEP_STAGES, "awake_s")
MEANS = ("mean_heart_rate_bpm", "mean_breathing_rpm", "score")
_COLUMNS = (
    *("bed_h", "rise_h", "in_bed_s", *SUMMED, *MEANS),
    *("min_heart_rate_bpm", "max_heart_rate_bpm", "nap_s"),
)


def nights(sleeps: pd.DataFrame) -> pd.DataFrame:
    """One row for each local day on which somebody woke, oldest first.

    `bed_h` and `rise_h` are hours after the midnight that begins the day (23:00 is -1), on the wearer's clock at each moment, NaN
    where only the night's day and length are known;
    `in_bed_s` the time from the first start to the last end; `asleep_s` is NaN where no device tells it. Naps stand in `nap_s` and
    nowhere else: a day with naps alone has NaN in all other columns.
    """
    if sleeps.empty:
        empty = pd.DataFrame({name: pd.Series(dtype=np.float64) for name in _COLUMNS})
        return empty.assign(source=pd.Series(dtype="str")).set_index(pd.DatetimeIndex([], dtype="datetime64[us]", name="day"))
    counted = counted_once(sleeps)
    is_nap = _is_nap(counted).to_numpy()
    naps = counted[is_nap]
    table = _by_day(_parts_together(counted[~is_nap]))
    nap_s = _slept_s(naps).groupby(naps["day"]).sum()
    table = table.reindex(table.index.union(nap_s.index).rename("day"))
    table["nap_s"] = nap_s.reindex(table.index).fillna(0.0)
    return table[[*_COLUMNS, "source"]]


def counted_once(sleeps: pd.DataFrame) -> pd.DataFrame:
    """The rows of `sleeps`; where several devices overlap, those of one, and of that none that overlaps another.

    Who tells stages goes before who tells a time asleep, and that before a time in bed alone; then the longer one counts.
    """
    ordered = _timed_first(sleeps.sort_values(["at", "id"], kind="stable", ignore_index=True))
    device: list[str] = (ordered["source"] + "\x00" + ordered["app"].fillna("")).tolist()
    tells = 2 * ordered[list(SLEEP_STAGES)].notna().any(axis=1) + ordered["asleep_s"].notna()
    starts, ends = (_numbers(ordered[name]) for name in ("at", "end"))
    rows = [
        _Stretch(place, *each)
        for place, each in enumerate(zip(device, starts, ends, tells.tolist(), _slept_s(ordered).tolist(), strict=True))
    ]
    kept = [row.place for together in _overlapping(rows) for row in _of_one(together)]
    return ordered.iloc[sorted(kept)].reset_index(drop=True)


def _timed_first(ordered: pd.DataFrame) -> pd.DataFrame:
    """`ordered` without the nights of which only the day is known, where another tells that day's; of several such, one."""
    vague = ordered["precision"] == "day"
    if not vague.any():
        return ordered
    told = set(ordered.loc[~vague & ~_is_nap(ordered), "day"])
    repeated = ordered.loc[vague].duplicated("day").reindex(ordered.index, fill_value=False)
    return ordered[~vague | ~(ordered["day"].isin(told) | repeated)].reset_index(drop=True)


def regularity_s(table: pd.DataFrame) -> float:
    """How far bedtime and rising wander: the mean of their standard deviations over `table` (nights), in seconds; NaN below 3."""
    known = table[["bed_h", "rise_h"]].dropna()
    return float(known.std(ddof=1).mean() * 3600) if len(known) >= 3 else float("nan")


@dataclass(frozen=True)
class _Stretch:
    """A row: where it stands, whose it is, from when to when, how much it tells, how long they slept."""

    place: int
    device: str
    start: float
    end: float
    tells: int
    asleep_s: float


def _overlapping(rows: Iterable[_Stretch]) -> Iterator[list[_Stretch]]:
    """Rows, ordered by start, in groups whose stretches overlap one another."""
    together: list[_Stretch] = []
    reach = -np.inf
    for row in rows:
        if together and row.start >= reach:
            yield together
            together, reach = [], -np.inf
        together.append(row)
        reach = max(reach, row.end)
    if together:
        yield together


def _of_one(rows: list[_Stretch]) -> list[_Stretch]:
    if len(rows) == 1:
        return rows
    by_device: dict[str, list[_Stretch]] = {}
    for row in sorted(rows, key=lambda row: (-row.tells, -row.asleep_s, row.place)):
        mine = by_device.setdefault(row.device, [])
        if all(row.start >= other.end or row.end <= other.start for other in mine):
            mine.append(row)
    best = max(by_device, key=lambda name: (max(each.tells for each in by_device[name]), _total(by_device[name]), name))
    return by_device[best]


def _total(rows: Iterable[_Stretch]) -> float:
    return sum(each.asleep_s for each in rows)


def _numbers(instants: pd.Series) -> list[float]:
    seconds: list[float] = (instants.astype("int64").to_numpy() / 1e6).tolist()
    return seconds


def _slept_s(rows: pd.DataFrame) -> pd.Series:
    """Seconds asleep; where nobody tells them, those from start to end."""
    return rows["asleep_s"].fillna((rows["end"] - rows["at"]).dt.total_seconds())


def _is_nap(rows: pd.DataFrame) -> pd.Series:
    """What the source says; else short, and its middle in the day."""
    middle = rows["at"] + (rows["end"] - rows["at"]) / 2
    hour = _local_hours(middle, rows)
    hour -= np.floor(hour / 24) * 24
    short = (rows["end"] - rows["at"]).dt.total_seconds() < _NAP_MOST_S
    guessed = short & (hour >= _NAP_FROM_H) & (hour < _NAP_TO_H)
    return rows["nap"].fillna(guessed).astype(bool)


def _local_hours(instants: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """Hours on the wearer's clock at `instants`, after the midnight that begins the row's day; below 0 the evening before."""
    found = pd.Series(np.nan, index=instants.index, dtype=np.float64)
    for zone, mine in instants.groupby(rows["zone"]):
        wall = mine.dt.tz_convert(zone_info(str(zone))).dt.tz_localize(None)
        found.loc[mine.index] = (wall - rows.loc[mine.index, "day"]).dt.total_seconds() / 3600
    return found


def _parts_together(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a night, ordered by start. Parts with a short time up in between are one, of the day on which the last one ends."""
    starts, ends = (np.array(_numbers(rows[name])) for name in ("at", "end"))
    begins = np.concatenate([[True], starts[1:] - np.maximum.accumulate(ends)[:-1] >= _UP_S])[: len(rows)]
    by_night = rows.assign(day=rows["day"].groupby(np.cumsum(begins)).transform("last")).groupby(np.cumsum(begins))
    table = by_night[["day", "zone", "source", "at", "precision"]].first()
    table["end"] = by_night["end"].max()
    table["in_bed_s"] = (table["end"] - table["at"]).dt.total_seconds()
    table["bed_h"], table["rise_h"] = _local_hours(table["at"], table), _local_hours(table["end"], table)
    table.loc[table["precision"] == "day", ["bed_h", "rise_h"]] = np.nan
    table[list(SUMMED)] = by_night[list(SUMMED)].sum(min_count=1)
    weight = (rows["end"] - rows["at"]).dt.total_seconds()
    for name in MEANS:
        shares = pd.DataFrame({"sum": rows[name] * weight, "of": weight.where(rows[name].notna())}).groupby(np.cumsum(begins))
        table[name] = shares["sum"].sum(min_count=1) / shares["of"].sum(min_count=1)
    table["min_heart_rate_bpm"] = by_night["min_heart_rate_bpm"].min()
    table["max_heart_rate_bpm"] = by_night["max_heart_rate_bpm"].max()
    return table


def _by_day(table: pd.DataFrame) -> pd.DataFrame:
    """One row a day. Where two nights end on one, times are summed and all else is that of the longer."""
    if table["day"].is_unique:
        return table.set_index("day")
    longest = table.sort_values("in_bed_s", kind="stable").drop_duplicates("day", keep="last").set_index("day").sort_index()
    summed = ["in_bed_s", *SUMMED]
    longest[summed] = table.groupby("day", sort=True)[summed].sum(min_count=1)
    return longest
