"""The one gate before every route, callback and asset: it denies what it does not know, and signs off every answer.

Order: is this a name we answer to, is the body small enough, does a change come from our own page, is there a session, is the
callback's body one that our own page could have sent. Then the route.
"""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import quote, urlsplit

import brotli
from dash import Dash
from dash.exceptions import DependencyException
from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from collectors.http import clean
from dashboard import callbacks
from dashboard.login import Doors
from dashboard.page import pages
from store.store import StoreError

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
PUBLIC_PATHS: Final = frozenset({"/healthz", "/login", "/_favicon.ico", "/manifest.webmanifest", "/sw.js"})
PUBLIC_TREES: Final = ("/assets/", "/_dash-component-suites/")
# Exported files come in here; everything else a browser sends us is small.
UPLOAD_PATHS: Final = frozenset({"/sources/upload"})
UPLOAD_LIMIT, BODY_LIMIT = 32 << 20, 1 << 20
CALLBACK: Final = "/_dash-update-component"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_DATA: Final = ("/_", "/api/", "/rows.")
_COMPRESS_FROM = 1024


def register(app: Dash, doors: Doors, *, allowed_hosts: frozenset[str] | None, url: str) -> None:
    """Put the gate before every request of the app's server. Call it after all callbacks are defined."""
    server: Flask = app.server
    own = urlsplit(url).netloc
    headers = _headers(app, secure=doors.secure)
    server.config["MAX_FORM_MEMORY_SIZE"] = BODY_LIMIT

    @server.before_request
    def gate() -> BaseResponse | None:
        return (
            _wrong_host(allowed_hosts)
            or _too_large()
            or _from_elsewhere(own)
            or _not_signed_in(doors)
            or _no_such_api()
            or _malformed(app)
        )

    @server.after_request
    def sign_off(response: Response) -> Response:
        if _shows_page() and response.status_code == 200 and not _known_page(request.path):
            response.status_code = 404  # the same shell comes, and says so, but a program must not believe in it
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return _compressed(response)

    @server.errorhandler(DependencyException)
    def no_such_file(_error: DependencyException) -> BaseResponse:
        return problem(404, "There is no such file.")

    @server.errorhandler(StoreError)
    def no_store(error: StoreError) -> BaseResponse:
        return problem(503, clean(str(error)))

    @server.errorhandler(HTTPException)
    def refused(error: HTTPException) -> BaseResponse:
        return problem(error.code or 500, error.name)


def problem(status: int, detail: str) -> Response:
    """An error as programs read it (RFC 9457)."""
    body = json.dumps({"type": "about:blank", "title": detail, "status": status})
    return Response(body, status, mimetype="application/problem+json")


def public(path: str) -> bool:
    """True for what is served without a session."""
    return path in PUBLIC_PATHS or (path.startswith(PUBLIC_TREES) and ".." not in path)


def host_name(netloc: str) -> str:
    """The host of `host:port`, lower case, an IPv6 address with its brackets."""
    name, _, port = netloc.rpartition(":")
    return (name if name and port.isdigit() else netloc).lower().rstrip(".")


def _wrong_host(allowed: frozenset[str] | None) -> BaseResponse | None:
    # A page elsewhere can point its own name at 127.0.0.1 (DNS rebinding); the name in the Host header gives it away.
    if allowed is None or host_name(request.headers.get("Host", "")) in allowed:
        return None
    return problem(421, "This address does not answer to that host name.")


def _too_large() -> BaseResponse | None:
    limit = UPLOAD_LIMIT if request.path in UPLOAD_PATHS else BODY_LIMIT
    request.max_content_length = limit  # also bounds a body that did not say how long it is
    if (request.content_length or 0) > limit:
        return problem(413, f"More than {limit >> 20} MB cannot be taken here.")
    return None


def _from_elsewhere(own: str) -> BaseResponse | None:
    if request.method in _SAFE:
        return None
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    ours = {request.headers.get("Host", "").lower(), own.lower()}
    if (site is not None and site not in ("same-origin", "none")) or (
        origin is not None and urlsplit(origin).netloc.lower() not in ours
    ):
        return problem(403, "A change must come from this site itself.")
    return None


def _not_signed_in(doors: Doors) -> BaseResponse | None:
    if public(request.path) or doors.let_in():
        return None
    if request.method in ("GET", "HEAD") and not request.path.startswith(_DATA):
        wanted = request.full_path.rstrip("?")
        return redirect("/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}", 303)
    return problem(401, "Sign in first.")


def _no_such_api() -> BaseResponse | None:
    path = request.path
    if path != "/api" and not path.startswith("/api/"):
        return None
    if request.url_rule is None or request.url_rule.rule.endswith("<path:path>"):
        return problem(404, "There is nothing at this address.")
    return None


def _malformed(app: Dash) -> BaseResponse | None:
    if request.path != CALLBACK or request.method != "POST":
        return None
    try:
        wrong = callbacks.wrong(app.callback_map, request.get_json(silent=True))
    except RecursionError:  # brackets a thousand deep
        wrong = "The body is nested too deeply."
    return problem(400, wrong) if wrong else None


def _shows_page() -> bool:
    return request.url_rule is not None and request.url_rule.rule in ("/", "/<path:path>")


def _known_page(path: str) -> bool:
    return path == "/rows" or (path.rstrip("/") or "/") in pages()


def _headers(app: Dash, *, secure: bool) -> dict[str, str]:
    scripts = " ".join(dict.fromkeys(app.csp_hashes()))
    # Dash and plotly write style attributes; no script may be written anywhere.
    policy = (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    }
    return headers | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})


def _compressed(response: Response) -> Response:
    """Answers made for one request (static files come compressed already) at brotli's quick level: about a millisecond."""
    if response.direct_passthrough or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    kind = response.mimetype or ""
    if not (kind.startswith("text/") or "json" in kind) or "br" not in request.headers.get("Accept-Encoding", ""):
        return response
    body = response.get_data()
    if len(body) < _COMPRESS_FROM:
        return response
    response.set_data(brotli.compress(body, quality=4))
    response.headers["Content-Encoding"] = "br"
    response.vary.add("Accept-Encoding")
    return response
