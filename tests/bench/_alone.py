"""The pictures of a page as a page of plotly alone, on a server of its own: what the page of the product is measured against.

The same script from the same bytes, kept by the browser as ours is; nothing is intercepted, which would switch the cache off.
"""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_SCRIPT = "/plotly.js"
_KEPT = "public, max-age=31536000, immutable"


def written(figures: list[dict[str, Any]]) -> str:
    """A document that draws them, each in a box as large as it has in the product."""
    drawn = json.dumps(figures).replace("</", "<\\/")
    places = "".join(f'<div class="js-plotly-plot" style="width:{e["width"]}px;height:{e["height"]}px"></div>' for e in figures)
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>static</title><body>{places}<script src="{_SCRIPT}"></script>'
        f"<script>const all={drawn};document.querySelectorAll('div').forEach((each, at) => "
        "Plotly.newPlot(each, all[at].data, all[at].layout, {displayModeBar: false, responsive: true}));</script></body></html>"
    )


@contextmanager
def alone(script: str, pages: dict[str, str]) -> Iterator[str]:
    """The address of a server of those documents by path; `script` is the address of the product's plotly, fetched once."""
    asked = urllib.request.Request(script, headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        packed = answer.read()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == _SCRIPT:
                self._send(packed, "text/javascript", {"Content-Encoding": "br", "Cache-Control": _KEPT})
            elif self.path in pages:
                self._send(pages[self.path].encode(), "text/html", {})
            else:
                self.send_error(404)

        def _send(self, body: bytes, kind: str, more: dict[str, str]) -> None:
            self.send_response(200)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Benchmarks print their rows alone."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
