"""The written forms of dates, times and durations."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import times
from collectors.source import OrderNeeded


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2021-02-10 16:46:13", None, "2021-02-10T16:46:13"),
        ("2021-02-10T16:46", None, "2021-02-10T16:46:00"),
        ("2014-09-25 7:31 AM", None, "2014-09-25T07:31:00"),
        ("2014-09-26 12:10 AM", None, "2014-09-26T00:10:00"),
        ("2014-09-26 12:10 PM", None, "2014-09-26T12:10:00"),
        ("30 Jun 2025, 19:56", None, "2025-06-30T19:56:00"),
        ("25 Juli 2026, 14:21", None, "2026-07-25T14:21:00"),
        ("23 de mayo de 2023, 12:40", None, "2023-05-23T12:40:00"),
        ("23 mai 2023 à 12:40:57", None, "2023-05-23T12:40:57"),
        ("May 23, 2023, 12:40:57 PM", None, "2023-05-23T12:40:57"),
        ("May 23, 2023, 1:40:57\u202fPM", None, "2023-05-23T13:40:57"),
        ("2014-02-13 6:04 Uhr", None, "2014-02-13T06:04:00"),
        ("9/29/2020 7:10", "mdy", "2020-09-29T07:10:00"),
        ("29/9/2020 7:10", "dmy", "2020-09-29T07:10:00"),
        ("29.09.2020, 07:10", "dmy", "2020-09-29T07:10:00"),
        ("1/5/24 6:00", "mdy", "2024-01-05T06:00:00"),
        ("2023年5月23日 12:40:57", None, "2023-05-23T12:40:57"),
        ("2023年5月23日 下午1:40:57", None, "2023-05-23T13:40:57"),
        ("2023年12月3日 上午12:05", None, "2023-12-03T00:05:00"),
        ("2023年5月23日 午後1:40", None, "2023-05-23T13:40:00"),
        ("2023. 5. 23. 오후 1:40:57", None, "2023-05-23T13:40:57"),
        ("2023년 5월 23일 오전 1:40", None, "2023-05-23T01:40:00"),
        ("23 мая 2023 г., 12:40:57", None, "2023-05-23T12:40:57"),
        ("23 янв. 2023\u202fг., 12:40:57", None, "2023-01-23T12:40:57"),
        ("23 May 2023 12:40:57", None, "2023-05-23T12:40:57"),
        ("23 Oca 2023 12:40", None, "2023-01-23T12:40:00"),
        ("23. kvě 2023 12:40:57", None, "2023-05-23T12:40:57"),
        ("2023. máj. 23. 12:40", None, "2023-05-23T12:40:00"),
        ("23.5.2023 klo 12.40.57", "dmy", "2023-05-23T12:40:57"),
        ("23-May-23 12:40", None, "2023-05-23T12:40:00"),
    ],
)
def test_a_wall_clock_is_read(text: str, order: times.Order | None, expected: str) -> None:
    written = times.read(text, order)
    assert (written.wall.isoformat(), written.offset, written.day_only) == (expected, None, False)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2016-09-28 18:24:46 +0000", "2016-09-28T18:24:46"),
        ("2016-09-28 18:24:46 +02:00", "2016-09-28T16:24:46"),
        ("2016-04-18 08:25:32 -0730", "2016-04-18T15:55:32"),
        ("2016-09-28T18:24:46Z", "2016-09-28T18:24:46"),
        ("2024-01-05T10:00:00.123456+02:00", "2024-01-05T08:00:00"),
    ],
)
def test_an_offset_makes_an_instant_whatever_the_zone(text: str, at: str) -> None:
    expected = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert times.read(text).at("Asia/Tokyo") == times.read(text).at("America/New_York") == expected


def test_a_day_alone_is_its_noon() -> None:
    written = times.read("2024-07-01")
    assert written.day_only
    assert written.at("Europe/Berlin") == datetime(2024, 7, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("soon", "is not a date"),
        ("9125662739", "is not a date"),
        ("12:30", "is not a date"),
        ("2024-13-01", "is not a day of the calendar"),
        ("2023-02-29", "is not a day of the calendar"),
        ("2024-01-05 25:00", "is not a time of day"),
        ("2024-01-05 13:00 PM", "is not a time of day"),
        ("0001-01-01", "is outside 1900 to 2100"),
        ("9999-12-31", "is outside 1900 to 2100"),
        ("2024-01-05 10:00 +9900", "no place has"),
        ("3 Brumaire 2024", "is not known"),
        ("1/5/2024", "could be two days"),
        ("x" * 500, "is not a date"),
    ],
)
def test_what_is_no_time_says_why(text: str, reason: str) -> None:
    with pytest.raises(times.NotATime, match=reason):
        times.read(text)


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["2024-01-05", "30 Jun 2025"], None),
        (["1/1/2024", "2/2/2024"], None),
        (["1/5/2024", "13/5/2024"], "dmy"),
        (["1/5/2024 7:00", "5/13/2024 7:00"], "mdy"),
        (["1.5.2024"], "dmy"),
        (["13/5/2024"] * 30 + ["5/13/2024"], "dmy"),
    ],
)
def test_the_order_of_day_and_month_is_told_by_the_whole_column(column: list[str], order: str | None) -> None:
    assert times.order(column) == order


@pytest.mark.parametrize("column", [["1/5/2024", "2/5/2024"], ["13/5/2024", "5/13/2024"]])
def test_an_order_that_no_date_tells_is_asked_for(column: list[str]) -> None:
    with pytest.raises(OrderNeeded, match="--dates dmy or --dates mdy"):
        times.order(column)
    assert times.order(column, "mdy") == "mdy"
    assert times.order(["13/5/2024"], "mdy") == "dmy", "what the dates tell is not overruled"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h 44m", 6240), ("38min", 2280), ("55s", 55), ("6200", 6200), ("2h 23min", 8580), ("1:02:03", 3723), ("12:30", 750),
     ("0:16:30", 990), ("1 Std. 20 Min.", 4800), ("90.0", 90)],
)  # fmt: skip
def test_durations(text: str, seconds: int) -> None:
    assert times.duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "long", "1h x", "3 parsecs", "-5", "h" * 100])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(times.NotATime):
        times.duration_s(text)


@given(st.datetimes(datetime(1900, 1, 2), datetime(2100, 12, 30)).map(lambda each: each.replace(microsecond=0)))
def test_every_moment_reads_back_in_every_form(moment: datetime) -> None:
    for form in ("%Y-%m-%d %H:%M:%S", "%d.%m.%Y, %H:%M:%S", "%b %d, %Y, %I:%M:%S %p", "%d %B %Y, %H:%M:%S"):
        assert times.read(moment.strftime(form), "dmy").wall == moment
    assert times.read(moment.strftime("%m/%d/%Y %H:%M:%S"), "mdy").wall == moment


@given(st.text(max_size=70))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with suppress(times.NotATime):
        assert times.read(text, "dmy").at("Europe/Berlin").utcoffset() == timedelta(0)
    with suppress(times.NotATime):
        assert times.duration_s(text) >= 0


def test_every_month_has_one_meaning() -> None:
    tables = (times._MONTHS, times._MORE_MONTHS)
    said = [(name, number) for table in tables for number, names in enumerate(table, 1) for name in set(names.split())]
    assert dict(said) == dict(reversed(said))
