"""Malformed answers and files, in short: the long version is `python -m tests.torture malformed`."""

from __future__ import annotations

import pytest

from collectors.source import ReadOptions, formats, sources
from tests.files.reading import parsed, raw_rows, read_text
from tests.torture import spoilt_answers as answers
from tests.torture.malformed_torture import of_answers, of_format, of_shapes
from tests.torture.spoiling import carelessly, gives_up, swallows


@pytest.mark.parametrize("name", sorted(formats()))
def test_spoilt_values_of_each_format_are_read_or_set_aside(name: str) -> None:
    assert of_format(name, 2, 7) == (2, [])


@pytest.mark.parametrize("kind", answers.KINDS, ids=lambda kind: f"{kind.source} {kind.name}")
def test_spoilt_entries_of_each_service_are_read_or_set_aside(kind: answers.Kind) -> None:
    assert of_answers(kind, 12, 7) == (12, [])


def test_an_answer_of_another_shape_loses_nothing() -> None:
    assert of_shapes(answers.KINDS[0], 40)[1] == []


def test_every_source_is_tried() -> None:
    assert {kind.source for kind in answers.KINDS} == set(sources())


@pytest.mark.parametrize("how", [swallows, gives_up])
def test_a_careless_reader_is_found(how: object) -> None:
    with carelessly(formats()["hevy"], how):
        assert of_format("hevy", 25, 7)[1]
    with carelessly(answers.KINDS[2].reader, swallows):
        assert of_answers(answers.KINDS[2], 12, 7)[1]


def test_a_quotation_that_was_never_closed_takes_no_other_row_with_it() -> None:
    text = 'Date,"Weight (kg)","Fat mass (kg)"\n"2024-01-0\n"2024-01-02 07:00:00",81,17\n"2024-01-03 07:00:00",82,17\n'
    found = read_text(text, "withings")
    assert [float(record.values["body_mass_kg"]) for record, _ in found.values() if record] == [81, 82]
    assert [each.reason for _, aside in found.values() for each in aside] == ["opens a quotation mark that is never closed"]


def test_a_few_broken_bytes_do_not_change_the_letters_of_the_whole_file() -> None:
    data = "Datum;Gewicht (kg);Körperfett (%)\n01.02.2024;82,5;21,4\n".encode() + b"02\xff\xfe\x80.02.2024;81,9;21,3\n"
    reader = formats()["weight"]
    (first, _), *_ = parsed(reader, raw_rows(reader, data, "w.csv", ReadOptions(zone="Europe/Berlin"))).values()
    assert float(first.values["fat_ratio"]) == 0.214
