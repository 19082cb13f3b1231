"""Versions: kept whole, never pickled, promoted only when no worse, and rolled back."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from forecast.features import inputs
from forecast.registry import Pointers, Registry, RegistryError, Version
from forecast.train import trained
from store.blobs_folder import FolderBlobs
from tests.forecast.made import readings, sunday, wandering

NOW = datetime(2024, 6, 3, tzinfo=UTC)


def version(name: str, errors: list[float], start: str = "2023-01-02") -> Version:
    arrays = {"errors": np.array(errors)[:, None]}
    return Version(target="body_mass_kg", name=name, manifest={"start": start, "version": name}, arrays=arrays)


@pytest.fixture
def registry(tmp_path) -> Registry:
    return Registry(FolderBlobs(tmp_path / "models"))


def test_the_first_is_put_in_use_and_read_back(registry):
    assert registry.current("body_mass_kg") is None
    assert registry.submit(version("a", [1.0, np.nan, 2.0])) == "promoted"
    found = registry.current("body_mass_kg")
    assert found.name == "a"
    np.testing.assert_array_equal(found.arrays["errors"][:, 0], [1.0, np.nan, 2.0])
    assert registry.submit(version("a", [1.0])) == "unchanged"
    assert registry.targets() == ["body_mass_kg"]


def test_a_worse_one_is_kept_but_not_used(registry):
    registry.submit(version("a", [1.0, 1.0, np.nan]))
    assert registry.submit(version("b", [1.2, 1.0, 0.0])) == "kept_previous"
    assert registry.current("body_mass_kg").name == "a"
    assert registry.load("body_mass_kg", "b").name == "b"


def test_they_are_compared_where_both_were_tried(registry):
    registry.submit(version("a", [9.0, 1.0, 1.0], start="2023-01-02"))
    later = version("b", [1.0, 0.9, 50.0], start="2023-01-09")  # its first two weeks are the other's last two
    assert registry.submit(later) == "promoted"


def test_rollback_swaps_and_can_be_undone(registry):
    with pytest.raises(RegistryError, match="no earlier version"):
        registry.rollback("body_mass_kg")
    registry.submit(version("a", [1.0]))
    registry.submit(version("b", [0.5]))
    assert registry.rollback("body_mass_kg") == "a"
    assert registry.current("body_mass_kg").name == "a"
    assert registry.rollback("body_mass_kg") == "b"


class Dies:
    """Blobs whose process is killed at a write: before its `at`-th, or after it."""

    def __init__(self, blobs, at: int, *, after: bool) -> None:
        self.blobs, self.left, self.after = blobs, at, after

    def __getattr__(self, name):
        return getattr(self.blobs, name)

    def write(self, name, content):
        self.left -= 1
        if self.left == 0 and not self.after:
            raise KeyboardInterrupt
        self.blobs.write(name, content)
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_kill_at_any_write_leaves_a_whole_version_in_use(tmp_path, at, after):
    blobs = FolderBlobs(tmp_path)
    for name, error in (("a", 1.0), ("b", 0.9)):
        Registry(blobs).submit(version(name, [error]))
    with pytest.raises(KeyboardInterrupt):
        Registry(Dies(blobs, at, after=after)).submit(version("c", [0.5]))
    found = Registry(blobs)
    assert found.pointers("body_mass_kg").current == ("c" if (at, after) == (3, True) else "b")
    assert found.load("body_mass_kg", found.pointers("body_mass_kg").previous).arrays["errors"].shape == (1, 1)
    assert found.current("body_mass_kg").arrays["errors"].shape == (1, 1)
    assert found.submit(version("d", [0.4])) == "promoted"


def test_parts_of_two_versions_are_no_version(tmp_path):
    blobs = FolderBlobs(tmp_path)
    registry = Registry(blobs)
    registry.submit(version("a", [1.0]))
    registry.submit(version("b", [0.5]))
    blobs.write("body_mass_kg/b.npz", blobs.read("body_mass_kg/a.npz"))
    with pytest.raises(RegistryError, match="not the arrays"):
        registry.load("body_mass_kg", "b")
    assert registry.submit(version("c", [0.4])) == "promoted"  # a damaged one stands in nobody's way


def test_what_is_in_use_is_kept_and_the_oldest_others_go(tmp_path):
    blobs = FolderBlobs(tmp_path)
    registry = Registry(blobs)
    for number in range(12):
        registry.submit(version(f"2024-01-{number + 10}", [1.0 - number / 100]))
    names = [each for each in blobs.names("body_mass_kg/2") if each.endswith(".json")]
    assert names == [f"body_mass_kg/2024-01-{number}.json" for number in range(14, 22)]
    assert len(blobs.names()) == 2 * 8 + 1
    assert registry.rollback("body_mass_kg") == "2024-01-20"


def test_a_person_who_goes_back_stays_there_until_the_next_training(registry):
    for name, error in (("a", 1.0), ("b", 0.5)):
        registry.submit(version(name, [error]))
    assert registry.rollback("body_mass_kg") == "a"
    assert registry.pointers("body_mass_kg").held == "rolled back"
    assert registry.submit(version("c", [0.4])) == "promoted"
    assert registry.pointers("body_mass_kg") == Pointers(current="c", previous="a")
    assert registry.rollback("body_mass_kg") == "a"
    assert registry.rollback("body_mass_kg") == "c"
    assert registry.pointers("body_mass_kg").held is None


def test_what_did_worse_leaves_the_one_in_use_held(registry):
    registry.submit(version("a", [1.0]))
    assert registry.submit(version("b", [2.0])) == "kept_previous"
    assert registry.pointers("body_mass_kg") == Pointers(current="a", held="newer did worse")
    assert registry.submit(version("c", [0.9])) == "promoted"
    assert registry.pointers("body_mass_kg").held is None


def test_what_is_too_old_to_be_shown_holds_nothing_back(registry):
    def through(name: str, error: float, day: str) -> Version:
        made = version(name, [error])
        return replace(made, manifest={**made.manifest, "trained_through": day})

    registry.submit(through("a", 1.0, "2024-01-07"))
    assert registry.submit(through("b", 2.0, "2024-02-04")) == "kept_previous"
    assert registry.submit(through("c", 2.0, "2024-02-11")) == "promoted"
    assert registry.pointers("body_mass_kg") == Pointers(current="c", previous="a")


def test_readings_that_were_corrected_are_no_fault_of_the_model(registry):
    def on(name: str, errors: list[float], baseline: list[float]) -> Version:
        made = version(name, errors)
        return replace(made, arrays={**made.arrays, "baseline_errors": np.array(baseline)[:, None]})

    registry.submit(on("a", [1.0, 1.0], [2.0, 2.0]))
    assert registry.submit(on("b", [5.0, 1.0], [9.0, 2.0])) == "promoted"  # the first week came to be another
    assert registry.submit(on("c", [5.0, 1.1], [9.0, 2.0])) == "kept_previous"


def test_trained_by_other_code_is_not_trained_since(registry, monkeypatch):
    registry.note("body_mass_kg", NOW)
    assert registry.trained_since("body_mass_kg", NOW)
    monkeypatch.setattr("forecast.registry.code_version", lambda: "another")
    assert not registry.trained_since("body_mass_kg", NOW)


def test_a_damaged_version_says_what_to_do(registry, tmp_path):
    registry.submit(version("a", [1.0]))
    (tmp_path / "models/body_mass_kg/a.npz").write_bytes(b"no zip")
    with pytest.raises(RegistryError, match="Train again"):
        registry.current("body_mass_kg")


def test_an_object_array_is_refused(registry, tmp_path):
    registry.submit(version("a", [1.0]))
    with (tmp_path / "models/body_mass_kg/a.npz").open("wb") as file:
        np.savez(file, errors=np.array([{"pickled": True}], dtype=object))
    with pytest.raises(RegistryError):
        registry.current("body_mass_kg")


def test_a_trained_version_says_what_it_was_made_from(registry, tmp_path):
    values = wandering(1, 7 * 60)
    given = inputs(readings(values), "body_mass_kg", sunday(59), use_api=False)
    made = trained(given, NOW, use_api=False)
    assert registry.submit(made) == "promoted"
    assert registry.submit(trained(given, NOW, use_api=False)) == "unchanged"
    manifest = json.loads((tmp_path / f"models/body_mass_kg/{made.name}.json").read_text())
    assert manifest["trained_through"] == sunday(59).isoformat()
    assert manifest["data"] == given.digest
    assert [each["horizon"] for each in manifest["scores"]] == [1, 4, 8, 12]
    found = registry.current("body_mass_kg")
    errors = found.arrays["errors"]
    assert np.nanmean(errors[:, 1]) == pytest.approx(manifest["scores"][1]["mae"])
    assert found.arrays["blend.mean"].shape == (60, 26)
    other = inputs(readings(np.append(values, [80.0] * 7)), "body_mass_kg", sunday(60), use_api=False)
    assert trained(other, NOW, use_api=False).name != made.name
    assert replace(made, name="x").name == "x"
