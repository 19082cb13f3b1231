"""When two names of an exercise are one: the words they hold, whatever their order, spelling, language or number.

"Bench Press (Barbell)", "barbell bench-press" and "Langhantel-Bankdrücken" have the same words. A word that tells lifts apart
(incline, dumbbell, seated, single-arm, ...) is never dropped.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

Words = frozenset[str]

_PARTS = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    ("a", "an", "and", "at", "auf", "dem", "den", "der", "die", "im", "in", "mit", "of", "on", "or", "the", "to", "und", "with")
)

# As they are written -> as the table writes them: short forms, compounds and German.
_SAME: dict[str, str] = {
    "abs": "ab", "bb": "barbell", "bw": "bodyweight", "calves": "calf", "chinup": "chin up", "crossover": "cross over",
    "db": "dumbbell", "dbs": "dumbbell", "deltoid": "delt", "deltoids": "delt", "dumbell": "dumbbell", "ezbar": "ez bar",
    "flies": "fly", "flye": "fly", "flyes": "fly", "flys": "fly", "kb": "kettlebell", "kickback": "kick back",
    "hamstrings": "hamstring", "legged": "leg", "one": "single", "1": "single", "ohp": "overhead press", "pressdown": "press down",
    "pressup": "press up", "pulldown": "pull down", "pullover": "pull over", "pullthrough": "pull through", "pullup": "pull up",
    "pushdown": "push down", "pushup": "push up", "rdl": "romanian deadlift", "rollout": "roll out", "situp": "sit up",
    "skullcrusher": "skull crusher", "stepup": "step up", "ups": "up", "woodchop": "wood chop", "woodchopper": "wood chop",
    "chinups": "chin up", "pullups": "pull up", "pushups": "push up", "situps": "sit up", "stepups": "step up",
    "abduktion": "hip abduction", "abduktor": "hip abduction", "abduktoren": "hip abduction", "adduktion": "hip adduction",
    "adduktor": "hip adduction", "adduktoren": "hip adduction", "ausfallschritt": "lunge", "ausfallschritte": "lunge",
    "bankdrücken": "bench press", "beinbeuger": "leg curl", "beinbeugen": "leg curl", "beincurl": "leg curl",
    "beincurls": "leg curl", "beinheben": "leg raise", "beinpresse": "leg press", "beinpressen": "leg press",
    "beinstrecken": "leg extension", "beinstrecker": "leg extension", "bizeps": "bicep", "bizepscurl": "bicep curl",
    "bizepscurls": "bicep curl", "brustpresse": "machine chest press", "drücken": "press", "einarmig": "single arm",
    "einarmiges": "single arm", "einbeinig": "single leg", "einbeinige": "single leg", "eng": "close", "enge": "close",
    "enger": "close", "fliegende": "fly", "flach": "flat", "frontheben": "front raise", "frontkniebeuge": "front squat",
    "frontkniebeugen": "front squat", "gewicht": "weighted", "griff": "grip", "hammercurl": "hammer curl",
    "hammercurls": "hammer curl", "hängend": "hanging", "hängendes": "hanging", "hüftheben": "hip thrust", "kabel": "cable",
    "kabelzug": "cable", "kh": "dumbbell", "klimmzug": "pull up", "klimmzüge": "pull up", "kniebeuge": "squat",
    "kniebeugen": "squat", "kreuzheben": "deadlift", "kugelhantel": "kettlebell", "kurzhantel": "dumbbell",
    "kurzhanteln": "dumbbell", "kurzhantelbankdrücken": "dumbbell bench press", "kurzhantelrudern": "dumbbell row",
    "körpergewicht": "bodyweight", "langhantel": "barbell", "langhantelrudern": "barbell row", "latziehen": "lat pull down",
    "latzug": "lat pull down", "lh": "barbell", "liegend": "lying", "liegendes": "lying", "liegestütz": "push up",
    "liegestütze": "push up", "liegestützen": "push up", "maschine": "machine", "multipresse": "smith machine",
    "rudern": "row", "rumänisches": "romanian", "schrägbank": "incline", "schrägbankdrücken": "incline bench press",
    "schulterdrücken": "shoulder press", "seilzug": "cable", "seitheben": "lateral raise", "sitzend": "seated",
    "sitzendes": "seated", "stehend": "standing", "stehendes": "standing", "sz": "ez bar", "stange": "bar",
    "trizeps": "tricep", "trizepsdrücken": "tricep push down", "vorgebeugt": "bent over", "vorgebeugtes": "bent over",
    "wadenheben": "calf raise", "weit": "wide", "weiter": "wide", "überkopfdrücken": "overhead press",
}  # fmt: skip


@lru_cache(maxsize=8192)
def words_of(name: str) -> Words:
    """The words of a name; empty where it holds no letter or digit."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("'", "").replace("’", "")
    found: set[str] = set()
    for part in _PARTS.findall(plain):
        for word in (_SAME.get(part) or _SAME.get(_one(part)) or part).split():
            if word not in _EMPTY:
                found.add(_one(word))
    return frozenset(found)


def _one(word: str) -> str:
    """A word without its plural: curls, crunches and presses as curl, crunch and press."""
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
