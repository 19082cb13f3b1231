"""The first page comes with its document: the same words and figures as Dash shows, after the gate, for the screen that asks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dashboard.first import COOKIE, first_page
from dashboard.page import House, pages
from health.records import Workout, WorkoutSet
from tests.dashboard.house import HOME, NOW, app, client, house, page_body, write
from tests.dashboard.unfolded import unfolded
from tests.hostile import HOSTILE

FIGURE = re.compile(r'<script type="application/json" class="first-figure">(.*?)</script>', re.S)


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> House:
    return house(tmp_path_factory.mktemp("first"), sample=True)


@pytest.fixture(scope="module")
def served(of: House) -> Any:
    return app(of)


def document(served: Any, path: str, screen: str = "", **more: Any) -> str:
    browser = client(served)
    if screen:
        browser.set_cookie(COOKIE, screen, domain="127.0.0.1")
    return str(browser.get(path, headers=HOME, **more).get_data(as_text=True))


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


@pytest.mark.parametrize("path", pages())
def test_every_page_can_be_sent_with_its_document(of: House, path: str) -> None:
    drawn = first_page(of, path, "", "dark.phone", signed_in=True)
    assert drawn.body.count("<h1>") == 1
    assert " id=" not in drawn.body.replace("<div id=", "", 1), "a name may stand once in a document"
    assert 'class="nav-link active"' in drawn.body or path in ("/sources", "/settings", "/log")


def test_it_is_what_dash_shows_a_moment_later(served: Any) -> None:
    text = document(served, "/body?span=3m", "dark")
    assert '<html lang="en" data-bs-theme="light"' in text
    assert 'data-screen="dark" class="fb-first"' in text
    assert "<title>Body · Fitboard</title>" in text
    body = page_body("/body", "?span=3m", mode="dark")
    answer = client(served).post("/_dash-update-component", json=body, headers=HOME).get_json()["response"]
    figures = [each for part in stills(answer["page"]["children"]) for each in part["figures"]]
    assert FIGURE.findall(text) == figures, "to the letter: by that the picture drawn first is known again"
    assert len(figures) == 3
    told = [each for each in texts(unfolded(answer["page"]["children"])) if len(each) > 12]
    assert told
    shown = text.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    assert not [each for each in told if each not in shown]


def stills(part: Any) -> list[Any]:
    if isinstance(part, list):
        return [found for each in part for found in stills(each)]
    if isinstance(part, dict) and part.get("type") == "Still":
        return [part["props"]]
    return stills(part["props"].get("children")) if isinstance(part, dict) else []


def texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for each in part for found in texts(each)]
    if isinstance(part, dict):
        return texts(part["props"].get("children"))
    return [part] if isinstance(part, str) else []


@pytest.mark.parametrize("screen", ["", "nonsense", "dark.phone.x", '"><script>'])
def test_an_unknown_screen_is_a_light_desktop(served: Any, screen: str) -> None:
    assert 'data-screen="light" class="fb-first"' in document(served, "/", screen)


def test_pictures_call_for_plotly_and_come_before_dash(served: Any) -> None:
    with_pictures, without = document(served, "/running"), document(served, "/log")
    bundle = re.escape(served.script.address)
    assert re.search(r'<link rel="preload" as="script" href="[^"]*plotly', with_pictures)
    assert not re.search(rf'<link rel="preload" as="script" href="{bundle}', with_pictures)
    assert re.search(r'<link rel="prefetch" as="script" href="[^"]*plotly', without)
    assert re.search(rf'<link rel="preload" as="script" href="{bundle}', without)


def test_nothing_of_it_leaves_without_a_session(tmp_path: Path) -> None:
    closed = client(app(house(tmp_path, sample=True), password="correct horse battery"))
    for path in ("/", "/body", "/login"):
        assert 'id="first"' not in closed.get(path, headers=HOME).get_data(as_text=True)


def test_hostile_names_end_no_script_and_open_no_element(tmp_path: Path) -> None:
    own = house(tmp_path)
    sets = tuple(WorkoutSet(exercise=each, order=at + 1, reps=5, load_kg=50, note=each) for at, each in enumerate(HOSTILE))
    write(own.store, [Workout(person="me", source="app", native_id="w", at=NOW, zone="UTC", name=HOSTILE[0], sets=sets)])
    browser = app(own)
    for path in ("/", "/strength", "/rows?of=sets", "/log"):
        text = document(browser, path)
        inside = text[text.index('<div id="first">') : text.index('<div id="react-entry-point">')]
        plain = FIGURE.sub("", inside)
        assert not re.search(r"<(script|img|iframe|svg|object|style)\b", plain, re.I)
        assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', plain), re.I)
        for figure in FIGURE.findall(inside):
            assert "<" not in figure
            json.loads(figure)
