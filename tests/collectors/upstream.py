"""Services that people change behind our back: hypothesis makes, edits, moves and deletes things there, cuts runs off and crashes
them; a day later the store says what the service says. Strava's activities, Withings' readings and a sheet's rows, each in a
machine of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.collectors.conftest import Home
from tests.collectors.house import House
from tests.fakes.server import Fake
from tests.fakes.sheets import HEADER, Cell, Sheets
from tests.fakes.strava import Strava, activity
from tests.fakes.withings import Withings, group

DAYS_AGO = st.integers(min_value=0, max_value=400)
WHICH = st.integers(min_value=0, max_value=999)
KG = st.integers(min_value=60_000, max_value=90_000)


class Crash(BaseException):
    """The process ends here: nothing catches it."""


class Changing(RuleBasedStateMachine):
    """What the services share: time, runs that are whole, cut off or crashed, and the comparison at the end."""

    name = ""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.home = Home(House(Path(self.folder.name)))
        self.number = 0

    @property
    def fake(self) -> Fake:
        return self.home.fakes[self.name]

    def open(self, fake: Strava | Withings) -> None:
        """Begin with that service. Its old sign-in lives until the new one is used, however long a machine that crashed was off."""
        fake.sign_in.OLD_LIVES_S = 400 * 86_400
        self.home.have(self.name, fake)
        token = self.home.store.token("me", self.name)
        assert token is not None
        # As a sign-in in the browser tells it. A pasted one does not, and then an account that was emptied before a run came to its
        # end is left alone: it might be another one's.
        self.home.store.put_token("me", replace(token, account={"athlete": "1"}), None)

    def seconds(self, days_ago: int) -> int:
        """A moment of that day that nothing else has."""
        self.number += 1
        return int((self.home.at - timedelta(days=days_ago, hours=1)).timestamp()) - 61 * self.number

    @rule(hours=st.sampled_from([1, 3, 3, 3, 30]))
    def time_passes(self, hours: int) -> None:
        self.home.later(hours=hours)

    @rule()
    def run(self) -> None:
        self.home.collect(self.name)

    @rule(at=st.integers(min_value=1, max_value=4))
    def a_run_is_cut_off(self, at: int) -> None:
        self.fake.breaks_at = at
        self.home.collect(self.name)
        self.fake.breaks_at = None

    @rule(at=st.integers(min_value=1, max_value=3), after=st.booleans())
    def a_run_crashes(self, at: int, after: bool) -> None:
        """At its nth write of records or of where it stands, with the write done or not."""
        store, left = self.home.store, [at]

        def doomed(write: Callable[..., Any]) -> Callable[..., Any]:
            def once(*arguments: Any, **more: Any) -> Any:
                left[0] -= 1
                if not left[0] and not after:
                    raise Crash
                made = write(*arguments, **more)
                if not left[0]:
                    raise Crash
                return made

            return once

        names = ("write", "put_sync_state", "put_token")
        for each in names:
            setattr(store, each, doomed(getattr(store, each)))
        try:
            self.home.collect(self.name)
        except Crash:
            for lease in (f"collect:{self.name}", f"token:{self.name}"):  # of a process that is no more
                holder = store.holder(lease)
                if holder is not None:
                    store.release(lease, holder)
        finally:
            for each in names:
                delattr(store, each)

    def teardown(self) -> None:
        try:
            if self.home.fakes:
                self.home.later(hours=25)
                result = self.home.collect(self.name)[self.name]
                assert result.state == "ok", result
                kept, told = self.kept(), self.told()
                assert kept == told, {
                    each: (kept.get(each), told.get(each)) for each in kept | told if kept.get(each) != told.get(each)
                }
        finally:
            self.home.store.close()
            for fake in self.home.fakes.values():
                fake.stop()
            self.folder.cleanup()

    def kept(self) -> dict[str, Any]:
        """What the store says, by the service's own number."""
        raise NotImplementedError

    def told(self) -> dict[str, Any]:
        """The same as the service has it."""
        raise NotImplementedError


