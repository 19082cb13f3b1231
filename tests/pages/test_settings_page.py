"""The Settings page: saved as it is chosen, taken back, refused with a reason; and in force on every page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from collectors import __main__ as command
from dashboard import ahead, rows
from dashboard.looks import at_home, look_of, zone_of
from dashboard.page import House, pages
from dashboard.pages import settings
from forecast import plan
from health.records import Measurement
from store.home import SETTING, home_zone
from tests.dashboard.house import NOW, ZONE, Clock, app, client, house, page, write

SCREEN = {"mode": "light", "phone": False}
# The words of each choice, as a person reads them: where one is chosen, those of its neighbour stand nowhere.
_WORDS = {
    "kg": r"\bkg\b|\bkilograms?\b|\d\st\b",
    "lb": r"\blbs?\b|\bpounds?\b",
    "km": r"\bkm\b|\bkilomet|\bcm\b|\d\sm\b",
    "mi": r"\bmi\b|\bmph\b|\bmiles?\b|\bft\b|\byd\b",
    "pace": r"\bpace\b|/(km|mi)\b",
    "speed": r"\bspeed\b|km/h|\bmph\b",
}
_OTHER = {"kg": "lb", "lb": "kg", "km": "mi", "mi": "km", "pace": "speed", "speed": "pace"}
LOOKS = [("kg", "km", "pace"), ("lb", "mi", "speed"), ("lb", "km", "speed"), ("kg", "mi", "pace")]
METRIC = {"mass_unit": "kg", "distance_unit": "km", "speed_as": "pace"}
# Choices name the unit one does not use: the words of the two forms that offer both.
_OFFERED = {
    "/log": {"kg", "lb", "kilograms", "pounds"},
    "/settings": {"Kilograms", "Pounds", "Kilometres", "Miles", "Pace", "Speed", "pace", "speed", "kg", "km", "lb", "mi"},
}
_SPANS = {f"{months} M{chosen}" for months in (1, 3, 6) for chosen in ("", ", chosen")}
_VIEWS = {
    "/body": ("", "?of=fat_ratio", "?of=muscle_mass_kg&span=all", "?span=1m"),
    "/running": ("", "?measure=rate", "?measure=climb&by=month", "?measure=time&by=session", "?sport=swim", "?sport=hike&by=year"),
    "/strength": ("", "?exercise=Deadlift&span=all", "?exercise=Plank"),
    "/forecast": ("", "?of=fat_ratio", "?by=plan&h=4"),
    "/log": ("", "?form=lifting"),
}


class Page:
    """A house with the app over it, and what its Settings page sends."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.house = house(folder, sample=True, clock=self.clock)
        self.dash = app(self.house)
        self.client = client(self.dash)
        self.output = next(name for name in self.dash.callback_map if "settings-said" in name)

    @property
    def told(self) -> Any:
        return self.house.store.setting("me", SETTING)

    def send(self, at: dict[str, Any], value: Any, unit: str, before: Any) -> Any:
        names = list(settings._NAMES)
        many = (("setting", "value"), ("below", "children"))
        outputs: list[Any] = [[{"id": {kind: name}, "property": part} for name in names] for kind, part in many]
        single = ("settings-goal_kg-label.children", "settings-example.children", "settings-unit.data", "settings-said.children")
        outputs += [dict(zip(("id", "property"), each.split("."), strict=True)) for each in single]
        state = (("settings-before", before), ("settings-unit", unit), ("screen", SCREEN))
        body = {
            "output": self.output,
            "outputs": outputs,
            "inputs": [{"id": "press-setting", "property": "data", "value": {"id": at, "value": value}}],
            "state": [{"id": name, "property": "data", "value": each} for name, each in state],
            "changedPropIds": ["press-setting.data"],
        }
        answer = self.client.post("/_dash-update-component", json=body, headers={"Host": "127.0.0.1:8050"})
        assert answer.status_code in (200, 204), answer.get_data(as_text=True)
        return answer.get_json()["response"] if answer.status_code == 200 else None

    def choose(self, name: str, value: Any, unit: str = "kg") -> Any:
        return self.send({"setting": name}, value, unit, None)

    def undo(self, before: Any) -> Any:
        return self.send({"undo-setting": 0}, 1, "kg", before)


