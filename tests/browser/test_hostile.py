"""A hundred hostile strings as names, notes, files and entries: text on every page and in every hover, and nothing runs."""

from __future__ import annotations

import csv
import inspect
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from collectors.importing import import_file
from collectors.source import ReadOptions
from dashboard.chart import charts
from dashboard.page import House, pages
from dashboard.theme import Look
from store import backup
from tests.browser.conftest import serve
from tests.browser.looking import SIZES, Seen, looking, turned, whole
from tests.dashboard.house import NOW, ZONE, app, house
from tests.hostile import FORMULA, HOSTILE

pytestmark = pytest.mark.browser

_OURS = "<extra></extra>"  # says to plotly that a hover has no second box
_LAST = date(2026, 11, 21)
_STRAVA = (
    "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Max Heart Rate,"
    "Relative Effort,Commute,Activity Private Note,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,Moving Time,"
    "Distance,Max Speed,Average Speed,Elevation Gain"
)
_HEVY = "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,reps"
# What a page of ours never holds, wherever it stands; and hovers hold no link.
_FOREIGN = """() => [...document.querySelectorAll('body *')].filter((each) =>
  [...each.attributes].some((one) => one.name.startsWith('on')
    || (['href', 'src', 'action', 'xlink:href'].includes(one.name)
      && /^\\s*(j\\s*a\\s*v\\s*a|vb)script:|^\\s*data:/i.test(one.value)))
  || each.matches('iframe, object, embed, base, marquee, video, audio, math, image, .hoverlayer a')
  || each.matches('#page script, #page style, #page img')
).map((each) => each.outerHTML.slice(0, 200))"""
_HOVER = """() => { let n = 0; for (const plot of document.querySelectorAll('#page .js-plotly-plot')) {
  plot.data.forEach((trace, at) => {
    const many = (trace.x || []).length;
    for (const point of many > 1 ? [0, many - 1] : many ? [0] : []) {
      window.Plotly.Fx.hover(plot, [{curveNumber: at, pointNumber: point}]); n += 1;
    } }) } return n; }"""


def table(head: str, rows: list[list[str]]) -> bytes:
    """A CSV with that head."""
    out = io.StringIO()
    out.write(f"{head}\n")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def lifting() -> bytes:
    """A session for each string: its name and note, its exercise and that one's note; and each string where a number goes."""
    rows = []
    for at, each in enumerate(HOSTILE):
        day = f"{_LAST - timedelta(days=at):%-d %b %Y}"
        whole_set = [each, f"{day}, 18:00", f"{day}, 19:00", each, each, "", each]
        rows += [[*whole_set, "0", "normal", str(60 + at % 7), "5"], [*whole_set, "1", each, each, each]]
    return table(_HEVY, rows)


def activities() -> bytes:
    """A run for each string; every fourth of a sport that is named so, every fifth with a climb that is no number."""
    rows = []
    for at, each in enumerate(HOSTILE):
        day = f"{_LAST - timedelta(days=at):%b %-d, %Y}, 6:00:00 AM"
        row = [str(9000 + at), day, each, each if at % 4 == 3 else "Run", each, "1800", "5", "", "", "", each, each, each]
        rows.append([*row, "", "", "1800", "1790", "5000", "4", "2.8", each if at % 5 == 4 else "20"])
    return table(_STRAVA, rows)


