"""`python -m forecast`: train, predict, backtest, models, rollback.

Reads the settings, opens the store and passes the clock down.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tqdm import tqdm

import settings as settings_module
from forecast import workbench
from forecast.features import LEAST_WEEKS, Weeks, weeks
from forecast.plan import from_version
from forecast.registry import Registry, RegistryError, Version
from forecast.serving import Served, held, in_use, served
from forecast.sessions import Sessions, sessions
from forecast.workbench import TARGETS, Bench
from health.days import local_day
from settings import SettingsError
from store.blobs import open_blobs
from store.home import home_zone
from store.open import open_store
from store.store import StoreError

PERSON = "me"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 for success, 1 when something failed, 2 for wrong use or wrong settings."""
    arguments = _parser().parse_args(argv)
    try:
        settings = settings_module.load()
        keys = settings_module.secret_keys(settings)
    except SettingsError as error:
        print(f"The settings are wrong:\n{error}", file=sys.stderr)
        return 2
    try:
        store = open_store(settings.store, keys, folder=Path.cwd(), endpoint=settings.dynamodb_endpoint)
        zone = home_zone(store, PERSON, settings.zone)
        blobs = open_blobs(settings.models, folder=Path.cwd(), endpoint=settings.s3_endpoint)
        bench = Bench(store, PERSON, lambda: datetime.now(UTC), zone, Registry(blobs), tell=_tell)
        if settings.on_dyno and not settings.models.startswith("s3://"):
            _tell("No page sees what is trained on this dyno: set FITBOARD_MODELS=s3://BUCKET/PREFIX.")
        code: int = arguments.command(bench, arguments)
        store.close()
    except (StoreError, RegistryError, OSError) as error:
        print(str(error), file=sys.stderr)
        return 1
    return code


def _predict(bench: Bench, arguments: argparse.Namespace) -> int:
    found: list[dict[str, Any]] = []
    as_of = _over(bench, arguments.as_of)
    for target in _wanted(arguments):
        found += (_predict_volume if target == "volume" else _predict_weekly)(bench, target, as_of)
    _print(arguments, {"predictions": found}, [_said(each) for each in found if each["default"]])
    return 0


def _over(bench: Bench, as_of: date | None) -> date | None:
    """The day asked for. Of one that is still to come nothing is known: today stands for it, and that is said."""
    today = local_day(bench.now, bench.zone)
    if as_of is None or as_of <= today:
        return as_of
    _tell(f"{as_of} lies ahead: this is from what is known today, {today}.")
    return today


def _predict_weekly(bench: Bench, target: str, as_of: date | None) -> list[dict[str, Any]]:
    from forecast import train

    given = bench.inputs(target, as_of or bench.known(target))
    if given is not None:
        version = _trained(bench, target, given.digest, None if as_of else given.start + timedelta(days=len(given.seen) - 1))
        if version is not None:
            return train.predictions_of(version)
    table = _table(bench, target, as_of or bench.known(target))
    return [] if table is None else train.predictions(table, train.outcome(table))


def _predict_volume(bench: Bench, target: str, as_of: date | None) -> list[dict[str, Any]]:
    from forecast import train_volume, volume

    through = as_of or bench.known(target)
    sessions = _sessions(bench, through)
    if sessions is None:
        return []
    found = _in_use(bench, target)
    if (exact := served(found, sessions.digest(), None)) is not None:
        return train_volume.predictions_of(exact.version)
    rows = volume.predictions(sessions, volume.tracks(sessions, tell=_tell))
    if as_of or found is None or not held(found, through):
        return rows
    # Of an exercise that was not done since, what is held in use; the page does so, too.
    _tell_held(target, found)
    return train_volume.held_first(found.version, sessions, rows)


def _trained(bench: Bench, target: str, digest: str, through: date | None) -> Version | None:
    """The version to read instead of learning anew: made from the same data by this code, or, without a day that was asked for
    (`through` says the last one known), one that is held in use."""
    found = served(_in_use(bench, target), digest, through)
    if found is None:
        return None
    try:
        from_version(found)
    except KeyError:  # of older code: the page cannot show it, so this does not, either
        return None
    if found.held:
        _tell_held(target, found)
    return found.version


def _in_use(bench: Bench, target: str) -> Served | None:
    try:
        return in_use(bench.registry, target)
    except (StoreError, RegistryError) as error:
        _tell(f"{target}: {error} It is worked out anew.")
        return None


def _tell_held(target: str, found: Served) -> None:
    why = "is the version you went back to" if found.held == "rolled back" else "is in use: what was trained since did worse"
    _tell(f"{target}: {found.version.name} {why}; it was trained through {found.version.through}.")


def _backtest(bench: Bench, arguments: argparse.Namespace) -> int:
    from forecast import backtest, volume

    found: list[dict[str, Any]] = []
    asked = _over(bench, arguments.as_of)
    for target in _wanted(arguments):
        as_of = asked or bench.known(target)
        if target == "volume":
            sessions = _sessions(bench, as_of)
            found += [] if sessions is None else volume.results(sessions, volume.tracks(sessions, tell=_tell))
        else:
            table = _table(bench, target, as_of)
            found += [] if table is None else backtest.results(table, backtest.tracks(table))
    _print(arguments, {"results": found}, _scores(found))
    return 0


def _train(bench: Bench, arguments: argparse.Namespace) -> int:
    found = workbench.train(bench, _wanted(arguments), due=arguments.due)
    _print(arguments, {"trained": found}, [f"{each['target']}: {each['version']} {each['outcome']}" for each in found])
    return 0


