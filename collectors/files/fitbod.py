"""Fitbod's export: times with an offset and no session, so one workout for each local day.

Identical rows are separate sets. The load is per implement; `multiplier` stays in the raw row, as Fitbod's own affair. The local
day hangs on the zone, so a corrected zone can move a row to another session: `regroups` says that its old place is cleared.
"""

from __future__ import annotations

from collectors.files._columns import by_table, words
from collectors.files._sets import Layout

name = "fitbod"
title = "Fitbod"
record_source = "fitbod"
kind = "workout"
whole_groups = True
regroups = True

_layout = Layout(
    title="Fitbod export",
    source=record_source,
    needs="Date, Exercise, Reps, Weight(kg) and isWarmup",
    words={
        "date": words("date"),
        "exercise": words("exercise"),
        "reps": words("reps"),
        "weight": words("weight"),
        "seconds": words("duration"),
        "distance": words("distance"),
        "warmup": words("iswarmup"),
        "note": words("note"),
    },
    essential=("date", "exercise", "reps", "weight", "warmup"),
    has_sessions=False,
)

recognises = by_table(_layout.fits)
rows = _layout.rows
parse = _layout.parse
