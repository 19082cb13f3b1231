"""A real browser on a real server: Debian's chromium, the sample person, one server a process."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from tests.dashboard.house import app, house

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
# What is waited for comes at once, or not at all: how long that takes on a machine that is busy says nothing of the page.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's chromium instead of one that playwright would download. Without it: skipped here, failed in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        said = "no browser: install Debian's chromium (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    return {**browser_type_launch_args, "executable_path": found, "args": ARGUMENTS}


def serve(dash_app: Any) -> Iterator[str]:
    """The address of a server over the app, for as long as the caller keeps it."""
    server = make_server("127.0.0.1", 0, dash_app.server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(timeout=5)
    server.server_close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample person's dashboard."""
    yield from serve(app(house(tmp_path_factory.mktemp("sample"), sample=True)))
