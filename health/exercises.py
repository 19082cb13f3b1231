"""Which muscles an exercise works, told from its name: enough for a picture of what was trained, until there is a catalogue.

The first phrase of the table that occurs in the name decides, so the narrower ones stand first ("leg curl" before "curl").
Names are as lifting apps write them ("Bench Press (Barbell)"); what no phrase knows is `OTHER`, never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache

OTHER = "Other"
GROUPS = ("Legs", "Back", "Chest", "Shoulders", "Arms", "Core")

# Phrases are whole words, singular; a plural s is allowed after each.
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
