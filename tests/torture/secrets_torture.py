"""A secret in every setting and every token, and everything that could tell it: 0 hits.

Real collectors and a real web process run at log level DEBUG with secrets of their own in each setting (password, key, client
secrets, the service account's private key) and each token. The services fail in every way, and repeat in what they answer the
secrets that they were sent; runs crash in the middle, with a traceback that tells all they know. Then standard output and error,
every page, error page and download, the answers of the API, the export, and each file of the store are searched for each secret:
as it is, in base64 at any place, for addresses, in JSON, in hexadecimal. That the search finds is shown twice: in what the fakes
were sent, and in what a collector says that prints what it sends. `python -m tests.torture.secrets_torture [--few]`.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, quote_plus

import requests

from tests.bench._row import row
from tests.collectors.house import House
from tests.fakes.server import Answer, Fake, Request
from tests.fakes.sheets import Sheets
from tests.fakes.strava import Strava
from tests.fakes.withings import Withings

STATUSES = (200, 400, 401, 403, 404, 429, 500)
PASSWORD, PASTED, CODE = "Canary password \u00fc+/=42", "pasted-refresh-canary-77", "code-canary-9913"
PATHS = (
    "/", "/login", "/sources", "/settings", "/rows", "/rows.csv?of=sets", "/sources/rejected.csv", "/api/v1/forecast/body",
    "/api/v1/no", "/api/v1/forecast/body?weeks=x", "/healthz", "/_dash-layout", "/_dash-dependencies", "/no/such/page",
    "/connect/withings",
    "/connect/strava", f"/connect/back?code={CODE}&state=wrong", "/%ff%00", "/assets/none.js",
)  # fmt: skip
CARELESS = (  # as one looks for a fault in a hurry: what is sent and received is printed
    "import http.client, sys; http.client.HTTPConnection.debuglevel = 1; "
    "from collectors.__main__ import main; sys.exit(main(sys.argv[1:]))"
)

# A fault of ours in the middle of a run: its traceback ends in all that the run, its settings and its sign-in say of themselves.
CRASHING = (
    "import sys; from collectors import loop; from collectors.__main__ import main; from settings import load\n"
    "def crash(self, each, *more):\n"
    "    tokens = [self.store.token(self.person, name) for name in ('withings', 'strava')]\n"
    "    told = [vars(self), vars(self.access), vars(self.traffic), self.service, self.access, each, tokens, load()]\n"
    "    raise RuntimeError(repr(told))\n"
    "loop._Run.store_slice = crash; sys.exit(main(sys.argv[1:]))"
)


def forms(secret: str) -> set[str]:
    """How a secret may be written: each form is searched for."""
    raw = secret.encode()
    made = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }
    made |= {raw.hex(), secret.encode("unicode_escape").decode(), repr(secret)[1:-1]}
    for shift in range(3):  # at any place in a longer text
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            made.add(encode(bytes(shift) + raw).decode().rstrip("=")[(4 if shift else 0) : -2])
    return {each for each in made if len(each) >= 8}


def hits(texts: dict[str, str], secrets: set[str]) -> list[str]:
    """Which text holds which secret."""
    return [
        f"{name}: {secret[:14]}…"
        for name, text in texts.items()
        for secret in secrets
        if any(each in text for each in forms(secret))
    ]


class Place:
    """A house with the three services, each set of secrets its own, and all that was said."""

    def __init__(self, folder: Path) -> None:
        self.fakes: list[Fake] = [Withings(), Strava(), Sheets()]
        self.house = House(folder, {"FITBOARD_PASSWORD": PASSWORD})
        self.house.environ["FITBOARD_SECRET_KEY"] = "key-canary-of-the-store-0123456789abcdef"
        self.sent: list[str] = []
        self.said: dict[str, str] = {}
        self.repeats: int | None = None  # the status with which every request is answered by what it said
        for fake in self.fakes:
            self._listen(fake)
            fake.start()
            self.house.point_at(fake)
        at = datetime.now(UTC) - timedelta(hours=1)
        for fake in self.fakes[:2]:
            self.house.connect(fake, at)

    def _listen(self, fake: Fake) -> None:
        honest = fake.answer

        def answer(request: Request) -> Answer:
            told = json.dumps({"headers": request.headers, "form": request.form, "query": request.query})
            self.sent.append(told)
            if self.repeats is None:
                return honest(request)
            error = {"resource": told, "field": told, "code": told}
            content = {"status": told, "error": told, "error_description": told, "message": told, "errors": [error], "body": told}
            return Answer(content, self.repeats)

        fake.answer = answer  # type: ignore[method-assign]

    def secrets(self) -> set[str]:
        """Every secret of this house by now."""
        named = {"FITBOARD_PASSWORD", "FITBOARD_SECRET_KEY", "WITHINGS_CLIENT_SECRET", "STRAVA_CLIENT_SECRET"}
        found = {self.house.environ[name] for name in named} | {PASTED, CODE, "too-old-canary"}
        key = json.loads(self.house.environ["SHEETS_CREDENTIALS"])
        found |= {
            key["private_key_id"],
            *(line for line in key["private_key"].splitlines() if len(line) > 40 and "KEY" not in line),
        }
        for fake in self.fakes[:2]:
            sign_in = fake.sign_in  # type: ignore[attr-defined]
            found |= (
                set(sign_in.access) | set(sign_in.refresh) | set(sign_in.codes) | set(sign_in.dies_at) | set(sign_in.replaced_by)
            )
        return found | set(self.fakes[2]._tokens)  # type: ignore[attr-defined]

    def run(self, name: str, *arguments: str) -> None:
        ran = self.house.run(*arguments)
        self.said[f"{len(self.said)} {name}"] = ran.out + ran.err

    def close(self) -> None:
        for fake in self.fakes:
            fake.stop()


def collecting(place: Place, few: bool) -> None:
    """Runs that end well and in every bad way, and commands about them."""
    debug = ("--log-level", "debug")
    place.said |= {f"crash of {name}": crashed(place, name) for name in ("withings", "strava", "sheets")}
    place.run("run", *debug, "run", "--json")
    for status in (200, 401) if few else STATUSES:
        place.repeats = status
        place.run(f"run, {status}", *debug, "run", "--json")
    place.run("connect", *debug, "connect", "withings", "--refresh-token", PASTED)
    place.repeats = None
    place.fakes[0].sign_in.revoke()  # type: ignore[attr-defined]
    if not few:
        place.run("revoked", *debug, "run")
        place.run("status", "status", "--json")
        for arguments in (("store", "export"), ("store", "check"), ("forecast", "models")):
            done = place.house.popen(*arguments[1:], module=arguments[0])
            out, err = done.communicate(timeout=120)
            place.said[" ".join(arguments)] = out + err


@contextlib.contextmanager
def serving(place: Place) -> Iterator[str]:
    """A real web process, and where it is."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = place.house.popen(module="app", PORT=port)
    try:
        for _ in range(600):
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=1).ok:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        out, err = process.communicate(timeout=60)
        place.said["web"] = out + err