def _models(bench: Bench, arguments: argparse.Namespace) -> int:
    from forecast.model import models

    kinds = [
        {"name": each.name, "title": each.title, "of": each.of, "default": each.default}
        for each in sorted(models().values(), key=lambda each: (each.of, not each.default, each.name))
    ]
    versions = []
    for target in bench.registry.targets():
        pointers = bench.registry.pointers(target)
        for role, name in (("current", pointers.current), ("previous", pointers.previous)):
            if name is not None:
                manifest = bench.registry.load(target, name).manifest
                told = {key: manifest.get(key) for key in ("version", "trained_at", "trained_through", "code", "data", "scores")}
                versions.append({"target": target, "role": role, "held": pointers.held if role == "current" else None, **told})
    lines = [f"{each['of']:7} {each['name']:15} {each['title']}{' (default)' if each['default'] else ''}" for each in kinds]
    for each in versions:
        held = f" ({each['held']})" if each["held"] else ""
        lines.append(f"{each['target']} {each['role']}: {each['version']}, trained {each['trained_at']}{held}")
    lines += [line for target in bench.registry.targets() for line in _compared(versions, target)]
    _print(arguments, {"models": kinds, "versions": versions}, lines)
    return 0


def _compared(versions: list[dict[str, Any]], target: str) -> list[str]:
    """What the default's error was in the version in use and in the one before it."""
    scores = {each["role"]: each["scores"] for each in versions if each["target"] == target}
    if len(scores) < 2:
        return []
    before = {(each["model"], each["horizon"]): each["mae"] for each in scores["previous"]}
    lines = []
    for each in scores["current"]:
        old = before.get((each["model"], each["horizon"]))
        if each["default"] and each["mae"] is not None and old is not None:
            lines.append(f"{target} {each['model']}, {each['horizon']} ahead: error {each['mae']:.4g}, before {old:.4g}")
    return lines


def _rollback(bench: Bench, arguments: argparse.Namespace) -> int:
    wanted = [arguments.only] if arguments.only else bench.registry.targets()
    if not wanted:
        raise RegistryError("Nothing was trained yet, so there is nothing to go back to.")
    found = workbench.rollback(bench, wanted)
    _print(arguments, {"current": found}, [f"{each['target']}: back to {each['version']}" for each in found])
    return 0


def _wanted(arguments: argparse.Namespace) -> Iterable[str]:
    chosen = arguments.only or getattr(arguments, "target", None)
    return tqdm([chosen] if chosen else TARGETS, desc="targets", leave=False, disable=not sys.stderr.isatty())


def _sessions(bench: Bench, as_of: date) -> Sessions | None:
    found = sessions(bench.frames, as_of)
    if found is None:
        _tell(f"volume: no session with a load up to {as_of}.")
    return found


def _table(bench: Bench, target: str, as_of: date) -> Weeks | None:
    given = bench.inputs(target, as_of)
    if given is None:
        _tell(f"{target}: no whole week with a reading up to {as_of}.")
        return None
    table = weeks(given)
    seen = int(table.observed()[-1])
    if seen < LEAST_WEEKS:
        _tell(f"{target}: {seen} of {LEAST_WEEKS} weeks with a reading, so only “no change”.")
    if given.filled_days:
        _tell(f"{target}: {given.filled_days} days that an app filled in by straight lines are left out.")
    return table


def _said(each: dict[str, Any]) -> str:
    what = f"{each['target']} {each['exercise']}" if "exercise" in each else f"{each['target']} {each['for_day']}"
    why = f"; {each['model']} alone, at {each['reason']}" if "reason" in each else ""
    return f"{what}: {each['mean']:.4g} (8 times in 10 between {each['low_80']:.4g} and {each['high_80']:.4g}{why})"


def _scores(found: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'target':13} {'model':15} {'ahead':>5} {'n':>5} {'error':>8} {'baseline':>8} {'skill':>7} {'in 80 %':>7}"]
    for each in found:
        if each["n"] and (each["horizon"] in (1, 4, 8, 12, 26)):
            skill = "-" if each["skill"] is None else f"{each['skill']:+.3f}"
            numbers = f"{each['mae']:8.4g} {each['baseline_mae']:8.4g} {skill:>7} {each['coverage_80']:7.2f}"
            lines.append(f"{each['target']:13} {each['model']:15} {each['horizon']:5} {each['n']:5} {numbers}")
    return (
        lines if len(lines) > 1 else ["Nothing to compare with yet: it takes half a year of weeks, or 20 sessions of an exercise."]
    )


def _print(arguments: argparse.Namespace, result: dict[str, Any], lines: Sequence[str]) -> None:
    if arguments.json:
        print(json.dumps(result, allow_nan=False))
        return
    for line in lines:
        print(line)


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m forecast", description="What is likely next, and how sure it is.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Any, about: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about, description=about)
        made.add_argument("--json", action="store_true", help="one JSON object on the last line of standard output")
        made.set_defaults(command=command, only=None)
        return made

    train = add("train", _train, "Learn from the ledger and put the version in use, unless it does worse than the one in use.")
    train.add_argument("--only", choices=TARGETS, help="this target alone")
    train.add_argument("--due", action="store_true", help="only what was not trained since Monday 00:00 at home")
    for name, command, about in (
        ("predict", _predict, "Forecast from what was known at the end of a local day; the target week is named by its Sunday."),
        ("backtest", _backtest, "How every model would have done on the past, from the records in the store."),
    ):
        made = add(name, command, about)
        made.add_argument("--target", choices=TARGETS, help="this target alone")
        made.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="the last local day that is known (yesterday)")
    add("models", _models, "The models there are, and the versions in use.")
    rollback = add("rollback", _rollback, "Put the previous version back in use.")
    rollback.add_argument("--only", choices=TARGETS, help="this target alone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
