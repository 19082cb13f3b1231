"""Strong's export, in its layouts over the years and in the app's languages.

A session is its start as written and its name. The old and the plain new layout name no unit: it is asked for, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, BinaryIO

from collectors.files import _sets
from collectors.files._columns import Columns, by_table, match_columns, not_this, unit_of, words
from collectors.source import Parsed, ReadOptions
from collectors.tables import Table, read_table
from health.records import RawRow

name = "strong"
title = "Strong"
record_source = "strong"
kind = "workout"
whole_groups = True

_WORDS = {
    "number": words("workout # | workout number"),
    "date": words("date | datum | fecha | data | дата"),
    "workout": words(
        "workout name | workout title | name des workouts | trainingsname | nombre del entrenamiento | "
        "nombre de entrenamiento | nom de l'entraînement | nom de l’entraînement | nom de l'entrainement | "
        "nome dell'allenamento | nome allenamento | nome do treino | naam workout | workoutnaam | trainingsnaam"
    ),
    "duration": words("duration | workout duration | dauer | duración | durée | durata | duração | duur"),
    "exercise": words(
        "exercise name | name der übung | übungsname | nombre del ejercicio | nombre de ejercicio | "
        "nom de l'exercice | nom de l’exercice | nome dell'esercizio | nome esercizio | nome do exercício | "
        "oefeningsnaam | naam oefening"
    ),
    "set": words(
        "set order | reihenfolge festlegen | satzreihenfolge | orden de la serie | orden de series | "
        "orden de serie | ordre de la série | ordre des séries | ordine serie | ordine delle serie | ordem da série | "
        "ordem das séries | setvolgorde | volgorde set"
    ),
    "weight": words("weight | kg | kgs | lb | lbs | gewicht | peso | poids | вес"),
    "unit": words(
        "weight unit | gewichtseinheit | unidad de peso | unité de poids | unità di peso | unidade de peso | gewichtseenheid"
    ),
    "reps": words(
        "reps | wiederh | wdh | wiederholungen | repeticiones | répétitions | rép | ripetizioni | rip | repetições | "
        "herhalingen | повторения"
    ),
    "distance": words(
        "distance | km | mi | miles | m | meters | entfernung | distanz | distancia | distanza | distância | afstand"
    ),
    "distance_unit": words("distance unit | entfernungseinheit"),
    "seconds": words("seconds | sekunden | segundos | secondes | secondi | seconden | секунды"),
    "note": words("notes | note | notizen | notas | notities | заметки"),
    "workout_note": words(
        "workout notes | workout note | workout notizen | notas del entrenamiento | notes d'entraînement | "
        "notes de l'entraînement | note allenamento | note sull'allenamento | notas do treino | workoutnotities"
    ),
    "rpe": words("rpe"),
}
SETS = frozenset(word for field in ("exercise", "set", "reps") for word in _WORDS[field])  # no table of weigh-ins has these
_ESSENTIAL = ("date", "workout", "exercise", "set", "reps")

# Where the header is in a language nobody listed: the columns always come in this order, Duration and RPE not always.
_PLACES = ("date", "workout", "duration", "exercise", "set", "weight", "reps", "distance", "seconds", "note", "workout_note", "rpe")
_START = re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$")
_DURATION = re.compile(r"^(\d+\s?[^\W\d]+\.?\s?){1,3}$")
_NUMBER = re.compile(r"^\d*(?:[.,]\d+)?$")
_ENOUGH = 5  # rows that tell a layout although one of them does not fit
_WITH, _WITHOUT = "places with a duration", "places without a duration"


@lru_cache(maxsize=64)
def _columns(header: tuple[str, ...], layout: str | None) -> Columns:
    if layout:
        fields = [each for each in _PLACES if each != "duration" or layout == _WITH]
        return Columns(dict(zip(fields, header, strict=False)))
    columns = match_columns(header, _WORDS)
    units = dict(columns.units)
    for field in ("weight", "distance"):
        if unit := unit_of(columns.of.get(field, "")):  # a column that is called "kg"
            units[field] = unit
    return Columns(columns.of, units)


def columns_of(header: tuple[str, ...], context: Mapping[str, Any]) -> Columns:
    """The columns of that header, pure, so that kept rows can be parsed again."""
    return _columns(header, context.get("layout"))


def _reads(table: Table) -> str | None:
    """The layout to read columns by when it is not by their names (""); None when this is no Strong export."""
    by_name = _columns(table.header, None)
    if all(each in by_name for each in _ESSENTIAL) and ("weight" in by_name or "seconds" in by_name):
        return None if "muscle" in " ".join(table.header).casefold() else ""
    return next((layout for layout in (_WITH, _WITHOUT) if _stands(table, layout)), None)


def _stands(table: Table, layout: str) -> bool:
    """True when the cells, whatever the header's language, stand in the places where Strong writes them."""
    columns = _columns(table.header, layout)
    rows = [row for row in table.rows[:200] if not row.problem]
    if not 9 <= len(table.header) <= 13 or not rows or "seconds" not in columns:
        return False
    expected = {"date": _START, "duration": _DURATION, "weight": _NUMBER, "reps": _NUMBER, "distance": _NUMBER, "seconds": _NUMBER}
    fitting = sum(all(pattern.match(columns.text(row.cells, field)) for field, pattern in expected.items()
                      if field in columns) for row in rows)  # fmt: skip
    odd = len(rows) - fitting  # a single spoilt cell makes no other format of a file
    most = max(1, len(rows) // 10) if len(rows) >= _ENOUGH else 0
    fits = odd <= most
    counted = any(columns.text(row.cells, "set") in ("1", "W") for row in rows)
    return fits and counted and sum(bool(_NUMBER.match(columns.text(row.cells, "exercise"))) for row in rows) <= most


def claims(table: Table) -> bool:
    """True for a Strong export."""
    return _reads(table) is not None


recognises = by_table(claims)


def rows(stream: BinaryIO, name: str, options: ReadOptions) -> Iterable[RawRow]:
    table = read_table(stream)
    layout = _reads(table)
    if layout is None:
        raise not_this("Strong export", "Date, Workout Name, Exercise Name, Set Order, Weight and Reps", table.header)
    columns = _columns(table.header, layout)
    context = _sets.context_of(table, columns, options)
    if layout:
        context["layout"] = layout
    return _sets.session_rows(table, name, record_source, columns, context)


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    return _sets.parse(rows, person, columns_of)
