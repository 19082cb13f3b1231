"""Sign-in as Withings and Strava do it: codes used once, access tokens that expire, refresh tokens that rotate."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

_numbers = itertools.count(1)


class Refused(Exception):
    """The service does not accept this code or token."""


@dataclass
class Pair:
    """An access token with the refresh token issued beside it."""

    access: str
    refresh: str
    expires_at: int
    scope: str


@dataclass
class SignIn:
    """One application and its one user. `prefix` makes tokens recognisable, `lives_s` is how long an access token does."""

    client_id: str
    client_secret: str
    lives_s: int
    prefix: str
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)  # code -> (redirect_uri, scope)
    access: dict[str, Pair] = field(default_factory=dict)
    refresh: dict[str, str] = field(default_factory=dict)  # refresh token -> scope
    dies_at: dict[str, int] = field(default_factory=dict)  # a replaced refresh token's last moment
    replaced_by: dict[str, str] = field(default_factory=dict)  # access token -> the refresh token that its first use kills
    authorised: int = 0
    refreshed: int = 0

    OLD_LIVES_S = 8 * 3600

    def grant(self, scope: str) -> str:
        """A first refresh token, as a person would paste it."""
        token = self._new("refresh")
        self.refresh[token] = scope
        return token

    def code(self, redirect_uri: str, scope: str) -> str:
        code = self._new("code")
        self.codes[code] = (redirect_uri, scope)
        return code

    def exchange(self, form: dict[str, str], now: int, *, check_redirect: bool) -> Pair:
        self._check_client(form)
        if form.get("grant_type") == "authorization_code":
            found = self.codes.pop(form.get("code", ""), None)
            if found is None or (check_redirect and form.get("redirect_uri") != found[0]):
                raise Refused("code")
            self.authorised += 1
            return self._issue(found[1], now, None)
        old = form.get("refresh_token", "")
        if form.get("grant_type") != "refresh_token" or old not in self.refresh or now >= self.dies_at.get(old, now + 1):
            raise Refused("refresh_token")
        self.refreshed += 1
        return self._issue(self.refresh[old], now, old)

    def use(self, access: str, now: int) -> Pair:
        """The pair of a living access token; its first use ends the refresh token it replaced."""
        pair = self.access.get(access)
        if pair is None or now >= pair.expires_at:
            raise Refused("access_token")
        old = self.replaced_by.pop(access, None)
        if old is not None:
            self.refresh.pop(old, None)
        return pair

    def expire(self) -> None:
        """Every access token is too old from now on."""
        self.access.clear()

    def revoke(self) -> None:
        """The person took the permission back."""
        self.access.clear()
        self.refresh.clear()

    def _issue(self, scope: str, now: int, old: str | None) -> Pair:
        pair = Pair(self._new("access"), self._new("refresh"), now + self.lives_s, scope)
        self.access[pair.access] = pair
        self.refresh[pair.refresh] = scope
        if old is not None:
            self.replaced_by[pair.access] = old
            self.dies_at.setdefault(old, now + self.OLD_LIVES_S)
        return pair

    def _check_client(self, form: dict[str, str]) -> None:
        if form.get("client_id") != self.client_id or form.get("client_secret") != self.client_secret:
            raise Refused("client")

    def _new(self, kind: str) -> str:
        return f"{self.prefix}-{kind}-canary-{next(_numbers):05d}"
