"""Errors as programs read them: application/problem+json (RFC 9457)."""

from __future__ import annotations

import json

from flask import Response


class Wrong(Exception):
    """A request that cannot be answered as it stands. `parameter` is the name of what is wrong, the message says why."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter} {reason}")
        self.parameter = parameter


def problem(status: int, title: str, detail: str = "", **more: str) -> Response:
    """An error answer. `more` are further members, as the name of a parameter."""
    body = {"type": "about:blank", "title": title, "status": status, **({"detail": detail} if detail else {}), **more}
    return Response(json.dumps(body), status, mimetype="application/problem+json")


def bad_request(wrong: Wrong) -> Response:
    """400, naming the parameter."""
    return problem(400, "A parameter is not right.", str(wrong), parameter=wrong.parameter)
