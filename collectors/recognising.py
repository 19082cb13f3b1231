"""Which format a file is, told by its first bytes; and what to say when it is none that is known."""

from __future__ import annotations

from collectors.files._columns import split_name, unit_of
from collectors.source import FileFormat, ReadOptions, formats
from collectors.tables import head_table

_DATES = ("date", "datum", "day", "fecha", "data", "time", "when")
UNKNOWN_TABLE = "is a table, but of no known format"  # what the message of such a file begins with
_GUESSES = {
    "exercise": ("exercise", "übung", "movement", "lift", "ejercicio", "exercice"),
    "reps": ("rep", "wdh", "wiederh"),
    "weight": ("weight", "load", "gewicht", "poids", "peso", "mass", "pound", "kilo", "kg", "lb"),
}


class CannotRead(ValueError):
    """Why a file is not imported; the message is a phrase that follows the file's name, with the way out."""


def recognise(head: bytes, name: str, options: ReadOptions, as_format: str | None) -> FileFormat:
    """The format of a file: the one that was asked for, the one a mapping is for, or the one its first bytes show.

    Raises CannotRead.
    """
    if as_format:
        if as_format not in formats():
            raise CannotRead(f"was not read: there is no format {as_format!r}. {known()}")
        return formats()[as_format]
    if not head.strip():
        raise CannotRead("is empty: export it again")
    if set(options.mapping) - {"user"}:  # whose weigh-ins are read is no column
        return formats()["sets" if "exercise" in options.mapping else "weight"]
    # What a signature tells needs no table looked for in it, which takes longer than reading a file of points.
    signed = [each for each in formats().values() if getattr(each, "by_signature", False) and each.recognises(head, name)]
    found = signed or [each for each in formats().values() if each.recognises(head, name)]
    if len(found) == 1:
        return found[0]
    if found:
        names = " or ".join(f"--as {each.name}" for each in found)
        raise CannotRead(f"could be more than one format: say which with {names}")
    raise CannotRead(_unknown(head))


def known() -> str:
    """The formats there are, in a sentence."""
    titles = [f"{each.title} (--as {each.name})" for each in formats().values()]
    return f"Known formats: {', '.join(titles)}"


def _unknown(head: bytes) -> str:
    table = head_table(head)
    if table is None:
        return f"is no table and no export that is known. {known()}"
    return (
        f"{UNKNOWN_TABLE}. {known()}. Any other table can be read by saying which column is which: "
        f"{example(table.header)} (its columns: {', '.join(table.header[:30])})"
    )


def guess(header: tuple[str, ...]) -> dict[str, str]:
    """Which column may be which, as far as their names tell: our field -> the file's column."""
    found = {"date": _first(header, _DATES) or header[0]}
    for field, pieces in _GUESSES.items():
        if column := _first(header, pieces, found.values()):
            found[field] = column
    if "weight" not in found:
        found["weight"] = next((each for each in header if each not in found.values()), header[-1])
    if "exercise" not in found:
        found.pop("reps", None)
    return found


def example(header: tuple[str, ...]) -> str:
    """A `--map` line that fits the file's own columns."""
    found = guess(header)
    named = split_name(found["weight"])[1] or unit_of(found["weight"])
    units = "" if named else " --units kg"
    return " ".join(f"--map {field}={_shell(column)}" for field, column in found.items()) + units


def _first(header: tuple[str, ...], pieces: tuple[str, ...], taken: object = ()) -> str | None:
    used = set(taken)  # type: ignore[call-overload]
    return next((each for each in header for piece in pieces if piece in each.casefold() and each not in used), None)


def _shell(column: str) -> str:
    return column if column.replace("_", "").isalnum() else "'" + column.replace("'", "'\\''") + "'"
