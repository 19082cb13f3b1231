"""FitNotes' export: a day, no time of day and no session, so one workout for each day."""

from __future__ import annotations

from collectors.files._columns import by_table, words
from collectors.files._sets import Layout

name = "fitnotes"
title = "FitNotes"
record_source = "fitnotes"
kind = "workout"
whole_groups = True

_layout = Layout(
    title="FitNotes export",
    source=record_source,
    needs="Date, Exercise, Category, Weight and Reps",
    words={
        "date": words("date"),
        "exercise": words("exercise"),
        "category": words("category"),
        "weight": words("weight"),
        "unit": words("weight unit"),
        "reps": words("reps"),
        "distance": words("distance"),
        "distance_unit": words("distance unit"),
        "seconds": words("time"),
        "note": words("comment | comments | notes"),
    },
    essential=("date", "exercise", "category", "weight", "reps"),
    has_sessions=False,
)

recognises = by_table(_layout.fits)
rows = _layout.rows
parse = _layout.parse
