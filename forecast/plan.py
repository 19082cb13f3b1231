"""What a page asks: where the weight is likely to be, how far to trust that, and what a plan changes.

A backtest is made once for what it rests on and kept: a reading of today changes nothing until its week is over. scikit-learn is
imported with the first question, so a process that never asks does not carry it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from forecast.features import DID, HORIZONS, LEAST_WEEKS, PLAN, Inputs, Weeks, changes, inputs, weeks
from forecast.model import Array
from health.frames import Frames

USE_API_SETTING = "forecast.use_strava_api"
OVERVIEW_HORIZON = 8
PAGE_MODELS = ("blend", "neighbours")
TRUSTED = 0.02  # a skill below this is "no better than assuming no change"
_KEPT = 6  # outlooks and plans


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The forecast of one model for the weeks ahead: (HORIZONS,) each, in the unit of the target. NaN where it says nothing."""

    mean: Array
    low_50: Array
    high_50: Array
    low_80: Array
    high_80: Array


@dataclass(frozen=True, kw_only=True)
class Like:
    """A past week that was like the plan: its Monday, what was done, how near (0 is equal), and the change that followed."""

    monday: date
    did: Array
    distance: float
    then: float


@dataclass(kw_only=True)
class Outlook:
    """Everything about one target at the end of its last whole week. Made by `outlook`; safe to share between threads."""

    table: Weeks
    _said: dict[str, Any] = field(default_factory=dict, repr=False)
    _tracks: dict[str, Any] = field(default_factory=dict, repr=False)
    _scores: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict, repr=False)
    _searched: Any = field(default=None, repr=False)
    _answers: OrderedDict[bytes, Any] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def week_end(self) -> date:
        """The last day that the forecast knows of."""
        return self.table.sunday(len(self.table) - 1)

    @property
    def reason(self) -> str | None:
        """Why only the baseline is shown, or None."""
        seen = int(self.table.observed()[-1])
        if seen >= LEAST_WEEKS:
            return None
        return f"A forecast needs {LEAST_WEEKS} weeks with a reading; there are {seen}. Until then it says “no change”."

    def day(self, horizon: int) -> date:
        """The last day of the week so many weeks on."""
        return self.table.sunday(len(self.table) - 1 + horizon)

    @property
    def ready(self) -> bool:
        """True when a page can be drawn at once; `work_out` makes it so, in seconds."""
        return all(each in self._tracks for each in PAGE_MODELS)

    def work_out(self) -> None:
        """Backtest what a page shows."""
        for each in PAGE_MODELS:
            self.track(each)

    def steps(self, today: date, weeks: int) -> int:
        """How many weeks after the last whole one the week is that ends nearest to so many weeks after `today`."""
        ahead = round(((today - self.week_end).days + 7 * weeks) / 7)
        return min(max(ahead, 1), HORIZONS)

    def track(self, name: str) -> Any:
        """The backtest of one model (forecast.backtest.Track), as a person would have seen it."""
        from forecast import backtest
        from forecast.model import BASELINE

        with self._lock:
            if name not in self._tracks:
                made = backtest.tracks(self.table, {name, BASELINE["weekly"]}, self._said)
                self._tracks[name] = backtest.shown(made[name], made[BASELINE["weekly"]])
            return self._tracks[name]

    def score(self, name: str, horizon: int) -> dict[str, Any]:
        """How that model did so far (a row of `backtest --json`)."""
        from forecast import backtest

        track = self.track(name)
        with self._lock:
            if (name, horizon) not in self._scores:
                self._scores[name, horizon] = backtest.score(self.table, track, horizon, self.table.target)
            return self._scores[name, horizon]

    def expected(self, name: str) -> Expected:
        """What that model says now."""
        track = self.track(name)
        return _around(track.mean[-1], {level: radius[-1] for level, radius in track.radius.items()})

    def usual(self) -> Array:
        """PLAN_FIELDS of the last four weeks, as a plan is prefilled; zeros where there was no training at all."""
        return np.nan_to_num(self.table.X[-1, PLAN])

    def planned(self, plan: Array, horizon: int) -> tuple[Expected | None, list[Like]]:
        """What followed the weeks most like `plan` (PLAN_FIELDS), and those weeks, nearest first; (None, []) without enough."""
        said, rows, distances = self._answer(np.asarray(plan, dtype=np.float64))
        return said, [self._like(int(row), float(far), horizon) for row, far in zip(rows, distances, strict=True)]

    def asked(self, plan: Array | None, horizon: int) -> tuple[Expected, str, str | None]:
        """What to show for that plan (None: none was made) so many weeks on, the model it comes from, and why it is not what was
        asked for."""
        best = default_name()
        if plan is None:
            return self.expected(best), best, None
        said, _ = self.planned(plan, horizon)
        if said is None:
            return self.expected(best), best, "There are too few weeks of training to compare a plan with."
        if np.isnan(said.mean[horizon - 1]):
            return self.expected(best), best, "Too few weeks like your plan lie that far back. This is the best guess."
        return said, "neighbours", None

    def _answer(self, plan: Array) -> tuple[Expected | None, Any, Any]:
        """(what followed, the neighbours' weeks, their distances), kept for the last few plans: a page asks more than once."""
        with self._lock:
            key = plan.tobytes()
            if key not in self._answers:
                self._answers[key] = self._asked(plan)
                _shorten(self._answers)
            found: tuple[Expected | None, Any, Any] = self._answers[key]
            return found

    def _asked(self, plan: Array) -> tuple[Expected | None, Any, Any]:
        made, track = self._search(), self.track("neighbours")
        if not made.fitted_:
            return None, (), ()
        distances, at = made.neighbours(plan[None])
        mean, spread = (each[0] for each in made.followed(at))
        # The share of its own spread that has held so far, times the spread of these neighbours.
        radius = {level: spread * each[-1] / track.spread[-1] for level, each in track.radius.items()}
        return _around(self.table.base[-1] + mean, radius), made.rows_[at[0]], distances[0]

    def _like(self, week: int, distance: float, horizon: int) -> Like:
        came = week + horizon
        then = self.table.known[came] - self.table.known[week] if came < len(self.table) else np.nan
        monday = self.table.start + timedelta(days=7 * week)
        return Like(monday=monday, did=self.table.X[week, DID], distance=distance, then=float(then))

    def _search(self) -> Any:
        from forecast.models.neighbours import Neighbours

        with self._lock:
            if self._searched is None:
                known = np.where(np.isnan(self.table.known)[:, None], np.nan, changes(self.table.known, self.table.base))
                self._searched = Neighbours().fit(self.table.X, known)
            return self._searched


