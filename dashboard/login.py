"""Signing in: one password, kept as an argon2 hash in memory, and sessions that expire.

A session names no person and holds no secret: only when it began and a mark made from the password and a key, so that a new
password ends every session, while a restart or a rotated key ends none.
"""

from __future__ import annotations

import hmac
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import Flask, Response, redirect, request, session
from markupsafe import escape
from werkzeug.wrappers import Response as BaseResponse

LIFE: Final = timedelta(days=30)
TRIES, WINDOW = 10, timedelta(minutes=1)
_LONGEST = 1024  # hashing a password of a megabyte is work nobody needs


class Doors:
    """Who may come in. Without a password everybody who reaches the loopback address may."""

    def __init__(self, password: str | None, keys: tuple[str, ...], clock: Callable[[], datetime], *, secure: bool) -> None:
        # 19 MiB, 2 passes: the least that OWASP's password storage sheet recommends, a tenth of a second on a small dyno.
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._hash = None if password is None else self._hasher.hash(password)
        self._marks = () if password is None else tuple(_mark(password, key) for key in keys)
        self._clock, self._lock, self._tries = clock, threading.Lock(), deque[datetime]()
        self.secure = secure

    def __repr__(self) -> str:
        return f"Doors(password={'set' if self._hash else 'none'})"

    @property
    def locked(self) -> bool:
        """True when a password is asked for."""
        return self._hash is not None

    def let_in(self) -> bool:
        """True when the session of this request is good now."""
        if self._hash is None:
            return True
        began, mark = session.get("began"), session.get("mark")
        if not isinstance(began, int) or not isinstance(mark, str):
            return False
        age = self._clock() - datetime.fromtimestamp(began, UTC)
        fresh = timedelta(minutes=-5) <= age < LIFE
        return fresh and any(hmac.compare_digest(mark, each) for each in self._marks)

    def may_try(self) -> bool:
        """Count a try; False past ten in a minute. For the house, not for an address: those are cheap and easily made up."""
        now = self._clock()
        with self._lock:
            while self._tries and now - self._tries[0] >= WINDOW:
                self._tries.popleft()
            if len(self._tries) >= TRIES:
                return False
            self._tries.append(now)
            return True

    def right(self, password: str) -> bool:
        """True when that is the password. One at a time, so that many tries cannot take all memory."""
        if self._hash is None or len(password) > _LONGEST:
            return False
        with self._lock:
            try:
                return self._hasher.verify(self._hash, password)
            except VerificationError:
                return False

    def begin(self) -> None:
        """Give the browser its session."""
        session.clear()
        session.permanent = True
        session["began"] = int(self._clock().timestamp())
        session["mark"] = self._marks[0]


def _mark(password: str, key: str) -> str:
    return hmac.new(key.encode(), password.encode(), sha256).hexdigest()[:32]


def register(server: Flask, doors: Doors) -> None:
    """The routes /login, /logout and /healthz, and how the session's cookie behaves."""
    server.config.update(
        SESSION_COOKIE_NAME="fitboard",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=doors.secure,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFE,
    )

    @server.get("/login", endpoint="fitboard.login")
    def sign_in_page() -> BaseResponse:
        if doors.let_in():
            return redirect(local(request.args.get("next")), 303)
        return Response(page(local(request.args.get("next"))), mimetype="text/html")

    @server.post("/login", endpoint="fitboard.sign_in")
    def sign_in() -> BaseResponse:
        after = local(request.form.get("next"))
        if not doors.locked:
            return redirect(after, 303)
        if not doors.may_try():
            again = {"Retry-After": str(int(WINDOW.total_seconds()))}
            return Response(page(after, "Too many tries. Wait a minute, then try again."), 429, again, mimetype="text/html")
        if not doors.right(request.form.get("password", "")):
            return Response(page(after, "That is not the password."), 401, mimetype="text/html")
        doors.begin()
        return redirect(after, 303)

    @server.post("/logout", endpoint="fitboard.logout")
    def sign_out() -> BaseResponse:
        session.clear()
        return redirect("/login", 303)

    @server.get("/healthz", endpoint="fitboard.healthz")
    def healthy() -> Response:
        return Response('{"status":"ok"}', mimetype="application/json")


def local(address: str | None) -> str:
    """`address` when it is a path of this site, else the overview: nobody is sent elsewhere after signing in."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return "/"
    return address if address.isprintable() and "\\" not in address and address.isascii() else "/"


def page(after: str, wrong: str = "") -> str:
    """The sign-in page."""
    told = f'<p class="fb-wrong" id="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    described = ' aria-describedby="wrong" aria-invalid="true"' if wrong else ""
    return _PAGE.format(wrong=told, described=described, after=escape(after))


_PAGE = """<!DOCTYPE html>
<html lang="en" data-bs-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Sign in · Fitboard</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<script src="/assets/mode.js"></script>
<link rel="stylesheet" href="/assets/00-bootstrap.min.css">
<link rel="stylesheet" href="/assets/10-tokens.css">
<link rel="stylesheet" href="/assets/20-shell.css">
</head>
<body>
<main class="fb-signin">
<div class="card"><div class="card-body">
<p class="fb-brand">Fitboard</p>
<h1>Sign in</h1>
<form method="post" action="/login">
<input type="hidden" name="next" value="{after}">
<label class="form-label" for="password">Password</label>
<input class="form-control" id="password" name="password" type="password"
 autocomplete="current-password" required autofocus{described}>
{wrong}
<button class="btn btn-primary" type="submit">Sign in</button>
</form>
</div></div>
</main>
</body>
</html>
"""
