"""A store of its own, a fake of its own, and one run of the loop in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors import loop
from collectors.services import Service
from store.store import Store, Token
from tests.collectors.house import SCOPES, House
from tests.fakes.server import Fake
from tests.fakes.sheets import Sheets
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings


class Quick(threading.Event):
    """An event that never waits: no test sleeps."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


class Home:
    """One person's store with fakes as services; `at` is the present, shared with the fakes."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.at = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
        self.fakes: dict[str, Fake] = {}
        self.store: Store = house.store()
        self.stop = Quick()
        self.said: list[str] = []

    def have(self, name: str, fake: Fake, *, connected: bool = True) -> None:
        """Start a fake at this home's present and point the services at it."""
        fake.set_clock(int(self.at.timestamp()))
        self.fakes[name] = fake.start()
        self.house.point_at(fake)
        if connected and isinstance(fake, (Withings, Strava)):
            refresh = fake.sign_in.grant(SCOPES[name])
            self.store.put_token("me", Token(source=name, access="old", refresh=refresh, expires_at=self.at), None)

    @property
    def services(self) -> dict[str, Service]:
        return self.house.services()

    def later(self, **span: float) -> None:
        """Time passes, here and at the services."""
        self.at += timedelta(**span)
        for fake in self.fakes.values():
            fake.set_clock(int(self.at.timestamp()))

    def house_token_is_old(self) -> bool:
        """Whether the store still holds the sign-in that `have` put there, asked from another thread."""
        token = self.store.token("me", "withings")
        return token is not None and token.access == "old"

    def other_store(self, work: Callable[[Store], object]) -> None:
        """Do that as another process would, with a store of its own."""
        other = self.house.store()
        work(other)
        other.close()

    def collect(self, *names: str) -> dict[str, loop.RunResult]:
        """One run of those sources (none: every connected one)."""
        for fake in self.fakes.values():
            fake.log.clear()
        results = loop.collect(
            self.store, "me", self.services, list(names) or None, lambda: self.at, "test", "Europe/Berlin", self.said.append,
            stop=self.stop, wait_s=0.0,
        )  # fmt: skip
        return {each.source: each for each in results}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(House(tmp_path))
    yield home
    home.store.close()
    for fake in home.fakes.values():
        fake.stop()


@pytest.fixture
def withings(home: Home) -> Callable[..., Withings]:
    def have(*arguments: object, **more: object) -> Withings:
        fake = Withings(*arguments, now=home.at.timestamp(), **more)  # type: ignore[arg-type]
        home.have("withings", fake)
        return fake

    return have


@pytest.fixture
def strava(home: Home) -> Callable[..., Strava]:
    def have(*arguments: object, **more: object) -> Strava:
        fake = Strava(*arguments, now=home.at.timestamp(), **more)  # type: ignore[arg-type]
        home.have("strava", fake)
        return fake

    return have


@pytest.fixture
def sheets(home: Home) -> Callable[..., Sheets]:
    def have(*arguments: object, **more: object) -> Sheets:
        fake = Sheets(*arguments, **more)  # type: ignore[arg-type]
        home.have("sheets", fake)
        return fake

    return have
