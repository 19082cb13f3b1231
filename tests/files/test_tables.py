"""CSV bytes to rows: encodings, delimiters, quotation, and damage that stays where it is."""

import random
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.recognising import CannotRead, recognise
from collectors.source import NotThisFormat, ReadOptions
from collectors.tables import HEAD, Table, head_table, read_table
from tests.files.reading import ZONE


def table(data: str | bytes) -> Table:
    return read_table(BytesIO(data.encode() if isinstance(data, str) else data))


def cells(data: str | bytes) -> list[list[str]]:
    return [list(row.cells.values()) for row in table(data).rows]


def problems(data: str | bytes) -> dict[int, str]:
    return {row.number: row.problem for row in table(data).rows if row.problem}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_gives_the_same_table(encoding: str) -> None:
    found = table("Datum;Größe\r\n01.02.2024;82,5\r\n".encode(encoding))
    assert found.header == ("Datum", "Größe")
    assert [list(row.cells.values()) for row in found.rows] == [["01.02.2024", "82,5"]]


def test_one_broken_byte_does_not_change_the_encoding_of_the_rest() -> None:
    data = ("name,n\n" + "Übung,1\n" * 20).encode() + b"\xff\xfe,2\n"
    assert cells(data)[0] == ["Übung", "1"]
    assert cells(data)[-1] == ["\ufffd\ufffd", "2"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    assert cells(f"a{delimiter}b\n1{delimiter}2\n") == [["1", "2"]]


def test_a_decimal_comma_is_no_delimiter() -> None:
    assert cells("Datum;Gewicht\n1.2.2024;82,5\n2.2.2024;82,1\n") == [["1.2.2024", "82,5"], ["2.2.2024", "82,1"]]


def test_the_spreadsheet_line_that_names_the_delimiter_is_obeyed() -> None:
    found = table("sep=;\nd;n,m;d\n1;2;3\n")
    assert found.header == ("d", "n,m", "d#2")
    assert found.rows[0].number == 3


def test_repeated_and_missing_column_names_are_kept_apart() -> None:
    assert table("Distance,,Distance\n1,2,3\n").header == ("Distance", "column 2", "Distance#2")


def test_quoted_cells_hold_delimiters_quotes_and_line_ends() -> None:
    assert cells('a,b\n"x, ""y""\nz",2\n3,12" bar\n') == [['x, "y"\nz', "2"], ["3", '12" bar']]


def test_a_quote_that_never_closes_costs_one_row() -> None:
    data = 'a,b\n1,2\n"3,4\n5,6\n'
    assert problems(data) == {3: "opens a quotation mark that is never closed"}
    assert cells(data)[2] == ["5", "6"]


def test_damage_stays_where_it_is() -> None:
    data = "a,b,c\n1,2,3\n1,2,3,4\n1,\x002,3\n4,5\n6,7,8\n9,10"
    assert {number: problem.split(":")[0] for number, problem in problems(data).items()} == {
        3: "has 4 cells under 3 column names",
        4: "holds NUL bytes",
        7: "is cut off",
    }
    assert [row.number for row in table(data).rows] == [2, 3, 4, 5, 6, 7]
    assert cells(data)[3] == ["4", "5", ""]


def test_a_huge_cell_is_one_bad_row() -> None:
    data = "a,b\n1,2\n" + "x" * 300_000 + ",2\n3,4\n"
    assert list(problems(data)) == [3]
    assert max(len(text) for row in cells(data) for text in row) < 1000


def test_blank_rows_and_a_header_once_more_are_no_rows() -> None:
    assert cells("\n\na,b\n1,2\n\n,\na,b\n3,4\n\n") == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize("data", ["", "\n\n", "one column\n1\n", '"', "\x00" * 50, "c," * 2000 + "\n1,2\n"])
def test_what_is_no_table_is_refused(data: str) -> None:
    with pytest.raises(NotThisFormat):
        table(data)


def test_the_head_of_a_long_file_gives_its_header_and_no_cut_row() -> None:
    data = ("Datum,Übung\n" + "2024-01-01,Übung\n" * 10_000).encode()[:HEAD]
    found = head_table(data)
    assert found is not None
    assert found.header == ("Datum", "Übung")
    assert {tuple(row.cells.values()) for row in found.rows} == {("2024-01-01", "Übung")}


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    head_table(data)
    try:
        found = table(b"a,b\n" + data)
    except NotThisFormat:
        return
    assert all(row.problem or set(row.cells) == set(found.header) for row in found.rows)


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\x00\r"), max_size=8), min_size=3, max_size=3), max_size=6))
def test_what_a_spreadsheet_writes_is_read_back(rows: list[list[str]]) -> None:
    import csv
    import io

    sheet = io.StringIO()
    csv.writer(sheet, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["first", "second", "third"], *rows])
    kept = [row for row in rows if any(cell.strip(', "\t\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0') for cell in row)]
    kept = [row for row in kept if row != ["first", "second", "third"]]
    assert [row for row in cells(sheet.getvalue().encode(errors="surrogatepass")) if row in kept] == kept


def test_a_photo_is_no_table_and_one_with_a_few_nuls_is() -> None:
    noise = random.Random(4).randbytes(40_000)
    for photo in (noise, b"\xff\xd8\xff\xe0\x00\x10JFIF" + noise.replace(b"\n", b",\n")):
        assert head_table(photo) is None
        with pytest.raises(CannotRead, match="is no table and no export"):
            recognise(photo[:HEAD], "photo.csv", ReadOptions(zone=ZONE), None)
    assert head_table(b"Date,Weight (kg)\n2024-01-01,8\x002\n2024-01-02,82\n") is not None
