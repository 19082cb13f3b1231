"""`python -m store`: make the store, check it, and take the data out or put it back."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from tqdm import tqdm

import settings as settings_module
from settings import Settings, SettingsError
from store import backup, digests
from store.open import open_store
from store.store import Store, StoreError

_PLAIN_EVERY = 10_000
_MOST_SHOWN = 20


def main(argv: Sequence[str] | None = None) -> int:
    """0 on success, 1 when something failed, 2 on wrong use."""
    arguments = _parser().parse_args(argv)
    try:
        settings = settings_module.load()
    except SettingsError as error:
        return _failed(arguments, f"The settings are wrong:\n{error}", code=2)
    try:
        with _opened(settings) as store:
            arguments.address = settings.store
            result: int = arguments.run(store, arguments)
            return result
    except SettingsError as error:
        return _failed(arguments, str(error), code=2)
    except BrokenPipeError:
        # Who read the export has seen enough. Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except StoreError as error:
        return _failed(arguments, str(error))
    except OSError as error:
        return _failed(arguments, f"{error.filename or 'A file'} could not be read or written: {error.strerror or error}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m store", description="Make the store, check it, export it, restore it.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _command(commands, "create", _create, "make what the store needs (tables, schema); harmless when it is there")
    export = _command(commands, "export", _export, "write the ledger as JSON Lines (docs/data.md), to standard output or a file")
    export.add_argument("--kind", choices=backup.KINDS, help="only lines of this kind")
    export.add_argument("--out", type=Path, metavar="FILE", help="write this file: whole or not at all, readable by its owner")
    export.add_argument("--no-raw", action="store_true", help="leave out the rows as they came from their source")
    restore = _command(commands, "restore", _restore, "put back what export wrote; removes nothing, and again changes nothing")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--changed", action="store_true", help="lines were changed on purpose since the export: take them")
    _command(commands, "check", _check, "read everything and say what is wrong")
    return parser


def _command(commands: Any, name: str, run: Callable[..., int], help: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
    text = "end standard output with one JSON object (export: only with --out, else its lines are all there is)"
    command.add_argument("--json", action="store_true", help=text)
    if name == "export":
        command.add_argument("--person", default="me", help="whose ledger (default: me)")
    command.set_defaults(run=run)
    return command


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    keys = settings_module.secret_keys(settings) if settings.store.startswith("sqlite:") else settings.secret_keys
    store = open_store(settings.store, keys, folder=Path.cwd(), endpoint=settings.dynamodb_endpoint)
    try:
        yield store
    finally:
        store.close()


def _create(store: Store, arguments: argparse.Namespace) -> int:
    store.create()
    return _done(arguments, {"store": arguments.address}, f"The store {arguments.address} is ready.")


def _export(store: Store, arguments: argparse.Namespace) -> int:
    lines = backup.export_lines(store, arguments.person, arguments.kind, raw=not arguments.no_raw)
    if arguments.out is None:
        _write(sys.stdout.buffer, lines)
        sys.stdout.buffer.flush()
        return 0
    sums: list[str] = []
    with _whole_file(arguments.out) as file:
        count = _write(file, lines, sums)
        digests.beside(arguments.out).unlink(missing_ok=True)  # of what is about to be replaced
    with _whole_file(digests.beside(arguments.out)) as file:
        file.write("".join(f"{each}\n" for each in sums).encode())
    return _done(arguments, {"lines": count, "file": str(arguments.out)}, f"{count:,} lines written to {arguments.out}.")


def _restore(store: Store, arguments: argparse.Namespace) -> int:
    def opened() -> Iterator[bytes]:
        with arguments.file.open("rb") as file:
            yield from file

    with _progress("Restoring") as progress:
        sums = None if arguments.changed else digests.read(arguments.file)
        checked = None if sums is None else digests.Checked(sums)
        result = backup.restore_lines(store, opened, datetime.now(UTC), progress, written=checked.written if checked else None)
    missing = checked.missing if checked else 0
    if missing:
        print(f"{arguments.file}: {missing:,} lines that the export wrote are not in it any more.", file=sys.stderr)
    for wrong in result.wrong[:_MOST_SHOWN]:
        print(f"{arguments.file}, line {wrong.line}: {wrong.reason}", file=sys.stderr)
    if len(result.wrong) > _MOST_SHOWN:
        print(f"... and {len(result.wrong) - _MOST_SHOWN:,} more lines.", file=sys.stderr)
    left = f"; {len(result.wrong):,} left out: mend them in the file and restore it again" if result.wrong else ""
    text = (
        f"{result.lines:,} lines: {result.new:,} records new, {result.changed:,} changed, {result.unchanged:,} as they were, "
        f"{result.rejected:,} rejected rows, {result.settings:,} settings, "
        f"{result.decisions:,} decisions on rows set aside{left}."
    )
    return _done(arguments, {**asdict(result), "missing": missing}, text) or int(bool(result.wrong or missing))


def _check(store: Store, arguments: argparse.Namespace) -> int:
    findings = store.check()
    for each in findings:
        print(each, file=sys.stderr)
    text = f"{len(findings)} things are wrong with {arguments.address}." if findings else f"All is well with {arguments.address}."
    return _done(arguments, {"ok": not findings, "findings": findings}, text) or int(bool(findings))


def _write(file: BinaryIO, lines: Iterable[str], sums: list[str] | None = None) -> int:
    count = 0
    with _progress("Exporting") as progress:
        for count, line in enumerate(lines, 1):  # the last number is the count
            data = line.encode()
            file.write(data + b"\n")
            if sums is not None:
                sums.append(digests.of(data))
            progress(count)
    return count


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when it is complete and on disk; a failure leaves what was there."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """What hears the number of lines done: a bar on a terminal, now and then a plain line elsewhere."""
    if sys.stderr.isatty():
        with tqdm(desc=what, unit=" lines", unit_scale=True) as bar:
            yield lambda done: _advance(bar, done)
    else:
        yield lambda done: None if done % _PLAIN_EVERY else print(f"{what}: {done:,} lines", file=sys.stderr)


def _advance(bar: Any, done: int) -> None:
    bar.update(done - bar.n)


def _done(arguments: argparse.Namespace, result: dict[str, Any], text: str) -> int:
    print(json.dumps(result) if arguments.json else text)
    return 0


def _failed(arguments: argparse.Namespace, text: str, code: int = 1) -> int:
    print(text, file=sys.stderr)
    if arguments.json:
        print(json.dumps({"error": text}))
    return code


if __name__ == "__main__":
    sys.exit(main())
