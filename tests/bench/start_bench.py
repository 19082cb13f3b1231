"""The product as a person starts it: time to the first answer, memory of both processes, cost of a page and of a callback."""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote

import psutil

from tests.bench._row import row

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ("/", "/body", "/running", "/strength", "/forecast", "/log", "/sources", "/settings")
SCREENS = ({"mode": "light", "phone": False}, {"mode": "dark", "phone": True})
MEASURES = ("distance", "rate", "climb", "time")
EXERCISES = ("Squat", "Bench press", "Deadlift")  # of the sample person


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "FITBOARD_STORE": f"sqlite:{folder}/fitboard.db",
            "PORT": str(port),
        }
        began = time.perf_counter()
        command = ["honcho", "start", "-p", str(port), "web", "clock"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        product = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)
        try:
            base = f"http://127.0.0.1:{port}"
            first_answer(base)
            row("start to first answer", time.perf_counter() - began, "s", 5)
            callbacks(base, product)
            memory(product)
        finally:
            began = time.perf_counter()
            product.send_signal(signal.SIGINT)
            product.wait(timeout=20)
            row("Ctrl-C to both processes ended", time.perf_counter() - began, "s", 5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_answer(base: str) -> None:
    end = time.perf_counter() + 60
    while time.perf_counter() < end:
        try:
            urllib.request.urlopen(f"{base}/", timeout=30).read()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise SystemExit("the page never answered")


def callbacks(base: str, product: subprocess.Popen) -> None:
    """Server CPU of the page callback on warm frames, by page, taken from the process's own accounting.

    Drawn anew: the first look at each of some twenty addresses that really differ. Seen before: the same again, from memory.
    """
    router = router_callback(base)
    web = web_process(product)
    for path in PAGES:
        ask(base, router, path)
    for waiting in ("overview-next-asked", "forecast-asked"):
        work_out(base, waiting)
    medians: dict[str, list[float]] = {"drawn anew": [], "seen before": []}
    for path in PAGES:
        looks = [(f"?{search}", screen) for search in addresses(path) for screen in SCREENS]
        for way, found in medians.items():
            before = cpu(web)
            for search, screen in looks:
                ask(base, router, path, search, screen)
            found.append((cpu(web) - before) / len(looks) * 1000)
            row(f"server CPU of the page callback, {way}, {path}", found[-1], "ms", None, 1)
    for way, found in medians.items():
        row(f"server CPU of a callback, {way}, median of the pages", statistics.median(found), "ms", 10, 1)
    row("server CPU of a callback, drawn anew, worst page", max(medians["drawn anew"]), "ms", None, 1)


def addresses(path: str) -> list[str]:
    """Ten addresses of a page that show something else each; a page without choices has one."""
    spans = ("3m", "1y", "3y", "all")
    every = {
        "/body": [f"of={of}&span={span}" for of in ("body_mass_kg", "fat_ratio", "heart_rate_bpm") for span in spans],
        "/running": [f"by={by}&measure={measure}" for by in ("session", "month", "year") for measure in MEASURES],
        "/strength": [f"span={span}&exercise={quote(name)}" for name in EXERCISES for span in spans],
        "/forecast": [f"km={km}&h={weeks}" for km in (5, 10, 15, 20, 30) for weeks in (4, 12)],
    }
    return every.get(path, [""])[:10]


def work_out(base: str, waiting: str) -> None:
    """What a page that waits for its forecast asks for; takes seconds the first time."""
    every = dependencies(base)
    ask(base, next(each for each in every if [part["id"] for part in each["inputs"]] == [waiting]), "/forecast")


def dependencies(base: str) -> list[dict]:
    with urllib.request.urlopen(f"{base}/_dash-dependencies") as answer:
        return list(json.load(answer))


def router_callback(base: str) -> dict:
    """The callback that draws a page for its address."""
    ours = [each for each in dependencies(base) if not each.get("clientside_function")]
    return next(each for each in ours if any(part["property"] == "pathname" for part in each["inputs"]))


def ask(base: str, router: dict, path: str, search: str = "", screen: dict | None = None) -> None:
    known = {"pathname": path, "search": search, "data": screen or SCREENS[0]}

    def value(part: dict) -> dict:
        return {**part, "value": known.get(part["property"])}

    output = router["output"]
    body = {
        "output": output,
        "outputs": outputs(output),
        "inputs": [value(part) for part in router["inputs"]],
        "state": [value(part) for part in router.get("state", [])],
        "changedPropIds": [f"{router['inputs'][0]['id']}.{router['inputs'][0]['property']}"],
    }
    request = urllib.request.Request(
        f"{base}/_dash-update-component", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        if len(answer.read()) < 1000:
            raise SystemExit(f"{path} drew nothing: {answer.status}")


def outputs(output: str) -> list | dict:
    parts = [each.split("@")[0].rsplit(".", 1) for each in output.strip(".").split("...")]
    found = [{"id": name, "property": prop} for name, prop in parts]
    return found if output.startswith("..") else found[0]


def web_process(product: subprocess.Popen) -> psutil.Process:
    workers = [each for each in psutil.Process(product.pid).children(recursive=True) if "gunicorn" in " ".join(each.cmdline())]
    return max(workers, key=lambda each: each.create_time())


def cpu(process: psutil.Process) -> float:
    """Seconds of CPU of all its threads; to the nanosecond where the kernel tells, else to its tick of 10 ms."""
    told = [each.read_text().split()[0] for each in Path(f"/proc/{process.pid}/task").glob("*/schedstat")]
    if told:
        return sum(map(int, told)) / 1e9
    times = process.cpu_times()
    return times.user + times.system


def memory(product: subprocess.Popen) -> None:
    sizes = {"web": 0, "clock": 0}
    for each in psutil.Process(product.pid).children(recursive=True):
        command = " ".join(each.cmdline())
        size = each.memory_full_info().uss
        if "gunicorn" in command:
            sizes["web"] += size
        elif "collectors" in command and "python" in command:
            sizes["clock"] += size
    row("memory of the web process after every page", sizes["web"] / 1e6, "MB", 300, 0)
    row("memory of the clock process", sizes["clock"] / 1e6, "MB", 200, 0)


if __name__ == "__main__":
    main()
