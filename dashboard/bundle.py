"""All scripts of a page in one file, all its styles in another: two requests instead of fourteen.

Dash's own scripts are taken as they are, in its order, one after the other. They stand in the folder of dcc's scripts, because
that is where dcc looks for the parts it loads later (graphs, lists), by the address of the script it came in.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

import dash
from dash import Dash
from dash.fingerprint import check_fingerprint

ASSETS: Final = Path(__file__).resolve().parent.parent / "assets"
PLOTLY: Final = "plotly-cartesian.min.js"
SUITES: Final = "/_dash-component-suites/"
# Tables of Dash's own kind are used nowhere here.
_LEFT_OUT: Final = ("dash/dash_table/",)
_ICON: Final = re.compile(r"""\.ico-([\w-]+) \{ --i: url\("data:image/svg\+xml,([^"]*)"\); \}""")
_PLAIN: Final = " =:/,.'"  # what may stand in a quoted address as it is
_SOURCE: Final = re.compile(r'(?:src|href)="([^"?]+)')


@dataclass(frozen=True, kw_only=True)
class Joined:
    """Files joined into one, and the address that changes with their content."""

    address: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class First:
    """A page that comes with its document (dashboard/first.py): the window's title, the screen it was drawn for, its markup, and
    whether it has pictures."""

    title: str
    screen: str
    body: str
    figures: bool


class OneFileDash(Dash):  # type: ignore[misc]
    """Dash whose page asks for one script and one style sheet, and comes with what `first` draws."""

    first: Callable[[], First | None] = staticmethod(lambda: None)

    def interpolate_index(self, **parts: str) -> str:
        """The page, with the joined files in place of the lists of single ones. The script is started by assets/pictures.js."""
        later = f'<script id="_dash-renderer" type="text/plain" data-src="{self.script.address}"></script>'
        parts["scripts"] = f'{later}<script src="{asset_address("pictures.js")}"></script>'
        parts["renderer"] = ""
        parts["css"] = f'<link rel="stylesheet" href="{self.style.address}">'
        first = self.first()
        if first is not None:
            parts["title"] = first.title
        if first is None or not first.figures:  # pictures come before it
            parts["css"] += f'<link rel="preload" as="script" href="{self.script.address}">'
        page: str = super().interpolate_index(**parts)
        filled = {
            "@plotly": asset_address(PLOTLY),
            "@mode": asset_address("mode.js"),
            "@ahead": "preload" if first and first.figures else "prefetch",
            "@screen": first.screen if first else "",
            "@class": "fb-first" if first else "",
        }
        for name, value in filled.items():
            page = page.replace(name, value)
        # Last: what a person wrote in a note stands in it.
        return page.replace("@first", first.body if first else "", 1)

    @cached_property
    def script(self) -> Joined:
        named = [each for each in _SOURCE.findall(self._generate_scripts_html()) if not each.startswith(_left_out())]
        files = [*_own(".js"), *(component_file(each.removeprefix(SUITES)) for each in named)]
        body = b"\n;".join([*(_without_map(each.read_bytes()) for each in files), self.renderer.encode()])
        version = re.sub(r"[^\w-]", "_", dash.__version__)
        return Joined(address=f"{SUITES}dash/dcc/dash_renderer_and_all.v{version}m{_digest(body)}.js", body=body)

    @cached_property
    def style(self) -> Joined:
        body = one_sheet("\n".join(each.read_text() for each in _own(".css"))).encode()
        return Joined(address=f"/assets/fitboard.css?m={_digest(body)}", body=body)

    @property
    def joined(self) -> dict[str, Joined]:
        """The joined files by path."""
        return {each.address.partition("?")[0]: each for each in (self.script, self.style)}


def one_sheet(css: str) -> str:
    """The styles with all icons (`.ico-NAME { --i: url("data:...") }`, 24 x 24) in one picture.

    A browser makes a document of each such picture, on every page.
    """
    icons = [(name, unquote(data)) for name, data in _ICON.findall(css)]
    if len(icons) < 2:
        return css
    inside = "".join(each.replace("<svg ", f"<svg x='{24 * at}' width='24' height='24' ", 1) for at, (_, each) in enumerate(icons))
    sheet = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {24 * len(icons)} 24'>{inside}</svg>"
    places = "".join(f".ico-{name}{{--at:{100 * at / (len(icons) - 1):.6f}%}}" for at, (name, _) in enumerate(icons))
    address = "data:image/svg+xml," + quote(sheet, safe=_PLAIN)
    mask = f'url("{address}") var(--at) 0/{len(icons)}00% 100% no-repeat'
    return f"{_ICON.sub('', css)}\n{places}.fb-icon{{-webkit-mask:{mask};mask:{mask}}}"


def bare(**settings: Any) -> OneFileDash:
    """The app without a house: no layout, no callbacks."""
    return OneFileDash("fitboard", assets_folder=str(ASSETS), include_assets_files=False, add_log_handler=False, **settings)


def asset_address(name: str) -> str:
    """The address of a file in assets/ that changes with its content."""
    path = ASSETS / name
    return f"/assets/{name}?m={_digest_of(path, path.stat().st_mtime_ns)}"


@lru_cache(maxsize=64)
def _digest_of(path: Path, _stamp: int) -> str:
    return _digest(path.read_bytes())


def component_file(rest: str) -> Path:
    """The file behind `package/path` under the component suites. Raises KeyError for a package that is not loaded."""
    package, _, path = rest.partition("/")
    name, _ = check_fingerprint(path)
    home: str = sys.modules[package].__path__[0]
    return Path(home, str(name))


def _left_out() -> tuple[str, ...]:
    return tuple(SUITES + each for each in _LEFT_OUT)


def _own(suffix: str) -> list[Path]:
    """Our own files that every page needs, in order: those in assets/ whose name begins with a number."""
    return sorted(each for each in ASSETS.iterdir() if each.suffix == suffix and each.name[0].isdigit())


def _without_map(script: bytes) -> bytes:
    return re.sub(rb"\n?//# sourceMappingURL=\S+\s*$", b"", script)


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:12]
