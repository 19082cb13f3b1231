"""A proxy in front of the emulator that spoils what passes through it, as a network and a busy service do."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Body = dict[str, Any]
Reply = tuple[int, Body | bytes]  # a negative status: only half of it is sent
Forward = Callable[[Body], Reply]
Spoil = Callable[[str, Body, Forward], Reply | None]


def honest(operation: str, body: Body, forward: Forward) -> Reply:
    return forward(body)


def error(code: str, status: int = 400, **more: Any) -> Reply:
    """What the service says when it refuses."""
    return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": f"{code}, said the proxy", **more}


@dataclass
class Proxy:
    """`spoil` sees each call and decides on its reply; None drops the connection. `calls` are the names that came by."""

    address: str = ""
    spoil: Spoil = honest
    calls: list[tuple[str, Body]] = field(default_factory=list)

    def count(self, operation: str) -> int:
        return sum(name == operation for name, _ in self.calls)


@contextmanager
def proxied(endpoint: str) -> Iterator[Proxy]:
    """A proxy on a free loopback port, gone with the block."""
    proxy = Proxy()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            proxy.calls.append((operation, body))
            headers = {name: self.headers[name] for name in ("X-Amz-Target", "Content-Type", "Authorization")}
            reply = proxy.spoil(operation, body, lambda changed: _forward(endpoint, headers, changed))
            if reply is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, content = reply
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(abs(status))
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if status < 0:  # cut off in the middle
                self.close_connection = True
                data = data[: len(data) // 2]
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    proxy.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _forward(endpoint: str, headers: dict[str, str], body: Body) -> Reply:
    request = urllib.request.Request(endpoint, data=json.dumps(body).encode(), headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read())
