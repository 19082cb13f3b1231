"""Google Sheets by its API: a person's own training log, in the template's columns or laid out otherwise (docs/sheets.md).

Two requests a run, besides Google's sign-in: the tabs with the sheet's time zone, and all their cells; more where the sheet is so
large that its cells come in several pages of whole tabs. Every run sees everything, so what vanished from the sheet vanishes here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collectors import sheet_layout as layout
from collectors.http import TIMEOUT, Traffic, hide, session
from collectors.oauth import Access, trouble
from collectors.services import Service
from collectors.source import ALL_TIME, Failed, Halt, Limited, Parsed, ReconnectNeeded, Slice
from collectors.sources import _sheets_sets as sets
from health import days
from health.records import RawRow

if TYPE_CHECKING:
    from gspread.http_client import HTTPClient

name = "sheets"
title = "Google Sheets"
record_source = "sheets"
kind = "workout"
whole_groups = True  # a read shows the whole sheet

_READING = 1  # goes up when this module reads the same cells in another way, so that every sheet is read anew
_SCOPES = ["https://www.googleapis.com/auth/spreadsheets.readonly"]
_HOSTS = frozenset({"sheets.googleapis.com", "www.googleapis.com", "oauth2.googleapis.com", "accounts.google.com"})
# Cells of one answer, empty ones counted: 30,000 sets in the template's columns are 240,000. A tab larger than that comes alone:
# cut in two, a row moved between the two requests would be read twice or not at all.
_PAGE_CELLS = 500_000
_OPTIONS = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}


@dataclass(frozen=True)
class Book:
    """A spreadsheet as it was read."""

    zone: str
    tabs: Sequence[layout.Tab]


@dataclass(frozen=True)
class Grid:
    """A tab before its cells are read: its id, what it is called, and how many cells it has room for."""

    number: int
    title: str
    cells: int

    @classmethod
    def of(cls, properties: Any) -> Grid:
        """From the properties of a sheet (developers.google.com/workspace/sheets/api, SheetProperties)."""
        size = properties.get("gridProperties") or {}
        cells = int(size.get("rowCount", 0)) * int(size.get("columnCount", 0))
        return cls(number=int(properties.get("sheetId", 0)), title=str(properties["title"]), cells=cells)


def _pages(grids: Sequence[Grid]) -> Iterator[list[Grid]]:
    """The tabs in their order, as many at once as one answer may hold."""
    page: list[Grid] = []
    for each in grids:
        if page and sum(one.cells for one in page) + each.cells > _PAGE_CELLS:
            yield page
            page = []
        page.append(each)
    if page:
        yield page


def _cells(found: Any) -> list[list[Any]]:
    """The rows of a tab; an empty tab has none. What is no row is one of a single cell, to be set aside. Raises ValueError."""
    rows = found.get("values", [])
    if not isinstance(rows, list):
        raise ValueError("no rows")
    return [each if isinstance(each, list) else [] if each is None else [each] for each in rows]


class Client:
    """Reads one spreadsheet. `account` is its id."""

    def __init__(self, service: Service, traffic: Traffic, zone: str) -> None:
        self.account = service.document or ""
        self.mapping = layout.read_mapping(service.mapping)
        self._http = session(traffic, service.base_url, hosts=_HOSTS)
        self._info = read_credentials(service.credentials or "")
        self._zone = zone

    def close(self) -> None:
        self._http.close()

    def book(self) -> Book:
        """Every tab's cells, unformatted. Raises Limited, ReconnectNeeded or Failed."""
        from gspread.exceptions import GSpreadException
        from gspread.http_client import HTTPClient

        self._sign_in()
        client = HTTPClient(None, session=self._http)
        client.set_timeout(TIMEOUT)
        try:
            about = client.fetch_sheet_metadata(self.account)
            tabs = [tab for page in _pages(self._grids(about)) for tab in self._page(client, page)]
        except GSpreadException as error:
            raise self._halt(error) from None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            raise Failed(
                "Google Sheets gave an answer that is not understood. Nothing was changed: the next run tries again."
            ) from None
        return Book(zone=self._zone_of(about), tabs=tabs)

    def _page(self, client: HTTPClient, page: Sequence[Grid]) -> list[layout.Tab]:
        """The cells of some tabs, in one request."""
        ranges = [f"'{each.title.replace(chr(39), chr(39) * 2)}'" for each in page]
        found = client.values_batch_get(self.account, ranges, dict(_OPTIONS))
        values = [_cells(each) for each in found.get("valueRanges", [])]
        if len(values) != len(page):
            raise Failed("Google Sheets did not give all the tabs that were asked for. The next run tries again.")
        return [layout.Tab(number=each.number, title=each.title, cells=cells) for each, cells in zip(page, values, strict=True)]

    def _grids(self, about: Any) -> list[Grid]:
        properties = [each.get("properties", {}) for each in about.get("sheets", [])]
        grids = [Grid.of(each) for each in properties if each.get("sheetType", "GRID") == "GRID"]
        if not self.mapping.tabs:
            return grids
        missing = [title for title in self.mapping.tabs if title not in {each.title for each in grids}]
        if missing:
            raise Failed(f"The spreadsheet has no tab {missing[0]!r}, which SHEETS_MAPPING names. Nothing was changed.")
        return [each for each in grids if each.title in self.mapping.tabs]

    def _zone_of(self, about: Any) -> str:
        zone = str(about.get("properties", {}).get("timeZone") or self._zone)
        try:
            days.zone_info(zone)
        except days.DayError:
            return self._zone
        return zone

    def _sign_in(self) -> None:
        """Google's access token for the service account, asked for once a run.

        The session carries it by itself: google-auth's own session would send requests of its own beside ours.
        """
        from google.auth import exceptions
        from google.auth.transport.requests import Request
        from google.oauth2.service_account import Credentials

        try:
            credentials = Credentials.from_service_account_info(self._info, scopes=_SCOPES)  # type: ignore[no-untyped-call]
        except (exceptions.GoogleAuthError, ValueError):
            raise Failed("SHEETS_CREDENTIALS is not the JSON key of a service account (see docs/sheets.md).") from None
        try:
            # google-auth would wait for two minutes.
            credentials.refresh(partial(Request(session=self._http), timeout=TIMEOUT))
        except exceptions.RefreshError as refused:
            raise _refused(refused) from None
        except exceptions.TransportError as error:
            raise Failed(f"Google could not be reached: {trouble(error)}. Nothing is lost: the next run tries again.") from None
        except (exceptions.GoogleAuthError, ValueError, TypeError, AttributeError):
            raise _no_token() from None  # google-auth takes the answer for what it should be
        if not (isinstance(credentials.token, str) and credentials.token):
            raise _no_token()
        hide(credentials.token)
        self._http.headers["Authorization"] = f"Bearer {credentials.token}"

    def _halt(self, error: Exception) -> Halt:
        response = getattr(error, "response", None)
        status = response.status_code if response is not None else 0
        if status == 429:
            return Limited("Google asks for a pause (60 reads a minute). The next run reads the sheet.")
        if status == 401:
            return ReconnectNeeded("Google no longer accepts the service account's key. Put a new one into SHEETS_CREDENTIALS.")
        if status == 403:
            return ReconnectNeeded(
                f"The spreadsheet is not shared with {self._info.get('client_email', 'the service account')}. "
                "Share it with that address (Viewer is enough)."
            )
        if status == 404:
            return Failed("There is no spreadsheet with the id in SHEETS_ID. Nothing was changed.")
        return Failed(f"Google Sheets could not answer (HTTP {status}). Nothing was changed: the next run tries again.")