class StravaChanges(Changing):
    """Activities are uploaded (late, too), edited, moved to another time, deleted."""

    name = "strava"

    @initialize(count=st.integers(min_value=0, max_value=6))
    def begin(self, count: int) -> None:
        at = self.home.at.timestamp()
        self.open(Strava([], page_cap=3, now=at))
        for place in range(count):
            self.uploaded(place * 40)

    @property
    def activities(self) -> list[dict[str, Any]]:
        assert isinstance(self.fake, Strava)
        return self.fake.activities

    @rule(days_ago=DAYS_AGO)
    def uploaded(self, days_ago: int) -> None:
        at = self.seconds(days_ago)
        self.activities.append(activity(1000 + self.number, at))

    @precondition(lambda self: self.home.fakes and self.activities)
    @rule(which=WHICH, name=st.sampled_from(["Sunrise", "Lunch", ""]), metres=st.integers(min_value=0, max_value=50_000))
    def edited(self, which: int, name: str, metres: int) -> None:
        self.activities[which % len(self.activities)] |= {"name": name, "distance": float(metres)}

    @precondition(lambda self: self.home.fakes and self.activities)
    @rule(which=WHICH, days_ago=DAYS_AGO)
    def moved(self, which: int, days_ago: int) -> None:
        one = self.activities[which % len(self.activities)]
        when = datetime.fromtimestamp(self.seconds(days_ago), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        one |= {"start_date": when, "start_date_local": when}

    @precondition(lambda self: self.home.fakes and self.activities)
    @rule(which=WHICH)
    def deleted(self, which: int) -> None:
        self.activities.pop(which % len(self.activities))

    def kept(self) -> dict[str, Any]:
        found = self.home.store.bodies("me", "activity")
        return {each["native_id"]: (each["at"], each.get("name") or "", float(each.get("distance_m", 0))) for each in found}

    def told(self) -> dict[str, Any]:
        return {str(each["id"]): (each["start_date"], each["name"], float(each["distance"])) for each in self.activities}


class WithingsChanges(Changing):
    """Readings come (late, too), in one group or two, are corrected and deleted."""

    name = "withings"

    @initialize(count=st.integers(min_value=0, max_value=6))
    def begin(self, count: int) -> None:
        at = self.home.at.timestamp()
        self.open(Withings([], page_size=3, now=at))
        for place in range(count):
            self.weighed(place * 40, 70_000 + place)

    @property
    def groups(self) -> list[dict[str, Any]]:
        assert isinstance(self.fake, Withings)
        return self.fake.groups

    def add(self, at: int, values: dict[int, tuple[int, int]]) -> None:
        assert isinstance(self.fake, Withings)
        self.fake.add(group(at, values))

    @rule(days_ago=DAYS_AGO, grams=KG)
    def weighed(self, days_ago: int, grams: int) -> None:
        self.add(self.seconds(days_ago), {1: (grams, -3)})

    @precondition(lambda self: self.home.fakes and self.groups)
    @rule(which=WHICH, grams=KG)
    def fat_came_later(self, which: int, grams: int) -> None:
        at = self.groups[which % len(self.groups)]["date"]
        if not any(each["date"] == at and 8 in _types(each) for each in self.groups):
            self.add(at, {8: (grams // 4, -3)})

    @precondition(lambda self: self.home.fakes and self.groups)
    @rule(which=WHICH, grams=KG)
    def corrected(self, which: int, grams: int) -> None:
        one = self.groups[which % len(self.groups)]
        kind = _types(one)[0]
        one["measures"][0]["value"] = grams if kind == 1 else grams // 4
        one["modified"] = self.fake.now()

    @precondition(lambda self: self.home.fakes and self.groups)
    @rule(which=WHICH)
    def deleted(self, which: int) -> None:
        self.groups.pop(which % len(self.groups))

    def kept(self) -> dict[str, Any]:
        found = self.home.store.bodies("me", "measurement")
        names = ("body_mass_kg", "fat_mass_kg")
        return {each["native_id"]: {name: float(each[name]) for name in names if name in each} for each in found}

    def told(self) -> dict[str, Any]:
        found: dict[str, dict[str, float]] = {}
        for each in self.groups:
            for measure in each["measures"]:
                name = {1: "body_mass_kg", 8: "fat_mass_kg"}[measure["type"]]
                found.setdefault(str(each["date"]), {})[name] = measure["value"] / 1000
        return found


def _types(one: dict[str, Any]) -> list[int]:
    return [each["type"] for each in one["measures"]]


class SheetsChanges(Changing):
    """Rows are written (somewhere in the middle, too, and of long ago), corrected, given another day, deleted."""

    name = "sheets"

    @initialize(count=st.integers(min_value=0, max_value=6))
    def begin(self, count: int) -> None:
        self.home.have(self.name, Sheets({"Log": [list(HEADER)]}))
        for place in range(count):
            self.lifted(place * 40, place, 60_000 + place)

    @rule(at=st.integers(min_value=2, max_value=4))
    def a_run_is_cut_off(self, at: int) -> None:
        """Not at the sign-in: Google's own library waits there in earnest (`torture faults` and `network` try it)."""
        super().a_run_is_cut_off(at)

    @property
    def log(self) -> list[list[Cell]]:
        assert isinstance(self.fake, Sheets)
        return self.fake.tabs["Log"]

    @rule(days_ago=DAYS_AGO, which=WHICH, grams=KG)
    def lifted(self, days_ago: int, which: int, grams: int) -> None:
        day, at = (self.home.at - timedelta(days=days_ago)).date(), 1 + which % len(self.log)
        self.log[at:at] = [[day, ("Push", "Pull")[grams % 2], "Squat", each, 5, grams / 1000, "kg", None] for each in (1, 2)]

    @precondition(lambda self: self.home.fakes and len(self.log) > 1)
    @rule(which=WHICH, grams=KG)
    def corrected(self, which: int, grams: int) -> None:
        self.row(which)[5] = grams / 1000

    @precondition(lambda self: self.home.fakes and len(self.log) > 1)
    @rule(which=WHICH, days_ago=DAYS_AGO)
    def moved(self, which: int, days_ago: int) -> None:
        self.row(which)[0] = (self.home.at - timedelta(days=days_ago)).date()

    @precondition(lambda self: self.home.fakes and len(self.log) > 1)
    @rule(which=WHICH)
    def deleted(self, which: int) -> None:
        self.log.remove(self.row(which))

    def row(self, which: int) -> list[Cell]:
        return self.log[1 + which % (len(self.log) - 1)]

    def kept(self) -> dict[str, Any]:
        found = self.home.store.bodies("me", "workout")
        return {f"{each['day']} {each['name']}": [float(one["load_kg"]) for one in each["sets"]] for each in found}

    def told(self) -> dict[str, Any]:
        found: dict[str, list[float]] = {}
        for day, workout, _, _, _, load, *_ in self.log[1:]:
            assert isinstance(load, float)
            found.setdefault(f"{day} {workout}", []).append(load)
        return found
