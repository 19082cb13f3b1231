"""The forecast as a program reads it: the page's figures, behind the page's gate, and errors that name what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import app as entry
import settings
from api import routes
from dashboard import words
from dashboard.page import View
from dashboard.pages import forecast as page
from dashboard.theme import Look
from forecast import plan
from health.days import local_day
from health.frames import Frames
from store.store import Store
from tests.dashboard.house import HOME, KEYS, NOW, ZONE, Clock, app, client, house
from tests.forecast.made import EMPTY, readings, runs, sunday, wandering
from tests.forecast.test_page import plain

PASSWORD = "correct horse battery staple"
TODAY = sunday(59) + timedelta(days=3)
THEN = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
PROBLEM = "application/problem+json"


def mounted(folder: Path, frames: Frames, *, password: str | None = None) -> tuple[Any, Store]:
    own = house(folder, clock=Clock(THEN))
    made = app(own, password=password)
    routes.register(made.server, store=own.store, frames=lambda: frames, clock=own.clock, zone=ZONE, person=own.person)
    return made, own.store


@pytest.fixture(scope="module")
def frames() -> Frames:
    made = readings(wandering(5, 7 * 60))
    days = [sunday(week) - timedelta(days=day) for week in range(60) for day in range(week % 4)]
    return Frames(measurements=made.measurements, activities=runs(days), workouts=made.workouts, sets=made.sets)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, frames: Frames) -> Any:
    return client(mounted(tmp_path_factory.mktemp("api"), frames)[0])


def ask(of: Any, query: str = "") -> Any:
    return of.get(f"{routes.BODY}{query}", headers=HOME)


def test_the_best_guess_is_that_of_the_page_and_of_the_plan(served: Any, frames: Frames) -> None:
    answer = ask(served, "?weeks=4")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    said, found = answer.json["body_mass_kg"], plan.outlook(frames, "body_mass_kg", TODAY)
    assert found is not None
    expected, at = found.expected("blend"), found.steps(TODAY, 4) - 1
    assert said["mean"] == expected.mean[at]
    assert (said["low_80"], said["high_80"]) == (expected.low_80[at], expected.high_80[at])
    assert said["low_80"] < said["low_50"] < said["mean"] < said["high_50"] < said["high_80"]
    assert (said["model"], said["unit"], said["for_day"]) == ("blend", "kg", str(found.day(at + 1)))
    assert said["score"]["n"] == found.score("blend", at + 1)["n"] > 0
    assert answer.json["plan"] is None


def test_a_plan_asks_the_weeks_like_it_as_the_page_does(served: Any, frames: Frames) -> None:
    said = ask(served, "?weeks=4&distance_m=20000&duration_s=6000&sessions=2&mean_load_kg=50").json["body_mass_kg"]
    assert said["model"] == "neighbours"
    look = Look(today=TODAY)
    view = View(
        house=_SettingsOnly(), frames=frames, look=look, now=THEN, path="/forecast",
        choices={"h": "4", "km": "20", "min": "100", "lifts": "2", "load": "50"},
    )  # fmt: skip
    shown = plain(page.content(view))
    low, high = (words.quantity("body_mass_kg", said[each], look) for each in ("low_80", "high_80"))
    assert f"between {low.number} and {str(high).replace(words.NBSP, ' ')}" in shown
    partly = ask(served, "?weeks=4&distance_m=0").json
    assert partly["plan"] == {"distance_m": 0.0, "duration_s": None, "sessions": None, "mean_load_kg": None}
    found = plan.outlook(frames, "body_mass_kg", TODAY)
    assert found is not None
    own = np.array([0.0, *found.usual()[1:]])
    assert partly["body_mass_kg"]["mean"] == found.asked(own, found.steps(TODAY, 4))[0].mean[found.steps(TODAY, 4) - 1]


class _SettingsOnly:
    """As much of a house as the page asks for."""

    person = "me"
    models = None

    @property
    def store(self) -> Any:
        return self

    def setting(self, _person: str, _key: str) -> None:
        return None


def test_what_was_never_measured_is_null_with_the_reason(served: Any, tmp_path: Path) -> None:
    said = ask(served).json["fat_ratio"]
    assert (said["mean"], said["low_80"], "no whole week" in said["reason"]) == (None, None, True)
    empty = ask(client(mounted(tmp_path, EMPTY)[0]))
    assert (empty.status_code, empty.json["body_mass_kg"]["mean"], empty.json["weeks"]) == (200, None, 8)


def test_with_few_weeks_it_is_the_baseline_and_says_so(tmp_path: Path) -> None:
    few = client(mounted(tmp_path, readings(wandering(5, 7 * 60)[7 * 36 :], sunday(36) - timedelta(days=6)))[0])
    for query in ("", "?sessions=2"):
        said = ask(few, query).json["body_mass_kg"]
        assert (said["model"], said["mean"]) == ("no_change", said["last_week"])
        assert "needs 26 weeks with a reading; there are 24" in said["reason"]


def test_a_parameter_without_a_value_is_left_out(served: Any) -> None:
    assert ask(served, "?weeks=&distance_m=&duration_s=&sessions=&mean_load_kg=").json == ask(served).json


@pytest.mark.parametrize("name", ["weeks", *routes.PLAN])
@pytest.mark.parametrize("value", ["x", "-1", "nan", "inf", "1e99", "1,5", "²", "1_0", "9" * 400])
def test_a_wrong_value_is_400_and_names_the_parameter(served: Any, name: str, value: str) -> None:
    answer = ask(served, f"?{name}={value}")
    assert (answer.status_code, answer.mimetype) == (400, PROBLEM)
    assert (answer.json["parameter"], answer.json["status"]) == (name, 400)
    assert answer.json["detail"].startswith(name)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("?weeks=0", "weeks"),
        ("?weeks=27", "weeks"),
        ("?weeks=1.5", "weeks"),
        ("?week=4", "week"),
        ("?weeks=4&weeks=5", "weeks"),
        ("?distance_km=4", "distance_km"),
    ],
)
def test_other_ways_to_be_wrong(served: Any, query: str, name: str) -> None:
    answer = ask(served, query)
    assert (answer.status_code, answer.json["parameter"]) == (400, name)


@pytest.mark.parametrize("path", ["/api", "/api/v1", "/api/v1/forecast", "/api/v1/forecast/mood", "/api/v2/forecast/body"])
def test_an_unknown_address_is_404(served: Any, path: str) -> None:
    answer = served.get(path, headers=HOME)
    assert (answer.status_code, answer.mimetype) == (404, PROBLEM)


def test_it_only_answers_questions(served: Any) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = served.open(routes.BODY, method=method, headers=HOME)
        assert (answer.status_code, answer.mimetype) == (404, PROBLEM), method


def test_with_a_password_it_needs_the_session(tmp_path: Path, frames: Frames) -> None:
    browser = client(mounted(tmp_path, frames, password=PASSWORD)[0])
    for query in ("", "?weeks=x"):
        answer = ask(browser, query)
        assert (answer.status_code, answer.mimetype) == (401, PROBLEM)
    assert browser.post("/login", data={"password": PASSWORD}, headers=HOME).status_code == 303
    assert ask(browser).status_code == 200


def test_stravas_rows_stay_out_until_the_person_says_so(tmp_path: Path, frames: Frames) -> None:
    through_api = Frames(
        measurements=frames.measurements, activities=frames.activities.assign(source="strava_api"), workouts=frames.workouts,
        sets=frames.sets,
    )  # fmt: skip
    made, store = mounted(tmp_path, through_api)
    browser = client(made)
    before = ask(browser, "?weeks=4&distance_m=20000").json
    assert (before["uses_strava_api"], before["body_mass_kg"]["model"]) == (False, "blend")
    assert "too few weeks of training" in before["body_mass_kg"]["reason"]
    store.put_setting("me", plan.USE_API_SETTING, True)
    after = ask(browser, "?weeks=4&distance_m=20000").json
    assert (after["uses_strava_api"], after["body_mass_kg"]["model"]) == (True, "neighbours")


def test_the_day_is_that_of_the_persons_zone(tmp_path: Path) -> None:
    made, store = mounted(tmp_path, EMPTY)
    store.put_setting("me", "look", {"zone": "Pacific/Kiritimati"})
    assert ask(client(made)).json["today"] == str(local_day(THEN, "Pacific/Kiritimati")) == str(TODAY + timedelta(days=1))


def test_the_web_process_serves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(entry, "Thread", lambda **_: type("Still", (), {"start": lambda self: None})())
    monkeypatch.setattr(entry, "clock", lambda: NOW)
    given = {"FITBOARD_SECRET_KEY": KEYS[0], "FITBOARD_PASSWORD": PASSWORD, "FITBOARD_ZONE": ZONE}
    server = entry.build(settings.for_web(settings.load(given, tmp_path)))
    assert server.test_client().get(routes.BODY, headers=HOME).status_code == 401
