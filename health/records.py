"""What the ledger holds: frozen records that check themselves when they are made.

SI units inside, each name carrying its unit. Numbers are exact decimals (`health.units.exact`). Absent is None, never 0 or NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeVar

from health import days, packed
from health.quantities import QUANTITIES

_T = TypeVar("_T")
_U = TypeVar("_U")

Precision = Literal["instant", "day"]
SetType = Literal["normal", "warmup", "drop", "failure"]
SET_TYPES: tuple[SetType, ...] = ("normal", "warmup", "drop", "failure")

# Sources whose rows came under an API agreement that forbids training models on them (docs/data.md).
NO_TRAINING_SOURCES = frozenset({"strava_api"})


class RecordError(ValueError):
    """A record that cannot be true. `field` names what is wrong, the message says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field, self.reason = field, reason


def _require(holds: bool, name: str, reason: str) -> None:
    if not holds:
        raise RecordError(name, reason)


def _check_number(name: str, value: Decimal | int | None) -> None:
    if value is None:
        return
    _require(not isinstance(value, (float, bool)), name, "must be an exact decimal, not a float")
    _require(Decimal(value).is_finite(), name, "is not a finite number")
    _require(value >= 0, name, "is below 0")


def _checked(name: str, check: Callable[[_T], _U], value: _T) -> _U:
    try:
        return check(value)
    except days.DayError as error:
        raise RecordError(name, str(error)) from None


@dataclass(frozen=True, kw_only=True)
class Record:
    """What every record has. `id` is `source:native_id`; `day` is the local date where the wearer was."""

    kind: ClassVar[str] = ""

    person: str
    source: str
    native_id: str
    at: datetime
    zone: str
    precision: Precision = "instant"
    # When the upstream says it last changed: decides which of two versions is newer. None where it does not say.
    modified: datetime | None = None

    def __post_init__(self) -> None:
        _require(bool(self.person), "person", "is empty")
        _require(bool(self.source) and ":" not in self.source, "source", "is empty or holds a colon")
        _require(bool(self.native_id), "native_id", "is empty")
        _require(self.precision in ("instant", "day"), "precision", "is neither instant nor day")
        object.__setattr__(self, "at", _checked("at", days.utc, self.at))
        _checked("zone", days.zone_info, self.zone)
        _checked("at", lambda at: days.local_day(at, self.zone), self.at)  # the calendar ends somewhere
        if self.modified is not None:
            object.__setattr__(self, "modified", _checked("modified", days.utc, self.modified))

    @property
    def id(self) -> str:
        return f"{self.source}:{self.native_id}"

    @property
    def day(self) -> date:
        return days.local_day(self.at, self.zone)


@dataclass(frozen=True, kw_only=True)
class Measurement(Record):
    """What one device read at one instant; a weigh-in is ONE of these. `values` maps quantity keys to SI values."""

    kind: ClassVar[str] = "measurement"

    values: Mapping[str, Decimal]

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(bool(self.values), "values", "is empty")
        for key, value in self.values.items():
            _require(key in QUANTITIES, key, "is not a known quantity")
            _check_number(key, value)


@dataclass(frozen=True, kw_only=True)
class Activity(Record):
    """A run, ride, swim, ... `sport` is ours (lower case), `sport_type` the source's own word, kept."""

    kind: ClassVar[str] = "activity"

    sport: str
    sport_type: str
    name: str | None = None
    elapsed_s: Decimal | None = None
    moving_s: Decimal | None = None
    distance_m: Decimal | None = None
    ascent_m: Decimal | None = None
    mean_heart_rate_bpm: Decimal | None = None
    max_heart_rate_bpm: Decimal | None = None
    mean_speed_mps: Decimal | None = None
    max_speed_mps: Decimal | None = None
    mean_cadence_rpm: Decimal | None = None
    mean_power_w: Decimal | None = None
    energy_kj: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(bool(self.sport), "sport", "is empty")
        for each in ACTIVITY_NUMBERS:
            _check_number(each, getattr(self, each))


ACTIVITY_NUMBERS = tuple(
    each.name for each in fields(Activity) if each.name.rpartition("_")[2] in ("s", "m", "bpm", "mps", "rpm", "w", "kj")
)


