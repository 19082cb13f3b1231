"""Withings: what a group means, and that nothing is missed, doubled or erased, whatever comes when."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from collectors import keep, loop
from collectors.keep import by_group
from collectors.sources import _withings_measures as measures
from collectors.sources import withings as source
from health.quantities import QUANTITIES
from health.records import Measurement, Rejected
from tests.collectors.conftest import Home
from tests.fakes.withings import Withings, group, made_groups, real_groups

DAY = 86_400


def parsed(*groups: dict[str, Any], zone: str = "Europe/Amsterdam") -> tuple[list[Measurement], list[Rejected]]:
    found: list[Measurement] = []
    rejected: list[Rejected] = []
    for rows in by_group(measures.rows({"measuregrps": list(groups), "timezone": zone}, "1")).values():
        record, bad = source.parse(rows, "me")
        rejected += bad
        if isinstance(record, Measurement):
            found.append(record)
    return found, rejected


def test_one_timestamp_is_one_weigh_in_whatever_the_order() -> None:
    weight, rest = group(1_700_000_000, {1: (82_345, -3)}), group(1_700_000_000, {6: (21_5, -1), 11: (58, 0)})
    for groups in ((weight, rest), (rest, weight)):
        found, rejected = parsed(*groups)
        assert rejected == []
        assert [each.native_id for each in found] == ["1700000000"]
        assert found[0].values == {"body_mass_kg": Decimal("82.345"), "fat_ratio": Decimal("0.215"), "heart_rate_bpm": 58}


def test_every_type_of_the_table_is_a_known_quantity_in_si() -> None:
    assert {each.key for each in measures.TYPES.values()} <= set(QUANTITIES)
    found, _ = parsed(
        group(1, {226: (1_800, 0), 54: (97, 0), 12: (3_660, -2), 10: (121, 0), 9: (79, 0), 91: (7_680, -3), 4: (1_84, -2)})
    )
    assert found[0].values == {
        "metabolic_rate_kj_per_day": Decimal("7531.2"),
        "oxygen_saturation_ratio": Decimal("0.97"),
        "body_temperature_c": Decimal("36.6"),
        "systolic_mmhg": 121,
        "diastolic_mmhg": 79,
        "pulse_wave_velocity_mps": Decimal("7.68"),
        "height_m": Decimal("1.84"),
    }


def test_the_same_group_number_twice_with_another_attribution_is_two_rows() -> None:
    sure, also = group(1_700_000_000, {1: (80_000, -3)}), group(1_700_000_000, {1: (80_000, -3)}, attrib=8)
    also["grpid"] = sure["grpid"]
    rows = measures.rows({"measuregrps": [sure, also]}, "1")
    assert len({each.row_id for each in rows}) == 2
    assert parsed(sure, also)[0][0].values == {"body_mass_kg": 80}


def test_which_of_two_values_counts() -> None:
    at = 1_700_000_000
    guess, typed, device = (group(at, {1: (value, 0)}, attrib=attrib) for value, attrib in ((70, 1), (81, 2), (80, 0)))
    assert parsed(guess, typed, device)[0][0].values["body_mass_kg"] == 80
    assert parsed(guess, typed)[0][0].values["body_mass_kg"] == 81
    later = group(at, {1: (79, 0)}, modified=at + 100)
    assert parsed(later, device)[0][0].values["body_mass_kg"] == 79


def test_a_guess_alone_is_set_aside_not_believed() -> None:
    found, rejected = parsed(group(1_700_000_000, {1: (70, 0)}, attrib=1))
    assert found == []
    assert [each.field for each in rejected] == ["body_mass_kg"]
    assert "someone else" in rejected[0].reason


def test_a_limb_is_not_the_body() -> None:
    each = group(1_700_000_000, {1: (80, 0)})
    each["measures"] += [
        {"type": 8, "value": 300, "unit": -2, "position": 2},
        {"type": 8, "value": 1_800, "unit": -2, "position": 7},
    ]
    assert parsed(each)[0][0].values == {"body_mass_kg": 80, "fat_mass_kg": 18}


@pytest.mark.parametrize("value", [None, "80", 80.5, True, 10**80])
def test_a_value_that_is_no_number_is_one_rejected_field(value: Any) -> None:
    each = group(1_700_000_000, {6: (20, 0)})
    each["measures"].append({"type": 1, "value": value, "unit": 0})
    found, rejected = parsed(each)
    assert found[0].values == {"fat_ratio": Decimal("0.2")}
    assert [bad.field for bad in rejected] == ["body_mass_kg"]


def test_a_body_of_900_kg_is_set_aside_and_its_pulse_is_not() -> None:
    found, rejected = parsed(group(1_700_000_000, {1: (900, 0), 11: (60, 0)}))
    assert found[0].values == {"heart_rate_bpm": 60}
    assert (rejected[0].field, rejected[0].reason, rejected[0].said) == ("body_mass_kg", "is above 500 kg", "900e0")


@pytest.mark.parametrize("date", [None, "yesterday", -5, 10**12, True])
def test_a_group_without_a_time_is_rejected(date: Any) -> None:
    found, rejected = parsed({**group(1, {1: (80, 0)}), "date": date})
    assert (found, [each.field for each in rejected]) == ([], ["date"])


def test_an_objective_is_no_reading() -> None:
    assert measures.rows({"measuregrps": [group(1, {1: (70, 0)}, category=2)]}, "1") == []


def test_a_zone_nobody_knows_does_not_lose_the_reading(home: Home, withings: Callable[..., Withings]) -> None:
    withings([group(int(home.at.timestamp()) - DAY, {1: (80, 0)})]).zone = "Atlantis/Capital"
    home.collect()
    assert [each["zone"] for each in home.store.bodies("me", "measurement")] == ["Europe/Berlin"]


def test_recorded_groups_lose_nothing() -> None:
    groups = real_groups()
    if not groups:
        pytest.skip("no real data here: withings is not beside the project (see ../shared/realdata)")
    found, rejected = parsed(*groups)
    assert rejected == []
    known = {each["date"] for each in groups for one in each["measures"] if one["type"] in measures.TYPES and "position" not in one}
    assert known <= {int(each.native_id) for each in found}


def test_pages_and_then_only_what_changed(home: Home, withings: Callable[..., Withings]) -> None:
    fake = withings(page_size=30)
    first = home.collect()["withings"]
    assert (first.state, first.new, first.requests) == ("ok", 60, 6)
    assert fake.log == ["requesttoken", "getmeas", "getmeas 30", "getmeas 60", "getmeas 90", "getsummary"]
    assert home.collect()["withings"].requests == 1
    home.later(hours=1)
    fake.add(group(int(home.at.timestamp()) - 3600, {1: (81, 0)}))
    again = home.collect()["withings"]
    assert (again.new, again.changed, again.requests) == (1, 0, 2)


def test_the_cursor_is_the_servers_word_not_the_newest_date(home: Home, withings: Callable[..., Withings]) -> None:
    """A group arrives 1.35 days late, after newer ones were read."""
    fake = withings()
    home.collect()
    home.later(hours=1)
    late = int(home.at.timestamp()) - int(1.35 * DAY)
    fake.add(group(late, {1: (80_500, -3)}))
    assert home.collect()["withings"].new == 1
    assert home.store.get("me", "measurement", f"withings_api:{late}") is not None


def test_a_late_group_without_weight_does_not_erase_the_weight(home: Home, withings: Callable[..., Withings]) -> None:
    at = int(home.at.timestamp()) - DAY
    fake = withings([group(at, {1: (80, 0)})])
    home.collect()
    home.later(hours=3)
    fake.add(group(at, {76: (60, 0)}))
    assert home.collect()["withings"].changed == 1
    stored = home.store.get("me", "measurement", f"withings_api:{at}")
    assert stored is not None
    assert (stored.body["body_mass_kg"], stored.body["muscle_mass_kg"]) == (80, 60)


def test_what_was_deleted_goes_within_a_day(home: Home, withings: Callable[..., Withings]) -> None:
    fake = withings()
    home.collect()
    gone = fake.groups.pop()
    same = [each for each in fake.groups if each["date"] == gone["date"]]
    fake.groups = [each for each in fake.groups if each["date"] != fake.groups[1]["date"]]
    home.later(hours=3)
    assert home.collect()["withings"].removed == 0
    home.later(hours=21)
    result = home.collect()["withings"]
    assert (result.removed, result.changed) == (1, 1)
    stored = home.store.get("me", "measurement", f"withings_api:{gone['date']}")
    assert same
    assert stored is not None
    assert "heart_rate_bpm" not in stored.body


def test_the_zone_first_stored_stays_when_the_person_moves(home: Home, withings: Callable[..., Withings]) -> None:
    at = int(home.at.timestamp()) - DAY
    fake = withings([group(at, {1: (80, 0)})])
    home.collect()
    fake.zone = "America/New_York"
    home.later(days=8)
    fake.add(group(at, {76: (60, 0)}))
    home.collect()
    stored = home.store.get("me", "measurement", f"withings_api:{at}")
    assert stored is not None
    assert stored.body["zone"] == "Europe/Amsterdam"
    rows = home.store.raw_groups("me", "withings_api", [str(at)])[str(at)]
    assert rows[0].context["zone"] == "Europe/Amsterdam"


def test_too_many_requests_end_the_run_and_the_next_one_goes_on(home: Home, withings: Callable[..., Withings]) -> None:
    fake = withings(page_size=30)
    fake.pages_left = 2
    limited = home.collect()["withings"]
    assert (limited.state, "next run goes on" in limited.message) == ("limited", True)
    fake.pages_left = None
    assert home.collect()["withings"].state == "ok"
    assert fake.log == ["getmeas 60", "getmeas 90", "getsummary"]
    assert len(home.store.bodies("me", "measurement")) == 60


def test_120_a_minute(home: Home, withings: Callable[..., Withings]) -> None:
    fake = withings(made_groups(int(home.at.timestamp()), days=130), page_size=2)
    assert home.collect()["withings"].state == "limited"
    home.later(minutes=2)
    assert home.collect()["withings"].state == "ok"
    assert fake.log[0] == "getmeas 238"
    assert len(home.store.bodies("me", "measurement")) == 130


def test_a_token_refused_in_the_middle_is_renewed_once(home: Home, withings: Callable[..., Withings]) -> None:
    fake = withings()
    home.collect()
    fake.sign_in.expire()
    result = home.collect()["withings"]
    assert (result.state, fake.log) == ("ok", ["getmeas", "requesttoken", "getmeas"])


def test_a_sign_in_taken_back_asks_for_a_new_one(home: Home, withings: Callable[..., Withings]) -> None:
    fake = withings()
    home.collect()
    fake.sign_in.revoke()
    result = home.collect()["withings"]
    assert (result.state, "Connect it again" in result.message) == ("reconnect", True)
    state = home.store.sync_state("me", "withings")
    assert state is not None
    assert state.cursor["lastupdate"]


def test_another_account_starts_anew_and_takes_nothing_away(home: Home, withings: Callable[..., Withings]) -> None:
    fake = withings()
    home.collect()
    fake.user = "4712"
    fake.groups = [group(int(home.at.timestamp()) - 500 * DAY, {1: (60, 0)})]
    fake.sign_in.expire()
    home.collect()
    home.later(days=8)
    assert home.collect()["withings"].removed == 0
    assert len(home.store.bodies("me", "measurement")) == 61


def test_a_first_run_counts_each_weigh_in_as_new_though_a_page_ends_inside_one(
    home: Home, withings: Callable[..., Withings]
) -> None:
    withings(page_size=7)
    first = home.collect()["withings"]
    assert (first.new, first.changed, first.removed) == (60, 0, 0)


def moved(fake: Withings, at: int, to: int) -> None:
    """The group of weight at that time gets another date, as when somebody corrects it in the app."""
    old = next(each for each in fake.groups if each["date"] == at and each["measures"][0]["type"] == 1)
    fake.groups.remove(old)
    fake.groups.append({**old, "date": to, "modified": fake.now()})


@pytest.mark.parametrize("killed", [None, "after the rows", "before the cursor"])
def test_a_group_with_another_date_leaves_no_second_weigh_in(
    home: Home, withings: Callable[..., Withings], monkeypatch: pytest.MonkeyPatch, killed: str | None
) -> None:
    at = int(home.at.timestamp()) - 2 * DAY
    fake = withings([group(at, {1: (80, 0)}), group(at - DAY, {1: (81, 0)}), group(at - DAY, {11: (60, 0)})])
    home.collect()
    home.later(hours=3)
    moved(fake, at, at + 3600)
    moved(fake, at - DAY, at - DAY + 3600)
    if killed:
        with monkeypatch.context() as patched:
            name = "clear" if killed == "after the rows" else "put_cursor"
            patched.setattr(keep.Places if name == "clear" else loop._Run, name, die)
            with pytest.raises(SystemExit):
                home.collect()
    home.collect()
    bodies = home.store.bodies("me", "measurement")
    assert [(each["native_id"], each.get("body_mass_kg")) for each in bodies] == [
        (str(at - DAY), None), (str(at - DAY + 3600), 81), (str(at + 3600), 80)
    ]  # fmt: skip
    kept = [row.row_id for _, _, rows in home.store.all_raw_groups("me", "withings_api") for row in rows]
    assert len(kept) == len(set(kept)) == 3
    number = home.store.sequence("me")
    home.later(days=8)
    assert home.collect()["withings"].removed == 0
    assert home.store.sequence("me") == number


def die(*_: object) -> None:
    raise SystemExit(9)


def test_a_run_without_changed_groups_reads_no_kept_ones(
    home: Home, withings: Callable[..., Withings], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = withings()
    home.collect()
    home.later(hours=3)
    fake.add(group(int(home.at.timestamp()), {1: (80, 0)}))
    monkeypatch.setattr(type(home.store), "all_raw_groups", die)
    assert home.collect()["withings"].new == 1


def test_another_accounts_group_of_the_same_number_stays(home: Home, withings: Callable[..., Withings]) -> None:
    fake = withings()
    home.collect()
    other = group(int(home.at.timestamp()) - 500 * DAY, {1: (60, 0)}) | {"grpid": fake.groups[1]["grpid"]}
    fake.user, fake.groups = "4712", [other | {"modified": fake.now()}]
    fake.sign_in.expire()
    home.collect()
    assert len(home.store.bodies("me", "measurement")) == 61


def test_what_a_crashed_first_run_stored_and_then_vanished_is_gone_a_day_later(
    home: Home, withings: Callable[..., Withings], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = withings([group(int(home.at.timestamp()) - day * DAY, {1: (80_000, -3)}) for day in (1, 2, 3)])

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:  # its rows are stored, where it stands is not
        broken.setattr(loop._Run, "put_cursor", crash)
        with pytest.raises(KeyboardInterrupt):
            home.collect("withings")
    assert len(home.store.bodies("me", "measurement")) == 3
    fake.groups.clear()
    home.later(hours=25)
    result = home.collect("withings")["withings"]
    assert (result.state, result.removed) == ("ok", 3)
    assert home.store.bodies("me", "measurement") == []
