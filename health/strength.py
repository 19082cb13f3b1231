"""The arithmetic of lifting, on the `sets` frame of `health.frames`. Loads in kg, one row a set; warm-ups never count.

Estimated max (e1RM): the load a person could probably lift once, from a set of several repetitions.
- Epley: B. Epley, "Poundage chart", Boyd Epley Workout, University of Nebraska, Lincoln, 1985.
- Brzycki: M. Brzycki, "Strength testing: predicting a one-rep max from reps-to-fatigue", JOPERD 64(1), 1993, pp. 88-90.
Neither says anything beyond a dozen repetitions, so there it is NaN. One repetition is no estimate: it is the load itself.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from health.exercises import GROUPS, OTHER

Formula = Literal["epley", "brzycki"]
Floats = npt.NDArray[np.float64]

MOST_REPS = 12
TREND_DAYS = 42

# What can be a record, with the column of `best_sets`-like tables that holds it.
MEASURES: dict[str, str] = {"e1rm": "e1rm_kg", "load": "load_kg", "reps": "reps"}


def epley_kg(load_kg: npt.ArrayLike, reps: npt.ArrayLike) -> Floats:
    """Epley (1985): load x (1 + reps / 30), for 2 to 12 repetitions of a load above 0; element by element, else NaN."""
    load, count = _pair(load_kg, reps)
    return _bounded(load, count, load * (1 + count / 30))


def brzycki_kg(load_kg: npt.ArrayLike, reps: npt.ArrayLike) -> Floats:
    """Brzycki (1993): load x 36 / (37 - reps), for 2 to 12 repetitions of a load above 0; element by element, else NaN."""
    load, count = _pair(load_kg, reps)
    # Beyond the dozen the result is discarded, but 37 repetitions must not divide by zero on the way.
    return _bounded(load, count, load * 36 / (37 - np.minimum(count, MOST_REPS)))


_FORMULAS = {"epley": epley_kg, "brzycki": brzycki_kg}


def working(sets: pd.DataFrame, formula: Formula = "epley") -> pd.DataFrame:
    """The sets that count (no warm-ups), with `volume_kg` (reps x load, 0 where one is absent) and `e1rm_kg` (NaN where none)."""
    kept = sets[sets["type"] != "warmup"]
    load, reps = kept["load_kg"].to_numpy(), kept["reps"].to_numpy()
    return kept.assign(volume_kg=np.nan_to_num(load * reps), e1rm_kg=_FORMULAS[formula](load, reps))


def of_exercise(sets: pd.DataFrame, exercise: str) -> pd.DataFrame:
    """The sets of one exercise, by the name that the frame has for it."""
    return sets[sets["exercise"] == exercise]


def volume_kg(sets: pd.DataFrame) -> float:
    """The sum of reps x load over the working sets, in kg."""
    kept = sets[sets["type"] != "warmup"]
    return float(np.nansum(kept["load_kg"].to_numpy() * kept["reps"].to_numpy()))


def mean_load_kg(sets: pd.DataFrame) -> float:
    """The mean load of one repetition: volume over the repetitions done with a load. NaN where there are none."""
    kept = working(sets)
    reps = float(kept["reps"].to_numpy()[_loaded(kept)].sum())
    return float(kept["volume_kg"].sum()) / reps if reps else float("nan")


def sessions(sets: pd.DataFrame, formula: Formula = "epley") -> pd.DataFrame:
    """One row for each exercise of each session, in the order of time.

    workout_id day at exercise n_sets reps volume_kg mean_load_kg max_load_kg, and the session's best set by estimated max:
    e1rm_kg best_reps best_load_kg best_order (NaN where no set allows an estimate).
    """
    kept = working(sets, formula)
    keys = ["workout_id", "exercise"]
    loaded_reps = np.where(_loaded(kept), kept["reps"].to_numpy(), 0.0)
    grouped = kept.assign(loaded_reps=loaded_reps).groupby(keys, sort=False)
    table = grouped.agg(
        day=("day", "first"),
        at=("at", "first"),
        n_sets=("order", "size"),
        reps=("reps", "sum"),
        volume_kg=("volume_kg", "sum"),
        max_load_kg=("load_kg", "max"),
        loaded_reps=("loaded_reps", "sum"),
    ).reset_index()
    share = table["loaded_reps"].to_numpy()
    table["mean_load_kg"] = np.divide(table["volume_kg"].to_numpy(), share, out=np.full(len(table), np.nan), where=share > 0)
    best = _best_rows(kept, "e1rm_kg", keys).set_index(keys)[["e1rm_kg", "reps", "load_kg", "order"]]
    best.columns = pd.Index(["e1rm_kg", "best_reps", "best_load_kg", "best_order"])
    table = table.drop(columns="loaded_reps").join(best, on=keys)
    return table.sort_values(["at", "workout_id"], kind="stable", ignore_index=True)


def best_sets(sets: pd.DataFrame, formula: Formula = "epley") -> pd.DataFrame:
    """The best set of each exercise by each measure; among equals the heavier, the longer, then the earlier.

    exercise measure (`e1rm`, `load`, `reps`) value reps load_kg day at workout_id order, ordered by exercise, then measure.
    The heaviest needs at least one repetition: a failed attempt is no lift.
    """
    kept = working(sets, formula)
    tables = [_best_by(kept, measure, ["exercise"]) for measure in MEASURES]
    return pd.concat(tables, ignore_index=True).sort_values(["exercise", "measure"], kind="stable", ignore_index=True)


def records(sets: pd.DataFrame, formula: Formula = "epley") -> pd.DataFrame:
    """Every time a session's best beat all sessions before it: the columns of `best_sets` with `previous`, the best until then.

    An exercise's first session sets the mark (`previous` NaN) and is listed, so that `previous.notna()` are the records broken.
    """
    kept = working(sets, formula)
    found = []
    for measure in MEASURES:
        best = _best_by(kept, measure, ["exercise", "workout_id"]).sort_values(["at", "workout_id"], kind="stable")
        highest = best.groupby("exercise", sort=False)["value"].cummax()
        previous = highest.groupby(best["exercise"], sort=False).shift()
        beats = ~(best["value"].to_numpy() <= previous.to_numpy())  # also true for the first, where previous is NaN
        found.append(best.assign(previous=previous)[beats])
    return pd.concat(found, ignore_index=True).sort_values(["at", "exercise", "measure"], kind="stable", ignore_index=True)


def rolling_best(day: pd.Series, value: pd.Series, window_days: int = TREND_DAYS) -> Floats:
    """The best value of the `window_days` days that end at each row (rows in the order of days); NaN where there is none.

    A trend of maxima: an easy session does not pull it down, and what was long ago does not hold it up.
    """
    series = pd.Series(value.to_numpy(dtype=float), index=pd.DatetimeIndex(day))
    return series.rolling(f"{window_days}D", min_periods=1).max().to_numpy()


def volume_by_group(sets: pd.DataFrame) -> pd.Series:
    """Kilograms lifted for each muscle group (all of `GROUPS`, and `OTHER` last where it occurs), warm-ups left out."""
    kept = working(sets)
    totals = kept.groupby("muscle", sort=False)["volume_kg"].sum()
    order = [*GROUPS, OTHER] if totals.get(OTHER, 0.0) > 0 else list(GROUPS)
    return totals.reindex(order, fill_value=0.0)


def exercises(sets: pd.DataFrame) -> list[str]:
    """The names of all exercises, the one done in most sessions first, then by name."""
    pairs = sets[["exercise", "workout_id"]].drop_duplicates()
    counted = pairs["exercise"].value_counts()
    return sorted(counted.index, key=lambda name: (-int(counted[name]), name))


def _pair(load_kg: npt.ArrayLike, reps: npt.ArrayLike) -> tuple[Floats, Floats]:
    return np.asarray(load_kg, dtype=np.float64), np.asarray(reps, dtype=np.float64)


def _bounded(load: Floats, reps: Floats, estimate: Floats) -> Floats:
    known = (load > 0) & (reps >= 1) & (reps <= MOST_REPS)
    return np.where(known, np.where(reps == 1, load, estimate), np.nan)


def _loaded(kept: pd.DataFrame) -> npt.NDArray[np.bool_]:
    # A load of 0 is how apps write "no weight": its repetitions would pull the mean load down to nothing.
    return (kept["load_kg"].to_numpy() > 0) & (kept["reps"].to_numpy() > 0)


def _best_rows(kept: pd.DataFrame, column: str, keys: list[str]) -> pd.DataFrame:
    """The row with the highest `column` of each group of `keys`, groups without a value left out."""
    known = kept[kept[column].notna()]
    # Of equal repetitions the heavier set is the better one, of equal loads the longer; of equal sets the earlier.
    by, rising = [column, "load_kg", "reps", "at", "order"], [False, False, False, True, True]
    ordered = known.sort_values(by, ascending=rising, kind="stable")
    return ordered.drop_duplicates(keys)


def _best_by(kept: pd.DataFrame, measure: str, keys: list[str]) -> pd.DataFrame:
    column = MEASURES[measure]
    rows = _best_rows(kept[kept["reps"].to_numpy() >= 1] if measure != "e1rm" else kept, column, keys)
    if measure == "load":
        rows = rows[rows["load_kg"] > 0]
    named = rows.assign(measure=measure, value=rows[column])
    return named[["exercise", "measure", "value", "reps", "load_kg", "day", "at", "workout_id", "order"]]
