"""The dashboard in a real browser, on ten years of data: bytes, requests, nodes, what a change of tab and the charts cost.

Then fifty viewers at once, and a hundred years of data beside the ten. Every figure wants both cores idle.
"""

from __future__ import annotations

import shutil
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from dashboard.page import pages
from tests.bench._alone import put, written
from tests.bench._row import row
from tests.bench._serve import serving
from tests.bench.start_bench import ask, router_callback
from tests.browser.conftest import ARGUMENTS
from tests.browser.looking import arrived, whole

ALL = tuple(pages())
DRAWN = ("/body", "/running", "/strength")  # pages of pictures
VIEWERS, ROUNDS = 50, 3
PAIRS = 11  # of a page and its pictures alone, one after the other
_VISITS = {True: "later visit", False: "first visit"}
# Notes the milliseconds from the start of the navigation to the first frame in which every picture is drawn.
_WATCHED = """(() => {
  const drawn = () => {
    const all = [...document.querySelectorAll('.js-plotly-plot, .dash-graph')];
    return all.length > 0 && all.every((each) => (each.matches('.js-plotly-plot') ? each : each.parentElement)
      .querySelector('.main-svg')) && !document.querySelector('#page .placeholder');
  };
  const look = () => { if (drawn()) { window.lastPicture = performance.now(); } else { requestAnimationFrame(look); } };
  requestAnimationFrame(look);
})()"""
_FIGURES = """() => [...document.querySelectorAll('.js-plotly-plot')].map((each) => {
  const box = each.getBoundingClientRect();
  return {data: each.data, layout: each.layout, width: box.width, height: box.height};
})"""


def main() -> None:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise SystemExit("no browser: install Debian's chromium (apt-get install chromium)")
    with serving(10) as (ten, _), serving(100) as (hundred, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        for base in (ten, hundred):  # both have seen every page once, and have worked out their forecast
            worked_out(browser, base)
        wire(browser, ten)
        tabs(browser, ten)
        against_static(browser, ten)
        browser_time(browser, ten, hundred)
        browser.close()
        callbacks(ten, hundred)
        viewers(ten)


@contextmanager
def window(browser: Browser, **more: Any) -> Iterator[tuple[BrowserContext, Page]]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **more)
    try:
        yield context, context.new_page()
    finally:
        context.close()


def worked_out(browser: Browser, base: str) -> None:
    with window(browser) as (_, page):
        for path in ALL:
            whole(page, base, path)


# -- what goes over the wire ------------------------------------------------------------------------------------------------


def wire(browser: Browser, base: str) -> None:
    """The worst page of all: cold in a fresh window each, then once more with what the browser kept."""
    cold, asked, warm, hosts, nodes = [], [], [], set(), []
    for path in ALL:
        with window(browser) as (_, page):
            sizes: list[int] = []
            page.on("requestfinished", lambda done, sizes=sizes: sizes.append(_size(done)))  # type: ignore[misc]
            page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
            whole(page, base, path)
            page.wait_for_load_state("networkidle")
            cold.append(sum(sizes))
            asked.append(len(sizes))
            nodes.append(page.evaluate("document.querySelectorAll('*').length"))
            sizes.clear()
            whole(page, base, path)
            page.wait_for_load_state("networkidle")
            warm.append(sum(sizes))
    row("cold page over the wire, worst page", max(cold) / 1e6, "MB", 1.6)
    row("requests of a cold page, worst page", max(asked), "requests", 20)
    row("requests to other hosts", len(hosts - {urlsplit(base).netloc, ""}), "hosts", 0)
    row("warm page over the wire, worst page", max(warm) / 1e3, "KB", 60, 1)
    row("DOM nodes, worst page", max(nodes), "nodes", 5000)


def _size(done: Any) -> int:
    sizes = done.sizes()
    return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])


# -- a change of tab --------------------------------------------------------------------------------------------------------


def tabs(browser: Browser, base: str) -> None:
    """Browser cost of a click on another page in the list, once every page has been seen: the median of some rounds, by page."""
    tasks: dict[str, list[float]] = {path: [] for path in ALL}
    threads: dict[str, list[float]] = {path: [] for path in ALL}
    with window(browser) as (context, page):
        whole(page, base, ALL[0])
        session = context.new_cdp_session(page)
        session.send("Performance.enable")
        for turn in range(ROUNDS + 1):
            for path in (*ALL[1:], ALL[0]):
                before = _metrics(session)
                page.locator(f'.fb-side a[href="{path}"]').first.click()
                arrived(page, path)
                page.wait_for_timeout(150)
                after = _metrics(session)
                if turn:  # the first round loads the parts that come late
                    tasks[path].append((after["TaskDuration"] - before["TaskDuration"]) * 1000)
                    threads[path].append((after["ThreadTime"] - before["ThreadTime"]) * 1000)
    middle = {path: statistics.median(each) for path, each in tasks.items()}
    worst = max(middle, key=lambda path: middle[path])
    row(f"tab switch, browser CPU, worst page ({worst})", middle[worst], "ms", 250, 0)
    row("tab switch, browser CPU, middle page", statistics.median(middle.values()), "ms", None, 0)
    row(f"tab switch, CPU of the main thread alone ({worst})", statistics.median(threads[worst]), "ms", None, 0)