def _around(mean: Array, radius: dict[int, Array]) -> Expected:
    return Expected(
        mean=mean,
        low_50=mean - radius[50],
        high_50=mean + radius[50],
        low_80=mean - radius[80],
        high_80=mean + radius[80],
    )


class _Kept:
    """The last few outlooks, by what they were made from; and for which frames, so that an unchanged ledger costs nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_frames: OrderedDict[tuple[Any, ...], tuple[Frames, Outlook | None]] = OrderedDict()
        self._by_digest: OrderedDict[str, Outlook] = OrderedDict()

    def get(self, frames: Frames, target: str, as_of: date, use_api: bool) -> Outlook | None:
        key = (id(frames), target, as_of, use_api)
        with self._lock:
            kept = self._by_frames.get(key)
            if kept is None:  # the frames are held with their key, so an id cannot come to mean others
                given = inputs(frames, target, as_of, use_api=use_api)
                kept = self._by_frames[key] = (frames, None if given is None else self._made(given))
            self._by_frames.move_to_end(key)
            _shorten(self._by_frames)
            return kept[1]

    def _made(self, given: Inputs) -> Outlook:
        digest = given.digest
        if digest not in self._by_digest:
            self._by_digest[digest] = Outlook(table=weeks(given))
        self._by_digest.move_to_end(digest)
        _shorten(self._by_digest)
        return self._by_digest[digest]


def _shorten(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _KEPT:
        kept.popitem(last=False)


_kept = _Kept()


def outlook(frames: Frames, target: str, today: date, *, use_api: bool = False) -> Outlook | None:
    """The outlook of `target` (body_mass_kg, fat_ratio) from the whole weeks before the local day `today`; None without one."""
    return _kept.get(frames, target, today - timedelta(days=1), use_api)


def default_name() -> str:
    """The weekly model that is shown first."""
    from forecast.model import models_of

    return next(each.name for each in models_of("weekly") if each.default)


def summary(frames: Frames, today: date) -> dict[str, Any] | None:
    """The overview's card: `base` (the last whole week), `mean, low_50, high_50, low_80, high_80` (kg), `day` and `horizon` eight
    weeks on, `words` on how far to trust it, and `n`, how many past forecasts those rest on. None where there is too
    little for a forecast."""
    found = outlook(frames, "body_mass_kg", today)
    if found is None or found.reason is not None:
        return None
    at = found.steps(today, OVERVIEW_HORIZON) - 1
    said, scored = found.expected(default_name()), found.score(default_name(), OVERVIEW_HORIZON)
    return {
        "base": float(found.table.base[-1]),
        **{name: float(getattr(said, name)[at]) for name in ("mean", "low_50", "high_50", "low_80", "high_80")},
        "day": found.day(at + 1),
        "horizon": OVERVIEW_HORIZON,
        "n": scored["n"],
        "words": trust([scored]),
    }


def trust(scores: Iterable[dict[str, Any]]) -> str:
    """One or two sentences on how forecasts like these did on this person's own past. `scores` are rows of `backtest --json`."""
    known = [each for each in scores if each["n"] and each["skill"] is not None]
    if not known:
        return "Not tried on your past yet: it takes half a year of weeks and as long again as it looks ahead."
    skill = float(np.average([each["skill"] for each in known], weights=[each["n"] for each in known]))
    held = float(np.average([each["coverage_80"] for each in known], weights=[each["n"] for each in known]))
    return f"{skill_words(skill)} Read the range, not the single number: it held the true value {round(100 * held)} times in 100."


def skill_words(skill: float, baseline: str = "no change") -> str:
    """How much nearer than assuming `baseline` it came, in words."""
    nearer = round(100 * abs(skill))
    if skill >= TRUSTED:
        return f"On your own past it came {nearer} % nearer than assuming {baseline}."
    if skill > -TRUSTED:
        return f"On your own past it was no better than assuming {baseline}."
    return f"On your own past it was {nearer} % further off than assuming {baseline}."
