"""A person's own weekly files `workout_YYYY-MM-DD.csv`.

Date, workout type, exercise, muscle group, set number, repetitions, weight; the header's spelling varies from one export to the
next, and the muscle group tells these files from the apps' exports.
"""

from __future__ import annotations

from collectors.files._columns import by_table, words
from collectors.files._sets import Layout

name = "weekly"
title = "Weekly workout file"
record_source = "weekly"
kind = "workout"
whole_groups = True

_layout = Layout(
    title="weekly workout file",
    source=record_source,
    needs="date, workout type, exercise, muscle group, set number, repetitions and weight",
    words={
        "date": words("date | day | workout date | session date | training date | datum"),
        "workout": words(
            "workout type | workout | type | workout name | session | session type | training type | training | workouttype"
        ),
        "exercise": words("exercise | exercise name | movement | lift | exercisename | übung"),
        "muscle": words(
            "muscle group | muscle | muscles | muscle groups | target muscle | body part | bodypart | musclegroup | muskelgruppe"
        ),
        "set": words("set number | set | set # | set no | set nr | set order | set num | setnumber | sets | set index | # | satz"),
        "reps": words(
            "repetitions | reps | rep | repetition | rep count | number of repetitions | number of reps | wiederholungen"
        ),
        "weight": words("weight | load | weight used | weight lifted | kg | lb | lbs | gewicht"),
        "unit": words("unit | units | weight unit"),
        "rpe": words("rpe"),
        "note": words("notes | note | comment | comments"),
    },
    essential=("date", "exercise", "muscle", "set", "reps"),
)

recognises = by_table(_layout.fits)
rows = _layout.rows
parse = _layout.parse