def looking(place: Place) -> None:
    """Every page, error page, download and answer of a real web process, before and after the sign-in."""
    with serving(place) as url, requests.Session() as browser:
        browser.trust_env = False
        for who in ("a stranger", "the person"):
            for path in PATHS:
                answer = browser.get(f"{url}{path}", timeout=60, allow_redirects=False)
                told = f"{answer.status_code} {answer.headers} {answer.text}"
                # Who comes back from a service without being signed in is sent to sign in and then on with what the service said.
                is_back = path.startswith("/connect/back") and answer.headers.get("Location", "").startswith("/login")
                place.said[f"{who} {path}"] = told.replace(CODE, "") if is_back else told
            for body in ("{", "[]", '{"output": "x"}', json.dumps({"output": "..a.b..", "inputs": [{"id": None}]})):
                answer = browser.post(
                    f"{url}/_dash-update-component", data=body, headers={"Content-Type": "application/json"}, timeout=60
                )
                place.said[f"{who} posts {body}"] = answer.text
            wrong = browser.post(f"{url}/login", data={"password": "wrong"}, timeout=60, allow_redirects=False)
            place.said[f"{who} signs in wrongly"] = f"{wrong.headers} {wrong.text}"
            right = browser.post(f"{url}/login", data={"password": PASSWORD}, timeout=60, allow_redirects=False)
            place.said[f"{who} signs in"] = f"{right.status_code} {right.headers} {right.text}"
        if right.status_code != 303:
            raise RuntimeError("the sign-in does not work")


def files(folder: Path) -> dict[str, str]:
    """Every file that the processes left, its bytes as text."""
    return {str(each.relative_to(folder)): each.read_bytes().decode("latin-1") for each in folder.rglob("*") if each.is_file()}


def crashed(place: Place, source: str) -> str:
    """What a run says that a fault of ours ended: a traceback. Raises RuntimeError where there is none."""
    command = [sys.executable, "-c", CRASHING, "--log-level", "debug", "run", source]
    done = subprocess.run(
        command, cwd=place.house.folder, env=place.house.environ, capture_output=True, text=True, timeout=120, check=False
    )
    if "Traceback" not in done.stderr or "RuntimeError: [{" not in done.stderr:
        raise RuntimeError(f"the run of {source} did not crash: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def careless(place: Place) -> str:
    """What a collector says that prints what it sends and receives."""
    place.repeats = 200
    command = [sys.executable, "-c", CARELESS, "--log-level", "debug", "run", "--json"]
    done = subprocess.run(
        command, cwd=place.house.folder, env=place.house.environ, capture_output=True, text=True, timeout=120, check=False
    )
    place.repeats = None
    return done.stdout + done.stderr


def main(few: bool) -> None:
    with TemporaryDirectory() as folder:
        place = Place(Path(folder))
        collecting(place, few)
        if not few:
            looking(place)
        secrets = place.secrets()
        texts = place.said | files(Path(folder))
        found = hits(texts, secrets)
        sent = {secret for secret in secrets if hits({"sent": "\n".join(place.sent)}, {secret})}
        leaks = [] if few else hits({"careless": careless(place)}, place.secrets())
        place.close()
    for each in found[:20]:
        print(each, file=sys.stderr)
    row("secrets: looked for, each in a dozen forms", len(secrets), "", digits=0, at_least=10)
    row("secrets: texts and files searched", len(texts), "", digits=0)
    row("secrets: tracebacks among them", sum("Traceback" in each for each in texts.values()), "", digits=0, at_least=3)
    row("secrets: found", len(found), "", 0, 0)
    row("secrets: found by the same search in what the services were sent", len(sent), "", digits=0, at_least=4)
    if not few:
        row("secrets: found in what a careless collector says", len(leaks), "", digits=0, at_least=1)


if __name__ == "__main__":
    main("--few" in sys.argv)
