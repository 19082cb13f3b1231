"""Withings: HTTP 200 for everything, rotating tokens, pages newest first, 120 requests a minute."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tests.fakes.oauth import Refused, SignIn
from tests.fakes.server import REALDATA, Answer, Fake, Request, standalone

ACCESS_S = 3 * 3600
A_MINUTE = 120


class Withings(Fake):
    """One account with `groups`, newest first as the service gives them, `page_size` a page."""

    def __init__(self, groups: list[dict[str, Any]] | None = None, page_size: int = 100, now: float | None = None) -> None:
        super().__init__(now)
        self.sign_in = SignIn("withings-id", "withings-secret-canary", ACCESS_S, "withings")
        self.groups = list(groups if groups is not None else made_groups(self.now()))
        self.page_size = page_size
        self.zone = "Europe/Amsterdam"
        self.user = "4711"
        self.per_minute = A_MINUTE
        self._minute: list[int] = []
        self.pages_left: int | None = None  # then status 601
        self.nights: list[dict[str, Any]] = []
        self.nights_a_page = 300

    def add(self, group: dict[str, Any]) -> None:
        """A group that the account has from now on."""
        self.groups.append({**group, "created": self.now(), "modified": self.now()})

    def describe(self, request: Request) -> str:
        action = request.form.get("action") or request.query.get("action") or request.path
        return f"{action} {request.form['offset']}" if "offset" in request.form else action

    def answer(self, request: Request) -> Answer:
        if request.path == "/oauth2_user/authorize2":
            return self._authorize(request)
        if request.method != "POST":
            return _status(2555)
        if self._too_many():
            return _status(601)
        if request.path == "/v2/oauth2":
            return self._token(request)
        if request.path == "/measure":
            return self._measures(request)
        if request.path == "/v2/sleep":
            return self._sleep(request)
        return _status(2555)

    def _too_many(self) -> bool:
        now = self.now()
        self._minute = [each for each in self._minute if each > now - 60]
        if len(self._minute) >= self.per_minute:
            return True
        self._minute.append(now)
        return False

    def _authorize(self, request: Request) -> Answer:
        query = request.query
        if query.get("client_id") != self.sign_in.client_id or query.get("response_type") != "code" or not query.get("state"):
            return Answer({"errors": ["invalid request"]}, 400)
        code = self.sign_in.code(query["redirect_uri"], query.get("scope", ""))
        return Answer(location=f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}")

    def _token(self, request: Request) -> Answer:
        if request.form.get("action") != "requesttoken":
            return _status(2554)
        try:
            pair = self.sign_in.exchange(request.form, self.now(), check_redirect=True)
        except Refused:
            return _status(503)
        return _status(
            0,
            userid=self.user,
            access_token=pair.access,
            refresh_token=pair.refresh,
            expires_in=ACCESS_S,
            scope=pair.scope,
            token_type="Bearer",
        )

    def _measures(self, request: Request) -> Answer:
        form = request.form
        if form.get("action") != "getmeas":
            return _status(2554)
        try:
            pair = self.sign_in.use(request.bearer, self.now())
        except Refused:
            return _status(401)
        if "user.metrics" not in pair.scope:
            return _status(401)
        if self.pages_left is not None:
            if self.pages_left == 0:
                return _status(601)
            self.pages_left -= 1
        if "lastupdate" in form and ("startdate" in form or "enddate" in form):
            return _status(503)
        return self._page(form)

    def _sleep(self, request: Request) -> Answer:
        """Nights by when they changed or by their days, never both nor neither; of each the fields alone that were asked for."""
        form = request.form
        if form.get("action") != "getsummary":
            return _status(2554)
        try:
            pair = self.sign_in.use(request.bearer, self.now())
        except Refused:
            return _status(401)
        if "user.activity" not in pair.scope:
            return _status(403)
        changed, by_day = int(form.get("lastupdate") or 0), "startdateymd" in form and "enddateymd" in form
        if bool(changed) == by_day:
            return _status(503)
        found = [each for each in self.nights if each["modified"] >= changed]
        found = [each for each in found if not by_day or form["startdateymd"] <= each["date"] <= form["enddateymd"]]
        offset = int(form.get("offset", 0))
        end = offset + self.nights_a_page
        page, more = found[offset:end], end < len(found)
        fields = form.get("data_fields", "").split(",")
        told = [{**each, "data": {key: value for key, value in each["data"].items() if key in fields}} for each in page]
        return _status(0, series=told, more=more, offset=end if more else 0)

    def _page(self, form: dict[str, str]) -> Answer:
        found = [each for each in self.groups if _wanted(each, form)]
        found.sort(key=lambda each: (-each["date"], each["grpid"], each["attrib"]))
        offset = int(form.get("offset", 0))
        page = found[offset : offset + self.page_size]
        body: dict[str, Any] = {"updatetime": self.now(), "timezone": self.zone, "measuregrps": page}
        if offset + self.page_size < len(found):
            body |= {"more": 1, "offset": offset + self.page_size}
        return _status(0, **body)


def _wanted(group: dict[str, Any], form: dict[str, str]) -> bool:
    if "category" in form and group["category"] != int(form["category"]):
        return False
    if group["modified"] < int(form.get("lastupdate", 0)):
        return False
    return int(form.get("startdate", 0)) <= group["date"] <= int(form.get("enddate", 1 << 40))


def _status(status: int, **body: Any) -> Answer:
    return Answer({"status": status, "body": body})


_grpids = itertools.count(9_000_000_001)


def group(date: int, values: dict[int, tuple[int, int]], modified: int | None = None, **more: Any) -> dict[str, Any]:
    """A measure group of the project's own making: `values` is {type: (value, unit)}."""
    measures = [{"type": kind, "value": value, "unit": unit, "algo": 0, "fm": 3} for kind, (value, unit) in values.items()]
    return {
        "grpid": next(_grpids),
        "attrib": 0,
        "date": date,
        "created": modified or date,
        "modified": modified or date,
        "category": 1,
        "deviceid": "a" * 40,
        "model": "Body+",
        "measures": measures,
        "comment": None,
        **more,
    }


