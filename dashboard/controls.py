"""Controls that only write the address. The state of a page is its query, so a view can be bookmarked and Back works.

`segments` are plain links. `choice` and `stepper` carry the id {"choice": NAME}; one client-side callback, wired by the router
(assets/30-address.js), writes NAME=value into the query. Give them another `id` for a form that is not part of the address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dashboard.elements import Component, dbc, dcc, html
from dashboard.page import View

_FEW = 12  # up to here a list is quicker than a search


def address(view: View, **changed: str | None) -> str:
    """This page's address with some parameters changed; None takes one away."""
    query = {**view.choices, **changed}
    text = urlencode({key: value for key, value in query.items() if value is not None})
    return f"{view.path}?{text}" if text else view.path


def segments(
    view: View, name: str, options: Sequence[tuple[str, str]], chosen: str, *, label: str, drops: Sequence[str] = ()
) -> Component:
    """Links side by side, one of them chosen. `options` are (value, words); `drops` are parameters a change takes away."""

    def one(value: str, said: str) -> Component:
        here = value == chosen
        href = address(view, **{name: value, **dict.fromkeys(drops)})
        return dcc.Link(said, href=href, className="active" if here else None, **({"title": f"{said}, chosen"} if here else {}))

    return html.Nav([one(value, said) for value, said in options], className="fb-seg", **{"aria-label": label})


def day_range(view: View, *, label: str) -> Component:
    """Two days, first and last, written into the address as `first` and `last`."""

    def one(name: str, said: str) -> Component:
        # Both are one choice, and a date is whole after each key of its year: assets/33-days.js writes them when the typing ends.
        limits = {"min": "1900-01-01", "max": str(view.look.today)}
        field = dbc.Input(id=f"day-{name}", type="date", value=view.choices.get(name, ""), debounce=True, **limits)
        return html.Span([html.Label(said, htmlFor=f"day-{name}", className="fb-note"), field], className="fb-day")

    fields = html.Div([one("first", "From"), one("last", "to")], className="fb-days", role="group", **{"aria-label": label})
    opened = bool(view.choices.get("first") or view.choices.get("last"))
    return html.Details([html.Summary("Dates", className="fb-note"), fields], className="fb-daterange", open=opened)


def choice(name: str, options: Sequence[str] | Mapping[str, str], chosen: str | None, *, label: str, id: Any = None) -> Component:
    """A list of one choice; `options` are values, or value -> words. Many values become a field one searches by typing.

    Both are the browser's own: a phone shows its wheel, a keyboard finds by letters, and nothing has to be loaded.
    """
    key = id or {"choice": name}
    said = html.Label(label, htmlFor=dom_id(key), className="visually-hidden")
    if isinstance(options, Mapping) or len(options) <= _FEW:
        pairs = options.items() if isinstance(options, Mapping) else ((each, each) for each in options)
        listed = [{"value": value, "label": text} for value, text in pairs]
        return html.Div([said, dbc.Select(id=key, options=listed, value=chosen, placeholder=label)], className="fb-choicebox")
    # assets/30-address.js takes a typed value only when it is one of the list.
    field = dbc.Input(
        id=key,
        type="text",
        list=f"list-{name}",
        value=chosen,
        debounce=True,
        autocomplete="off",
        placeholder=label,
        class_name="fb-search",
    )
    values = html.Datalist([html.Option(value=each) for each in options], id=f"list-{name}")
    return html.Div([said, field, values], className="fb-choicebox")


def stepper(
    name: str,
    value: float | None,
    *,
    label: str,
    aside: str = "",
    step: float = 1,
    least: float = 0,
    most: float | None = None,
    id: Any = None,
) -> Component:
    """A number with a button either side. `aside` stands right of the label (usual 19.4)."""
    key = id or {"choice": name}
    field = dcc.Input(
        id=key,
        type="number",
        value=value,
        step="any",
        min=least,
        max=most,
        debounce=True,
        inputMode="decimal",
        className="fb-stepnumber",
    )

    def button(sign: str, said: str, by: float) -> Component:
        # assets/30-address.js finds these by data-step and moves the field whose id is data-for.
        told = {"aria-label": f"{said} {label.lower()}", "data-step": f"{by:g}", "data-for": json.dumps(key)}
        return html.Button(sign, type="button", **told)

    said = [html.Label(label, className="form-label", htmlFor=dom_id(key)), html.Span(aside, className="fb-note")]
    numbers = html.Div([button("−", "Less", -step), field, button("+", "More", step)], className="fb-step")
    return html.Div([html.Div(said, className="fb-steptop"), numbers])


def dom_id(key: Any) -> str:
    """The id Dash gives the element in the page: a pattern id becomes JSON with sorted keys."""
    if not isinstance(key, dict):
        return str(key)
    inner = ",".join(f'"{name}":"{key[name]}"' for name in sorted(key))
    return "{" + inner + "}"
