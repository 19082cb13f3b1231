"""Apple Health's XML: its odd document types are read, and what is no such export is refused before it can do harm."""

from io import BytesIO

import pytest

from collectors.source import NotThisFormat, formats
from tests.files.reading import FIXTURES, options, parsed, raw_rows

APPLE = formats()["apple"]
WHOLE = (FIXTURES / "apple.xml").read_bytes()
BODY = WHOLE[WHOLE.index(b"<HealthData locale") :]


def read(data: bytes) -> dict[str, object]:
    return {group: record for group, (record, _) in parsed(APPLE, raw_rows(APPLE, data, "a.xml", options("apple.xml"))).items()}


@pytest.mark.parametrize(
    "doctype",
    [
        b"",
        b"<!DOCTYPE HealthData>",
        b'<!DOCTYPE HealthData SYSTEM "http://127.0.0.1:9/none.dtd">',
        b"<!DOCTYPE HealthData [\n<!ELEMENT Record>\n<!ATTLIST HealthData\n  locale CDATA\n>\n]>",  # iOS 16: no parser accepts it
    ],
)
def test_every_document_type_is_passed_over(doctype: bytes) -> None:
    assert read(b'<?xml version="1.0" encoding="UTF-8"?>\n' + doctype + b"\n" + BODY) == read(WHOLE)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'<!DOCTYPE HealthData [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + BODY, "declares entities"),
        (b'<!DOCTYPE HealthData [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + BODY, "declares entities"),
        (b"<!DOCTYPE HealthData [", "begins with a document type that does not end"),
        (b"<HealthData>" + b"<a>" * 200_000, "its XML is of another kind"),
        (b"<gpx><trk/></gpx>", "its XML is of another kind"),
        (b"<", "is not readable as XML"),
    ],
)
def test_what_is_no_apple_export_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotThisFormat, match=reason):
        raw_rows(APPLE, data, "a.xml", options("apple.xml"))


def test_an_export_that_breaks_off_keeps_what_came_before_and_says_where() -> None:
    cut = WHOLE[: WHOLE.index(b'unit="lb"')]
    found = parsed(APPLE, raw_rows(APPLE, cut, "a.xml", options("apple.xml")))
    assert [record is not None for record, _ in found.values()] == [True, False, True]  # the third: the day's heart rates
    (last,) = list(found.values())[1][1]
    assert (last.row, last.field) == ("a.xml, row 5", "row")
    assert "breaks off" in last.reason


def test_a_csv_of_weights_does_not_take_away_what_the_xml_said() -> None:
    assert APPLE.whole_groups is False
    header = b"type,sourceName,startDate,unit,value\n"
    line = b"HKQuantityTypeIdentifierBodyMass,Scale,2024-05-01 05:00:00 +0000,kg,80.4\n"
    (row,) = list(APPLE.rows(BytesIO(header + line), "a.csv", options("apple.csv")))
    assert (row.group, row.row_id) in {(each.group, each.row_id) for each in raw_rows(APPLE, WHOLE, "a.xml", options("apple.xml"))}
