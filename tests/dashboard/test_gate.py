"""The gate: every route and callback, signed in and not; what comes from elsewhere, is too large, or makes no sense."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import callbacks, gate, login
from dashboard.bundle import SUITES
from tests.dashboard.house import HOME, KEYS, NOW, Clock, app, client, house, page, page_body

PASSWORD = "correct horse battery staple"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Any:
    return app(house(tmp_path_factory.mktemp("locked"), sample=True, clock=clock), password=PASSWORD)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return app(house(tmp_path_factory.mktemp("open"), sample=True))


def signed_in(of: Any, clock: Clock) -> Any:
    clock.on(minutes=2)  # the tries of another test are over
    browser = client(of)
    assert browser.post("/login", data={"password": PASSWORD}, headers=HOME).status_code == 303
    return browser


def addresses(of: Any) -> list[tuple[str, str]]:
    """Every method and an address of every route the app has, filled in with something."""
    found = []
    for rule in of.server.url_map.iter_rules():
        filled = dict.fromkeys(rule.arguments, "x")
        with of.server.test_request_context(headers=HOME):
            address = rule.build(filled, append_unknown=False)
        assert address is not None, rule
        found += [(method, address[1]) for method in METHODS if method in (rule.methods or ())]
    return found


def test_every_route_is_closed_without_a_session(locked: Any) -> None:
    checked = 0
    for method, address in addresses(locked):
        answer = client(locked).open(address, method=method, headers=HOME)
        if gate.public(address):
            continue
        checked += 1
        assert answer.status_code in (401, 303), (method, address, answer.status_code)
        if answer.status_code == 303:
            assert method in ("GET", "HEAD")
            assert answer.headers["Location"].startswith("/login"), address
        assert b"Your weight" not in answer.data
    assert checked >= 8


def test_the_public_paths_are_those_of_the_interface_and_hold_no_data(locked: Any) -> None:
    assert {"/healthz", "/login", "/_favicon.ico", "/manifest.webmanifest", "/sw.js"} == gate.PUBLIC_PATHS
    assert gate.PUBLIC_TREES == ("/assets/", SUITES)
    browser = client(locked)
    assert browser.get("/healthz", headers=HOME).json == {"status": "ok"}
    for path in ("/login", "/manifest.webmanifest", "/sw.js", "/assets/mode.js", "/_favicon.ico"):
        assert browser.get(path, headers=HOME).status_code == 200, path


@pytest.mark.parametrize(
    "path", ["/assets/../settings.py", "/assets/%2e%2e/app.py", f"{SUITES}dash/../../x", "/assets/..%2fdata/fitboard.db"]
)
def test_no_way_out_of_the_public_folders(locked: Any, path: str) -> None:
    answer = client(locked).get(path, headers=HOME)
    assert answer.status_code in (303, 401, 404)
    assert b"FITBOARD" not in answer.data


def test_every_callback_is_closed_without_a_session_and_open_with_one(locked: Any, clock: Clock) -> None:
    outputs = [name for name, each in locked.callback_map.items() if "callback" in each]
    assert outputs
    stranger = client(locked)
    for name in outputs:
        answer = stranger.post("/_dash-update-component", json={"output": name, "inputs": [], "changedPropIds": []}, headers=HOME)
        assert answer.status_code == 401, name
    for path in ("/_dash-layout", "/_dash-dependencies", "/rows.csv?of=measurements"):
        assert stranger.get(path, headers=HOME).status_code == 401
    assert page(stranger).status_code == 401
    friend = signed_in(locked, clock)
    assert b"Your weight" in page(friend).data
    assert friend.get("/rows.csv?of=measurements", headers=HOME).status_code == 200


def test_a_session_expires(locked: Any, clock: Clock) -> None:
    friend = signed_in(locked, clock)
    clock.on(seconds=login.LIFE.total_seconds() - 1)
    assert page(friend).status_code == 200
    clock.on(seconds=1)
    assert page(friend).status_code == 401


def test_the_cookie_is_httponly_lax_and_secure_behind_https(tmp_path: Path) -> None:
    behind = app(house(tmp_path, url="https://fit.example"), password=PASSWORD, allowed_hosts=None)
    answer = client(behind).post("/login", data={"password": PASSWORD}, headers={"Host": "fit.example"})
    cookie = answer.headers["Set-Cookie"]
    assert all(each in cookie for each in ("HttpOnly", "SameSite=Lax", "Secure", "fitboard="))
    assert answer.headers["Strict-Transport-Security"]
    assert PASSWORD not in cookie


def test_rotated_keys_keep_a_session_and_a_new_password_ends_it(tmp_path: Path) -> None:
    new = "another-key-0123456789abcdef0123456789"
    (tmp_path / "a").mkdir()
    friend = client(app(house(tmp_path / "a"), password=PASSWORD))
    friend.post("/login", data={"password": PASSWORD}, headers=HOME)
    cookie = friend.get_cookie("fitboard", domain="127.0.0.1").value
    for number, (keys, password, expected) in enumerate(
        (((new, *KEYS), PASSWORD, 200), ((new,), PASSWORD, 401), (KEYS, "other password", 401), (KEYS, PASSWORD, 200))
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        later = client(app(house(folder), password=password, secret_keys=keys))
        later.set_cookie("fitboard", cookie, domain="127.0.0.1")
        assert later.get("/_dash-layout", headers=HOME).status_code == expected, number


def test_ten_tries_a_minute(locked: Any, clock: Clock) -> None:
    clock.on(minutes=2)
    browser = client(locked)
    said = [browser.post("/login", data={"password": "wrong"}, headers=HOME).status_code for _ in range(12)]
    assert said == [401] * 10 + [429] * 2
    # Even the right one waits, from whichever address it comes.
    assert client(locked).post("/login", data={"password": PASSWORD}, headers=HOME).status_code == 429
    clock.on(seconds=60)
    assert browser.post("/login", data={"password": PASSWORD}, headers=HOME).status_code == 303


def test_signing_out_ends_it_and_signing_in_goes_on_where_one_was(locked: Any, clock: Clock) -> None:
    stranger = client(locked)
    assert stranger.get("/body?span=5y", headers=HOME).headers["Location"] == "/login?next=%2Fbody%3Fspan%3D5y"
    clock.on(minutes=2)
    answer = stranger.post("/login", data={"password": PASSWORD, "next": "/body?span=5y"}, headers=HOME)
    assert answer.headers["Location"] == "/body?span=5y"
    assert page(stranger).status_code == 200
    assert stranger.post("/logout", headers=HOME).headers["Location"] == "/login"
    assert page(stranger).status_code == 401


@pytest.mark.parametrize(
    "place", ["//evil.example", "https://evil.example", "javascript:alert(1)", "/\\evil.example", "/a\nb", "", None, "/ü"]
)
def test_nobody_is_sent_elsewhere(place: str | None) -> None:
    assert login.local(place) == "/"


def test_a_hostile_next_is_text(locked: Any) -> None:
    answer = client(locked).get("/login?next=" + '/"><script>alert(1)</script>', headers=HOME)
    assert b"<script>alert" not in answer.data


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "169.254.1.1", "", "localhost.evil.example:8050"])
def test_only_loopback_names_without_a_password(opened: Any, name: str) -> None:
    for path in ("/", "/healthz", "/assets/mode.js", "/_dash-layout"):
        assert client(opened).get(path, headers={"Host": name}).status_code == 421, (name, path)


@pytest.mark.parametrize("name", ["127.0.0.1", "127.0.0.1:9999", "localhost", "LOCALHOST:8050", "[::1]", "[::1]:8050"])
def test_every_loopback_name_is_ours(opened: Any, name: str) -> None:
    assert client(opened).get("/", headers={"Host": name}).status_code == 200


def test_no_public_address_without_a_password(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="password"):
        app(house(tmp_path), allowed_hosts=None)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:8050"}, 200),
        ({"Origin": "http://127.0.0.1:8050", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9000"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_change_comes_from_our_own_page(opened: Any, headers: dict[str, str], expected: int) -> None:
    answer = client(opened).post("/_dash-update-component", json=page_body(), headers={**HOME, **headers})
    assert answer.status_code == expected


def test_bodies_have_a_limit(opened: Any) -> None:
    browser = client(opened)
    large = b"x" * (gate.BODY_LIMIT + 1)
    assert browser.post("/_dash-update-component", data=large, headers=HOME, content_type="application/json").status_code == 413
    assert browser.post("/login", data=large, headers=HOME).status_code == 413
    for path in gate.UPLOAD_PATHS:
        for length, expected in ((gate.UPLOAD_LIMIT + 1, True), (gate.BODY_LIMIT + 1, False)):
            answer = browser.post(path, headers=HOME, environ_overrides={"CONTENT_LENGTH": str(length)})
            assert (answer.status_code == 413) is expected


def test_a_body_that_does_not_say_its_length_is_bounded_too(opened: Any) -> None:
    class Endless:
        read_so_far = 0

        def read(self, size: int = -1) -> bytes:
            self.read_so_far += max(size, 0)
            return b"x" * max(size, 0)

        def readline(self, size: int = -1) -> bytes:
            return self.read(size if size > 0 else 1024)

    stream = Endless()
    answer = client(opened).post(
        "/_dash-update-component",
        headers=HOME,
        content_type="application/json",
        environ_overrides={"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert 400 <= answer.status_code < 500
    assert stream.read_so_far <= 2 * gate.BODY_LIMIT


def test_the_policy_lets_no_foreign_script_in(opened: Any) -> None:
    for path in ("/", "/login", "/healthz", "/assets/mode.js", "/nothing", "/_dash-layout"):
        headers = client(opened).get(path, headers=HOME).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in policy["script-src"]
        assert "http" not in policy["script-src"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert client(opened).get("/", headers=HOME).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/weights", "/api/v9/../x"])
def test_an_unknown_api_path_is_404(opened: Any, method: str, path: str) -> None:
    answer = client(opened).open(path, method=method, headers=HOME)
    assert answer.status_code == 404
    if method != "HEAD":
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == 404


def test_an_unknown_page_is_404_and_says_so(opened: Any) -> None:
    browser = client(opened)
    assert browser.get("/nothing/here", headers=HOME).status_code == 404
    assert browser.get("/body", headers=HOME).status_code == 200
    assert browser.get("/body/", headers=HOME).status_code == 200
    assert b"There is no page at this address" in page(browser, "/nothing/here").data


def test_no_answer_names_a_file_of_ours_for_a_wrong_component(opened: Any) -> None:
    for path in (
        f"{SUITES}nothing/x.js",
        f"{SUITES}dash/dcc/../../../etc/passwd",
        f"{SUITES}dash/nothing.js",
        "/assets/nothing.css",
    ):
        answer = client(opened).get(path, headers=HOME)
        assert answer.status_code == 404, path
        assert b"Traceback" not in answer.data
        assert b"site-packages" not in answer.data


MALFORMED: list[Any] = [
    None, [], "text", 7, {}, {"output": 3}, {"output": "nothing.children"}, {"output": "..page.children.."},
    {"output": "page.children", "inputs": None}, {**page_body(), "inputs": []}, {**page_body(), "inputs": [1, 2, 3, 4]},
    {**page_body(), "inputs": {}}, {**page_body(), "state": [{"id": "x", "property": "y"}]}, {**page_body(), "outputs": []},
    {**page_body(), "outputs": "page.children"}, {**page_body(), "changedPropIds": 5}, {**page_body(), "changedPropIds": [None]},
    {**page_body(), "inputs": [{"id": {"x": 1}, "property": "pathname", "value": 1}] * 4}, {"inputs": []},
]  # fmt: skip


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_a_malformed_callback_is_the_callers_fault(opened: Any, body: Any) -> None:
    answer = client(opened).post("/_dash-update-component", json=body, headers=HOME)
    assert 400 <= answer.status_code < 500, answer.data


def own_body(output: str, spec: Any) -> dict[str, Any]:
    """The body of a callback as its page sends it, all values absent, but without outputs."""
    inputs, state = (
        [[] if each["id"].startswith("{") else {**each, "value": None} for each in spec[part]] for part in ("inputs", "state")
    )
    return {"output": output, "inputs": inputs, "state": state, "changedPropIds": []}


def own_outputs(spec: Any) -> Any:
    if isinstance(spec["output"], (list, tuple)):
        return [own_outputs({"output": each}) for each in spec["output"]]
    each = spec["output"].to_dict()
    return [] if each["id"].startswith("{") else each


def test_no_callback_takes_outputs_that_are_not_its_own(opened: Any) -> None:
    browser, other = client(opened), {"id": "x", "property": "y"}
    checked = 0
    for output, spec in opened.callback_map.items():
        if "callback" not in spec:
            continue
        body, own = own_body(output, spec), own_outputs(spec)
        many = isinstance(own, list)
        bad: list[Any] = [other, [other], [[other]], None, {}, "x.y", [own], {**own, "id": "x"} if not many else own[:-1]]
        bad += [[other] * len(own), [[other]] * len(own), [*own[:-1], other], [*own, other], own[::-1]] if many else []
        for outputs in bad:
            if outputs == own:
                continue
            answer = browser.post("/_dash-update-component", json={**body, "outputs": outputs}, headers=HOME)
            assert 400 <= answer.status_code < 500, (output, outputs, answer.status_code)
        assert callbacks.wrong(opened.callback_map, {**body, "outputs": own}) is None, output
        checked += 1
    assert checked >= 8


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 20_000, b"null", b'{"output": NaN}'])
def test_what_is_no_json_is_the_callers_fault(opened: Any, data: bytes) -> None:
    for kind in ("application/json", "text/plain", None):
        answer = client(opened).post("/_dash-update-component", data=data, headers=HOME, content_type=kind)
        assert 400 <= answer.status_code < 500


ODD = [
    None,
    0,
    -1,
    1e308,
    True,
    "",
    "x" * 5000,
    "/../..",
    "<script>",
    [],
    {},
    [[]],
    {"a": {"b": []}},
    ["a", 1],
    "\x00",
    "٣",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_values_break_no_page(opened: Any, odd: Any) -> None:
    browser = client(opened)
    for at in range(4):
        body = page_body()
        body["inputs"][at]["value"] = odd
        assert browser.post("/_dash-update-component", json=body, headers=HOME).status_code in (200, 204), at


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    body=json_values, known=st.sampled_from([{}, {"a.b": {"callback": 1, "inputs": [{"id": "a", "property": "b"}], "state": []}}])
)
def test_any_json_is_judged_without_an_error(body: Any, known: dict[str, Any]) -> None:
    said = callbacks.wrong(known, body)
    assert said is None or isinstance(said, str)


def test_the_real_bodies_are_let_through(opened: Any) -> None:
    assert callbacks.wrong(opened.callback_map, json.loads(json.dumps(page_body("/body", "?span=5y", phone=True)))) is None


def test_a_password_is_in_no_printed_form(locked: Any) -> None:
    doors = login.Doors(PASSWORD, KEYS, lambda: NOW, secure=False)
    assert PASSWORD not in repr(doors)
    assert PASSWORD not in str(vars(doors))
    assert doors.right(PASSWORD)
    assert not doors.right(PASSWORD + " ")
    assert not doors.right("x" * 10_000_000)


def test_the_clock_of_the_limit_is_a_sliding_minute() -> None:
    clock = Clock()
    doors = login.Doors(PASSWORD, KEYS, clock, secure=False)
    assert all(doors.may_try() for _ in range(login.TRIES))
    clock.now += timedelta(seconds=59)
    assert not doors.may_try()
    clock.now += timedelta(seconds=1)
    assert doors.may_try()


def test_two_apps_live_in_one_process(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    first, second = house(tmp_path / "one", sample=True), house(tmp_path / "two")
    with_sample, without = client(app(first)), client(app(second))
    assert b"This is a sample person" in page(with_sample).data
    assert b"This is a sample person" not in page(without).data
    assert page(without).status_code == 200
