"""The services a person can connect: where they live, how one signs in, and which settings they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol
from urllib.parse import urlsplit

WITHINGS_HOME = "https://wbsapi.withings.net"
WITHINGS_SIGN_IN = "https://account.withings.com"
STRAVA_HOME = "https://www.strava.com"


class ServiceSettings(Protocol):
    """The part of settings.Settings that is about services."""

    @property
    def withings_client_id(self) -> str | None: ...
    @property
    def withings_client_secret(self) -> str | None: ...
    @property
    def withings_base_url(self) -> str | None: ...
    @property
    def strava_client_id(self) -> str | None: ...
    @property
    def strava_client_secret(self) -> str | None: ...
    @property
    def strava_base_url(self) -> str | None: ...
    @property
    def sheets_credentials(self) -> str | None: ...
    @property
    def sheets_id(self) -> str | None: ...
    @property
    def sheets_base_url(self) -> str | None: ...
    @property
    def sheets_mapping(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service. `connected_by` oauth: the person signs in with a browser; settings: its settings are the connection.

    `missing` names the settings without which it cannot be connected. `base_url` is None for the service's own address.
    """

    name: str
    title: str
    connected_by: Literal["oauth", "settings"]
    client_id: str | None = None
    client_secret: str | None = field(repr=False, default=None)
    base_url: str | None = None
    sign_in_url: str = ""
    token_url: str = ""
    scope: str = ""
    credentials: str | None = field(repr=False, default=None)
    document: str | None = None
    mapping: str | None = None
    missing: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """True when every setting it needs is there."""
        return not self.missing

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never reach a log."""
        return tuple(each for each in (self.client_secret, self.credentials) if each)


def from_settings(settings: ServiceSettings) -> dict[str, Service]:
    """Every service by name, as the settings describe it."""
    return {each.name: each for each in (_withings(settings), _strava(settings), _sheets(settings))}


def _withings(settings: ServiceSettings) -> Service:
    base = settings.withings_base_url or WITHINGS_HOME
    sign_in = WITHINGS_SIGN_IN if base == WITHINGS_HOME else base
    return Service(
        name="withings",
        title="Withings",
        connected_by="oauth",
        client_id=settings.withings_client_id,
        client_secret=settings.withings_client_secret,
        base_url=base,
        sign_in_url=f"{sign_in}/oauth2_user/authorize2",
        token_url=f"{base}/v2/oauth2",
        scope="user.metrics,user.activity",  # readings; nights
        missing=_missing(WITHINGS_CLIENT_ID=settings.withings_client_id, WITHINGS_CLIENT_SECRET=settings.withings_client_secret),
    )


def _strava(settings: ServiceSettings) -> Service:
    base = settings.strava_base_url or STRAVA_HOME
    return Service(
        name="strava",
        title="Strava",
        connected_by="oauth",
        client_id=settings.strava_client_id,
        client_secret=settings.strava_client_secret,
        base_url=base,
        sign_in_url=f"{base}/oauth/authorize",
        token_url=f"{base}/oauth/token",
        scope="read,activity:read_all",
        missing=_missing(STRAVA_CLIENT_ID=settings.strava_client_id, STRAVA_CLIENT_SECRET=settings.strava_client_secret),
    )


def _sheets(settings: ServiceSettings) -> Service:
    return Service(
        name="sheets",
        title="Google Sheets",
        connected_by="settings",
        base_url=settings.sheets_base_url,
        credentials=settings.sheets_credentials,
        document=document_id(settings.sheets_id),
        mapping=settings.sheets_mapping,
        missing=_missing(SHEETS_CREDENTIALS=settings.sheets_credentials, SHEETS_ID=settings.sheets_id),
    )


def document_id(text: str | None) -> str | None:
    """The id of a spreadsheet, also when the person pasted its whole address."""
    if not text or "/" not in text:
        return text
    parts = [each for each in urlsplit(text).path.split("/") if each]
    return parts[parts.index("d") + 1] if "d" in parts[:-1] else text


def _missing(**values: str | None) -> tuple[str, ...]:
    return tuple(name for name, value in values.items() if not value)
