"""Exercises: our catalogue, which given names mean the same one, and the muscles each works.

A record keeps the name as its source gave it. A frame shows the exercise it means (`Names`): what the person said it means, else
what our catalogue (exercises.csv beside this file) knows under that name, else what a catalogue the person imported knows. A name
that nobody knows is an exercise of its own, called as it was given. Two names meet only where they hold the same words
(`exercise_words`), never because they are alike: barbell and dumbbell bench press are two lifts.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from health.exercise_words import Words, words_of

OTHER = "Other"
GROUPS = ("Legs", "Back", "Chest", "Shoulders", "Arms", "Core")

# Which group a muscle or part of the body belongs to, as our catalogue and those one can import write it.
PARTS: dict[str, str] = {
    **dict.fromkeys(("quadriceps", "quads", "hamstrings", "glutes", "calves", "adductors", "abductors", "legs"), "Legs"),
    **dict.fromkeys(("upper legs", "lower legs", "hips", "thighs"), "Legs"),
    **dict.fromkeys(("lats", "middle back", "upper back", "lower back", "traps", "back"), "Back"),
    **dict.fromkeys(("chest", "pectorals", "pecs"), "Chest"),
    **dict.fromkeys(("shoulders", "delts", "deltoids"), "Shoulders"),
    **dict.fromkeys(("biceps", "triceps", "forearms", "arms", "upper arms", "lower arms"), "Arms"),
    **dict.fromkeys(("abdominals", "abs", "obliques", "core", "waist"), "Core"),
}

_CATALOGUE = Path(__file__).with_name("exercises.csv")
_MOST_STEPS = 8  # of a person's names that mean each other


@dataclass(frozen=True, kw_only=True)
class Known:
    """One exercise of a catalogue. `muscles`: the one it is done for first."""

    name: str
    muscles: tuple[str, ...] = ()
    type: str = ""
    equipment: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """One of `GROUPS`; by its name where its muscle is none that we know."""
        first = self.muscles[0].casefold() if self.muscles else ""
        return PARTS.get(first) or muscle_group(self.name)


@cache
def catalogue() -> tuple[Known, ...]:
    """Our own exercises, in the order of the table."""
    with _CATALOGUE.open(encoding="utf-8", newline="") as table:
        return tuple(
            Known(
                name=row["name"],
                muscles=_listed(row["muscles"]),
                type=row["type"],
                equipment=row["equipment"],
                aliases=_listed(row["aliases"]),
            )
            for row in csv.DictReader(table)
        )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(";") if each.strip())


@cache
def by_words() -> dict[Words, Known]:
    """Our exercises by the words of each of their names, with and without their equipment: "Hammer Curl (Dumbbell)".

    A name of the table itself goes before one that only the equipment makes; what two would claim so belongs to neither.
    """
    said = {words_of(name): each for each in catalogue() for name in (each.name, *each.aliases)}
    with_equipment: dict[Words, set[Known]] = {}
    for words, each in said.items():
        if each.equipment != "other":
            with_equipment.setdefault(words | words_of(each.equipment), set()).add(each)
    return {words: next(iter(each)) for words, each in with_equipment.items() if len(each) == 1} | said


class Names:
    """What each given name means to one person. `bodies` are their records of kind `exercise` (`health.records.Exercise`).

    Made once for each change of these; a name is looked up once and remembered.
    """

    def __init__(self, bodies: Iterable[Mapping[str, Any]] = ()) -> None:
        self._said: dict[Words, str] = {}
        self._imported: dict[Words, Known] = {}
        self._meant: dict[str, tuple[str, str, bool]] = {}
        # Ordered, so that of two titles with the same words the same one counts whatever came first.
        for each in sorted(bodies, key=lambda each: (each["at"], each["id"])):
            if given := each.get("given"):
                self._said[words_of(given) or frozenset([given])] = each["title"]
            else:
                self._imported.setdefault(words_of(each["title"]), _imported(each))

    def of(self, given: str) -> str:
        """The exercise that `given` means; `given` itself where nobody knows it."""
        return self._find(given)[0]

    def group(self, given: str) -> str:
        """The muscle group of the exercise that `given` means: one of `GROUPS`, or `OTHER`."""
        return self._find(given)[1]

    def knows(self, given: str) -> bool:
        """True where the person, our catalogue or an imported one says what `given` is."""
        return self._find(given)[2]

    def said(self, given: str) -> str | None:
        """What the person said that `given` means; None where they said nothing."""
        return self._said.get(words_of(given) or frozenset([given]))

    def exercises(self) -> list[str]:
        """Every exercise there is a name for, ours first, then what was imported, each in the order of names."""
        ours = sorted(each.name for each in catalogue())
        return [*ours, *sorted({each.name for words, each in self._imported.items() if words not in by_words()})]

    def _find(self, given: str) -> tuple[str, str, bool]:
        found = self._meant.get(given)
        if found is None:
            found = self._meant[given] = self._look(given)
        return found

    def _look(self, given: str) -> tuple[str, str, bool]:
        name, is_said = given, False
        for _ in range(_MOST_STEPS):
            further = self.said(name)
            if further is None or further == name:
                is_said = is_said or further is not None
                break
            name, is_said = further, True
        words = words_of(name)
        known = by_words().get(words) or self._imported.get(words)
        if known is None or (is_said and self.said(name) == name):
            return name, muscle_group(name) if known is None else known.group, is_said
        return known.name, known.group, True


def _imported(body: Mapping[str, Any]) -> Known:
    part = body.get("body_part")
    return Known(
        name=body["title"],
        muscles=(part,) if part else (),
        type=body.get("type", ""),
        equipment=body.get("equipment", ""),
    )


# For a name that no catalogue knows: the first phrase that occurs in it decides, so the narrower ones stand first ("leg curl"
# before "curl"); what no phrase knows is `OTHER`, never guessed. Phrases are whole words, singular;
# a plural s is allowed after each.
_PHRASES: tuple[tuple[str, str], ...] = (
    ("Core", "hanging leg raise|flat leg raise|lying leg raise|leg raise|knee raise|knees to elbow|toes to bar|toe to bar"),
    ("Core", "crunch|sit up|situp|plank|russian twist|ab wheel|ab rollout|rollout|l sit|wood chop|woodchopper|cable twist"),
    ("Core", "side bend|dead bug|hollow hold|hollow rock|flutter kick|mountain climber|v up|torso rotation|abdominal|ab|oblique"),
    ("Legs", "leg curl|leg extension|leg press|hamstring curl|nordic curl|nordic|calf raise|calf press|calf extension|calf"),
    ("Legs", "squat|lunge|step up|split squat|pistol|glute bridge|glute|hip thrust|hip abduct|hip adduct|hip adductor"),
    ("Legs", "hip abductor|adductor|abductor|abduction|adduction|romanian deadlift|stiff leg deadlift|stiff legged deadlift"),
    ("Legs", "straight leg deadlift|sumo deadlift|box jump|wall sit|sled push|pull through|kettlebell swing|rdl|leg|thruster"),
    ("Arms", "triceps extension|tricep extension|triceps|tricep|skullcrusher|skull crusher|jm press|close grip bench press"),
    ("Arms", "bench press - close grip|bicep|biceps|preacher|hammer curl|wrist curl|wrist extension|wrist roller|forearm"),
    ("Arms", "push down|pushdown|pressdown|press down|curl"),
    ("Shoulders", "face pull|upright row|lateral raise|lateral dumbbell raise|lateral delt|side raise|front raise|shoulder press"),
    ("Shoulders", "front dumbbell raise|front plate raise|rear delt|reverse fly|reverse flye|reverse cable fly|reverse pec deck"),
    ("Shoulders", "back deltoid|deltoid|delt|shoulder|overhead press|overhead smith|military press|arnold press|push press"),
    ("Shoulders", "strict press|push jerk|handstand|ohp|overhead|external rotation|internal rotation|smith machine overhead"),
    ("Back", "deadlift|pull up|pullup|chin up|chinup|muscle up|pulldown|pull down|row|shrug|hyperextension|back extension"),
    ("Back", "good morning|lower back|pullover|rack pull|lat|back|superman|glute ham raise"),
    ("Chest", "bench press|bench|chest press|chest fly|chest|fly|flye|push up|pushup|press up|dip|crossover|pec deck|pec"),
    ("Chest", "butterfly|floor press|svend press|incline press|decline press"),
    ("Legs", "clean|snatch"),
)

_WORDS = re.compile(r"[^a-z0-9]+")


def _pattern(phrases: str) -> re.Pattern[str]:
    each = (_WORDS.sub(" ", phrase).strip() for phrase in phrases.split("|"))
    return re.compile(rf"\b(?:{'|'.join(each)})(?:s|es)?\b")


_TABLE = tuple((group, _pattern(phrases)) for group, phrases in _PHRASES)


@lru_cache(maxsize=4096)
def muscle_group(exercise: str) -> str:
    """One of `GROUPS`, or `OTHER` where the name says nothing we know."""
    words = _WORDS.sub(" ", exercise.lower()).strip()
    return next((group for group, pattern in _TABLE if pattern.search(words)), OTHER)