@pytest.fixture
def open_page(tmp_path: Path) -> Iterator[Page]:
    found = Page(tmp_path)
    yield found
    found.house.store.close()


def said(answer: Any, part: str) -> str:
    return " ".join(texts(answer[part]))


def texts(value: Any) -> Iterator[str]:
    """What of an answer a person reads: children, labels, hovers; not ids, addresses and class names."""
    if isinstance(value, str):
        if not value.startswith("data:"):
            yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in ("id", "href", "namespace", "type", "className", "list", "htmlFor", "data-for"):
                yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


# -- saving -------------------------------------------------------------------------------------------------------------------


def test_a_choice_is_saved_at_once_and_taken_back(open_page: Page) -> None:
    answer = open_page.choose("mass_unit", "lb")
    assert open_page.told == {"mass_unit": "lb"}
    assert "Weights: saved." in said(answer, "settings-said")
    assert answer["settings-goal_kg-label"]["children"] == "Goal weight, lb"
    assert "177.3" in said(answer, "settings-example")
    assert answer["settings-unit"]["data"] == "lb"
    before = {"name": "mass_unit", "was": {}, "now": {"mass_unit": "lb"}}
    assert "as it was" in said(open_page.undo(before), "settings-said")
    assert open_page.told == {}


def test_what_was_changed_elsewhere_is_not_taken_back(open_page: Page) -> None:
    open_page.choose("mass_unit", "lb")
    open_page.house.store.put_setting("me", SETTING, {"mass_unit": "kg", "height_m": 1.8})
    answer = open_page.undo({"name": "mass_unit", "was": {}, "now": {"mass_unit": "lb"}})
    assert "changed elsewhere" in said(answer, "settings-said")
    assert open_page.told == {"mass_unit": "kg", "height_m": 1.8}


@pytest.mark.parametrize(
    "before", [None, 5, {}, {"name": "person"}, {"name": "mass_unit", "now": {}, "was": {"mass_unit": "stone"}}]
)
def test_an_undo_of_nonsense_keeps_sense(open_page: Page, before: Any) -> None:
    open_page.undo(before)
    assert open_page.told in (None, {})


def test_what_is_refused_says_why_at_its_field_and_nothing_is_saved(open_page: Page) -> None:
    answer = open_page.choose("height_m", "12")
    assert open_page.told is None
    assert "could be feet or inches" in json.dumps(answer, ensure_ascii=False)
    assert not answer["settings-said"]["children"]
    assert "12" in json.dumps(answer)


def test_a_goal_is_in_the_unit_the_form_was_drawn_with(open_page: Page) -> None:
    open_page.house.store.put_setting("me", SETTING, {"mass_unit": "lb"})  # changed in another window
    open_page.choose("goal_kg", "80", unit="kg")
    assert open_page.told["goal_kg"] == 80
    open_page.choose("goal_kg", "170", unit="lb")
    assert open_page.told["goal_kg"] == 77.110703


def test_a_height_shown_rounded_is_not_saved_rounded(open_page: Page) -> None:
    open_page.house.store.put_setting("me", SETTING, {"height_m": 1.81, "distance_unit": "mi"})
    open_page.choose("height_m", "5\u00a0ft\u00a011.3\u00a0in")
    assert open_page.told["height_m"] == 1.81
    open_page.choose("height_m", "")
    assert "height_m" not in open_page.told


def test_nonsense_in_the_store_does_no_harm(open_page: Page) -> None:
    nonsense: list[Any] = [5, "x", [], {"mass_unit": [], "height_m": "tall", "zone": "Nowhere", "first_weekday": {}}]
    for odd in nonsense:
        open_page.house.store.put_setting("me", SETTING, odd)
        assert page(open_page.client, "/settings").status_code == 200
        open_page.choose("mass_unit", "lb")
        assert open_page.told["mass_unit"] == "lb"


# -- in force -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    found = Page(tmp_path_factory.mktemp("shown"))
    # The pages that fill in later are looked at as they are then.
    frames, day = found.house.frames.frames(), NOW.date()
    for target in ("body_mass_kg", "fat_ratio"):
        outlook = plan.outlook(frames, target, day, use_api=False)
        assert outlook is not None
        outlook.work_out()
    ahead._summary(found.house, frames, day)
    yield found
    found.house.store.close()


