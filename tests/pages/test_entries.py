"""What a person types, made into records: numbers as they are written anywhere, refusals in sentences, nothing twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import drafts, entries
from dashboard import typed as fields
from dashboard.typed import EntryError
from health.records import Workout
from store.store import StaleEdit, Store
from tests.pages.conftest import NOW, ZONE

KEY = fields.new_key(NOW)


def typed(**more: Any) -> dict[str, Any]:
    return {"key": KEY, "weight": "80.4", "unit": "kg", "fat": "", "when": "2026-11-22T07:12", **more}


def draft(*sets: tuple[str, str, str], unit: str = "kg") -> drafts.Draft:
    made = drafts.empty_draft(KEY)
    for at, (exercise, reps, load) in enumerate(sets):
        made = drafts.with_set(made, f"s{at}", exercise, reps, load, unit)
    return made


class TestWeighIn:
    @pytest.mark.parametrize(
        ("said", "unit", "kg"),
        [("80.4", "kg", "80.4"), ("80,4", "kg", "80.4"), (" 80 ", "kg", "80"), ("177.25", "lb", "80.399248"), (80.4, "kg", "80.4")],
    )
    def test_a_weight_as_it_is_written_anywhere(self, said: Any, unit: str, kg: str) -> None:
        made, _ = entries.weigh_in(typed(weight=said, unit=unit), "me", ZONE, NOW)
        assert made.values == {"body_mass_kg": Decimal(kg)}

    def test_the_record_is_ours_at_the_local_time_that_was_typed(self) -> None:
        made, raw = entries.weigh_in(typed(fat="18,5"), "me", ZONE, NOW)
        assert (made.source, made.native_id, made.zone) == ("app", KEY, ZONE)
        assert made.at.isoformat() == "2026-11-22T06:12:00+00:00"
        assert made.values["fat_ratio"] == Decimal("0.185")
        assert raw.data == {"weight": "80.4", "unit": "kg", "fat": "18,5", "when": "2026-11-22T07:12"}
        assert raw.context == {"zone": ZONE}

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"weight": ""}, "Type the weight first"),
            ({"weight": None}, "Type the weight first"),
            ({"weight": "eighty"}, "is not a number"),
            ({"weight": "1.234,5,6"}, "is not a number"),
            ({"weight": "NaN"}, "is not a number"),
            ({"weight": "-80"}, "is below"),
            ({"weight": "900"}, "above 500 kg"),
            ({"weight": "1e400"}, "“1e400”"),
            ({"weight": "9" * 200}, "too many digits"),
            ({"fat": "90"}, "not between 1 % and 80 %"),
            ({"fat": "0.2"}, "not between 1 % and 80 %"),
            ({"when": ""}, "Say the day and the time"),
            ({"when": "yesterday"}, "Say the day and the time"),
            ({"when": "2026-11-22T07:12+01:00"}, "Say the day and the time"),
            ({"when": "0001-01-01T00:00"}, "Say the day and the time"),
            ({"when": "2026-11-23T07:12"}, "has not come yet"),
            ({"key": None}, "out of date"),
            ({"key": "app:../x"}, "out of date"),
        ],
    )
    def test_what_cannot_be_is_refused_in_a_sentence(self, wrong: dict[str, Any], reason: str) -> None:
        with pytest.raises(EntryError, match=reason.replace("(", r"\(")):
            entries.weigh_in(typed(**wrong), "me", ZONE, NOW)

    @given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
    def test_no_text_does_anything_but_be_refused_or_believed(self, weight: str, fat: str, when: str) -> None:
        try:
            made, _ = entries.weigh_in(typed(weight=weight, fat=fat, when=when), "me", ZONE, NOW)
        except EntryError:
            return
        assert 2 <= made.values.get("body_mass_kg", 80) <= 500

    @given(st.decimals("2.1", "499", places=2))
    def test_comma_and_point_are_the_same_weight(self, weight: Decimal) -> None:
        point, _ = entries.weigh_in(typed(weight=f"{weight}"), "me", ZONE, NOW)
        comma, _ = entries.weigh_in(typed(weight=f"{weight}".replace(".", ",")), "me", ZONE, NOW)
        assert point == comma

    def test_a_time_that_a_clock_skipped_or_showed_twice(self) -> None:
        for when, instant in (("2026-03-29T02:30", "2026-03-29T01:30"), ("2026-10-25T02:30", "2026-10-25T00:30")):
            made, _ = entries.weigh_in(typed(when=when), "me", ZONE, NOW)
            assert made.at.isoformat().startswith(instant)


class TestLifting:
    def test_sets_in_the_order_performed(self) -> None:
        made, raw = drafts.session(
            draft(("Deadlift", "5", "120"), ("Deadlift", "5", "122,5"), ("Plank", "1", "")),
            {"when": "2026-11-22T17:00"},
            "me",
            ZONE,
            NOW,
        )
        assert [(each.order, each.exercise, each.reps, each.load_kg) for each in made.sets] == [
            (1, "Deadlift", 5, 120), (2, "Deadlift", 5, Decimal("122.5")), (3, "Plank", 1, None),
        ]  # fmt: skip
        assert raw.data["sets"][1] == {"exercise": "Deadlift", "reps": "5", "load": "122,5", "unit": "kg"}

    @pytest.mark.parametrize(
        ("exercise", "reps", "load", "reason"),
        [
            ("", "5", "100", "Name the exercise"),
            ("x" * 81, "5", "100", "at most 80"),
            ("a\x00b", "5", "100", "at most 80"),
            ("Deadlift", "", "100", "Type the repetitions"),
            ("Deadlift", "5.5", "100", "whole number"),
            ("Deadlift", "877777", "100", "whole number up to 1000"),
            ("Deadlift", "5", "heavy", "is not a number"),
            ("Deadlift", "5", "2000", "between 0 and 1500"),
            ("Deadlift", "5", "-20", "between 0 and 1500|below"),
        ],
    )
    def test_a_set_that_cannot_be_is_refused_at_once(self, exercise: str, reps: str, load: str, reason: str) -> None:
        with pytest.raises(EntryError, match=reason):
            drafts.with_set(drafts.empty_draft(KEY), "1", exercise, reps, load, "kg")

    def test_an_empty_session_and_one_without_end(self) -> None:
        with pytest.raises(EntryError, match="no set in it"):
            drafts.session(drafts.empty_draft(KEY), {"when": "2026-11-22T17:00"}, "me", ZONE, NOW)
        full = {**drafts.empty_draft(KEY), "sets": draft(("Deadlift", "5", "100"))["sets"] * drafts.MOST_SETS}
        with pytest.raises(EntryError, match="at most"):
            drafts.with_set(full, "1", "Deadlift", "5", "100", "kg")

    def test_taking_a_set_out(self) -> None:
        made = draft(("A", "1", ""), ("B", "2", ""), ("C", "3", ""))
        assert [each["exercise"] for each in drafts.without_set(made, "s1")["sets"]] == ["A", "C"]
        assert drafts.without_set(made, "1") == made

    def test_last_time_in_one_tap_in_the_unit_of_the_person(self) -> None:
        again = drafts.with_sets(drafts.empty_draft(KEY), "1", [{"exercise": "Deadlift", "reps": 5, "load_kg": 61.23497}], "lb")
        assert again["sets"] == [{"exercise": "Deadlift", "reps": "5", "load": "135", "unit": "lb", "id": "1-0"}]

    @pytest.mark.parametrize(
        "odd", [None, 3, "x", {}, {"key": "k", "sets": "x"}, {"key": "k", "sets": [{}]}, {"key": 1, "sets": []}]
    )
    def test_what_a_browser_remembers_is_a_draft_or_thrown_away(self, odd: Any) -> None:
        assert not drafts.is_draft(odd)
        assert drafts.is_draft(draft(("A", "1", "")))


class TestKept:
    @pytest.fixture
    def store(self, make_house: Any) -> Store:
        return make_house().store

    def save(self, store: Store, version: int = 0, **more: Any) -> Any:
        made, raw = entries.weigh_in(typed(**more), "me", ZONE, NOW)
        return entries.save(store, "me", made, raw, version, NOW)

    def test_a_form_sent_twice_is_one_record(self, store: Store) -> None:
        first = self.save(store)
        assert self.save(store).version == first.version
        assert len(store.bodies("me", "measurement")) == 1

    def test_a_form_sent_twice_with_another_number_is_refused_not_written(self, store: Store) -> None:
        self.save(store)
        with pytest.raises(StaleEdit):
            self.save(store, weight="90")
        assert store.bodies("me", "measurement")[0]["body_mass_kg"] == 80.4

    def test_of_two_edits_of_one_version_the_second_is_refused(self, store: Store) -> None:
        version = self.save(store).version
        self.save(store, version, weight="81")
        with pytest.raises(StaleEdit):
            self.save(store, version, weight="82")
        assert store.bodies("me", "measurement")[0]["body_mass_kg"] == 81

    def test_an_edit_begins_with_what_was_typed(self, store: Store) -> None:
        self.save(store, weight="177,25", unit="lb", fat="18,5")
        found = entries.typed_of(store, "me", KEY)
        assert found == {"key": KEY, "zone": ZONE, "weight": "177,25", "unit": "lb", "fat": "18,5", "when": "2026-11-22T07:12"}
        assert entries.typed_of(store, "me", "nobody") is None

    def test_deleted_and_brought_back_it_is_the_same(self, store: Store) -> None:
        kept = self.save(store, fat="18.5")
        store.delete("me", "measurement", kept.body["id"], kept.version, NOW)
        assert store.bodies("me", "measurement") == []
        back = entries.undo_delete(store, "me", KEY, NOW + timedelta(days=3))
        assert back.body == kept.body
        again = entries.undo_delete(store, "me", KEY, NOW)  # pressed twice
        assert again.version == back.version

    def test_undo_does_not_overwrite_what_came_after(self, store: Store) -> None:
        kept = self.save(store)
        store.delete("me", "measurement", kept.body["id"], kept.version, NOW)
        back = entries.undo_delete(store, "me", KEY, NOW)
        made, _ = entries.weigh_in(typed(weight="90"), "me", ZONE, NOW)
        store.edit("me", made, [], back.version, NOW)  # changed by another way, what was typed still says 80.4
        with pytest.raises(StaleEdit):
            entries.undo_delete(store, "me", KEY, NOW)
        assert store.bodies("me", "measurement")[0]["body_mass_kg"] == 90

    def test_a_session_deleted_and_brought_back(self, store: Store) -> None:
        made, raw = drafts.session(draft(("Deadlift", "5", "135"), unit="lb"), {"when": "2026-11-22T17:00"}, "me", ZONE, NOW)
        kept = entries.save(store, "me", made, raw, 0, NOW)
        store.delete("me", "workout", kept.body["id"], kept.version, NOW)
        back = entries.undo_delete(store, "me", made.native_id, NOW)
        assert back.body == kept.body
        assert isinstance(entries.remade(entries.typed_of(store, "me", made.native_id) or {}, "me", NOW)[0], Workout)

    def test_what_was_never_typed_cannot_come_back(self, store: Store) -> None:
        with pytest.raises(EntryError, match="gone for good"):
            entries.undo_delete(store, "me", "nobody", NOW)


class TestMoreOfABody:
    def test_what_a_scale_and_a_cuff_say_beside_the_weight(self) -> None:
        more = {
            "muscle": "38,5",
            "water": "55 %",
            "bone": "3.2",
            "visceral": "7",
            "pulse": "58",
            "systolic": "121",
            "diastolic": "78",
        }
        made, raw = entries.weigh_in(typed(**more), "me", ZONE, NOW)
        assert made.values == {
            "body_mass_kg": Decimal("80.4"), "muscle_mass_kg": Decimal("38.5"), "water_mass_kg": Decimal("44.22"),
            "bone_mass_kg": Decimal("3.2"), "visceral_fat_index": 7, "heart_rate_bpm": 58, "systolic_mmhg": 121,
            "diastolic_mmhg": 78,
        }  # fmt: skip
        assert {name: raw.data[name] for name in more} == more

    def test_masses_are_in_the_unit_of_the_form(self) -> None:
        made, _ = entries.weigh_in(typed(weight="200", unit="lb", muscle="100", water="50%"), "me", ZONE, NOW)
        assert made.values["muscle_mass_kg"] * 2 == made.values["body_mass_kg"]
        assert made.values["water_mass_kg"] * 2 == made.values["body_mass_kg"]

    def test_a_pulse_needs_no_weight(self) -> None:
        made, _ = entries.weigh_in(typed(weight="", pulse="58"), "me", ZONE, NOW)
        assert made.values == {"heart_rate_bpm": 58}

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"muscle": "much"}, "Muscle mass: “much” is not a number"),
            ({"water": "120 %"}, "Water is not less than the weight"),
            ({"bone": "90"}, "Bone mass is above 20 kg"),
            ({"weight": "", "water": "55 %"}, "Water: percent of what"),
            ({"systolic": "120"}, "type both, or none"),
            ({"systolic": "80", "diastolic": "120"}, "not below the systolic"),
            ({"pulse": "5"}, "Heart rate is below 20"),
            ({"visceral": "-1"}, "Visceral fat is below 0"),
            ({"weight": "eighty"}, "Weight: “eighty” is not a number"),
            ({"fat": "x"}, "Body fat: “x” is not a number"),
        ],
    )
    def test_what_cannot_be_is_refused_by_its_name(self, wrong: dict[str, str], reason: str) -> None:
        with pytest.raises(EntryError, match=reason):
            entries.weigh_in(typed(**wrong), "me", ZONE, NOW)


class TestMoreOfASet:
    def test_kind_effort_note_time_and_distance(self) -> None:
        made = drafts.with_set(drafts.empty_draft(KEY), "1", "Squat", "5", "100", "kg", rpe="8,5", note=" heavy ", type="warmup")
        made = drafts.with_set(made, "1", "Plank", "", "", "kg", time="45")
        made = drafts.with_set(made, "1", "Row", "", "", "kg", time="1:52", metres="500", type="normal")
        squat, plank, row = drafts.session(made, {"when": "2026-11-22T17:00"}, "me", ZONE, NOW)[0].sets
        assert (squat.type, squat.rpe, squat.note) == ("warmup", Decimal("8.5"), "heavy")
        assert (plank.reps, plank.duration_s, plank.distance_m) == (None, 45, None)
        assert (row.duration_s, row.distance_m, row.type) == (112, 500, "normal")

    def test_all_of_a_session(self) -> None:
        about = {
            "when": "2026-11-22T17:00",
            "name": " Push ",
            "time": "1:05:00",
            "rpe": "7",
            "note": "a long day\nslept badly",
        }
        made, raw = drafts.session(draft(("Squat", "5", "100")), about, "me", ZONE, NOW)
        assert (made.name, made.duration_s, made.rpe, made.note) == ("Push", 3900, 7, "a long day\nslept badly")
        assert {"name", "time", "rpe", "note"} <= raw.data.keys()

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"rpe": "11"}, "RPE of the set: it is from 1 to 10"),
            ({"rpe": "hard"}, "RPE of the set: “hard” is not a number"),
            ({"note": "x" * 501}, "Note of the set: it has at most 500"),
            ({"note": "a\x00b"}, "Note of the set"),
            ({"time": "1:75"}, "Time of the set: “1:75” is not a number|says it|Time of the set"),
            ({"time": "-3"}, "Time of the set"),
            ({"metres": "1e9"}, "Metres"),
            ({"type": "superset"}, "Kind of set"),
        ],
    )
    def test_what_is_wrong_with_a_set_is_named(self, wrong: dict[str, str], reason: str) -> None:
        with pytest.raises(EntryError, match=reason):
            drafts.with_set(drafts.empty_draft(KEY), "1", "Squat", "5", "100", "kg", **wrong)

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"rpe": "0"}, "RPE of the session"),
            ({"note": "x" * 501}, "Note of the session"),
            ({"time": "long"}, "Time: “long” is not a number"),
            ({"time": "0"}, "Time: say it as minutes and seconds"),
            ({"name": "x" * 81}, "name of a session has at most 80"),
        ],
    )
    def test_what_is_wrong_with_a_session_is_named(self, wrong: dict[str, str], reason: str) -> None:
        with pytest.raises(EntryError, match=reason):
            drafts.session(draft(("Squat", "5", "100")), {"when": "2026-11-22T17:00", **wrong}, "me", ZONE, NOW)

    @given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
    def test_no_text_does_anything_but_be_refused_or_believed(self, time: str, metres: str, rpe: str, note: str) -> None:
        try:
            made = drafts.with_set(
                drafts.empty_draft(KEY), "1", "Squat", "5", "", "kg", time=time, metres=metres, rpe=rpe, note=note
            )
        except EntryError:
            return
        (one,) = drafts.session(made, {"when": "2026-11-22T17:00"}, "me", ZONE, NOW)[0].sets
        assert one.rpe is None or 1 <= one.rpe <= 10
        assert one.duration_s is None or 0 < one.duration_s <= 86_400


class TestCrossfit:
    ABOUT = {"when": "2026-11-22T17:00", "rounds": 3, "time": "12:30"}

    def test_rounds_are_all_its_movements_as_often_in_the_order_performed(self) -> None:
        made = drafts.with_set(drafts.empty_draft(KEY, "crossfit"), "1", "Thruster", "21", "43", "kg")
        made = drafts.with_set(made, "1", "Pull-up", "21", "", "kg")
        one, raw = drafts.session(made, self.ABOUT, "me", ZONE, NOW)
        assert (one.name, one.duration_s) == ("Crossfit", 750)
        assert [(each.order, each.exercise) for each in one.sets] == [
            (at + 1, ("Thruster", "Pull-up")[at % 2]) for at in range(6)
        ]  # fmt: skip
        assert (raw.data["form"], raw.data["rounds"], len(raw.data["sets"])) == ("crossfit", 3, 2)

    @pytest.mark.parametrize(
        ("rounds", "reason"), [(0, "Rounds: it is a whole"), (1.5, "whole number"), ("x", "Rounds"), (100, "more")]
    )
    def test_rounds_that_cannot_be(self, rounds: Any, reason: str) -> None:
        made = drafts.empty_draft(KEY, "crossfit")
        for _ in range(3):
            made = drafts.with_set(made, "1", "Burpee", "10", "", "kg")
        with pytest.raises(EntryError, match=reason):
            drafts.session(made, {**self.ABOUT, "rounds": rounds}, "me", ZONE, NOW)

    def test_the_other_forms_draft_waits(self) -> None:
        lifting = draft(("Squat", "5", "100"))
        crossfit = drafts.with_set(drafts.of_form(lifting, "crossfit", KEY), "1", "Burpee", "10", "", "kg")
        assert [each["exercise"] for each in crossfit["sets"]] == ["Burpee"]
        back = drafts.of_form(crossfit, "lifting", KEY)
        assert [each["exercise"] for each in back["sets"]] == ["Squat"]
        assert [each["exercise"] for each in drafts.of_form(back, "crossfit", KEY)["sets"]] == ["Burpee"]
        assert [each["exercise"] for each in drafts.of_form(drafts.emptied(back, KEY), "crossfit", KEY)["sets"]] == ["Burpee"]
        for odd in (None, 3, {"key": 1}, {**lifting, "parked": "x", "form": "nonsense"}):
            assert drafts.of_form(odd, "crossfit", KEY)["sets"] == []
