"""Strava: rotating tokens, both rate limits with their headers, pages in the order that depends on the question, Inactive."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tests.fakes.oauth import Refused, SignIn
from tests.fakes.server import REALDATA, Answer, Fake, Request, standalone

ACCESS_S = 6 * 3600
STREAMS = re.compile(r"/api/v3/activities/(\d+)/streams")
STREAM_KEYS = frozenset(
    ("time", "distance", "latlng", "altitude", "velocity_smooth", "heartrate", "cadence", "watts", "temp", "moving", "grade_smooth")
)
MOST = 200


class Strava(Fake):
    """One athlete's `activities`. `page_cap` gives fewer than asked for, as the service may; `inactive` refuses everything."""

    def __init__(self, activities: list[dict[str, Any]] | None = None, page_cap: int = MOST, now: float | None = None) -> None:
        super().__init__(now)
        self.sign_in = SignIn("123", "strava-secret-canary", ACCESS_S, "strava")
        self.activities = list(activities if activities is not None else made_activities(self.now()))
        self.page_cap = page_cap
        self.inactive = False
        self.newest_first = False  # a day on which `after` alone comes in the other order
        self.limits = {"all": [200, 2000], "read": [100, 1000]}
        self.used = {"all": [0, 0], "read": [0, 0]}
        self._span = (0, 0)
        self.streams: dict[int, dict[str, list[Any]]] = {}  # of an activity, instead of made ones
        self.listed: list[int] = []  # the starts of all activities given, in the order they were
        self.statuses: list[int] = []

    def describe(self, request: Request) -> str:
        if match := STREAMS.fullmatch(request.path):
            return f"streams {match[1]}"
        return f"activities {request.query.get('page')}" if request.path.endswith("/activities") else request.path

    def answer(self, request: Request) -> Answer:
        if request.path == "/oauth/authorize":
            return self._authorize(request)
        if request.path == "/oauth/token" and request.method == "POST":
            return self._token(request)
        if not request.path.startswith("/api/v3/"):
            return _fault(404, "Record Not Found")
        return self._limited(request)

    def _authorize(self, request: Request) -> Answer:
        query = request.query
        if query.get("client_id") != self.sign_in.client_id or query.get("response_type") != "code":
            return _fault(400, "Bad Request", resource="Application", field="client_id", code="invalid")
        code = self.sign_in.code(query["redirect_uri"], query.get("scope", ""))
        come_back = {"state": query.get("state", ""), "code": code, "scope": query.get("scope", "")}
        return Answer(location=f"{query['redirect_uri']}?{urlencode(come_back)}")

    def _token(self, request: Request) -> Answer:
        if self.inactive:
            return _inactive()
        try:
            pair = self.sign_in.exchange(request.form, self.now(), check_redirect=False)
        except Refused as refused:
            return _fault(400, "Bad Request", resource="RefreshToken", field=str(refused), code="invalid")
        content: dict[str, Any] = {"token_type": "Bearer", "access_token": pair.access, "refresh_token": pair.refresh}
        content |= {"expires_at": pair.expires_at, "expires_in": ACCESS_S}
        if request.form.get("grant_type") == "authorization_code":
            content["athlete"] = {"id": 1}
        return Answer(content)

    def _limited(self, request: Request) -> Answer:
        """The answer under the limits: a quarter of an hour and a day in UTC, for all requests and for reading ones."""
        now = self.now()
        quarter, day = now // 900, now // 86_400
        for counts in self.used.values():
            counts[0] = counts[0] if quarter == self._span[0] else 0
            counts[1] = counts[1] if day == self._span[1] else 0
        self._span = (quarter, day)
        over = any(counts[part] >= self.limits[kind][part] for kind, counts in self.used.items() for part in (0, 1))
        for counts in self.used.values():
            counts[0] += 1
            counts[1] += 1
        if over:
            answer = _fault(429, "Rate Limit Exceeded", resource="Application", field="overall rate limit", code="exceeded")
        else:
            answer = self._api(request)
        for kind, name in (("all", "RateLimit"), ("read", "ReadRateLimit")):
            answer.headers[f"X-{name}-Limit"] = ",".join(map(str, self.limits[kind]))
            answer.headers[f"X-{name}-Usage"] = ",".join(map(str, self.used[kind]))
        self.statuses.append(answer.status)
        return answer

    def _api(self, request: Request) -> Answer:
        if self.inactive:
            return _inactive()
        if "access_token" in request.query:
            return _fault(401, "Authorization Error", resource="Athlete", field="access_token", code="in the address")
        try:
            pair = self.sign_in.use(request.bearer, self.now())
        except Refused:
            return _fault(401, "Authorization Error", resource="Athlete", field="access_token", code="invalid")
        if "activity:read" not in pair.scope:
            return _fault(401, "Authorization Error", resource="AccessToken", field="activity:read_permission", code="missing")
        if match := STREAMS.fullmatch(request.path):
            return self._streams(match[1], request.query)
        if request.path != "/api/v3/athlete/activities":
            return _fault(404, "Record Not Found")
        return self._list(request.query)

    def _streams(self, number: str, query: dict[str, str]) -> Answer:
        """What is asked for and there is; by type only with `key_by_type=true`, else a list. Typed by hand: there are none."""
        found = next((each for each in self.activities if str(each["id"]) == number), None)
        if found is None or found.get("manual"):
            return _fault(404, "Record Not Found", resource="Activity", field="id", code="not found")
        asked = [each for each in query.get("keys", "").split(",") if each]
        if not asked or not set(asked) <= STREAM_KEYS:
            return _fault(400, "Bad Request", resource="Stream", field="keys", code="invalid")
        made = self.streams.get(int(number)) or made_streams(found)
        points = len(made["time"])
        said = {
            name: {"data": made[name], "series_type": "distance", "original_size": points, "resolution": "high"}
            for name in ("time", "distance", *asked)  # Strava always adds the distance
            if name in made
        }
        if query.get("key_by_type") != "true":
            return Answer([{"type": name, **each} for name, each in said.items()])
        return Answer(said)

    def _list(self, query: dict[str, str]) -> Answer:
        page, size = int(query.get("page", 1)), int(query.get("per_page", 30))
        if page < 1 or not 0 < size <= MOST:
            return _fault(400, "Bad Request", resource="Activity", field="per_page", code="invalid")
        after, before = int(query.get("after") or 0), int(query.get("before") or 1 << 40)
        found = [each for each in self.activities if after < stamp(each) < before]
        oldest_first = "after" in query and "before" not in query and not self.newest_first
        found.sort(key=lambda each: (stamp(each), each["id"]), reverse=not oldest_first)
        size = min(size, self.page_cap)
        shown = found[(page - 1) * size : page * size]
        self.listed += [stamp(each) for each in shown]
        return Answer(shown)


