"""The contract of the port `Blobs`, run on every engine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import boto3
import pytest

from store.blobs import BlobError, Blobs, open_blobs
from tests.emulator import CREDENTIALS

pytest_plugins = ["tests.conftest_dynamodb"]

_numbers = count(1)


@pytest.fixture(scope="module")
def bucket(endpoint: str) -> str:
    """A bucket of its own, for all tests of this file."""
    keys = {"aws_access_key_id": CREDENTIALS["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": CREDENTIALS["AWS_SECRET_ACCESS_KEY"]}
    region = CREDENTIALS["AWS_DEFAULT_REGION"]
    client = boto3.session.Session(region_name=region, **keys).client("s3", endpoint_url=endpoint)
    client.create_bucket(Bucket="blobs", CreateBucketConfiguration={"LocationConstraint": region})
    return "blobs"


@pytest.fixture(params=["folder", "s3"])
def address(request: pytest.FixtureRequest, aws: None) -> tuple[str, str | None]:
    """A new, empty place of the engine under test, and the endpoint to reach it by."""
    if request.param == "folder":
        return "models", None
    return f"s3://{request.getfixturevalue('bucket')}/of/{next(_numbers)}", request.getfixturevalue("endpoint")


@pytest.fixture
def blobs(address: tuple[str, str | None], tmp_path: Path) -> Blobs:
    return open_blobs(address[0], folder=tmp_path, endpoint=address[1])


def test_is_the_port(blobs: Blobs) -> None:
    assert isinstance(blobs, Blobs)


def test_nothing_is_there_at_first(blobs: Blobs) -> None:
    assert blobs.read("a/b.json") is None
    assert blobs.names() == []
    blobs.delete("a/b.json")


def test_what_was_written_is_read(blobs: Blobs) -> None:
    every = bytes(range(256)) * 4000
    blobs.write("a/b.bin", every)
    blobs.write("a/empty", b"")
    assert blobs.read("a/b.bin") == every
    assert blobs.read("a/empty") == b""
    assert blobs.read("a") is None
    assert blobs.read("a/b.bin/c") is None


def test_the_last_write_counts(blobs: Blobs) -> None:
    for content in (b"one, and longer", b"two"):
        blobs.write("a", content)
    assert blobs.read("a") == b"two"
    blobs.delete("a")
    assert blobs.read("a") is None
    assert blobs.names() == []


def test_names_are_ordered_and_begin_with_what_was_asked(blobs: Blobs) -> None:
    for name in ("b/2.npz", "a/1.json", "b/10.npz", "ab"):
        blobs.write(name, b"x")
    assert blobs.names() == ["a/1.json", "ab", "b/10.npz", "b/2.npz"]
    assert blobs.names("b/") == ["b/10.npz", "b/2.npz"]
    assert blobs.names("a") == ["a/1.json", "ab"]
    assert blobs.names("c") == []


def test_two_at_one_place_see_the_same(address: tuple[str, str | None], tmp_path: Path) -> None:
    one, two = (open_blobs(address[0], folder=tmp_path, endpoint=address[1]) for _ in range(2))
    one.write("a", b"x")
    assert two.read("a") == b"x"


def test_a_reader_sees_a_whole_write_and_never_a_part(blobs: Blobs) -> None:
    contents = [bytes([each]) * 200_000 for each in range(1, 7)]
    blobs.write("a", contents[0])
    with ThreadPoolExecutor(6) as pool:
        writes = [pool.submit(blobs.write, "a", each) for each in contents]
        reads = [pool.submit(blobs.read, "a") for _ in range(24)]
        for each in writes:
            each.result()
        assert {each.result() for each in reads} <= set(contents)
    assert blobs.names() == ["a"]


def test_a_name_that_might_leave_the_place_is_refused(blobs: Blobs) -> None:
    for name in ("", "/a", "a/", "../a", "a/../../b", ".hidden", "a//b", "a b", "ä", "a\n"):
        for go in (
            lambda name=name: blobs.read(name),
            lambda name=name: blobs.write(name, b"x"),
            lambda name=name: blobs.delete(name),
        ):
            with pytest.raises(ValueError, match="no name"):
                go()


# -- what only one of them can do wrong


def test_a_write_that_was_killed_leaves_the_old_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = open_blobs("models", folder=tmp_path)
    blobs.write("a/b", b"old")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            blobs.write("a/b", b"new")
    (tmp_path / "models/a/.draft-0123").write_bytes(b"ne")  # what a kill -9 leaves
    assert blobs.read("a/b") == b"old"
    assert blobs.names() == ["a/b"]


def test_a_folder_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    (tmp_path / "models").write_bytes(b"a file in the way")
    blobs = open_blobs("models", folder=tmp_path)
    with pytest.raises(BlobError, match="FITBOARD_MODELS"):
        blobs.write("a", b"x")
    assert blobs.read("a") is None
    assert blobs.names() == []


def test_a_bucket_that_is_not_there_says_so(aws: None, endpoint: str, tmp_path: Path) -> None:
    blobs = open_blobs("s3://nobody-has-this", folder=tmp_path, endpoint=endpoint)
    for go in (lambda: blobs.write("a", b"x"), lambda: blobs.names(), lambda: blobs.read("a")):
        with pytest.raises(BlobError, match="nobody-has-this cannot be used \\(NoSuchBucket\\)"):
            go()


def test_a_service_that_is_not_there_says_so(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.blobs_s3._ATTEMPTS", 1)
    blobs = open_blobs("s3://b", folder=tmp_path, endpoint="http://127.0.0.1:9")
    with pytest.raises(BlobError, match="EndpointConnectionError"):
        blobs.read("a")


def test_a_folder_loads_no_client(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import sys; from pathlib import Path; from store.blobs import open_blobs; "
    code += "open_blobs('m', folder=Path('.')).read('a'); assert 'boto3' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
