"""How a test looks at a page: what went wrong while it came, whether it is whole, and what axe says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

SIZES = {"1280": (1280, 900), "390": (390, 844)}
MODES = ("light", "dark")
_WHOLE = """([path]) => {
  const there = document.documentElement.getAttribute('data-arrived');
  const graphs = [...document.querySelectorAll('#page .dash-graph')];
  return there !== null && there.split('?')[0] === path && !document.querySelector('#page .placeholder')
    && graphs.every((each) => each.querySelector('.main-svg'));
}"""


@dataclass
class Seen:
    """What the browser complained of, and whom it asked."""

    wrong: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)


@contextmanager
def looking(browser: Browser, size: str, mode: str, **more: Any) -> Iterator[tuple[Page, Seen]]:
    """A fresh window of that size and colour mode."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=mode, has_touch=width < 768, reduced_motion="reduce", **more
    )
    page, seen = context.new_page(), Seen()
    page.on("console", lambda said: seen.wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.wrong.append(str(error)))
    page.on("request", lambda asked: _asked(asked.url, seen))
    try:
        yield page, seen
    finally:
        context.close()


def _asked(url: str, seen: Seen) -> None:
    if not url.startswith(("data:", "blob:")):
        seen.hosts.add(urlsplit(url).netloc)
        seen.requests.append(url)


def whole(page: Page, address: str, path: str) -> None:
    """Go there, and wait until the page and its graphs are drawn."""
    page.goto(address + path)
    arrived(page, path.partition("?")[0])


def arrived(page: Page, path: str) -> None:
    """Wait until the page of that path and its graphs are drawn."""
    page.wait_for_function(_WHOLE, arg=[path], timeout=60_000)


def onward(page: Page, path: str) -> None:
    """Go on as a link of ours does, without loading everything anew, and wait until the page is drawn."""
    page.evaluate("(to) => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')); }", path)
    arrived(page, path.partition("?")[0])


def turned(page: Page, path: str, *, mode: str | None = None, size: str | None = None) -> None:
    """Have the system turn dark or light, or the window change its size, and wait until the page of that path is drawn for it."""
    page.evaluate("document.documentElement.removeAttribute('data-arrived')")
    if mode is not None:
        page.emulate_media(color_scheme=mode)
    if size is not None:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
    arrived(page, path)


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def grave(page: Page) -> list[str]:
    """What axe finds critical or serious, a line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in found
        if each["impact"] in ("critical", "serious")
        for node in each["nodes"][:3]
    ]


def small_targets(page: Page, least: int) -> list[str]:
    """Links and buttons that a thumb would miss: lower or narrower than `least`, in-line links in a sentence left out."""
    return list(
        page.evaluate(
            """(least) => [...document.querySelectorAll('nav a, button, .fb-seg a, input, summary')]
              .filter((each) => each.offsetParent !== null && !each.closest('.visually-hidden'))
              .map((each) => [each, (each.closest('label, .form-check') || each).getBoundingClientRect()])
              .filter(([each, box]) => box.width > 0 && (box.height < least - 0.5 || box.width < least - 0.5))
              .map(([each, box]) => `${each.outerHTML.slice(0, 90)} ${box.width.toFixed(0)}x${box.height.toFixed(0)}`)""",
            least,
        )
    )
