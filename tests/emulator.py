"""A DynamoDB and an S3 to test against: a real ministack process on a free loopback port, ended with the block that started it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "eu-central-1"}  # of nobody
_START_S = 40


@contextmanager
def emulator() -> Iterator[str]:
    """The address of a fresh, empty emulator. It keeps nothing: its tables and buckets end with it."""
    port = _free_port()
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTEST_"))}
    environ |= CREDENTIALS | {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "LOG_LEVEL": "WARNING"}
    environ["SERVICES"] = "dynamodb,s3"
    environ |= {"IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}  # else it listens on all addresses for those, too
    process = subprocess.Popen(
        [sys.executable, "-m", "ministack"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, f"http://127.0.0.1:{port}/_ministack/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the emulator ended at once with code {process.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"the emulator did not answer within {_START_S} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
