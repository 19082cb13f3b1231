"""A person's sheet, however it is laid out: every good cell a set, every bad one named by tab, row and column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from collectors import sheet_layout as layout
from collectors.http import Traffic
from collectors.keep import by_group
from collectors.services import Service
from collectors.source import Failed, Halt, ReconnectNeeded
from collectors.sources import sheets
from health.records import RawRow, Rejected, Workout
from tests.fakes.server import Answer
from tests.fakes.sheets import HEADER, Cell, Sheets, _cell, _trimmed, made_rows

DAY = date(2025, 3, 3)
SERIAL = 45719  # of that day


def rows_of(cells: Sequence[Sequence[Cell]], mapping: str | None = None, title: str = "Log") -> list[RawRow]:
    """The raw rows of one tab whose cells come as the API gives them."""
    values = _trimmed([[_cell(each, "UNFORMATTED_VALUE", "SERIAL_NUMBER") for each in row] for row in cells])
    book = sheets.Book(zone="Europe/Berlin", tabs=[layout.Tab(number=7, title=title, cells=json.loads(json.dumps(values)))])
    return list(sheets.book_rows(book, layout.read_mapping(mapping), "doc"))


def parsed(cells: Sequence[Sequence[Cell]], mapping: str | None = None) -> tuple[list[Workout], list[Rejected]]:
    workouts: list[Workout] = []
    rejected: list[Rejected] = []
    for rows in by_group(rows_of(cells, mapping)).values():
        record, bad = sheets.parse(rows, "me")
        rejected += bad
        if record:
            assert isinstance(record, Workout)
            workouts.append(record)
    return workouts, rejected


def sets_of(cells: Sequence[Sequence[Cell]], mapping: str | None = None) -> list[tuple[str, int | None, Decimal | None]]:
    workouts, rejected = parsed(cells, mapping)
    assert rejected == []
    return [(each.exercise, each.reps, each.load_kg) for workout in workouts for each in workout.sets]


def test_the_template() -> None:
    workouts, rejected = parsed(
        [
            list(HEADER),
            [DAY, "Push", "Bench Press", 1, 8, 60, "kg", "easy"],
            [DAY, "Push", "Bench Press", 2, 6, 132.5, "lb", None],
            [DAY, "Push", "Dips", 1, 12, None, None, None],
            [datetime(2025, 3, 4, 18, 30), "Pull", "Row", 1, 10, 82.5, "kg", None],
        ]
    )
    assert rejected == []
    push, pull = workouts
    assert (push.name, push.precision, push.day, push.zone) == ("Push", "day", DAY, "Europe/Berlin")
    assert [(each.order, each.reps, each.load_kg, each.note) for each in push.sets] == [
        (1, 8, Decimal(60), "easy"),
        (2, 6, Decimal("60.100989"), None),
        (3, 12, None, None),
    ]
    assert (pull.precision, pull.at.isoformat()) == ("instant", "2025-03-04T17:30:00+00:00")


@pytest.mark.parametrize(
    "header",
    [
        ["Datum", "Training", "Übung", "Satz", "Wdh.", "Gewicht (kg)"],
        ["Fecha", "Sesión", "Ejercicio", "Serie", "Repeticiones", "Peso [kg]"],
        ["date", "Séance", "EXERCICE", "série", "Répétitions", "Poids (kg)"],
        ["Data", "Allenamento", "Esercizio", "Serie", "Ripetizioni", "kg"],
        ["дата", "тренировка", "упражнение", "подход", "повторения", "вес (kg)"],
    ],
)
def test_header_words_in_several_languages_and_a_unit_in_the_header(header: list[Cell]) -> None:
    assert sets_of([header, [DAY, "A", "Squat", 1, 5, 100]]) == [("Squat", 5, Decimal(100))]


def test_merged_cells_are_carried_down_and_headings_above_the_header_do_not_matter() -> None:
    cells: list[list[Cell]] = [
        ["My log 2025"],
        [],
        ["date", "workout", "exercise", "reps", "weight (kg)"],
        [DAY, "Legs", "Squat", 5, 100],
        [None, None, None, 5, 105],
        [None, None, "Lunge", 8, 20],
        [],
        [date(2025, 3, 5), "Push", "Bench", 5, 60],
    ]
    workouts, rejected = parsed(cells)
    assert rejected == []
    assert [(each.exercise, each.load_kg) for each in workouts[0].sets] == [("Squat", 100), ("Squat", 105), ("Lunge", 20)]
    assert workouts[1].name == "Push"


def test_under_a_bad_date_nothing_is_given_to_the_day_above() -> None:
    cells: list[list[Cell]] = [
        ["date", "exercise", "reps", "weight (kg)"],
        [DAY, "Squat", 5, 100],
        ["31.2.2025", "Squat", 5, 100],
        [None, "Squat", 5, 102.5],
        [date(2025, 3, 6), "Squat", 5, 105],
    ]
    workouts, rejected = parsed(cells)
    assert [len(each.sets) for each in workouts] == [1, 1]
    assert [(each.row, each.field, each.said) for each in rejected] == [
        ("tab Log, row 3, column A", "date", "31.2.2025"),
        ("tab Log, row 4, column A", "date", "31.2.2025"),
    ]


@pytest.mark.parametrize(
    ("row", "place", "field", "reason"),
    [
        ([DAY, "A", "Squat", 1, "five", 60, "kg"], "row 2, column E", "reps", "is not a number"),
        ([DAY, "A", "Squat", 1, 8.5, 60, "kg"], "row 2, column E", "reps", "is not a whole number"),
        ([DAY, "A", "Squat", 1, 8, "#REF!", "kg"], "row 2, column F", "weight", "is not a number"),
        ([DAY, "A", "Squat", 1, 8, 60, "stones of old"], "row 2, column G", "unit", "which is not one of"),
        ([DAY, "A", "Squat", 1, 8, 60, None], "row 2, column F", "weight", "has no unit"),
        ([DAY, "A", "Squat", 1, 8, 60_000, "kg"], "row 2, column F", "weight", "is above"),
        ([DAY, "A", "Squat", 1, 877_777, 60, "kg"], "row 2, column E", "reps", "is above"),
        ([DAY, "A", "Squat", 1, -3, 60, "kg"], "row 2, column E", "reps", "is below 0"),
        ([DAY, "A", None, 1, 8, 60, "kg"], "row 2, column C", "exercise", "is missing"),
        ([DAY, "A", "Squat", 1, None, 60, "kg"], "row 2, column E", "reps", "is missing"),
        ([True, "A", "Squat", 1, 8, 60, "kg"], "row 2, column A", "date", "is not a date"),
        ([3.5, "A", "Squat", 1, 8, 60, "kg"], "row 2, column A", "date", "is not a date"),
        ([DAY, "A", "Squat", 1, True, 60, "kg"], "row 2, column E", "reps", "is not a number"),
    ],
)
def test_each_bad_cell_is_named_and_its_neighbours_stay(row: list[Cell], place: str, field: str, reason: str) -> None:
    workouts, rejected = parsed([list(HEADER), row, [date(2025, 3, 9), "A", "Squat", 1, 8, 60, "kg"]])
    assert [len(each.sets) for each in workouts] == [1]
    assert [(each.row, each.field) for each in rejected] == [(f"tab Log, {place}", field)]
    assert reason in rejected[0].reason


def test_every_bad_cell_of_a_row_is_told_and_one_that_a_set_can_do_without_does_not_lose_it() -> None:
    header: list[Cell] = ["date", "exercise", "reps", "weight", "rpe"]
    workouts, rejected = parsed([header, [DAY, "Squat", "x", "y", 11], [DAY, "Squat", 5, 0, "hard"]])
    assert [(each.row[-8:], each.field) for each in rejected] == [
        ("column E", "rpe"),
        ("column C", "reps"),
        ("column D", "weight"),
        ("column E", "rpe"),
    ]
    assert [(each.reps, each.load_kg, each.rpe) for each in workouts[0].sets] == [(5, Decimal(0), None)]


def test_comma_decimals_in_text_cells() -> None:
    cells: list[list[Cell]] = [
        ["date", "exercise", "reps", "weight (kg)"],
        [DAY, "Squat", "5", "82,5"],
        [DAY, "Squat", 5, "100 kg"],
    ]
    assert sets_of(cells) == [("Squat", 5, Decimal("82.5")), ("Squat", 5, Decimal(100))]
    assert sets_of([cells[0], [DAY, "Squat", 5, "1,250"]], '{"decimal": ","}') == [("Squat", 5, Decimal("1.25"))]


def test_dates_as_text() -> None:
    header: list[Cell] = ["date", "exercise", "reps", "weight (kg)"]
    for text in ("2025-03-14", "14.3.2025", "14/03/2025", "14. März 2025"):
        workouts, rejected = parsed([header, [text, "Squat", 5, 100]])
        assert (rejected, workouts[0].day) == ([], date(2025, 3, 14))
    _, rejected = parsed([header, ["03/04/2025", "Squat", 5, 100]])
    assert rejected[0].field == "date"
    workouts, _ = parsed([header, ["03/04/2025", "Squat", 5, 100]], '{"dates": "mdy"}')
    assert workouts[0].day == date(2025, 3, 4)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("3x10@60", [(10, 60)] * 3),
        ("3 × 10 @ 60 kg", [(10, 60)] * 3),
        ("3x10x60", [(10, 60)] * 3),
        ("10/8/6@62,5", [(10, Decimal("62.5")), (8, Decimal("62.5")), (6, Decimal("62.5"))]),
        ("2x5@100; 1x3@110", [(5, 100), (5, 100), (3, 110)]),
        ("5@60, 5@70, 3@80", [(5, 60), (5, 70), (3, 80)]),
        ("3x12@BW", [(12, None)] * 3),
        ("3x12", [(12, None)] * 3),
        ("1x5@225lb", [(5, Decimal("102.058283"))]),
    ],
)
def test_a_whole_scheme_in_a_cell(cell: str, expected: list[tuple[int, Any]]) -> None:
    header: list[Cell] = ["date", "exercise", "sets", "unit"]
    found = sets_of([header, [DAY, "Squat", cell, "kg"]])
    assert [(reps, load) for _, reps, load in found] == expected
    wide = sets_of([["Datum", "Squat", "Bench"], [DAY, cell, "1x1@100kg"]], '{"layout": "wide", "unit": "kg"}')
    assert wide == [("Squat", reps, load) for reps, load in expected] + [("Bench", 1, Decimal(100))]


def test_a_scheme_that_cannot_be_read_is_one_bad_cell() -> None:
    workouts, rejected = parsed([["Datum", "Squat", "Bench"], [DAY, "lots", "3x5@60"]], '{"layout": "wide", "unit": "kg"}')
    assert [(each.row, each.field) for each in rejected] == [("tab Log, row 2, column B", "Squat")]
    assert [each.exercise for each in workouts[0].sets] == ["Bench"] * 3


def test_a_number_of_sets_beside_reps_and_weight() -> None:
    assert sets_of([["date", "exercise", "sets", "reps", "kg"], [DAY, "Squat", 3, 8, 80]]) == [("Squat", 8, Decimal(80))] * 3


def test_other_headers_by_mapping() -> None:
    mapping = json.dumps({"columns": {"date": "When", "exercise": "What I did", "reps": "Times"}, "unit": "lb"})
    cells: list[list[Cell]] = [["When", "What I did", "Times", "weight"], [DAY, "Squat", 5, 100]]
    assert sets_of(cells, mapping) == [("Squat", 5, Decimal("45.359237"))]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "an object is expected"),
        ('{"colums": {}}', "'colums' is not one of"),
        ('{"columns": {"when": "A"}}', "'when' is not one of the fields"),
        ('{"columns": {"date": 1}}', "maps a field"),
        ('{"unit": "stone"}', "'unit' is one of"),
        ('{"tabs": 1}', "is a list of titles"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(mapping: str, said: str) -> None:
    with pytest.raises(Failed, match=said):
        layout.read_mapping(mapping)


def test_a_sheet_without_a_header_changes_nothing() -> None:
    with pytest.raises(Failed, match="no row of column names"):
        rows_of([["something", "else"], [1, 2]])


def test_a_row_inserted_above_moves_no_record_and_no_raw_row() -> None:
    cells: list[list[Cell]] = [list(HEADER), *([DAY, "A", "Squat", place, 5, 100 + place, "kg"] for place in range(3))]
    before = rows_of(cells)
    cells.insert(1, [date(2025, 3, 1), "A", "Bench", 1, 5, 60, "kg"])
    after = [each for each in rows_of(cells) if each.group == before[0].group]
    assert [(each.group, each.row_id, each.data) for each in after] == [(each.group, each.row_id, each.data) for each in before]


def test_numbers_are_what_the_sheet_says_not_their_binary_value() -> None:
    cells: list[list[Cell]] = [["date", "exercise", "reps", "kg"], [DAY, "Squat", 5, 82.1], [DAY, "Squat", 5, 0.1 + 0.2]]
    assert [load for _, _, load in sets_of(cells)] == [Decimal("82.1"), Decimal("0.3")]


def test_serials() -> None:
    assert [_cell(date(2020, 1, 1), "UNFORMATTED_VALUE", "SERIAL_NUMBER"), _cell(DAY, "UNFORMATTED_VALUE", "SERIAL_NUMBER")] == [
        43831,
        SERIAL,
    ]


def test_a_time_cell_is_its_part_of_a_day_and_set_types_are_read() -> None:
    cells: list[list[Cell]] = [
        ["date", "exercise", "set", "reps", "kg", "duration", "rpe"],
        [DAY, "Plank", 1, None, None, 0.0020833333333333333, None],
        [DAY, "Squat", "W", 5, 60, None, 8.5],
    ]
    workouts, rejected = parsed(cells)
    assert rejected == []
    plank, squat = workouts[0].sets
    assert (plank.duration_s, plank.reps) == (Decimal(180), None)
    assert (squat.type, squat.rpe) == ("warmup", Decimal("8.5"))


@pytest.mark.parametrize(("columns", "pages"), [(26, 1), (200, 2), (300, 3), (900, 3)])
def test_a_large_sheet_comes_in_pages_of_whole_tabs(columns: int, pages: int) -> None:
    with Sheets({"Log": made_rows(4), "It's old": made_rows(2), "Empty": []}) as fake:
        fake.columns = columns  # of a thousand rows
        told = {"base_url": fake.url, "document": fake.id, "credentials": json.dumps(fake.credentials())}
        service = Service(name="sheets", title="Google Sheets", connected_by="settings", **told)
        client = sheets.Client(service, Traffic(), "Europe/Berlin")
        book = client.book()
        client.close()
        assert [(each.number, each.title, len(each.cells)) for each in book.tabs] == [
            (100, "Log", 25), (101, "It's old", 13), (102, "Empty", 0),
        ]  # fmt: skip
        assert len(fake.log) == 2 + pages


def signing_in(answer: Answer) -> Halt:
    """What a run ends with when Google gives that answer to the request for a token."""
    with Sheets({"Log": made_rows(1)}) as fake:
        told = {"base_url": fake.url, "document": fake.id, "credentials": json.dumps(fake.credentials())}
        fake._token = lambda _request: answer  # type: ignore[method-assign]
        client = sheets.Client(Service(name="sheets", title="Google Sheets", connected_by="settings", **told), Traffic(), "UTC")
        with pytest.raises(Halt) as raised:
            client.book()
        client.close()
    return raised.value


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>busy"),
        Answer(b'{"access_token": "cut'),
        Answer([]),
        Answer(None),
        Answer({}),
        Answer({"access_token": None}),
        Answer({"access_token": 7}),
        Answer({"access_token": "a", "expires_in": []}),
        Answer({"error": "internal_failure"}, 500),
        Answer(b"busy", 503),
        Answer({"error": {"code": 403}}, 403),
    ],
)
def test_a_spoilt_answer_to_the_sign_in_says_nothing_of_the_key(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda _seconds: None)
    ended = signing_in(answer)
    assert isinstance(ended, Failed)
    assert "the next run tries again" in str(ended)
    assert "key" not in str(ended)


@pytest.mark.parametrize("why", ["invalid_grant", "invalid_client", "unauthorized_client"])
def test_a_refused_key_asks_for_a_new_one(why: str) -> None:
    assert isinstance(signing_in(Answer({"error": why}, 400)), ReconnectNeeded)
