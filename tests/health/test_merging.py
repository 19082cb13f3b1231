"""One thing from several sources counts once; two things never do; the order of arrival changes nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.days import from_local, local_day
from health.merging import ORDERS, taken_from, things
from health.merging_rules import RULES, rounding, same_values

Body = dict[str, Any]
START = datetime(2025, 3, 14, 6, 58, 2, tzinfo=UTC)
BERLIN = "Europe/Berlin"
LB = 0.45359237


def record(kind: str, source: str, at: datetime = START, native: str = "", zone: str = BERLIN, **values: Any) -> Body:
    native = native or f"{at:%FT%T}"
    return {
        "kind": kind, "id": f"{source}:{native}", "person": "me", "source": source, "native_id": native,
        "at": at.isoformat().replace("+00:00", "Z"), "zone": zone, "day": str(local_day(at, zone)), **values,
    }  # fmt: skip


def weigh_in(source: str, kg: float | None = 80.452, at: datetime = START, **values: Any) -> Body:
    return record("measurement", source, at, **({} if kg is None else {"body_mass_kg": round(kg, 6)}), **values)


def run(source: str, metres: float | None = 10_023.7, at: datetime = START, seconds: float | None = 3273, **values: Any) -> Body:
    numbers = {"distance_m": metres, "elapsed_s": seconds}
    said = {"sport": "run", "sport_type": "Run", **values}
    return record("activity", source, at, **{name: value for name, value in numbers.items() if value is not None}, **said)


def lifted(
    source: str, at: datetime = START, sets: tuple[tuple[int, float], ...] = ((5, 100), (5, 100), (3, 110)), **more: Any
) -> Body:
    made = [{"exercise": source, "order": n, "type": "normal", "reps": reps, "load_kg": kg} for n, (reps, kg) in enumerate(sets, 1)]
    return record("workout", source, at, sets=made, **more)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def split(of: str, *groups: tuple[Body, ...]) -> Body:
    return {"kind": "split", "of": of, "apart": [[each["id"] for each in group] for group in groups]}


def sets_of(*bodies: Body, splits: tuple[Body, ...] = ()) -> set[frozenset[str]]:
    """What is one thing with what, by id."""
    found = things(bodies[0]["kind"], bodies, splits)
    rows = found.rows.bodies
    made = [frozenset(rows[at]["id"] for at in row if at >= 0) for row in found.members.tolist()]
    assert sorted(each for some in made for each in some) == sorted(each["id"] for each in bodies)  # none lost, none twice
    return set(made)


def count(*bodies: Body, splits: tuple[Body, ...] = ()) -> int:
    return len(sets_of(*bodies, splits=splits))


class TestWeighIns:
    def test_three_sources_of_one_weigh_in_are_one(self) -> None:
        found = things("measurement", [
            weigh_in("withings_api", 80.452, fat_ratio=0.214),
            weigh_in("withings_export", 80.45, bone_mass_kg=3.1),
            weigh_in("apple", 80.452, height_m=1.8, fat_ratio=0.214),
        ])  # fmt: skip
        assert len(found) == 1
        assert found.leads[0]["source"] == "withings_api"
        assert found.also() == ["withings_export, apple"]
        said = {name: found.number(name)[0] for name in found.rows.numbers}
        assert said == {"body_mass_kg": 80.452, "fat_ratio": 0.214, "bone_mass_kg": 3.1, "height_m": 1.8}

    def test_what_each_field_was_taken_from_can_be_told(self) -> None:
        said = taken_from("measurement", [weigh_in("apple", 80.5, height_m=1.8), weigh_in("withings_api", 80.452)])
        assert said["body_mass_kg"] == (80.452, "withings_api")
        assert said["height_m"] == (1.8, "apple")
        assert said["at"] == ("2025-03-14T06:58:02Z", "withings_api")

    def test_what_was_typed_keeps_its_name_and_takes_the_scales_value(self) -> None:
        found = things("measurement", [weigh_in("withings_api", 80.452), weigh_in("app", 80.5, START.replace(second=0))])
        assert [each["source"] for each in found.leads] == ["app"]  # there it can be edited
        assert found.number("body_mass_kg").tolist() == [80.452]
        assert found.also() == ["withings_api"]

    def test_identical_rows_of_one_source_are_as_many_as_they_are(self) -> None:
        same = [weigh_in("apple") | {"id": f"apple:{n}", "native_id": str(n)} for n in range(3)]
        assert count(*same) == 3
        assert count(*same, weigh_in("withings_api")) == 3
        again = [weigh_in("withings_api") | {"id": f"withings_api:{n}", "native_id": str(n)} for n in range(3)]
        assert count(*same, *again) == 3
        many = [each | {"id": f"{each['source']}:{n}"} for each in (same[0], again[0]) for n in range(500)]
        assert count(*many) == 500

    @pytest.mark.parametrize(("one", "other", "merge"), [
        (80.452, 80.5, True), (80.452, 80.4, False),  # printed with one decimal
        (80.452, 80.45, True), (82.0, 82.1, False), (80.0, 80.4, False),  # 80 is 80.0
        (80.452, 177.4 * LB, True), (80.452, 177.2 * LB, False),  # pounds with one decimal
        (80.452, 177 * LB, True), (80.452, 176 * LB, False), (77.11064, 77.1, True),  # whole pounds
        (80.452, 62.3, False),
    ])  # fmt: skip
    def test_equal_as_far_as_the_coarser_one_was_printed(self, one: float, other: float, merge: bool) -> None:
        assert count(weigh_in("withings_api", one), weigh_in("apple", other)) == (1 if merge else 2)

    @pytest.mark.parametrize(("seconds", "merge"), [(0, True), (58, True), (90, True), (91, False), (3600, False)])
    def test_a_minute_cut_off_and_a_drifting_clock(self, seconds: float, merge: bool) -> None:
        assert count(weigh_in("withings_api"), weigh_in("apple", at=after(seconds))) == (1 if merge else 2)
        assert count(weigh_in("withings_api"), weigh_in("apple", at=after(-seconds))) == (1 if merge else 2)

    def test_two_people_on_one_scale_a_minute_apart_stay_two(self) -> None:
        assert count(weigh_in("withings_api", 82.3), weigh_in("apple", 61.8, after(60))) == 2
        both = [weigh_in("apple", 82.3), weigh_in("apple", 61.8, after(60))]
        assert sets_of(weigh_in("withings_api", 82.3), *both) == {
            frozenset({weigh_in("withings_api")["id"], both[0]["id"]}), frozenset({both[1]["id"]}),
        }  # fmt: skip

    def test_stepping_on_twice_is_two_readings_each_with_its_own(self) -> None:
        api = [weigh_in("withings_api", 80.4, after(s)) for s in (0, 40)]
        apple = [weigh_in("apple", 80.4, after(s)) for s in (5, 38)]
        assert sets_of(*api, *apple) == {frozenset({a["id"], b["id"]}) for a, b in zip(api, apple, strict=True)}

    def test_one_value_that_differs_keeps_them_apart(self) -> None:
        assert count(weigh_in("withings_api", fat_ratio=0.21), weigh_in("apple", fat_ratio=0.26)) == 2

    def test_readings_of_different_things_at_one_time_are_two(self) -> None:
        assert count(weigh_in("withings_api"), weigh_in("apple", None, systolic_mmhg=120, diastolic_mmhg=80)) == 2

    def test_a_heart_rate_or_a_height_alone_makes_nothing_one(self) -> None:
        scale = weigh_in("withings_api", heart_rate_bpm=62, height_m=1.8)
        assert count(scale, weigh_in("apple", None, heart_rate_bpm=62, height_m=1.8)) == 2
        of_the_day = weigh_in("apple", None, heart_rate_bpm=62, precision="day")
        assert count(scale, of_the_day) == 2
        assert count(scale, of_the_day | {"fat_ratio": 0.2}, weigh_in("fitbit", 80.45, fat_ratio=0.2, precision="day")) == 2

    def test_a_row_with_only_a_day_is_the_reading_of_that_day_that_says_the_same(self) -> None:
        noon = START.replace(hour=11, minute=0, second=0)
        row = weigh_in("weight_csv", 80.5, noon, precision="day")
        morning, evening = weigh_in("withings_api", 80.452), weigh_in("withings_api", 81.204, after(50_000))
        assert sets_of(row, morning, evening) == {frozenset({row["id"], morning["id"]}), frozenset({evening["id"]})}
        found = things("measurement", [row, morning])
        assert found.leads == [morning]  # a time goes before a day
        assert count(row | {"body_mass_kg": 80.8}, morning, evening) == 3
        assert count(row, weigh_in("withings_api", 80.452, after(86_400))) == 2

    def test_of_two_readings_that_say_the_same_the_day_means_the_first(self) -> None:
        row = weigh_in("weight_csv", 80.5, precision="day")
        first, second = weigh_in("withings_api", 80.46, after(-3600)), weigh_in("withings_api", 80.46, after(3600))
        assert sets_of(row, first, second) == {frozenset({row["id"], first["id"]}), frozenset({second["id"]})}

    def test_a_chain_of_small_steps_swallows_nothing(self) -> None:
        chain = [weigh_in(source, 80.4, after(80 * n)) for n, source in enumerate(("withings_api", "apple", "fitbit"))]
        assert count(*chain) == 2

    def test_a_file_without_a_zone_is_known_by_the_wall_clock(self) -> None:
        wall = datetime(2025, 3, 14, 7, 58)
        row = weigh_in("weight_csv", 80.5, from_local(wall, "America/New_York"), zone="America/New_York")
        assert count(weigh_in("withings_api", 80.452), row) == 1
        assert things("measurement", [weigh_in("withings_api"), row]).leads[0]["zone"] == BERLIN
        assert count(weigh_in("withings_api", 80.452), row | {"body_mass_kg": 80.7}) == 2

    def test_a_source_that_knows_its_zone_and_is_an_hour_off_is_another_reading(self) -> None:
        assert count(weigh_in("withings_api"), weigh_in("apple", at=after(3600), zone="Europe/Helsinki")) == 2
        assert count(weigh_in("withings_api"), weigh_in("weight_csv", at=after(3600))) == 2  # nor do the clocks agree

    def test_the_hour_that_comes_twice(self) -> None:
        first, second = (datetime(2024, 10, 27, hour, 30, tzinfo=UTC) for hour in (0, 1))
        api = [weigh_in("withings_api", 80.4, at) for at in (first, second)]
        assert count(*api, weigh_in("apple", 80.4, first), weigh_in("apple", 80.4, second)) == 2
        assert count(api[1], weigh_in("apple", 80.4, first)) == 2


class TestActivities:
    def test_a_run_from_the_api_the_export_and_the_watch_is_one(self) -> None:
        found = things("activity", [
            run("strava_api", 10_023.7, native="7", name="Lunch run", mean_heart_rate_bpm=150),
            run("strava_export", 10_023.7, native="7", name="Lunch", ascent_m=84, mean_heart_rate_bpm=150),
            run("fit", 10_051.2, after(-2), 3270, sport_type="running", mean_heart_rate_bpm=151.2),
        ])  # fmt: skip
        assert (len(found), found.leads[0]["id"]) == (1, "strava_api:7")
        assert [found.word(name)[0] for name in ("name", "sport_type")] == ["Lunch run", "Run"]
        assert [found.number(name)[0] for name in ("distance_m", "mean_heart_rate_bpm", "ascent_m")] == [10_051.2, 151.2, 84]

    def test_what_came_by_the_api_can_be_left_out(self) -> None:
        both = [
            run("strava_api", 10_100, native="7"),
            run("strava_export", 10_000, native="7"),
            run("strava_api", native="8", at=after(9e4)),
        ]
        free = things("activity", both).without(frozenset({"strava_api"}))
        assert [each["id"] for each in free.leads] == ["strava_export:7"]
        assert free.number("distance_m").tolist() == [10_000]
        assert free.also() == [None]

    def test_two_short_runs_back_to_back_stay_two(self) -> None:
        halves = [(1000.0, START, 290.0), (1005.0, after(300), 292.0)]
        strava = [run("strava_export", *each) for each in halves]
        watch = [run("fit", each[0] + 4, each[1] + timedelta(seconds=1), each[2]) for each in halves]
        assert sets_of(*strava, *watch) == {frozenset({a["id"], b["id"]}) for a, b in zip(strava, watch, strict=True)}
        assert count(strava[0], watch[1]) == 2
        assert count(strava[0], strava[1], run("fit", 2009, START, 592)) == 3  # the watch took both as one

    def test_treadmill_and_watch_that_disagree_stay_two(self) -> None:
        assert count(run("tcx", 5200, seconds=1800), run("fit", 4800, after(8), 1805)) == 2

    def test_a_treadmill_without_distance_and_a_watch_are_one(self) -> None:
        found = things("activity", [run("tcx", 0.0, seconds=1800), run("fit", 4800, after(8), 1805)])
        assert len(found) == 1
        assert found.number("distance_m").tolist() == [4800]  # 0 is no word against it

    @pytest.mark.parametrize(("metres", "seconds", "late", "sport", "merge"), [
        (10_200, 3273, 0, "run", True), (10_300, 3273, 0, "run", False), (None, 3273, 0, "run", True),
        (10_000, 3400, 0, "run", True), (10_000, 3600, 0, "run", False), (10_000, 3273, 500, "run", True),
        (10_000, 3273, 800, "run", False), (10_000, 3273, 0, "ride", False), (10_000, 3273, 0, "workout", True),
        (None, None, 0, "run", False), (10_000, None, 30, "run", True), (10_000, None, 300, "run", False),
    ])  # fmt: skip
    def test_overlap_and_tolerances(
        self, metres: float | None, seconds: float | None, late: float, sport: str, merge: bool
    ) -> None:
        other = run("fit", metres, after(late), seconds, sport=sport)
        assert count(run("strava_api", 10_023.7), other) == (1 if merge else 2)

    def test_moving_time_is_compared_where_one_says_no_other(self) -> None:
        cafe = run("strava_api", 40_000, seconds=9000, moving_s=5400, sport="ride")
        assert count(cafe, run("gpx", 40_100, seconds=None, moving_s=5380, sport="ride")) == 1

    def test_a_walk_and_a_hike_can_be_one_and_keep_the_services_word(self) -> None:
        found = things(
            "activity", [run("strava_api", sport="hike", sport_type="Hike"), run("fit", sport="walk", sport_type="walking")]
        )
        assert (len(found), found.word("sport"), found.word("sport_type")) == (1, ["hike"], ["Hike"])

    def test_a_sport_that_says_nothing_yields(self) -> None:
        found = things("activity", [run("strava_export", sport="other", sport_type="Odd"), run("fit", sport_type="running")])
        assert (found.word("sport"), found.word("sport_type")) == (["run"], ["running"])

    def test_a_distance_corrected_at_the_service_still_merges_by_the_word_of_its_export(self) -> None:
        api, export, watch = run("strava_api", 11_000, native="7"), run("strava_export", 10_000, native="7"), run("fit", 10_010)
        assert count(api, export, watch) == 1
        assert count(api, watch) == 2

    def test_times_read_in_another_zone_are_another_run(self) -> None:
        assert count(run("strava_export"), run("gpx", at=after(3600))) == 2


class TestWorkouts:
    def test_the_same_session_from_two_apps_is_one(self) -> None:
        found = things("workout", [lifted("hevy", START.replace(second=0), name="Legs", note="x"), lifted("strong")])
        assert (len(found), found.leads[0]["source"], found.word("name"), found.word("note")) == (1, "strong", ["Legs"], ["x"])

    def test_other_sets_or_another_time_are_another_session(self) -> None:
        assert count(lifted("strong"), lifted("hevy", sets=((5, 100), (5, 100), (4, 110)))) == 2
        assert count(lifted("strong"), lifted("hevy", after(7200))) == 2
        assert count(lifted("strong", sets=((5, 100),)), lifted("hevy", sets=((5, 100),))) == 2  # one set proves nothing

    def test_pounds_and_warm_ups_are_no_difference(self) -> None:
        strong = lifted("strong", sets=((5, 100), (5, 100), (3, 110)))
        pounds = lifted("hevy", sets=((5, 220.5 * LB), (5, 220.5 * LB), (3, 242.5 * LB)))
        pounds["sets"] = [{"exercise": "x", "order": 0, "type": "warmup", "reps": 10, "load_kg": 20}, *pounds["sets"]]
        assert count(strong, pounds) == 1

    def test_a_day_with_the_same_sets(self) -> None:
        assert count(lifted("strong"), lifted("fitnotes", START.replace(hour=11), precision="day")) == 1


class TestSplits:
    def test_what_a_person_splits_stays_apart_and_comes_together_again(self) -> None:
        api, apple = weigh_in("withings_api"), weigh_in("apple")
        apart = split("measurement", (api,), (apple,))
        assert count(api, apple) == count(api, apple, splits=(split("activity", (api,), (apple,)),)) == 1
        assert count(api, apple, splits=(apart,)) == 2

    def test_a_third_source_that_comes_late_does_not_bridge_a_split(self) -> None:
        api, apple, third = weigh_in("withings_api"), weigh_in("apple", at=after(5)), weigh_in("fitbit", at=after(1))
        apart = split("measurement", (api,), (apple,))
        assert sets_of(api, apple, third, splits=(apart,)) == {frozenset({api["id"], third["id"]}), frozenset({apple["id"]})}

    def test_one_of_three_can_be_taken_out(self) -> None:
        three = [run(source, native="7") for source in ("strava_api", "strava_export")] + [run("fit")]
        apart = split("activity", (three[2],), (three[0], three[1]))
        assert sets_of(*three, splits=(apart,)) == {frozenset({"strava_api:7", "strava_export:7"}), frozenset({three[2]["id"]})}

    def test_a_split_of_what_is_gone_or_unknown_does_nothing(self) -> None:
        api, apple = weigh_in("withings_api"), weigh_in("apple")
        gone = split("measurement", (weigh_in("fitbit"),), (api,))
        assert count(api, apple, splits=(gone,)) == 1


# -- properties

SOURCES = {
    "measurement": ("withings_api", "withings_export", "apple", "fitbit", "weight_csv"),
    "activity": ("strava_api", "strava_export", "fit", "gpx", "apple"),
    "workout": ("strong", "hevy", "fitnotes"),
}


def contender(kind: str, source: str, minute: int, second: int, value: int, number: int) -> Body:
    at = after(minute * 60 + second)
    if kind == "measurement":
        made = weigh_in(source, 80 + value / 20, at)
    elif kind == "activity":
        made = run(source, 1000.0 + value * 10, at, 300.0 + value)
    else:
        made = lifted(source, at, sets=((5, 100.0 + value // 3),) * 3)
    if source in ("weight_csv", "fitnotes") and value % 2:
        made["precision"] = "day"
    return made | {"native_id": str(number), "id": f"{source}:{number}"}


@st.composite
def crowds(draw: st.DrawFn) -> list[Body]:
    """Records of one kind so close together that they contend for each other."""
    kind = draw(st.sampled_from(sorted(SOURCES)))
    one = st.tuples(
        st.sampled_from(SOURCES[kind]), st.integers(0, 6), st.sampled_from([0, 2, 30, 59]), st.integers(0, 5), st.integers(0, 9)
    )
    some = [contender(kind, *each) for each in draw(st.lists(one, min_size=1, max_size=14))]
    return list({each["id"]: each for each in some}.values())


@st.composite
def split_crowds(draw: st.DrawFn) -> tuple[list[Body], list[Body]]:
    crowd = draw(crowds())
    pairs = draw(st.lists(st.tuples(st.sampled_from(crowd), st.sampled_from(crowd)), max_size=4))
    return crowd, [split(crowd[0]["kind"], (a,), (b,)) for a, b in pairs if a is not b]


class TestProperties:
    @settings(max_examples=80)
    @given(split_crowds(), st.randoms(use_true_random=False))
    def test_any_order_gives_the_same_things_and_loses_none(self, given: tuple[list[Body], list[Body]], rng: random.Random) -> None:
        crowd, splits = given
        made = sets_of(*crowd, splits=tuple(splits))
        found = things(crowd[0]["kind"], crowd, splits)
        for _ in range(3):
            shuffled = rng.sample(crowd, len(crowd))
            assert sets_of(*shuffled, splits=tuple(rng.sample(splits, len(splits)))) == made
            again = things(crowd[0]["kind"], shuffled, splits)
            assert [each["id"] for each in again.leads] == [each["id"] for each in found.leads]
            for name in found.rows.numbers:
                np.testing.assert_array_equal(again.number(name), found.number(name))

    @settings(max_examples=80)
    @given(split_crowds())
    def test_a_thing_holds_one_record_of_a_source_and_nothing_kept_apart(self, given: tuple[list[Body], list[Body]]) -> None:
        crowd, splits = given
        for thing in sets_of(*crowd, splits=tuple(splits)):
            sources = [each.partition(":")[0] for each in thing]
            assert len(set(sources)) == len(sources)
            for each in splits:
                assert not (each["apart"][0][0] in thing and each["apart"][1][0] in thing)

    @settings(max_examples=80)
    @given(crowds(), st.data())
    def test_what_changed_is_read_and_the_rest_kept(self, crowd: list[Body], data: st.DataObject) -> None:
        kind, before = crowd[0]["kind"], data.draw(st.lists(st.sampled_from(crowd), unique_by=lambda each: str(each["id"])))
        after = [dict(each, body_mass_kg=70, fat_ratio=0.2) if data.draw(st.booleans()) else each for each in crowd]
        seen = things(kind, before)
        made, anew = things(kind, after, (), seen), things(kind, after)
        assert made.rows.bodies == anew.rows.bodies
        assert made.rows.sources == anew.rows.sources
        assert list(made.rows.numbers) == list(anew.rows.numbers)
        for name in ("at", "day", "day_only", "source", "length_s"):
            np.testing.assert_array_equal(getattr(made.rows, name), getattr(anew.rows, name))
        for name, values in anew.rows.numbers.items():
            np.testing.assert_array_equal(made.rows.numbers[name], values)
        np.testing.assert_array_equal(made.members, anew.members)

    @settings(max_examples=40)
    @given(crowds())
    def test_two_who_agree_are_never_both_left_alone(self, crowd: list[Body]) -> None:
        alone = [each for each in crowd if frozenset({each["id"]}) in sets_of(*crowd)]
        assert len(alone) < 2 or count(*alone) == len(alone)

    @given(st.decimals(min_value=30, max_value=250, places=3), st.sampled_from(["kg", "lb"]), st.integers(0, 2))
    def test_a_weight_printed_anew_is_the_same_weight(self, kg: Any, unit: str, places: int) -> None:
        places = max(places, 1) if unit == "kg" else places
        value = float(kg)
        printed = round(value, places) if unit == "kg" else round(round(value / LB, places) * LB, 6)
        assert same_values("body_mass_kg", np.array([value]), np.array([printed])).all()

    def test_rounding_is_read_off_the_number(self) -> None:
        values = np.array([80.0, 80.4, 80.45, 80.452, 177 * LB, 177.4 * LB])
        assert rounding("body_mass_kg", values.round(6)).round(5).tolist() == [
            0.1,
            0.1,
            0.01,
            0.001,
            round(LB, 5),
            round(LB / 10, 5),
        ]


def test_the_tables_speak_of_kinds_there_are_and_leave_room_for_others() -> None:
    assert {kind for kind, _ in ORDERS} >= set(RULES)
    assert all("*" in order and len(set(order)) == len(order) for order in ORDERS.values())


# -- a careless program fails the same tests


def _by_content(crowd: list[Body]) -> list[frozenset[str]]:
    """Equal values on one day are one thing."""
    kept: dict[tuple[Any, ...], set[str]] = {}
    for each in crowd:
        kept.setdefault((each["day"], each.get("body_mass_kg"), each.get("distance_m")), set()).add(each["id"])
    return [frozenset(ids) for ids in kept.values()]


def _as_they_come(crowd: list[Body]) -> list[frozenset[str]]:
    """Each joins the first thing that holds one like it."""
    made: list[list[Body]] = []
    for each in crowd:
        mine = next((thing for thing in made if any(count(each, one) == 1 for one in thing)), None)
        if mine is None:
            made.append([each])
        else:
            mine.append(each)
    return [frozenset(one["id"] for one in thing) for thing in made]


def test_a_merge_by_content_or_by_arrival_would_be_noticed() -> None:
    twins = [weigh_in("apple") | {"id": f"apple:{n}"} for n in range(2)]
    assert len(_by_content(twins)) < count(*twins) == 2
    chain = [weigh_in(source, 80.4, after(80 * n)) for n, source in enumerate(("withings_api", "apple", "fitbit"))]
    other_way = [chain[2], chain[0], chain[1]]
    assert set(_as_they_come(chain)) != set(_as_they_come(other_way))
    assert sets_of(*chain) == sets_of(*other_way)
    assert any(len({each.partition(":")[0] for each in thing}) < len(thing) for thing in _as_they_come([chain[0], *(
        each | {"id": f"{each['id']}{n}"} for n, each in enumerate(chain[1:2] * 2)
    )]))  # fmt: skip
