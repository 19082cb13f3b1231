"""Static files, compressed once at set-up (`python -m dashboard.statics`) and served as immutable.

Brotli at its best level takes seconds for plotly: never while somebody waits. What set-up did not prepare is gzipped once, quickly,
when first asked for. Files are known by a hash of their content, so a stale preparation can never be served.
"""

from __future__ import annotations

import gzip
import mimetypes
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import brotli
import dash
from dash.fingerprint import check_fingerprint
from flask import Flask, Response, request

from dashboard.bundle import ASSETS, SUITES, OneFileDash, bare, component_file
from dashboard.shell import INDEX

# Inside the environment: set-up leaves nothing elsewhere.
PREPARED: Final = Path(sys.prefix) / "share" / "fitboard-static"
_KINDS: Final = frozenset({".js", ".css", ".svg", ".webmanifest"})
_PACKED: Final = ("text/", "image/svg", "application/manifest", "application/json")


@dataclass(frozen=True)
class Static:
    """One file in the forms it is sent in."""

    body: bytes
    br: bytes | None
    gz: bytes
    kind: str


@lru_cache(maxsize=256)
def static(path: Path, _stamp: int) -> Static:
    """The file in every form. `_stamp` (its time of change) only tells the cache when to look again."""
    return forms(path.read_bytes(), path.suffix)


def forms(body: bytes, suffix: str) -> Static:
    """A file's forms: as set-up prepared them, else gzipped now."""
    name = sha256(body).hexdigest()[:24]
    best, quick = PREPARED / f"{name}.br", PREPARED / f"{name}.gz"
    kind = "text/javascript" if suffix == ".js" else mimetypes.types_map.get(suffix, "application/octet-stream")
    return Static(
        body=body,
        br=best.read_bytes() if best.is_file() else None,
        gz=quick.read_bytes() if quick.is_file() else gzip.compress(body, 6, mtime=0),
        kind=kind,
    )


def answer(found: Static, *, forever: bool) -> Response:
    """The file as this browser takes it."""
    takes = request.headers.get("Accept-Encoding", "")
    body, encoding = found.body, ""
    if found.kind.startswith(_PACKED):
        if found.br is not None and "br" in takes:
            body, encoding = found.br, "br"
        elif "gzip" in takes:
            body, encoding = found.gz, "gzip"
    response = Response(body, mimetype=found.kind)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def _of(path: Path) -> Static:
    return static(path, path.stat().st_mtime_ns)


def register(app: OneFileDash) -> None:
    """Serve the app's own files and its components' from memory, after the gate."""
    known: dict[str, set[str]] = app.registered_paths
    app.index()  # Dash names its scripts, and so which paths it serves, when it first makes the page
    joined = {path: forms(each.body, Path(path).suffix) for path, each in app.joined.items()}

    server: Flask = app.server

    @server.before_request
    def serve() -> Response | None:
        path = request.path
        if request.method not in ("GET", "HEAD"):
            return None
        if path in joined:
            return answer(joined[path], forever=True)
        if path.startswith("/assets/"):
            return _asset(path.removeprefix("/assets/"))
        if path.startswith(SUITES):
            return _component(known, path.removeprefix(SUITES))
        return None

    @server.get("/sw.js", endpoint="fitboard.worker")
    def service_worker() -> Response:
        return answer(_of(ASSETS / "sw.js"), forever=False)

    @server.get("/manifest.webmanifest", endpoint="fitboard.manifest")
    def manifest() -> Response:
        return answer(_of(ASSETS / "manifest.webmanifest"), forever=False)


def _asset(name: str) -> Response | None:
    path = ASSETS / name
    inside = path.resolve().is_relative_to(ASSETS) and path.is_file()
    return answer(_of(path), forever="m" in request.args) if inside else None


def _component(known: dict[str, set[str]], rest: str) -> Response | None:
    package, _, path = rest.partition("/")
    name, fingerprinted = check_fingerprint(path)
    if package not in sys.modules or name not in known.get(package, ()):
        return None  # Dash answers, and says what is wrong
    return answer(_of(component_file(rest)), forever=fingerprinted)


def prepare() -> int:
    """Compress every static file once; how many were new."""
    PREPARED.mkdir(parents=True, exist_ok=True)
    done = 0
    for body in _bodies():
        name = sha256(body).hexdigest()[:24]
        for suffix, pack in _PACKERS.items():
            target = PREPARED / (name + suffix)
            if not target.is_file():
                draft = target.with_suffix(f"{suffix}.part")
                draft.write_bytes(pack(body))
                draft.replace(target)
                done += 1
    return done


_PACKERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    ".br": lambda body: bytes(brotli.compress(body, quality=11)),
    ".gz": lambda body: gzip.compress(body, 9, mtime=0),
}


def _bodies() -> Iterator[bytes]:
    """What a page of ours asks for: the joined files, our own, and the parts that dcc loads when a page needs them."""
    app = bare(index_string=INDEX)
    app.index()
    yield from (each.body for each in app.joined.values())
    yield from (each.read_bytes() for each in sorted(ASSETS.iterdir()) if each.suffix in _KINDS)
    parts = ("async-graph.js", "async-dropdown.js", "async-upload.js", "dash_core_components-shared.js")
    yield from ((Path(dash.__path__[0]) / "dcc" / each).read_bytes() for each in parts)


if __name__ == "__main__":
    print(f"static files ready, {prepare()} made", file=sys.stderr)
