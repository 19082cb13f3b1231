"""Damped Holt of statsmodels and the intervals of MAPIE beside ours, on one person's weights (decision 0021).

Nothing imports this and it needs an environment of its own, from the root of the checkout:

    python -m venv /somewhere && /somewhere/bin/pip install -r requirements.txt mapie statsmodels
    PYTHONPATH=. /somewhere/bin/python docs/decisions/0021-libraries.py holt sample          # the sample person, seed 0
    PYTHONPATH=. /somewhere/bin/python docs/decisions/0021-libraries.py intervals FOLDER     # the ledger in a folder (data)

Both judge the very forecasts that `python -m forecast backtest` scores, by what had matured at each origin.
"""

from __future__ import annotations

import sys
import time
import warnings
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from forecast import backtest, features
from forecast.models.holt import Holt
from forecast.tracks import FIRST_ORIGIN

SHOWN = (1, 4, 8, 12)
LEVELS = (0.5, 0.8)
LEAST = 10  # errors below which a quantile for each side does not exist
TODAY = date(2026, 11, 22)


# Damped Holt ------------------------------------------------------------------------------------------------------------------


def filtered(known: Any, alpha: float, beta: float, phi: float) -> Any:
    """(W, HORIZONS) of statsmodels' state-space form with those parameters: one pass, a week without a reading is no update."""
    from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

    start = {"initialization_method": "known", "initial_level": known[0], "initial_trend": 0.0}
    model = ExponentialSmoothing(known, trend=True, damped_trend=True, **start)
    state = model.filter([alpha, alpha * beta, phi]).predicted_state
    said, design, transition = [], model["design"], model["transition"]
    ahead = state[:, 1:]
    for _ in range(features.HORIZONS):
        said.append((design @ ahead)[0])
        ahead = transition @ ahead
    return np.column_stack(said)


def optimised(known: Any) -> Any:
    """(W, HORIZONS) with statsmodels' smoothing found by likelihood at each origin, from what was known then.

    It starts as ours does: "estimated" gives no number where one of the first ten weeks holds no reading.
    """
    from statsmodels.tsa.statespace.exponential_smoothing import ExponentialSmoothing

    said = np.full((len(known), features.HORIZONS), np.nan)
    start = {"initialization_method": "known", "initial_level": known[0], "initial_trend": 0.0}
    for row in range(FIRST_ORIGIN, len(known)):
        model = ExponentialSmoothing(known[: row + 1], trend=True, damped_trend=True, **start)
        said[row] = model.fit(disp=0).forecast(features.HORIZONS)
    return said


def classic(known: Any, parameters: tuple[float, float, float] | None) -> Any:
    """(W, HORIZONS) of statsmodels' Holt, which takes no gaps: weeks without a reading are left out as if they had not been.
    Optimised at each origin where no `parameters` are given."""
    from statsmodels.tsa.holtwinters import Holt as Classic

    said = np.full((len(known), features.HORIZONS), np.nan)
    for row in range(FIRST_ORIGIN, len(known)):
        past = known[: row + 1]
        past = past[~np.isnan(past)]
        if len(past) < 10:
            continue
        if parameters is None:
            fitted = Classic(past, damped_trend=True, initialization_method="estimated").fit()
        else:
            alpha, beta, phi = parameters
            start = {"initialization_method": "known", "initial_level": past[0], "initial_trend": 0.0}
            fixed = {"smoothing_level": alpha, "smoothing_trend": beta, "damping_trend": phi, "optimized": False}
            fitted = Classic(past, damped_trend=True, **start).fit(**fixed)
        said[row] = fitted.forecast(features.HORIZONS)
    return said