@pytest.mark.parametrize("way", LOOKS, ids=" ".join)
@pytest.mark.parametrize("path", sorted(pages()))
def test_every_page_speaks_the_persons_units(shown: Page, path: str, way: tuple[str, str, str]) -> None:
    look = dict(zip(METRIC, way, strict=True)) | {"goal_kg": 78, "direction": "lose", "first_weekday": 6}
    shown.house.store.put_setting("me", SETTING, look)
    foreign = re.compile("|".join(_WORDS[_OTHER[each]] for each in way), re.IGNORECASE)
    for search in _VIEWS.get(path, ("",)):
        answer = page(shown.client, path, search).get_json()["response"]["page"]
        read = [each for each in texts(answer) if each not in (*_SPANS, *_OFFERED.get(path, ())) and "Say it like" not in each]
        assert "working it out" not in read, "worked out before, so that the whole page is looked at"
        assert [each for each in read if foreign.search(each)] == [], (path, search)


@pytest.mark.parametrize(
    ("unit", "text"), [("kg", "80.4\u00a0kg"), ("kg", "11.8\u00a0t"), ("km", "64\u00a0m"), ("mi", "8:37\u00a0/mi")]
)
def test_the_words_of_a_unit_are_found(unit: str, text: str) -> None:
    assert re.search(_WORDS[unit], text)


def test_the_rows_behind_a_number_are_in_its_unit_and_the_file_as_stored(shown: Page) -> None:
    shown.house.store.put_setting("me", SETTING, {"mass_unit": "lb", "distance_unit": "mi"})
    frames = shown.house.frames.frames()
    look = look_of(shown.house, SCREEN, NOW)
    for name in rows.NAMES:
        stored = getattr(frames, name)
        said = rows.in_units(stored, look)
        assert not [each for each in map(str, said) if each.endswith(("_kg", "_m", "_mps"))], name
        assert rows.in_units(stored, replace(look, mass_unit="kg", distance_unit="km")).equals(stored)
    kg = float(frames.measurements["body_mass_kg"].iloc[-1])
    assert rows.in_units(frames.measurements, look)["body_mass_lb"].iloc[-1] == pytest.approx(kg / 0.45359237)
    text = json.dumps(page(shown.client, "/rows", "?of=measurements").get_json())
    assert "body_mass_lb" in text
    assert "body_mass_kg" not in text
    assert b"body_mass_kg" in shown.client.get("/rows.csv?of=measurements", headers={"Host": "127.0.0.1:8050"}).data


def test_a_changed_unit_redraws_the_page_and_changes_no_data(shown: Page) -> None:
    shown.house.store.put_setting("me", SETTING, METRIC)
    before = shown.house.store.sequence("me")
    kilograms = page(shown.client, "/body").get_data(as_text=True)
    assert page(shown.client, "/body").get_data(as_text=True) == kilograms
    shown.choose("mass_unit", "lb")
    pounds = page(shown.client, "/body").get_data(as_text=True)
    assert pounds != kilograms
    assert shown.house.store.sequence("me") == before
    shown.choose("mass_unit", "kg")
    assert page(shown.client, "/body").get_data(as_text=True) == kilograms


def test_the_first_weekday_moves_the_week(shown: Page) -> None:
    weeks = {}
    for day in ("0", "6", "5"):
        shown.choose("first_weekday", day)
        weeks[day] = page(shown.client, "/").get_data(as_text=True)
    assert len(set(weeks.values())) == 3


def test_the_direction_colours_a_change(shown: Page) -> None:
    for direction, has in (("lose", True), ("none", False)):
        shown.house.store.put_setting("me", SETTING, {"direction": None if direction == "none" else direction})
        weight = json.dumps(page(shown.client, "/").get_json()["response"]["page"]["children"])
        assert ('fb-delta toward"' in weight or 'fb-delta away"' in weight) or not has


# -- home zone ----------------------------------------------------------------------------------------------------------------


