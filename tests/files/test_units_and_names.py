"""Units in cells and headers of any script, and formats that must not take each other's tables."""

from decimal import Decimal
from typing import Any

import pytest

from collectors.source import UnitNeeded
from health.records import Measurement, Workout
from tests.files.reading import read_text, recognised

STRONG = {
    "it": "Data,Nome allenamento,Durata,Nome esercizio,Ordine serie,Peso,Rip,Distanza,Secondi,Note,Note allenamento,RPE",
    "fr": (
        "Date,Nom de l'entraînement,Durée,Nom de l'exercice,Ordre de la série,Poids,Répétitions,Distance,Secondes,Notes,"
        "Notes de l'entraînement,RPE"
    ),
    "es": (
        "Fecha,Nombre del entrenamiento,Duración,Nombre del ejercicio,Orden de la serie,Peso,Repeticiones,Distancia,"
        "Segundos,Notas,Notas del entrenamiento,RPE"
    ),
    "nl": "Datum,Workoutnaam,Duur,Oefeningsnaam,Setvolgorde,Gewicht,Herhalingen,Afstand,Seconden,Notities,Workoutnotities,RPE",
    "pt": (
        "Data,Nome do treino,Duração,Nome do exercício,Ordem da série,Peso,Repetições,Distância,Segundos,Notas,Notas do treino,RPE"
    ),
}
SETS = "Date,Workout Name,Exercise Name,Set Order,Weight,Weight Unit,Reps,Distance,Distance Unit,Seconds,Notes,Workout Notes\n"


def masses(text: str, format_name: str, **said: Any) -> list[float]:
    found = read_text(text, format_name, **said).values()
    assert [rejected for _, each in found for rejected in each] == []
    return [float(record.values["body_mass_kg"]) for record, _ in found if isinstance(record, Measurement)]


@pytest.mark.parametrize("language", sorted(STRONG))
def test_strong_in_another_language_is_no_weight_table(language: str) -> None:
    text = STRONG[language] + "\n2019-01-05 07:03:02,A,38min,Sq,1,100.0,5,0,0,,,\n"
    assert recognised(text.encode()) == ["strong"]
    assert recognised((STRONG[language] + "\n").encode()) == ["strong"]
    ((record, rejected),) = read_text(text, "strong", units="kg").values()
    assert rejected == []
    assert isinstance(record, Workout)
    assert [float(each or 0) for each in (record.sets[0].load_kg, record.sets[0].reps, record.duration_s)] == [100, 5, 2280]


@pytest.mark.parametrize("word", ["Ripetizioni", "Nombre del ejercicio", "Wdh.", "Volgorde set"])
def test_a_table_with_a_column_of_lifting_is_no_weight_table(word: str) -> None:
    assert recognised(f"Date,Weight (kg),{word}\n2024-01-05,100,5\n".encode()) == []


# -- units


@pytest.mark.parametrize("header", ["日期,体重(公斤)", "日付,体重（kg）", "Дата,Вес (кг)", "날짜,체중(kg)"])
def test_a_plain_weight_table_in_another_script(header: str) -> None:
    assert recognised(f"{header}\n2024-01-05,82.5\n".encode()) == ["weight"]
    assert masses(f"{header}\n2024-01-05,82.5\n", "weight") == [82.5]


def test_one_cell_with_a_unit_does_not_silence_what_was_said() -> None:
    text = "date,weight\n2024-01-05,82.5\n2024-01-06,82.5 kg\n2024-01-07,180 lb\n"
    assert masses(text, "weight", units="kg") == [82.5, 82.5, 81.646627]
    with pytest.raises(UnitNeeded, match="--units kg or --units lb"):
        read_text(text, "weight")


def test_every_cell_with_its_unit_needs_nothing_said() -> None:
    assert masses("date,weight\n2024-01-05,82.5 kg\n2024-01-06,\n2024-01-07,180 lb.\n", "weight") == [82.5, 81.646627]
    assert masses("date,weight,unit\n2024-01-05,82.5,kg\n2024-01-06,180 lb,\n", "weight") == [82.5, 81.646627]
    with pytest.raises(UnitNeeded):
        read_text("date,weight,unit\n2024-01-05,82.5,kg\n2024-01-06,180,\n", "weight")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("180 pounds", 81.646627),
        ("180 Pound", 81.646627),
        ("82.5 Kilograms", 82.5),
        ("82.5 kilos", 82.5),
        ("82.5公斤", 82.5),
        ("82.5 кг", 82.5),
        ("82.5 Kg.", 82.5),
    ],
)
def test_a_unit_in_a_cell_is_known_as_in_a_header(said: str, expected: float) -> None:
    assert masses(f"date,weight\n2024-01-05,{said}\n", "weight") == [expected]


def test_unit_columns_of_sets_know_every_spelling() -> None:
    units = [("Pounds", "meters", "1"), ("Kilograms", "Metres", "1"), ("kgs", "kilometers", "1000"), ("LBS.", "Feet", "0.3048")]
    rows = [f"2024-01-01 10:00:00,A,Row,{n},100,{mass},5,10,{length},0,," for n, (mass, length, _) in enumerate(units, 1)]
    ((record, rejected),) = read_text(SETS + "\n".join(rows) + "\n", "strong").values()
    assert rejected == []
    assert isinstance(record, Workout)
    assert [each.load_kg for each in record.sets] == [Decimal("45.359237"), 100, 100, Decimal("45.359237")]
    assert [each.distance_m for each in record.sets] == [10 * Decimal(metres) for _, _, metres in units]


