"""How every collector talks to a service: one kind of session, with timeouts, bounded retries, a count, and no secret in a log."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from collectors import answers
from collectors.source import Failed, Stopped

TIMEOUT = (10.0, 30.0)  # seconds to connect, seconds between bytes
RETRIES = 3
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Traffic:
    """The requests of one run: how many there were, and whether the run should end.

    `before` is called ahead of each request (a run renews its lease there). `wait` sleeps, and ends early when the run is stopped.
    """

    def __init__(
        self,
        stop: threading.Event | None = None,
        before: Callable[[], None] | None = None,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self.requests = 0
        self.stop = stop or threading.Event()
        self.before = before
        self.wait = wait or self.stop.wait

    def check(self) -> None:
        """Raise Stopped when the run was asked to end."""
        if self.stop.is_set():
            raise Stopped("The run was asked to end. Nothing is lost: the next run goes on from here.")

    def another(self) -> None:
        """One more request is about to go out."""
        self.check()
        if self.before:
            self.before()
        self.requests += 1


def session(
    traffic: Traffic,
    base_url: str | None = None,
    hosts: Iterable[str] = (),
    repeat: frozenset[str] = frozenset({"GET"}),
) -> requests.Session:
    """A session that counts into `traffic` and sends what is meant for `hosts` to `base_url`.

    Methods in `repeat` are sent again after a broken connection or a 5xx answer, up to three times; a limit (429) never is.
    """
    result = requests.Session()
    adapter = _Adapter(traffic, base_url, frozenset(hosts), repeat)
    result.mount("https://", adapter)
    result.mount("http://", adapter)
    result.max_redirects = 2
    # A callable keeps requests from replacing our header with a password of ~/.netrc.
    result.auth = _as_it_is
    if base_url and urlsplit(base_url).hostname in LOOPBACK:
        result.trust_env = False
    return result


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Retry(Retry):
    """urllib3's retry, counting each try and sleeping in a way that can be interrupted."""

    traffic: Traffic

    def new(self, **values: Any) -> _Retry:
        fresh: _Retry = super().new(**values)
        fresh.traffic = self.traffic
        return fresh

    def sleep(self, response: object = None) -> None:  # noqa: ARG002  # urllib3's signature; Retry-After is not waited for
        self.traffic.wait(self.get_backoff_time())
        self.traffic.another()


class _Adapter(HTTPAdapter):
    def __init__(self, traffic: Traffic, base_url: str | None, hosts: frozenset[str], repeat: frozenset[str]) -> None:
        retry = _Retry(
            total=RETRIES,
            allowed_methods=repeat,
            status_forcelist=(500, 502, 503, 504),
            backoff_factor=0.5,
            respect_retry_after_header=False,
            raise_on_status=False,
        )
        retry.traffic = traffic
        super().__init__(max_retries=retry)
        self.traffic, self.hosts = traffic, hosts
        self.base = urlsplit(base_url) if base_url else None

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.traffic.another()
        request.url = self.rewritten(request.url or "")
        kwargs["timeout"] = kwargs.get("timeout") or TIMEOUT
        response = super().send(request, *args, **kwargs)
        response.json = lambda **_: answers.told(response.content)  # type: ignore[method-assign]  # stravalib and gspread ask it too
        return response

    def rewritten(self, url: str) -> str:
        """`url` at the service's present address. Raises Failed for plain http to another machine."""
        parts = urlsplit(url)
        if self.base and parts.hostname in self.hosts:
            parts = parts._replace(scheme=self.base.scheme, netloc=self.base.netloc, path=self.base.path + parts.path)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise Failed(f"{parts.hostname} would be reached without encryption: its address must start with https://")
        return urlunsplit(parts)


# -- secrets and logs

_NAMED = re.compile(
    r"""((?:access_token|refresh_token|client_secret|assertion|id_token|private_key|code|password)["']?\s*[=:]\s*["']?)[^\s"'&,}]+"""
    r"""|(bearer\s+)[^\s"',}]+""",
    re.IGNORECASE,
)
_hidden: set[str] = set()


def hide(*secrets: str | None) -> None:
    """Never let these texts reach a log of this process."""
    _hidden.update(each for each in secrets if each and len(each) > 3)


def clean(text: str) -> str:
    """`text` without any secret that is known or named as one."""
    for secret in _hidden:
        text = text.replace(secret, "[hidden]")
    return _NAMED.sub(lambda found: f"{found[1] or found[2]}[hidden]", text)


def guard_logs() -> None:
    """Clean every log record of this process, whichever library makes it. Entry points call this once."""
    make = logging.getLogRecordFactory()
    if getattr(make, "guards", False):
        return

    def guarded(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        said = record.getMessage()
        if (cleaned := clean(said)) != said:
            record.msg, record.args = cleaned, ()
        if record.exc_info:
            record.exc_text = clean(logging.Formatter().formatException(record.exc_info))
        return record

    guarded.guards = True  # type: ignore[attr-defined]  # a mark on our own function, so that two calls do not nest
    logging.setLogRecordFactory(guarded)
