"""The pictures of a page as a page of plotly alone, from the same server: what the page of the product is measured against.

The browser keeps its script as it keeps ours; nothing is intercepted, which would switch that off.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WHERE = "/alone"


def written(figures: list[dict[str, Any]], script: str) -> str:
    """A document that draws them, each in a box as large as it has in the product; `script` is the address of plotly."""
    drawn = json.dumps(figures).replace("</", "<\\/")
    places = "".join(f'<div class="js-plotly-plot" style="width:{e["width"]}px;height:{e["height"]}px"></div>' for e in figures)
    return (
        f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>static</title><body>{places}<script src="{script}"></script>'
        f"<script>const all={drawn};document.querySelectorAll('div').forEach((each, at) => "
        "Plotly.newPlot(each, all[at].data, all[at].layout, {displayModeBar: false, responsive: true}));</script></body></html>"
    )


def put(base: str, path: str, document: str) -> str:
    """Give a server of benchmarks a document; the address where it is."""
    address = f"{base}{WHERE}{path}"
    urllib.request.urlopen(urllib.request.Request(address, document.encode(), method="PUT"), timeout=60).read()
    return address


def beside(app: WSGIApplication) -> WSGIApplication:
    """The app, and beside it the documents that were put there."""
    held: dict[str, bytes] = {}

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        asked = Request(environ)
        if not asked.path.startswith(WHERE):
            return app(environ, start)
        if asked.method == "PUT":
            held[asked.path] = asked.get_data()
        return Response(held[asked.path], mimetype="text/html")(environ, start)

    return answer
