"""The registry in a bucket: what the clock's dyno trained is what the web's dyno reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import boto3
import numpy as np
import pytest

from forecast.registry import Registry, RegistryError, Version
from forecast.serving import Trained
from store.blobs import open_blobs

pytest_plugins = ["tests.conftest_dynamodb"]


def version(name: str, error: float) -> Version:
    manifest = {"start": "2023-01-02", "version": name, "trained_through": "2024-01-07"}
    return Version(target="fat_ratio", name=name, manifest=manifest, arrays={"errors": np.full((300, 1), error)})


def test_a_version_goes_from_one_machine_to_another(aws: None, endpoint: str, tmp_path: Path) -> None:
    client = boto3.session.Session().client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket="models", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    clock, web = (Registry(open_blobs("s3://models/me", folder=tmp_path / each, endpoint=endpoint)) for each in ("clock", "web"))
    time = [0.0]
    shown = Trained(web, clock=lambda: time[0])
    assert shown.in_use("fat_ratio") is None
    assert clock.submit(version("a", 1.0)) == "promoted"
    assert clock.submit(version("b", 0.9)) == "promoted"
    time[0] = 60.0
    found = shown.in_use("fat_ratio")
    assert found is not None
    assert (found.version.name, found.held) == ("b", None)
    np.testing.assert_array_equal(found.version.arrays["errors"], np.full((300, 1), 0.9))
    assert web.targets() == ["fat_ratio"]
    assert clock.rollback("fat_ratio") == "a"
    time[0] = 120.0
    found = shown.in_use("fat_ratio")
    assert found is not None
    assert (found.version.name, found.held) == ("a", "rolled back")
    assert clock.submit(replace(version("c", 2.0))) == "kept_previous"
    client.delete_object(Bucket="models", Key="me/fat_ratio/a.npz")
    with pytest.raises(RegistryError, match="not there"):
        web.load("fat_ratio", "a")
    assert not list(tmp_path.iterdir())  # nothing of it is on a disk