def stamp(activity: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(activity["start_date"]).timestamp())


def _fault(status: int, message: str, **error: str) -> Answer:
    return Answer({"message": message, "errors": [error] if error else []}, status)


def _inactive() -> Answer:
    return _fault(403, "Forbidden", resource="Application", field="Status", code="Inactive")


def activity(number: int, at: int, **more: Any) -> dict[str, Any]:
    """An activity of the project's own making, begun at that second."""
    when = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "resource_state": 2,
        "athlete": {"id": 1, "resource_state": 1},
        "id": number,
        "name": f"Made {number}",
        "type": "Run",
        "sport_type": ("Run", "TrailRun", "Ride", "Walk")[number % 4],
        "start_date": when,
        "start_date_local": when,
        "timezone": "(GMT+01:00) Europe/Berlin",
        "utc_offset": 7200.0 if 3 < datetime.fromtimestamp(at, UTC).month < 10 else 3600.0,
        "distance": 5000.1 + number % 900,
        "moving_time": 1500 + number % 700,
        "elapsed_time": 1600 + number % 700,
        "total_elevation_gain": 12.5,
        "average_speed": 3.214,
        "has_heartrate": number % 2 == 0,
        **({"average_heartrate": 142.3, "max_heartrate": 171.0} if number % 2 == 0 else {}),
        **more,
    }


def made_streams(activity: dict[str, Any], points: int = 41) -> dict[str, list[Any]]:
    """The streams of a made activity: its way and time in even steps, north along a meridian, a pulse where it has one."""
    shares = [at / (points - 1) for at in range(points)]
    made: dict[str, list[Any]] = {
        "time": [round(share * activity["elapsed_time"]) for share in shares],
        "distance": [round(share * activity["distance"], 1) for share in shares],
        "latlng": [[round(52.5 + share * activity["distance"] / 111_195, 6), 13.4] for share in shares],
        "altitude": [round(40 + 10 * share, 1) for share in shares],
    }
    if activity.get("has_heartrate"):
        made["heartrate"] = [120 + round(40 * share) for share in shares]
    return made


def made_activities(now: int, count: int = 120, every_s: int = 2 * 86_400) -> list[dict[str, Any]]:
    """`count` activities, one each two days, the last one a day ago."""
    return [activity(5_000_000 + place, now - 86_400 - (count - place) * every_s) for place in range(count)]


def real_activities() -> list[dict[str, Any]]:
    """Another athlete's recorded list; empty where it is not at hand."""
    path = REALDATA / "strava" / "activities_150.json"
    return list(json.loads(path.read_text())) if path.is_file() else []


if __name__ == "__main__":
    fake = Strava(page_cap=50)
    fake.activities += real_activities()
    token = fake.sign_in.grant("read,activity:read_all")
    standalone(
        fake,
        "strava",
        lambda url: [
            f"STRAVA_BASE_URL={url}",
            "STRAVA_CLIENT_ID=123",
            "STRAVA_CLIENT_SECRET=strava-secret-canary",
            f"then: python -m collectors connect strava --refresh-token {token}",
        ],
    )
