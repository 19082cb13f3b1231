"""A version of volume: what it keeps is what `predict` says, and the networks can be asked again from its arrays alone."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from forecast import lstm, train_volume, volume
from forecast.models import volume_lstm
from forecast.registry import Registry
from store.blobs_folder import FolderBlobs
from tests.forecast.made import lifts, sunday

NOW = datetime(2024, 6, 3, 9, tzinfo=UTC)


def log(n=45, seed=1):
    rng = np.random.default_rng(seed)
    lengths = {"Squat": n, "Bench press": n, "Curl": 8}
    return {name: list(np.round(1000 * rng.uniform(0.7, 1.3, length), 1)) for name, length in lengths.items()}


@pytest.fixture(scope="module")
def table():
    return volume.sessions(lifts(log()), sunday(400))


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def version(table, told):
    return train_volume.trained(table, NOW, told.append)


def test_it_keeps_what_predict_says(table, version):
    said = volume.predictions(table, volume.tracks(table))
    assert {each["model"] for each in said} >= {"volume_lstm", "volume_lstm_all", "volume_blend"}
    assert train_volume.predictions_of(version) == said
    offered = 0
    for name in {each["model"] for each in said}:
        for at, exercise in enumerate(version.manifest["exercises"]):
            mean = version.arrays[f"{name}.mean"][at]
            if not np.isnan(mean):
                one = next(each for each in said if (each["model"], each["exercise"]) == (name, exercise))
                assert (one["mean"], one["high_80"]) == (mean, mean + version.arrays[f"{name}.radius_80"][at])
                offered += 1
    assert offered == len(said)


def test_a_short_exercise_has_the_baseline_and_the_reason(version):
    at = version.manifest["exercises"].index("Curl")
    assert version.manifest["baseline_only"] == {"Curl": "8 of 20 sessions"}
    assert np.isfinite(version.arrays["last_session.mean"][at])
    assert np.isnan(version.arrays["volume_lstm.mean"][at])
    assert {each["exercise"] for each in version.manifest["networks"]["volume_lstm"]} == {"Squat", "Bench press"}
    assert [each["exercise"] for each in version.manifest["networks"]["volume_lstm_all"]] == ["all exercises"]


def test_the_networks_speak_again_from_a_file(tmp_path, table, version):
    registry = Registry(FolderBlobs(tmp_path))
    assert registry.submit(version) == "promoted"
    loaded = registry.current("volume")
    assert registry.submit(loaded) == "unchanged"
    place = [each["exercise"] for each in loaded.manifest["networks"]["volume_lstm"]].index("Squat")
    parameters = {key: loaded.arrays[f"volume_lstm.{key}"] for key in ("wx", "wh", "b", "wo", "bo")}
    row = next(at for at in np.flatnonzero(np.isnan(table.volume)) if table.exercise[at] == "Squat")
    x, present = volume_lstm.inputs(table.X[[row]], np.float64)
    said, _ = lstm.forward(lstm.one(parameters, place), x[None], present[None])
    share = np.exp(volume_lstm.SCALE * said[0, 0])
    kept = loaded.arrays["volume_lstm.mean"][loaded.manifest["exercises"].index("Squat")]
    assert share * table.level[row] == pytest.approx(kept, rel=1e-12)


def test_loss_curves_are_kept(version):
    for name in train_volume.NETWORKS:
        curve, networks = version.arrays[f"{name}.curve"], version.manifest["networks"][name]
        assert curve.shape[1:] == (len(networks), 2)
        for place, each in enumerate(networks):
            assert each["loss"] == pytest.approx(np.nanmin(curve[:, place, 1]))
            assert each["loss"] <= each["loss_untrained"] == curve[0, place, 1]
            assert each["steps"] == 10 * np.nanargmin(curve[:, place, 1])


def test_errors_are_by_week_for_the_comparison_of_versions(table, version):
    errors = version.arrays["errors"]
    weeks = [day.astype("datetime64[D]") - np.datetime64(version.manifest["start"]) for day in table.day]
    scored = (table.before >= 20) & ~np.isnan(table.volume)
    assert set(np.flatnonzero(~np.isnan(errors[:, 0]))) == {int(weeks[at].astype(int)) // 7 for at in np.flatnonzero(scored)}
    default = volume.tracks(table, {"volume_blend"})["volume_blend"]
    first = min(weeks[at].astype(int) // 7 for at in np.flatnonzero(scored))
    own = [at for at in np.flatnonzero(scored) if weeks[at].astype(int) // 7 == first]
    by_hand = np.mean([abs(table.volume[at] - default.mean[at]) / table.level[at] for at in own])
    assert errors[first, 0] == pytest.approx(by_hand)


def test_a_worse_version_is_not_put_in_use(tmp_path, version):
    registry = Registry(FolderBlobs(tmp_path))
    registry.submit(version)
    worse = replace(version, name="2030-01-01-worse", arrays={**version.arrays, "errors": 2 * version.arrays["errors"]})
    assert registry.submit(worse) == "kept_previous"
    assert registry.pointers("volume").current == version.name


def test_its_name_tells_the_sessions_it_was_made_from(table, version):
    again = volume.sessions(lifts(log()), sunday(400))
    assert train_volume.version_name(table) == train_volume.version_name(again)
    assert version.name.startswith(version.manifest["trained_through"])
    assert train_volume.version_name(volume.sessions(lifts(log(seed=2)), sunday(400))) != version.name


def test_it_says_what_takes_long(version, told):
    assert [line.split()[1] for line in told] == ["volume_lstm", "volume_lstm_all"]


def test_a_first_session_is_enough_for_a_version():
    once = volume.sessions(lifts({"Squat": [500]}), sunday(400))
    made = train_volume.trained(once, NOW, print)
    assert made.manifest["networks"] == {"volume_lstm": [], "volume_lstm_all": []}
    assert list(made.arrays["last_session.mean"]) == [500]
