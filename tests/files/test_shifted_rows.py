"""Rows that a stray comma shifted, and last rows that are whole without their line end."""

import pytest

from health.records import Measurement, Workout
from tests.files.reading import read_text
from tests.files.test_tables import cells, problems

TEN = "Date,Workout Name,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes\n"
GOOD = "2019-01-05 07:03:02,A,Squat,1,100,5,0,0,,\n"
SHIFTED = "2019-01-05 07:03:02,A,Squat, heavy,1,100,5,0,0,,\n"
ONE_TOO_MANY = "one cell too many shifts the rest"


def test_a_comma_in_a_name_costs_its_row_and_no_other() -> None:
    found = list(read_text(TEN + GOOD + SHIFTED + GOOD.replace(",100,", ",105,"), "strong", units="kg").values())
    loads = [float(each.load_kg or 0) for record, _ in found if isinstance(record, Workout) for each in record.sets]
    assert loads == [100, 105]
    assert [each.reason.split(": ")[1] for _, rejected in found for each in rejected] == [ONE_TOO_MANY]


def test_a_shifted_row_alone_is_no_set() -> None:
    found = list(read_text(TEN + SHIFTED, "strong", units="kg").values())
    assert [record for record, _ in found] == [None]
    assert len([each for _, rejected in found for each in rejected]) == 1


def test_a_set_order_that_is_none_is_set_aside() -> None:
    row = "2019-01-05 07:03:02,A,Squat,heavy,100,5,0,0,,\n"
    ((record, rejected),) = read_text(TEN + row, "strong", units="kg").values()
    assert record is None
    assert [(each.field, each.said) for each in rejected] == [("set", "heavy")]


@pytest.mark.parametrize("order", ["1", "12", "W", "D1", "F", "w"])
def test_the_set_orders_that_there_are(order: str) -> None:
    ((record, rejected),) = read_text(TEN + GOOD.replace("Squat,1", f"Squat,{order}"), "strong", units="kg").values()
    assert rejected == []
    assert isinstance(record, Workout)


def test_timers_and_notes_are_still_passed_over() -> None:
    rows = "2019-01-05 07:03:02,A,Squat,Rest Timer,0,0,0,90,,\n2019-01-05 07:03:02,A,Squat,Notiz,0,0,0,0,deep,\n"
    ((record, rejected),) = read_text(TEN + GOOD + rows, "strong", units="kg").values()
    assert rejected == []
    assert isinstance(record, Workout)
    assert len(record.sets) == 1


def test_a_decimal_comma_without_quotes_is_no_fat() -> None:
    text = "date,weight (kg),fat (%),note,\n2024-01-05,82,5,,,\n2024-01-06,82.4,20,,\n"
    found = read_text(text, "weight").values()
    assert [float(record.values["body_mass_kg"]) for record, _ in found if isinstance(record, Measurement)] == [82.4]
    assert [each.reason.split(": ")[1] for _, rejected in found for each in rejected] == [ONE_TOO_MANY]
    assert list(problems("date,weight (kg),fat (%),note,\n2024-01-05,82,5,,,\n")) == [2]


def test_rows_that_all_end_with_a_comma_more_than_the_header_are_whole() -> None:
    data = "a,b\n1,2,\n3,4,\n5,6,\n"
    assert problems(data) == {}
    assert cells(data) == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert list(problems("a,b\n1,2\n3,4,\n5,6\n")) == [3]
    assert list(problems("a,b\n1,2,\n3,4,\n5,6,,\n")) == [4]
    assert list(problems("a,b\n1,2,\n3,4\n")) == [2]


def test_a_last_row_without_its_empty_cells_and_line_end_is_whole() -> None:
    assert problems("a,b,note\n1,2,\n3,4") == {}
    assert cells("a,b,note\n1,2,\n3,4")[-1] == ["3", "4", ""]
    # A column that is filled elsewhere, a value that ends in its middle, a file of this row alone: nobody can tell.
    for data in ("a,b,note\n1,2,x\n3,4", "a,b,note\n1,2,\n3,4.", "a,b,note\n1,2,\n3", "a,b,note\n3,4", 'a,b,note\n1,2,\n3,"4'):
        assert len(problems(data)) == 1, data
