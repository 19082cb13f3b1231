"""Every setting, its default and what is refused. The only reader of the environment; only entry points import it."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

import tzlocal
from dotenv import dotenv_values

from health.days import DayError, zone_info

PLACEHOLDERS = frozenset({"changeme", "change-me", "secret", "password", "your-secret-key", "xxx", "todo"})
_LEAST_KEY = 16
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
_SERVICES = {"WITHINGS_BASE_URL": "https://wbsapi.withings.net", "STRAVA_BASE_URL": "https://www.strava.com"}


class SettingsError(ValueError):
    """All that is wrong with the settings, a line each."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment says, checked. Secrets are kept out of the printed form."""

    store: str
    host: str
    port: int
    url: str
    zone: str
    on_dyno: bool
    data_dir: Path
    secret_keys: tuple[str, ...] = field(repr=False)
    password: str | None = field(repr=False, default=None)
    withings_client_id: str | None = None
    withings_client_secret: str | None = field(repr=False, default=None)
    withings_base_url: str | None = None
    strava_client_id: str | None = None
    strava_client_secret: str | None = field(repr=False, default=None)
    strava_base_url: str | None = None
    sheets_credentials: str | None = field(repr=False, default=None)
    sheets_id: str | None = None
    sheets_base_url: str | None = None
    sheets_mapping: str | None = None
    dynamodb_endpoint: str | None = None
    models: str = "data/models"
    s3_endpoint: str | None = None

    @property
    def public(self) -> bool:
        return self.host not in _LOOPBACK


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """The settings of this process: the environment over `.env` in `folder`. Raises SettingsError naming all that is wrong."""
    folder = folder or Path.cwd()
    real = os.environ if environ is None else environ
    # Not interpolated: a password may hold ${...}, and honcho, which reads the same file, knows no interpolation.
    written = dotenv_values(folder / ".env", interpolate=False)
    values = {key: value for key, value in written.items() if value and value.strip()}
    # A variable that is there and blank switches off what `.env` says: it counts as not set.
    values = {key: value for key, value in {**values, **real}.items() if value.strip()}
    wrong: list[str] = []
    on_dyno = "DYNO" in values
    host = values.get("HOST") or ("0.0.0.0" if on_dyno else "127.0.0.1")  # noqa: S104  # a dyno must listen everywhere
    port = _port(values.get("PORT", "8050"), wrong)
    store = _store(values.get("FITBOARD_STORE", "sqlite:data/fitboard.db"), on_dyno, wrong)
    settings = Settings(
        store=store,
        host=host,
        port=port,
        url=_url("FITBOARD_URL", values.get("FITBOARD_URL"), wrong) or f"http://127.0.0.1:{port}",
        zone=_zone(values.get("FITBOARD_ZONE"), on_dyno, wrong),
        on_dyno=on_dyno,
        data_dir=_data_dir(store, folder),
        secret_keys=_secret_keys(values.get("FITBOARD_SECRET_KEY", ""), wrong),
        password=values.get("FITBOARD_PASSWORD"),
        withings_client_id=values.get("WITHINGS_CLIENT_ID"),
        withings_client_secret=values.get("WITHINGS_CLIENT_SECRET"),
        withings_base_url=_url("WITHINGS_BASE_URL", values.get("WITHINGS_BASE_URL"), wrong),
        strava_client_id=values.get("STRAVA_CLIENT_ID"),
        strava_client_secret=values.get("STRAVA_CLIENT_SECRET"),
        strava_base_url=_url("STRAVA_BASE_URL", values.get("STRAVA_BASE_URL"), wrong),
        sheets_credentials=values.get("SHEETS_CREDENTIALS"),
        sheets_id=values.get("SHEETS_ID"),
        sheets_base_url=_url("SHEETS_BASE_URL", values.get("SHEETS_BASE_URL"), wrong),
        sheets_mapping=values.get("SHEETS_MAPPING"),
        dynamodb_endpoint=values.get("AWS_ENDPOINT_URL_DYNAMODB"),
        models=_models(values.get("FITBOARD_MODELS"), _data_dir(store, folder), wrong),
        s3_endpoint=values.get("AWS_ENDPOINT_URL_S3"),
    )
    if store.startswith("dynamodb:") and not settings.secret_keys:
        wrong.append("FITBOARD_SECRET_KEY is needed with FITBOARD_STORE=dynamodb:... (two processes share it)")
    if wrong:
        raise SettingsError("\n".join(wrong))
    return settings


