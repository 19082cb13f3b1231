"""What holds for every file format and every API source, because it is there. A new one needs no line here, only a fixture."""

import ast
import importlib
import inspect
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.files import _pieces, _weighins, weight, withings_export
from collectors.keep import kind_of
from collectors.source import NotThisFormat, OrderNeeded, UnitNeeded, formats, parser_of, sources
from health.merging_rules import SERVICES
from health.records import RECORD_TYPES, RawRow
from store.items import raw_body, raw_row
from tests.files.reading import CASES, FIXTURES, options, parsed, raw_rows

READERS = {**{f"source {name}": each for name, each in sources().items()}, **{f"format {n}": each for n, each in formats().items()}}
RECORDED = ("fit", "gpx", "tcx")  # kept as the bytes of a file, not as rows of a table
REFUSALS = (NotThisFormat, UnitNeeded, OrderNeeded)
PURE = ("requests", "stravalib", "gspread", "socket", "urllib", "http", "store", "settings")


# -- sources and formats alike


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_reader_says_what_it_is(name: str) -> None:
    reader = READERS[name]
    assert reader.name == name.split()[1]
    assert reader.title.strip()
    assert reader.kind in RECORD_TYPES
    assert ":" not in reader.record_source
    assert isinstance(reader.whole_groups, bool)
    assert reader.__doc__, "a reader says in its docstring what it reads"
    assert parser_of(reader.record_source) is reader, "one record source has one parser, or rebuild could not tell which"


def test_no_two_readers_write_the_same_records() -> None:
    written = [each.record_source for each in READERS.values()]
    assert len(written) == len(set(written))


@pytest.mark.parametrize("service", ["withings", "strava"])
def test_two_routes_of_one_service_are_told_to_be_one(service: str) -> None:
    routes = {route for route, of in SERVICES.items() if of == service}
    assert routes == {formats()[service].record_source, sources()[service].record_source}


@pytest.mark.parametrize("name", sorted(formats()))
def test_a_damaged_row_is_rejected_with_what_stood_there(name: str) -> None:
    reader = formats()[name]
    context = {"problem": "is cut off", "zone": "UTC"}
    row = RawRow(source=reader.record_source, group="g", row_id="g|1", data={"": "cut"}, context=context, place="x")
    record, rejected = reader.parse([row], "me")
    assert record is None
    assert [(each.row, each.reason, each.said) for each in rejected] == [("x", "is cut off", "cut")]


# -- every fixture of every format


def case(name: str, **said: Any) -> tuple[Any, list[RawRow]]:
    reader = formats()[CASES[name][0]]
    return reader, raw_rows(reader, (FIXTURES / name).read_bytes(), name, options(name, **said))


@pytest.mark.parametrize("name", sorted(CASES))
def test_records_carry_their_source_kind_and_group(name: str) -> None:
    reader, rows = case(name)
    found = parsed(reader, rows)
    assert any(record for record, _ in found.values())
    for group, (record, rejected) in found.items():
        for each in rejected:
            assert (each.person, each.source, each.group) == ("me", reader.record_source, group)
            assert each.row.startswith(f"{name}, row " if reader.name not in RECORDED else name)
            assert each.reason
        if record is not None:
            assert (record.person, record.source, record.native_id) == ("me", reader.record_source, group)
            assert record.kind == kind_of(reader, group)


@pytest.mark.parametrize("name", sorted(CASES))
def test_row_ids_are_unique(name: str) -> None:
    _, rows = case(name)
    ids = [row.row_id for row in rows]
    assert len(ids) == len(set(ids))
    assert all(len(text.encode()) <= 900 for row in rows for text in (row.row_id, row.group)), "a key of the store is short"


@pytest.mark.parametrize("name", sorted(CASES))
def test_parsing_is_pure_and_needs_nothing_but_the_kept_rows(name: str) -> None:
    reader, rows = case(name)
    kept = [raw_row(row.source, row.group, json.loads(json.dumps(raw_body(row)))) for row in rows]
    assert parsed(reader, kept) == parsed(reader, rows) == parsed(reader, rows)


@pytest.mark.parametrize("name", sorted(CASES))
def test_data_is_the_row_as_it_came(name: str) -> None:
    reader, rows = case(name)
    if reader.name in RECORDED:
        kept = [row for row in rows if "bytes" in row.data]
        assert not kept or _pieces.joined(kept) == (FIXTURES / name).read_bytes()
        return
    text = (FIXTURES / name).read_text().replace("&quot;", '"')
    for row in (row for row in rows if not row.data.keys() & {"packed", "rows"}):  # many rows of a day, gathered
        assert all(isinstance(value, str) for value in row.data.values())
        assert all(value.replace('"', '""') in text or value in text for value in row.data.values())


