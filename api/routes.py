"""`/api/v1`: what the pages show, as JSON for programs. Mounted by the entry point on the server that has the gate."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from flask import Flask, Response, request
from werkzeug.datastructures import MultiDict

from api.problems import Wrong, bad_request
from forecast import plan
from forecast.features import HORIZONS
from forecast.model import BASELINE, Array
from forecast.plan import Outlook
from forecast.serving import Trained
from health.days import local_day
from health.frames import Frames
from store.home import home_zone
from store.store import Store

BODY: Final = "/api/v1/forecast/body"
TARGETS: Final = {"body_mass_kg": "kg", "fat_ratio": "ratio"}
USUAL_WEEKS: Final = 8
SCORED: Final = ("n", "mae", "baseline_mae", "skill", "coverage_50", "coverage_80")
# A plan for one week, in the order of forecast.features.PLAN_FIELDS, and the most that makes sense of each.
PLAN: Final = {"distance_m": 1e6, "duration_s": 7 * 86_400.0, "sessions": 100.0, "mean_load_kg": 1_000.0}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The parameters of one question. `plan` has None for what was left out."""

    weeks: int
    plan: dict[str, float | None]

    @property
    def planned(self) -> bool:
        return any(each is not None for each in self.plan.values())


def register(
    server: Flask,
    *,
    store: Store,
    frames: Callable[[], Frames],
    clock: Callable[[], datetime],
    zone: str,
    person: str,
    models: Trained | None = None,
) -> None:
    """The routes. `zone` is the home zone where the person said none; `models` what was trained."""

    @server.get(BODY, endpoint="api.forecast_body")
    def forecast_body() -> Response:
        try:
            asked = question(request.args)
        except Wrong as wrong:
            return bad_request(wrong)
        today = local_day(clock(), home_zone(store, person, zone))
        use_api = store.setting(person, plan.USE_API_SETTING) is True
        found = body(frames(), asked, today, use_api=use_api, models=models)
        return Response(json.dumps(found, allow_nan=False), mimetype="application/json")


def question(given: MultiDict[str, str]) -> Asked:
    """What was asked for; a parameter without a value counts as left out. Raises Wrong."""
    for name in given:
        if name != "weeks" and name not in PLAN:
            raise Wrong(name, f"is not a parameter here; there are weeks, {', '.join(PLAN)}")
        if len(given.getlist(name)) > 1:
            raise Wrong(name, "is given more than once")
    return Asked(weeks=_weeks(given.get("weeks", "")), plan={name: _amount(name, given.get(name, "")) for name in PLAN})


def _weeks(text: str) -> int:
    if not text:
        return USUAL_WEEKS
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= HORIZONS):
        raise Wrong("weeks", f"must be a whole number from 1 to {HORIZONS}")
    return int(text)


def _amount(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= PLAN[name] or "_" in text:
        raise Wrong(name, f"must be a number from 0 to {PLAN[name]:.0f}")
    return abs(value)  # -0.0 is 0


def body(frames: Frames, asked: Asked, today: date, *, use_api: bool, models: Trained | None = None) -> dict[str, Any]:
    """The answer: the figures of the forecast page for the local day `today`."""
    found = {target: plan.outlook(frames, target, today, use_api=use_api, trained=models) for target in TARGETS}
    said = {target: _nothing() if each is None else _forecast(each, asked, today) for target, each in found.items()}
    return {
        "today": today.isoformat(),
        "weeks": asked.weeks,
        "plan": asked.plan if asked.planned else None,
        "sample": frames.is_sample,
        "uses_strava_api": use_api,
        **{target: {"unit": unit, **said[target]} for target, unit in TARGETS.items()},
    }


def _nothing() -> dict[str, Any]:
    names = ("mean", "low_50", "high_50", "low_80", "high_80", "model", "horizon", "for_day", "known_through", "last_week", "score")
    return {**dict.fromkeys(names), "reason": "There is no whole week with a reading yet."}


def _forecast(found: Outlook, asked: Asked, today: date) -> dict[str, Any]:
    ahead = found.steps(today, asked.weeks)
    said, model, why = found.asked(_plan(found, asked) if asked.planned else None, ahead)
    bands = ("mean", "low_50", "high_50", "low_80", "high_80")
    return {
        **{name: _known(getattr(said, name)[ahead - 1]) for name in bands},
        "model": model if found.reason is None else BASELINE["weekly"],
        "horizon": ahead,
        "for_day": found.day(ahead).isoformat(),
        "known_through": found.week_end.isoformat(),
        "last_week": _known(found.table.base[-1]),
        "score": {name: found.score(model, ahead)[name] for name in SCORED},
        "reason": found.reason or why,
    }


def _plan(found: Outlook, asked: Asked) -> Array:
    """The plan as the models know it; what it leaves out stays as in the last four weeks."""
    given = zip(asked.plan.values(), found.usual(), strict=True)
    return np.array([own if each is None else each for each, own in given])


def _known(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None
