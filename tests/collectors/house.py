"""The real collector process, on a SQLite store of its own, pointed at fakes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from collectors.services import Service, from_settings
from settings import load, secret_keys
from store.open import open_store
from store.store import Store
from tests.fakes.server import Fake, Kill
from tests.fakes.sheets import Sheets
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings

ROOT = Path(__file__).parents[2]
KEY = "canary-key-of-the-store-0123456789"
SCOPES = {"withings": "user.metrics,user.activity", "strava": "read,activity:read_all"}


@dataclass
class House:
    """A folder with a store, and the settings that a process in it gets."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        base = {"HOME": str(self.folder), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "FITBOARD_ZONE": "Europe/Berlin"}
        self.environ = {**base, "FITBOARD_SECRET_KEY": KEY, "FITBOARD_STORE": f"sqlite:{self.folder / 'f.db'}", **self.environ}

    def point_at(self, fake: Fake) -> None:
        """Use that fake."""
        if isinstance(fake, Sheets):
            self.environ |= {
                "SHEETS_BASE_URL": fake.url,
                "SHEETS_ID": fake.id,
                "SHEETS_CREDENTIALS": json.dumps(fake.credentials()),
            }
        else:
            assert isinstance(fake, (Withings, Strava))
            name = "WITHINGS" if isinstance(fake, Withings) else "STRAVA"
            self.environ |= {
                f"{name}_BASE_URL": fake.url,
                f"{name}_CLIENT_ID": fake.sign_in.client_id,
                f"{name}_CLIENT_SECRET": fake.sign_in.client_secret,
            }

    def connect(self, fake: Fake, at: datetime) -> None:
        """A stored sign-in whose access token is too old, so that the next run has to renew it."""
        from store.store import Token

        assert isinstance(fake, (Withings, Strava))
        name = "withings" if isinstance(fake, Withings) else "strava"
        token = Token(source=name, access="too-old-canary", refresh=fake.sign_in.grant(SCOPES[name]), expires_at=at)
        with_store = self.store()
        with_store.put_token("me", token, None)
        with_store.close()

    def store(self) -> Store:
        settings = load(self.environ, self.folder)
        return open_store(settings.store, secret_keys(settings), folder=self.folder)

    def services(self) -> dict[str, Service]:
        return from_settings(load(self.environ, self.folder))

    def popen(self, *arguments: str, module: str = "collectors", **more: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.Popen(
            command, cwd=self.folder, env={**self.environ, **more}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments: str, **more: str) -> Ran:
        """One command to its end."""
        process = self.popen(*arguments, **more)
        out, err = process.communicate(timeout=60)
        return Ran(process.returncode, out, err)

    def run_killed(self, fake: Fake, kill: Kill, *arguments: str) -> bool:
        """One command that the fake kills at the request told; False when it ended by itself before."""
        fake.log.clear()
        fake.kill = kill
        process = self.popen(*arguments)
        kill.pid = process.pid
        process.communicate(timeout=60)
        fake.kill = None
        return process.returncode == -signal.SIGKILL

    def bodies(self, kind: str) -> list[Mapping[str, Any]]:
        store = self.store()
        try:
            return store.bodies("me", kind)
        finally:
            store.close()


@dataclass
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def sources(self) -> dict[str, dict[str, Any]]:
        """The result of `run --json`, by source."""
        return {each["source"]: each for each in json.loads(self.out.splitlines()[-1])["sources"]}
