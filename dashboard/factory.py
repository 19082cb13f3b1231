"""The dashboard as a function of its house. Nothing is registered at import, so two apps can live in one process."""

from __future__ import annotations

from dash import Dash
from flask import Flask

from dashboard import bundle, first, gate, login, router, rows, shell, statics
from dashboard.page import House, pages


def create_app(
    house: House,
    *,
    secret_keys: tuple[str, ...],
    password: str | None = None,
    allowed_hosts: frozenset[str] | None = gate.LOOPBACK,
) -> Dash:
    """The Dash app of this house, behind its gate.

    `password` None means no sign-in (loopback only). `secret_keys` sign sessions, the first one new ones. `allowed_hosts` are
    the names a request may ask for, without port; None lets any through, for a public address behind a password.
    """
    if password is None and allowed_hosts is None:
        raise ValueError("without a password only loopback names may be served")
    server = Flask("fitboard", static_folder=None)
    server.config["SECRET_KEY"] = secret_keys[0]
    server.config["SECRET_KEY_FALLBACKS"] = list(secret_keys[1:])
    app = bundle.bare(
        server=server,
        title="Fitboard",
        update_title=None,
        index_string=shell.INDEX,
        suppress_callback_exceptions=True,  # what a page holds is drawn by a callback, so Dash cannot know it beforehand
    )
    app.layout = shell.layout(signed_in=password is not None)
    app.first = first.drawer(house, signed_in=password is not None)
    router.register(app, house)
    for module in pages().values():
        if hasattr(module, "register"):
            module.register(app, house)
    doors = login.Doors(password, secret_keys, house.clock, secure=house.url.startswith("https:"))
    login.register(server, doors)
    rows.register(server, house)
    gate.register(app, doors, allowed_hosts=allowed_hosts, url=house.url)
    statics.register(app)
    return app