def _metrics(session: CDPSession) -> dict[str, float]:
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


# -- the pictures beside the same pictures alone ------------------------------------------------------------------------------


def against_static(browser: Browser, base: str) -> None:
    """From the start of a navigation to the last picture: the page, and the same pictures on a page of plotly alone, in turns.

    With what the browser keeps from before, as on every visit but the first; then with nothing kept. The page itself looks at each
    frame whether all is drawn: asked from outside, the answer waits for whatever the page does next.
    """
    for kept in (True, False):
        ratios = {path: _against(browser, base, path, kept=kept) for path in DRAWN}
        worst = max(ratios, key=lambda path: ratios[path])
        row(f"last picture against a static page, {_VISITS[kept]}, worst page ({worst})", ratios[worst], "times", 1.2, 2)


def _against(browser: Browser, base: str, path: str, *, kept: bool) -> float:
    with window(browser, service_workers="block") as (context, page):
        whole(page, base, path)
        figures = page.evaluate(_FIGURES)
        script = page.evaluate("document.documentElement.dataset.plotly")
        alone = put(base, path, written(figures, script))
        page.add_init_script(_WATCHED)
        context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": not kept})
        both = [(_until_drawn(page, base + path), _until_drawn(page, alone)) for _ in range(PAIRS + 2)][2:]
    ours, theirs = (statistics.median(each) for each in zip(*both, strict=True))
    row(f"last picture of {path}, {len(figures)} of them, {_VISITS[kept]}", ours, "ms", None, 0)
    row(f"the same pictures as a static page, {path}, {_VISITS[kept]}", theirs, "ms", None, 0)
    return ours / theirs


def _until_drawn(page: Page, address: str) -> float:
    page.goto(address, wait_until="commit")
    return float(page.wait_for_function("() => window.lastPicture", timeout=60_000).json_value())


def _middle(measure: Callable[[], float], rounds: int = ROUNDS) -> float:
    return statistics.median(measure() for _ in range(rounds))


# -- ten times the data -----------------------------------------------------------------------------------------------------


def browser_time(browser: Browser, ten: str, hundred: str) -> None:
    """From the start of a navigation until the page is whole, on ten and on a hundred years."""
    times: dict[str, dict[str, float]] = {}
    for base in (ten, hundred):
        with window(browser) as (_, page):
            whole(page, base, "/body")
            times[base] = {path: _middle(lambda page=page, base=base, path=path: _until_whole(page, base, path), 2) for path in ALL}  # type: ignore[misc]
    ratios = {path: times[hundred][path] / times[ten][path] for path in ALL}
    worst = max(ratios, key=lambda path: ratios[path])
    row("a whole page on ten years, worst page", max(times[ten].values()), "ms", None, 0)
    row(f"a whole page on a hundred years against ten, worst page ({worst})", ratios[worst], "times", 2, 2)


def _until_whole(page: Page, base: str, path: str) -> float:
    whole(page, base, path)
    return float(page.evaluate("performance.now()"))


def callbacks(ten: str, hundred: str) -> None:
    """Wall time of the page callback alone, drawn anew for each of several lengths of time."""
    router = router_callback(ten)
    asked = [(path, f"?span={span}") for path in ALL for span in ("3m", "1y", "3y")]
    times = {base: [_asked(base, router, *each) for each in asked] for base in (ten, hundred)}
    row("page callback on ten years, median", statistics.median(times[ten]), "ms", None, 1)
    row("page callback on a hundred years, median", statistics.median(times[hundred]), "ms", None, 1)


def _asked(base: str, router: dict[str, Any], path: str, search: str = "") -> float:
    began = time.perf_counter()
    ask(base, router, path, search)
    return (time.perf_counter() - began) * 1000


# -- many at once -----------------------------------------------------------------------------------------------------------


def viewers(base: str) -> None:
    """Fifty people open the address at the same moment and go through five pages, as fast as they come."""
    router = router_callback(base)
    waits: list[float] = []
    failed: list[str] = []
    start = threading.Barrier(VIEWERS)

    def view(n: int) -> None:
        start.wait()
        for step in range(5):
            began = time.perf_counter()
            try:
                if not step:
                    urllib.request.urlopen(f"{base}/", timeout=60).read()
                ask(base, router, ALL[(n + step) % len(ALL)])
            except (OSError, SystemExit) as error:
                failed.append(str(error))
            waits.append((time.perf_counter() - began) * 1000)
            time.sleep(1.0)  # a look at it

    threads = [threading.Thread(target=view, args=(n,)) for n in range(VIEWERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    row("fifty viewers at once, p95", statistics.quantiles(waits, n=20)[-1], "ms", 500, 0)
    row("fifty viewers at once, errors", len(failed), "errors", 0)


if __name__ == "__main__":
    main()
