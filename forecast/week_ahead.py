"""Does the weight of the following week go the way the person wants? A Gaussian naive Bayes on their training, protein and sleep.

A row is a local day: means over the last seven days of each measure (of training: what was done on all seven; of protein and sleep:
on the days that told). It is counted as one that went well where the mean weight of the seven days after it lies on the wanted
side of the mean of the seven days up to it. At each day the model has learned from the days whose week was over by then, and
nothing else; its class probabilities are the softmax of log prior and tempered log likelihoods. Beside it stands the base
rate: how often it went well so far. Probabilities are judged by log loss and Brier score, against those of the base rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.model import Array
from health.day_score import MEASURES, TRAINING

WEEK: Final = 7
LEAST_SEEN: Final = 3  # days with a reading, in a week that has a mean
LEAST_LEARNED: Final = 26 * WEEK  # days with a known outcome, before a probability is given
LEAST_TRIED: Final = 26 * WEEK  # and then, before it is judged
BEATS: Final = 0.01  # better than the base rate by this share, in both scores, or it is not shown
_FLOOR: Final = 0.05  # of a measure's whole variance: no class is narrower
# The measures overlap (time trained is in all of them) and so do the weeks of successive days; naive Bayes takes each for news. Its
# evidence counts this little: untempered it was surer than it was right, on everybody tried.
_TEMPER: Final = 0.25


@dataclass(frozen=True, kw_only=True)
class WeekAhead:
    """`chance` (0 to 1) that the week after the last day goes the wanted way, and the `base` rate. How both did on `n` past days:
    log loss (nats) and Brier score, the smaller the better. `went` counts how often it went well."""

    chance: float
    base: float
    n: int
    went: int
    log_loss: float
    base_log_loss: float
    brier: float
    base_brier: float

    @property
    def beats_the_base_rate(self) -> bool:
        """True where both scores are better than the base rate's, on enough days."""
        better = (self.log_loss / self.base_log_loss, self.brier / self.base_brier)
        return self.n >= LEAST_TRIED and max(better) <= 1 - BEATS


@dataclass(frozen=True, kw_only=True)
class Told:
    """What was said on each day (n,), NaN before there was enough to learn from; `went` 1 or 0, NaN where not known (yet)."""

    days: pd.DatetimeIndex
    chance: Array
    base: Array
    went: Array


def week_ahead(days: pd.DataFrame, weight: pd.Series, wanted: Literal["lose", "gain"]) -> WeekAhead | None:
    """`days` as `health.day_score.table` makes them, `weight` kg by local day. None with too little to learn from."""
    told = rolling(days, weight, wanted)
    tried = ~np.isnan(told.chance) & ~np.isnan(told.went)
    if not len(told.chance) or np.isnan(told.chance[-1]) or not tried.any():
        return None
    went, said, base = told.went[tried], told.chance[tried], told.base[tried]
    return WeekAhead(
        chance=float(told.chance[-1]),
        base=float(told.base[-1]),
        n=int(tried.sum()),
        went=int(went.sum()),
        log_loss=log_loss(said, went),
        base_log_loss=log_loss(base, went),
        brier=float(((said - went) ** 2).mean()),
        base_brier=float(((base - went) ** 2).mean()),
    )


def log_loss(said: Array, went: Array) -> float:
    """The mean of -log of the probability that was given to what happened."""
    right = np.clip(np.where(went == 1, said, 1 - said), 1e-9, None)
    return float(-np.log(right).mean())


def rolling(days: pd.DataFrame, weight: pd.Series, wanted: Literal["lose", "gain"]) -> Told:
    """What the model and the base rate said on each day of `days`, each from the days whose following week was over by then."""
    index = pd.DatetimeIndex(days.index)
    rows = features(days)
    went = outcomes(weight, index, wanted)
    chance, base = _probabilities(rows, went)
    return Told(days=index, chance=chance, base=base, went=went)


def features(days: pd.DataFrame) -> Array:
    """(n, measures): means over the seven days up to each; NaN where none of them told it, and for training before its first."""
    found = []
    for name in MEASURES:
        values = days[name]
        if name in TRAINING:
            begun = values.notna().cummax()
            found.append(values.fillna(0.0).where(begun).rolling(WEEK, min_periods=WEEK).mean())
        else:
            found.append(values.rolling(WEEK, min_periods=LEAST_SEEN).mean())
    return np.column_stack([each.to_numpy(dtype=np.float64) for each in found])


def outcomes(weight: pd.Series, index: pd.DatetimeIndex, wanted: Literal["lose", "gain"]) -> Array:
    """(n,): 1 where the mean of the week after a day lies on the wanted side of that of the week up to it, 0 where not; NaN where
    either has too few readings, or is not over."""
    seen = weight.reindex(pd.date_range(index[0], index[-1], freq="D")) if len(index) else weight
    mean = seen.rolling(WEEK, min_periods=LEAST_SEEN).mean()
    change = (mean.shift(-WEEK) - mean).to_numpy(dtype=np.float64)
    change = change if wanted == "gain" else -change
    return np.where(np.isnan(change), np.nan, (change > 0).astype(np.float64))


def _probabilities(rows: Array, went: Array) -> tuple[Array, Array]:
    """(n,) of the model and of the base rate. Sums over the past grow day by day, so that no past is learned from twice."""
    known = np.stack([went == 0, went == 1])  # (2, n)
    seen = ~np.isnan(rows)
    values = np.where(seen, rows, 0.0)

    def so_far(each: npt.NDArray[np.float64]) -> Array:
        """Sums over the days whose week was over: those WEEK and more before."""
        total = np.cumsum(each, axis=0)
        late = np.zeros_like(total)
        late[WEEK:] = total[:-WEEK]
        return late

    count = so_far(known.T.astype(np.float64))  # (n, 2)
    per = (known.T[:, :, None] & seen[:, None, :]).astype(np.float64)  # (n, 2, measures)
    n, sums, squares = (so_far(per * each[:, None, :]) for each in (np.ones_like(values), values, values**2))
    mean, variance, whole = _moments(n, sums, squares)
    usable = (n.min(axis=1) >= WEEK) & seen & (whole > 0)
    density = -0.5 * (np.log(variance) + (values[:, None, :] - mean) ** 2 / variance)
    prior = np.log((count + 1) / (count.sum(axis=1, keepdims=True) + 2))
    scores = prior + _TEMPER * np.where(usable[:, None, :], density, 0.0).sum(axis=2)
    ready = (count.sum(axis=1) >= LEAST_LEARNED) & usable.any(axis=1)
    chance = np.where(ready, softmax(scores)[:, 1], np.nan)
    return chance, np.where(ready, np.exp(prior[:, 1]), np.nan)


def _moments(n: Array, sums: Array, squares: Array) -> tuple[Array, Array, Array]:
    """Mean and variance (n, 2, measures) of each class, no class narrower than _FLOOR, and the variance (n, measures) of both."""
    mean = sums / np.maximum(n, 1)
    every = np.maximum(n.sum(axis=1), 1)
    whole = np.maximum(squares.sum(axis=1) / every - (sums.sum(axis=1) / every) ** 2, 0.0)
    variance = np.maximum(squares / np.maximum(n, 1) - mean**2, _FLOOR * whole[:, None, :])
    return mean, np.where(variance > 0, variance, 1.0), whole


def softmax(scores: Array) -> Array:
    """Along the last axis: probabilities that sum to 1, whatever is added to all scores."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
