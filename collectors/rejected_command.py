"""`python -m collectors rejected`: rows set aside, listed, looked at, corrected, taken as true, dismissed, any of it undone."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from collectors.cells import CannotDecide, name_of, place_of
from collectors.rejecting import Desk, handle, word_handle
from health.records import Rejected
from store.decisions import Decision, decision_body

_MOST_LISTED = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the `rejected` command takes."""
    parser.description = (
        "Rows that could not be read, or say something unlikely. Each has a short name (NAME). What you decide of one is kept over "
        "imports and rebuilds, the row stays as it came, and `undo` takes it back. Without a word: list."
    )
    parser.add_argument("--json", action="store_true", help="the result as one JSON object on the last line")
    parser.set_defaults(decide=_list, source=None)
    words = parser.add_subparsers(metavar="WORD")
    listed = _word(words, "list", _list, "the rows set aside, and what you decided of others")
    listed.add_argument("--source", help="of one source or format alone, like strong or withings_api")
    _word(words, "show", _show, "one row as it came, and what can be done about it").add_argument("name", metavar="NAME")
    accept = _word(words, "accept", _each(Desk.accept, "taken as true"), "an unlikely value is true")
    dismiss = _word(words, "dismiss", _each(Desk.dismiss, "dismissed: kept, and counted no longer"), "count these rows no longer")
    undo = _word(words, "undo", _each(Desk.undo, "taken back"), "take back what was decided of a row")
    for each in (accept, dismiss, undo):
        each.add_argument("names", nargs="+", metavar="NAME")
    fix = _word(words, "fix", _fix, "read a row with other cells")
    fix.add_argument("name", metavar="NAME")
    fix.add_argument("cells", nargs="+", type=_pair, metavar="COLUMN=VALUE", help="what the row should say there")


def run(desk: Desk, arguments: argparse.Namespace) -> int:
    """Do what was asked for; 1 where it could not be done, saying why."""
    try:
        code: int = arguments.decide(desk, arguments)
    except CannotDecide as error:
        print(error, file=sys.stderr)
        return 1
    return code


def rejected_body(each: Rejected, *, dismissed: bool) -> dict[str, Any]:
    """A row set aside as a JSON object for a program."""
    said = {name: getattr(each, name) for name in ("source", "group", "row_id", "row", "field", "said", "reason")}
    return {"name": handle(each), **said, "dismissed": dismissed}


def decided_body(person: str, each: Decision) -> dict[str, Any]:
    """A decision as a JSON object for a program."""
    return {"name": word_handle(each), **decision_body(person, each)}


def in_words(each: Decision) -> str:
    """What was decided, as a phrase: `weight 1OO is 100; reps 5000 is true`."""
    fixed = [f"{name_of(place)} {_quoted(said.was)} is {_quoted(said.now)}" for place, said in each.fixed.items() if place != "/"]
    accepted = [f"{field} {_quoted(said)} is true" for field, said in each.accepted.items()]
    dismissed = [f"{field} {_quoted(said)} is dismissed" for field, said in each.dismissed.items()]
    return "; ".join([*fixed, *accepted, *dismissed])


def _quoted(value: Any) -> str:
    return "nothing" if value in (None, "") else f"“{value}”"


def _word(words: Any, name: str, does: Callable[..., int], said: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = words.add_parser(name, help=said, description=said[0].upper() + said[1:] + ".")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="the result as one JSON object")
    parser.set_defaults(decide=does)
    return parser


def _list(desk: Desk, arguments: argparse.Namespace) -> int:
    found = desk.rejected(arguments.source)
    decided = [each for each in desk.decisions() if arguments.source in (None, each.source)]
    if arguments.json:
        rows = [rejected_body(each, dismissed=dismissed) for each, dismissed in found]
        print(json.dumps({"rejected": rows, "decisions": [decided_body(desk.person, each) for each in decided]}))
        return 0
    still = [each for each, dismissed in found if not dismissed]
    for each in still[:_MOST_LISTED]:
        print(f"{handle(each)}  {each.source}, {each.row}, {each.field}: {_quoted(each.said)} {each.reason}")
    if len(still) > _MOST_LISTED:
        print(f"and {len(still) - _MOST_LISTED:,} more: --json lists them all")
    if not still:
        print("No rows are set aside.")
    for word in decided:
        print(f"{word_handle(word)}  decided: {word.source}, {word.place}: {in_words(word)}")
    return 0


def _show(desk: Desk, arguments: argparse.Namespace) -> int:
    aside = desk.look(arguments.name)
    each = aside.rejected
    if arguments.json:
        came = None if aside.row is None else dict(aside.row.data)
        cells = {name_of(place, aside.row): value for place, value in aside.cells.items()}
        told = rejected_body(each, dismissed=aside.dismissed) | {"can": list(aside.can), "came": came, "cells": cells}
        print(json.dumps(told))
        return 0
    print(f"{each.source}, {each.row}: {each.field} {_quoted(each.said)} {each.reason}.")
    for place, value in aside.cells.items():
        print(f"  {name_of(place, aside.row)} = {'' if value is None else value}")
    print(f"What can be done: {', '.join(aside.can)}.")
    return 0


def _each(act: Callable[[Desk, str], Decision], said: str) -> Callable[[Desk, argparse.Namespace], int]:
    """A word that is said of several rows; one that cannot be decided leaves the others."""

    def does(desk: Desk, arguments: argparse.Namespace) -> int:
        done, wrong = [], []
        for name in arguments.names:
            try:
                done.append(act(desk, name))
            except CannotDecide as error:
                wrong.append({"name": name, "reason": str(error)})
                print(f"{name}: {error}", file=sys.stderr)
        for each in done if not arguments.json else ():
            print(f"{each.source}, {each.place}: {said}.")
        if arguments.json:
            print(json.dumps({"decisions": [decided_body(desk.person, each) for each in done], "refused": wrong}))
        return 1 if wrong else 0

    return does


def _fix(desk: Desk, arguments: argparse.Namespace) -> int:
    aside = desk.look(arguments.name)
    if aside.row is None or "fix" not in aside.can:
        raise CannotDecide("This row cannot be corrected here: correct it where it came from, or dismiss it.")
    row = aside.row
    word = desk.fix(arguments.name, {place_of(column, aside.cells, row): value for column, value in arguments.cells})
    if arguments.json:
        print(json.dumps({"decisions": [decided_body(desk.person, word)], "refused": []}))
    else:
        print(f"{word.source}, {word.place}: {in_words(word)}. Take it back with: rejected undo {word_handle(word)}")
    return 0


def _pair(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not (column.strip() and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not COLUMN=VALUE, like Weight=82.5")
    return column.strip(), value
