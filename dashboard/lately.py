"""The last run and the last strength session as cards, each compared with what came before."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard import cards, words
from dashboard.elements import Component, html
from dashboard.figures.running import by_pace, rate
from dashboard.figures.strength import all_records
from dashboard.memory import remembered
from dashboard.page import View
from dashboard.theme import Look
from health import running, strength

_BARS: Final = 14
_MOST_ROWS: Final = 8
# A record by which measure, in words; the first that holds is told.
_RECORDS: Final = (("e1rm", "Record"), ("load", "Heaviest"), ("reps", "Most reps"))


# -- the last run -------------------------------------------------------------------------------------------------------------


def last_run_card(view: View) -> Component:
    """The last run (or, for somebody who does not run, the last of what they do most) beside the one before."""
    frame, look = view.frames.activities, view.look
    sports = [name for name, _ in remembered(frame, "sports", lambda: running.sports(frame))]
    if not sports:
        said = "No runs yet. Strava, a watch's export or any other activity fills this place."
        return cards.card(
            "Last run", cards.empty(said, way_on=cards.link("Bring some in", "/sources")), w=5, domain="run", moment="no data yet"
        )
    sport = "run" if "run" in sports else sports[0]
    found = remembered(frame, ("last run", sport), lambda: running.last_run(frame, sport))
    assert found is not None  # the sport is one of those present
    name = "Last run" if sport == "run" else f"Last {sport.replace('_', ' ')}"
    moment = words.moment(found.last["at"].to_pydatetime(), found.last["zone"], look, found.last["precision"])
    parts = cards.parts(*_run_parts(found, sport, look))
    if found.before is None:
        below = cards.rule(cards.note("The first one here. The next is compared with it."))
        return cards.card(name, parts, below, w=5, domain="run", moment=moment)
    before = words.day(found.before["day"].date(), look)
    compared = cards.note(f"Compared with the {'run' if sport == 'run' else 'one'} before, {before}.")
    return cards.card(name, parts, cards.rule(compared, *_run_bars(frame, sport, look)), w=5, domain="run", moment=moment)


def _run_parts(found: running.LastRun, sport: str, look: Look) -> list[Component]:
    last, parts = found.last, []
    if _known(last["distance_m"]):
        moved = found.change("distance_m")
        more = words.change(words.distance(abs(moved), look), moved) if _known(moved) else None
        parts.append(cards.part("Distance", words.distance(last["distance_m"], look), _moved(more)))
    if _known(last["speed_mps"]):
        name = "Average pace" if by_pace(sport, look) else "Average speed"
        parts.append(cards.part(name, rate(last["speed_mps"], sport, look), _faster(found, sport, look)))
    elif _known(last["time_s"]):
        parts.append(cards.part("Time", words.Amount(words.duration(last["time_s"]))))
    if _known(last["ascent_m"]):
        moved = found.change("ascent_m")
        more = words.change(words.climb(abs(moved), look), moved) if _known(moved) else None
        parts.append(cards.part("Climb", words.climb(last["ascent_m"], look), _moved(more)))
    return parts


def _moved(change: words.Change | None) -> Component | None:
    return None if change is None else html.Div(cards.delta(change, words.more_text(change)), className="fb-note")


def _faster(found: running.LastRun, sport: str, look: Look) -> Component | None:
    if found.before is None or not _known(found.before["speed_mps"]):
        return None
    now, before = float(found.last["speed_mps"]), float(found.before["speed_mps"])
    if by_pace(sport, look):
        change = words.faster(now, before, look)
        return html.Div(cards.delta(change, words.faster_text(change)), className="fb-note")
    change = words.change(words.speed(abs(now - before), look), now - before, "up")
    said = words.more_text(change).replace("more", "faster").replace("less", "slower")
    return html.Div(cards.delta(change, said), className="fb-note")


def _run_bars(frame: pd.DataFrame, sport: str, look: Look) -> list[Component]:
    recent = remembered(
        frame, ("last", sport), lambda: running.of_sport(frame, sport)["distance_m"].dropna().iloc[-_BARS:].tolist()
    )
    if len(recent) < 3 or max(recent) <= 0:
        return []
    longest = words.distance(max(recent), look, 1)
    bars = html.Div(
        [html.I(style={"--v": f"{each / max(recent):.0%}"}) for each in recent], className="fb-bars", **{"aria-hidden": "true"}
    )
    many = "runs" if sport == "run" else "times"
    told = html.Div(
        [html.Span(f"Last {len(recent)} {many}, by distance"), html.Span(f"longest {longest}")], className="fb-apart fb-note"
    )
    return [bars, told]


def _known(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


# -- the last strength session ------------------------------------------------------------------------------------------------


def last_session_card(view: View) -> Component:
    """The last session, an exercise a row, with its best set; records are marked."""
    sets, look = view.frames.sets, view.look
    if sets.empty:
        said = "No strength sessions yet. A Strong, Hevy or FitNotes export, a sheet or your own entry fills this place."
        way_on = cards.link("Bring some in", "/sources")
        return cards.card("Last strength session", cards.empty(said, way_on=way_on), w=7, domain="lift", moment="no data yet")
    last = sets.iloc[-1]
    workout = str(last["workout_id"])
    done = remembered(sets, "last session", lambda: _last_session(sets, workout))
    broken = remembered(sets, "records", lambda: _broken(sets))
    cells = [_exercise(each, broken.get((workout, each.exercise), ()), look) for each in done[:_MOST_ROWS]]
    more = len(done) - _MOST_ROWS
    explained = "Est. max (e1RM) is the most you could probably lift one time."
    note = f"and {words.count(more, 'more exercise')}. {explained}" if more > 0 else explained
    estimated = any(_known(each.e1rm_kg) for each in done)
    head = ("Exercise", "Best set", "Est. max") if estimated else ("Exercise", "Best set")
    table = cards.table(head, [each[: len(head)] for each in cells], numeric=(1, 2), label="Last strength session")
    moment = words.moment(last["at"].to_pydatetime(), last["zone"], look)
    foot = cards.note(note, class_name="mt-2") if estimated or more > 0 else None
    return cards.card("Last strength session", table, foot, w=7, domain="lift", moment=moment)


def _broken(sets: pd.DataFrame) -> dict[tuple[str, str], tuple[str, ...]]:
    """The measures in which a session beat all before it, by session and exercise."""
    table = all_records(sets)
    table = table[table["previous"].notna()]
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for workout, exercise, measure in zip(table["workout_id"], table["exercise"], table["measure"], strict=True):
        key = str(workout), str(exercise)
        found[key] = (*found.get(key, ()), str(measure))
    return found


@dataclass(frozen=True, kw_only=True)
class _Done:
    """One exercise of the last session: the set that is told of it, by what it has."""

    exercise: str
    e1rm_kg: float
    reps: float
    load_kg: float
    distance_m: float
    duration_s: float


def _last_session(sets: pd.DataFrame, workout: str) -> list[_Done]:
    own = sets[sets["workout_id"] == workout]
    return [_done(row, own) for row in strength.sessions(own).to_dict("records")]


def _done(row: dict[Any, Any], own: pd.DataFrame) -> _Done:
    """With a load the set of the best estimate, else that of the most repetitions."""
    name = str(row["exercise"])
    mine = own[(own["exercise"] == name) & (own["type"] != "warmup")]
    reps, load = row["best_reps"], row["best_load_kg"]
    if not _known(load) and mine["reps"].notna().any():
        most = mine.iloc[int(np.nanargmax(mine["reps"].to_numpy()))]
        reps, load = most["reps"], most["load_kg"]
    far, long = (float(mine[each].max()) for each in ("distance_m", "duration_s"))
    return _Done(exercise=name, e1rm_kg=row["e1rm_kg"], reps=reps, load_kg=load, distance_m=far, duration_s=long)


def _exercise(done: _Done, records: tuple[str, ...], look: Look) -> tuple[Any, ...]:
    named: list[Any] = [html.Span(done.exercise)]
    told = next((text for measure, text in _RECORDS if measure in records), None)
    if told:
        named.append(cards.tag(told))
    estimate = str(words.mass(done.e1rm_kg, look, 0)) if _known(done.e1rm_kg) else words.NONE
    return html.Span(named, className="fb-named"), _best(done, look), estimate


def _best(done: _Done, look: Look) -> str:
    if _known(done.reps):
        return words.lifted(done.reps, done.load_kg, look)
    if _known(done.distance_m):
        return str(words.distance(done.distance_m, look))
    return words.duration(done.duration_s) if _known(done.duration_s) else words.NONE
