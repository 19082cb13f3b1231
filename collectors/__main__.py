"""`python -m collectors`: collect, import, connect, disconnect, look, rebuild.

Reads the settings, opens the store and passes the clock down.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import settings as settings_module
from collectors import http, loop, rebuild
from collectors.schedule import every, next_run, pause_until
from collectors.services import Service, from_settings
from collectors.source import Halt
from health.days import week_turns
from settings import Settings, SettingsError
from store.home import home_zone
from store.items import instant_text
from store.open import open_store
from store.store import Store, StoreError

LOG = logging.getLogger("collectors")
PERSON = "me"
GRACE_S = 3.5  # how long a run may take to end once it was asked to
FINE = frozenset({"ok", "limited"})  # a limited source goes on by itself at the next run
_NAMES = ("withings", "strava", "sheets")


@dataclass(frozen=True)
class House:
    """What every command needs."""

    settings: Settings
    store: Store
    services: dict[str, Service]
    stop: threading.Event


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 for success, 1 when something failed, 2 for wrong use or wrong settings."""
    arguments = arguments_of(argv)
    http.guard_logs()
    logging.basicConfig(level=arguments.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        settings = settings_module.load()
        keys = settings_module.secret_keys(settings)
    except SettingsError as error:
        print(f"The settings are wrong:\n{error}", file=sys.stderr)
        return 2
    threading.excepthook = _unforeseen
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    try:
        http.hide(*keys, settings.password)
        store = open_store(settings.store, keys, folder=Path.cwd(), endpoint=settings.dynamodb_endpoint)
        code: int = arguments.command(House(settings, store, from_settings(settings), stop), arguments)
    except (Halt, StoreError, OSError) as error:
        print(http.clean(str(error)), file=sys.stderr)
        return 1
    return code


def arguments_of(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command and its options; ends the process with 2 where they are wrong.

    argparse leaves over the files of `import a.csv --units kg b.csv` that follow an option: they are files too.
    """
    parser = _parser()
    arguments, over = parser.parse_known_args(argv)
    if over and (arguments.command is not _import or any(each.startswith("-") for each in over)):
        parser.error(f"unrecognized arguments: {' '.join(over)}")
    if over:
        arguments.files += [Path(each) for each in over]
    return arguments


def _unforeseen(failure: threading.ExceptHookArgs) -> None:
    """Log what ended a thread: through the log, where secrets are cleaned."""
    if failure.exc_value is not None:
        LOG.error("the run ended", exc_info=(failure.exc_type, failure.exc_value, failure.exc_traceback))


def _zone(house: House) -> str:
    """The home zone: what the person said on the Settings page goes before FITBOARD_ZONE."""
    return home_zone(house.store, PERSON, house.settings.zone)


def now() -> datetime:
    """The present instant; the one place of this command that reads the clock."""
    return datetime.now(UTC)


# -- run


def _run(house: House, arguments: argparse.Namespace) -> int:
    if arguments.every:
        return _clock(house, arguments)
    done, results = _watched(house, lambda: _once(house, arguments, wait_s=loop.WAIT_S))
    if not done:
        # The run hangs in a network read. All it stored is whole, and the next run takes its turn over.
        print("Ended before the service answered. Nothing is lost: the next run goes on from there.", file=sys.stderr)
        sys.stderr.flush()
        os._exit(1)
    if results is None:
        return 1
    if arguments.json:
        print(json.dumps({"sources": [asdict(each) for each in results]}))
    elif not results:
        print("No source is connected. Connect one on the Sources page, or with: python -m collectors connect SOURCE")
    return 0 if all(each.state in FINE for each in results) else 1


def _once(house: House, arguments: argparse.Namespace, wait_s: float) -> list[loop.RunResult]:
    with _progress() as heard:
        results = loop.collect(
            house.store,
            PERSON,
            house.services,
            arguments.source or None,
            now,
            "collectors",
            _zone(house),
            heard,
            stop=house.stop,
            wait_s=wait_s,
        )
    for each in results:
        _say(summary(each))
    if not arguments.source:
        _inbox(house)
    return results


def _inbox(house: House) -> None:
    """What somebody dropped into the inbox; a folder that cannot be read ends no run."""
    folder = house.settings.data_dir / "inbox"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stands = house.store.sync_state(PERSON, "inbox")
        is_empty = all(each.is_dir() and (each.name == "done" or each.name.startswith(".")) for each in folder.iterdir())
        if is_empty and (stands is None or (stands.state == "ok" and not stands.message)):
            return  # as nearly always: no need to load what reads files
        from collectors import inbox

        found = inbox.read(house.store, PERSON, folder, _zone(house), now(), f"inbox:{os.getpid()}")
    except (OSError, StoreError) as error:
        _say(http.clean(f"inbox: {error}"))
        return
    for each in found.results:
        _say(f"inbox: {each.summary}")
    for name in found.waiting:
        _say(f"inbox: {name} may still be written; the next run reads it.")
    if found.folders:
        _say(f"inbox: {inbox.left_alone(found.folders)}")


def summary(result: loop.RunResult) -> str:
    """One line for one source."""
    counts = ", ".join(f"{getattr(result, each)} {each}" for each in ("new", "changed", "removed", "rejected"))
    tail = f" {result.message}" if result.message else ""
    return f"{result.source}: {result.state} ({counts}; {result.requests} requests).{tail}"


def _watched(house: House, work: Callable[[], Any]) -> tuple[bool, Any]:
    """(ended, result) of `work` in a thread, so that a signal ends this process also while a service keeps it waiting.

    A failure nobody foresaw is printed by the thread and the result is None.
    """
    box: list[Any] = []

    def told() -> None:
        try:
            box.append(work())
        except (StoreError, OSError) as error:  # a full disk, a database out of reach: said in words, and the next run goes on
            _say(http.clean(str(error)))

    thread = threading.Thread(target=told, name="collect", daemon=True)
    thread.start()
    while thread.is_alive() and not house.stop.is_set():
        thread.join(0.05)
    thread.join(GRACE_S)
    return not thread.is_alive(), box[0] if box else None


def _clock(house: House, arguments: argparse.Namespace) -> int:
    """Collect at once, then at every full interval and when a week begins, until told to end; after that, each week's training.

    A run or a training that fails never ends this process.
    """
    from collectors.leases import Lease, turn
    from collectors.training import Training

    training, zone = Training(house.stop, now), house.settings.zone

    def one() -> None:
        nonlocal zone
        zone = _zone(house)  # here, where a store that does not answer cannot hold up or end this process
        with turn(Lease(house.store, "collect", "clock", now), 0.0, house.stop.wait) as won:
            if won:
                _once(house, arguments, wait_s=loop.WAIT_S)
            else:
                _say("Another process collects already; this one waits for the next time.")

    while not house.stop.is_set():
        done, _ = _watched(house, one)
        if not done:
            sys.stderr.flush()
            os._exit(0)
        training.go(zone)
        pause_until(min(next_run(now(), arguments.every), week_turns(now(), zone)[1]), now, house.stop.wait)
    return 0


# -- the other commands


def _import(house: House, arguments: argparse.Namespace) -> int:
    from collectors import importing

    code: int = importing.run(house.store, PERSON, arguments, now(), _zone(house))
    return code


def _connect(house: House, arguments: argparse.Namespace) -> int:
    from collectors import oauth

    service = house.services[arguments.source]
    if service.connected_by == "settings":
        print(loop.disconnect_notice(service.name).partition(":")[0] + ".", file=sys.stderr)
        return 1
    refresh = sys.stdin.readline().strip() if arguments.refresh_token == "-" else arguments.refresh_token  # noqa: S105
    token = oauth.from_refresh_token(service, refresh, now())
    loop.connect(house.store, PERSON, service, token)
    print(f"{service.title} is connected. Collect now with: python -m collectors run {service.name}")
    return 0


def _disconnect(house: House, arguments: argparse.Namespace) -> int:
    service = house.services[arguments.source]
    if service.connected_by == "settings":
        print(loop.disconnect_notice(service.name), file=sys.stderr)
        return 1
    print(loop.disconnect_notice(service.name), file=sys.stderr)
    print(loop.disconnect(house.store, PERSON, service, now()))
    return 0


def _status(house: House, arguments: argparse.Namespace) -> int:
    lines = loop.status(house.store, PERSON, house.services)
    if (inbox := house.store.sync_state(PERSON, "inbox")) is not None:
        last = instant_text(inbox.last_run) if inbox.last_run else None
        stands = {"state": inbox.state, "last_run": last, "message": inbox.message, "counts": inbox.counts}
    else:
        stands = None
    if arguments.json:
        print(json.dumps({"sources": lines, "inbox": stands}))
        return 0
    for each in lines:
        connected = "connected" if each["connected"] else "not connected"
        last = f"last run {each['last_run']}" if each["last_run"] else "never run"
        print(f"{each['source']}: {connected}, {each['state'] or '-'}, {last}. {each['message']}".rstrip())
    if stands:
        print(f"inbox: {stands['state']}, last run {stands['last_run']}. {stands['message']}".rstrip())
    return 0


def _rejected(house: House, arguments: argparse.Namespace) -> int:
    from collectors import rejected_command, rejecting

    desk = rejecting.Desk(store=house.store, person=PERSON, clock=now, owner="command")
    return rejected_command.run(desk, arguments)


def _rebuild(house: House, arguments: argparse.Namespace) -> int:
    tally = rebuild.rebuild(house.store, PERSON, now(), _say)
    counts = asdict(tally)
    if arguments.json:
        print(json.dumps(counts))
    else:
        print("Rebuilt from the kept rows: " + ", ".join(f"{count} {word}" for word, count in counts.items()) + ".")
    return 0


def _merges(house: House, arguments: argparse.Namespace) -> int:
    from collectors import merges  # with pandas, which a run every three hours does without

    return merges.show(house.store, PERSON, as_json=arguments.json)


def _split(house: House, arguments: argparse.Namespace) -> int:
    from collectors import merges

    return merges.split(house.store, PERSON, arguments.id, arguments.kind, now(), _zone(house))


def _unsplit(house: House, arguments: argparse.Namespace) -> int:
    from collectors import merges

    return merges.unsplit(house.store, PERSON, arguments.id, now())


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Hears what a run does: a bar on a terminal, plain lines elsewhere."""
    if not sys.stderr.isatty():
        yield _say
        return
    from tqdm import tqdm

    with tqdm(unit=" pages", leave=False) as bar:

        def heard(line: str) -> None:
            bar.set_description_str(line, refresh=False)
            bar.update()

        yield heard


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m collectors", description="Bring data in: from services and from files.")
    parser.add_argument("--log-level", default="warning", choices=["debug", "info", "warning", "error"], help="how much is logged")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="collect every connected source, or those named")
    run.add_argument("source", nargs="*", choices=[*_NAMES, []], metavar="SOURCE", help=", ".join(_NAMES))
    run.add_argument("--every", type=every, metavar="3h", help="go on collecting at every full interval, until ended")
    run.add_argument("--json", action="store_true", help="the result as one JSON object on the last line")
    run.set_defaults(command=_run)

    bring = commands.add_parser("import", help="read exported files")
    from collectors import importing

    importing.add_arguments(bring)
    bring.set_defaults(command=_import)

    connect = commands.add_parser("connect", help="connect a source on a machine without a browser")
    connect.add_argument("source", choices=_NAMES)
    connect.add_argument("--refresh-token", required=True, metavar="TOKEN", help="the refresh token, or - to read it from input")
    connect.set_defaults(command=_connect)

    disconnect = commands.add_parser("disconnect", help="forget a source's sign-in; says what goes and what stays")
    disconnect.add_argument("source", choices=_NAMES)
    disconnect.set_defaults(command=_disconnect)

    status = commands.add_parser("status", help="where each source stands")
    status.add_argument("--json", action="store_true", help="as one JSON object")
    status.set_defaults(command=_status)

    aside = commands.add_parser("rejected", help="rows set aside: list, show, fix, accept, dismiss, undo")
    from collectors import rejected_command

    rejected_command.add_arguments(aside)
    aside.set_defaults(command=_rejected)

    again = commands.add_parser("rebuild", help="make every record again from the kept rows, offline")
    again.add_argument("--json", action="store_true", help="the result as one JSON object on the last line")
    again.set_defaults(command=_rebuild)

    _add_merging(commands)
    return parser


def _add_merging(commands: Any) -> None:
    merges = commands.add_parser("merges", help="what several sources told of and counts once")
    merges.add_argument("--json", action="store_true", help="all of it as one JSON object on the last line")
    split = commands.add_parser("split", help="keep apart what was merged")
    split.add_argument("id", metavar="ID", help="of the merged thing, or of one record in it that does not belong there")
    split.add_argument("--kind", help="measurement, activity or workout, where an id is of several")
    unsplit = commands.add_parser("unsplit", help="take a split back")
    unsplit.add_argument("id", metavar="ID", help="of the split, or of a record that it keeps apart")
    for command, run in ((merges, _merges), (split, _split), (unsplit, _unsplit)):
        command.set_defaults(command=run)


if __name__ == "__main__":
    sys.exit(main())