def test_the_home_zone_says_when_the_day_ends(tmp_path: Path) -> None:
    of = house(tmp_path, clock=Clock(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)))
    assert str(look_of(of, SCREEN, of.clock()).today) == "2026-11-23"  # half past midnight in Berlin
    of.store.put_setting("me", SETTING, {"zone": "America/New_York"})
    home, look = at_home(of, SCREEN, of.clock())
    assert (str(look.today), home.zone, zone_of(of), of.zone) == ("2026-11-22", "America/New_York", "America/New_York", ZONE)
    assert home.jobs is of.jobs
    of.store.put_setting("me", SETTING, {"zone": "Nowhere/Else"})
    assert zone_of(of) == ZONE
    of.store.close()


def test_a_file_imported_on_the_page_is_read_in_the_home_zone(tmp_path: Path) -> None:
    from dashboard.uploads import Uploads, start

    of = house(tmp_path)
    of.store.put_setting("me", SETTING, {"zone": "America/New_York"})
    uploads = Uploads(tmp_path / "uploads")
    data = b"Date,Weight (kg)\n2026-01-05 07:00,80.4\n"
    upload = uploads.begin("weights.csv", len(data), NOW)
    uploads.add(upload.id, 0, data)
    job = start(of, uploads, upload.id)
    assert job is not None
    of.jobs.wait(job, 20)
    stored = of.store.bodies("me", "measurement")
    assert [(each["zone"], each["at"]) for each in stored] == [("America/New_York", "2026-01-05T12:00:00Z")]
    of.store.close()


def test_commands_follow_the_same_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of = house(tmp_path)
    assert home_zone(of.store, "me", "Asia/Tokyo") == "Asia/Tokyo"
    of.store.put_setting("me", SETTING, {"zone": "America/New_York"})
    assert home_zone(of.store, "me", "Asia/Tokyo") == "America/New_York"
    of.store.close()
    file = tmp_path / "weights.csv"
    file.write_text("Date,Weight (kg)\n2026-01-05 07:00,80.4\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FITBOARD_STORE", "sqlite:fitboard.db")
    monkeypatch.setenv("FITBOARD_ZONE", "Asia/Tokyo")
    monkeypatch.setenv("FITBOARD_SECRET_KEY", "a-key-for-tests-only-0123456789abcdef")
    for option, zone in (([], "America/New_York"), (["--zone", "Europe/Paris"], "Europe/Paris")):
        assert command.main(["import", str(file), *option]) == 0
        again = house(tmp_path)
        assert [each["zone"] for each in again.store.bodies("me", "measurement")] == [zone]
        again.store.close()


def weighed(**values: int) -> Measurement:
    exact = {key: Decimal(value) for key, value in values.items()}
    return Measurement(person="me", source="app", native_id="1", at=NOW, zone=ZONE, values=exact)


# -- height -------------------------------------------------------------------------------------------------------------------


def bmi(of: House, look: dict[str, Any]) -> str:
    of.store.put_setting("me", SETTING, look)
    return " ".join(texts(page(client(app(of)), "/body").get_json()["response"]["page"]))


def test_the_height_that_was_typed_goes_before_the_one_that_was_measured(tmp_path: Path) -> None:
    of = house(tmp_path)
    tall = Measurement(
        person="me", source="app", native_id="1", at=NOW, zone=ZONE, values={"body_mass_kg": Decimal(80), "height_m": Decimal(2)}
    )
    write(of.store, [tall])
    assert "20.0" in bmi(of, {})
    assert "80.0" in bmi(of, {"height_m": 1})
    text = " ".join(texts(page(client(app(of)), "/settings").get_json()["response"]["page"]))
    assert "200\u00a0cm was measured last" in text
    of.store.close()


def test_without_a_height_the_card_asks_for_it(tmp_path: Path) -> None:
    of = house(tmp_path)
    write(
        of.store, [Measurement(person="me", source="app", native_id="1", at=NOW, zone=ZONE, values={"body_mass_kg": Decimal(80)})]
    )
    assert "Say your height" in bmi(of, {})
    assert '"/settings#height"' in json.dumps(page(client(app(of)), "/body").get_json())
    assert "Say your height" not in bmi(of, {"height_m": 1.8})
    of.store.close()
