"""`python -m forecast`: train, predict, backtest, models, rollback.

Reads the settings, opens the store and passes the clock down.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tqdm import tqdm

import settings as settings_module
from forecast.features import LEAST_WEEKS, NOISE, Inputs, Weeks, inputs, weeks
from forecast.registry import Registry, RegistryError, Version
from forecast.serving import in_use, served
from health.days import local_day, week_turns
from health.frames import Frames
from settings import SettingsError
from store.blobs import open_blobs
from store.frames import FrameCache
from store.home import home_zone
from store.open import open_store
from store.store import StoreError

PERSON = "me"
WEEKLY = tuple(NOISE)
TARGETS = (*WEEKLY, "volume")


class Bench:
    """What every command works on: the ledger's frames, the present, and where versions are kept."""

    def __init__(self, frames: Frames, now: datetime, zone: str, registry: Registry, *, use_api: bool) -> None:
        self.frames, self.now, self.zone, self.registry, self.use_api = frames, now, zone, registry, use_api

    @property
    def yesterday(self) -> date:
        """The last local day that is over: a week is whole when its Sunday is."""
        return local_day(self.now, self.zone) - timedelta(days=1)

    def inputs(self, target: str, as_of: date) -> Inputs | None:
        return inputs(self.frames, target, as_of, use_api=self.use_api)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 for success, 1 when something failed, 2 for wrong use or wrong settings."""
    arguments = _parser().parse_args(argv)
    try:
        settings = settings_module.load()
    except SettingsError as error:
        print(f"The settings are wrong:\n{error}", file=sys.stderr)
        return 2
    try:
        keys = settings_module.secret_keys(settings)
        store = open_store(settings.store, keys, folder=Path.cwd(), endpoint=settings.dynamodb_endpoint)
        use_api = store.setting(PERSON, "forecast.use_strava_api") is True
        frames = FrameCache(store, PERSON).frames()
        zone = home_zone(store, PERSON, settings.zone)
        blobs = open_blobs(settings.models, folder=Path.cwd(), endpoint=settings.s3_endpoint)
        bench = Bench(frames, datetime.now(UTC), zone, Registry(blobs), use_api=use_api)
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
    for target in _wanted(arguments):
        found += (_predict_volume if target == "volume" else _predict_weekly)(bench, target, arguments.as_of)
    _print(arguments, {"predictions": found}, [_said(each) for each in found if each["default"]])
    return 0


def _predict_weekly(bench: Bench, target: str, as_of: date | None) -> list[dict[str, Any]]:
    from forecast import train

    given = bench.inputs(target, as_of or bench.yesterday)
    if given is not None:
        version = _trained(bench, target, given.digest, None if as_of else given.start + timedelta(days=len(given.seen) - 1))
        if version is not None:
            return train.predictions_of(version)
    table = _table(bench, target, as_of or bench.yesterday)
    return [] if table is None else train.predictions(table, train.outcome(table))


def _predict_volume(bench: Bench, target: str, as_of: date | None) -> list[dict[str, Any]]:
    from forecast import train_volume, volume

    sessions = volume.sessions(bench.frames, as_of or bench.yesterday)
    if sessions is None:
        return []
    version = _trained(bench, target, train_volume.digest(sessions), None if as_of else bench.yesterday)
    if version is not None:
        return train_volume.predictions_of(version)
    return volume.predictions(sessions, volume.tracks(sessions, tell=_tell))


def _trained(bench: Bench, target: str, digest: str, through: date | None) -> Version | None:
    """The version to read instead of learning anew: made from the same data by this code, or, without a day that was asked for
    (`through` says the last one known), one that is held in use."""
    try:
        found = served(in_use(bench.registry, target), digest, through)
    except (StoreError, RegistryError) as error:
        _tell(f"{target}: {error} It is worked out anew.")
        return None
    if found is not None and found.held:
        why = "is the version you went back to" if found.held == "rolled back" else "is in use: what was trained since did worse"
        _tell(f"{target}: {found.version.name} {why}; it was trained through {found.version.through}.")
    return None if found is None else found.version


def _backtest(bench: Bench, arguments: argparse.Namespace) -> int:
    from forecast import backtest, volume

    as_of = arguments.as_of or bench.yesterday
    found: list[dict[str, Any]] = []
    for target in _wanted(arguments):
        if target == "volume":
            sessions = volume.sessions(bench.frames, as_of)
            found += [] if sessions is None else volume.results(sessions, volume.tracks(sessions, tell=_tell))
        else:
            table = _table(bench, target, as_of)
            found += [] if table is None else backtest.results(table, backtest.tracks(table))
    _print(arguments, {"results": found}, _scores(found))
    return 0


def _train(bench: Bench, arguments: argparse.Namespace) -> int:
    found = []
    for target in _wanted(arguments):
        if arguments.due and bench.registry.trained_since(target, week_turns(bench.now, bench.zone)[0]):
            _tell(f"{target}: was trained this week.")
            continue
        candidate = _candidate(bench, target)
        if candidate is None:
            _tell(f"{target}: nothing to learn from yet.")
            continue
        name, make = candidate
        if arguments.due and bench.registry.holds(target, name):
            _tell(f"{target}: nothing has changed since it was trained.")
            bench.registry.note(target, bench.now)
            continue
        made = make()
        outcome = bench.registry.submit(made)
        bench.registry.note(target, bench.now)
        found.append({"target": target, "version": made.name, "outcome": outcome, "scores": made.manifest["scores"]})
    _print(arguments, {"trained": found}, [f"{each['target']}: {each['version']} {each['outcome']}" for each in found])
    return 0


def _candidate(bench: Bench, target: str) -> tuple[str, Callable[[], Version]] | None:
    """The name of the version that the ledger gives today and how to make it; None where there is nothing to learn from."""
    from forecast import train, train_volume, volume

    if target == volume.TARGET:
        sessions = volume.sessions(bench.frames, bench.yesterday)
        if sessions is None:
            return None
        return train_volume.version_name(sessions), lambda: train_volume.trained(sessions, bench.now, _tell)
    given = bench.inputs(target, bench.yesterday)
    if given is None:
        return None
    return train.version_name(given), lambda: train.trained(given, bench.now, use_api=bench.use_api)


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
    found = [{"target": each, "version": bench.registry.rollback(each)} for each in wanted]
    _print(arguments, {"current": found}, [f"{each['target']}: back to {each['version']}" for each in found])
    return 0


def _wanted(arguments: argparse.Namespace) -> Iterable[str]:
    chosen = arguments.only or getattr(arguments, "target", None)
    return tqdm([chosen] if chosen else TARGETS, desc="targets", leave=False, disable=not sys.stderr.isatty())


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
    return f"{what}: {each['mean']:.4g} (8 times in 10 between {each['low_80']:.4g} and {each['high_80']:.4g})"


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
