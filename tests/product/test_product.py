"""A new user's path, with the real commands and both real processes."""

import contextlib
import json
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from tests.emulator import CREDENTIALS, emulator
from tests.fakes.withings import Withings, made_groups
from tests.product.running import command, environment, product

STRONG = """Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE
2026-01-05 18:00:00,"Push",55m,"Bench Press (Barbell)",1,60.0,8,0,0,"","",
2026-01-05 18:00:00,"Push",55m,"Bench Press (Barbell)",2,62.5,8,0,0,"","",
2026-01-07 18:00:00,"Pull",50m,"Deadlift (Barbell)",1,100.0,5,0,0,"","",
"""
WEIGHTS = "Date,Weight (kg)\n2026-01-05,80.5\n2026-01-06,80.25\n"


def files(folder: Path) -> list[str]:
    (folder / "strong.csv").write_text(STRONG)
    (folder / "weights.csv").write_text(WEIGHTS)
    return [str(folder / "strong.csv"), str(folder / "weights.csv")]


def imported(folder: Path, more: dict[str, str] | None = None) -> dict:
    done = command(folder, "collectors", "import", *files(folder), "--units", "kg", "--json", more=more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def lines(folder: Path, more: dict[str, str] | None = None) -> list[dict]:
    done = command(folder, "store", "export", more=more)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def alive(tree: list[psutil.Process]) -> list[psutil.Process]:
    """Those that run. One that has ended and that its container's first process has not taken note of (a zombie) does not."""
    found = []
    for each in tree:
        with contextlib.suppress(psutil.NoSuchProcess):
            found += [each] if each.status() != psutil.STATUS_ZOMBIE else []
    return found


def test_start_stop_start(tmp_path: Path):
    with product(tmp_path) as running:
        assert running.get("/healthz") == (200, '{"status":"ok"}')
        status, page = running.get("/")
        assert status == 200
        assert "<html lang=" in page
        tree = psutil.Process(running.process.pid).children(recursive=True)
        running.stop()  # how long that takes is measured by the bench
        end = time.monotonic() + 20
        while (left := alive(tree)) and time.monotonic() < end:
            psutil.wait_procs(left, timeout=0.2)
    assert not left
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", urlsplit(running.base).port))
    assert not list((tmp_path / "home").iterdir()), "nothing is written outside of data/"
    assert [each["new"] for each in imported(tmp_path)["files"]] == [2, 2]
    with product(tmp_path) as again:
        assert again.get("/healthz")[0] == 200
    assert [line["kind"] for line in lines(tmp_path)] == ["measurement"] * 2 + ["workout"] * 2


def test_importing_again_changes_nothing(tmp_path: Path):
    imported(tmp_path)
    before = command(tmp_path, "store", "export").stdout
    again = imported(tmp_path)["files"]
    assert [(each["new"], each["changed"], each["unchanged"]) for each in again] == [(0, 0, 2), (0, 0, 2)]
    assert command(tmp_path, "store", "export").stdout == before
    assert command(tmp_path, "collectors", "rebuild").returncode == 0
    assert command(tmp_path, "store", "export").stdout == before


def test_export_restore_export_is_the_same(tmp_path: Path):
    imported(tmp_path)
    out = tmp_path / "backup.jsonl"
    assert command(tmp_path, "store", "export", "--out", str(out)).returncode == 0
    other = tmp_path / "other"
    other.mkdir()
    assert command(other, "store", "restore", str(out)).returncode == 0
    assert command(other, "store", "export").stdout == out.read_text()


def test_a_public_address_needs_a_password(tmp_path: Path):
    public = {"HOST": "0.0.0.0"}
    refused = command(tmp_path, "gunicorn", "--config", "gunicorn.conf.py", "app:server", more=public)
    assert refused.returncode != 0
    assert "FITBOARD_PASSWORD" in refused.stderr + refused.stdout
    assert "FITBOARD_SECRET_KEY" in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr
    safe = {**public, "FITBOARD_PASSWORD": "correct horse", "FITBOARD_SECRET_KEY": "k" * 40}
    with product(tmp_path, safe) as running:
        assert running.get("/healthz")[0] == 200
        assert running.get("/")[0] == 303
        assert running.get("/_dash-layout")[0] == 401
        assert running.get("/assets/10-tokens.css")[0] == 200


def test_weigh_ins_arrive_by_the_scheduled_run(tmp_path: Path):
    with Withings(made_groups(int(time.time()), days=20)) as fake:
        more = {
            "WITHINGS_BASE_URL": fake.url,
            "WITHINGS_CLIENT_ID": fake.sign_in.client_id,
            "WITHINGS_CLIENT_SECRET": fake.sign_in.client_secret,
        }
        refresh = fake.sign_in.grant("user.metrics")
        done = command(tmp_path, "collectors", "connect", "withings", "--refresh-token", refresh, more=more)
        assert done.returncode == 0, done.stderr
        with product(tmp_path, more) as running:
            said = running.hear("withings: ok")
        assert refresh not in said
    weighed = [line for line in lines(tmp_path) if line["kind"] == "measurement"]
    assert len(weighed) == len({line["at"] for line in weighed}) >= 20
    assert {line["source"] for line in weighed} == {"withings_api"}


def test_the_same_path_on_dynamodb(tmp_path: Path):
    with emulator() as endpoint:
        more = {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "FITBOARD_STORE": "dynamodb:product",
            "FITBOARD_SECRET_KEY": "k" * 40,
        }
        before = command(tmp_path, "collectors", "import", *files(tmp_path), "--units", "kg", more=more)
        assert before.returncode == 1
        assert "python -m store create" in before.stderr + before.stdout
        assert command(tmp_path, "store", "create", more=more).returncode == 0
        assert [each["new"] for each in imported(tmp_path, more)["files"]] == [2, 2]
        with product(tmp_path, more) as running:
            assert running.get("/healthz")[0] == 200
            assert running.stop() < 6
        out = tmp_path / "backup.jsonl"
        assert command(tmp_path, "store", "export", "--out", str(out), more=more).returncode == 0
        empty = {**more, "FITBOARD_STORE": "dynamodb:other"}
        assert command(tmp_path, "store", "create", more=empty).returncode == 0
        assert command(tmp_path, "store", "restore", str(out), more=empty).returncode == 0
        assert command(tmp_path, "store", "export", more=empty).stdout == out.read_text()
    sqlite = tmp_path / "sqlite"
    sqlite.mkdir()
    imported(sqlite)
    assert command(sqlite, "store", "export").stdout == out.read_text(), "both engines tell the same"


def test_the_environment_of_a_test_is_a_fresh_users(tmp_path: Path):
    assert not [name for name in environment(tmp_path) if name.startswith(("AWS_", "WITHINGS_", "STRAVA_", "SHEETS_"))]
