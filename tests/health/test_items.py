"""A record through its JSON object and back is the same record, to the last digit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.records import RECORD_TYPES, Measurement, RawRow, Record, Rejected, Workout, WorkoutSet
from store.items import body, decimal, dumps, instant, instant_text, number, raw_body, raw_row, record, rejected, rejected_body
from tests.health.strategies import by_kind, instants, numbers, records

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def test_every_kind_is_tried() -> None:
    assert set(by_kind) == set(RECORD_TYPES)


@given(records)
def test_records_come_back_through_one_line_of_json(one: Record) -> None:
    line = dumps(body(one))
    assert "\n" not in line
    back = record(json.loads(line))
    assert back == one
    assert type(back) is type(one)
    assert dumps(body(back)) == line


@given(records)
def test_a_body_says_what_interfaces_promise(one: Record) -> None:
    said = body(one)
    assert list(said)[:8] == ["kind", "id", "person", "source", "native_id", "at", "zone", "day"]
    assert said["day"] == one.day.isoformat()
    assert said["at"].endswith("Z")
    assert ("precision" in said) == (one.precision == "day")
    assert None not in said.values()


@given(numbers)
def test_numbers_are_exact_in_both_directions(value: Decimal) -> None:
    assert decimal(number(value)) == value
    assert decimal(json.loads(json.dumps(number(value)))) == value


@given(instants)
def test_instants_are_exact(at: datetime) -> None:
    assert instant(instant_text(at)) == at
    assert (at.microsecond == 0) == ("." not in instant_text(at))


def test_an_instant_without_a_zone_is_refused_not_guessed() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        instant("2025-01-31T06:58:02")
    assert instant("2025-01-31T07:58:02+01:00") == datetime(2025, 1, 31, 6, 58, 2, tzinfo=UTC)


def test_hand_worked() -> None:
    one = Workout(
        person="me", source="strong", native_id="2025-01-31", at=datetime(2025, 1, 31, 17, 0, tzinfo=UTC), zone="Europe/Berlin",
        name="Push", duration_s=Decimal("3600.5"),
        sets=(
            WorkoutSet(exercise="Bench press", order=1, reps=5, load_kg=Decimal("102.50")),
            WorkoutSet(exercise="Plank", order=2),
        ),
    )  # fmt: skip
    assert body(one) == {
        "kind": "workout", "id": "strong:2025-01-31", "person": "me", "source": "strong", "native_id": "2025-01-31",
        "at": "2025-01-31T17:00:00Z", "zone": "Europe/Berlin", "day": "2025-01-31", "name": "Push", "duration_s": 3600.5,
        "sets": [
            {"exercise": "Bench press", "order": 1, "type": "normal", "reps": 5, "load_kg": 102.5},
            {"exercise": "Plank", "order": 2, "type": "normal"},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("missing", ["kind", "person", "source", "native_id", "at", "zone"])
def test_an_object_that_is_no_record_is_refused(missing: str) -> None:
    whole = {"kind": "measurement", "person": "me", "source": "app", "native_id": "1", "at": "2025-01-31T06:58:02Z", "zone": "UTC"}
    with pytest.raises(KeyError):
        record({key: value for key, value in whole.items() if key != missing} | {"body_mass_kg": 80})
    with pytest.raises(ValueError, match="values is empty"):
        record(whole)


def test_an_unknown_quantity_is_left_where_it_is() -> None:
    read = record(
        {"kind": "measurement", "person": "me", "source": "app", "native_id": "1", "at": "2025-01-31T06:58:02Z", "zone": "UTC",
         "body_mass_kg": 80.4, "raw": [1]}
    )  # fmt: skip
    assert isinstance(read, Measurement)
    assert read.values == {"body_mass_kg": Decimal("80.4")}


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1), JSON, st.dictionaries(st.text(max_size=5), JSON, max_size=2))
def test_raw_rows_come_back(source: str, group: str, row_id: str, data: Any, context: dict[str, Any]) -> None:
    row = RawRow(source=source, group=group, row_id=row_id, data={"row": data}, context=context, place="a.csv, row 2")
    assert raw_row(source, group, json.loads(dumps(raw_body(row)))) == row


def test_rejected_rows_come_back() -> None:
    row = Rejected(
        person="me", source="strong", group="g", row_id="7", row="strong.csv, row 7", field="reps", reason="is above 1000",
        said="877777",
    )  # fmt: skip
    assert rejected(json.loads(dumps(rejected_body(row)))) == row


def test_what_json_has_no_word_for_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps({"body_mass_kg": float("nan")})
