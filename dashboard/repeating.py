"""Last time's in one tap: the sets of an exercise as they were the last time, or the whole of the last session."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import drafts, entries, sessionform, typed
from dashboard.page import House
from dashboard.typed import EntryError

_LOOKED_BACK = 30  # own sessions among which the last crossfit session is looked for


def repeated(
    house: House, draft: drafts.Draft, id: str, exercise: str, form: str, unit: str
) -> tuple[drafts.Draft, dict[str, Any]]:
    """The draft with last time's sets: of the exercise, else of the whole last session; and what else the form takes over of it.

    Their ids begin with `id`. Raises EntryError where there is nothing to repeat.
    """
    if not exercise and form == drafts.CROSSFIT:
        return _crossfit(house, draft, id)
    sets_frame = own_sets(house)
    if exercise or sets_frame.empty:
        last_sets = sessionform.last_sets(sets_frame, meant(house, exercise))
    else:
        last_sets = sets_frame[sets_frame["workout_id"] == sets_frame["workout_id"].iloc[-1]]
    done = last_sets[["reps", "duration_s", "distance_m"]].notna().any(axis=1) & (last_sets["type"] != "warmup")
    rows = last_sets[done].to_dict("records")
    if not rows:
        raise EntryError(f"There is no {exercise} to repeat yet." if exercise else "There is no session to repeat yet.")
    return drafts.with_sets(draft, id, [_plain(row) for row in rows], unit), {}


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row of the frame as a set of a record: what is absent is None, the name as it was given."""
    numbers = {name: row[name] if row[name] == row[name] else None for name in ("reps", "load_kg", "duration_s", "distance_m")}
    return {"exercise": row["given"], "type": row["type"], **numbers}


def _crossfit(house: House, draft: drafts.Draft, id: str) -> tuple[drafts.Draft, dict[str, Any]]:
    """The movements of the last crossfit session, its name and rounds."""
    last = _last_crossfit(house)
    if len(draft["sets"]) + len(last["sets"]) > drafts.MOST_SETS:
        raise EntryError(f"A session holds at most {drafts.MOST_SETS} sets.")
    said = [
        {**{name: value for name, value in each.items() if name not in ("rpe", "note")}, "id": f"{id}-{at}"}
        for at, each in enumerate(last["sets"])
    ]
    about = {"name": last.get("name") or "", "rounds": float(last.get("rounds") or 1)}
    return {**draft, "sets": [*draft["sets"], *said]}, about


def _last_crossfit(house: House) -> dict[str, Any]:
    """What was typed for the last crossfit session entered here. Raises EntryError where there is none."""
    frames = house.frames.frames()
    workouts = frames.workouts[frames.workouts["source"] == typed.SOURCE]
    for id in [] if frames.is_sample else workouts["id"].iloc[: -_LOOKED_BACK - 1 : -1]:
        said = entries.typed_of(house.store, house.person, str(id).partition(":")[2])
        if said is not None and said.get("form") == drafts.CROSSFIT:
            return said
    raise EntryError("There is no crossfit session to repeat yet.")


def own_sets(house: House) -> pd.DataFrame:
    """The person's sets; none of the sample's."""
    frames = house.frames.frames()
    return frames.sets.iloc[:0] if frames.is_sample else frames.sets


def meant(house: House, exercise: str) -> str:
    """The exercise that a typed name means: last time it may have been called otherwise."""
    return house.frames.frames().names.of(exercise)