def _refused(error: Any) -> Halt:
    """What Google's answer to the request for a token means; `error` is google-auth's RefreshError."""
    said = str(error)
    if "reasonable timeframe" in said:  # the request for a token says when it was made
        return Failed("Google refused the sign-in because of this machine's clock: put it right. Nothing is lost.")
    if "invalid_" not in said and "_client" not in said:  # RFC 6749, 5.2: only these are about the key
        return _no_token()
    return ReconnectNeeded(
        "Google refused the service account. Make a new key for it and put it into SHEETS_CREDENTIALS; all data stays."
    )


def _no_token() -> Failed:
    return Failed("Google answered without a token. Nothing was changed: the next run tries again.")


def read_credentials(text: str) -> dict[str, Any]:
    """The service account's key, from its JSON or the path of a file with it. Raises Failed without repeating any of it."""
    try:
        content = text if text.lstrip().startswith("{") else Path(text).expanduser().read_text(encoding="utf-8")
        info = json.loads(content)
    except OSError:
        raise Failed("SHEETS_CREDENTIALS is neither JSON nor the path of a file that can be read.") from None
    except ValueError:
        raise Failed("SHEETS_CREDENTIALS is not valid JSON.") from None
    if not isinstance(info, dict) or not info.get("private_key"):
        raise Failed("SHEETS_CREDENTIALS is not the JSON key of a service account (see docs/sheets.md).")
    hide(str(info["private_key"]), str(info.get("private_key_id") or ""))
    return info