def for_web(settings: Settings) -> Settings:
    """`settings`, refused when they would serve a health ledger to a network without a password and a key of its own."""
    wrong: list[str] = []
    if settings.public and not settings.password:
        wrong.append(f"HOST={settings.host} is reachable by others: set FITBOARD_PASSWORD, or leave HOST at 127.0.0.1")
    if settings.public and not settings.secret_keys:
        wrong.append(f"HOST={settings.host} is reachable by others: set FITBOARD_SECRET_KEY to a long random text")
    if settings.public and settings.password and settings.password.strip().lower() in PLACEHOLDERS:
        wrong.append("FITBOARD_PASSWORD is a placeholder: choose one of your own")
    if wrong:
        raise SettingsError("\n".join(wrong))
    return settings


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """The keys for sessions and tokens, newest first: those set, else one made once beside the SQLite file (mode 600).

    Raises SettingsError when the kept one is damaged, or none can be kept.
    """
    if settings.secret_keys:
        return settings.secret_keys
    path = settings.data_dir / "secret.key"
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise SettingsError(
            f"{path} can be neither made nor read ({error.strerror or error}): "
            "let FITBOARD_STORE name a file in a folder that you may write to, or set FITBOARD_SECRET_KEY"
        ) from None
    if len(key) < _LEAST_KEY:
        raise SettingsError(f"{path} holds no key: put it back from a backup, or remove it and connect every source again")
    return (key,)


def _make_key(path: Path) -> None:
    """A key of our own at `path`; whoever comes second leaves the first one there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"secret.key.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        # link() fails when another process was first: whoever wins, both read one and the same whole key.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _port(text: str, wrong: list[str]) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    wrong.append(f"PORT={text!r} is not a port number")
    return 8050


def _store(text: str, on_dyno: bool, wrong: list[str]) -> str:
    engine, _, where = text.partition(":")
    if engine not in ("sqlite", "dynamodb") or not where:
        wrong.append(f"FITBOARD_STORE={text!r} is neither sqlite:PATH nor dynamodb:TABLE_PREFIX")
    if on_dyno and engine == "sqlite":
        wrong.append("FITBOARD_STORE: a dyno's disk is thrown away every day; set FITBOARD_STORE=dynamodb:TABLE_PREFIX")
    return text


def _data_dir(store: str, folder: Path) -> Path:
    engine, _, where = store.partition(":")
    return (folder / where).parent if engine == "sqlite" else folder / "data"


def _zone(text: str | None, on_dyno: bool, wrong: list[str]) -> str:
    if not text:
        if on_dyno:
            wrong.append("FITBOARD_ZONE is needed here (a server's own zone is not yours), such as Europe/Berlin")
            return "UTC"
        return tzlocal.get_localzone_name() or "UTC"
    try:
        zone_info(text)
    except DayError as error:
        wrong.append(f"FITBOARD_ZONE: {error}")
    return text


def _models(text: str | None, data_dir: Path, wrong: list[str]) -> str:
    """Where what was trained is kept: `s3://BUCKET/PREFIX`, or a folder (relative to the one the process runs in)."""
    if not text:
        return str(data_dir / "models")
    engine, found, where = text.partition("://")
    if found and (engine != "s3" or not where.partition("/")[0]):
        wrong.append(f"FITBOARD_MODELS={text!r} is neither s3://BUCKET/PREFIX nor a folder")
    return text


def _url(name: str, text: str | None, wrong: list[str]) -> str | None:
    if not text:
        return _SERVICES.get(name)
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:  # an unclosed bracket
        host = None
    if host and (parts.scheme == "https" or (parts.scheme == "http" and (host in _LOOPBACK or name == "FITBOARD_URL"))):
        return text.rstrip("/")
    # The address is not repeated: it may hold a password.
    wrong.append(f"{name} must be an address that starts with https:// (http:// only on this machine)")
    return None


def _secret_keys(text: str, wrong: list[str]) -> tuple[str, ...]:
    keys = tuple(each.strip() for each in text.split(",") if each.strip())
    for key in keys:
        if key.lower() in PLACEHOLDERS or len(key) < _LEAST_KEY:
            wrong.append(f"FITBOARD_SECRET_KEY is a placeholder or shorter than {_LEAST_KEY} characters")
    return keys


def _main(arguments: list[str]) -> int:
    """`python settings.py [--port | --address]`: what would be in force, secrets hidden; 2 and all that is wrong otherwise."""
    try:
        settings = for_web(load())
    except SettingsError as error:
        print(f"Fitboard does not start:\n{error}", file=sys.stderr)
        return 2
    if arguments == ["--port"]:
        print(settings.port)
    elif arguments == ["--address"]:
        print(f"Fitboard: http://{settings.host}:{settings.port} (Ctrl-C ends it)")
    elif not arguments:
        print("\n".join(f"{each.name}: {getattr(settings, each.name)!r}" for each in fields(settings) if each.repr))
    else:
        print("usage: python settings.py [--port | --address]", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
