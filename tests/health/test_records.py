"""Records check themselves: what cannot be true is refused with the field and a reason."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from health.records import (
    ACTIVITY_NUMBERS,
    MEAL_NUMBERS,
    RECORD_TYPES,
    SLEEP_NUMBERS,
    Activity,
    Goal,
    Meal,
    Measurement,
    Record,
    RecordError,
    Rejected,
    Sleep,
    Split,
    Workout,
    WorkoutSet,
)

COMMON: dict[str, Any] = {
    "person": "me", "source": "app", "native_id": "1", "at": datetime(2025, 1, 31, 23, 30, tzinfo=UTC), "zone": "Europe/Berlin",
}  # fmt: skip


def weigh_in(**more: Any) -> Measurement:
    return Measurement(**(COMMON | {"values": {"body_mass_kg": Decimal("80.4")}} | more))


def a_set(**more: Any) -> WorkoutSet:
    return WorkoutSet(**({"exercise": "Squat", "order": 1, "reps": 5, "load_kg": Decimal(100)} | more))


def test_id_and_day() -> None:
    record = weigh_in(native_id="a:b")
    assert record.id == "app:a:b"
    assert record.day == date(2025, 2, 1)
    assert replace(record, zone="-05:00").day == date(2025, 1, 31)


def test_instants_become_utc() -> None:
    local = datetime(2025, 2, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    record = weigh_in(at=local, modified=local)
    assert record.at == local
    assert record.at.tzinfo is UTC
    assert record.modified is not None
    assert record.modified.tzinfo is UTC


def test_records_are_frozen_and_by_name_only() -> None:
    with pytest.raises(FrozenInstanceError):
        weigh_in().person = "you"  # type: ignore[misc]
    with pytest.raises(TypeError):
        Record("me", "app", "1", COMMON["at"], "UTC")  # type: ignore[call-arg, misc]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("person", "", "is empty"),
        ("source", "", "colon"),
        ("source", "a:b", "colon"),
        ("native_id", "", "is empty"),
        ("precision", "week", "neither"),
        ("at", datetime(2025, 1, 1), "has no zone"),
        ("modified", datetime(2025, 1, 1), "has no zone"),
        ("zone", "Berlin", "not a time zone"),
        ("at", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "outside the calendar"),
        ("at", datetime.max.replace(tzinfo=UTC), "outside the calendar"),
        ("values", {}, "is empty"),
    ],
)
def test_what_no_record_may_be(field: str, value: Any, reason: str) -> None:
    with pytest.raises(RecordError, match=reason) as caught:
        weigh_in(**{field: value})
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (80.4, "not a float"),
        (True, "not a float"),
        (Decimal("NaN"), "finite"),
        (Decimal("inf"), "finite"),
        (Decimal(-1), "below 0"),
    ],
)
def test_what_no_number_may_be(value: Any, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        weigh_in(values={"body_mass_kg": value})
    for name in ACTIVITY_NUMBERS:
        with pytest.raises(RecordError, match=reason) as caught:
            Activity(**COMMON, sport="run", sport_type="Run", **{name: value})
        assert caught.value.field == name
    with pytest.raises(RecordError, match=reason):
        a_set(load_kg=value)
    with pytest.raises(RecordError, match=reason):
        Workout(**COMMON, duration_s=value)
    with pytest.raises(RecordError, match=reason):
        Goal(**COMMON, quantity="body_mass_kg", target=value)


def test_quantities_are_those_of_the_table() -> None:
    with pytest.raises(RecordError, match="shoe_size is not a known quantity"):
        weigh_in(values={"shoe_size": Decimal(43)})
    with pytest.raises(RecordError, match="not a known quantity"):
        Goal(**COMMON, quantity="shoe_size")


def test_every_number_of_an_activity_is_checked() -> None:
    texts = {"kind", "sport", "sport_type", "name", "person", "source", "native_id", "at", "zone", "precision", "modified"}
    assert set(Activity.__dataclass_fields__) - texts == set(ACTIVITY_NUMBERS)


def test_a_sleep_ends_after_it_begins_and_belongs_to_the_day_it_ends_on() -> None:
    begun = COMMON | {"at": datetime(2025, 1, 31, 21, 40, tzinfo=UTC)}
    night = Sleep(**begun, end=datetime(2025, 2, 1, 5, 10, tzinfo=timezone(timedelta(hours=1))), asleep_s=Decimal(14_400))
    assert night.day == date(2025, 2, 1)
    assert night.end == datetime(2025, 2, 1, 4, 10, tzinfo=UTC)
    assert replace(night, zone="-05:00").day == date(2025, 1, 31)
    for wrong in (night.at, night.at - timedelta(hours=1), datetime(2025, 2, 1, 5)):
        with pytest.raises(RecordError, match=r"not after the start|has no zone") as caught:
            replace(night, end=wrong)
        assert caught.value.field == "end"
    for name in SLEEP_NUMBERS:
        with pytest.raises(RecordError, match="below 0") as caught:
            replace(night, **{name: Decimal(-1)})
        assert caught.value.field == name
    with pytest.raises(RecordError, match="neither yes nor no"):
        replace(night, is_nap="yes")  # type: ignore[arg-type]


def test_a_meal_holds_a_number_and_each_is_checked() -> None:
    with pytest.raises(RecordError, match="holds no number"):
        Meal(**COMMON, name="Soup")
    for name in MEAL_NUMBERS:
        assert getattr(Meal(**COMMON, **{name: Decimal(0)}), name) == 0  # nothing eaten is something said
        with pytest.raises(RecordError, match="below 0"):
            Meal(**COMMON, **{name: Decimal(-1)})


def test_sets_stand_in_the_order_performed() -> None:
    with pytest.raises(RecordError, match="order performed"):
        Workout(**COMMON, sets=(a_set(order=2), a_set(order=1)))
    assert len(Workout(**COMMON, sets=(a_set(), a_set(order=2, reps=0))).sets) == 2  # 0 repetitions is a failed set


@pytest.mark.parametrize(("field", "value"), [("exercise", ""), ("order", 0), ("type", "superset"), ("reps", -1), ("rpe", 8.5)])
def test_what_no_set_may_be(field: str, value: Any) -> None:
    with pytest.raises(RecordError) as caught:
        a_set(**{field: value})
    assert caught.value.field == field


def test_kinds() -> None:
    assert {kind: each.kind for kind, each in RECORD_TYPES.items()} == {kind: kind for kind in RECORD_TYPES}
    assert set(RECORD_TYPES) >= {"measurement", "activity", "workout", "sleep", "meal", "goal"}
    row = Rejected(
        person="me", source="strong", group="g", row_id="12", row="strong.csv, row 12", field="reps", reason="is not a number"
    )
    assert row.id == "strong:12:reps"


def test_a_split_names_groups_of_ids_in_whatever_order() -> None:
    one = Split(**COMMON, of="activity", apart=(("fit:2", "fit:1"), ("app:1",)))
    assert one == Split(**COMMON, of="activity", apart=(("app:1",), ("fit:1", "fit:2")))


@pytest.mark.parametrize(
    ("apart", "reason"),
    [
        ((("a:1",),), "two groups"), ((("a:1",), ()), "two groups"), ((("a:1",), ("b:1", "a:1")), "twice"), ("ab", "no list"),
        (("ab", "cd"), "no list"), (((1,), (2,)), "no id"), ((("",), ("a:1",)), "no id"),
    ],
)  # fmt: skip
def test_what_no_split_may_be(apart: Any, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        Split(**COMMON, of="activity", apart=apart)
