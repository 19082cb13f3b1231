"""Text to an exact number, never by guessing: what can be read in two ways is refused by name.

Which mark separates the decimals is a property of a whole column (`decimal_mark`), not of one cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from health.units import UnitError, exact

Mark = Literal[".", ",", "mixed"]

_PLAIN = re.compile(r"^\d{1,15}(?:\.\d{1,20})?$", re.ASCII)
_NUMBER = re.compile(r"^([+-]?)([\d.,']*\d[\d.,']*)(?:[eE]([+-]?\d{1,4}))?$", re.ASCII)
_WITH_UNIT = re.compile(r"^(.*?\d)\s*([^\W\d_]+|%)\.?$")
_GROUPED = {",": re.compile(r"^\d{1,3}(,\d{3})+$"), ".": re.compile(r"^\d{1,3}(\.\d{3})+$")}
_SPACES = dict.fromkeys(map(ord, " \t\u00a0\u2007\u2009\u202f"))
_MARKS = {0x066B: ".", 0x066C: ",", 0x2212: "-", 0x2019: "'", 0xFF0E: ".", 0xFF0C: ","}
_LONGEST = 120


class NotANumber(ValueError):
    """The text is no number, or could be two. The message is a phrase that follows the text ("is not a number")."""


def decimal_mark(texts: Iterable[str]) -> Mark:
    """The decimal mark of a column: what its unambiguous cells use; a point where none of them tells.

    "mixed" when some cells say point and some say comma: then only what is unambiguous by itself is read.
    """
    seen = {mark for mark in map(_evidence, texts) if mark}
    if len(seen) == 2:
        return "mixed"
    return "," if "," in seen else "."


@lru_cache(maxsize=4096)  # the same loads and repetitions come by the thousand
def read(text: str, mark: str = ".") -> Decimal:
    """The number `text` says, given its column's decimal mark, with at most six places. Raises NotANumber."""
    if mark == "." and _PLAIN.match(text):
        return exact(text)
    tidy = _tidy(text)
    if not tidy:
        raise NotANumber("is empty")
    if len(tidy) > _LONGEST:
        raise NotANumber("has too many digits")
    match = _NUMBER.match(tidy)
    if not match:
        raise NotANumber("is not a number")
    sign, body, power = match.groups()
    try:
        return exact(f"{sign}{_point(body, mark)}{'e' + power if power else ''}")
    except UnitError as error:
        raise NotANumber(str(error)) from None


def split_unit(text: str) -> tuple[str, str]:
    """`82.5 kg` as ("82.5", "kg"); a text without a unit as (text, "")."""
    match = _WITH_UNIT.match(text.strip())
    return (match.group(1), match.group(2).lower()) if match else (text.strip(), "")


def _tidy(text: str) -> str:
    if text.isascii():
        return text.strip().replace(" ", "")
    text = text.translate(_SPACES).translate(_MARKS).strip()
    # Arabic, Devanagari, full-width, ... digits are digits.
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in text)


def _evidence(text: str) -> str:
    """The decimal mark that `text` uses for certain; empty when it does not tell."""
    if text.isdigit() or not text:
        return ""
    tidy = _tidy(split_unit(text)[0]).lstrip("+-").replace("'", "")
    last = max(tidy.rfind("."), tidy.rfind(","))
    if last < 0 or not tidy.replace(".", "").replace(",", "").isdigit():
        return ""
    mark, other = tidy[last], "," if tidy[last] == "." else "."
    if other in tidy:
        return mark
    if tidy.count(mark) > 1:
        return other if _GROUPED[mark].match(tidy) else ""
    before, after = tidy[:last], tidy[last + 1 :]
    could_be_thousands = len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    return "" if could_be_thousands else mark


def _point(body: str, mark: str) -> str:
    """`body` with a point as its decimal mark and no thousands marks. Raises NotANumber where that cannot be told."""
    if "'" in body and not re.match(r"^\d{1,3}('\d{3})+([.,]\d+)?$", body):
        raise NotANumber("is not a number")
    body = body.replace("'", "")
    if "." not in body and "," not in body:
        return body
    own = _evidence(body)
    decimal = own or ("" if mark == "mixed" else mark)
    if own and mark != "mixed" and own != mark:
        raise NotANumber(f"has a decimal {_NAMES[own]} in a column with decimal {_NAMES[mark]}s")
    if not own and (mark == "mixed" or (mark == "." and "," in body)):
        raise NotANumber("could be thousands or decimals: write it without the mark, or with another number of decimals")
    thousands = "," if decimal == "." else "."
    whole, _, places = body.partition(decimal)
    if thousands in places or decimal in places or (thousands in whole and not _GROUPED[thousands].match(whole)):
        raise NotANumber("is not a number")
    return f"{whole.replace(thousands, '') or '0'}.{places or '0'}"


_NAMES = {".": "point", ",": "comma"}