@dataclass(frozen=True, kw_only=True)
class WorkoutSet:
    """One set. `order` counts from 1 through the session in the order performed; 0 repetitions is a failed set."""

    exercise: str
    order: int
    type: SetType = "normal"
    reps: int | None = None
    load_kg: Decimal | None = None
    duration_s: Decimal | None = None
    distance_m: Decimal | None = None
    rpe: Decimal | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        _require(bool(self.exercise), "exercise", "is empty")
        _require(self.order >= 1, "order", "is below 1")
        _require(self.type in SET_TYPES, "type", f"is not one of {', '.join(SET_TYPES)}")
        for name in SET_NUMBERS:
            _check_number(name, getattr(self, name))


SET_NUMBERS = ("reps", "load_kg", "duration_s", "distance_m", "rpe")


@dataclass(frozen=True, kw_only=True)
class Workout(Record):
    """One lifting or crossfit session with its sets, in the order performed. `rpe`: how hard all of it was, 0 to 10."""

    kind: ClassVar[str] = "workout"

    name: str | None = None
    duration_s: Decimal | None = None
    rpe: Decimal | None = None
    note: str | None = None
    sets: tuple[WorkoutSet, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for each in WORKOUT_NUMBERS:
            _check_number(each, getattr(self, each))
        orders = [each.order for each in self.sets]
        _require(orders == sorted(orders), "sets", "are not in the order performed")


WORKOUT_NUMBERS = ("duration_s", "rpe")


@dataclass(frozen=True, kw_only=True)
class Sleep(Record):
    """One stretch of sleep, from `at` to `end`, as one device saw it. It belongs to the local day it ends on.

    `asleep_s` is the time asleep, the stages the parts of it, `awake_s` the time awake in between. `app` is the device or app where
    a source passes on those of several. `is_nap` is None where the source does not say. `score` is the source's own, 0 to 100.
    """

    kind: ClassVar[str] = "sleep"

    end: datetime
    app: str | None = None
    is_nap: bool | None = None
    asleep_s: Decimal | None = None
    light_s: Decimal | None = None
    deep_s: Decimal | None = None
    rem_s: Decimal | None = None
    awake_s: Decimal | None = None
    mean_heart_rate_bpm: Decimal | None = None
    min_heart_rate_bpm: Decimal | None = None
    max_heart_rate_bpm: Decimal | None = None
    mean_breathing_rpm: Decimal | None = None
    score: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "end", _checked("end", days.utc, self.end))
        _require(self.end > self.at, "end", "is not after the start")
        _checked("end", lambda end: days.local_day(end, self.zone), self.end)
        _require(self.is_nap is None or isinstance(self.is_nap, bool), "is_nap", "is neither yes nor no")
        for each in SLEEP_NUMBERS:
            _check_number(each, getattr(self, each))

    @property
    def day(self) -> date:
        return days.local_day(self.end, self.zone)


SLEEP_STAGES = ("light_s", "deep_s", "rem_s")
SLEEP_NUMBERS = (
    *("asleep_s", *SLEEP_STAGES, "awake_s"),
    *("mean_heart_rate_bpm", "min_heart_rate_bpm", "max_heart_rate_bpm", "mean_breathing_rpm", "score"),
)


@dataclass(frozen=True, kw_only=True)
class Meal(Record):
    """What was eaten: one meal, or all of a day as one app counted it (`precision` day). `app` as in Sleep."""

    kind: ClassVar[str] = "meal"

    name: str | None = None
    app: str | None = None
    energy_kj: Decimal | None = None
    protein_g: Decimal | None = None
    carbohydrate_g: Decimal | None = None
    sugar_g: Decimal | None = None
    fiber_g: Decimal | None = None
    fat_g: Decimal | None = None
    saturated_fat_g: Decimal | None = None
    sodium_g: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(any(getattr(self, each) is not None for each in MEAL_NUMBERS), "meal", "holds no number")
        for each in MEAL_NUMBERS:
            _check_number(each, getattr(self, each))


MEAL_NUMBERS = tuple(each.name for each in fields(Meal) if each.name.rpartition("_")[2] in ("kj", "g"))