@pytest.mark.parametrize("name", sorted(name for name in CASES if CASES[name][0] != "fitbod"))
def test_identity_does_not_follow_zone_or_units(name: str) -> None:
    _, berlin = case(name, units="kg")
    _, tokyo = case(name, units="lb", zone="Asia/Tokyo")
    assert [(row.group, row.row_id) for row in berlin] == [(row.group, row.row_id) for row in tokyo]


@pytest.mark.parametrize("name", sorted(name for name in CASES if name.endswith(".csv")))
def test_identity_does_not_follow_a_value(name: str) -> None:
    """Every number of the last column that holds one is changed: the rows keep their names."""
    reader, rows = case(name)
    header = next(iter(rows)).data.keys()
    numbers = [
        each for each in header if any(word in each.lower() for word in ("weight", "gewicht", "kilo", "reps", "value", "pounds"))
    ]
    if not numbers:
        return
    data = (FIXTURES / name).read_text()
    for row in rows:
        value = row.data[numbers[0]]
        if value and value.replace(".", "").isdigit() and f"{value}," in data:
            data = data.replace(f",{value},", f",{value}1,")
    changed = raw_rows(reader, data.encode(), name, options(name))
    assert [row.group for row in changed] == [row.group for row in rows]


# -- damage


def survives(name: str, data: bytes) -> None:
    """Whatever the bytes: records, rejected rows or a refusal with words, and never anything else."""
    for reader in formats().values():
        reader.recognises(data[:65536], name)
    reader = formats()[CASES[name][0]]
    try:
        rows = raw_rows(reader, data, name, options(name))
    except REFUSALS:
        return
    for group, (record, rejected) in parsed(reader, rows).items():
        own = [row for row in rows if row.group == group]
        assert record is not None or rejected or all(_is_no_set(row) or _is_no_weigh_in(row) for row in own)


def _is_no_set(row: RawRow) -> bool:
    return row.source in ("strong", "weekly", "hevy", "fitnotes", "fitbod", "sets_csv")


def _is_no_weigh_in(row: RawRow) -> bool:
    """True for a day without a value, which is passed over: no weight, and 0 or nothing in the columns beside it."""
    readers = {each.record_source: each for each in (weight, withings_export)}
    if row.source not in readers:
        return False
    columns = readers[row.source].columns_of(tuple(row.data), row.context)
    said = {field: columns.text(row.data, field) for field in _weighins.NUMBERS}
    return not said.pop("weight") and not any(text.strip("0.") for text in said.values())


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_file_cut_anywhere_gives_records_or_reasons(name: str) -> None:
    data = (FIXTURES / name).read_bytes()
    for end in range(0, len(data), max(1, len(data) // 60)):
        survives(name, data[:end])


@pytest.mark.parametrize("name", sorted(CASES))
@settings(max_examples=25)
@given(data=st.data())
def test_a_spoilt_file_gives_records_or_reasons(name: str, data: st.DataObject) -> None:
    spoilt = bytearray((FIXTURES / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        junk = data.draw(
            st.sampled_from([b"\x00", b"\xff", b'"', b",", b"\n", b"\r", b"9" * 40, b"NaN", b"<", b"\xd9\xa3", b"1e400"])
        )
        spoilt[at : at + data.draw(st.integers(0, 3))] = junk
    survives(name, bytes(spoilt))


HOSTILE = ["<script>alert(1)</script>", "=HYPERLINK(1)", "a" * 5000, "💪" * 200, "x\u202ey", "|#|", "'; drop table", "\\", "\ud800"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_kept_as_they_are_within_short_keys(text: str) -> None:
    head = "Date,Workout Name,Exercise Name,Set Order,Weight (kg),Reps,Distance,Seconds,Notes,Workout Notes\n"
    cell = '"' + text.replace('"', '""') + '"'
    data = (head + f"2024-01-01 10:00:00,{cell},{cell},1,100,5,0,0,{cell},\n").encode(errors="surrogatepass")
    reader = formats()["strong"]
    rows = raw_rows(reader, data, "x.csv", options("strong_with_duration.csv"))
    ((record, rejected),) = parsed(reader, rows).values()
    assert rejected == []
    assert len(record.native_id) <= 160
    if "\ud800" not in text:
        assert record.name == record.sets[0].exercise == text.strip()


# -- shape of the code


@pytest.mark.parametrize("name", sorted(formats()))
def test_a_format_reads_and_parses_without_a_network_a_store_or_a_clock(name: str) -> None:
    module = importlib.import_module(f"collectors.files.{formats()[name].__name__.rpartition('.')[2]}")  # type: ignore[attr-defined]
    tree = ast.parse(inspect.getsource(module))
    imported = {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [each for each in imported if each.split(".")[0] in PURE]


def test_a_row_of_another_context_is_parsed_by_its_own() -> None:
    """Rows of two reads can meet in one group: each is read as it was written."""
    reader, rows = case("apple.xml")
    other = replace(rows[1], context={**rows[1].context, "units": "lb"})
    assert parsed(reader, [rows[0], other])[rows[0].group][0] is not None
