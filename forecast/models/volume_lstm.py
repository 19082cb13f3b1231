"""The next session's volume by LSTM: one network for each exercise, and one over all of them.

A network reads an exercise's last sessions (volume as a share of the level, days since the one before) and says the next one's
share, both as logarithms. The networks themselves are in forecast/lstm.py, which is imported only where one is trained or asked:
the web process lists this model without it.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from forecast.model import Array, model
from forecast.models.volume_simple import VolumeSpread
from forecast.sessions import EXERCISE, GAPS, LEAST_SESSIONS, RATIOS

_WILD = (0.2, 3.0)  # as the other learners: beyond these is another plan
SCALE = 0.3  # of a logarithm of a share: about one standard deviation
_USUAL_GAP = np.log1p(5.0)


class _Lstm(VolumeSpread, RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    growth = 1.25  # fitted again when the rows have grown by a quarter: a training is dear

    def fit(self, X: Array, y: Array) -> Self:  # noqa: N803
        """Train a network for each group that has LEAST_SESSIONS, on the rows that are over. `groups_` says which have one."""
        from forecast import lstm

        over = ~np.isnan(y[:, 0])
        group = self._group(X)[over]
        self.groups_, count = np.unique(group, return_counts=True)
        self.groups_ = self.groups_[count + 1 >= LEAST_SESSIONS]  # an exercise's first session has no row
        self.trained_: Any = None
        if len(self.groups_):
            with threadpool_limits(1):
                self.trained_ = lstm.train(self._windows(X[over], y[over, 0], group), self._settings())
        return self

    def predict(self, X: Array) -> Array:  # noqa: N803
        """(n, 1), a share of the level; NaN for a group without a network."""
        from forecast import lstm

        said = np.full((len(X), 1), np.nan)
        group = self._group(X)
        x, present = inputs(X, np.float64)
        with threadpool_limits(1):
            for place, each in enumerate(self.groups_):
                rows = np.flatnonzero(group == each)
                if len(rows):
                    found, _ = lstm.forward(lstm.one(self.trained_.parameters, place), x[None, rows], present[None, rows])
                    said[rows, 0] = np.exp(np.clip(SCALE * found[0], *np.log(_WILD)))
        return said

    def _windows(self, X: Array, share: Array, group: Array) -> Any:  # noqa: N803
        from forecast.lstm import Windows

        read, present = inputs(X, np.float64)
        wanted = (np.log(np.clip(share, *_WILD)) / SCALE).astype(np.float64)
        rows = [np.flatnonzero(group == each) for each in self.groups_]
        shape = len(rows), max(len(each) for each in rows)
        x, here = np.zeros((*shape, *read.shape[1:]), np.float64), np.zeros((*shape, read.shape[1]), np.float64)
        y = np.zeros(shape, np.float64)
        for place, own in enumerate(rows):
            x[place, : len(own)], here[place, : len(own)], y[place, : len(own)] = read[own], present[own], wanted[own]
        count = np.array([len(each) for each in rows])
        return Windows(x=x, present=here, y=y, count=count, seeds=self.groups_.astype(np.int64))

    def _group(self, X: Array) -> Array:  # noqa: N803
        raise NotImplementedError

    def _settings(self) -> Any:
        raise NotImplementedError


def inputs(X: Array, dtype: type[np.floating[Any]]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:  # noqa: N803
    """(n, T, 2) inputs near 0 to 1 in size, and (n, T) which of them are there."""
    shares, gaps = X[:, RATIOS], X[:, GAPS]
    here = ~np.isnan(shares)
    share = np.log(np.clip(np.where(here, shares, 1.0), *_WILD)) / SCALE
    gap = np.where(np.isnan(gaps), 0.0, np.log1p(np.nan_to_num(gaps)) - _USUAL_GAP)
    return np.stack([share, gap], axis=2).astype(dtype), here.astype(dtype)


@model("volume_lstm", "LSTM of the exercise", of="volume")
class VolumeLstm(_Lstm):
    """One network for each exercise, all trained in one program."""

    def __init__(self, seed: int = 0, hidden: int = 4, steps: int = 300) -> None:
        self.seed, self.hidden, self.steps = seed, hidden, steps

    def _group(self, X: Array) -> Array:  # noqa: N803
        return X[:, EXERCISE]

    def _settings(self) -> Any:
        from forecast.lstm import Settings

        return Settings(seed=self.seed, hidden=self.hidden, steps=self.steps)


@model("volume_lstm_all", "LSTM of all exercises", of="volume")
class VolumeLstmAll(_Lstm):
    """One network for all exercises."""

    def __init__(self, seed: int = 0, hidden: int = 8, steps: int = 600) -> None:
        self.seed, self.hidden, self.steps = seed, hidden, steps

    def _group(self, X: Array) -> Array:  # noqa: N803
        return np.zeros(len(X))

    def _settings(self) -> Any:
        from forecast.lstm import Settings

        return Settings(seed=self.seed, hidden=self.hidden, steps=self.steps, batch=128)