def weights() -> bytes:
    """A reading for each string as its comment, and each string once in place of a weight."""
    days = [f"{_LAST - timedelta(days=at)}" for at in range(len(HOSTILE))]
    rows = [[f"{day} 07:00", f"{80 + at % 5 / 10}", each] for at, (day, each) in enumerate(zip(days, HOSTILE, strict=True))]
    return table(
        "Date,Weight (kg),Comments", [*rows, *([f"{day} 08:00", each, "x"] for day, each in zip(days, HOSTILE, strict=True))]
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """A house filled by the importer, and its address."""
    made = house(tmp_path_factory.mktemp("hostile"))
    for at, (name, content) in enumerate({"hevy": lifting(), "strava": activities(), "weight": weights()}.items()):
        found = import_file(
            made.store, "me", io.BytesIO(content), f"{HOSTILE[at]}.csv", ReadOptions(zone=ZONE), NOW, as_format=name
        )
        assert [each.error for each in found] == [None], found
        assert found[0].new >= 95, found
    yield from ((made, address) for address in serve(app(made)))


def harmless(page: Page, seen: Seen, address: str, where: str) -> None:
    """Nothing ran, nothing was asked of another host, nothing of it stands in the page but text."""
    assert page.evaluate("window.hostile") is None, where
    assert page.evaluate(_FOREIGN) == [], where
    assert page.url.startswith(address), where
    assert seen.hosts <= {address.removeprefix("http://")}, where
    assert [each for each in seen.wrong if "preload" not in each] == [], where


def watched(page: Page, seen: Seen) -> None:
    """A dialog counts as a fault, and does not hold the page up."""
    page.on("dialog", lambda dialog: (seen.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))


def test_the_strings_arrive(hostile: tuple[House, str]) -> None:
    frames = hostile[0].frames.frames()
    assert frames.sets["exercise"].nunique() >= 90
    assert frames.activities["name"].nunique() >= 90
    assert len(hostile[0].store.rejected("me")) >= 100


def test_every_page_and_every_hover(browser: Browser, hostile: tuple[House, str]) -> None:
    """Each page is loaded once, on a desk, and drawn anew as the window becomes a phone's."""
    _, address = hostile
    paths = [*pages(), "/log?form=lifting", *(f"/rows?of={each}" for each in ("measurements", "activities", "workouts", "sets"))]
    with looking(browser, "1280", "light") as (page, seen):
        watched(page, seen)
        hovered = dict.fromkeys(SIZES, 0)
        for path in paths:
            page.set_viewport_size({"width": 1280, "height": 900})
            whole(page, address, path)
            for size in SIZES:
                if size == "390":
                    turned(page, path.partition("?")[0], size=size)
                hovered[size] += page.evaluate(_HOVER)
                assert page.get_by_text("could not be drawn").count() == 0, path
                harmless(page, seen, address, path)
        assert min(hovered.values()) > 20


def test_each_exercise_chosen(browser: Browser, hostile: tuple[House, str]) -> None:
    made, address = hostile
    frames = made.frames.frames()
    choices = [("/strength", {"exercise": each}) for each in frames.sets["exercise"].unique()[::6] if len(each) <= 300]
    choices += [("/running", {"sport": each}) for each in frames.activities["sport"].unique()[::6]]
    choices += [("/rows", {"of": "sets", "exercise": choices[0][1]["exercise"]})]
    choices += [(path, dict.fromkeys(("of", "span", "edit", "said", "id"), HOSTILE[8])) for path in pages()]
    with looking(browser, "1280", "dark") as (page, seen):
        watched(page, seen)
        whole(page, address, "/strength")
        for path, query in choices:
            search = f"?{urlencode(query)}"
            page.evaluate("(to) => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate')); }", path + search)
            page.wait_for_function("(at) => document.documentElement.getAttribute('data-arrived') === at", arg=path + search)
            if path == "/strength" and "exercise" in query:
                field = page.get_by_label("Exercise")
                expect(field).to_have_value(query["exercise"].replace("\r", "").replace("\n", ""))
            page.evaluate(_HOVER)
            harmless(page, seen, address, path + search)


def strings(value: Any) -> Iterator[str]:
    """Every string of a figure but the ids of its rows, which are never drawn."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from strings(each) if key != "customdata" else ()
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def test_no_figure_of_any_exercise_holds_markup(hostile: tuple[House, str]) -> None:
    frames, look = hostile[0].frames.frames(), Look(today=NOW.date())
    drawn = 0
    for name, chart in charts().items():
        if "exercise" not in inspect.signature(chart.draw).parameters:
            continue
        for each in frames.sets["exercise"].unique():
            found = set(strings(chart.draw(getattr(frames, chart.of), look, exercise=each)))
            assert not [text for text in found if "<" in text.removesuffix(_OURS)], (name, each)
            drawn += 1
    assert drawn > 300


def test_typed_and_dropped(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    made = house(tmp_path_factory.mktemp("typed"))
    names = [each for each in HOSTILE if len(each) <= 80 and each.isprintable() and each == each.strip()]
    with looking(browser, "1280", "light") as (page, seen):
        watched(page, seen)
        for address in serve(app(made)):
            page.goto(f"{address}/log?form=lifting")
            for each in names[::9]:
                page.fill("#log-exercise", each)
                page.fill("#log-load", "60")
                page.click("#set-done")
                expect(page.locator("#draft-sets")).to_contain_text(each)
            page.click("#lifting-save")
            expect(page.locator("#own")).to_contain_text(f"{len(names[::9])} exercises")
            harmless(page, seen, address, "/log")
            page.goto(f"{address}/sources")
            files = [FilePayload(name=each, mimeType="text/csv", buffer=each.encode()) for each in HOSTILE[:60:10]]
            with page.expect_file_chooser() as chooser:
                page.locator("[data-choose=files]").click()
            chooser.value.set_files(files)
            expect(page.locator("#imports .fb-row")).to_have_count(len(files))
            harmless(page, seen, address, "/sources")
    (body,) = made.store.bodies("me", "workout")
    assert [each["exercise"] for each in body["sets"]] == names[::9]


def test_no_download_begins_a_formula(hostile: tuple[House, str]) -> None:
    made, _ = hostile
    client = app(made).server.test_client()
    seen = 0
    for path in ("/sources/rejected.csv", *(f"/rows.csv?of={each}" for each in ("measurements", "activities", "workouts", "sets"))):
        answer = client.get(path, headers={"Host": "127.0.0.1:8050"})
        assert answer.status_code == 200, path
        assert answer.headers["Content-Disposition"].startswith("attachment"), path
        for row in csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")):
            assert not [cell for cell in row if cell.startswith(FORMULA) and not number(cell)], path
            seen += sum(cell.startswith("'") for cell in row)
    assert seen > 20, "formulas stand there as text"


def test_the_export_is_one_line_of_json_a_record(hostile: tuple[House, str]) -> None:
    lines = list(backup.export_lines(hostile[0].store, "me", None, raw=True))
    assert all(each.startswith("{") and each.rstrip("\n").endswith("}") and "\n" not in each.rstrip("\n") for each in lines)


def number(cell: str) -> bool:
    """A negative number is no formula: it is what the cell holds."""
    try:
        float(cell)
    except ValueError:
        return False
    return True