def holts(table: features.Weeks) -> dict[str, dict[int, dict[str, Any]]]:
    """By way and horizon, the scores of damped Holt on a person's weeks; CPU seconds are under 0, how far from ours under -1."""
    ours = Holt()
    own = ours.alpha, ours.beta, ours.phi
    tracks = backtest.tracks(table, ("holt", "no_change"))
    filtered(table.known[:FIRST_ORIGIN], *own), classic(table.known[:FIRST_ORIGIN], own)  # imported before the clock runs
    begun = time.process_time()
    mean = table.base[:, None] + ours.predict(table.X)
    made: dict[str, tuple[Any, float]] = {"ours": (mean, time.process_time() - begun)}
    ways = {
        "statsmodels, state space, ours": lambda: filtered(table.known, *own),
        "statsmodels, state space, optimised": lambda: optimised(table.known),
        "statsmodels, Holt, ours": lambda: classic(table.known, own),
        "statsmodels, Holt, optimised": lambda: classic(table.known, None),
    }
    for name, way in ways.items():
        begun = time.process_time()
        made[name] = way(), time.process_time() - begun
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for name, (said, took) in made.items():
        track = backtest.shown(replace(tracks["holt"], mean=said), tracks["no_change"])
        found[name] = {each: backtest.score(table, track, each, table.target) for each in SHOWN}
        found[name][0] = {"seconds": took}
        found[name][-1] = {"apart": float(np.nanmax(np.abs(said - mean)[FIRST_ORIGIN:]))}
    return found


# Intervals --------------------------------------------------------------------------------------------------------------------


class Column(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """What was said already, as an estimator: one column of X."""

    def __init__(self, at: int = 0) -> None:
        self.at = at

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, X: Any, y: Any) -> Column:  # noqa: ARG002, N803
        return self

    def predict(self, X: Any) -> Any:  # noqa: N803
        return X[:, self.at]


@dataclass(frozen=True, kw_only=True)
class Way:
    """How MAPIE is used: `last` errors count (None: all); `relative`: to the spread the model gave; `gamma` of ACI, None: EnbPI;
    `sides`: a quantile for each side, MAPIE's default."""

    last: int | None = 40
    relative: bool = True
    gamma: float | None = 0.05
    sides: bool = False

    def regressor(self) -> Any:
        from mapie.conformity_scores import AbsoluteConformityScore, ResidualNormalisedScore
        from mapie.regression import TimeSeriesRegressor

        score = AbsoluteConformityScore(sym=not self.sides)
        if self.relative:
            score = ResidualNormalisedScore(residual_estimator=Column(1), prefit=True, sym=not self.sides)
        method = "enbpi" if self.gamma is None else "aci"
        return TimeSeriesRegressor(Column(0), method=method, cv="prefit", conformity_score=score)


WAYS = {
    "ACI, relative, last 40, 0.05 a week": Way(),
    "ACI, relative, last 40, 0.01 a week": Way(gamma=0.01),
    "ACI, relative, all, 0.05 a week": Way(last=None),
    "ACI, absolute, last 40, 0.05 a week": Way(relative=False),
    "ACI, absolute, a side each, all, 0.05 a week": Way(relative=False, sides=True, last=None),
    "EnbPI, relative, last 40": Way(gamma=None),
    "EnbPI, absolute, last 40": Way(gamma=None, relative=False),
}


def mapie(way: Way, X: Any, known: Any, horizon: int) -> Any:  # noqa: N803
    """(W, 2, levels) low and high ends by what had matured at each week, NaN before the first origin. X (W, 2): mean and spread."""
    y = np.full(len(X), np.nan)
    y[:-horizon] = known[horizon:]
    usable = ~np.isnan(y) & ~np.isnan(X).any(axis=1)
    found, regressor, learned = np.full((len(X), 2, len(LEVELS)), np.nan), way.regressor(), 0
    for row in range(FIRST_ORIGIN, len(X)):
        matured = np.flatnonzero(usable[: max(row - horizon + 1, 0)])
        if len(matured) < LEAST or np.isnan(X[row]).any():
            continue
        fresh = matured[learned:] if learned else matured[:0]
        for each in fresh if way.gamma is not None else ():
            regressor.adapt_conformal_inference(X[[each]], y[[each]], gamma=way.gamma, confidence_level=LEVELS)
            # Beyond this it raises ValueError, asked for infinite ends or not: the levels are held in by hand.
            least = (1 + way.sides) * 1.01 / len(regressor.conformity_scores)
            regressor.current_alpha = {key: min(max(now, least), 1 - least) for key, now in regressor.current_alpha.items()}
        if len(fresh) or not learned:
            # Fitting only counts the errors: for a window that is full it is what `update` does.
            use = matured[-way.last :] if way.last else matured
            regressor.fit(X[use], y[use])
        learned = len(matured)
        found[row] = regressor.predict(X[row : row + 1], confidence_level=LEVELS)[1][0]
    return found


