"""Versions: kept whole, never pickled, promoted only when no worse, and rolled back."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from forecast.features import inputs
from forecast.registry import Registry, RegistryError, Version
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
