"""Static files: two joined ones, compressed once, kept by the browser for good, and new when their content is."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import brotli
import pytest

from dashboard import bundle, statics
from tests.dashboard.house import HOME, app, client, house


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return app(house(tmp_path_factory.mktemp("statics")))


def test_the_page_asks_for_two_joined_files_of_this_house_alone(served: Any) -> None:
    text = client(served).get("/", headers=HOME).get_data(as_text=True)
    assert text.count("<script src=") == 2  # the joined one, and the few lines that must run first
    assert text.count('rel="stylesheet"') == 1
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://dash-version" not in text.split("<footer>")[0]
    assert 'lang="en"' in text
    assert "@plotly" not in text
    assert "@mode" not in text


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_every_form_is_the_same_file(served: Any, encoding: str) -> None:
    for each in served.joined.values():
        answer = client(served).get(each.address, headers={**HOME, "Accept-Encoding": encoding})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert "Accept-Encoding" in answer.headers["Vary"]
        sent = answer.headers.get("Content-Encoding")
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[sent]
        assert unpack(answer.data) == each.body
        assert sent != "br" or encoding == "br"


def test_what_set_up_prepared_is_sent(served: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statics, "PREPARED", tmp_path)
    monkeypatch.setattr(statics, "_bodies", lambda: iter([b"body { color: red }" * 100]))
    assert statics.prepare() == 2
    assert statics.prepare() == 0
    forms = statics.forms(b"body { color: red }" * 100, ".css")
    assert forms.br is not None
    assert brotli.decompress(forms.br) == forms.body
    assert statics.forms(b"other" * 100, ".css").br is None
    assert not list(tmp_path.glob("*.part"))


def test_an_unnamed_version_is_asked_for_again(served: Any) -> None:
    browser = client(served)
    answer = browser.get("/assets/mode.js", headers=HOME)
    assert answer.headers["Cache-Control"] == "no-cache"
    again = browser.get("/assets/mode.js", headers={**HOME, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "immutable" in browser.get(bundle.asset_address("mode.js"), headers=HOME).headers["Cache-Control"]


def test_the_licences_of_what_we_ship_are_there() -> None:
    for name in ("bootstrap-LICENSE.txt", "plotly-LICENSE.txt"):
        assert "MIT" in (bundle.ASSETS / name).read_text()


def test_no_style_or_script_of_ours_names_another_host() -> None:
    for path in bundle.ASSETS.iterdir():
        if path.suffix in (".css", ".js", ".html") and path.name[:2] != "00" and not path.name.startswith("plotly"):
            text = path.read_text().replace("http://www.w3.org/2000/svg", "")
            assert "http://" not in text, path.name
            assert "https://" not in text, path.name


def test_all_icons_are_one_picture(served: Any) -> None:
    css = served.style.body.decode()
    named = {name for each in bundle.ASSETS.glob("*.css") for name in re.findall(r"\.ico-([\w-]+) \{", each.read_text())}
    assert len(named) > 8
    assert set(re.findall(r"\.ico-([\w-]+)\{--at:[\d.]+%\}", css)) == named
    assert "--i:" not in css
    (sheet,) = {unquote(each) for each in re.findall(r"\.fb-icon\{-webkit-mask:url\(\"data:image/svg\+xml,([^\"]*)", css)}
    drawn = ElementTree.fromstring(sheet)
    assert [each.get("x") for each in drawn] == [str(24 * at) for at in range(len(named))]
    assert drawn.get("viewBox") == f"0 0 {24 * len(named)} 24"


def test_styles_without_icons_stay_as_they_are() -> None:
    assert bundle.one_sheet("a { color: red }") == "a { color: red }"
