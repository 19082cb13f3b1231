"""Hevy's export: one row a set, times on the wearer's clock without a zone, weights in the unit that the header names."""

from __future__ import annotations

from collectors.files._columns import by_table, words
from collectors.files._sets import Layout

name = "hevy"
title = "Hevy"
record_source = "hevy"
kind = "workout"
whole_groups = True

_layout = Layout(
    title="Hevy export",
    source=record_source,
    needs="title, start_time, exercise_title, set_index and reps",
    words={
        "workout": words("title"),
        "date": words("start time"),
        "end": words("end time"),
        "workout_note": words("description"),
        "exercise": words("exercise title"),
        "note": words("exercise notes"),
        "index": words("set index"),
        "type": words("set type"),
        "weight": words("weight"),
        "reps": words("reps"),
        "distance": words("distance"),
        "seconds": words("duration"),
        "rpe": words("rpe"),
    },
    essential=("workout", "date", "exercise", "index", "reps"),
)

recognises = by_table(_layout.fits)
rows = _layout.rows
parse = _layout.parse
