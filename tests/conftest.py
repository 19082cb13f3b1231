"""What every test may use: one fixed moment, the way to real files, and no way to the network beyond this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

REALDATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"

# Derandomized: a red test stays red. `--hypothesis-profile=torture` looks for new failures instead.
settings.register_profile(
    "fitboard", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "torture", deadline=None, max_examples=5000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fitboard")


@pytest.fixture(scope="session")
def now() -> datetime:
    """A Sunday morning in Europe, in UTC."""
    return datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def realdata() -> Callable[[str], Path]:
    """`realdata("strength/strong_breinsp.csv")`: that file beside the project, or the test is skipped with the reason."""

    def find(name: str) -> Path:
        path = REALDATA / name
        if not path.exists():
            pytest.skip(f"no real data here: {name} is not beside the project (see ../shared/realdata)")
        return path

    return find


@pytest.fixture(scope="session", autouse=True)
def _this_machine_only() -> Iterator[None]:
    """A connection to another machine is a mistake of the test, and an error."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _loopback(str(address[0])):
            raise ConnectionRefusedError(f"tests talk to this machine only, not to {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
