"""Every setting: its default, where it is read from, what is refused, and that no secret is printed."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from settings import Settings, SettingsError, for_web, load, secret_keys

ROOT = Path(__file__).resolve().parents[1]
KEY = "0123456789abcdef0123456789abcdef"


def messages(folder: Path, **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(environ, folder)
    return str(caught.value).splitlines()


class TestDefaults:
    def test_at_home_nothing_need_be_set(self, tmp_path: Path) -> None:
        got = load({}, tmp_path)
        assert (got.store, got.host, got.port) == ("sqlite:data/fitboard.db", "127.0.0.1", 8050)
        assert got.url == "http://127.0.0.1:8050"
        assert got.data_dir == tmp_path / "data"
        assert got.models == str(tmp_path / "data/models")
        assert got.zone
        assert not got.on_dyno
        assert not got.public
        assert got.password is None
        assert got.secret_keys == ()
        assert for_web(got) is got
        assert got.withings_base_url == "https://wbsapi.withings.net"
        assert got.strava_base_url == "https://www.strava.com"
        for name in ("withings_client_id", "withings_client_secret", "strava_client_id", "strava_client_secret",
                     "sheets_credentials", "sheets_id", "sheets_base_url", "sheets_mapping", "dynamodb_endpoint",
                     "s3_endpoint"):  # fmt: skip
            assert getattr(got, name) is None

    @pytest.mark.parametrize("where", ["s3://", "s3:///prefix", "gs://bucket/x", "http://h/x"])
    def test_models_are_kept_in_a_folder_or_a_bucket(self, tmp_path: Path, where: str) -> None:
        assert "neither s3://BUCKET/PREFIX nor a folder" in messages(tmp_path, FITBOARD_MODELS=where)[0]
        assert load({"FITBOARD_MODELS": "kept/here"}, tmp_path).models == "kept/here"

    def test_the_port_moves_the_address(self, tmp_path: Path) -> None:
        assert load({"PORT": "9000"}, tmp_path).url == "http://127.0.0.1:9000"

    def test_each_setting_arrives(self, tmp_path: Path) -> None:
        environ = {
            "FITBOARD_STORE": "sqlite:elsewhere/f.db", "HOST": "0.0.0.0", "PORT": "80", "FITBOARD_URL": "https://fit.example/",
            "FITBOARD_PASSWORD": "a long pass phrase", "FITBOARD_SECRET_KEY": f"{KEY}, {KEY[::-1]}", "FITBOARD_ZONE": "Asia/Tokyo",
            "WITHINGS_CLIENT_ID": "wi", "WITHINGS_CLIENT_SECRET": "ws", "WITHINGS_BASE_URL": "http://127.0.0.1:1",
            "STRAVA_CLIENT_ID": "si", "STRAVA_CLIENT_SECRET": "ss", "STRAVA_BASE_URL": "http://localhost:2",
            "SHEETS_CREDENTIALS": "{}", "SHEETS_ID": "id", "SHEETS_BASE_URL": "http://[::1]:3", "SHEETS_MAPPING": "m",
            "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:4", "FITBOARD_MODELS": "s3://b/p", "AWS_ENDPOINT_URL_S3": "http://[::1]:5",
        }  # fmt: skip
        got = load(environ, tmp_path)
        assert got == Settings(
            store="sqlite:elsewhere/f.db", host="0.0.0.0", port=80, url="https://fit.example", zone="Asia/Tokyo", on_dyno=False,
            data_dir=tmp_path / "elsewhere", secret_keys=(KEY, KEY[::-1]), password="a long pass phrase",
            withings_client_id="wi", withings_client_secret="ws", withings_base_url="http://127.0.0.1:1",
            strava_client_id="si", strava_client_secret="ss", strava_base_url="http://localhost:2",
            sheets_credentials="{}", sheets_id="id", sheets_base_url="http://[::1]:3", sheets_mapping="m",
            dynamodb_endpoint="http://127.0.0.1:4", models="s3://b/p", s3_endpoint="http://[::1]:5",
        )  # fmt: skip
        assert got.public
        assert for_web(got) is got

    def test_every_setting_is_in_the_example_and_in_the_test_above(self) -> None:
        read = set(
            re.findall(r'"((?:FITBOARD|WITHINGS|STRAVA|SHEETS|AWS)_[A-Z0-9_]+|HOST|PORT)"', (ROOT / "settings.py").read_text())
        )
        example = set(re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
        assert read == example
        assert read <= set(re.findall(r'"([A-Z0-9_]+)"', Path(__file__).read_text()))


class TestDotenv:
    def test_the_environment_goes_before_the_file(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("PORT=9001\nFITBOARD_ZONE=Asia/Tokyo\n")
        got = load({"PORT": "9002"}, tmp_path)
        assert (got.port, got.zone) == (9002, "Asia/Tokyo")

    def test_a_blank_variable_switches_off_what_the_file_says(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("SHEETS_ID=abc\nPORT=9001\n")
        assert load({}, tmp_path).sheets_id == "abc"
        off = load({"SHEETS_ID": "", "PORT": " "}, tmp_path)
        assert (off.sheets_id, off.port) == (None, 8050)

    def test_blank_is_not_set(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text(
            "PORT=\nFITBOARD_STORE=\nHOST=\nFITBOARD_PASSWORD=\nWITHINGS_CLIENT_ID=\nFITBOARD_SECRET_KEY=\n"
        )
        blank = load({"PORT": " ", "STRAVA_CLIENT_ID": ""}, tmp_path)
        (tmp_path / ".env").unlink()
        assert blank == load({}, tmp_path)

    def test_a_password_is_taken_as_it_stands(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("FITBOARD_PASSWORD='pa${HOME}ss$1 #x'\nSHEETS_CREDENTIALS='{\"a\": 1}'\n")
        got = load({}, tmp_path)
        assert got.password == "pa${HOME}ss$1 #x"
        assert got.sheets_credentials == '{"a": 1}'


class TestRefused:
    def test_all_that_is_wrong_in_one_message(self, tmp_path: Path) -> None:
        said = messages(
            tmp_path, PORT="eighty", FITBOARD_STORE="mysql:x", FITBOARD_ZONE="Mars/Olympus", FITBOARD_URL="ftp://x",
            FITBOARD_SECRET_KEY="changeme", WITHINGS_BASE_URL="http://example.org", STRAVA_BASE_URL="nonsense",
            SHEETS_BASE_URL="http://10.0.0.1",
        )  # fmt: skip
        assert len(said) == 8
        for name in ("PORT", "FITBOARD_STORE", "FITBOARD_ZONE", "FITBOARD_URL", "FITBOARD_SECRET_KEY", "WITHINGS_BASE_URL",
                     "STRAVA_BASE_URL", "SHEETS_BASE_URL"):  # fmt: skip
            assert sum(line.startswith(name) for line in said) == 1

    @pytest.mark.parametrize("port", ["0", "65536", "-1", "8050.0", "٨٠", "1e3"])
    def test_ports(self, tmp_path: Path, port: str) -> None:
        assert messages(tmp_path, PORT=port) == [f"PORT={port!r} is not a port number"]

    @pytest.mark.parametrize("url", ["http://[::1", "https://", "//example.org", "http://127.0.0.1.evil.org", "file:///etc/passwd"])
    def test_base_urls(self, tmp_path: Path, url: str) -> None:
        assert messages(tmp_path, WITHINGS_BASE_URL=url)[0].startswith("WITHINGS_BASE_URL must be an address")

    @pytest.mark.parametrize("store", ["sqlite", "sqlite:", "dynamodb", "file.db", "SQLITE:x"])
    def test_stores(self, tmp_path: Path, store: str) -> None:
        assert "neither sqlite:PATH nor dynamodb:TABLE_PREFIX" in messages(tmp_path, FITBOARD_STORE=store)[0]

    def test_dynamodb_needs_a_key_that_both_processes_know(self, tmp_path: Path) -> None:
        assert "FITBOARD_SECRET_KEY is needed" in messages(tmp_path, FITBOARD_STORE="dynamodb:fit")[0]
        assert load({"FITBOARD_STORE": "dynamodb:fit", "FITBOARD_SECRET_KEY": KEY}, tmp_path).secret_keys == (KEY,)

    @pytest.mark.parametrize("key", ["changeme", "short", "CHANGE-ME", f"{KEY},short"])
    def test_keys_that_are_none(self, tmp_path: Path, key: str) -> None:
        said = messages(tmp_path, FITBOARD_SECRET_KEY=key)
        assert said == ["FITBOARD_SECRET_KEY is a placeholder or shorter than 16 characters"]


class TestDyno:
    ENVIRON = {"DYNO": "web.1", "PORT": "31337", "FITBOARD_STORE": "dynamodb:fit", "FITBOARD_ZONE": "Europe/Berlin"} | {
        "FITBOARD_SECRET_KEY": KEY, "FITBOARD_PASSWORD": "a long pass phrase",
    }  # fmt: skip

    def test_it_listens_everywhere_on_its_port(self, tmp_path: Path) -> None:
        got = for_web(load(self.ENVIRON, tmp_path))
        assert (got.host, got.port, got.on_dyno) == ("0.0.0.0", 31337, True)

    def test_its_disk_and_its_zone_are_not_yours(self, tmp_path: Path) -> None:
        said = messages(tmp_path, DYNO="web.1")
        assert len(said) == 2
        assert "FITBOARD_STORE=dynamodb:" in "".join(said)
        assert "FITBOARD_ZONE is needed" in "".join(said)


class TestForWeb:
    @pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "fit.example"])
    def test_others_need_a_password_and_a_key(self, tmp_path: Path, host: str) -> None:
        with pytest.raises(SettingsError) as caught:
            for_web(load({"HOST": host}, tmp_path))
        said = str(caught.value)
        assert len(said.splitlines()) == 2
        assert "FITBOARD_PASSWORD" in said
        assert "FITBOARD_SECRET_KEY" in said

    @pytest.mark.parametrize("password", ["changeme", "PASSWORD", " secret "])
    def test_a_placeholder_is_no_password(self, tmp_path: Path, password: str) -> None:
        with pytest.raises(SettingsError, match="placeholder"):
            for_web(load({"HOST": "0.0.0.0", "FITBOARD_PASSWORD": password, "FITBOARD_SECRET_KEY": KEY}, tmp_path))

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
    def test_this_machine_needs_nothing(self, tmp_path: Path, host: str) -> None:
        assert not for_web(load({"HOST": host}, tmp_path)).public


class TestSecrets:
    def test_none_is_printed(self, tmp_path: Path) -> None:
        secrets = {
            "FITBOARD_PASSWORD": "canary-password", "FITBOARD_SECRET_KEY": "canary-key-canary-key",
            "WITHINGS_CLIENT_SECRET": "canary-w", "STRAVA_CLIENT_SECRET": "canary-s",
            "SHEETS_CREDENTIALS": '{"private_key": "canary-g"}',
        }  # fmt: skip
        got = load(secrets, tmp_path)
        assert "canary" not in repr(got)
        assert "canary" not in str(got)
        done = subprocess.run(
            [sys.executable, ROOT / "settings.py"],
            cwd=tmp_path,
            env=os.environ | secrets,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "canary" not in done.stdout + done.stderr
        assert "port: 8050" in done.stdout

    def test_a_refusal_prints_none_either(self, tmp_path: Path) -> None:
        said = messages(tmp_path, FITBOARD_SECRET_KEY="canary", STRAVA_BASE_URL="http://me:canary@example.org")
        assert "canary" not in "".join(said)

    def test_keys_that_are_set_are_used(self, tmp_path: Path) -> None:
        assert secret_keys(load({"FITBOARD_SECRET_KEY": f"{KEY},{KEY[::-1]}"}, tmp_path)) == (KEY, KEY[::-1])
        assert not (tmp_path / "data").exists()

    def test_one_key_is_made_once_however_many_ask(self, tmp_path: Path) -> None:
        settings = load({}, tmp_path)
        with ThreadPoolExecutor(16) as pool:
            found = set(pool.map(lambda _: secret_keys(settings), range(64)))
        assert len(found) == 1
        (key,) = found.pop()
        assert len(key) >= 32
        path = tmp_path / "data" / "secret.key"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert [each.name for each in path.parent.iterdir()] == ["secret.key"]  # no draft is left behind

    def test_processes_agree_on_it(self, tmp_path: Path) -> None:
        code = "from pathlib import Path; from settings import load, secret_keys; print(secret_keys(load({}, Path('.')))[0])"
        environ = os.environ | {"PYTHONPATH": str(ROOT)}
        running = [
            subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environ, stdout=subprocess.PIPE) for _ in range(6)
        ]
        assert len({each.communicate()[0] for each in running}) == 1
        assert {each.returncode for each in running} == {0}

    def test_a_broken_key_file_is_said_not_used(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "secret.key").write_text("\n")
        with pytest.raises(SettingsError, match="holds no key"):
            secret_keys(load({}, tmp_path))

    @pytest.mark.parametrize("module", ["collectors status", "store create", "forecast models"])
    def test_a_key_that_cannot_be_kept_is_said_by_every_command(self, module: str, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "FITBOARD_STORE": "sqlite:file/f.db",
            "FITBOARD_ZONE": "UTC",
        }
        command = [sys.executable, "-m", *module.split()]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "FITBOARD_STORE" in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_kept_key_is_read_where_nothing_can_be_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kept = secret_keys(load({}, tmp_path))

        def refused(*_: object) -> int:
            raise PermissionError(30, "Read-only file system")

        monkeypatch.setattr(os, "open", refused)
        assert secret_keys(load({}, tmp_path)) == kept