def judged(low: Any, high: Any, came: Any, miss: float) -> dict[str, float]:
    """Sums over forecasts: how many, how many held, width, and the interval score (Gneiting & Raftery 2007; less is better)."""
    beyond = np.maximum(low - came, 0) + np.maximum(came - high, 0)
    score = (high - low + 2 / miss * beyond).sum()
    return {"n": len(came), "held": int((beyond == 0).sum()), "width": float((high - low).sum()), "score": float(score)}


def intervals(table: features.Weeks) -> dict[str, dict[tuple[int, float], dict[str, float]]]:
    """By way, then horizon and level: our default's forecasts with MAPIE's intervals and with ours, on the same origins."""
    track = backtest.tracks(table, ("blend", "no_change"))["blend"]
    found: dict[str, dict[tuple[int, float], dict[str, float]]] = {}
    for name, way in WAYS.items():
        begun = time.process_time()
        for horizon in SHOWN:
            mean, came = track.mean[:, horizon - 1], np.full(len(table), np.nan)
            came[:-horizon] = table.true[horizon:]
            ends = mapie(way, np.column_stack([mean, track.spread[:, horizon - 1]]), table.known, horizon)
            use = ~np.isnan(came) & ~np.isnan(table.true) & ~np.isnan(ends[:, 0, 0]) & track.offered
            for at, level in enumerate(LEVELS):
                low, high = ends[use, 0, at], ends[use, 1, at]
                found.setdefault(name, {})[horizon, level] = judged(low, high, came[use], 1 - level)
                radius = track.radius[round(100 * level)][use, horizon - 1]
                said = mean[use]
                found.setdefault("ours", {})[horizon, level] = judged(said - radius, said + radius, came[use], 1 - level)
        found[name][0, 0.0] = {"seconds": time.process_time() - begun}
    return found


# One person -------------------------------------------------------------------------------------------------------------------


def table_of(where: str) -> features.Weeks:
    """The weights of the sample person or of the ledger in the folder `where`, week by week."""
    if where == "sample":
        from health.sample import sample_frames

        frames = sample_frames(0, TODAY, "Europe/Berlin", datetime(2026, 11, 22, 9, tzinfo=UTC))
    else:
        from store.frames import FrameCache
        from store.open import open_store

        frames = FrameCache(open_store("sqlite:fitboard.db", (), folder=Path(where)), "me").frames()
    given = features.inputs(frames, "body_mass_kg", date(2026, 11, 21), use_api=False)
    assert given is not None
    return features.weeks(given)


def main(what: str, where: str) -> None:
    warnings.simplefilter("ignore")  # statsmodels on convergence, MAPIE on few errors
    table = table_of(where)
    if what == "holt":
        for name, at in holts(table).items():
            skills = " ".join(f"{at[each]['skill']:+.3f}" for each in SHOWN)
            print(f"{name}: {skills} at {SHOWN}, {at[0]['seconds']:.2f} s of CPU, {at[-1]['apart']:.3f} kg from ours at most")
    else:
        for name, by in intervals(table).items():
            for (horizon, level), sums in by.items():
                if horizon:
                    held, width, score = (sums[each] / sums["n"] for each in ("held", "width", "score"))
                    print(f"{name}: {horizon} weeks, {level:.0%}: held {held:.3f}, {width:.2f} kg wide, score {score:.2f}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
