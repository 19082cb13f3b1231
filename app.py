"""The web process: settings, then the store, then the dashboard.

`server` is what the WSGI host serves, made when it is first asked for, so that importing this module does nothing.
`python app.py` runs it here.
"""

from __future__ import annotations

import gc
import logging
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import settings as settings_module
from api import routes
from collectors.http import guard_logs, hide
from collectors.services import from_settings
from dashboard import gate, router
from dashboard.factory import create_app
from dashboard.page import House
from forecast.registry import Registry
from forecast.serving import Trained
from health.days import local_day
from health.frames import Frames
from health.sample import sample_frames
from settings import Settings, SettingsError
from store.blobs import open_blobs
from store.frames import FrameCache
from store.open import open_store
from store.store import StoreError

if TYPE_CHECKING:
    from flask import Flask

PERSON, SEED = "me", 0


def clock() -> datetime:
    """The present instant; the one place of the web process that reads the clock."""
    return datetime.now(UTC)


def build(settings: Settings) -> Flask:
    """The server of these settings. Raises StoreError where the store cannot be opened."""
    keys = settings_module.secret_keys(settings)
    services = from_settings(settings)
    guard_logs()
    hide(*keys, settings.password, *(secret for each in services.values() for secret in each.secrets))
    store = open_store(settings.store, keys, folder=Path.cwd(), endpoint=settings.dynamodb_endpoint)
    models = Trained(Registry(open_blobs(settings.models, folder=Path.cwd(), endpoint=settings.s3_endpoint)))

    def today() -> date:
        return local_day(clock(), settings.zone)

    def sample() -> Frames:
        now = clock()
        return sample_frames(SEED, local_day(now, settings.zone), settings.zone, now)

    house = House(
        store=store,
        frames=FrameCache(store, PERSON, sample=sample, day=today),
        clock=clock,
        zone=settings.zone,
        url=settings.url,
        person=PERSON,
        seed=SEED,
        services=services,
        data_dir=settings.data_dir,
        models=models,
    )
    app = create_app(house, secret_keys=keys, password=settings.password, allowed_hosts=allowed_hosts(settings))
    routes.register(
        app.server, store=store, frames=house.frames.frames, clock=clock, zone=settings.zone, person=PERSON, models=models
    )
    Thread(target=_warm, args=(house,), name="warm", daemon=True).start()
    server: Flask = app.server
    return server


def _warm(house: House) -> None:
    """Ten years take a second or two to read and sum up: begin before somebody asks."""
    router.warm(house)
    # What is there by now stays for as long as the process does; to look through it again and again for garbage takes a
    # tenth of a second each time, which a page would have to wait for.
    gc.collect()
    gc.freeze()


def allowed_hosts(settings: Settings) -> frozenset[str] | None:
    """The names a request may ask for: any on a public address, else loopback (and our own, behind a password and a proxy)."""
    if settings.public:
        return None
    own = {gate.host_name(urlsplit(settings.url).netloc)} if settings.password else set()
    return gate.LOOPBACK | own


def start() -> Flask:
    """The server of this process's settings; what is wrong is said without a traceback, and the process ends with 2."""
    try:
        return build(settings_module.for_web(settings_module.load()))
    except (SettingsError, StoreError, OSError) as error:
        print(f"Fitboard does not start:\n{error}", file=sys.stderr)
        raise SystemExit(2) from None


def __getattr__(name: str) -> Any:
    if name != "server":
        raise AttributeError(name)
    globals()["server"] = start()
    return globals()["server"]


def main() -> int:
    """Serve on this machine with Werkzeug's threaded server, until Ctrl-C."""
    from werkzeug.serving import make_server

    server = start()
    settings = settings_module.load()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        listening = make_server(settings.host, settings.port, server, threaded=True)
    except (OSError, SystemExit):
        print(f"Port {settings.port} is in use: stop what runs there, or set PORT to another one", file=sys.stderr)
        return 1
    print(f"Fitboard is at http://{settings.host}:{listening.port}", file=sys.stderr)
    try:
        listening.serve_forever()
    except KeyboardInterrupt:
        listening.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
