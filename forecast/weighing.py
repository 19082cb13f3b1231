"""A blend whose parts count by how near each has been: to this exercise, and where that says little, to all of a person's.

Inverse errors as in Bates & Granger (1969), not a champion: every part keeps a share, equal ones to begin with. Some people repeat
their last session and some follow a plan that comes round; which of the two is not to be known beforehand, but soon shows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from forecast.model import Array

# How steeply a nearer part counts for more: one that errs a tenth less has about twice the share.
_POWER = 8
# This many sessions of an exercise weigh as much as all of the person's others; so many of the usual error stand for no past.
_FEW, _USUAL = 20, 0.25
_WILD = 1.5  # an error beyond this counts as this: another plan is nobody's fault


def weighed(said: Array, came: Array, group: Array, matured: npt.NDArray[np.int64]) -> Array:
    """(n,) what P parts said of n sessions, `said` (P, n), joined; NaN where none said anything.

    `came` (n,) is what came, NaN for what has not; `group` (n,) a number for the exercise; `matured` (n,) how many of the first
    rows were over when that row was told. A part that says nothing says what the others do.
    """
    told = ~np.isnan(said)
    usual = np.where(told, said, 0.0).sum(axis=0) / np.where(told.any(axis=0), told.sum(axis=0), np.nan)
    full = np.where(told, said, usual)
    errors = np.minimum(np.abs(came - full), _WILD)
    everywhere = _mean_before(errors, np.full((len(said), 1), _USUAL), matured)
    near = np.empty_like(full)
    for each in np.unique(group):
        rows = np.flatnonzero(group == each)
        near[:, rows] = _mean_before(errors[:, rows], everywhere[:, rows], np.searchsorted(rows, matured[rows]))
    shares = (near / near.min(axis=0)) ** -_POWER
    return np.asarray((shares * full).sum(axis=0) / shares.sum(axis=0))


def _mean_before(errors: Array, before: Array, count: npt.NDArray[np.int64]) -> Array:
    """(P, n): the mean of the first `count` errors of (P, m) and of _FEW times `before`."""
    known = ~np.isnan(errors)
    total, number = (_from_none(each) for each in (np.where(known, errors, 0.0), known))
    return (total[:, count] + _FEW * before) / (number[:, count] + _FEW)


def _from_none(values: npt.NDArray[np.floating | np.bool_]) -> Array:
    summed = np.cumsum(values, axis=1, dtype=np.float64)
    return np.concatenate([np.zeros((len(values), 1)), summed], axis=1)
