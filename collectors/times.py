"""The written forms of dates and times in exported files, read exactly.

Whether 1/5/2024 is a day in May or in January is a property of the whole column (`order`), never decided row by row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal

from collectors.source import OrderNeeded
from health import days

Order = Literal["dmy", "mdy"]

# The first three or more letters of the month names that lifting and scale apps write, in the languages they come in.
_MONTHS = (
    "jan january januar janvier janv ene enero gennaio gen janeiro januari jän jänner янв января styczeń stycznia sty tammikuu",
    "feb february februar février févr fév febrero febbraio fevereiro fev februari фев февраля luty lutego lut helmikuu",
    "mar march märz mär mrz mars marzo março mrt maart мар марта marzec marca maaliskuu",
    "apr april avril avr abr abril aprile апр апреля kwiecień kwietnia kwi huhtikuu",
    "may mai mayo maggio mag maio mei maj мая май toukokuu",
    "jun june juni juin junio giugno giu junho июн июня czerwiec czerwca cze kesäkuu",
    "jul july juli juillet juil julio luglio lug julho июл июля lipiec lipca lip heinäkuu",
    "aug august août aoû ago agosto agosto augustus augusti авг августа sierpień sierpnia sie elokuu",
    "sep sept september septembre septiembre settembre set setembro сен сент сентября wrzesień września wrz syyskuu",
    "oct october okt oktober octobre octubre ottobre ott out outubro окт октября październik października paź lokakuu",
    "nov november novembre noviembre novembro ноя нояб ноября listopad listopada lis marraskuu",
    "dec december dez dezember décembre déc dic diciembre dicembre dezembro des desember дек декабря grudzień grudnia gru joulukuu",
)
# The same of those languages that these apps are translated into less often.
_MORE_MONTHS = (
    "ocak oca leden ledna led január januára січ січня januári",
    "şubat şub únor února úno február februára febr лют лютого pebruari",
    "mart březen března bře marec marca március márc бер березня maret",
    "nisan nis duben dubna dub apríl apríla április ápr кві квітня",
    "mayıs květen května kvě máj mája május тра травня",
    "haziran haz červen června čvn jún júna június чер червня",
    "temmuz tem červenec července čvc júl júla július лип липня",
    "ağustos ağu srpen srpna srp augusztus серп серпня agu agt",
    "eylül eyl září zář szeptember szept вер вересня",
    "ekim eki říjen října říj október októbra жов жовтня",
    "kasım kas novembra лист листопада nopember",
    "aralık ara prosinec prosince pro decembra гру грудня",
)
_MONTH = {name: number for table in (_MORE_MONTHS, _MONTHS) for number, names in enumerate(table, 1) for name in names.split()}

_CLOCK = re.compile(
    r"(?:^|[\sT,])\s*(?:at|à|um|kl\.?|klo|a las|alle|às)?\s*(?P<before>[上下]午|午[前後]|오[전후])?\s*"
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<after>am|pm|a\.\s?m\.|p\.\s?m\.)?\s*(?:uhr)?\s*(?P<offset>z|utc|gmt|(?:utc|gmt)?[+-]\d{2}:?\d{2}(?::?00)?)?$",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\.?$", re.ASCII)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$", re.ASCII)
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\.?$", re.ASCII)
_DAY_MONTH = re.compile(
    r"^(?:[^\W\d]{2,9}\.?,?\s+)?(\d{1,2})(?:\.|er|st|nd|rd|th)?[\s-]+(?:de\s+)?([^\W\d]+)\.?,?[\s-]+(?:de\s+)?(\d{4}|\d{2})$"
)
_MONTH_DAY = re.compile(r"^(?:[^\W\d]{2,9}\.?,?\s+)?([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$")
# 2019年1月5日, 2019년 1월 5일, 2019. 1. 5. are 2019-1-5; 2019. jan. 5. is 5 jan 2019; the г. after a Russian year says "year".
_REWRITTEN = (
    (re.compile(r"^(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]"), r"\1-\2-\3 "),
    (re.compile(r"^(\d{4})\. (\d{1,2})\. (\d{1,2})\."), r"\1-\2-\3 "),
    (re.compile(r"^(\d{4})\. ([^\W\d]+)\.? (\d{1,2})\."), r"\3 \2 \1 "),
    (re.compile(r"(?<=\d{4}) ?[гр]\.(?=,|\s|$)"), ""),
)
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_HALVES = {"上午": "a", "午前": "a", "오전": "a", "下午": "p", "午後": "p", "오후": "p"}
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_SURE = 20  # one order of dates is believed against the other when this many times more rows speak for it


class NotATime(ValueError):
    """The text is no date or time. The message is a phrase that follows the text."""


@dataclass(frozen=True)
class Written:
    """What a text says: the wall clock (naive), its distance from UTC where it says one, and whether it is a day alone."""

    wall: datetime
    offset: timedelta | None = None
    day_only: bool = False

    def at(self, zone: str) -> datetime:
        """The instant, by its own offset, else on the clock of `zone`; a day alone is its noon. Raises DayError."""
        if self.offset is not None:
            return self.wall.replace(tzinfo=timezone(self.offset)).astimezone(UTC)
        if self.day_only:
            return days.day_at(self.wall.date(), zone)
        return days.from_local(self.wall, zone)


def order(texts: Iterable[str], said: str | None = None) -> Order | None:
    """The order of day and month in a column of dates; None where its dates do not need one.

    `said` is the person's word, for a column that does not tell. Raises OrderNeeded when nobody said.
    """
    day_first = month_first = 0
    unclear = ""
    for text in texts:
        match = _YEAR_LAST.match(_split(text)[0])
        if not match:
            continue
        first, second = int(match.group(1)), int(match.group(3))
        if first > 12 and second > 12:
            continue  # no day at all: it says nothing of the others
        if match.group(2) == "." or first > 12 >= second:
            day_first += 1
        elif second > 12 >= first:
            month_first += 1
        elif first != second:
            unclear = unclear or text
    if day_first > _SURE * month_first:
        return "dmy"
    if month_first > _SURE * day_first:
        return "mdy"
    if day_first or unclear:
        if said in ("dmy", "mdy"):
            return "dmy" if said == "dmy" else "mdy"
        raise OrderNeeded(_question(unclear, bool(day_first)))
    return None


def _question(unclear: str, both: bool) -> str:
    why = "some of its dates have the day first and some the month" if both else f"{unclear.strip()!r} could be either"
    return f"no date of this file tells whether the day or the month comes first ({why}): say --dates dmy or --dates mdy"


@lru_cache(maxsize=4096)
def read(text: str, order: Order | None = None) -> Written:
    """The time that `text` says, numeric dates in the `order` of their column. Raises NotATime."""
    tidy = _tidy(text)
    if not tidy:
        raise NotATime("is empty")
    if len(tidy) > 60:
        raise NotATime("is not a date")
    day_text, clock = _split(tidy)
    year, month, day = _date(day_text, order)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise NotATime(f"is outside {_FIRST_YEAR} to {_LAST_YEAR}")
    try:
        date = datetime(year, month, day)  # noqa: DTZ001  # the wall clock, as written
    except ValueError:
        raise NotATime("is not a day of the calendar") from None
    if clock is None:
        return Written(date, day_only=True)
    return Written(datetime.combine(date, _time(clock)), _offset(clock["offset"]))


def _tidy(text: str) -> str:
    text = _SPACES.sub(" ", text).strip()
    for form, plain in _REWRITTEN if not text.isascii() or text[4:5] == "." else ():
        text = form.sub(plain, text, count=1)
    return _SPACES.sub(" ", text).strip()


def _split(text: str) -> tuple[str, re.Match[str] | None]:
    """The date part of `text` and the match of its clock part, if it has one."""
    text = _tidy(text)
    clock = _CLOCK.search(text)
    if clock and clock.start() > 0:
        return text[: clock.start()].strip(" ,"), clock
    return text, None


def _date(text: str, order: Order | None) -> tuple[int, int, int]:
    if match := _YEAR_FIRST.match(text):
        return int(match.group(1)), int(match.group(3)), int(match.group(4))
    if match := _COMPACT.match(text):
        return int(match.group(1)), int(match.group(2)), int(match.group(3))
    if match := _YEAR_LAST.match(text):
        first, second, year = int(match.group(1)), int(match.group(3)), int(match.group(4))
        day, month = (second, first) if order == "mdy" else (first, second)
        if order is None and first != second:
            raise NotATime("could be two days: which comes first, day or month, is not known")
        return _whole_year(year), month, day
    if match := _DAY_MONTH.match(text.casefold()):
        return _whole_year(int(match.group(3))), _month(match.group(2)), int(match.group(1))
    if match := _MONTH_DAY.match(text.casefold()):
        return int(match.group(3)), _month(match.group(1)), int(match.group(2))
    raise NotATime("is not a date")


def _whole_year(year: int) -> int:
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _month(name: str) -> int:
    if name not in _MONTH:
        raise NotATime(f"has the month {name!r}, which is not known")
    return _MONTH[name]


def _time(clock: re.Match[str]) -> time:
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    half = (clock["after"] or "").lower()[:1] or _HALVES.get(clock["before"] or "", "")
    if half and not 1 <= hour <= 12:
        raise NotATime("is not a time of day")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        raise NotATime("is not a time of day") from None


def _offset(text: str | None) -> timedelta | None:
    if not text:
        return None
    digits = re.sub(r"[^0-9+-]", "", text)
    if not digits:
        return timedelta(0)
    size = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    if size > timedelta(hours=14):
        raise NotATime("has an offset from UTC that no place has")
    return -size if digits[0] == "-" else size


_DURATION_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d]*)\.?")
_DURATION_UNITS = {
    **dict.fromkeys(("d", "day", "days", "tag", "tage", "j"), 86400),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "u", "uur", "t", "ч", "時間", "小时"), 3600),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten", "мин", "分", "分钟"), 60),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek", "sekunden", "seg", "с", "сек", "秒"), 1),
}  # fmt: skip


def duration_s(text: str) -> int:
    """`1h 44m`, `38min`, `55s`, `1:02:03`, `12:30` (minutes first) or plain seconds, as whole seconds. Raises NotATime."""
    tidy = _SPACES.sub(" ", text).strip().casefold()
    if len(tidy) > 40:
        raise NotATime("is not a duration")
    if re.fullmatch(r"\d{1,9}(?:[.,]\d+)?", tidy):
        return round(float(tidy.replace(",", ".")))
    if re.fullmatch(r"\d{1,3}(?::\d{1,2}){1,2}(?:\.\d+)?", tidy):
        parts = [int(part) for part in tidy.split(".")[0].split(":")]
        if any(part > 59 for part in parts[1:]):
            raise NotATime("is not a duration")
        return sum(part * 60**place for place, part in enumerate(reversed(parts)))
    parts_found = _DURATION_PART.findall(tidy)
    if not parts_found or _DURATION_PART.sub("", tidy).strip(" ,"):
        raise NotATime("is not a duration")
    total = 0.0
    for number, unit in parts_found:
        if unit not in _DURATION_UNITS:
            raise NotATime("is not a duration")
        total += float(number.replace(",", ".")) * _DURATION_UNITS[unit]
    return round(total)
