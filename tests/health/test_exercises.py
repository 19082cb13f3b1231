"""Names of exercises: which mean one, which never do, and that no name of a real log is lost."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.exercise_words import words_of
from health.exercises import GROUPS, OTHER, PARTS, Names, by_words, catalogue

REAL = Path(__file__).parents[3] / "shared" / "realdata" / "strength"
REAL_FILES = {
    "strong_breinsp.csv": "Exercise Name",
    "fitnotes_lukaszebedin.csv": "Exercise",
    "hevy_mouadja02.csv": "exercise_title",
    "sets_dericmei.csv": "exercise_name",
}
WORDS = sorted({word for each in catalogue() for name in (each.name, *each.aliases) for word in name.split()})


def said(given: str, title: str, n: int = 0) -> dict[str, Any]:
    return {"id": f"app:{given}", "at": f"2026-11-2{n}T10:00:00Z", "given": given, "title": title}


def imported(title: str, **more: str) -> dict[str, Any]:
    return {"id": f"catalogue:{title}", "at": "2000-01-01T12:00:00Z", "title": title, **more}


class TestOurCatalogue:
    def test_no_name_means_two_exercises(self) -> None:
        meant = defaultdict(set)
        for each in catalogue():
            for name in (each.name, *each.aliases):
                assert words_of(name), name
                meant[words_of(name)].add(each.name)
        assert {tuple(sorted(words)): names for words, names in meant.items() if len(names) > 1} == {}

    def test_every_name_of_it_means_its_exercise(self) -> None:
        for each in catalogue():
            for name in (each.name, *each.aliases):
                assert Names().of(name) == each.name, name

    def test_its_lines_are_whole(self) -> None:
        assert 250 <= len(catalogue()) <= 600
        assert len({each.name for each in catalogue()}) == len(catalogue())
        for each in catalogue():
            assert each.muscles
            assert set(each.muscles) <= set(PARTS), each.name
            assert each.type in ("strength", "olympic", "plyometric", "cardio")
            assert each.equipment
            assert each.group in GROUPS

    def test_no_exercise_is_claimed_by_its_equipment_alone(self) -> None:
        equipment = {words_of(each.equipment) for each in catalogue()}
        assert not equipment & set(by_words())


class TestMeeting:
    @pytest.mark.parametrize(
        ("exercise", "names"),
        [
            (
                "Bench press",
                "Bench Press (Barbell)|Flat Barbell Bench Press|Barbell Bench Press|bench press|Bench|Bankdrücken (Langhantel)|"
                "Langhantel-Bankdrücken|BENCH  PRESS|Barbell Bench Press - Medium Grip",
            ),
            ("Dumbbell bench press", "Bench Press (Dumbbell)|Flat Dumbbell Bench Press|DB Bench Press|Kurzhantel Bankdrücken"),
            ("Squat", "Squat (Barbell)|Barbell Squat|Back Squat|Squats|Kniebeuge|Kniebeugen (Langhantel)"),
            ("Deadlift", "Deadlift (Barbell)|deadlift|Deadlifts|Kreuzheben|Conventional Deadlift|Barbell Deadlift"),
            ("Pull-up", "Pull Up|Pullups|pull-ups|Klimmzüge|Pull Up (Bodyweight)"),
            ("Overhead press", "Overhead Press (Barbell)|OHP|Military Press|Standing Military Press|Barbell Shoulder Press"),
            ("Lat pulldown", "Lat Pulldown (Cable)|Lat pull-down|Latzug|Latziehen (Kabel)"),
            ("Triceps pushdown", "Triceps Pushdown|Tricep push down|Trizepsdrücken (Kabelzug)|Cable Push Down"),
            ("Leg curl", "Leg Curls|Hamstring Curl|Beinbeuger|Leg Curl Machine"),
            ("Farmer's walk", "Farmers Walk|Farmer’s Walk|Farmer Carry"),
        ],
    )
    def test_names_of_different_apps_meet(self, exercise: str, names: str) -> None:
        assert {Names().of(each) for each in names.split("|")} == {exercise}

    @pytest.mark.parametrize(
        "names",
        [
            "Bench Press (Barbell)|Bench Press (Dumbbell)|Bench Press (Smith Machine)|Incline Bench Press (Barbell)|"
            "Incline Bench Press (Dumbbell)|Decline Bench Press (Barbell)|Bench Press - Close Grip (Barbell)|Chest Press (Machine)",
            "Squat (Barbell)|Squat (Bodyweight)|Squat (Smith Machine)|Front Squat (Barbell)|Goblet Squat|Hack Squat|Pistol Squat",
            "Deadlift (Barbell)|Romanian Deadlift (Barbell)|Sumo Deadlift (Barbell)|Deadlift (Dumbbell)|Trap Bar Deadlift",
            "Pull Up|Chin Up|Pull Up (Assisted)|Pull Up (Band)|Pull Up (Weighted)|Lat Pulldown (Cable)|Lat Pulldown (Machine)",
            "Leg Curl (Machine)|Lying Leg Curl (Machine)|Seated Leg Curl (Machine)|Leg Extension (Machine)|Leg Press",
            "Seated Overhead Press (Dumbbell)|Overhead Press (Dumbbell)|Overhead Press (Barbell)|Push Press",
            "Lateral Raise (Dumbbell)|Lateral Raise (Cable)|Lateral Raise (Machine)|Front Raise (Dumbbell)|Reverse Fly (Dumbbell)",
        ],
    )
    def test_different_lifts_never_do(self, names: str) -> None:
        given = names.split("|")
        assert len({Names().of(each) for each in given}) == len(given)

    @pytest.mark.parametrize("name", ["Leg Press Keller", "Bankdrücken negativ", "腕立て伏せ", "🏋️", "-", "x" * 300])
    def test_what_nobody_knows_is_kept_as_it_is(self, name: str) -> None:
        assert (Names().of(name), Names().knows(name)) == (name, False)

    @given(st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=6).map(" ".join))
    def test_a_name_is_ours_or_kept_and_ours_mean_themselves(self, name: str) -> None:
        names = Names()
        found = names.of(name)
        assert found == name or names.knows(name)
        assert names.of(found) == found
        assert names.group(name) in (*GROUPS, OTHER)
        assert names.group(name) == names.group(found)

    @given(st.sampled_from([name for each in catalogue() for name in (each.name, *each.aliases)]), st.randoms())
    def test_neither_order_nor_case_nor_marks_matter(self, name: str, chance: Any) -> None:
        words = name.split()
        chance.shuffle(words)
        assert Names().of(chance.choice([" ", "  ", " - ", " / "]).join(words).upper().replace("ß", "SS")) == Names().of(name)


class TestTheListsOfTheApps:
    """Names that Strong, Hevy, Fitbod and FitNotes themselves offer, as far as they were known when this was written."""

    FILE = Path(__file__).parents[1] / "fixtures" / "exercise_names.txt"
    LISTS = dict(line.split(": ", 1) for line in FILE.read_text().splitlines())

    @pytest.mark.parametrize("app", LISTS)
    def test_no_two_of_one_app_are_taken_for_one(self, app: str) -> None:
        met = defaultdict(list)
        for each in self.LISTS[app].split("; "):
            met[Names().of(each)].append(each)
        assert {exercise: names for exercise, names in met.items() if len(names) > 1} == {}

    @pytest.mark.parametrize("app", LISTS)
    def test_nearly_all_are_known(self, app: str) -> None:
        names = self.LISTS[app].split("; ")
        assert sum(Names().knows(each) for each in names) / len(names) > 0.93


class TestWhatThePersonSays:
    def test_it_goes_before_every_catalogue(self) -> None:
        names = Names([said("Bench", "Bench Press Technogym"), said("Lower Back", "Back extension")])
        assert names.of("Bench") == "Bench Press Technogym"
        assert names.of("Bench Press (Barbell)") == "Bench press"
        assert (names.of("lower back"), names.group("lower back"), names.knows("lower back")) == ("Back extension", "Back", True)
        assert names.said("Lower Back") == "Back extension"

    def test_a_name_that_means_itself_is_known_and_stands_alone(self) -> None:
        names = Names([said("Leg Press Keller", "Leg Press Keller"), said("Bench", "Bench")])
        assert (names.of("Leg Press Keller"), names.knows("Leg Press Keller")) == ("Leg Press Keller", True)
        assert (names.of("Bench"), names.group("Bench")) == ("Bench", "Chest")

    def test_names_of_names_are_followed_and_a_circle_ends(self) -> None:
        names = Names([said("a", "b"), said("b", "Bench Press (Barbell)"), said("x", "y"), said("y", "x")])
        assert names.of("a") == "Bench press"
        assert names.of("x") in ("x", "y")

    def test_the_order_they_come_in_changes_nothing(self) -> None:
        bodies = [said("Foo", "Squat", 1), said("foo", "Deadlift", 2), imported("Zottmanesque"), imported("zottmanesque")]
        for some in (bodies, bodies[::-1]):
            assert (Names(some).of("FOO"), Names(some).of("ZOTTMANESQUE")) == ("Deadlift", "Zottmanesque")


class TestAnImportedCatalogue:
    def test_it_adds_exercises_and_their_muscles(self) -> None:
        names = Names([imported("Atlas Stones", body_part="Lower Back"), imported("Mystery Move", body_part="Quadriceps")])
        assert (names.of("atlas stone"), names.group("atlas stone")) == ("Atlas Stones", "Back")
        assert names.group("Mystery Move") == "Legs"
        assert "Mystery Move" in names.exercises()
        assert not Names().knows("Mystery Move")

    def test_it_does_not_rename_what_we_know(self) -> None:
        names = Names([imported("Barbell Bench Press - Medium Grip", body_part="Forearms")])
        assert (names.of("Bench Press (Barbell)"), names.group("Barbell Bench Press - Medium Grip")) == ("Bench press", "Chest")
        assert "Barbell Bench Press - Medium Grip" not in names.exercises()


@pytest.mark.skipif(not REAL.is_dir(), reason="real logs are not here (../shared/realdata/strength)")
class TestRealLogs:
    @staticmethod
    def counted(name: str, column: str) -> dict[str, int]:
        lines = (REAL / name).read_text(encoding="utf-8-sig").splitlines()
        lines = lines[1:] if lines[0].startswith("sep=") else lines
        counts: dict[str, int] = defaultdict(int)
        for row in csv.DictReader(lines, delimiter=";" if lines[0].count(";") > 3 else ","):
            counts[row[column]] += 1
        return counts

    @pytest.mark.parametrize(("name", "column"), REAL_FILES.items())
    def test_every_name_is_ours_or_kept_and_most_are_ours(self, name: str, column: str) -> None:
        counts, names = self.counted(name, column), Names()
        assert all(names.knows(each) or names.of(each) == each for each in counts)
        known = sum(sets for each, sets in counts.items() if names.knows(each))
        assert known / sum(counts.values()) > 0.95

    @pytest.mark.parametrize(("name", "column"), REAL_FILES.items())
    def test_what_a_person_keeps_apart_in_one_app_stays_apart(self, name: str, column: str) -> None:
        counts, names = self.counted(name, column), Names()
        assert len({names.of(each) for each in counts}) == len(counts)
