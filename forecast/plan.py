"""What a page asks: where the weight is likely to be, how far to trust that, and what a plan changes.

It is read from what was trained where that was made from the same data by the same code (forecast/serving.py), in milliseconds and
without scikit-learn. Else it is worked out here, in seconds, by what trains: both give the same numbers. Either is kept for what it
rests on: a reading of today changes nothing until its week is over.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from forecast import tracks
from forecast.features import HORIZONS, LEAST_WEEKS, Inputs, Weeks, changes, inputs, usual_training, weeks
from forecast.kept import PAGE_MODELS, table_of, tracks_of
from forecast.model import Array
from forecast.near import Near, near
from forecast.registry import Held
from forecast.serving import Served, Trained, served
from forecast.trust import trust
from health.frames import Frames

USE_API_SETTING = "forecast.use_strava_api"
OVERVIEW_HORIZON = 8
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


@dataclass(kw_only=True, eq=False)
class Outlook:
    """Everything about one target at the end of its last whole week. Made by `outlook`; safe to share between threads. One is equal
    to itself alone, so that what follows from it can be kept by it.

    `trained` says when it was read from a version; `known_to_training`, the last day that the version in use knows of (None:
    nothing was trained); `held`, why that is not the newest.
    """

    table: Weeks
    trained: bool = False
    held: Held | None = None
    known_to_training: date | None = None
    _said: dict[str, Any] = field(default_factory=dict, repr=False)
    _tracks: dict[str, Any] = field(default_factory=dict, repr=False)
    _scores: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict, repr=False)
    _searched: Near | None = field(default=None, repr=False)
    _usual: Array | None = field(default=None, repr=False)
    _answers: OrderedDict[bytes, Any] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def week_end(self) -> date:
        """The last day that the forecast knows of."""
        return self.table.sunday(len(self.table) - 1)

    @property
    def last_seen(self) -> int:
        """The last week with a reading: what the forecast starts from."""
        return int(np.flatnonzero(~np.isnan(self.table.known))[-1])

    @property
    def reason(self) -> str | None:
        """Why only the baseline is shown, or None."""
        seen = int(self.table.observed()[-1])
        if seen >= LEAST_WEEKS:
            return None
        so_far = f"there {'is' if seen == 1 else 'are'} {seen}"
        return f"A forecast needs {LEAST_WEEKS} weeks with a reading; {so_far}. Until then it says “no change”."

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
        with self._lock:
            if name not in self._tracks:
                from forecast import backtest  # with scikit-learn: only where something is worked out
                from forecast.model import BASELINE

                made = backtest.tracks(self.table, {name, BASELINE["weekly"]}, self._said)
                self._tracks[name] = backtest.shown(made[name], made[BASELINE["weekly"]])
            return self._tracks[name]

    def score(self, name: str, horizon: int) -> dict[str, Any]:
        """How that model did so far (a row of `backtest --json`)."""
        track = self.track(name)
        with self._lock:
            if (name, horizon) not in self._scores:
                self._scores[name, horizon] = tracks.score(self.table, track, horizon, self.table.target)
            return self._scores[name, horizon]

    def expected(self, name: str) -> Expected:
        """What that model says now."""
        track = self.track(name)
        return _around(track.mean[-1], {level: radius[-1] for level, radius in track.radius.items()})

    def usual(self) -> Array:
        """PLAN_FIELDS of the last four weeks, as a plan is prefilled; zeros where there was no training at all."""
        if self._usual is None:
            self._usual = np.nan_to_num(usual_training(self.table.training)[-1])
        return self._usual

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
        weeks, track = self._search(), self.track("neighbours")
        if weeks is None or self.reason is not None:
            return None, (), ()
        distances, at = weeks.neighbours(plan[None])
        mean, spread = (each[0] for each in weeks.followed(at))
        # The share of its own spread that has held so far, times the spread of these neighbours.
        radius = {level: spread * each[-1] / track.spread[-1] for level, each in track.radius.items()}
        return _around(self.table.base[-1] + mean, radius), weeks.rows[at[0]], distances[0]

    def _like(self, week: int, distance: float, horizon: int) -> Like:
        came = week + horizon
        then = self.table.known[came] - self.table.known[week] if came < len(self.table) else np.nan
        monday = self.table.start + timedelta(days=7 * week)
        return Like(monday=monday, did=self.table.training[week], distance=distance, then=float(then))

    def _search(self) -> Near | None:
        with self._lock:
            if self._searched is None:
                known = np.where(np.isnan(self.table.known)[:, None], np.nan, changes(self.table.known, self.table.base))
                self._searched = near(self.table.training, known)
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
        self._by_content: OrderedDict[tuple[Any, ...], Outlook] = OrderedDict()

    def get(self, frames: Frames, target: str, as_of: date, use_api: bool, found: Served | None) -> Outlook | None:
        key = (id(frames), target, as_of, use_api, *_name(found))
        with self._lock:
            kept = self._by_frames.get(key)
            if kept is None:  # the frames are held with their key, so an id cannot come to mean others
                given = inputs(frames, target, as_of, use_api=use_api)
                kept = self._by_frames[key] = (frames, None if given is None else self._made(given, found))
            self._by_frames.move_to_end(key)
            _shorten(self._by_frames)
            return kept[1]

    def _made(self, given: Inputs, found: Served | None) -> Outlook:
        through = given.start + timedelta(days=len(given.seen) - 1)
        right = served(found, given.digest, through)
        key = (given.digest, *_name(right), found and found.version.through)
        if key not in self._by_content:
            self._by_content[key] = self._read(right) or self._fresh(given, found)
        self._by_content.move_to_end(key)
        _shorten(self._by_content)
        return self._by_content[key]

    def _read(self, right: Served | None) -> Outlook | None:
        try:
            return None if right is None else from_version(right)
        except KeyError:  # of older code
            return None

    def _fresh(self, given: Inputs, found: Served | None) -> Outlook:
        """To be worked out; what was worked out of the same data before it was trained is not lost."""
        made = next((each for key, each in self._by_content.items() if key[0] == given.digest and not each.trained), None)
        known = found.version.through if found else None
        return replace(made, known_to_training=known) if made else Outlook(table=weeks(given), known_to_training=known)


def _name(found: Served | None) -> tuple[str | None, str | None]:
    return (found.version.name, found.held) if found else (None, None)


def from_version(found: Served) -> Outlook:
    """The outlook that was trained. Raises KeyError where the version was made by older code."""
    version = found.version
    made = Outlook(table=table_of(version), trained=True, held=found.held, known_to_training=version.through)
    made._tracks.update(tracks_of(version))
    return made


def _shorten(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _KEPT:
        kept.popitem(last=False)


_kept = _Kept()


def outlook(frames: Frames, target: str, today: date, *, use_api: bool = False, trained: Trained | None = None) -> Outlook | None:
    """The outlook of `target` (body_mass_kg, fat_ratio) from the whole weeks before the local day `today`; None without one.

    `trained`: the versions in use, for the person's own ledger.
    """
    found = None if trained is None or frames.is_sample else trained.in_use(target)
    return _kept.get(frames, target, today - timedelta(days=1), use_api, found)


def default_name() -> str:
    """The weekly model that is shown first."""
    return PAGE_MODELS[0]


def summary(frames: Frames, today: date, *, use_api: bool = False, trained: Trained | None = None) -> dict[str, Any] | None:
    """The overview's card: `base` (the last whole week), `mean, low_50, high_50, low_80, high_80` (kg), `day` and `horizon` eight
    weeks on, `words` on how far to trust it, and `n`, how many past forecasts those rest on. None where there is too
    little for a forecast."""
    found = outlook(frames, "body_mass_kg", today, use_api=use_api, trained=trained)
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