@dataclass(frozen=True, kw_only=True)
class Series(Record):
    """The points of an activity, columns of `health.packed`. `native_id` is that of the activity and `SERIES_MARK`; `at` is what
    `time_s` counts from; `thinned_from` says how many points there were where some were left out to fit."""

    kind: ClassVar[str] = "series"

    points: int
    columns: str  # names, separated by commas
    data: str
    thinned_from: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "points", int(self.points))  # read back from JSON it comes as a decimal
        if self.thinned_from is not None:
            object.__setattr__(self, "thinned_from", int(self.thinned_from))
        try:
            packed.unpack(self.data, self.columns.split(","), self.points)
        except packed.PackedError as error:
            raise RecordError("data", str(error)) from None


SERIES_MARK = "|series"


def series_of(native_id: str) -> str:
    """The native id of an activity's series."""
    return f"{native_id}{SERIES_MARK}"


@dataclass(frozen=True, kw_only=True)
class Goal(Record):
    """What the person wants of one quantity: a target value, a direction, or both. Newest by `at` counts."""

    kind: ClassVar[str] = "goal"

    quantity: str
    direction: Literal["lose", "gain", "keep"] | None = None
    target: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(self.quantity in QUANTITIES, "quantity", "is not a known quantity")
        _check_number("target", self.target)


@dataclass(frozen=True, kw_only=True)
class Exercise(Record):
    """A line of a catalogue of exercises that the person imported; or, with `given`, the person's word what that name means.

    `title` is the exercise, `given` a name as it stands in records. `at` says when the person said it; a catalogue has no time.
    """

    kind: ClassVar[str] = "exercise"

    title: str
    given: str | None = None
    type: str | None = None
    body_part: str | None = None
    equipment: str | None = None
    level: str | None = None
    rating: Decimal | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("title", "given", "type", "body_part", "equipment", "level"):
            value = getattr(self, name)
            _require(value is None or (isinstance(value, str) and bool(value.strip())), name, "is empty")
        _require(self.title is not None, "title", "is empty")
        _check_number("rating", self.rating)


@dataclass(frozen=True, kw_only=True)
class Split(Record):
    """The person's word that records are not one thing (health/merging.py): no two of different groups of `apart` are merged.

    `of` is the kind of those records, `apart` groups of their ids; in what order they are named makes no difference.
    """

    kind: ClassVar[str] = "split"

    of: str
    apart: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        _require(isinstance(self.of, str) and bool(self.of), "of", "is empty")
        _require(all(isinstance(each, tuple) for each in (self.apart, *self.apart)), "apart", "is no list of groups")
        ids = [each for group in self.apart for each in group]
        _require(all(isinstance(each, str) and each for each in ids), "apart", "holds what is no id")
        groups = tuple(sorted(tuple(sorted(group)) for group in self.apart))
        _require(len(groups) > 1 and all(groups), "apart", "is not two groups of ids or more")
        _require(len(set(ids)) == len(ids), "apart", "names a record twice")
        object.__setattr__(self, "apart", groups)


RECORD_TYPES: dict[str, type[Record]] = {
    each.kind: each for each in (Measurement, Activity, Workout, Sleep, Meal, Series, Goal, Exercise, Split)
}


@dataclass(frozen=True, kw_only=True)
class RawRow:
    """One row as it came, with the context it was read in, so it can be parsed again offline.

    `source` is the record source (`strava_api`, `strong`, ...); `group` the native id of the record it belongs to;
    `row_id` is unique within (person, source). `data` is JSON-able and untouched. `context` holds what parsing needs and the
    row does not say (account zone, `zone`, `units`, `mapping`). `place` says where a person finds it: "strong.csv, row 12".
    """

    source: str
    group: str
    row_id: str
    data: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A row, or one field of it, that could not become (part of) a record. It is data: kept, counted, shown.

    `row` is its place in words, `said` what stood there, `reason` a phrase that follows it ("is not a number").
    """

    kind: ClassVar[str] = "rejected"

    person: str
    source: str
    group: str
    row_id: str
    row: str
    field: str
    reason: str
    said: str = ""

    @property
    def id(self) -> str:
        return f"{self.source}:{self.row_id}:{self.field}"
