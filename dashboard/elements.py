"""The elements of a page: Dash's components, made at once as the plain dicts that the browser gets.

A Dash component costs about 19 µs to make and 14 more to write as JSON, an element 5 in all; a page has some two hundred of them
(docs/decisions/0009). `html`, `dcc` and `dbc` here take the same names and arguments as Dash's own and refuse the same wrong ones;
the two kinds may be mixed. Only the app's layout has to be made of Dash's.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeAlias

import dash_bootstrap_components
from dash import dcc as dash_dcc
from dash import html as dash_html


class Element(dict[str, Any]):
    """`{"type": ..., "namespace": ..., "props": {...}}`, whose properties can be read as attributes."""

    __slots__ = ("__weakref__",)  # what follows from an element can be kept beside it

    def __getattr__(self, name: str) -> Any:
        try:
            return self["props"][name]
        except KeyError:
            raise AttributeError(f"This {self.get('type')} has no {name!r}.") from None


Component: TypeAlias = Element  # the word for it where a page says what it returns
Maker: TypeAlias = Callable[..., Element]


class Elements:
    """What a module of Dash components offers, as makers of elements: `Elements(dash.html).Div("text", className="x")`."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Maker:
        made = _maker(getattr(self._module, name))
        setattr(self, name, made)  # asked for once: from now on an ordinary attribute
        return made


def _maker(component: Any) -> Maker:
    kind, namespace = component._type, component._namespace
    given = [name for name in inspect.signature(component.__init__).parameters if name not in ("self", "kwargs")]
    first, names, wild = given[0], frozenset(given), ("data-", "aria-") if namespace == dash_html.Div._namespace else ()

    def make(*positional: Any, **props: Any) -> Element:
        if positional:
            (value,) = positional  # only the first argument is ever given by place
            props[first] = value
        if not props.keys() <= names:
            _refuse(kind, props.keys() - names, wild)
        return Element(type=kind, namespace=namespace, props=props)

    return make


def _refuse(kind: str, unknown: set[str], wild: tuple[str, ...]) -> None:
    wrong = sorted(name for name in unknown if not name.startswith(wild))
    if wrong:
        raise TypeError(f"{kind} has no property {', '.join(wrong)}.")


html, dcc, dbc = Elements(dash_html), Elements(dash_dcc), Elements(dash_bootstrap_components)