def connect(service: Service, access: Access | None, traffic: Traffic, zone: str) -> Client:
    """A client for one run; `zone` counts where the sheet names none."""
    del access
    return Client(service, traffic, zone)


def slices(client: Client, cursor: dict[str, Any], now: datetime) -> Iterator[Slice]:
    """The whole sheet, each time it says something else than the last time. The cursor is the digest of what it said."""
    del now
    book = client.book()
    seen = {"digest": digest(book, client.mapping, client.account)}
    if cursor == seen:
        yield Slice(rows=(), cursor=seen, progress="nothing in the sheet has changed")
        return
    rows = list(book_rows(book, client.mapping, client.account))
    yield Slice(rows=rows, cursor=seen, whole=ALL_TIME, progress=f"{len(rows)} rows read")


def digest(book: Book, mapping: layout.SheetMapping, account: str) -> str:
    """What a sheet says and how it is read, in a word: ten years of sets need not be stored again every three hours."""
    tabs = [[tab.number, tab.title, tab.cells] for tab in book.tabs]
    said = json.dumps([_READING, account, book.zone, repr(mapping), tabs], ensure_ascii=True)
    return sha256(said.encode()).hexdigest()


def book_rows(book: Book, mapping: layout.SheetMapping, account: str) -> Iterator[RawRow]:
    """The raw rows of every tab that is a training log, oldest day first. Raises Failed when no tab is one."""
    found = [(tab, header) for tab in book.tabs if (header := layout.find_header(tab, mapping)) is not None]
    if not found or (mapping.tabs and len(found) < len(book.tabs)):
        bad = next((tab.title for tab in book.tabs if tab not in [tab for tab, _ in found]), "")
        raise Failed(
            f"The tab {bad!r} has no row of column names with a date and an exercise. Nothing was changed. "
            "See docs/sheets.md for the template and for SHEETS_MAPPING."
        )
    rows = [each for tab, header in found for each in _rows(tab, header, book.zone, mapping, account)]
    for _, row in sorted(rows, key=lambda each: each[0].wall.date() if each[0].wall else date.max):
        yield row


def _rows(
    tab: layout.Tab, header: layout.Header, zone: str, mapping: layout.SheetMapping, account: str
) -> Iterator[tuple[layout.Line, RawRow]]:
    """A raw row for each line; it is known by its session and its place within it, so a row inserted above moves nothing."""
    context: dict[str, Any] = {"account": account, "zone": zone, "fields": dict(header.fields)}
    context |= {"unit": header.unit or mapping.unit, "marks": layout.marks(tab, header, mapping)}
    if header.exercises:
        context["exercises"] = dict(header.exercises)
    counted: Counter[str] = Counter()
    for line in layout.lines(tab, header, mapping):
        group = f"{line.wall.date()}/{tab.number}/{line.workout or ''}" if line.wall else f"row {line.number}/{tab.number}"
        counted[group] += 1
        own: dict[str, Any] = {"workout": line.workout, "exercise": line.exercise}
        if line.wall:
            own["wall"] = line.wall.date().isoformat() if line.day_only else line.wall.isoformat()
        else:
            own |= {"problem": line.problem, "said": line.said}
        yield (
            line,
            RawRow(
                source=record_source,
                group=group,
                row_id=f"{group}/{counted[group]}",
                data=line.cells,
                context={key: value for key, value in {**context, **own}.items() if value is not None},
                place=f"tab {tab.title}, row {line.number}",
            ),
        )


def parse(rows: Sequence[RawRow], person: str) -> Parsed:
    """The workout of one day (and session), and a Rejected for each cell that cannot be read."""
    return sets.parse(rows, person)