def night(start: int, hours: float = 8, number: int | None = None, modified: int | None = None, **data: Any) -> dict[str, Any]:
    """A night of the project's own making, a Sleep mat's."""
    end = start + round(hours * 3600)
    asleep = round(hours * 3600 * 0.9)
    stages = {"lightsleepduration": asleep - 9_000, "deepsleepduration": 4_500, "remsleepduration": 4_500}
    return {
        "id": number or next(_grpids),
        "timezone": "Europe/Amsterdam",
        "model": 32,
        "startdate": start,
        "enddate": end,
        "date": datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%d"),
        "data": {"total_sleep_time": asleep, **stages, "wakeupduration": 1_800, "hr_average": 52, "sleep_score": 81, **data},
        "created": end,
        "modified": modified or end,
    }


def real_nights() -> list[dict[str, Any]]:
    """The recorded nights of other people's mats; empty where they are not at hand."""
    place = REALDATA / "withings" / "sleep_summary.json"
    found: list[dict[str, Any]] = json.loads(place.read_text())["body"]["series"] if place.is_file() else []
    return found


def made_groups(now: int, days: int = 60) -> list[dict[str, Any]]:
    """Weigh-ins of the last `days`, each with its body composition in a second group that arrived later, and one objective."""
    groups = [group(now - 90 * 86_400, {1: (70, 0)}, category=2)]
    for day in range(days, 0, -1):
        date = now - day * 86_400
        groups.append(group(date, {1: (82_000 - 13 * day, -3), 6: (21_000 + 7 * day, -3)}))
        groups.append(group(date, {76: (6_100 + day, -2), 88: (320, -2), 11: (58 + day % 7, 0)}, modified=date + 40_000))
    return groups


def real_groups() -> list[dict[str, Any]]:
    """The recorded groups of other people's scales; empty where they are not at hand."""
    if not (REALDATA / "withings").is_dir():
        return []
    found = [
        json.loads((REALDATA / "withings" / f"{name}.json").read_text()) for name in ("measurement_list_2", "measurement_positions")
    ]
    return [*found[0], *found[1], *json.loads((REALDATA / "withings" / "measurement.json").read_text())["body"]["measuregrps"]]


if __name__ == "__main__":
    fake = Withings(page_size=25)
    fake.groups += real_groups()
    fake.nights += real_nights()
    token = fake.sign_in.grant("user.metrics,user.activity")
    standalone(
        fake,
        "withings",
        lambda url: [
            f"WITHINGS_BASE_URL={url}",
            "WITHINGS_CLIENT_ID=withings-id",
            "WITHINGS_CLIENT_SECRET=withings-secret-canary",
            f"then: python -m collectors connect withings --refresh-token {token}",
        ],
    )
