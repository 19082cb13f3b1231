"""Google Sheets: a signed request for a token, 60 reads a minute, cells that come as the caller asks for them."""

from __future__ import annotations

import base64
import json
import time
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.fakes.server import Answer, Fake, Request, standalone

ACCESS_S = 3600
A_MINUTE = 60
_SKEW_S = 300  # how far a request for a token may be from the service's own clock
_NOT_NOW = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
_SCOPE = "https://www.googleapis.com/auth/spreadsheets.readonly"
HEADER = ["date", "workout", "exercise", "set", "reps", "weight", "unit", "notes"]
Cell = str | int | float | bool | date | datetime | None


@cache
def _made_key() -> rsa.RSAPrivateKey:
    """One key for every fake of this process: making it takes longer than all else a test does with it."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Sheets(Fake):
    """One spreadsheet with `tabs` (title -> rows of typed cells), shared with one service account."""

    def __init__(self, tabs: dict[str, list[list[Cell]]] | None = None, now: float | None = None) -> None:
        super().__init__(now)
        self.id = "made-spreadsheet-id"
        self.tabs = tabs if tabs is not None else {"Log": made_rows()}
        self.zone = "Europe/Berlin"
        self.shared = True
        self.per_minute = A_MINUTE
        self.columns = 26  # of every tab, most of them empty
        self._key = _made_key()
        self._tokens: dict[str, int] = {}
        self._minute: list[int] = []
        self.email = "reader@made-project.iam.gserviceaccount.com"

    def credentials(self) -> dict[str, str]:
        """The service account's key file, pointing at this fake."""
        pem = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        return {
            "type": "service_account",
            "project_id": "made-project",
            "private_key_id": "key-id-canary",
            "private_key": pem,
            "client_email": self.email,
            "client_id": "1",
            "token_uri": f"{self.url}/token",
        }

    def answer(self, request: Request) -> Answer:
        if request.path == "/token" and request.method == "POST":
            return self._token(request)
        if self._tokens.get(request.bearer, 0) <= self.now():
            return _error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        path = unquote(request.path)
        if not path.startswith("/v4/spreadsheets/"):
            return _error(404, "NOT_FOUND", "Not found.")
        now = self.now()
        self._minute = [*(each for each in self._minute if each > now - 60), now]
        if len(self._minute) > self.per_minute:
            return _error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests'.")
        document, _, what = path.removeprefix("/v4/spreadsheets/").partition("/")
        if document != self.id:
            return _error(404, "NOT_FOUND", "Requested entity was not found.")
        if not self.shared:
            return _error(403, "PERMISSION_DENIED", "The caller does not have permission")
        return self._values(request) if what == "values:batchGet" else self._about()

    def _token(self, request: Request) -> Answer:
        try:
            signed, _, signature = request.form["assertion"].rpartition(".")
            self._key.public_key().verify(_decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
            claim = json.loads(_decoded(signed.partition(".")[2]))
        except (InvalidSignature, KeyError, ValueError):
            return Answer({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
        # google-auth names Google's own endpoint as the audience, wherever token_uri points.
        audiences = (f"{self.url}/token", "https://oauth2.googleapis.com/token")
        good = claim["iss"] == self.email and claim["scope"] == _SCOPE and claim["aud"] in audiences
        if not good or request.form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return Answer({"error": "invalid_grant", "error_description": "Invalid claim."}, 400)
        ahead_s = claim["iat"] - time.time() - self._offset  # by the machine's clock, as google-auth signs
        if abs(ahead_s) > _SKEW_S or claim["exp"] - claim["iat"] > ACCESS_S:
            return Answer({"error": "invalid_grant", "error_description": _NOT_NOW}, 400)
        token = f"google-access-canary-{len(self.log):05d}"
        self._tokens[token] = self.now() + ACCESS_S
        return Answer({"access_token": token, "expires_in": ACCESS_S, "token_type": "Bearer"})

    def _about(self) -> Answer:
        sheets = [
            {"properties": {"sheetId": 100 + place, "title": title, "index": place, "sheetType": "GRID", "gridProperties": grid}}
            for place, title in enumerate(self.tabs)
            for grid in ({"rowCount": max(1000, len(self.tabs[title])), "columnCount": self.columns},)
        ]
        about = {"title": "Training", "locale": "de_DE", "timeZone": self.zone}
        return Answer({"spreadsheetId": self.id, "properties": about, "sheets": sheets})

    def _values(self, request: Request) -> Answer:
        render = request.query.get("valueRenderOption", "FORMATTED_VALUE")
        dates = request.query.get("dateTimeRenderOption", "SERIAL_NUMBER")
        found = []
        for name, wanted in request.pairs:
            if name != "ranges":
                continue
            title = wanted.rpartition("!")[0] or wanted
            title = title[1:-1].replace("''", "'") if title.startswith("'") else title
            if title not in self.tabs:
                return _error(400, "INVALID_ARGUMENT", f"Unable to parse range: {wanted}")
            rows = [[_cell(each, render, dates) for each in row] for row in self.tabs[title]]
            shown: dict[str, Any] = {"range": f"'{title}'!A1:Z1000", "majorDimension": "ROWS"}
            if values := _trimmed(rows):
                shown["values"] = values
            found.append(shown)
        return Answer({"spreadsheetId": self.id, "valueRanges": found})


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _cell(value: Cell, render: str, dates: str) -> Any:
    """A cell as the API gives it: unformatted, a date is a number of days since 1899-12-30; formatted, everything is text."""
    if value is None:
        return ""
    if isinstance(value, date):
        if render == "UNFORMATTED_VALUE" and dates == "SERIAL_NUMBER":
            whole = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
            serial = (whole - datetime(1899, 12, 30)).total_seconds() / 86_400
            return int(serial) if serial == int(serial) else serial
        return value.strftime("%d.%m.%Y")
    if render != "UNFORMATTED_VALUE" and not isinstance(value, str):
        return str(value).replace(".", ",")
    return value


def _trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    """Without empty cells at the end of rows and empty rows at the end, as the API leaves them out."""
    short = []
    for row in rows:
        while row and row[-1] == "":
            row = row[:-1]
        short.append(row)
    while short and not short[-1]:
        short.pop()
    return short


def _error(code: int, status: str, message: str) -> Answer:
    return Answer({"error": {"code": code, "message": message, "status": status}}, code)


def made_rows(days: int = 30) -> list[list[Cell]]:
    """A log in the template's columns: three sets of two exercises, every second day of 2025."""
    rows: list[list[Cell]] = [list(HEADER)]
    for place in range(days):
        day = date.fromordinal(date(2025, 1, 6).toordinal() + 2 * place)
        for exercise, load in (("Squat", 80 + place * 2.5), ("Bench Press", 60 + place * 1.25)):
            rows += [[day, "Push", exercise, each, 8, load, "kg", None] for each in (1, 2, 3)]
    return rows


if __name__ == "__main__":
    fake = Sheets()
    standalone(
        fake,
        "sheets",
        lambda url: [f"SHEETS_BASE_URL={url}", f"SHEETS_ID={fake.id}", f"SHEETS_CREDENTIALS='{json.dumps(fake.credentials())}'"],
    )