def test_a_distance_says_its_unit_in_its_cell() -> None:
    text = SETS + "2024-01-01 10:00:00,A,Row,1,,,,2 miles,,0,,\n2024-01-01 10:00:00,A,Row,2,,,,5 stones,,0,,\n"
    ((record, rejected),) = read_text(text, "strong").values()
    assert isinstance(record, Workout)
    assert [each.distance_m for each in record.sets] == [Decimal("3218.688"), None]
    assert [(each.field, each.said) for each in rejected] == [("distance", "5 stones")]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Дата,Вес (кг),Масса жира (кг)", 82.5),
        ("Дата,Вес (фунт),Масса жира (фунт)", 37.421371),
        ("日期,体重 (公斤),脂肪量 (公斤)", 82.5),
        ("日期,體重（kg）,脂肪量（kg）", 82.5),
        ("日期,体重（千克）,脂肪量（千克）", 82.5),
        ("日期,体重（磅）,脂肪量（磅）", 37.421371),
        ("日付,体重（ｋｇ）,脂肪量（ｋｇ）", 82.5),
    ],
)
def test_withings_headers_in_other_scripts(header: str, expected: float) -> None:
    text = header + ",Comments\n2024-01-05 07:00:00,82.5,20.5,\n"
    assert recognised(text.encode()) == ["withings"]
    ((record, rejected),) = read_text(text, "withings").values()
    assert rejected == []
    assert isinstance(record, Measurement)
    assert float(record.values["body_mass_kg"]) == expected
    assert set(record.values) == {"body_mass_kg", "fat_mass_kg"}


def test_one_weight_told_three_ways_is_no_withings_export() -> None:
    text = "Date,Average weight (kg),Max weight (kg),Min weight (kg)\n2024-01-05,82.5,83,82\n"
    assert recognised(text.encode()) == []


def test_german_strong_with_a_duration_in_seconds() -> None:
    head = (
        "Workout #;Datum;Name des Workouts;Dauer (Sek.);Übungsname;Reihenfolge festlegen;Gewicht (kg);Wdh.;RPE;"
        "Entfernung (m);Sekunden;Notizen;Workout Notizen\n"
    )
    text = head + "1;2024-02-05 19:10:00;Pull;4200;Kreuzheben;1;140;5;8,5;;;;\n"
    assert recognised(text.encode()) == ["strong"]
    ((record, rejected),) = read_text(text, "strong").values()
    assert rejected == []
    assert isinstance(record, Workout)
    assert record.duration_s == 4200


# -- cells without a value


@pytest.mark.parametrize("said", ["bodyweight", "BW", "Body Weight", "body-weight", "Bodyweight"])
def test_a_set_with_the_body_alone_has_no_load(said: str) -> None:
    text = SETS + f"2024-01-01 10:00:00,A,Pull Up,1,{said},,8,,,0,,\n"
    ((record, rejected),) = read_text(text, "strong").values()
    assert rejected == []
    assert isinstance(record, Workout)
    assert (record.sets[0].reps, record.sets[0].load_kg) == (8, None)


def test_a_negative_load_is_set_aside_with_its_reason() -> None:
    text = SETS + "2024-01-01 10:00:00,A,Pull Up,1,-20,kg,8,,,0,,\n"
    ((record, rejected),) = read_text(text, "strong").values()
    assert record is None
    assert [(each.field, each.reason, each.said) for each in rejected] == [("weight", "is below 0", "-20")]


@pytest.mark.parametrize(
    ("format_name", "text"),
    [
        ("weight", "date,weight (kg),note\n2024-01-05,,away\n2024-01-06,82.5,\n"),
        ("withings", 'Date,"Weight (kg)","Fat mass (kg)",Comments\n2024-01-05 07:00:00,,,away\n2024-01-06 07:00:00,82.5,,\n'),
    ],
)
def test_a_day_without_a_weight_is_no_weigh_in_and_no_complaint(format_name: str, text: str) -> None:
    assert masses(text, format_name) == [82.5]


def test_one_cell_without_its_unit_among_many_is_set_aside_by_itself() -> None:
    days = [f"2024-01-{day:02},82.{day} kg" for day in range(1, 9)]
    found = read_text(
        "\n".join(["date,weight", *days[:4], "2024-02-01,83.1", "2024-02-02,1.2.3", *days[4:], ""]), "weight"
    ).values()
    assert sum(record is not None for record, _ in found) == 8
    assert [(each.field, each.said) for _, bad in found for each in bad] == [("weight", "83.1"), ("weight", "1.2.3")]


def test_a_percentage_in_furlongs_is_none() -> None:
    ((_, rejected),) = read_text("date,weight (kg),fat (%)\n2024-01-05,82.5,5 furlongs\n", "weight").values()
    assert [(each.field, each.said) for each in rejected] == [("fat", "5 furlongs")]
