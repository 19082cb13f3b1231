"""The figures of the sample person as data, a JSON file each in tests/snapshots/. Renew them where a change is meant:

    python -m tests.renew_snapshots            # all
    python -m tests.renew_snapshots body.trend # some

and read the difference (`git diff tests/snapshots`) before it is committed: it is what the change does to the pictures.
A long list stands there as its length, its ends and a digest of all of it, its numbers rounded to five significant places.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.chart import Chart, charts
from dashboard.figures.forecast import Ahead
from dashboard.theme import Look
from forecast.learning import Learned, Network
from forecast.past import Past
from health.day_score import Mark
from tests.dashboard.house import NOW, frame_of

FOLDER = Path(__file__).parent / "snapshots"
TODAY = NOW.date()
# Between them: both modes and sizes, both systems of units, with and without a goal.
LOOKS = {
    "light": Look(today=TODAY),
    "dark phone": Look(
        today=TODAY,
        mode="dark",
        compact=True,
        mass_unit="lb",
        distance_unit="mi",
        speed_as="speed",
        first_weekday=6,
        direction="lose",
        goal_kg=78,
        height_m=1.8,
    ),
}
_ENDS = 3


def taken(name: str) -> dict[str, Any]:
    """The chart of that name in each look, as its file has it."""
    of = charts()[name]
    frame = frame_of(of.of)
    return {look: short(of.draw(frame, LOOKS[look], **choices(of))) for look in LOOKS}


def choices(of: Chart) -> dict[str, Any]:
    """What a chart must be given to show all it can: two years where it has a first day, made forecasts where it wants those."""
    accepted = inspect.signature(of.draw).parameters
    found: dict[str, Any] = {}
    if "first" in accepted:
        found["first"] = TODAY - timedelta(days=730)
    if "ahead" in accepted:
        found["ahead"] = weeks_ahead()
    if "past" in accepted:
        found["past"] = weeks_past()
    if "held" in accepted:
        found["held"] = {10: 0.12, 50: 0.46, 80: 0.83, 90: 0.9}
    if "marks" in accepted:
        found["marks"] = day_marks()
    if "learned" in accepted:
        found["learned"] = learned()
    return found


def day_marks() -> tuple[Mark, ...]:
    """One measure as usual, one somewhat off, one far off, and one further than is drawn."""
    off = {"volume_kg": 0.3, "run_distance_m": -1.4, "protein_g": 2.2, "asleep_s": -5.0}
    return tuple(
        Mark(measure=name, value=100 + 10 * sigmas, mean=100.0, deviation=10.0, n=40, sigmas=sigmas) for name, sigmas in off.items()
    )


def learned() -> Learned:
    """Two networks of their own and one over all: one that learned, one that never did."""
    falling = tuple(round(1 - 0.04 * at + 0.003 * at * at, 3) for at in range(12))
    own = (Network(name="Squat", losses=falling, best=6), Network(name="Curl", losses=(1.0, 1.02, 1.1), best=0))
    every = Network(name="all exercises", losses=tuple(round(0.98 * each, 3) for each in falling), best=6)
    return Learned(own=own, every=every, look=10, through=TODAY)


def weeks_ahead() -> Ahead:
    """Eight weeks that fall slowly while they spread."""
    weeks = range(1, 9)
    mean = [79.0 - 0.1 * each for each in weeks]

    def off(by: float) -> list[float]:
        return [value + by * each for value, each in zip(mean, weeks, strict=True)]

    days = [TODAY + timedelta(weeks=each) for each in weeks]
    return Ahead(
        since=TODAY,
        base=79.0,
        days=days,
        until=days[-1],
        mean=mean,
        low_50=off(-0.08),
        high_50=off(0.08),
        low_80=off(-0.15),
        high_80=off(0.15),
    )


def weeks_past() -> Past:
    """Thirty forecasts, a month ahead each, that were right but for a few."""
    week = [TODAY - timedelta(weeks=each) for each in range(30, 0, -1)]
    came = np.array([82 - 0.1 * at for at in range(30)])
    off = np.array([(at * 7) % 5 - 2 for at in range(30)]) / 4
    wide = np.full(30, 0.4)
    return Past(
        made=[each - timedelta(weeks=4) for each in week], week=week, came=came, said=came + off, radius_50=wide / 2, radius_80=wide
    )


def short(value: Any) -> Any:
    """Plain data with its numbers rounded and its long lists told by length, ends and digest."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {str(key): short(each) for key, each in value.items()}
    items = [short(each) for each in value]
    if len(items) <= 3 * _ENDS:
        return items
    digest = hashlib.sha256(json.dumps(items).encode()).hexdigest()[:16]
    return {"n": len(items), "first": items[:_ENDS], "last": items[-_ENDS:], "sha256": digest}


def text(name: str) -> str:
    """The file of a chart: a line each value, so that a difference reads."""
    return json.dumps(taken(name), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(names: list[str]) -> int:
    """Write the files anew; all of them, or those named."""
    if unknown := sorted(set(names) - set(charts())):
        print(f"No such chart: {', '.join(unknown)}. There are: {', '.join(sorted(charts()))}.", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    for name in names or sorted(charts()):
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")
    if not names:
        for stray in [each for each in FOLDER.glob("*.json") if each.stem not in charts()]:
            stray.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
