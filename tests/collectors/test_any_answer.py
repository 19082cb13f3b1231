"""Whatever a service or a sheet says, it becomes a record or is set aside by name; nothing raises."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from collectors import sheet_layout as layout
from collectors.keep import by_group
from collectors.sources import _strava_activities as activities
from collectors.sources import _withings_measures as measures
from collectors.sources import sheets, strava, withings
from store.items import body, dump
from tests.fakes.strava import activity
from tests.fakes.withings import group

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=5
)
STRAVA = sorted(activity(1, 1))
WITHINGS = sorted(group(1, {1: (1, 0)}))
MEASURE = ["type", "value", "unit", "position"]


def changed(known: dict[str, Any], keys: list[str], values: dict[str, Any]) -> dict[str, Any]:
    return {**known, **{key: value for key, value in values.items() if key in keys}}


@given(st.dictionaries(st.sampled_from(STRAVA), anything, max_size=4))
def test_any_activity(values: dict[str, Any]) -> None:
    listed = [changed(activity(1, 1_700_000_000), STRAVA, values), activity(2, 1_700_000_000)]
    rows = activities.rows(listed)
    assert len({each.row_id for each in rows}) == len(rows)
    for each in rows:
        record, rejected = strava.parse([each], "me")
        assert record or rejected
        assert record is None or dump(body(record))


@given(
    st.dictionaries(st.sampled_from(WITHINGS), anything, max_size=3),
    st.dictionaries(st.sampled_from(MEASURE), anything, max_size=3),
)
def test_any_group(values: dict[str, Any], measure: dict[str, Any]) -> None:
    one = group(1_700_000_000, {1: (80, 0)})
    one["measures"].append({"type": 6, "value": 20, "unit": 0} | measure)
    found = measures.rows(
        {"measuregrps": [changed(one, WITHINGS, values), group(1_700_000_000, {11: (60, 0)})], "timezone": "UTC"}, ""
    )
    for rows in by_group(found).values():
        record, _ = withings.parse(rows, "me")
        assert record is None or dump(body(record))
        if (
            rows[-1].data["measures"] == [{"type": 11, "value": 60, "unit": 0, "algo": 0, "fm": 3}]
            and rows[-1].context["zone"] == "UTC"
        ):
            assert record is not None, "a bad group has lost a good one"


@given(anything)
def test_any_page(page: Any) -> None:
    measures.rows({"measuregrps": page, "timezone": page}, "")


cells = scalars | st.sampled_from(["3x10@60", "82,5", "2025-03-14", "31.2.2025", "BW", "100 kg", "#REF!", 45719, 45719.75, "W"])


@given(
    st.lists(st.lists(cells, max_size=10), max_size=5),
    st.sampled_from([None, '{"unit": "kg"}', '{"layout": "wide", "unit": "lb"}']),
)
def test_any_sheet(rows: list[list[Any]], mapping: str | None) -> None:
    header = ["date", "workout", "exercise", "set", "reps", "weight", "unit", "notes", "duration", "Deadlift"]
    tab = layout.Tab(number=1, title="Log", cells=[header, *rows])
    found = list(sheets.book_rows(sheets.Book(zone="UTC", tabs=[tab]), layout.read_mapping(mapping), "doc"))
    assert len({each.row_id for each in found}) == len(found)
    for group_rows in by_group(found).values():
        record, rejected = sheets.parse(group_rows, "me")
        assert record is None or dump(body(record))
        assert len({each.id for each in rejected}) == len(rejected), "each complaint has a name of its own"
